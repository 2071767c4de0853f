// Threads that may outlive their starter cannot borrow the ledger. They own it, and
// `Arc` counts the owners.
use std::sync::{Arc, Mutex};
use std::thread;

struct Ledger {
    lines: Mutex<Vec<&'static str>>,
}

// ANCHOR: drop
impl Drop for Ledger {
    /// Runs once, when the last owner lets go.
    fn drop(&mut self) {
        let mut lines = std::mem::take(self.lines.get_mut().unwrap());
        lines.sort();
        println!("ledger closed with {lines:?}");
    }
}
// ANCHOR_END: drop

fn main() {
    let ledger = Arc::new(Ledger { lines: Mutex::new(Vec::new()) });

    // ANCHOR: clone
    let clerks = ["3 stamps", "1 parcel"].map(|line| {
        let ledger = Arc::clone(&ledger);
        thread::spawn(move || ledger.lines.lock().unwrap().push(line))
    });
    // ANCHOR_END: clone
    drop(ledger); // the clerks have theirs
    for clerk in clerks {
        clerk.join().unwrap();
    }
    println!("shop closed");
}
