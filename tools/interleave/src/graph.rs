//! The graph that a page shows: states that look the same and have the same future are one.
//!
//! # The format
//! JSON, version 1. Numbers that may be large are strings.
//!
//! ```text
//! version    1
//! tasks      [{letter, name, line}]                 line: where it is started; 0 for main
//! objects    [{name, kind, line}]                   only those that change
//! labels     [{text, line, object}]                 an operation to come; object: its number here, or -1
//! values     [[text, held by]]                      what an object holds; the letters of the tasks that hold it
//! outputs    [text]
//! outcomes   [{kind, text, why, count, fails, schedule}]
//! states     [[…changes]]                           breadth-first, so the first edge to a state comes from its parent
//! edges      [[[task, by] or [task, by, alternative] or [task, by, alternative, seen]]]  of each state: `by` is how
//!            many states further on the step leads; `seen` is what the task saw, a number in the list of that name
//! seen       [text]
//! ```
//!
//! `changes` are pairs of slot and value, against the parent's: slots count the tasks, then the objects, then the
//! output, then the end. A task's value is its label, -1 before its start, -2 after its end; an object's is a number in
//! `values`, -1 before it is made; the output's in `outputs`; the end's in `outcomes`. The first state is against
//! -1 everywhere.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::describe::{Describe, Names};
use crate::explore::Exploration;
use crate::machine::Move;
use crate::op::{ObjectId, Op, Task};
use crate::report::Outcome;
use crate::schedule::letter;
use crate::state::{Object, Phase, State, TaskState};

/// The version of the format.
pub const VERSION: u32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    pub version: u32,
    pub tasks: Vec<GraphTask>,
    pub objects: Vec<GraphObject>,
    pub labels: Vec<Label>,
    pub values: Vec<(String, String)>,
    pub outputs: Vec<String>,
    /// Left out where they stand beside the graph.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<Outcome>,
    pub states: Vec<Vec<i32>>,
    pub edges: Vec<Vec<Vec<i32>>>,
    pub seen: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphTask {
    pub letter: char,
    pub name: Option<String>,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GraphObject {
    pub name: String,
    pub kind: String,
    pub line: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Label {
    pub text: String,
    pub line: u32,
    pub object: i32,
}

impl Graph {
    /// The state that a schedule leads to, from the beginning.
    ///
    /// # Errors
    /// How many steps could be taken, where one cannot.
    pub fn follow(&self, moves: &[Move]) -> Result<usize, usize> {
        let mut state = 0;
        for (taken, next) in moves.iter().enumerate() {
            let wanted = [i32::from(next.task.0), i32::from(next.alternative)];
            let step = self.edges.get(state).into_iter().flatten().find(|step| {
                [step.first().copied(), Some(step.get(2).copied().unwrap_or_default())] == wanted.map(Some)
            });
            let by = step.and_then(|step| step.get(1)).ok_or(taken)?;
            state = state.checked_add_signed(*by as isize).ok_or(taken)?;
        }
        Ok(state)
    }
}

/// What can follow: task, alternative, class of the next state.
type Future = Vec<(u8, u8, u32)>;

const NOT_YET: i32 = -1;
const OVER: i32 = -2;

/// Numbers of things in the order of their first use.
struct Numbers<T> {
    all: Vec<T>,
    known: FxHashMap<T, i32>,
}

impl<T: Clone + Eq + std::hash::Hash> Numbers<T> {
    fn new() -> Numbers<T> {
        Numbers { all: Vec::new(), known: FxHashMap::default() }
    }

    fn of(&mut self, thing: T) -> i32 {
        if let Some(&number) = self.known.get(&thing) {
            return number;
        }
        let number = self.all.len() as i32;
        self.known.insert(thing.clone(), number);
        self.all.push(thing);
        number
    }
}

/// Builds what states look like.
struct Look<'a> {
    describe: Describe<'a>,
    /// The number on the page of each object, or -1.
    shown: Vec<i32>,
    tasks: usize,
    objects: usize,
    labels: Numbers<Label>,
    values: Numbers<(String, String)>,
    outputs: Numbers<String>,
}

impl Look<'_> {
    fn slots(&self) -> usize {
        self.tasks + self.objects + 2
    }

    fn task(&mut self, task: &TaskState) -> i32 {
        match task.phase {
            Phase::Gone if task.local == crate::op::Local::NONE => OVER,
            Phase::Finished { .. } | Phase::Gone => OVER,
            phase => {
                let life = self.describe.world.life(task.local);
                let object = life.op.object().map_or(-1, |object| self.shown[object.0 as usize]);
                let line = self.describe.names.line(self.describe.world, life);
                self.labels.of(Label { text: self.describe.next(life.op, phase), line, object })
            }
        }
    }

    fn state(&mut self, state: &State, outcome: impl Fn(u32) -> i32) -> Box<[i32]> {
        let mut look = vec![NOT_YET; self.slots()];
        for (at, task) in state.tasks.iter().enumerate().take(self.tasks) {
            look[at] = self.task(task);
        }
        for (at, object) in state.objects.iter().enumerate() {
            let shown = self.shown[at];
            if shown >= 0 && !matches!(object, Object::Absent) {
                look[self.tasks + shown as usize] = self.values.of(self.describe.value(object));
            }
        }
        let slots = self.slots();
        look[slots - 2] = self.outputs.of(self.describe.world.texts[state.output as usize].clone());
        if let Some(end) = state.end {
            look[slots - 1] = outcome(end);
        }
        look.into_boxed_slice()
    }
}

