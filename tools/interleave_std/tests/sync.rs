//! Locks and what else tasks meet at: every outcome of small programs, with counts worked out by hand.
//!
//! A lock's `lock` and the end of its guard are steps; what a guard encloses is a block that the other tasks of that lock
//! cannot enter. Joins, and a look at what is initialized already, are none.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

use common::assert_explored;
use core::time::Duration;
use std::Kind::{Deadlock, Ok as Fine};
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::mpsc::{channel, sync_channel};
use std::sync::{Barrier, Condvar, LazyLock, Mutex, Once, OnceLock, RwLock, RwLockWriteGuard};
use std::{Options, thread};

mod condition_variables {
    use super::*;

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
        // The other: lock, unlock, notify. Main first: lock, wait, then the three, then lock again and unlock: 1. The other
        // first: after its lock and unlock, main's lock and unlock (2) in any mix with the notification (1): 3.
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

    #[test]
    fn a_notification_wakes_any_one_of_those_who_wait() {
        fn main() {
            let (lock, bell) = (Mutex::new(()), Condvar::new());
            thread::scope(|scope| {
                for name in ["a", "b"] {
                    let (lock, bell) = (&lock, &bell);
                    scope.spawn(move || {
                        let _guard = bell.wait(lock.lock().unwrap()).unwrap();
                        print!("{name}");
                    });
                }
                bell.notify_one();
            });
        }
        // Let a be the first to lock and wait. The notification before that: nobody wakes (2 schedules). Between a's wait and
        // b's lock: a wakes, its lock, print and unlock before or after b's lock and wait (2). Between these two: the same,
        // after b's wait (1). After all: either (1 and 1). And the same with b the first.
        assert_explored(main, &[(Deadlock, "", 4), (Deadlock, "a", 5), (Deadlock, "b", 5)]);
    }

    #[test]
    fn a_wait_with_a_deadline_ends_in_either_way() {
        fn main() {
            let (ready, bell) = (Mutex::new(false), Condvar::new());
            thread::scope(|scope| {
                scope.spawn(|| {
                    *ready.lock().unwrap() = true;
                    bell.notify_one();
                });
                let guard = ready.lock().unwrap();
                let (guard, late) = bell.wait_timeout_while(guard, Duration::from_secs(1), |ready| !*ready).unwrap();
                drop(guard);
                print!("{}", if late.timed_out() { "late" } else { "ready" });
            });
        }
        // The other's lock, unlock (L U) and notification (N). Main's lock after L U: unlock and print in any mix with N: 4.
        // Main's lock and wait before: then the time may be over before L, before U or before N, and main's lock, unlock and
        // print follow L U in any mix with N (4 each); or not at all (1). If it is over before L, main may also come to the
        // lock first; then its print follows in any mix with L U N: 4, and only then it is late.
        assert_explored(main, &[(Fine, "ready", 17), (Fine, "late", 4)]);
    }

