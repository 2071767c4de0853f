//! As `std::panic`. What to do at a panic cannot be set: the explorer notes each.

use std::any::Any;
use std::panic::catch_unwind as real_catch_unwind;

use interleave::hook;

pub use ::std::panic::{AssertUnwindSafe, Location, PanicHookInfo, RefUnwindSafe, UnwindSafe, panic_any};

/// # Errors
/// What the panic carried.
pub fn catch_unwind<F: FnOnce() -> R + UnwindSafe, R>(f: F) -> crate::thread::Result<R> {
    // It may be called by a destructor, while another panic is under way.
    let outer = hook::panicking().then(|| hook::note_panic(None));
    if outer.is_some() {
        hook::note_panic(outer.clone());
    }
    let result = real_catch_unwind(f);
    if result.is_err() {
        hook::note_panic(None);
        if outer.is_some() {
            hook::note_panic(outer);
        }
    }
    result
}

/// Panics again with what a panic carried.
#[track_caller]
pub fn resume_unwind(payload: Box<dyn Any + Send>) -> ! {
    let said = payload.downcast_ref::<&str>().copied().or_else(|| payload.downcast_ref().map(String::as_str));
    hook::note_panic(Some(message(said, Location::caller())));
    std::panic::resume_unwind(payload)
}

/// What a panic is known by.
pub(crate) fn message(said: Option<&str>, at: &Location<'_>) -> String {
    format!("line {}: {}", at.line(), said.unwrap_or("a value that is no text"))
}
