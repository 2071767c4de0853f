//! The preprocessor "cmdrun": the mdbook-cmdrun crate, held strict.
//!
//! mdbook-cmdrun puts a failed command's error into the page and lets the build pass. Here a command runs only if the
//! allow list in book.toml has its first words, it holds nothing that a shell would interpret, and its failure fails the
//! build. `cargo book output …` and `cargo book fact …` are answered in this process, by the code that the commands run.

use crate::pages::{Page, Pages};
use crate::scan::{CommandMark, splice};
use anyhow::Context;
use listing::{Finding, Library, RecordKind, report};
use mdbook_cmdrun::CmdRun;
use mdbook_preprocessor::book::{Book, BookItem};
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

    fn run(&self, context: &PreprocessorContext, mut book: Book) -> anyhow::Result<Book> {
        let pages = Pages::of(&book, &context.config.book.src);
        if pages.pages.iter().all(|page| page.scan.commands.is_empty()) {
            return Ok(book);
        }
        let library = match Library::load(&context.root) {
            Ok(library) => library,
            Err(findings) => {
                report(findings)?;
                return Ok(book);
            }
        };
        let (texts, findings) = render(&library, &pages, &allow_list(&context.config)?);
        report(findings)?;
        let mut texts = texts.into_iter();
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && chapter.path.is_some()
                && chapter.source_path.is_some()
                && let Some(text) = texts.next()
            {
                chapter.content = text;
            }
        });
        Ok(book)
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
        return Err(format!(
            "the command `{command}` is not allowed: book.toml, [preprocessor.cmdrun], allows {}",
            allow.iter().map(|entry| format!("`{entry}`")).collect::<Vec<_>>().join(", ")
        ));
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let output = match words[..] {
        ["cargo", "book", "output", slug] => library.get(slug)?.recorded(RecordKind::Output)?,
        ["cargo", "book", "output", "--python", slug] => library.get(slug)?.recorded(RecordKind::PythonOutput)?,
        ["cargo", "book", "fact", slug, name] => library.get(slug)?.fact(name)?,
        ["cargo", "book", ..] => {
            let forms = "`cargo book output [--python] SLUG` and `cargo book fact SLUG NAME`";
            return Err(format!("`{command}` cannot stand in the text: {forms} can"));
        }
        _ => run(library, page, command)?,
    };
    let output = if mark.inline { output.trim_end().to_owned() } else { output };
    if mark.in_fence && output.lines().any(|line| line.trim_start().starts_with("```")) {
        return Err(format!("the output of `{command}` has a line that would close its fence"));
    }
    Ok(output)
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
