//! What no page says by itself: a listing, an anchor, a record, a fact or a quiz that nothing shows.

use crate::cmdrun::Question;
use crate::pages::Pages;
use crate::quiz::{Form, Quizzes};
use crate::scan::Scheme;
use listing::{Class, Finding, Library, Listing, RecordKind, nearest};
use std::collections::BTreeSet;
use std::path::Path;

/// What the pages use, as `slug` and `slug:part`.
#[derive(Debug, Default)]
struct Uses {
    listings: BTreeSet<String>,
    anchors: BTreeSet<String>,
    casts: BTreeSet<String>,
    pythons: BTreeSet<String>,
    fails: BTreeSet<String>,
    plots: BTreeSet<String>,
    outputs: BTreeSet<String>,
    facts: BTreeSet<String>,
    /// `slug` for the default case.
    schedules: BTreeSet<String>,
    /// `slug` for the only case.
    traces: BTreeSet<String>,
}

impl Uses {
    fn of(pages: &Pages, quizzes: &Quizzes) -> Uses {
        let mut uses = Uses::default();
        for quiz in quizzes.embedded(pages) {
            for (listing, form) in quiz.listings() {
                let slug = listing.slug.clone();
                let whole = listing.part.iter().fold(slug.clone(), |whole, part| format!("{whole}:{part}"));
                match form {
                    Form::Outcomes { .. } => drop(uses.schedules.insert(whole)),
                    _ if listing.part.is_some() => drop(uses.fails.insert(whole)),
                    _ => drop(uses.outputs.insert(whole)),
                }
                // Where no page shows the program, its question does.
                uses.listings.insert(slug);
            }
            uses.anchors.extend(quiz.anchors.iter().cloned());
            for (slug, name) in &quiz.facts {
                uses.fact(slug, name);
            }
        }
        for page in &pages.pages {
            for directive in &page.scan.directives {
                let slug = directive.slug.clone();
                let whole = directive.part.iter().fold(slug.clone(), |whole, part| format!("{whole}:{part}"));
                match directive.name.as_str() {
                    "listing" => {
                        uses.listings.insert(slug);
                        uses.anchors.insert(whole);
                    }
                    "cast" => drop(uses.casts.insert(whole)),
                    "python" => drop(uses.pythons.insert(slug)),
                    "fails" => drop(uses.fails.insert(whole)),
                    "plot" => drop(uses.plots.insert(slug)),
                    "schedules" => drop(uses.schedules.insert(whole)),
                    "stepper" => drop(uses.traces.insert(whole)),
                    _ => {}
                }
            }
            for link in page.scan.links.iter().filter(|link| link.scheme == Scheme::Listing) {
                if let Some(anchor) = &link.part {
                    uses.anchors.insert(format!("{}:{anchor}", link.slug));
                }
            }
            for mark in &page.scan.commands {
                match Question::of(&mark.command) {
                    Some(Question::Output { slug, python: false }) => drop(uses.outputs.insert(slug)),
                    Some(Question::Output { slug, python: true }) => drop(uses.pythons.insert(slug)),
                    Some(Question::Fact { slug, name }) => uses.fact(&slug, &name),
                    None => {}
                }
            }
        }
        uses
    }

    fn fact(&mut self, slug: &str, name: &str) {
        self.schedules.insert(slug.to_owned());
        self.facts.insert(format!("{slug}:{name}"));
        self.outputs.insert(slug.to_owned());
    }
}

/// Everything that is there and that no page shows, itself or in a quiz.
pub fn unused(library: &Library, pages: &Pages, quizzes: &Quizzes) -> Vec<Finding> {
    let uses = Uses::of(pages, quizzes);
    let embedded: BTreeSet<&str> = quizzes.embedded(pages).map(|quiz| quiz.name.as_str()).collect();
    let idle = quizzes.quizzes.values().filter(|quiz| !embedded.contains(quiz.name.as_str()));
    let idle = idle.map(|quiz| {
        let name = &quiz.name;
        let named: Vec<String> = pages
            .quizzes()
            .filter(|(_, directive)| !quizzes.quizzes.contains_key(&directive.slug))
            .filter(|(_, directive)| nearest(&directive.slug, [name.as_str()]).is_some())
            .map(|(page, directive)| format!(" (did {}:{} mean it?)", page.file.display(), directive.line))
            .collect();
        let message = format!(
            "no page embeds this quiz: write {{{{#quiz {name}}}}} at the end of a page, or remove the file{}",
            named.concat()
        );
        Finding::new(&quiz.file, None, message)
    });
    library
        .listings
        .values()
        .filter(|listing| listing.class != Class::Support)
        .flat_map(|listing| unused_of(listing, &uses, quizzes.may_show(&listing.slug)))
        .chain(idle)
        .collect()
}

