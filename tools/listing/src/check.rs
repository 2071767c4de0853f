//! Running listings again: to compare with what is on record, or to record anew.
//!
//! ```text
//! cases(listing) -> [Case]         the program, its schedules, its Python form, each program that must not compile
//! Case::skip     -> why it cannot run here, if it cannot
//! Case::rerun    -> [Finding]      what differs from the records; empty when all is well
//! Case::record   -> [Change]       the records written anew
//! ```

use crate::builder::Binaries;
use crate::cast::Cast;
use crate::explore::{Explorer, Program};
use crate::layout::layout;
use crate::record::{RECORDS, Records};
use crate::run::{Run, RunError, Transcript, readable};
use crate::schedules::{self, Explored, Schedules};
use crate::{Class, Fails, Finding, Library, Listing, Maker, Measurement, RecordKind, Variant, python};
use anyhow::Context;
use interleave::{Kind, Limits, Output};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use trace::Traces;

/// What listings need to be run.
#[derive(Debug)]
pub struct Bench<'a> {
    pub library: &'a Library,
    pub binaries: Binaries,
    /// What explores programs, where a listing is explored.
    pub explorer: Option<Explorer>,
    /// The interpreter, or what to install.
    pub python: Result<python::Python, String>,
}

/// One thing of a listing that is run by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Case {
    Program,
    /// The program under every schedule.
    Schedules,
    /// The test that makes its traces.
    Trace,
    Python,
    Fails(Fails),
}

/// A record that was written anew, with the difference to what stood there; `None` where it is the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Relative to the root of the checkout.
    pub path: PathBuf,
    pub difference: Option<String>,
}

/// What a run gave for one record.
struct Fresh {
    path: PathBuf,
    text: String,
    how: Compare,
    maker: Option<Maker>,
}

/// How a fresh run is held against the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Compare {
    /// Byte by byte.
    Bytes,
    /// The record's program is this program; and its final screen is the fresh one's, or, where the manifest says what
    /// it must look like, both look so.
    FinalScreen(RecordKind),
    /// The record's program is this program; property tests hold for the rest.
    Program,
    /// The record's program is this program; schema and bounds hold.
    Measurement,
    /// Byte by byte, and the record's program is this program; what differs is told in words.
    Schedules,
    /// Byte by byte, and the record's program and test are these.
    Trace,
}

/// Everything of `listing` that is run.
pub fn cases(listing: &Listing) -> Vec<Case> {
    let schedules = (!listing.variants.is_empty()).then_some(Case::Schedules);
    let trace = listing.record(RecordKind::Trace).map(|_| Case::Trace);
    let python = listing.python.map(|_| Case::Python);
    std::iter::once(Case::Program)
        .chain(schedules)
        .chain(trace)
        .chain(python)
        .chain(listing.fails().into_iter().map(Case::Fails))
        .collect()
}

impl Case {
    /// `concepts/spin-frames`, `concepts/spin-frames python`, `concepts/lost-update schedules`, `concepts/spin-screen trace`, `threads/scoped fails e0373`.
    pub fn name(&self, listing: &Listing) -> String {
        let name = format!("{}/{}", listing.part, listing.slug);
        match self {
            Case::Program => name,
            Case::Schedules => format!("{name} schedules"),
            Case::Trace => format!("{name} trace"),
            Case::Python => format!("{name} python"),
            Case::Fails(fails) => format!("{name} fails {}", fails.name),
        }
    }

    /// Why it cannot run on this machine, with what to install; `None` when it can.
    pub fn skip(&self, listing: &Listing, python: &Result<python::Python, String>) -> Option<String> {
        match self {
            Case::Program | Case::Schedules | Case::Trace | Case::Fails(_) if !listing.os.is_here() => {
                Some(format!("needs {:?}", listing.os))
            }
            Case::Program | Case::Schedules | Case::Trace if cfg!(not(unix)) => {
                Some("re-running a listing needs Unix".to_owned())
            }
            Case::Python => python.as_ref().err().cloned(),
            _ => None,
        }
    }

