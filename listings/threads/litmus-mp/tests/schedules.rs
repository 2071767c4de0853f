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
fn a_relaxed_flag_may_be_seen_before_the_letter() {
    assert_eq!(outcomes("relaxed"), ["nothing yet\n", "the letter: 0\n", "the letter: 42\n"]);
    for ordering in ["release-acquire", "seq-cst", "fences"] {
        assert_eq!(outcomes(ordering), ["nothing yet\n", "the letter: 42\n"], "{ordering}");
    }
}
