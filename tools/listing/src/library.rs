//! Finding listings: their folders, their manifests, their classes.

use crate::project::Project;
use crate::record::{Records, records_of};
use crate::schedules::{Explored, Schedules};
use crate::{Fails, Finding, Measurement, Plot, Record, RecordKind, Source, did_you_mean};
use anyhow::Context;
use interleave::Options;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use trace::{Trace, Traces};

/// The parts of the book, in its order: the folders under `src/` and `listings/`.
pub const PARTS: [&str; 6] = ["concepts", "coroutines", "processes", "threads", "messages", "choosing"];

/// What can be expected of a listing's output, and so how it is shown and tested.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
pub enum Class {
    /// Deterministic: the same bytes on every run; compared byte by byte.
    D,
    /// Seeded: the same bytes under a seed or a virtual clock; compared byte by byte.
    S,
    /// A property holds on every run: property tests assert it; a record is one run of many.
    P,
    /// Measured: a record with its machine, compared by schema and bounds.
    M,
    /// Must not compile: each program in `fails/` gives the error that its file name says.
    X,
    /// Unstable syntax, always beside a stable listing that prints the same bytes.
    N,
    /// Shared by other listings; no page need embed it.
    #[serde(rename = "support")]
    Support,
}

impl Class {
    /// As manifests and pages write it.
    pub fn name(self) -> &'static str {
        match self {
            Class::D => "D",
            Class::S => "S",
            Class::P => "P",
            Class::M => "M",
            Class::X => "X",
            Class::N => "N",
            Class::Support => "support",
        }
    }

    /// What it promises of a run, in a few words.
    pub fn promise(self) -> &'static str {
        match self {
            Class::D => "prints the same bytes on every run",
            Class::S => "prints the same bytes for the same seed or clock",
            Class::P => "real concurrency: a property holds on every run",
            Class::M => "measured on one machine",
            Class::X => "must not compile",
            Class::N => "needs unstable syntax",
            Class::Support => "used by other listings",
        }
    }

    /// Whether two runs print the same bytes.
    pub fn is_repeatable(self) -> bool {
        matches!(self, Class::D | Class::S | Class::X | Class::N | Class::Support)
    }
}

/// Where a listing runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Os {
    #[default]
    Any,
    Unix,
    Linux,
}

impl Os {
    pub fn is_here(self) -> bool {
        match self {
            Os::Any => true,
            Os::Unix => cfg!(unix),
            Os::Linux => cfg!(target_os = "linux"),
        }
    }
}

/// One crate of the book: a program, its class, and what its runs left.
#[derive(Debug, Clone)]
pub struct Listing {
    pub slug: String,
    pub part: String,
    pub title: String,
    pub class: Class,
    pub os: Os,
    /// Arguments of the recorded run.
    pub args: Vec<String>,
    /// The exit code of the recorded run.
    pub exit: i32,
    /// Size of the terminal of `run.cast`.
    pub terminal: crate::run::Size,
    /// The class of the Python form, where there is one.
    pub python: Option<Class>,
    /// What the Python form is called on the page, where it is another program than the listing.
    pub python_title: Option<String>,
    /// What the final screen of a recording must look like, where it is not the same each time.
    pub screens: BTreeMap<RecordKind, regex::Regex>,
    /// The listing of class D or S that prints the same, for one of class N.
    pub stable: Option<String>,
    /// Bounds that every value of `measure.json` keeps, in its unit.
    pub bounds: Option<(f64, f64)>,
    /// How `measure.json` is drawn, where the manifest says so.
    pub plot: Option<Plot>,
    pub facts: BTreeMap<String, Fact>,
    /// The cases whose schedules are explored, the default first; none for a listing that is not explored.
    pub variants: Vec<Variant>,
    /// Relative to the root of the checkout: `listings/PART/SLUG`.
    pub dir: PathBuf,
    /// The root of the checkout.
    pub root: PathBuf,
    pub records: Vec<Record>,
    /// `schedules.json` as it was last read, with its text: a page asks for many numbers of one record.
    schedules: Arc<Mutex<Option<(String, Schedules)>>>,
}

