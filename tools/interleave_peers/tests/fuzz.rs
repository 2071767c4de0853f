//! Programs at random, under every schedule by interleave and by shuttle: the outcomes must be the same.
//!
//! A program is data ([`Program`]); one interpreter, written once as a macro, is compiled for both. interleave itself
//! compares each exploration with the schedules run one by one and with some at random.
//!
//! The seed is fixed: the same programs every time. `FUZZ_CASES` says how many; `ci/fuzz.sh` runs many.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt::Debug;

use interleave_peers::shuttled::{self, DEADLOCK};
use interleave_std::{Kind, Limits, Options};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// One operation of a thread. What it sees, it notes.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Op {
    Load(usize),
    Store(usize, u32),
    Add(usize, u32),
    Exchange(usize, u32, u32),
    /// Takes the lock, adds one, and holds it up to the next `Unlock` or the end of the thread.
    Lock(usize),
    Unlock,
    TryLock(usize),
    /// Under the first lock: waits once if it holds 0.
    Wait,
    /// Under the first lock: waits as long as it holds 0.
    WaitWhile,
    NotifyOne,
    NotifyAll,
    /// Under the first lock: adds one and notifies.
    Signal,
    Send(u32),
    Receive,
    TryReceive,
    Park,
    /// Of a thread started before.
    Unpark(usize),
    Yield,
}

#[derive(Clone, Debug)]
struct Program {
    threads: Vec<Vec<Op>>,
    /// Of the channel; `None` for one without bound.
    capacity: Option<usize>,
    /// Which thread has the receiver.
    receiver: usize,
}

/// Where shuttle stops. It needs 75 µs for each, and a few programs have millions.
const MOST_EXECUTIONS: u64 = 2_000;

/// What a thread sees of an operation that did not go well.
const FAILED: u32 = 99;

macro_rules! interpreter {
    ($name:ident: $world:ident) => {
        mod $name {
            use super::*;
            use $world::sync::atomic::{AtomicU32, Ordering::SeqCst};
            use $world::sync::{Condvar, Mutex, mpsc};
            use $world::thread;

            enum Sender {
                Unbounded(mpsc::Sender<u32>),
                Bounded(mpsc::SyncSender<u32>),
            }

            impl Sender {
                fn send(&self, value: u32) -> bool {
                    match self {
                        Sender::Unbounded(sender) => sender.send(value).is_ok(),
                        Sender::Bounded(sender) => sender.send(value).is_ok(),
                    }
                }

                fn copy(&self) -> Sender {
                    match self {
                        Sender::Unbounded(sender) => Sender::Unbounded(sender.clone()),
                        Sender::Bounded(sender) => Sender::Bounded(sender.clone()),
                    }
                }
            }

            #[derive(Default)]
            struct Shared {
                atomics: [AtomicU32; 2],
                locks: [Mutex<u32>; 2],
                condvar: Condvar,
            }

            fn thread(
                ops: &[Op],
                shared: &Shared,
                sender: Option<Sender>,
                receiver: Option<mpsc::Receiver<u32>>,
                before: &[thread::Thread],
            ) -> Vec<u32> {
                let Shared { atomics, locks, condvar } = shared;
                let mut seen = Vec::new();
                let mut guards = Vec::new();
                for (at, &op) in ops.iter().enumerate() {
                    match op {
                        Op::Load(place) => seen.push(atomics[place].load(SeqCst)),
                        Op::Store(place, value) => atomics[place].store(value, SeqCst),
                        Op::Add(place, value) => seen.push(atomics[place].fetch_add(value, SeqCst)),
                        Op::Exchange(place, expected, new) => {
                            let found = atomics[place].compare_exchange(expected, new, SeqCst, SeqCst);
                            seen.push(found.unwrap_or_else(|found| FAILED + found));
                        }
                        Op::Lock(lock) => {
                            let mut guard = locks[lock].lock().unwrap();
                            *guard += 1;
                            seen.push(*guard);
                            guards.push(guard);
                        }
                        Op::Unlock => drop(guards.pop()),
                        Op::TryLock(lock) => seen.push(locks[lock].try_lock().map_or(FAILED, |guard| *guard)),
                        Op::Wait => {
                            let mut guard = locks[0].lock().unwrap();
                            if *guard == 0 {
                                guard = condvar.wait(guard).unwrap();
                            }
                            seen.push(*guard);
                        }
                        Op::WaitWhile => {
                            let guard = locks[0].lock().unwrap();
                            seen.push(*condvar.wait_while(guard, |held| *held == 0).unwrap());
                        }
                        Op::NotifyOne => condvar.notify_one(),
                        Op::NotifyAll => condvar.notify_all(),
                        Op::Signal => {
                            let mut guard = locks[0].lock().unwrap();
                            *guard += 1;
                            condvar.notify_one();
                        }
                        Op::Send(value) => {
                            seen.push(if sender.as_ref().unwrap().send(value) { 0 } else { FAILED });
                        }
                        Op::Receive => seen.push(receiver.as_ref().unwrap().recv().unwrap_or(FAILED)),
                        Op::TryReceive => {
                            seen.push(match receiver.as_ref().unwrap().try_recv() {
                                Ok(value) => value,
                                Err(mpsc::TryRecvError::Empty) => FAILED,
                                Err(mpsc::TryRecvError::Disconnected) => FAILED + 1,
                            });
                        }
                        Op::Park => thread::park(),
                        Op::Unpark(other) => before[other].unpark(),
                        // Each in a place of its own: not one loop that waits for a change.
                        Op::Yield => match at {
                            0 => thread::yield_now(),
                            1 => thread::yield_now(),
                            2 => thread::yield_now(),
                            _ => thread::yield_now(),
                        },
                    }
                }
                seen
            }

            /// What all threads have seen, and what everything holds in the end.
            pub(super) fn run(program: &Program) -> String {
                let shared = Shared::default();
                let uses = |at: usize, used: fn(&Op) -> bool| program.threads[at].iter().any(used);
                let (sender, receiver) = match program.capacity {
                    None => {
                        let (sender, receiver) = mpsc::channel();
                        (Sender::Unbounded(sender), receiver)
                    }
                    Some(capacity) => {
                        let (sender, receiver) = mpsc::sync_channel(capacity);
                        (Sender::Bounded(sender), receiver)
                    }
                };
                let mut receiver = Some(receiver);
                let sends = |at| uses(at, |op| matches!(op, Op::Send(_)));
                let mut senders: Vec<Option<Sender>> =
                    (0..program.threads.len()).map(|at| sends(at).then(|| sender.copy())).collect();
                drop(sender);
                let seen: Vec<Vec<u32>> = thread::scope(|scope| {
                    let mut threads: Vec<thread::ScopedJoinHandle<'_, Vec<u32>>> = Vec::new();
                    for (at, ops) in program.threads.iter().enumerate() {
                        let sender = senders[at].take();
                        let receiver = if at == program.receiver { receiver.take() } else { None };
                        let before: Vec<thread::Thread> = threads.iter().map(|one| one.thread().clone()).collect();
                        let shared = &shared;
                        threads.push(scope.spawn(move || thread(ops, shared, sender, receiver, &before)));
                    }
                    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
                });
                let atomics = shared.atomics.map(AtomicU32::into_inner);
                let locks = shared.locks.map(|lock| lock.into_inner().unwrap());
                format!("{seen:?} {atomics:?} {locks:?}")
            }
        }
    };
}

