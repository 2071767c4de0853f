//! The program's own clock, and those who wait for something to change.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use std::Kind::Ok as Good;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};
use std::{hint, thread};

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
    // The first is printed before the other begins to sleep, before it wakes, or after: it was read before in each case.
    assert_explored(sleeps, &[(Good, "10ms\n30ms\n", 3)]);
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
