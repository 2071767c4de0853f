//! Which outcomes the memory model of C++20, which is Rust's, allows: by its axioms, over all candidate executions.
//! Nothing here knows how the explorer works.
//!
//! ```text
//! Program ── a few straight-line threads of loads, stores, read-modify-writes and fences
//! └─ allowed(program) ── for each choice of where reads read from and how stores to one place are ordered:
//!    ├─ Relations ────── sequenced before, synchronizes with, happens before, coherence-ordered before
//!    └─ what the draft forbids is thrown away; what is left are the outcomes
//! ```
//!
//! Paragraphs are those of the C++20 draft N4861: [intro.races], [atomics.order], [atomics.fences].

use std::sync::atomic::Ordering::{self, *};

use crate::real::collections::BTreeSet;

pub(crate) const PLACES: usize = 3;
pub(crate) const X: usize = 0;
pub(crate) const Y: usize = 1;
pub(crate) const Z: usize = 2;

/// One operation of a thread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Event {
    Load(usize, Ordering),
    Store(usize, u32, Ordering),
    Add(usize, u32, Ordering),
    /// A strong compare-exchange: expected, new, success, failure.
    Exchange(usize, u32, u32, Ordering, Ordering),
    Fence(Ordering),
}

pub(crate) type Program = Vec<Vec<Event>>;

/// What each thread has read, in its order, and what each place holds in the end.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Outcome {
    pub(crate) reads: Vec<Vec<u32>>,
    pub(crate) last: [u32; PLACES],
}

/// What is allowed.
#[derive(Default, Debug)]
pub(crate) struct Allowed {
    /// By C++20.
    pub(crate) all: BTreeSet<Outcome>,
    /// By executions that can be put in one order in which every store comes before what reads it, the stores to a place
    /// in their modification order, and the sequentially consistent operations in theirs: the limits of the explorer.
    pub(crate) in_order: BTreeSet<Outcome>,
}

/// A relation between events: for each the set of those it leads to, as bits.
#[derive(Clone, Default)]
struct Relation(Vec<u32>);

impl Relation {
    fn new(events: usize) -> Relation {
        Relation(vec![0; events])
    }

    fn set(&mut self, from: usize, to: usize) {
        self.0[from] |= 1 << to;
    }

    fn has(&self, from: usize, to: usize) -> bool {
        self.0[from] & 1 << to != 0
    }

    fn or(mut self, other: &Relation) -> Relation {
        self.0.iter_mut().zip(&other.0).for_each(|(mine, theirs)| *mine |= theirs);
        self
    }

    fn then(&self, other: &Relation) -> Relation {
        let through = |row: &u32| others(*row).fold(0, |all, middle| all | other.0[middle]);
        Relation(self.0.iter().map(through).collect())
    }

    /// Transitive closure.
    fn closed(mut self) -> Relation {
        for middle in 0..self.0.len() {
            let beyond = self.0[middle];
            self.0.iter_mut().filter(|row| **row & 1 << middle != 0).for_each(|row| *row |= beyond);
        }
        self
    }

    /// Of a closed one.
    fn irreflexive(&self) -> bool {
        (0..self.0.len()).all(|event| !self.has(event, event))
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        self.0.iter().enumerate().flat_map(|(from, row)| others(*row).map(move |to| (from, to)))
    }
}

fn others(row: u32) -> impl Iterator<Item = usize> {
    (0..32).filter(move |event| row & 1 << event != 0)
}

/// An event of one candidate execution.
#[derive(Clone, Copy)]
struct Node {
    /// `None`: the initial store to a place.
    thread: Option<usize>,
    event: Event,
    /// Of a compare-exchange.
    succeeds: bool,
}

impl Node {
    fn place(&self) -> Option<usize> {
        match self.event {
            Event::Load(place, _) | Event::Store(place, ..) | Event::Add(place, ..) | Event::Exchange(place, ..) => {
                Some(place)
            }
            Event::Fence(_) => None,
        }
    }

    fn order(&self) -> Ordering {
        match self.event {
            Event::Load(_, order) | Event::Store(_, _, order) | Event::Add(_, _, order) | Event::Fence(order) => order,
            Event::Exchange(_, _, _, success, failure) => {
                if self.succeeds {
                    success
                } else {
                    failure
                }
            }
        }
    }

    fn reads(&self) -> bool {
        matches!(self.event, Event::Load(..) | Event::Add(..) | Event::Exchange(..))
    }

    fn writes(&self) -> bool {
        match self.event {
            Event::Store(..) | Event::Add(..) => true,
            Event::Exchange(..) => self.succeeds,
            Event::Load(..) | Event::Fence(_) => false,
        }
    }

    fn is_fence(&self) -> bool {
        matches!(self.event, Event::Fence(_))
    }

