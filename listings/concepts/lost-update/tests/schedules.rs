//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

/// With so many clerks, who sell so much.
fn report(clerks: u32, sales: u32) -> std::Report {
    std::explore_with(main, &std::Options::with_args([clerks, sales]))
}

#[test]
fn two_clerks_lose_a_sale_on_four_of_six_schedules() {
    let report = report(2, 1);
    assert_eq!(report.count(Kind::Ok, "ledger: 1\n"), 4);
    assert_eq!(report.count(Kind::Ok, "ledger: 2\n"), 2);
    assert_eq!(report.schedules, 6);
}

#[test]
fn nothing_but_the_ledger_is_printed_and_nobody_waits() {
    for (clerks, sales) in [(3, 1), (2, 2), (2, 3), (3, 2)] {
        let report = report(clerks, sales);
        assert!(report.outcomes.iter().all(|outcome| outcome.kind == Kind::Ok));
        // One sale is the least that can be left of one each, two of more: the last to write has read something.
        let least = if sales == 1 { 1 } else { 2 };
        let expected: Vec<String> = (least..=clerks * sales).map(|total| format!("ledger: {total}\n")).collect();
        assert_eq!(report.texts(), expected);
    }
}

#[test]
fn three_clerks_with_two_sales_each_lose_nothing_on_ninety_schedules() {
    let report = report(3, 2);
    assert_eq!(report.schedules, 34_650);
    assert_eq!(report.count(Kind::Ok, "ledger: 6\n"), 90);
}
