//! Listings run again: compared with their records, or recorded anew.

use anyhow::bail;
use indicatif::{ProgressBar, ProgressStyle};
use listing::builder::{Binaries, refuse_other_rustc};
use listing::check::{Bench, Case, cases};
use listing::explore::Explorer;
use listing::{Finding, Library, Listing, python};
use std::path::Path;
use std::time::Duration;

/// How many cases passed, failed, and could not run here.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

/// The listings of these names; all of them where no name is given.
///
/// # Errors
/// With the nearest name for each that is unknown.
pub fn select<'a>(library: &'a Library, slugs: &[String]) -> anyhow::Result<Vec<&'a Listing>> {
    if slugs.is_empty() {
        return Ok(library.listings.values().collect());
    }
    slugs.iter().map(|slug| library.get(slug).map_err(anyhow::Error::msg)).collect()
}

/// Runs listings again and holds them against their records; says on standard error what differs.
///
/// # Errors
/// When a listing does not compile, or the machine is at fault. What differs is counted.
pub fn test(root: &Path, slugs: &[String]) -> anyhow::Result<Tally> {
    let library = Library::open(root)?;
    let listings = select(&library, slugs)?;
    let bench = bench(&library, &listings)?;
    let progress = progress(&listings);
    let mut tally = Tally::default();
    for (listing, case) in all_cases(&listings) {
        let name = case.name(listing);
        progress.set_message(name.clone());
        if let Some(reason) = case.skip(listing, &bench.python) {
            progress.suspend(|| eprintln!("SKIPPED {name}: {reason}"));
            tally.skipped += 1;
        } else {
            let findings = case.rerun(listing, &bench)?;
            if findings.is_empty() {
                tally.passed += 1;
            } else {
                tally.failed += 1;
                let text: Vec<String> = findings.iter().map(Finding::to_string).collect();
                progress.suspend(|| eprintln!("FAILED {name}\n{}\n", text.join("\n")));
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    Ok(tally)
}

/// Runs listings and writes their records anew; says on standard error what changed.
///
/// # Errors
/// When a listing cannot be run, or the compiler is not the one that records are made by.
pub fn record(root: &Path, slugs: &[String]) -> anyhow::Result<()> {
    let library = Library::open(root)?;
    refuse_other_rustc(&library)?;
    let listings = select(&library, slugs)?;
    let bench = bench(&library, &listings)?;
    let progress = progress(&listings);
    let mut failed = Vec::new();
    for (listing, case) in all_cases(&listings) {
        let name = case.name(listing);
        progress.set_message(name.clone());
        if let Some(reason) = case.skip(listing, &bench.python) {
            progress.suspend(|| eprintln!("SKIPPED {name}: {reason}"));
        } else {
            match case.record(listing, &bench, !slugs.is_empty()) {
                Ok(changes) => {
                    for change in changes {
                        let path = change.path.display();
                        progress.suspend(|| match change.difference {
                            Some(difference) if difference.contains('\n') => eprintln!("{path} changed:\n{difference}"),
                            Some(what) => eprintln!("{path}: {what}"),
                            None => eprintln!("{path}: unchanged"),
                        });
                    }
                }
                Err(error) => {
                    progress.suspend(|| eprintln!("FAILED {name}\n{error:#}\n"));
                    failed.push(name);
                }
            }
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    if !failed.is_empty() {
        bail!("nothing was recorded for {}: what was on record stands", failed.join(", "));
    }
    Ok(())
}

/// Everything that the cases of `listings` need, their binaries built.
///
/// # Errors
/// When one does not compile.
pub fn bench<'a>(library: &'a Library, listings: &[&Listing]) -> anyhow::Result<Bench<'a>> {
    let here = listings.iter().copied().filter(|listing| listing.os.is_here());
    let binaries = Binaries::build(&library.root, here.clone())?;
    let explored = here.clone().any(|listing| !listing.variants.is_empty());
    let explorer = explored.then(Explorer::build).transpose()?;
    Ok(Bench { library, binaries, explorer, python: python::find() })
}

/// Each case of each listing.
pub fn all_cases<'a>(listings: &[&'a Listing]) -> impl Iterator<Item = (&'a Listing, Case)> {
    listings.iter().flat_map(|&listing| cases(listing).into_iter().map(move |case| (listing, case)))
}

fn progress(listings: &[&Listing]) -> ProgressBar {
    let bar = ProgressBar::new(all_cases(listings).count() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    bar
}