interpreter!(explored: interleave_std);
interpreter!(shuttled_too: shuttle);

fn any_op() -> impl Strategy<Value = Op> {
    let place = 0..2usize;
    prop_oneof![
        4 => place.clone().prop_map(Op::Load),
        3 => (place.clone(), 1..3u32).prop_map(|(place, value)| Op::Store(place, value)),
        2 => (place.clone(), 1..3u32).prop_map(|(place, value)| Op::Add(place, value)),
        1 => (place.clone(), 0..2u32, 1..3u32).prop_map(|(place, expected, new)| Op::Exchange(place, expected, new)),
        3 => place.clone().prop_map(Op::Lock),
        1 => Just(Op::Unlock),
        1 => place.prop_map(Op::TryLock),
        1 => Just(Op::Wait),
        1 => Just(Op::WaitWhile),
        1 => Just(Op::NotifyOne),
        1 => Just(Op::NotifyAll),
        2 => Just(Op::Signal),
        2 => (1..4u32).prop_map(Op::Send),
        2 => Just(Op::Receive),
        1 => Just(Op::TryReceive),
        1 => Just(Op::Park),
        1 => (0..2usize).prop_map(Op::Unpark),
        1 => Just(Op::Yield),
    ]
}

fn any_program() -> impl Strategy<Value = Program> {
    let threads = prop::collection::vec(prop::collection::vec(any_op(), 1..=4), 2..=3);
    let capacity = prop_oneof![Just(None), Just(Some(0)), Just(Some(1)), Just(Some(2))];
    (threads, capacity, 0..3usize).prop_map(|(threads, capacity, receiver)| {
        let receiver = receiver % threads.len();
        Program { threads, capacity, receiver }.sane()
    })
}

impl Program {
    fn has(&self, used: impl Fn(&Op) -> bool) -> bool {
        self.threads.iter().flatten().any(used)
    }

