//! What an exploration has found, as the parent process gets it.

use std::fmt;

use num_bigint::BigUint;
use serde::{Deserialize, Serialize};

use crate::describe::{Describe, Names};
use crate::explore::{self, Exploration, Main, Options};
use crate::graph::Graph;
use crate::limits::{self, Death, Limits, Why};
use crate::machine::{Move, Problem};
use crate::op::Task;
use crate::outcome::Kind;
use crate::schedule::{self, letter};
use crate::verify;

/// A number of schedules.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub BigUint);

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl PartialEq<u64> for Count {
    fn eq(&self, other: &u64) -> bool {
        self.0 == BigUint::from(*other)
    }
}

impl Serialize for Count {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Count, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map(Count).map_err(serde::de::Error::custom)
    }
}

/// One way in which the program can end.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    pub kind: Kind,
    /// What the program prints.
    pub text: String,
    /// What went wrong, in words; empty for `ok`.
    pub why: String,
    /// On how many schedules.
    pub count: Count,
    /// Whether it is none that the program should have.
    pub fails: bool,
    /// A shortest schedule that leads to it.
    pub schedule: String,
}

/// One step of a replayed schedule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub task: char,
    pub text: String,
    pub line: u32,
    /// What is different afterwards: objects and their contents.
    pub changes: Vec<(String, String)>,
    /// What the program has printed so far.
    pub output: String,
    /// How the program ends here, if it does: a number in the report's `outcomes`.
    pub end: Option<usize>,
}

/// Everything found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub options: Options,
    pub schedules: Count,
    pub failing: Count,
    /// Those that fail last; else by count, most first.
    pub outcomes: Vec<Outcome>,
    /// States found, before those that look the same are made one.
    pub states: usize,
    pub steps: usize,
    /// How often the program itself ran to find them.
    pub runs: u64,
    /// Whether every schedule was also run one by one, and the counts agreed.
    pub enumerated: bool,
    pub graph: Graph,
    /// The schedule that was asked for, or else a shortest that fails, step by step.
    pub replay: Option<Vec<Row>>,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub what: String,
    pub file: Option<String>,
    pub line: u32,
    /// What to do about it.
    pub help: String,
    /// The schedule on which it happened, if it is one's own.
    pub schedule: Option<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}:{}: ", self.line)?;
        }
        f.write_str(&self.what)?;
        if let Some(schedule) = self.schedule.as_ref().filter(|schedule| !schedule.is_empty()) {
            write!(f, " (on schedule {schedule})")?;
        }
        if !self.help.is_empty() {
            write!(f, "\n  {}", self.help)?;
        }
        Ok(())
    }
}

impl std::error::Error for Failure {}

impl Report {
    /// The outcome of this kind and text.
    pub fn outcome(&self, kind: Kind, text: &str) -> Option<&Outcome> {
        self.outcomes.iter().find(|outcome| outcome.kind == kind && outcome.text == text)
    }

    /// How many schedules end in this way: 0 for one that is not possible.
    pub fn count(&self, kind: Kind, text: &str) -> Count {
        let all = self.outcomes.iter().filter(|outcome| outcome.kind == kind && outcome.text == text);
        Count(all.map(|outcome| &outcome.count.0).sum())
    }

    /// The ways in which it can end, each once, in the order of the outcomes.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.outcomes.iter().map(|outcome| outcome.kind).collect();
        kinds.dedup();
        kinds
    }

    /// All that it can print, sorted.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts: Vec<&str> = self.outcomes.iter().map(|outcome| &*outcome.text).collect();
        texts.sort_unstable();
        texts
    }

    /// A shortest schedule on which the program fails.
    pub fn shortest_failing(&self) -> Option<&Outcome> {
        shortest_failing(&self.outcomes)
    }
}

fn shortest_failing(outcomes: &[Outcome]) -> Option<&Outcome> {
    let length = |outcome: &&Outcome| schedule::read(&outcome.schedule).map_or(usize::MAX, |moves| moves.len());
    outcomes.iter().filter(|outcome| outcome.fails).min_by_key(length)
}

