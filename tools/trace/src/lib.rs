//! What a listing does, one transfer of control a step: for the page's stepper, which goes through it in both directions.
//!
//! A trace is made in `tests/trace.rs` of the listing, which holds the listing's own program and hands it something to work
//! on that tells of itself: a writer, an iterator, a closure. [`program!`] puts a hook before each statement of the program,
//! so that who has control and in which line is measured and never claimed.
//!
//! ```text
//! use trace::Trace;
//!
//! trace::program!();                                   // src/main.rs, hooked
//!
//! struct Told(Averager);
//! impl Average for Told {
//!     fn send(&mut self, number: i64) -> i64 {
//!         trace::transfer("generator", format!("send({number})"));     // from whoever has control
//!         let mean = self.0.send(number);
//!         trace::show("stored state", format!("{:?}", self.0));
//!         trace::transfer("caller", format!("yield {mean}"));
//!         mean
//!     }
//! }
//!
//! #[test]
//! fn two_numbers_are_five_steps() {
//!     let trace = Trace::new("all")
//!         .code("caller", &["ask"])                    // the functions that make the column
//!         .code("generator", &["Averager::send"])
//!         .state("stored state", "")                   // and what it shows in the beginning
//!         .run(|| ask(&mut Told(Averager::default())));
//!     assert_eq!(trace.steps.len(), 5);
//! }
//! ```
//!
//! CONTRIBUTING.md, "Step by step", has the program that belongs to it.
//!
//! A step is one transfer: where control was, the line that gave it away, to whom, and with what. What is shown and printed
//! until the next transfer belongs to that one; what is left in the end is a step of its own, without a transfer. Kept is what
//! `print!` and `println!` print, and not what the program writes to `io::stdout()`: hand that a writer that tells of itself.
//!
//! Who has control is whoever ran last. When a function returns, its caller has control again, in the line of the call; but a
//! function that [`transfer`] has handed control to keeps it until the next transfer, which is made after it has returned. Of
//! an `async fn` and a closure the return is not seen.
//!
//! `cargo book record SLUG` runs the test with the environment variable [`FOLDER`], into which each trace is then written,
//! and puts them together as `trace.json`:
//!
//! ```text
//! {"version": 1,
//!  "cases": {
//!   "all": {                                       the name that Trace::new was given: lower-case letters, digits, hyphens
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
use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The environment variable with the folder into which traces are written.
pub const FOLDER: &str = "BOOK_TRACE";

/// The most steps of a trace: nobody goes through more.
pub const MOST_STEPS: usize = 200;

/// The most columns of code of a trace: each has a colour and a mark of its own.
pub const MOST_CODE: usize = 6;

/// How far right of its text a cursor may be: no terminal is wider.
pub const WIDEST: usize = 500;

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
    /// Who has control, and where.
    here: Option<Place>,
    /// Where a function was that has returned since the last hook.
    left: Option<Place>,
    /// The line in which each column was last; none of a column that has not run.
    lines: BTreeMap<usize, usize>,
    /// How many functions of each column are under way.
    under_way: BTreeMap<usize, usize>,
    /// The column that has been handed control, until a function of it starts.
    handed: Option<usize>,
    shows: Vec<Option<Shown>>,
    printed: String,
}

/// A line of the program, and whose it is.
#[derive(Debug, Clone, Copy)]
struct Place {
    column: usize,
    line: usize,
}

impl Recorder {
    fn new(trace: Trace) -> Recorder {
        Recorder {
            shows: trace.start.clone(),
            trace,
            here: None,
            left: None,
            lines: BTreeMap::new(),
            under_way: BTreeMap::new(),
            handed: None,
            printed: String::new(),
        }
    }
}

