//! interleave beside its peers, shuttle and loom.
//!
//! ```text
//! shuttled ── every schedule of a program by shuttle's depth-first search, over deadlocks too
//! child ───── what leaks, aborts or does not end, in a process of its own
//! ```

pub mod child;
pub mod shuttled;