/// Explores all schedules of a program, in a child process with limits.
///
/// `main` gives what a run of it is; `good` the outputs that it should have, if not all that end well are; `replay` a
/// schedule to follow step by step; `renamed` other names for its objects.
///
/// # Errors
/// The program does what cannot be explored; the message says where, and what to do.
pub fn explore(main: Main<'_>, options: &Options, limits: Limits) -> Result<Report, Failure> {
    let work = || {
        let result = explored(main, options);
        serde_json::to_vec(&result).unwrap_or_default()
    };
    let bytes = limits::in_child(limits, work).map_err(|death| death.failure(limits))?;
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        Err(Failure {
            what: format!("what the exploring process answered cannot be read: {error}"),
            file: None,
            line: 0,
            help: String::new(),
            schedule: None,
        })
    })
}

fn explored(main: Main<'_>, options: &Options) -> Result<Report, Failure> {
    let replay = options.schedule.as_deref().map(schedule::read).transpose().map_err(|what| Failure {
        what: format!("no schedule: {what}"),
        file: None,
        line: 0,
        help: "a schedule is written like `a2b1:1a`: a task's letter, how many steps, which alternative".into(),
        schedule: None,
    })?;
    crate::run::give(&options.args, &options.input);
    let found = || -> Result<Report, Problem> {
        let mut exploration = explore::explore(main, options)?;
        let counts = exploration.counts();
        let enumerated = verify::check_counts(&mut exploration, &counts, main, options.most_enumerated)?;
        verify::check_at_random(&mut exploration, main, options.random_runs)?;
        let names = Names::new(&exploration.world, &options.names);
        let (outcomes, ranks) = outcomes(&exploration, counts, &names, options);
        let total = |fails: bool| Count(outcomes.iter().filter(|o| !fails || o.fails).map(|o| &o.count.0).sum());
        let failing = || schedule::read(&shortest_failing(&outcomes)?.schedule).ok();
        let replay = replay.or_else(failing).map(|way| replayed(&exploration, &names, &ranks, &way)).transpose()?;
        Ok(Report {
            options: options.clone(),
            schedules: total(false),
            failing: total(true),
            states: exploration.states.len(),
            steps: exploration.edge_count(),
            runs: exploration.runs,
            enumerated,
            graph: Graph::new(&exploration, &names, outcomes.clone(), &ranks),
            outcomes,
            replay,
        })
    };
    found().map_err(|problem| problem.failure())
}

/// The outcomes in their order, and the place of each in it.
fn outcomes(
    exploration: &Exploration,
    counts: Vec<BigUint>,
    names: &Names,
    options: &Options,
) -> (Vec<Outcome>, Vec<i32>) {
    let describe = Describe::new(exploration, names);
    let mut all: Vec<(usize, Outcome)> = Vec::new();
    for &(state, end) in &exploration.ends {
        // Found breadth-first: the first state with this end is a nearest.
        if all.iter().any(|(known, _)| *known == end as usize) {
            continue;
        }
        let ending = &exploration.world.endings[end as usize];
        let text = exploration.world.texts[ending.output as usize].clone();
        let bad = options.good.as_ref().is_some_and(|good| !good.contains(&text));
        all.push((
            end as usize,
            Outcome {
                kind: ending.kind,
                why: describe.why(ending),
                count: Count(counts[end as usize].clone()),
                fails: ending.kind != Kind::Ok || bad,
                schedule: schedule::write(&exploration.way_to(state)),
                text,
            },
        ));
    }
    all.sort_by(|(_, one), (_, other)| {
        let key = |outcome: &Outcome| (outcome.fails, outcome.kind);
        key(one)
            .cmp(&key(other))
            .then(other.count.cmp(&one.count))
            .then(one.text.cmp(&other.text))
            .then(one.why.cmp(&other.why))
    });
    let mut ranks = vec![-1; exploration.world.endings.len()];
    for (rank, (end, _)) in all.iter().enumerate() {
        ranks[*end] = rank as i32;
    }
    (all.into_iter().map(|(_, outcome)| outcome).collect(), ranks)
}

