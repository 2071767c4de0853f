//! As `std::sync::atomic`. Each load, store and read-modify-write is a step, and so is a fence.

use std::fmt::{self, Debug};
use std::panic::Location;

use interleave::hook::{self, Initial, request};
use interleave::op::{LATER, Modify, ObjectId, Op, Order, Width};

pub use ::std::sync::atomic::Ordering;

use crate::object::{Id, Start, fixed};
use crate::show::peeking;

fn order(ordering: Ordering) -> Order {
    match ordering {
        Ordering::Relaxed => Order::Relaxed,
        Ordering::Acquire => Order::Acquire,
        Ordering::Release => Order::Release,
        Ordering::AcqRel => Order::AcqRel,
        Ordering::SeqCst => Order::SeqCst,
        _ => panic!("an ordering that std had not when this was written"),
    }
}

/// What an atomic may hold, and what the explorer knows it by.
trait Value: Copy {
    const WIDTH: Width;

    fn bits(self) -> u64;

    fn value(bits: u64) -> Self;
}

#[derive(Clone, Copy)]
struct Starts<V>(V);

impl<V: Value> Start for Starts<V> {
    fn initial(self) -> Initial {
        Initial::Atomic { width: V::WIDTH, value: self.0.bits() }
    }
}

#[track_caller]
pub fn fence(ordering: Ordering) {
    assert_ne!(ordering, Ordering::Relaxed, "there is no such thing as a relaxed fence");
    request(Op::Fence { order: order(ordering) }, Location::caller());
}

/// Orders nothing between tasks.
pub fn compiler_fence(_: Ordering) {}

macro_rules! atomic {
    ($($name:ident $([$of:ident])? ($type:ty))*) => { $(
        pub struct $name $(<$of>)? {
            id: Id,
            /// The value that it starts with; the explorer has the others.
            starts: $type,
        }

        impl $(<$of>)? std::panic::RefUnwindSafe for $name $(<$of>)? {}

        impl $(<$of>)? $name $(<$of>)? {
            #[track_caller]
            pub const fn new(value: $type) -> Self {
                $name { id: Id::new(Starts(value)), starts: value }
            }

            #[track_caller]
            pub(crate) fn object(&self) -> ObjectId {
                self.id.get(std::ptr::null_mut::<u8>(), 0, || Starts(self.starts))
            }

            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $type {
                assert!(
                    !matches!(ordering, Ordering::Release | Ordering::AcqRel),
                    "there is no such thing as a release or acquire-release load"
                );
                <$type>::value(request(Op::Load { object: self.object(), order: order(ordering) }, Location::caller()).bits)
            }

            #[track_caller]
            pub fn store(&self, value: $type, ordering: Ordering) {
                assert!(
                    !matches!(ordering, Ordering::Acquire | Ordering::AcqRel),
                    "there is no such thing as an acquire or acquire-release store"
                );
                let op = Op::Store { object: self.object(), value: value.bits(), order: order(ordering) };
                request(op, Location::caller());
            }

            #[track_caller]
            fn modify(&self, modify: Modify, ordering: Ordering) -> $type {
                let op = Op::Modify { object: self.object(), modify, order: order(ordering) };
                <$type>::value(request(op, Location::caller()).bits)
            }

            #[track_caller]
            pub fn swap(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Swap(value.bits()), ordering)
            }

            #[track_caller]
            fn exchange(
                &self,
                (expected, new): ($type, $type),
                success: Ordering,
                failure: Ordering,
                weak: bool,
            ) -> Result<$type, $type> {
                assert!(
                    !matches!(failure, Ordering::Release | Ordering::AcqRel),
                    "there is no such thing as a release or acquire-release failure ordering"
                );
                let modify = Modify::CompareExchange {
                    expected: expected.bits(),
                    new: new.bits(),
                    failure: order(failure),
                    weak,
                };
                let op = Op::Modify { object: self.object(), modify, order: order(success) };
                let reply = request(op, Location::caller());
                if reply.flag == LATER { Err(<$type>::value(reply.bits)) } else { Ok(<$type>::value(reply.bits)) }
            }

            #[track_caller]
            pub fn compare_exchange(
                &self,
                expected: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                self.exchange((expected, new), success, failure, false)
            }

            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                expected: $type,
                new: $type,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$type, $type> {
                self.exchange((expected, new), success, failure, true)
            }

            #[track_caller]
            pub fn fetch_update<F: FnMut($type) -> Option<$type>>(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut f: F,
            ) -> Result<$type, $type> {
                let mut before = self.load(fetch);
                while let Some(next) = f(before) {
                    match self.compare_exchange_weak(before, next, set, fetch) {
                        Ok(before) => return Ok(before),
                        Err(now) => before = now,
                    }
                }
                Err(before)
            }

            #[track_caller]
            pub fn into_inner(self) -> $type {
                <$type>::value(request(Op::Observe { object: self.object() }, Location::caller()).bits)
            }
        }

        impl $(<$of>)? Debug for $name $(<$of>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if peeking() {
                    return write!(f, "atomic {}", self.id);
                }
                Debug::fmt(&self.load(Ordering::Relaxed), f)
            }
        }

        impl $(<$of>)? From<$type> for $name $(<$of>)? {
            #[track_caller]
            fn from(value: $type) -> Self {
                $name::new(value)
            }
        }
    )* };
}

