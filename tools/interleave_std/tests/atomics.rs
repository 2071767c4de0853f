//! What atomics make of their values, compared with the real ones.
#[macro_use]
extern crate interleave_std as std;
extern crate std as real_std;

#[macro_use]
mod common;

same! {
    integers {
        use std::sync::atomic::{
            AtomicI8, AtomicI16, AtomicI32, AtomicI64, AtomicIsize, AtomicU8, AtomicU16, AtomicU32, AtomicU64, AtomicUsize,
            Ordering::SeqCst,
        };
        macro_rules! each {
            ($($atomic:ident($integer:ty))*) => { [$( {
                let value = $atomic::new(<$integer>::MAX - 1);
                let mut seen = Vec::new();
                for with in [3, <$integer>::MIN, <$integer>::MAX, 12] {
                    seen.extend([
                        value.fetch_add(with, SeqCst),
                        value.fetch_sub(1, SeqCst),
                        value.fetch_max(with, SeqCst),
                        value.fetch_min(with / 2, SeqCst),
                        value.fetch_xor(with, SeqCst),
                        value.fetch_or(9, SeqCst),
                        value.fetch_nand(with, SeqCst),
                        value.fetch_and(with, SeqCst),
                        value.swap(with, SeqCst),
                    ]);
                    let failed = value.compare_exchange(with / 3, 5, SeqCst, SeqCst);
                    let done = value.compare_exchange_weak(with, with / 4, SeqCst, SeqCst);
                    seen.extend([failed.unwrap_or_else(|now| now), done.unwrap_or_else(|now| now)]);
                    let updated = value.fetch_update(SeqCst, SeqCst, |value| value.checked_add(7));
                    seen.extend([updated.unwrap_or_else(|now| now), value.load(SeqCst)]);
                }
                let text = format!("{seen:?} {value:?}");
                format!("{text} {}\n", value.into_inner())
            } ),*].concat() };
        }
        each! {
            AtomicI8(i8) AtomicI16(i16) AtomicI32(i32) AtomicI64(i64) AtomicIsize(isize)
            AtomicU8(u8) AtomicU16(u16) AtomicU32(u32) AtomicU64(u64) AtomicUsize(usize)
        }
    }

    booleans {
        use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
        let mut seen = Vec::new();
        for starts in [false, true] {
            for with in [false, true] {
                let value = AtomicBool::new(starts);
                seen.extend([
                    value.fetch_nand(with, SeqCst),
                    value.fetch_or(with, SeqCst),
                    value.fetch_and(with, SeqCst),
                    value.fetch_xor(true, SeqCst),
                    value.fetch_not(SeqCst),
                    value.swap(with, SeqCst),
                    value.into_inner(),
                ]);
            }
        }
        format!("{seen:?}")
    }
}
