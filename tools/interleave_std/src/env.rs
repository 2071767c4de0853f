//! As `std::env`, for the program's arguments. Its environment is not modelled.

use std::ffi::OsStr;
use std::panic::Location;

use interleave::hook;

pub use ::std::env::VarError;

/// The program's name, which is always `program`, and its arguments.
#[derive(Debug)]
pub struct Args {
    inner: std::vec::IntoIter<String>,
}

pub fn args() -> Args {
    let mut all = vec!["program".to_owned()];
    all.extend(hook::arguments());
    Args { inner: all.into_iter() }
}

impl Iterator for Args {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.inner.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.inner.size_hint()
    }
}

impl ExactSizeIterator for Args {}

impl DoubleEndedIterator for Args {
    fn next_back(&mut self) -> Option<String> {
        self.inner.next_back()
    }
}

/// Ends the exploration: what a program finds in its environment is not the same everywhere.
#[track_caller]
pub fn var<K: AsRef<OsStr>>(key: K) -> Result<String, VarError> {
    hook::refuse(
        format!(
            "the environment is not modelled, so `{}` has no value: hand it in as an argument",
            key.as_ref().display()
        ),
        Location::caller(),
    )
}