    fn bounded_buffer(recheck: bool) {
        let (buffer, changed) = (Mutex::new(Vec::new()), Condvar::new());
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    let mut guard = buffer.lock().unwrap();
                    if recheck {
                        guard = changed.wait_while(guard, |buffer| buffer.is_empty()).unwrap();
                    } else if guard.is_empty() {
                        guard = changed.wait(guard).unwrap();
                    }
                    guard.pop().expect("something is there");
                });
            }
            for n in 0..2 {
                buffer.lock().unwrap().push(n);
                changed.notify_all();
            }
        });
    }

    #[test]
    fn whoever_waits_must_look_again() {
        let report = std::explore(|| bounded_buffer(false));
        assert!(report.enumerated);
        // The second of two that wait finds nothing, and its panic poisons the lock.
        assert_eq!(report.shortest_failing().unwrap().kind, std::Kind::Panic);

        let report = std::explore(|| bounded_buffer(true));
        assert!(report.enumerated);
        assert_eq!(report.failing, 0);
    }

    #[test]
    fn a_wait_may_end_without_cause() {
        fn main() {
            let (lock, bell) = (Mutex::new(()), Condvar::new());
            drop(bell.wait(lock.lock().unwrap()).unwrap());
        }
        let report = std::explore_with(main, &Options { spurious: 1, ..Options::default() });
        assert_eq!(report.count(Fine, ""), 1);
        assert_eq!(report.count(Deadlock, ""), 1);
        assert_explored(main, &[(Deadlock, "", 1)]);
    }

    same! {
        condvar {
            use core::time::Duration;
            use std::sync::{Condvar, Mutex};
            let (lock, bell) = (Mutex::new(1), Condvar::new());
            let guard = bell.wait_while(lock.lock().unwrap(), |n| *n == 0).unwrap();
            let (guard, late) = bell.wait_timeout(guard, Duration::from_millis(1)).unwrap();
            let mut text = format!("{bell:?} {late:?} {}", *guard);
            let next = |n: &mut u8| { *n += 1; *n < 3 };
            let (guard, late) = bell.wait_timeout_while(guard, Duration::from_millis(1), next).unwrap();
            text += &format!("{} {}", late.timed_out(), *guard);
            let (guard, late) = bell.wait_timeout_while(guard, Duration::from_millis(1), |n| *n == 3).unwrap();
            text + &format!("{} {}", late.timed_out(), *guard)
        }

        poisoned_while_waiting {
            use std::sync::{Condvar, Mutex};
            use std::thread;
            let (lock, bell) = (Mutex::new(false), Condvar::new());
            thread::scope(|scope| {
                let guard = lock.lock().unwrap();
                let other = scope.spawn(|| {
                    let mut ready = lock.lock().unwrap();
                    *ready = true;
                    bell.notify_all();
                    panic!("on purpose");
                });
                let result = bell.wait_while(guard, |ready| !*ready);
                let first = result.is_ok();
                drop(result);
                let failed = other.join().is_err();
                format!("{first} {failed} {lock:?} {}", bell.wait_while(lock.lock().unwrap_err().into_inner(), |_| false).is_ok())
            })
        }
    }
}

mod mutexes {
    same! {
        mutex {
            use std::sync::Mutex;
            use std::thread;
            let mut data = Mutex::new(1);
            let mut text = format!("{data:?}");
            let guard = data.lock().unwrap();
            text += &format!("{data:?} {guard:?} {guard} {:?}", data.try_lock().map(|_| ()));
            drop(guard);
            let panics = || {
                *data.lock().unwrap() += 1;
                let _guard = data.lock().unwrap();
                panic!("on purpose");
            };
            let fails = thread::scope(|scope| scope.spawn(panics).join().is_err());
            text += &format!("{fails} {} {data:?}", data.is_poisoned());
            text += &format!("{:?} {:?}", data.lock().map(|_| ()), data.try_lock().map(|_| ()));
            text += &format!("{:?}", data.lock().map_err(|error| *error.into_inner()).map(|guard| *guard));
            text += &format!("{:?}", data.get_mut());
            data.clear_poison();
            *data.get_mut().unwrap() = 7;
            text += &format!("{data:?} {:?} {:?}", Mutex::<u8>::default(), Mutex::from(2));
            text + &format!("{:?}", data.into_inner())
        }
    }
}

mod readers_and_writers {
    use super::*;

    #[test]
    fn readers_share_and_a_writer_does_not() {
        fn main() {
            let data = RwLock::new(0);
            let (one, two) = thread::scope(|scope| {
                let readers = [0; 2].map(|_| scope.spawn(|| *data.read().unwrap()));
                scope.spawn(|| *data.write().unwrap() = 1);
                let [one, two] = readers.map(|reader| reader.join().unwrap());
                (one, two)
            });
            print!("{one}{two}");
        }
        // The writer's two steps are a block that comes where no reader is inside. Readers one after the other (2 orders): before,
        // between, after. Readers that overlap (4 orders): before, after.
        assert_explored(main, &[(Fine, "00", 6), (Fine, "11", 6), (Fine, "01", 1), (Fine, "10", 1)]);
    }

