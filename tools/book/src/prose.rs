//! How long a page's prose is, and how often there is something to look at in it.

use mdbook_listing::scan::markdown;
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

/// Counts of a page's words: prose, without code, output and what directives become.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Measure {
    pub words: usize,
    /// The most words in a row without code, output, a picture, a table or a widget.
    pub longest: usize,
}

/// Counts the words of a page's Markdown.
pub fn measure(text: &str) -> Measure {
    let mut measure = Measure::default();
    let mut run = 0;
    let mut to_look_at = 0_usize;
    let mut in_footnote = false;
    for event in Parser::new_ext(text, markdown()) {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Table(_) | Tag::Image { .. }) => {
                to_look_at += 1;
                run = 0;
            }
            Event::End(TagEnd::CodeBlock | TagEnd::Table | TagEnd::Image) => to_look_at = to_look_at.saturating_sub(1),
            // A footnote is looked up, not read through; what is folded is opened.
            Event::Start(Tag::FootnoteDefinition(_)) => in_footnote = true,
            Event::End(TagEnd::FootnoteDefinition) => in_footnote = false,
            Event::Html(html) if html.contains("<details") => run = 0,
            Event::Text(text) if text.starts_with("{{#") => run = 0,
            Event::Text(text) | Event::Code(text) if to_look_at == 0 && !in_footnote => {
                let words = text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
                measure.words += words;
                run += words;
                measure.longest = measure.longest.max(run);
            }
            _ => {}
        }
    }
    measure
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_prose_between_things_to_look_at() {
        let text = "# One two\n\nthree `four`, five.\n\n{{#listing a:b}}\n\nsix\n\n```text\nnot counted\n```\n\nseven[^n] eight\n\n\
                    <details><summary>open</summary>\n\nnine\n\n</details>\n\n[^n]: not counted\n";
        assert_eq!(measure(text), Measure { words: 9, longest: 5 });
    }
}
