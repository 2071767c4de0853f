//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

/// With so many bakers and customers.
fn report(bakers: u32, customers: u32) -> std::Report {
    std::explore_with(main, &std::Options::with_args([bakers, customers]))
}

#[test]
fn one_of_each_kind_needs_no_second_look() {
    assert_eq!(report(1, 1).kinds(), [Kind::Ok]);
}

#[test]
fn another_may_come_between_the_call_and_the_awakening() {
    let report = report(1, 2);
    assert_eq!(report.kinds(), [Kind::Ok, Kind::Panic, Kind::Deadlock]);
    // A customer who was called finds nothing, because the other had taken it.
    let panic = report.outcomes.iter().find(|outcome| outcome.kind == Kind::Panic).unwrap();
    assert!(panic.why.contains("panics") && panic.why.contains("a loaf"), "{}", panic.why);
}
