//! `cargo book list`: every listing.

use crate::site;
use listing::{Class, Library, RecordKind};
use mdbook_listing::quiz::Quizzes;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// A listing as `list --json` shows it.
#[derive(Debug, Clone, Serialize, PartialEq, Eq)]
pub struct Entry {
    pub slug: String,
    pub part: String,
    pub class: Class,
    pub title: String,
    /// Its folder, relative to the root of the checkout.
    pub path: PathBuf,
    /// Its records, relative to its folder.
    pub records: Vec<String>,
    /// The pages that embed it, or ask about it in a quiz, relative to the root of the checkout.
    pub pages: Vec<PathBuf>,
}

/// Every listing, by slug.
///
/// # Errors
/// When the listings or the pages cannot be read.
pub fn entries(root: &Path) -> anyhow::Result<Vec<Entry>> {
    let library = Library::open(root)?;
    let pages = site::pages(&site::load(root)?);
    let quizzes = Quizzes::load(&library);
    let entry = |listing: &listing::Listing| {
        let asks = |name: &str| {
            quizzes.get(name).is_ok_and(|quiz| quiz.listings().any(|(named, _)| named.slug == listing.slug))
        };
        let embeds = pages.that_embed(&listing.slug).map(|page| &page.file);
        let asking = pages.quizzes().filter(|(_, directive)| asks(&directive.slug)).map(|(page, _)| &page.file);
        let mut at: Vec<PathBuf> = embeds.cloned().collect();
        for file in asking {
            if !at.contains(file) {
                at.push(file.clone());
            }
        }
        let fails = listing.fails().into_iter().map(|fails| format!("fails/{}.txt", fails.name));
        let file = |kind: RecordKind| kind.file(&listing.slug);
        Entry {
            slug: listing.slug.clone(),
            part: listing.part.clone(),
            class: listing.class,
            title: listing.title.clone(),
            path: listing.dir.clone(),
            records: listing.records.iter().map(|record| file(record.kind)).chain(fails).collect(),
            pages: at,
        }
    };
    Ok(library.listings.values().map(entry).collect())
}

/// The entries as a table.
pub fn table(entries: &[Entry]) -> String {
    let width = entries.iter().map(|entry| entry.slug.len()).max().unwrap_or(0);
    let line = |entry: &Entry| {
        let class = if entry.class == Class::Support { "–" } else { entry.class.name() };
        format!("{class}  {:width$}  {:10}  {}\n", entry.slug, entry.part, entry.title)
    };
    entries.iter().map(line).collect()
}
