#![cfg(target_os = "linux")]
include!("../src/main.rs");

use std::io::Read;
use std::process::Stdio;

/// Waits until the process has ended, and leaves it a zombie.
fn ended(pid: Pid) {
    unix::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT).unwrap();
}

#[test]
fn a_dropped_child_lives_on_and_then_stays_a_zombie_until_waited_for() {
    for _ in 0..20 {
        let child = sleeper().unwrap();
        let pid = Pid::from_child(&child);
        drop(child);
        assert_eq!(state(pid), "alive");
        unix::kill_process(pid, Signal::KILL).unwrap();
        ended(pid);
        assert_eq!(state(pid), "zombie");
        unix::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED).unwrap();
        assert_eq!(state(pid), "gone");
    }
}

/// This child would end by itself once its input does, and `wait` closes that: it must be dead before.
#[test]
fn a_guard_kills_and_does_not_merely_wait() {
    let mut patient = Command::new("sh");
    patient.args(["-c", "read line; echo it ended by itself"]);
    let mut kept = Kept(patient.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap());
    let mut says = kept.0.stdout.take().unwrap();
    drop(kept);
    let mut text = String::new();
    says.read_to_string(&mut text).unwrap();
    assert_eq!(text, "");
}

#[test]
fn a_guard_leaves_nothing_whether_its_child_runs_has_ended_or_was_waited_for() {
    let running = Kept(sleeper().unwrap());
    let zombie = Kept(Command::new("true").spawn().unwrap());
    let mut waited_for = Kept(Command::new("true").spawn().unwrap());
    ended(Pid::from_child(&zombie.0));
    assert!(waited_for.0.wait().unwrap().success());
    for kept in [running, zombie, waited_for] {
        let pid = Pid::from_child(&kept.0);
        drop(kept);
        assert_eq!(state(pid), "gone");
    }
}

/// A name may hold what looks like the end of a name.
#[test]
fn the_name_of_the_program_is_not_taken_for_its_state() {
    let folder = std::env::temp_dir().join(format!("zombie-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let program = folder.join("a) S b");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_zombie"), &program).unwrap();
    let kept = Kept(Command::new(&program).stdout(Stdio::null()).spawn().unwrap());
    let pid = Pid::from_child(&kept.0);
    ended(pid);
    assert!(fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap().contains("(a) S b) Z"));
    assert_eq!(state(pid), "zombie");
    drop(kept);
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_program_says_so() {
    let run = listing::run::Run::new(env!("CARGO_BIN_EXE_zombie")).finish().unwrap();
    assert!(run.status.success());
    let states: Vec<String> =
        run.text().lines().filter_map(|line| line.split(' ').next_back().map(String::from)).collect();
    assert_eq!(states, ["alive", "zombie", "gone", "gone"]);
}
