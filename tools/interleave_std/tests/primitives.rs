//! What std lacks: a futex, memory without a lock, an executor; and futures by hand.
#[macro_use]
extern crate interleave_std as std;
extern crate interleave_primitives as primitives;
extern crate std as real_std;

#[macro_use]
mod common;

use primitives::executor::{block_on, spawn, yield_now};
use primitives::futex::{wait, wait_timeout, wake_all, wake_one};
use primitives::plain::Plain;
use std::Kind::{Deadlock, Ok as Good, Panic, Race};
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use std::sync::atomic::{AtomicBool, AtomicU32};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;
use std::{Options, Report};

use common::{assert_explored, assert_outcomes};

/// To wait is a step that may come first, between the two of the other, or last: then it is none.
#[test]
fn a_wait_sees_the_value_or_is_woken() {
    fn handed() {
        let ready = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                ready.store(1, SeqCst);
                wake_one(&ready);
            });
            wait(&ready, 0);
        });
        println!("{}", ready.load(SeqCst));
    }
    assert_explored(handed, &[(Good, "1\n", 3)]);
}

#[test]
fn a_wake_before_the_wait_is_lost() {
    fn lost() {
        let ready = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| wake_all(&ready));
            wait(&ready, 0);
        });
    }
    fn in_time() {
        let ready = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| wake_all(&ready));
            println!("{}", wait_timeout(&ready, 0, Duration::from_secs(1)));
        });
    }
    assert_explored(lost, &[(Good, "", 1), (Deadlock, "", 1)]);
    // The wait begins before the wake-up, or after it; and if before, its time may be over first.
    assert_explored(in_time, &[(Good, "true\n", 1), (Good, "false\n", 3)]);
}

/// A lock of one futex: 0 free, 1 taken, 2 taken and awaited.
#[test]
fn a_lock_of_a_futex_loses_no_update() {
    fn locked() {
        let (lock, ledger) = (AtomicU32::new(0), Plain::new(0));
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    if lock.compare_exchange(0, 1, Acquire, Relaxed).is_err() {
                        while lock.swap(2, Acquire) != 0 {
                            wait(&lock, 2);
                        }
                    }
                    // SAFETY: under the lock.
                    unsafe { ledger.write(ledger.read() + 1) };
                    if lock.swap(0, Release) == 2 {
                        wake_one(&lock);
                    }
                });
            }
        });
        println!("{}", ledger.into_inner());
    }
    for weak in [false, true] {
        let report = std::explore_with(locked, &Options { weak, ..Options::default() });
        assert_eq!(report.outcomes.len(), 1, "{:?}", report.outcomes);
        assert_eq!(report.outcomes[0].text, "2\n");
    }
}

/// Whoever is first, both are about to.
#[test]
fn two_writes_that_nothing_orders_are_a_race() {
    fn racing() {
        static LEDGER: Plain<u32> = Plain::new(0);
        // SAFETY: none, that is the point.
        let write = |value| unsafe { LEDGER.write(value) };
        thread::scope(|scope| {
            scope.spawn(|| write(1));
            write(2);
        });
    }
    let report = std::explore(racing);
    assert!(report.outcomes.iter().all(|outcome| outcome.kind == Race), "{:?}", report.outcomes);
    assert_eq!(report.schedules, 2);
}

fn published(order: (std::sync::atomic::Ordering, std::sync::atomic::Ordering)) {
    let (page, ready) = (Plain::new(0), AtomicBool::new(false));
    thread::scope(|scope| {
        scope.spawn(|| {
            // SAFETY: nobody reads it before it is ready.
            unsafe { page.with_mut(|page| *page += 7) };
            ready.store(true, order.0);
        });
        if ready.load(order.1) {
            // SAFETY: it is ready, and nobody writes it any more.
            println!("{}", unsafe { page.with(|page| *page) });
        }
    });
}

/// The load comes before the write, after it, or after the store; there it may see the older value if memory is weak.
#[test]
fn an_acquiring_load_orders_what_a_relaxed_one_does_not() {
    let explored =
        |main: fn(), weak: bool| -> Report { std::explore_with(main, &Options { weak, ..Options::default() }) };
    let (ordered, relaxed): (fn(), fn()) = (|| published((Release, Acquire)), || published((Relaxed, Relaxed)));
    for main in [ordered, relaxed] {
        assert_outcomes(&explored(main, false), &[(Good, "", 2), (Good, "7\n", 1)]);
    }
    assert_outcomes(&explored(ordered, true), &[(Good, "", 3), (Good, "7\n", 1)]);
    assert_outcomes(&explored(relaxed, true), &[(Good, "", 3), (Race, "", 1)]);
}

