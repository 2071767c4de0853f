//! As `std::cell`: what tasks on one thread share. Nothing here is a step, but the explorer sees it: futures may share it.

// Under another name: this module is to have none of its own.
use std::cell::UnsafeCell as UnsafeMemory;
use std::cmp::Ordering;
use std::fmt::{self, Debug, Display};
use std::marker::{PhantomData, Unsize};
use std::ops::{CoerceUnsized, Deref, DerefMut};
use std::panic::{Location, UnwindSafe};
use std::ptr::NonNull;
use std::rc::Rc;

use interleave::hook::{Initial, request};
use interleave::op::{Content, LATER, ObjectId, Op};

pub use ::std::cell::{BorrowError, BorrowMutError};

use crate::object::{Holds, Id};
use crate::show::{content, peeking};

/// Memory that the explorer knows by its contents.
struct Seen<T: ?Sized> {
    id: Id,
    value: UnsafeMemory<T>,
}

impl<T> Seen<T> {
    #[track_caller]
    const fn new(value: T) -> Seen<T> {
        Seen { id: Id::new(Holds(&value, Initial::Cell)), value: UnsafeMemory::new(value) }
    }

    #[track_caller]
    fn into_inner(self) -> T {
        self.observe();
        self.value.into_inner()
    }

    #[track_caller]
    fn replace(&self, value: T) -> T {
        self.observe();
        self.set(value)
    }

    /// The value before, which the caller must not look at.
    #[track_caller]
    fn set(&self, value: T) -> T {
        request(Op::Replace { object: self.object(), content: content(&value) }, Location::caller());
        // SAFETY: tasks run one at a time, and no reference is given out where this is used.
        std::mem::replace(unsafe { &mut *self.value.get() }, value)
    }
}

impl<T: ?Sized> Seen<T> {
    #[track_caller]
    fn object(&self) -> ObjectId {
        let value = self.value.get();
        // SAFETY: only read, and only where nothing has used it yet.
        self.id.get(value, size_of_val(unsafe { &*value }), || Holds(unsafe { &*value }, Initial::Cell))
    }

    /// What the task does next may depend on the value.
    #[track_caller]
    fn observe(&self) {
        request(Op::Observe { object: self.object() }, Location::caller());
    }

    /// What the caller makes of the contents is not seen, so they are known by this place until they are replaced.
    #[track_caller]
    fn get_mut(&mut self) -> &mut T {
        self.observe();
        let changed = interleave::hook::content(None);
        request(Op::Replace { object: self.object(), content: changed }, Location::caller());
        self.value.get_mut()
    }
}

/// What it holds is seen at each `get`, `set` and `replace`.
pub struct Cell<T: ?Sized>(Seen<T>);

// SAFETY: as the real one; its number belongs to it.
unsafe impl<T: ?Sized + Send> Send for Cell<T> {}

impl<T> Cell<T> {
    #[track_caller]
    pub const fn new(value: T) -> Cell<T> {
        Cell(Seen::new(value))
    }

    #[track_caller]
    pub fn set(&self, value: T) {
        drop(self.0.set(value));
    }

    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        self.0.replace(value)
    }

    #[track_caller]
    pub fn swap(&self, other: &Cell<T>) {
        if std::ptr::eq(self, other) {
            return;
        }
        self.0.observe();
        other.0.observe();
        // SAFETY: two different cells, tasks run one at a time, and cells give no references out.
        unsafe { std::ptr::swap(self.0.value.get(), other.0.value.get()) };
        for cell in [self, other] {
            // SAFETY: as above.
            let now = content(unsafe { &*cell.0.value.get() });
            request(Op::Replace { object: cell.0.object(), content: now }, Location::caller());
        }
    }

    #[track_caller]
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }

    #[track_caller]
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        self.0.observe();
        // SAFETY: tasks run one at a time, and cells give no references out.
        unsafe { *self.0.value.get() }
    }

    #[track_caller]
    pub fn update(&self, f: impl FnOnce(T) -> T)
    where
        T: Copy,
    {
        self.set(f(self.get()));
    }

    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }
}

impl<T: ?Sized> Cell<T> {
    #[track_caller]
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T: Copy + Debug> Debug for Cell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "cell {}", self.0.id);
        }
        f.debug_struct("Cell").field("value", &self.get()).finish()
    }
}

