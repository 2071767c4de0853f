// Two clerks sell stamps out of one drawer: the Rust of Part I in one program.
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

// ANCHOR: sell
/// Takes `stamps` out of the drawer, if it holds that many.
fn sell(drawer: &Mutex<u32>, stamps: u32) -> Result<u32, &'static str> {
    let mut left = drawer.lock().unwrap();
    *left = left.checked_sub(stamps).ok_or("not enough stamps")?;
    Ok(stamps)
} // Here `left` ends, on either way out, and with it the lock.
// ANCHOR_END: sell

fn main() {
    // ANCHOR: shared
    let drawer = Mutex::new(10);
    let asked = AtomicUsize::new(0);
    let serve = |stamps| {
        asked.fetch_add(1, SeqCst);
        sell(&drawer, stamps)
    };
    // ANCHOR_END: shared

    // ANCHOR: scope
    let [anna, ben] = thread::scope(|shop| {
        let clerks = [3, 40].map(|stamps| shop.spawn(move || serve(stamps)));
        clerks.map(|clerk| clerk.join().unwrap())
    });
    // ANCHOR_END: scope

    println!("Anna: {anna:?}");
    println!("Ben: {ben:?}");
    println!("customers: {}", asked.load(SeqCst));
    println!("stamps left: {}", drawer.lock().unwrap());
}