macro_rules! two_futures {
    ($print:path) => {
        block_on(async {
            let rounds = |name| async move {
                $print(format!("{name}0"));
                yield_now().await;
                $print(format!("{name}1"));
                name
            };
            let (a, b) = (spawn(rounds("a")), spawn(rounds("b")));
            $print(format!("{}{}", a.await, b.await));
        })
    };
}

/// The program's own order of polls is one of those explored.
#[test]
fn a_real_run_is_one_of_the_schedules() {
    use real_primitives::executor::{block_on, spawn, yield_now};

    real_std::thread_local! {
        static SAID: real_std::cell::RefCell<String> = const { real_std::cell::RefCell::new(String::new()) };
    }
    fn say(text: String) {
        SAID.with_borrow_mut(|said| said.push_str(&text));
    }
    two_futures!(say);
    assert_eq!(SAID.take(), "a0b0a1b1ab");
}

/// Each future is polled twice; `main` once after the end of the first, and again after the end of the second if that
/// had not ended yet. After `a a b b` it may be polled after the second `a` or any later step: 3 ways; after `a b a b`
/// and `b a a b` 2, after the other three 1.
#[test]
fn futures_take_turns_where_they_await() {
    fn say(text: String) {
        print!("{text}");
    }
    fn main() {
        two_futures!(say);
    }
    assert_explored(
        main,
        &[
            (Good, "a0a1b0b1ab", 3),
            (Good, "a0b0a1b1ab", 2),
            (Good, "a0b0b1a1ab", 1),
            (Good, "b0a0a1b1ab", 2),
            (Good, "b0a0b1a1ab", 1),
            (Good, "b0b1a0a1ab", 1),
        ],
    );
}

/// The clerk has it borrowed while it awaits: the other finds it so if it is polled then. Else it is before the clerk, or
/// after it; and then before `main` is polled or after.
#[test]
fn a_borrow_held_over_an_await_is_found_by_another_future() {
    fn borrowed() {
        block_on(async {
            let ledger = Rc::new(RefCell::new(0));
            let clerk = spawn({
                let ledger = Rc::clone(&ledger);
                async move {
                    let mut line = ledger.borrow_mut();
                    yield_now().await;
                    *line += 1;
                }
            });
            let other = spawn(async move { *ledger.borrow_mut() += 1 });
            clerk.await;
            other.await;
        });
    }
    let report = assert_explored(borrowed, &[(Good, "", 3), (Panic, "", 1)]);
    let worst = report.shortest_failing().unwrap();
    assert!(worst.why.contains("RefCell already borrowed"), "{}", worst.why);
}

/// Futures share the thread's own values, and what one leaves there others see.
#[test]
fn futures_share_what_is_thread_local() {
    thread_local! {
        static LAST: Cell<&'static str> = const { Cell::new("nobody") };
    }
    fn local() {
        block_on(async {
            for handle in ["a", "b"].map(|name| spawn(async move { LAST.set(name) })) {
                handle.await;
            }
        });
        println!("{} {:?}", LAST.get(), thread::current().name());
    }
    // After a comes b, or `main` and then b.
    assert_explored(local, &[(Good, "b Some(\"main\")\n", 2), (Good, "a Some(\"main\")\n", 1)]);
}

/// Who waits for a flag and yields looks again when somebody has set it.
#[test]
fn a_future_that_spins_is_no_endless_program() {
    fn spins() {
        block_on(async {
            let ready = Rc::new(Cell::new(false));
            let other = Rc::clone(&ready);
            let setter = spawn(async move {
                yield_now().await;
                other.set(true);
            });
            while !ready.get() {
                yield_now().await;
            }
            setter.await;
        });
        println!("ready");
    }
    let report = std::explore(spins);
    assert_eq!(report.outcomes.len(), 1, "{:?}", report.outcomes);
    assert!(report.enumerated);

    fn alone() {
        block_on(async {
            loop {
                yield_now().await;
            }
        });
    }
    let report = std::explore(alone);
    assert_eq!(report.outcomes[0].kind, std::Kind::Bound);
}

