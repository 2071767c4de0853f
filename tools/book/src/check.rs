//! Everything that can be known about the book without running a listing.

use crate::links::{Broken, Site};
use crate::prose;
use crate::site::{self, Extras};
use listing::{Finding, Library, check::inspect};
use mdbook_listing::pages::Pages;
use mdbook_listing::quiz::Quizzes;
use mdbook_listing::{audit, cmdrun, listings};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Every fault of manifests, records, anchors, directives, commands and links; empty when all is well.
///
/// # Errors
/// When the checkout cannot be read at all.
pub fn findings(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let library = match Library::load(root) {
        Ok(library) => library,
        Err(findings) => return Ok(findings),
    };
    let book = site::load(root)?;
    let pages = site::pages(&book);
    let (_, mut findings) = listings::render(&library, &pages, listings::repository(&book.config).as_deref());
    findings.extend(cmdrun::render(&library, &pages, &cmdrun::allow_list(&book.config)?).1);
    let quizzes = Quizzes::load(&library);
    findings.extend(audit::unused(&library, &pages, &quizzes));
    findings.extend(audit::terms(&pages));
    findings.extend(audit::unlisted(root, &book.config.book.src, &pages));
    for listing in library.listings.values() {
        findings.extend(inspect(&library, listing));
        let fails = listing.fails();
        let python = listing.python.map(|_| listing.python_source());
        let sources = fails.iter().map(|fails| listing.fails_source(fails)).chain(python).chain([listing.source()]);
        for source in sources {
            match source {
                Ok(source) => findings.extend(source.too_wide()),
                Err(more) => findings.extend(more),
            }
        }
    }
    findings.sort();
    findings.dedup();
    let mut findings = told_once(findings);
    if findings.is_empty() {
        // Only a book that builds has links to follow.
        let site = tempfile::tempdir()?;
        let built = site::build(root, Some(site.path()), Extras::All)?;
        let built = Site::read(&built)?;
        let redirects = redirects(root)?;
        let broken = built.broken();
        // What mdBook makes of a redirect has a link, too.
        let broken = broken.iter().filter(|broken| !redirects.iter().any(|it| it.from == broken.file));
        for broken in broken {
            findings.extend(places(root, &pages, &quizzes, broken));
        }
        findings.extend(redirects.iter().filter_map(|redirect| redirect.fault(&built, &redirects)));
        findings.sort();
    }
    Ok(findings)
}

/// What is wrong with a file is told of the file, and of the first place that shows it, not of each.
fn told_once(findings: Vec<Finding>) -> Vec<Finding> {
    let files: BTreeSet<PathBuf> = findings.iter().map(|finding| finding.path.clone()).collect();
    let mut told = BTreeSet::new();
    let is_of_a_file =
        |message: &str| message.split_once(": ").is_some_and(|(file, _)| files.contains(Path::new(file)));
    findings
        .into_iter()
        .filter(|finding| !is_of_a_file(&finding.message) || told.insert(finding.message.clone()))
        .collect()
}

/// An entry of `[output.html.redirect]`.
struct Redirect {
    /// The page that it leads away from, relative to the site, and the fragment, where it is of one.
    from: PathBuf,
    fragment: Option<String>,
    /// As they stand in book.toml.
    key: String,
    target: String,
    line: Option<usize>,
}

fn redirects(root: &Path) -> anyhow::Result<Vec<Redirect>> {
    let text = std::fs::read_to_string(root.join("book.toml"))?;
    let book = toml_edit::Document::parse(text.as_str())?;
    let table = ["output", "html", "redirect"].iter().try_fold(book.as_item(), |item, key| item.get(key));
    let entries = table.and_then(toml_edit::Item::as_table_like).into_iter().flat_map(|table| table.iter());
    let entries = entries.filter_map(|(key, target)| {
        let (page, fragment) = match key.split_once('#') {
            Some((page, fragment)) => (page, Some(fragment.to_owned())),
            None => (key, None),
        };
        Some(Redirect {
            from: PathBuf::from(page.trim_start_matches('/')),
            fragment,
            key: key.to_owned(),
            target: target.as_str()?.to_owned(),
            line: target.span().map(|span| 1 + text[..span.start].bytes().filter(|byte| *byte == b'\n').count()),
        })
    });
    Ok(entries.collect())
}

