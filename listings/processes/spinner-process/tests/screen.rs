#![cfg(unix)]
//! What is left on the screen and in the process table when the computation has ended, either way.

use listing::run::{Run, Size, Transcript};
use std::num::NonZero;

const FIRST: &str = "Please wait ... |";

fn run(seconds: &str) -> Transcript {
    let terminal = Size { rows: 4, cols: 60 };
    Run::new(env!("CARGO_BIN_EXE_spinner-process")).arg(seconds).terminal(terminal).finish().unwrap()
}

fn rows(run: &Transcript) -> Vec<String> {
    let mut terminal = vt100::Parser::new(NonZero::new(4).unwrap(), NonZero::new(60).unwrap(), 0);
    terminal.process(&run.stdout);
    terminal.screen().rows(0, 60).collect()
}

/// Up to its end, all that was sent is frames in order, the last perhaps cut, and one erasure.
fn assert_spun(run: &Transcript) {
    let text = run.text();
    let (frames, _) = text.split_once("\r\x1b[K").expect("the line is erased");
    let turn = "\rPlease wait ... |\rPlease wait ... /\rPlease wait ... -\rPlease wait ... \\";
    assert!(turn.repeat(1 + frames.len() / turn.len()).starts_with(frames), "{text:?}");
}

/// Runs of many lengths, so that the child is killed at many points, also before its first frame.
#[test]
fn the_screen_is_clean_whenever_the_child_is_killed() {
    for seconds in ["0", "0.001", "0.002", "0.005", "0.01", "0.1", "0.101", "0.2", "0.3"] {
        let run = run(seconds);
        assert!(run.status.success());
        assert_spun(&run);
        assert_eq!(rows(&run), ["Computation done", "", "", ""], "after {seconds} seconds: {:?}", run.text());
    }
}

#[test]
fn the_spinner_turns_meanwhile() {
    // The longest run in which no frame is seen cannot be bounded, but some run shows one.
    assert!((0..100).any(|_| run("0.3").text().contains(FIRST)));
}

/// The spinner would turn for ever, and hold the terminal, were it not stopped.
#[test]
fn a_computation_that_fails_stops_the_spinner_too() {
    for wrong in ["three", "-1", "1e99"] {
        let run = run(wrong);
        assert!(!run.status.success());
        assert_spun(&run);
        let rows = rows(&run);
        assert!(rows[0].starts_with("Error: "), "{rows:?}");
        assert!(!run.text().contains("Computation done"));
    }
}
