//! What a task can ask for: the operations of the facade, and the names of what they act on.
//!
//! ```text
//! Op ── one operation, with everything that a task decides about it (which object, which value)
//! Reply ── what the task sees of it (a loaded value, the contents under a lock, "would block")
//! ```
//!
//! All of it is small and `Copy`: texts, contents and places are numbers into the tables of
//! `World`.

/// A task: a thread or a future, numbered in the order in which tasks are first seen to start. `Task(0)` is `main`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Task(pub u8);

impl Task {
    pub const MAIN: Task = Task(0);

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A shared object: a lock, an atomic, a channel. The same number on every schedule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ObjectId(pub u32);

impl ObjectId {
    /// What the lock of standard output is: taken by `io::stdout().lock()`.
    pub const STDOUT: ObjectId = ObjectId(0);
}

/// What a lock protects, a channel carries or a thread returns, as far as it can be told apart: its `Debug` text, or,
/// where it has none, who left it there and when.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Content(pub u32);

/// A task after all that it has observed so far: a node of the tree of its possible lives.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Local(pub u32);

impl Local {
    /// Of a task that does not exist, or whose past no longer matters.
    pub const NONE: Local = Local(u32::MAX);
}

/// A place in a source file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Place(pub u32);

/// How an atomic operation orders others around it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Order {
    Relaxed,
    Acquire,
    Release,
    AcqRel,
    SeqCst,
}

impl Order {
    pub(crate) fn acquires(self) -> bool {
        matches!(self, Order::Acquire | Order::AcqRel | Order::SeqCst)
    }

    pub(crate) fn releases(self) -> bool {
        matches!(self, Order::Release | Order::AcqRel | Order::SeqCst)
    }

    fn name(self) -> &'static str {
        match self {
            Order::Relaxed => "relaxed",
            Order::Acquire => "acquire",
            Order::Release => "release",
            Order::AcqRel => "acq-rel",
            Order::SeqCst => "seq-cst",
        }
    }
}

/// What a read-modify-write makes of the value it finds. Values are the bits of the type, zero-extended; [`Width`] says
/// how many count.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Modify {
    Swap(u64),
    Add(u64),
    Sub(u64),
    And(u64),
    Nand(u64),
    Or(u64),
    Xor(u64),
    Max(u64),
    Min(u64),
    CompareExchange { expected: u64, new: u64, failure: Order, weak: bool },
}

/// The type of an atomic's value.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Width {
    Bool,
    Unsigned(u8),
    Signed(u8),
    Pointer,
}

impl Width {
    fn mask(self) -> u64 {
        match self {
            Width::Bool => 1,
            Width::Unsigned(bits) | Width::Signed(bits) if bits < 64 => (1 << bits) - 1,
            _ => u64::MAX,
        }
    }

    fn signed(self, bits: u64) -> i64 {
        match self {
            Width::Signed(width) => ((bits << (64 - u32::from(width))) as i64) >> (64 - u32::from(width)),
            _ => bits as i64,
        }
    }

    /// The value as Rust writes it.
    pub fn show(self, bits: u64) -> String {
        match self {
            Width::Bool => (bits != 0).to_string(),
            Width::Unsigned(_) => bits.to_string(),
            Width::Signed(_) => self.signed(bits).to_string(),
            Width::Pointer if bits == 0 => "null".into(),
            Width::Pointer => format!("pointer {bits}"),
        }
    }
}

impl Modify {
    /// The value to store, or `None` where a compare-exchange finds another one than it expects.
    pub(crate) fn apply(self, old: u64, width: Width) -> Option<u64> {
        let new = match self {
            Modify::Swap(value) => value,
            Modify::Add(value) => old.wrapping_add(value),
            Modify::Sub(value) => old.wrapping_sub(value),
            Modify::And(value) => old & value,
            Modify::Nand(value) => !(old & value),
            Modify::Or(value) => old | value,
            Modify::Xor(value) => old ^ value,
            Modify::Max(value) | Modify::Min(value) => {
                let value_is_greater = match width {
                    Width::Signed(_) => width.signed(value) > width.signed(old),
                    _ => value > old,
                };
                if value_is_greater == matches!(self, Modify::Max(_)) { value } else { old }
            }
            Modify::CompareExchange { expected, new, .. } => return (old == expected).then_some(new),
        };
        Some(new & width.mask())
    }

