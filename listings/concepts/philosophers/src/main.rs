// Philosophers at a round table, a fork between each two, and each needs both forks
// next to her to eat. `philosophers 5 ordered`: the last takes hers the other way.
use std::sync::Mutex;
use std::{env, thread};

fn main() {
    let mut words = env::args().skip(1);
    let seats = words.next().map_or(5, |word| word.parse().expect("a number"));
    let ordered = words.next().is_some_and(|word| word == "ordered");

    let forks: Vec<_> = (0..seats).map(|_| Mutex::new(())).collect();
    thread::scope(|table| {
        for seat in 0..seats {
            // ANCHOR: forks
            let left = &forks[seat];
            let right = &forks[(seat + 1) % seats];
            let (first, second) = match ordered && seat == seats - 1 {
                true => (right, left),
                false => (left, right),
            };
            // ANCHOR_END: forks
            // ANCHOR: eat
            table.spawn(|| {
                let _first = first.lock().unwrap();
                let _second = second.lock().unwrap();
                // She eats, and puts both forks down.
            });
            // ANCHOR_END: eat
        }
    });
    println!("all have eaten");
}
