//! As `primitives::plain`.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug};
use std::panic::{Location, RefUnwindSafe};

use interleave::hook::{Initial, request};
use interleave::op::{ObjectId, Op};

use crate::object::{Holds, Id};
use crate::show::{content, peeking};

/// Each access is a step. Two that nothing orders, one of which writes, are a data race, and the end of the program.
pub struct Plain<T> {
    id: Id,
    value: UnsafeCell<T>,
}

// SAFETY: tasks run one at a time; what would be a data race ends the program before it happens.
unsafe impl<T: Send> Sync for Plain<T> {}

impl<T: RefUnwindSafe> RefUnwindSafe for Plain<T> {}

impl<T> Plain<T> {
    #[track_caller]
    pub const fn new(value: T) -> Plain<T> {
        Plain { id: Id::new(Holds(&value, Initial::Plain)), value: UnsafeCell::new(value) }
    }

    #[track_caller]
    fn object(&self) -> ObjectId {
        let value = self.value.get();
        // SAFETY: only read, and only where nothing has used it yet.
        self.id.get(value, size_of::<T>(), || Holds(unsafe { &*value }, Initial::Plain))
    }

    #[track_caller]
    pub fn into_inner(self) -> T {
        request(Op::Observe { object: self.object() }, Location::caller());
        self.value.into_inner()
    }

    /// # Safety
    /// Nothing writes it at the same time.
    #[track_caller]
    pub unsafe fn read(&self) -> T
    where
        T: Copy,
    {
        // SAFETY: the caller's promise.
        unsafe { self.with(|value| *value) }
    }

    /// # Safety
    /// Nothing reads or writes it at the same time.
    #[track_caller]
    pub unsafe fn write(&self, value: T) {
        if std::mem::needs_drop::<T>() {
            // What that does may depend on what was there.
            // SAFETY: the caller's promise.
            return unsafe { self.with_mut(|before| *before = value) };
        }
        request(Op::PlainWrite { object: self.object(), content: Some(content(&value)) }, Location::caller());
        // SAFETY: the caller's promise, which the explorer has checked.
        unsafe { *self.value.get() = value };
    }

    /// The access is one step, before `f`.
    ///
    /// # Safety
    /// Nothing writes it before `f` returns.
    #[track_caller]
    pub unsafe fn with<R>(&self, f: impl FnOnce(&T) -> R) -> R {
        request(Op::PlainRead { object: self.object() }, Location::caller());
        // SAFETY: the caller's promise, which the explorer has checked for this moment.
        f(unsafe { &*self.value.get() })
    }

    /// The access is one step, before `f`.
    ///
    /// # Safety
    /// Nothing reads or writes it before `f` returns.
    #[track_caller]
    pub unsafe fn with_mut<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let (object, here) = (self.object(), Location::caller());
        request(Op::PlainWrite { object, content: None }, here);
        // SAFETY: the caller's promise, which the explorer has checked for this moment.
        let value = unsafe { &mut *self.value.get() };
        let result = f(value);
        request(Op::Replace { object, content: content(value) }, here);
        result
    }
}

impl<T> Debug for Plain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "memory {}", self.id);
        }
        f.debug_struct("Plain").finish_non_exhaustive()
    }
}