fn replayed(exploration: &Exploration, names: &Names, ranks: &[i32], way: &[Move]) -> Result<Vec<Row>, Problem> {
    let describe = Describe::new(exploration, names);
    let world = &exploration.world;
    let mut rows = Vec::new();
    let mut at = 0;
    for (step, &by) in way.iter().enumerate() {
        let edges = exploration.edges(at);
        let Some(edge) = edges.iter().find(|edge| edge.by == by) else {
            let can: Vec<String> = edges.iter().map(|edge| schedule::write(&[edge.by])).collect();
            let what = if can.is_empty() {
                "the program has ended there".to_owned()
            } else {
                format!("there can move: {}", can.join(", "))
            };
            return Err(Problem::NoSuchMove {
                at: step + 1,
                what: format!("{} cannot; {what}", schedule::write(&[by])),
            });
        };
        let before = exploration.states.get(at);
        let after = exploration.states.get(edge.to);
        let life = world.life(before.tasks[by.task.index()].local);
        let mut changes = Vec::new();
        for (index, object) in after.objects.iter().enumerate() {
            if before.objects.get(index) != Some(object) {
                let (text, held) = describe.value(object);
                let was = before.objects.get(index).map(|object| describe.value(object));
                if was != Some((text.clone(), held.clone())) && world.objects[index].kind != "arc" {
                    let held = if held.is_empty() { String::new() } else { format!(", held by {held}") };
                    changes.push((names.object(crate::op::ObjectId(index as u32)).to_owned(), format!("{text}{held}")));
                }
            }
        }
        rows.push(Row {
            task: letter(by.task),
            text: describe.step(&before, by),
            line: names.line(world, life),
            changes,
            output: world.texts[after.output as usize].clone(),
            end: after.end.and_then(|end| usize::try_from(ranks[end as usize]).ok()),
        });
        at = edge.to;
    }
    Ok(rows)
}

/// What to do about a program that is too large.
const FEWER: &str = "a loop that waits for another task needs `std::hint::spin_loop()` or `thread::yield_now()`, and must \
                     change nothing while it waits, as a lock made of an atomic does; else use fewer tasks, or fewer \
                     turns of the loop";

fn short(task: Task) -> String {
    letter(task).to_string()
}

impl Problem {
    fn failure(self) -> Failure {
        let (what, place, help) = match self {
            Problem::Hidden { task, before, now } => (
                format!(
                    "after the same observations `{}` came once to `{}` ({}) and once to `{}` ({}): it depends on \
                     something that interleave does not see",
                    short(task), before.0, before.1, now.0, now.1
                ),
                Some(now.1),
                "share values through std's locks, atomics, channels and cells, and derive `Debug`, by which values are told \
                 apart; a raw pointer, a `static mut`, a random number or an address cannot be followed"
                    .to_owned(),
            ),
            Problem::TooManyTasks { most, place } => (
                format!("another task is started here, and there are {most} already"),
                Some(place),
                "start fewer: a program to be explored is small".to_owned(),
            ),
            Problem::TooManyStates { most, busiest } => (
                format!("there are more than {most} states; the tasks are most often here"),
                Some(busiest),
                FEWER.to_owned(),
            ),
            Problem::Refused { what, place } => (what, Some(place), String::new()),
            Problem::NoSuchMove { at, what } => {
                (format!("step {at} of the schedule is not possible: {what}"), None, String::new())
            }
            Problem::Unsound { what } => (
                what,
                None,
                "share values through std's locks, atomics, channels and cells, so that they are seen".to_owned(),
            ),
        };
        Failure {
            what,
            line: place.as_ref().map_or(0, |place| place.line),
            file: place.map(|place| place.file),
            help,
            schedule: None,
        }
    }
}

impl Death {
    fn failure(self, limits: Limits) -> Failure {
        let by = short(self.task);
        let what = match self.why {
            Why::Silence => format!(
                "`{by}` came to no further operation in {} s of processor time after this line: an endless loop without \
                 a step",
                limits.silence
            ),
            Why::Processor => format!(
                "the exploration was not done after {} s of processor time; `{by}` had last passed this line",
                limits.processor
            ),
            Why::Memory(asked) => format!(
                "after this line `{by}` asked for {asked} bytes of memory; an exploration may use {} MB",
                limits.memory >> 20
            ),
            Why::Abort => format!("the program aborted after `{by}` passed this line: it panicked while it panicked"),
            Why::Destructor => format!(
                "the program aborted after `{by}` passed this line: a panic in the destructor of what is thread-local, \
                 or of a result that nobody joined"
            ),
            Why::Fault => format!("the program crashed after `{by}` passed this line: its stack overflowed, or worse"),
            Why::Other(code) => format!("the exploring process ended with {code} after `{by}` passed this line"),
        };
        Failure {
            what,
            line: self.after.as_ref().map_or(0, |place| place.line),
            file: self.after.map(|place| place.file),
            help: if self.why == Why::Processor { FEWER.to_owned() } else { String::new() },
            schedule: Some(self.schedule),
        }
    }
}
