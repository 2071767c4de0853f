//! Where a program is between two steps: every task, every object, the output so far.
//!
//! ```text
//! State ── one point of a schedule
//! ├─ TaskState ── what it has observed (a Local), where it is inside its next operation, its deadline, its view
//! ├─ Object ── an atomic's stores, a lock's holder and contents, a channel's queue …
//! └─ output, clock, the executor's current task, or the outcome once it has ended
//! ```
//!
//! Two schedules that lead to equal states have the same future: nothing that a task does next depends on anything
//! else. That is what makes exact counting possible without walking every schedule, and what
//! [`verify`](crate::verify) checks.

use crate::memory::{Store, View, Views};
use crate::op::{Content, Local, ObjectId, Place, Task, Width};

/// One point of a schedule.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct State {
    pub(crate) tasks: Vec<TaskState>,
    pub(crate) objects: Vec<Object>,
    /// What has been printed: a number in `World::texts`.
    pub(crate) output: u32,
    /// Nanoseconds.
    pub(crate) clock: u64,
    /// How many more waits may wake without cause.
    pub(crate) spurious: u8,
    /// The future that runs on the executor, between two of its awaits.
    pub(crate) running: Option<Task>,
    /// The view that sequentially consistent operations share (weak memory only).
    pub(crate) consistent: View,
    /// The first task that has panicked, `main` not counted, and what it said.
    pub(crate) panicked: Option<(Task, Content)>,
    /// The number of the outcome, once there is one.
    pub(crate) end: Option<u32>,
}

/// Where a task is inside its next operation.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) enum Phase {
    /// Before it.
    #[default]
    At,
    /// In a wait: for a notification, a wake-up, the rest of a barrier, the taker of its message.
    Waiting,
    /// Notified, and now in need of the lock again.
    Notified { timed_out: bool },
    /// What it waited for has happened; the reply carries this flag.
    Served { flag: u8 },
    /// A spinning task waits for a change of something.
    Spinning,
    /// Its closure has returned (or panicked), and nobody has collected the result.
    Finished { result: Content, panicked: bool },
    /// It is over and forgotten, or was never there.
    Gone,
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct TaskState {
    pub(crate) local: Local,
    pub(crate) phase: Phase,
    /// When the wait that it is in, or before, is over.
    pub(crate) deadline: Option<u64>,
    /// `unpark` was called, or a future was woken, and nobody has used it yet.
    pub(crate) token: bool,
    /// Runs on the executor: while there is no other thread, only its awaits are points of choice.
    pub(crate) future: bool,
    /// The scope that waits for its end.
    pub(crate) scope: Option<ObjectId>,
    /// Its handle is gone, and was not joined.
    pub(crate) detached: bool,
    /// It has left its result: all that it still does is to drop what is thread-local.
    pub(crate) left: bool,
    /// What the first of the two had seen, handle or task, that let go of the result.
    pub(crate) let_go_with: View,
    /// Where it has spun or yielded since anything was changed, and how often it has come back there; sorted.
    pub(crate) turns: Vec<(Place, u8)>,
    pub(crate) views: Views,
    /// What those who unparked it had seen.
    pub(crate) unparked_with: View,
}

impl TaskState {
    pub(crate) fn new(local: Local) -> TaskState {
        TaskState {
            local,
            phase: Phase::At,
            deadline: None,
            token: false,
            future: false,
            turns: Vec::new(),
            scope: None,
            detached: false,
            left: false,
            let_go_with: View::default(),
            views: Views::default(),
            unparked_with: View::default(),
        }
    }

    pub(crate) fn gone() -> TaskState {
        TaskState { phase: Phase::Gone, ..TaskState::new(Local::NONE) }
    }

