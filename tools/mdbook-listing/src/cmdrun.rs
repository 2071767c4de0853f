//! The preprocessor "cmdrun": the mdbook-cmdrun crate, held strict.
//!
//! mdbook-cmdrun puts a failed command's error into the page and lets the build pass. Here a command runs only if the
//! allow list in book.toml has its first words, it holds nothing that a shell would interpret, and its failure fails the
//! build. `cargo book output …` and `cargo book fact …` are answered in this process, by the code that the commands run.

use crate::pages::{Page, Pages, rewrite};
use crate::scan::{CommandMark, Place, splice};
use anyhow::Context;
use listing::{Finding, Library, RecordKind};
use mdbook_cmdrun::CmdRun;
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};
use std::path::Path;

/// Replaces each `<!-- cmdrun COMMAND -->` by what the command prints.
#[derive(Debug, Clone, Copy, Default)]
pub struct Commands;

impl Preprocessor for Commands {
    fn name(&self) -> &str {
        "cmdrun"
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> anyhow::Result<Book> {
        let allow = allow_list(&context.config)?;
        rewrite(context, book, |library, pages| render(library, pages, &allow))
    }
}

/// `allow` in `[preprocessor.cmdrun]`: the first words that a command may have.
///
/// # Errors
/// When it is no list of strings.
pub fn allow_list(config: &Config) -> anyhow::Result<Vec<String>> {
    let list = config.get("preprocessor.cmdrun.allow").context("book.toml: `allow` in [preprocessor.cmdrun]")?;
    Ok(list.unwrap_or_default())
}

/// The text of every page with its commands replaced, and all that is wrong with them.
pub fn render(library: &Library, pages: &Pages, allow: &[String]) -> (Vec<String>, Vec<Finding>) {
    let mut findings = Vec::new();
    let mut texts = Vec::new();
    for page in &pages.pages {
        let mut replacements = Vec::new();
        for mark in &page.scan.commands {
            match answer(library, page, mark, allow) {
                Ok(output) => replacements.push((mark.span.clone(), output)),
                Err(message) => findings.push(Finding::new(&page.file, mark.line, message)),
            }
        }
        texts.push(splice(&page.text, replacements));
    }
    (texts, findings)
}

/// What a mark becomes.
fn answer(library: &Library, page: &Page, mark: &CommandMark, allow: &[String]) -> Result<String, String> {
    let command = mark.command.as_str();
    let words = words(command)?;
    let allowed = |entry: &String| {
        let entry: Vec<&str> = entry.split_whitespace().collect();
        words.len() >= entry.len() && entry.iter().zip(&words).all(|(allowed, word)| allowed == word)
    };
    if !allow.iter().any(allowed) {
        let list: Vec<String> = allow.iter().map(|entry| format!("`{entry}`")).collect();
        let list = if list.is_empty() { "nothing".to_owned() } else { list.join(", ") };
        return Err(format!("the command `{command}` is not allowed: book.toml, [preprocessor.cmdrun], allows {list}"));
    }
    let output = match Question::of(command) {
        Some(Question::Output { slug, python }) => {
            if mark.place == Place::Sentence || mark.place == Place::Line {
                return Err(format!(
                    "the output of `{command}` is no Markdown: put it into a ```text fence, alone on its line"
                ));
            }
            library.get(&slug)?.recorded(if python { RecordKind::PythonOutput } else { RecordKind::Output })?
        }
        Some(Question::Fact { slug, name }) => library.fact(&slug, &name)? + "\n",
        None if words.starts_with(&["cargo".to_owned(), "book".to_owned()]) => {
            let forms = "`cargo book output [--python] SLUG` and `cargo book fact SLUG NAME`";
            return Err(format!("`{command}` cannot stand in the text: {forms} can"));
        }
        None => run(library, page, command)?,
    };
    match mark.place {
        Place::Sentence => Ok(output.trim_end().to_owned()),
        Place::Line => Ok(output),
        Place::IndentedFence => Err(format!(
            "`{command}` stands in a list or a quotation, which its second line would leave: move the fence out"
        )),
        Place::Fence => match output.lines().find(|line| {
            line.trim_start().starts_with('`') && line.contains("```") || line.trim_start().starts_with("~~~")
        }) {
            Some(_) => Err(format!("the output of `{command}` has a line that could close its fence")),
            None => Ok(output),
        },
    }
}

/// What a page may ask `cargo book`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    Output {
        slug: String,
        python: bool,
    },
    /// `slug` may be `SLUG:CASE`.
    Fact {
        slug: String,
        name: String,
    },
}

impl Question {
    /// The question that a command is, if it is one.
    pub fn of(command: &str) -> Option<Question> {
        let words: Vec<&str> = command.split_whitespace().collect();
        match words[..] {
            ["cargo", "book", "output", slug] => Some(Question::Output { slug: slug.to_owned(), python: false }),
            ["cargo", "book", "output", "--python", slug] => {
                Some(Question::Output { slug: slug.to_owned(), python: true })
            }
            ["cargo", "book", "fact", slug, name] => {
                Some(Question::Fact { slug: slug.to_owned(), name: name.to_owned() })
            }
            _ => None,
        }
    }
}

/// The words of a command.
fn words(command: &str) -> Result<Vec<String>, String> {
    if let Some(character) = command.chars().find(|c| ";|&$`<>(){}[]*?~!#\\\n".contains(*c)) {
        return Err(format!(
            "the command `{command}` has a \"{character}\", which a shell would interpret: write plain words"
        ));
    }
    shlex::split(command).filter(|words| !words.is_empty()).ok_or_else(|| format!("`{command}` is no command"))
}

/// Runs a command as mdbook-cmdrun does, in the folder of the page.
fn run(library: &Library, page: &Page, command: &str) -> Result<String, String> {
    let dir = library.root.join(page.file.parent().unwrap_or(Path::new("")));
    let output = CmdRun::run_cmdrun(format!("--strict {command}"), &dir.to_string_lossy(), false)
        .map_err(|error| format!("`{command}` cannot be run: {error:#}"))?;
    if output.contains("**cmdrun error**") {
        return Err(format!("`{command}` failed: {}", output.trim().replace("**cmdrun error**: ", "")));
    }
    Ok(output)
}
