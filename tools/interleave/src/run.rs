//! One run of the program itself, task by task, on one thread of the operating system.
//!
//! ```text
//! Run ── every task a coroutine with a stack of its own, stopped at its next operation
//! └─ next(task, reply) ── lets one task go on, until it comes to its next operation
//! ```
//!
//! The facade calls [`request`] for each operation, which suspends the task; and the other functions here for what is
//! no operation: making an object, naming contents, a task's own storage. They find the run through a thread-local.
//!
//! At the end of a schedule the tasks that have not ended are abandoned where they stand: no destructor runs, as when
//! a process ends, and what they own stays allocated.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::mem::MaybeUninit;
use std::panic::Location;
use std::rc::Rc;
use std::thread::LocalKey;

use corosensei::stack::DefaultStack;
use corosensei::{Coroutine, CoroutineResult, Yielder};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::machine::{Problem, Program, Stop};
use crate::op::{Content, Local, ObjectId, Op, Place, Reply, Task};
use crate::state::Object;
use crate::world::{Life, ObjectInfo, Origin, Segment, TaskInfo, World};

/// How a task ended: what it returned, or what its panic said.
#[derive(Clone, Copy, Debug)]
pub struct Ended {
    pub result: Content,
    pub panicked: bool,
}

/// What a task runs.
pub type Body = Box<dyn FnOnce() -> Ended>;

enum Request {
    Op { op: Op, place: Place },
    Start { body: Body, name: Option<String>, place: Place, future: bool, scope: Option<ObjectId> },
    Refuse { what: String, place: Place },
    Watch(&'static str),
}

type Fiber = Coroutine<Reply, Request, Ended, DefaultStack>;

/// Bytes of stack that a thread has, and `main`, as on Linux. Only what is used is ever resident.
const STACK: usize = 2 << 20;
const MAIN_STACK: usize = 8 << 20;

struct TaskRun {
    fiber: Option<Fiber>,
    /// The task whose thread it runs on: itself, but for a future that of whoever started it.
    thread: Task,
    yielder: *const Yielder<Reply, Request>,
    segment: u32,
    /// Contents without a text, left in this segment.
    left: u32,
    made: Vec<(ObjectId, Object)>,
    made_ever: u32,
    started_ever: u32,
    place: Place,
    name: Option<String>,
    panicking: bool,
    /// What the panic said that is under way.
    message: String,
    /// In the order in which they were made.
    storage: Vec<Stored>,
    /// Futures run on it, which share its storage.
    shares: bool,
    /// What it makes is for such a storage: the thread, the key, how many there are already.
    storing: Option<(Task, usize, u32)>,
    /// Inside the destructor of what a last owner let go, which is no step: what is to be watched.
    dropping: Vec<&'static str>,
}

/// What a thread has under a key.
struct Stored {
    key: usize,
    /// Nothing, once it is dropped: it is not made again.
    value: Option<Rc<dyn Any>>,
    /// Without a destructor it is there as long as the thread.
    drops: bool,
}

/// One run.
pub(crate) struct Run<'a> {
    watched: &'a FxHashSet<&'static str>,
    tasks: RefCell<Vec<TaskRun>>,
    current: Cell<Task>,
    /// The tables, while a task runs.
    world: Cell<*mut World>,
    number: u64,
    /// The names of the pointers that were put into an atomic, and where they point on this run.
    pointers: RefCell<FxHashMap<usize, u64>>,
    addresses: RefCell<FxHashMap<u64, usize>>,
}

thread_local! {
    static CURRENT: Cell<*const Run<'static>> = const { Cell::new(std::ptr::null()) };
    static STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
    static MAIN_STACKS: RefCell<Vec<DefaultStack>> = const { RefCell::new(Vec::new()) };
    static STATICS: RefCell<FxHashMap<usize, Saved>> = RefCell::new(FxHashMap::default());
    static RUNS: Cell<u64> = const { Cell::new(0) };
    static GIVEN: RefCell<(Vec<String>, String)> = const { RefCell::new((Vec::new(), String::new())) };
}

/// What the program is given: its arguments, and its standard input.
pub(crate) fn give(arguments: &[String], input: &str) {
    GIVEN.replace((arguments.to_vec(), input.to_owned()));
}

/// The program's arguments, without its name.
pub fn arguments() -> Vec<String> {
    GIVEN.with_borrow(|(arguments, _)| arguments.clone())
}

/// The program's standard input.
pub fn input() -> String {
    GIVEN.with_borrow(|(_, input)| input.clone())
}

/// What a static was before the first run, to be put back for each.
struct Saved {
    bytes: Box<[MaybeUninit<u8>]>,
    run: u64,
}

