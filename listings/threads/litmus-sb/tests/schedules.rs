//! The listing itself, run on every schedule of weak memory.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

/// What can be printed under an ordering.
fn outcomes(ordering: &str) -> Vec<String> {
    let options = std::Options { weak: true, ..std::Options::with_args([ordering]) };
    let mut texts: Vec<_> =
        std::explore_with(main, &options).outcomes.into_iter().map(|outcome| outcome.text).collect();
    texts.sort_unstable();
    texts
}

#[test]
fn both_may_find_the_flag_down_unless_all_is_in_one_order() {
    let (both, not_both) = (["0 0\n", "0 1\n", "1 0\n", "1 1\n"], ["0 1\n", "1 0\n", "1 1\n"]);
    assert_eq!(outcomes("relaxed"), both);
    assert_eq!(outcomes("release-acquire"), both);
    assert_eq!(outcomes("seq-cst"), not_both);
    assert_eq!(outcomes("fences"), not_both);
}