/// Pages in the folders of the text that SUMMARY.md does not name, and that nobody therefore sees.
pub fn unlisted(root: &Path, src: &Path, pages: &Pages) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut folders = vec![src.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(root.join(&folder)).into_iter().flatten().flatten() {
            let path = folder.join(entry.file_name());
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md")
                && path != src.join("SUMMARY.md")
                && !path.starts_with(src.join("assets"))
                && !pages.pages.iter().any(|page| page.file == path)
            {
                findings.push(Finding::new(
                    path,
                    None,
                    "src/SUMMARY.md does not name this page: add it, or remove the file",
                ));
            }
        }
    }
    findings
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

/// With `unknown`, a quiz that cannot be read names the listing: nobody can tell what of it the quiz shows.
fn unused_of(listing: &Listing, uses: &Uses, unknown: bool) -> Vec<Finding> {
    let slug = &listing.slug;
    let mut findings = Vec::new();
    if !uses.listings.contains(slug) && !unknown {
        let message = format!("no page embeds this listing: write {{{{#listing {slug}}}}} where the text needs it");
        return vec![Finding::new(listing.manifest(), None, message)];
    }
    if let Ok(source) = listing.source() {
        for anchor in &source.anchors {
            let name = &anchor.name;
            if !uses.anchors.contains(&format!("{slug}:{name}")) && !unknown {
                let message = format!(
                    "nothing uses the anchor \"{name}\": remove it, embed it with {{{{#listing {slug}:{name}}}}}, or link to \
                     it with [text](listing:{slug}#{name})"
                );
                findings.push(Finding::new(&source.path, anchor.mark, message));
            }
        }
    }
    for (at, variant) in listing.variants.iter().enumerate() {
        let whole = format!("{slug}:{}", variant.name);
        let shown = uses.schedules.contains(&whole) || at == 0 && uses.schedules.contains(slug);
        if !shown && !unknown {
            let how = if at == 0 { slug } else { &whole };
            let message = format!(
                "no page shows the schedules of the case \"{}\": write {{{{#schedules {how}}}}}, or remove the case",
                variant.name
            );
            let path = listing.record(RecordKind::Schedules).map_or_else(|| listing.manifest(), |it| it.path.clone());
            findings.push(Finding::new(path, None, message));
        }
    }
    for case in listing.traces().iter().flat_map(|traces| traces.cases.keys()) {
        let whole = format!("{slug}:{case}");
        if !uses.traces.contains(&whole) && !uses.traces.contains(slug) {
            let message = format!("no page shows the trace \"{case}\": write {{{{#stepper {whole}}}}}, or remove it");
            findings.push(Finding::new(listing.dir.join(RecordKind::Trace.file(slug)), None, message));
        }
    }
    for record in &listing.records {
        let (shown, how) = match record.kind {
            RecordKind::Output => {
                (unknown || uses.outputs.contains(slug), format!("<!-- cmdrun cargo book output {slug} -->"))
            }
            RecordKind::Cast => (uses.casts.contains(slug), format!("{{{{#cast {slug}}}}}")),
            RecordKind::PythonCast => {
                (uses.casts.contains(&format!("{slug}:python")), format!("{{{{#cast {slug}:python}}}}"))
            }
            RecordKind::PythonOutput => (uses.pythons.contains(slug), format!("{{{{#python {slug}}}}}")),
            // Case by case, above.
            RecordKind::Schedules | RecordKind::Trace => continue,
            RecordKind::Measure => {
                (unknown || uses.plots.contains(slug) || uses.outputs.contains(slug), format!("{{{{#plot {slug}}}}}"))
            }
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
        if !uses.fails.contains(&format!("{slug}:{}", fails.name)) && !unknown {
            let message = format!("no page shows this program: write {{{{#fails {slug}:{}}}}}", fails.name);
            findings.push(Finding::new(&fails.path, None, message));
        }
    }
    for name in listing.facts.keys() {
        if !uses.facts.contains(&format!("{slug}:{name}")) && !unknown {
            let message = format!(
                "nothing uses the fact \"{name}\": remove it, or write <!-- cmdrun cargo book fact {slug} {name} -->"
            );
            findings.push(Finding::new(listing.manifest(), None, message));
        }
    }
    findings
}