    /// Runs it and compares with what is on record.
    ///
    /// # Errors
    /// When the machine, not the listing, is at fault.
    pub fn rerun(&self, listing: &Listing, bench: &Bench<'_>) -> anyhow::Result<Vec<Finding>> {
        let fresh = match self.produce(listing, bench)? {
            Ok(fresh) => fresh,
            Err(findings) => return Ok(findings),
        };
        let records = listing.maker_records();
        let mut findings: Vec<Finding> = records.fault.clone().into_iter().collect();
        for fresh in &fresh {
            findings.extend(fresh.compare(listing, &records));
        }
        Ok(findings)
    }

    /// Runs it and writes its records anew. Records of runs that differ each time are left alone while their program is
    /// the same, unless `all`.
    ///
    /// # Errors
    /// When it cannot run, or a record cannot be written.
    pub fn record(&self, listing: &Listing, bench: &Bench<'_>, all: bool) -> anyhow::Result<Vec<Change>> {
        let fresh = self.produce(listing, bench)?.map_err(|findings| {
            anyhow::anyhow!(findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n"))
        })?;
        let mut records = listing.maker_records();
        let mut changes = Vec::new();
        for fresh in fresh {
            if fresh.how == Compare::Measurement {
                let measurement = Measurement::parse(&fresh.path, &fresh.text).map_err(|it| anyhow::anyhow!("{it}"))?;
                crate::report(measurement.faults(listing, &fresh.path))?;
            }
            let path = listing.root.join(&fresh.path);
            let before = std::fs::read_to_string(&path).ok();
            let kept = !all && !fresh.how.is_exact() && fresh.compare(listing, &records).is_empty();
            if !kept && before.as_deref() != Some(&fresh.text) {
                write(&path, &fresh.text)?;
            }
            let difference = match before {
                _ if kept => None,
                Some(before) if before == fresh.text => None,
                Some(before) if matches!(fresh.how, Compare::Bytes | Compare::Trace) => {
                    Some(diff(&fresh.path, &before, &fresh.text))
                }
                Some(before) if fresh.how == Compare::Schedules => Some(fresh.other_schedules(&before)),
                Some(_) => Some("recorded anew".to_owned()),
                None => Some("new".to_owned()),
            };
            if let (Some(maker), false) = (fresh.maker, kept) {
                records.makers.insert(file_in(listing, &fresh.path), maker);
            }
            changes.push(Change { path: fresh.path, difference });
        }
        let names: Vec<String> = listing.records.iter().map(|record| record.kind.file(&listing.slug)).collect();
        records.makers.retain(|file, _| names.contains(file));
        let path = listing.root.join(&listing.dir).join(RECORDS);
        if records.makers.is_empty() {
            if path.exists() {
                std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
            }
        } else {
            write(&path, &records.to_json())?;
        }
        Ok(changes)
    }

    /// Runs it. The inner error is a fault of the listing, the outer one of the machine.
    fn produce(&self, listing: &Listing, bench: &Bench<'_>) -> anyhow::Result<Result<Vec<Fresh>, Vec<Finding>>> {
        match self {
            Case::Fails(fails) => {
                let error = fails.compile(&listing.root)?;
                if let Some(finding) = fails.judge(error.as_ref()) {
                    return Ok(Err(vec![finding]));
                }
                let text = error.map(|error| error.rendered).unwrap_or_default();
                Ok(Ok(vec![Fresh { path: fails.record_path(), text, how: Compare::Bytes, maker: None }]))
            }
            Case::Program => {
                let maker = format!("rustc {}", bench.library.rustc);
                let start = || bench.binaries.run(listing);
                produce(listing, listing.class, &start, &maker, &listing.main_path())
            }
            Case::Schedules => explore(listing, bench),
            Case::Trace => trace(listing, bench),
            Case::Python => {
                let python = bench.python.clone().map_err(anyhow::Error::msg)?;
                let path = listing.python_path();
                let start = || Ok(python::run(&listing.root, &path));
                produce(listing, listing.python.unwrap_or(Class::D), &start, &python.name, &path)
            }
        }
    }
}

/// Explores each case of a listing, and sees that a run of the program itself ends in one of the ways that were found.
fn explore(listing: &Listing, bench: &Bench<'_>) -> anyhow::Result<Result<Vec<Fresh>, Vec<Finding>>> {
    let explorer = bench.explorer.as_ref().context("nothing was built to explore programs with")?;
    let program = match Program::of(listing) {
        Ok(program) => program,
        Err(findings) => return Ok(Err(findings)),
    };
    let executable = match explorer.compile(&program)? {
        Ok(executable) => executable,
        Err(findings) => return Ok(Err(findings)),
    };
    let mut schedules = Schedules { version: schedules::VERSION, cases: BTreeMap::new() };
    for Variant { name, options } in &listing.variants {
        match executable.explore(options, Limits::default())? {
            Ok(report) => {
                let address = schedules::address(&report.outcomes).map(|address| {
                    format!(
                        "the case \"{name}\" prints an address, {address}, which is another each time: leave it out"
                    )
                });
                if let Some(message) = address {
                    return Ok(Err(vec![Finding::new(&program.path, None, message)]));
                }
                schedules.cases.insert(name.clone(), Explored::of(report));
            }
            Err(finding) => return Ok(Err(vec![finding])),
        }
    }
    if let Some(default) = listing.variants.first()
        && let Some(message) = real_run(listing, bench, default, &schedules.cases[&default.name])?
    {
        return Ok(Err(vec![Finding::new(&program.path, None, message)]));
    }
    let never = never_good(listing, &schedules);
    if !never.is_empty() {
        return Ok(Err(never));
    }
    fresh_of_program(listing, bench, RecordKind::Schedules, schedules.to_json(), Compare::Schedules)
}

/// A record that cannot be kept when the program is another.
fn fresh_of_program(
    listing: &Listing,
    bench: &Bench<'_>,
    kind: RecordKind,
    text: String,
    how: Compare,
) -> anyhow::Result<Result<Vec<Fresh>, Vec<Finding>>> {
    let digest = match listing.digest(kind) {
        Ok(digest) => digest,
        Err(findings) => return Ok(Err(findings)),
    };
    let maker = Maker { by: format!("rustc {}", bench.library.rustc), program: Some(digest) };
    let path = listing.dir.join(kind.file(&listing.slug));
    Ok(Ok(vec![Fresh { path, text, how, maker: Some(maker) }]))
}

/// What a failed test said: where it panicked, and why.
fn failed_test(test: &Path, said: &str) -> Finding {
    let panic = regex::Regex::new(r"(?s)panicked at ([^\n]*?):(\d+):\d+:\n(.*?)\n(?:note:|stack backtrace:|\n)");
    let found = panic.ok().and_then(|panic| panic.captures(said)).map(|found| found.extract().1);
    let Some([file, line, message]) = found else {
        return Finding::new(test, None, format!("this test fails:\n{}", said.trim_end()));
    };
    let line = Path::new(file).ends_with(test).then(|| line.parse().ok()).flatten();
    Finding::new(test, line, format!("this test fails: {message}"))
}

/// Runs the test that makes the traces of a listing, and puts them together.
fn trace(listing: &Listing, bench: &Bench<'_>) -> anyhow::Result<Result<Vec<Fresh>, Vec<Finding>>> {
    let test = listing.trace_path();
    let fault = |message: String| Ok(Err(vec![Finding::new(&test, None, message)]));
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let run = match bench.binaries.trace(listing)?.env(trace::FOLDER, folder.path()).finish() {
        Ok(run) => run,
        Err(error) => return fault(explain(&error, listing)),
    };
    if !run.status.success() {
        return Ok(Err(vec![failed_test(&test, &(run.text() + &run.errors()))]));
    }
    let mut cases = BTreeMap::new();
    for entry in std::fs::read_dir(folder.path())? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let case: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path)?)
            .with_context(|| format!("the trace \"{name}\" of {}", test.display()))?;
        cases.insert(name, case);
    }
    if cases.is_empty() {
        return fault("this test makes no trace: end one with `Trace::run`".to_owned());
    }
    let traces = serde_json::json!({ "version": trace::VERSION, "cases": cases });
    let text = layout(&traces.to_string());
    fresh_of_program(listing, bench, RecordKind::Trace, text, Compare::Trace)
}

