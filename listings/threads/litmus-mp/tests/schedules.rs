//! The listing itself, run on every schedule of weak memory.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

fn report(ordering: &str) -> std::Report {
    std::explore_with(main, &std::Options { weak: true, ..std::Options::with_args([ordering]) })
}

#[test]
fn a_relaxed_flag_may_be_seen_before_the_letter() {
    for ordering in ["relaxed", "release"] {
        assert_eq!(report(ordering).texts(), ["nothing yet\n", "the letter: 0\n", "the letter: 42\n"], "{ordering}");
    }
    for ordering in ["release-acquire", "seq-cst", "fences"] {
        assert_eq!(report(ordering).texts(), ["nothing yet\n", "the letter: 42\n"], "{ordering}");
    }
}
