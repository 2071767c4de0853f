//! As the crate `primitives`: what std lacks. A program finds it under that name through `interleave_primitives`.

pub mod executor;
pub mod futex;
pub mod plain;
