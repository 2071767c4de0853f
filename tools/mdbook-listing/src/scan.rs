//! What a page's Markdown holds, and where.

use pulldown_cmark::{CodeBlockKind, Event, LinkType, Options, Parser, Tag, TagEnd};
use regex::Regex;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::LazyLock;

/// One page's Markdown, taken apart. All spans are bytes of the text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    pub directives: Vec<Directive>,
    pub links: Vec<Link>,
    pub commands: Vec<CommandMark>,
    /// Fences whose language is Rust: every program on a page is a listing.
    pub rust_fences: Vec<usize>,
    /// `<dfn id="…">`: where a term is defined, with its line.
    pub terms: Vec<(usize, String)>,
    /// What looks like a directive or a command and is none, with its line.
    pub malformed: Vec<(usize, String)>,
}

/// `{{#name argument}}`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    pub span: Range<usize>,
    /// Counted from 1.
    pub line: usize,
    pub name: String,
    /// Up to the first `:`.
    pub slug: String,
    /// After it.
    pub part: Option<String>,
    /// Whether it has its line, and an empty line above and below, to itself.
    pub alone: bool,
}

/// A link of the book's own: `[text](listing:slug#anchor)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The `[`.
    pub open: Range<usize>,
    /// From `](` to `)`.
    pub close: Range<usize>,
    pub line: usize,
    pub scheme: Scheme,
    /// All of it: `listing:slug#anchor`.
    pub target: String,
    pub slug: String,
    /// What stands after the slug.
    pub part: Option<String>,
    /// Written `[text](…)`; other kinds of link are refused.
    pub inline: bool,
}

/// What a link of the book's own leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `listing:SLUG`, `listing:SLUG#ANCHOR`: lines of a program.
    Listing,
    /// `schedule:SLUG=a2b1`, `schedule:SLUG:CASE=a2b1`: an explorer at the end of a schedule. The part is `CASE=a2b1` or
    /// `a2b1`.
    Schedule,
    /// `step:SLUG=3`, `step:SLUG:CASE=3`: a stepper at that step. The part is `CASE=3` or `3`.
    Step,
    /// `task:a`: no link, but a task in its colour and with its mark. The slug is its letter.
    Task,
}

impl Scheme {
    pub const ALL: [Scheme; 4] = [Scheme::Listing, Scheme::Schedule, Scheme::Step, Scheme::Task];

    /// The scheme of a link, in whatever case it is written.
    pub fn of(link: &str) -> Option<Scheme> {
        let begins = |name: &str| link.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        Scheme::ALL.into_iter().find(|scheme| begins(scheme.name()))
    }

    /// With the colon.
    pub fn name(self) -> &'static str {
        match self {
            Scheme::Listing => "listing:",
            Scheme::Schedule => "schedule:",
            Scheme::Step => "step:",
            Scheme::Task => "task:",
        }
    }

    /// What ends the slug.
    fn ends(self) -> &'static [char] {
        match self {
            Scheme::Listing => &['#'],
            Scheme::Schedule | Scheme::Step => &[':', '='],
            Scheme::Task => &[],
        }
    }
}

/// `<!-- cmdrun command -->`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandMark {
    /// With its line end, where it has the line to itself.
    pub span: Range<usize>,
    pub line: usize,
    pub command: String,
    pub place: Place,
}

/// Where a command stands, and so what its output must fit into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In a sentence: the output comes without its own line end.
    Sentence,
    /// On a line of its own.
    Line,
    /// On a line of its own in a fence.
    Fence,
    /// In a fence that stands in a list or a quotation: the second line of the output would fall out of it.
    IndentedFence,
}

static DIRECTIVE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"\{\{#\s*([A-Za-z_][\w-]*)\s*([^}\n]*)\}\}").expect("a constant pattern"));

/// The pattern that mdbook-cmdrun looks for.
static COMMAND: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<!--[ ]*cmdrun (.*?)-->").expect("a constant pattern"));

