//! `{{#fails SLUG:NAME}}`: a program that must not compile, and what rustc says of it.

use super::{Context, code};
use crate::highlight;
use crate::html::escape;
use listing::{Finding, Listing, did_you_mean};

pub(super) fn render(context: &mut Context<'_>, listing: &Listing, name: Option<&str>) -> Result<String, Vec<Finding>> {
    let slug = &listing.slug;
    let all = listing.fails();
    let name = name.unwrap_or_default();
    let Some(fails) = all.iter().find(|fails| fails.name == name) else {
        let near = did_you_mean(name, all.iter().map(|fails| fails.name.as_str()));
        return Err(context.fault(format!("\"{slug}\" has no program fails/{name}.rs{near}")));
    };
    let source = listing.fails_source(fails)?;
    let error = std::fs::read_to_string(context.library.root.join(fails.record_path())).map_err(|error| {
        let path = fails.record_path();
        vec![Finding::new(path, None, format!("{error}: run `cargo book record {slug}`"))]
    })?;
    let text = source.text();
    let pieces = highlight::rust(&text);
    let number = context.next_number();
    let id = context.id_attribute(&format!("{slug}.{name}"));
    let code = &fails.code;
    let message = error.lines().next().unwrap_or_default();
    let message = message.split_once("]: ").map_or(message, |(_, message)| message);
    let mut html = format!("<figure class=\"fails\"{id} data-slug=\"{slug}\">");
    html.push_str(&format!(
        "<figcaption><span class=\"number\">Listing {number}</span> <span class=\"title\">Does not compile, {code}: {}</span></figcaption>",
        escape(message)
    ));
    let lines = 0..source.lines.len();
    html.push_str(&code::block(context, slug, &source, &pieces, lines, &format!("Listing {number}, does not compile")));
    html.push_str(&code::output(&error, &format!("What rustc says of listing {number}")));
    html.push_str("</figure>");
    Ok(html)
}