thread_local! {
    /// Each test has a thread, and each thread a trace. What other threads do is in no order, and in no trace.
    static RECORDER: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

impl Trace {
    /// A trace without columns. `case` names it: lower-case letters, digits and hyphens.
    pub fn new(case: &str) -> Trace {
        check_name(case).unwrap_or_else(|message| panic!("{message}"));
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
        let functions = functions.iter().map(|&name| name.to_owned()).collect();
        self.columns.push(Column { name: name.to_owned(), kind, functions });
        self.start.push(start);
        self.check_columns().unwrap_or_else(|message| panic!("{message}"));
        self
    }

    /// Runs `program` and keeps what it does.
    ///
    /// # Panics
    /// When it makes no step, or more than [`MOST_STEPS`]; when nothing of a column of code has run; when there is a trace of
    /// that name already; and as [`transfer`], [`show`] and [`show_screen`].
    pub fn run<T>(self, program: impl FnOnce() -> T) -> Trace {
        RECORDER.set(Some(Recorder::new(self)));
        program();
        let mut recorder = RECORDER.take().expect("it was set above, on this thread");
        let last = recorder.trace.steps.last().map_or(&recorder.trace.start, |step| &step.shows);
        if recorder.shows != *last || !recorder.printed.is_empty() {
            recorder.step(None, String::new());
        }
        let trace = recorder.trace;
        for (at, Column { name, kind, functions }) in trace.columns.iter().enumerate() {
            let ran = *kind == Kind::State || recorder.lines.contains_key(&at);
            assert!(
                ran,
                "nothing of the column {name:?} has run: {functions:?} needs the names of functions of the program"
            );
        }
        assert!(!trace.steps.is_empty(), "nothing was recorded: call trace::transfer where control goes over");
        trace.check().unwrap_or_else(|message| panic!("{message}"));
        if let Some(folder) = std::env::var_os(FOLDER) {
            trace.write(folder.as_ref());
        }
        trace
    }

    /// Puts it into `folder`, where tests that run at the same time put theirs.
    fn write(&self, folder: &std::path::Path) {
        let path = folder.join(format!("{}.json", self.case));
        let json = serde_json::to_vec(self).expect("numbers and texts are JSON");
        // Whether it is there already and that it is there now is one step: of two traces of one name, one is refused.
        let written = std::fs::File::create_new(&path).and_then(|mut file| file.write_all(&json));
        written.unwrap_or_else(|error| match error.kind() {
            ErrorKind::AlreadyExists => panic!("two traces are called {:?}: rename one", self.case),
            _ => panic!("{}: {error}", path.display()),
        });
    }
}

impl Recorder {
    fn step(&mut self, to: Option<usize>, value: String) {
        let Some(Place { column: from, line }) = self.here else {
            panic!("no function of a column has run yet: do their names stand in Trace::code?");
        };
        assert!(self.trace.steps.len() < MOST_STEPS, "more than {MOST_STEPS} steps: let the program do less");
        let (shows, printed) = (self.shows.clone(), std::mem::take(&mut self.printed));
        self.trace.steps.push(Step { from, line, to, value, shows, printed });
    }

    fn transfer(&mut self, to: usize, value: String) {
        // From a function that has returned to `to`: it hands over what it was asked for.
        if self.here.is_some_and(|here| here.column == to) && self.left.is_some_and(|left| left.column != to) {
            self.here = self.left;
        }
        if let Some(Place { column, line }) = self.here {
            let name = &self.trace.columns[to].name;
            assert!(
                column != to,
                "{name:?} hands something to itself in line {line}: do other columns name their functions? If they do, \
                 give each call a statement of its own"
            );
        }
        self.step(Some(to), value);
        if self.trace.columns[to].kind == Kind::Code {
            // It goes on where it was; a function of it that starts now keeps control when it returns.
            if let Some(&line) = self.lines.get(&to) {
                self.here = Some(Place { column: to, line });
            }
            self.left = None;
            self.handed = (self.under_way.get(&to).copied().unwrap_or_default() == 0).then_some(to);
        }
    }

    fn be_at(&mut self, place: Place) {
        self.here = Some(place);
        self.lines.insert(place.column, place.line);
    }

    /// The column that a function belongs to.
    fn column_of(&self, function: &str) -> Option<usize> {
        self.trace.columns.iter().position(|column| column.functions.iter().any(|name| name == function))
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
        if let Some(column) = recorder.column_of(function) {
            recorder.be_at(Place { column, line });
            (recorder.left, recorder.handed) = (None, None);
        }
    });
}

/// A hook of [`program!`]: this function starts. When it returns, control goes back to where it was, but for a function that
/// was handed control.
#[doc(hidden)]
#[must_use]
pub fn enter(function: &str) -> Entered {
    let entered = with(|recorder| {
        let column = recorder.column_of(function)?;
        *recorder.under_way.entry(column).or_default() += 1;
        let is_handed = recorder.handed.take() == Some(column);
        Some((column, recorder.here.filter(|_| !is_handed)))
    });
    Entered(entered.flatten())
}

