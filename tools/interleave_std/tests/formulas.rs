//! Counts of schedules against the formulas of combinatorics, and outcomes against a simulation that knows nothing of
//! the explorer.
//!
//! T sequences of n steps each can be interleaved in (T·n)! / (n!)^T ways, the multinomial coefficient (Knuth, The Art
//! of Computer Programming, vol. 1, section 1.2.6, equation 42).
#[macro_use]
extern crate interleave_std as std;
/// What the tests themselves use; the programs use the facade.
extern crate std as real;

use num_bigint::BigUint;
use real::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use std::{Kind, Limits, Options, Report};

/// As many schedules as are run one by one, unless told otherwise.
const ENUMERATED: u64 = 100_000;

fn interleavings(tasks: u32, steps: u32) -> BigUint {
    let factorial = |n: u32| (1..=n).map(BigUint::from).product::<BigUint>();
    factorial(tasks * steps) / factorial(steps).pow(tasks)
}

fn explored(program: impl Fn() + Copy + 'static, most_enumerated: u64) -> Report {
    // Where all schedules are run, running some at random says nothing more.
    let options = Options { most_enumerated, random_runs: 200, ..Options::default() };
    std::try_explore(program, &options, Limits::default()).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Each thread has an atomic of its own.
fn independent(tasks: u32, steps: u32) {
    let atomics: Vec<AtomicU32> = (0..tasks).map(|_| AtomicU32::new(0)).collect();
    thread::scope(|scope| {
        for own in &atomics {
            scope.spawn(move || (1..=steps).for_each(|step| own.store(step, SeqCst)));
        }
    });
}

/// Each thread adds to one number, in two steps.
fn lost_update(tasks: u32, times: u32) {
    let ledger = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..tasks {
            scope.spawn(|| {
                for _ in 0..times {
                    let read = ledger.load(SeqCst);
                    ledger.store(read + 1, SeqCst);
                }
            });
        }
    });
    println!("{}", ledger.load(SeqCst));
}

/// Each thread adds to one number, under its lock.
fn locked(tasks: u32, times: u32) {
    let ledger = Mutex::new(0);
    thread::scope(|scope| {
        for _ in 0..tasks {
            scope.spawn(|| {
                for _ in 0..times {
                    *ledger.lock().unwrap() += 1;
                }
            });
        }
    });
    println!("{}", ledger.into_inner().unwrap());
}

/// Each thread takes turns behind a lock that protects nothing, so that no thread learns what the others have done and
/// there are few states.
fn bare_lock(tasks: u32, times: u32) {
    let lock = Mutex::new(());
    thread::scope(|scope| {
        for _ in 0..tasks {
            scope.spawn(|| (0..times).for_each(|_| drop(lock.lock())));
        }
    });
}

/// Explores the program for all sizes of at most `most` schedules, which are run one by one too, then for those in
/// `beyond`, and compares the counts with the formula for `steps` steps a turn.
fn counts_agree(program: fn(u32, u32), steps: u32, most: u64, beyond: &[(u32, u32)]) {
    let few = |tasks, times| interleavings(tasks, steps * times) <= BigUint::from(most);
    let mut sizes = Vec::new();
    for tasks in 1..=9 {
        // One thread has one schedule, however long it is.
        let longest = if tasks == 1 { 4 } else { u32::MAX };
        sizes.extend((1..=longest).take_while(|&times| few(tasks, times)).map(|times| (tasks, times)));
    }
    let enumerable = sizes.len();
    for (at, &(tasks, times)) in sizes.iter().chain(beyond).enumerate() {
        let report = explored(move || program(tasks, times), most);
        let expected = interleavings(tasks, steps * times);
        assert_eq!(report.schedules.0, expected, "{tasks} threads, {times} turns each");
        assert_eq!(report.failing, 0);
        assert_eq!(report.enumerated, at < enumerable, "{tasks} threads, {times} turns each");
    }
    assert!(beyond.iter().all(|&(tasks, times)| !few(tasks, times)));
}

#[test]
fn independent_threads_interleave_in_multinomially_many_ways() {
    counts_agree(independent, 1, ENUMERATED, &[(2, 10), (2, 100), (3, 6), (3, 20), (4, 8), (5, 4), (8, 2), (12, 1)]);
}

#[test]
fn a_lost_update_has_two_steps() {
    counts_agree(lost_update, 2, ENUMERATED, &[(2, 5), (2, 6), (3, 3), (5, 1)]);
}

#[test]
fn under_a_mutex_a_turn_is_one_step() {
    counts_agree(locked, 1, 20_000, &[(5, 2)]);
    counts_agree(bare_lock, 1, 20_000, &[(2, 10), (2, 100), (3, 6), (3, 20), (4, 8), (5, 4), (8, 2)]);
}

/// One point of the lost update, simulated: what each thread has left to do and what it has read, and the ledger.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Point {
    threads: Vec<(u32, Option<u32>)>,
    ledger: u32,
}

/// How many schedules end with each value. `known` spares working the same point out again; without it, this walks
/// each schedule by itself.
fn simulate(point: &Point, known: &mut Option<BTreeMap<Point, BTreeMap<u32, BigUint>>>) -> BTreeMap<u32, BigUint> {
    if let Some(values) = known.as_ref().and_then(|known| known.get(point)) {
        return values.clone();
    }
    let mut values: BTreeMap<u32, BigUint> = BTreeMap::new();
    for thread in 0..point.threads.len() {
        let mut next = point.clone();
        match &mut next.threads[thread] {
            (0, _) => continue,
            (_, read @ None) => *read = Some(point.ledger),
            (left, read) => {
                *left -= 1;
                next.ledger = read.take().unwrap() + 1;
            }
        }
        for (value, count) in simulate(&next, known) {
            *values.entry(value).or_default() += count;
        }
    }
    if values.is_empty() {
        values.insert(point.ledger, BigUint::from(1u8));
    }
    if let Some(known) = known {
        known.insert(point.clone(), values.clone());
    }
    values
}

#[test]
fn the_lost_update_ends_as_a_simulation_says() {
    for (tasks, times) in [(1, 3), (2, 1), (2, 2), (2, 3), (2, 4), (2, 5), (3, 1), (3, 2), (3, 3), (4, 1), (5, 1)] {
        let report = explored(move || lost_update(tasks, times), ENUMERATED);
        let found: BTreeMap<u32, BigUint> = report
            .outcomes
            .iter()
            .map(|outcome| {
                assert_eq!(outcome.kind, Kind::Ok);
                (outcome.text.trim().parse().unwrap(), outcome.count.0.clone())
            })
            .collect();
        let start = Point { threads: vec![(times, None); tasks as usize], ledger: 0 };
        assert_eq!(found, simulate(&start, &mut Some(BTreeMap::new())), "{tasks} threads, {times} turns each");
        if report.enumerated {
            assert_eq!(found, simulate(&start, &mut None), "{tasks} threads, {times} turns each");
        }
    }
}
