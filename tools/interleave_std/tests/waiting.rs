//! What waits, and what only yields.
#[macro_use]
extern crate interleave_std as std;

use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
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

/// That a wait may wake without cause does not hide that it need not, while another spins.
#[test]
fn who_spins_for_one_who_is_not_woken_spins_for_ever() {
    fn parks() {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                thread::park();
                done.store(true, SeqCst);
            });
            while !done.load(SeqCst) {
                spin_loop();
            }
        });
    }
    // A run takes all the steps that a task may make.
    let few = Options { most_steps: 100, ..Options::default() };
    assert_eq!(std::explore_with(parks, &few).kinds(), [Kind::Bound]);
    let report = std::explore_with(parks, &Options { spurious: 1, ..few });
    assert_eq!(report.kinds(), [Kind::Ok, Kind::Bound]);
}

/// However many looks it takes.
#[test]
fn who_gives_up_in_the_end_does_so() {
    fn tries() {
        let ready = AtomicBool::new(false);
        for _ in 0..120 {
            if ready.load(SeqCst) {
                return;
            }
            spin_loop();
        }
        print!("gave up");
    }
    let report = std::explore(tries);
    assert_eq!((report.schedules.to_string(), report.texts()), ("1".into(), vec!["gave up"]));

    // Two that do so take turns.
    fn both() {
        thread::scope(|scope| {
            scope.spawn(tries);
            tries();
        });
    }
    assert_eq!(std::explore(both).texts(), ["gave upgave up"]);
}

/// Each `unpark` lets the other get on, and so it is more than a turn of a loop.
#[test]
fn who_unparks_gets_on() {
    fn unparks<const PARKS: usize>() {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let parked = scope.spawn(|| {
                for _ in 0..PARKS {
                    thread::park();
                }
                print!("b");
                done.store(true, SeqCst);
            });
            let parked = parked.thread().clone();
            scope.spawn(|| print!("c"));
            let done = &done;
            scope.spawn(move || {
                while !done.load(SeqCst) {
                    parked.unpark();
                    thread::yield_now();
                }
            });
        });
    }
    for program in [unparks::<6>, unparks::<20>] {
        let report = std::explore(program);
        assert_eq!((report.kinds(), report.texts()), (vec![Kind::Ok], vec!["bc", "cb"]));
    }
}

/// And so does who notifies another.
#[test]
fn who_notifies_gets_on() {
    fn notifies() {
        let (done, turns, bell) = (AtomicBool::new(false), Mutex::new(()), Condvar::new());
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut turn = turns.lock().unwrap();
                for _ in 0..6 {
                    turn = bell.wait(turn).unwrap();
                }
                drop(turn);
                print!("b");
                done.store(true, SeqCst);
            });
            scope.spawn(|| print!("c"));
            while !done.load(SeqCst) {
                bell.notify_one();
                thread::yield_now();
            }
        });
    }
    let report = std::explore(notifies);
    assert_eq!((report.kinds(), report.texts()), (vec![Kind::Ok], vec!["bc", "cb"]));
}

/// In whichever ways a loop yields, it is one loop.
#[test]
fn who_spins_in_two_places_waits_for_a_change() {
    fn waits(spin: fn(u32)) {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| done.store(true, SeqCst));
            let mut turn = 0;
            while !done.load(SeqCst) {
                spin(turn);
                turn += 1;
            }
        });
    }
    fn twice() {
        waits(|_| {
            spin_loop();
            spin_loop();
        });
    }
    fn by_turns() {
        waits(|turn| if turn % 2 == 0 { spin_loop() } else { thread::yield_now() });
    }
    for program in [twice as fn(), by_turns] {
        assert_eq!(std::explore(program).kinds(), [Kind::Ok]);
    }
    // But to yield in two places, without a look between, is no waiting: 10 steps before or after each of the other's one.
    fn in_a_row() {
        thread::scope(|scope| {
            scope.spawn(|| print!("b"));
            for _ in 0..5 {
                spin_loop();
                thread::yield_now();
            }
            print!("a");
        });
    }
    let report = std::explore(in_a_row);
    assert_eq!(
        (report.count(Kind::Ok, "ba").to_string(), report.count(Kind::Ok, "ab").to_string()),
        ("6".into(), "1".into())
    );
}

/// That another takes the lock and lets it go again is no change to who looks under it.
#[test]
fn two_who_look_under_a_lock_do_not_wake_each_other() {
    fn flag() {
        let done = Mutex::new(false);
        thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    while !*done.lock().unwrap() {
                        thread::yield_now();
                    }
                });
            }
            *done.lock().unwrap() = true;
        });
    }
    let report = std::explore(flag);
    assert_eq!(report.kinds(), [Kind::Ok]);
    assert!(report.states < 10_000, "{}", report.states);

    fn queue() {
        let queue = Mutex::new(Vec::new());
        let take = || {
            loop {
                let item = queue.lock().unwrap().pop();
                if let Some(item) = item {
                    return print!("{item}");
                }
                thread::yield_now();
            }
        };
        thread::scope(|scope| {
            scope.spawn(take);
            scope.spawn(take);
            queue.lock().unwrap().push(1);
            queue.lock().unwrap().push(2);
        });
    }
    let report = std::explore(queue);
    assert_eq!((report.kinds(), report.texts()), (vec![Kind::Ok], vec!["12", "21"]));
    assert!(report.states < 50_000, "{}", report.states);
}

/// But it is one to who asks whether the lock is free.
#[test]
fn who_tries_a_lock_looks_again_when_it_is_free() {
    fn tries() {
        let lock = Mutex::new(());
        thread::scope(|scope| {
            scope.spawn(|| {
                while lock.try_lock().is_err() {
                    thread::yield_now();
                }
                print!("a");
            });
            drop(lock.lock().unwrap());
            print!("m");
        });
    }
    // `m` locks, `a` tries twice and has to wait, `m` unlocks; `a` tries again before `m` goes on.
    let options = Options { most_turns: 0, schedule: Some("ma4ma3m".into()), ..Options::default() };
    let rows = std::explore_with(tries, &options).replay.unwrap();
    assert_eq!(rows.last().unwrap().output, "am");
}
