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
fn one_of_each_kind_need_no_second_condition() {
    assert_eq!(report(1, 1).kinds(), [Kind::Ok]);
}

#[test]
fn two_bakers_with_a_loaf_each_never_wait_beside_each_other() {
    let report = report(2, 1);
    assert_eq!(report.kinds(), [Kind::Ok]);
    assert_eq!(report.texts(), ["eaten: [1, 1]\n"]);
}

#[test]
fn the_call_may_go_to_one_who_can_do_nothing_with_it() {
    assert_eq!(report(1, 2).kinds(), [Kind::Ok, Kind::Deadlock]);
}
