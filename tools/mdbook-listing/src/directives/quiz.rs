//! `{{#quiz PART/NAME}}`: questions, each with its answer folded below it. With JavaScript each becomes a form, and its answer
//! is there once something was tried (`src/assets/components/quiz.js`, which reads the `data-` attributes).

use super::{Context, code, schedules::samp, table::table};
use crate::html::escape;
use crate::listings::{explorer, tags, target};
use crate::quiz::{Choice, End, Form, Named, Order, Question, Quiz, Text, Traced};
use crate::scan::{Scan, markdown, splice};
use interleave::Kind;
use listing::schedules::{grouped, lines};
use listing::{Finding, digest_of};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html::push_html};

pub(super) fn render(context: &mut Context<'_>, name: &str) -> Result<String, Vec<Finding>> {
    let quiz = context.quizzes.get(name).map_err(|message| context.fault(message))?;
    let first = context.pages.quizzes().find(|(_, directive)| directive.slug == name);
    if let Some((page, directive)) = first
        && (&page.file, directive.line) != (&context.page.file, context.line)
    {
        let message = format!(
            "the quiz \"{name}\" stands at {}:{} already: a browser keeps one answer for each question, so embed it once",
            page.file.display(),
            directive.line
        );
        return Err(context.fault(message));
    }
    if context.quizzes.findings.iter().any(|finding| finding.path == quiz.file) {
        return Ok(String::new()); // told with the others
    }
    let mut html = format!("<div class=\"quiz\"><book-quiz class=\"widget\" data-quiz=\"{}\">", escape(name));
    let mut findings = Vec::new();
    for (at, question) in quiz.questions.iter().enumerate() {
        match (Writer { context, quiz, question }).write(at + 1) {
            Ok(question) => html.push_str(&question),
            Err(more) => findings.extend(more),
        }
    }
    html.push_str("</book-quiz></div>");
    if findings.is_empty() { Ok(html) } else { Err(findings) }
}

/// What a form of question becomes.
#[derive(Default)]
struct Parts {
    /// What `data-form` says.
    form: &'static str,
    /// More attributes, each with a blank before it.
    data: String,
    /// What the page asks where the file does not.
    asks: &'static str,
    /// Below the prompt: a program, the choices.
    body: String,
    /// The answer, before the context.
    answer: String,
}

struct Writer<'a, 'b> {
    context: &'a mut Context<'b>,
    quiz: &'a Quiz,
    question: &'a Question,
}