    /// A sender or a receiver that is dropped at the end of a thread is seen by others. That is a step to interleave; to
    /// shuttle it is one with what the thread did before.
    fn ends_are_seen(&self) -> bool {
        let fails = |op: &Op| matches!(op, Op::Send(_) | Op::TryReceive);
        self.has(fails)
    }

    /// Leaves out what cannot be run, or means something else to shuttle.
    fn sane(mut self) -> Program {
        let parks = self.has(|op| matches!(op, Op::Park));
        for (at, ops) in self.threads.iter_mut().enumerate() {
            let mut held: Vec<usize> = Vec::new();
            ops.retain(|&op| match op {
                // A second lock by the same thread is an error to shuttle.
                Op::Lock(lock) if held.contains(&lock) => false,
                Op::Lock(lock) => {
                    held.push(lock);
                    true
                }
                Op::Unlock => held.pop().is_some(),
                Op::Wait | Op::WaitWhile | Op::Signal if held.contains(&0) => false,
                // shuttle lets every park wake without cause, and no wait: one option of interleave counts both.
                Op::Wait | Op::WaitWhile if parks => false,
                Op::Receive | Op::TryReceive => at == self.receiver,
                Op::Unpark(other) => other < at,
                _ => true,
            });
        }
        self
    }
}

#[derive(Default, Debug)]
struct Tally {
    programs: usize,
    enumerated: usize,
    deadlocks: usize,
    equal: usize,
    /// shuttle finds fewer, since the end of a thread is no step to it: [`Program::ends_are_seen`].
    ends_seen: usize,
    /// shuttle finds fewer, since it wakes nobody without cause when nobody else can move; but all that there are if
    /// nothing wakes without cause.
    fewer_wake_ups: usize,
    /// shuttle did not get through.
    cut_short: usize,
    executions: u64,
}

#[test]
fn interleave_and_shuttle_find_the_same_outcomes() {
    let cases = std::env::var("FUZZ_CASES").map_or(500, |cases| cases.parse().expect("FUZZ_CASES is a number"));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tally = RefCell::new(Tally::default());
    let result =
        runner.run(&any_program(), |program| compare(&program, &mut tally.borrow_mut()).map_err(TestCaseError::fail));
    println!("{:?}", tally.borrow());
    if let Err(failure) = result {
        panic!("{failure}");
    }
}

/// What interleave finds, with so many parks that may wake without cause; and whether all schedules were run one by one.
fn explore(program: &'static Program, spurious: u8) -> Result<(BTreeSet<String>, bool), String> {
    let options = Options { spurious, most_enumerated: 10_000, random_runs: 100, ..Options::default() };
    let main = move || interleave_std::print!("{}", explored::run(program));
    let report =
        interleave_std::try_explore(main, &options, Limits::default()).map_err(|failure| failure.to_string())?;
    let mut outcomes = BTreeSet::new();
    for outcome in report.outcomes {
        outcomes.insert(match outcome.kind {
            Kind::Ok => outcome.text,
            Kind::Deadlock => DEADLOCK.to_owned(),
            kind => return Err(format!("{kind:?}: {}", outcome.why)),
        });
    }
    Ok((outcomes, report.enumerated))
}

fn compare(program: &Program, tally: &mut Tally) -> Result<(), String> {
    let leaked: &'static Program = Box::leak(Box::new(program.clone()));
    let parks = program.threads.iter().flatten().filter(|op| matches!(op, Op::Park)).count();
    let (most, enumerated) = explore(leaked, parks as u8)?;
    let least = if parks == 0 { most.clone() } else { explore(leaked, 0)?.0 };
    let found = shuttled::explore(move || shuttled_too::run(leaked), MOST_EXECUTIONS, 60);
    tally.programs += 1;
    tally.enumerated += usize::from(enumerated);
    tally.deadlocks += usize::from(most.contains(DEADLOCK));
    tally.executions += found.executions;
    let wrong: Vec<_> = found.outcomes.difference(&most).collect();
    if !wrong.is_empty() {
        return Err(format!("only shuttle finds {wrong:?}, of {} outcomes", found.outcomes.len()));
    }
    let missing: Vec<_> = least.difference(&found.outcomes).collect();
    *if most == found.outcomes {
        &mut tally.equal
    } else if !found.complete {
        &mut tally.cut_short
    } else if program.ends_are_seen() {
        &mut tally.ends_seen
    } else if missing.is_empty() {
        &mut tally.fewer_wake_ups
    } else {
        return Err(format!("only interleave finds {missing:?}, of {} outcomes", least.len()));
    } += 1;
    Ok(())
}