/// A number in the text: found by a pattern with one group in a record, of a measurement in its words.
#[derive(Debug, Clone)]
pub struct Fact {
    pub pattern: regex::Regex,
}

/// Every listing of a checkout.
#[derive(Debug, Clone)]
pub struct Library {
    pub root: PathBuf,
    /// By slug.
    pub listings: BTreeMap<String, Listing>,
    /// The version in `rust-toolchain.toml`, such as `1.95.0`.
    pub rustc: String,
    /// The manifest of the root.
    workspace: toml::Table,
}

/// What a listing's schedules are explored of: the program with these arguments, under these options.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// `all`, where the manifest names no cases.
    pub name: String,
    pub options: Options,
}

#[derive(Deserialize)]
struct Manifest {
    package: Package,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize, Default)]
struct Metadata {
    listing: Option<Table>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    title: String,
    class: Class,
    #[serde(default)]
    os: Os,
    #[serde(default)]
    records: Vec<String>,
    #[serde(default)]
    args: Vec<String>,
    #[serde(default)]
    exit: i32,
    terminal: Option<(u16, u16)>,
    python: Option<Class>,
    #[serde(rename = "python-title")]
    python_title: Option<String>,
    /// By file: `"run.cast" = "pattern"`.
    #[serde(default)]
    screens: BTreeMap<String, String>,
    stable: Option<String>,
    bounds: Option<(f64, f64)>,
    plot: Option<toml::Spanned<toml::Table>>,
    #[serde(default)]
    facts: BTreeMap<String, String>,
    /// What holds for every case, as in [`Options`], and under `case` the cases.
    schedules: Option<toml::Table>,
}

/// The root of the checkout that `dir` lies in: the nearest folder above with `book.toml` and `listings/`.
///
/// # Errors
/// When there is none.
pub fn find_root(dir: &Path) -> anyhow::Result<PathBuf> {
    let dir = dir.canonicalize().with_context(|| format!("no folder {}", dir.display()))?;
    dir.ancestors()
        .find(|dir| dir.join("book.toml").is_file() && dir.join("listings").is_dir())
        .map(Path::to_owned)
        .with_context(|| {
            format!("{} is not inside the book: no book.toml and listings/ in it or above it", dir.display())
        })
}

impl Library {
    /// Reads the manifests of all listings below `root`. Manifests are read as TOML rather than through
    /// `cargo metadata`, which takes longer than a whole rebuild of the site.
    ///
    /// # Errors
    /// Every fault of every manifest and of every list of records, together.
    pub fn load(root: &Path) -> Result<Library, Vec<Finding>> {
        let mut findings = Vec::new();
        let rustc = pinned_rustc(root).unwrap_or_else(|finding| {
            findings.push(finding);
            String::new()
        });
        let workspace = workspace(root).unwrap_or_else(|finding| {
            findings.push(finding);
            toml::Table::new()
        });
        let mut listings = BTreeMap::<String, Listing>::new();
        for part in subfolders(root, Path::new("listings"), &mut findings) {
            let name = part.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if !PARTS.contains(&name.as_str()) {
                let parts = PARTS.join(", ");
                findings.push(Finding::new(&part, None, format!("no part of the book has this name: {parts}")));
                continue;
            }
            for dir in subfolders(root, &part, &mut findings) {
                match Listing::load(root, &name, &dir) {
                    Ok(listing) => {
                        if let Some(other) = listings.get(&listing.slug) {
                            let message = format!(
                                "the slug \"{}\" is taken by {}: choose another",
                                listing.slug,
                                other.dir.display()
                            );
                            findings.push(Finding::new(dir.join("Cargo.toml"), None, message));
                        }
                        listings.insert(listing.slug.clone(), listing);
                    }
                    Err(more) => findings.extend(more),
                }
            }
        }
        if findings.is_empty() {
            Ok(Library { root: root.to_owned(), listings, rustc, workspace })
        } else {
            Err(findings)
        }
    }

