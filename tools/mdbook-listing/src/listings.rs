//! The preprocessor "listing".

use crate::directives::Context;
use crate::html::escape;
use crate::pages::{Page, Pages, relative, rewrite};
use crate::quiz::Quizzes;
use crate::scan::{Link, Scheme, splice};
use listing::{Finding, Library, Listing, did_you_mean};
use mdbook_preprocessor::book::Book;
use mdbook_preprocessor::config::Config;
use mdbook_preprocessor::{Preprocessor, PreprocessorContext};

/// Turns directives into HTML, and links of the book's own ([`Scheme`]) into links to where they lead.
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
    let quizzes = Quizzes::load(library);
    let mut findings = quizzes.findings.clone();
    let render = |page| render_page(library, &quizzes, pages, page, repository, &mut findings);
    let texts = pages.pages.iter().map(render).collect();
    (texts, findings)
}

fn render_page(
    library: &Library,
    quizzes: &Quizzes,
    pages: &Pages,
    page: &Page,
    repository: Option<&str>,
    findings: &mut Vec<Finding>,
) -> String {
    let mut context = Context::new(library, quizzes, pages, page, repository);
    let mut replacements = Vec::new();
    for directive in &page.scan.directives {
        match context.render(directive) {
            Ok(html) => replacements.push((directive.span.clone(), html)),
            Err(more) => findings.extend(more),
        }
    }
    for link in &page.scan.links {
        match tags(library, pages, page, link) {
            Ok((open, close)) => {
                replacements.push((link.open.clone(), open));
                replacements.push((link.close.clone(), close.to_owned()));
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

/// What stands before and after the text of a link of the book's own.
pub(crate) fn tags(
    library: &Library,
    pages: &Pages,
    page: &Page,
    link: &Link,
) -> Result<(String, &'static str), String> {
    let name = link.scheme.name();
    if !link.inline {
        return Err(format!("a link to `{name}` is written [text]({})", link.target));
    }
    Ok(match link.scheme {
        Scheme::Listing => {
            let target = target(library, pages, page, &link.slug, link.part.as_deref())?;
            (format!("<a class=\"listing-link\" href=\"{target}\">"), "</a>")
        }
        Scheme::Schedule => {
            let target = escape(&explorer(library, pages, page, &link.slug, link.part.as_deref())?);
            (format!("<a class=\"schedule-link\" href=\"{target}\">"), "</a>")
        }
        Scheme::Step => {
            let target = escape(&stepper(library, pages, page, &link.slug, link.part.as_deref())?);
            (format!("<a class=\"step-link\" href=\"{target}\">"), "</a>")
        }
        Scheme::Task => {
            if !TASKS.contains(&link.slug.as_str()) {
                let tasks = TASKS.join(", ");
                return Err(format!("no task is called \"{}\": [text](task:a), with one of {tasks}", link.slug));
            }
            (format!("<span class=\"task task-{}\">", link.slug), "</span>")
        }
    })
}

/// The tasks that have a colour and a mark, in theme/css/tokens.css.
const TASKS: [&str; 7] = ["m", "a", "b", "c", "d", "e", "f"];

/// Where a `schedule:` link leads: to an explorer, which follows the schedule.
pub(crate) fn explorer(
    library: &Library,
    pages: &Pages,
    page: &Page,
    slug: &str,
    part: Option<&str>,
) -> Result<String, String> {
    let listing = library.get(slug)?;
    let form = format!("[text](schedule:{slug}=a2b1)");
    let (case, schedule) = case_and_place(part).ok_or_else(|| format!("a schedule is missing: {form}"))?;
    let variant = listing.variant(case)?;
    listing.explored(&variant.name)?.follow(schedule)?;
    let name = explorer_name(listing, &variant.name);
    let shows = |page: &Page| {
        page.scan.directives.iter().any(|one| {
            let shown = listing.variant(one.part.as_deref()).ok();
            one.name == "schedules" && one.slug == slug && shown.is_some_and(|shown| shown.name == variant.name)
        })
    };
    let with = [page].into_iter().chain(&pages.pages).find(|page| shows(page));
    let with = with.ok_or_else(|| format!("no page shows these schedules: write {{{{#schedules {name}}}}}"))?;
    let way = way(page, with);
    Ok(format!("{way}#schedule={name}={schedule}"))
}

/// What stands after the slug of a widget's link, `CASE=PLACE` or `PLACE`.
fn case_and_place(part: Option<&str>) -> Option<(Option<&str>, &str)> {
    part.map(|part| part.split_once('=').map_or((None, part), |(case, place)| (Some(case), place)))
}

/// The way from a page to one that may be the same.
fn way(from: &Page, to: &Page) -> String {
    if to.url == from.url { String::new() } else { relative(&from.url, &to.url) }
}

/// Where a `step:` link leads: to a stepper, which goes to that step. 0 is the beginning.
fn stepper(library: &Library, pages: &Pages, page: &Page, slug: &str, part: Option<&str>) -> Result<String, String> {
    let listing = library.get(slug)?;
    let (case, step) = case_and_place(part).ok_or_else(|| format!("a step is missing: [text](step:{slug}=1)"))?;
    let traces = listing.traces()?;
    if case.is_none() && traces.cases.len() > 1 {
        let forms = traces.cases.keys().map(|case| format!("[text](step:{slug}:{case}={step})")).collect::<Vec<_>>();
        return Err(format!("\"{slug}\" has {} traces: write {}", forms.len(), forms.join(" or ")));
    }
    let trace = listing.trace(case)?;
    let last = trace.steps.len();
    let number = step.parse::<usize>().ok().filter(|number| *number <= last && number.to_string() == step);
    if number.is_none() {
        let name = case.map_or_else(|| slug.to_owned(), |case| format!("{slug}:{case}"));
        return Err(format!(
            "no step \"{step}\": \"{name}\" has {last}, and 0 is the beginning: [text](step:{name}={last})"
        ));
    }
    // The stepper is called in the address as its directive calls it.
    let name = |page: &Page| {
        let shows = |part: Option<&str>| part.map_or(traces.cases.len() == 1, |part| part == trace.case);
        let steppers = page.scan.directives.iter().filter(|one| one.name == "stepper" && one.slug == slug);
        let mut parts = steppers.map(|one| one.part.as_deref()).filter(|part| shows(*part));
        parts.next().map(|part| part.map_or_else(|| slug.to_owned(), |part| format!("{slug}:{part}")))
    };
    let (with, name) =
        [page].into_iter().chain(&pages.pages).find_map(|page| Some((page, name(page)?))).ok_or_else(|| {
            let whole = if traces.cases.len() == 1 { slug.to_owned() } else { format!("{slug}:{}", trace.case) };
            format!("no page shows these steps: write {{{{#stepper {whole}}}}}")
        })?;
    let way = way(page, with);
    Ok(format!("{way}#step={name}={step}"))
}

/// What an explorer is called, in the address and in a terminal: the default case goes without its name.
pub(crate) fn explorer_name(listing: &Listing, case: &str) -> String {
    let default = listing.variants.first().is_some_and(|variant| variant.name == case);
    if default { listing.slug.clone() } else { format!("{}:{case}", listing.slug) }
}

/// Where a `listing:` link leads.
pub(crate) fn target(
    library: &Library,
    pages: &Pages,
    page: &Page,
    slug: &str,
    anchor: Option<&str>,
) -> Result<String, String> {
    let listing = library.get(slug)?;
    let mut embedding = pages.that_embed(slug);
    let first = embedding.next().ok_or_else(|| format!("no page embeds \"{slug}\", so no link can lead there"))?;
    let here = first.url == page.url || embedding.any(|other| other.url == page.url);
    let way = if here { String::new() } else { relative(&page.url, &first.url) };
    match anchor {
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
