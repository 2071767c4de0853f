//! Memory that tasks share without a lock and without atomics, for programs that order their accesses themselves.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug};
use std::panic::RefUnwindSafe;

/// Two accesses at the same time, one of which writes, are a data race, and undefined behaviour: the program must order
/// them. The explorer finds those that it does not.
pub struct Plain<T>(UnsafeCell<T>);

// SAFETY: whoever reads or writes it promises that nothing else does at the same time.
unsafe impl<T: Send> Sync for Plain<T> {}

impl<T: RefUnwindSafe> RefUnwindSafe for Plain<T> {}

impl<T> Plain<T> {
    pub const fn new(value: T) -> Plain<T> {
        Plain(UnsafeCell::new(value))
    }

    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }

    /// # Safety
    /// Nothing writes it at the same time.
    pub unsafe fn read(&self) -> T
    where
        T: Copy,
    {
        // SAFETY: the caller's promise.
        unsafe { *self.0.get() }
    }

    /// # Safety
    /// Nothing reads or writes it at the same time.
    pub unsafe fn write(&self, value: T) {
        // SAFETY: the caller's promise.
        unsafe { *self.0.get() = value };
    }

    /// # Safety
    /// Nothing writes it before `f` returns.
    pub unsafe fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        // SAFETY: the caller's promise.
        f(unsafe { &*self.0.get() })
    }

    /// # Safety
    /// Nothing reads or writes it before `f` returns.
    pub unsafe fn with_mut<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: the caller's promise.
        f(unsafe { &mut *self.0.get() })
    }
}

impl<T> Debug for Plain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plain").finish_non_exhaustive()
    }
}
