// Clerks add to one line of a ledger. Each reads the line, adds one in their head,
// and writes the sum. `lost-update 3 2`: three clerks, who add two each.
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::{env, thread};

fn main() {
    let (clerks, sales) = (number(1, 2), number(2, 1));
    let ledger = AtomicU32::new(0);
    thread::scope(|shop| {
        for _ in 0..clerks {
            // ANCHOR: clerk
            shop.spawn(|| {
                for _ in 0..sales {
                    let line = ledger.load(SeqCst);
                    ledger.store(line + 1, SeqCst);
                }
            });
            // ANCHOR_END: clerk
        }
    });
    println!("ledger: {}", ledger.load(SeqCst));
}

/// The argument in this place, or what stands in for it.
fn number(place: usize, otherwise: u32) -> u32 {
    env::args().nth(place).map_or(otherwise, |word| word.parse().expect("a number"))
}