/// What is inside a cell is compared, copied and made as in the real one.
macro_rules! as_inside {
    ($name:ident, $look:ident $(, $copy:ident)?) => {
        impl<T: Clone $(+ $copy)?> Clone for $name<T> {
            #[track_caller]
            fn clone(&self) -> $name<T> {
                let inside: &T = &self.$look();
                $name::new(inside.clone())
            }
        }

        impl<T: Default> Default for $name<T> {
            #[track_caller]
            fn default() -> $name<T> {
                $name::new(T::default())
            }
        }

        impl<T> From<T> for $name<T> {
            #[track_caller]
            fn from(value: T) -> $name<T> {
                $name::new(value)
            }
        }

        impl<T: PartialEq $(+ $copy)?> PartialEq for $name<T> {
            #[track_caller]
            fn eq(&self, other: &$name<T>) -> bool {
                let (one, other): (&T, &T) = (&self.$look(), &other.$look());
                one == other
            }
        }

        impl<T: Eq $(+ $copy)?> Eq for $name<T> {}

        impl<T: PartialOrd $(+ $copy)?> PartialOrd for $name<T> {
            #[track_caller]
            fn partial_cmp(&self, other: &$name<T>) -> Option<Ordering> {
                let (one, other): (&T, &T) = (&self.$look(), &other.$look());
                one.partial_cmp(other)
            }
        }

        impl<T: Ord $(+ $copy)?> Ord for $name<T> {
            #[track_caller]
            fn cmp(&self, other: &$name<T>) -> Ordering {
                let (one, other): (&T, &T) = (&self.$look(), &other.$look());
                one.cmp(other)
            }
        }
    };
}

as_inside! { Cell, get, Copy }
as_inside! { RefCell, borrow }

/// Each borrow is seen, and the end of each.
pub struct RefCell<T: ?Sized>(Seen<T>);

// SAFETY: as the real one; its number belongs to it.
unsafe impl<T: ?Sized + Send> Send for RefCell<T> {}

/// A borrow under way; all parts of a guard share it.
struct Borrowed<'b> {
    object: ObjectId,
    mutably: bool,
    here: &'static Location<'static>,
    /// What the whole cell holds.
    look: Box<dyn Fn() -> Content + 'b>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        let content = (self.look)();
        request(Op::Unborrow { object: self.object, mutably: self.mutably, content }, self.here);
    }
}

pub struct Ref<'b, T: ?Sized + 'b> {
    value: NonNull<T>,
    borrowed: Rc<Borrowed<'b>>,
}

pub struct RefMut<'b, T: ?Sized + 'b> {
    value: NonNull<T>,
    borrowed: Rc<Borrowed<'b>>,
    mutably: PhantomData<&'b mut T>,
}

impl<'b, T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<Ref<'b, U>> for Ref<'b, T> {}
impl<'b, T: ?Sized + Unsize<U>, U: ?Sized> CoerceUnsized<RefMut<'b, U>> for RefMut<'b, T> {}

impl<T> RefCell<T> {
    #[track_caller]
    pub const fn new(value: T) -> RefCell<T> {
        RefCell(Seen::new(value))
    }

    #[track_caller]
    pub fn into_inner(self) -> T {
        self.0.into_inner()
    }

    #[track_caller]
    pub fn replace(&self, value: T) -> T {
        std::mem::replace(&mut *self.borrow_mut(), value)
    }

    #[track_caller]
    pub fn replace_with<F: FnOnce(&mut T) -> T>(&self, f: F) -> T {
        let mut guard = self.borrow_mut();
        let value = f(&mut guard);
        std::mem::replace(&mut *guard, value)
    }

    #[track_caller]
    pub fn swap(&self, other: &RefCell<T>) {
        std::mem::swap(&mut *self.borrow_mut(), &mut *other.borrow_mut());
    }

    #[track_caller]
    pub fn take(&self) -> T
    where
        T: Default,
    {
        self.replace(T::default())
    }
}

impl<T: ?Sized> RefCell<T> {
    #[track_caller]
    fn begin(&self, mutably: bool) -> Option<Rc<Borrowed<'_>>> {
        let (object, here) = (self.0.object(), Location::caller());
        if request(Op::Borrow { object, mutably }, here).flag & LATER != 0 {
            return None;
        }
        // SAFETY: called at the end of the borrow; only shared ones may be left then.
        let look = Box::new(|| content(unsafe { &*self.0.value.get() }));
        Some(Rc::new(Borrowed { object, mutably, here, look }))
    }

    fn value(&self) -> NonNull<T> {
        // SAFETY: the address of a field is not null.
        unsafe { NonNull::new_unchecked(self.0.value.get()) }
    }

    #[track_caller]
    pub fn try_borrow(&self) -> Result<Ref<'_, T>, BorrowError> {
        let borrowed = self.begin(false).ok_or_else(|| {
            let cell = ::std::cell::RefCell::new(());
            let _guard = cell.borrow_mut();
            cell.try_borrow().map(drop).expect_err("it is borrowed mutably")
        })?;
        Ok(Ref { value: self.value(), borrowed })
    }

    #[track_caller]
    pub fn try_borrow_mut(&self) -> Result<RefMut<'_, T>, BorrowMutError> {
        let borrowed = self.begin(true).ok_or_else(|| {
            let cell = ::std::cell::RefCell::new(());
            let _guard = cell.borrow_mut();
            cell.try_borrow_mut().map(drop).expect_err("it is borrowed")
        })?;
        Ok(RefMut { value: self.value(), borrowed, mutably: PhantomData })
    }

    #[track_caller]
    pub fn borrow(&self) -> Ref<'_, T> {
        match self.try_borrow() {
            Ok(guard) => guard,
            Err(error) => panic!("{error}"),
        }
    }

    #[track_caller]
    pub fn borrow_mut(&self) -> RefMut<'_, T> {
        match self.try_borrow_mut() {
            Ok(guard) => guard,
            Err(error) => panic!("{error}"),
        }
    }

    #[track_caller]
    pub fn get_mut(&mut self) -> &mut T {
        self.0.get_mut()
    }
}

