//! All schedules at once: every state that the program can reach, and how many schedules lead to each end.
//!
//! The states are found breadth-first, so the first way to a state is a shortest. A step is worked out from what is
//! known of each task; only where that is not enough does the program itself run, once, from its start along the way
//! to that state and on to an end.

use std::collections::BTreeMap;

use hashbrown::HashTable;
use num_bigint::BigUint;
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use std::hash::{BuildHasher, Hash};

use crate::limits;
use crate::machine::{ENDS, Known, Machine, Move, Output, Problem, RESULTS, Stop};
use crate::op::{Local, Task};
use crate::run::{Body, Run};
use crate::state::{Object, State, TaskState};
use crate::world::World;

/// How to explore.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// Loads may see older stores, as far as their orderings allow.
    pub weak: bool,
    /// How many waits of a schedule may wake without cause.
    pub spurious: u8,
    pub output: Output,
    /// How many operations one task may make, silent ones included. More is an outcome of its own.
    pub most_steps: u32,
    /// How often a task may come back to the same `spin_loop` or `yield_now` with nothing changed before it waits for a
    /// change. A loop that gives up after so many turns, and one, is tried in every way.
    pub most_turns: u8,
    /// How many states may be found. More is an error.
    pub most_states: usize,
    /// How many schedules to enumerate one by one at most, to check the counts.
    pub most_enumerated: u64,
    /// How many schedules to try at random, to check the states.
    pub random_runs: u32,
    /// The program's arguments, without its name.
    pub args: Vec<String>,
    /// What stands on its standard input.
    pub input: String,
    /// The outputs that are right; without them every end that is `ok` is.
    pub good: Option<Vec<String>>,
    /// Other names for objects.
    pub names: BTreeMap<String, String>,
    /// A schedule to follow step by step.
    pub schedule: Option<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            weak: false,
            spurious: 0,
            output: Output::Ordered,
            most_steps: 2_000,
            most_turns: 2,
            most_states: 4_000_000,
            most_enumerated: 100_000,
            random_runs: 2_000,
            args: Vec::new(),
            input: String::new(),
            good: None,
            names: BTreeMap::new(),
            schedule: None,
        }
    }
}

impl Options {
    /// For a program that is given these arguments.
    pub fn with_args<A: ToString>(args: impl IntoIterator<Item = A>) -> Options {
        Options { args: args.into_iter().map(|arg| arg.to_string()).collect(), ..Options::default() }
    }
}

/// A program that can be run any number of times: each call gives what one run of `main` is.
pub type Main<'a> = &'a dyn Fn() -> Body;

/// Equal states have equal numbers, and so have equal tasks and equal objects.
#[derive(Default)]
pub(crate) struct States {
    tasks: Table<TaskState>,
    objects: Table<Object>,
    rests: Table<State>,
    packed: Table<Box<[u32]>>,
}

struct Table<T> {
    all: Vec<T>,
    numbers: HashTable<u32>,
}

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table { all: Vec::new(), numbers: HashTable::new() }
    }
}

fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    FxBuildHasher.hash_one(value)
}

impl<T: Hash + Eq> Table<T> {
    fn number(&mut self, value: T) -> (u32, bool) {
        let entry =
            self.numbers.entry(hash(&value), |&at| self.all[at as usize] == value, |&at| hash(&self.all[at as usize]));
        match entry {
            hashbrown::hash_table::Entry::Occupied(known) => (*known.get(), false),
            hashbrown::hash_table::Entry::Vacant(place) => {
                let next = self.all.len() as u32;
                place.insert(next);
                self.all.push(value);
                (next, true)
            }
        }
    }

    fn find(&self, value: &T) -> Option<u32> {
        self.numbers.find(hash(value), |&at| self.all[at as usize] == *value).copied()
    }
}

impl States {
    pub(crate) fn len(&self) -> usize {
        self.packed.all.len()
    }

    fn pack(&mut self, mut state: State) -> Box<[u32]> {
        let tasks = std::mem::take(&mut state.tasks);
        let mut objects = std::mem::take(&mut state.objects);
        while matches!(objects.last(), Some(Object::Absent)) {
            objects.pop();
        }
        let mut packed = Vec::with_capacity(2 + tasks.len() + objects.len());
        packed.push(self.rests.number(state).0);
        packed.push(tasks.len() as u32);
        packed.extend(tasks.into_iter().map(|task| self.tasks.number(task).0));
        packed.extend(objects.into_iter().map(|object| self.objects.number(object).0));
        packed.into_boxed_slice()
    }

