//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

use std::Kind;

#[test]
fn each_clerk_may_end_up_with_the_lock_that_the_other_wants() {
    let report = std::explore(main);
    let deadlocks: Vec<_> = report.outcomes.iter().filter(|outcome| outcome.kind == Kind::Deadlock).collect();
    assert_eq!(deadlocks.len(), 1);
    // Either clerk is first; then the other takes the other lock.
    assert_eq!(deadlocks[0].count, 2);
    assert_eq!(deadlocks[0].schedule, "ab");
    assert!(deadlocks[0].why.contains("a waits for cellar") && deadlocks[0].why.contains("b waits for shop"));
}

#[test]
fn where_it_ends_the_stock_is_right() {
    let report = std::explore(main);
    let ends: Vec<_> = report.outcomes.iter().filter(|outcome| outcome.kind == Kind::Ok).collect();
    assert_eq!(ends.len(), 1);
    assert_eq!(ends[0].text, "shop 11, cellar 9\n");
}
