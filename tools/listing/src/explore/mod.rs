//! Exploring a program: compiled against `interleave_std`, which stands in for std, and run under every schedule.
//!
//! ```text
//! Explorer::build() ─── the stand-in for std, by one `cargo build`
//! └─ compile(Program) ─ refused where it could pass the stand-in by, else by rustc    -> Executable, or findings
//!    └─ explore(Options, Limits) ─ every schedule, in a child process                 -> Report, or a finding
//! ```
//!
//! A program is one file that uses nothing but std. It is compiled as it stands: a second file includes it and has the
//! entry. Programs are kept compiled under the target folder, by a digest of their text.

mod refuse;

use crate::run::{Run, RunError, Supervised};
use crate::{Finding, Listing};
use anyhow::{Context, bail};
use interleave::{Failure, Limits, Options, Report};
use serde::Deserialize;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

/// How many compiled programs are kept.
const KEPT: usize = 100;

/// How long an exploration may take by the clock. Processor time is limited long before; this is for a machine that has
/// none to give.
const DEADLINE: Duration = Duration::from_secs(900);

/// Compiles programs against the stand-in for std.
#[derive(Debug, Clone)]
pub struct Explorer {
    /// `libinterleave_std.rlib`.
    library: PathBuf,
    /// `libinterleave_primitives.rlib`.
    primitives: PathBuf,
    /// Where compiled programs are kept.
    programs: PathBuf,
    /// What is different when the stand-in was built anew.
    built: String,
}

/// A program to explore: one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    /// For messages: where it is.
    pub path: PathBuf,
    /// What the program itself is told, and records say: `src/main.rs`.
    pub name: String,
    pub text: String,
}

/// A program compiled against the stand-in.
#[derive(Debug, Clone)]
pub struct Executable {
    program: Program,
    dir: PathBuf,
}

/// The workspace of the tools, whose libraries an explored program is compiled against.
fn tools() -> anyhow::Result<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    dir.canonicalize().with_context(|| format!("{} is gone: build `cargo book` where it is now", dir.display()))
}

impl Program {
    /// A listing's program.
    ///
    /// # Errors
    /// A finding when it cannot be read.
    pub fn of(listing: &Listing) -> Result<Program, Vec<Finding>> {
        let path = listing.main_path();
        Ok(Program { text: listing.read(&path)?, path, name: "src/main.rs".to_owned() })
    }

    /// Whether it names an ordering weaker than `SeqCst`, which matters only where memory is weak.
    pub fn is_weaker(&self) -> bool {
        refuse::names_any(&self.text, &["Relaxed", "Acquire", "Release", "AcqRel"])
    }
}

impl Explorer {
    /// Builds the stand-in, where that is not done yet.
    ///
    /// # Errors
    /// It does not compile, or the workspace of the tools is gone.
    pub fn build() -> anyhow::Result<Explorer> {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(tools()?).stdout(Stdio::piped());
        command.args(["build", "--quiet", "--package", "interleave_primitives", "--message-format", "json"]);
        let mut cargo = Supervised::start(&mut command).context("cannot run cargo")?;
        let stdout = cargo.stdout().context("cargo has no standard output")?;
        let (mut library, mut primitives) = (None, None);
        for line in BufReader::new(stdout).lines() {
            let message: serde_json::Value = serde_json::from_str(&line?).unwrap_or_default();
            if message["message"]["level"] == "error" {
                eprintln!("{}", message["message"]["rendered"].as_str().unwrap_or_default());
            }
            let which = match message["target"]["name"].as_str() {
                Some("interleave_std") => &mut library,
                Some("interleave_primitives") => &mut primitives,
                _ => continue,
            };
            let files = message["filenames"].as_array().into_iter().flatten().filter_map(|file| file.as_str());
            *which = files.map(PathBuf::from).find(|file| file.extension().is_some_and(|ext| ext == "rlib"));
        }
        if !cargo.wait().context("cargo was lost")?.success() {
            bail!("interleave_primitives does not compile: cargo's message above says where");
        }
        let library = library.context("cargo built no library of interleave_std")?;
        let primitives = primitives.context("cargo built no library of interleave_primitives")?;
        let data = library.metadata().with_context(|| format!("cannot read {}", library.display()))?;
        let changed = data.modified()?.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let programs = library.with_file_name("interleave");
        Ok(Explorer { built: format!("{} {}", changed.as_nanos(), data.len()), library, primitives, programs })
    }

