//! As `std::sync::Once`, and what is initialized once: `OnceLock`, `LazyLock`.

use std::cell::UnsafeCell;
use std::fmt::{self, Debug};
use std::ops::{Deref, DerefMut};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};

use interleave::hook::{self, Initial, request};
use interleave::op::{Content, DONE, ObjectId, Op, POISONED, Reply};

use crate::object::{Id, Start};
use crate::show::{content, peeking};

#[derive(Clone, Copy)]
struct Starts;

impl Start for Starts {
    fn initial(self) -> Initial {
        Initial::Once { done: None }
    }
}

/// What is there from the beginning.
struct Done<'a, T>(&'a T);

impl<T> Clone for Done<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Done<'_, T> {}

impl<T> Start for Done<'_, T> {
    fn initial(self) -> Initial {
        Initial::Once { done: Some(content(self.0)) }
    }
}

fn begin(object: ObjectId, force: bool, here: &'static Location<'static>) -> Reply {
    request(Op::OnceBegin { object, force }, here)
}

/// Does what was begun. `init` says what it leaves; if it panics, that is noted.
fn initialize(object: ObjectId, here: &'static Location<'static>, init: impl FnOnce() -> Content) {
    struct Fails(ObjectId, &'static Location<'static>);

    impl Drop for Fails {
        fn drop(&mut self) {
            let nothing = content(&());
            request(Op::OnceEnd { object: self.0, content: nothing, poison: true }, self.1);
        }
    }

    let fails = Fails(object, here);
    let content = init();
    std::mem::forget(fails);
    request(Op::OnceEnd { object, content, poison: false }, here);
}

/// To begin is a step, and so is the end; once that is done, nothing is.
pub struct Once {
    id: Id,
}

/// What an initialization is told about those before it.
pub struct OnceState {
    poisoned: bool,
}

impl UnwindSafe for Once {}
impl RefUnwindSafe for Once {}

impl OnceState {
    pub fn is_poisoned(&self) -> bool {
        self.poisoned
    }
}

impl Once {
    #[track_caller]
    #[expect(clippy::new_without_default, reason = "std has none")]
    pub const fn new() -> Once {
        Once { id: Id::new(Starts) }
    }

    #[track_caller]
    fn object(&self) -> ObjectId {
        self.id.get(std::ptr::null_mut::<u8>(), 0, || Starts)
    }

    #[track_caller]
    pub fn call_once<F: FnOnce()>(&self, f: F) {
        let (object, here) = (self.object(), Location::caller());
        let reply = begin(object, false, here);
        refuse_poisoned(reply, "Once");
        if reply.flag & DONE == 0 {
            initialize(object, here, || {
                f();
                content(&())
            });
        }
    }

    #[track_caller]
    pub fn call_once_force<F: FnOnce(&OnceState)>(&self, f: F) {
        let (object, here) = (self.object(), Location::caller());
        let reply = begin(object, true, here);
        if reply.flag & DONE == 0 {
            initialize(object, here, || {
                f(&OnceState { poisoned: reply.flag & POISONED != 0 });
                content(&())
            });
        }
    }

    #[track_caller]
    pub fn is_completed(&self) -> bool {
        request(Op::OnceGet { object: self.object() }, Location::caller()).flag & DONE != 0
    }

    #[track_caller]
    pub fn wait(&self) {
        let reply = request(Op::OnceWait { object: self.object(), force: false }, Location::caller());
        refuse_poisoned(reply, "Once");
    }

    #[track_caller]
    pub fn wait_force(&self) {
        request(Op::OnceWait { object: self.object(), force: true }, Location::caller());
    }
}

#[track_caller]
fn refuse_poisoned(reply: Reply, what: &str) {
    assert!(reply.flag & POISONED == 0, "{what} instance has previously been poisoned");
}

impl Debug for Once {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "once {}", self.id);
        }
        f.debug_struct("Once").finish_non_exhaustive()
    }
}

impl Debug for OnceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OnceState").field("poisoned", &self.is_poisoned()).finish()
    }
}

/// A `set` is a step; so are the beginning and the end of a `get_or_init`, and a `get` that finds nothing.
pub struct OnceLock<T> {
    id: Id,
    data: UnsafeCell<Option<T>>,
}