    fn releases(&self) -> bool {
        (self.writes() || self.is_fence()) && matches!(self.order(), Release | AcqRel | SeqCst)
    }

    fn acquires(&self) -> bool {
        (self.reads() || self.is_fence()) && matches!(self.order(), Acquire | AcqRel | SeqCst)
    }

    fn consistent(&self) -> bool {
        self.thread.is_some() && self.order() == SeqCst
    }
}

pub(crate) fn allowed(program: &Program) -> Allowed {
    let mut nodes: Vec<Node> = (0..PLACES)
        .map(|place| Node { thread: None, event: Event::Store(place, 0, Relaxed), succeeds: false })
        .collect();
    for (thread, events) in program.iter().enumerate() {
        nodes.extend(events.iter().map(|&event| Node { thread: Some(thread), event, succeeds: false }));
    }
    assert!(nodes.len() <= 32, "a litmus test is small");
    let mut allowed = Allowed::default();
    let exchanges: Vec<usize> = (0..nodes.len()).filter(|&at| matches!(nodes[at].event, Event::Exchange(..))).collect();
    for succeed in 0u32..1 << exchanges.len() {
        for (bit, &at) in exchanges.iter().enumerate() {
            nodes[at].succeeds = succeed & 1 << bit != 0;
        }
        let mut from = vec![None; nodes.len()];
        choose_sources(&nodes, 0, &mut from, &mut allowed, program.len());
    }
    allowed
}

/// Tries each store that each read can read from.
fn choose_sources(nodes: &[Node], at: usize, from: &mut Vec<Option<usize>>, allowed: &mut Allowed, threads: usize) {
    let Some(node) = nodes.get(at) else {
        let Some(values) = values(nodes, from) else { return };
        let mut orders: Vec<Vec<usize>> = Vec::new();
        return choose_orders(nodes, from, &values, &mut orders, allowed, threads);
    };
    if !node.reads() {
        return choose_sources(nodes, at + 1, from, allowed, threads);
    }
    for source in 0..nodes.len() {
        if source != at && nodes[source].writes() && nodes[source].place() == node.place() {
            from[at] = Some(source);
            choose_sources(nodes, at + 1, from, allowed, threads);
        }
    }
}

/// The value that each event reads, or stores if it does not read. `None` if they contradict each other.
fn values(nodes: &[Node], from: &[Option<usize>]) -> Option<Vec<(u32, u32)>> {
    fn value(nodes: &[Node], from: &[Option<usize>], at: usize, depth: usize) -> Option<(u32, u32)> {
        if depth > nodes.len() {
            return None;
        }
        let read = match from[at] {
            Some(source) => value(nodes, from, source, depth + 1)?.1,
            None => 0,
        };
        Some(match nodes[at].event {
            Event::Store(_, value, _) => (0, value),
            Event::Add(_, value, _) => (read, read.wrapping_add(value)),
            Event::Exchange(_, expected, new, _, _) => {
                if (read == expected) != nodes[at].succeeds {
                    return None;
                }
                (read, new)
            }
            Event::Load(..) | Event::Fence(_) => (read, 0),
        })
    }
    (0..nodes.len()).map(|at| value(nodes, from, at, 0)).collect()
}

/// Tries each modification order of each place.
fn choose_orders(
    nodes: &[Node],
    from: &[Option<usize>],
    values: &[(u32, u32)],
    orders: &mut Vec<Vec<usize>>,
    allowed: &mut Allowed,
    threads: usize,
) {
    let place = orders.len();
    if place == PLACES {
        let (all, in_order) = judge(nodes, from, orders);
        if !all && !in_order {
            return;
        }
        let mut reads = vec![Vec::new(); threads];
        for (at, node) in nodes.iter().enumerate() {
            if let (Some(thread), true) = (node.thread, node.reads()) {
                reads[thread].push(values[at].0);
            }
        }
        let mut last = [0; PLACES];
        for (place, order) in orders.iter().enumerate() {
            last[place] = values[*order.last().unwrap()].1;
        }
        let outcome = Outcome { reads, last };
        if in_order {
            allowed.in_order.insert(outcome.clone());
        }
        if all {
            allowed.all.insert(outcome);
        }
        return;
    }
    let stores: Vec<usize> =
        (PLACES..nodes.len()).filter(|&at| nodes[at].writes() && nodes[at].place() == Some(place)).collect();
    permute(&stores, &mut vec![place], &mut |order| {
        // A read-modify-write comes right after what it reads: [atomics.order]/10.
        let atomic = order.windows(2).all(|pair| !nodes[pair[1]].reads() || from[pair[1]] == Some(pair[0]));
        if atomic {
            orders.push(order.to_vec());
            choose_orders(nodes, from, values, orders, allowed, threads);
            orders.pop();
        }
    });
}

