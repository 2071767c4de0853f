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

use interleave::hook::{self, Body, Ended, Initial, request, request_here};
use interleave::op::{DONE, ObjectId, Op, POISONED, Patience, Task};

pub use ::std::thread::Result;

use crate::cell::{Cell, RefCell};
use crate::show::{content, peeking};

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

    /// For the last of the two that have it, the thread and its handle.
    fn drop_result(&self) {
        let result = self.take();
        hook::last_drop(hook::RESULTS, || hook::drop_without_panic(|| drop(result)));
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
        // SAFETY: see `Packet`.
        unsafe { *packet.0.get() = Some(result) };
        if request_here(Op::Leave).flag == DONE {
            packet.drop_result();
        }
        hook::drop_without_panic(hook::drop_storage);
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
    scope: Option<ObjectId>,
    here: &'static Location<'static>,
) -> Handle<T> {
    let packet = Arc::new(Packet(UnsafeCell::new(None)));
    let task = hook::start(body(closure, Arc::clone(&packet)), name, false, scope, here);
    Handle { thread: Thread { task }, packet: Some(packet) }
}

/// What a `JoinHandle` is, scoped or not.
struct Handle<T> {
    thread: Thread,
    /// Gone once it is joined.
    packet: Option<Arc<Packet<T>>>,
}

impl<T> Handle<T> {
    #[track_caller]
    fn join(mut self) -> Result<T> {
        request(Op::Join { task: self.thread.task }, Location::caller());
        let packet = self.packet.take();
        packet.unwrap_or_else(|| unreachable!("a handle is joined once")).take()
    }

    #[track_caller]
    fn is_finished(&self) -> bool {
        request(Op::IsFinished { task: self.thread.task }, Location::caller()).flag == DONE
    }

    /// The explorer is shown which it is.
    fn show(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            write!(f, "{name} {{ {} }}", self.thread.task.0)
        } else {
            f.debug_struct(name).finish_non_exhaustive()
        }
    }
}

/// Whoever comes last, this or the end of the thread, drops the result.
impl<T> Drop for Handle<T> {
    fn drop(&mut self) {
        if let Some(packet) = self.packet.take()
            && request_here(Op::Detach { task: self.thread.task }).flag == DONE
        {
            packet.drop_result();
        }
    }
}

#[track_caller]
pub fn spawn<F, T>(f: F) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    JoinHandle(start(f, None, None, Location::caller()))
}

pub struct JoinHandle<T>(Handle<T>);

impl<T> JoinHandle<T> {
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.0.join()
    }

    pub fn thread(&self) -> &Thread {
        &self.0.thread
    }

    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.0.is_finished()
    }
}

impl<T> Debug for JoinHandle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.show("JoinHandle", f)
    }
}

/// A thread with a name. What else there is has no effect, but is shown: every task has the same stack.
#[derive(Debug, Default)]
#[expect(dead_code, reason = "what only `Debug` shows")]
pub struct Builder {
    name: Option<String>,
    stack_size: Option<usize>,
    no_hooks: bool,
}

impl Builder {
    pub fn new() -> Builder {
        Builder::default()
    }

    pub fn name(self, name: String) -> Builder {
        Builder { name: Some(name), ..self }
    }

    pub fn stack_size(self, size: usize) -> Builder {
        Builder { stack_size: Some(size), ..self }
    }

    #[track_caller]
    pub fn spawn<F, T>(self, f: F) -> io::Result<JoinHandle<T>>
    where
        F: FnOnce() -> T + Send + 'static,
        T: Send + 'static,
    {
        Ok(JoinHandle(start(f, self.name, None, Location::caller())))
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
    object: ObjectId,
    scope: PhantomData<&'scope mut &'scope ()>,
    env: PhantomData<&'env mut &'env ()>,
}

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
    let object = hook::make(|| Initial::Scope, here);
    let scope = Scope { object, scope: PhantomData, env: PhantomData };
    let result = catch_unwind(AssertUnwindSafe(|| f(&scope)));
    // While it waits, the panic is caught.
    let message = result.is_err().then(|| hook::note_panic(None));
    let panicked = request(Op::JoinScope { scope: object }, here).flag & POISONED != 0;
    match result {
        Err(payload) => {
            hook::note_panic(message);
            std::panic::resume_unwind(payload)
        }
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
        ScopedJoinHandle { handle: start(f, name, Some(self.object), here), scope: PhantomData }
    }
}

pub struct ScopedJoinHandle<'scope, T> {
    handle: Handle<T>,
    scope: PhantomData<&'scope mut &'scope ()>,
}

impl<T> ScopedJoinHandle<'_, T> {
    #[track_caller]
    pub fn join(self) -> Result<T> {
        self.handle.join()
    }

    pub fn thread(&self) -> &Thread {
        &self.handle.thread
    }

    #[track_caller]
    pub fn is_finished(&self) -> bool {
        self.handle.is_finished()
    }
}

impl<T> Debug for ScopedJoinHandle<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.handle.show("ScopedJoinHandle", f)
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

    fn try_value(&self) -> std::result::Result<Rc<T>, AccessError> {
        let key = std::ptr::from_ref(self.inner) as usize;
        let drops = std::mem::needs_drop::<T>();
        let value: Rc<dyn Any> = hook::storage(key, drops, || Rc::new((self.inner.init)())).ok_or(AccessError)?;
        Ok(value.downcast().unwrap_or_else(|_| unreachable!("a key has one type")))
    }

    fn value(&self) -> Rc<T> {
        self.try_value().unwrap_or_else(|_| {
            panic!("cannot access a Thread Local Storage value during or after destruction: AccessError")
        })
    }

    pub fn with<F, R>(&self, f: F) -> R
    where
        F: FnOnce(&T) -> R,
    {
        f(&self.value())
    }

    pub fn try_with<F, R>(&self, f: F) -> std::result::Result<R, AccessError>
    where
        F: FnOnce(&T) -> R,
    {
        Ok(f(&*self.try_value()?))
    }
}

/// The value is dropped already.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct AccessError;

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("already destroyed")
    }
}

impl std::error::Error for AccessError {}

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
