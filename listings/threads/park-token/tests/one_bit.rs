include!("../src/main.rs");

const MOMENT: Duration = Duration::from_millis(20);
const HOUR: Duration = Duration::from_secs(3600);

/// A thread with no token: the harness may have left one to ours.
fn on_a_new_thread(body: impl FnOnce() + Send + 'static) {
    thread::spawn(body).join().unwrap();
}

/// However often it was unparked before, a thread finds one token. That it finds none then is told by a delay that
/// passes in full, which a busy machine can only lengthen.
#[test]
fn any_number_of_unparks_is_one_token() {
    on_a_new_thread(|| {
        for delays in 1..=5 {
            assert_eq!(park(delays * MOMENT), "no token", "before any unpark");
        }
        for unparks in 1..10 {
            for _ in 0..unparks {
                thread::current().unpark();
            }
            assert_eq!(park(HOUR), "a token", "after {unparks} unparks");
            assert_eq!(park(MOMENT), "no token", "after {unparks} unparks, the second time");
        }
    });
}

/// Not in a scope: the last thread of a scope unparks the parent, and so leaves a token of its own.
#[test]
fn a_token_waits_for_its_thread_and_is_for_no_other() {
    on_a_new_thread(|| {
        let me = thread::current();
        let other = thread::spawn(move || {
            me.unpark();
            me.unpark();
            park(MOMENT)
        });
        assert_eq!(other.join().unwrap(), "no token");
        assert_eq!(park(HOUR), "a token");
        assert_eq!(park(MOMENT), "no token");
    });
}
