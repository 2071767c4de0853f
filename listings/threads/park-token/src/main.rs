// `unpark` does not count: two of them leave one token, and one `park` takes it.
// The thread unparks itself, so that no other thread's timing can matter.
use std::thread;
use std::time::{Duration, Instant};

// ANCHOR: park
/// Parks, for `delay` at most. Only the lack of a token lets all of it pass.
fn park(delay: Duration) -> &'static str {
    let begin = Instant::now();
    thread::park_timeout(delay);
    if begin.elapsed() < delay { "a token" } else { "no token" }
}
// ANCHOR_END: park

fn main() {
    const MOMENT: Duration = Duration::from_millis(20);
    const HOUR: Duration = Duration::from_secs(3600);
    let me = thread::current();

    // ANCHOR: twice
    me.unpark();
    me.unpark();
    println!("two unparks, first park:  {}", park(HOUR));
    println!("two unparks, second park: {}", park(MOMENT));
    // ANCHOR_END: twice

    me.unpark();
    println!("one unpark more, a park:  {}", park(HOUR));
}
