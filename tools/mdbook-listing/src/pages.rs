//! The book's pages, and where each listing stands on them.

use crate::scan::{Directive, Scan};
use listing::{Finding, Library, report};
use mdbook_preprocessor::PreprocessorContext;
use mdbook_preprocessor::book::{Book, BookItem};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A chapter of mdBook that has a file.
#[derive(Debug, Clone)]
pub struct Page {
    /// Relative to the root of the checkout: `src/concepts/the-spinner.md`.
    pub file: PathBuf,
    /// Relative to the root of the site, with `/`: `concepts/the-spinner.html`.
    pub url: String,
    /// `Some("2")`; a page outside the numbered chapters has none.
    pub number: Option<String>,
    pub text: String,
    pub scan: Scan,
}

/// All pages of a book, in order.
#[derive(Debug, Clone, Default)]
pub struct Pages {
    pub pages: Vec<Page>,
    /// For each slug, the pages that embed it, in order: indexes into `pages`.
    embedded: BTreeMap<String, Vec<usize>>,
}

impl Pages {
    /// Reads the pages of a loaded book; `src` is the folder of its text, relative to the root.
    pub fn of(book: &Book, src: &Path) -> Pages {
        let mut pages = Pages::default();
        for item in book.iter() {
            let BookItem::Chapter(chapter) = item else { continue };
            let (Some(path), Some(source)) = (&chapter.path, &chapter.source_path) else { continue };
            let page = Page {
                file: src.join(source),
                url: path.with_extension("html").to_string_lossy().replace('\\', "/"),
                number: chapter.number.as_ref().map(|number| number.to_string().trim_end_matches('.').to_owned()),
                text: chapter.content.clone(),
                scan: Scan::of(&chapter.content),
            };
            for directive in page.scan.directives.iter().filter(|directive| directive.name == "listing") {
                let embedded = pages.embedded.entry(directive.slug.clone()).or_default();
                if !embedded.contains(&pages.pages.len()) {
                    embedded.push(pages.pages.len());
                }
            }
            pages.pages.push(page);
        }
        pages
    }

    /// The pages that embed a listing, in order.
    pub fn that_embed(&self, slug: &str) -> impl Iterator<Item = &Page> {
        self.embedded.get(slug).into_iter().flatten().map(|index| &self.pages[*index])
    }

    /// Every `{{#quiz …}}`, in order, with its page.
    pub fn quizzes(&self) -> impl Iterator<Item = (&Page, &Directive)> {
        self.pages.iter().flat_map(|page| {
            page.scan
                .directives
                .iter()
                .filter(|directive| directive.name == "quiz")
                .map(move |directive| (page, directive))
        })
    }
}

/// The book with the text of each page replaced by what `render` makes of it.
///
/// # Errors
/// With everything that is wrong with the listings or the pages.
pub(crate) fn rewrite(
    context: &PreprocessorContext,
    mut book: Book,
    render: impl FnOnce(&Library, &Pages) -> (Vec<String>, Vec<Finding>),
) -> anyhow::Result<Book> {
    let library = Library::open(&context.root)?;
    let src = &context.config.book.src;
    let pages = Pages::of(&book, src);
    let (texts, findings) = render(&library, &pages);
    report(findings)?;
    put_back(&mut book, src, &pages, texts);
    Ok(book)
}

/// Gives each page its text. By its file: mdBook hands chapters out parents first, and to be changed children first.
fn put_back(book: &mut Book, src: &Path, pages: &Pages, texts: Vec<String>) {
    let mut texts: BTreeMap<&Path, String> = pages.pages.iter().map(|page| page.file.as_path()).zip(texts).collect();
    book.for_each_mut(|item| {
        if let BookItem::Chapter(chapter) = item
            && let Some(source) = &chapter.source_path
            && let Some(text) = texts.remove(src.join(source).as_path())
        {
            chapter.content = text;
        }
    });
}

/// The way from one page of the site to another.
pub fn relative(from: &str, to: &str) -> String {
    let (from_dirs, to_dirs): (Vec<&str>, Vec<&str>) = (from.split('/').collect(), to.split('/').collect());
    let shared =
        from_dirs[..from_dirs.len() - 1].iter().zip(&to_dirs[..to_dirs.len() - 1]).take_while(|(a, b)| a == b).count();
    let up = "../".repeat(from_dirs.len() - 1 - shared);
    up + &to_dirs[shared..].join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_preprocessor::book::Chapter;

    #[test]
    fn each_page_keeps_its_own_text_however_chapters_are_nested() {
        let chapter = |name: &str, inside: Vec<BookItem>| {
            let mut chapter = Chapter::new(name, name.to_owned(), format!("{name}.md"), Vec::new());
            chapter.sub_items = inside;
            BookItem::Chapter(chapter)
        };
        let leaf = |name: &str| chapter(name, Vec::new());
        let mut book = Book::new();
        for item in [chapter("a", vec![leaf("b"), chapter("c", vec![leaf("d")])]), leaf("e")] {
            book.push_item(item);
        }
        let src = Path::new("src");
        let pages = Pages::of(&book, src);
        let texts = pages.pages.iter().map(|page| format!("{} rewritten", page.text)).collect();
        put_back(&mut book, src, &pages, texts);
        let contents: Vec<&str> = book
            .iter()
            .filter_map(|item| match item {
                BookItem::Chapter(chapter) => Some(chapter.content.as_str()),
                _ => None,
            })
            .collect();
        assert_eq!(contents, ["a", "b", "c", "d", "e"].map(|name| format!("{name} rewritten")));
    }

    #[test]
    fn the_way_between_pages() {
        assert_eq!(relative("a/x.html", "a/y.html"), "y.html");
        assert_eq!(relative("a/x.html", "b/y.html"), "../b/y.html");
        assert_eq!(relative("x.html", "b/y.html"), "b/y.html");
        assert_eq!(relative("a/b/x.html", "y.html"), "../../y.html");
    }
}
