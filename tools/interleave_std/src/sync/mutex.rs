//! As `std::sync::Mutex`.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use interleave::hook::{self, Initial, request};
use interleave::op::{LATER, ObjectId, Op, POISONED, Patience, Reply};

use super::lock::{debug, guard, lock, result};
use super::{LockResult, TryLockError, TryLockResult};
use crate::object::{Holds, Id};
use crate::show::{content, peeking};

/// Each `lock`, `try_lock` and end of a guard is a step.
pub struct Mutex<T: ?Sized> {
    id: Id,
    data: UnsafeCell<T>,
}

// SAFETY: tasks run one at a time, and the explorer gives the lock to one of them.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

pub struct MutexGuard<'a, T: ?Sized + 'a> {
    lock: &'a Mutex<T>,
    object: ObjectId,
    panicking: bool,
    locked: &'static Location<'static>,
    /// A guard stays with its thread.
    not_send: PhantomData<*const ()>,
}

lock!(Mutex);
guard!(mut MutexGuard);

impl<T: ?Sized> Mutex<T> {
    fn guard(&self, object: ObjectId, locked: &'static Location<'static>) -> MutexGuard<'_, T> {
        MutexGuard { lock: self, object, panicking: hook::panicking(), locked, not_send: PhantomData }
    }

    #[track_caller]
    pub fn lock(&self) -> LockResult<MutexGuard<'_, T>> {
        let object = self.object();
        let here = Location::caller();
        let reply = request(Op::Lock { object, patience: Patience::Forever }, here);
        result(reply, self.guard(object, here))
    }

    #[track_caller]
    pub fn try_lock(&self) -> TryLockResult<MutexGuard<'_, T>> {
        let object = self.object();
        let here = Location::caller();
        let reply = request(Op::Lock { object, patience: Patience::Try }, here);
        if reply.flag & LATER != 0 {
            return Err(TryLockError::WouldBlock);
        }
        Ok(result(reply, self.guard(object, here))?)
    }
}

impl<'a, T: ?Sized> MutexGuard<'a, T> {
    /// What a wait does to the guard: the lock is given back, and when the wait is over taken again.
    pub(super) fn wait(self, condvar: ObjectId, patience: Patience, here: &'static Location<'static>) -> (Self, Reply) {
        let lock = self.object;
        let content = content(&*self);
        let reply = request(Op::Wait { condvar, lock, content, patience }, here);
        (self, reply)
    }

    pub(super) fn with(self, reply: Reply) -> LockResult<Self> {
        result(reply, self)
    }

    fn poisons(&self) -> bool {
        !self.panicking && hook::panicking()
    }
}

impl<T: ?Sized> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        let content = content(&**self);
        request(Op::Unlock { object: self.object, content, poison: self.poisons() }, self.locked);
    }
}

impl<T: ?Sized + Debug> Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "mutex {}", self.id);
        }
        debug(f, "Mutex", self.try_lock(), &"<locked>", || self.is_poisoned())
    }
}