    fn name(self) -> &'static str {
        match self {
            Modify::Swap(_) => "swap",
            Modify::Add(_) => "fetch_add",
            Modify::Sub(_) => "fetch_sub",
            Modify::And(_) => "fetch_and",
            Modify::Nand(_) => "fetch_nand",
            Modify::Or(_) => "fetch_or",
            Modify::Xor(_) => "fetch_xor",
            Modify::Max(_) => "fetch_max",
            Modify::Min(_) => "fetch_min",
            Modify::CompareExchange { weak: false, .. } => "compare_exchange",
            Modify::CompareExchange { weak: true, .. } => "compare_exchange_weak",
        }
    }

    fn operand(self) -> (Option<u64>, u64) {
        match self {
            Modify::CompareExchange { expected, new, .. } => (Some(expected), new),
            Modify::Swap(value)
            | Modify::Add(value)
            | Modify::Sub(value)
            | Modify::And(value)
            | Modify::Nand(value)
            | Modify::Or(value)
            | Modify::Xor(value)
            | Modify::Max(value)
            | Modify::Min(value) => (None, value),
        }
    }
}

/// For how long a task is ready to wait. Nanoseconds of the program's own clock, which moves only when a sleeper wakes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Patience {
    Try,
    Until(u64),
    Forever,
}

/// One operation of a task.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Op {
    // A task's life.
    Spawn {
        task: Task,
        root: Local,
        future: bool,
        scope: Option<ObjectId>,
    },
    /// Waits for the end of `task`, and has its result.
    Join {
        task: Task,
    },
    /// Waits for the end of all tasks of a scope.
    JoinScope {
        scope: ObjectId,
    },
    /// The handle of `task` is let go. `DONE`: its result was there already, and is dropped here.
    Detach {
        task: Task,
    },
    /// The task leaves its result, which it has at its end. `DONE`: its handle is gone, and it drops the result itself.
    Leave,
    IsFinished {
        task: Task,
    },
    /// The end of a task: of a thread's closure, or of `main`. A panic's `result` is its message.
    Finish {
        result: Content,
        panicked: bool,
    },
    Exit {
        code: i32,
    },
    Yield,
    Spin,
    Sleep {
        nanos: u64,
    },
    Park {
        patience: Patience,
    },
    Unpark {
        task: Task,
    },
    /// A look at the clock: a `step`, but where it is part of a wait.
    Now {
        step: bool,
    },

    // Atomics.
    Load {
        object: ObjectId,
        order: Order,
    },
    Store {
        object: ObjectId,
        value: u64,
        order: Order,
    },
    Modify {
        object: ObjectId,
        modify: Modify,
        order: Order,
    },
    Fence {
        order: Order,
    },
    FutexWait {
        object: ObjectId,
        expected: u64,
        patience: Patience,
    },
    FutexWake {
        object: ObjectId,
        all: bool,
    },

    // Locks.
    Lock {
        object: ObjectId,
        patience: Patience,
    },
    Unlock {
        object: ObjectId,
        content: Content,
        poison: bool,
    },
    Read {
        object: ObjectId,
        patience: Patience,
    },
    Unread {
        object: ObjectId,
    },
    Write {
        object: ObjectId,
        patience: Patience,
    },
    Unwrite {
        object: ObjectId,
        content: Content,
        poison: bool,
    },
    Downgrade {
        object: ObjectId,
        content: Content,
    },
    IsPoisoned {
        object: ObjectId,
    },
    ClearPoison {
        object: ObjectId,
    },
    Wait {
        condvar: ObjectId,
        lock: ObjectId,
        content: Content,
        patience: Patience,
    },
    Notify {
        condvar: ObjectId,
        all: bool,
    },
    Arrive {
        barrier: ObjectId,
    },
    /// The beginning of a one-time initialization: `force` runs it even after a failed one.
    OnceBegin {
        object: ObjectId,
        force: bool,
    },
    OnceEnd {
        object: ObjectId,
        content: Content,
        poison: bool,
    },
    OnceGet {
        object: ObjectId,
    },
    /// `force`: a failed initialization is waited out, until another one does not fail.
    OnceWait {
        object: ObjectId,
        force: bool,
    },
    /// An initialization without code of the program's own, so one step.
    OnceSet {
        object: ObjectId,
        content: Content,
    },
    /// It is as if never initialized. Whoever does this has it alone.
    OnceTake {
        object: ObjectId,
    },

    // Channels.
    Send {
        object: ObjectId,
        content: Content,
        patience: Patience,
    },
    Receive {
        object: ObjectId,
        patience: Patience,
    },
    CloneSender {
        object: ObjectId,
    },
    DropSender {
        object: ObjectId,
    },
    /// The reply names what was still in the channel: its receiver drops it.
    DropReceiver {
        object: ObjectId,
    },

    // Memory that is neither atomic nor locked.
    Observe {
        object: ObjectId,
    },
    Replace {
        object: ObjectId,
        content: Content,
    },
    Borrow {
        object: ObjectId,
        mutably: bool,
    },
    Unborrow {
        object: ObjectId,
        mutably: bool,
        content: Content,
    },
    PlainRead {
        object: ObjectId,
    },
    /// Without `content` it stays what it is for now, and the reply tells what that is.
    PlainWrite {
        object: ObjectId,
        content: Option<Content>,
    },

    // Counted owners.
    /// `watched`: how many there are matters.
    Own {
        object: ObjectId,
        weak: bool,
        watched: bool,
    },
    /// `watched`: when it happens matters. `drops`: so does who is the last, since the contents have a destructor.
    Disown {
        object: ObjectId,
        weak: bool,
        watched: bool,
        drops: bool,
    },
    /// The reply has how many own it, and above them how many watch it. `acquires`: and sees what those did who own it no
    /// more.
    Owners {
        object: ObjectId,
        watched: bool,
        acquires: bool,
    },
    Upgrade {
        object: ObjectId,
        watched: bool,
    },
    /// Lets it go if nobody else owns it. The reply is as that of `Owners`, before.
    Unwrap {
        object: ObjectId,
        watched: bool,
    },

    // The terminal.
    Print {
        text: Content,
        error: bool,
    },

    // Futures on one executor.
    EnterExecutor,
    LeaveExecutor,
    /// `yields`: it could go on at once, and only lets others go first.
    Await {
        yields: bool,
    },
    Wake {
        task: Task,
    },
    PollJoin {
        task: Task,
    },
}

