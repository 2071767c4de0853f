#![cfg(target_os = "linux")]
//! Whether a worker ends with its parent, and what happens when the parent was first.

use listing::run::Run;
use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

const PROGRAM: &str = env!("CARGO_BIN_EXE_die-with-parent");

#[test]
fn a_worker_goes_on_unless_it_took_a_measure() {
    for _ in 0..3 {
        let run = Run::new(PROGRAM).finish().unwrap();
        assert!(run.status.success(), "{}", run.errors());
        let lines = ["nothing       goes on", "death signal  gone", "its child     goes on", "end of stdin  gone"];
        assert!(run.text().lines().eq(lines), "{}", run.text());
    }
}

/// A worker that is told of a parent which is no longer its own: as if that had ended before the worker could ask.
#[test]
fn a_worker_that_asks_too_late_ends_at_once() {
    let run = Run::new(PROGRAM).args(["worker", "death signal", "1"]).finish().unwrap();
    assert_eq!((run.text().as_str(), run.status.code()), ("", Some(1)));
}

/// The measure is the end of input, not the death of whoever held it: the parent here lives on.
#[test]
fn a_worker_that_watches_its_input_ends_when_that_does() {
    let mut worker = Command::new(PROGRAM)
        .args(["worker", "end of stdin", "1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut says = BufReader::new(worker.stdout.take().unwrap());
    let mut line = String::new();
    says.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    assert!(worker.try_wait().unwrap().is_none(), "it ends before its input does");
    drop(worker.stdin.take());
    assert_eq!(worker.wait().unwrap().code(), Some(0));
    assert_eq!(says.read(&mut [0]).unwrap(), 0);
}
