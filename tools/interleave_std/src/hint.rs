//! As `std::hint`.

use std::panic::Location;

use interleave::hook::request;
use interleave::op::Op;

pub use ::std::hint::{assert_unchecked, black_box, unreachable_unchecked};

/// Waits until another task has changed something: to look again before would see the same.
#[track_caller]
pub fn spin_loop() {
    request(Op::Spin, Location::caller());
}
