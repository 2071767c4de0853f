//! Litmus tests of weak memory: the outcomes that the explorer finds are those that the axioms of C++20 allow.
//!
//! The names are those of herd's catalogue (Alglave, Maranget, Tautschnig, Herding Cats, TOPLAS 36(2), 2014,
//! <https://doi.org/10.1145/2627752>), unless a test says otherwise. Every program here is also put to the axioms
//! (`axioms.rs`), which say what C++20 allows, and what it allows within the limits that `memory.rs` of the explorer
//! names; the explorer must find exactly the latter.
#[macro_use]
extern crate interleave_std as std;
/// What the tests themselves use; the programs use the facade.
extern crate std as real;

mod axioms;

use axioms::{Allowed, Event, Event::*, Outcome, PLACES, Program, X, Y, Z, allowed};
use real::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering, Ordering::*, fence};
use std::thread;
use std::{Kind, Limits, Options};

/// Runs a thread; the answer is what it read.
fn run(events: &[Event], places: &[AtomicU32; PLACES]) -> Vec<u32> {
    let mut reads = Vec::new();
    for &event in events {
        match event {
            Load(place, order) => reads.push(places[place].load(order)),
            Store(place, value, order) => places[place].store(value, order),
            Add(place, value, order) => reads.push(places[place].fetch_add(value, order)),
            Exchange(place, expected, new, success, failure) => {
                let found = places[place].compare_exchange(expected, new, success, failure);
                reads.push(found.unwrap_or_else(|found| found));
            }
            Fence(order) => fence(order),
        }
    }
    reads
}

fn line(reads: &[Vec<u32>], last: [u32; PLACES]) -> String {
    format!("{reads:?} {last:?}\n")
}

