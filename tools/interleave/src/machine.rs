//! The rules: which operations can come next, and what each does. Nothing here runs the program.
//!
//! ```text
//! Machine
//! ├─ begin(local) ──────── the first state
//! ├─ moves(state) ──────── who can move: a task, and which of its alternatives
//! └─ advance(state, move) ─ do it, then everything silent that follows from it
//! ```
//!
//! A *move* is a visible operation: a point of choice, and a step that counts. Silent operations (spawning, joining,
//! ending, an unshared handle's drop) are done at once, as soon as they can be.
//!
//! `advance` asks a [`Program`] what a task does after a reply. Two kinds answer: the table of what is known, which
//! may not know, and a run of the program itself.

use crate::memory::{Store, View, Views};
use crate::op::*;
use crate::outcome::{Ending, Kind, Stuck};
use crate::state::{Change, Message, Object, OnceState, Phase, State, TaskState};
use crate::world::{Life, SourcePlace, World};

/// One choice: this task does its next operation, in this way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Move {
    pub task: Task,
    /// 0 for the ordinary way. A load of weak memory: how many stores back it reads. `notify_one`: which waiter. A wait
    /// that ends by its deadline: [`TIMEOUT`]; one that ends without cause: [`SPURIOUS`].
    pub alternative: u8,
}

/// The alternative of a wait that ends because its time is over.
pub const TIMEOUT: u8 = 1;
/// The alternative of a wait, or a weak compare-exchange, that fails without cause.
pub const SPURIOUS: u8 = 2;
/// Where nobody can move but by waking without cause: the alternative that nobody does. Who spins looks again; if there is no
/// such task, it is a deadlock.
pub const STUCK: u8 = 3;

/// Why exploring cannot go on. Each says where, and what to do.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Problem {
    /// After the same observations the task did something else than before.
    Hidden {
        task: Task,
        before: (&'static str, SourcePlace),
        now: (&'static str, SourcePlace),
    },
    TooManyTasks {
        most: usize,
        place: SourcePlace,
    },
    TooManyStates {
        most: usize,
        busiest: SourcePlace,
    },
    /// What the program did cannot be modelled.
    Refused {
        what: String,
        place: SourcePlace,
    },
    /// A schedule to replay that does not fit the program.
    NoSuchMove {
        at: usize,
        what: String,
    },
    /// A check of the exploration itself failed.
    Unsound {
        what: String,
    },
}

/// Why a step was not done.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Stop {
    /// Nobody knows yet what the task does next: run the program.
    Unknown,
    /// A silent drop turned out to matter: explore again with it as a step.
    Watch(&'static str),
    Problem(Problem),
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Stop {
        Stop::Problem(problem)
    }
}

/// Tells what a task does next.
pub(crate) trait Program {
    /// The node that `reply` to the operation at `local` leads to.
    fn next(&mut self, world: &mut World, task: Task, local: Local, reply: Reply) -> Result<Local, Stop>;
}

/// The table of what is known.
pub(crate) struct Known;

impl Program for Known {
    fn next(&mut self, world: &mut World, _: Task, local: Local, reply: Reply) -> Result<Local, Stop> {
        world.branch(local, reply).ok_or(Stop::Unknown)
    }
}

/// What of the output tells outcomes apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Output {
    /// Every byte, in its order.
    #[default]
    Ordered,
    /// Its lines, in any order: the program's tasks print independently of each other.
    Lines,
    /// Nothing: only how the program ends.
    Ignored,
}

#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) weak: bool,
    pub(crate) spurious: u8,
    pub(crate) output: Output,
    pub(crate) most_steps: u32,
    /// How often a task may come back to where it spins, though nothing has changed, before it waits for a change.
    pub(crate) most_turns: u8,
    /// Whether it is a step that a task leaves its result, because something asks whether it has, or who drops it matters.
    pub(crate) leaving_is_a_step: bool,
    /// Whether to let a task's handle go is a step too, because who drops the result matters.
    pub(crate) detaching_is_a_step: bool,
}

/// How many stores of an atomic a load may choose from: alternatives are small numbers.
const MOST_STORES: u32 = 100;

/// What is watched when `is_finished` is asked.
pub(crate) const ENDS: &str = "the end of a task";
/// What is watched when the drop of a result that nobody has joined takes a step.
pub const RESULTS: &str = "the result of a task";

impl Machine {
    pub(crate) fn begin(&self, world: &mut World, program: &mut dyn Program, main: Local) -> Result<State, Stop> {
        let mut state = State { spurious: self.spurious, ..State::default() };
        state.tasks.push(TaskState::new(main));
        Step { machine: self, world, program, state: &mut state }.arrive(Task::MAIN, main);
        let mut step = Step { machine: self, world, program, state: &mut state };
        step.settle()?;
        Ok(state)
    }

    pub(crate) fn advance(
        &self,
        world: &mut World,
        program: &mut dyn Program,
        state: &mut State,
        chosen: Move,
    ) -> Result<(), Stop> {
        let mut step = Step { machine: self, world, program, state };
        step.act(chosen)?;
        step.settle()?;
        if self.weak && state.end.is_none() {
            state.forget_old_stores();
        }
        Ok(())
    }

    /// All that can happen next, by task and alternative. None: the state is an end, or nobody can move.
    pub(crate) fn moves(&self, world: &World, state: &State) -> Vec<Move> {
        let mut moves = Vec::new();
        if state.end.is_some() {
            return moves;
        }
        let deadline = |task: &TaskState| task.deadline.filter(|_| !has_what_it_waits_for(world, state, task));
        let first_deadline = state.tasks.iter().filter_map(deadline).min();
        for (index, task) in state.tasks.iter().enumerate() {
            if !task.alive() {
                continue;
            }
            let id = Task(index as u8);
            self.ways(world, state, id, first_deadline, &mut |alternative| moves.push(Move { task: id, alternative }));
        }
        // To wake without cause is never certain.
        if let Some(&Move { task, .. }) = moves.last()
            && moves.iter().all(|by| by.alternative == SPURIOUS && self.waits(world, state, by.task))
        {
            moves.push(Move { task, alternative: STUCK });
        }
        moves
    }

    /// Whether the next operation of a task, or the one that it is in, can wake without cause.
    fn waits(&self, world: &World, state: &State, task: Task) -> bool {
        let op = world.life(state.tasks[task.index()].local).op;
        matches!(op, Op::Wait { .. } | Op::FutexWait { .. } | Op::Park { .. })
    }

