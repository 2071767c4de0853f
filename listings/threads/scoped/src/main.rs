// Threads that borrow from their parent's stack: the scope ends only after them.
use std::thread;

// ANCHOR: shared
/// Two threads read the same slice, each one half of it.
fn words(lines: &[&str]) -> usize {
    let (front, back) = lines.split_at(lines.len() / 2);
    let count = |half: &[&str]| half.join(" ").split_whitespace().count();
    thread::scope(|scope| {
        let front = scope.spawn(|| count(front));
        let back = count(back);
        front.join().expect("counting does not panic") + back
    })
}
// ANCHOR_END: shared

// ANCHOR: exclusive
/// Two threads write to the same slice, each to a half that is its own.
fn raise(wages: &mut [u32]) {
    let (front, back) = wages.split_at_mut(wages.len() / 2);
    thread::scope(|scope| {
        for half in [front, back] {
            scope.spawn(|| half.iter_mut().for_each(|wage| *wage += 5));
        }
    });
}
// ANCHOR_END: exclusive

fn main() {
    let lines = ["the quick brown fox", "jumps over", "the lazy dog"];
    println!("words: {}", words(&lines));

    let mut wages = [20, 21, 22, 23];
    raise(&mut wages);
    println!("wages: {wages:?}");
}
