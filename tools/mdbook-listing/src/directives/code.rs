//! Code as HTML: lines, pieces with their classes, anchors around lines.

use super::Context;
use crate::highlight::{self, Piece};
use crate::html::escape;
use listing::{Anchor, Source};
use std::fmt::Write;
use std::ops::Range;

/// A block of code: the lines `shown` of `source`, whose pieces are `pieces`, moved left as far as all can go.
///
/// Each anchor of the source gets the id `SLUG.ANCHOR`, once a page, so that links can lead to it and light it up.
pub(super) fn block(
    context: &mut Context<'_>,
    slug: &str,
    source: &Source,
    pieces: &[Vec<Piece<'_>>],
    shown: Range<usize>,
    label: &str,
) -> String {
    let indent = source.lines[shown.clone()]
        .iter()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.len() - line.trim_start_matches(' ').len())
        .min()
        .unwrap_or(0);
    let mut html = format!(
        "<pre class=\"code\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><code class=\"nohighlight\">",
        escape(label)
    );
    let inside = |anchor: &&Anchor| shown.start <= anchor.lines.start && anchor.lines.end <= shown.end;
    let anchors: Vec<&Anchor> = source.anchors.iter().filter(inside).collect();
    for index in shown.clone() {
        for anchor in anchors.iter().filter(|anchor| anchor.lines.start == index) {
            let id = context.id_attribute(&format!("{slug}.{}", anchor.name));
            let _ = write!(html, "<span class=\"anchor\"{id} data-anchor=\"{}\">", anchor.name);
        }
        let _ = write!(html, "<span class=\"line\" data-line=\"{}\">", source.numbers[index]);
        line(&mut html, pieces.get(index).map_or(&[], Vec::as_slice), indent);
        html.push_str("</span>&#10;");
        for _ in anchors.iter().filter(|anchor| anchor.lines.end == index + 1) {
            html.push_str("</span>");
        }
    }
    html.push_str("</code></pre>");
    html
}

/// All lines of a program.
pub(super) fn whole(context: &mut Context<'_>, slug: &str, source: &Source, label: &str) -> String {
    let text = source.text();
    block(context, slug, source, &highlight::rust(&text), 0..source.lines.len(), label)
}

/// The same without the ids of its anchors, which stand elsewhere.
pub(super) fn whole_without_ids(context: &mut Context<'_>, slug: &str, source: Source, label: &str) -> String {
    whole(context, slug, &Source { anchors: Vec::new(), ..source }, label)
}

/// One line without its first `indent` blanks.
fn line(html: &mut String, pieces: &[Piece<'_>], mut indent: usize) {
    for (class, text) in pieces {
        let cut = indent.min(text.len() - text.trim_start_matches(' ').len());
        indent -= cut;
        let text = &text[cut..];
        // Only the blanks before the first character go.
        if !text.is_empty() {
            indent = 0;
        }
        match class {
            Some(class) => {
                let _ = write!(html, "<span class=\"tok-{class}\">{}</span>", escape(text));
            }
            None => html.push_str(&escape(text)),
        }
    }
}

/// Recorded output, as a block of its own.
pub(super) fn output(text: &str, label: &str) -> String {
    format!(
        "<pre class=\"output\" tabindex=\"0\" role=\"region\" aria-label=\"{}\"><samp>{}</samp></pre>",
        escape(label),
        escape(text)
    )
}
