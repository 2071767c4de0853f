//! What waits, and what only yields.
#[macro_use]
extern crate interleave_std as std;

use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::{Kind, Options};

#[test]
fn a_wait_that_may_wake_without_cause_need_not() {
    fn nobody_unparks() {
        thread::park();
        println!("awake");
    }
    let report = std::explore_with(nobody_unparks, &Options { spurious: 1, ..Options::default() });
    assert_eq!(report.schedules, 2);
    assert_eq!(report.count(Kind::Ok, "awake\n"), 1);
    let deadlock = report.shortest_failing().unwrap();
    assert_eq!((deadlock.kind, &*deadlock.schedule), (Kind::Deadlock, "m1:3"));

    let options = Options { spurious: 1, schedule: Some("m1:3".into()), ..Options::default() };
    let rows = std::explore_with(nobody_unparks, &options).replay.unwrap();
    assert_eq!(rows[0].text, "park: nobody wakes");
}

/// Two steps of the thread, one of main before it prints, in any order.
#[test]
fn who_yields_twice_without_a_look_does_not_spin() {
    fn yields() {
        let x = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                for _ in 0..2 {
                    thread::yield_now();
                }
                x.store(1, SeqCst);
            });
            println!("{}", x.load(SeqCst));
        });
    }
    let report = std::explore(yields);
    assert_eq!(report.count(Kind::Ok, "1\n"), 1);
    assert_eq!(report.count(Kind::Ok, "0\n"), 4 + 3 + 2);
}

#[test]
fn who_yields_for_ever_is_found_out() {
    fn for_ever() {
        loop {
            thread::yield_now();
        }
    }
    // A run takes all the steps that a task may make.
    let report = std::explore_with(for_ever, &Options { random_runs: 10, ..Options::default() });
    assert_eq!(report.outcomes[0].kind, Kind::Bound);
    assert!(report.states < 2_100);
}

/// One `unpark` ends one `park`, however many came before it.
#[test]
fn a_token_is_used_up() {
    fn twice() {
        let me = thread::current();
        me.unpark();
        me.unpark();
        thread::park();
        print!("once");
        thread::park();
    }
    let report = std::explore(twice);
    assert_eq!(report.schedules, 1);
    assert_eq!(report.count(Kind::Deadlock, "once"), 1);
}

/// Of two that are asleep, who is due first wakes first. To begin to sleep is a step too, so four of the six orders are left.
#[test]
fn who_is_due_first_wakes_first() {
    fn sleepers() {
        thread::scope(|scope| {
            for seconds in [2, 1] {
                scope.spawn(move || thread::sleep(::std::time::Duration::from_secs(seconds)));
            }
        });
    }
    assert_eq!(std::explore(sleepers).schedules, 4);
}

/// Who spins goes on at the change that it waits for, not only when nobody else can move.
#[test]
fn who_spins_looks_again_after_a_change() {
    fn spins() {
        let (flag, x) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                flag.store(1, SeqCst);
                x.store(1, SeqCst);
            });
            while flag.load(SeqCst) == 0 {
                ::std::hint::spin_loop();
            }
            print!("{}", x.load(SeqCst));
        });
    }
    // `m` looks twice and has to wait, `a` sets the flag; `m` looks again, and at x, before `a` goes on.
    let options = Options { most_turns: 0, schedule: Some("m2am3a".into()), ..Options::default() };
    let rows = std::explore_with(spins, &options).replay.unwrap();
    assert_eq!(rows.last().unwrap().output, "0");
}