    /// As [`Library::load`], with all that is wrong as one error.
    ///
    /// # Errors
    /// As [`Library::load`].
    pub fn open(root: &Path) -> anyhow::Result<Library> {
        Library::load(root).map_err(crate::finding::complaint)
    }

    /// The listing of this name.
    ///
    /// # Errors
    /// A message with the nearest name.
    pub fn get(&self, slug: &str) -> Result<&Listing, String> {
        self.listings.get(slug).ok_or_else(|| format!("unknown listing \"{slug}\"{}", did_you_mean(slug, self.slugs())))
    }

    /// A number of a listing, or of one of its cases, `SLUG:CASE`, out of its records.
    ///
    /// # Errors
    /// A message with the nearest name.
    pub fn fact(&self, whose: &str, name: &str) -> Result<String, String> {
        match whose.split_once(':') {
            None => self.get(whose)?.fact(name),
            Some((slug, case)) => self.get(slug)?.counted(Some(case), name),
        }
    }

    /// What makes a listing a Cargo project of its own; none where it cannot be one.
    ///
    /// # Errors
    /// As [`Project::of`].
    pub fn project(&self, listing: &Listing) -> Result<Option<Project>, Finding> {
        Project::of(listing, &self.workspace)
    }

    pub fn slugs(&self) -> impl Iterator<Item = &str> + Clone {
        self.listings.keys().map(String::as_str)
    }
}