    #[test]
    fn a_writer_becomes_a_reader_without_letting_go() {
        fn main() {
            let data = RwLock::new(0);
            let seen = thread::scope(|scope| {
                let reader = scope.spawn(|| *data.read().unwrap());
                let mut guard = data.write().unwrap();
                *guard = 1;
                let guard = RwLockWriteGuard::downgrade(guard);
                assert_eq!(*guard, 1);
                drop(guard);
                reader.join().unwrap()
            });
            print!("{seen}");
        }
        // The reader is in and out before the write; or after the downgrade, in any mix with the end of the guard.
        assert_explored(main, &[(Fine, "0", 1), (Fine, "1", 3)]);
    }

    #[test]
    fn a_writer_can_try() {
        fn main() {
            let data = RwLock::new(());
            thread::scope(|scope| {
                scope.spawn(|| drop(data.read().unwrap()));
                let got = data.try_write().is_ok();
                print!("{}", if got { "got it" } else { "busy" });
            });
        }
        // The try before the read: its end, then the print in any mix with read and end (3). In between: the print in either
        // order with the end of the read (2). After: 1.
        assert_explored(main, &[(Fine, "got it", 4), (Fine, "busy", 2)]);
    }

    #[test]
    fn a_deadlock_says_who_holds_what() {
        fn main() {
            let (left, right) = (RwLock::new(()), RwLock::new(()));
            thread::scope(|scope| {
                scope.spawn(|| {
                    let _left = left.read().unwrap();
                    let _right = right.write().unwrap();
                });
                let _right = right.read().unwrap();
                let _left = left.write().unwrap();
            });
        }
        let line = line!() - 3;
        // Both have read, in either order.
        let report = std::explore(main);
        let worst = report.shortest_failing().unwrap();
        assert_eq!(worst.count, 2);
        assert_eq!(
            worst.why,
            format!("m waits for left in line {line}, held by a; a waits for right in line {}, held by m", line - 3)
        );
    }

    #[test]
    fn a_reader_that_writes_waits_for_itself() {
        fn main() {
            let data = RwLock::new(());
            let _reader = data.read().unwrap();
            let _writer = data.write().unwrap();
        }
        let report = assert_explored(main, &[(Deadlock, "", 1)]);
        let line = line!() - 3;
        assert_eq!(report.outcomes[0].why, format!("m waits for data in line {line}, held by itself"));
    }

    same! {
        rwlock {
            use std::sync::{RwLock, RwLockWriteGuard};
            use std::thread;
            let mut data = RwLock::new(1);
            let reads = (data.read().unwrap(), data.try_read().unwrap());
            let mut text = format!("{data:?} {reads:?} {} {:?}", *reads.0, data.try_write().is_err());
            drop(reads);
            let write = data.write().unwrap();
            text += &format!("{data:?} {write:?} {write} {:?}", data.try_read().map(|_| ()));
            let read = RwLockWriteGuard::downgrade(write);
            text += &format!("{read} {:?}", data.try_write().map(|_| ()));
            drop(read);
            let fails = |write: bool| thread::scope(|scope| {
                let panics = || {
                    if write {
                        *data.write().unwrap() += 1;
                        let _guard = data.write().unwrap();
                        panic!("on purpose");
                    }
                    let _guard = data.read().unwrap();
                    panic!("on purpose");
                };
                scope.spawn(panics).join().is_err()
            });
            text += &format!("{} {}", fails(false), data.is_poisoned());
            text += &format!("{} {} {data:?}", fails(true), data.is_poisoned());
            text += &format!("{:?} {:?} {:?}", data.read(), data.try_read(), data.try_write());
            text += &format!("{:?}", data.write().map_err(|error| *error.into_inner()).map(|guard| *guard));
            text += &format!("{:?}", data.get_mut());
            data.clear_poison();
            *data.get_mut().unwrap() = 7;
            text + &format!("{data:?} {:?} {:?}", RwLock::<u8>::default(), RwLock::from(2)) + &format!("{:?}", data.into_inner())
        }
    }
}

mod barriers {
    use super::*;

    #[test]
    fn nobody_passes_before_all_are_there() {
        fn main() {
            let barrier = Barrier::new(2);
            thread::scope(|scope| {
                for _ in 0..2 {
                    scope.spawn(|| {
                        print!("x");
                        barrier.wait();
                        print!("y");
                    });
                }
            });
        }
        // Print and arrival of each in any mix: 6. Then the prints in either order.
        assert_explored(main, &[(Fine, "xxyy", 12)]);
    }

