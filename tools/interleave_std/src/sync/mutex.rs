//! As `std::sync::Mutex`.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug, Display};
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::panic::Location;

use interleave::hook::{self, Initial, request};
use interleave::op::{LATER, ObjectId, Op, POISONED, Patience, Reply};

use super::{LockResult, PoisonError, TryLockError, TryLockResult};
use crate::object::{Id, Start};
use crate::show::{content, peeking};

/// Each `lock`, `try_lock` and end of a guard is a step.
pub struct Mutex<T: ?Sized> {
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
        Initial::Mutex(content(self.0))
    }
}

// SAFETY: tasks run one at a time, and the explorer gives the lock to one of them.
unsafe impl<T: ?Sized + Send> Send for Mutex<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Send> Sync for Mutex<T> {}

impl<T: ?Sized> std::panic::UnwindSafe for Mutex<T> {}
impl<T: ?Sized> std::panic::RefUnwindSafe for Mutex<T> {}

pub struct MutexGuard<'a, T: ?Sized + 'a> {
    lock: &'a Mutex<T>,
    object: ObjectId,
    panicking: bool,
    locked: &'static Location<'static>,
    /// A guard stays with its thread.
    not_send: PhantomData<*const ()>,
}

// SAFETY: a shared guard gives no more than `&T`.
unsafe impl<T: ?Sized + Sync> Sync for MutexGuard<'_, T> {}

impl<T> Mutex<T> {
    #[track_caller]
    pub const fn new(value: T) -> Mutex<T> {
        Mutex { id: Id::with_contents::<T, _>(Holds(&value)), data: UnsafeCell::new(value) }
    }

    #[track_caller]
    pub fn into_inner(self) -> LockResult<T> {
        let reply = self.look();
        result(reply, self.data.into_inner())
    }
}

pub(super) fn result<G>(reply: Reply, guard: G) -> LockResult<G> {
    if reply.flag & POISONED == 0 { Ok(guard) } else { Err(PoisonError::new(guard)) }
}

impl<T: ?Sized> Mutex<T> {
    #[track_caller]
    pub(crate) fn object(&self) -> ObjectId {
        let data = self.data.get();
        // SAFETY: only read, and only where nothing has used it yet.
        self.id.get(data, size_of_val(unsafe { &*data }), || Holds(unsafe { &*data }))
    }

    #[track_caller]
    fn look(&self) -> Reply {
        request(Op::Observe { object: self.object() }, Location::caller())
    }

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

    #[track_caller]
    pub fn is_poisoned(&self) -> bool {
        request(Op::IsPoisoned { object: self.object() }, Location::caller()).flag & POISONED != 0
    }

    #[track_caller]
    pub fn clear_poison(&self) {
        request(Op::ClearPoison { object: self.object() }, Location::caller());
    }

    /// What the caller makes of the contents is not seen before the next lock of it is given back; until then they are
    /// known by this place.
    #[track_caller]
    pub fn get_mut(&mut self) -> LockResult<&mut T> {
        let object = self.object();
        let reply = self.look();
        let changed = hook::content(None);
        request(Op::Replace { object, content: changed }, Location::caller());
        result(reply, self.data.get_mut())
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

impl<T: ?Sized> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: the task holds the lock.
        unsafe { &*self.lock.data.get() }
    }
}

impl<T: ?Sized> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the task holds the lock, and the guard is borrowed mutably.
        unsafe { &mut *self.lock.data.get() }
    }
}

impl<T: ?Sized + Debug> Debug for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + Display> Display for MutexGuard<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl<T: ?Sized + Debug> Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "mutex {}", self.id);
        }
        let mut text = f.debug_struct("Mutex");
        let poisoned = match self.try_lock() {
            Ok(guard) => {
                text.field("data", &&*guard);
                false
            }
            Err(TryLockError::Poisoned(guard)) => {
                text.field("data", &&**guard.get_ref());
                true
            }
            Err(TryLockError::WouldBlock) => {
                text.field("data", &"<locked>");
                self.is_poisoned()
            }
        };
        text.field("poisoned", &poisoned).finish_non_exhaustive()
    }
}

impl<T> From<T> for Mutex<T> {
    #[track_caller]
    fn from(value: T) -> Mutex<T> {
        Mutex::new(value)
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}