    /// The alternatives of the next operation of `id`.
    fn ways(&self, world: &World, state: &State, id: Task, first: Option<u64>, way: &mut dyn FnMut(u8)) {
        let task = &state.tasks[id.index()];
        let op = world.life(task.local).op;
        let due = task.deadline.is_some() && task.deadline == first;
        match task.phase {
            Phase::At => {}
            Phase::Waiting => {
                match op {
                    _ if has_what_it_waits_for(world, state, task) => return way(0),
                    Op::Sleep { .. } if due => way(0),
                    _ if due => way(TIMEOUT),
                    _ => {}
                }
                if self.waits(world, state, id) && state.spurious > 0 {
                    way(SPURIOUS);
                }
                return;
            }
            Phase::Notified { .. } => {
                if let Op::Wait { lock, .. } = op
                    && free(world, state, lock)
                {
                    way(0);
                }
                return;
            }
            Phase::Served { .. } => return way(0),
            Phase::Spinning | Phase::Finished { .. } | Phase::Gone => return,
        }
        // A future waits for its turn on the executor.
        if task.future && !matches!(op, Op::Await { .. }) && state.running.is_some_and(|running| running != id) {
            return;
        }
        let object = op.object().map(|object| look(world, state, object));
        match (op, object) {
            (Op::Lock { patience: Patience::Try, .. }, _) => way(0),
            (Op::Lock { object, .. }, _) => {
                if free(world, state, object) {
                    way(0);
                }
            }
            (Op::Read { patience, .. }, Some(Object::RwLock { writer, .. })) => {
                if patience == Patience::Try || writer.is_none() {
                    way(0);
                }
            }
            (Op::Write { patience, .. }, Some(Object::RwLock { writer, readers, .. })) => {
                if patience == Patience::Try || (writer.is_none() && readers.is_empty()) {
                    way(0);
                }
            }
            (Op::OnceBegin { .. } | Op::OnceSet { .. }, Some(Object::Once { state, .. })) => {
                if !matches!(state, OnceState::Running(_)) {
                    way(0);
                }
            }
            (Op::OnceWait { force, .. }, Some(Object::Once { state, .. })) => {
                if *state == OnceState::Done || (*state == OnceState::Poisoned && !force) {
                    way(0);
                }
            }
            (Op::Join { task }, _) => {
                if !state.tasks[task.index()].alive() {
                    way(0);
                }
            }
            (Op::JoinScope { scope }, _) => {
                if in_scope(state, scope).next().is_none() {
                    way(0);
                }
            }
            (Op::Park { patience }, _) => {
                // A wait with an end begins with a step of its own: time may have passed before.
                if task.token || matches!(patience, Patience::Until(_)) {
                    way(0);
                }
                if state.spurious > 0 && !task.token {
                    way(SPURIOUS);
                }
            }
            (Op::Await { .. }, _) => {
                if task.token && state.running.is_none() && !waits_for_change(world, task, self.most_turns) {
                    way(0);
                }
            }
            (Op::Send { patience, .. }, Some(Object::Channel { capacity, queue, receiver, .. })) => match capacity {
                Some(0) if patience == Patience::Try => {
                    way(0);
                    // Whoever is about to receive may be there already, or not yet.
                    if *receiver && queue.is_empty() && receiving(world, state, op.object()) {
                        way(1);
                    }
                }
                Some(room) if *room > 0 && queue.len() >= *room as usize && *receiver => {
                    if patience == Patience::Try {
                        way(0);
                    }
                }
                _ => way(0),
            },
            (Op::Receive { patience, .. }, Some(Object::Channel { queue, senders, .. })) => {
                if !queue.is_empty() || *senders == 0 || patience != Patience::Forever {
                    way(0);
                }
            }
            (Op::Load { object, order }, Some(Object::Atomic { stores, .. })) => {
                let newest = stores.len() as u32 - 1;
                let readable = if self.weak { state.readable(id, object, order, newest) } else { 1 };
                (0..readable).for_each(|back| way(back as u8));
            }
            (
                Op::Modify { modify: Modify::CompareExchange { expected, failure, weak, .. }, object, .. },
                Some(Object::Atomic { stores, .. }),
            ) => {
                way(0);
                if weak && state.spurious > 0 && stores.last().is_some_and(|store| store.value == expected) {
                    way(SPURIOUS);
                }
                // A failing one is a load, which may see an older store, if that differs from the expected value or it
                // fails without cause.
                if self.weak {
                    let newest = stores.len() as u32 - 1;
                    for back in 1..state.readable(id, object, failure, newest) {
                        if stores[(newest - back) as usize].value != expected || (weak && state.spurious > 0) {
                            way(back as u8 + SPURIOUS);
                        }
                    }
                }
            }
            (Op::Notify { all: false, .. } | Op::FutexWake { all: false, .. }, _) => {
                let waiting = waiters(world, state, op.object()).count().max(1);
                (0..waiting).for_each(|which| way(which as u8));
            }
            (Op::Print { error: false, .. }, _) => {
                if let Object::Mutex { owner, .. } = look(world, state, ObjectId::STDOUT)
                    && owner.is_none_or(|owner| owner == id)
                {
                    way(0);
                }
            }
            _ => way(0),
        }
    }
}

fn look<'a>(world: &'a World, state: &'a State, object: ObjectId) -> &'a Object {
    state.object(object).unwrap_or_else(|| &world.objects[object.0 as usize].initially)
}

/// Whether a task in a wait has a token or a message already, or hears that none will come: it goes on at any time, and no
/// longer for its deadline.
fn has_what_it_waits_for(world: &World, state: &State, task: &TaskState) -> bool {
    if task.phase != Phase::Waiting {
        return false;
    }
    let op = world.life(task.local).op;
    match (op, op.object().map(|object| look(world, state, object))) {
        (Op::Park { .. }, _) => task.token,
        (Op::Receive { .. }, Some(Object::Channel { queue, senders, .. })) => !queue.is_empty() || *senders == 0,
        _ => false,
    }
}

/// Whether it is a future that has yielded, come back to the same place often enough, and nothing has changed.
fn waits_for_change(world: &World, task: &TaskState, most_turns: u8) -> bool {
    if !task.alive() {
        return false;
    }
    let life = world.life(task.local);
    let back = task.turns.iter().any(|&(place, turns)| place == life.place && turns >= most_turns);
    life.op == (Op::Await { yields: true }) && task.token && back && !world.in_a_row(task.local)
}

fn free(world: &World, state: &State, lock: ObjectId) -> bool {
    matches!(look(world, state, lock), Object::Mutex { owner: None, .. })
}

/// The tasks that a scope waits for. As in std it is over when all results are let go: a handle that is forgotten keeps it.
fn in_scope(state: &State, scope: ObjectId) -> impl Iterator<Item = Task> {
    state.tasks.iter().enumerate().filter_map(move |(index, task)| {
        let keeps = task.scope == Some(scope) && (task.alive() || !task.detached);
        keeps.then_some(Task(index as u8))
    })
}

/// The tasks in a wait on this condition variable or atomic, in their order.
fn waiters(world: &World, state: &State, object: Option<ObjectId>) -> impl Iterator<Item = Task> {
    state.tasks.iter().enumerate().filter_map(move |(index, task)| {
        let waits = task.phase == Phase::Waiting && world.life(task.local).op.object() == object;
        waits.then_some(Task(index as u8))
    })
}

/// Whether a task's next operation is to receive from this channel.
fn receiving(world: &World, state: &State, channel: Option<ObjectId>) -> bool {
    state.tasks.iter().any(|task| {
        let op = task.alive().then(|| world.life(task.local).op);
        matches!(op, Some(Op::Receive { patience: Patience::Until(_) | Patience::Forever, .. }))
            && op.and_then(Op::object) == channel
    })
}

/// What others could see before an operation.
struct Before {
    objects: Vec<Object>,
    tasks: Vec<Seen>,
    clock: u64,
}

/// What others see of a task: that it has not ended, or left its result; that it is unparked, or woken; that it waits to be
/// notified.
type Seen = (bool, bool, bool);

impl Before {
    fn new(world: &World, state: &State) -> Before {
        let tasks = state.tasks.iter().map(|task| Before::of(world, task)).collect();
        Before { objects: state.objects.clone(), tasks, clock: state.clock }
    }

    fn of(world: &World, task: &TaskState) -> Seen {
        let waits = || {
            task.phase == Phase::Waiting && matches!(world.life(task.local).op, Op::Wait { .. } | Op::FutexWait { .. })
        };
        (task.alive() && !task.left, task.token, waits())
    }
}

/// One step being done.
struct Step<'a> {
    machine: &'a Machine,
    world: &'a mut World,
    program: &'a mut dyn Program,
    state: &'a mut State,
}

