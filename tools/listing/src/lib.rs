//! What a listing of the book is, and everything that can be done with one without knowing the book's pages.
//!
//! ```text
//! Library ── every listing of a checkout, found by reading listings/*/*/Cargo.toml
//! └─ Listing ── slug, part, title, Class
//!    ├─ Source ── the program's text: lines without marks, and the anchors that name excerpts
//!    ├─ Record ── output.txt, run.cast, measure.json, python/SLUG.txt: what a run left, committed beside the program
//!    ├─ Schedules ── schedules.json: what its exploration found, for each Variant
//!    ├─ trace::Traces ── trace.json: its run step by step, for each case
//!    ├─ Fails ── fails/*.rs: a program that must not compile, and the error it must give
//!    ├─ Measurement ── measure.json: what was measured, and where; Plot says how it is drawn
//!    └─ facts ── a number, by name, from a record
//!
//! builder::Binaries ── one `cargo build`, the executable of each listing
//! check::rerun ──────── run again, compare with the records          -> Vec<Finding>
//! check::record ─────── run again, write the records anew            -> Vec<Change>
//! explore::Explorer ── a program under every schedule, compiled against the stand-in for std
//! run::Run ─────────── one program under a deadline, its whole process group killed at the end
//! ```
//!
//! Nothing here knows mdBook; `mdbook-listing` does.

pub mod builder;
pub mod cast;
pub mod check;
pub mod explore;
mod fails;
mod finding;
mod layout;
mod library;
pub mod measure;
mod nearest;
mod project;
pub mod python;
mod record;
pub mod run;
pub mod schedules;
mod source;

pub use fails::{CompileError, Fails};
pub use finding::{Finding, report};
pub use library::{Class, Library, Listing, Os, PARTS, Variant, find_root};
pub use measure::{Measurement, Plot, Point, Scale, Series, Shape, X};
pub use nearest::{did_you_mean, nearest};
pub use project::Project;
pub use record::{Maker, Record, RecordKind};
pub use schedules::{Explored, Schedules};
pub use source::{Anchor, Source, digest_of};
