//! What a run leaves behind: nothing.
#![cfg(target_os = "linux")]

use listing::run::{Run, RunError, Size};
use std::path::Path;
use std::time::{Duration, Instant};

fn sh(script: &str) -> Run {
    Run::new("/bin/sh").args(["-c", script])
}

/// Waits until no process `pid` is there: killed processes take a moment, and a busy machine a longer one.
fn assert_gone(pid: &str) {
    let began = Instant::now();
    let state = || std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    // An orphan that was killed waits for init to reap it: Z, and gone all the same.
    while !state().is_empty() && !state().contains(") Z ") {
        assert!(began.elapsed() < Duration::from_secs(30), "process {pid} is still there: {}", state());
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a_transcript_has_both_streams_and_the_status() {
    let run = sh("echo out; echo err >&2; read line; echo \"$line\"; exit 3").stdin("typed\n").finish().unwrap();
    assert_eq!((run.text().as_str(), run.errors().as_str()), ("out\ntyped\n", "err\n"));
    assert_eq!(run.status.code(), Some(3));
}

#[test]
fn a_program_that_does_not_end_is_killed_with_its_children() {
    let run = sh("sleep 1000 & echo $!; echo waiting; wait").deadline(Duration::from_millis(300));
    let Err(error) = run.finish() else { panic!("it ended") };
    let message = error.to_string();
    assert!(message.starts_with("sh did not end within 300ms; it and its process group were killed"), "{message}");
    assert!(message.ends_with("waiting"), "{message}");
    let pid = message.lines().nth(1).unwrap();
    assert_gone(pid);
}

#[test]
fn a_program_that_floods_is_killed() {
    let began = Instant::now();
    let error = sh("yes").max_output(10_000).finish().unwrap_err();
    assert!(matches!(error, RunError::Flood { limit: 10_000, .. }), "{error}");
    assert!(began.elapsed() < listing::run::DEADLINE);
}

#[test]
fn children_left_behind_are_killed_when_the_program_ends() {
    let run = sh("sleep 1000 & echo $!").finish().unwrap();
    assert!(run.status.success());
    assert_gone(run.text().trim());
}

/// A child in a session of its own escapes the group. It cannot be killed with it, and must not hold up the run.
#[test]
fn a_child_that_left_the_group_holds_nothing_up() {
    let run = sh("setsid sleep 1000 & echo $!").finish().unwrap();
    let pid: i32 = run.text().trim().parse().unwrap();
    rustix::process::kill_process(rustix::process::Pid::from_raw(pid).unwrap(), rustix::process::Signal::KILL).unwrap();
}

#[test]
fn under_a_terminal_the_program_sees_one() {
    let script = "test -t 0 && test -t 1 && stty size; printf 'a\\tb'; exit 0";
    let run = sh(script).terminal(Size { rows: 7, cols: 33 }).finish().unwrap();
    assert_eq!(run.text(), "7 33\r\na\tb");
    assert!(run.errors().is_empty());
    assert_eq!(run.chunks.iter().flat_map(|(_, bytes)| bytes.clone()).collect::<Vec<_>>(), run.stdout);
}

#[test]
fn under_a_terminal_too_a_program_that_does_not_end_is_killed() {
    let run = sh("echo $$; sleep 1000").terminal(Size { rows: 2, cols: 20 }).deadline(Duration::from_millis(300));
    let message = run.finish().unwrap_err().to_string();
    assert_gone(message.lines().nth(1).unwrap().trim());
}

#[test]
fn what_this_process_ignores_the_program_does_not() {
    // SAFETY: SIG_IGN installs no handler; no other test here depends on SIGUSR1.
    unsafe { libc::signal(libc::SIGUSR1, libc::SIG_IGN) };
    let run = sh("kill -USR1 $$; echo survived").finish().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&run.status), Some(libc::SIGUSR1), "{}", run.text());
}

#[test]
fn a_program_that_is_not_there_is_named() {
    let message = Run::new("/no/such/program").finish().unwrap_err().to_string();
    assert!(message.starts_with("cannot start /no/such/program: No such file"), "{message}");
}

#[test]
fn bytes_that_are_no_text_are_shown() {
    let run = sh("printf 'a\\377b'").finish().unwrap();
    assert_eq!(run.text(), "a\\xffb");
}