/// What a task sees of its operation. `bits`: the value or the content; `flag`: how it went (see the facade).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Reply {
    pub bits: u64,
    pub flag: u8,
}

impl Reply {
    pub(crate) fn flag(flag: u8) -> Reply {
        Reply { bits: 0, flag }
    }

    pub(crate) fn content(content: Content, flag: u8) -> Reply {
        Reply { bits: u64::from(content.0), flag }
    }

    /// Of a message received: its contents, and the sender that waited for it to be taken.
    pub(crate) fn message(content: Content, offered_by: Option<Task>) -> Reply {
        let sender = offered_by.map_or(0, |task| u64::from(task.0) + 1);
        Reply { bits: u64::from(content.0) | sender << 32, flag: OK }
    }

    /// The sender that waited for the message received here to be taken, if one did.
    pub fn offered_by(self) -> Option<Task> {
        (self.bits >> 32).checked_sub(1).map(|task| Task(task as u8))
    }
}

/// The operation went well.
pub const OK: u8 = 0;
/// A lock was got although a holder of it panicked; a one-time initialization has failed before.
pub const POISONED: u8 = 1;
/// Would block; a channel is full or empty; the time is over.
pub const LATER: u8 = 2;
/// The other end of a channel is gone.
pub const DISCONNECTED: u8 = 4;
/// Already there: a one-time initialization is done, a task has ended.
pub const DONE: u8 = 8;
/// What an unwatched count tells may be different by when others let go: those drops must be steps.
pub const WATCH: u8 = 16;

impl Op {
    /// The object that it acts on.
    pub fn object(self) -> Option<ObjectId> {
        match self {
            Op::Load { object, .. }
            | Op::Store { object, .. }
            | Op::Modify { object, .. }
            | Op::FutexWait { object, .. }
            | Op::FutexWake { object, .. }
            | Op::Lock { object, .. }
            | Op::Unlock { object, .. }
            | Op::Read { object, .. }
            | Op::Unread { object }
            | Op::Write { object, .. }
            | Op::Unwrite { object, .. }
            | Op::Downgrade { object, .. }
            | Op::IsPoisoned { object }
            | Op::ClearPoison { object }
            | Op::OnceBegin { object, .. }
            | Op::OnceEnd { object, .. }
            | Op::OnceGet { object }
            | Op::OnceWait { object, .. }
            | Op::OnceSet { object, .. }
            | Op::OnceTake { object }
            | Op::Send { object, .. }
            | Op::Receive { object, .. }
            | Op::CloneSender { object }
            | Op::DropSender { object }
            | Op::DropReceiver { object }
            | Op::Observe { object }
            | Op::Replace { object, .. }
            | Op::Borrow { object, .. }
            | Op::Unborrow { object, .. }
            | Op::PlainRead { object }
            | Op::PlainWrite { object, .. }
            | Op::Own { object, .. }
            | Op::Disown { object, .. }
            | Op::Owners { object, .. }
            | Op::Upgrade { object, .. }
            | Op::Unwrap { object, .. } => Some(object),
            Op::Wait { condvar, .. } | Op::Notify { condvar, .. } => Some(condvar),
            Op::Arrive { barrier } => Some(barrier),
            _ => None,
        }
    }