/// A command whose comment goes on over the line's end.
static HALF_COMMAND: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"<!--\s*cmdrun\b").expect("a constant pattern"));

static TERM: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"<dfn id="([^"]*)">"#).expect("a constant pattern"));

static HREF: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)\shref\s*=\s*["']?([^"'\s>]+)"#).expect("a constant pattern"));

/// What to write in the place of a link to a widget's address, `#step=SLUG=3`: there the slug and the step are checked.
fn raw_address(link: &str) -> Option<String> {
    let (way, fragment) = link.split_once('#')?;
    let outside = way.starts_with("//") || way.split(['/', '?']).next().unwrap_or_default().contains(':');
    let (widget, rest) = fragment.split_once('=').filter(|_| !outside)?;
    let mut widgets = [Scheme::Schedule, Scheme::Step].into_iter();
    let scheme = widgets.find(|scheme| scheme.name().strip_suffix(':') == Some(widget))?;
    Some(format!("\"{link}\" is an address that nobody checks: write [text]({}{rest})", scheme.name()))
}

/// As mdBook reads Markdown.
pub fn markdown() -> Options {
    Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM
}

/// The text with an `x` for each byte of a command. Where a command begins a line, Markdown would take the whole line for
/// HTML, and mdBook reads it when the command's output, which is words, stands there.
pub fn without_commands(text: &str) -> Cow<'_, str> {
    COMMAND.replace_all(text, |found: &regex::Captures<'_>| "x".repeat(found[0].len()))
}

impl Scan {
    pub fn of(text: &str) -> Scan {
        let mut scan = Scan::default();
        let original = text;
        let words = without_commands(text);
        let text = words.as_ref();
        let mut comments = Vec::new();
        let mut code = Vec::new();
        let mut fences = Vec::new();
        let ends: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
        let line_of = |offset: usize| 1 + ends.partition_point(|end| *end < offset);
        let mut fence: Option<usize> = None;
        for (event, span) in Parser::new_ext(text, markdown()).into_offset_iter() {
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
                Event::Start(Tag::HtmlBlock) if text[span.clone()].trim_start().starts_with("<!--") => {
                    comments.push(span)
                }
                Event::InlineHtml(html) if html.starts_with("<!--") => comments.push(span),
                Event::Html(_) | Event::InlineHtml(_) => {
                    for link in HREF.captures_iter(&text[span.clone()]).filter_map(|href| href.get(1)) {
                        let line = line_of(span.start + link.start());
                        scan.malformed.extend(raw_address(link.as_str()).map(|message| (line, message)));
                    }
                }
                Event::Start(Tag::Link { link_type, dest_url, .. }) => {
                    scan.malformed.extend(raw_address(&dest_url).map(|message| (line_of(span.start), message)));
                    let Some(scheme) = Scheme::of(&dest_url) else { continue };
                    let (name, target) = dest_url.split_at(scheme.name().len());
                    if name != scheme.name() {
                        let message =
                            format!("a link to `{name}` is written in small letters: {}{target}", scheme.name());
                        scan.malformed.push((line_of(span.start), message));
                        continue;
                    }
                    let (slug, part) = match target.find(scheme.ends()) {
                        Some(at) => (&target[..at], Some(target[at + 1..].to_owned())),
                        None => (target, None),
                    };
                    let close = text[span.clone()].rfind(&format!("]({dest_url})")).map(|at| span.start + at);
                    let inline = link_type == LinkType::Inline && close.is_some();
                    scan.links.push(Link {
                        open: span.start..span.start + 1,
                        close: close.unwrap_or(span.start + 1)..span.end,
                        line: line_of(close.unwrap_or(span.start)),
                        scheme,
                        target: dest_url.to_string(),
                        slug: slug.to_owned(),
                        part,
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
            if escaped || [&code, &fences, &comments].iter().any(|spans| within(spans, span.start)) {
                continue;
            }
            let argument = found[2].trim();
            let (slug, part) = match argument.split_once(':') {
                Some((slug, part)) => (slug, Some(part.to_owned())),
                None => (argument, None),
            };
            scan.directives.push(Directive {
                line: line_of(span.start),
                name: found[1].to_owned(),
                slug: slug.to_owned(),
                part,
                alone: is_alone(text, &span),
                span,
            });
        }
        for (at, _) in text.match_indices("{{#") {
            let escaped = text[..at].ends_with('\\');
            let known = scan.directives.iter().any(|directive| directive.span.start == at);
            if !escaped && !known && ![&code, &fences, &comments].iter().any(|spans| within(spans, at)) {
                let message = "a directive that does not end on its line: {{#name SLUG}}";
                scan.malformed.push((line_of(at), message.to_owned()));
            }
        }
        for found in HALF_COMMAND.find_iter(text) {
            if !within(&code, found.start()) && !within(&fences, found.start()) {
                let message = "a command that does not end on its line: <!-- cmdrun COMMAND -->";
                scan.malformed.push((line_of(found.start()), message.to_owned()));
            }
        }
        for found in TERM.captures_iter(text) {
            let at = found.get(0).map(|all| all.start()).unwrap_or_default();
            if !within(&code, at) && !within(&fences, at) {
                scan.terms.push((line_of(at), found[1].to_owned()));
            }
        }
        for found in COMMAND.captures_iter(original) {
            let mut span = found.get(0).map(|all| all.range()).unwrap_or_default();
            if within(&code, span.start) {
                continue;
            }
            let line = line_of(span.start);
            let start = text[..span.start].rfind('\n').map_or(0, |at| at + 1);
            let before = &text[start..span.start];
            let end = ["\r\n", "\n"].into_iter().find(|end| text[span.end..].starts_with(end));
            let in_fence = within(&fences, span.start);
            let alone = end.is_some() && before.trim_start_matches(['>', ' ', '\t']).is_empty();
            let place = match (in_fence, alone) {
                (true, _) if !before.is_empty() => Place::IndentedFence,
                (true, _) => Place::Fence,
                (false, true) => Place::Line,
                (false, false) => Place::Sentence,
            };
            if matches!(place, Place::Fence | Place::Line) {
                span.end += end.map_or(0, str::len);
            }
            scan.commands.push(CommandMark { line, command: found[1].trim().to_owned(), place, span });
        }
        scan
    }
}

fn is_alone(text: &str, span: &Range<usize>) -> bool {
    let before = &text[..span.start];
    let after = &text[span.end..];
    let starts_line = before.is_empty() || before.ends_with('\n');
    // Blanks that nobody sees change nothing.
    let ends_line = after.lines().next().is_none_or(|rest| rest.trim().is_empty());
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
        let found: Vec<_> =
            scan.directives.iter().map(|d| (d.line, &*d.name, &*d.slug, d.part.as_deref(), d.alone)).collect();
        assert_eq!(found, [(3, "listing", "a", Some("b"), true), (11, "cast", "q", None, false)]);
    }

    #[test]
    fn finds_listing_links_and_what_is_around_their_text() {
        let text = "See [the store](listing:lost-update#store) and `[x](listing:no)` and [a](b.md).\n";
        let scan = Scan::of(text);
        assert_eq!(scan.links.len(), 1);
        let link = &scan.links[0];
        assert_eq!((&text[link.open.clone()], &text[link.close.clone()]), ("[", "](listing:lost-update#store)"));
        assert_eq!((&*link.slug, link.part.as_deref(), link.inline), ("lost-update", Some("store"), true));
        assert!(!Scan::of("[x]\n\n[x]: listing:a\n").links[0].inline);
        let more = "[x](schedule:abba=ab) [x](schedule:philosophers:3=abc) [x](step:spin:done=3) [a](task:a)\n";
        let more = Scan::of(more).links;
        let parts: Vec<_> = more.iter().map(|link| (link.scheme, &*link.slug, link.part.as_deref())).collect();
        let expected = [
            (Scheme::Schedule, "abba", Some("ab")),
            (Scheme::Schedule, "philosophers", Some("3=abc")),
            (Scheme::Step, "spin", Some("done=3")),
            (Scheme::Task, "a", None),
        ];
        assert_eq!(parts, expected);
    }

    #[test]
    fn refuses_links_that_would_be_read_as_others() {
        let text = "[a](Listing:x) [b](TASK:a) <Schedule:x=a>\n[c](step:x=1) [d](stepping:x)\n\n\
                    [e](#step=x:y=3) [f](../a/b.md#schedule=x=a2)\n[g](https://example.org/#step=x=3) [h](#stepper=3)\n\n\
                    <p>\n<a href='#step=x=3'>i</a></p>\n\n`[j](#step=x=3)` <a\nhref=\"#schedule=x=a\">k</a> [l][l]\n\n\
                    [l]: #step=x=4\n";
        let scan = Scan::of(text);
        let small = |line, said: &str, name: &str, rest: &str| {
            (line, format!("a link to `{said}` is written in small letters: {name}{rest}"))
        };
        let raw = |line, link: &str, form: &str| {
            (line, format!("\"{link}\" is an address that nobody checks: write [text]({form})"))
        };
        let expected = [
            small(1, "Listing:", "listing:", "x"),
            small(1, "TASK:", "task:", "a"),
            small(1, "Schedule:", "schedule:", "x=a"),
            raw(4, "#step=x:y=3", "step:x:y=3"),
            raw(4, "../a/b.md#schedule=x=a2", "schedule:x=a2"),
            raw(8, "#step=x=3", "step:x=3"),
            raw(11, "#schedule=x=a", "schedule:x=a"),
            raw(11, "#step=x=4", "step:x=4"),
        ];
        assert_eq!(scan.malformed, expected);
        assert_eq!(scan.links.len(), 1);
    }

    #[test]
    fn blanks_after_a_directive_do_not_count() {
        for (text, alone) in [
            ("{{#listing a}}", true),
            ("{{#listing a}}  \t\n", true),
            ("{{#listing a}} \r\n\r\ntext\n", true),
            ("{{#listing a}} \n \ntext\n", true),
            ("{{#listing a}} \ntext\n", false),
            ("{{#listing a}} text\n", false),
            ("text\n{{#listing a}} \n", false),
        ] {
            assert_eq!(Scan::of(text).directives[0].alone, alone, "{text:?}");
        }
    }

    #[test]
    fn finds_commands_and_where_they_stand() {
        let text = "It is <!-- cmdrun a b --> long,\nor <!-- cmdrun c -->\nwide.\n\n<!-- cmdrun d --> and [x](listing:y).\n\n\
                    ```text\n<!-- cmdrun e -->\n```\n\n- item\n\n  ```text\n  <!-- cmdrun f -->\n  ```\n\n<!-- cmdrun g -->\n\n\
                    `<!-- cmdrun rm -->`\n";
        let scan = Scan::of(text);
        let found: Vec<_> = scan.commands.iter().map(|c| (c.line, &*c.command, c.place)).collect();
        let expected = [
            (1, "a b", Place::Sentence),
            (2, "c", Place::Sentence),
            (5, "d", Place::Sentence),
            (8, "e", Place::Fence),
            (14, "f", Place::IndentedFence),
            (17, "g", Place::Line),
        ];
        assert_eq!(found, expected);
        // A sentence keeps its line end; and a command at its beginning hides nothing that follows.
        assert!(
            scan.commands.iter().all(|c| text[c.span.clone()].ends_with('\n')
                != (c.place == Place::Sentence || c.place == Place::IndentedFence))
        );
        assert_eq!(scan.links.len(), 1);
    }

    #[test]
    fn what_is_half_a_directive_is_malformed_and_what_is_a_comment_is_none() {
        let text = "{{#listing a\n}}\n\n<!-- cmdrun\na -->\n\n<!--\n{{#listing b}}\n-->\n\n`{{#cast x`\n";
        let scan = Scan::of(text);
        assert_eq!(scan.malformed.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [1, 4]);
        assert_eq!(scan.directives, []);
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