/// Runs the program itself, once, and says what is wrong if it ends in no way that its exploration found.
fn real_run(
    listing: &Listing,
    bench: &Bench<'_>,
    variant: &Variant,
    explored: &Explored,
) -> anyhow::Result<Option<String>> {
    let mut run = bench.binaries.run_with(listing, &variant.options.args)?;
    if !variant.options.input.is_empty() {
        run = run.stdin(variant.options.input.as_str());
    }
    if explored.may_hang() {
        run = run.deadline(MAY_HANG);
    }
    let (code, text) = match run.finish() {
        Ok(transcript) => (transcript.status.code(), transcript.text()),
        Err(RunError::Deadline { .. }) if explored.may_hang() => return Ok(None),
        Err(error) => return Ok(Some(explain(&error, listing))),
    };
    let found = explored.outcomes.iter().any(|outcome| {
        let ends = match outcome.kind {
            Kind::Ok => code == Some(0),
            Kind::Exit => code.is_some_and(|code| outcome.why == format!("exit code {code}")),
            // A panic of a thread that nobody joins leaves the exit code alone; a race may do anything.
            Kind::Panic | Kind::Race => true,
            Kind::Deadlock | Kind::Bound => false,
        };
        ends && match variant.options.output {
            Output::Ordered => outcome.text == text,
            Output::Lines => sorted_lines(&outcome.text) == sorted_lines(&text),
            Output::Ignored => true,
        }
    });
    if found {
        return Ok(None);
    }
    let ended = code.map_or("by a signal".to_owned(), |code| format!("with exit code {code}"));
    Ok(Some(format!(
        "run by itself, the program ended {ended} and printed {text:?}, which it does on no schedule that was explored. \
         They end so:\n{}",
        explored.in_words().trim_end()
    )))
}

