//! The `Debug` text of any value that has one.

use std::cell::Cell;
use std::fmt::Debug;

use interleave::hook;
use interleave::op::Content;

trait Show {
    fn show(&self) -> Option<String>;
}

impl<T: ?Sized> Show for T {
    default fn show(&self) -> Option<String> {
        None
    }
}

impl<T: ?Sized + Debug> Show for T {
    fn show(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

thread_local! {
    static PEEKING: Cell<bool> = const { Cell::new(false) };
}

/// Whether a value is being shown to the explorer, not to the program: what is locked is looked into without a lock, and
/// nothing is a step.
pub(crate) fn peeking() -> bool {
    PEEKING.get()
}

/// The value as text, without a step.
pub(crate) fn show<T: ?Sized>(value: &T) -> Option<String> {
    let before = PEEKING.replace(true);
    let text = Show::show(value);
    PEEKING.set(before);
    text
}

/// What tells this value from others.
pub(crate) fn content<T: ?Sized>(value: &T) -> Content {
    hook::content(show(value))
}
