// A spawned thread may outlive this function, and so the lines that it borrows.
use std::thread;

fn main() {
    let lines = vec!["the quick brown fox", "jumps over"];
    let counter = thread::spawn(|| lines.len());
    println!("lines: {}", counter.join().unwrap());
}
