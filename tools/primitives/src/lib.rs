//! What std lacks and the listings need.
//!
//! ```text
//! primitives
//! ├─ futex ───── wait until a number has changed, without a lock
//! ├─ plain ───── memory that is neither atomic nor locked
//! └─ executor ── futures on one thread
//! ```
//!
//! A program that uses it is explored unchanged: the test's root says `extern crate interleave_primitives as
//! primitives;`, beside `extern crate interleave_std as std;`.

pub mod executor;
pub mod futex;
pub mod plain;
