//! As `std::sync::Arc`, whose owners are counted where somebody may look.
//!
//! ```text
//! Arc<T> ── a pointer to what a real one holds, and nothing else: so it can be `Arc<dyn Trait>`, and `self`
//! TABLE ─── by the address of what it holds: its number, its type, who may look (of this run only)
//! ```
//!
//! To clone and to let go is silent. But where somebody looks at the count, or the last owner's drop does something that
//! others see, it matters when each owner lets go: then the exploration begins again with those drops as steps. Where somebody
//! looks at the count, so are the clones.

use std::any::Any;
use std::borrow::Borrow;
use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::{self, Debug, Display, Pointer};
use std::hash::{Hash, Hasher};
use std::marker::{PhantomData, Unsize};
use std::mem::ManuallyDrop;
use std::ops::{CoerceUnsized, Deref, DispatchFromDyn, LegacyReceiver};
use std::panic::{Location, RefUnwindSafe, UnwindSafe};
use std::pin::{Pin, PinCoerceUnsized};
use std::ptr::NonNull;
use std::sync::{Arc as RealArc, Weak as RealWeak};

use interleave::hook::{self, Initial, request};
use interleave::op::{DONE, LATER, ObjectId, Op, Reply, WATCH};

use crate::show::peeking;

/// To clone it is a step if somebody looks at the count; to drop it, if so, or if the drop of what it holds is one.
pub struct Arc<T: ?Sized> {
    /// From `into_raw` of the real one. A field that drops itself could not be dropped while the explorer is told so.
    pointer: NonNull<T>,
    owns: PhantomData<T>,
}

/// `upgrade` is a step.
pub struct Weak<T: ?Sized>(RealWeak<T>);

// SAFETY: it is a real one.
unsafe impl<T: ?Sized + Sync + Send> Send for Arc<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized + Sync + Send> Sync for Arc<T> {}

impl<T: ?Sized + RefUnwindSafe> UnwindSafe for Arc<T> {}

impl<T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Arc<U>> for Arc<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Weak<U>> for Weak<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> DispatchFromDyn<Arc<U>> for Arc<T> {}
impl<T: ?Sized + Unsize<U>, U: ?Sized> DispatchFromDyn<Weak<U>> for Weak<T> {}
impl<T: ?Sized> LegacyReceiver for Arc<T> {}
// SAFETY: as for the real one: what it derefs to stays the same when it is coerced.
unsafe impl<T: ?Sized> PinCoerceUnsized for Arc<T> {}
// SAFETY: as above.
unsafe impl<T: ?Sized> PinCoerceUnsized for Weak<T> {}

/// What is known of an allocation.
#[derive(Clone, Copy)]
struct Counted {
    object: ObjectId,
    made: &'static Location<'static>,
    /// The name under which its drops are watched.
    name: &'static str,
    /// The name under which the explorer knows that somebody can tell it from others, or looks at its count.
    told_apart: &'static str,
    /// The name under which it knows that somebody looks at how many `Weak`s there are.
    watchers: &'static str,
    /// Its contents have a destructor.
    drops: bool,
}

/// Give a type's name a second meaning, and a third.
struct ToldApart<T: ?Sized>(PhantomData<T>);
struct Watchers<T: ?Sized>(PhantomData<T>);

thread_local! {
    /// Those of one run, by the address of what they hold.
    static TABLE: RefCell<(u64, HashMap<usize, Counted>)> = RefCell::default();
}

fn with_table<R>(use_it: impl FnOnce(&mut HashMap<usize, Counted>) -> R) -> R {
    let run = hook::run_number();
    TABLE.with_borrow_mut(|(of, table)| {
        if *of != run {
            *of = run;
            table.clear();
        }
        use_it(table)
    })
}

fn at<T: ?Sized>(pointer: *const T) -> usize {
    pointer.cast::<()>().addr()
}

/// Of a new allocation.
#[track_caller]
fn register<T: ?Sized>(pointer: *const T, drops: bool) {
    if !hook::exploring() {
        return;
    }
    let made = Location::caller();
    let counted = Counted {
        object: hook::make(|| Initial::Counted, made),
        made,
        name: std::any::type_name::<T>(),
        told_apart: std::any::type_name::<ToldApart<T>>(),
        watchers: std::any::type_name::<Watchers<T>>(),
        drops,
    };
    with_table(|table| table.insert(at(pointer), counted));
}