impl Graph {
    pub(crate) fn new(exploration: &Exploration, names: &Names, outcomes: Vec<Outcome>, ranks: &[i32]) -> Graph {
        let world = &exploration.world;
        let mut shown = vec![-1; world.objects.len()];
        let mut objects = Vec::new();
        for (at, object) in world.objects.iter().enumerate() {
            // A condition variable holds nothing, an `Arc` only what is shown anyway; and of the rest, what is used.
            let used = world.lives.iter().any(|life| life.op.object() == Some(ObjectId(at as u32)));
            if used && !matches!(object.kind, "condvar" | "scope" | "arc" | "stdout") {
                shown[at] = objects.len() as i32;
                objects.push(GraphObject {
                    name: names.object(ObjectId(at as u32)).to_owned(),
                    kind: object.kind.to_owned(),
                    line: world.place(object.place).line,
                });
            }
        }
        let tasks: Vec<GraphTask> = world
            .tasks
            .iter()
            .enumerate()
            .map(|(at, task)| GraphTask {
                letter: letter(Task(at as u8)),
                name: task.name.clone(),
                line: if at == 0 { 0 } else { world.place(task.place).line },
            })
            .collect();
        let mut look = Look {
            describe: Describe::new(exploration, names),
            shown,
            tasks: tasks.len(),
            objects: objects.len(),
            labels: Numbers::new(),
            values: Numbers::new(),
            outputs: Numbers::new(),
        };

        // From the ends back: equal in looks and in future is equal.
        let order = exploration.in_order();
        let mut class = vec![0u32; exploration.states.len()];
        let mut classes: FxHashMap<(Box<[i32]>, Future), u32> = FxHashMap::default();
        let mut members: Vec<(u32, Box<[i32]>)> = Vec::new();
        for &at in order.iter().rev() {
            let state = exploration.states.get(at);
            let look = look.state(&state, |end| ranks[end as usize]);
            let future =
                exploration.edges(at).iter().map(|e| (e.by.task.0, e.by.alternative, class[e.to as usize])).collect();
            let next = members.len() as u32;
            let number = *classes.entry((look.clone(), future)).or_insert(next);
            if number == next {
                members.push((at, look));
            }
            class[at as usize] = number;
        }

        // And forwards, breadth-first, to write them down.
        let mut graph = Graph {
            version: VERSION,
            tasks,
            objects,
            labels: Vec::new(),
            values: Vec::new(),
            outputs: Vec::new(),
            outcomes,
            states: Vec::new(),
            edges: Vec::new(),
            seen: Vec::new(),
        };
        let mut seen: Numbers<String> = Numbers::new();
        let mut written: BTreeMap<u32, u32> = BTreeMap::new();
        let first_class = class[0];
        written.insert(first_class, 0);
        let mut queue = vec![(first_class, None::<usize>)];
        let mut looks: Vec<Box<[i32]>> = Vec::new();
        let mut at = 0;
        while at < queue.len() {
            let (this, parent) = queue[at];
            let (member, plain) = &members[this as usize];
            let state = exploration.states.get(*member);
            let nothing = vec![NOT_YET; look.slots()];
            let before: &[i32] = parent.map_or(&nothing, |parent| &looks[parent]);
            let now = plain.clone();
            let changes = now
                .iter()
                .zip(before)
                .enumerate()
                .filter(|(_, (now, before))| now != before)
                .flat_map(|(slot, (now, _))| [slot as i32, *now])
                .collect();
            graph.states.push(changes);
            looks.push(now);
            let mut steps = Vec::new();
            for edge in exploration.edges(*member) {
                let to = class[edge.to as usize];
                let next = written.len() as u32;
                let number = *written.entry(to).or_insert(next);
                if number == next {
                    queue.push((to, Some(at)));
                }
                let mut step = vec![i32::from(edge.by.task.0), number as i32 - at as i32];
                let op = world.life(state.tasks[edge.by.task.index()].local).op;
                let value = match op {
                    Op::Load { .. } | Op::Modify { .. } if !exploration.machine.weak => None,
                    _ => look.describe.seen(&state, edge.by),
                };
                if edge.by.alternative > 0 || value.is_some() {
                    step.push(i32::from(edge.by.alternative));
                }
                if let Some(value) = value {
                    step.push(seen.of(value));
                }
                steps.push(step);
            }
            graph.edges.push(steps);
            at += 1;
        }
        graph.seen = seen.all;
        graph.labels = look.labels.all;
        graph.values = look.values.all;
        graph.outputs = look.outputs.all;
        graph
    }
}
