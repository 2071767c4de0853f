//! `{{#listing SLUG}}` and `{{#listing SLUG:ANCHOR}}`: a program, or an excerpt with the whole program one click away.

use super::{Context, code};
use crate::highlight;
use crate::html::escape;
use listing::{Class, Finding, Listing, did_you_mean};

pub(super) fn render(
    context: &mut Context<'_>,
    listing: &Listing,
    anchor: Option<&str>,
) -> Result<String, Vec<Finding>> {
    let source = listing.source()?;
    let slug = &listing.slug;
    let shown = match anchor {
        None => 0..source.lines.len(),
        Some(name) => match source.anchor(name) {
            Some(anchor) => anchor.lines.clone(),
            None => {
                let near = did_you_mean(name, source.anchors.iter().map(|anchor| anchor.name.as_str()));
                return Err(context.fault(format!("\"{slug}\" has no anchor \"{name}\"{near}")));
            }
        },
    };
    let text = source.text();
    let pieces = highlight::rust(&text);
    let number = context.next_number();
    let id = context.id_attribute(slug);
    let class = match listing.class {
        Class::Support => "support".to_owned(),
        class => format!("{class:?}"),
    };
    let label = match anchor {
        Some(name) => format!("Listing {number}, excerpt: {name}"),
        None => format!("Listing {number}"),
    };
    let mut html = format!("<figure class=\"listing\"{id} data-slug=\"{slug}\" data-class=\"{class}\">");
    html.push_str(&format!(
        "<figcaption><span class=\"number\">Listing {number}</span> <span class=\"title\">{}</span> {}</figcaption>",
        escape(&listing.title),
        source_link(context, listing)
    ));
    html.push_str(&code::block(context, slug, &source, &pieces, shown, &label));
    if anchor.is_some() {
        let all = 0..source.lines.len();
        let lines = all.len();
        html.push_str(&format!(
            "<details class=\"whole\"><summary>The whole program, {lines} lines: <code>cargo run -p {slug}</code></summary>"
        ));
        let label = format!("Listing {number}, the whole program");
        html.push_str(&code::block(context, slug, &source, &pieces, all, &label));
        html.push_str("</details>");
    }
    html.push_str("</figure>");
    Ok(html)
}

/// A link to the program in the repository, or its path where the book has no repository's address.
fn source_link(context: &Context<'_>, listing: &Listing) -> String {
    let path = escape(&listing.main_path().to_string_lossy().replace('\\', "/"));
    match context.repository {
        Some(address) => {
            let address = escape(address.trim_end_matches('/'));
            format!("<a class=\"source\" href=\"{address}/blob/HEAD/{path}\" title=\"{path}\">source</a>")
        }
        None => format!("<code class=\"source\">{path}</code>"),
    }
}