    #[test]
    fn the_last_to_arrive_leads() {
        fn main() {
            let barrier = Barrier::new(3);
            thread::scope(|scope| {
                for name in ["a", "b", "c"] {
                    let barrier = &barrier;
                    scope.spawn(move || {
                        if barrier.wait().is_leader() {
                            print!("{name}");
                        }
                    });
                }
            });
        }
        assert_explored(main, &[(Fine, "a", 2), (Fine, "b", 2), (Fine, "c", 2)]);
    }

    #[test]
    fn it_can_be_used_again() {
        fn main() {
            static BARRIER: Barrier = Barrier::new(2);
            let rounds = || (0..2).filter(|_| BARRIER.wait().is_leader()).count();
            let other = thread::spawn(rounds);
            print!("{}", rounds());
            other.join().unwrap();
        }
        // Either one leads in each of two rounds.
        assert_explored(main, &[(Fine, "0", 1), (Fine, "1", 2), (Fine, "2", 1)]);
    }

    #[test]
    fn one_that_waits_for_too_many_is_stuck() {
        fn main() {
            let gate = Barrier::new(2);
            gate.wait();
        }
        let report = assert_explored(main, &[(Deadlock, "", 1)]);
        let line = line!() - 3;
        assert_eq!(report.outcomes[0].why, format!("m waits for gate in line {line}"));
    }

    same! {
        barrier {
            use std::sync::Barrier;
            let (none, one) = (Barrier::new(0), Barrier::new(1));
            format!("{none:?} {:?} {:?} {}", none.wait(), one.wait(), one.wait().is_leader())
        }
    }
}

mod initialized_once {
    use super::*;

    #[test]
    fn of_three_callers_one_initializes() {
        fn main() {
            static ONCE: Once = Once::new();
            let callers = [0; 3].map(|_| thread::spawn(|| ONCE.call_once(|| print!("x"))));
            callers.into_iter().for_each(|caller| caller.join().unwrap());
        }
        // Begin, print, end of whichever is first; the others then find it done.
        assert_explored(main, &[(Fine, "x", 3)]);
    }

    #[test]
    fn nobody_sees_half_of_it() {
        fn main() {
            let once = Once::new();
            thread::scope(|scope| {
                scope.spawn(|| once.call_once(|| ()));
                print!("{}", once.is_completed());
            });
        }
        // The look before the beginning, and then the print in any mix with beginning and end (3); in between, and then the
        // print in either order with the end (2); after both it is no step.
        assert_explored(main, &[(Fine, "false", 5), (Fine, "true", 1)]);
    }

    #[test]
    fn one_can_wait_for_it() {
        fn main() {
            let once = Once::new();
            thread::scope(|scope| {
                scope.spawn(|| once.call_once(|| print!("made ")));
                once.wait();
                print!("seen");
            });
        }
        assert_explored(main, &[(Fine, "made seen", 1)]);
    }

    #[test]
    fn an_initialization_that_initializes_itself_is_stuck() {
        fn main() {
            let cell = OnceLock::new();
            cell.get_or_init(|| *cell.get_or_init(|| 1));
        }
        let report = assert_explored(main, &[(Deadlock, "", 1)]);
        let line = line!() - 3;
        assert_eq!(report.outcomes[0].why, format!("m waits for cell in line {line}, held by itself"));
    }

