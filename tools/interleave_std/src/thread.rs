//! As `std::thread`: each thread is a task.

use std::any::Any;
use std::cell::UnsafeCell;
use std::fmt::{self, Debug};
use std::io;
use std::marker::PhantomData;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, Location, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use interleave::hook::{self, Body, Ended, request};
use interleave::op::{DONE, Op, POISONED, Patience, Task};

pub use ::std::thread::{AccessError, Result};

use crate::cell::{Cell, RefCell};
use crate::show::content;

/// What a thread leaves for whoever joins it.
struct Packet<T>(UnsafeCell<Option<Result<T>>>);

// SAFETY: written once at the end of the task, read once after its end; tasks run one at a time.
unsafe impl<T: Send> Sync for Packet<T> {}

impl<T> Packet<T> {
    fn take(&self) -> Result<T> {
        // SAFETY: as above.
        let result = unsafe { &mut *self.0.get() }.take();
        result.unwrap_or_else(|| unreachable!("a thread that has ended leaves a result, and is joined once"))
    }
}

/// What a task runs: the closure, and what is to be done at its end.
fn body<T>(closure: impl FnOnce() -> T, packet: Arc<Packet<T>>) -> Body {
    let body = move || {
        let result = catch_unwind(AssertUnwindSafe(closure));
        let ended = match &result {
            Ok(value) => Ended { result: content(value), panicked: false },
            Err(_) => Ended { result: hook::text(hook::note_panic(None)), panicked: true },
        };
        hook::drop_storage();
        // SAFETY: see `Packet`.
        unsafe { *packet.0.get() = Some(result) };
        ended
    };
    let body: Box<dyn FnOnce() -> Ended + '_> = Box::new(body);
    // SAFETY: `spawn` demands `'static`; a scope waits for its threads, so that they end before what they borrow. A
    // run that is abandoned is abandoned whole: no task of it goes on.
    unsafe { std::mem::transmute(body) }
}

fn start<T>(
    closure: impl FnOnce() -> T,
    name: Option<String>,
    here: &'static Location<'static>,
) -> (Thread, Arc<Packet<T>>) {
    let packet = Arc::new(Packet(UnsafeCell::new(None)));
    let task = hook::start(body(closure, Arc::clone(&packet)), name, false, here);
    (Thread { task }, packet)
}

#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let (thread, packet) = start(f, None, Location::caller());
    JoinHandle { thread, packet }
}

pub struct JoinHandle<T> {
    thread: Thread,
    packet: Arc<Packet<T>>,
}

#[track_caller]
fn join<T>(thread: &Thread, packet: &Packet<T>) -> Result<T> {
    request(Op::Join { task: thread.task, take: true }, Location::caller());
    packet.take()
}

impl<T> JoinHandle<T> {
    #[track_caller]
    pub fn join(self) -> Result<T> {
        join(&self.thread, &self.packet)
    }

    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    #[track_caller]
    pub fn is_finished(&self) -> bool {
        request(Op::IsFinished { task: self.thread.task }, Location::caller()).flag == DONE
    }
}

impl<T> Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JoinHandle {{ {} }}", self.thread.task.0)
    }
}

/// A thread with a name.
#[derive(Debug, Default)]
pub struct Builder {
    name: Option<String>,
}

impl Builder {
    pub fn new() -> Builder {
        Builder::default()
    }

    pub fn name(self, name: String) -> Builder {
        Builder { name: Some(name) }
    }

    /// Has no effect: every task has the same stack.
    pub fn stack_size(self, _: usize) -> Builder {
        self
    }

    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        let (thread, packet) = start(f, self.name, Location::caller());
        Ok(JoinHandle { thread, packet })
    }

    #[track_caller]
    pub fn spawn_scoped<'scope, 'env, F, T>(
        self,
        scope: &'scope Scope<'scope, 'env>,
        f: F,
    ) -> io::Result<ScopedJoinHandle<'scope, T>>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        Ok(scope.start(f, self.name, Location::caller()))
    }
}

pub struct Scope<'scope, 'env: 'scope> {
    tasks: std::cell::RefCell<Vec<Task>>,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

// SAFETY: tasks run one at a time, and none stops while it has `tasks` borrowed.
unsafe impl Sync for Scope<'_, '_> {}

impl Debug for Scope<'_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

#[track_caller]
pub fn scope<'env, F, T>(f: F) -> T
where
    F: for<'scope> FnOnce(&'scope Scope<'scope, 'env>) -> T,
{
    let here = Location::caller();
    let scope = Scope { tasks: std::cell::RefCell::default(), scope: PhantomData, env: PhantomData };
    let result = catch_unwind(AssertUnwindSafe(|| f(&scope)));
    let mut panicked = false;
    let mut at = 0;
    // The threads of a scope may start others in it.
    while let Some(task) = { scope.tasks.borrow().get(at).copied() } {
        panicked |= request(Op::Join { task, take: true }, here).flag & POISONED != 0;
        at += 1;
    }
    match result {
        Err(payload) => crate::panic::resume_unwind(payload),
        Ok(_) if panicked => panic!("a scoped thread panicked"),
        Ok(result) => result,
    }
}