fn interpret(program: &Program) {
    let places: [AtomicU32; PLACES] = ::std::array::from_fn(|_| AtomicU32::new(0));
    let reads: Vec<Vec<u32>> = thread::scope(|scope| {
        let threads: Vec<_> = program.iter().map(|events| scope.spawn(|| run(events, &places))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let last = ::std::array::from_fn(|place| places[place].load(Relaxed));
    print!("{}", line(&reads, last));
}

/// The outcomes that the explorer finds must be those that C++20 allows within the limits.
fn check(program: &Program) -> Allowed {
    let allowed = allowed(program);
    let options = Options { weak: true, most_enumerated: 5_000, random_runs: 100, ..Options::default() };
    let program: &'static Program = Box::leak(Box::new(program.clone()));
    let report = std::try_explore(move || interpret(program), &options, Limits::default()).unwrap();
    assert!(report.outcomes.iter().all(|outcome| outcome.kind == Kind::Ok));
    let found: BTreeSet<String> = report.outcomes.into_iter().map(|outcome| outcome.text).collect();
    let text = |Outcome { reads, last }: &Outcome| line(reads, *last);
    let expected: BTreeSet<String> = allowed.in_order.iter().map(text).collect();
    let wrong: Vec<_> = found.difference(&expected).collect();
    let missing: Vec<_> = expected.difference(&found).collect();
    assert!(wrong.is_empty() && missing.is_empty(), "{program:?}\nwrong: {wrong:?}\nmissing: {missing:?}");
    allowed
}

/// What the reads of a program give, thread after thread.
struct Reads {
    found: BTreeSet<Vec<u32>>,
    allowed: BTreeSet<Vec<u32>>,
}

fn reads<const N: usize>(threads: [&[Event]; N]) -> Reads {
    let Allowed { all, in_order } = check(&threads.map(<[Event]>::to_vec).to_vec());
    let flat = |outcomes: BTreeSet<Outcome>| outcomes.into_iter().map(|outcome| outcome.reads.concat()).collect();
    Reads { found: flat(in_order), allowed: flat(all) }
}

impl Reads {
    /// The explorer finds these, and C++20 allows no others.
    #[track_caller]
    fn are<const N: usize, const M: usize>(self, expected: [[u32; N]; M]) {
        let expected: BTreeSet<Vec<u32>> = expected.iter().map(|reads| reads.to_vec()).collect();
        assert_eq!(self.found, expected);
        assert_eq!(self.allowed, expected);
    }

    /// The explorer finds this, so C++20 allows it.
    #[track_caller]
    fn find<const N: usize>(self, these: [u32; N]) {
        assert!(self.found.contains(&these[..]));
    }

    /// C++20 forbids this, so the explorer does not find it.
    #[track_caller]
    fn forbid<const N: usize>(self, these: [u32; N]) {
        assert!(!self.allowed.contains(&these[..]) && !self.found.contains(&these[..]));
    }

    /// C++20 allows this, and the explorer does not find it.
    #[track_caller]
    fn miss<const N: usize>(self, these: [u32; N]) {
        assert!(self.allowed.contains(&these[..]) && !self.found.contains(&these[..]));
    }
}

/// Every way to be weaker than sequentially consistent.
const WEAK: [(Ordering, Ordering); 4] =
    [(Relaxed, Relaxed), (Release, Relaxed), (Relaxed, Acquire), (Release, Acquire)];
const FENCES: [Ordering; 4] = [Acquire, Release, AcqRel, SeqCst];

#[test]
fn sb_store_buffering() {
    let all = [[0, 0], [0, 1], [1, 0], [1, 1]];
    for (store, load) in WEAK {
        reads([&[Store(X, 1, store), Load(Y, load)], &[Store(Y, 1, store), Load(X, load)]]).are(all);
    }
    // One load or store that is weaker spoils it.
    reads([&[Store(X, 1, SeqCst), Load(Y, Acquire)], &[Store(Y, 1, SeqCst), Load(X, SeqCst)]]).are(all);
    reads([&[Store(X, 1, Release), Load(Y, SeqCst)], &[Store(Y, 1, SeqCst), Load(X, SeqCst)]]).are(all);
    reads([&[Store(X, 1, SeqCst), Load(Y, SeqCst)], &[Store(Y, 1, SeqCst), Load(X, SeqCst)]]).are([
        [0, 1],
        [1, 0],
        [1, 1],
    ]);
}

/// The heart of Dekker's algorithm: SB with fences between.
#[test]
fn sb_with_fences_dekker() {
    for order in FENCES {
        let reads = reads([
            &[Store(X, 1, Relaxed), Fence(order), Load(Y, Relaxed)],
            &[Store(Y, 1, Relaxed), Fence(order), Load(X, Relaxed)],
        ]);
        if order == SeqCst { reads.forbid([0, 0]) } else { reads.find([0, 0]) }
    }
    // A fence in one thread, sequentially consistent operations in the other: [atomics.order]/4, second and third item.
    reads([&[Store(X, 1, Relaxed), Fence(SeqCst), Load(Y, Relaxed)], &[Store(Y, 1, SeqCst), Load(X, SeqCst)]])
        .forbid([0, 0]);
    reads([&[Store(X, 1, Relaxed), Fence(SeqCst), Load(Y, Relaxed)], &[Store(Y, 1, SeqCst), Load(X, Acquire)]])
        .find([0, 0]);
    // A read-modify-write in the place of the store orders no more than a store does, if it is to another place.
    reads([&[Add(X, 1, AcqRel), Load(Y, Acquire)], &[Add(Y, 1, AcqRel), Load(X, Acquire)]]).find([0, 0, 0, 0]);
    // If it is to the place that the other reads by a read-modify-write too, one of the two synchronizes.
    reads([
        &[Store(X, 1, Relaxed), Add(Z, 1, AcqRel), Load(Y, Relaxed)],
        &[Store(Y, 1, Relaxed), Add(Z, 1, AcqRel), Load(X, Relaxed)],
    ])
    .forbid([0, 0, 1, 0]);
}

#[test]
fn mp_message_passing() {
    for (store, load) in WEAK {
        let reads = reads([&[Store(X, 1, Relaxed), Store(Y, 1, store)], &[Load(Y, load), Load(X, Relaxed)]]);
        if (store, load) == (Release, Acquire) {
            reads.are([[0, 0], [0, 1], [1, 1]]);
        } else {
            reads.are([[0, 0], [0, 1], [1, 0], [1, 1]]);
        }
    }
    reads([&[Store(X, 1, Relaxed), Store(Y, 1, SeqCst)], &[Load(Y, SeqCst), Load(X, Relaxed)]]).forbid([1, 0]);
}

/// [atomics.fences]/2 to 4: fence to fence, fence to load, store to fence.
#[test]
fn mp_with_fences() {
    for release in FENCES {
        for acquire in FENCES {
            let synchronize = release != Acquire && acquire != Release;
            let forbids = |reads: Reads| if synchronize { reads.forbid([1, 0]) } else { reads.find([1, 0]) };
            forbids(reads([
                &[Store(X, 1, Relaxed), Fence(release), Store(Y, 1, Relaxed)],
                &[Load(Y, Relaxed), Fence(acquire), Load(X, Relaxed)],
            ]));
            if acquire == Acquire {
                forbids(reads([
                    &[Store(X, 1, Relaxed), Fence(release), Store(Y, 1, Relaxed)],
                    &[Load(Y, Acquire), Load(X, Relaxed)],
                ]));
            }
            if release == Release {
                forbids(reads([
                    &[Store(X, 1, Relaxed), Store(Y, 1, Release)],
                    &[Load(Y, Relaxed), Fence(acquire), Load(X, Relaxed)],
                ]));
            }
        }
    }
    // A fence orders nothing from where it does not stand between.
    reads([
        &[Fence(SeqCst), Store(X, 1, Relaxed), Store(Y, 1, Relaxed)],
        &[Load(Y, Relaxed), Fence(SeqCst), Load(X, Relaxed)],
    ])
    .find([1, 0]);
    reads([
        &[Store(X, 1, Relaxed), Fence(SeqCst), Store(Y, 1, Relaxed)],
        &[Fence(SeqCst), Load(Y, Relaxed), Load(X, Relaxed)],
    ])
    .find([1, 0]);
}

/// An acquire fence after a relaxed read-modify-write that reads the flag, and a release fence before one that sets it.
#[test]
fn mp_with_fences_at_relaxed_read_modify_writes() {
    reads([
        &[Store(X, 1, Relaxed), Fence(Release), Add(Y, 1, Relaxed)],
        &[Add(Y, 0, Relaxed), Fence(Acquire), Load(X, Relaxed)],
    ])
    .forbid([0, 1, 0]);
    reads([&[Store(X, 1, Relaxed), Fence(Release), Add(Y, 1, Relaxed)], &[Add(Y, 0, Relaxed), Load(X, Relaxed)]])
        .find([0, 1, 0]);
    reads([&[Store(X, 1, Relaxed), Add(Y, 1, Relaxed)], &[Add(Y, 0, Relaxed), Fence(Acquire), Load(X, Relaxed)]])
        .find([0, 1, 0]);
}

/// [intro.races]/5 of C++20: a read-modify-write continues a release sequence, whoever does it and however weak it is. A
/// plain store of the same thread no longer does (P0982R1, <https://wg21.link/p0982>).
#[test]
fn mp_with_release_sequences() {
    let message = [Store(X, 1, Relaxed), Store(Y, 1, Release)];
    let reader = [Load(Y, Acquire), Load(X, Relaxed)];
    reads([&message, &[Add(Y, 1, Relaxed)], &reader]).forbid([1, 2, 0]);
    reads([&message, &[Store(Y, 2, Relaxed)], &reader]).find([2, 0]);
    reads([&[Store(X, 1, Relaxed), Store(Y, 1, Release), Store(Y, 2, Relaxed)], &reader]).find([2, 0]);
    // A sequence may have two heads: what the read-modify-write releases itself is passed on too.
    reads([
        &message,
        &[Store(Z, 1, Relaxed), Add(Y, 1, Release)],
        &[Load(Y, Acquire), Load(Z, Relaxed), Load(X, Relaxed)],
    ])
    .forbid([1, 2, 0, 1]);
    reads([
        &message,
        &[Store(Z, 1, Relaxed), Add(Y, 1, Release)],
        &[Load(Y, Acquire), Load(Z, Relaxed), Load(X, Relaxed)],
    ])
    .forbid([1, 2, 1, 0]);
    reads([
        &message,
        &[Store(Z, 1, Relaxed), Add(Y, 1, Acquire)],
        &[Load(Y, Acquire), Load(Z, Relaxed), Load(X, Relaxed)],
    ])
    .find([1, 2, 0, 1]);
    // [atomics.fences]/2: the hypothetical sequence that a store after a fence would head.
    reads([&[Store(X, 1, Relaxed), Fence(Release), Store(Y, 1, Relaxed)], &[Add(Y, 1, Relaxed)], &reader])
        .forbid([1, 2, 0]);
    // A compare-exchange that fails stores nothing and continues nothing.
    reads([&message, &[Exchange(Y, 1, 2, Relaxed, Relaxed)], &reader]).forbid([1, 2, 0]);
    reads([&message, &[Exchange(Y, 3, 4, AcqRel, Acquire), Load(X, Relaxed)]]).forbid([1, 0]);
    reads([&message, &[Exchange(Y, 3, 4, AcqRel, Relaxed), Load(X, Relaxed)]]).find([1, 0]);
}

#[test]
fn lb_load_buffering_is_not_found() {
    reads([&[Load(X, Relaxed), Store(Y, 1, Relaxed)], &[Load(Y, Relaxed), Store(X, 1, Relaxed)]]).miss([1, 1]);
    reads([&[Load(X, Acquire), Store(Y, 1, Relaxed)], &[Load(Y, Relaxed), Store(X, 1, Relaxed)]]).miss([1, 1]);
    // One release that is acquired is enough to forbid it.
    for (store, load) in [(Release, Acquire), (SeqCst, SeqCst)] {
        reads([&[Load(X, load), Store(Y, 1, store)], &[Load(Y, load), Store(X, 1, store)]]).are([
            [0, 0],
            [0, 1],
            [1, 0],
        ]);
    }
    reads([&[Load(X, Acquire), Store(Y, 1, Relaxed)], &[Load(Y, Relaxed), Store(X, 1, Release)]]).forbid([1, 1]);
}

#[test]
fn iriw_independent_reads_of_independent_writes() {
    let iriw = |store, load| {
        reads([
            &[Store(X, 1, store)],
            &[Store(Y, 1, store)],
            &[Load(X, load), Load(Y, load)],
            &[Load(Y, load), Load(X, load)],
        ])
    };
    iriw(Relaxed, Relaxed).find([1, 0, 1, 0]);
    iriw(Release, Acquire).find([1, 0, 1, 0]);
    iriw(SeqCst, Acquire).find([1, 0, 1, 0]);
    // It is the readers who have to agree.
    iriw(Release, SeqCst).forbid([1, 0, 1, 0]);
    iriw(SeqCst, SeqCst).forbid([1, 0, 1, 0]);
    // Fences in the readers are enough (P0668R5, <https://wg21.link/p0668>: what C++20 made of them).
    reads([
        &[Store(X, 1, Relaxed)],
        &[Store(Y, 1, Relaxed)],
        &[Load(X, Relaxed), Fence(SeqCst), Load(Y, Relaxed)],
        &[Load(Y, Relaxed), Fence(SeqCst), Load(X, Relaxed)],
    ])
    .forbid([1, 0, 1, 0]);
    reads([
        &[Store(X, 1, Release)],
        &[Store(Y, 1, Release)],
        &[Load(X, Acquire), Fence(AcqRel), Load(Y, Acquire)],
        &[Load(Y, Acquire), Fence(SeqCst), Load(X, Acquire)],
    ])
    .find([1, 0, 1, 0]);
}

/// [intro.races]/15 to 18: read-read, read-write, write-read and write-write coherence.
#[test]
fn coherence() {
    // CoRR: two reads do not see two stores in the wrong order.
    reads([&[Store(X, 1, Relaxed)], &[Load(X, Relaxed), Load(X, Relaxed)]]).are([[0, 0], [0, 1], [1, 1]]);
    reads([
        &[Store(X, 1, Relaxed)],
        &[Store(X, 2, Relaxed)],
        &[Load(X, Relaxed), Load(X, Relaxed)],
        &[Load(X, Relaxed), Load(X, Relaxed)],
    ])
    .forbid([1, 2, 2, 1]);
    // CoWR: one's own store, or a later one.
    reads([&[Store(X, 1, Relaxed), Load(X, Relaxed)], &[Store(X, 2, Relaxed)]]).are([[1], [2]]);
    // CoRW: a read does not see what its own thread stores later.
    reads([&[Load(X, Relaxed), Store(X, 1, Relaxed)], &[Store(X, 2, Relaxed)]]).are([[0], [2]]);
    // CoWW: the later of two stores of a thread is the last.
    let Allowed { all, in_order } = check(&vec![vec![Store(X, 1, Relaxed), Store(X, 2, Relaxed)]]);
    assert!(all.iter().chain(&in_order).all(|outcome| outcome.last[X] == 2));
}

/// Every read-modify-write sees the newest store, so that none is lost.
#[test]
fn relaxed_read_modify_writes_lose_nothing() {
    reads([&[Add(X, 1, Relaxed)], &[Add(X, 1, Relaxed)]]).are([[0, 1], [1, 0]]);
    reads([&[Exchange(X, 0, 1, Relaxed, Relaxed)], &[Exchange(X, 0, 2, Relaxed, Relaxed)]]).are([[0, 1], [2, 0]]);
    let three: [&[Event]; 3] = [&[Add(X, 1, Relaxed), Add(X, 1, Relaxed)], &[Add(X, 1, Relaxed)], &[Load(X, Relaxed)]];
    let Allowed { all, in_order } = check(&three.map(<[Event]>::to_vec).to_vec());
    assert!(all.iter().chain(&in_order).all(|outcome| outcome.last[X] == 3));
    // A compare-exchange that fails is a load, and may see an older value than the newest.
    reads([&[Store(X, 1, Relaxed), Store(Y, 1, Relaxed)], &[Load(Y, Relaxed), Exchange(X, 1, 2, Relaxed, Relaxed)]])
        .find([1, 0]);
}

/// Which stores are last when each thread stores to both places: a cycle in the modification orders.
#[test]
fn w2plus2_is_not_found_when_relaxed() {
    let last = |order| {
        let threads = vec![vec![Store(X, 1, order), Store(Y, 2, order)], vec![Store(Y, 1, order), Store(X, 2, order)]];
        let both_first = |outcomes: &BTreeSet<Outcome>| outcomes.iter().any(|outcome| outcome.last[..2] == [1, 1]);
        let Allowed { all, in_order } = check(&threads);
        (both_first(&all), both_first(&in_order))
    };
    assert_eq!(last(Relaxed), (true, false));
    assert_eq!(last(Release), (true, false));
    assert_eq!(last(SeqCst), (false, false));
}

/// S and R: a store against a store, and a read.
#[test]
fn s_and_r() {
    let s = |store, load| {
        let threads = vec![vec![Store(X, 2, Relaxed), Store(Y, 1, store)], vec![Load(Y, load), Store(X, 1, Relaxed)]];
        let weak = |outcomes: &BTreeSet<Outcome>| {
            outcomes.iter().any(|outcome| outcome.last[X] == 2 && outcome.reads[1] == [1])
        };
        let Allowed { all, in_order } = check(&threads);
        (weak(&all), weak(&in_order))
    };
    assert_eq!(s(Relaxed, Relaxed), (true, false), "the modification order is the execution order");
    assert_eq!(s(Release, Acquire), (false, false));
    let r = |order| {
        let threads = vec![
            vec![Store(X, 1, order), Store(Y, 1, order)],
            vec![Store(Y, 2, order), Load(X, if order == SeqCst { SeqCst } else { Relaxed })],
        ];
        let weak = |outcomes: &BTreeSet<Outcome>| {
            outcomes.iter().any(|outcome| outcome.last[Y] == 2 && outcome.reads[1] == [0])
        };
        let Allowed { all, in_order } = check(&threads);
        (weak(&all), weak(&in_order))
    };
    assert_eq!(r(Relaxed), (true, true));
    assert_eq!(r(Release), (true, true));
    assert_eq!(r(SeqCst), (false, false));
}

#[test]
fn wrc_write_to_read_causality() {
    let wrc = |store, load| {
        reads([&[Store(X, 1, Relaxed)], &[Load(X, Relaxed), Store(Y, 1, store)], &[Load(Y, load), Load(X, Relaxed)]])
    };
    wrc(Relaxed, Relaxed).find([1, 1, 0]);
    wrc(Release, Relaxed).find([1, 1, 0]);
    // Coherence: the read of x happens before the other one.
    wrc(Release, Acquire).forbid([1, 1, 0]);
    wrc(SeqCst, SeqCst).forbid([1, 1, 0]);
}

#[test]
fn isa2_transitive_message() {
    let isa2 = |first: [Ordering; 2], second: [Ordering; 2]| {
        reads([
            &[Store(X, 1, Relaxed), Store(Y, 1, first[0])],
            &[Load(Y, first[1]), Store(Z, 1, second[0])],
            &[Load(Z, second[1]), Load(X, Relaxed)],
        ])
    };
    isa2([Release, Acquire], [Release, Acquire]).forbid([1, 1, 0]);
    isa2([Release, Acquire], [Relaxed, Acquire]).find([1, 1, 0]);
    isa2([Release, Relaxed], [Release, Acquire]).find([1, 1, 0]);
    isa2([Relaxed, Relaxed], [Relaxed, Relaxed]).find([1, 1, 0]);
    isa2([SeqCst, SeqCst], [SeqCst, SeqCst]).forbid([1, 1, 0]);
}

/// RWC: a write seen by one thread, and missed by another that wrote before.
#[test]
fn rwc_read_to_write_causality() {
    let rwc = |order: Ordering| {
        reads([
            &[Store(X, 1, Relaxed)],
            &[Load(X, Relaxed), Fence(order), Load(Y, Relaxed)],
            &[Store(Y, 1, Relaxed), Fence(order), Load(X, Relaxed)],
        ])
    };
    rwc(AcqRel).find([1, 0, 0]);
    rwc(SeqCst).forbid([1, 0, 0]);
}

/// The example of P0668R5 (Z6.U): C++20 lets the order of sequentially consistent operations run against happens-before
/// where other operations stand between. The explorer has one order of execution for both.
#[test]
fn z6u_is_not_found() {
    reads([
        &[Store(X, 1, SeqCst), Store(Y, 1, Release)],
        &[Add(Y, 1, SeqCst), Load(Y, Relaxed)],
        &[Store(Y, 3, SeqCst), Load(X, SeqCst)],
    ])
    .miss([1, 3, 0]);
}

/// What a program prints under weak memory.
fn printed(program: fn()) -> BTreeSet<String> {
    let report = std::explore_with(program, &Options { weak: true, ..Options::default() });
    report.outcomes.into_iter().map(|outcome| outcome.text).collect()
}

/// [atomics.fences]/2 to 4 want the fence sequenced before the store, and after the load: in the same thread. [thread.thread.constr]:
/// to start a thread synchronizes with its beginning, which is another matter.
#[test]
fn a_started_thread_does_not_take_over_fences() {
    fn release() {
        let (x, y) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            let reader = scope.spawn(|| (y.load(Acquire), x.load(Relaxed)));
            x.store(1, Relaxed);
            fence(Release);
            scope.spawn(|| y.store(1, Relaxed));
            print!("{:?}", reader.join().unwrap());
        });
    }
    fn acquire() {
        let (x, y) = (AtomicU32::new(0), AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                x.store(1, Relaxed);
                y.store(1, Release);
            });
            let flag = y.load(Relaxed);
            let reader = scope.spawn(|| {
                fence(Acquire);
                x.load(Relaxed)
            });
            print!("{:?}", (flag, reader.join().unwrap()));
        });
    }
    for program in [release, acquire] {
        assert!(printed(program).contains("(1, 0)"));
    }
}

