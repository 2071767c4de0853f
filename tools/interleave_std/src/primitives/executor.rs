//! As `primitives::executor`. Each future is a task, and its awaits are the points of choice: which of those that are
//! woken goes on next. While there are other threads, their steps come in between, as in any thread.

use std::cell::{Cell, UnsafeCell};
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, Location};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, RawWaker, RawWakerVTable, Waker};
use std::thread::Result;

use interleave::hook::{self, Ended, request, request_here};
use interleave::op::{DONE, Op, Task};

use crate::show::content;

thread_local! {
    /// The run in which a thread runs futures, and that thread.
    static EXECUTOR: Cell<Option<(u64, Task)>> = const { Cell::new(None) };
    /// The run, and where the future that runs in it has yielded since its last await.
    static YIELDED: Cell<Option<(u64, &'static Location<'static>)>> = const { Cell::new(None) };
}

/// Whether the task is run by a `block_on`.
fn on_executor() -> bool {
    EXECUTOR.get() == Some((hook::run_number(), hook::thread()))
}

/// The data of a task's waker is its number.
fn raw(task: *const ()) -> RawWaker {
    fn wake(task: *const ()) {
        request_here(Op::Wake { task: Task(task.addr() as u8) });
    }

    RawWaker::new(task, &const { RawWakerVTable::new(raw, wake, wake, |_| {}) })
}

fn waker() -> Waker {
    let task = std::ptr::without_provenance(usize::from(hook::current().0));
    // SAFETY: a number, which any thread may have, and nothing to let go.
    unsafe { Waker::from_raw(raw(task)) }
}

/// Polls it until it is done.
fn drive<F: Future>(mut future: Pin<&mut F>) -> F::Output {
    let waker = waker();
    let mut context = Context::from_waker(&waker);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
        match YIELDED.take() {
            Some((run, here)) if run == hook::run_number() => request(Op::Await { yields: true }, here),
            _ => request_here(Op::Await { yields: false }),
        };
    }
}

/// Runs the future, and those that it spawns, on this thread. Those that have not ended when it has are not run on, and
/// not dropped.
///
/// # Panics
/// The thread runs futures already.
#[track_caller]
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Leaves(&'static Location<'static>);

    impl Drop for Leaves {
        fn drop(&mut self) {
            request(Op::LeaveExecutor, self.0);
            EXECUTOR.set(None);
        }
    }

    assert!(!on_executor(), "block_on inside of block_on");
    let here = Location::caller();
    request(Op::EnterExecutor, here);
    EXECUTOR.set(Some((hook::run_number(), hook::thread())));
    let _leaves = Leaves(here);
    drive(pin!(future))
}

/// What a future leaves for whoever awaits it.
struct Packet<T> {
    result: UnsafeCell<Option<Result<T>>>,
    /// Who is to be woken at its end.
    waker: crate::cell::Cell<Option<Waker>>,
}

/// Starts a future: it runs when the one that runs awaits.
///
/// # Panics
/// No `block_on` runs on this thread.
#[track_caller]
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    assert!(on_executor(), "spawn outside of block_on");
    let packet = Rc::new(Packet { result: UnsafeCell::new(None), waker: crate::cell::Cell::new(None) });
    let body = {
        let packet = Rc::clone(&packet);
        move || {
            let result = std::panic::catch_unwind(AssertUnwindSafe(|| drive(pin!(future))));
            let ended = match &result {
                Ok(value) => Ended { result: content(value), panicked: false },
                Err(_) => Ended { result: hook::text(hook::note_panic(None)), panicked: true },
            };
            // SAFETY: the one that awaits it takes it only after the end.
            unsafe { *packet.result.get() = Some(result) };
            if let Some(waker) = packet.waker.take() {
                waker.wake();
            }
            ended
        }
    };
    let task = hook::start(Box::new(body), None, true, None, Location::caller());
    JoinHandle { task, packet }
}

/// Ready when the future has ended. If that panicked, so does whoever awaits it.
pub struct JoinHandle<T> {
    task: Task,
    packet: Rc<Packet<T>>,
}

impl<T> Unpin for JoinHandle<T> {}

impl<T> Future for JoinHandle<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        if request_here(Op::PollJoin { task: self.task }).flag & DONE == 0 {
            self.packet.waker.set(Some(context.waker().clone()));
            return Poll::Pending;
        }
        // SAFETY: the future has ended.
        match unsafe { &mut *self.packet.result.get() }.take() {
            Some(Ok(value)) => Poll::Ready(value),
            Some(Err(panic)) => crate::panic::resume_unwind(panic),
            None => unreachable!("a future ends once"),
        }
    }
}

impl<T> Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinHandle {{ {} }}", self.task.0)
    }
}

/// Lets others that are ready go first.
#[track_caller]
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false, here: Location::caller() }
}

#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct YieldNow {
    yielded: bool,
    here: &'static Location<'static>,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        if on_executor() {
            YIELDED.set(Some((hook::run_number(), self.here)));
        }
        Poll::Pending
    }
}
