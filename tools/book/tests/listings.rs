//! The book's central test: the pages hold together, and every listing, run again, gives what is on record.
//!
//! A case a listing, all reported. Every binary is built once. What cannot run on this machine is SKIPPED, with what to
//! install; with `BOOK_NO_SKIP` set, as in `ci/check.sh`, it fails.

use book::{check, retest};
use libtest_mimic::{Arguments, Failed, Trial};
use listing::{Finding, Library, check::Bench, find_root, python, report};
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};

/// What the cases share; built when the first of them runs, so that a filter that lets none run builds nothing.
static BENCH: LazyLock<Result<Bench<'static>, String>> = LazyLock::new(|| {
    let library = LIBRARY.as_ref().map_err(|findings| text(findings))?;
    retest::bench(library, &library.listings.values().collect::<Vec<_>>()).map_err(|error| format!("{error:#}"))
});

static LIBRARY: LazyLock<Result<Library, Vec<Finding>>> =
    LazyLock::new(|| Library::load(&find_root(Path::new(".")).expect("this test runs inside the book")));

fn text(findings: &[Finding]) -> String {
    findings.iter().map(|finding| format!("{finding}\n")).collect()
}

fn main() -> ExitCode {
    listing::run::kill_on_signal().expect("signals can be handled");
    let arguments = Arguments::from_args();
    let mut trials = vec![Trial::test("pages", || {
        let root = find_root(Path::new("."))?;
        Ok(report(check::findings(&root)?)?)
    })];
    let no_skip = std::env::var_os("BOOK_NO_SKIP").is_some();
    let python = Arc::new(python::find());
    // Where the manifests are at fault, "pages" says so.
    for listing in LIBRARY.iter().flat_map(|library| library.listings.values()) {
        for (listing, case) in retest::all_cases(&[listing]) {
            let name = case.name(listing);
            let trial = match case.skip(listing, &python) {
                Some(reason) if no_skip => {
                    Trial::test(name, move || Err(Failed::from(format!("must not be skipped: {reason}"))))
                }
                Some(reason) => {
                    eprintln!("SKIPPED {name}: {reason}");
                    Trial::test(name, || Ok(())).with_ignored_flag(true)
                }
                None => Trial::test(name, move || {
                    let bench = BENCH.as_ref().map_err(Failed::from)?;
                    match text(&case.rerun(listing, bench)?) {
                        faults if faults.is_empty() => Ok(()),
                        faults => Err(faults.into()),
                    }
                }),
            };
            trials.push(trial);
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