impl Step<'_> {
    fn op(&self, task: Task) -> Op {
        self.world.life(self.state.tasks[task.index()].local).op
    }

    fn place(&self, task: Task) -> Place {
        self.world.life(self.state.tasks[task.index()].local).place
    }

    /// The object, made what it is at the beginning if this schedule has not touched it yet.
    fn object(&mut self, id: ObjectId) -> &mut Object {
        let index = id.0 as usize;
        if self.state.objects.len() <= index {
            self.state.objects.resize(index + 1, Object::Absent);
        }
        if matches!(self.state.objects[index], Object::Absent) {
            self.state.objects[index] = self.world.objects[index].initially.clone();
        }
        &mut self.state.objects[index]
    }

    /// The task has come to its next operation.
    fn arrive(&mut self, id: Task, local: Local) {
        for index in 0..self.world.life(local).made.len() {
            let (object, made) = self.world.life(local).made[index].clone();
            *self.object(object) = made;
        }
        let op = self.world.life(local).op;
        let task = self.state.task(id);
        task.local = local;
        task.phase = Phase::At;
        task.deadline = None;
        if task.future && matches!(op, Op::Await { .. } | Op::Finish { .. }) && self.state.running == Some(id) {
            self.state.running = None;
            if self.machine.weak {
                // The next future runs on the same thread.
                let seen = self.state.view(id);
                for index in 0..self.state.tasks.len() {
                    if self.state.tasks[index].future && self.state.tasks[index].alive() {
                        self.state.synchronize(Task(index as u8), &seen);
                    }
                }
            }
        }
        if self.world.life(local).depth > self.machine.most_steps {
            self.end(Ending::new(Kind::Bound, self.state.output).at(id, self.place(id)));
        }
    }

    fn complete(&mut self, task: Task, reply: Reply) -> Result<(), Stop> {
        let local = self.state.tasks[task.index()].local;
        let next = self.program.next(self.world, task, local, reply)?;
        if self.world.life(next).depth > self.machine.most_steps
            && let Some(place) = self.world.clock_in_loop(next)
        {
            let what = "this loop looks at the clock until time has passed, which it does only where a task sleeps or \
                        waits with a time limit: do so in the loop";
            return Err(Problem::Refused { what: what.into(), place: self.world.place(place).clone() }.into());
        }
        self.arrive(task, next);
        Ok(())
    }

    fn end(&mut self, ending: Ending) {
        self.state.end = Some(self.world.outcome(ending));
    }

    /// A task that has spun or yielded begins to count its turns anew where something has changed since: what it has seen may
    /// not be so any more, and what it does is more than to look.
    fn note_changes(&mut self, by: Task, before: &Before) {
        let mut contents = false;
        let mut held = Vec::new();
        for (index, object) in self.state.objects.iter().enumerate() {
            let was = before.objects.get(index).filter(|object| !matches!(object, Object::Absent));
            match object.change(was.unwrap_or(&self.world.objects[index].initially)) {
                Change::Nothing => {}
                Change::Holders => held.push(ObjectId(index as u32)),
                Change::Contents => contents = true,
            }
        }
        let differs = |index: usize| {
            Before::of(self.world, &self.state.tasks[index]) != before.tasks.get(index).copied().unwrap_or_default()
        };
        let mut tasks = 0..self.state.tasks.len();
        let gets_on = contents || tasks.any(|index| index != by.index() && differs(index));
        // That a future is ready again after it has yielded is nothing that others see.
        let of_itself = !self.state.tasks[by.index()].future && differs(by.index());
        let for_others = gets_on || of_itself || self.state.clock != before.clock;
        for index in 0..self.state.tasks.len() {
            let task = &self.state.tasks[index];
            if task.turns.is_empty() {
                continue;
            }
            let asked = |object: &ObjectId| {
                let tells =
                    |(life, reply): (&Life, Reply)| life.op.object() == Some(*object) && life.op.tells_holders(reply);
                self.world.past(task.local).any(tells)
            };
            let sees = if index == by.index() { gets_on } else { for_others || held.iter().any(asked) };
            if sees {
                let task = &mut self.state.tasks[index];
                task.turns.clear();
                if task.phase == Phase::Spinning {
                    task.phase = Phase::Served { flag: 0 };
                }
            }
        }
    }

    /// The task does more than to look: when it yields again, it begins to count anew.
    fn gets_on(&mut self, task: Task) {
        self.state.task(task).turns.clear();
    }

    /// Does everything that follows without a choice.
    fn settle(&mut self) -> Result<(), Stop> {
        loop {
            let mut moved = false;
            let mut index = 0;
            while index < self.state.tasks.len() && self.state.end.is_none() {
                let id = Task(index as u8);
                while self.state.end.is_none() && self.state.tasks[index].alive() && self.silent(id) {
                    self.act(Move { task: id, alternative: 0 })?;
                    moved = true;
                }
                index += 1;
            }
            if self.state.end.is_some() {
                return Ok(());
            }
            if moved {
                continue;
            }
            self.watch_drops()?;
            if !self.machine.moves(self.world, self.state).is_empty() {
                return Ok(());
            }
            if !self.let_a_spinner_go() {
                self.give_up();
                return Ok(());
            }
        }
    }

    /// A step in a destructor that runs because a drop, silently, was the last: when that drop happens matters, so it
    /// must be a step. But not where all other tasks are joined: they could not but let go before.
    fn watch_drops(&self) -> Result<(), Stop> {
        for (index, task) in self.state.tasks.iter().enumerate().filter(|(_, task)| task.alive()) {
            if let Some(name) = self.world.life(task.local).dropping
                && !self.all_joined(Task(index as u8))
            {
                return Err(Stop::Watch(name));
            }
        }
        Ok(())
    }

    /// Nobody can move: one that spins looks once more. False when there is none.
    ///
    /// It is the one that has done least, so that they take turns. Nothing changes by a look, so their order is no choice; one
    /// that gives up after so many looks does so, and one that never does is cut off in the end.
    fn let_a_spinner_go(&mut self) -> bool {
        let most = self.machine.most_turns;
        let spins = |task: &&TaskState| {
            let yields = self.state.running.is_none() && waits_for_change(self.world, task, most);
            yields || task.phase == Phase::Spinning
        };
        let least = |(_, task): &(usize, &TaskState)| self.world.life(task.local).depth;
        let tasks = self.state.tasks.iter().enumerate().filter(|(_, task)| spins(task));
        let Some((index, _)) = tasks.min_by_key(least) else { return false };
        let task = &mut self.state.tasks[index];
        if task.phase == Phase::Spinning {
            task.phase = Phase::Served { flag: 0 };
            self.state.see_newest(Task(index as u8));
        } else {
            task.turns.clear();
        }
        true
    }

    /// Nobody will ever move again.
    fn give_up(&mut self) {
        let stuck = (0..self.state.tasks.len())
            .filter(|&index| self.state.tasks[index].alive())
            .map(|index| {
                let task = Task(index as u8);
                let op = self.op(task);
                let (held_by, object) = self.holders(task, op);
                let joins = self.joined(op);
                Stuck { task, name: op.name(), joins, object, place: self.place(task), held_by }
            })
            .collect();
        self.end(Ending { stuck, ..Ending::new(Kind::Deadlock, self.state.output) });
    }

    /// What a stuck task waits for, and who has it.
    fn holders(&self, task: Task, op: Op) -> (Vec<Task>, Option<ObjectId>) {
        let object = match (op, self.state.tasks[task.index()].phase) {
            (Op::Wait { lock, .. }, Phase::Notified { .. }) => Some(lock),
            (Op::Print { error: false, .. }, _) => Some(ObjectId::STDOUT),
            _ => op.object(),
        };
        let held_by = match object.map(|object| look(self.world, self.state, object)) {
            Some(Object::Mutex { owner, .. }) => owner.iter().copied().collect(),
            Some(Object::RwLock { writer, readers, .. }) => writer.iter().chain(readers).copied().collect(),
            Some(Object::Once { state: OnceState::Running(by), .. }) => vec![*by],
            _ => Vec::new(),
        };
        (held_by, object)
    }

    /// The tasks whose end a task waits for.
    fn joined(&self, op: Op) -> Vec<Task> {
        match op {
            Op::Join { task } => vec![task],
            Op::JoinScope { scope } => in_scope(self.state, scope).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether the next operation of the task is done at once, without being a choice.
    fn silent(&self, id: Task) -> bool {
        let task = &self.state.tasks[id.index()];
        let op = self.op(id);
        match task.phase {
            Phase::Served { .. } => return true,
            Phase::At => {}
            _ => return false,
        }
        // In a destructor that `watch_drops` asks about, what is a step must be seen to be one.
        let dropping = self.world.life(task.local).dropping.is_some();
        let alone = || if dropping { self.all_joined(id) } else { self.alone(id) };
        // Between two awaits a future has the executor to itself. Where all run on it, what one does there is one step.
        let on_executor = |task: &TaskState| task.future || !task.alive();
        if task.future && !matches!(op, Op::Await { .. }) && self.state.tasks.iter().all(on_executor) {
            let mut can = false;
            self.machine.ways(self.world, self.state, id, None, &mut |way| can |= way == 0);
            return can;
        }
        match op {
            Op::Spawn { .. }
            | Op::Spin
            | Op::CloneSender { .. }
            | Op::Observe { .. }
            | Op::Replace { .. }
            | Op::Borrow { .. }
            | Op::Unborrow { .. }
            | Op::OnceTake { .. }
            | Op::EnterExecutor
            | Op::LeaveExecutor
            | Op::PollJoin { .. } => true,
            Op::Wake { .. } => task.future,
            Op::Own { watched, .. } | Op::Disown { watched, .. } => !watched || alone(),
            // Unwatched, it is asked for only to find out whether it should be.
            Op::Owners { watched, .. } | Op::Upgrade { watched, .. } | Op::Unwrap { watched, .. } => {
                !watched || alone()
            }
            Op::Now { step } => !step || alone(),
            // Whoever comes second has nothing to choose.
            Op::Leave => !self.machine.leaving_is_a_step || task.detached || alone(),
            Op::Detach { task: other } => {
                let other = &self.state.tasks[other.index()];
                !self.machine.detaching_is_a_step || other.left || !other.alive() || alone()
            }
            Op::Finish { .. } => id != Task::MAIN || alone(),
            Op::Join { .. } | Op::JoinScope { .. } => {
                let mut can = false;
                self.machine.ways(self.world, self.state, id, None, &mut |_| can = true);
                can
            }
            Op::DropSender { object } => {
                !matches!(look(self.world, self.state, object), Object::Channel { senders: 1, receiver: true, .. })
            }
            Op::DropReceiver { object } => {
                matches!(look(self.world, self.state, object), Object::Channel { senders: 0, .. })
            }
            Op::OnceBegin { object, .. }
            | Op::OnceSet { object, .. }
            | Op::OnceGet { object }
            | Op::OnceWait { object, .. } => {
                matches!(look(self.world, self.state, object), Object::Once { state: OnceState::Done, .. })
            }
            _ => false,
        }
    }

    /// Whether all other tasks are over, and their ends come before what this one does now. One that is over and not joined
    /// could have let go later than it did, had that been a step.
    fn all_joined(&self, id: Task) -> bool {
        (self.state.tasks.iter().enumerate()).all(|(index, task)| index == id.index() || task.phase == Phase::Gone)
    }

    /// Whether all other tasks are over.
    fn alone(&self, id: Task) -> bool {
        self.state.tasks.iter().enumerate().all(|(index, task)| index == id.index() || !task.alive())
    }

    fn join_view(&mut self, task: Task, view: &View) {
        if self.machine.weak {
            self.state.synchronize(task, view);
        }
    }

    fn view(&self, task: Task) -> View {
        if self.machine.weak { self.state.view(task) } else { View::default() }
    }

    /// Does one operation, silent or visible.
    fn act(&mut self, by: Move) -> Result<(), Stop> {
        let spins = self.state.tasks.iter().any(|task| !task.turns.is_empty());
        let before = spins.then(|| Before::new(self.world, self.state));
        self.do_it(by)?;
        if let Some(before) = before {
            self.note_changes(by.task, &before);
        }
        Ok(())
    }

    fn do_it(&mut self, Move { task: id, alternative }: Move) -> Result<(), Stop> {
        let op = self.op(id);
        if alternative == STUCK && self.machine.waits(self.world, self.state, id) {
            if !self.let_a_spinner_go() {
                self.give_up();
            }
            return Ok(());
        }
        match self.state.tasks[id.index()].phase {
            Phase::At => self.begin(id, op, alternative),
            Phase::Waiting => self.wake_up(id, op, alternative),
            Phase::Notified { timed_out } => {
                let Op::Wait { lock, .. } = op else { unreachable!("only a wait is notified") };
                let late = if timed_out { LATER } else { OK };
                let reply = self.take_lock(id, lock, late);
                self.complete(id, reply)
            }
            Phase::Served { flag } => self.complete(id, Reply::flag(flag)),
            phase @ (Phase::Spinning | Phase::Finished { .. } | Phase::Gone) => {
                unreachable!("a task that cannot move was moved: {phase:?}")
            }
        }
    }

    fn wake_up(&mut self, id: Task, op: Op, alternative: u8) -> Result<(), Stop> {
        let timed_out = alternative == TIMEOUT;
        match op {
            Op::Sleep { .. } => {
                self.pass_time(id);
                return self.complete(id, Reply::default());
            }
            Op::Park { .. } => return self.unparked(id, alternative),
            Op::Receive { .. } => return self.use_channel(id, op, alternative),
            _ if timed_out => self.pass_time(id),
            _ => self.state.spurious -= 1,
        }
        self.state.task(id).deadline = None;
        match op {
            Op::Wait { .. } => {
                self.state.task(id).phase = Phase::Notified { timed_out };
                Ok(())
            }
            _ => self.complete(id, Reply::flag(if timed_out { LATER } else { OK })),
        }
    }

    /// The task stands in its wait, at most for so long from now on.
    fn wait(&mut self, id: Task, patience: Patience) {
        let clock = self.state.clock;
        let task = self.state.task(id);
        task.phase = Phase::Waiting;
        if let Patience::Until(nanos) = patience {
            task.deadline = Some(clock.saturating_add(nanos));
        }
    }

    fn unparked(&mut self, id: Task, alternative: u8) -> Result<(), Stop> {
        match alternative {
            TIMEOUT => self.pass_time(id),
            SPURIOUS => self.state.spurious -= 1,
            _ => self.state.task(id).token = false,
        }
        if self.machine.weak {
            let seen = std::mem::take(&mut self.state.task(id).unparked_with);
            self.state.synchronize(id, &seen);
        }
        self.complete(id, Reply::default())
    }

    /// A task comes to where it spins or yields. Whether it goes on: at first, and as long as something changes; else only a few
    /// times, and then it waits for a change.
    fn turns(&mut self, id: Task) -> bool {
        let place = self.place(id);
        let most = self.machine.most_turns;
        let in_a_row = self.world.in_a_row(self.state.tasks[id.index()].local);
        let turns = &mut self.state.task(id).turns;
        match turns.binary_search_by_key(&place, |&(at, _)| at) {
            Err(at) => turns.insert(at, (place, 0)),
            Ok(_) if in_a_row => {}
            Ok(at) if turns[at].1 < most => turns[at].1 += 1,
            Ok(_) => return false,
        }
        true
    }

    fn pass_time(&mut self, id: Task) {
        let deadline = self.state.tasks[id.index()].deadline.unwrap_or(0);
        self.state.clock = self.state.clock.max(deadline);
    }

    fn take_lock(&mut self, id: Task, lock: ObjectId, flag: u8) -> Reply {
        let Object::Mutex { owner, poisoned, content, view } = self.object(lock) else {
            unreachable!("a lock of what is no mutex")
        };
        *owner = Some(id);
        let reply = Reply::content(*content, flag | if *poisoned { POISONED } else { OK });
        let view = view.clone();
        self.join_view(id, &view);
        reply
    }

    fn begin(&mut self, id: Task, op: Op, alternative: u8) -> Result<(), Stop> {
        match op {
            Op::Spawn { .. }
            | Op::Join { .. }
            | Op::JoinScope { .. }
            | Op::Detach { .. }
            | Op::Leave
            | Op::IsFinished { .. }
            | Op::Finish { .. }
            | Op::Exit { .. }
            | Op::Yield
            | Op::Spin
            | Op::Sleep { .. }
            | Op::Park { .. }
            | Op::Unpark { .. }
            | Op::Now { .. } => self.live(id, op, alternative),
            Op::Load { .. }
            | Op::Store { .. }
            | Op::Modify { .. }
            | Op::Fence { .. }
            | Op::FutexWait { .. }
            | Op::FutexWake { .. } => self.access_atomic(id, op, alternative),
            Op::Lock { .. }
            | Op::Unlock { .. }
            | Op::Read { .. }
            | Op::Unread { .. }
            | Op::Write { .. }
            | Op::Unwrite { .. }
            | Op::Downgrade { .. }
            | Op::IsPoisoned { .. }
            | Op::ClearPoison { .. } => self.use_lock(id, op),
            Op::Wait { .. }
            | Op::Notify { .. }
            | Op::Arrive { .. }
            | Op::OnceBegin { .. }
            | Op::OnceEnd { .. }
            | Op::OnceGet { .. }
            | Op::OnceWait { .. }
            | Op::OnceSet { .. }
            | Op::OnceTake { .. } => self.coordinate(id, op, alternative),
            Op::Send { .. }
            | Op::Receive { .. }
            | Op::CloneSender { .. }
            | Op::DropSender { .. }
            | Op::DropReceiver { .. } => self.use_channel(id, op, alternative),
            Op::Observe { .. }
            | Op::Replace { .. }
            | Op::Borrow { .. }
            | Op::Unborrow { .. }
            | Op::PlainRead { .. }
            | Op::PlainWrite { .. } => self.use_memory(id, op),
            Op::Own { .. } | Op::Disown { .. } | Op::Owners { .. } | Op::Upgrade { .. } | Op::Unwrap { .. } => {
                self.count_owners(id, op)
            }
            Op::Print { text, .. } => {
                self.print(text);
                // Whether or not output tells outcomes apart.
                self.gets_on(id);
                self.complete(id, Reply::default())
            }
            Op::EnterExecutor | Op::LeaveExecutor | Op::Await { .. } | Op::Wake { .. } | Op::PollJoin { .. } => {
                self.run_future(id, op)
            }
        }
    }

    /// A task's life and its time.
    fn live(&mut self, id: Task, op: Op, alternative: u8) -> Result<(), Stop> {
        let mut reply = Reply::default();
        match op {
            Op::Spawn { task, root, future, scope } => {
                let views = Views::of_started(&self.view(id));
                // A future first runs when the executor gets to it.
                *self.state.task(task) = TaskState { future, token: future, scope, views, ..TaskState::new(root) };
                self.arrive(task, root);
            }
            Op::Join { task } => reply = self.collect(id, task),
            Op::JoinScope { scope } => {
                for index in 0..self.state.tasks.len() {
                    if self.state.tasks[index].scope == Some(scope) {
                        reply.flag |= self.collect(id, Task(index as u8)).flag;
                    }
                }
            }
            Op::Detach { task } => {
                let left = self.state.task(task).left;
                self.state.task(task).detached = true;
                reply.flag = self.let_go(id, task, left);
            }
            Op::Leave => {
                let detached = self.state.task(id).detached;
                self.state.task(id).left = true;
                reply.flag = self.let_go(id, id, detached);
            }
            Op::IsFinished { .. } if !self.machine.leaving_is_a_step => return Err(Stop::Watch(ENDS)),
            Op::IsFinished { task } => {
                reply = Reply::flag(if self.state.tasks[task.index()].left { DONE } else { OK });
            }
            Op::Finish { result, panicked } => {
                self.finish(id, result, panicked);
                return Ok(());
            }
            Op::Exit { code: 0 } => {
                self.end_well();
                return Ok(());
            }
            Op::Exit { code } => {
                self.end(Ending { code, ..Ending::new(Kind::Exit, self.state.output) });
                return Ok(());
            }
            Op::Yield | Op::Spin => {
                if !self.turns(id) {
                    self.state.task(id).phase = Phase::Spinning;
                    return Ok(());
                }
            }
            Op::Sleep { nanos } => {
                self.wait(id, Patience::Until(nanos));
                return Ok(());
            }
            Op::Park { patience } => {
                if alternative == 0 && !self.state.tasks[id.index()].token {
                    self.wait(id, patience);
                    return Ok(());
                }
                return self.unparked(id, alternative);
            }
            Op::Unpark { task } => {
                let view = self.view(id);
                let target = self.state.task(task);
                if target.alive() {
                    target.token = true;
                    target.unparked_with.join(&view);
                }
            }
            Op::Now { .. } => reply.bits = self.state.clock,
            _ => unreachable!("{op:?} is no part of a task's life"),
        }
        self.complete(id, reply)
    }

    /// One of the two that have the result of `task`, it and its handle, lets it go. `DONE`: as the last, who drops it and
    /// comes after all that the other did before.
    fn let_go(&mut self, by: Task, task: Task, last: bool) -> u8 {
        if last {
            let seen = std::mem::take(&mut self.state.task(task).let_go_with);
            self.join_view(by, &seen);
            return DONE;
        }
        self.state.task(task).let_go_with = self.view(by);
        OK
    }

    /// What a task that is over has left for whoever asks: its result, or that it panicked.
    fn collect(&mut self, id: Task, task: Task) -> Reply {
        let view = self.view(task);
        self.join_view(id, &view);
        let Phase::Finished { result, panicked } = self.state.tasks[task.index()].phase else {
            return Reply::default();
        };
        *self.state.task(task) = TaskState::gone();
        Reply::content(result, if panicked { POISONED } else { OK })
    }

    /// The program ends as it should, unless there was a panic that nobody has asked about.
    fn end_well(&mut self) {
        let unasked = |(index, task): (usize, &TaskState)| match task.phase {
            Phase::Finished { result, panicked: true } => Some((Task(index as u8), result)),
            _ => None,
        };
        let panics: Vec<(Task, Content)> = self.state.tasks.iter().enumerate().filter_map(unasked).collect();
        let kind = if panics.is_empty() { Kind::Ok } else { Kind::Panic };
        self.end(Ending { panics, ..Ending::new(kind, self.state.output) });
    }

    fn finish(&mut self, id: Task, result: Content, panicked: bool) {
        if id == Task::MAIN {
            *self.state.task(id) = TaskState::gone();
            if !panicked {
                return self.end_well();
            }
            let panics = self.state.panicked.into_iter().chain([(id, result)]).collect();
            return self.end(Ending { panics, ..Ending::new(Kind::Panic, self.state.output) });
        }
        if panicked {
            self.state.panicked.get_or_insert((id, result));
        }
        let task = self.state.task(id);
        // Whoever joins it sees what it has seen; its fences are over.
        let views = Views { now: std::mem::take(&mut task.views.now), ..Views::default() };
        let let_go_with = std::mem::take(&mut task.let_go_with);
        *task = TaskState {
            phase: Phase::Finished { result, panicked },
            scope: task.scope,
            detached: task.detached,
            left: task.left,
            let_go_with,
            views,
            ..TaskState::gone()
        };
    }

    fn print(&mut self, text: Content) {
        let text = self.world.show(text).unwrap_or_default();
        let before = &self.world.texts[self.state.output as usize];
        let after = match self.machine.output {
            Output::Ignored => return,
            Output::Ordered => format!("{before}{text}"),
            Output::Lines => {
                let all = format!("{before}{text}");
                let mut lines: Vec<&str> = all.split_inclusive('\n').collect();
                // A line that is not complete yet stays the last.
                let complete = lines.len() - usize::from(!all.ends_with('\n'));
                lines[..complete].sort_unstable();
                lines.concat()
            }
        };
        self.state.output = self.world.text(after);
    }

    fn access_atomic(&mut self, id: Task, op: Op, alternative: u8) -> Result<(), Stop> {
        let weak = self.machine.weak;
        let mut reply = Reply::default();
        match op {
            Op::Fence { order } => {
                if weak {
                    self.state.fence(id, order);
                }
            }
            Op::Load { object, order } => {
                let newest = self.newest(object);
                reply = if weak {
                    self.state.load(id, object, order, newest - u32::from(alternative))
                } else {
                    Reply { bits: self.value(object), flag: 0 }
                };
            }
            Op::Store { object, value, order } => self.store(id, object, value, order, None)?,
            Op::Modify { object, modify, order } => {
                let old = self.value(object);
                let Object::Atomic { width, .. } = *self.object(object) else { unreachable!("no atomic") };
                let fails = match modify {
                    Modify::CompareExchange { .. } if alternative == SPURIOUS => Some(0),
                    Modify::CompareExchange { .. } if alternative > SPURIOUS => Some(u32::from(alternative - SPURIOUS)),
                    _ => None,
                };
                let new = if fails.is_some() { None } else { modify.apply(old, width) };
                reply = Reply { bits: old, flag: if new.is_some() { OK } else { LATER } };
                match (new, modify) {
                    (Some(new), _) => {
                        let found = if weak {
                            let newest = self.newest(object);
                            let Object::Atomic { stores, .. } = self.object(object) else { unreachable!() };
                            let passed = stores[newest as usize].view.clone();
                            self.state.observe(id, object, order, newest, &passed);
                            Some(passed)
                        } else {
                            None
                        };
                        self.store(id, object, new, order, found)?;
                    }
                    (None, Modify::CompareExchange { failure, .. }) if weak => {
                        let seen = self.newest(object) - fails.unwrap_or(0);
                        reply.bits = self.state.load(id, object, failure, seen).bits;
                    }
                    _ => {}
                }
                if let Modify::CompareExchange { expected, .. } = modify
                    && reply == (Reply { bits: expected, flag: LATER })
                {
                    self.state.spurious -= 1;
                }
            }
            Op::FutexWait { object, expected, patience } => {
                if self.value(object) == expected {
                    self.wait(id, patience);
                    return Ok(());
                }
                reply = Reply::flag(DONE);
            }
            Op::FutexWake { object, all } => {
                let waiting: Vec<Task> = waiters(self.world, self.state, Some(object)).collect();
                let woken = if all {
                    &waiting[..]
                } else {
                    waiting.get(usize::from(alternative)..=usize::from(alternative)).unwrap_or(&[])
                };
                for &task in woken {
                    let task = self.state.task(task);
                    task.phase = Phase::Served { flag: OK };
                    task.deadline = None;
                }
                reply.bits = woken.len() as u64;
            }
            _ => unreachable!("{op:?} is no access to an atomic"),
        }
        self.complete(id, reply)
    }

    fn newest(&mut self, object: ObjectId) -> u32 {
        match self.object(object) {
            Object::Atomic { stores, .. } => stores.len() as u32 - 1,
            other => unreachable!("a load of a {}", other.kind()),
        }
    }

    fn value(&mut self, object: ObjectId) -> u64 {
        match self.object(object) {
            Object::Atomic { stores, .. } => stores[stores.len() - 1].value,
            other => unreachable!("a load of a {}", other.kind()),
        }
    }

    fn store(&mut self, id: Task, object: ObjectId, value: u64, order: Order, found: Option<View>) -> Result<(), Stop> {
        if self.machine.weak {
            let at = self.newest(object) + 1;
            if at > MOST_STORES {
                let what =
                    format!("after {MOST_STORES} stores to one atomic there may still be a task that sees the first");
                let place = self.world.place(self.place(id)).clone();
                return Err(Problem::Refused { what, place }.into());
            }
            let view = self.state.publish(id, object, order, at, found.as_ref());
            let Object::Atomic { stores, .. } = self.object(object) else { unreachable!() };
            stores.push(Store { value, view });
        } else {
            let Object::Atomic { stores, .. } = self.object(object) else { unreachable!() };
            stores[0].value = value;
        }
        Ok(())
    }

    fn use_lock(&mut self, id: Task, op: Op) -> Result<(), Stop> {
        let mine = self.view(id);
        let mut seen = None;
        let reply = match (op, self.object(op.object().unwrap_or(ObjectId::STDOUT))) {
            (Op::Lock { patience: Patience::Try, .. }, Object::Mutex { owner: Some(_), .. }) => Reply::flag(LATER),
            (Op::Lock { object, .. }, _) => self.take_lock(id, object, OK),
            (Op::Unlock { content: left, poison, .. }, Object::Mutex { owner, poisoned, content, view }) => {
                *owner = None;
                *content = left;
                *poisoned |= poison;
                view.join(&mine);
                Reply::default()
            }
            (Op::Read { .. }, Object::RwLock { writer: Some(_), .. }) => Reply::flag(LATER),
            (Op::Read { .. }, Object::RwLock { readers, poisoned, content, view, .. }) => {
                let at = readers.partition_point(|&reader| reader <= id);
                readers.insert(at, id);
                seen = Some(view.clone());
                Reply::content(*content, if *poisoned { POISONED } else { OK })
            }
            (Op::Write { .. }, Object::RwLock { writer, readers, poisoned, content, view }) => {
                if writer.is_some() || !readers.is_empty() {
                    Reply::flag(LATER)
                } else {
                    *writer = Some(id);
                    seen = Some(view.clone());
                    Reply::content(*content, if *poisoned { POISONED } else { OK })
                }
            }
            (Op::Unread { .. }, Object::RwLock { readers, view, .. }) => {
                if let Some(at) = readers.iter().position(|&reader| reader == id) {
                    readers.remove(at);
                }
                view.join(&mine);
                Reply::default()
            }
            (Op::Unwrite { content: left, poison, .. }, Object::RwLock { writer, poisoned, content, view, .. }) => {
                *writer = None;
                *content = left;
                *poisoned |= poison;
                view.join(&mine);
                Reply::default()
            }
            (Op::Downgrade { content: left, .. }, Object::RwLock { writer, readers, content, view, .. }) => {
                *writer = None;
                readers.push(id);
                *content = left;
                view.join(&mine);
                Reply::default()
            }
            (Op::IsPoisoned { .. }, Object::Mutex { poisoned, .. } | Object::RwLock { poisoned, .. }) => {
                Reply::flag(if *poisoned { POISONED } else { OK })
            }
            (Op::IsPoisoned { .. }, Object::Once { state, .. }) => {
                Reply::flag(if *state == OnceState::Poisoned { POISONED } else { OK })
            }
            (Op::ClearPoison { .. }, Object::Mutex { poisoned, .. } | Object::RwLock { poisoned, .. }) => {
                *poisoned = false;
                Reply::default()
            }
            (op, object) => unreachable!("{op:?} of a {}", object.kind()),
        };
        if let Some(seen) = seen {
            self.join_view(id, &seen);
        }
        self.complete(id, reply)
    }

    fn coordinate(&mut self, id: Task, op: Op, alternative: u8) -> Result<(), Stop> {
        let mine = self.view(id);
        match op {
            Op::Wait { lock, content: left, patience, .. } => {
                let Object::Mutex { owner, content, view, .. } = self.object(lock) else {
                    unreachable!("a wait that lets go of what is no mutex")
                };
                *owner = None;
                *content = left;
                view.join(&mine);
                self.wait(id, patience);
                Ok(())
            }
            Op::Notify { condvar, all } => {
                let waiting: Vec<Task> = waiters(self.world, self.state, Some(condvar)).collect();
                for (which, task) in waiting.into_iter().enumerate() {
                    if all || which == usize::from(alternative) {
                        let task = self.state.task(task);
                        task.phase = Phase::Notified { timed_out: false };
                        task.deadline = None;
                    }
                }
                self.complete(id, Reply::default())
            }
            Op::Arrive { barrier } => {
                let Object::Barrier { size, arrived, view } = self.object(barrier) else {
                    unreachable!("a wait at what is no barrier")
                };
                view.join(&mine);
                if arrived.len() as u32 + 1 < *size {
                    arrived.push(id);
                    arrived.sort_unstable();
                    self.state.task(id).phase = Phase::Waiting;
                    return Ok(());
                }
                let others = std::mem::take(arrived);
                let view = std::mem::take(view);
                for task in others {
                    self.join_view(task, &view);
                    self.state.task(task).phase = Phase::Served { flag: OK };
                }
                self.join_view(id, &view);
                self.complete(id, Reply::flag(DONE))
            }
            Op::OnceBegin { object, force } => {
                let Object::Once { state, content, view } = self.object(object) else { unreachable!("no once") };
                let reply = match *state {
                    OnceState::Done => Reply::content(*content, DONE),
                    OnceState::Poisoned if !force => Reply::flag(POISONED | DONE),
                    OnceState::Poisoned | OnceState::New => {
                        let before = *state == OnceState::Poisoned;
                        *state = OnceState::Running(id);
                        Reply::flag(if before { POISONED } else { OK })
                    }
                    OnceState::Running(_) => unreachable!("somebody else initializes it"),
                };
                let view = view.clone();
                self.join_view(id, &view);
                self.complete(id, reply)
            }
            Op::OnceEnd { object, content: left, poison } => {
                let Object::Once { state, content, view } = self.object(object) else { unreachable!("no once") };
                *state = if poison { OnceState::Poisoned } else { OnceState::Done };
                *content = left;
                view.join(&mine);
                self.complete(id, Reply::default())
            }
            Op::OnceSet { object, content: new } => {
                let Object::Once { state, content, view } = self.object(object) else { unreachable!("no once") };
                if *state == OnceState::Done {
                    let view = view.clone();
                    self.join_view(id, &view);
                    return self.complete(id, Reply::flag(DONE));
                }
                *state = OnceState::Done;
                *content = new;
                view.join(&mine);
                self.complete(id, Reply::default())
            }
            Op::OnceTake { object } => {
                let Object::Once { state, .. } = self.object(object) else { unreachable!("no once") };
                *state = OnceState::New;
                self.complete(id, Reply::default())
            }
            Op::OnceGet { object } | Op::OnceWait { object, .. } => {
                let Object::Once { state, content, view } = self.object(object) else { unreachable!("no once") };
                let reply = match state {
                    OnceState::Done => Reply::content(*content, DONE),
                    OnceState::Poisoned => Reply::flag(POISONED),
                    _ => Reply::flag(OK),
                };
                let view = view.clone();
                if reply.flag == DONE {
                    self.join_view(id, &view);
                }
                self.complete(id, reply)
            }
            _ => unreachable!("{op:?} coordinates nothing"),
        }
    }

    fn use_channel(&mut self, id: Task, op: Op, alternative: u8) -> Result<(), Stop> {
        let mine = self.view(id);
        let Some(object) = op.object() else { unreachable!("a channel's operation names it") };
        let weak = self.machine.weak;
        let Object::Channel { capacity, queue, senders, receiver, view, rooms } = self.object(object) else {
            unreachable!("{op:?} of what is no channel")
        };
        match op {
            Op::CloneSender { .. } => {
                *senders += 1;
                self.complete(id, Reply::default())
            }
            Op::DropSender { .. } => {
                *senders -= 1;
                // Whoever finds the channel closed comes after all that its senders did.
                view.join(&mine);
                self.complete(id, Reply::default())
            }
            Op::DropReceiver { .. } => {
                *receiver = false;
                let mut dropped = Vec::new();
                for message in std::mem::take(queue) {
                    match message.offered_by {
                        Some(sender) => self.state.task(sender).phase = Phase::Served { flag: DISCONNECTED },
                        None => dropped.push(message.content),
                    }
                }
                let dropped = self.world.several(dropped);
                self.complete(id, Reply::content(dropped, OK))
            }
            Op::Send { content, patience, .. } => {
                if !*receiver {
                    return self.complete(id, Reply::flag(DISCONNECTED));
                }
                let full = capacity.is_some_and(|room| room > 0 && queue.len() >= room as usize);
                let hand_over = *capacity == Some(0);
                if full || (hand_over && patience == Patience::Try && alternative == 0) {
                    return self.complete(id, Reply::flag(LATER));
                }
                // A place that was taken before comes after what was received from it.
                let used = capacity.is_some_and(|room| !rooms.is_empty() && queue.len() + rooms.len() >= room as usize);
                let room = if used { rooms.remove(0) } else { View::default() };
                let waits = hand_over && patience != Patience::Try;
                queue.push(Message { content, offered_by: waits.then_some(id), view: mine });
                self.join_view(id, &room);
                if waits {
                    self.state.task(id).phase = Phase::Waiting;
                    return Ok(());
                }
                self.complete(id, Reply::default())
            }
            Op::Receive { patience, .. } => {
                let empty = queue.is_empty() && *senders > 0;
                if empty && alternative != TIMEOUT && matches!(patience, Patience::Until(_)) {
                    self.wait(id, patience);
                    return Ok(());
                }
                if queue.is_empty() {
                    let reply = if *senders == 0 { Reply::flag(DISCONNECTED) } else { Reply::flag(LATER) };
                    let seen = view.clone();
                    if *senders == 0 {
                        self.join_view(id, &seen);
                    } else if alternative == TIMEOUT {
                        self.pass_time(id);
                    }
                    return self.complete(id, reply);
                }
                let message = queue.remove(0);
                if weak && capacity.is_some_and(|room| room > 0) {
                    rooms.push(mine.clone());
                }
                if let Some(sender) = message.offered_by {
                    self.state.task(sender).phase = Phase::Served { flag: OK };
                    self.join_view(sender, &mine);
                }
                self.join_view(id, &message.view);
                self.complete(id, Reply::message(message.content, message.offered_by))
            }
            _ => unreachable!("{op:?} is nothing that a channel does"),
        }
    }

    fn use_memory(&mut self, id: Task, op: Op) -> Result<(), Stop> {
        if matches!(op, Op::PlainRead { .. } | Op::PlainWrite { .. }) && self.races(id, op) {
            self.end(Ending::new(Kind::Race, self.state.output).at(id, self.place(id)));
            return Ok(());
        }
        let Some(object) = op.object() else { unreachable!("memory has a name") };
        let reply = match (op, self.object(object)) {
            (Op::Observe { .. }, Object::Atomic { stores, .. }) => {
                Reply { bits: stores[stores.len() - 1].value, flag: OK }
            }
            (
                Op::Observe { .. },
                Object::Mutex { poisoned, content, .. } | Object::RwLock { poisoned, content, .. },
            ) => Reply::content(*content, if *poisoned { POISONED } else { OK }),
            (Op::Observe { .. }, Object::Once { state, content, .. }) => {
                Reply::content(*content, if *state == OnceState::Done { DONE } else { OK })
            }
            (
                Op::Observe { .. } | Op::PlainRead { .. },
                Object::Cell { content, .. } | Object::Plain { content, .. },
            ) => Reply::content(*content, OK),
            (Op::PlainWrite { content: None, .. }, Object::Plain { content, .. }) => Reply::content(*content, OK),
            (
                Op::Replace { content: new, .. } | Op::PlainWrite { content: Some(new), .. },
                Object::Cell { content, .. }
                | Object::Plain { content, .. }
                | Object::Mutex { content, .. }
                | Object::RwLock { content, .. }
                | Object::Once { content, .. },
            ) => {
                *content = new;
                Reply::default()
            }
            (Op::Borrow { mutably, .. }, Object::Cell { content, borrows }) => {
                if (mutably && *borrows != 0) || *borrows < 0 {
                    Reply::flag(LATER)
                } else {
                    *borrows = if mutably { -1 } else { *borrows + 1 };
                    Reply::content(*content, OK)
                }
            }
            (Op::Unborrow { mutably, content: left, .. }, Object::Cell { content, borrows }) => {
                *borrows = if mutably { 0 } else { *borrows - 1 };
                *content = left;
                Reply::default()
            }
            (op, object) => unreachable!("{op:?} of a {}", object.kind()),
        };
        self.complete(id, reply)
    }

    /// Whether this access to plain memory is one half of a data race.
    fn races(&mut self, id: Task, op: Op) -> bool {
        let Some(object) = op.object() else { return false };
        let writes = matches!(op, Op::PlainWrite { .. });
        if !self.machine.weak {
            // The other half comes next too: nothing orders the two.
            return self.state.tasks.iter().enumerate().any(|(index, task)| {
                index != id.index() && task.alive() && task.phase == Phase::At && {
                    let other = self.world.life(task.local).op;
                    let other_writes = matches!(other, Op::PlainWrite { .. });
                    other.object() == Some(object)
                        && matches!(other, Op::PlainRead { .. } | Op::PlainWrite { .. })
                        && (writes || other_writes)
                }
            });
        }
        let seen = self.view(id);
        let number = self.state.task(id).views.now.access(id);
        let Object::Plain { writer, readers, .. } = self.object(object) else { unreachable!("no plain memory") };
        let unseen = |&(task, access): &(Task, u32)| task != id && seen.accesses(task) < access;
        let race = writer.iter().any(unseen) || (writes && readers.iter().any(unseen));
        if writes {
            *writer = Some((id, number));
            readers.clear();
        } else {
            readers.retain(|&(task, _)| task != id);
            readers.push((id, number));
            readers.sort_unstable();
        }
        race
    }

    fn count_owners(&mut self, id: Task, op: Op) -> Result<(), Stop> {
        let looks = match op {
            Op::Owners { watched, .. } | Op::Upgrade { watched, .. } | Op::Unwrap { watched, .. } => Some(watched),
            _ => None,
        };
        if looks == Some(false) && !self.all_joined(id) {
            return self.complete(id, Reply::flag(WATCH));
        }
        let mine = self.view(id);
        let Some(object) = op.object() else { unreachable!("an Arc has a name") };
        let Object::Counted { owners, watchers, view } = self.object(object) else { unreachable!("no Arc") };
        let before = u64::from(*owners) | u64::from(*watchers) << 32;
        let mut sees = false;
        let reply = match op {
            Op::Own { weak: false, .. } => {
                *owners += 1;
                Reply::default()
            }
            Op::Own { weak: true, .. } => {
                *watchers += 1;
                Reply::default()
            }
            Op::Disown { weak: false, drops, .. } => {
                *owners -= 1;
                view.join(&mine);
                sees = *owners == 0;
                Reply::flag(if *owners == 0 && drops { DONE } else { OK })
            }
            Op::Disown { weak: true, .. } => {
                *watchers -= 1;
                Reply::default()
            }
            Op::Owners { acquires, .. } => {
                sees = acquires;
                Reply { bits: before, flag: OK }
            }
            Op::Unwrap { .. } => {
                if *owners == 1 {
                    *owners = 0;
                    sees = true;
                }
                Reply { bits: before, flag: OK }
            }
            Op::Upgrade { .. } if *owners == 0 => Reply::flag(LATER),
            Op::Upgrade { .. } => {
                *owners += 1;
                sees = true;
                Reply::flag(OK)
            }
            _ => unreachable!("{op:?} is nothing that an Arc does"),
        };
        if sees {
            let seen = view.clone();
            self.join_view(id, &seen);
        }
        self.complete(id, reply)
    }

    fn run_future(&mut self, id: Task, op: Op) -> Result<(), Stop> {
        let mut reply = Reply::default();
        match op {
            Op::EnterExecutor => {
                if self.state.tasks.iter().any(|task| task.future && task.alive()) {
                    let what = "two threads run futures at the same time, which is not modelled: use one `block_on`";
                    let place = self.world.place(self.place(id)).clone();
                    return Err(Problem::Refused { what: what.into(), place }.into());
                }
                self.state.task(id).future = true;
                self.state.running = Some(id);
            }
            Op::LeaveExecutor => {
                self.state.task(id).future = false;
                self.state.running = None;
                // The futures that are left are never polled again.
                for task in &mut self.state.tasks {
                    if task.future && task.alive() {
                        *task = TaskState::gone();
                    }
                }
            }
            Op::Await { yields } => {
                if yields {
                    self.turns(id);
                } else {
                    self.gets_on(id);
                }
                self.state.task(id).token = false;
                self.state.running = Some(id);
            }
            Op::Wake { task } => {
                let mine = self.view(id);
                let target = self.state.task(task);
                target.token |= target.alive();
                self.join_view(task, &mine);
            }
            Op::PollJoin { task } => {
                if let Phase::Finished { result, panicked } = self.state.tasks[task.index()].phase {
                    reply = Reply::content(result, DONE | if panicked { POISONED } else { OK });
                    *self.state.task(task) = TaskState::gone();
                }
            }
            _ => unreachable!("{op:?} is no part of a future's life"),
        }
        self.complete(id, reply)
    }
}
