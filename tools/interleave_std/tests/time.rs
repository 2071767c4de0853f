//! The program's own clock, and those who wait for something to change.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::Ok as Good;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use std::{Options, hint, thread};

use common::assert_explored;

const TICK: Duration = Duration::from_millis(10);

#[test]
fn the_clock_stands_still_but_for_sleepers() {
    fn sleeps() {
        let start = Instant::now();
        thread::sleep(TICK);
        let sleeper = thread::spawn(|| thread::sleep(2 * TICK));
        println!("{:?}", start.elapsed());
        sleeper.join().unwrap();
        println!("{:?}", Instant::now() - start);
    }
    // To look and to print; to begin to sleep and to wake. Of the six orders, in one it has woken before the look.
    assert_explored(sleeps, &[(Good, "10ms\n30ms\n", 5), (Good, "30ms\n30ms\n", 1)]);
}

/// The spinner looks so many times before the store: never, or up to four times, of which three are useless. Then it waits
/// for the store, and looks again.
#[test]
fn a_spinner_looks_again_when_something_has_changed() {
    fn spins() {
        let ready = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| ready.store(true, SeqCst));
            while !ready.load(SeqCst) {
                hint::spin_loop();
            }
        });
        println!("ready");
    }
    assert_explored(spins, &[(Good, "ready\n", 5)]);
}

same! {
    instants {
        use std::time::{Duration, Instant};
        let start = Instant::now();
        let mut later = start + Duration::new(1, 5);
        let mut text = format!("{:?} {:?} ", later - start, start - later);
        later -= Duration::from_nanos(5);
        later += Duration::from_secs(1);
        text += &format!("{:?} {:?} ", later.duration_since(start), start.checked_duration_since(later));
        text += &format!("{:?} {} ", later.saturating_duration_since(start), start < later);
        text + &format!("{:?}", start.checked_add(Duration::MAX))
    }
}

#[test]
fn who_gives_up_after_three_looks_may_do_so() {
    fn tries() {
        let ready = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| ready.store(true, SeqCst));
            for _ in 0..3 {
                if ready.load(SeqCst) {
                    return print!("got it");
                }
                hint::spin_loop();
            }
            print!("gave up");
        });
    }
    // The store comes before the first, second or third load; or after all, before or after the print.
    assert_explored(tries, &[(Good, "got it", 3), (Good, "gave up", 2)]);
}

#[test]
fn a_sleep_may_begin_late() {
    fn late() {
        let sleeper = thread::spawn(|| {
            thread::park_timeout(TICK);
            thread::park();
        });
        thread::sleep(2 * TICK);
        sleeper.thread().unpark();
        sleeper.join().unwrap();
    }
    // If it begins to wait after the token is there, the token is used up, and nobody comes for the second park.
    let report = std::explore(late);
    assert_eq!(report.outcomes.iter().map(|outcome| outcome.kind).collect::<Vec<_>>(), [Good, std::Kind::Deadlock]);
}

/// The thread may be late: it looks before `main` begins to sleep, before it wakes, or after.
#[test]
fn a_thread_may_look_at_the_clock_late() {
    fn late() {
        let start = Instant::now();
        let thread = thread::spawn(move || print!("{:?}", start.elapsed()));
        thread::sleep(TICK);
        thread.join().unwrap();
    }
    // To begin and to wake; to look and to print.
    assert_explored(late, &[(Good, "0ns", 5), (Good, "10ms", 1)]);
}

/// Who is unparked, or has a message, is no longer waiting for its deadline, so that others may wake before it goes on. Where it
/// begins to wait after that, it goes on before `main` sleeps, before it wakes, or after; where it begins before, the same;
/// or it wakes by its deadline.
#[test]
fn a_wait_that_is_over_holds_no_sleeper_back() {
    fn parks() {
        let sleeper = thread::spawn(|| thread::park_timeout(TICK));
        sleeper.thread().unpark();
        thread::sleep(2 * TICK);
        sleeper.join().unwrap();
    }
    assert_explored(parks, &[(Good, "", 3 + 3 + 1)]);

    fn receives() {
        let (sender, receiver) = mpsc::channel();
        let waiter = thread::spawn(move || {
            let _ = receiver.recv_timeout(TICK);
            receiver
        });
        sender.send(()).unwrap();
        thread::sleep(2 * TICK);
        waiter.join().unwrap();
    }
    assert_explored(receives, &[(Good, "", 3 + 3 + 1)]);
}

#[test]
fn who_waits_for_the_clock_to_move_is_told_that_it_does_not() {
    fn spins() {
        let start = Instant::now();
        while start.elapsed() < TICK {
            hint::spin_loop();
        }
    }
    let failure = std::try_explore(spins, &Options::default(), std::Limits::default()).unwrap_err();
    assert!(failure.what.contains("only where a task sleeps"), "{failure}");
    assert_eq!(failure.line, line!() - 6);

    fn without_a_hint() {
        let start = Instant::now();
        while start.elapsed() < TICK {}
    }
    let failure = std::try_explore(without_a_hint, &Options::default(), std::Limits::default()).unwrap_err();
    assert_eq!(failure.line, line!() - 3);

    // Another sleeps, so that it moves.
    fn with_a_sleeper() {
        let start = Instant::now();
        thread::spawn(|| thread::sleep(TICK));
        while start.elapsed() < TICK {
            hint::spin_loop();
        }
        print!("{:?}", start.elapsed());
    }
    let report = std::explore(with_a_sleeper);
    assert_eq!((report.kinds(), report.texts()), (vec![Good], vec!["10ms"]));
}
