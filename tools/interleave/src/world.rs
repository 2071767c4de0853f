//! What is known of a program, over all of its schedules: the tables behind the numbers in [`Op`] and `State`.
//!
//! A task's life is a tree. What it does next depends on nothing but what it has observed, so each node, a
//! [`Local`], has one operation, and a branch for each reply that it can get. A node is found by running the program
//! once; after that, whatever the other tasks do in between, the machine knows what this one does without running it.

use std::panic::Location;

use rustc_hash::FxHashMap;

use crate::machine::Problem;
use crate::op::{Content, Local, ObjectId, Op, Place, Reply, Task, Width};
use crate::outcome::Ending;
use crate::state::Object;

/// A stretch of a task's own code between two operations: after `reply` to the operation at `after`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Segment {
    /// The beginning of `main`.
    Main,
    /// The beginning of a task that its starter has started in this segment.
    Start {
        in_segment: u32,
    },
    After {
        local: Local,
        reply: Reply,
    },
}

/// A node of the tree.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Life {
    pub(crate) task: Task,
    pub(crate) op: Op,
    pub(crate) place: Place,
    /// The objects that the task made on the way here.
    pub(crate) made: Vec<(ObjectId, Object)>,
    /// How many operations it has done.
    pub(crate) depth: u32,
    /// It stands in the destructor of what a last owner let go, and that was no step: what is to be watched.
    pub(crate) dropping: Option<&'static str>,
}

/// Where an object or a task comes from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) enum Origin {
    /// The `nth` that this task made.
    Made { by: Task, nth: u32 },
    /// A static, by the number of its discovery.
    Static(u32),
    /// The `nth` in what this thread keeps under this key, where futures share that.
    Stored { thread: Task, key: usize, nth: u32 },
    /// There from the beginning.
    Given,
}

#[derive(Clone, Debug)]
pub(crate) struct ObjectInfo {
    pub(crate) origin: Origin,
    pub(crate) kind: &'static str,
    pub(crate) place: Place,
    /// What it is when a schedule begins: only statics are there then.
    pub(crate) initially: Object,
}

#[derive(Clone, Debug)]
pub(crate) struct TaskInfo {
    pub(crate) origin: Origin,
    pub(crate) place: Place,
    pub(crate) name: Option<String>,
}

/// A place in a source file, as the compiler knows it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct SourcePlace {
    /// As the compiler was given it.
    pub file: String,
    /// From one.
    pub line: u32,
    pub column: u32,
}

impl std::fmt::Display for SourcePlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Known {
    Text(String),
    /// No `Debug`, so known by where it was left: the segment, and the how manieth of it.
    Left {
        segment: u32,
        nth: u32,
    },
    /// One after the other.
    Several(Vec<Content>),
}

/// What a pointer in an atomic points to. Addresses differ from run to run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Pointer {
    /// Where it is on every run: a static, or a number that is no address.
    Fixed(usize),
    /// By the first use of it in an atomic: the segment, and the how manieth there.
    Used { segment: u32, nth: u32 },
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct World {
    pub(crate) lives: Vec<Life>,
    segments: FxHashMap<Segment, u32>,
    /// Where each segment ends.
    ends: Vec<Option<Local>>,
    contents: Vec<Known>,
    content_numbers: FxHashMap<Known, Content>,
    pub(crate) objects: Vec<ObjectInfo>,
    object_numbers: FxHashMap<Origin, ObjectId>,
    pub(crate) tasks: Vec<TaskInfo>,
    task_numbers: FxHashMap<Origin, Task>,
    /// Statics, by address.
    static_numbers: FxHashMap<usize, ObjectId>,
    pointers: Vec<Pointer>,
    pointer_numbers: FxHashMap<Pointer, u64>,
    pub(crate) places: Vec<SourcePlace>,
    place_numbers: FxHashMap<SourcePlace, Place>,
    pub(crate) texts: Vec<String>,
    text_numbers: FxHashMap<String, u32>,
    pub(crate) endings: Vec<Ending>,
    /// The type of each atomic.
    pub(crate) widths: FxHashMap<ObjectId, Width>,
    /// Whether memory is weak, so that orderings matter.
    pub(crate) weak: bool,
    /// Where each life comes from: the one before, and the reply.
    before: Vec<Option<(Local, Reply)>>,
    ending_numbers: FxHashMap<Ending, u32>,
}