/// The methods that make something of the value which an atomic has.
macro_rules! fetches {
    ($name:ident($type:ty): $($method:ident $modify:ident),+) => {
        impl $name {
            $(
                #[track_caller]
                pub fn $method(&self, value: $type, ordering: Ordering) -> $type {
                    self.modify(Modify::$modify(value.bits()), ordering)
                }
            )+
        }
    };
}

macro_rules! integer {
    ($($name:ident($type:ty, $width:expr, $unsigned:ty))*) => { $(
        atomic! { $name($type) }

        impl Value for $type {
            const WIDTH: Width = $width;

            fn bits(self) -> u64 {
                self as $unsigned as u64
            }

            fn value(bits: u64) -> $type {
                bits as $type
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> $name {
                $name::new(0)
            }
        }

        fetches! { $name($type):
            fetch_add Add, fetch_sub Sub, fetch_and And, fetch_nand Nand, fetch_or Or, fetch_xor Xor, fetch_max Max,
            fetch_min Min
        }
    )* };
}

integer! {
    AtomicU8(u8, Width::Unsigned(8), u8)
    AtomicU16(u16, Width::Unsigned(16), u16)
    AtomicU32(u32, Width::Unsigned(32), u32)
    AtomicU64(u64, Width::Unsigned(64), u64)
    AtomicUsize(usize, Width::Unsigned(usize::BITS as u8), usize)
    AtomicI8(i8, Width::Signed(8), u8)
    AtomicI16(i16, Width::Signed(16), u16)
    AtomicI32(i32, Width::Signed(32), u32)
    AtomicI64(i64, Width::Signed(64), u64)
    AtomicIsize(isize, Width::Signed(isize::BITS as u8), usize)
}

atomic! {
    AtomicBool(bool)
    AtomicPtr[T](*mut T)
}

impl Value for bool {
    const WIDTH: Width = Width::Bool;

    fn bits(self) -> u64 {
        u64::from(self)
    }

    fn value(bits: u64) -> bool {
        bits != 0
    }
}

/// A pointer goes by a name that is the same on every run: by who puts it into an atomic first. So if two tasks know an
/// address that is in no atomic yet, and it is no static's, only one of them may put it there.
impl<T> Value for *mut T {
    const WIDTH: Width = Width::Pointer;

    fn bits(self) -> u64 {
        let address = self.expose_provenance();
        hook::pointer(address, || fixed(address))
    }

    fn value(bits: u64) -> *mut T {
        std::ptr::with_exposed_provenance_mut(hook::address(bits))
    }
}

// SAFETY: of what it points to it shares nothing; tasks run one at a time.
unsafe impl<T> Send for AtomicPtr<T> {}
// SAFETY: as above.
unsafe impl<T> Sync for AtomicPtr<T> {}

impl<T> Default for AtomicPtr<T> {
    #[track_caller]
    fn default() -> AtomicPtr<T> {
        AtomicPtr::new(std::ptr::null_mut())
    }
}

impl<T> fmt::Pointer for AtomicPtr<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Pointer::fmt(&self.load(Ordering::Relaxed), f)
    }
}

impl Default for AtomicBool {
    #[track_caller]
    fn default() -> AtomicBool {
        AtomicBool::new(false)
    }
}

fetches! { AtomicBool(bool): fetch_and And, fetch_nand Nand, fetch_or Or, fetch_xor Xor }

impl AtomicBool {
    #[track_caller]
    pub fn fetch_not(&self, ordering: Ordering) -> bool {
        self.modify(Modify::Xor(1), ordering)
    }
}
