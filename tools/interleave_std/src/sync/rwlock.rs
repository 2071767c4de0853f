//! As `std::sync::RwLock`.

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

/// Each `read`, `write`, their `try_` forms, `downgrade` and end of a guard is a step. Whether a reader may pass a writer
/// that waits is the schedule's choice, as std leaves it open.
pub struct RwLock<T: ?Sized> {
    id: Id,
    data: UnsafeCell<T>,
}

// SAFETY: tasks run one at a time, and the explorer gives the lock to one of them, or to several readers.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: as above; readers share a `&T`.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

pub struct RwLockReadGuard<'a, T: ?Sized + 'a> {
    lock: &'a RwLock<T>,
    object: ObjectId,
    locked: &'static Location<'static>,
    /// A guard stays with its thread.
    not_send: PhantomData<*const ()>,
}

pub struct RwLockWriteGuard<'a, T: ?Sized + 'a> {
    lock: &'a RwLock<T>,
    object: ObjectId,
    panicking: bool,
    locked: &'static Location<'static>,
    /// As above.
    not_send: PhantomData<*const ()>,
}

lock!(RwLock);
guard!(RwLockReadGuard);
guard!(mut RwLockWriteGuard);

impl<T: ?Sized> RwLock<T> {
    fn reader(&self, object: ObjectId, locked: &'static Location<'static>) -> RwLockReadGuard<'_, T> {
        RwLockReadGuard { lock: self, object, locked, not_send: PhantomData }
    }

    fn writer(&self, object: ObjectId, locked: &'static Location<'static>) -> RwLockWriteGuard<'_, T> {
        RwLockWriteGuard { lock: self, object, panicking: hook::panicking(), locked, not_send: PhantomData }
    }

    #[track_caller]
    pub fn read(&self) -> LockResult<RwLockReadGuard<'_, T>> {
        let object = self.object();
        let here = Location::caller();
        let reply = request(Op::Read { object, patience: Patience::Forever }, here);
        result(reply, self.reader(object, here))
    }

    #[track_caller]
    pub fn try_read(&self) -> TryLockResult<RwLockReadGuard<'_, T>> {
        let object = self.object();
        let here = Location::caller();
        let reply = request(Op::Read { object, patience: Patience::Try }, here);
        if reply.flag & LATER != 0 {
            return Err(TryLockError::WouldBlock);
        }
        Ok(result(reply, self.reader(object, here))?)
    }

    #[track_caller]
    pub fn write(&self) -> LockResult<RwLockWriteGuard<'_, T>> {
        let object = self.object();
        let here = Location::caller();
        let reply = request(Op::Write { object, patience: Patience::Forever }, here);
        result(reply, self.writer(object, here))
    }

    #[track_caller]
    pub fn try_write(&self) -> TryLockResult<RwLockWriteGuard<'_, T>> {
        let object = self.object();
        let here = Location::caller();
        let reply = request(Op::Write { object, patience: Patience::Try }, here);
        if reply.flag & LATER != 0 {
            return Err(TryLockError::WouldBlock);
        }
        Ok(result(reply, self.writer(object, here))?)
    }
}

impl<'a, T: ?Sized> RwLockWriteGuard<'a, T> {
    #[track_caller]
    pub fn downgrade(s: Self) -> RwLockReadGuard<'a, T> {
        let (lock, object) = (s.lock, s.object);
        let here = Location::caller();
        let content = content(&*s);
        // Its end would give the lock back.
        std::mem::forget(s);
        request(Op::Downgrade { object, content }, here);
        lock.reader(object, here)
    }
}

impl<T: ?Sized> Drop for RwLockReadGuard<'_, T> {
    fn drop(&mut self) {
        request(Op::Unread { object: self.object }, self.locked);
    }
}

impl<T: ?Sized> Drop for RwLockWriteGuard<'_, T> {
    fn drop(&mut self) {
        let content = content(&**self);
        let poison = !self.panicking && hook::panicking();
        request(Op::Unwrite { object: self.object, content, poison }, self.locked);
    }
}

impl<T: ?Sized + Debug> Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "rwlock {}", self.id);
        }
        debug(f, "RwLock", self.try_read(), &format_args!("<locked>"), || self.is_poisoned())
    }
}
