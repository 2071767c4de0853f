//! Weak memory: what a load may see.
//!
//! Every atomic keeps its stores in the order in which they were executed, and each task a *view*: how old a store it
//! may still read of each atomic. An acquiring load of a releasing store takes over the storing task's view; a fence
//! does so for the loads before it and the stores after it; sequentially consistent operations share a view of their
//! own. This is the operational reading of the C++20 memory model, which is Rust's
//! (<https://doc.rust-lang.org/std/sync/atomic/index.html>; <https://eel.is/c++draft/atomics.order>), with three
//! limits:
//!
//! - **No load buffering.** A load cannot see a store that is executed later.
//! - **The modification order is the execution order.** Two stores of different tasks to one atomic are ordered as
//!   the schedule runs them, never the other way round.
//! - **So is the order of the sequentially consistent operations.** C++20 lets it run against happens-before where
//!   operations of other orderings stand between (<https://wg21.link/p0668>).
//!
//! In the strong model there is one store an atomic, and views stay empty.

use crate::op::{ObjectId, Order, Reply, Task};
use crate::state::{Object, State};

/// How much of the past something is ordered after. Zeros at the end are not kept, so that equal views are equal.
#[derive(Clone, Eq, Hash, Debug, Default)]
#[expect(clippy::derived_hash_with_manual_eq, reason = "it is the equality that would be derived")]
pub(crate) struct View {
    /// For each atomic the number of the oldest store that may still be read.
    stores: Vec<u32>,
    /// For each task how many of its accesses to plain memory have happened before.
    accesses: Vec<u32>,
}

fn at(numbers: &[u32], index: usize) -> u32 {
    numbers.get(index).copied().unwrap_or(0)
}

fn raise(numbers: &mut Vec<u32>, index: usize, to: u32) {
    if to > at(numbers, index) {
        if numbers.len() <= index {
            numbers.resize(index + 1, 0);
        }
        numbers[index] = to;
    }
}

/// Most views are empty, and comparing nothing with nothing by `memcmp` takes most of the time of an exploration.
impl PartialEq for View {
    fn eq(&self, other: &View) -> bool {
        let same = |a: &Vec<u32>, b: &Vec<u32>| a.len() == b.len() && (a.is_empty() || a == b);
        same(&self.stores, &other.stores) && same(&self.accesses, &other.accesses)
    }
}

impl View {
    pub(crate) fn get(&self, object: ObjectId) -> u32 {
        at(&self.stores, object.0 as usize)
    }

    pub(crate) fn raise(&mut self, object: ObjectId, to: u32) {
        raise(&mut self.stores, object.0 as usize, to);
    }

    pub(crate) fn accesses(&self, task: Task) -> u32 {
        at(&self.accesses, task.index())
    }

    pub(crate) fn access(&mut self, task: Task) -> u32 {
        let number = self.accesses(task) + 1;
        raise(&mut self.accesses, task.index(), number);
        number
    }

    pub(crate) fn join(&mut self, other: &View) {
        self.join_stores(other);
        other.accesses.iter().enumerate().for_each(|(index, &to)| raise(&mut self.accesses, index, to));
    }

    /// Leaves out accesses to plain memory, which only what happens before orders.
    fn join_stores(&mut self, other: &View) {
        other.stores.iter().enumerate().for_each(|(index, &to)| raise(&mut self.stores, index, to));
    }

    /// The stores of `object` are counted from a later one on.
    fn lower(&mut self, object: ObjectId, by: u32) {
        if let Some(at) = self.stores.get_mut(object.0 as usize) {
            *at = at.saturating_sub(by);
        }
        while self.stores.last() == Some(&0) {
            self.stores.pop();
        }
    }
}

/// What a task has seen, what an acquire fence would show it, and what a relaxed store of it passes on.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default)]
pub(crate) struct Views {
    pub(crate) now: View,
    pub(crate) at_acquire_fence: View,
    pub(crate) at_release_fence: View,
}

impl Views {
    /// Of a task that is started: all that its starter has done happens before. Fences of the starter are none of its own:
    /// they order only what is sequenced before and after them (<https://eel.is/c++draft/atomics.fences>).
    pub(crate) fn of_started(starter: &View) -> Views {
        Views { now: starter.clone(), at_acquire_fence: starter.clone(), at_release_fence: View::default() }
    }
}

/// A value that an atomic has had, and what a load that acquires it sees.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Store {
    pub(crate) value: u64,
    pub(crate) view: View,
}

impl State {
    /// How many stores of `object` a load may choose from: the newest is alternative 0.
    pub(crate) fn readable(&self, task: Task, object: ObjectId, order: Order, newest: u32) -> u32 {
        newest - self.oldest_readable(task, object, order).min(newest) + 1
    }

