// Neither clerk goes on before the other is here: each signals on one semaphore and
// waits at the other. `rendezvous wait-first`: they wait before they signal.
use std::sync::{Condvar, Mutex};
use std::{env, thread};

struct Semaphore {
    permits: Mutex<u32>,
    released: Condvar,
}

impl Semaphore {
    const fn new() -> Semaphore {
        Semaphore { permits: Mutex::new(0), released: Condvar::new() }
    }

    // ANCHOR: semaphore
    fn acquire(&self) {
        let mut permits = self.permits.lock().unwrap();
        while *permits == 0 {
            permits = self.released.wait(permits).unwrap();
        }
        *permits -= 1;
    }

    fn release(&self) {
        *self.permits.lock().unwrap() += 1;
        self.released.notify_one();
    }
    // ANCHOR_END: semaphore
}

fn main() {
    let wait_first = env::args().nth(1).is_some_and(|word| word == "wait-first");
    let (ann, ben) = (Semaphore::new(), Semaphore::new());

    // ANCHOR: meet
    let meet = |name, mine: &Semaphore, theirs: &Semaphore| {
        println!("{name} is here");
        if wait_first {
            theirs.acquire();
            mine.release();
        } else {
            mine.release();
            theirs.acquire();
        }
        println!("{name} goes on");
    };
    // ANCHOR_END: meet
    thread::scope(|scope| {
        scope.spawn(|| meet("ann", &ann, &ben));
        scope.spawn(|| meet("ben", &ben, &ann));
    });
}
