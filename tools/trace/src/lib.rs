//! What a listing does, one transfer of control a step: for the page's stepper, which goes through it in both directions.
//!
//! A trace is made in `tests/trace.rs` of the listing, which holds the listing's own program and hands it something to work
//! on that tells of itself: a writer, an iterator, a closure. [`program!`] puts a hook before each statement of the program,
//! so that who has control and in which line is measured and never claimed.
//!
//! ```text
//! trace::program!();                                   // src/main.rs, hooked
//!
//! struct Told(Averager);
//! impl Average for Told {
//!     fn send(&mut self, number: f64) -> f64 {
//!         trace::transfer("generator", format!("send({number})"));     // from whoever has control
//!         let mean = self.0.send(number);
//!         trace::show("state", format!("{:?}", self.0));
//!         trace::transfer("caller", format!("yield {mean}"));
//!         mean
//!     }
//! }
//!
//! #[test]
//! fn steps() {
//!     let trace = Trace::new("all")
//!         .code("caller", &["main", "ask"])            // the functions that make the column
//!         .code("generator", &["Averager::send"])
//!         .state("state", "nothing yet")
//!         .run(|| ask(&mut Told(Averager::default())));
//!     assert_eq!(trace.steps.len(), 4);
//! }
//! ```
//!
//! A step is one transfer: where control was, the line that gave it away, to whom, and with what. What is shown and printed
//! until the next transfer belongs to that one; what is left in the end is a step of its own, without a transfer.
//!
//! `cargo book record SLUG` runs the test with the environment variable [`FOLDER`], into which each trace is then written,
//! and puts them together as `trace.json`:
//!
//! ```text
//! {"version": 1,
//!  "cases": {
//!   "all": {                                       the name that Trace::new was given
//!    "columns": [{"name": "caller", "kind": "code"}, {"name": "state", "kind": "state"}],
//!    "start": [null, {"text": "nothing yet"}],     what each column shows before the first step; null where it is code
//!    "steps": [{
//!     "from": 0,                                   the column that has control, of kind code
//!     "line": 12,                                  of src/main.rs, counted from 1: the line that ends the step
//!     "to": 1,                                     the column that it hands something to, if it does
//!     "value": "send(3)",                          what it hands over, or does; "" is left out
//!     "shows": [null, {"text": "3", "cursor": 1}], what each column shows after the step; cursor: the character it is on
//!     "printed": "mean 3\n"                        what was printed in this step; "" is left out
//! }]}}}
//! ```

pub use trace_macros::program;

use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The environment variable with the folder into which traces are written.
pub const FOLDER: &str = "BOOK_TRACE";

/// The most steps of a trace: nobody goes through more.
pub const MOST_STEPS: usize = 200;

/// The whole record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Traces {
    pub version: u32,
    pub cases: BTreeMap<String, Trace>,
}

/// One run, step by step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// Its key in the record, and in the name of its file.
    #[serde(skip)]
    pub case: String,
    pub columns: Vec<Column>,
    pub start: Vec<Option<Shown>>,
    pub steps: Vec<Step>,
}

/// Something that has control, or that is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// The functions whose lines are its lines.
    #[serde(skip)]
    pub functions: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Code,
    State,
}

/// What a column of state shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    pub text: String,
    /// The character of its last line that a cursor is on, counted from 0; one past the end of the line and more are blanks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<usize>,
}

/// One transfer of control.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub from: usize,
    pub line: usize,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<usize>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub value: String,
    pub shows: Vec<Option<Shown>>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub printed: String,
}

/// A trace that is being made.
#[derive(Debug)]
struct Recorder {
    trace: Trace,
    /// The column that has control, and the line it is in.
    here: Option<(usize, usize)>,
    /// The columns that have had it.
    seen: BTreeSet<usize>,
    shows: Vec<Option<Shown>>,
    printed: String,
}