impl Listing {
    fn load(root: &Path, part: &str, dir: &Path) -> Result<Listing, Vec<Finding>> {
        let path = dir.join("Cargo.toml");
        let fault = |line: Option<usize>, message: String| vec![Finding::new(&path, line, message)];
        let text = std::fs::read_to_string(root.join(&path))
            .map_err(|error| fault(None, format!("cannot read the manifest of a listing: {error}")))?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            fault(line, error.message().to_owned())
        })?;
        let slug = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if manifest.package.name != slug {
            let message = format!("the package is called \"{}\": name it as its folder", manifest.package.name);
            return Err(fault(None, message));
        }
        let Some(table) = manifest.package.metadata.listing else {
            let message = "this listing has no class: add [package.metadata.listing] with `title` and `class`";
            return Err(fault(None, message.to_owned()));
        };
        let mut findings = Vec::new();
        let mut facts = BTreeMap::new();
        for (name, pattern) in table.facts {
            match regex::Regex::new(&format!("(?m){pattern}")) {
                Ok(regex) if regex.captures_len() == 2 => {
                    facts.insert(name, Fact { pattern: regex });
                }
                Ok(_) => {
                    findings.extend(fault(None, format!("the fact \"{name}\" needs a pattern with one group: ( )")))
                }
                Err(error) => findings.extend(fault(None, format!("the fact \"{name}\": {error}"))),
            }
        }
        let mut screens = BTreeMap::new();
        for (file, pattern) in table.screens {
            let cast = RecordKind::ALL.into_iter().find(|kind| kind.is_cast() && kind.file(&slug) == file);
            match (cast, regex::Regex::new(&format!("^(?:{pattern})$"))) {
                (Some(kind), Ok(regex)) => drop(screens.insert(kind, regex)),
                (None, _) => findings.extend(fault(None, format!("`screens` names \"{file}\", which is no recording"))),
                (_, Err(error)) => findings.extend(fault(None, format!("`screens`, \"{file}\": {error}"))),
            }
        }
        let plot = table.plot.and_then(|plot| {
            let line = 1 + text[..plot.span().start].matches('\n').count();
            let read = Plot::of(plot.get_ref());
            read.map_err(|messages| findings.extend(messages.into_iter().flat_map(|it| fault(Some(line), it)))).ok()
        });
        let (rows, cols) = table.terminal.unwrap_or((4, 60));
        let mut listing = Listing {
            slug,
            part: part.to_owned(),
            title: table.title,
            class: table.class,
            os: table.os,
            args: table.args,
            exit: table.exit,
            terminal: crate::run::Size { rows, cols },
            python: table.python,
            python_title: table.python_title,
            screens,
            stable: table.stable,
            bounds: table.bounds,
            plot,
            facts,
            variants: Vec::new(),
            dir: dir.to_owned(),
            root: root.to_owned(),
            records: Vec::new(),
            schedules: Arc::default(),
        };
        let mut records = table.records;
        let is_explored = table.schedules.is_some();
        if let Some(schedules) = table.schedules {
            // An explored listing has this record without naming it.
            let file = RecordKind::Schedules.file(&listing.slug);
            if !records.contains(&file) {
                records.push(file);
            }
            match variants(schedules, &listing.args) {
                Ok(variants) => listing.variants = variants,
                Err(messages) => findings.extend(messages.into_iter().flat_map(|message| fault(None, message))),
            }
        }
        match records_of(&listing, &records) {
            Ok(records) => listing.records = records,
            Err(more) => findings.extend(more),
        }
        if !is_explored && listing.record(RecordKind::Schedules).is_some() {
            let message =
                "schedules.json is the record of an explored listing: add [package.metadata.listing.schedules]";
            findings.push(Finding::new(listing.manifest(), None, message));
        }
        findings.extend(listing.faults());
        if findings.is_empty() { Ok(listing) } else { Err(findings) }
    }

    /// What the manifest and the folder say of each other.
    fn faults(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut fault = |message: &str| findings.push(Finding::new(self.manifest(), None, message));
        if self.title.trim().is_empty() || self.title.contains('\n') {
            fault("`title` needs to be a line of text: it is the caption on the page");
        }
        if !self.terminal.is_sensible() {
            fault("`terminal` needs to be rows (1 to 200) and columns (1 to 400)");
        }
        if (self.class == Class::N) != self.stable.is_some() {
            fault("class N, and no other, needs `stable`: the slug of the listing that prints the same");
        }
        if self.has("python") != self.python.is_some() {
            fault(if self.python.is_some() {
                "`python` is set but there is no python/ folder: remove the key or add the program"
            } else {
                "there is a python/ folder: say its class, `python = \"D\"`"
            });
        }
        if self.has("python") && !self.root.join(self.python_path()).is_file() {
            fault("the Python form needs to be python/SLUG.py");
        }
        for name in crate::schedules::FACTS {
            if !self.variants.is_empty() && self.facts.contains_key(name) {
                fault(&format!("the fact \"{name}\" of an explored listing is counted: give this one another name"));
            }
        }
        if self.class == Class::X && self.fails().is_empty() {
            fault("class X needs a program in fails/ that must not compile");
        }
        if self.class == Class::M && self.bounds.is_none() {
            fault("class M needs sanity bounds for its values: `bounds = [lowest, highest]`");
        }
        if self.bounds.is_some_and(|(lowest, highest)| lowest.is_nan() || highest.is_nan() || lowest > highest) {
            fault("`bounds` needs to be [lowest, highest]");
        }
        if self.plot.is_some() && self.record(RecordKind::Measure).is_none() {
            fault("`plot` says how measure.json is drawn, and this listing does not record it: remove `plot`");
        }
        if self.record(RecordKind::Trace).is_some() {
            if !self.root.join(self.trace_path()).is_file() {
                fault("trace.json is what tests/trace.rs makes: add that test, or take the record out");
            }
            if !matches!(self.class, Class::D | Class::S | Class::P) {
                fault("trace.json is the same on every run: it needs a listing of class D, S or P");
            }
        }
        let tests = std::fs::read_dir(self.root.join(&self.dir).join("tests")).into_iter().flatten().count();
        if self.class == Class::P && tests == 0 {
            fault("class P needs property tests: add tests/property.rs");
        }
        findings
    }

    fn has(&self, name: &str) -> bool {
        self.root.join(&self.dir).join(name).exists()
    }

    pub fn manifest(&self) -> PathBuf {
        self.dir.join("Cargo.toml")
    }

    /// Relative to the root of the checkout.
    pub fn main_path(&self) -> PathBuf {
        self.dir.join("src/main.rs")
    }

    /// The test that makes `trace.json`, relative to the root of the checkout.
    pub fn trace_path(&self) -> PathBuf {
        self.dir.join("tests/trace.rs")
    }

    /// Relative to the root of the checkout.
    pub fn python_path(&self) -> PathBuf {
        self.dir.join(format!("python/{}.py", self.slug))
    }

    /// The program.
    ///
    /// # Errors
    /// A finding when it cannot be read, is no UTF-8, or has malformed anchors.
    pub fn source(&self) -> Result<Source, Vec<Finding>> {
        self.parse(&self.main_path())
    }

    /// The Python form.
    ///
    /// # Errors
    /// As [`Listing::source`]; also when there is none.
    pub fn python_source(&self) -> Result<Source, Vec<Finding>> {
        self.parse(&self.python_path())
    }

    pub(crate) fn parse(&self, path: &Path) -> Result<Source, Vec<Finding>> {
        Source::parse(path, &self.read(path)?)
    }

    /// A digest of what a record is made from: the program, or its Python form, with every file beside it and its
    /// arguments; with the test that makes it, where it is a trace.
    ///
    /// # Errors
    /// When a file cannot be read or is no UTF-8.
    pub(crate) fn digest(&self, kind: RecordKind) -> Result<String, Vec<Finding>> {
        let python = kind.is_python();
        let (dir, ending) = if python { ("python", "py") } else { ("src", "rs") };
        let mut files = Vec::new();
        files_below(&self.root, &self.dir.join(dir), &mut files);
        files.retain(|file| file.extension().is_some_and(|extension| extension == ending));
        if kind == RecordKind::Trace {
            files.push(self.trace_path());
        }
        let texts = files.iter().map(|file| self.read(file)).collect::<Result<Vec<_>, _>>()?;
        let args: &[String] = if python { &[] } else { &self.args };
        Ok(crate::source::digest(texts.iter().map(String::as_str), args))
    }

    pub(crate) fn read(&self, path: &Path) -> Result<String, Vec<Finding>> {
        let bytes = std::fs::read(self.root.join(path))
            .map_err(|error| vec![Finding::new(path, None, format!("cannot be read: {error}"))])?;
        String::from_utf8(bytes).map_err(|error| {
            let line = 1 + error.as_bytes()[..error.utf8_error().valid_up_to()].iter().filter(|b| **b == b'\n').count();
            vec![Finding::new(path, line, "is not UTF-8 from here on: save it as UTF-8")]
        })
    }

    /// Errors on record of programs that are not there.
    pub(crate) fn fails_without_program(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        files_below(&self.root, &self.dir.join("fails"), &mut files);
        files.retain(|file| file.extension().is_some_and(|extension| extension == "txt"));
        files.retain(|file| !self.root.join(file.with_extension("rs")).exists());
        files
    }

    /// The programs that must not compile, by name.
    pub fn fails(&self) -> Vec<Fails> {
        Fails::find(self)
    }

    pub fn record(&self, kind: RecordKind) -> Option<&Record> {
        self.records.iter().find(|record| record.kind == kind)
    }

    /// What `kind` holds.
    ///
    /// # Errors
    /// A message when the listing has no such record or it cannot be read.
    pub fn recorded(&self, kind: RecordKind) -> Result<String, String> {
        let record = self.record(kind).ok_or_else(|| {
            let list = "`records` in its Cargo.toml";
            format!("\"{}\" records no {}: add it to {list}", self.slug, kind.file(&self.slug))
        })?;
        std::fs::read_to_string(self.root.join(&record.path))
            .map_err(|error| format!("{}: {error}: run `cargo book record {}`", record.path.display(), self.slug))
    }

    /// A number, by name, out of the recorded output.
    ///
    /// # Errors
    /// A message when there is no such fact, or its pattern is found in the output never or in two meanings.
    pub fn fact(&self, name: &str) -> Result<String, String> {
        if !self.variants.is_empty() && !self.facts.contains_key(name) {
            return self.counted(None, name);
        }
        let fact = self.facts.get(name).ok_or_else(|| {
            let near = did_you_mean(name, self.facts.keys().map(String::as_str));
            format!("\"{}\" has no fact \"{name}\"{near}", self.slug)
        })?;
        let (output, place) = match self.record(RecordKind::Measure) {
            Some(_) => {
                let words = self.measured()?.in_words();
                let place = format!("its measurement, which reads\n{}", words.trim_end());
                (words, place)
            }
            None => (self.recorded(RecordKind::Output)?, "its output".to_owned()),
        };
        let values = fact.pattern.captures_iter(&output).filter_map(|found| Some(found.get(1)?.as_str()));
        let values: Vec<&str> = values.collect::<std::collections::BTreeSet<_>>().into_iter().collect();
        let is_plain = |value: &str| value.chars().all(|c| c.is_alphanumeric() || " .,:%+-−/()".contains(c));
        match values[..] {
            [value] if !is_plain(value) => Err(format!(
                "the fact \"{name}\" of \"{}\" is \"{value}\", which Markdown would interpret: let its pattern catch less",
                self.slug
            )),
            [value] => Ok(value.to_owned()),
            [] => Err(format!("the fact \"{name}\" of \"{}\" is not in {place}: mend its pattern", self.slug)),
            _ => Err(format!(
                "the fact \"{name}\" of \"{}\" has {} values in {place}: make its pattern say which",
                self.slug,
                values.len()
            )),
        }
    }

    /// What `measure.json` holds.
    ///
    /// # Errors
    /// A message when there is no such record, or it is no measurement.
    pub fn measured(&self) -> Result<Measurement, String> {
        let text = self.recorded(RecordKind::Measure)?;
        let path = self.dir.join(RecordKind::Measure.file(&self.slug));
        Measurement::parse(&path, &text).map_err(|finding| finding.to_string())
    }

    /// A number that the exploration of a case gave; of the default case, if none is named.
    fn counted(&self, case: Option<&str>, name: &str) -> Result<String, String> {
        let variant = self.variant(case)?;
        if !crate::schedules::FACTS.contains(&name) {
            let known = self.facts.keys().map(String::as_str).chain(crate::schedules::FACTS);
            let near = did_you_mean(name, known.collect::<Vec<_>>());
            return Err(format!("\"{}\" has no fact \"{name}\"{near}", self.slug));
        }
        let explored = self.explored(&variant.name)?;
        Ok(explored.fact(name).unwrap_or_default())
    }

    /// The case of this name, or the default.
    ///
    /// # Errors
    /// A message with the nearest name; or that the listing is not explored.
    pub fn variant(&self, name: Option<&str>) -> Result<&Variant, String> {
        let Some(default) = self.variants.first() else {
            let add = "add [package.metadata.listing.schedules] to its Cargo.toml";
            return Err(format!("the schedules of \"{}\" are not explored: {add}", self.slug));
        };
        let Some(name) = name else { return Ok(default) };
        self.variants.iter().find(|variant| variant.name == name).ok_or_else(|| {
            let near = did_you_mean(name, self.variants.iter().map(|variant| variant.name.as_str()));
            format!("\"{}\" has no case \"{name}\"{near}", self.slug)
        })
    }

    /// What is on record of a case.
    ///
    /// # Errors
    /// A message when there is no such record, or it cannot be read.
    pub fn explored(&self, case: &str) -> Result<Explored, String> {
        let path = self.dir.join(RecordKind::Schedules.file(&self.slug));
        let again = format!("run `cargo book record {}`", self.slug);
        let fault = |message: String| format!("{}: {message}: {again}", path.display());
        let text = self.recorded(RecordKind::Schedules)?;
        let mut last = self.schedules.lock().unwrap_or_else(PoisonError::into_inner);
        // By its text, so that what is recorded anew is read anew.
        let schedules = match last.take().filter(|(known, _)| *known == text) {
            Some((_, schedules)) => schedules,
            None => Schedules::parse(&text).map_err(fault)?,
        };
        let (_, schedules) = last.insert((text, schedules));
        let explored = schedules.cases.get(case).cloned();
        explored.ok_or_else(|| fault(format!("the case \"{case}\" is not on record")))
    }

    /// All traces on record.
    ///
    /// # Errors
    /// A message when there is no such record, or it cannot be read.
    pub fn traces(&self) -> Result<Traces, String> {
        let path = self.dir.join(RecordKind::Trace.file(&self.slug));
        let again = format!("run `cargo book record {}`", self.slug);
        Traces::parse(&self.recorded(RecordKind::Trace)?)
            .map_err(|message| format!("{}: {message}: {again}", path.display()))
    }

    /// The trace on record: of this case, or of the only one.
    ///
    /// # Errors
    /// A message when there is no such record or case, it cannot be read, or it names a line that the program does not have.
    pub fn trace(&self, case: Option<&str>) -> Result<Trace, String> {
        let path = self.dir.join(RecordKind::Trace.file(&self.slug));
        let again = format!("run `cargo book record {}`", self.slug);
        let fault = |message: String| format!("{}: {message}: {again}", path.display());
        let mut traces = self.traces()?;
        let names: Vec<String> = traces.cases.keys().cloned().collect();
        let trace = match (case, &names[..]) {
            (Some(case), _) => traces.cases.remove(case).ok_or_else(|| {
                let near = did_you_mean(case, names.iter().map(String::as_str));
                format!("\"{}\" has no trace \"{case}\"{near}", self.slug)
            })?,
            (None, [only]) => traces.cases.remove(only).unwrap_or_else(|| unreachable!("it is there")),
            (None, names) => {
                let forms: Vec<String> =
                    names.iter().map(|name| format!("{{{{#stepper {}:{name}}}}}", self.slug)).collect();
                return Err(format!("\"{}\" has {} traces: write {}", self.slug, names.len(), forms.join(" or ")));
            }
        };
        match self.strange_line(&trace) {
            Some(line) => Err(fault(format!("line {line} is no line of {}", self.main_path().display()))),
            None => Ok(trace),
        }
    }

    /// The first line in a trace that the program does not show. A program that cannot be read is reported elsewhere.
    pub(crate) fn strange_line(&self, trace: &Trace) -> Option<usize> {
        let source = self.source().ok()?;
        trace.steps.iter().map(|step| step.line).find(|line| !source.numbers.contains(line))
    }

    /// A program that must not compile. It has no anchors: rustc's message counts its lines.
    ///
    /// # Errors
    /// As [`Listing::source`]; also when it has an anchor.
    pub fn fails_source(&self, fails: &Fails) -> Result<Source, Vec<Finding>> {
        let source = self.parse(&fails.path)?;
        match source.anchors.first() {
            None => Ok(source),
            Some(anchor) => {
                let message = "a program in fails/ has no anchors, for rustc's message counts its lines: remove it";
                Err(vec![Finding::new(&fails.path, anchor.mark, message)])
            }
        }
    }

    /// Who made a record.
    pub fn maker(&self, kind: RecordKind) -> Option<crate::Maker> {
        self.maker_records().makers.remove(&kind.file(&self.slug))
    }

    pub(crate) fn maker_records(&self) -> Records {
        Records::load(self)
    }
}