    #[test]
    fn the_first_to_set_it_wins() {
        fn main() {
            static WINNER: OnceLock<&str> = OnceLock::new();
            let setters = ["a", "b"].map(|name| thread::spawn(move || WINNER.set(name)));
            let [a, b] = setters.map(|setter| setter.join().unwrap());
            print!("{a:?} {b:?} {WINNER:?}");
        }
        // The second set finds it done.
        let (a, b) = (r#"Ok(()) Err("b") OnceLock("a")"#, r#"Err("a") Ok(()) OnceLock("b")"#);
        assert_explored(main, &[(Fine, a, 1), (Fine, b, 1)]);
    }

    #[test]
    fn all_get_what_one_has_made() {
        fn main() {
            let cell = OnceLock::new();
            let all = thread::scope(|scope| {
                let makers = [1, 2].map(|n| {
                    scope.spawn({
                        let cell = &cell;
                        move || *cell.get_or_init(|| n)
                    })
                });
                let waits = scope.spawn(|| *cell.wait());
                let [a, b] = makers.map(|maker| maker.join().unwrap());
                [a, b, waits.join().unwrap()]
            });
            print!("{all:?}");
        }
        // Beginning and end of the first; all else is no step.
        assert_explored(main, &[(Fine, "[1, 1, 1]", 1), (Fine, "[2, 2, 2]", 1)]);
    }

    #[test]
    fn a_lazy_static_is_made_once_on_each_schedule() {
        fn main() {
            static LIST: LazyLock<Vec<u32>> = LazyLock::new(|| {
                print!("made ");
                vec![1, 2]
            });
            let users = [0; 2].map(|_| thread::spawn(|| LIST.len()));
            let [one, other] = users.map(|user| user.join().unwrap());
            print!("{one}{other}");
        }
        assert_explored(main, &[(Fine, "made 22", 2)]);
    }

    #[test]
    fn what_is_changed_alone_is_seen_by_all() {
        fn main() {
            let mut cell = OnceLock::from(1);
            let count = AtomicU32::new(0);
            thread::scope(|scope| {
                scope.spawn(|| count.fetch_add(1, Ordering::SeqCst));
                *cell.get_mut().unwrap() += count.load(Ordering::SeqCst);
            });
            thread::scope(|scope| {
                scope.spawn(|| print!("{}", cell.get().unwrap()));
            });
            let taken = cell.take();
            assert!(cell.set(7).is_ok());
            print!(" {taken:?} {:?}", cell.into_inner());
        }
        assert_explored(main, &[(Fine, "1 Some(1) Some(7)", 1), (Fine, "2 Some(2) Some(7)", 1)]);
    }

    same! {
        once {
            use std::sync::Once;
            use std::thread;
            static ONCE: Once = Once::new();
            let message = |run: fn()| {
                let error = thread::spawn(run).join().unwrap_err();
                let text = error.downcast_ref::<String>().cloned();
                text.or_else(|| error.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            };
            let mut text = format!("{ONCE:?} {}", ONCE.is_completed());
            text += &format!("{:?}", message(|| ONCE.call_once(|| panic!("on purpose"))));
            text += &format!("{:?}", message(|| ONCE.call_once(|| ())));
            text += &format!("{:?} {}", message(|| ONCE.wait()), ONCE.is_completed());
            ONCE.call_once_force(|state| text += &format!("{state:?} {}", state.is_poisoned()));
            ONCE.call_once_force(|_| text += "again");
            ONCE.call_once(|| text += "again");
            ONCE.wait();
            ONCE.wait_force();
            text + &format!("{}", ONCE.is_completed())
        }

        once_lock {
            use std::sync::OnceLock;
            use std::thread;
            let mut cell = OnceLock::new();
            let mut text = format!("{cell:?} {:?} {:?} {}", cell.get(), cell.clone(), cell == OnceLock::new());
            let fails = thread::scope(|scope| scope.spawn(|| { cell.get_or_init(|| panic!("on purpose")); }).join().is_err());
            text += &format!("{fails} {cell:?} {:?}", cell.get());
            text += &format!("{:?} {:?} {}", cell.set(1), cell.set(2), cell.get_or_init(|| 3));
            text += &format!("{cell:?} {:?} {} {}", cell.clone(), cell == OnceLock::from(1), cell.wait());
            *cell.get_mut().unwrap() += 1;
            text += &format!("{:?} {:?} {:?}", cell.take(), cell.take(), cell.get_mut());
            text += &format!("{} {cell:?}", cell.get_or_init(|| 4));
            text + &format!("{:?} {:?} {:?}", OnceLock::<u8>::default(), OnceLock::<u8>::new().into_inner(), cell.into_inner())
        }

        lazy_lock {
            use std::sync::LazyLock;
            use std::thread;
            static LAZY: LazyLock<String> = LazyLock::new(|| "once".to_owned());
            static FAILS: LazyLock<u8> = LazyLock::new(|| panic!("on purpose"));
            let mut text = format!("{LAZY:?} {:?} {} {:?} {LAZY:?}", LazyLock::get(&LAZY), LAZY.len(), LazyLock::get(&LAZY));
            let message = || {
                let error = thread::spawn(|| *FAILS).join().unwrap_err();
                let text = error.downcast_ref::<String>().cloned();
                text.or_else(|| error.downcast_ref::<&str>().map(|text| (*text).to_owned()))
            };
            text += &format!("{:?} {FAILS:?} {:?}", message(), message());
            let mut here = LazyLock::new(|| 3);
            text += &format!("{:?}", LazyLock::get_mut(&mut here));
            *LazyLock::force_mut(&mut here) += 1;
            *here += 1;
            text += &format!("{here:?} {:?} {:?}", LazyLock::<u8>::default(), LazyLock::get_mut(&mut LazyLock::<u8>::default()));
            let mut never = LazyLock::<u8, _>::new(|| panic!("on purpose"));
            let fails = thread::scope(|scope| scope.spawn(|| *never).join().is_err());
            text + &format!("{fails} {:?}", LazyLock::get_mut(&mut never))
        }
    }
}

mod statics {
    use super::*;

    #[test]
    fn they_start_anew_on_each_schedule() {
        fn main() {
            static LOG: Mutex<Vec<u32>> = Mutex::new(Vec::new());
            static LAST: RwLock<Option<u32>> = RwLock::new(None);
            let threads = [1, 2].map(|n| {
                thread::spawn(move || {
                    LOG.lock().unwrap().push(n);
                    *LAST.write().unwrap() = Some(n);
                })
            });
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            print!("{:?} {:?}", LOG.lock().unwrap(), LAST.read().unwrap());
        }
        // Each thread has a block of the one lock (L l) and then one of the other (W w). Let 1 be the first to log: L1 l1. Then
        // W1 w1 in any mix with L2 l2 (6), and W2 w2; or L2 l2 W2 w2, and W1 w1 (1).
        let (same, crossed) = ("[1, 2] Some(2)", "[1, 2] Some(1)");
        let (other, other_crossed) = ("[2, 1] Some(1)", "[2, 1] Some(2)");
        assert_explored(main, &[(Fine, same, 6), (Fine, crossed, 1), (Fine, other, 6), (Fine, other_crossed, 1)]);
    }

    #[test]
    fn what_protects_nothing_can_be_one() {
        fn main() {
            static READY: (Mutex<bool>, Condvar) = (Mutex::new(false), Condvar::new());
            let other = thread::spawn(|| {
                *READY.0.lock().unwrap() = true;
                READY.1.notify_one();
            });
            drop(READY.1.wait_while(READY.0.lock().unwrap(), |ready| !*ready).unwrap());
            other.join().unwrap();
        }
        // As `a_wait_in_a_loop_misses_nothing`.
        assert_explored(main, &[(Fine, "", 4)]);
    }
}

mod ends {
    use super::*;

    /// Says so when it is dropped.
    struct Loud(&'static str);

    impl Drop for Loud {
        fn drop(&mut self) {
            print!("{}", self.0);
        }
    }

    #[test]
    fn what_others_left_in_a_lock_ends_with_it() {
        fn main() {
            let slot = Mutex::new(None);
            let state = RwLock::new(None);
            thread::scope(|scope| {
                for name in ["a", "b"] {
                    let (slot, state) = (&slot, &state);
                    scope.spawn(move || {
                        let before = slot.lock().unwrap().replace(Loud(name));
                        core::mem::forget(before);
                    });
                    scope.spawn(move || core::mem::forget(state.write().unwrap().replace(Loud(name))));
                }
            });
            drop(slot);
            print!(" ");
        }
        // Of each lock two blocks in either order, which says what is in it last; the 4 steps of one in any mix with the 4 of
        // the other: 70.
        let each = [("a a", 70), ("a b", 70), ("b a", 70), ("b b", 70)];
        assert_explored(main, &each.map(|(text, count)| (Fine, text, count)));
    }

    #[test]
    fn what_another_initialized_ends_with_it() {
        fn main() {
            let cell = OnceLock::new();
            thread::scope(|scope| {
                for name in ["a", "b"] {
                    let cell = &cell;
                    scope.spawn(move || {
                        if let Err(late) = cell.set(Loud(name)) {
                            core::mem::forget(late);
                        }
                    });
                }
            });
        }
        assert_explored(main, &[(Fine, "a", 1), (Fine, "b", 1)]);
    }
}

mod pointers {
    use super::*;
    use core::ptr;

    struct Node {
        value: u32,
        next: *mut Node,
    }

    fn push(head: &AtomicPtr<Node>, value: u32) {
        let node = Box::into_raw(Box::new(Node { value, next: ptr::null_mut() }));
        let mut next = head.load(Ordering::Acquire);
        loop {
            // SAFETY: the node is not shared before the exchange.
            unsafe { (*node).next = next };
            match head.compare_exchange(next, node, Ordering::Release, Ordering::Acquire) {
                Ok(_) => return,
                Err(now) => next = now,
            }
        }
    }

    fn pop(head: &AtomicPtr<Node>) -> Option<u32> {
        let node = head.load(Ordering::Acquire);
        if node.is_null() {
            return None;
        }
        // SAFETY: made by `push`, and nobody else pops.
        let node = unsafe { Box::from_raw(node) };
        head.store(node.next, Ordering::Release);
        Some(node.value)
    }

    #[test]
    fn a_stack_keeps_what_is_pushed() {
        fn main() {
            static HEAD: AtomicPtr<Node> = AtomicPtr::new(ptr::null_mut());
            let threads = [1, 2].map(|n| thread::spawn(move || push(&HEAD, n)));
            threads.into_iter().for_each(|thread| thread.join().unwrap());
            let all: Vec<u32> = core::iter::from_fn(|| pop(&HEAD)).collect();
            print!("{all:?}");
        }
        // Load and exchange of one before those of the other: 1 each. Both loads (2 orders) before the exchange of either: the
        // other's fails, and then does not.
        assert_explored(main, &[(Fine, "[2, 1]", 3), (Fine, "[1, 2]", 3)]);
    }

    #[test]
    fn one_of_two_allocations_is_used() {
        fn main() {
            let made = AtomicPtr::default();
            let winner = || {
                let mine = Box::into_raw(Box::new(0_u8));
                made.compare_exchange(ptr::null_mut(), mine, Ordering::AcqRel, Ordering::Acquire).is_ok()
            };
            let [a, b] = thread::scope(|scope| [0; 2].map(|_| scope.spawn(winner)).map(|user| user.join().unwrap()));
            print!("{a} {b}");
        }
        assert_explored(main, &[(Fine, "true false", 1), (Fine, "false true", 1)]);
    }

    #[test]
    fn tasks_may_know_a_static_by_themselves() {
        fn main() {
            static PLACES: [u8; 2] = [1, 2];
            let at = AtomicPtr::new((&raw const PLACES[0]).cast_mut());
            thread::scope(|scope| {
                for place in &PLACES {
                    scope.spawn(|| at.store(ptr::from_ref(place).cast_mut(), Ordering::Relaxed));
                }
            });
            // SAFETY: the statics live.
            print!("{}", unsafe { *at.load(Ordering::Relaxed) });
        }
        assert_explored(main, &[(Fine, "1", 1), (Fine, "2", 1)]);
    }

    same! {
        atomic_ptr {
            use core::ptr;
            use std::sync::atomic::{AtomicPtr, Ordering::SeqCst};
            let (mut one, mut other) = (1, 2);
            let (one, other) = (&raw mut one, &raw mut other);
            let cell = AtomicPtr::new(one);
            let mut text = format!("{} {}", cell.load(SeqCst) == one, cell.swap(other, SeqCst) == one);
            text += &format!("{:?}", cell.compare_exchange(one, one, SeqCst, SeqCst) == Err(other));
            text += &format!("{:?}", cell.fetch_update(SeqCst, SeqCst, |_| Some(ptr::null_mut())) == Ok(other));
            text += &format!("{cell:?} {cell:p} {:?} {:?}", AtomicPtr::<u8>::default(), AtomicPtr::from(cell.load(SeqCst)));
            cell.store(ptr::dangling_mut(), SeqCst);
            text += &format!("{cell:?}");
            text + &format!("{:?}", cell.into_inner())
        }
    }
}

#[test]
fn objects_inside_contents_are_only_named() {
    fn main() {
        let parts =
            (Condvar::new(), Barrier::new(1), Once::new(), OnceLock::from(1), LazyLock::new(|| 1), RwLock::new(1));
        let all = Mutex::new((parts, AtomicPtr::<u8>::default(), channel::<u8>(), sync_channel::<u8>(1)));
        drop(all.lock().unwrap());
    }
    let report = assert_explored(main, &[(Fine, "", 1)]);
    // Lock and unlock; then the drop of each channel's sender.
    assert_eq!(report.outcomes[0].schedule, "m4");
}

#[test]
fn whatever_tasks_meet_at_orders_their_memory() {
    /// A message, and then some other way to tell of it.
    fn told(tell: impl Fn() + Sync, hear: impl Fn() -> bool) {
        static DATA: AtomicU32 = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                DATA.store(1, Ordering::Relaxed);
                tell();
            });
            if hear() {
                assert_eq!(DATA.load(Ordering::Relaxed), 1);
            }
        });
    }
    let programs: [fn(); 9] = [
        || {
            let (tx, rx) = channel();
            told(move || tx.send(()).unwrap(), move || rx.recv().is_ok());
        },
        || {
            let (tx, rx) = sync_channel(0);
            told(move || tx.send(()).unwrap(), move || rx.recv().is_ok());
        },
        || {
            // The other way round: who sends into a full channel hears that something was taken.
            let (tx, rx) = sync_channel(1);
            let rx = Mutex::new(rx);
            tx.send(()).unwrap();
            told(|| rx.lock().unwrap().recv().unwrap(), || tx.send(()).is_ok());
        },
        || {
            let lock = RwLock::new(false);
            told(|| *lock.write().unwrap() = true, || *lock.read().unwrap());
        },
        || {
            let (lock, bell) = (Mutex::new(false), Condvar::new());
            let hear = || *bell.wait_while(lock.lock().unwrap(), |ready| !*ready).unwrap();
            let tell = || {
                *lock.lock().unwrap() = true;
                bell.notify_one();
            };
            told(tell, hear);
        },
        || {
            let barrier = Barrier::new(2);
            let meet = || (barrier.wait().is_leader(), true).1;
            told(|| assert!(meet()), meet);
        },
        || {
            let once = Once::new();
            told(|| once.call_once(|| ()), || once.is_completed());
        },
        || {
            let cell = OnceLock::new();
            told(|| cell.set(()).unwrap(), || cell.get().is_some());
        },
        || {
            let lazy = LazyLock::new(|| 1);
            told(|| assert_eq!(*lazy, 1), || LazyLock::get(&lazy).is_some());
        },
    ];
    for (at, program) in programs.into_iter().enumerate() {
        let report = std::explore_with(program, &Options { weak: true, ..Options::default() });
        assert_eq!(report.failing, 0, "program {at}: {:?}", report.outcomes);
        assert!(report.enumerated);
    }
}

/// Auto traits are those of the real types.
#[test]
fn they_may_go_where_the_real_ones_may() {
    use core::cell::Cell;
    use std::panic::{RefUnwindSafe, UnwindSafe};
    use std::sync::{MutexGuard, RwLockReadGuard};

    fn all<T: Send + Sync + UnwindSafe + RefUnwindSafe>() {}
    fn sent<T: Send + UnwindSafe>() {}
    fn shared<T: Sync>() {}
    all::<Condvar>();
    all::<Barrier>();
    all::<Once>();
    all::<RwLock<u8>>();
    all::<OnceLock<u8>>();
    all::<LazyLock<u8>>();
    all::<AtomicPtr<u8>>();
    sent::<RwLock<Cell<u8>>>();
    sent::<OnceLock<Cell<u8>>>();
    sent::<LazyLock<Cell<u8>>>();
    shared::<MutexGuard<'_, u8>>();
    shared::<RwLockReadGuard<'_, u8>>();
    shared::<RwLockWriteGuard<'_, u8>>();
}
