//! Futures on one thread: whoever is woken is polled, in the order of the wake-ups.
//!
//! ```text
//! block_on ── an Executor for as long as its future runs: future 0
//! ├─ Queue ── the numbers of those that are woken; a waker has a share of it, on any thread
//! └─ futures ── those that were spawned, by number
//! ```

use std::any::Any;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt::{self, Debug};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::atomic::{
    AtomicBool,
    Ordering::{AcqRel, Release},
};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// The numbers of those that are woken, and the thread that polls them.
struct Queue {
    woken: Mutex<VecDeque<usize>>,
    thread: Thread,
}

impl Queue {
    fn push(&self, number: usize) {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).push_back(number);
        self.thread.unpark();
    }

    fn pop(&self) -> Option<usize> {
        self.woken.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

/// Wakes one future.
struct Wakes {
    number: usize,
    /// It stands in the queue already.
    queued: AtomicBool,
    queue: Arc<Queue>,
}

impl Wake for Wakes {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, AcqRel) {
            self.queue.push(self.number);
        }
    }
}

/// A future that was spawned: it leaves its result for whoever awaits it.
struct Spawned {
    future: Pin<Box<dyn Future<Output = ()>>>,
    wakes: Arc<Wakes>,
}

struct Executor {
    queue: Arc<Queue>,
    futures: BTreeMap<usize, Spawned>,
    spawned_ever: usize,
}

thread_local! {
    static EXECUTOR: RefCell<Option<Executor>> = const { RefCell::new(None) };
}

fn wakes(number: usize, queue: &Arc<Queue>) -> Arc<Wakes> {
    // It is polled at first without being woken.
    queue.push(number);
    Arc::new(Wakes { number, queued: AtomicBool::new(true), queue: Arc::clone(queue) })
}

/// Runs the future, and those that it spawns, on this thread. Those that have not ended when it has are not run on, and
/// not dropped.
///
/// # Panics
/// The thread runs futures already.
pub fn block_on<F: Future>(future: F) -> F::Output {
    struct Leaves;

    impl Drop for Leaves {
        fn drop(&mut self) {
            EXECUTOR.with_borrow_mut(|executor| std::mem::forget(executor.take()));
        }
    }

    let queue = Arc::new(Queue { woken: Mutex::default(), thread: thread::current() });
    EXECUTOR.with_borrow_mut(|executor| {
        assert!(executor.is_none(), "block_on inside of block_on");
        *executor = Some(Executor { queue: Arc::clone(&queue), futures: BTreeMap::new(), spawned_ever: 0 });
    });
    let _leaves = Leaves;
    let mut future = pin!(future);
    let main = wakes(0, &queue);
    let waker = Waker::from(Arc::clone(&main));
    loop {
        let Some(number) = queue.pop() else {
            // Another thread may wake one.
            thread::park();
            continue;
        };
        if number == 0 {
            main.queued.store(false, Release);
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return value;
            }
            continue;
        }
        // While it is polled it is not in the table, so that it may spawn others.
        let taken = EXECUTOR.with_borrow_mut(|executor| executor.as_mut()?.futures.remove(&number));
        let Some(mut spawned) = taken else { continue };
        spawned.wakes.queued.store(false, Release);
        let waker = Waker::from(Arc::clone(&spawned.wakes));
        if spawned.future.as_mut().poll(&mut Context::from_waker(&waker)).is_pending() {
            EXECUTOR.with_borrow_mut(|executor| executor.as_mut()?.futures.insert(number, spawned));
        }
    }
}

type Panic = Box<dyn Any + Send>;

/// What a future leaves for whoever awaits it.
struct Packet<T> {
    result: Option<Result<T, Panic>>,
    /// Who is to be woken at its end.
    waker: Option<Waker>,
}

/// Starts a future: it runs when the one that runs awaits.
///
/// # Panics
/// No `block_on` runs on this thread.
pub fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    let packet = Rc::new(RefCell::new(Packet { result: None, waker: None }));
    let leaves = Rc::clone(&packet);
    let future = Box::pin(async move {
        let mut future = pin!(future);
        let poll = |context: &mut Context<'_>| {
            // A panic is for whoever awaits it.
            match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
                Ok(poll) => poll.map(Ok),
                Err(panic) => Poll::Ready(Err(panic)),
            }
        };
        let result = std::future::poll_fn(poll).await;
        let waker = {
            let mut packet = leaves.borrow_mut();
            packet.result = Some(result);
            packet.waker.take()
        };
        if let Some(waker) = waker {
            waker.wake();
        }
    });
    EXECUTOR.with_borrow_mut(|executor| {
        let executor = executor.as_mut().expect("spawn outside of block_on");
        executor.spawned_ever += 1;
        let wakes = wakes(executor.spawned_ever, &executor.queue);
        executor.futures.insert(executor.spawned_ever, Spawned { future, wakes });
    });
    JoinHandle { packet }
}

/// Ready when the future has ended. If that panicked, so does whoever awaits it.
pub struct JoinHandle<T> {
    packet: Rc<RefCell<Packet<T>>>,
}

impl<T> Unpin for JoinHandle<T> {}

impl<T> Future for JoinHandle<T> {
    type Output = T;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<T> {
        let mut packet = self.packet.borrow_mut();
        match packet.result.take() {
            Some(Ok(value)) => Poll::Ready(value),
            Some(Err(panic)) => {
                drop(packet);
                resume_unwind(panic)
            }
            None => {
                packet.waker = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

impl<T> Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JoinHandle").finish_non_exhaustive()
    }
}

/// Lets others that are ready go first.
pub fn yield_now() -> YieldNow {
    YieldNow { yielded: false }
}

#[derive(Debug)]
#[must_use = "a future does nothing unless it is awaited"]
pub struct YieldNow {
    yielded: bool,
}

impl Future for YieldNow {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.yielded {
            return Poll::Ready(());
        }
        self.yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
