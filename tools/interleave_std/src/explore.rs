//! Exploring a program.

use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::sync::Once;

pub use interleave::{Count, Failure, Kind, Limits, Options, Outcome, Output, Report};

use crate::process::{ExitCode, Termination};
use crate::show::content;
use interleave::hook::{self, Body, Ended};

/// Explores every schedule of `main`.
///
/// # Panics
/// It cannot be explored; the message says where, and what to do.
#[track_caller]
pub fn explore<T: Termination + 'static>(main: fn() -> T) -> Report {
    explore_with(main, &Options::default())
}

/// Explores every schedule of `main` under these options.
///
/// # Panics
/// It cannot be explored; the message says where, and what to do.
#[track_caller]
pub fn explore_with<T: Termination + 'static>(main: fn() -> T, options: &Options) -> Report {
    match try_explore(main, options, Limits::default()) {
        Ok(report) => report,
        Err(failure) => panic!("{failure}"),
    }
}

/// Explores every schedule of `main` under these options and limits.
///
/// # Errors
/// It cannot be explored; the message says where, and what to do.
pub fn try_explore<T: Termination + 'static>(
    main: impl Fn() -> T + Copy + 'static,
    options: &Options,
    limits: Limits,
) -> Result<Report, Failure> {
    hear_panics();
    let main = move || -> Body {
        Box::new(move || match catch_unwind(AssertUnwindSafe(|| main().report())) {
            Ok(ExitCode::SUCCESS) => Ended { result: content(&()), panicked: false },
            Ok(code) => crate::process::exit(code.code()),
            Err(_) => Ended { result: hook::text(hook::note_panic(None)), panicked: true },
        })
    };
    interleave::explore(&main, options, limits)
}

/// In which environment variable [`entry`] finds its options and limits, as a pair in JSON.
pub const REQUEST: &str = "INTERLEAVE_REQUEST";
/// In which environment variable [`entry`] finds the file that it writes its answer to: what [`try_explore`] gives, in
/// JSON.
pub const ANSWER: &str = "INTERLEAVE_ANSWER";

/// What the entry of a program does that is explored as a whole and not by a test: explores `main` as the environment
/// asks, and answers the exit code.
pub fn entry<T: Termination + 'static>(main: fn() -> T) -> i32 {
    let answer = || -> Result<(), Box<dyn std::error::Error>> {
        let (options, limits): (Options, Limits) = serde_json::from_str(&std::env::var(REQUEST)?)?;
        let result = try_explore(main, &options, limits);
        Ok(std::fs::write(std::env::var(ANSWER)?, serde_json::to_vec(&result)?)?)
    };
    match answer() {
        Ok(()) => 0,
        Err(error) => {
            eprintln!("{REQUEST} and {ANSWER} say what to explore and where to answer: {error}");
            1
        }
    }
}

/// What an explored program says as it fails is noted, not printed; what anything else says goes where it went before.
fn hear_panics() {
    static HEARD: Once = Once::new();
    HEARD.call_once(|| {
        std::alloc::set_alloc_error_hook(|asked| {
            hook::no_memory(asked.size());
            if !hook::exploring() {
                std::eprintln!("memory allocation of {} bytes failed", asked.size());
            }
        });
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !hook::exploring() {
                return before(panic);
            }
            let at = panic.location().unwrap_or(Location::caller());
            hook::note_panic(Some(crate::panic::message(panic.payload_as_str(), at)));
        }));
    });
}