    fn oldest_readable(&self, task: Task, object: ObjectId, order: Order) -> u32 {
        let mine = self.tasks[task.index()].views.now.get(object);
        if order == Order::SeqCst { mine.max(self.consistent.get(object)) } else { mine }
    }

    /// The task has read store `at` of `object`.
    pub(crate) fn observe(&mut self, task: Task, object: ObjectId, order: Order, at: u32, passed: &View) {
        let views = &mut self.tasks[task.index()].views;
        views.now.raise(object, at);
        views.at_acquire_fence.raise(object, at);
        if order.acquires() {
            views.now.join(passed);
        }
        views.at_acquire_fence.join(passed);
        if order == Order::SeqCst {
            self.consistent.raise(object, at);
        }
    }

    /// What a store number `at` of this task passes on; `found` is the view of the store that a read-modify-write
    /// replaces, whose release sequence it continues.
    pub(crate) fn publish(
        &mut self,
        task: Task,
        object: ObjectId,
        order: Order,
        at: u32,
        found: Option<&View>,
    ) -> View {
        let views = &mut self.tasks[task.index()].views;
        views.now.raise(object, at);
        views.at_acquire_fence.raise(object, at);
        let mut passed = if order.releases() { views.now.clone() } else { views.at_release_fence.clone() };
        passed.raise(object, at);
        if let Some(found) = found {
            passed.join(found);
        }
        if order == Order::SeqCst {
            self.consistent.raise(object, at);
        }
        passed
    }

    pub(crate) fn fence(&mut self, task: Task, order: Order) {
        let views = &mut self.tasks[task.index()].views;
        if order.acquires() {
            let seen = views.at_acquire_fence.clone();
            views.now.join(&seen);
        }
        if order == Order::SeqCst {
            views.now.join_stores(&self.consistent);
            self.consistent.join_stores(&views.now);
            views.at_acquire_fence.join(&views.now);
        }
        if order.releases() {
            views.at_release_fence = views.now.clone();
        }
    }

    /// What everything that this task does is ordered after, from now on.
    pub(crate) fn synchronize(&mut self, task: Task, with: &View) {
        let views = &mut self.tasks[task.index()].views;
        views.now.join(with);
        views.at_acquire_fence.join(with);
    }

    /// A store is seen in the end: whoever spins while nobody else can move sees the newest.
    pub(crate) fn see_newest(&mut self, task: Task) {
        for (index, object) in self.objects.iter().enumerate() {
            if let Object::Atomic { stores, .. } = object {
                let newest = stores.len() as u32 - 1;
                self.tasks[task.index()].views.now.raise(ObjectId(index as u32), newest);
            }
        }
    }

    pub(crate) fn view(&self, task: Task) -> View {
        self.tasks[task.index()].views.now.clone()
    }

    /// Forgets the stores that no task can read any more and counts the others from zero, so that states that differ
    /// in nothing else are equal.
    pub(crate) fn forget_old_stores(&mut self) {
        for index in 0..self.objects.len() {
            let object = ObjectId(index as u32);
            let Object::Atomic { stores, .. } = &mut self.objects[index] else { continue };
            if stores.len() == 1 {
                continue;
            }
            let old =
                self.tasks.iter().filter(|task| task.alive()).map(|task| task.views.now.get(object)).min().unwrap_or(0);
            if old == 0 {
                continue;
            }
            stores.drain(..old as usize);
            self.each_view(|view| view.lower(object, old));
        }
    }

    fn each_view(&mut self, mut change: impl FnMut(&mut View)) {
        for task in &mut self.tasks {
            change(&mut task.views.now);
            change(&mut task.views.at_acquire_fence);
            change(&mut task.views.at_release_fence);
            change(&mut task.unparked_with);
            change(&mut task.let_go_with);
        }
        change(&mut self.consistent);
        for object in &mut self.objects {
            match object {
                Object::Atomic { stores, .. } => stores.iter_mut().for_each(|store| change(&mut store.view)),
                Object::Mutex { view, .. }
                | Object::RwLock { view, .. }
                | Object::Barrier { view, .. }
                | Object::Once { view, .. }
                | Object::Counted { view, .. } => change(view),
                Object::Channel { queue, view, rooms, .. } => {
                    change(view);
                    rooms.iter_mut().for_each(&mut change);
                    queue.iter_mut().for_each(|message| change(&mut message.view));
                }
                Object::Absent | Object::Condvar | Object::Scope | Object::Cell { .. } | Object::Plain { .. } => {}
            }
        }
    }

    /// The reply to a load that sees store `at`.
    pub(crate) fn load(&mut self, task: Task, object: ObjectId, order: Order, at: u32) -> Reply {
        let Object::Atomic { stores, .. } = &self.objects[object.0 as usize] else {
            unreachable!("a load of what is no atomic")
        };
        let Store { value, view } = stores[at as usize].clone();
        self.observe(task, object, order, at, &view);
        Reply { bits: value, flag: 0 }
    }
}