/// [thread.thread.constr]/6, [thread.thread.member]/4; `Thread::unpark`: an unpark synchronizes with the park that it ends;
/// [thread.mutex.requirements.mutex]/12, 25: a lock comes after every earlier unlock.
#[test]
fn threads_and_locks_synchronize() {
    fn start_and_join() {
        let (x, y) = (AtomicU32::new(0), AtomicU32::new(0));
        x.store(1, Relaxed);
        let seen = thread::scope(|scope| {
            let reader = scope.spawn(|| {
                y.store(1, Relaxed);
                x.load(Relaxed)
            });
            reader.join().unwrap()
        });
        print!("{seen} {}", y.load(Relaxed));
    }
    assert_eq!(printed(start_and_join), BTreeSet::from(["1 1".to_owned()]));

    fn unpark() {
        let x = AtomicU32::new(0);
        thread::scope(|scope| {
            let reader = scope.spawn(|| {
                thread::park();
                print!("{}", x.load(Relaxed));
            });
            x.store(1, Relaxed);
            reader.thread().unpark();
        });
    }
    assert_eq!(printed(unpark), BTreeSet::from(["1".to_owned()]));

    /// A time-out synchronizes with nothing.
    fn time_out() {
        let x = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| x.store(1, Relaxed));
            scope.spawn(|| {
                thread::park_timeout(real::time::Duration::from_secs(1));
                print!("{}", x.load(Relaxed));
            });
        });
    }
    assert_eq!(printed(time_out), BTreeSet::from(["0".to_owned(), "1".to_owned()]));

    fn lock() {
        let (x, lock) = (AtomicU32::new(0), Mutex::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                let mut first = lock.lock().unwrap();
                x.store(1, Relaxed);
                *first = 1;
            });
            scope.spawn(|| {
                let first = *lock.lock().unwrap();
                print!("{first} {}", x.load(Relaxed));
            });
        });
    }
    assert_eq!(printed(lock), BTreeSet::from(["0 0", "0 1", "1 1"].map(str::to_owned)));
}

