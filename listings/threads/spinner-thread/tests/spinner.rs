include!("../src/main.rs");

use std::num::NonZero;
use std::panic::{self, AssertUnwindSafe};
use std::sync::mpsc;

const HOUR: Duration = Duration::from_secs(3600);
const GENEROUS: Duration = Duration::from_secs(60);

/// Runs `body` on a thread of its own; a body that does not end is a failure, not a test that hangs.
fn ends<T: Send + 'static>(body: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, receive) = mpsc::channel();
    thread::spawn(move || send.send(body()));
    receive.recv_timeout(GENEROUS).expect("it ends")
}

fn row(bytes: &[u8]) -> String {
    let mut terminal = vt100::Parser::new(NonZero::new(2).unwrap(), NonZero::new(40).unwrap(), 0);
    terminal.process(bytes);
    terminal.screen().rows(0, 40).next().unwrap()
}

/// Frames in order, each on the same columns, then nothing: whatever the computation takes.
fn assert_spun(bytes: &[u8]) {
    let text = str::from_utf8(bytes).unwrap();
    let frames = text.strip_suffix("\r\x1b[K").expect("it ends with the erasing of its line");
    assert!(frames.starts_with('\r'), "{text:?}");
    for (frame, glyph) in frames.split('\r').skip(1).zip("|/-\\".chars().cycle()) {
        assert_eq!(frame, format!("Please wait ... {glyph}"));
    }
    assert_eq!(row(bytes), "");
}

/// With frames an hour apart, only the wake-up can end the delay.
#[test]
fn stopping_does_not_wait_for_the_end_of_a_delay() {
    for round in 0..200 {
        let screen = ends(move || {
            let mut screen = Vec::new();
            // Even rounds stop a spinner that may not have begun; odd ones, one that is likely to wait already.
            let answer = Spinner { screen: &mut screen, delay: HOUR }.during(|| {
                if round % 2 == 1 {
                    thread::sleep(Duration::from_millis(1));
                }
                round
            });
            assert_eq!(answer.unwrap(), round);
            screen
        });
        assert_spun(&screen);
    }
}

/// To write may itself park, and so use up the token: here each write waits until a reader has taken it. The flag must be
/// looked at after that, or the spinner parks with its wake-up gone.
#[test]
fn a_screen_that_parks_takes_no_wake_up_away() {
    struct Slow(mpsc::SyncSender<Vec<u8>>);
    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.send(bytes.to_vec()).map_err(io::Error::other)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    for _ in 0..20 {
        let screen = ends(|| {
            let (send, receive) = mpsc::sync_channel(0);
            // The reader is slow, so that the computation ends while the spinner waits to write its first frame.
            let reader = thread::spawn(move || {
                thread::sleep(Duration::from_millis(5));
                receive.iter().flatten().collect::<Vec<u8>>()
            });
            Spinner { screen: Slow(send), delay: HOUR }.during(|| ()).unwrap();
            reader.join().unwrap()
        });
        assert_spun(&screen);
    }
}

#[test]
fn it_stops_when_the_computation_panics_and_the_panic_goes_on() {
    let (panicked, screen) = ends(|| {
        let mut screen = Vec::new();
        let compute = || -> () { panic::resume_unwind(Box::new("no answer")) };
        let spun =
            panic::catch_unwind(AssertUnwindSafe(|| Spinner { screen: &mut screen, delay: HOUR }.during(compute)));
        (spun.expect_err("the panic goes on").downcast_ref() == Some(&"no answer"), screen)
    });
    assert!(panicked);
    assert_spun(&screen);
}

/// The computation lasts until three frames were seen: so it does turn meanwhile.
#[test]
fn it_turns_while_the_computation_computes() {
    struct Counted(Vec<u8>, mpsc::Sender<()>);
    impl Write for Counted {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.write(bytes)
        }
        fn flush(&mut self) -> io::Result<()> {
            self.1.send(()).map_err(io::Error::other)
        }
    }
    let screen = ends(|| {
        let (send, receive) = mpsc::channel();
        let mut spinner = Spinner { screen: Counted(Vec::new(), send), delay: Duration::from_millis(1) };
        assert!(spinner.during(|| (0..3).all(|_| receive.recv().is_ok())).unwrap());
        spinner.screen.0
    });
    assert!(screen.starts_with(b"\rPlease wait ... |\rPlease wait ... /\rPlease wait ... -"));
    assert_spun(&screen);
}

#[cfg(unix)]
#[test]
fn a_terminal_is_left_clean() {
    use listing::run::{Run, Size};
    let run = Run::new(env!("CARGO_BIN_EXE_spinner-thread")).arg("0.3").terminal(Size { rows: 4, cols: 40 });
    let run = run.finish().unwrap();
    assert!(run.status.success());
    assert_eq!(row(&run.stdout), "Computation done");
}
