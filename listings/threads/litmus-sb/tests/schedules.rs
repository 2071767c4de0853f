//! The listing itself, run on every schedule of weak memory.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

fn report(ordering: &str) -> std::Report {
    std::explore_with(main, &std::Options { weak: true, ..std::Options::with_args([ordering]) })
}

#[test]
fn both_may_find_the_flag_down_unless_all_is_in_one_order() {
    let (both, not_both) = (["0 0\n", "0 1\n", "1 0\n", "1 1\n"], ["0 1\n", "1 0\n", "1 1\n"]);
    assert_eq!(report("relaxed").texts(), both);
    assert_eq!(report("release-acquire").texts(), both);
    assert_eq!(report("seq-cst").texts(), not_both);
    assert_eq!(report("fences").texts(), not_both);
}