// SAFETY: tasks run one at a time; one of them initializes it, and then it is shared.
unsafe impl<T: Sync + Send> Sync for OnceLock<T> {}

impl<T: RefUnwindSafe + UnwindSafe> RefUnwindSafe for OnceLock<T> {}
impl<T: UnwindSafe> UnwindSafe for OnceLock<T> {}

impl<T> OnceLock<T> {
    #[track_caller]
    pub const fn new() -> OnceLock<T> {
        OnceLock { id: Id::with_contents::<T, _>(Starts), data: UnsafeCell::new(None) }
    }

    #[track_caller]
    fn object(&self) -> ObjectId {
        self.id.get(self.data.get(), size_of::<Option<T>>(), || Starts)
    }

    fn value(&self) -> &T {
        // SAFETY: it is initialized, so only whoever has it alone changes it.
        unsafe { &*self.data.get() }.as_ref().unwrap_or_else(|| unreachable!("what was initialized is there"))
    }

    /// # Safety
    /// Nobody else has a reference to the value: this task initializes it.
    unsafe fn put(&self, value: T) {
        // SAFETY: the caller's promise.
        unsafe { *self.data.get() = Some(value) };
    }

    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        let reply = request(Op::OnceGet { object: self.object() }, Location::caller());
        (reply.flag & DONE != 0).then(|| self.value())
    }

    /// What the caller makes of the value is not seen; from here on it is known by this place.
    #[track_caller]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        let object = self.object();
        let reply = request(Op::Observe { object }, Location::caller());
        if reply.flag & DONE == 0 {
            return None;
        }
        let changed = hook::content(None);
        request(Op::Replace { object, content: changed }, Location::caller());
        self.data.get_mut().as_mut()
    }

    #[track_caller]
    pub fn wait(&self) -> &T {
        request(Op::OnceWait { object: self.object(), force: true }, Location::caller());
        self.value()
    }

    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        let op = Op::OnceSet { object: self.object(), content: content(&value) };
        if request(op, Location::caller()).flag & DONE != 0 {
            return Err(value);
        }
        // SAFETY: the explorer lets one task set it.
        unsafe { self.put(value) };
        Ok(())
    }

    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T {
        let (object, here) = (self.object(), Location::caller());
        if begin(object, true, here).flag & DONE == 0 {
            initialize(object, here, || {
                let value = f();
                let content = content(&value);
                // SAFETY: the explorer lets one task initialize it.
                unsafe { self.put(value) };
                content
            });
        }
        self.value()
    }

    #[track_caller]
    pub fn into_inner(mut self) -> Option<T> {
        self.take()
    }

    #[track_caller]
    pub fn take(&mut self) -> Option<T> {
        let object = self.object();
        let here = Location::caller();
        if request(Op::Observe { object }, here).flag & DONE == 0 {
            return None;
        }
        request(Op::OnceTake { object }, here);
        self.data.get_mut().take()
    }
}

impl<T> Default for OnceLock<T> {
    #[track_caller]
    fn default() -> OnceLock<T> {
        OnceLock::new()
    }
}

impl<T: Debug> Debug for OnceLock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "once {}", self.id);
        }
        show(f, "OnceLock", self.get())
    }
}

fn show<T: Debug>(f: &mut fmt::Formatter<'_>, name: &str, value: Option<&T>) -> fmt::Result {
    let mut text = f.debug_tuple(name);
    match value {
        Some(value) => text.field(value),
        None => text.field(&format_args!("<uninit>")),
    };
    text.finish()
}

impl<T: Clone> Clone for OnceLock<T> {
    #[track_caller]
    fn clone(&self) -> OnceLock<T> {
        match self.get() {
            Some(value) => OnceLock::from(value.clone()),
            None => OnceLock::new(),
        }
    }
}

impl<T> From<T> for OnceLock<T> {
    #[track_caller]
    fn from(value: T) -> OnceLock<T> {
        OnceLock { id: Id::with_contents::<T, _>(Done(&value)), data: UnsafeCell::new(Some(value)) }
    }
}