impl<'a> Run<'a> {
    /// Starts `main` and lets it go on until its first operation.
    pub(crate) fn start(
        world: &mut World,
        watched: &'a FxHashSet<&'static str>,
        main: Body,
    ) -> Result<(Run<'a>, Local), Stop> {
        RUNS.set(RUNS.get() + 1);
        let mut run = Run {
            watched,
            tasks: RefCell::new(Vec::new()),
            current: Cell::new(Task::MAIN),
            world: Cell::new(std::ptr::null_mut()),
            number: RUNS.get(),
            pointers: RefCell::default(),
            addresses: RefCell::default(),
        };
        let place = world.place_of(Location::caller());
        let segment = world.segment(Segment::Main);
        let info = TaskInfo { origin: Origin::Given, place, name: Some("main".into()) };
        let task = world.task(info)?;
        let local = run.start_task(world, task, segment, main, Some("main".into()), place, None)?;
        Ok((run, local))
    }

    #[expect(clippy::too_many_arguments, reason = "each is a different thing that a task begins with")]
    fn start_task(
        &mut self,
        world: &mut World,
        task: Task,
        segment: u32,
        body: Body,
        name: Option<String>,
        place: Place,
        future_on: Option<Task>,
    ) -> Result<Local, Stop> {
        let (size, stacks) = stacks_for(task);
        let stack = stacks.with_borrow_mut(Vec::pop).map_or_else(|| DefaultStack::new(size), Ok).map_err(|error| {
            let what = format!("no room for the stack of another thread: {error}");
            Problem::Refused { what, place: world.place(place).clone() }
        })?;
        let fiber = Coroutine::with_stack(stack, move |yielder, _: Reply| {
            with_run(|run| run.tasks.borrow_mut()[run.current.get().index()].yielder = yielder);
            if future_on.is_some() {
                suspend(Request::Op { op: Op::Await { yields: false }, place });
            }
            body()
        });
        let thread = future_on.map_or(task, |starter| self.tasks.borrow()[starter.index()].thread);
        let task_run = TaskRun { fiber: Some(fiber), thread, segment, name, ..TaskRun::nothing(place) };
        {
            let mut tasks = self.tasks.borrow_mut();
            if future_on.is_some() {
                tasks[thread.index()].shares = true;
            }
            while tasks.len() <= task.index() {
                tasks.push(TaskRun::nothing(place));
            }
            tasks[task.index()] = task_run;
        }
        self.go_on(world, task, segment, None, 0)
    }

    /// Lets a task go on to its next operation, and writes down what that is.
    fn go_on(
        &mut self,
        world: &mut World,
        task: Task,
        segment: u32,
        before: Option<(Local, Reply)>,
        depth: u32,
    ) -> Result<Local, Stop> {
        let fiber = {
            let mut tasks = self.tasks.borrow_mut();
            let this = &mut tasks[task.index()];
            this.segment = segment;
            this.left = 0;
            this.fiber.take()
        };
        let Some(mut fiber) = fiber else { unreachable!("a task that has ended was let go on") };
        let outer = (self.current.replace(task), CURRENT.replace(std::ptr::from_ref(self).cast()));
        self.world.set(world);
        crate::limits::passed(task, world.place(self.tasks.borrow()[task.index()].place));
        let result = fiber.resume(before.map(|(_, reply)| reply).unwrap_or_default());
        crate::limits::arrived();
        self.world.set(std::ptr::null_mut());
        self.current.set(outer.0);
        CURRENT.set(outer.1);

        let (op, place) = match result {
            CoroutineResult::Yield(request) => {
                self.tasks.borrow_mut()[task.index()].fiber = Some(fiber);
                match request {
                    Request::Op { op, place } => (op, place),
                    Request::Refuse { what, place } => {
                        return Err(Problem::Refused { what, place: world.place(place).clone() }.into());
                    }
                    Request::Watch(name) => return Err(Stop::Watch(name)),
                    Request::Start { body, name, place, future, scope } => {
                        let nth = {
                            let this = &mut self.tasks.borrow_mut()[task.index()];
                            this.started_ever += 1;
                            this.started_ever
                        };
                        let origin = Origin::Made { by: task, nth };
                        let child = world.task(TaskInfo { origin, place, name: name.clone() })?;
                        let start = world.segment(Segment::Start { in_segment: segment });
                        let root = self.start_task(world, child, start, body, name, place, future.then_some(task))?;
                        (Op::Spawn { task: child, root, future, scope }, place)
                    }
                }
            }
            CoroutineResult::Return(Ended { result, panicked }) => {
                give_back(task, fiber);
                let place = self.tasks.borrow()[task.index()].place;
                (Op::Finish { result, panicked }, place)
            }
        };
        let (made, dropping) = {
            let this = &mut self.tasks.borrow_mut()[task.index()];
            this.place = place;
            (std::mem::take(&mut this.made), this.dropping.last().copied())
        };
        Ok(world.arrive(segment, before, Life { task, op, place, made, depth, dropping })?)
    }
}

