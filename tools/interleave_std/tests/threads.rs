//! Threads: scopes, results, what is thread-local, and who asks whether one has ended.
#[macro_use]
extern crate interleave_std as std;

mod common;

use std::Kind::{Ok as Fine, Panic};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::{process, thread};

use common::assert_explored;

struct Says(&'static str);

impl Drop for Says {
    fn drop(&mut self) {
        print!("{}", self.0);
    }
}

#[test]
fn the_threads_of_a_scope_may_start_others_in_it() {
    fn main() {
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    thread::yield_now();
                    scope.spawn(thread::yield_now);
                });
            }
        });
    }
    // Four steps, two after two: a child's follows its starter's.
    assert_explored(main, &[(Fine, "", 6)]);
}

#[test]
fn a_result_that_nobody_wants_is_dropped_by_whoever_comes_last() {
    fn main() {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            drop(scope.spawn(|| {
                done.store(true, SeqCst);
                Says("dropped ")
            }));
            print!("{} ", done.load(SeqCst));
        });
    }
    // The handle goes first, in any case. Store, drop; load, print: six orders.
    assert_explored(
        main,
        &[
            (Fine, "dropped false ", 1),
            (Fine, "false dropped ", 2),
            (Fine, "dropped true ", 2),
            (Fine, "true dropped ", 1),
        ],
    );
}

#[test]
fn what_main_keeps_for_itself_is_not_dropped() {
    thread_local! {
        static SAYS: Says = const { Says("never") };
    }
    fn main() {
        SAYS.with(|says| print!("{}", says.0.len()));
    }
    assert_explored(main, &[(Fine, "5", 1)]);
}

#[test]
fn what_is_thread_local_and_dropped_is_not_made_again() {
    struct Last;
    thread_local! {
        static LAST: Last = const { Last };
        static USES: Cell<u32> = const { Cell::new(0) };
    }
    impl Drop for Last {
        fn drop(&mut self) {
            print!("{} {}", LAST.try_with(|_| ()).is_err(), USES.try_with(Cell::get).is_ok());
        }
    }
    fn main() {
        thread::spawn(|| LAST.with(|_| ())).join().unwrap();
    }
    assert_explored(main, &[(Fine, "true true", 1)]);
}

#[test]
fn a_thread_may_have_done_all_and_not_have_ended() {
    fn main() {
        let done = std::sync::Arc::new(AtomicBool::new(false));
        let thread = thread::spawn({
            let done = done.clone();
            move || done.store(true, SeqCst)
        });
        if done.load(SeqCst) {
            print!("{}", thread.is_finished());
        }
    }
    let report = std::explore(main);
    for text in ["", "true", "false"] {
        assert!(report.outcome(Fine, text).is_some(), "{text:?}");
    }
}

#[test]
fn a_panic_that_nobody_asks_about_is_told_of_whoever_it_is() {
    fn main() {
        let handled = thread::spawn(|| panic!("handled"));
        assert!(handled.join().is_err());
        let lost = thread::spawn(|| panic!("lost"));
        while !lost.is_finished() {
            thread::yield_now();
        }
        process::exit(0);
    }
    let report = std::explore(main);
    assert_eq!(report.outcomes.len(), 1);
    assert_eq!(report.outcomes[0].kind, Panic);
    assert!(report.outcomes[0].why.ends_with("lost") && !report.outcomes[0].why.contains("handled"));
}
