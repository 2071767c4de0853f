//! The book's mdBook preprocessors: directives in the text become HTML, and commands become their output.
//!
//! ```text
//! scan::Scan ──── what one page's Markdown holds: directives, own links, commands, fences, with their places
//! Listings ────── the preprocessor "listing": each directive -> HTML (directives/), each own link (scan::Scheme) -> its place
//! Commands ────── the preprocessor "cmdrun":  each `<!-- cmdrun … -->` -> its output; strict, allow-listed
//! plot ────────── a measurement as a picture, for the directive of that name
//! Quizzes ─────── the questions in quizzes/, read and held against the records
//! audit ───────── what no page says by itself: a listing, an anchor, a record or a fact that nothing shows
//! ```
//!
//! Only the matched spans of a page are rewritten. What a directive becomes stands on one line (line ends inside code are
//! written `&#10;`), so that line numbers in messages stay those of the file.
//!
//! A new directive is a module in `directives/` and a row in [`directives::TABLE`].

pub mod audit;
pub mod cmdrun;
pub mod directives;
mod highlight;
mod html;
pub mod listings;
pub mod pages;
mod plot;
pub mod quiz;
pub mod scan;

pub use cmdrun::Commands;
pub use listings::Listings;
