// A shelf with room for one loaf. Bakers wait until it is empty, customers until it
// is full, and each calls the other. `bounded-buffer 2 1`: two bakers, a customer.
use std::sync::{Condvar, Mutex};
use std::{env, thread};

struct Shelf {
    loaf: Mutex<Option<u32>>,
    emptied: Condvar,
    filled: Condvar,
}

impl Shelf {
    // ANCHOR: put
    fn put(&self, new: u32) {
        let mut loaf = self.loaf.lock().unwrap();
        while loaf.is_some() {
            loaf = self.emptied.wait(loaf).unwrap();
        }
        assert_eq!(loaf.replace(new), None, "there was a loaf already");
        self.filled.notify_one();
    }
    // ANCHOR_END: put

    // ANCHOR: take
    fn take(&self) -> u32 {
        let mut loaf = self.loaf.lock().unwrap();
        while loaf.is_none() {
            loaf = self.filled.wait(loaf).unwrap();
        }
        let taken = loaf.take().expect("a loaf");
        self.emptied.notify_one();
        taken
    }
    // ANCHOR_END: take
}

fn main() {
    let (bakers, customers) = (number(1, 1), number(2, 2));
    let (emptied, filled) = (Condvar::new(), Condvar::new());
    let shelf = Shelf { loaf: Mutex::new(None), emptied, filled };
    let bake = || (1..=customers).for_each(|loaf| shelf.put(loaf));
    let fetch = || (1..=bakers).map(|_| shelf.take()).collect::<Vec<_>>();

    let mut eaten: Vec<u32> = thread::scope(|shop| {
        (0..bakers).for_each(|_| drop(shop.spawn(bake)));
        let baskets: Vec<_> = (0..customers).map(|_| shop.spawn(fetch)).collect();
        baskets.into_iter().flat_map(|basket| basket.join().unwrap()).collect()
    });
    eaten.sort();
    println!("eaten: {eaten:?}");
}

/// The argument in this place, or what stands in for it.
fn number(place: usize, otherwise: u32) -> u32 {
    env::args().nth(place).map_or(otherwise, |word| word.parse().expect("a number"))
}
