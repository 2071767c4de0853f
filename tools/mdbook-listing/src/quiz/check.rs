//! What a quiz says, held against the records: facts are put into its texts, and its answers compared.

use super::{Choice, End, Form, Named, Question, Quiz, Text, Traced};
use crate::cmdrun::Question as Command;
use crate::scan::{Place, Scan, Scheme, splice};
use interleave::Kind;
use listing::{Explored, Finding, Library, Listing, RecordKind, did_you_mean};
use std::path::Path;

/// Puts facts into the texts of a quiz; answers everything that the records contradict.
pub(super) fn quiz(library: &Library, quiz: &mut Quiz) -> Vec<Finding> {
    let mut checker =
        Checker { library, file: &quiz.file, findings: Vec::new(), facts: &mut quiz.facts, anchors: &mut quiz.anchors };
    for question in &mut quiz.questions {
        checker.question(question);
    }
    checker.findings
}

struct Checker<'a> {
    library: &'a Library,
    file: &'a Path,
    findings: Vec<Finding>,
    facts: &'a mut Vec<(String, String)>,
    anchors: &'a mut Vec<String>,
}

impl Checker<'_> {
    fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.findings.push(Finding::new(self.file, line, message));
    }

    fn question(&mut self, question: &mut Question) {
        for text in question.prompt.iter_mut().chain(&mut question.context) {
            self.markdown(text);
        }
        match &mut question.form {
            Form::MultipleChoice { right, distractors, .. } => {
                right.iter_mut().chain(&mut *distractors).for_each(|text| self.markdown(text));
                self.all_different(right, distractors);
            }
            Form::ShortAnswer { answers, .. } => answers.iter_mut().for_each(|text| self.markdown(text)),
            Form::Tracing { listing, answer } => self.trace(listing, answer),
            Form::Outcomes { listing, choices, .. } => self.outcomes(listing, choices),
        }
    }

    /// Puts facts into a text, and refuses what cannot stand in it.
    fn markdown(&mut self, text: &mut Text) {
        let scan = Scan::of(&text.text);
        let line = |within: usize| text.line + within - 1;
        let mut faults: Vec<(usize, String)> = scan.malformed.clone();
        faults.extend(scan.rust_fences.iter().map(|line| {
            let message = "a fence of Rust that belongs to no listing: ask with `type = \"Tracing\"`, link to a listing, or \
                           call it `text`";
            (*line, message.to_owned())
        }));
        faults.extend(scan.directives.iter().map(|directive| {
            let message = format!("{{{{#{}}}}} cannot stand in a quiz: put it on the page, above", directive.name);
            (directive.line, message)
        }));
        faults.extend(scan.terms.iter().map(|(line, term)| {
            (*line, format!("the term \"{term}\" is defined in a quiz: define it in the text, where readers meet it"))
        }));
        for link in scan.links.iter().filter(|link| link.scheme == Scheme::Listing) {
            self.anchors.extend(link.part.as_ref().map(|anchor| format!("{}:{anchor}", link.slug)));
        }
        let mut replacements = Vec::new();
        for mark in &scan.commands {
            match Command::of(&mark.command) {
                Some(Command::Fact { slug, name }) => {
                    match self.library.fact(&slug, &name) {
                        // A mark that has its line takes the line's end along.
                        Ok(fact) if matches!(mark.place, Place::Line | Place::Fence) => {
                            replacements.push((mark.span.clone(), fact + "\n"));
                        }
                        Ok(fact) => replacements.push((mark.span.clone(), fact)),
                        Err(message) => faults.push((mark.line, message)),
                    }
                    self.facts.push((slug, name));
                }
                _ => {
                    let command = &mark.command;
                    faults.push((
                        mark.line,
                        format!("`{command}` cannot stand in a quiz: `cargo book fact SLUG NAME` can"),
                    ));
                }
            }
        }
        for (within, message) in faults {
            self.fault(line(within), message);
        }
        text.text = splice(&text.text, replacements);
    }

    fn all_different(&mut self, right: &[Text], distractors: &[Text]) {
        for (at, text) in right.iter().enumerate() {
            if distractors.iter().any(|other| other.text.trim() == text.text.trim()) {
                let message = format!("the answer \"{}\" is among the distractors: take it out of one", text.text);
                self.fault(text.line, message);
            } else if right[..at].iter().any(|other| other.text.trim() == text.text.trim()) {
                self.fault(text.line, format!("the answer \"{}\" is there twice: remove one", text.text));
            }
        }
        for (at, text) in distractors.iter().enumerate() {
            if distractors[..at].iter().any(|other| other.text.trim() == text.text.trim()) {
                self.fault(text.line, format!("the distractor \"{}\" is there twice: remove one", text.text));
            }
        }
    }

    fn listing(&mut self, named: &Named) -> Option<&Listing> {
        match self.library.get(&named.slug) {
            Ok(listing) => Some(listing),
            Err(message) => {
                self.findings.push(Finding::new(self.file, named.line, message));
                None
            }
        }
    }

    fn trace(&mut self, named: &Named, answer: &Traced) {
        let Some(listing) = self.listing(named) else { return };
        let slug = &named.slug;
        let (line, message) = match (&named.part, answer) {
            (None, Traced::Prints(stdout)) if !listing.class.is_repeatable() => {
                let line = stdout.line;
                let class = listing.class.name();
                let message = format!(
                    "\"{slug}\" is of class {class}, and another run may print something else: ask of a listing of class D \
                     or S, or ask which ends are possible, by `type = \"Outcomes\"`"
                );
                (line, message)
            }
            (None, Traced::Prints(stdout)) => match listing.recorded(RecordKind::Output) {
                Ok(output) if output.trim_end() == stdout.text.trim_end() => return,
                Ok(output) => {
                    let (at, said, on_record) = first_difference(&stdout.text, &output);
                    let message = format!(
                        "`answer.stdout` is not what \"{slug}\" prints: its line {at} is {said}, and on record is {on_record}: \
                         copy `cargo book output {slug}`"
                    );
                    (stdout.line, message)
                }
                Err(message) => (named.line, message),
            },
            (None, Traced::Refused { line, .. }) => {
                let fails = listing.fails();
                let message = format!(
                    "\"{slug}\" compiles: `answer.doesCompile` is true, or a program in its fails/ is meant, as in \
                     `prompt.listing = \"{slug}:NAME\"`{}",
                    did_you_mean("", fails.iter().map(|fails| fails.name.as_str()))
                );
                (*line, message)
            }
            (Some(name), answer) => {
                let fails = listing.fails();
                let Some(fails) = fails.iter().find(|fails| fails.name == *name) else {
                    let near = did_you_mean(name, fails.iter().map(|fails| fails.name.as_str()));
                    self.fault(named.line, format!("\"{slug}\" has no program fails/{name}.rs{near}"));
                    return;
                };
                let record = fails.record_path();
                let error = match std::fs::read_to_string(self.library.root.join(&record)) {
                    Ok(error) => error,
                    Err(error) => {
                        let message = format!("{}: {error}: run `cargo book record {slug}`", record.display());
                        self.fault(named.line, message);
                        return;
                    }
                };
                let code = &fails.code;
                match (answer, error_line(&error)) {
                    (Traced::Prints(stdout), _) => (
                        stdout.line,
                        format!(
                            "{} does not compile, {code}: write `answer.doesCompile = false`",
                            fails.path.display()
                        ),
                    ),
                    (Traced::Refused { in_line, .. }, Some(found)) if *in_line == found => return,
                    (Traced::Refused { in_line, line }, Some(found)) => {
                        (*line, format!("rustc finds {code} in line {found}, not {in_line}: {}", record.display()))
                    }
                    (Traced::Refused { line, .. }, None) => {
                        (*line, format!("{} names no line: run `cargo book record {slug}`", record.display()))
                    }
                }
            }
        };
        self.fault(line, message);
    }

    fn outcomes(&mut self, named: &Named, choices: &[Choice]) {
        let Some(listing) = self.listing(named) else { return };
        let case = listing.variant(named.part.as_deref()).map(|variant| variant.name.clone());
        let explored = match case.and_then(|case| listing.explored(&case)) {
            Ok(explored) => explored,
            Err(message) => return self.fault(named.line, message),
        };
        if choices.len() < 2 {
            self.fault(named.line, "`prompt.choices` has one choice, which is none: add another");
        }
        let whole = named.part.iter().fold(named.slug.clone(), |whole, part| format!("{whole}:{part}"));
        for choice in choices {
            let count = choice.end.count(&explored);
            let ends = ends(&explored);
            if choice.possible && count.is_none() {
                let end = told(&choice.end, true);
                self.fault(choice.line, format!("no schedule of \"{whole}\" {end}: on record is {ends}"));
            } else if let Some(count) = count.filter(|_| !choice.possible) {
                let end = told(&choice.end, false);
                let message = format!(
                    "{count} of {} schedules of \"{whole}\" {end}: add it to `answer.answer`, or remove it from `prompt.choices`",
                    listing::schedules::grouped(&explored.schedules)
                );
                self.fault(choice.line, message);
            }
        }
    }
}

