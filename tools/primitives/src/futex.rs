//! Waiting for a number to change: the operation under every lock of std. On Linux it is the system's own (futex(2));
//! elsewhere a small table of locks does the same.
//!
//! A wait may end without cause, so look again.

use std::sync::atomic::AtomicU32;
use std::time::Duration;

/// Waits, if `atomic` is `expected`, until it is woken. To look and to begin to wait is one step: no wake-up comes
/// between the two.
pub fn wait(atomic: &AtomicU32, expected: u32) {
    system::wait(atomic, expected, None);
}

/// As [`wait`], but no longer than `timeout`. False: the time is over.
pub fn wait_timeout(atomic: &AtomicU32, expected: u32, timeout: Duration) -> bool {
    system::wait(atomic, expected, Some(timeout))
}

/// Wakes one of those who wait, if there is one.
pub fn wake_one(atomic: &AtomicU32) {
    system::wake(atomic, 1);
}

/// Wakes all who wait.
pub fn wake_all(atomic: &AtomicU32) {
    system::wake(atomic, i32::MAX as u32);
}

#[cfg(target_os = "linux")]
mod system {
    use std::sync::atomic::AtomicU32;
    use std::time::Duration;

    use rustix::io::Errno;
    use rustix::thread::futex::{self, Flags, Timespec};

    pub(super) fn wait(atomic: &AtomicU32, expected: u32, timeout: Option<Duration>) -> bool {
        // A time that is too long to be said is for ever.
        let timeout = timeout.and_then(|timeout| Timespec::try_from(timeout).ok());
        futex::wait(atomic, Flags::PRIVATE, expected, timeout.as_ref()) != Err(Errno::TIMEDOUT)
    }

    pub(super) fn wake(atomic: &AtomicU32, most: u32) {
        futex::wake(atomic, Flags::PRIVATE, most).expect("an atomic can be woken");
    }
}

#[cfg(any(not(target_os = "linux"), test))]
mod elsewhere {
    use std::ptr::from_ref;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::sync::{Condvar, Mutex, PoisonError};
    use std::time::Duration;

    /// Those who wait at addresses that fall into one place share it, and wake without cause when another is meant.
    struct Place {
        lock: Mutex<()>,
        woken: Condvar,
    }

    const PLACES: usize = 64;
    static PLACE: [Place; PLACES] = [const { Place { lock: Mutex::new(()), woken: Condvar::new() } }; PLACES];

    fn place(atomic: &AtomicU32) -> &'static Place {
        &PLACE[from_ref(atomic).addr() / align_of::<AtomicU32>() % PLACES]
    }

    pub(super) fn wait(atomic: &AtomicU32, expected: u32, timeout: Option<Duration>) -> bool {
        let place = place(atomic);
        let guard = place.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if atomic.load(SeqCst) != expected {
            return true;
        }
        match timeout {
            None => {
                drop(place.woken.wait(guard));
                true
            }
            Some(timeout) => match place.woken.wait_timeout(guard, timeout) {
                Ok((_, result)) => !result.timed_out(),
                Err(poisoned) => !poisoned.into_inner().1.timed_out(),
            },
        }
    }

    /// Wakes all of the place: whoever wakes looks again.
    pub(super) fn wake(atomic: &AtomicU32, _: u32) {
        let place = place(atomic);
        drop(place.lock.lock());
        place.woken.notify_all();
    }
}

#[cfg(not(target_os = "linux"))]
use elsewhere as system;

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::thread;
    use std::time::Duration;

    type Wait = fn(&AtomicU32, u32, Option<Duration>) -> bool;
    type Wake = fn(&AtomicU32, u32);

    /// Two threads hand a number back and forth.
    fn ping_pong(wait: Wait, wake: Wake) {
        let turn = AtomicU32::new(0);
        thread::scope(|scope| {
            for me in 0..2 {
                let turn = &turn;
                scope.spawn(move || {
                    for _ in 0..1000 {
                        while turn.load(SeqCst) != me {
                            assert!(wait(turn, 1 - me, None));
                        }
                        turn.store(1 - me, SeqCst);
                        wake(turn, 1);
                    }
                });
            }
        });
    }

    fn answers(wait: Wait) {
        let number = AtomicU32::new(1);
        assert!(wait(&number, 0, None), "it is another number: no wait");
        assert!(!wait(&number, 1, Some(Duration::from_millis(1))), "nobody wakes it");
        assert!(wait(&number, 0, Some(Duration::MAX)));
    }

    #[test]
    fn the_system_waits_and_wakes() {
        ping_pong(super::system::wait, super::system::wake);
        answers(super::system::wait);
    }

    #[test]
    fn a_table_of_locks_does_the_same() {
        ping_pong(super::elsewhere::wait, super::elsewhere::wake);
        answers(super::elsewhere::wait);
    }
}