    /// Compiles a program, unless it is kept compiled.
    ///
    /// # Errors
    /// The inner findings: the program is refused, or does not compile; each has its line. The outer error: the machine
    /// is at fault.
    pub fn compile(&self, program: &Program) -> anyhow::Result<Result<Executable, Vec<Finding>>> {
        let refused = refuse::refusals(&program.text);
        if !refused.is_empty() {
            let finding = |(line, message)| Finding::new(&program.path, Some(line), message);
            return Ok(Err(refused.into_iter().map(finding).collect()));
        }
        let digest = crate::source::digest_of([program.text.as_str(), &program.name, &self.built, ENTRY]);
        let dir = self.programs.join(digest);
        let executable = Executable { program: program.clone(), dir: dir.clone() };
        if dir.is_dir() {
            // The last used is kept longest.
            let _ = std::fs::File::open(&dir).and_then(|dir| dir.set_modified(SystemTime::now()));
            return Ok(Ok(executable));
        }
        std::fs::create_dir_all(&self.programs)
            .with_context(|| format!("cannot write into {}", self.programs.display()))?;
        let made = tempfile::Builder::new().prefix(".new-").tempdir_in(&self.programs)?;
        if let Some(findings) = self.compile_into(made.path(), program)? {
            return Ok(Err(findings));
        }
        // Another process may have made the same meanwhile.
        match std::fs::rename(made.path(), &dir) {
            Ok(()) => drop(made.keep()),
            Err(error) if !dir.is_dir() => {
                return Err(error).with_context(|| format!("cannot write {}", dir.display()));
            }
            Err(_) => {}
        }
        self.forget_old();
        Ok(Ok(executable))
    }

    /// Compiles a program into a folder of its own; what is wrong with it, if it does not compile.
    fn compile_into(&self, dir: &Path, program: &Program) -> anyhow::Result<Option<Vec<Finding>>> {
        let sources = dir.join("program");
        let main = sources.join(&program.name);
        std::fs::create_dir_all(main.parent().unwrap_or(&sources))?;
        std::fs::write(&main, &program.text)?;
        let entry = dir.join("entry.rs");
        std::fs::write(&entry, ENTRY.replace("PROGRAM", &format!("{main:?}")))?;
        let mut remap = sources.into_os_string();
        remap.push("=");
        let named = |name: &str, library: &Path| {
            let mut named = std::ffi::OsString::from(name);
            named.push("=");
            named.push(library);
            named
        };
        let folder = self.library.parent().unwrap_or(Path::new(""));
        let mut dependencies = std::ffi::OsString::from("dependency=");
        dependencies.push(if folder.ends_with("deps") { folder.to_owned() } else { folder.join("deps") });
        let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            // There the toolchain is the one that built the stand-in.
            .current_dir(tools()?)
            // cargo passes it on to what it runs; a program is compiled as any other is.
            .env_remove("RUSTC_BOOTSTRAP")
            .args(["--edition", "2024", "--crate-name", "program", "--cap-lints", "allow", "-C", "strip=debuginfo"])
            .args(["--error-format", "json", "--diagnostic-width", "120"])
            .arg("--remap-path-prefix")
            .arg(remap)
            .arg("--extern")
            .arg(named("interleave_std", &self.library))
            .arg("--extern")
            .arg(named("interleave_primitives", &self.primitives))
            .arg("-L")
            .arg(dependencies)
            .arg("-o")
            .arg(dir.join("program.exe"))
            .arg(&entry)
            .output()
            .context("cannot run rustc")?;
        if output.status.success() {
            return Ok(None);
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let mut findings: Vec<Finding> = said
            .lines()
            .filter_map(|line| serde_json::from_str::<Diagnostic>(line).ok())
            .filter_map(|error| error.finding(program))
            .collect();
        if findings.is_empty() {
            bail!("rustc failed on {}:\n{said}", program.path.display());
        }
        findings.sort();
        findings.dedup();
        Ok(Some(findings))
    }

    /// Removes the compiled programs that were not used for longest, where there are too many.
    fn forget_old(&self) {
        let entries = std::fs::read_dir(&self.programs).into_iter().flatten().flatten();
        let mut all: Vec<_> =
            entries.filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
        all.sort();
        for (_, dir) in all.iter().take(all.len().saturating_sub(KEPT)) {
            let _ = std::fs::remove_dir_all(dir);
        }
    }
}

/// The file that includes the program. In there `std` is the stand-in, its macros too, and `main` is an ordinary function.
const ENTRY: &str = r#"#![no_main]
#[macro_use]
extern crate interleave_std as std;
extern crate interleave_primitives as primitives;
include!(PROGRAM);
mod __entry {
    #[unsafe(export_name = "main")]
    extern "C" fn start(_: i32, _: *const *const u8) -> i32 {
        interleave_std::entry(super::main)
    }
}
"#;

impl Executable {
    /// Explores every schedule of the program, in a child process with limits.
    ///
    /// # Errors
    /// The inner finding: the program cannot be explored; with its line, and what to do. The outer error: the machine is
    /// at fault.
    pub fn explore(&self, options: &Options, limits: Limits) -> anyhow::Result<Result<Report, Finding>> {
        let answer = tempfile::NamedTempFile::new().context("no temporary file")?;
        let run = Run::new(self.dir.join("program.exe"))
            .dir(self.dir.join("program"))
            .env("INTERLEAVE_REQUEST", serde_json::to_string(&(options, limits))?)
            .env("INTERLEAVE_ANSWER", answer.path())
            .deadline(DEADLINE);
        let run = match run.finish() {
            Ok(run) => run,
            Err(RunError::Deadline { deadline, .. }) => {
                let message = format!(
                    "not explored within {} s: the machine is too busy, or the program too large",
                    deadline.as_secs()
                );
                return Ok(Err(Finding::new(&self.program.path, None, message)));
            }
            Err(error) => return Err(error).context("the program under exploration"),
        };
        let text = std::fs::read_to_string(answer.path())?;
        match serde_json::from_str::<Result<Report, Failure>>(&text) {
            Ok(result) => Ok(result.map_err(|failure| self.finding(&failure))),
            Err(_) => bail!("the program under exploration ended with {} and said: {}", run.status, run.errors()),
        }
    }