impl<'b> Writer<'_, 'b> {
    fn write(mut self, number: usize) -> Result<String, Vec<Finding>> {
        let question = self.question;
        let id = escape(&question.id.text);
        let parts = match &question.form {
            Form::MultipleChoice { right, distractors, several, order } => {
                self.multiple_choice(right, distractors, *several, *order)?
            }
            Form::ShortAnswer { answers, code } => short_answer(answers, *code),
            Form::Tracing { listing, answer } => self.tracing(listing, answer)?,
            Form::Outcomes { listing, choices, sorted } => self.outcomes(listing, choices, *sorted)?,
        };
        let Parts { form, data, asks, body, answer } = parts;
        let prompt = match &question.prompt {
            Some(prompt) => self.markdown(prompt)?,
            None => format!("<p>{asks}</p>"),
        };
        let why = question.context.as_ref().map(|context| self.markdown(context)).transpose()?.unwrap_or_default();
        let total = self.quiz.questions.len();
        let inside = format!(
            "<div class=\"prompt\">{prompt}</div>{body}<details class=\"answer\"><summary>Answer</summary>{answer}{why}</details>"
        );
        // Of the question, and not of its place: one more beside it leaves its answer alone.
        let digest = digest_of([form, &data, &inside]);
        Ok(format!(
            "<div class=\"question\" id=\"question-{id}\" data-question=\"{id}\" data-digest=\"{digest}\" data-form=\"{form}\"{data}>\
             <p class=\"number\">Question {number} of {total}</p>{inside}</div>"
        ))
    }

    fn fault(&self, line: usize, message: impl Into<String>) -> Vec<Finding> {
        vec![Finding::new(&self.quiz.file, line, message)]
    }

    fn multiple_choice(
        &mut self,
        right: &[Text],
        distractors: &[Text],
        several: bool,
        order: Order,
    ) -> Result<Parts, Vec<Finding>> {
        let mut choices: Vec<(&Text, bool)> = distractors.iter().map(|text| (text, false)).collect();
        match order {
            Order::Given(at) => drop(choices.splice(at..at, right.iter().map(|text| (text, true)))),
            order => {
                choices.extend(right.iter().map(|text| (text, true)));
                arrange(&self.question.id.text, order == Order::Sorted, &mut choices, |(text, _)| &text.text);
            }
        }
        let mut written = Vec::new();
        for (text, right) in choices {
            written.push((self.paragraph(text)?, right));
        }
        let form = if several { "several" } else { "one" };
        Ok(Parts { form, body: list(&written), answer: right_ones(&written), ..Parts::default() })
    }

    fn tracing(&mut self, named: &Named, answer: &Traced) -> Result<Parts, Vec<Finding>> {
        let library = self.context.library;
        let listing = library.get(&named.slug).map_err(|message| self.fault(named.line, message))?;
        let (data, answer, source) = match answer {
            Traced::Prints(stdout) => {
                let stdout = stdout.text.trim_end();
                let data = format!(" data-stdout=\"{}\"", escape(stdout));
                let output = code::output(stdout, &format!("What it prints: {}", listing.title));
                (data, format!("<p>It compiles, and prints:</p>{output}"), listing.source()?)
            }
            Traced::Refused { in_line, .. } => {
                let name = named.part.as_deref().unwrap_or_default();
                let fails = listing.fails().into_iter().find(|fails| fails.name == name);
                let fails = fails.ok_or_else(|| self.fault(named.line, "has no such program"))?;
                let error = std::fs::read_to_string(self.context.library.root.join(fails.record_path()))
                    .map_err(|error| self.fault(named.line, error.to_string()))?;
                let output = code::output(&error, &format!("What rustc says: {}, {name}", listing.title));
                let answer = format!("<p>It does not compile. rustc points to line {in_line}:</p>{output}");
                (format!(" data-line=\"{in_line}\""), answer, listing.fails_source(&fails)?)
            }
        };
        let label = format!("The program in question: {}", named.part.as_deref().unwrap_or(&listing.title));
        let asks = "Does this program compile? If it does, what does it print?";
        // Links lead to where the text shows it.
        let body = code::whole_without_ids(self.context, &listing.slug, source, &label);
        Ok(Parts { form: "tracing", data, asks, body, answer })
    }

    fn outcomes(&mut self, named: &Named, choices: &[Choice], sorted: bool) -> Result<Parts, Vec<Finding>> {
        let library = self.context.library;
        let listing = library.get(&named.slug).map_err(|message| self.fault(named.line, message))?;
        let variant = listing.variant(named.part.as_deref()).map_err(|message| self.fault(named.line, message))?;
        let explored = listing.explored(&variant.name).map_err(|message| self.fault(named.line, message))?;
        let mut choices: Vec<(&Choice, String)> = choices.iter().map(|choice| (choice, end(&choice.end))).collect();
        arrange(&self.question.id.text, sorted, &mut choices, |(_, html)| html);

        let arguments = variant.options.args.iter().map(|word| format!(" {word}")).collect::<String>();
        let command = format!("cargo run -p {}{}", named.slug, if arguments.is_empty() { "" } else { " --" });
        let title = escape(&listing.title);
        let title = match target(self.context.library, self.context.pages, self.context.page, &named.slug, None) {
            Ok(way) => format!("<a class=\"listing-link\" href=\"{way}\">{title}</a>"),
            Err(_) => title, // it stands here, below
        };
        let mut body =
            format!("<p class=\"about\">{title}: <code>{}</code></p>", escape(&format!("{command}{arguments}")));
        if self.context.pages.that_embed(&named.slug).next().is_none() {
            let label = format!("The program in question: {}", listing.title);
            body.push_str(&code::whole_without_ids(self.context, &listing.slug, listing.source()?, &label));
        }
        let written: Vec<(String, bool)> =
            choices.iter().map(|(choice, html)| (html.clone(), choice.possible)).collect();
        body.push_str(&list(&written));

        let all = grouped(&explored.schedules);
        let rows: Vec<String> = choices
            .iter()
            .map(|(choice, html)| {
                let shortest = explored.outcomes.iter().find(|outcome| choice.end.is(outcome));
                let schedule =
                    shortest.map_or("–".to_owned(), |it| self.schedule(&named.slug, &variant.name, &it.schedule));
                let count = choice.end.count(&explored).unwrap_or("none".to_owned());
                format!("<tr><th scope=\"row\">{html}</th><td>{count} of {all}</td><td>{schedule}</td></tr>")
            })
            .collect();
        let answer = table(
            "outcomes",
            &format!("On how many of its {all} schedules it ends so"),
            &["how it ends", "schedules", "shortest way there"],
            &rows,
        );
        Ok(Parts { form: "several", asks: "Which of these are possible?", body, answer, ..Parts::default() })
    }

    /// A schedule, with a link to the explorer that follows it, where a page has one.
    fn schedule(&self, slug: &str, case: &str, schedule: &str) -> String {
        let Context { library, pages, page, .. } = &*self.context;
        let code = format!("<code>{}</code>", escape(schedule));
        match explorer(library, pages, page, slug, Some(&format!("{case}={schedule}"))) {
            Ok(way) => format!("<a class=\"schedule-link\" href=\"{}\">{code}</a>", escape(&way)),
            Err(_) => code,
        }
    }

    /// Markdown as HTML on one line.
    fn markdown(&self, text: &Text) -> Result<String, Vec<Finding>> {
        let Context { library, pages, page, .. } = &*self.context;
        let mut faults = Vec::new();
        let mut replacements = Vec::new();
        for link in Scan::of(&text.text).links {
            match tags(library, pages, page, &link) {
                Ok((open, close)) => {
                    replacements.push((link.open, open));
                    replacements.push((link.close, close.to_owned()));
                }
                Err(message) => faults.extend(self.fault(text.line + link.line - 1, message)),
            }
        }
        let text = splice(&text.text, replacements);
        let events = Parser::new_ext(&text, markdown() | Options::ENABLE_SMART_PUNCTUATION).map(|event| match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                Event::Start(Tag::Link { link_type, dest_url: way(dest_url), title, id })
            }
            // A break in the file is none on the page.
            Event::SoftBreak => Event::Text(" ".into()),
            event => event,
        });
        let mut html = String::new();
        push_html(&mut html, events);
        if faults.is_empty() { Ok(one_line(&html)) } else { Err(faults) }
    }

    /// Markdown that is one paragraph, without its `<p>`: it stands beside a button.
    fn paragraph(&self, text: &Text) -> Result<String, Vec<Finding>> {
        let mut blocks = 0;
        let mut paragraphs = 0;
        for event in Parser::new_ext(&text.text, markdown()) {
            match event {
                Event::Start(Tag::Paragraph) => paragraphs += 1,
                Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. }) => {}
                Event::Start(_) | Event::Rule => blocks += 1,
                Event::End(TagEnd::Paragraph) => {}
                _ => {}
            }
        }
        if (paragraphs, blocks) != (1, 0) {
            return Err(
                self.fault(text.line, "a choice is a paragraph, without lists or fences: put those into the prompt")
            );
        }
        let html = self.markdown(text)?;
        let html = html.strip_prefix("<p>").and_then(|html| html.strip_suffix("</p>")).unwrap_or(&html);
        Ok(html.to_owned())
    }
}