    /// The number of a state, and whether it is new.
    fn number(&mut self, state: State) -> (u32, bool) {
        let packed = self.pack(state);
        self.packed.number(packed)
    }

    pub(crate) fn find(&mut self, state: State) -> Option<u32> {
        let packed = self.pack(state);
        self.packed.find(&packed)
    }

    pub(crate) fn get(&self, number: u32) -> State {
        let packed = &self.packed.all[number as usize];
        let (tasks, objects) = packed[2..].split_at(packed[1] as usize);
        State {
            tasks: tasks.iter().map(|&task| self.tasks.all[task as usize].clone()).collect(),
            objects: objects.iter().map(|&object| self.objects.all[object as usize].clone()).collect(),
            ..self.rests.all[packed[0] as usize].clone()
        }
    }
}

/// A way from one state to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Edge {
    pub(crate) by: Move,
    pub(crate) to: u32,
}

/// Every state, and every step between them.
pub(crate) struct Exploration {
    pub(crate) world: World,
    pub(crate) machine: Machine,
    pub(crate) states: States,
    /// The steps out of each state.
    edges: Vec<Edge>,
    first_edge: Vec<u32>,
    /// The step by which each state was found.
    found: Vec<(u32, Move)>,
    /// The ends: state, outcome.
    pub(crate) ends: Vec<(u32, u32)>,
    pub(crate) watched: FxHashSet<&'static str>,
    /// How often the program itself ran.
    pub(crate) runs: u64,
}

/// Explores all schedules of `main`.
///
/// # Errors
/// The program does what cannot be modelled, or is too large.
pub(crate) fn explore(main: Main<'_>, options: &Options) -> Result<Exploration, Problem> {
    let mut watched = FxHashSet::default();
    loop {
        let exploration = Exploration {
            world: World::new(options.weak),
            machine: Machine {
                weak: options.weak,
                spurious: options.spurious,
                output: options.output,
                most_steps: options.most_steps,
                most_turns: options.most_turns,
                leaving_is_a_step: watched.contains(ENDS) || watched.contains(RESULTS),
                detaching_is_a_step: watched.contains(RESULTS),
            },
            states: States::default(),
            edges: Vec::new(),
            first_edge: Vec::new(),
            found: Vec::new(),
            ends: Vec::new(),
            watched: watched.clone(),
            runs: 0,
        };
        match exploration.explored(main, options) {
            Ok(done) => return Ok(done),
            Err(Stop::Watch(name)) if watched.insert(name) => {}
            Err(Stop::Problem(problem)) => return Err(problem),
            Err(stop) => unreachable!("{stop:?} leads nowhere"),
        }
    }
}

impl Exploration {
    fn explored(mut self, main: Main<'_>, options: &Options) -> Result<Exploration, Stop> {
        let first = self.run_along(main, &[])?;
        self.states.number(first);
        self.found.push((0, Move { task: Task::MAIN, alternative: 0 }));

        let mut at = 0;
        while at < self.states.len() {
            let number = at as u32;
            at += 1;
            self.first_edge.push(self.edges.len() as u32);
            let state = self.states.get(number);
            if let Some(outcome) = state.end {
                self.ends.push((number, outcome));
                continue;
            }
            for by in self.machine.moves(&self.world, &state) {
                let next = self.step(main, number, &state, by)?;
                let (to, new) = self.states.number(next);
                if new {
                    self.found.push((number, by));
                }
                self.edges.push(Edge { by, to });
            }
            if self.states.len() > options.most_states {
                return Err(self.too_many(options.most_states).into());
            }
        }
        self.first_edge.push(self.edges.len() as u32);
        Ok(self)
    }

    /// The state after a step; the program runs if it is not known.
    fn step(&mut self, main: Main<'_>, from: u32, state: &State, by: Move) -> Result<State, Stop> {
        let mut next = state.clone();
        match self.machine.advance(&mut self.world, &mut Known, &mut next, by) {
            Ok(()) => return Ok(next),
            Err(Stop::Unknown) => {}
            Err(stop) => return Err(stop),
        }
        let mut way = self.way_to(from);
        way.push(by);
        self.run_along(main, &way)
    }

