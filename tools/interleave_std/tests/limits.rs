//! Programs that misbehave: each gives a message with the line, and nothing hangs.
#[macro_use]
extern crate interleave_std as std;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::{Failure, Kind, Limits, Options, thread};

/// What exploring it fails with.
fn failure(main: fn()) -> Failure {
    let limits = Limits { silence: 1, processor: 20, ..Limits::default() };
    let options = Options { most_states: 100_000, ..Options::default() };
    match std::try_explore(main, &options, limits) {
        Ok(report) => panic!("explored: {:?}", report.outcomes),
        Err(failure) => failure,
    }
}

#[test]
fn a_loop_without_a_step() {
    let failure = failure(|| {
        println!("before");
        loop {
            core::hint::black_box(());
        }
    });
    assert!(failure.what.contains("endless loop without a step"), "{failure}");
    assert_eq!((failure.file.as_deref(), failure.line), (Some(file!()), line!() - 6), "{failure}");
}

#[test]
fn a_loop_of_steps_without_a_hint() {
    fn main() {
        let ready = AtomicBool::new(false);
        while !ready.load(SeqCst) {}
    }
    let report = std::explore(main);
    assert_eq!(report.outcomes.len(), 1);
    assert_eq!(report.outcomes[0].kind, Kind::Bound);
    assert_eq!(report.outcomes[0].why, format!("m goes on in line {}, with no end in sight", line!() - 5));
}

/// 3 × 4 stores, in 12! / (4!)³ orders, each with two thousand steps at its end: not all of them are run one by one.
#[test]
fn many_schedules_on_which_one_spins_for_ever() {
    fn main() {
        let (never, x) = (AtomicBool::new(false), AtomicU32::new(0));
        thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| (0..4).for_each(|value| x.store(value, SeqCst)));
            }
        });
        while !never.load(SeqCst) {
            thread::yield_now();
        }
    }
    let report = std::explore_with(main, &Options { random_runs: 10, ..Options::default() });
    assert_eq!((report.kinds(), report.enumerated), (vec![Kind::Bound], false));
    assert_eq!(report.schedules, 34_650);
}

#[test]
fn two_loops_of_steps_without_a_hint() {
    let failure = failure(|| {
        let (one, other) = (AtomicBool::new(false), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| while !one.load(SeqCst) {});
            while !other.load(SeqCst) {}
        });
    });
    assert!(failure.what.contains("states"), "{failure}");
    assert!(failure.help.contains("spin_loop"), "{failure}");
}

#[test]
fn threads_without_end() {
    let failure = failure(|| {
        loop {
            thread::spawn(thread::park);
        }
    });
    assert!(failure.what.contains("another task is started here, and there are 52 already"), "{failure}");
    assert_eq!(failure.line, line!() - 4);
}

#[test]
fn memory_without_end() {
    let failure = failure(|| {
        println!("before");
        core::hint::black_box(vec![1_u8; 10 << 30]);
    });
    assert!(failure.what.contains("asked for 10737418240 bytes of memory"), "{failure}");
    assert_eq!(failure.line, line!() - 4);
}

#[test]
fn a_panic_in_a_panic() {
    struct Grudge;
    impl Drop for Grudge {
        fn drop(&mut self) {
            panic!("and another thing");
        }
    }
    let failure = failure(|| {
        println!("before");
        let _grudge = Grudge;
        panic!("one thing");
    });
    assert!(failure.what.contains("panicked while it panicked"), "{failure}");
    assert_eq!((failure.line, failure.schedule.as_deref()), (line!() - 5, Some("m")));
}

#[test]
fn a_panic_that_no_destructor_lets_out() {
    struct Grudge;
    impl Drop for Grudge {
        fn drop(&mut self) {
            panic!("a grudge");
        }
    }
    thread_local! {
        static GRUDGE: Grudge = const { Grudge };
    }
    let local = failure(|| thread::spawn(|| GRUDGE.with(|_| ())).join().unwrap());
    let result = failure(|| drop(thread::spawn(|| Grudge)));
    for failure in [local, result] {
        assert!(failure.what.contains("the destructor of what is thread-local, or of a result"), "{failure}");
    }
}

#[test]
fn a_stack_without_end() {
    #[expect(unconditional_recursion, reason = "it is what is tested")]
    fn deeper(n: u64) -> u64 {
        let here = core::hint::black_box([n; 100]);
        deeper(n + 1) + here[0]
    }
    let failure = failure(|| {
        println!("before");
        deeper(0);
    });
    assert!(failure.what.contains("its stack overflowed"), "{failure}");
    assert_eq!(failure.line, line!() - 4);
}

#[test]
fn a_deadlock_in_a_destructor() {
    struct Closes<'a>(&'a Mutex<u32>);
    impl Drop for Closes<'_> {
        fn drop(&mut self) {
            *self.0.lock().unwrap() += 1;
        }
    }
    let report = std::explore(|| {
        let till = Mutex::new(0);
        let _counting = till.lock().unwrap();
        // Goes before the guard does.
        let _closes = Closes(&till);
    });
    assert_eq!(report.outcomes[0].kind, Kind::Deadlock);
    assert_eq!(report.outcomes[0].why, format!("m waits for till in line {}, held by itself", line!() - 10));
}

#[test]
fn a_leaked_guard() {
    let report = std::explore(|| {
        let till = Mutex::new(0);
        core::mem::forget(till.lock().unwrap());
        thread::scope(|scope| {
            scope.spawn(|| *till.lock().unwrap() += 1);
        });
    });
    assert_eq!(report.outcomes.len(), 1);
    let outcome = &report.outcomes[0];
    assert_eq!(outcome.kind, Kind::Deadlock);
    assert!(outcome.why.contains("a waits for till in line") && outcome.why.contains("held by m"), "{}", outcome.why);
}

#[test]
fn what_the_facade_cannot_see() {
    static HIDDEN: core::sync::atomic::AtomicU32 = core::sync::atomic::AtomicU32::new(0);
    let failure = failure(|| {
        HIDDEN.store(0, core::sync::atomic::Ordering::SeqCst);
        let (seen, other) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                seen.store(1, SeqCst);
                HIDDEN.store(1, core::sync::atomic::Ordering::SeqCst);
            });
            scope.spawn(|| {
                other.load(SeqCst);
                if HIDDEN.load(core::sync::atomic::Ordering::SeqCst) == 1 {
                    seen.store(2, SeqCst);
                }
            });
        });
    });
    assert!(failure.what.contains("not see") || failure.what.contains("not seen"), "{failure}");
}
