//! What a page's Markdown holds, and where.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// One page's Markdown, taken apart. All spans are bytes of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    pub directives: Vec<Directive>,
    pub links: Vec<ListingLink>,
    pub commands: Vec<CommandMark>,
    /// Fences whose language is Rust: every program on a page is a listing.
    pub rust_fences: Vec<usize>,
    /// `<dfn id="…">`: where a term is defined, with its line.
    pub terms: Vec<(usize, String)>,
}

/// `{{#name argument}}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    pub span: Range<usize>,
    /// Counted from 1.
    pub line: usize,
    pub name: String,
    pub argument: String,
    /// Whether it has its line, and an empty line above and below, to itself.
    pub alone: bool,
}

/// `[text](listing:slug#anchor)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListingLink {
    /// The `[`.
    pub open: Range<usize>,
    /// From `](` to `)`.
    pub close: Range<usize>,
    pub line: usize,
    pub slug: String,
    pub anchor: Option<String>,
    /// Written `[text](listing:…)`; other kinds of link are refused.
    pub inline: bool,
}

/// `<!-- cmdrun command -->`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandMark {
    /// With the line end, where one follows directly.
    pub span: Range<usize>,
    pub line: usize,
    pub command: String,
    /// No line end follows: the output goes into a sentence, without its own line end.
    pub inline: bool,
    pub in_fence: bool,
}

static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{#\s*([A-Za-z_][\w-]*)\s*([^}\n]*)\}\}").expect("a constant pattern"));

/// The pattern that mdbook-cmdrun looks for.
static COMMAND: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"<!--[ ]*cmdrun (.*?)-->(\r?\n)?").expect("a constant pattern"));

static TERM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<dfn id="([^"]*)">"#).expect("a constant pattern"));

impl Scan {
    pub fn of(text: &str) -> Scan {
        let mut scan = Scan::default();
        let mut code = Vec::new();
        let mut fences = Vec::new();
        let line_of = |offset: usize| 1 + text[..offset].bytes().filter(|b| *b == b'\n').count();
        let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
        let mut fence: Option<usize> = None;
        for (event, span) in Parser::new_ext(text, options).into_offset_iter() {
            match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    if let CodeBlockKind::Fenced(info) = kind {
                        let language = info.split([',', ' ']).next().unwrap_or_default().to_lowercase();
                        if language == "rust" || language == "rs" {
                            scan.rust_fences.push(line_of(span.start));
                        }
                    }
                    fence = Some(span.start);
                }
                Event::End(TagEnd::CodeBlock) => {
                    if let Some(start) = fence.take() {
                        fences.push(start..span.end);
                    }
                }
                Event::Code(_) => code.push(span),
                Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                    let Some(target) = dest_url.strip_prefix("listing:") else { continue };
                    let (slug, anchor) = match target.split_once('#') {
                        Some((slug, anchor)) => (slug, Some(anchor.to_owned())),
                        None => (target, None),
                    };
                    let close = text[span.clone()].rfind(&format!("](listing:{target}")).map(|at| span.start + at);
                    let inline = link_type == LinkType::Inline && close.is_some();
                    scan.links.push(ListingLink {
                        open: span.start..span.start + 1,
                        close: close.unwrap_or(span.start + 1)..span.end,
                        line: line_of(close.unwrap_or(span.start)),
                        slug: slug.to_owned(),
                        anchor,
                        inline,
                    });
                }
                _ => {}
            }
        }
        let within = |spans: &[Range<usize>], at: usize| spans.iter().any(|span| span.contains(&at));
        for found in DIRECTIVE.captures_iter(text) {
            let span = found.get(0).map(|all| all.range()).unwrap_or_default();
            let escaped = text[..span.start].ends_with('\\');
            if escaped || within(&code, span.start) || within(&fences, span.start) {
                continue;
            }
            scan.directives.push(Directive {
                line: line_of(span.start),
                name: found[1].to_owned(),
                argument: found[2].trim().to_owned(),
                alone: is_alone(text, &span),
                span,
            });
        }
        for found in TERM.captures_iter(text) {
            let at = found.get(0).map(|all| all.start()).unwrap_or_default();
            if !within(&code, at) && !within(&fences, at) {
                scan.terms.push((line_of(at), found[1].to_owned()));
            }
        }
        for found in COMMAND.captures_iter(text) {
            let span = found.get(0).map(|all| all.range()).unwrap_or_default();
            if within(&code, span.start) {
                continue;
            }
            scan.commands.push(CommandMark {
                line: line_of(span.start),
                command: found[1].trim().to_owned(),
                inline: found.get(2).is_none(),
                in_fence: within(&fences, span.start),
                span,
            });
        }
        scan
    }
}

