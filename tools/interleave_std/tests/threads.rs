//! Threads: scopes, results, what is thread-local, and who asks whether one has ended.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::{Deadlock, Ok as Fine, Panic};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, mpsc};
use std::{Options, mem, panic, process, thread};

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
    // Where the handle goes before the store, six orders of store, drop; load, print: 1, 2, 2 and 1 of these. Where it goes
    // between the store and the end of the thread, three: 2 of the third, 1 of the last. Where the thread ends first, `main`
    // drops the result before it looks: one.
    assert_explored(
        main,
        &[
            (Fine, "dropped false ", 1),
            (Fine, "false dropped ", 2),
            (Fine, "dropped true ", 2 + 2 + 1),
            (Fine, "true dropped ", 1 + 1),
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

/// Newest first; what a destructor uses for the first time comes after it; what needs no drop is there to the end.
#[test]
fn what_is_thread_local_is_dropped_newest_first() {
    struct Guard(&'static str);
    thread_local! {
        static USES: Cell<u32> = const { Cell::new(0) };
        static OLDER: Guard = const { Guard("older") };
        static NEWER: Guard = const { Guard("newer") };
        static LATE: Guard = const { Guard("late") };
    }
    impl Drop for Guard {
        fn drop(&mut self) {
            let older = OLDER.try_with(|_| ()).is_ok();
            print!("{} {} {older}; ", self.0, USES.replace(USES.get() + 1));
            if self.0 == "newer" {
                LATE.with(|_| ());
            }
        }
    }
    fn main() {
        let thread = thread::spawn(|| {
            USES.set(7);
            OLDER.with(|_| NEWER.with(|_| ()));
        });
        thread.join().unwrap();
    }
    assert_explored(main, &[(Fine, "newer 7 true; late 8 true; older 9 false; ", 1)]);
}

/// To ask and to print; to leave the result and to drop what is thread-local.
#[test]
fn a_thread_is_finished_before_it_drops_what_is_thread_local() {
    thread_local! {
        static SAYS: Says = const { Says("local ") };
    }
    fn main() {
        let thread = thread::spawn(|| SAYS.with(|_| ()));
        if thread.is_finished() {
            print!("finished ");
        }
        thread.join().unwrap();
    }
    assert_explored(main, &[(Fine, "local ", 1), (Fine, "local finished ", 2), (Fine, "finished local ", 1)]);
}

/// If the handle goes first, the thread drops the result and then what is thread-local; else each may come first.
#[test]
fn a_result_is_dropped_before_what_is_thread_local() {
    thread_local! {
        static SAYS: Says = const { Says("local ") };
    }
    fn main() {
        thread::scope(|scope| {
            drop(scope.spawn(|| {
                SAYS.with(|_| ());
                Says("result ")
            }));
        });
    }
    assert_explored(main, &[(Fine, "result local ", 1 + 1), (Fine, "local result ", 1)]);
}

same! {
    shown {
        use std::thread;
        let handle = thread::spawn(|| ());
        let text = format!("{handle:?} {:?}", thread::Builder::new().name("a".into()).stack_size(1 << 20));
        handle.join().unwrap();
        text + &thread::scope(|scope| format!(" {:?}", scope.spawn(|| ())))
    }
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

#[test]
fn a_panic_whose_handle_is_dropped_is_not_lost() {
    fn nothing() {
        drop(thread::spawn(|| -> () { panic!("lost") }));
    }
    fn text() {
        drop(thread::spawn(|| -> String { panic!("lost") }));
    }
    for program in [nothing, text] {
        let report = assert_explored(program, &[(Panic, "", 1)]);
        assert!(report.outcomes[0].why.ends_with("lost"));
    }
}

#[test]
fn a_scoped_panic_whose_handle_is_dropped_is_raised() {
    fn main() {
        let scope = panic::catch_unwind(|| {
            thread::scope(|scope| {
                let handle = scope.spawn(|| -> String { panic!("lost") });
                print!("here ");
                drop(handle);
            });
        });
        print!("{}", scope.is_err());
    }
    assert_explored(main, &[(Fine, "here true", 1)]);
}

struct Sends(#[expect(dead_code, reason = "its drop is what counts")] mpsc::Sender<()>);

impl Drop for Sends {
    fn drop(&mut self) {
        print!("result ");
    }
}

/// The thread leaves its result before `start`, or right after: `main` drops it. Else the thread does, in two steps, and `main`
/// prints `end` before the first, between them, or after both.
#[test]
fn the_thread_may_outlive_its_handle() {
    fn main() {
        let (sender, receiver) = mpsc::channel();
        let handle = thread::spawn(move || Sends(sender));
        print!("start ");
        drop(handle);
        print!("end ");
        let _ = receiver.recv();
    }
    assert_explored(main, &[(Fine, "start result end ", 1 + 1 + 2), (Fine, "start end result ", 1)]);
}

/// The thread leaves the `Arc` before one of upgrade, drop and the drop of the handle, and `main` lets it go there: 3. Or the
/// thread lets it go after that: before the second upgrade, or after it, the drop, the print or the end of `main`.
#[test]
fn a_result_is_owned_until_it_is_dropped() {
    fn main() {
        let owned = Arc::new(5);
        let weak = Arc::downgrade(&owned);
        let handle = thread::spawn(move || owned);
        let before = weak.upgrade().is_some();
        drop(handle);
        let after = weak.upgrade().is_some();
        print!("{before} {after}");
    }
    assert_explored(main, &[(Fine, "true false", 3 + 1), (Fine, "true true", 4)]);
}

/// Yield and leave; ask and print. Of six orders in which the thread has left before the handle goes, one has it finished when
/// asked. If the handle goes first, the yield has come before it in three ways, and then the thread's print comes before `end`,
/// after it, or not at all; or the yield comes after: yield, print; `end`, the end of `main`.
#[test]
fn the_handle_may_go_between_the_answer_and_the_end() {
    fn main() {
        let handle = thread::spawn(|| {
            thread::yield_now();
            Says("result ")
        });
        print!("{} ", handle.is_finished());
        drop(handle);
        print!("end ");
    }
    assert_explored(
        main,
        &[
            (Fine, "true result end ", 1),
            (Fine, "false result end ", 5 + 3 + 1),
            (Fine, "false end result ", 3 + 2),
            (Fine, "false end ", 3 + 3),
        ],
    );
}

/// As above, with a panic that carries something to drop, though the thread returns nothing.
#[test]
fn what_a_panic_carries_is_dropped_by_whoever_comes_last() {
    fn main() {
        let handle = thread::spawn(|| {
            thread::yield_now();
            panic::panic_any(Says("carried "));
        });
        print!("{} ", handle.is_finished());
        drop(handle);
        print!("end ");
    }
    let report = std::explore(main);
    let mut texts: Vec<_> = report.outcomes.iter().map(|outcome| (outcome.kind, &*outcome.text)).collect();
    texts.sort_unstable();
    let all = [
        (Fine, "false end "),
        (Panic, "false carried end "),
        (Panic, "false end carried "),
        (Panic, "true carried end "),
    ];
    assert_eq!(texts, all);
}

/// Whoever drops the result comes after what the other has done before it let go.
#[test]
fn the_last_to_let_go_of_a_result_sees_what_the_other_did() {
    struct Pages(Arc<[AtomicU32; 2]>);

    impl Drop for Pages {
        fn drop(&mut self) {
            print!("{} {}", self.0[0].load(Relaxed), self.0[1].load(Relaxed));
        }
    }

    fn main() {
        let pages = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
        thread::scope(|scope| {
            let handle = scope.spawn(|| {
                pages[0].store(1, Relaxed);
                Pages(Arc::clone(&pages))
            });
            pages[1].store(1, Relaxed);
            drop(handle);
        });
    }
    let report = std::explore_with(main, &Options { weak: true, ..Options::default() });
    assert_eq!(report.texts(), ["1 1"]);
}

#[test]
fn a_scope_waits_for_handles_that_are_forgotten() {
    fn main() {
        thread::scope(|scope| mem::forget(scope.spawn(|| print!("done"))));
    }
    assert_explored(main, &[(Deadlock, "done", 1)]);
}
