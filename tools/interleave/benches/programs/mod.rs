//! The programs that are measured. They are text for whatever is laid out as std is: interleave's, shuttle's and loom's.
//!
//! Each returns what it would print. They share by the real `Arc`, which nobody counts, because loom has no scopes.

/// Makes a module of the programs that uses the threads and locks of `$world`.
#[macro_export]
macro_rules! programs {
    ($name:ident: $world:ident) => {
        mod $name {
            use std::collections::VecDeque;
            use std::sync::Arc;

            use $world::sync::atomic::{AtomicU32, Ordering::SeqCst};
            use $world::sync::{Condvar, Mutex};
            use $world::thread;

            fn threads(count: usize, run: impl Fn(usize) + Send + Sync + 'static) {
                let run = Arc::new(run);
                let threads: Vec<_> = (0..count)
                    .map(|at| {
                        let run = Arc::clone(&run);
                        thread::spawn(move || run(at))
                    })
                    .collect();
                threads.into_iter().for_each(|thread| thread.join().unwrap());
            }

            /// Each thread adds to one number, in two steps.
            pub(crate) fn lost_update(clerks: usize, times: u32) -> String {
                let ledger = Arc::new(AtomicU32::new(0));
                let shared = Arc::clone(&ledger);
                threads(clerks, move |_| {
                    for _ in 0..times {
                        let read = shared.load(SeqCst);
                        shared.store(read + 1, SeqCst);
                    }
                });
                ledger.load(SeqCst).to_string()
            }

            /// Each thread adds to one number, under its lock.
            pub(crate) fn locked_update(clerks: usize, times: u32) -> String {
                let ledger = Arc::new(Mutex::new(0));
                let shared = Arc::clone(&ledger);
                threads(clerks, move |_| (0..times).for_each(|_| *shared.lock().unwrap() += 1));
                let sum = *ledger.lock().unwrap();
                sum.to_string()
            }

            /// Two threads take two locks in opposite orders.
            pub(crate) fn abba() -> String {
                let locks = [Mutex::new(0), Mutex::new(0)];
                threads(2, move |at| {
                    let _first = locks[at].lock().unwrap();
                    let _second = locks[1 - at].lock().unwrap();
                });
                String::new()
            }

            /// Each takes the left fork, then the right one, once.
            pub(crate) fn philosophers(seats: usize) -> String {
                let forks: Vec<_> = (0..seats).map(|_| Mutex::new(())).collect();
                threads(seats, move |seat| {
                    let _left = forks[seat].lock().unwrap();
                    let _right = forks[(seat + 1) % seats].lock().unwrap();
                });
                String::new()
            }

            /// Room for one item; each producer brings two, each consumer takes two.
            pub(crate) fn bounded_buffer(pairs: usize) -> String {
                let buffer = Mutex::new(VecDeque::new());
                let changed = Condvar::new();
                threads(2 * pairs, move |at| {
                    for item in 0..2 {
                        let mut guard = buffer.lock().unwrap();
                        if at < pairs {
                            while guard.len() == 1 {
                                guard = changed.wait(guard).unwrap();
                            }
                            guard.push_back(item);
                        } else {
                            while guard.is_empty() {
                                guard = changed.wait(guard).unwrap();
                            }
                            guard.pop_front();
                        }
                        changed.notify_all();
                    }
                });
                String::new()
            }

            /// All of them, by name, from the smallest to the largest of a kind.
            pub(crate) const ALL: &[(&str, fn() -> String)] = &[
                ("lost update, 2 threads × 1", || lost_update(2, 1)),
                ("lost update, 3 × 1", || lost_update(3, 1)),
                ("lost update, 2 × 3", || lost_update(2, 3)),
                ("lost update, 3 × 2", || lost_update(3, 2)),
                ("lost update, 3 × 3", || lost_update(3, 3)),
                ("under a mutex, 2 × 3", || locked_update(2, 3)),
                ("under a mutex, 3 × 3", || locked_update(3, 3)),
                ("two locks, opposite orders", abba),
                ("2 philosophers", || philosophers(2)),
                ("3 philosophers", || philosophers(3)),
                ("4 philosophers", || philosophers(4)),
                ("5 philosophers", || philosophers(5)),
                ("bounded buffer, 1 producer, 1 consumer", || bounded_buffer(1)),
                ("bounded buffer, 2 and 2", || bounded_buffer(2)),
            ];
        }
    };
}
