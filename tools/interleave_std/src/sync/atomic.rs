//! As `std::sync::atomic`. Each load, store and read-modify-write is a step, and so is a fence.

use std::fmt::{self, Debug};
use std::panic::Location;

use interleave::hook::{Initial, request};
use interleave::op::{LATER, Modify, ObjectId, Op, Order, Width};

pub use ::std::sync::atomic::Ordering;

use crate::object::{Id, Start};
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

#[derive(Clone, Copy)]
struct Starts {
    width: Width,
    value: u64,
}

impl Start for Starts {
    fn initial(self) -> Initial {
        Initial::Atomic { width: self.width, value: self.value }
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
    ($($name:ident($type:ty, $width:expr))*) => { $(
        pub struct $name {
            id: Id,
            /// The value that it starts with; the explorer has the others.
            starts: $type,
        }

        impl std::panic::RefUnwindSafe for $name {}

        impl $name {
            #[track_caller]
            pub const fn new(value: $type) -> $name {
                $name { id: Id::new(Starts { width: $width, value: $name::bits(value) }), starts: value }
            }

            #[track_caller]
            pub(crate) fn object(&self) -> ObjectId {
                let start = || Starts { width: $width, value: $name::bits(self.starts) };
                self.id.get(std::ptr::null_mut::<u8>(), 0, start)
            }

            #[track_caller]
            pub fn load(&self, ordering: Ordering) -> $type {
                assert!(
                    !matches!(ordering, Ordering::Release | Ordering::AcqRel),
                    "there is no such thing as a release or acquire-release load"
                );
                $name::value(request(Op::Load { object: self.object(), order: order(ordering) }, Location::caller()).bits)
            }

            #[track_caller]
            pub fn store(&self, value: $type, ordering: Ordering) {
                assert!(
                    !matches!(ordering, Ordering::Acquire | Ordering::AcqRel),
                    "there is no such thing as an acquire or acquire-release store"
                );
                let op = Op::Store { object: self.object(), value: $name::bits(value), order: order(ordering) };
                request(op, Location::caller());
            }

            #[track_caller]
            fn modify(&self, modify: Modify, ordering: Ordering) -> $type {
                let op = Op::Modify { object: self.object(), modify, order: order(ordering) };
                $name::value(request(op, Location::caller()).bits)
            }

            #[track_caller]
            pub fn swap(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Swap($name::bits(value)), ordering)
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
                    expected: $name::bits(expected),
                    new: $name::bits(new),
                    failure: order(failure),
                    weak,
                };
                let op = Op::Modify { object: self.object(), modify, order: order(success) };
                let reply = request(op, Location::caller());
                if reply.flag == LATER { Err($name::value(reply.bits)) } else { Ok($name::value(reply.bits)) }
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
                $name::value(request(Op::Observe { object: self.object() }, Location::caller()).bits)
            }
        }

        impl Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                if peeking() {
                    return write!(f, "atomic {}", self.id);
                }
                Debug::fmt(&self.load(Ordering::Relaxed), f)
            }
        }

        impl From<$type> for $name {
            #[track_caller]
            fn from(value: $type) -> $name {
                $name::new(value)
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> $name {
                $name::new(<$type>::default())
            }
        }
    )* };
}

macro_rules! integer {
    ($($name:ident($type:ty, $width:expr, $unsigned:ty))*) => { $(
        atomic! { $name($type, $width) }

        impl $name {
            const fn bits(value: $type) -> u64 {
                value as $unsigned as u64
            }

            const fn value(bits: u64) -> $type {
                bits as $type
            }

            #[track_caller]
            pub fn fetch_add(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Add($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_sub(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Sub($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_and(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::And($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_nand(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Nand($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_or(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Or($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_xor(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Xor($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_max(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Max($name::bits(value)), ordering)
            }

            #[track_caller]
            pub fn fetch_min(&self, value: $type, ordering: Ordering) -> $type {
                self.modify(Modify::Min($name::bits(value)), ordering)
            }
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

impl AtomicBool {
    const fn bits(value: bool) -> u64 {
        value as u64
    }

    const fn value(bits: u64) -> bool {
        bits != 0
    }

    #[track_caller]
    pub fn fetch_and(&self, value: bool, ordering: Ordering) -> bool {
        self.modify(Modify::And(AtomicBool::bits(value)), ordering)
    }

    #[track_caller]
    pub fn fetch_nand(&self, value: bool, ordering: Ordering) -> bool {
        self.modify(Modify::Nand(AtomicBool::bits(value)), ordering)
    }

    #[track_caller]
    pub fn fetch_or(&self, value: bool, ordering: Ordering) -> bool {
        self.modify(Modify::Or(AtomicBool::bits(value)), ordering)
    }

    #[track_caller]
    pub fn fetch_xor(&self, value: bool, ordering: Ordering) -> bool {
        self.modify(Modify::Xor(AtomicBool::bits(value)), ordering)
    }

    #[track_caller]
    pub fn fetch_not(&self, ordering: Ordering) -> bool {
        self.modify(Modify::Xor(1), ordering)
    }
}

atomic! { AtomicBool(bool, Width::Bool) }
