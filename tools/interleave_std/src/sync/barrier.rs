//! As `std::sync::Barrier`.

use std::fmt::{self, Debug};
use std::panic::Location;

use interleave::hook::{Initial, request};
use interleave::op::{DONE, Op};

use crate::object::{Id, Start};
use crate::show::peeking;

#[derive(Clone, Copy)]
struct Starts {
    size: usize,
}

impl Start for Starts {
    fn initial(self) -> Initial {
        Initial::Barrier { size: u32::try_from(self.size).unwrap_or(u32::MAX) }
    }
}

/// To arrive is a step. All go on at once when the last one has: it leads.
pub struct Barrier {
    id: Id,
    size: usize,
}

/// Whether this task is the one that arrived last.
pub struct BarrierWaitResult(bool);

impl BarrierWaitResult {
    pub fn is_leader(&self) -> bool {
        self.0
    }
}

impl Barrier {
    #[track_caller]
    pub const fn new(n: usize) -> Barrier {
        Barrier { id: Id::new(Starts { size: n }), size: n }
    }

    #[track_caller]
    pub fn wait(&self) -> BarrierWaitResult {
        let barrier = self.id.get(std::ptr::null_mut::<u8>(), 0, || Starts { size: self.size });
        BarrierWaitResult(request(Op::Arrive { barrier }, Location::caller()).flag == DONE)
    }
}

impl Debug for Barrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "barrier {}", self.id);
        }
        f.debug_struct("Barrier").finish_non_exhaustive()
    }
}

impl Debug for BarrierWaitResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BarrierWaitResult").field("is_leader", &self.is_leader()).finish()
    }
}
