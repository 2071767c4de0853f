//! The preprocessor "listing".

use crate::directives::Context;
use crate::pages::{Page, Pages, relative, rewrite};
use crate::scan::{ListingLink, splice};
use listing::{Finding, Library, did_you_mean};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

/// Turns directives into HTML and `listing:` links into links to their lines.
#[derive(Debug, Clone, Copy, Default)]
pub struct Listings;

impl Preprocessor for Listings {
    fn name(&self) -> &str {
        "listing"
    }

    fn run(&self, context: &PreprocessorContext, book: Book) -> anyhow::Result<Book> {
        let repository = repository(&context.config);
        rewrite(context, book, |library, pages| render(library, pages, repository.as_deref()))
    }
}

/// The repository's address, from `output.html.git-repository-url` in book.toml.
pub fn repository(config: &Config) -> Option<String> {
    config.get("output.html.git-repository-url").ok().flatten()
}

/// The text of every page with its directives and links rewritten, and all that is wrong with them.
pub fn render(library: &Library, pages: &Pages, repository: Option<&str>) -> (Vec<String>, Vec<Finding>) {
    let mut findings = Vec::new();
    let texts = pages.pages.iter().map(|page| render_page(library, pages, page, repository, &mut findings)).collect();
    (texts, findings)
}

fn render_page(
    library: &Library,
    pages: &Pages,
    page: &Page,
    repository: Option<&str>,
    findings: &mut Vec<Finding>,
) -> String {
    let mut context = Context::new(library, pages, page, repository);
    let mut replacements = Vec::new();
    for directive in &page.scan.directives {
        match context.render(directive) {
            Ok(html) => replacements.push((directive.span.clone(), html)),
            Err(more) => findings.extend(more),
        }
    }
    for link in &page.scan.links {
        match target(library, pages, page, link) {
            Ok(target) => {
                replacements.push((link.open.clone(), format!("<a class=\"listing-link\" href=\"{target}\">")));
                replacements.push((link.close.clone(), "</a>".to_owned()));
            }
            Err(message) => findings.push(Finding::new(&page.file, link.line, message)),
        }
    }
    for (line, message) in &page.scan.malformed {
        findings.push(Finding::new(&page.file, *line, message));
    }
    for line in &page.scan.rust_fences {
        let message = "a fence of Rust that belongs to no listing: make it a listing (`cargo book new PART SLUG`), \
                       or call it `text`";
        findings.push(Finding::new(&page.file, *line, message));
    }
    splice(&page.text, replacements)
}

/// Where a `listing:` link leads.
fn target(library: &Library, pages: &Pages, page: &Page, link: &ListingLink) -> Result<String, String> {
    let listing = library.get(&link.slug)?;
    let slug = &link.slug;
    if !link.inline {
        return Err(format!("a link to a listing is written [text](listing:{slug})"));
    }
    let mut embedding = pages.that_embed(slug);
    let first = embedding.next().ok_or_else(|| format!("no page embeds \"{slug}\", so no link can lead there"))?;
    let here = first.url == page.url || embedding.any(|other| other.url == page.url);
    let way = if here { String::new() } else { relative(&page.url, &first.url) };
    match &link.anchor {
        None => Ok(format!("{way}#{slug}")),
        Some(anchor) => {
            // A program that cannot be read is reported where it is embedded.
            if let Ok(source) = listing.source()
                && source.anchor(anchor).is_none()
            {
                let near = did_you_mean(anchor, source.anchors.iter().map(|anchor| anchor.name.as_str()));
                return Err(format!("\"{slug}\" has no anchor \"{anchor}\"{near}"));
            }
            Ok(format!("{way}#{slug}.{anchor}"))
        }
    }
}
