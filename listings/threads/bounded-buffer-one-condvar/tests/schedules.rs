//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

/// With so many bakers and customers.
fn report(bakers: u32, customers: u32) -> std::Report {
    std::explore_with(main, &std::Options::with_args([bakers, customers]))
}

fn kinds(report: &std::Report) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = report.outcomes.iter().map(|outcome| outcome.kind).collect();
    kinds.dedup();
    kinds
}

#[test]
fn one_of_each_kind_need_no_second_condition() {
    assert_eq!(kinds(&report(1, 1)), [Kind::Ok]);
}

#[test]
fn the_call_may_go_to_one_who_can_do_nothing_with_it() {
    assert_eq!(kinds(&report(1, 2)), [Kind::Ok, Kind::Deadlock]);
}
