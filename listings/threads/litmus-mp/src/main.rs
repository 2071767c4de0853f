// One thread writes a letter and raises a flag. The other sees the flag up: does it
// see the letter? `litmus-mp release-acquire`: with other orderings than relaxed.
use std::env;
use std::sync::atomic::{AtomicU32, Ordering::*, fence};
use std::thread;

fn main() {
    let ordering = env::args().nth(1).unwrap_or("relaxed".into());
    let fences = ordering == "fences";
    let (store, load) = match ordering.as_str() {
        "relaxed" | "fences" => (Relaxed, Relaxed),
        "release-acquire" => (Release, Acquire),
        "release" => (Release, Relaxed),
        "seq-cst" => (SeqCst, SeqCst),
        other => panic!("no ordering is called {other}"),
    };

    let (letter, flag) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        // ANCHOR: write
        scope.spawn(|| {
            letter.store(42, Relaxed);
            if fences {
                fence(Release);
            }
            flag.store(1, store);
        });
        // ANCHOR_END: write
        // ANCHOR: read
        scope.spawn(|| {
            let raised = flag.load(load) == 1;
            if fences {
                fence(Acquire);
            }
            match raised {
                true => println!("the letter: {}", letter.load(Relaxed)),
                false => println!("nothing yet"),
            }
        });
        // ANCHOR_END: read
    });
}