    fn finding(&self, failure: &Failure) -> Finding {
        let Failure { what, file, line, help, schedule } = failure;
        let mut message = what.clone();
        if let Some(schedule) = schedule.as_ref().filter(|schedule| !schedule.is_empty()) {
            message.push_str(&format!(" (on schedule {schedule})"));
        }
        if !help.is_empty() {
            message.push_str(&format!("\n  help: {help}"));
        }
        match file {
            Some(file) if *file == self.program.name => Finding::new(&self.program.path, *line as usize, message),
            Some(file) => Finding::new(&self.program.path, None, format!("{file}:{line}: {message}")),
            None => Finding::new(&self.program.path, None, message),
        }
    }
}

/// What rustc says, as JSON.
#[derive(Debug, Deserialize)]
struct Diagnostic {
    level: String,
    message: String,
    rendered: Option<String>,
    spans: Vec<Span>,
}

#[derive(Debug, Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    expansion: Option<Box<Expansion>>,
}

#[derive(Debug, Deserialize)]
struct Expansion {
    span: Span,
}

/// What std has and the stand-in lacks: a module or an item, and what to use in its place.
const INSTEAD: [(&str, &str); 11] = [
    ("fs", "keep the text in the program"),
    ("net", "use a channel, `std::sync::mpsc`"),
    ("os", "what an operating system has of its own is not there"),
    ("Command", "use a thread for the other process"),
    ("Stdio", "use a thread for the other process"),
    ("path", "keep the text in the program"),
    ("SystemTime", "use `std::time::Instant`"),
    ("UnsafeCell", "use a `Cell`, a lock or an atomic, which are seen"),
    ("alloc", "use a `Box` or a `Vec`"),
    ("arch", "use what std has for every processor"),
    ("backtrace", "leave it out"),
];

impl Diagnostic {
    /// The error as a finding; nothing for what is no error of its own.
    fn finding(self, program: &Program) -> Option<Finding> {
        if self.level != "error" || self.message.starts_with("aborting due to") {
            return None;
        }
        let span = self.spans.iter().find(|span| span.is_primary);
        if span.is_some_and(|span| span.file_name.ends_with("entry.rs") && span.file_name != program.name) {
            // The entry speaks of nothing but `main`.
            let message =
                "an explored program needs a `fn main()` that returns `()`, `!`, an `ExitCode` or a `Result` of these";
            return Some(Finding::new(&program.path, None, message));
        }
        // Inside of a macro of the stand-in, the line is that of its use.
        let uses = std::iter::successors(span, |span| span.expansion.as_ref().map(|expansion| &expansion.span));
        let line = uses.into_iter().find(|span| span.file_name == program.name).map(|span| span.line_start);
        // The programmer knows the stand-in as std.
        let clean = |text: &str| text.replace("interleave_std::", "std::");
        let rendered = clean(&self.rendered.unwrap_or_default());
        let message = clean(&self.message);
        let note = instead(&message, &rendered).filter(|_| !rendered.contains("with a similar name exists"));
        let details = match note {
            Some(note) => {
                // What rustc would import is not there.
                let help =
                    ["\nhelp: ", "\n  = help: consider importing"].iter().filter_map(|help| rendered.find(help)).min();
                let end = help.unwrap_or(rendered.len());
                format!("{}\nnote: {note}", rendered[..end].trim_end_matches(['\n', ' ', '|']))
            }
            None => rendered.trim_end().to_owned(),
        };
        Some(Finding::new(&program.path, line, format!("does not compile: {message}\n{details}")))
    }
}

/// What to say of an error that is only one against the stand-in.
fn instead(message: &str, rendered: &str) -> Option<String> {
    let names: Vec<&str> = message.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let any = |words: &[&str]| words.iter().any(|name| names.contains(name));
    let starts = |words: &[&str]| words.iter().any(|words| message.starts_with(words));
    let what = if starts(&["no method", "no function", "no variant", "no associated"]) && rendered.contains(STAND_IN) {
        "std may have it"
    } else if !starts(&["unresolved import", "cannot find", "could not find", "failed to resolve"]) {
        return None;
    } else if any(&["std"]) {
        let known = INSTEAD.iter().find(|(name, _)| names.contains(name));
        known.map_or("it has what tasks share: threads, locks, atomics, channels, cells", |(_, instead)| *instead)
    } else if message.starts_with("unresolved import") && !any(&["crate", "self", "super"]) {
        "an explored program uses std, `primitives`, and no other crate"
    } else {
        return None;
    };
    Some(format!("not modelled by interleave: {what}"))
}

/// Where rustc finds what the stand-in has.
const STAND_IN: &str = "interleave_std/src/";
