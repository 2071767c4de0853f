//! Every schedule of a small concurrent program, with exact counts.
//!
//! ```text
//! explore(options, limits, main) ── in a child process
//! ├─ Run ────────── runs the program itself: tasks are coroutines, stopped at each operation
//! ├─ World ──────── what is known of it: each task's possible lives, every object, place and text
//! ├─ Machine ────── the rules: who can move, and what a move does to a State
//! ├─ Exploration ── every State that can be reached, and the steps between them
//! ├─ verify ─────── the schedules again, one by one and at random
//! └─ Report ─────── outcomes, counts, the page's graph: what the parent gets
//! ```
//!
//! The program is ordinary `use std::…` code, compiled against `interleave_std`, which is laid out as std is and calls
//! the functions of [`hook`].

mod describe;
mod explore;
mod graph;
mod limits;
mod machine;
mod memory;
pub mod op;
mod outcome;
mod report;
mod run;
pub mod schedule;
mod source;
mod state;
mod verify;
mod world;

/// What the facade calls while a program is being explored.
pub mod hook {
    pub use crate::limits::{drop_without_panic, no_memory};
    pub use crate::machine::RESULTS;
    pub use crate::run::{
        Body, Ended, Initial, address, arguments, content, current, drop_storage, exploring, input, last_drop, make,
        name, note_panic, panicking, pointer, refuse, request, request_here, run_number, start, static_object, storage,
        text, thread, watch, watched,
    };
}

pub use explore::{Main, Options};
pub use graph::{Graph, GraphObject, GraphTask, Label, VERSION};
pub use limits::{Death, Limits, Why};
pub use machine::{Move, Output, SPURIOUS, STUCK, TIMEOUT};
pub use outcome::Kind;
pub use report::{Count, Failure, Outcome, Report, Row, explore};
pub use world::SourcePlace;
