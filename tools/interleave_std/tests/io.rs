//! What a program reads and writes, is given and answers.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::{Exit, Ok as Good};
use std::io::{self, BufRead, BufWriter, Read, Write};
use std::process::{self, ExitCode, Termination};
use std::{Limits, Options, thread};

use common::{assert_explored, assert_outcomes};

/// Each prints two pieces under the lock: lock, print, print, unlock, in two orders; nothing comes between.
#[test]
fn what_is_written_under_the_lock_stays_together() {
    fn locked() {
        thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || {
                    let mut out = io::stdout().lock();
                    write!(out, "{name}").unwrap();
                    // The task has it already.
                    println!("{name}");
                });
            }
        });
    }
    assert_explored(locked, &[(Good, "aa\nbb\n", 1), (Good, "bb\naa\n", 1)]);
}

/// Each write is a step: two of each task, six orders.
#[test]
fn what_is_written_without_a_lock_does_not() {
    fn loose() {
        thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || {
                    write!(io::stdout(), "{name}{}", 1).unwrap();
                    (&io::stdout()).write_all(b"\n").unwrap();
                });
            }
        });
    }
    assert_explored(
        loose,
        &[(Good, "a1\nb1\n", 1), (Good, "b1\na1\n", 1), (Good, "a1b1\n\n", 2), (Good, "b1a1\n\n", 2)],
    );
}

/// Who has the lock keeps others from printing, but not from writing to standard error: its step may come before the lock
/// is taken, or after each of the three steps of `main`.
#[test]
fn standard_error_is_no_part_of_the_lock() {
    fn noisy() {
        thread::scope(|scope| {
            scope.spawn(|| eprint!("!"));
            let mut out = io::stdout().lock();
            write!(out, "a").unwrap();
        });
    }
    assert_explored(noisy, &[(Good, "!a", 2), (Good, "a!", 2)]);
}

/// A buffer is written when it is given up: one step each.
#[test]
fn a_buffer_is_one_step() {
    fn buffered() {
        thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || {
                    let mut out = BufWriter::new(io::stdout());
                    (0..3).for_each(|_| write!(out, "{name}").unwrap());
                });
            }
        });
    }
    assert_explored(buffered, &[(Good, "aaabbb", 1), (Good, "bbbaaa", 1)]);
}

fn options(input: &str, args: &[&str]) -> Options {
    Options { input: input.into(), args: args.iter().map(|&arg| arg.to_owned()).collect(), ..Options::default() }
}

#[test]
fn standard_input_and_arguments_are_given() {
    fn given() {
        let mut first = String::new();
        assert_eq!(io::stdin().read_line(&mut first).unwrap(), 4);
        let second = io::stdin().lines().next().unwrap().unwrap();
        let mut letter = [0; 3];
        io::stdin().read_exact(&mut letter).unwrap();
        let rest = io::read_to_string(io::stdin()).unwrap();
        let left = io::stdin().lock().fill_buf().unwrap().len();
        let args: Vec<String> = std::env::args().skip(1).collect();
        println!("{first:?} {second:?} {letter:?} {rest:?} {left} {args:?}");
    }
    let report = std::explore_with(given, &options("one\ntwo\n1é three", &["a", "b c"]));
    assert_outcomes(&report, &[(Good, "\"one\\n\" \"two\" [49, 195, 169] \" three\" 0 [\"a\", \"b c\"]\n", 1)]);
}

#[track_caller]
fn assert_refused(program: fn(), expected: &str) {
    let failure = std::try_explore(program, &options("a\nb\n", &[]), Limits::default()).unwrap_err();
    assert!(failure.to_string().contains(expected), "{failure}");
    assert!(failure.file.as_deref().is_some_and(|file| file.ends_with("tests/io.rs")), "{failure}");
}

#[test]
fn what_cannot_be_modelled_is_refused() {
    fn two_readers() {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| io::stdin().read_line(&mut String::new()).unwrap());
            }
        });
    }
    assert_refused(two_readers, "a second task reads standard input");
    assert_refused(|| _ = std::env::var("HOME"), "`HOME`");
    assert_refused(|| _ = io::stdout().write_all(&[0xff]), "no text");
}

#[test]
fn a_program_answers_a_code() {
    fn explored<T: Termination + 'static>(main: fn() -> T) -> (std::Kind, String, String) {
        let report = std::explore(main);
        assert_eq!(report.schedules, 1);
        let outcome = &report.outcomes[0];
        (outcome.kind, outcome.text.clone(), outcome.why.clone())
    }
    assert_eq!(explored(|| ExitCode::from(3)), (Exit, String::new(), "exit code 3".into()));
    assert_eq!(explored(|| ExitCode::SUCCESS), (Good, String::new(), String::new()));
    let failed: fn() -> Result<ExitCode, String> = || Err("lost".into());
    assert_eq!(explored(failed), (Exit, "Error: \"lost\"\n".into(), "exit code 1".into()));
    assert_eq!(explored(|| process::exit(4)), (Exit, String::new(), "exit code 4".into()));
    assert_eq!(explored(|| process::abort()), (Exit, String::new(), "exit code 134".into()));
}

same! {
    panics {
        use std::panic::{self, AssertUnwindSafe, catch_unwind};
        struct Cleans<'a>(&'a std::cell::RefCell<String>);
        impl Drop for Cleans<'_> {
            fn drop(&mut self) {
                let inner = catch_unwind(|| panic!("inner")).is_err();
                self.0.borrow_mut().push_str(&format!("{inner} {}; ", std::thread::panicking()));
            }
        }
        let text = std::cell::RefCell::new(String::new());
        let caught = catch_unwind(AssertUnwindSafe(|| {
            let _cleans = Cleans(&text);
            std::panic!("outer {}", 1);
        }));
        let said = caught.unwrap_err();
        text.borrow_mut().push_str(&format!("{} {:?}; ", std::thread::panicking(), said.downcast_ref::<String>()));
        let again = catch_unwind(AssertUnwindSafe(|| panic::resume_unwind(said))).unwrap_err();
        let other = catch_unwind(|| panic::panic_any(5)).unwrap_err();
        text.borrow_mut().push_str(&format!("{:?} {:?}", again.downcast_ref::<String>(), other.downcast_ref::<i32>()));
        text.into_inner()
    }
}

/// The first panic is what the end of the program tells, though another was caught on the way.
#[test]
fn a_panic_goes_on_with_what_it_said() {
    fn again() {
        let said = std::panic::catch_unwind(|| panic!("first")).unwrap_err();
        _ = std::panic::catch_unwind(|| panic!("second"));
        std::panic::resume_unwind(said);
    }
    let report = std::explore(again);
    let line = line!() - 3;
    assert_eq!(report.outcomes[0].why, format!("m panics: line {line}: first"));
}