fn sorted_lines(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

/// How long a program runs before it counts as hanging, where hanging is one of the ways in which it may end.
const MAY_HANG: Duration = Duration::from_secs(5);

impl Compare {
    /// Whether two runs of the same program make the same bytes.
    fn is_exact(self) -> bool {
        matches!(self, Compare::Bytes | Compare::Schedules | Compare::Trace)
    }
}

/// Runs a program once for each of its records, or once if it has none.
fn produce(
    listing: &Listing,
    class: Class,
    start: &dyn Fn() -> anyhow::Result<Run>,
    maker: &str,
    program: &Path,
) -> anyhow::Result<Result<Vec<Fresh>, Vec<Finding>>> {
    let python = *program != listing.main_path();
    let fault = |message: String| Ok(Err(vec![Finding::new(program, None, message)]));
    let own_case = |kind: RecordKind| matches!(kind, RecordKind::Schedules | RecordKind::Trace);
    let of_this = |kind: RecordKind| !own_case(kind) && kind.is_python() == python;
    let records: Vec<_> = listing.records.iter().filter(|record| of_this(record.kind)).collect();
    let may_hang = !python
        && listing.variants.first().is_some_and(|it| listing.explored(&it.name).is_ok_and(|found| found.may_hang()));
    let digest = match listing.digest(if python { RecordKind::PythonOutput } else { RecordKind::Output }) {
        Ok(digest) => digest,
        Err(findings) => return Ok(Err(findings)),
    };
    // Nothing, where it hangs as it may.
    let finish = |run: Run| -> Result<Option<Transcript>, String> {
        let transcript = match if may_hang { run.deadline(MAY_HANG) } else { run }.finish() {
            Err(RunError::Deadline { .. }) if may_hang => return Ok(None),
            other => other.map_err(|error| explain(&error, listing))?,
        };
        let expected = if python { 0 } else { listing.exit };
        if transcript.status.code() != Some(expected) {
            let said = [transcript.errors(), transcript.text()].concat();
            let ended = transcript.status;
            return Err(format!(
                "ended with {ended}, expected exit status: {expected}. It wrote:\n{}",
                said.trim_end()
            ));
        }
        Ok(Some(transcript))
    };
    if records.is_empty() && !python && !listing.variants.is_empty() {
        // Its schedules are its record, and it runs with them.
        return Ok(Ok(Vec::new()));
    }
    if records.is_empty() {
        return match finish(start()?) {
            Ok(_) => Ok(Ok(Vec::new())),
            Err(message) => fault(message),
        };
    }
    let mut all = Vec::new();
    for record in records {
        let run = if record.kind.is_cast() { start()?.terminal(listing.terminal) } else { start()? };
        let transcript = match finish(run) {
            Ok(Some(transcript)) => transcript,
            Ok(None) => continue,
            Err(message) => return fault(message),
        };
        let (text, how) = match record.kind {
            RecordKind::Cast | RecordKind::PythonCast => {
                match Cast::of(&transcript, listing.terminal, &listing.title) {
                    Ok(cast) => (cast.to_text(), Compare::FinalScreen(record.kind)),
                    Err(error) => return fault(format!("{error:#}")),
                }
            }
            RecordKind::Measure => match Measurement::parse(program, &transcript.text()) {
                Ok(measurement) => {
                    let malformed = measurement.malformed(&listing.plot.clone().unwrap_or_default());
                    if !malformed.is_empty() {
                        let findings = malformed.into_iter().map(|message| Finding::new(program, None, message));
                        return Ok(Err(findings.collect()));
                    }
                    (measured_here(measurement, maker)?, Compare::Measurement)
                }
                Err(finding) => return Ok(Err(vec![finding])),
            },
            RecordKind::Schedules | RecordKind::Trace => continue,
            RecordKind::Output | RecordKind::PythonOutput => {
                if str::from_utf8(&transcript.stdout).is_err() {
                    return fault(format!("wrote bytes that are no UTF-8:\n{}", readable(&transcript.stdout)));
                }
                (transcript.text(), if class.is_repeatable() { Compare::Bytes } else { Compare::Program })
            }
        };
        let program = (how != Compare::Bytes).then(|| digest.clone());
        let maker = Some(Maker { by: maker.to_owned(), program });
        all.push(Fresh { path: record.path.clone(), text, how, maker });
    }
    Ok(Ok(all))
}

impl Fresh {
    /// What is wrong with the record that this run can be held against.
    fn compare(&self, listing: &Listing, records: &Records) -> Vec<Finding> {
        let again = format!("`cargo book record {}`", listing.slug);
        let fault = |message: String| vec![Finding::new(&self.path, None, message)];
        let recorded = match std::fs::read_to_string(listing.root.join(&self.path)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return fault(format!("there is no such record yet: run {again}"));
            }
            Err(error) => return fault(format!("cannot be read: {error}: run {again}")),
        };
        if let Some(fresh) = &self.maker {
            let Some(maker) = records.makers.get(&file_in(listing, &self.path)) else {
                return fault(format!("{RECORDS} does not say who made this record: run {again}"));
            };
            // Python records may be made by any version that is new enough; their bytes are compared all the same.
            if maker.by != fresh.by && !fresh.by.starts_with("CPython") {
                return fault(format!("was made by {}, and this is {}: run {again}", maker.by, fresh.by));
            }
            if maker.program != fresh.program && !matches!(self.how, Compare::Schedules | Compare::Trace) {
                return fault(format!("was made by another version of the program: run {again}"));
            }
        }
        match self.how {
            Compare::Bytes if recorded == self.text => Vec::new(),
            Compare::Bytes => {
                let difference = diff(&self.path, &recorded, &self.text);
                fault(format!(
                    "\"{}\" does not print this any more:\n{difference}\
                     If the change is meant, run {again} and read it against the text.",
                    listing.slug
                ))
            }
            Compare::FinalScreen(kind) => match (Cast::parse(&recorded), Cast::parse(&self.text)) {
                (Ok(recorded), Ok(fresh)) if listing.screens.contains_key(&kind) => {
                    let pattern = &listing.screens[&kind];
                    let screens = [("on record", recorded.final_screen()), ("of this run", fresh.final_screen())];
                    let other = screens.into_iter().filter(|(_, screen)| !pattern.is_match(screen));
                    let message = |(which, screen)| {
                        format!(
                            "the final screen {which} does not look like `screens` says:\n{screen}\nRun {again}, or mend `screens`."
                        )
                    };
                    other.flat_map(|screen| fault(message(screen))).collect()
                }
                (Ok(recorded), Ok(fresh)) if recorded.final_screen() == fresh.final_screen() => Vec::new(),
                (Ok(recorded), Ok(fresh)) => fault(format!(
                    "\"{}\" leaves another screen:\n{}If the change is meant, run {again}.",
                    listing.slug,
                    diff(&self.path, &recorded.final_screen(), &fresh.final_screen())
                )),
                (Err(error), _) | (_, Err(error)) => fault(format!("{error:#}: run {again}")),
            },
            Compare::Schedules if recorded != self.text => fault(format!(
                "\"{}\" has other schedules now:\n{}If the change is meant, run {again} and read it against the text.",
                listing.slug,
                self.other_schedules(&recorded)
            )),
            Compare::Trace if recorded != self.text => {
                let difference = diff(&self.path, &recorded, &self.text);
                fault(format!(
                    "\"{}\" takes other steps now:\n{difference}\
                     If the change is meant, run {again} and read it against the text.",
                    listing.slug
                ))
            }
            Compare::Schedules | Compare::Trace => {
                let maker = records.makers.get(&file_in(listing, &self.path));
                if maker == self.maker.as_ref() {
                    return Vec::new();
                }
                fault(format!("was made by another version of the program: run {again}"))
            }
            Compare::Program => Vec::new(),
            Compare::Measurement => match Measurement::parse(&self.path, &recorded) {
                Ok(measurement) => measurement.faults(listing, &self.path),
                Err(finding) => vec![finding],
            },
        }
    }
}

