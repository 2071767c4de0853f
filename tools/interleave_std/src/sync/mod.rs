//! As `std::sync`: what tasks share.

pub mod atomic;
mod mutex;

pub use ::std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
pub use mutex::{Mutex, MutexGuard};
