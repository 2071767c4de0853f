//! Everything that can be known about the book without running a listing.

use crate::links::{self, Broken};
use crate::prose;
use crate::site::{self, Extras};
use listing::{Finding, Library, check::inspect};
use mdbook_listing::pages::{Page, Pages};
use mdbook_listing::quiz::Quizzes;
use mdbook_listing::{audit, cmdrun, listings};
use std::path::Path;

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
    findings.extend(audit::unused(&library, &pages, &Quizzes::load(&library)));
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
    if findings.is_empty() {
        // Only a book that builds has links to follow.
        let site = tempfile::tempdir()?;
        let built = site::build(root, Some(site.path()), Extras::All)?;
        findings.extend(links::broken(&built)?.iter().filter_map(|broken| place(&pages, broken)));
    }
    Ok(findings)
}

/// Where in the text a broken link stands. The page of all pages repeats what the pages say.
fn place(pages: &Pages, broken: &Broken) -> Option<Finding> {
    let url = broken.file.to_string_lossy().replace('\\', "/");
    if url == "print.html" {
        return None;
    }
    let message = format!("the link to \"{}\" leads nowhere: mend it, or give the place it means an id", broken.target);
    let Some(page) = pages.pages.iter().find(|page| page.url == url) else {
        // The first page of the book also stands at the site's root.
        let is_copy = url == "index.html" && pages.pages.first().is_some_and(|first| first.url != "index.html");
        return (!is_copy).then(|| Finding::new(format!("the built page {url}"), None, message));
    };
    Some(Finding::new(&page.file, line_of(page, &broken.target), message))
}

/// The line of the text that holds a link: mdBook wrote `.html` where the text says `.md`.
fn line_of(page: &Page, target: &str) -> Option<usize> {
    let in_text = target.replacen(".html", ".md", 1);
    let found = page.text.lines().position(|line| line.contains(&in_text) || line.contains(target))?;
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