fn permute(rest: &[usize], order: &mut Vec<usize>, visit: &mut dyn FnMut(&[usize])) {
    if rest.is_empty() {
        return visit(order);
    }
    for at in 0..rest.len() {
        let mut left = rest.to_vec();
        order.push(left.remove(at));
        permute(&left, order, visit);
        order.pop();
    }
}

/// Whether C++20 allows this execution; and whether it also can be put in one order.
fn judge(nodes: &[Node], from: &[Option<usize>], orders: &[Vec<usize>]) -> (bool, bool) {
    let events = nodes.len();
    let all = || 0..events;
    let mut sequenced = Relation::new(events);
    for one in all() {
        for other in all() {
            let starts = nodes[one].thread.is_none() && nodes[other].thread.is_some();
            if starts || (one < other && nodes[one].thread.is_some() && nodes[one].thread == nodes[other].thread) {
                sequenced.set(one, other);
            }
        }
    }
    let mut reads_from = Relation::new(events);
    let mut modified = Relation::new(events);
    let mut from_reads = Relation::new(events);
    for order in orders {
        for (at, &one) in order.iter().enumerate() {
            order[at + 1..].iter().for_each(|&other| modified.set(one, other));
        }
    }
    for read in all() {
        let Some(source) = from[read] else { continue };
        reads_from.set(source, read);
        others(modified.0[source]).filter(|&later| later != read).for_each(|later| from_reads.set(read, later));
    }
    // [intro.races]/5: a release sequence goes on through read-modify-writes.
    let sequence = |head: usize| {
        let mut members = 1u32 << head;
        loop {
            let more = all()
                .filter(|&at| nodes[at].writes() && from[at].is_some_and(|source| members & 1 << source != 0))
                .fold(members, |members, at| members | 1 << at);
            if more == members {
                return members;
            }
            members = more;
        }
    };
    // [atomics.order]/2 and [atomics.fences]/2 to 4.
    let mut synchronizes = Relation::new(events);
    for head in all().filter(|&at| nodes[at].writes() && nodes[at].thread.is_some()) {
        let members = sequence(head);
        for read in all().filter(|&at| from[at].is_some_and(|source| members & 1 << source != 0)) {
            let releasing =
                all().filter(|&at| nodes[at].releases() && (at == head || fence_before(nodes, &sequenced, at, head)));
            for one in releasing {
                let acquiring = all()
                    .filter(|&at| nodes[at].acquires() && (at == read || fence_after(nodes, &sequenced, at, read)));
                acquiring.filter(|&other| other != one).for_each(|other| synchronizes.set(one, other));
            }
        }
    }
    // [intro.races]/9, 10.
    let happens = sequenced.clone().or(&synchronizes).closed();
    // [atomics.order]/3.
    let coherence = reads_from.clone().or(&modified).or(&from_reads).closed();
    // [intro.races]/14 to 18: coherence.
    if !happens.irreflexive()
        || !coherence.irreflexive()
        || coherence.pairs().any(|(one, other)| happens.has(other, one))
    {
        return (false, false);
    }
    // [atomics.order]/4: the order S of sequentially consistent operations.
    let mut precedes = Relation::new(events);
    let fence = |at: usize| nodes[at].is_fence() && nodes[at].consistent();
    for (one, other) in coherence.pairs() {
        let operation = |at: usize| nodes[at].consistent() && !nodes[at].is_fence();
        for earlier in all().filter(|&at| (at == one && operation(at)) || (fence(at) && happens.has(at, one))) {
            for later in all().filter(|&at| (at == other && operation(at)) || (fence(at) && happens.has(other, at))) {
                precedes.set(earlier, later);
            }
        }
    }
    // [intro.races]/12: strongly happens before.
    let mut strongly = sequenced.clone().or(&sequenced.then(&happens).then(&sequenced));
    for (one, other) in synchronizes.pairs() {
        if nodes[one].consistent() && nodes[other].consistent() {
            strongly.set(one, other);
        }
    }
    let strongly = strongly.closed();
    let mut consistent = precedes.clone();
    for (one, other) in strongly.pairs() {
        if nodes[one].consistent() && nodes[other].consistent() {
            consistent.set(one, other);
        }
    }
    let all = consistent.closed().irreflexive();
    let in_order = precedes.or(&sequenced).or(&reads_from).or(&modified).closed().irreflexive();
    (all, in_order)
}

fn fence_before(nodes: &[Node], sequenced: &Relation, fence: usize, at: usize) -> bool {
    nodes[fence].is_fence() && sequenced.has(fence, at)
}

fn fence_after(nodes: &[Node], sequenced: &Relation, fence: usize, at: usize) -> bool {
    nodes[fence].is_fence() && sequenced.has(at, fence)
}