fn counted(address: usize) -> Option<Counted> {
    if hook::exploring() { with_table(|table| table.get(&address).copied()) } else { None }
}

impl Counted {
    /// Whether anything can depend on how many there are.
    fn matters(self, weak: bool) -> bool {
        if weak { hook::watched(self.watchers) } else { self.drops || hook::watched(self.told_apart) }
    }

    /// One more: a step if somebody looks at how many there are. Who is the last owner does not depend on it.
    fn own(self, weak: bool, here: &'static Location<'static>) {
        self.own_as(weak, hook::watched(self.told_apart) && hook::watched(self.name), here);
    }

    fn own_as(self, weak: bool, watched: bool, here: &'static Location<'static>) {
        if self.matters(weak) {
            request(Op::Own { object: self.object, weak, watched }, here);
        }
    }

    /// Whether the contents are to be dropped.
    fn disown(self, weak: bool) -> bool {
        let Counted { object, drops, .. } = self;
        if !self.matters(weak) {
            return false;
        }
        let watched = hook::watched(self.name);
        request(Op::Disown { object, weak, watched, drops }, self.made).flag & DONE != 0
    }

    /// Looks at the count.
    fn look(self, op: impl FnOnce(ObjectId, bool) -> Op, here: &'static Location<'static>) -> Reply {
        hook::watch(self.told_apart);
        let reply = request(op(self.object, hook::watched(self.name)), here);
        if reply.flag & WATCH != 0 {
            hook::watch(self.name);
        }
        reply
    }
}

/// How many own it, how many watch it.
fn counts(reply: Reply) -> (usize, usize) {
    (reply.bits as u32 as usize, (reply.bits >> 32) as usize)
}

#[track_caller]
fn owners(address: usize) -> Option<usize> {
    let here = Location::caller();
    let op = |object, watched| Op::Owners { object, watched, acquires: false };
    counted(address).map(|counted| counts(counted.look(op, here)).0)
}

#[track_caller]
fn owners_and_watchers(address: usize, acquires: bool) -> Option<(usize, usize)> {
    let here = Location::caller();
    let op = |object, watched| Op::Owners { object, watched, acquires };
    counted(address).map(|counted| {
        hook::watch(counted.watchers);
        counts(counted.look(op, here))
    })
}

impl<T> Arc<T> {
    #[track_caller]
    pub fn new(data: T) -> Arc<T> {
        Arc::sized(RealArc::new(data))
    }

    #[track_caller]
    fn sized(real: RealArc<T>) -> Arc<T> {
        register(RealArc::as_ptr(&real), std::mem::needs_drop::<T>());
        Arc::of(real)
    }

    #[track_caller]
    pub fn new_cyclic<F: FnOnce(&Weak<T>) -> T>(data_fn: F) -> Arc<T> {
        let here = Location::caller();
        let real = RealArc::new_cyclic(|real| {
            register(real.as_ptr(), std::mem::needs_drop::<T>());
            let weak = Weak(real.clone());
            // Until it is made nobody owns it.
            if let Some(counted) = weak.counted() {
                counted.own_as(true, false, here);
                counted.disown(false);
            }
            data_fn(&weak)
        });
        let arc = Arc::of(real);
        if let Some(counted) = arc.counted() {
            counted.own(false, here);
        }
        arc
    }

    #[track_caller]
    pub fn pin(data: T) -> Pin<Arc<T>> {
        // SAFETY: what an `Arc` holds does not move.
        unsafe { Pin::new_unchecked(Arc::new(data)) }
    }

    /// One step, as in the real one a compare-exchange.
    #[track_caller]
    pub fn try_unwrap(this: Arc<T>) -> Result<T, Arc<T>> {
        if let Some(counted) = this.counted() {
            let op = |object, watched| Op::Unwrap { object, watched };
            if counts(counted.look(op, Location::caller())).0 != 1 {
                return Err(this);
            }
        }
        RealArc::try_unwrap(this.into_real()).map_err(Arc::of)
    }

    #[track_caller]
    pub fn into_inner(this: Arc<T>) -> Option<T> {
        if let Some(counted) = this.counted() {
            let here = Location::caller();
            if !hook::watched(counted.name) {
                // Finds out whether it must be.
                counted.look(|object, watched| Op::Owners { object, watched, acquires: false }, here);
            }
            let watched = hook::watched(counted.name);
            let op = Op::Disown { object: counted.object, weak: false, watched, drops: true };
            let last = request(op, here).flag & DONE != 0;
            let inner = RealArc::into_inner(this.into_real());
            return if last { inner } else { None };
        }
        RealArc::into_inner(this.into_real())
    }