    /// Whether a task that got this reply knows who has the object at the moment, or how many do.
    pub(crate) fn tells_holders(self, reply: Reply) -> bool {
        match self {
            Op::Lock { patience, .. } | Op::Read { patience, .. } | Op::Write { patience, .. } => {
                patience == Patience::Try
            }
            Op::Borrow { .. } => reply.flag & LATER != 0,
            Op::Load { .. } | Op::Modify { .. } | Op::Owners { .. } | Op::Upgrade { .. } | Op::Unwrap { .. } => true,
            _ => false,
        }
    }

    /// What it is called: the method's name where there is one.
    pub fn name(self) -> &'static str {
        match self {
            Op::Spawn { .. } => "spawn",
            Op::Join { .. } | Op::JoinScope { .. } | Op::PollJoin { .. } => "join",
            Op::Detach { .. } => "drop the handle",
            Op::Leave => "leave the result",
            Op::IsFinished { .. } => "is_finished",
            Op::Finish { .. } => "end",
            Op::Exit { .. } => "exit",
            Op::Yield => "yield_now",
            Op::Spin => "spin_loop",
            Op::Sleep { .. } => "sleep",
            Op::Park { .. } => "park",
            Op::Unpark { .. } => "unpark",
            Op::Now { .. } => "now",
            Op::Load { .. } => "load",
            Op::Store { .. } => "store",
            Op::Modify { modify, .. } => modify.name(),
            Op::Fence { .. } => "fence",
            Op::FutexWait { .. } => "futex wait",
            Op::FutexWake { .. } => "futex wake",
            Op::Lock { patience: Patience::Try, .. } => "try_lock",
            Op::Lock { .. } => "lock",
            Op::Unlock { .. } => "unlock",
            Op::Read { patience: Patience::Try, .. } => "try_read",
            Op::Read { .. } => "read",
            Op::Write { patience: Patience::Try, .. } => "try_write",
            Op::Write { .. } => "write",
            Op::Unread { .. } | Op::Unwrite { .. } => "unlock",
            Op::Downgrade { .. } => "downgrade",
            Op::IsPoisoned { .. } => "is_poisoned",
            Op::ClearPoison { .. } => "clear_poison",
            Op::Wait { patience: Patience::Until(_), .. } => "wait_timeout",
            Op::Wait { .. } => "wait",
            Op::Notify { all: false, .. } => "notify_one",
            Op::Notify { all: true, .. } => "notify_all",
            Op::Arrive { .. } => "wait",
            Op::OnceBegin { .. } => "begin to initialize",
            Op::OnceEnd { .. } => "end of initializing",
            Op::OnceGet { .. } => "get",
            Op::OnceWait { .. } => "wait",
            Op::OnceSet { .. } => "set",
            Op::OnceTake { .. } => "take",
            Op::Send { patience: Patience::Try, .. } => "try_send",
            Op::Send { .. } => "send",
            Op::Receive { patience: Patience::Try, .. } => "try_recv",
            Op::Receive { patience: Patience::Until(_), .. } => "recv_timeout",
            Op::Receive { .. } => "recv",
            Op::CloneSender { .. } | Op::Own { .. } => "clone",
            Op::DropSender { .. } => "drop the last sender",
            Op::DropReceiver { .. } => "drop the receiver",
            Op::Disown { .. } => "drop",
            Op::Observe { .. } => "look",
            Op::Replace { .. } => "set",
            Op::Borrow { mutably: false, .. } => "borrow",
            Op::Borrow { mutably: true, .. } => "borrow_mut",
            Op::Unborrow { .. } => "end of borrow",
            Op::PlainRead { .. } => "read",
            Op::PlainWrite { .. } => "write",
            Op::Owners { .. } => "count owners",
            Op::Upgrade { .. } => "upgrade",
            Op::Unwrap { .. } => "unwrap",
            Op::Print { error: false, .. } => "print",
            Op::Print { error: true, .. } => "eprint",
            Op::EnterExecutor | Op::LeaveExecutor => "block_on",
            Op::Await { yields: false } => "await",
            Op::Await { yields: true } => "yield_now",
            Op::Wake { .. } => "wake",
        }
    }

    /// The memory order, where it is not the one of the strong model.
    pub(crate) fn order(self) -> Option<&'static str> {
        match self {
            Op::Load { order, .. } | Op::Store { order, .. } | Op::Modify { order, .. } | Op::Fence { order } => {
                Some(order.name())
            }
            _ => None,
        }
    }

    /// The value it brings: of a store, an `add`, a compare-exchange (expected and new).
    pub(crate) fn value(self) -> Option<(Option<u64>, u64)> {
        match self {
            Op::Store { value, .. } => Some((None, value)),
            Op::Modify { modify, .. } => Some(modify.operand()),
            Op::FutexWait { expected, .. } => Some((None, expected)),
            _ => None,
        }
    }
}
