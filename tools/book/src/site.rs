//! The book as a static site.

use anyhow::Context;
use mdbook_driver::MDBook;
use mdbook_driver::config::HtmlConfig;
use mdbook_listing::pages::Pages;
use mdbook_listing::{Commands, Listings};
use std::path::{Path, PathBuf};

/// What a build leaves out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extras {
    /// Nothing: the site that is published.
    All,
    /// The search index and the page of all pages, which take four fifths of a rebuild.
    None,
}

/// Reads book.toml, SUMMARY.md and every page.
///
/// # Errors
/// When one of them is missing or malformed.
pub fn load(root: &Path) -> anyhow::Result<MDBook> {
    let mut book =
        MDBook::load(root).context("cannot load the book from book.toml, src/SUMMARY.md and the pages it names")?;
    // mdBook would take its defaults in place of a table that it cannot read.
    let html: Result<Option<HtmlConfig>, _> = book.config.get("output.html");
    html.context("book.toml, [output.html]")?;
    // In this process, in the places where book.toml puts the programs of the same names.
    book.with_preprocessor(Listings).with_preprocessor(Commands);
    Ok(book)
}

/// The pages of a loaded book.
pub fn pages(book: &MDBook) -> Pages {
    Pages::of(&book.book, &book.config.book.src)
}

/// Builds the site into `destination`, or where book.toml says; answers where that is.
///
/// # Errors
/// With every fault of the pages, each with file and line.
pub fn build(root: &Path, destination: Option<&Path>, extras: Extras) -> anyhow::Result<PathBuf> {
    let mut book = load(root)?;
    if let Some(destination) = destination {
        book.config.build.build_dir = destination.to_owned();
    }
    if extras == Extras::None {
        let mut html: HtmlConfig = book.config.html_config().unwrap_or_default();
        html.print.enable = false;
        html.search.get_or_insert_default().enable = false;
        book.config.set("output.html", html)?;
    }
    book.build()?;
    Ok(book.build_dir_for("html"))
}