/// A weak compare-exchange that fails without cause is a load like any other: it may see an older store, also one of the
/// expected value.
#[test]
fn a_weak_compare_exchange_fails_without_cause() {
    fn program() {
        let [x, y, z] = ::std::array::from_fn(|_| AtomicU32::new(0));
        thread::scope(|scope| {
            scope.spawn(|| {
                x.store(1, Relaxed);
                y.store(1, Release);
                x.store(2, Relaxed);
                z.store(1, Relaxed);
            });
            if z.load(Relaxed) == 1 && y.load(Acquire) == 1 {
                print!("{:?}", x.compare_exchange_weak(1, 3, Relaxed, Relaxed));
            }
        });
    }
    let found = |weak, spurious| {
        let report = std::explore_with(program, &Options { weak, spurious, ..Options::default() });
        report.outcomes.into_iter().map(|outcome| outcome.text).collect::<BTreeSet<String>>()
    };
    for weak in [false, true] {
        assert_eq!(found(weak, 0), BTreeSet::from(["", "Err(2)"].map(str::to_owned)));
    }
    assert_eq!(found(false, 1), BTreeSet::from(["", "Err(2)"].map(str::to_owned)));
    assert_eq!(found(true, 1), BTreeSet::from(["", "Err(2)", "Err(1)"].map(str::to_owned)));
}