impl TaskRun {
    /// Of a task that this schedule has not started.
    fn nothing(place: Place) -> TaskRun {
        TaskRun {
            fiber: None,
            thread: Task::MAIN,
            yielder: std::ptr::null(),
            segment: 0,
            left: 0,
            made: Vec::new(),
            made_ever: 0,
            started_ever: 0,
            place,
            name: None,
            panicking: false,
            message: String::new(),
            storage: Vec::new(),
            shares: false,
            storing: None,
            dropping: Vec::new(),
        }
    }
}

impl Program for Run<'_> {
    fn next(&mut self, world: &mut World, task: Task, local: Local, reply: Reply) -> Result<Local, Stop> {
        let depth = world.life(local).depth + 1;
        let segment = world.segment(Segment::After { local, reply });
        self.go_on(world, task, segment, Some((local, reply)), depth)
    }
}

impl Drop for Run<'_> {
    fn drop(&mut self) {
        for (index, mut task) in self.tasks.borrow_mut().drain(..).enumerate() {
            if let Some(mut fiber) = task.fiber.take() {
                if fiber.started() && !fiber.done() {
                    // SAFETY: nothing of the abandoned stack is reached again: all tasks of the run are abandoned
                    // together, and what they share lives in the run.
                    unsafe { fiber.force_reset() };
                }
                give_back(Task(index as u8), fiber);
            }
            // What a task keeps at the end is not dropped: a process that ends runs no destructors either.
            task.storage.drain(..).for_each(std::mem::forget);
        }
    }
}

/// How large a stack a task has, and those that are free.
fn stacks_for(task: Task) -> (usize, &'static LocalKey<RefCell<Vec<DefaultStack>>>) {
    if task == Task::MAIN { (MAIN_STACK, &MAIN_STACKS) } else { (STACK, &STACKS) }
}

/// The stack of a task that is over, for the next one like it.
fn give_back(task: Task, fiber: Fiber) {
    stacks_for(task).1.with_borrow_mut(|stacks| stacks.push(fiber.into_stack()));
}

