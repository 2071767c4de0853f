//! `{{#listing SLUG}}` and `{{#listing SLUG:ANCHOR}}`: a program, or an excerpt with the whole program one click away.

use super::{Context, code};
use crate::highlight::{self, Piece};
use crate::html::escape;
use listing::{Anchor, Finding, Listing, Source, did_you_mean};

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
    let (class, promise) = (listing.class.name(), listing.class.promise());
    let label = match anchor {
        Some(name) => format!("Listing {number}, excerpt: {name}"),
        None => format!("Listing {number}"),
    };
    let project = if id.is_empty() { String::new() } else { project(context, listing)? };
    let mut html = format!("<figure class=\"listing\"{id} data-slug=\"{slug}\" data-class=\"{class}\"{project}>");
    html.push_str(&format!(
        "<figcaption><span class=\"number\">Listing {number}</span> <span class=\"title\">{}</span> \
         <abbr class=\"class\" title=\"{promise}\">{class}</abbr> {}</figcaption>",
        escape(&listing.title),
        // Where the program is stands with its first excerpt.
        if id.is_empty() { String::new() } else { source_link(context, listing) }
    ));
    html.push_str(&code::block(context, slug, &source, &pieces, shown, &label));
    if anchor.is_some() {
        html.push_str(&whole(context, listing, &source, &pieces, &number));
    }
    html.push_str("</figure>");
    Ok(html)
}

/// The whole program, folded, below the first excerpt of it on the page; below the others, a link there.
fn whole(
    context: &mut Context<'_>,
    listing: &Listing,
    source: &Source,
    pieces: &[Vec<Piece<'_>>],
    number: &str,
) -> String {
    let slug = &listing.slug;
    let lines = source.lines.len();
    let id = context.id_attribute(&format!("{slug}-whole"));
    if id.is_empty() {
        return format!(
            "<p class=\"whole\"><a class=\"listing-link\" href=\"#{slug}-whole\">The whole program</a></p>"
        );
    }
    // An anchor that an excerpt shows is linked to there, and not to where it is folded.
    let excerpts = context.page.scan.directives.iter().filter(|directive| directive.name == "listing");
    let excerpts: Vec<&Anchor> = excerpts
        .filter(|directive| directive.slug == *slug)
        .filter_map(|directive| source.anchor(directive.part.as_deref()?))
        .collect();
    let inside =
        |inner: &Anchor, outer: &Anchor| outer.lines.start <= inner.lines.start && inner.lines.end <= outer.lines.end;
    for anchor in source.anchors.iter().filter(|anchor| excerpts.iter().any(|excerpt| inside(anchor, excerpt))) {
        context.reserve_id(&format!("{slug}.{}", anchor.name));
    }
    let label = format!("Listing {number}, the whole program");
    let code = code::block(context, slug, source, pieces, 0..lines, &label);
    context.unreserve_ids();
    format!(
        "<details class=\"whole\"{id}><summary>The whole program, {lines} lines: <code>cargo run -p {slug}</code></summary>\
         {code}</details>"
    )
}

/// What the page needs to hand the program out as a Cargo project, with the first of its excerpts.
fn project(context: &Context<'_>, listing: &Listing) -> Result<String, Vec<Finding>> {
    let Some(project) = context.library.project(listing).map_err(|finding| vec![finding])? else {
        return Ok(String::new());
    };
    let std_only = if project.std_only { " data-std-only" } else { "" };
    Ok(format!(" data-manifest=\"{}\"{std_only}", escape(&project.manifest).replace('\n', "&#10;")))
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
