//! Locks and what else tasks meet at: every outcome of small programs, with counts worked out by hand.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use common::assert_explored;
use std::Kind::{Deadlock, Ok as Fine};
use std::sync::{Condvar, Mutex};
use std::thread;

fn set_and_notify(notify: fn(&Condvar)) {
    let (ready, bell) = (Mutex::new(false), Condvar::new());
    thread::scope(|scope| {
        scope.spawn(|| {
            *ready.lock().unwrap() = true;
            notify(&bell);
        });
        let mut guard = ready.lock().unwrap();
        while !*guard {
            guard = bell.wait(guard).unwrap();
        }
    });
}

#[test]
fn a_wait_in_a_loop_misses_nothing() {
    // The other: lock, unlock, notify. Main first: lock, wait, then the three, then lock again and unlock: 1. The other first:
    // after its lock and unlock, main's lock and unlock (2) in any mix with the notification (1): 3.
    assert_explored(|| set_and_notify(Condvar::notify_one), &[(Fine, "", 4)]);
    assert_explored(|| set_and_notify(Condvar::notify_all), &[(Fine, "", 4)]);
}

#[test]
fn a_notification_that_nobody_waits_for_is_lost() {
    fn main() {
        let (lock, bell) = (Mutex::new(()), Condvar::new());
        thread::scope(|scope| {
            scope.spawn(|| bell.notify_one());
            let guard = lock.lock().unwrap();
            drop(bell.wait(guard).unwrap());
        });
    }
    // The notification before the lock, before the wait, or after it.
    let report = assert_explored(main, &[(Fine, "", 1), (Deadlock, "", 2)]);
    let line = line!() - 5;
    assert_eq!(report.shortest_failing().unwrap().why, format!("m waits for bell in line {line}"));
}

same! {
    condvar {
        use std::sync::{Condvar, Mutex};
        use core::time::Duration;
        let (lock, bell) = (Mutex::new(1), Condvar::new());
        let guard = bell.wait_while(lock.lock().unwrap(), |n| *n == 0).unwrap();
        let (guard, late) = bell.wait_timeout(guard, Duration::from_millis(1)).unwrap();
        let mut text = format!("{bell:?} {late:?} {}", *guard);
        let (guard, late) = bell.wait_timeout_while(guard, Duration::from_millis(1), |n| { *n += 1; *n < 3 }).unwrap();
        text += &format!("{} {}", late.timed_out(), *guard);
        let (guard, late) = bell.wait_timeout_while(guard, Duration::from_millis(1), |n| *n == 3).unwrap();
        text + &format!("{} {}", late.timed_out(), *guard)
    }
}
