//! What a page gets agrees with what was explored.
#[macro_use]
extern crate interleave_std as std;
/// What the tests themselves use; the programs use the facade.
extern crate std as real;

use num_bigint::BigUint;
use real::collections::BTreeMap;
use real::sync::atomic::{AtomicU32 as Hidden, Ordering::Relaxed};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Condvar, Mutex};
use std::thread;
use std::{Limits, Options, Report};

fn lost_update() {
    let ledger = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                let read = ledger.load(SeqCst);
                ledger.store(read + 1, SeqCst);
            });
        }
    });
    println!("{}", ledger.load(SeqCst));
}

fn philosophers() {
    let forks: [_; 4] = ::std::array::from_fn(|_| Mutex::new(()));
    thread::scope(|scope| {
        for seat in 0..4 {
            let (left, right) = (&forks[seat], &forks[(seat + 1) % 4]);
            scope.spawn(|| {
                let _left = left.lock().unwrap();
                let _right = right.lock().unwrap();
            });
        }
    });
}

/// Two wait, one is notified: which, is an alternative.
fn waiters() {
    let (full, filled) = (Mutex::new(0), Condvar::new());
    thread::scope(|scope| {
        for name in 1..3 {
            let (full, filled) = (&full, &filled);
            scope.spawn(move || {
                let mut full = filled.wait_while(full.lock().unwrap(), |full| *full == 0).unwrap();
                print!("{name}");
                *full -= 1;
            });
        }
        *full.lock().unwrap() += 1;
        filled.notify_one();
    });
}

fn store_buffering() {
    let (x, y) = (AtomicU32::new(0), AtomicU32::new(0));
    let seen = thread::scope(|scope| {
        let other = scope.spawn(|| {
            x.store(1, SeqCst);
            y.load(::std::sync::atomic::Ordering::Relaxed)
        });
        y.store(1, SeqCst);
        let mine = x.load(::std::sync::atomic::Ordering::Relaxed);
        (mine, other.join().unwrap())
    });
    println!("{seen:?}");
}

fn all() -> Vec<(fn(), Options)> {
    let strong = Options { most_enumerated: 1_000, random_runs: 100, ..Options::default() };
    vec![
        (lost_update, strong.clone()),
        (philosophers, strong.clone()),
        (waiters, strong.clone()),
        (waiters, Options { spurious: 1, ..strong.clone() }),
        (store_buffering, Options { weak: true, ..strong }),
    ]
}

/// How many ways through the page's graph lead to each outcome, by its place among them.
fn counts(report: &Report) -> BTreeMap<i32, BigUint> {
    let graph = &report.graph;
    let end = graph.tasks.len() + graph.objects.len() + 1;
    let ends: BTreeMap<usize, i32> = graph
        .states
        .iter()
        .enumerate()
        .filter_map(|(at, changes)| {
            let outcome = changes.chunks(2).find(|change| change[0] as usize == end)?[1];
            graph.edges[at].is_empty().then_some((at, outcome))
        })
        .collect();
    fn ways(
        report: &Report,
        ends: &BTreeMap<usize, i32>,
        at: usize,
        known: &mut BTreeMap<usize, BTreeMap<i32, BigUint>>,
    ) -> BTreeMap<i32, BigUint> {
        if let Some(known) = known.get(&at) {
            return known.clone();
        }
        let graph = &report.graph;
        let mut counts = BTreeMap::new();
        if let Some(&outcome) = ends.get(&at) {
            counts.insert(outcome, BigUint::from(1u8));
        }
        for edge in &graph.edges[at] {
            for (outcome, count) in ways(report, ends, at.wrapping_add_signed(edge[1] as isize), known) {
                *counts.entry(outcome).or_default() += count;
            }
        }
        known.insert(at, counts.clone());
        counts
    }
    ways(report, &ends, 0, &mut BTreeMap::new())
}

/// States that look the same are made one only where the same can follow, in the same number of ways.
#[test]
fn the_ways_through_the_page_s_graph_are_the_schedules() {
    for (program, options) in all() {
        let report = std::explore_with(program, &options);
        let expected: BTreeMap<i32, BigUint> =
            (0..).zip(report.outcomes.iter().map(|outcome| outcome.count.0.clone())).collect();
        assert_eq!(counts(&report), expected);
    }
}

/// The schedule that an outcome names leads to it.
#[test]
fn the_schedule_of_each_outcome_leads_to_it() {
    for (program, options) in all() {
        for outcome in std::explore_with(program, &options).outcomes {
            let options = Options { schedule: Some(outcome.schedule.clone()), ..options.clone() };
            let rows = std::explore_with(program, &options).replay.unwrap();
            assert_eq!(rows.last().unwrap().output, outcome.text, "{}", outcome.schedule);
        }
    }
}

/// A flag that the explorer does not see: what is printed in the end differs, after the same observations.
#[test]
fn what_is_shared_unseen_is_found_by_running_the_program_again() {
    fn program() {
        static LAST: Hidden = Hidden::new(0);
        let x = AtomicU32::new(0);
        thread::scope(|scope| {
            for name in 1..3 {
                let x = &x;
                scope.spawn(move || {
                    x.store(1, SeqCst);
                    LAST.store(name, Relaxed);
                });
            }
        });
        print!("{}", LAST.load(Relaxed));
    }
    let told = |most_enumerated, random_runs| {
        let options = Options { most_enumerated, random_runs, ..Options::default() };
        std::try_explore(program, &options, Limits::default()).is_err()
    };
    assert!(told(100, 0), "every schedule");
    assert!(told(0, 100), "some at random");
    assert!(!told(0, 0), "it can be told only so");
}
