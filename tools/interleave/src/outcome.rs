//! How a schedule ends.

use crate::op::{Content, ObjectId, Place, Task};

/// The way in which a program ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// `main` returned, and every panic was asked about.
    Ok,
    /// `main` panicked, or another thread did and nobody joined it.
    Panic,
    /// Nobody can ever move again.
    Deadlock,
    /// The program ended itself with another code than 0.
    Exit,
    /// Two tasks reach the same plain memory, one of them writes, and nothing orders them.
    Race,
    /// A task made more steps than is allowed, or spins though nothing can change.
    Bound,
}

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Kind::Ok => "ok",
            Kind::Panic => "panic",
            Kind::Deadlock => "deadlock",
            Kind::Exit => "exit",
            Kind::Race => "race",
            Kind::Bound => "bound",
        }
    }
}

/// An end, in the numbers of the world.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Ending {
    pub(crate) kind: Kind,
    pub(crate) output: u32,
    pub(crate) code: i32,
    /// Who panicked, and what they said: the first, and `main` if it did too.
    pub(crate) panics: Vec<(Task, Content)>,
    pub(crate) by: Option<Task>,
    pub(crate) place: Option<Place>,
    pub(crate) stuck: Vec<Stuck>,
}

/// A task of a deadlock.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Stuck {
    pub(crate) task: Task,
    /// The name of what it wants to do: no more, since what it would send or leave makes no other outcome.
    pub(crate) name: &'static str,
    /// Whose end it waits for.
    pub(crate) joins: Vec<Task>,
    pub(crate) object: Option<ObjectId>,
    pub(crate) place: Place,
    pub(crate) held_by: Vec<Task>,
}

impl Ending {
    pub(crate) fn new(kind: Kind, output: u32) -> Ending {
        Ending { kind, output, code: 0, panics: Vec::new(), by: None, place: None, stuck: Vec::new() }
    }

    pub(crate) fn at(self, task: Task, place: Place) -> Ending {
        Ending { by: Some(task), place: Some(place), ..self }
    }
}