/// Whether a `Debug` text tells a value from all others of its type: not if it has an address in it, or leaves something
/// out.
fn says_all(text: &str) -> bool {
    !["0x", ".. }", "(..)"].iter().any(|part| text.contains(part))
}

/// How many tasks a program may start: as many as there are letters.
pub(crate) const MOST_TASKS: usize = crate::schedule::LETTERS.len();

impl World {
    pub(crate) fn new(weak: bool) -> World {
        let mut world = World { weak, ..World::default() };
        world.text(String::new());
        let nothing = world.content(Some("()".into()), 0, 0);
        let initially = Object::Mutex { owner: None, poisoned: false, content: nothing, view: <_>::default() };
        let place = world.place_of(Location::caller());
        world.object(Origin::Given, |_| ObjectInfo { origin: Origin::Given, kind: "stdout", place, initially });
        world
    }

    pub(crate) fn life(&self, local: Local) -> &Life {
        &self.lives[local.0 as usize]
    }

    pub(crate) fn branch(&self, local: Local, reply: Reply) -> Option<Local> {
        self.ends[*self.segments.get(&Segment::After { local, reply })? as usize]
    }

    /// The node at the end of a segment.
    ///
    /// # Errors
    /// The program has done something else here before, so that it depends on more than this task has observed.
    pub(crate) fn arrive(
        &mut self,
        segment: u32,
        before: Option<(Local, Reply)>,
        life: Life,
    ) -> Result<Local, Problem> {
        if let Some(local) = self.ends[segment as usize] {
            let before = self.life(local);
            if *before == life {
                return Ok(local);
            }
            return Err(Problem::Hidden {
                task: life.task,
                before: (before.op.name(), self.place(before.place).clone()),
                now: (life.op.name(), self.place(life.place).clone()),
            });
        }
        let local = Local(self.lives.len() as u32);
        self.lives.push(life);
        self.before.push(before);
        self.ends[segment as usize] = Some(local);
        Ok(local)
    }

    /// What a task did on its way to `local`, last first, and what it saw of it.
    pub(crate) fn past(&self, local: Local) -> impl Iterator<Item = (&Life, Reply)> {
        let before = |local: Local| self.before[local.0 as usize];
        std::iter::successors(before(local), move |&(earlier, _)| before(earlier))
            .map(|(earlier, reply)| (self.life(earlier), reply))
    }

    /// Whether a task comes back to where it spins or yields without having looked at anything: that is no waiting.
    pub(crate) fn in_a_row(&self, local: Local) -> bool {
        let life = self.life(local);
        self.past(local)
            .map(|(earlier, _)| earlier)
            .take_while(|earlier| match earlier.op {
                Op::Yield | Op::Spin | Op::Await { yields: true } => true,
                // A future that yields.
                op => op == Op::Wake { task: life.task },
            })
            .any(|earlier| (earlier.op, earlier.place) == (life.op, life.place))
    }

    /// Where a task has looked at the clock since it was last at the operation at `local`.
    pub(crate) fn clock_in_loop(&self, local: Local) -> Option<Place> {
        let here = self.life(local);
        let same = |life: &Life| (life.op, life.place) == (here.op, here.place);
        let mut turn = true;
        std::iter::once(here)
            .chain(
                self.past(local)
                    .map(|(life, _)| life)
                    .take_while(move |life| std::mem::replace(&mut turn, !same(life))),
            )
            .find(|life| life.op == (Op::Now { step: true }))
            .map(|life| life.place)
    }

    pub(crate) fn segment(&mut self, segment: Segment) -> u32 {
        let next = self.ends.len() as u32;
        let number = *self.segments.entry(segment).or_insert(next);
        if number == next {
            self.ends.push(None);
        }
        number
    }

    /// What a lock or a message holds: by its `Debug` text, or by where it was left. A text with an address in it does
    /// not say the same on every run, so it is not used.
    pub(crate) fn content(&mut self, text: Option<String>, segment: u32, nth: u32) -> Content {
        self.known(match text {
            Some(text) if says_all(&text) => Known::Text(text),
            _ => Known::Left { segment, nth },
        })
    }

    /// A text that says all.
    pub(crate) fn words(&mut self, text: String) -> Content {
        self.known(Known::Text(text))
    }

