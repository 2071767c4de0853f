//! A file of questions, field by field. All that is wrong with it is said at once, each with its line.

use super::{Choice, End, Form, Named, Order, Question, Text, Traced};
use interleave::Kind;
use listing::{Finding, did_you_mean, nearest};
use std::ops::Range;
use std::path::Path;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

const TYPES: [&str; 4] = ["MultipleChoice", "ShortAnswer", "Tracing", "Outcomes"];

/// The kinds of end that a choice can name; `ok` is written as what is printed.
const KINDS: [Kind; 5] = [Kind::Deadlock, Kind::Panic, Kind::Race, Kind::Exit, Kind::Bound];

type Value<'a> = Spanned<DeValue<'a>>;

/// The questions of a file, as far as they can be read, and what is wrong.
pub(super) fn questions(file: &Path, text: &str) -> (Vec<Question>, Vec<Finding>) {
    let mut reader = Reader { file, text, findings: Vec::new() };
    let document = match DeTable::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let line = error.span().map_or(1, |span| reader.line(span.start));
            reader.fault(line, error.message().trim());
            return (Vec::new(), reader.findings);
        }
    };
    let mut fields = Fields::new(document.get_ref(), "", 1);
    let mut questions = Vec::new();
    for value in fields.list(&mut reader, "questions").into_iter().flatten() {
        let line = reader.line(value.span().start);
        match value.get_ref() {
            DeValue::Table(table) => questions.extend(question(&mut reader, table, line)),
            _ => reader.fault(line, "write each question as [[questions]]"),
        }
    }
    fields.finish(&mut reader);
    (questions, reader.findings)
}