    #[track_caller]
    pub fn unwrap_or_clone(this: Arc<T>) -> T
    where
        T: Clone,
    {
        Arc::try_unwrap(this).unwrap_or_else(|this| (*this).clone())
    }
}

impl<T: ?Sized> Arc<T> {
    fn of(real: RealArc<T>) -> Arc<T> {
        // SAFETY: the address of a value is not null.
        let pointer = unsafe { NonNull::new_unchecked(RealArc::into_raw(real).cast_mut()) };
        Arc { pointer, owns: PhantomData }
    }

    fn counted(&self) -> Option<Counted> {
        counted(at(self.pointer.as_ptr()))
    }

    /// The real one, whose drop is this one's.
    fn real(&self) -> ManuallyDrop<RealArc<T>> {
        // SAFETY: it comes from `into_raw`, and does not drop.
        ManuallyDrop::new(unsafe { RealArc::from_raw(self.pointer.as_ptr()) })
    }

    /// The real one, without letting go.
    fn into_real(self) -> RealArc<T> {
        ManuallyDrop::into_inner(ManuallyDrop::new(self).real())
    }

    #[track_caller]
    fn looked_at(&self) {
        if let Some(counted) = self.counted() {
            hook::watch(counted.told_apart);
        }
    }

    #[track_caller]
    pub fn strong_count(this: &Arc<T>) -> usize {
        owners(at(this.pointer.as_ptr())).unwrap_or_else(|| RealArc::strong_count(&this.real()))
    }

    #[track_caller]
    pub fn weak_count(this: &Arc<T>) -> usize {
        owners_and_watchers(at(this.pointer.as_ptr()), false)
            .map_or_else(|| RealArc::weak_count(&this.real()), |counts| counts.1)
    }

    #[track_caller]
    pub fn get_mut(this: &mut Arc<T>) -> Option<&mut T> {
        let alone = match owners_and_watchers(at(this.pointer.as_ptr()), true) {
            Some(counts) => counts == (1, 0),
            None => RealArc::get_mut(&mut this.real()).is_some(),
        };
        // SAFETY: nobody else has it, and the caller's borrow is exclusive.
        if alone { Some(unsafe { this.pointer.as_mut() }) } else { None }
    }

    #[track_caller]
    pub fn downgrade(this: &Arc<T>) -> Weak<T> {
        if let Some(counted) = this.counted() {
            counted.own(true, Location::caller());
        }
        Weak(RealArc::downgrade(&this.real()))
    }

    pub fn ptr_eq(this: &Arc<T>, other: &Arc<T>) -> bool {
        this.looked_at();
        other.looked_at();
        std::ptr::addr_eq(this.pointer.as_ptr(), other.pointer.as_ptr())
    }

    pub fn as_ptr(this: &Arc<T>) -> *const T {
        this.looked_at();
        this.pointer.as_ptr()
    }

    pub fn into_raw(this: Arc<T>) -> *const T {
        this.looked_at();
        Arc::into_pointer(this)
    }

    /// For what does not tell it from others.
    pub(crate) fn into_pointer(this: Arc<T>) -> *const T {
        RealArc::into_raw(this.into_real())
    }

    /// # Safety
    /// `pointer` comes from [`Arc::into_raw`], and this is done once for each of those.
    pub unsafe fn from_raw(pointer: *const T) -> Arc<T> {
        // SAFETY: the caller's promise.
        Arc::of(unsafe { RealArc::from_raw(pointer) })
    }

    /// # Safety
    /// `pointer` comes from [`Arc::into_raw`], and the `Arc` still has an owner.
    #[track_caller]
    pub unsafe fn increment_strong_count(pointer: *const T) {
        // SAFETY: the caller's promise; this owner is not let go.
        let this = ManuallyDrop::new(unsafe { Arc::from_raw(pointer) });
        let _another = ManuallyDrop::new(Arc::clone(&this));
    }

    /// # Safety
    /// `pointer` comes from [`Arc::into_raw`], and the `Arc` still has an owner that is let go here.
    pub unsafe fn decrement_strong_count(pointer: *const T) {
        // SAFETY: the caller's promise.
        drop(unsafe { Arc::from_raw(pointer) });
    }
}