impl Fresh {
    /// How these schedules differ from those on record: in outcomes and counts, where they do.
    fn other_schedules(&self, recorded: &str) -> String {
        match (Schedules::parse(recorded), Schedules::parse(&self.text)) {
            (Ok(before), Ok(now)) if before.in_words() == now.in_words() => {
                "the outcomes and their counts are the same, the steps to them are not\n".to_owned()
            }
            (Ok(before), Ok(now)) => diff(&self.path, &before.in_words(), &now.in_words()),
            (Err(error), _) | (_, Err(error)) => format!("the record cannot be read: {error}\n"),
        }
    }
}

/// What the records say of themselves, without running anything: each is there, readable, and made by the pinned
/// compiler from this program.
pub fn inspect(library: &Library, listing: &Listing) -> Vec<Finding> {
    let again = format!("run `cargo book record {}`", listing.slug);
    let records = listing.maker_records();
    let mut findings: Vec<Finding> = records.fault.clone().into_iter().collect();
    let pinned = format!("rustc {}", library.rustc);
    for record in &listing.records {
        let mut fault =
            |message: String| findings.push(Finding::new(&record.path, None, format!("{message}: {again}")));
        let text = match std::fs::read_to_string(listing.root.join(&record.path)) {
            Ok(text) => text,
            Err(error) => {
                fault(match error.kind() {
                    std::io::ErrorKind::NotFound => "there is no such record yet".to_owned(),
                    _ => format!("cannot be read: {error}"),
                });
                continue;
            }
        };
        match records.makers.get(&file_in(listing, &record.path)) {
            None => fault(format!("{RECORDS} does not say who made this record")),
            Some(maker) if !record.kind.is_python() && maker.by != pinned => {
                fault(format!("was made by {}, and rust-toolchain.toml pins {pinned}", maker.by));
            }
            Some(Maker { program: Some(program), .. }) => match listing.digest(record.kind) {
                Ok(digest) if digest != *program => fault("was made by another version of the program".to_owned()),
                Ok(_) => {}
                Err(more) => findings.extend(more),
            },
            Some(_) => {}
        }
        if let (true, Err(error)) = (record.kind.is_cast(), Cast::parse(&text)) {
            findings.push(Finding::new(&record.path, None, format!("{error:#}: {again}")));
        }
        if record.kind == RecordKind::Schedules {
            findings.extend(Schedules::parse(&text).iter().flat_map(|schedules| never_good(listing, schedules)));
            let faults = schedule_faults(listing, &text).into_iter();
            findings.extend(faults.map(|message| Finding::new(&record.path, None, format!("{message}: {again}"))));
        }
        if record.kind == RecordKind::Trace {
            let mut fault =
                |message: String| findings.push(Finding::new(&record.path, None, format!("{message}: {again}")));
            match Traces::parse(&text) {
                Ok(traces) => {
                    let strange = |trace| listing.strange_line(trace);
                    if let Some(line) = traces.cases.values().find_map(strange) {
                        fault(format!("line {line} is no line of {}", listing.main_path().display()));
                    }
                }
                Err(message) => fault(format!("no record of traces: {message}")),
            }
        }
        if record.kind == RecordKind::Measure {
            match Measurement::parse(&record.path, &text) {
                Ok(measurement) => findings.extend(measurement.faults(listing, &record.path)),
                Err(finding) => findings.push(finding),
            }
        }
    }
    for fails in listing.fails() {
        let text = std::fs::read_to_string(listing.root.join(fails.record_path())).unwrap_or_default();
        if !text.starts_with(&format!("error[{}]", fails.code)) {
            let message = format!("there is no record of the error {} yet: {again}", fails.code);
            findings.push(Finding::new(fails.record_path(), None, message));
        }
    }
    for path in listing.fails_without_program() {
        let message = "an error of no program: remove it, or bring back the program";
        findings.push(Finding::new(path, None, message));
    }
    if let Some(stable) = &listing.stable {
        let twin = library.get(stable).and_then(|twin| twin.recorded(RecordKind::Output));
        let message = match (twin, listing.recorded(RecordKind::Output)) {
            (Ok(twin), Ok(own)) if twin == own => None,
            (Ok(_), Ok(_)) => Some(format!("does not print what \"{stable}\" prints, its stable form")),
            (Err(message), _) | (_, Err(message)) => Some(message),
        };
        findings.extend(message.map(|message| Finding::new(listing.manifest(), None, message)));
    }
    findings
}

