//! Every schedule of a program by shuttle, one execution after the other.
//!
//! A runner of shuttle ends with the first execution that fails. So that a program may deadlock on some schedules, the
//! scheduler lives outside of the runner: a new one goes on where the last one failed. What a failed execution leaks goes
//! with the child process in which all of this is done.

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use shuttle::scheduler::{DfsScheduler, Schedule, Scheduler, Task, TaskId};
use shuttle::{Config, FailurePersistence, Runner};

use crate::child;

/// What shuttle has found.
#[derive(Debug, Default, PartialEq)]
pub struct Found {
    /// What the program returned, or [`DEADLOCK`].
    pub outcomes: BTreeSet<String>,
    pub executions: u64,
    /// Whether there are no more schedules.
    pub complete: bool,
    /// Of the processor.
    pub time: Duration,
}

/// The outcome of an execution in which nobody can move.
pub const DEADLOCK: &str = "deadlock";

#[derive(Clone)]
struct Shared(Arc<Mutex<Inner>>);

struct Inner {
    search: DfsScheduler,
    executions: u64,
    most: u64,
    complete: bool,
}

impl Scheduler for Shared {
    fn new_execution(&mut self) -> Option<Schedule> {
        let mut inner = self.0.lock().unwrap();
        if inner.executions == inner.most {
            return None;
        }
        let next = inner.search.new_execution();
        match next {
            Some(_) => inner.executions += 1,
            None => inner.complete = true,
        }
        next
    }

    fn next_task(&mut self, runnable: &[&Task], current: Option<TaskId>, is_yielding: bool) -> Option<TaskId> {
        self.0.lock().unwrap().search.next_task(runnable, current, is_yielding)
    }

    fn next_u64(&mut self) -> u64 {
        self.0.lock().unwrap().search.next_u64()
    }
}

/// Runs the program under every schedule, at most so many and for so many seconds of processor time.
///
/// # Panics
/// The program does, but for deadlocks.
pub fn explore(program: impl Fn() -> String + Send + Sync + 'static, most: u64, seconds: i32) -> Found {
    let ended = child::run(seconds, |count| search(program, most, count));
    let Some(text) = ended.text else {
        return Found { executions: ended.count, time: ended.time, ..Found::default() };
    };
    let mut lines = text.lines();
    let complete = match lines.next() {
        Some("complete") => true,
        Some("cut short") => false,
        line => panic!("shuttle fails otherwise than by a deadlock: {line:?}"),
    };
    Found { outcomes: lines.map(str::to_owned).collect(), executions: ended.count, complete, time: ended.time }
}

fn search(program: impl Fn() -> String + Send + Sync + 'static, most: u64, count: &'static AtomicU64) -> String {
    std::panic::set_hook(Box::new(|_| ()));
    let inner = Inner { search: DfsScheduler::new(None, false), executions: 0, most, complete: false };
    let shared = Shared(Arc::new(Mutex::new(inner)));
    let outcomes = Arc::new(Mutex::new(BTreeSet::new()));
    let program = Arc::new(program);
    loop {
        let mut config = Config::new();
        config.failure_persistence = FailurePersistence::None;
        config.silence_warnings = true;
        config.ungraceful_shutdown_config.immediately_return_on_panic = true;
        let (outcomes_here, program) = (Arc::clone(&outcomes), Arc::clone(&program));
        let (runner, scheduler) = (Runner::new(shared.clone(), config), shared.clone());
        let ended = catch_unwind(AssertUnwindSafe(|| {
            runner.run(move || {
                count.store(scheduler.0.lock().unwrap().executions, Relaxed);
                let outcome = program();
                outcomes_here.lock().unwrap().insert(outcome);
            })
        }));
        let Err(panic) = ended else { break };
        let message = panic.downcast_ref::<String>().map_or("a panic", String::as_str);
        if !message.starts_with("deadlock!") {
            return message.to_owned();
        }
        outcomes.lock().unwrap().insert(DEADLOCK.to_owned());
    }
    let inner = shared.0.lock().unwrap();
    let outcomes = outcomes.lock().unwrap();
    let first = if inner.complete { "complete" } else { "cut short" };
    std::iter::once(first).chain(outcomes.iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
}
