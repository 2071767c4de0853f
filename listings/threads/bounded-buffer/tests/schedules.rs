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
fn every_loaf_is_eaten_on_every_schedule() {
    for (bakers, customers) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let report = report(bakers, customers);
        assert_eq!(report.kinds(), [Kind::Ok]);
        assert_eq!(report.outcomes.len(), 1);
        let mut loaves: Vec<u32> = (0..bakers).flat_map(|_| 1..=customers).collect();
        loaves.sort();
        assert_eq!(report.outcomes[0].text, format!("eaten: {loaves:?}\n"));
    }
}