/// A function that is under way: its column, and where control goes when it returns, if it goes anywhere.
#[doc(hidden)]
#[derive(Debug)]
pub struct Entered(Option<(usize, Option<Place>)>);

impl Drop for Entered {
    fn drop(&mut self) {
        let Some((column, back)) = self.0 else { return };
        with(|recorder| {
            if let Some(count) = recorder.under_way.get_mut(&column) {
                *count = count.saturating_sub(1);
            }
            if let Some(place) = back {
                recorder.left = recorder.here;
                recorder.be_at(place);
            }
        });
    }
}

/// Control, or `value` alone, goes from whoever has control to the column `to`, which may be one of state.
///
/// # Panics
/// When there is no column `to`, or when it has control itself.
pub fn transfer(to: &str, value: impl Into<String>) {
    // What becomes a text may be the program's own, and have hooks.
    let value = value.into();
    with(|recorder| recorder.transfer(recorder.index(to), value));
}

/// Whoever has control does something that is worth a step of its own: `value` says what.
pub fn step(value: impl Into<String>) {
    let value = value.into();
    with(|recorder| recorder.step(None, value));
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
/// As [`show`]. [`Trace::run`] panics when the cursor was further right than [`WIDEST`], and than the last line is long.
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
    // A `Display` of the program's own has hooks.
    let text = text.to_string();
    if with(|recorder| recorder.printed.push_str(&text)).is_none() {
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
        if traces.cases.is_empty() {
            return Err("it has no case".to_owned());
        }
        for (name, trace) in &mut traces.cases {
            check_name(name)?;
            trace.case.clone_from(name);
            trace.check().map_err(|message| format!("the case \"{name}\": {message}"))?;
        }
        Ok(traces)
    }
}

/// A case stands in a directive, in the page's address, and in the name of a file.
fn check_name(case: &str) -> Result<(), String> {
    let is_part = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    match !case.is_empty() && case.chars().all(is_part) {
        true => Ok(()),
        false => Err(format!("{case:?} is no name of a case: write lower-case letters, digits and hyphens")),
    }
}

impl Trace {
    /// Whether its columns can be told apart.
    fn check_columns(&self) -> Result<(), String> {
        for (at, Column { name, .. }) in self.columns.iter().enumerate() {
            if self.columns[..at].iter().any(|column| column.name == *name) {
                return Err(format!("there are two columns {name:?}: rename one"));
            }
        }
        let code = self.columns.iter().filter(|column| column.kind == Kind::Code).count();
        match code <= MOST_CODE {
            true => Ok(()),
            false => Err(format!("more than {MOST_CODE} columns of code: let several functions share a column")),
        }
    }

    /// Whether each step names columns that are there, of the right kind, and shows what a page can.
    fn check(&self) -> Result<(), String> {
        self.check_columns()?;
        self.check_shows(&self.start, "its start")?;
        let count = self.columns.len();
        for (at, step) in self.steps.iter().enumerate() {
            let at = at + 1;
            let column =
                |index: usize| self.columns.get(index).ok_or(format!("step {at} names column {index} of {count}"));
            let from = column(step.from)?;
            if from.kind == Kind::State {
                return Err(format!("step {at} gives control to \"{}\", a column of state", from.name));
            }
            if let Some(to) = step.to {
                column(to)?;
            }
            if step.to == Some(step.from) {
                return Err(format!("in step {at}, \"{}\" hands something to itself", from.name));
            }
            self.check_shows(&step.shows, &format!("step {at}"))?;
        }
        if self.steps.is_empty() { Err("it has no step".to_owned()) } else { Ok(()) }
    }

    /// Whether this is something of each column of state and nothing else, with each cursor where a screen can have it.
    fn check_shows(&self, shows: &[Option<Shown>], whose: &str) -> Result<(), String> {
        let is_whole = shows.len() == self.columns.len()
            && shows.iter().zip(&self.columns).all(|(shown, column)| shown.is_some() == (column.kind == Kind::State));
        if !is_whole {
            return Err(format!("{whose} does not show its columns"));
        }
        for Shown { text, cursor } in shows.iter().flatten() {
            let line = text.rsplit('\n').next().unwrap_or_default().chars().count();
            let most = line.max(WIDEST);
            if let Some(cursor) = cursor.filter(|cursor| *cursor > most) {
                return Err(format!("{whose} has a cursor in column {cursor}: a screen has {most} at most"));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