thread_local! {
    /// Each test has a thread, and each thread a trace. What other threads do is in no order, and in no trace.
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

impl Trace {
    /// A trace without columns. `case` names it: lower-case letters, digits and hyphens.
    pub fn new(case: &str) -> Trace {
        let is_name = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(
            !case.is_empty() && case.chars().all(is_name),
            "{case:?} is no name: write lower-case letters, digits and hyphens"
        );
        Trace { case: case.to_owned(), columns: Vec::new(), start: Vec::new(), steps: Vec::new() }
    }

    /// One more column, of code: what these functions of the program do, `main` or `Averager::send`. Any other function
    /// belongs to whoever called it.
    pub fn code(self, name: &str, functions: &[&str]) -> Trace {
        assert!(!functions.is_empty(), "the column {name:?} needs a function of the program");
        self.column(name, Kind::Code, functions, None)
    }

    /// One more column, of state, and what it shows in the beginning.
    pub fn state(self, name: &str, start: impl Into<String>) -> Trace {
        let start = Shown { text: start.into(), cursor: None };
        self.column(name, Kind::State, &[], Some(start))
    }

    /// One more column, of state: a screen, empty in the beginning, with its cursor in the first column.
    pub fn screen(self, name: &str) -> Trace {
        self.column(name, Kind::State, &[], Some(Shown { text: String::new(), cursor: Some(0) }))
    }

    fn column(mut self, name: &str, kind: Kind, functions: &[&str], start: Option<Shown>) -> Trace {
        assert!(self.columns.iter().all(|column| column.name != name), "there are two columns {name:?}: rename one");
        let functions = functions.iter().map(|&name| name.to_owned()).collect();
        self.columns.push(Column { name: name.to_owned(), kind, functions });
        self.start.push(start);
        self
    }

    /// Runs `program` and keeps what it does.
    ///
    /// # Panics
    /// When it makes no step, or more than [`MOST_STEPS`]; when nothing of a column of code has run; and as [`transfer`] and [`show`].
    pub fn run<T>(self, program: impl FnOnce() -> T) -> Trace {
        let shows = self.start.clone();
        RECORDER.set(Some(Recorder { trace: self, here: None, seen: BTreeSet::new(), shows, printed: String::new() }));
        program();
        let mut recorder = RECORDER.take().expect("it was set above, on this thread");
        let last = recorder.trace.steps.last().map_or(&recorder.trace.start, |step| &step.shows);
        if recorder.shows != *last || !recorder.printed.is_empty() {
            recorder.step(None, String::new());
        }
        let trace = recorder.trace;
        for (at, Column { name, kind, functions }) in trace.columns.iter().enumerate() {
            let ran = *kind == Kind::State || recorder.seen.contains(&at);
            assert!(
                ran,
                "nothing of the column {name:?} has run: {functions:?} needs the names of functions of the program"
            );
        }
        assert!(!trace.steps.is_empty(), "nothing was recorded: call trace::transfer where control goes over");
        if let Some(folder) = std::env::var_os(FOLDER) {
            let path = std::path::Path::new(&folder).join(format!("{}.json", trace.case));
            assert!(!path.exists(), "two traces are called {:?}: rename one", trace.case);
            let json = serde_json::to_vec(&trace).expect("numbers and texts are JSON");
            std::fs::write(&path, json).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        }
        trace
    }
}

impl Recorder {
    fn step(&mut self, to: Option<usize>, value: String) {
        let Some((from, line)) = self.here else {
            panic!("no function of a column has run yet: do their names stand in Trace::code?");
        };
        assert!(self.trace.steps.len() < MOST_STEPS, "more than {MOST_STEPS} steps: let the program do less");
        let (shows, printed) = (self.shows.clone(), std::mem::take(&mut self.printed));
        self.trace.steps.push(Step { from, line, to, value, shows, printed });
    }

    fn index(&self, name: &str) -> usize {
        let columns = &self.trace.columns;
        columns.iter().position(|column| column.name == name).unwrap_or_else(|| {
            let names: Vec<String> = columns.iter().map(|column| format!("{:?}", column.name)).collect();
            panic!("there is no column {name:?}: they are {}", names.join(", "))
        })
    }
}

/// Calls `change` with the trace of this thread; without one, nothing is kept.
fn with<T>(change: impl FnOnce(&mut Recorder) -> T) -> Option<T> {
    RECORDER.with_borrow_mut(|recorder| recorder.as_mut().map(change))
}

/// A hook of [`program!`]: this line of this function is about to run.
#[doc(hidden)]
pub fn at(function: &str, line: usize) {
    with(|recorder| {
        let columns = &recorder.trace.columns;
        if let Some(column) = columns.iter().position(|column| column.functions.iter().any(|name| name == function)) {
            recorder.here = Some((column, line));
            recorder.seen.insert(column);
        }
    });
}

/// Control, or `value` alone, goes from whoever has control to the column `to`, which may be one of state.
///
/// # Panics
/// When there is no column `to`, or when it has control itself.
pub fn transfer(to: &str, value: impl Into<String>) {
    with(|recorder| {
        let to = recorder.index(to);
        if let Some((from, line)) = recorder.here {
            let name = &recorder.trace.columns[to].name;
            assert!(
                from != to,
                "{name:?} hands something to itself in line {line}: do other columns name their functions?"
            );
        }
        recorder.step(Some(to), value.into());
    });
}

/// Whoever has control does something that is worth a step of its own: `value` says what.
pub fn step(value: impl Into<String>) {
    with(|recorder| recorder.step(None, value.into()));
}

/// The column of state `name` shows `text` from now on.
///
/// # Panics
/// When there is no column `name`, or when it is one of code.
pub fn show(name: &str, text: impl Into<String>) {
    put(name, Shown { text: text.into(), cursor: None });
}

/// The same of a screen: `cursor` is the character of the last line that the cursor is on, counted from 0.
///
/// # Panics
/// As [`show`].
pub fn show_screen(name: &str, text: impl Into<String>, cursor: usize) {
    put(name, Shown { text: text.into(), cursor: Some(cursor) });
}

fn put(name: &str, shown: Shown) {
    with(|recorder| {
        let column = recorder.index(name);
        assert!(recorder.trace.columns[column].kind == Kind::State, "{name:?} is a column of code: it shows its line");
        recorder.shows[column] = Some(shown);
    });
}

/// What `print!` of a hooked program does.
#[doc(hidden)]
pub fn printed(text: std::fmt::Arguments<'_>) {
    if with(|recorder| recorder.printed.push_str(&text.to_string())).is_none() {
        std::print!("{text}");
    }
}

/// As that of std; a trace keeps the text.
#[macro_export]
macro_rules! print {
    ($($argument:tt)*) => { $crate::printed(::std::format_args!($($argument)*)) };
}

/// As that of std; a trace keeps the text.
#[macro_export]
macro_rules! println {
    () => { $crate::printed(::std::format_args!("\n")) };
    ($($argument:tt)*) => { $crate::printed(::std::format_args!("{}\n", ::std::format_args!($($argument)*))) };
}

impl Traces {
    /// Reads a record and sees that it holds together.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Traces, String> {
        // Another version has other fields: it is named first.
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if version != VERSION {
            return Err(format!("version {version}, expected {VERSION}"));
        }
        let mut traces: Traces = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (name, trace) in &mut traces.cases {
            trace.case.clone_from(name);
            trace.check().map_err(|message| format!("the case \"{name}\": {message}"))?;
        }
        Ok(traces)
    }
}

impl Trace {
    /// Whether each step names columns that are there, of the right kind.
    fn check(&self) -> Result<(), String> {
        let count = self.columns.len();
        let whole = |shows: &[Option<Shown>]| {
            shows.len() == count
                && shows
                    .iter()
                    .zip(&self.columns)
                    .all(|(shown, column)| shown.is_some() == (column.kind == Kind::State))
        };
        if !whole(&self.start) {
            return Err("its start does not show its columns".to_owned());
        }
        for (at, step) in self.steps.iter().enumerate() {
            let at = at + 1;
            let column =
                |index: usize| self.columns.get(index).ok_or(format!("step {at} names column {index} of {count}"));
            if column(step.from)?.kind == Kind::State {
                return Err(format!(
                    "step {at} gives control to \"{}\", a column of state",
                    self.columns[step.from].name
                ));
            }
            if let Some(to) = step.to {
                column(to)?;
            }
            if !whole(&step.shows) {
                return Err(format!("step {at} does not show its columns"));
            }
        }
        if self.steps.is_empty() { Err("it has no step".to_owned()) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