    pub(crate) fn alive(&self) -> bool {
        !matches!(self.phase, Phase::Finished { .. } | Phase::Gone)
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum OnceState {
    New,
    Running(Task),
    Done,
    Poisoned,
}

/// A message on its way.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Message {
    pub(crate) content: Content,
    /// The sender that waits for it to be taken (a channel without room).
    pub(crate) offered_by: Option<Task>,
    pub(crate) view: View,
}

/// What is shared.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Object {
    /// Not made yet on this schedule.
    Absent,
    Atomic {
        width: Width,
        /// The stores that a task may still read, oldest first; in the strong model there is one.
        stores: Vec<Store>,
    },
    Mutex {
        owner: Option<Task>,
        poisoned: bool,
        content: Content,
        view: View,
    },
    RwLock {
        writer: Option<Task>,
        /// Sorted; a task may hold it more than once.
        readers: Vec<Task>,
        poisoned: bool,
        content: Content,
        view: View,
    },
    Condvar,
    /// What waits for its threads.
    Scope,
    Barrier {
        size: u32,
        arrived: Vec<Task>,
        view: View,
    },
    Once {
        state: OnceState,
        content: Content,
        view: View,
    },
    Channel {
        /// `None`: unbounded; `Some(0)`: a message is handed over.
        capacity: Option<u32>,
        queue: Vec<Message>,
        senders: u32,
        receiver: bool,
        /// What those who have dropped a sender had seen.
        view: View,
        /// What receivers had seen when they made room, for those who take it (weak memory only).
        rooms: Vec<View>,
    },
    /// A `Cell` or a `RefCell`: `borrows` is -1 while it is borrowed mutably.
    Cell {
        content: Content,
        borrows: i32,
    },
    /// Memory that tasks may reach without synchronizing, which is a data race.
    Plain {
        content: Content,
        /// Who wrote it last, and who has read it since: the number of that access among the task's own (weak memory
        /// only; in the strong model a race is two such accesses that can both come next).
        writer: Option<(Task, u32)>,
        readers: Vec<(Task, u32)>,
    },
    /// An `Arc`: how many own it, how many watch it.
    Counted {
        owners: u32,
        watchers: u32,
        view: View,
    },
}

/// What somebody who looks at an object again may see of a step.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Change {
    Nothing,
    /// Who has it at the moment, or how many do.
    Holders,
    Contents,
}

impl Object {
    /// What is different from `before`. What has been seen of it is no difference, nor is it one that it is there.
    pub(crate) fn change(&self, before: &Object) -> Change {
        let (contents, holders) = match (before, self) {
            (Object::Atomic { stores: before, .. }, Object::Atomic { stores, .. }) => (
                before.last().map(|store| store.value) != stores.last().map(|store| store.value),
                // The same value once more, with which may come another view.
                before.len() != stores.len(),
            ),
            (
                Object::Mutex { owner: owner_before, poisoned: poisoned_before, content: before, .. },
                Object::Mutex { owner, poisoned, content, .. },
            ) => ((poisoned_before, before) != (poisoned, content), owner_before != owner),
            (
                Object::RwLock { writer: w, readers: r, poisoned: poisoned_before, content: before, .. },
                Object::RwLock { writer, readers, poisoned, content, .. },
            ) => ((poisoned_before, before) != (poisoned, content), (w, r) != (writer, readers)),
            (Object::Barrier { arrived: before, .. }, Object::Barrier { arrived, .. }) => (before != arrived, false),
            (Object::Once { state: state_before, content: before, .. }, Object::Once { state, content, .. }) => {
                ((state_before, before) != (state, content), false)
            }
            (
                Object::Channel { queue: before, senders: senders_before, receiver: receiver_before, .. },
                Object::Channel { queue, senders, receiver, .. },
            ) => {
                let open = (*senders_before == 0, receiver_before) == (*senders == 0, receiver);
                let message = |message: &Message| (message.content, message.offered_by);
                (!open || !before.iter().map(message).eq(queue.iter().map(message)), false)
            }
            (Object::Cell { content: before, borrows: b }, Object::Cell { content, borrows }) => {
                (before != content, b != borrows)
            }
            (Object::Plain { content: before, .. }, Object::Plain { content, .. }) => (before != content, false),
            (Object::Counted { owners: o, watchers: w, .. }, Object::Counted { owners, watchers, .. }) => {
                (false, (o, w) != (owners, watchers))
            }
            _ => (false, false),
        };
        match (contents, holders) {
            (true, _) => Change::Contents,
            (false, true) => Change::Holders,
            (false, false) => Change::Nothing,
        }
    }

    /// What it is called where it has no name.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Object::Absent => "object",
            Object::Atomic { .. } => "atomic",
            Object::Mutex { .. } => "mutex",
            Object::RwLock { .. } => "rwlock",
            Object::Condvar => "condvar",
            Object::Scope => "scope",
            Object::Barrier { .. } => "barrier",
            Object::Once { .. } => "once",
            Object::Channel { .. } => "channel",
            Object::Cell { .. } => "cell",
            Object::Plain { .. } => "memory",
            Object::Counted { .. } => "arc",
        }
    }
}

impl State {
    pub(crate) fn task(&mut self, task: Task) -> &mut TaskState {
        if self.tasks.len() <= task.index() {
            self.tasks.resize_with(task.index() + 1, TaskState::gone);
        }
        &mut self.tasks[task.index()]
    }

    pub(crate) fn object(&self, id: ObjectId) -> Option<&Object> {
        self.objects.get(id.0 as usize).filter(|object| !matches!(object, Object::Absent))
    }
}
