//! The macros of std's prelude that print or keep something for a thread.

use std::fmt::Arguments;
use std::panic::Location;

use interleave::hook::{request, text};
use interleave::op::Op;

#[doc(hidden)]
#[track_caller]
pub fn print(arguments: Arguments<'_>, end: &str, error: bool) {
    let text = text(format!("{arguments}{end}"));
    request(Op::Print { text, error }, Location::caller());
}

#[macro_export]
macro_rules! print {
    ($($arguments:tt)*) => { $crate::macros::print($crate::format_args!($($arguments)*), "", false) };
}

#[macro_export]
macro_rules! println {
    () => { $crate::macros::print($crate::format_args!(""), "\n", false) };
    ($($arguments:tt)*) => { $crate::macros::print($crate::format_args!($($arguments)*), "\n", false) };
}

#[macro_export]
macro_rules! eprint {
    ($($arguments:tt)*) => { $crate::macros::print($crate::format_args!($($arguments)*), "", true) };
}

#[macro_export]
macro_rules! eprintln {
    () => { $crate::macros::print($crate::format_args!(""), "\n", true) };
    ($($arguments:tt)*) => { $crate::macros::print($crate::format_args!($($arguments)*), "\n", true) };
}

#[macro_export]
macro_rules! dbg {
    () => { $crate::eprintln!("[{}:{}:{}]", $crate::file!(), $crate::line!(), $crate::column!()) };
    ($value:expr $(,)?) => {
        match $value {
            value => {
                $crate::eprintln!(
                    "[{}:{}:{}] {} = {:#?}",
                    $crate::file!(), $crate::line!(), $crate::column!(), $crate::stringify!($value), &value
                );
                value
            }
        }
    };
    ($($value:expr),+ $(,)?) => { ($($crate::dbg!($value)),+,) };
}

#[macro_export]
macro_rules! thread_local {
    () => {};
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = const $init:block $(; $($rest:tt)*)?) => {
        $(#[$attribute])* $visibility const $name: $crate::thread::LocalKey<$type> = {
            // Made at run time after all, by the task whose it is, so that its cells have numbers.
            static KEY: $crate::thread::LocalKeyInner<$type> = $crate::thread::LocalKeyInner::new(|| $init);
            $crate::thread::LocalKey::new(&KEY)
        };
        $($crate::thread_local!($($rest)*);)?
    };
    ($(#[$attribute:meta])* $visibility:vis static $name:ident: $type:ty = $init:expr $(; $($rest:tt)*)?) => {
        $(#[$attribute])* $visibility const $name: $crate::thread::LocalKey<$type> = {
            static KEY: $crate::thread::LocalKeyInner<$type> = $crate::thread::LocalKeyInner::new(|| $init);
            $crate::thread::LocalKey::new(&KEY)
        };
        $($crate::thread_local!($($rest)*);)?
    };
}