/// The cases that `[package.metadata.listing.schedules]` describes; one named `all`, where it names none.
fn variants(mut table: toml::Table, args: &[String]) -> Result<Vec<Variant>, Vec<String>> {
    let place = "[package.metadata.listing.schedules]";
    let cases = match table.remove("case") {
        None => vec![toml::Table::from_iter([("name".to_owned(), "all".into())])],
        Some(cases) => cases.try_into().map_err(|_| vec![format!("{place}: write each case as [[….case]]")])?,
    };
    let mut messages = Vec::new();
    let mut variants: Vec<Variant> = Vec::new();
    for case in cases {
        let mut settings = table.clone();
        settings.extend(case);
        let Some(toml::Value::String(name)) = settings.remove("name") else {
            messages.push(format!("{place}: a case needs a `name`"));
            continue;
        };
        if !crate::source::is_name(&name) {
            messages.push(format!("the case \"{name}\": name it by lower-case letters, digits and hyphens"));
        }
        if variants.iter().any(|variant| variant.name == name) {
            messages.push(format!("the case \"{name}\" is there twice: rename one of the two"));
        }
        if settings.contains_key("schedule") {
            messages.push(format!("{place}: a listing's record is of all schedules: remove `schedule`"));
        }
        if settings.get("names").is_some_and(|names| !names.is_table()) {
            messages.push(format!(
                "{place}: `names` is a map from the name that was found to the one to show: `names = {{ found = \"shown\" }}`"
            ));
            continue;
        }
        let own_args = settings.contains_key("args");
        match settings.try_into::<Options>() {
            Ok(mut options) => {
                if !own_args {
                    options.args = args.to_vec();
                }
                variants.push(Variant { name, options });
            }
            Err(error) => messages.push(format!("{place}: {}", error.message())),
        }
    }
    if messages.is_empty() { Ok(variants) } else { Err(messages) }
}