    /// Runs the program along `way`, and then on to an end, so that what it does there is known too. The state at the end
    /// of `way`.
    fn run_along(&mut self, main: Main<'_>, way: &[Move]) -> Result<State, Stop> {
        self.runs += 1;
        limits::schedule(way);
        let Exploration { world, machine, watched, .. } = self;
        let (mut run, local) = Run::start(world, watched, main())?;
        let mut state = machine.begin(world, &mut run, local)?;
        for &by in way {
            machine.advance(world, &mut run, &mut state, by)?;
        }
        let reached = state.clone();
        // The walk from here on takes whoever has moved least, so that all tasks get on.
        let mut moved: FxHashMap<Task, u32> = FxHashMap::default();
        while let Some(by) = machine
            .moves(world, &state)
            .into_iter()
            .min_by_key(|by| (moved.get(&by.task).copied().unwrap_or(0), by.task, by.alternative))
        {
            *moved.entry(by.task).or_default() += 1;
            limits::step(by);
            machine.advance(world, &mut run, &mut state, by)?;
        }
        Ok(reached)
    }

    /// A shortest schedule to a state.
    pub(crate) fn way_to(&self, state: u32) -> Vec<Move> {
        let mut way = Vec::new();
        let mut at = state;
        while at != 0 {
            let (from, by) = self.found[at as usize];
            way.push(by);
            at = from;
        }
        way.reverse();
        way
    }

    pub(crate) fn edges(&self, state: u32) -> &[Edge] {
        &self.edges[self.first_edge[state as usize] as usize..self.first_edge[state as usize + 1] as usize]
    }

    pub(crate) fn edge_count(&self) -> usize {
        self.edges.len()
    }

    fn too_many(&self, most: usize) -> Problem {
        // Where the tasks have been most often: a loop without end stands there.
        let mut visits: FxHashMap<_, u32> = FxHashMap::default();
        for life in &self.world.lives {
            *visits.entry(life.place).or_default() += 1;
        }
        let busiest = visits.into_iter().max_by_key(|&(place, count)| (count, place)).map(|(place, _)| place);
        let busiest = busiest.map_or_else(|| self.world.places[0].clone(), |place| self.world.place(place).clone());
        Problem::TooManyStates { most, busiest }
    }

    /// How many schedules lead to each outcome.
    pub(crate) fn counts(&self) -> Vec<BigUint> {
        let small: Option<Vec<u128>> = self.paths(
            |a, b: &u128| {
                *a = a.checked_add(*b)?;
                Some(())
            },
            1,
        );
        let paths: Vec<BigUint> = match small {
            Some(paths) => paths.into_iter().map(BigUint::from).collect(),
            None => self
                .paths(
                    |a: &mut BigUint, b| {
                        *a += b;
                        Some(())
                    },
                    BigUint::from(1u8),
                )
                .unwrap_or_default(),
        };
        let mut counts = vec![BigUint::ZERO; self.world.endings.len()];
        for &(state, outcome) in &self.ends {
            counts[outcome as usize] += &paths[state as usize];
        }
        counts
    }

    /// In how many ways each state can be reached. `None` where a number does not fit.
    fn paths<N: Clone + Default>(&self, add: impl Fn(&mut N, &N) -> Option<()>, one: N) -> Option<Vec<N>> {
        let mut paths = vec![N::default(); self.states.len()];
        paths[0] = one;
        for state in self.in_order() {
            let here = paths[state as usize].clone();
            for edge in self.edges(state) {
                add(&mut paths[edge.to as usize], &here)?;
            }
        }
        Some(paths)
    }

    /// The states, each after all that lead to it. (A step makes some task's past longer, so there are no circles.)
    pub(crate) fn in_order(&self) -> Vec<u32> {
        let mut missing = vec![0u32; self.states.len()];
        for edge in &self.edges {
            missing[edge.to as usize] += 1;
        }
        let mut order = vec![0];
        let mut at = 0;
        while at < order.len() {
            for edge in self.edges(order[at]) {
                missing[edge.to as usize] -= 1;
                if missing[edge.to as usize] == 0 {
                    order.push(edge.to);
                }
            }
            at += 1;
        }
        order
    }

    /// A fresh run of the program, at its first state.
    pub(crate) fn fresh_run<'a>(
        world: &mut World,
        machine: &Machine,
        watched: &'a FxHashSet<&'static str>,
        main: Main<'_>,
    ) -> Result<(Run<'a>, State), Stop> {
        limits::schedule(&[]);
        let (mut run, local): (Run<'a>, Local) = Run::start(world, watched, main())?;
        let state = machine.begin(world, &mut run, local)?;
        Ok((run, state))
    }
}