/// Programs at random, put to the axioms like those above.
#[test]
fn programs_at_random() {
    let count = real::env::var("LITMUS_CASES").map_or(400, |count| count.parse().unwrap());
    let mut random = Random(20);
    let mut missed = 0;
    for _ in 0..count {
        let program = random.program();
        let Allowed { all, in_order } = check(&program);
        assert!(in_order.is_subset(&all), "{program:?}");
        missed += u32::from(in_order != all);
    }
    real::println!("{count} programs; of {missed} the explorer misses outcomes, by the limits that it names");
}

/// George Marsaglia's xorshift (<https://doi.org/10.18637/jss.v008.i14>): the same programs every time.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 32) % bound as u64) as usize
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    /// Two or three threads, seven operations at most, two places.
    fn program(&mut self) -> Program {
        let threads = 2 + self.below(2);
        let mut program = vec![Vec::new(); threads];
        for _ in 0..threads + 1 + self.below(7 - threads) {
            let event = self.event();
            let thread = self.below(threads);
            program[thread].push(event);
        }
        program
    }

    fn event(&mut self) -> Event {
        let place = self.below(2);
        let value = 1 + self.below(2) as u32;
        match self.below(10) {
            0..=2 => Load(place, self.of(&[Relaxed, Acquire, SeqCst])),
            3..=5 => Store(place, value, self.of(&[Relaxed, Release, SeqCst])),
            6 => Add(place, value, self.of(&[Relaxed, Acquire, Release, AcqRel, SeqCst])),
            7 => {
                let success = self.of(&[Relaxed, Acquire, Release, AcqRel, SeqCst]);
                Exchange(place, value - 1, value, success, self.of(&[Relaxed, Acquire, SeqCst]))
            }
            _ => Fence(self.of(&FENCES)),
        }
    }
}
