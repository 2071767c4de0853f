// The same clerks, and a lock on the ledger: whoever has it reads, adds and writes,
// and nobody else can do anything of the kind meanwhile.
use std::sync::Mutex;
use std::{env, thread};

fn main() {
    let (clerks, sales) = (number(1, 2), number(2, 1));
    let ledger = Mutex::new(0_u32);
    thread::scope(|shop| {
        for _ in 0..clerks {
            // ANCHOR: clerk
            shop.spawn(|| {
                for _ in 0..sales {
                    let mut line = ledger.lock().unwrap();
                    *line += 1;
                }
            });
            // ANCHOR_END: clerk
        }
    });
    println!("ledger: {}", ledger.lock().unwrap());
}

/// The argument in this place, or what stands in for it.
fn number(place: usize, otherwise: u32) -> u32 {
    env::args().nth(place).map_or(otherwise, |word| word.parse().expect("a number"))
}
