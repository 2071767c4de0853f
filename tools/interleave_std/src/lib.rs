//! The standard library as a program under exploration sees it.
//!
//! A test file brings it in under std's name and includes the program whole:
//!
//! ```text
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
//! wanted too much memory; `coerce_unsized`, `dispatch_from_dyn`, `dropck_eyepatch`, `legacy_receiver_trait`,
//! `pin_coerce_unsized_trait` and `unsize` make an `Arc` of its own that is used as std's is.

#![feature(
    alloc_error_hook,
    coerce_unsized,
    const_eval_select,
    core_intrinsics,
    dispatch_from_dyn,
    dropck_eyepatch,
    legacy_receiver_trait,
    never_type,
    pin_coerce_unsized_trait,
    specialization,
    unsize
)]
#![expect(internal_features, incomplete_features, reason = "see above")]
#![expect(clippy::legacy_numeric_constants, reason = "a program may name what std still has")]

mod object;
mod show;

pub mod cell;
pub mod collections;
pub mod env;
mod explore;
pub mod hash;
pub mod hint;
pub mod io;
pub mod macros;
pub mod panic;
pub mod primitives;
pub mod process;
pub mod sync;
pub mod task;
pub mod thread;
pub mod time;

pub use explore::*;

// What shares nothing is the real thing.
pub use ::std::{
    any, array, ascii, assert, assert_eq, assert_ne, borrow, boxed, cfg, char, clone, cmp, column, compile_error,
    concat, convert, debug_assert, debug_assert_eq, debug_assert_ne, default, error, f32, f64, ffi, file, fmt, format,
    format_args, future, i8, i16, i32, i64, i128, include, include_bytes, include_str, isize, iter, line, marker,
    matches, mem, module_path, num, ops, option, option_env, pin, prelude, primitive, ptr, rc, result, slice, str,
    string, stringify, todo, u8, u16, u32, u64, u128, unimplemented, unreachable, usize, vec, write, writeln,
};

mod also_macros {
    pub use ::std::{env, panic};
}
// The macros of these names. The modules above hide those that a glob brings.
pub use also_macros::*;
