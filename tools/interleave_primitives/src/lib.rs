//! Stands in for the crate `primitives` where a program is explored:
//!
//! ```text
//! #[macro_use]
//! extern crate interleave_std as std;
//! extern crate interleave_primitives as primitives;
//! include!("../src/main.rs");
//! ```

pub use interleave_std::primitives::{executor, futex, plain};
