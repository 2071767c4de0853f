//! As `std::process`, for the end of a program. Starting others is not modelled.

use std::panic::Location;

use interleave::hook::request;
use interleave::op::Op;

/// Ends the program: a step.
#[track_caller]
pub fn exit(code: i32) -> ! {
    request(Op::Exit { code }, Location::caller());
    unreachable!("a program that has ended goes on")
}
