//! States, steps and ends in words: for tables, for the page, and for whoever has to mend the program.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use crate::explore::Exploration;
use crate::machine::{Move, SPURIOUS, STUCK, TIMEOUT};
use crate::op::{ObjectId, Op, Patience, Task};
use crate::outcome::{Ending, Kind, Stuck};
use crate::schedule::letter;
use crate::source::Source;
use crate::state::{Object, OnceState, Phase, State};
use crate::world::{Life, Origin, SourcePlace, World};

/// What things are called.
#[derive(Debug, Default)]
pub(crate) struct Names {
    objects: Vec<String>,
    sources: FxHashMap<String, Option<Source>>,
}

impl Names {
    /// Objects are called after what the program puts them into; several of one place are numbered, and `renamed` calls
    /// them otherwise.
    pub(crate) fn new(world: &World, renamed: &BTreeMap<String, String>) -> Names {
        let mut names = Names::default();
        for place in &world.places {
            names.sources.entry(place.file.clone()).or_insert_with(|| Source::find(&place.file));
        }
        let mut plain: Vec<String> = Vec::new();
        for object in &world.objects {
            let place = world.place(object.place);
            let found = names.source(place).and_then(|source| source.name(place));
            plain.push(match object.origin {
                Origin::Given => object.kind.to_owned(),
                _ => found.unwrap_or_else(|| object.kind.to_owned()),
            });
        }
        for (at, name) in plain.iter().enumerate() {
            // An `Arc` goes by the name of what it holds, and is seldom seen.
            let same = |other: &usize| plain[*other] == *name && same_sort(world, *other, at);
            let several = (0..plain.len()).filter(same).count() > 1;
            let before = (0..at).filter(same).count();
            let name = if several { format!("{name}[{before}]") } else { name.clone() };
            names.objects.push(renamed.get(&name).cloned().unwrap_or(name));
        }
        names
    }

    fn source(&self, place: &SourcePlace) -> Option<&Source> {
        self.sources.get(&place.file)?.as_ref()
    }

    pub(crate) fn object(&self, object: ObjectId) -> &str {
        self.objects.get(object.0 as usize).map_or("?", String::as_str)
    }

    /// The line of an operation: of the end of a guard, where that is, not where it was taken.
    pub(crate) fn line(&self, world: &World, life: &Life) -> u32 {
        let place = world.place(life.place);
        let ends = matches!(life.op, Op::Unlock { .. } | Op::Unread { .. } | Op::Unwrite { .. } | Op::Unborrow { .. });
        ends.then(|| self.source(place)?.unlocked(place)).flatten().unwrap_or(place.line)
    }
}

fn same_sort(world: &World, one: usize, other: usize) -> bool {
    (world.objects[one].kind == "arc") == (world.objects[other].kind == "arc")
}

/// Words for what is in an [`Exploration`].
pub(crate) struct Describe<'a> {
    pub(crate) world: &'a World,
    pub(crate) names: &'a Names,
}

