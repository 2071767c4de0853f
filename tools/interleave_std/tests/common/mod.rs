//! What the tests of the facade share.
#![allow(dead_code, unused_macros, reason = "not every test uses all of it")]

use std::{Kind, Report};

/// Compares a report with all outcomes that there are to be, in any order: kind, text, count.
#[track_caller]
pub(crate) fn assert_outcomes(report: &Report, expected: &[(Kind, &str, u64)]) {
    let sorted = |mut all: Vec<(String, String, String)>| {
        all.sort();
        all
    };
    let found = report.outcomes.iter().map(|o| (o.kind.name().to_owned(), o.text.clone(), o.count.to_string()));
    let expected =
        expected.iter().map(|(kind, text, count)| (kind.name().to_owned(), (*text).to_owned(), count.to_string()));
    assert_eq!(sorted(found.collect()), sorted(expected.collect()));
    assert!(report.enumerated, "too many schedules to run them one by one");
}

/// Explores the program, which must have these outcomes: kind, text, count.
#[track_caller]
pub(crate) fn assert_explored(program: fn(), expected: &[(Kind, &str, u64)]) -> Report {
    let report = std::explore(program);
    assert_outcomes(&report, expected);
    report
}

/// The same text, run once with the real std and once with the facade, must say the same.
macro_rules! same {
    ($($name:ident $body:block)*) => { $(
        mod $name {
            mod real {
                use real_std as std;

                pub(super) fn text() -> String $body
            }

            mod modelled {
                pub(super) fn text() -> String $body
            }

            #[test]
            fn says_what_the_real_one_says() {
                fn main() {
                    print!("{}", modelled::text());
                }
                let report = std::explore(main);
                assert_eq!(report.outcomes.len(), 1);
                assert_eq!(report.outcomes[0].text, real::text());
            }
        }
    )* };
}
