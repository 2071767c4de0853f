//! As `std::sync`: what tasks share.

pub mod atomic;
mod condvar;
pub mod mpsc;
mod mutex;

pub use ::std::sync::{LockResult, PoisonError, TryLockError, TryLockResult};
pub use condvar::{Condvar, WaitTimeoutResult};
pub use mutex::{Mutex, MutexGuard};