/// Every file below `dir`, relative to the root, in order.
fn files_below(root: &Path, dir: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<_> = std::fs::read_dir(root.join(dir)).into_iter().flatten().flatten().collect();
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for entry in entries {
        let path = dir.join(entry.file_name());
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files_below(root, &path, files),
            Ok(_) => files.push(path),
            Err(_) => {}
        }
    }
}

/// The manifest of the root.
fn workspace(root: &Path) -> Result<toml::Table, Finding> {
    let path = Path::new("Cargo.toml");
    match std::fs::read_to_string(root.join(path)) {
        Ok(text) => toml::from_str(&text).map_err(|error| Finding::new(path, None, error.message().to_owned())),
        // A folder of listings, as tests make them, is no workspace.
        Err(_) => Ok(toml::Table::new()),
    }
}

/// The compiler that `rust-toolchain.toml` pins.
fn pinned_rustc(root: &Path) -> Result<String, Finding> {
    #[derive(Deserialize)]
    struct File {
        toolchain: Toolchain,
    }
    #[derive(Deserialize)]
    struct Toolchain {
        channel: String,
    }
    let path = Path::new("rust-toolchain.toml");
    let text = std::fs::read_to_string(root.join(path))
        .map_err(|error| Finding::new(path, None, format!("cannot be read: {error}")))?;
    let file: File = toml::from_str(&text).map_err(|error| Finding::new(path, None, error.message()))?;
    Ok(file.toolchain.channel)
}

/// The folders in `dir`, relative to the root, sorted; files and hidden folders are passed over.
fn subfolders(root: &Path, dir: &Path, findings: &mut Vec<Finding>) -> Vec<PathBuf> {
    let entries = match std::fs::read_dir(root.join(dir)) {
        Ok(entries) => entries,
        Err(error) => {
            findings.push(Finding::new(dir, None, format!("cannot be read: {error}")));
            return Vec::new();
        }
    };
    let mut folders: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.path().is_dir() && !entry.file_name().to_string_lossy().starts_with('.'))
        .map(|entry| dir.join(entry.file_name()))
        .collect();
    folders.sort();
    folders
}