fn with_run<R>(use_it: impl FnOnce(&Run<'static>) -> R) -> R {
    let run = CURRENT.get();
    assert!(
        !run.is_null(),
        "this program was compiled against interleave's std, which works only while interleave explores it: call \
         `explore(main)` instead of `main()`"
    );
    // SAFETY: set by `go_on` for as long as the task runs, and the run outlives that.
    use_it(unsafe { &*run })
}

fn with_world<R>(use_it: impl FnOnce(&mut World, &mut TaskRun, Task) -> R) -> R {
    with_run(|run| {
        let task = run.current.get();
        // SAFETY: set by `go_on` from a `&mut World` that it does not use while the task runs.
        let world = unsafe { &mut *run.world.get() };
        use_it(world, &mut run.tasks.borrow_mut()[task.index()], task)
    })
}

/// Whether a program is being explored on this thread, so that the functions here may be called.
pub fn exploring() -> bool {
    !CURRENT.get().is_null()
}

fn suspend(request: Request) -> Reply {
    let yielder = with_run(|run| run.tasks.borrow()[run.current.get().index()].yielder);
    // SAFETY: the yielder lives at the bottom of the stack of the task that runs, which is this one.
    unsafe { &*yielder }.suspend(request)
}

/// Asks for an operation: the task stops here until the schedule lets it do it.
pub fn request(op: Op, location: &Location<'_>) -> Reply {
    let place = with_world(|world, _, _| world.place_of(location));
    suspend(Request::Op { op, place })
}

/// As [`request`], for what the program calls through code that does not say from which line: that of the task's last
/// operation stands for it.
pub fn request_here(op: Op) -> Reply {
    let place = with_world(|_, task, _| task.place);
    suspend(Request::Op { op, place })
}

/// Starts a task. It runs up to its first operation (a future: not at all) and waits there.
pub fn start(body: Body, name: Option<String>, future: bool, scope: Option<ObjectId>, location: &Location<'_>) -> Task {
    let place = with_world(|world, _, _| world.place_of(location));
    suspend(Request::Start { body, name, place, future, scope });
    with_world(|world, task, id| {
        let origin = Origin::Made { by: id, nth: task.started_ever };
        world.task_of(origin)
    })
}

/// Ends the exploration: the program does what cannot be modelled. `what` says what, and what to do instead.
pub fn refuse(what: String, location: &Location<'_>) -> ! {
    let place = with_world(|world, _, _| world.place_of(location));
    suspend(Request::Refuse { what, place });
    unreachable!("a refused program goes on")
}

/// The task that runs.
pub fn current() -> Task {
    with_run(|run| run.current.get())
}

/// The task whose thread runs: where that is a future, the one that waits for it to be run.
pub fn thread() -> Task {
    with_world(|_, task, _| task.thread)
}

/// A task's name, if it has one.
pub fn name(task: Task) -> Option<String> {
    with_run(|run| run.tasks.borrow().get(task.index()).and_then(|task| task.name.clone()))
}

/// The number of the run, which is different for each.
pub fn run_number() -> u64 {
    with_run(|run| run.number)
}

/// Contents, by their `Debug` text or by where they are left.
pub fn content(text: Option<String>) -> Content {
    with_world(|world, task, _| {
        task.left += 1;
        world.content(text, task.segment, task.left)
    })
}

/// A shared object that this task makes. What it is follows from what the task has done, so it has the same number on
/// every schedule. But not what is stored for the thread by whichever future comes first: that is there from the
/// beginning, like a static.
pub fn make(object: impl FnOnce() -> Initial, location: &Location<'_>) -> ObjectId {
    let initial = object();
    with_world(|world, task, id| {
        let object = initial.object();
        let (origin, initially) = match &mut task.storing {
            Some((thread, key, nth)) => {
                *nth += 1;
                (Origin::Stored { thread: *thread, key: *key, nth: *nth }, object.clone())
            }
            None => {
                task.made_ever += 1;
                (Origin::Made { by: id, nth: task.made_ever }, Object::Absent)
            }
        };
        let number = world.object(origin, |world| ObjectInfo {
            origin,
            kind: object.kind(),
            place: world.place_of(location),
            initially,
        });
        if let Initial::Atomic { width, .. } = initial {
            world.widths.insert(number, width);
        }
        if task.storing.is_none() {
            task.made.push((number, object));
        }
        number
    })
}

/// A static, found at its first use. `size` bytes at `contents` are put back to what they were for each run.
///
/// # Safety
/// `contents` is valid for `size` bytes, nothing refers to it, and it was made by a constant expression.
pub unsafe fn static_object(
    contents: *mut u8,
    size: usize,
    initial: impl FnOnce() -> Initial,
    address: usize,
    location: &Location<'_>,
) -> ObjectId {
    let run = run_number();
    STATICS.with_borrow_mut(|statics| {
        let saved = statics.entry(address).or_insert_with(|| {
            let mut bytes = vec![MaybeUninit::<u8>::uninit(); size].into_boxed_slice();
            // SAFETY: the caller's promise; `bytes` has the same size.
            unsafe { contents.copy_to_nonoverlapping(bytes.as_mut_ptr().cast(), size) };
            Saved { bytes, run }
        });
        if saved.run != run {
            saved.run = run;
            // SAFETY: as above. What was there before belonged to an earlier run, all of which is abandoned.
            unsafe { contents.copy_from_nonoverlapping(saved.bytes.as_ptr().cast(), size) };
        }
    });
    let known = with_world(|world, _, _| world.static_number(address));
    if let Some(known) = known {
        return known;
    }
    let object = initial().object();
    with_world(|world, _, _| {
        let place = world.place_of(location);
        world.static_object(address, |origin| ObjectInfo { origin, kind: object.kind(), place, initially: object })
    })
}

/// The name of a pointer, the same on every run: by its first use in an atomic, or by its address where that is
/// `fixed`. Null is 0.
pub fn pointer(address: usize, fixed: impl FnOnce() -> bool) -> u64 {
    if address == 0 {
        return 0;
    }
    if let Some(name) = with_run(|run| run.pointers.borrow().get(&address).copied()) {
        return name;
    }
    let fixed = fixed();
    let name = with_world(|world, task, _| {
        task.left += 1;
        world.pointer(address, fixed, task.segment, task.left)
    });
    with_run(|run| {
        run.pointers.borrow_mut().insert(address, name);
        run.addresses.borrow_mut().insert(name, address);
    });
    name
}

/// Where the pointer of this name points on this run.
pub fn address(name: u64) -> usize {
    if name == 0 {
        return 0;
    }
    with_run(|run| run.addresses.borrow().get(&name).copied())
        .or_else(|| with_world(|world, _, _| world.fixed_address(name)))
        .unwrap_or_else(|| unreachable!("a pointer that was loaded was stored before"))
}

/// What an object is at first.
#[derive(Clone, Copy, Debug)]
pub enum Initial {
    Atomic { width: crate::op::Width, value: u64 },
    Mutex(Content),
    RwLock(Content),
    Condvar,
    Barrier { size: u32 },
    Once { done: Option<Content> },
    Channel { capacity: Option<u32> },
    Cell(Content),
    Scope,
    Plain(Content),
    Counted,
}

impl Initial {
    fn object(self) -> Object {
        use crate::state::OnceState;
        let view = crate::memory::View::default();
        match self {
            Initial::Atomic { width, value } => {
                Object::Atomic { width, stores: vec![crate::memory::Store { value, view }] }
            }
            Initial::Mutex(content) => Object::Mutex { owner: None, poisoned: false, content, view },
            Initial::RwLock(content) => {
                Object::RwLock { writer: None, readers: Vec::new(), poisoned: false, content, view }
            }
            Initial::Condvar => Object::Condvar,
            Initial::Scope => Object::Scope,
            Initial::Barrier { size } => Object::Barrier { size, arrived: Vec::new(), view },
            Initial::Once { done: Some(content) } => Object::Once { state: OnceState::Done, content, view },
            Initial::Once { done: None } => Object::Once { state: OnceState::New, content: Content(0), view },
            Initial::Channel { capacity } => {
                Object::Channel { capacity, queue: Vec::new(), senders: 1, receiver: true, view, rooms: Vec::new() }
            }
            Initial::Cell(content) => Object::Cell { content, borrows: 0 },
            Initial::Plain(content) => Object::Plain { content, writer: None, readers: Vec::new() },
            Initial::Counted => Object::Counted { owners: 1, watchers: 0, view },
        }
    }
}

/// The storage that a thread has under `key`, made by `init` at first; nothing, if it is dropped already. `drops`: it has a
/// destructor.
pub fn storage(key: usize, drops: bool, init: impl FnOnce() -> Rc<dyn Any>) -> Option<Rc<dyn Any>> {
    let thread = thread();
    let found =
        |task: &TaskRun| task.storage.iter().find(|stored| stored.key == key).map(|stored| stored.value.clone());
    if let Some(value) = with_run(|run| found(&run.tasks.borrow()[thread.index()])) {
        return value;
    }
    // `init` may itself do operations, or use the storage.
    let shares = with_run(|run| run.tasks.borrow()[thread.index()].shares);
    let storing = shares.then_some((thread, key, 0));
    let outer = with_world(|_, task, _| std::mem::replace(&mut task.storing, storing));
    let value = init();
    with_world(|_, task, _| task.storing = outer);
    let stored = Stored { key, value: Some(Rc::clone(&value)), drops };
    with_run(|run| run.tasks.borrow_mut()[thread.index()].storage.push(stored));
    Some(value)
}

/// Drops what the thread has stored, newest first, as at its end. A destructor may store more.
pub fn drop_storage() {
    let newest = |task: &mut TaskRun| {
        task.storage.iter_mut().rev().filter(|stored| stored.drops).find_map(|stored| stored.value.take())
    };
    while let Some(value) = with_world(|_, task, _| newest(task)) {
        drop(value);
    }
}

/// Whether the task is unwinding.
pub fn panicking() -> bool {
    exploring() && with_world(|_, task, _| task.panicking)
}

/// A panic begins, or (`None`) has been caught; the answer is what the last one said.
pub fn note_panic(message: Option<String>) -> String {
    with_world(|_, task, _| {
        task.panicking = message.is_some();
        if let Some(message) = message {
            task.message = message;
        }
        task.message.clone()
    })
}

/// Whether it is watched, so that to let go of it is a step.
pub fn watched(name: &'static str) -> bool {
    with_run(|run| run.watched.contains(name))
}

/// Asks that the drops of an `Arc` of this type be steps, because something looks at the count.
pub fn watch(name: &'static str) {
    if !watched(name) {
        suspend(Request::Watch(name));
    }
}

/// Around the destructor of what nobody owns any more: what an `Arc` of this type held, a result that nobody joined.
pub fn last_drop(name: &'static str, drop: impl FnOnce()) {
    struct Ends;

    impl Drop for Ends {
        fn drop(&mut self) {
            with_world(|_, task, _| task.dropping.pop());
        }
    }

    if watched(name) {
        return drop();
    }
    with_world(|_, task, _| task.dropping.push(name));
    let _ends = Ends;
    drop();
}

/// A text as contents.
pub fn text(text: String) -> Content {
    with_world(|world, _, _| world.words(text))
}
