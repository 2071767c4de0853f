//! As `std::sync::RwLock`.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use interleave::hook::{self, Initial, request};
use interleave::op::{LATER, ObjectId, Op, POISONED, Patience, Reply};

use super::mutex::result;
use super::{LockResult, TryLockError, TryLockResult};
use crate::object::{Id, Start};
use crate::show::{content, peeking};

/// Each `read`, `write`, their `try_` forms, `downgrade` and end of a guard is a step. Whether a reader may pass a writer
/// that waits is the schedule's choice, as std leaves it open.
pub struct RwLock<T: ?Sized> {
    id: Id,
    data: UnsafeCell<T>,
}

struct Holds<'a, T: ?Sized>(&'a T);

impl<T: ?Sized> Clone for Holds<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Holds<'_, T> {}

impl<T: ?Sized> Start for Holds<'_, T> {
    fn initial(self) -> Initial {
        Initial::RwLock(content(self.0))
    }
}

// SAFETY: tasks run one at a time, and the explorer gives the lock to one of them, or to several readers.
unsafe impl<T: ?Sized + Send> Send for RwLock<T> {}
// SAFETY: as above; readers share a `&T`.
unsafe impl<T: ?Sized + Send + Sync> Sync for RwLock<T> {}

impl<T: ?Sized> std::panic::UnwindSafe for RwLock<T> {}
impl<T: ?Sized> std::panic::RefUnwindSafe for RwLock<T> {}

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

// SAFETY: a shared guard gives no more than `&T`.
unsafe impl<T: ?Sized + Sync> Sync for RwLockReadGuard<'_, T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Sync> Sync for RwLockWriteGuard<'_, T> {}

impl<T> RwLock<T> {
    #[track_caller]
    pub const fn new(value: T) -> RwLock<T> {
        RwLock { id: Id::with_contents::<T, _>(Holds(&value)), data: UnsafeCell::new(value) }
    }

    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let reply = self.look();
        result(reply, self.data.into_inner())
    }
}

impl<T: ?Sized> RwLock<T> {
    #[track_caller]
    fn object(&self) -> ObjectId {
        let data = self.data.get();
        // SAFETY: only read, and only where nothing has used it yet.
        self.id.get(data, size_of_val(unsafe { &*data }), || Holds(unsafe { &*data }))
    }

    #[track_caller]
    fn look(&self) -> Reply {
        request(Op::Observe { object: self.object() }, Location::caller())
    }

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

    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        request(Op::IsPoisoned { object: self.object() }, Location::caller()).flag & POISONED != 0
    }

    #[track_caller]
    pub fn clear_poison(&self) {
        request(Op::ClearPoison { object: self.object() }, Location::caller());
    }

    /// What the caller makes of the contents is not seen before the end of the next write; until then they are known by
    /// this place.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let object = self.object();
        let reply = self.look();
        let changed = hook::content(None);
        request(Op::Replace { object, content: changed }, Location::caller());
        result(reply, self.data.get_mut())
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

impl<T: ?Sized> Deref for RwLockReadGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the task holds the lock, and nobody writes.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> Deref for RwLockWriteGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the task holds the lock alone.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for RwLockWriteGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the task holds the lock alone, and the guard is borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized + Debug> Debug for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + Debug> Debug for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + Display> Display for RwLockReadGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + Display> Display for RwLockWriteGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + Debug> Debug for RwLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "rwlock {}", self.id);
        }
        let mut text = f.debug_struct("RwLock");
        let poisoned = match self.try_read() {
            Ok(guard) => {
                text.field("data", &&*guard);
                false
            }
            Err(TryLockError::Poisoned(guard)) => {
                text.field("data", &&**guard.get_ref());
                true
            }
            Err(TryLockError::WouldBlock) => {
                text.field("data", &format_args!("<locked>"));
                self.is_poisoned()
            }
        };
        text.field("poisoned", &poisoned).finish_non_exhaustive()
    }
}

impl<T> From<T> for RwLock<T> {
    #[track_caller]
    fn from(value: T) -> RwLock<T> {
        RwLock::new(value)
    }
}

impl<T: Default> Default for RwLock<T> {
    #[track_caller]
    fn default() -> RwLock<T> {
        RwLock::new(T::default())
    }
}