fn question(reader: &mut Reader<'_>, table: &DeTable<'_>, line: usize) -> Option<Question> {
    let mut fields = Fields::new(table, "", line);
    let kind = fields.string(reader, "type");
    let id = fields.string(reader, "id");
    let context = fields.optional("context").and_then(|value| reader.string(value, "context"));
    let prompt = fields.table(reader, "prompt");
    let answer = fields.table(reader, "answer");
    fields.finish(reader);
    if let Some(id) = &id
        && (id.text.is_empty() || !id.text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'))
    {
        reader.fault(id.line, format!("the id \"{}\": write letters, digits and hyphens", id.text));
    }
    let (kind, id, (mut prompt, mut answer)) = (kind?, id?, prompt.zip(answer)?);
    let asks = |fields: &mut Fields<'_, '_>, reader: &mut Reader<'_>| fields.string(reader, "prompt");
    let (text, form) = match kind.text.as_str() {
        "MultipleChoice" => (asks(&mut prompt, reader), multiple_choice(reader, &mut prompt, &mut answer)),
        "ShortAnswer" => (asks(&mut prompt, reader), short_answer(reader, &mut prompt, &mut answer)),
        "Tracing" => (prompt.optional_string(reader, "prompt"), tracing(reader, &mut prompt, &mut answer)),
        "Outcomes" => (prompt.optional_string(reader, "prompt"), outcomes(reader, &mut prompt, &mut answer)),
        other => {
            reader.fault(kind.line, format!("there is no type \"{other}\"{}", did_you_mean(other, TYPES)));
            return None;
        }
    };
    let before = reader.findings.len();
    prompt.finish(reader);
    answer.finish(reader);
    (reader.findings.len() == before).then_some(())?;
    Some(Question { id, line, prompt: text, context, form: form? })
}

fn multiple_choice(reader: &mut Reader<'_>, prompt: &mut Fields<'_, '_>, answer: &mut Fields<'_, '_>) -> Option<Form> {
    let distractors = prompt.strings(reader, "distractors");
    let sorted = prompt.boolean(reader, "sortAnswers");
    let index = prompt.number(reader, "answerIndex");
    let (right, several) = match answer.required("answer") {
        Some(value) if value.get_ref().is_array() => (reader.strings(value, "answer.answer")?, true),
        Some(value) => (vec![reader.string(value, "answer.answer")?], false),
        None => return None,
    };
    let distractors = distractors?;
    let order = match index {
        Some((at, line)) if several || at > distractors.len() || sorted => {
            let last = distractors.len();
            reader.fault(
                line,
                format!("`prompt.answerIndex` is the place of one answer, 0 to {last}, without `sortAnswers`"),
            );
            return None;
        }
        Some((at, _)) => Order::Given(at),
        None if sorted => Order::Sorted,
        None => Order::Shuffled,
    };
    Some(Form::MultipleChoice { right, distractors, several, order })
}

fn short_answer(reader: &mut Reader<'_>, prompt: &mut Fields<'_, '_>, answer: &mut Fields<'_, '_>) -> Option<Form> {
    let response = prompt.optional_string(reader, "response");
    let first = answer.string(reader, "answer");
    let more = answer.optional("alternatives").map(|value| reader.strings(value, "answer.alternatives"));
    let code = match response.as_ref().map(|response| response.text.as_str()) {
        None | Some("short") => false,
        Some("code") => true,
        Some(other) => {
            let line = response.as_ref().map_or(prompt.line, |response| response.line);
            let message =
                format!("`prompt.response` is \"short\" or \"code\", not \"{other}\": the page compares words");
            reader.fault(line, message);
            return None;
        }
    };
    let answers: Vec<Text> = std::iter::once(first?).chain(more.unwrap_or(Some(Vec::new()))?).collect();
    for answer in answers.iter().filter(|answer| answer.text.trim().is_empty()) {
        reader.fault(answer.line, "an empty answer is none: write what the reader is to type");
    }
    Some(Form::ShortAnswer { answers, code })
}

fn tracing(reader: &mut Reader<'_>, prompt: &mut Fields<'_, '_>, answer: &mut Fields<'_, '_>) -> Option<Form> {
    let program = prompt.optional("program");
    let listing =
        if program.is_none() { prompt.string(reader, "listing") } else { prompt.optional_string(reader, "listing") };
    if let Some(program) = program {
        let message = "a program in the questions belongs to no listing: make it one (`cargo book new PART SLUG`), and write \
                       `prompt.listing = \"SLUG\"`";
        let line = reader.line(program.span().start);
        reader.fault(line, message);
    }
    let compiles = answer.required("doesCompile").and_then(|value| reader.boolean(value, "answer.doesCompile"));
    let (stdout, line) = match compiles {
        Some(true) => (answer.string(reader, "stdout"), None),
        Some(false) => {
            (None, answer.required("lineNumber").and_then(|value| reader.number(value, "answer.lineNumber")))
        }
        None => {
            // What it would be, nobody knows: neither of the two is unknown.
            let _ = (answer.optional("stdout"), answer.optional("lineNumber"));
            return None;
        }
    };
    let answer = match (stdout, line) {
        (Some(stdout), _) => Traced::Prints(stdout),
        (_, Some((in_line, line))) => Traced::Refused { in_line, line },
        _ => return None,
    };
    Some(Form::Tracing { listing: named(&listing?), answer })
}

fn outcomes(reader: &mut Reader<'_>, prompt: &mut Fields<'_, '_>, answer: &mut Fields<'_, '_>) -> Option<Form> {
    let listing = prompt.string(reader, "listing");
    let sorted = prompt.boolean(reader, "sortAnswers");
    let choices = prompt.list(reader, "choices").map(|list| reader.ends(list, "prompt.choices"));
    let possible = answer.list(reader, "answer").map(|list| reader.ends(list, "answer.answer"));
    let (listing, choices, possible) = (listing?, choices??, possible??);
    let written = |end: &End| match end {
        End::Prints(text) => format!("{text:?}"),
        End::Kind(kind) => format!("{{ kind = \"{}\" }}", kind.name()),
    };
    let known: Vec<String> = choices.iter().map(|(end, _)| written(end)).collect();
    for (end, line) in possible.iter().filter(|(end, _)| !choices.iter().any(|(choice, _)| choice == end)) {
        let end = written(end);
        let near = nearest(&end, known.iter().map(String::as_str));
        let near = near.map_or_else(String::new, |near| format!(", or did you mean {near}?"));
        reader.fault(*line, format!("{end} is not among `prompt.choices`: add it there{near}"));
    }
    for (at, (end, line)) in choices.iter().enumerate() {
        if choices[..at].iter().any(|(other, _)| other == end) {
            reader.fault(*line, format!("{} is there twice: remove one", written(end)));
        }
    }
    let is_possible = |end: &End| possible.iter().any(|(possible, _)| possible == end);
    let choices = choices.into_iter().map(|(end, line)| Choice { possible: is_possible(&end), end, line }).collect();
    Some(Form::Outcomes { listing: named(&listing), choices, sorted })
}

fn named(name: &Text) -> Named {
    let (slug, part) = match name.text.split_once(':') {
        Some((slug, part)) => (slug, Some(part.to_owned())),
        None => (name.text.as_str(), None),
    };
    Named { slug: slug.to_owned(), part, line: name.line }
}

/// The file, and what is wrong so far.
struct Reader<'a> {
    file: &'a Path,
    text: &'a str,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn line(&self, at: usize) -> usize {
        1 + self.text[..at].bytes().filter(|byte| *byte == b'\n').count()
    }

    fn fault(&mut self, line: usize, message: impl Into<String>) {
        self.findings.push(Finding::new(self.file, line, message));
    }

    /// Says what a field needs to be.
    fn wrong(&mut self, value: &Value<'_>, name: &str, needs: &str) {
        let line = self.line(value.span().start);
        self.fault(line, format!("`{name}` needs to be {needs}, not {}", value.get_ref().type_str()));
    }

    fn string(&mut self, value: &Value<'_>, name: &str) -> Option<Text> {
        match value.get_ref() {
            DeValue::String(text) => {
                let Range { start, end } = value.span();
                // TOML takes away a line end that comes first.
                let opening = ["\"\"\"\n", "'''\n", "\"\"\"\r\n", "'''\r\n"];
                let first = usize::from(opening.iter().any(|opening| self.text[start..end].starts_with(opening)));
                Some(Text { text: text.clone().into_owned(), line: self.line(start) + first })
            }
            _ => {
                self.wrong(value, name, "a string");
                None
            }
        }
    }

    fn strings(&mut self, value: &Value<'_>, name: &str) -> Option<Vec<Text>> {
        let list = self.list(value, name)?;
        let texts: Vec<Text> = list.iter().filter_map(|value| self.string(value, name)).collect();
        (texts.len() == list.len()).then_some(texts)
    }

    /// A list with something in it.
    fn list<'v, 'i>(&mut self, value: &'v Value<'i>, name: &str) -> Option<&'v [Value<'i>]> {
        match value.get_ref() {
            DeValue::Array(list) if !list.is_empty() => Some(list),
            DeValue::Array(_) => {
                let line = self.line(value.span().start);
                self.fault(line, format!("`{name}` is empty: write at least one"));
                None
            }
            _ => {
                self.wrong(value, name, "a list");
                None
            }
        }
    }

    fn boolean(&mut self, value: &Value<'_>, name: &str) -> Option<bool> {
        let boolean = value.get_ref().as_bool();
        if boolean.is_none() {
            self.wrong(value, name, "true or false");
        }
        boolean
    }

    /// A number, and its line.
    fn number(&mut self, value: &Value<'_>, name: &str) -> Option<(usize, usize)> {
        let line = self.line(value.span().start);
        let Some(integer) = value.get_ref().as_integer() else {
            self.wrong(value, name, "a whole number");
            return None;
        };
        let number = usize::from_str_radix(integer.as_str(), integer.radix()).ok();
        if number.is_none() {
            let written = &self.text[value.span()];
            self.fault(line, format!("`{name}` needs to be a whole number, 0 or more, not {written}"));
        }
        Some((number?, line))
    }

    fn ends(&mut self, list: &[Value<'_>], name: &str) -> Option<Vec<(End, usize)>> {
        let ends: Vec<_> = list.iter().filter_map(|value| self.end(value, name)).collect();
        (ends.len() == list.len()).then_some(ends)
    }

    /// A whole output, or `{ kind = "deadlock" }`.
    fn end(&mut self, value: &Value<'_>, name: &str) -> Option<(End, usize)> {
        let line = self.line(value.span().start);
        match value.get_ref() {
            DeValue::String(text) => Some((End::Prints(text.clone().into_owned()), line)),
            DeValue::Table(table) => {
                let mut fields = Fields::new(table, "", line);
                let kind = fields.string(self, "kind");
                fields.finish(self);
                let kind = kind?;
                let found = KINDS.into_iter().find(|known| known.name() == kind.text);
                if found.is_none() {
                    let near = did_you_mean(&kind.text, KINDS.map(Kind::name));
                    self.fault(line, format!("there is no kind \"{}\"{near}", kind.text));
                }
                Some((End::Kind(found?), line))
            }
            _ => {
                self.wrong(value, name, "whole outputs, and kinds of end such as { kind = \"deadlock\" }");
                None
            }
        }
    }
}