impl<'scope> Scope<'scope, '_> {
    #[track_caller]
    pub fn spawn<F, T>(&'scope self, f: F) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        self.start(f, None, Location::caller())
    }

    fn start<F, T>(&self, f: F, name: Option<String>, here: &'static Location<'static>) -> ScopedJoinHandle<'scope, T>
    where
        F: FnOnce() -> T + Send + 'scope,
        T: Send + 'scope,
    {
        let (thread, packet) = start(f, name, here);
        self.tasks.borrow_mut().push(thread.task);
        ScopedJoinHandle { thread, packet, scope: PhantomData }
    }
}

pub struct ScopedJoinHandle<'scope, T> {
    thread: Thread,
    packet: Arc<Packet<T>>,
    scope: PhantomData<&'scope mut &'scope ()>,
}

impl<T> ScopedJoinHandle<'_, T> {
    #[track_caller]
    pub fn join(self) -> Result<T> {
        join(&self.thread, &self.packet)
    }

    pub fn thread(&self) -> &Thread {
        &self.thread
    }

    #[track_caller]
    pub fn is_finished(&self) -> bool {
        request(Op::IsFinished { task: self.thread.task }, Location::caller()).flag == DONE
    }
}

impl<T> Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScopedJoinHandle {{ {} }}", self.thread.task.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ThreadId(Task);

impl Debug for ThreadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThreadId({})", u32::from(self.0.0) + 1)
    }
}

#[derive(Clone)]
pub struct Thread {
    task: Task,
}

impl Thread {
    pub fn id(&self) -> ThreadId {
        ThreadId(self.task)
    }

    /// Lives as long as the program, as a thread's name does as long as the thread.
    pub fn name(&self) -> Option<&str> {
        hook::name(self.task).map(|name| &*Box::leak(name.into_boxed_str()))
    }

    #[track_caller]
    pub fn unpark(&self) {
        request(Op::Unpark { task: self.task }, Location::caller());
    }
}

impl Debug for Thread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Thread").field("id", &self.id()).field("name", &self.name()).finish_non_exhaustive()
    }
}

pub fn current() -> Thread {
    Thread { task: hook::thread() }
}

#[track_caller]
pub fn yield_now() {
    request(Op::Yield, Location::caller());
}

pub(crate) fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

/// Wakes when no other sleeper is due before, and the schedule says so. No time passes meanwhile but the program's own.
#[track_caller]
pub fn sleep(duration: Duration) {
    request(Op::Sleep { nanos: nanos(duration) }, Location::caller());
}

#[track_caller]
pub fn park() {
    request(Op::Park { patience: Patience::Forever }, Location::caller());
}

#[track_caller]
pub fn park_timeout(duration: Duration) {
    request(Op::Park { patience: Patience::Until(nanos(duration)) }, Location::caller());
}

pub fn panicking() -> bool {
    hook::panicking()
}

/// Always two: a program must not depend on the machine that explores it.
pub fn available_parallelism() -> io::Result<NonZero<usize>> {
    Ok(const { NonZero::new(2).unwrap() })
}

#[doc(hidden)]
#[derive(Debug)]
pub struct LocalKeyInner<T: 'static> {
    init: fn() -> T,
}

impl<T: 'static> LocalKeyInner<T> {
    pub const fn new(init: fn() -> T) -> LocalKeyInner<T> {
        LocalKeyInner { init }
    }
}

/// A value of which each task has its own.
pub struct LocalKey<T: 'static> {
    inner: &'static LocalKeyInner<T>,
}

impl<T: 'static> Debug for LocalKey<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalKey").finish_non_exhaustive()
    }
}

impl<T: 'static> LocalKey<T> {
    #[doc(hidden)]
    pub const fn new(inner: &'static LocalKeyInner<T>) -> LocalKey<T> {
        LocalKey { inner }
    }

    fn value(&self) -> Rc<T> {
        let key = std::ptr::from_ref(self.inner) as usize;
        let value: Rc<dyn Any> = hook::storage(key, || Rc::new((self.inner.init)()));
        value.downcast().unwrap_or_else(|_| unreachable!("a key has one type"))
    }

    pub fn with<F, R>(&self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        f(&self.value())
    }

    /// Never fails: what a destructor finds gone is made anew.
    pub fn try_with<F, R>(&self, f: F) -> std::result::Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        Ok(f(&self.value()))
    }
}

impl<T: 'static> LocalKey<Cell<T>> {
    #[track_caller]
    pub fn set(&self, value: T) {
        self.value().set(value);
    }

    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        self.value().get()
    }

    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.value().take()
    }

    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        self.value().replace(value)
    }
}

impl<T: 'static> LocalKey<RefCell<T>> {
    #[track_caller]
    pub fn with_borrow<F, R>(&self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        f(&self.value().borrow())
    }

    #[track_caller]
    pub fn with_borrow_mut<F, R>(&self, f: F) -> R
    where
        F: FnOnce(&mut T) -> R,
    {
        f(&mut self.value().borrow_mut())
    }

    #[track_caller]
    pub fn set(&self, value: T) {
        *self.value().borrow_mut() = value;
    }

    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.value().take()
    }

    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        self.value().replace(value)
    }
}