impl<T: ?Sized + Debug> Debug for RefCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "cell {}", self.0.id);
        }
        let mut text = f.debug_struct("RefCell");
        match self.try_borrow() {
            Ok(guard) => text.field("value", &guard),
            Err(_) => text.field("value", &format_args!("<borrowed>")),
        };
        text.finish()
    }
}

impl<'b, T: ?Sized> Ref<'b, T> {
    #[expect(clippy::should_implement_trait, reason = "std has it so")]
    pub fn clone(original: &Ref<'b, T>) -> Ref<'b, T> {
        Ref { value: original.value, borrowed: Rc::clone(&original.borrowed) }
    }

    pub fn map<U: ?Sized, F: FnOnce(&T) -> &U>(original: Ref<'b, T>, f: F) -> Ref<'b, U> {
        Ref { value: NonNull::from(f(&original)), borrowed: original.borrowed }
    }

    pub fn filter_map<U: ?Sized, F>(original: Ref<'b, T>, f: F) -> Result<Ref<'b, U>, Ref<'b, T>>
    where
        F: FnOnce(&T) -> Option<&U>,
    {
        match f(&original).map(NonNull::from) {
            Some(value) => Ok(Ref { value, borrowed: original.borrowed }),
            None => Err(original),
        }
    }

    pub fn map_split<U: ?Sized, V: ?Sized, F>(original: Ref<'b, T>, f: F) -> (Ref<'b, U>, Ref<'b, V>)
    where
        F: FnOnce(&T) -> (&U, &V),
    {
        let (one, other) = f(&original);
        let (one, other) = (NonNull::from(one), NonNull::from(other));
        let borrowed = Rc::clone(&original.borrowed);
        (Ref { value: one, borrowed }, Ref { value: other, borrowed: original.borrowed })
    }
}

impl<'b, T: ?Sized> RefMut<'b, T> {
    fn part<U: ?Sized>(value: NonNull<U>, borrowed: Rc<Borrowed<'b>>) -> RefMut<'b, U> {
        RefMut { value, borrowed, mutably: PhantomData }
    }

    pub fn map<U: ?Sized, F: FnOnce(&mut T) -> &mut U>(mut original: RefMut<'b, T>, f: F) -> RefMut<'b, U> {
        RefMut::<T>::part(NonNull::from(f(&mut original)), original.borrowed)
    }

    pub fn filter_map<U: ?Sized, F>(mut original: RefMut<'b, T>, f: F) -> Result<RefMut<'b, U>, RefMut<'b, T>>
    where
        F: FnOnce(&mut T) -> Option<&mut U>,
    {
        match f(&mut original).map(NonNull::from) {
            Some(value) => Ok(RefMut::<T>::part(value, original.borrowed)),
            None => Err(original),
        }
    }

    pub fn map_split<U: ?Sized, V: ?Sized, F>(mut original: RefMut<'b, T>, f: F) -> (RefMut<'b, U>, RefMut<'b, V>)
    where
        F: FnOnce(&mut T) -> (&mut U, &mut V),
    {
        let (one, other) = f(&mut original);
        let (one, other) = (NonNull::from(one), NonNull::from(other));
        let borrowed = Rc::clone(&original.borrowed);
        (RefMut::<T>::part(one, borrowed), RefMut::<T>::part(other, original.borrowed))
    }
}

impl<T: ?Sized> Deref for Ref<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: it is borrowed as long as a guard is there.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> Deref for RefMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // SAFETY: it is borrowed as long as a guard is there.
        unsafe { self.value.as_ref() }
    }
}

impl<T: ?Sized> DerefMut for RefMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: it is borrowed mutably, and this part of it is this guard's.
        unsafe { self.value.as_mut() }
    }
}

macro_rules! text_of_guards {
    ($($guard:ident $trait:ident)*) => { $(
        impl<T: ?Sized + $trait> $trait for $guard<'_, T> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                (**self).fmt(f)
            }
        }
    )* };
}

text_of_guards! { Ref Debug  Ref Display  RefMut Debug  RefMut Display }

/// Whether it is there yet is seen at each look.
pub struct OnceCell<T>(Seen<Option<T>>);

// SAFETY: as the real one; its number belongs to it.
unsafe impl<T: Send> Send for OnceCell<T> {}
impl<T: UnwindSafe> UnwindSafe for OnceCell<T> {}

impl<T> OnceCell<T> {
    #[track_caller]
    pub const fn new() -> OnceCell<T> {
        OnceCell(Seen::new(None))
    }

    #[track_caller]
    pub fn get(&self) -> Option<&T> {
        self.0.observe();
        // SAFETY: once it is there it stays, as long as the cell is borrowed.
        unsafe { &*self.0.value.get() }.as_ref()
    }

    #[track_caller]
    pub fn get_mut(&mut self) -> Option<&mut T> {
        self.0.get_mut().as_mut()
    }

    /// # Errors
    /// It is there already; the value comes back.
    #[track_caller]
    pub fn set(&self, value: T) -> Result<(), T> {
        if self.get().is_some() {
            return Err(value);
        }
        self.0.set(Some(value));
        Ok(())
    }

    #[track_caller]
    pub fn get_or_init<F: FnOnce() -> T>(&self, f: F) -> &T {
        if let Some(value) = self.get() {
            return value;
        }
        let value = f();
        assert!(self.set(value).is_ok(), "reentrant init");
        self.get().unwrap_or_else(|| unreachable!("it was set"))
    }

    #[track_caller]
    pub fn into_inner(self) -> Option<T> {
        self.0.into_inner()
    }

    #[track_caller]
    pub fn take(&mut self) -> Option<T> {
        self.0.replace(None)
    }
}

impl<T> Default for OnceCell<T> {
    #[track_caller]
    fn default() -> OnceCell<T> {
        OnceCell::new()
    }
}

impl<T> From<T> for OnceCell<T> {
    #[track_caller]
    fn from(value: T) -> OnceCell<T> {
        OnceCell(Seen::new(Some(value)))
    }
}

impl<T: Clone> Clone for OnceCell<T> {
    #[track_caller]
    fn clone(&self) -> OnceCell<T> {
        OnceCell(Seen::new(self.get().cloned()))
    }
}

impl<T: PartialEq> PartialEq for OnceCell<T> {
    #[track_caller]
    fn eq(&self, other: &OnceCell<T>) -> bool {
        self.get() == other.get()
    }
}

impl<T: Eq> Eq for OnceCell<T> {}

impl<T: Debug> Debug for OnceCell<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "cell {}", self.0.id);
        }
        let mut text = f.debug_tuple("OnceCell");
        match self.get() {
            Some(value) => text.field(value),
            None => text.field(&format_args!("<uninit>")),
        };
        text.finish()
    }
}