/// The fields of a table. One that nobody asks for is a fault, and so is one that is required and not there.
struct Fields<'t, 'i> {
    table: &'t DeTable<'i>,
    /// What stands before their names: `prompt.`
    prefix: &'static str,
    line: usize,
    asked: Vec<&'static str>,
    missing: Vec<&'static str>,
}

impl<'t, 'i> Fields<'t, 'i> {
    fn new(table: &'t DeTable<'i>, prefix: &'static str, line: usize) -> Self {
        Fields { table, prefix, line, asked: Vec::new(), missing: Vec::new() }
    }

    fn optional(&mut self, name: &'static str) -> Option<&'t Value<'i>> {
        self.asked.push(name);
        self.table.iter().find(|(key, _)| key.get_ref() == name).map(|(_, value)| value)
    }

    fn required(&mut self, name: &'static str) -> Option<&'t Value<'i>> {
        let value = self.optional(name);
        if value.is_none() {
            self.missing.push(name);
        }
        value
    }

    fn path(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn string(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<Text> {
        let path = self.path(name);
        self.required(name).and_then(|value| reader.string(value, &path))
    }

    fn optional_string(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<Text> {
        let path = self.path(name);
        self.optional(name).and_then(|value| reader.string(value, &path))
    }

    fn strings(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<Vec<Text>> {
        let path = self.path(name);
        self.required(name).and_then(|value| reader.strings(value, &path))
    }

    fn list(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<&'t [Value<'i>]> {
        let path = self.path(name);
        self.required(name).and_then(|value| reader.list(value, &path))
    }

    /// False where it is not said.
    fn boolean(&mut self, reader: &mut Reader<'_>, name: &'static str) -> bool {
        let path = self.path(name);
        self.optional(name).and_then(|value| reader.boolean(value, &path)).unwrap_or_default()
    }

    fn number(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<(usize, usize)> {
        let path = self.path(name);
        self.optional(name).and_then(|value| reader.number(value, &path))
    }

    /// `prompt` or `answer`.
    fn table(&mut self, reader: &mut Reader<'_>, name: &'static str) -> Option<Fields<'t, 'i>> {
        let value = self.required(name)?;
        match value.get_ref() {
            DeValue::Table(table) => {
                let prefix = if name == "prompt" { "prompt." } else { "answer." };
                Some(Fields::new(table, prefix, self.line))
            }
            _ => {
                let line = reader.line(value.span().start);
                reader.fault(line, format!("`{name}` has fields of its own: write `{name}.{name} = …`"));
                None
            }
        }
    }

    /// Says which fields are unknown, and which are missing but for those that a slip was meant for.
    fn finish(self, reader: &mut Reader<'_>) {
        let mut meant = Vec::new();
        for (key, _) in self.table.iter() {
            let name: &str = key.get_ref();
            if self.asked.contains(&name) {
                continue;
            }
            meant.extend(nearest(name, self.asked.iter().copied()));
            let near = did_you_mean(name, self.asked.iter().copied());
            let line = reader.line(key.span().start);
            reader.fault(line, format!("unknown field `{}{name}`{near}", self.prefix));
        }
        for name in self.missing.iter().filter(|name| !meant.contains(*name)) {
            reader.fault(self.line, format!("`{}{name}` is missing: add it", self.prefix));
        }
    }
}
