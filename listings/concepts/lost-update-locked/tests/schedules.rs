//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

#[test]
fn no_sale_is_lost_on_any_schedule() {
    for (clerks, sales, schedules) in [(2, 1, 2), (3, 1, 6), (2, 3, 20), (3, 2, 90)] {
        let report = std::explore_with(main, &std::Options::with_args([clerks, sales]));
        assert_eq!(report.schedules, schedules, "whoever gets the lock keeps it until the sale is written");
        assert_eq!(report.count(Kind::Ok, &format!("ledger: {}\n", clerks * sales)), schedules);
    }
}