    /// All of these.
    pub(crate) fn several(&mut self, contents: Vec<Content>) -> Content {
        self.known(Known::Several(contents))
    }

    fn known(&mut self, known: Known) -> Content {
        if let Some(&content) = self.content_numbers.get(&known) {
            return content;
        }
        let content = Content(self.contents.len() as u32);
        self.contents.push(known.clone());
        self.content_numbers.insert(known, content);
        content
    }

    /// As text; `None` for what has no `Debug`.
    pub(crate) fn show(&self, content: Content) -> Option<&str> {
        match &self.contents[content.0 as usize] {
            Known::Text(text) => Some(text),
            Known::Left { .. } | Known::Several(_) => None,
        }
    }

    /// The name of a pointer that this run has not named yet. Null is 0.
    pub(crate) fn pointer(&mut self, address: usize, fixed: bool, segment: u32, nth: u32) -> u64 {
        let pointer = if fixed { Pointer::Fixed(address) } else { Pointer::Used { segment, nth } };
        if let Some(&name) = self.pointer_numbers.get(&pointer) {
            return name;
        }
        self.pointers.push(pointer);
        let name = self.pointers.len() as u64;
        self.pointer_numbers.insert(pointer, name);
        name
    }

    /// The address of a pointer that has the same on every run.
    pub(crate) fn fixed_address(&self, name: u64) -> Option<usize> {
        match self.pointers.get(name as usize - 1)? {
            Pointer::Fixed(address) => Some(*address),
            Pointer::Used { .. } => None,
        }
    }

    pub(crate) fn object(&mut self, origin: Origin, make: impl FnOnce(&mut World) -> ObjectInfo) -> ObjectId {
        if let Some(&id) = self.object_numbers.get(&origin) {
            return id;
        }
        let info = make(self);
        let id = ObjectId(self.objects.len() as u32);
        if let Object::Atomic { width, .. } = info.initially {
            self.widths.insert(id, width);
        }
        self.objects.push(info);
        self.object_numbers.insert(origin, id);
        id
    }

    /// A static, known by its address and numbered in the order of discovery.
    pub(crate) fn static_object(&mut self, address: usize, make: impl FnOnce(Origin) -> ObjectInfo) -> ObjectId {
        if let Some(&id) = self.static_numbers.get(&address) {
            return id;
        }
        let origin = Origin::Static(self.static_numbers.len() as u32);
        let id = self.object(origin, |_| make(origin));
        self.static_numbers.insert(address, id);
        id
    }

    pub(crate) fn task(&mut self, info: TaskInfo) -> Result<Task, Problem> {
        if let Some(&task) = self.task_numbers.get(&info.origin) {
            return Ok(task);
        }
        if self.tasks.len() == MOST_TASKS {
            return Err(Problem::TooManyTasks { most: MOST_TASKS, place: self.place(info.place).clone() });
        }
        let task = Task(self.tasks.len() as u8);
        self.task_numbers.insert(info.origin, task);
        self.tasks.push(info);
        Ok(task)
    }

    pub(crate) fn task_of(&self, origin: Origin) -> Task {
        self.task_numbers[&origin]
    }

    pub(crate) fn static_number(&self, address: usize) -> Option<ObjectId> {
        self.static_numbers.get(&address).copied()
    }

    pub(crate) fn place_of(&mut self, location: &Location<'_>) -> Place {
        let place = SourcePlace { file: location.file().into(), line: location.line(), column: location.column() };
        if let Some(&number) = self.place_numbers.get(&place) {
            return number;
        }
        let number = Place(self.places.len() as u32);
        self.places.push(place.clone());
        self.place_numbers.insert(place, number);
        number
    }

    pub(crate) fn place(&self, place: Place) -> &SourcePlace {
        &self.places[place.0 as usize]
    }

    pub(crate) fn outcome(&mut self, ending: Ending) -> u32 {
        if let Some(&number) = self.ending_numbers.get(&ending) {
            return number;
        }
        let number = self.endings.len() as u32;
        self.endings.push(ending.clone());
        self.ending_numbers.insert(ending, number);
        number
    }

    /// The number of a whole output.
    pub(crate) fn text(&mut self, text: String) -> u32 {
        if let Some(&number) = self.text_numbers.get(&text) {
            return number;
        }
        let number = self.texts.len() as u32;
        self.texts.push(text.clone());
        self.text_numbers.insert(text, number);
        number
    }
}
