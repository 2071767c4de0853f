// A thread of a scope counts the words of a line, and is joined at once.
use std::thread;

fn main() {
    let words = thread::scope(|scope| {
        let line = String::from("the quick brown fox");
        let counter = scope.spawn(|| line.split(' ').count());
        counter.join().unwrap()
    });
    println!("words: {words}");
}
