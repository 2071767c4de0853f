// The spinner as a second process: this program again, with the argument `spin`.
// Otherwise the argument is how many seconds to compute.
use std::env;
use std::error::Error;
use std::io::{self, Write};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

// ANCHOR: child
fn spin() -> io::Result<()> {
    let mut screen = io::stdout();
    for glyph in ['|', '/', '-', '\\'].into_iter().cycle() {
        write!(screen, "\rPlease wait ... {glyph}")?;
        screen.flush()?;
        sleep(Duration::from_millis(100));
    }
    Ok(())
}
// ANCHOR_END: child

// ANCHOR: parent
/// A spinner that turns until this is dropped: also when the computation fails.
struct Spinner(Child);

impl Spinner {
    fn start() -> io::Result<Spinner> {
        Command::new(env::current_exe()?).arg("spin").spawn().map(Spinner)
    }

    /// A killed process cleans up nothing: its parent does, once it is surely dead.
    fn stop(&mut self, mut screen: impl Write) -> io::Result<()> {
        self.0.kill()?;
        self.0.wait()?;
        write!(screen, "\r\x1b[K")?;
        screen.flush()
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        if let Err(error) = self.stop(io::stdout()) {
            eprintln!("the spinner may still turn: {error}");
        }
    }
}
// ANCHOR_END: parent

// ANCHOR: compute
fn compute(seconds: &str) -> Result<(), Box<dyn Error>> {
    let _spinner = Spinner::start()?;
    sleep(Duration::try_from_secs_f64(seconds.parse()?)?);
    Ok(())
}
// ANCHOR_END: compute

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("spin") => spin()?,
        seconds => {
            compute(seconds.unwrap_or("3"))?;
            println!("Computation done");
        }
    }
    Ok(())
}