/// The cases of which no schedule prints what is expected.
fn never_good(listing: &Listing, schedules: &Schedules) -> Vec<Finding> {
    let message = |Variant { name, options }: &Variant| {
        let message = schedules::never_good(options, &schedules.cases.get(name)?.outcomes)?;
        Some(Finding::new(listing.manifest(), None, format!("the case \"{name}\": {message}")))
    };
    listing.variants.iter().filter_map(message).collect()
}

/// What a record of schedules lacks, or has too much, against the manifest.
fn schedule_faults(listing: &Listing, text: &str) -> Vec<String> {
    let schedules = match Schedules::parse(text) {
        Ok(schedules) => schedules,
        Err(error) => return vec![format!("no record of schedules: {error}")],
    };
    let other = listing.variants.iter().filter(|Variant { name, options }| {
        schedules.cases.get(name).is_none_or(|explored| explored.options != schedules::told(options))
    });
    let known = |name: &&String| listing.variants.iter().any(|variant| variant.name == **name);
    let gone = schedules.cases.keys().filter(|name| !known(name));
    other
        .map(|variant| format!("the case \"{}\" is not on record with these options", variant.name))
        .chain(gone.map(|name| format!("the case \"{name}\" is on record and not in the manifest")))
        .collect()
}

fn explain(error: &RunError, listing: &Listing) -> String {
    match error {
        RunError::Deadline { .. } => format!("{error}\nA listing must end by itself: give its loops an end."),
        RunError::Flood { .. } => format!("{error}\nA listing's output is part of a page: print a few lines."),
        RunError::Start { .. } => format!("{error}: does `cargo run -p {}` work?", listing.slug),
        RunError::Io { .. } | RunError::Unsupported { .. } => error.to_string(),
    }
}