impl<T: Clone> Arc<T> {
    #[track_caller]
    pub fn make_mut(this: &mut Arc<T>) -> &mut T {
        // What moves is another one then; this one is that.
        let unshared = |this: &mut Arc<T>| {
            let mut real = this.real();
            RealArc::make_mut(&mut real);
            // SAFETY: the real one that was there has been let go by what moved its contents; nothing drops it again.
            unsafe { std::ptr::write(this, Arc::of(ManuallyDrop::into_inner(real))) };
        };
        if let Some(counted) = this.counted() {
            let here = Location::caller();
            let op = |object, watched| Op::Unwrap { object, watched };
            hook::watch(counted.watchers);
            match counts(counted.look(op, here)) {
                // Nobody is left who could see that it was let go.
                (1, 0) => counted.own_as(false, false, here),
                // Only those who watch it keep the old one.
                (1, _) => {
                    unshared(this);
                    register(this.pointer.as_ptr(), counted.drops);
                }
                _ => *this = Arc::new((**this).clone()),
            }
        } else {
            unshared(this);
        }
        // SAFETY: nobody else has it now, and the caller's borrow is exclusive.
        unsafe { this.pointer.as_mut() }
    }
}

impl<T: ?Sized> Clone for Arc<T> {
    #[track_caller]
    fn clone(&self) -> Arc<T> {
        if let Some(counted) = self.counted() {
            counted.own(false, Location::caller());
        }
        Arc::of(RealArc::clone(&self.real()))
    }
}

// SAFETY: of `T` only its own drop is used.
unsafe impl<#[may_dangle] T: ?Sized> Drop for Arc<T> {
    fn drop(&mut self) {
        let counted = counted(at(self.pointer.as_ptr()));
        // SAFETY: it comes from `into_raw`, and is dropped once, here.
        let real = unsafe { RealArc::from_raw(self.pointer.as_ptr()) };
        match counted {
            Some(counted) if counted.disown(false) => hook::last_drop(counted.name, || drop(real)),
            _ => drop(real),
        }
    }
}

impl<T> Weak<T> {
    pub const fn new() -> Weak<T> {
        Weak(RealWeak::new())
    }
}

impl<T: ?Sized> Weak<T> {
    fn counted(&self) -> Option<Counted> {
        counted(at(self.0.as_ptr()))
    }

    #[track_caller]
    pub fn upgrade(&self) -> Option<Arc<T>> {
        if let Some(counted) = self.counted() {
            let op = |object, watched| Op::Upgrade { object, watched };
            if counted.look(op, Location::caller()).flag & LATER != 0 {
                return None;
            }
        }
        self.0.upgrade().map(Arc::of)
    }

    #[track_caller]
    pub fn strong_count(&self) -> usize {
        owners(at(self.0.as_ptr())).unwrap_or_else(|| self.0.strong_count())
    }

    /// 0 where nobody owns it.
    #[track_caller]
    pub fn weak_count(&self) -> usize {
        match owners_and_watchers(at(self.0.as_ptr()), false) {
            Some((0, _)) => 0,
            Some((_, watchers)) => watchers,
            None => self.0.weak_count(),
        }
    }

    pub fn ptr_eq(&self, other: &Weak<T>) -> bool {
        for weak in [self, other] {
            if let Some(counted) = weak.counted() {
                hook::watch(counted.told_apart);
            }
        }
        self.0.ptr_eq(&other.0)
    }
}

impl<T: ?Sized> Clone for Weak<T> {
    #[track_caller]
    fn clone(&self) -> Weak<T> {
        if let Some(counted) = self.counted() {
            counted.own(true, Location::caller());
        }
        Weak(RealWeak::clone(&self.0))
    }
}

// SAFETY: of `T` nothing is used.
unsafe impl<#[may_dangle] T: ?Sized> Drop for Weak<T> {
    fn drop(&mut self) {
        if let Some(counted) = counted(at(self.0.as_ptr())) {
            counted.disown(true);
        }
    }
}

impl<T: ?Sized> Debug for Weak<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.counted() {
            Some(counted) if peeking() => write!(f, "(Weak {})", counted.object.0),
            _ => f.write_str("(Weak)"),
        }
    }
}

impl<T> Default for Weak<T> {
    fn default() -> Weak<T> {
        Weak::new()
    }
}

impl<T: ?Sized> Deref for Arc<T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: this one owns it.
        unsafe { self.pointer.as_ref() }
    }
}

