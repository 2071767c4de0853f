// The spinner as a second thread. It sleeps between frames, yet it stops at once:
// a flag tells it to, and `unpark` ends its sleep. Argument: seconds to compute.
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, Thread};
use std::time::Duration;

struct Spinner<W> {
    screen: W,
    delay: Duration,
}

impl<W: Write + Send> Spinner<W> {
    // ANCHOR: spin
    fn spin(&mut self, done: &AtomicBool) -> io::Result<()> {
        for glyph in ['|', '/', '-', '\\'].into_iter().cycle() {
            write!(self.screen, "\rPlease wait ... {glyph}")?;
            self.screen.flush()?;
            if !done.load(Ordering::Acquire) {
                thread::park_timeout(self.delay); // nothing between look and park
            }
            if done.load(Ordering::Acquire) {
                break;
            }
        }
        write!(self.screen, "\r\x1b[K")?;
        self.screen.flush()
    }
    // ANCHOR_END: spin

    // ANCHOR: during
    /// Spins while `compute` runs on the thread that called.
    fn during<T>(&mut self, compute: impl FnOnce() -> T) -> io::Result<T> {
        let done = AtomicBool::new(false);
        thread::scope(|scope| {
            let spinner = scope.spawn(|| self.spin(&done));
            let stop = Stop(&done, spinner.thread());
            let answer = compute();
            drop(stop);
            spinner.join().expect("the spinner does not panic")?;
            Ok(answer)
        })
    }
    // ANCHOR_END: during
}

// ANCHOR: stop
/// Stops the spinner when dropped: also when the computation panics.
struct Stop<'a>(&'a AtomicBool, &'a Thread);

impl Drop for Stop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release); // first the reason to wake up,
        self.1.unpark(); // then the wake-up
    }
}
// ANCHOR_END: stop

fn main() -> io::Result<()> {
    let seconds = std::env::args().nth(1).unwrap_or_else(|| "3".into());
    let delay = Duration::from_millis(100);
    Spinner { screen: io::stdout(), delay }.during(|| {
        let seconds = seconds.parse().expect("a number of seconds");
        thread::sleep(Duration::from_secs_f64(seconds));
    })?;
    println!("Computation done");
    Ok(())
}
