#![cfg(unix)]
//! The statuses that `wait` reports, seen by this test itself and as the program prints them.

use listing::run::Run;
use std::os::unix::process::ExitStatusExt;

const PROGRAM: &str = env!("CARGO_BIN_EXE_exit-codes");

#[test]
fn a_child_that_ends_by_itself_has_eight_bits_or_a_signal() {
    for (how, code, signal) in [
        ("exit 3", Some(3), None),
        ("exit 256", Some(0), None),
        ("exit -1", Some(255), None),
        ("panic", Some(101), None),
        ("abort", None, Some(6)),
    ] {
        let status = Run::new(PROGRAM).arg(how).finish().unwrap().status;
        assert_eq!((status.code(), status.signal()), (code, signal), "{how}");
    }
}

#[test]
fn the_parent_is_told_the_same() {
    for _ in 0..5 {
        let run = Run::new(PROGRAM).finish().unwrap();
        assert!(run.status.success());
        assert_eq!(run.errors(), "", "the children are quiet");
        let words: Vec<String> =
            run.text().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
        assert_eq!(
            words,
            [
                "exit 3 code Some(3) signal None",
                "exit 256 code Some(0) signal None",
                "exit -1 code Some(255) signal None",
                "panic code Some(101) signal None",
                "abort code None signal Some(6)",
                "KILL code None signal Some(9)",
                "TERM code None signal Some(15)",
            ]
        );
    }
}
