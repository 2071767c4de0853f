//! What a mutex and a reader-writer lock have in common: an object with contents, poison, and guards.

use std::fmt::{self, Debug};
use std::ops::Deref;

use interleave::op::{POISONED, Reply};

use super::{LockResult, PoisonError, TryLockError, TryLockResult};

/// The guard, with whether a holder of the lock has panicked.
pub(super) fn result<G>(reply: Reply, guard: G) -> LockResult<G> {
    if reply.flag & POISONED == 0 { Ok(guard) } else { Err(PoisonError::new(guard)) }
}

/// Writes a lock as std does: `locked` stands for the contents that cannot be looked at.
pub(super) fn debug<G: Deref<Target: Debug>>(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    guard: TryLockResult<G>,
    locked: &dyn Debug,
    is_poisoned: impl FnOnce() -> bool,
) -> fmt::Result {
    let mut text = f.debug_struct(name);
    let poisoned = match guard {
        Ok(guard) => {
            text.field("data", &&*guard);
            false
        }
        Err(TryLockError::Poisoned(guard)) => {
            text.field("data", &&**guard.get_ref());
            true
        }
        Err(TryLockError::WouldBlock) => {
            text.field("data", locked);
            is_poisoned()
        }
    };
    text.field("poisoned", &poisoned).finish_non_exhaustive()
}

/// What does not depend on who may hold the lock. The type has an `id`, and its contents in `data`.
macro_rules! lock {
    ($name:ident) => {
        impl<T: ?Sized> std::panic::UnwindSafe for $name<T> {}
        impl<T: ?Sized> std::panic::RefUnwindSafe for $name<T> {}

        impl<T> $name<T> {
            #[track_caller]
            pub const fn new(value: T) -> $name<T> {
                let id = Id::with_contents::<T, _>(Holds(&value, Initial::$name));
                $name { id, data: UnsafeCell::new(value) }
            }

            #[track_caller]
            pub fn into_inner(self) -> LockResult<T> {
                let reply = self.look();
                result(reply, self.data.into_inner())
            }
        }

        impl<T: ?Sized> $name<T> {
            #[track_caller]
            fn object(&self) -> ObjectId {
                let data = self.data.get();
                // SAFETY: only read, and only where nothing has used it yet.
                self.id.get(data, size_of_val(unsafe { &*data }), || Holds(unsafe { &*data }, Initial::$name))
            }

            #[track_caller]
            fn look(&self) -> Reply {
                request(Op::Observe { object: self.object() }, Location::caller())
            }

            #[track_caller]
            pub fn is_poisoned(&self) -> bool {
                request(Op::IsPoisoned { object: self.object() }, Location::caller()).flag & POISONED != 0
            }

            #[track_caller]
            pub fn clear_poison(&self) {
                request(Op::ClearPoison { object: self.object() }, Location::caller());
            }

            /// What the caller makes of the contents is not seen before the next holder gives the lock back; until then
            /// they are known by this place.
            #[track_caller]
            pub fn get_mut(&mut self) -> LockResult<&mut T> {
                let object = self.object();
                let reply = self.look();
                let changed = hook::content(None);
                request(Op::Replace { object, content: changed }, Location::caller());
                result(reply, self.data.get_mut())
            }
        }

        impl<T> From<T> for $name<T> {
            #[track_caller]
            fn from(value: T) -> $name<T> {
                $name::new(value)
            }
        }

        impl<T: Default> Default for $name<T> {
            #[track_caller]
            fn default() -> $name<T> {
                $name::new(T::default())
            }
        }
    };
}

/// What a guard gives: its `lock`'s contents, to look at, and where it says so to change.
macro_rules! guard {
    ($name:ident) => {
        // SAFETY: a shared guard gives no more than `&T`.
        unsafe impl<T: ?Sized + Sync> Sync for $name<'_, T> {}

        impl<T: ?Sized> Deref for $name<'_, T> {
            type Target = T;

            fn deref(&self) -> &T {
                // SAFETY: while the guard lives nobody writes but through it.
                unsafe { &*self.lock.data.get() }
            }
        }

        impl<T: ?Sized + Debug> Debug for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }

        impl<T: ?Sized + Display> Display for $name<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    };
    (mut $name:ident) => {
        guard!($name);

        impl<T: ?Sized> DerefMut for $name<'_, T> {
            fn deref_mut(&mut self) -> &mut T {
                // SAFETY: the task holds the lock alone, and the guard is borrowed mutably.
                unsafe { &mut *self.lock.data.get() }
            }
        }
    };
}

pub(super) use {guard, lock};
