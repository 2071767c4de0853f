// Each thread raises its own flag and then looks at the other's. Can both find it
// down? `litmus-sb seq-cst`: with another memory ordering than relaxed.
use std::env;
use std::sync::atomic::{AtomicU32, Ordering::*, fence};
use std::thread;

fn main() {
    let ordering = env::args().nth(1).unwrap_or("relaxed".into());
    let (store, load) = match ordering.as_str() {
        "relaxed" | "fences" => (Relaxed, Relaxed),
        "release-acquire" => (Release, Acquire),
        "seq-cst" => (SeqCst, SeqCst),
        other => panic!("no ordering is called {other}"),
    };

    let (x, y) = (AtomicU32::new(0), AtomicU32::new(0));
    // ANCHOR: raise-and-look
    let raise_and_look = |mine: &AtomicU32, yours: &AtomicU32| {
        mine.store(1, store);
        if ordering == "fences" {
            fence(SeqCst);
        }
        yours.load(load)
    };
    // ANCHOR_END: raise-and-look
    let (left, right) = thread::scope(|scope| {
        let left = scope.spawn(|| raise_and_look(&x, &y));
        let right = scope.spawn(|| raise_and_look(&y, &x));
        (left.join().unwrap(), right.join().unwrap())
    });
    println!("{left} {right}");
}
