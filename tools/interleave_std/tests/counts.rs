//! A few counts that can be worked out by hand.
#[macro_use]
extern crate interleave_std as std;

use std::Kind;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use std::thread;

fn lost_update() {
    let ledger = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let read = ledger.load(SeqCst);
                ledger.store(read + 1, SeqCst);
            });
        }
    });
    println!("{}", ledger.load(SeqCst));
}

fn philosophers() {
    let forks: [_; 5] = core::array::from_fn(|_| Mutex::new(()));
    thread::scope(|scope| {
        for seat in 0..5 {
            let (left, right) = (&forks[seat], &forks[(seat + 1) % 5]);
            scope.spawn(|| {
                let _left = left.lock().unwrap();
                let _right = right.lock().unwrap();
            });
        }
    });
}

#[test]
fn two_clerks_lose_an_update_on_four_of_six_schedules() {
    let report = std::explore(lost_update);
    assert_eq!(report.schedules, 6);
    assert_eq!(report.count(Kind::Ok, "1\n"), 4);
    assert_eq!(report.count(Kind::Ok, "2\n"), 2);
}

#[test]
fn five_philosophers_starve_on_120_schedules() {
    let report = std::explore(philosophers);
    assert_eq!(report.failing, 120);
    assert_eq!(report.shortest_failing().unwrap().schedule, "abcde");
}

#[test]
fn who_spins_sees_a_store_in_the_end() {
    fn main() {
        let ready = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| ready.store(true, Relaxed));
            while !ready.load(Relaxed) {
                thread::yield_now();
            }
        });
    }
    for weak in [false, true] {
        let report = std::explore_with(main, &std::Options { weak, ..Default::default() });
        assert_eq!(report.outcomes.len(), 1, "{:?}", report.outcomes);
        assert_eq!(report.outcomes[0].kind, Kind::Ok);
    }
}