fn is_alone(text: &str, span: &Range<usize>) -> bool {
    let before = &text[..span.start];
    let after = &text[span.end..];
    let starts_line = before.is_empty() || before.ends_with('\n');
    let ends_line = after.is_empty() || after.starts_with('\n') || after.starts_with("\r\n");
    let empty_above = before.lines().last().is_none_or(|line| line.trim().is_empty());
    let empty_below = after.lines().nth(1).is_none_or(|line| line.trim().is_empty());
    starts_line && ends_line && empty_above && empty_below
}

/// `text` with each span replaced. Spans must not overlap.
pub fn splice(text: &str, mut replacements: Vec<(Range<usize>, String)>) -> String {
    replacements.sort_by_key(|(span, _)| span.start);
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for (span, replacement) in replacements {
        result.push_str(&text[at..span.start]);
        result.push_str(&replacement);
        at = span.end;
    }
    result.push_str(&text[at..]);
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_directives_but_not_in_code() {
        let text = "# T\n\n{{#listing a:b}}\n\nIn code `{{#listing x}}` and \\{{#listing y}}.\n\n\
                    ```text\n{{#listing z}}\n```\n\ntext {{#cast q}}\n";
        let scan = Scan::of(text);
        let found: Vec<_> = scan.directives.iter().map(|d| (d.line, &*d.name, &*d.argument, d.alone)).collect();
        assert_eq!(found, [(3, "listing", "a:b", true), (11, "cast", "q", false)]);
    }

    #[test]
    fn finds_listing_links_and_what_is_around_their_text() {
        let text = "See [the store](listing:lost-update#store) and `[x](listing:no)` and [a](b.md).\n";
        let scan = Scan::of(text);
        assert_eq!(scan.links.len(), 1);
        let link = &scan.links[0];
        assert_eq!((&text[link.open.clone()], &text[link.close.clone()]), ("[", "](listing:lost-update#store)"));
        assert_eq!((&*link.slug, link.anchor.as_deref(), link.inline), ("lost-update", Some("store"), true));
        assert!(!Scan::of("[x]\n\n[x]: listing:a\n").links[0].inline);
    }

    #[test]
    fn finds_commands_in_sentences_and_fences() {
        let text = "It is <!-- cmdrun cargo book fact a b --> long.\n\n```text\n<!-- cmdrun cargo book output a -->\n```\n\
                    `<!-- cmdrun rm -->`\n";
        let found: Vec<_> =
            Scan::of(text).commands.into_iter().map(|c| (c.line, c.command, c.inline, c.in_fence)).collect();
        let expected =
            [(1, "cargo book fact a b".to_owned(), true, false), (4, "cargo book output a".to_owned(), false, true)];
        assert_eq!(found, expected);
    }

    #[test]
    fn finds_fences_of_rust_however_they_are_written() {
        let text = "```rust\n```\n\n~~~rs,ignore\n~~~\n\n``` Rust compile_fail\n```\n\n```text\nrust\n```\n";
        assert_eq!(Scan::of(text).rust_fences, [1, 4, 7]);
    }

    #[test]
    fn splices_only_the_spans() {
        assert_eq!(splice("a b c", vec![(4..5, "C".into()), (0..1, "A".into())]), "A b C");
    }
}
