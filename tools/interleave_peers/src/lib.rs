//! interleave beside its peers, shuttle and loom.
//!
//! ```text
//! child ───── what leaks, aborts or does not end, in a process of its own
//! shuttled ── every schedule of a program by shuttle's depth-first search, over deadlocks too
//! main ────── prints the table of tools/interleave/README.md
//! ```

pub mod child;
pub mod shuttled;