/// How one schedule ends, or several end.
fn told(end: &End, one: bool) -> String {
    let s = if one { "s" } else { "" };
    match end {
        End::Prints(text) => format!("print{s} {text:?} and end{s} well"),
        End::Kind(kind) => format!("end{s} in kind = \"{}\"", kind.name()),
    }
}

/// What a program can end in, for a message.
fn ends(explored: &Explored) -> String {
    let mut ends: Vec<String> = explored
        .outcomes
        .iter()
        .map(|outcome| match outcome.kind {
            Kind::Ok => format!("{:?}", outcome.text),
            kind => format!("{{ kind = \"{}\" }}", kind.name()),
        })
        .collect();
    ends.dedup();
    ends.join(", ")
}

/// The first line in which two texts differ, counted from 1, and how each has it.
fn first_difference(one: &str, other: &str) -> (usize, String, String) {
    let (mut one, mut other) = (one.lines(), other.lines());
    let told = |line: Option<&str>| line.map_or("not there".to_owned(), |line| format!("{line:?}"));
    for at in 1.. {
        let (a, b) = (one.next(), other.next());
        if a != b || a.is_none() {
            return (at, told(a), told(b));
        }
    }
    (0, String::new(), String::new())
}

/// The line that rustc points to first: ` --> fails/e0373.rs:6:33`.
fn error_line(error: &str) -> Option<usize> {
    let place = error.lines().find_map(|line| line.trim_start().strip_prefix("--> "))?;
    place.rsplit(':').nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_told_also_where_a_text_ends() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), (2, "\"b\"".to_owned(), "\"c\"".to_owned()));
        assert_eq!(first_difference("a\n", "a\nc\n"), (2, "not there".to_owned(), "\"c\"".to_owned()));
    }

    #[test]
    fn the_line_of_an_error_is_where_its_first_arrow_points() {
        assert_eq!(
            error_line("error[E0373]: no\n --> fails/e0373.rs:6:33\n  |\nnote: x\n --> fails/e0373.rs:4:1\n"),
            Some(6)
        );
        assert_eq!(error_line("error: no\n"), None);
    }
}