/// Each is polled three times, in any order, and `main` after the end of `a`.
#[test]
fn futures_that_yield_in_a_row_do_not_spin() {
    fn yields() {
        block_on(async {
            for handle in ["a", "b"].map(|name| {
                spawn(async move {
                    yield_now().await;
                    yield_now().await;
                    print!("{name}");
                })
            }) {
                handle.await;
            }
        });
    }
    fn in_a_loop() {
        block_on(async {
            for handle in ["a", "b"].map(|name| {
                spawn(async move {
                    for _ in 0..2 {
                        yield_now().await;
                    }
                    print!("{name}");
                })
            }) {
                handle.await;
            }
        });
    }
    // Of the 20 orders, `a` ends last in 10, and `main` is polled once. Where `b` ends last and takes n more polls after the
    // end of `a`, `main` is polled after that, or after any of those n: n + 1 ways. n is 1 in 6, 2 in 3, 3 in 1.
    let expected = &[(Good, "ba", 10), (Good, "ab", 6 * 2 + 3 * 3 + 4)];
    assert_explored(yields, expected);
    assert_explored(in_a_loop, expected);
}

#[test]
fn a_future_that_nobody_wakes_is_a_deadlock() {
    assert_explored(|| block_on(std::future::pending()), &[(Deadlock, "", 1)]);
}

/// A future that another thread makes ready.
fn rings(register_first: bool) {
    struct Bell {
        rung: AtomicBool,
        waker: Mutex<Option<Waker>>,
    }

    let bell = Arc::new(Bell { rung: AtomicBool::new(false), waker: Mutex::new(None) });
    let ringer = thread::spawn({
        let bell = Arc::clone(&bell);
        move || {
            bell.rung.store(true, SeqCst);
            if let Some(waker) = bell.waker.lock().unwrap().take() {
                waker.wake();
            }
        }
    });
    block_on(poll_fn(|context| {
        let register = || *bell.waker.lock().unwrap() = Some(context.waker().clone());
        if register_first {
            register();
        }
        if bell.rung.load(SeqCst) {
            return Poll::Ready(());
        }
        if !register_first {
            register();
        }
        Poll::Pending
    }));
    ringer.join().unwrap();
}

/// Between the look and the note of whom to wake the bell may ring, and nobody is woken.
#[test]
fn threads_wake_futures_if_they_know_whom() {
    let report = std::explore(|| rings(false));
    assert_eq!(report.shortest_failing().map(|worst| worst.kind), Some(Deadlock));
    let report = std::explore(|| rings(true));
    assert_eq!(report.failing, 0, "{:?}", report.outcomes);
}

/// An executor of one future, as std's manual writes it.
#[test]
fn a_waker_may_be_the_programs_own() {
    struct Unparks(Thread);

    impl Wake for Unparks {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn by_hand() {
        let mut future = pin!(async {
            yield_now().await;
            5
        });
        let waker = Waker::from(Arc::new(Unparks(thread::current())));
        let mut context = Context::from_waker(&waker);
        loop {
            match future.as_mut().poll(&mut context) {
                Poll::Ready(value) => return println!("{value}"),
                Poll::Pending => thread::park(),
            }
        }
    }
    assert_explored(by_hand, &[(Good, "5\n", 1)]);
}

same! {
    wakers {
        use std::sync::Arc;
        use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
        use std::task::{Wake, Waker};

        #[derive(Default)]
        struct Counts(AtomicU32);

        impl Wake for Counts {
            fn wake(self: Arc<Self>) {
                self.0.fetch_add(1, SeqCst);
            }
        }

        let counts = Arc::new(Counts::default());
        let waker = Waker::from(counts.clone());
        let other = waker.clone();
        let mut text = format!("{} {} ", other.will_wake(&waker), Arc::strong_count(&counts));
        other.wake_by_ref();
        text += &format!("{} ", Arc::strong_count(&counts));
        other.wake();
        drop(waker);
        text + &format!("{} {}", Arc::strong_count(&counts), counts.0.load(SeqCst))
    }
}

#[test]
fn two_executors_at_once_are_refused() {
    fn two() {
        let other = thread::spawn(|| block_on(yield_now()));
        block_on(yield_now());
        other.join().unwrap();
    }
    let failure = std::try_explore(two, &Options::default(), std::Limits::default()).unwrap_err();
    assert!(failure.what.contains("two threads run futures"), "{failure}");
}

/// Two steps a round, three rounds each: 12 over 6 orders.
#[test]
fn who_prints_and_yields_gets_on() {
    fn rounds() {
        thread::scope(|scope| {
            for name in ["a", "b"] {
                scope.spawn(move || {
                    for _ in 0..3 {
                        print!("{name}");
                        thread::yield_now();
                    }
                });
            }
        });
    }
    assert_eq!(std::explore(rounds).schedules, 924);
}
