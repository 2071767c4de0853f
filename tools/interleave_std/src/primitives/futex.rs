//! As `primitives::futex`.

use std::panic::Location;
use std::time::Duration;

use interleave::hook::request;
use interleave::op::{LATER, Op, Patience, Reply};

use crate::sync::atomic::AtomicU32;

#[track_caller]
fn wait_for(atomic: &AtomicU32, expected: u32, patience: Patience) -> Reply {
    let op = Op::FutexWait { object: atomic.object(), expected: expected.into(), patience };
    request(op, Location::caller())
}

/// To look at the value and to begin to wait is one step.
#[track_caller]
pub fn wait(atomic: &AtomicU32, expected: u32) {
    wait_for(atomic, expected, Patience::Forever);
}

/// False: the time is over.
#[track_caller]
pub fn wait_timeout(atomic: &AtomicU32, expected: u32, timeout: Duration) -> bool {
    wait_for(atomic, expected, Patience::Until(crate::thread::nanos(timeout))).flag & LATER == 0
}

/// One step; which of those who wait wakes is a choice.
#[track_caller]
pub fn wake_one(atomic: &AtomicU32) {
    request(Op::FutexWake { object: atomic.object(), all: false }, Location::caller());
}

/// One step.
#[track_caller]
pub fn wake_all(atomic: &AtomicU32) {
    request(Op::FutexWake { object: atomic.object(), all: true }, Location::caller());
}
