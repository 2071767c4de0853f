//! As `std::sync::Condvar`.

use std::fmt::{self, Debug};
use std::panic::Location;
use std::time::Duration;

use interleave::hook::{Initial, request};
use interleave::op::{LATER, ObjectId, Op, Patience};

use super::{LockResult, MutexGuard, PoisonError};
use crate::object::{Id, Start};
use crate::show::peeking;
use crate::thread::nanos;

#[derive(Clone, Copy)]
struct Starts;

impl Start for Starts {
    fn initial(self) -> Initial {
        Initial::Condvar
    }
}

/// To wait is a step, to have the lock again afterwards another. A notification is a step, with a choice of whom it wakes.
pub struct Condvar {
    id: Id,
}

/// Whether the time was over.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub struct WaitTimeoutResult(bool);

impl WaitTimeoutResult {
    pub fn timed_out(&self) -> bool {
        self.0
    }
}

impl Condvar {
    #[track_caller]
    pub const fn new() -> Condvar {
        Condvar { id: Id::new(Starts) }
    }

    #[track_caller]
    fn object(&self) -> ObjectId {
        self.id.get(std::ptr::null_mut::<u8>(), 0, || Starts)
    }

    #[track_caller]
    pub fn wait<'a, T>(&self, guard: MutexGuard<'a, T>) -> LockResult<MutexGuard<'a, T>> {
        let (guard, reply) = guard.wait(self.object(), Patience::Forever, Location::caller());
        guard.with(reply)
    }

    #[track_caller]
    pub fn wait_while<'a, T, F>(&self, mut guard: MutexGuard<'a, T>, mut condition: F) -> LockResult<MutexGuard<'a, T>>
    where
        F: FnMut(&mut T) -> bool,
    {
        while condition(&mut *guard) {
            guard = self.wait(guard)?;
        }
        Ok(guard)
    }

    #[track_caller]
    pub fn wait_timeout<'a, T>(
        &self,
        guard: MutexGuard<'a, T>,
        dur: Duration,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)> {
        let (guard, reply) = guard.wait(self.object(), Patience::Until(nanos(dur)), Location::caller());
        let result = WaitTimeoutResult(reply.flag & LATER != 0);
        match guard.with(reply) {
            Ok(guard) => Ok((guard, result)),
            Err(poisoned) => Err(PoisonError::new((poisoned.into_inner(), result))),
        }
    }

    #[track_caller]
    pub fn wait_timeout_while<'a, T, F>(
        &self,
        mut guard: MutexGuard<'a, T>,
        dur: Duration,
        mut condition: F,
    ) -> LockResult<(MutexGuard<'a, T>, WaitTimeoutResult)>
    where
        F: FnMut(&mut T) -> bool,
    {
        let here = Location::caller();
        let now = || request(Op::Now { step: false }, here).bits;
        let start = now();
        let mut left = nanos(dur);
        loop {
            if !condition(&mut *guard) {
                return Ok((guard, WaitTimeoutResult(false)));
            }
            // A real clock has always moved on a little; this one stands at the deadline.
            if left == 0 {
                return Ok((guard, WaitTimeoutResult(true)));
            }
            guard = self.wait_timeout(guard, Duration::from_nanos(left))?.0;
            left = nanos(dur).saturating_sub(now() - start);
        }
    }

    #[track_caller]
    pub fn notify_one(&self) {
        request(Op::Notify { condvar: self.object(), all: false }, Location::caller());
    }

    #[track_caller]
    pub fn notify_all(&self) {
        request(Op::Notify { condvar: self.object(), all: true }, Location::caller());
    }
}

impl Debug for Condvar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "condvar {}", self.id);
        }
        f.debug_struct("Condvar").finish_non_exhaustive()
    }
}

impl Default for Condvar {
    #[track_caller]
    fn default() -> Condvar {
        Condvar::new()
    }
}
