//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

fn report(args: &[&str]) -> std::Report {
    std::explore_with(main, &std::Options::with_args(args))
}

#[test]
fn they_starve_when_each_has_taken_one_fork() {
    let mut orders = 1;
    for seats in 2..=5_u64 {
        orders *= seats;
        let report = report(&[&seats.to_string()]);
        // Each has the fork to her left, in any order.
        assert_eq!(report.failing, orders);
        assert_eq!(report.shortest_failing().unwrap().kind, Kind::Deadlock);
    }
}

#[test]
fn one_alone_waits_for_the_fork_in_her_own_hand() {
    let report = report(&["1"]);
    assert_eq!(report.kinds(), [Kind::Deadlock]);
    assert!(report.outcomes[0].why.contains("held by itself"), "{}", report.outcomes[0].why);
}

#[test]
fn nobody_starves_when_one_takes_her_forks_the_other_way_round() {
    for seats in ["2", "3", "4", "5"] {
        let report = report(&[seats, "ordered"]);
        assert_eq!(report.failing, 0);
        assert_eq!(report.outcomes[0].text, "all have eaten\n");
    }
}
