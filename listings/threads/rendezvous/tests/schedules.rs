//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

#[test]
fn nobody_goes_on_before_both_are_here() {
    let report = std::explore(main);
    assert_eq!(report.outcomes.len(), 4);
    for outcome in &report.outcomes {
        assert_eq!(outcome.kind, Kind::Ok);
        let lines: Vec<&str> = outcome.text.lines().collect();
        assert!(lines[..2].iter().all(|line| line.ends_with("is here")), "{lines:?}");
        assert!(lines[2..].iter().all(|line| line.ends_with("goes on")), "{lines:?}");
    }
}

#[test]
fn if_both_wait_first_they_wait_for_ever() {
    let report = std::explore_with(main, &std::Options::with_args(["wait-first"]));
    assert!(report.outcomes.iter().all(|outcome| outcome.kind == Kind::Deadlock));
    assert_eq!(report.failing, report.schedules);
}
