//! `{{#python SLUG}}`: the Python form of a listing, folded, with its recorded output where it has one.

use super::{Context, code};
use crate::highlight;
use crate::html::escape;
use listing::{Finding, Listing, RecordKind};

pub(super) fn render(context: &mut Context<'_>, listing: &Listing, rest: Option<&str>) -> Result<String, Vec<Finding>> {
    if let Some(rest) = rest {
        return Err(context.fault(format!("{{{{#python}}}} takes a slug and no \":{rest}\"")));
    }
    if listing.python.is_none() {
        return Err(context.fault(format!("\"{}\" has no Python form: there is no python/ folder", listing.slug)));
    }
    let source = listing.python_source()?;
    let text = source.text();
    let pieces = highlight::python(&text);
    let title = escape(listing.python_title.as_ref().unwrap_or(&listing.title));
    let id = context.id_attribute(&format!("{}-python", listing.slug));
    let mut html =
        format!("<details class=\"python\"{id}><summary>In Python: <span class=\"title\">{title}</span></summary>");
    let all = 0..source.lines.len();
    html.push_str(&code::block(context, &format!("{}-python", listing.slug), &source, &pieces, all, "The Python form"));
    if listing.record(RecordKind::PythonOutput).is_some() {
        let output = listing.recorded(RecordKind::PythonOutput).map_err(|message| context.fault(message))?;
        let maker = made_by(listing, RecordKind::PythonOutput);
        html.push_str(&format!("<p class=\"made-by\">It printed, under {maker}:</p>"));
        html.push_str(&code::output(&output, "Output of the Python form"));
    }
    html.push_str("</details>");
    Ok(html)
}

/// Who made a record, for the page.
pub(super) fn made_by(listing: &Listing, kind: RecordKind) -> String {
    listing.maker(kind).map_or_else(|| "an unknown version".to_owned(), |maker| escape(&maker.by))
}
