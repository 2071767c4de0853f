//! What a state must keep, and what it must not: programs whose future depends on one thing alone.
#[macro_use]
extern crate interleave_std as std;

use std::sync::atomic::{AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::mpsc;
use std::sync::{Condvar, Mutex, RwLock};
use std::thread;
use std::{Count, Kind, Options, Report};

/// The outcomes: how, what is printed, on how many schedules.
fn outcomes(report: &Report) -> Vec<(Kind, &str, String)> {
    let mut all: Vec<_> =
        report.outcomes.iter().map(|outcome| (outcome.kind, &*outcome.text, outcome.count.to_string())).collect();
    all.sort();
    all
}

fn either(report: &Report, half: &str) {
    assert_eq!(outcomes(report), [(Kind::Ok, "1", half.into()), (Kind::Ok, "2", half.into())]);
}

/// Two threads that are over, of which nothing is left but what they left.
fn both(work: impl Fn(u32) + Sync) {
    thread::scope(|scope| {
        for name in 1..3 {
            let work = &work;
            scope.spawn(move || work(name));
        }
    });
}

#[test]
fn what_a_mutex_holds() {
    either(
        &std::explore(|| {
            let last = Mutex::new(0);
            both(|name| *last.lock().unwrap() = name);
            print!("{}", last.lock().unwrap());
        }),
        "1",
    );
}

#[test]
fn what_a_lock_for_readers_holds() {
    either(
        &std::explore(|| {
            let last = RwLock::new(0);
            both(|name| *last.write().unwrap() = name);
            print!("{}", last.read().unwrap());
        }),
        "1",
    );
}

#[test]
fn what_an_atomic_holds() {
    either(
        &std::explore(|| {
            let last = AtomicU32::new(0);
            both(|name| last.store(name, SeqCst));
            print!("{}", last.load(SeqCst));
        }),
        "1",
    );
}

#[test]
fn what_lies_in_a_channel() {
    either(
        &std::explore(|| {
            let (sender, receiver) = mpsc::channel();
            let sender = Mutex::new(sender);
            both(|name| {
                let sender = sender.lock().unwrap().clone();
                sender.send(name).unwrap();
            });
            print!("{}", receiver.recv().unwrap());
        }),
        // Each locks, unlocks and sends: whose turn with the lock comes first may send before it, within it or after it.
        "4",
    );
}

#[test]
fn whether_a_lock_is_poisoned() {
    let report = std::explore(|| {
        let (lock, first) = (Mutex::new(()), AtomicU32::new(0));
        let panics = thread::scope(|scope| {
            let one = scope.spawn(|| {
                let _held = lock.lock();
                assert!(first.swap(1, SeqCst) == 1, "came first");
            });
            first.swap(1, SeqCst);
            one.join().is_err()
        });
        print!("{panics} {}", lock.is_poisoned());
    });
    // The thread takes three steps, main one: before the second of them, or after.
    assert_eq!(outcomes(&report), [(Kind::Ok, "false false", "2".into()), (Kind::Ok, "true true", "2".into())]);
}

/// What a thread returns is kept from its end to its join.
#[test]
fn what_a_thread_has_returned() {
    let report = std::explore(|| {
        let x = AtomicU32::new(0);
        thread::scope(|scope| {
            let one = scope.spawn(|| x.load(SeqCst));
            x.store(1, SeqCst);
            x.store(0, SeqCst);
            x.store(0, SeqCst);
            print!("{}", one.join().unwrap());
        });
    });
    assert_eq!(outcomes(&report), [(Kind::Ok, "0", "3".into()), (Kind::Ok, "1", "1".into())]);
}

/// `notify_one` wakes any of those who wait; the other waits for ever.
#[test]
fn who_is_notified_is_a_choice() {
    let report = std::explore(|| {
        let (full, filled) = (Mutex::new(0), Condvar::new());
        thread::scope(|scope| {
            for name in 1..3 {
                let (full, filled) = (&full, &filled);
                scope.spawn(move || {
                    let mut held = full.lock().unwrap();
                    *held += 1;
                    drop(filled.wait(held).unwrap());
                    print!("{name}");
                });
            }
            loop {
                // Both wait: else main does nothing.
                if *full.lock().unwrap() == 2 {
                    break filled.notify_one();
                }
                thread::yield_now();
            }
        });
    });
    // What the one that waits has left in the lock makes no other outcome.
    assert_eq!(report.outcomes.len(), 2);
    let [first, second] = ["1", "2"].map(|text| report.count(Kind::Deadlock, text));
    assert_eq!(first, second, "the two are alike");
    assert_eq!(Count(first.0 + second.0), report.schedules);
}

/// Stores that nobody can read any more are forgotten: in whatever order they came, what follows is the same.
#[test]
fn stores_that_are_over_are_forgotten() {
    fn overwrites(times: u32) {
        let x = AtomicU32::new(0);
        for _ in 0..times {
            both(|name| x.store(name, Relaxed));
            x.store(0, Relaxed);
        }
    }
    let states = |times| {
        let program = move || overwrites(times);
        let options = Options { weak: true, ..Options::default() };
        std::try_explore(program, &options, std::Limits::default()).unwrap().states
    };
    // Each time adds as many.
    assert_eq!(states(3) - states(2), states(2) - states(1));
}

#[test]
fn what_has_been_printed_and_in_which_order() {
    let report = std::explore(|| both(|name| println!("{name}")));
    assert_eq!(outcomes(&report), [(Kind::Ok, "1\n2\n", "1".into()), (Kind::Ok, "2\n1\n", "1".into())]);
}