/// A measurement with what it says of this machine.
fn measured_here(mut measurement: Measurement, compiler: &str) -> anyhow::Result<String> {
    let cpuinfo = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        cpuinfo.lines().find_map(|line| line.strip_prefix("model name")?.split_once(": ").map(|(_, name)| name));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    measurement.machine = format!("{}, {cores} cores", model.unwrap_or(std::env::consts::ARCH));
    measurement.compiler = format!("{compiler}, release");
    measurement.date =
        Run::new("date").args(["-u", "+%F"]).finish().context("cannot ask the date")?.text().trim().to_owned();
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    measurement.load = load.split_whitespace().next().and_then(|load| load.parse().ok()).unwrap_or_default();
    Ok(measurement.to_json()?)
}

/// A record's file relative to its listing's folder, as `records.json` names it.
fn file_in(listing: &Listing, path: &Path) -> String {
    path.strip_prefix(&listing.dir).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

/// The lines that differ, as snapbox shows them.
fn diff(path: &Path, before: &str, after: &str) -> String {
    let mut text = String::new();
    let (on_record, now) = (path.display().to_string(), "this run".to_owned());
    let written = snapbox::report::write_diff(
        &mut text,
        &snapbox::Data::text(before),
        &snapbox::Data::text(after),
        Some(&on_record),
        Some(&now),
        snapbox::report::Palette::plain(),
    );
    if written.is_err() {
        text.push_str("they differ\n");
    }
    text
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let dir = path.parent().context("a record lies in a folder")?;
    // Written beside it and then moved, so that a record is never half there.
    let mut file =
        tempfile::NamedTempFile::new_in(dir).with_context(|| format!("cannot write into {}", dir.display()))?;
    std::io::Write::write_all(&mut file, text.as_bytes())?;
    #[cfg(unix)]
    std::fs::set_permissions(file.path(), std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
    file.persist(path).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
