//! What no page says by itself: a listing, an anchor, a record or a fact that nothing shows.

use crate::pages::Pages;
use listing::{Class, Finding, Library, Listing, RecordKind};
use std::collections::BTreeSet;

/// What the pages use, as `slug` and `slug:part`.
#[derive(Debug, Default)]
struct Uses {
    listings: BTreeSet<String>,
    anchors: BTreeSet<String>,
    casts: BTreeSet<String>,
    pythons: BTreeSet<String>,
    fails: BTreeSet<String>,
    outputs: BTreeSet<String>,
    facts: BTreeSet<String>,
}

impl Uses {
    fn of(pages: &Pages) -> Uses {
        let mut uses = Uses::default();
        for page in &pages.pages {
            for directive in &page.scan.directives {
                let argument = directive.argument.clone();
                let slug = argument.split(':').next().unwrap_or_default().to_owned();
                match directive.name.as_str() {
                    "listing" => {
                        uses.listings.insert(slug);
                        uses.anchors.insert(argument);
                    }
                    "cast" => drop(uses.casts.insert(argument)),
                    "python" => drop(uses.pythons.insert(slug)),
                    "fails" => drop(uses.fails.insert(argument)),
                    _ => {}
                }
            }
            for link in &page.scan.links {
                if let Some(anchor) = &link.anchor {
                    uses.anchors.insert(format!("{}:{anchor}", link.slug));
                }
            }
            for mark in &page.scan.commands {
                let words: Vec<&str> = mark.command.split_whitespace().collect();
                match words[..] {
                    ["cargo", "book", "output", slug] => drop(uses.outputs.insert(slug.to_owned())),
                    ["cargo", "book", "output", "--python", slug] => drop(uses.pythons.insert(slug.to_owned())),
                    ["cargo", "book", "fact", slug, name] => {
                        uses.outputs.insert(slug.to_owned());
                        uses.facts.insert(format!("{slug}:{name}"));
                    }
                    _ => {}
                }
            }
        }
        uses
    }
}

/// Everything that is there and that no page shows.
pub fn unused(library: &Library, pages: &Pages) -> Vec<Finding> {
    let uses = Uses::of(pages);
    library
        .listings
        .values()
        .filter(|listing| listing.class != Class::Support)
        .flat_map(|listing| unused_of(listing, &uses))
        .collect()
}

/// Terms that are defined twice, or that the glossary does not lead back to.
pub fn terms(pages: &Pages) -> Vec<Finding> {
    let glossary = pages.pages.iter().find(|page| page.url == "glossary.html");
    let mut defined = BTreeSet::new();
    let mut findings = Vec::new();
    for page in &pages.pages {
        for (line, term) in &page.scan.terms {
            let mut fault = |message: String| findings.push(Finding::new(&page.file, *line, message));
            if !term.starts_with("term-") {
                fault(format!(
                    "the id \"{term}\" of a term needs to begin with \"term-\": a listing may have its name"
                ));
            }
            if !defined.insert(term) {
                fault(format!("the term \"{term}\" is defined twice: once is enough, link to it here"));
            }
            let link = format!("({}#{term})", page.url.replace(".html", ".md"));
            if !glossary.is_some_and(|glossary| glossary.text.contains(&link)) {
                fault(format!("the term \"{term}\" is not in src/glossary.md: add it with a link ]{link}"));
            }
        }
    }
    findings
}

fn unused_of(listing: &Listing, uses: &Uses) -> Vec<Finding> {
    let slug = &listing.slug;
    let mut findings = Vec::new();
    if !uses.listings.contains(slug) {
        let message = format!("no page embeds this listing: write {{{{#listing {slug}}}}} where the text needs it");
        return vec![Finding::new(listing.manifest(), None, message)];
    }
    if let Ok(source) = listing.source() {
        for anchor in &source.anchors {
            let name = &anchor.name;
            if !uses.anchors.contains(&format!("{slug}:{name}")) {
                let message = format!(
                    "nothing uses the anchor \"{name}\": remove it, embed it with {{{{#listing {slug}:{name}}}}}, or link to \
                     it with [text](listing:{slug}#{name})"
                );
                findings.push(Finding::new(&source.path, anchor.mark, message));
            }
        }
    }
    for record in &listing.records {
        let (shown, how) = match record.kind {
            RecordKind::Output => (uses.outputs.contains(slug), format!("<!-- cmdrun cargo book output {slug} -->")),
            RecordKind::Cast => (uses.casts.contains(slug), format!("{{{{#cast {slug}}}}}")),
            RecordKind::PythonCast => {
                (uses.casts.contains(&format!("{slug}:python")), format!("{{{{#cast {slug}:python}}}}"))
            }
            RecordKind::PythonOutput => (uses.pythons.contains(slug), format!("{{{{#python {slug}}}}}")),
            // A plot, when there are plots; until then by a fact.
            RecordKind::Measure => (true, String::new()),
        };
        if !shown {
            findings.push(Finding::new(
                &record.path,
                None,
                format!("no page shows this record: write {how}, or remove it"),
            ));
        }
    }
    if listing.python.is_some() && !uses.pythons.contains(slug) {
        let message = format!("no page shows this Python form: write {{{{#python {slug}}}}}");
        findings.push(Finding::new(listing.python_path(), None, message));
    }
    for fails in listing.fails() {
        if !uses.fails.contains(&format!("{slug}:{}", fails.name)) {
            let message = format!("no page shows this program: write {{{{#fails {slug}:{}}}}}", fails.name);
            findings.push(Finding::new(&fails.path, None, message));
        }
    }
    for name in listing.facts.keys() {
        if !uses.facts.contains(&format!("{slug}:{name}")) {
            let message = format!(
                "nothing uses the fact \"{name}\": remove it, or write <!-- cmdrun cargo book fact {slug} {name} -->"
            );
            findings.push(Finding::new(listing.manifest(), None, message));
        }
    }
    findings
}