impl<T: PartialEq> PartialEq for OnceLock<T> {
    #[track_caller]
    fn eq(&self, other: &OnceLock<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceLock<T> {}

enum Lazy<T, F> {
    NotYet(F),
    Value(T),
    Poisoned,
}

/// The beginning and the end of the initialization are steps; once that is done, nothing is.
pub struct LazyLock<T, F = fn() -> T> {
    id: Id,
    data: UnsafeCell<Lazy<T, F>>,
}

// SAFETY: tasks run one at a time; one of them initializes it, and then it is shared.
unsafe impl<T: Sync + Send, F: Send> Sync for LazyLock<T, F> {}

impl<T: RefUnwindSafe + UnwindSafe, F: UnwindSafe> RefUnwindSafe for LazyLock<T, F> {}
impl<T: UnwindSafe, F: UnwindSafe> UnwindSafe for LazyLock<T, F> {}

impl<T, F: FnOnce() -> T> LazyLock<T, F> {
    #[track_caller]
    pub const fn new(f: F) -> LazyLock<T, F> {
        LazyLock { id: Id::with_contents::<Lazy<T, F>, _>(Starts), data: UnsafeCell::new(Lazy::NotYet(f)) }
    }

    #[track_caller]
    pub fn force(this: &LazyLock<T, F>) -> &T {
        let (object, here) = (this.object(), Location::caller());
        let reply = begin(object, false, here);
        refuse_poisoned(reply, "LazyLock");
        if reply.flag & DONE == 0 {
            initialize(object, here, || {
                // SAFETY: the explorer lets one task initialize it.
                let before = unsafe { std::ptr::replace(this.data.get(), Lazy::Poisoned) };
                let Lazy::NotYet(init) = before else { unreachable!("it is initialized once") };
                let value = init();
                let content = content(&value);
                // SAFETY: as above; nobody else has used it meanwhile.
                unsafe { *this.data.get() = Lazy::Value(value) };
                content
            });
        }
        this.value()
    }

    /// What the caller makes of the value is not seen; from here on it is known by this place.
    #[track_caller]
    pub fn force_mut(this: &mut LazyLock<T, F>) -> &mut T {
        LazyLock::force(this);
        this.change();
        match this.data.get_mut() {
            Lazy::Value(value) => value,
            _ => unreachable!("what was initialized is there"),
        }
    }
}

impl<T, F> LazyLock<T, F> {
    #[track_caller]
    fn object(&self) -> ObjectId {
        self.id.get(self.data.get(), size_of::<Lazy<T, F>>(), || Starts)
    }

    fn value(&self) -> &T {
        // SAFETY: it is initialized, so only whoever has it alone changes it.
        match unsafe { &*self.data.get() } {
            Lazy::Value(value) => value,
            _ => unreachable!("what was initialized is there"),
        }
    }

    #[track_caller]
    fn change(&mut self) {
        let changed = hook::content(None);
        request(Op::Replace { object: self.object(), content: changed }, Location::caller());
    }

    #[track_caller]
    pub fn get(this: &LazyLock<T, F>) -> Option<&T> {
        let reply = request(Op::OnceGet { object: this.object() }, Location::caller());
        (reply.flag & DONE != 0).then(|| this.value())
    }

    /// As [`force_mut`](LazyLock::force_mut).
    #[track_caller]
    pub fn get_mut(this: &mut LazyLock<T, F>) -> Option<&mut T> {
        if request(Op::Observe { object: this.object() }, Location::caller()).flag & DONE == 0 {
            return None;
        }
        this.change();
        match this.data.get_mut() {
            Lazy::Value(value) => Some(value),
            _ => None,
        }
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyLock<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyLock::force(self)
    }
}

impl<T, F: FnOnce() -> T> DerefMut for LazyLock<T, F> {
    #[track_caller]
    fn deref_mut(&mut self) -> &mut T {
        LazyLock::force_mut(self)
    }
}

impl<T: Default> Default for LazyLock<T> {
    #[track_caller]
    fn default() -> LazyLock<T> {
        LazyLock::new(T::default)
    }
}

impl<T: Debug, F> Debug for LazyLock<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "once {}", self.id);
        }
        show(f, "LazyLock", LazyLock::get(self))
    }
}
