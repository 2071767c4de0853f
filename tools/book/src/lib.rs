//! `cargo book`: the front door to the book.
//!
//! ```text
//! cli ──────── the commands and their help
//! site ─────── the book as a static site: mdBook with the book's preprocessors in this process
//! serve/ ───── that site on 127.0.0.1, rebuilt and reloaded when a file changes
//! check ────── everything that can be known without running a listing
//! prose ────── how long the text is, and how often there is something to look at
//! links ────── internal links of a built site
//! retest ───── listings run again: compared with their records, or recorded anew
//! explore ──── a program under every schedule: its outcomes, counted, or one schedule step by step
//! scaffold ─── `new`: the files of a listing
//! rename ───── a listing or a page gets another name, and every mention and old address follows
//! catalogue ── `list`: every listing, for people and as JSON
//! ```

pub mod catalogue;
pub mod check;
pub mod cli;
pub mod explore;
pub mod links;
pub mod prose;
pub mod rename;
pub mod retest;
pub mod scaffold;
pub mod serve;
pub mod site;