impl<'a> Describe<'a> {
    pub(crate) fn new(exploration: &'a Exploration, names: &'a Names) -> Describe<'a> {
        Describe { world: &exploration.world, names }
    }

    fn width(&self, object: ObjectId) -> crate::op::Width {
        // An atomic's type never changes; the state has it too, but an operation is described without one.
        self.world.widths.get(&object).copied().unwrap_or(crate::op::Width::Unsigned(64))
    }

    /// An operation as something about to be done: `lock first`, `store 1 in ledger`.
    pub(crate) fn op(&self, op: Op) -> String {
        let name = op.name();
        let object = op.object().map(|object| self.names.object(object));
        let show = |content| self.world.show(content).unwrap_or("a value");
        let Some(object) = object else {
            return match op {
                Op::Print { text, .. } => format!("{name} {:?}", show(text)),
                Op::JoinScope { .. } => "join all".into(),
                Op::Join { task } | Op::PollJoin { task } => format!("{name} {}", letter(task)),
                Op::Unpark { task } | Op::Wake { task } | Op::IsFinished { task } => format!("{name} {}", letter(task)),
                Op::Spawn { task, .. } => format!("{name} {}", letter(task)),
                Op::Exit { code } => format!("{name} {code}"),
                Op::Fence { .. } => format!("{name} {}", op.order().unwrap_or_default()),
                Op::Sleep { nanos } => format!("{name} {:?}", std::time::Duration::from_nanos(nanos)),
                Op::Finish { panicked: true, .. } => "panic".into(),
                _ => name.to_owned(),
            };
        };
        let order = match op.order() {
            Some(order) if self.world.weak => format!(" ({order})"),
            _ => String::new(),
        };
        let number = |bits| op.object().map_or_else(String::new, |object| self.width(object).show(bits));
        match (op, op.value()) {
            (Op::Store { .. }, Some((_, value))) => format!("store {} in {object}{order}", number(value)),
            (_, Some((Some(expected), new))) => {
                format!("{name} {object}: {} to {}{order}", number(expected), number(new))
            }
            (_, Some((None, value))) => format!("{name} {object}: {}{order}", number(value)),
            (Op::Send { content, .. }, _) => format!("{name} {} to {object}", show(content)),
            (Op::OnceSet { content, .. }, _) => format!("{name} {object} to {}", show(content)),
            (Op::Wait { lock, .. }, _) => format!("{name} for {object}, letting {} go", self.names.object(lock)),
            _ => format!("{name} {object}{order}"),
        }
    }

    /// A task's next operation, with where it is inside it.
    pub(crate) fn next(&self, op: Op, phase: Phase) -> String {
        match (op, phase) {
            (Op::Wait { condvar, .. }, Phase::Waiting) => format!("wait for {}", self.names.object(condvar)),
            (Op::Wait { lock, .. }, Phase::Notified { timed_out: false }) => {
                format!("notified: lock {}", self.names.object(lock))
            }
            (Op::Wait { lock, .. }, Phase::Notified { timed_out: true }) => {
                format!("timed out: lock {}", self.names.object(lock))
            }
            (Op::Arrive { barrier }, Phase::Waiting) => {
                format!("wait for the others at {}", self.names.object(barrier))
            }
            (Op::Send { object, .. }, Phase::Waiting) => {
                format!("wait until it is taken from {}", self.names.object(object))
            }
            (Op::Spin | Op::Yield, Phase::Spinning) => "spin until something changes".into(),
            (Op::Sleep { .. }, Phase::Waiting) => "wake up".into(),
            (Op::Park { .. }, Phase::Waiting) => "wait to be unparked".into(),
            (Op::Receive { object, .. }, Phase::Waiting) => {
                format!("wait for a message in {}", self.names.object(object))
            }
            _ => self.op(op),
        }
    }

    /// What a step was: its operation, its alternative, and what the task saw.
    pub(crate) fn step(&self, before: &State, by: Move) -> String {
        let task = &before.tasks[by.task.index()];
        let life = self.world.life(task.local);
        let mut text = self.next(life.op, task.phase);
        if let (Op::Notify { all: false, .. } | Op::FutexWake { all: false, .. }, Some(object)) =
            (life.op, life.op.object())
        {
            let woken: Vec<Task> = (0..before.tasks.len())
                .filter(|&at| {
                    before.tasks[at].phase == Phase::Waiting
                        && self.world.life(before.tasks[at].local).op.object() == Some(object)
                })
                .map(|at| Task(at as u8))
                .collect();
            match woken.get(usize::from(by.alternative)) {
                Some(&task) => text.push_str(&format!(": wakes {}", letter(task))),
                None => text.push_str(": nobody waits"),
            }
            return text;
        }
        let waits = matches!(task.phase, Phase::Waiting)
            || matches!(life.op, Op::Park { .. } | Op::Receive { .. } | Op::Sleep { .. });
        if waits && by.alternative == TIMEOUT {
            text.push_str(": time is over");
        } else if by.alternative == SPURIOUS
            && matches!(life.op, Op::Wait { .. } | Op::Park { .. } | Op::FutexWait { .. })
        {
            text.push_str(": wakes without cause");
        } else if by.alternative == STUCK && waits {
            text.push_str(": nobody wakes");
        }
        if let Some(seen) = self.seen(before, by) {
            text.push_str(&format!(" → {seen}"));
        }
        text
    }

    /// What a task sees by this step.
    pub(crate) fn seen(&self, before: &State, by: Move) -> Option<String> {
        let op = self.world.life(before.tasks[by.task.index()].local).op;
        let object = op.object()?;
        let found = before.object(object).unwrap_or(&self.world.objects[object.0 as usize].initially);
        let blocks = |blocks: bool| Some(if blocks { "would block" } else { "done" }.to_owned());
        match (op, found) {
            (Op::Load { .. }, Object::Atomic { width, stores }) => {
                let back = usize::from(by.alternative);
                Some(width.show(stores[stores.len() - 1 - back].value))
            }
            (Op::Modify { modify, .. }, Object::Atomic { width, stores }) => {
                let back = usize::from(by.alternative.saturating_sub(SPURIOUS));
                let old = stores[stores.len() - 1 - back].value;
                let done = by.alternative == 0 && modify.apply(old, *width).is_some();
                let old = width.show(old);
                Some(if done { format!("was {old}") } else { format!("fails, it is {old}") })
            }
            (Op::Lock { patience: Patience::Try, .. }, Object::Mutex { owner, .. }) => blocks(owner.is_some()),
            (Op::Read { patience: Patience::Try, .. }, Object::RwLock { writer, .. }) => blocks(writer.is_some()),
            (Op::Write { patience: Patience::Try, .. }, Object::RwLock { writer, readers, .. }) => {
                blocks(writer.is_some() || !readers.is_empty())
            }
            (Op::Send { patience, .. }, Object::Channel { capacity, queue, receiver, .. }) => {
                match (patience, capacity) {
                    _ if !receiver => Some("nobody receives".into()),
                    (Patience::Try, Some(0)) => blocks(by.alternative == 0),
                    (Patience::Try, Some(room)) => blocks(queue.len() >= *room as usize),
                    _ => None,
                }
            }
            (Op::Receive { .. }, Object::Channel { queue, senders, .. }) => Some(match queue.first() {
                Some(message) => self.world.show(message.content).unwrap_or("a value").to_owned(),
                None if *senders == 0 => "nobody sends".into(),
                None => "nothing".into(),
            }),
            (Op::Owners { .. } | Op::Unwrap { .. }, Object::Counted { owners, .. }) => Some(owners.to_string()),
            (Op::Upgrade { .. }, Object::Counted { owners, .. }) => {
                Some(if *owners == 0 { "gone" } else { "there" }.into())
            }
            _ => None,
        }
    }

    /// What an object holds, and who has it.
    pub(crate) fn value(&self, object: &Object) -> (String, String) {
        let show = |content| self.world.show(content).unwrap_or("…").to_owned();
        let held = |tasks: &mut dyn Iterator<Item = Task>| tasks.map(letter).collect::<String>();
        match object {
            Object::Absent => (String::new(), String::new()),
            Object::Atomic { width, stores } => {
                let text: Vec<String> = stores.iter().map(|store| width.show(store.value)).collect();
                (text.join(" "), String::new())
            }
            Object::Mutex { owner, poisoned, content, .. } => {
                (poison(show(*content), *poisoned), held(&mut owner.iter().copied()))
            }
            Object::RwLock { writer, readers, poisoned, content, .. } => {
                (poison(show(*content), *poisoned), held(&mut writer.iter().chain(readers).copied()))
            }
            Object::Condvar | Object::Scope => (String::new(), String::new()),
            Object::Barrier { size, arrived, .. } => {
                (format!("{} of {size}", arrived.len()), held(&mut arrived.iter().copied()))
            }
            Object::Once { state, content, .. } => match state {
                OnceState::New => ("not yet".into(), String::new()),
                OnceState::Running(task) => ("being made".into(), letter(*task).into()),
                OnceState::Done => (show(*content), String::new()),
                OnceState::Poisoned => ("poisoned".into(), String::new()),
            },
            Object::Channel { queue, senders, receiver, .. } => {
                let messages: Vec<String> = queue.iter().map(|message| show(message.content)).collect();
                let mut text = format!("[{}]", messages.join(", "));
                if *senders == 0 {
                    text.push_str(" no sender");
                }
                if !receiver {
                    text.push_str(" no receiver");
                }
                (text, String::new())
            }
            Object::Cell { content, .. } | Object::Plain { content, .. } => (show(*content), String::new()),
            Object::Counted { owners, .. } => (format!("{owners} owners"), String::new()),
        }
    }

    /// Why an end is none that one wishes for; nothing for a good one.
    pub(crate) fn why(&self, ending: &Ending) -> String {
        let line = |place: Option<crate::op::Place>| {
            place.map_or_else(String::new, |place| format!(" in line {}", self.world.place(place).line))
        };
        match ending.kind {
            Kind::Ok => String::new(),
            Kind::Exit => format!("exit code {}", ending.code),
            Kind::Panic => {
                let says = |&(task, message): &(Task, _)| {
                    format!("{} panics: {}", letter(task), self.world.show(message).unwrap_or_default())
                };
                ending.panics.iter().map(says).collect::<Vec<_>>().join("; ")
            }
            Kind::Deadlock => {
                // Who waits for the end of another is stuck because that one is.
                let mut stuck: Vec<&Stuck> = ending.stuck.iter().filter(|stuck| stuck.joins.is_empty()).collect();
                if stuck.is_empty() {
                    stuck = ending.stuck.iter().collect();
                }
                stuck.iter().map(|stuck| self.stuck(stuck)).collect::<Vec<_>>().join("; ")
            }
            Kind::Race => {
                let by = ending.by.map_or('m', letter);
                format!("{by} reaches memory{} that another task reaches at the same time", line(ending.place))
            }
            Kind::Bound => {
                let by = ending.by.map_or('m', letter);
                format!("{by} goes on{}, with no end in sight", line(ending.place))
            }
        }
    }

    fn stuck(&self, Stuck { task, name, joins, object, place, held_by }: &Stuck) -> String {
        let by = letter(*task);
        let letters =
            |tasks: &[Task]| tasks.iter().map(|&task| letter(task).to_string()).collect::<Vec<_>>().join(" and ");
        let what = match object {
            _ if !joins.is_empty() => format!("the end of {}", letters(joins)),
            Some(object) => self.names.object(*object).to_owned(),
            None => (*name).to_owned(),
        };
        let mut text = format!("{by} waits for {what} in line {}", self.world.place(*place).line);
        let holders: Vec<String> =
            held_by.iter().map(|held| if held == task { "itself".into() } else { letter(*held).to_string() }).collect();
        if !holders.is_empty() {
            text.push_str(&format!(", held by {}", holders.join(" and ")));
        }
        text
    }
}

fn poison(text: String, poisoned: bool) -> String {
    if poisoned { format!("{text} poisoned") } else { text }
}
