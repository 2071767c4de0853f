//! The standard library as a program under exploration sees it.
//!
//! A test file brings it in under std's name and includes the program whole:
//!
//! ```rust,ignore
//! #[macro_use]
//! extern crate interleave_std as std;
//! include!("../src/main.rs");
//!
//! #[test]
//! fn no_schedule_fails() {
//!     assert_eq!(std::explore(main).failing, 0);
//! }
//! ```
//!
//! What shares something between tasks is modelled here: [`thread`], [`sync`], [`cell`], [`time`], printing. What does not
//! is the real thing. What is neither is missing, so that using it does not compile.
//!
//! # Unstable features
//! The crate alone is compiled with `RUSTC_BOOTSTRAP` (`.cargo/config.toml`), for what a library cannot do on stable
//! Rust and std does too: `specialization` shows contents where they have `Debug`; `const_eval_select` numbers an
//! object where it is made, and still lets statics be made by the same `const fn`; `alloc_error_hook` tells which program
//! wanted too much memory.

#![feature(alloc_error_hook, const_eval_select, core_intrinsics, never_type, specialization)]
#![expect(internal_features, incomplete_features, reason = "see above")]
#![expect(clippy::legacy_numeric_constants, reason = "a program may name what std still has")]

mod object;
mod show;

mod explore;
pub mod macros;
pub mod process;
pub mod sync;
pub mod thread;

pub use explore::*;

// What shares nothing is the real thing.
pub use ::std::{
    any, array, ascii, assert, assert_eq, assert_ne, borrow, boxed, char, clone, cmp, column, concat, convert,
    debug_assert, debug_assert_eq, debug_assert_ne, default, error, f32, f64, ffi, file, fmt, format, format_args,
    hash, i8, i16, i32, i64, i128, include, include_bytes, include_str, isize, iter, line, marker, matches, mem,
    module_path, num, ops, option, option_env, panic, pin, prelude, primitive, ptr, rc, result, slice, str, string,
    stringify, todo, u8, u16, u32, u64, u128, unimplemented, unreachable, usize, vec, write, writeln,
};

/// Only the program's arguments.
pub mod env {
    /// The program's name and its arguments.
    pub fn args() -> std::vec::IntoIter<String> {
        let mut all = vec!["program".to_owned()];
        all.extend(interleave::hook::arguments());
        all.into_iter()
    }
}