impl<T: ?Sized> AsRef<T> for Arc<T> {
    fn as_ref(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Borrow<T> for Arc<T> {
    fn borrow(&self) -> &T {
        self
    }
}

impl<T: ?Sized> Unpin for Arc<T> {}

/// What the explorer is shown has the number of the object too, where something depends on which it is.
impl<T: ?Sized + Debug> Debug for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking()
            && let Some(counted) = self.counted()
            && (hook::watched(counted.told_apart) || hook::watched(counted.name))
        {
            write!(f, "arc {}: ", counted.object.0)?;
        }
        Debug::fmt(&**self, f)
    }
}

impl<T: ?Sized + Display> Display for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Display::fmt(&**self, f)
    }
}

impl<T: ?Sized> Pointer for Arc<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Pointer::fmt(&self.pointer, f)
    }
}

impl<T: ?Sized + PartialEq> PartialEq for Arc<T> {
    fn eq(&self, other: &Arc<T>) -> bool {
        **self == **other
    }
}

impl<T: ?Sized + Eq> Eq for Arc<T> {}

impl<T: ?Sized + PartialOrd> PartialOrd for Arc<T> {
    fn partial_cmp(&self, other: &Arc<T>) -> Option<std::cmp::Ordering> {
        (**self).partial_cmp(&**other)
    }
}

impl<T: ?Sized + Ord> Ord for Arc<T> {
    fn cmp(&self, other: &Arc<T>) -> std::cmp::Ordering {
        (**self).cmp(&**other)
    }
}

impl<T: ?Sized + Hash> Hash for Arc<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (**self).hash(state);
    }
}

impl<T: ?Sized + std::error::Error> std::error::Error for Arc<T> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        (**self).source()
    }
}

impl<T: Default> Default for Arc<T> {
    #[track_caller]
    fn default() -> Arc<T> {
        Arc::new(T::default())
    }
}

impl Default for Arc<str> {
    #[track_caller]
    fn default() -> Arc<str> {
        Arc::from("")
    }
}

impl<T> Default for Arc<[T]> {
    #[track_caller]
    fn default() -> Arc<[T]> {
        Arc::from([])
    }
}

impl<T> From<T> for Arc<T> {
    #[track_caller]
    fn from(data: T) -> Arc<T> {
        Arc::new(data)
    }
}

/// Those of which it is known whether the contents have a destructor.
macro_rules! from {
    ($([$($parameters:tt)*] $from:ty => $to:ty, $drops:expr;)*) => { $(
        impl<$($parameters)*> From<$from> for Arc<$to> {
            #[track_caller]
            fn from(data: $from) -> Arc<$to> {
                let real = RealArc::<$to>::from(data);
                register(RealArc::as_ptr(&real), $drops);
                Arc::of(real)
            }
        }
    )* };
}

from! {
    [] &str => str, false;
    [] String => str, false;
    [T: Clone] &[T] => [T], std::mem::needs_drop::<T>();
    [T] Vec<T> => [T], std::mem::needs_drop::<T>();
    [T, const N: usize] [T; N] => [T], std::mem::needs_drop::<T>();
    [T: ?Sized] Box<T> => T, std::mem::needs_drop::<T>();
}

impl From<Arc<str>> for Arc<[u8]> {
    fn from(text: Arc<str>) -> Arc<[u8]> {
        Arc::of(RealArc::from(text.into_real()))
    }
}

impl<T, const N: usize> TryFrom<Arc<[T]>> for Arc<[T; N]> {
    type Error = Arc<[T]>;

    fn try_from(slice: Arc<[T]>) -> Result<Arc<[T; N]>, Arc<[T]>> {
        match RealArc::try_from(slice.into_real()) {
            Ok(real) => Ok(Arc::of(real)),
            Err(real) => Err(Arc::of(real)),
        }
    }
}

impl<T> FromIterator<T> for Arc<[T]> {
    #[track_caller]
    fn from_iter<I: IntoIterator<Item = T>>(all: I) -> Arc<[T]> {
        Arc::from(all.into_iter().collect::<Vec<T>>())
    }
}

impl Arc<dyn Any + Send + Sync> {
    pub fn downcast<T: Any + Send + Sync>(self) -> Result<Arc<T>, Arc<dyn Any + Send + Sync>> {
        match self.into_real().downcast() {
            Ok(real) => Ok(Arc::of(real)),
            Err(real) => Err(Arc::of(real)),
        }
    }
}
