#![cfg(unix)]
include!("../src/main.rs");

use std::os::unix::process::ExitStatusExt;

/// No child here needs it; it keeps a child that does not end from hanging the test.
const GENEROUS: Duration = Duration::from_secs(30);

/// A child in this role that has installed its handler, with what it says from then on.
fn ready(role: &str) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut again = Command::new(env!("CARGO_BIN_EXE_term-then-kill"));
    let mut child = again.arg(role).stdout(Stdio::piped()).spawn().unwrap();
    let mut says = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    says.read_line(&mut line).unwrap();
    assert_eq!(line, "ready\n");
    (child, says)
}

fn rest(mut says: BufReader<std::process::ChildStdout>) -> String {
    let mut text = String::new();
    says.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn who_listens_has_time_to_clean_up_and_ends_by_itself() {
    for _ in 0..20 {
        let (mut child, says) = ready("polite");
        assert_eq!(stop(&mut child, GENEROUS).unwrap().code(), Some(0));
        assert_eq!(rest(says), "the till is counted and locked\n");
    }
}

#[test]
fn who_does_not_is_killed_once_the_grace_is_over() {
    for grace in [0, 1, 50] {
        let (mut child, says) = ready("deaf");
        let begin = Instant::now();
        let grace = Duration::from_millis(grace);
        assert_eq!(stop(&mut child, grace).unwrap().signal(), Some(9));
        assert!(begin.elapsed() >= grace, "killed before its grace was over");
        assert_eq!(rest(says), "");
    }
}

/// Without a handler, SIGTERM itself ends the process.
#[test]
fn who_has_no_handler_ends_by_the_first_signal() {
    let mut child = Command::new("sleep").arg("60").spawn().unwrap();
    assert_eq!(stop(&mut child, GENEROUS).unwrap().signal(), Some(15));
}

/// With no grace at all, either signal may be first, and no other end is possible.
#[test]
fn without_grace_it_may_end_either_way() {
    for _ in 0..20 {
        let (mut child, says) = ready("polite");
        let status = stop(&mut child, Duration::ZERO).unwrap();
        let said = rest(says);
        match status.signal() {
            Some(9) => assert!(said.is_empty() || said == "the till is counted and locked\n", "{said:?}"),
            _ => assert_eq!((status.code(), said.as_str()), (Some(0), "the till is counted and locked\n")),
        }
    }
}

#[test]
fn the_program_says_so() {
    let run = listing::run::Run::new(env!("CARGO_BIN_EXE_term-then-kill")).finish().unwrap();
    assert!(run.status.success());
    let lines = ["polite: the till is counted and locked", "polite: exit status: 0", "deaf: signal: 9 (SIGKILL)"];
    assert!(run.text().lines().eq(lines), "{}", run.text());
}