/// Where a link to a page leads, which mdBook has as HTML.
fn way(link: CowStr<'_>) -> CowStr<'_> {
    let (way, fragment) = link.split_once('#').map_or((&*link, None), |(way, fragment)| (way, Some(fragment)));
    let inside = !way.split('/').next().unwrap_or_default().contains(':');
    match way.strip_suffix(".md").filter(|_| inside) {
        Some(page) => format!("{page}.html{}", fragment.map(|it| format!("#{it}")).unwrap_or_default()).into(),
        None => link,
    }
}

fn short_answer(answers: &[Text], code: bool) -> Parts {
    let texts: Vec<&str> = answers.iter().map(|answer| answer.text.trim()).collect();
    let json = serde_json::to_string(&texts).unwrap_or_default();
    let shown = escape(texts.first().unwrap_or(&""));
    Parts {
        form: if code { "code" } else { "short" },
        data: format!(" data-answers=\"{}\"", escape(&json)),
        answer: if code { format!("<p><code>{shown}</code></p>") } else { format!("<p><strong>{shown}</strong></p>") },
        ..Parts::default()
    }
}

/// Puts choices in order: by their text, numbers by their size, or shuffled, in the same way each time.
fn arrange<T>(id: &str, sorted: bool, choices: &mut [T], text: impl Fn(&T) -> &str) {
    let number = |text: &str| text.trim().replace(',', "").parse::<f64>().ok();
    if !sorted {
        return choices.sort_by_cached_key(|choice| digest_of([id, text(choice)]));
    }
    choices.sort_by(|a, b| match (number(text(a)), number(text(b))) {
        (Some(a), Some(b)) => a.total_cmp(&b),
        _ => text(a).cmp(text(b)),
    });
}

fn list(choices: &[(String, bool)]) -> String {
    let item = |(html, right): &(String, bool)| format!("<li{}>{html}</li>", if *right { " data-right" } else { "" });
    format!("<ul class=\"choices\">{}</ul>", choices.iter().map(item).collect::<String>())
}

fn right_ones(choices: &[(String, bool)]) -> String {
    let items = choices.iter().filter(|(_, right)| *right).map(|(html, _)| format!("<li>{html}</li>"));
    format!("<ul class=\"right-ones\">{}</ul>", items.collect::<String>())
}

/// An end, in words.
fn end(end: &End) -> String {
    match end {
        End::Prints(text) => {
            let lines = lines(text);
            if lines.is_empty() { "prints nothing".to_owned() } else { format!("prints {}", samp(&lines)) }
        }
        End::Kind(kind) => match kind {
            Kind::Ok => "ends well",
            Kind::Panic => "ends in a panic",
            Kind::Deadlock => "ends in a deadlock: nobody can move",
            Kind::Exit => "ends with an exit code that is not 0",
            Kind::Race => "ends in a data race",
            Kind::Bound => "has no end",
        }
        .to_owned(),
    }
}

/// HTML without line ends: in `<pre>` they are written `&#10;`, and elsewhere blanks do.
fn one_line(html: &str) -> String {
    let mut line = String::with_capacity(html.len());
    let mut rest = html.trim_end();
    while let Some((before, after)) = rest.split_once("<pre") {
        let (pre, behind) = after.split_once("</pre>").unwrap_or((after, ""));
        line.push_str(&before.replace('\n', " "));
        line.push_str(&format!("<pre{}</pre>", pre.replace('\n', "&#10;")));
        rest = behind;
    }
    line.push_str(&rest.replace('\n', " "));
    line
}