impl Redirect {
    /// That it leads nowhere: neither to what is there nor to another redirect.
    fn fault(&self, built: &Site, all: &[Redirect]) -> Option<Finding> {
        let (way, fragment) = match self.target.split_once('#') {
            Some((way, fragment)) => (way, Some(fragment)),
            None => (self.target.as_str(), None),
        };
        let folder = self.from.parent().unwrap_or(Path::new(""));
        let to = if way.is_empty() { Some(self.from.clone()) } else { crate::links::resolve(folder, way) };
        // What leads to another redirect is as good as that one, which may hand the fragment on.
        let goes_on = to.is_some_and(|to| {
            all.iter().filter(|it| it.from == to).any(|it| match (&it.fragment, fragment) {
                (own, fragment) if own.as_deref() == fragment => true,
                (None, Some(fragment)) => {
                    let way = it.target.split('#').next().unwrap_or_default();
                    built.leads_somewhere(&it.from, &format!("{way}#{fragment}"))
                }
                _ => false,
            })
        });
        if goes_on || built.leads_somewhere(&self.from, &self.target) {
            return None;
        }
        let message = format!(
            "the redirect from \"{}\" leads to \"{}\", which is gone: lead it elsewhere, or remove it",
            self.key, self.target
        );
        Some(Finding::new("book.toml", self.line, message))
    }
}

/// Where in the text a broken link stands: on its page, or in a quiz that the page embeds. The page of all pages repeats
/// what the pages say.
fn places(root: &Path, pages: &Pages, quizzes: &Quizzes, broken: &Broken) -> Vec<Finding> {
    let url = broken.file.to_string_lossy().replace('\\', "/");
    if url == "print.html" {
        return Vec::new();
    }
    let message = format!("the link to \"{}\" leads nowhere: mend it, or give the place it means an id", broken.target);
    let Some(page) = pages.pages.iter().find(|page| page.url == url) else {
        // The first page of the book also stands at the site's root.
        let is_copy = url == "index.html" && pages.pages.first().is_some_and(|first| first.url != "index.html");
        let finding = (!is_copy).then(|| Finding::new(format!("the built page {url}"), None, message));
        return finding.into_iter().collect();
    };
    let names = page.scan.directives.iter().filter(|directive| directive.name == "quiz").map(|it| it.slug.as_str());
    let files = names.filter_map(|name| quizzes.get(name).ok()).map(|quiz| &quiz.file);
    let texts = files.filter_map(|file| Some((file, std::fs::read_to_string(root.join(file)).ok()?)));
    let in_quizzes = texts.filter_map(|(file, text)| Some((file, line_of(&text, &broken.target)?)));
    let on_page = line_of(&page.text, &broken.target).map(|line| (&page.file, line));
    let found: Vec<Finding> =
        on_page.into_iter().chain(in_quizzes).map(|(file, line)| Finding::new(file, line, &message)).collect();
    if found.is_empty() { vec![Finding::new(&page.file, None, message)] } else { found }
}

/// The line of a text that holds a link: mdBook wrote `.html` where the text says `.md`.
fn line_of(text: &str, target: &str) -> Option<usize> {
    let in_text = target.replacen(".html", ".md", 1);
    let found = text.lines().position(|line| line.contains(&in_text) || line.contains(target))?;
    Some(found + 1)
}

/// How large the book is, and for each page how many words it has and how far apart the things to look at are.
///
/// # Errors
/// When the book cannot be read.
pub fn summary(root: &Path) -> anyhow::Result<String> {
    let book = site::load(root)?;
    let pages = site::pages(&book);
    let listings = Library::open(root)?.listings.len();
    let mut text = String::from("words  most between two things to look at\n");
    for page in &pages.pages {
        let measure = prose::measure(&page.text);
        text.push_str(&format!("{:5}  {:4}  {}\n", measure.words, measure.longest, page.file.display()));
    }
    text.push_str(&format!("{} pages, {listings} listings, no fault\n", pages.pages.len()));
    Ok(text)
}