/// Made at the first look.
pub struct LazyCell<T, F = fn() -> T> {
    value: OnceCell<T>,
    init: Cell<Option<F>>,
}

impl<T, F: UnwindSafe> UnwindSafe for LazyCell<T, F> where OnceCell<T>: UnwindSafe {}

impl<T, F: FnOnce() -> T> LazyCell<T, F> {
    #[track_caller]
    pub const fn new(f: F) -> LazyCell<T, F> {
        LazyCell { value: OnceCell::new(), init: Cell::new(Some(f)) }
    }

    #[track_caller]
    pub fn force(this: &LazyCell<T, F>) -> &T {
        this.value.get_or_init(|| match this.init.replace(None) {
            Some(init) => init(),
            None => panic!("LazyCell instance has previously been poisoned"),
        })
    }
}

impl<T, F: FnOnce() -> T> Deref for LazyCell<T, F> {
    type Target = T;

    #[track_caller]
    fn deref(&self) -> &T {
        LazyCell::force(self)
    }
}

impl<T: Default> Default for LazyCell<T> {
    #[track_caller]
    fn default() -> LazyCell<T> {
        LazyCell::new(T::default)
    }
}

impl<T: Debug, F> Debug for LazyCell<T, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if peeking() {
            return write!(f, "cell {}", self.value.0.id);
        }
        let mut text = f.debug_tuple("LazyCell");
        match self.value.get() {
            Some(value) => text.field(value),
            None => text.field(&format_args!("<uninit>")),
        };
        text.finish()
    }
}
