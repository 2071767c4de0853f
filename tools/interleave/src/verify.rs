//! Checks of an exploration that do not rely on what it relies on.
//!
//! Merging equal states is right only if nothing that a task does depends on what the facade cannot see. So the
//! program is run again: every schedule one by one, where there are few enough, and some at random.

use num_bigint::BigUint;
use rustc_hash::FxHashMap;

use crate::explore::{Exploration, Main};
use crate::limits;
use crate::machine::{Move, Problem, Stop};
use crate::schedule;

/// The schedules of a program, run one by one: how many end in each outcome.
#[derive(Debug, Default)]
pub(crate) struct Enumeration {
    pub(crate) counts: FxHashMap<u32, u64>,
    /// They are too long to be run all.
    pub(crate) cut: bool,
}

/// How many steps to take at most to run schedules one by one: 100,000 of a hundred steps. Those on which a task spins to its
/// end have thousands.
const MOST_STEPS: u64 = 10_000_000;

fn problem(stop: Stop) -> Problem {
    match stop {
        Stop::Problem(problem) => problem,
        Stop::Watch(name) => {
            Problem::Unsound { what: format!("{name}: the moment of its drop matters, unseen until now") }
        }
        Stop::Unknown => Problem::Unsound { what: "a run of the program did not know what it does".into() },
    }
}

/// Runs the schedules one by one, depth-first, at most `most` of them.
///
/// # Errors
/// The program does what it did not do before, or what cannot be modelled.
pub(crate) fn enumerate(exploration: &mut Exploration, main: Main<'_>, most: u64) -> Result<Enumeration, Problem> {
    let mut result = Enumeration::default();
    // The choices made so far: the moves that there are, and which was taken.
    let mut way: Vec<(Vec<Move>, usize)> = Vec::new();
    let Exploration { world, machine, watched, .. } = exploration;
    let mut steps = 0;
    for _ in 0..most {
        let (mut run, mut state) = Exploration::fresh_run(world, machine, watched, main).map_err(problem)?;
        let mut depth = 0;
        loop {
            let by = match way.get(depth) {
                Some((moves, taken)) => moves[*taken],
                None => {
                    let moves = machine.moves(world, &state);
                    let Some(&first) = moves.first() else { break };
                    way.push((moves, 0));
                    first
                }
            };
            depth += 1;
            limits::step(by);
            machine.advance(world, &mut run, &mut state, by).map_err(problem)?;
        }
        steps += depth as u64;
        if steps > MOST_STEPS {
            result.cut = true;
            return Ok(result);
        }
        let Some(outcome) = state.end else { unreachable!("nobody can move, and it is no end") };
        *result.counts.entry(outcome).or_default() += 1;
        // The last choice that has another way.
        while way.pop_if(|(moves, taken)| *taken + 1 == moves.len()).is_some() {}
        match way.last_mut() {
            Some((_, taken)) => *taken += 1,
            None => return Ok(result),
        }
    }
    Ok(result)
}

/// Compares the counts with those of an enumeration, if there are at most `most` schedules.
///
/// # Errors
/// They differ, and how.
pub(crate) fn check_counts(
    exploration: &mut Exploration,
    counts: &[BigUint],
    main: Main<'_>,
    most: u64,
) -> Result<bool, Problem> {
    if counts.iter().sum::<BigUint>() > BigUint::from(most) {
        return Ok(false);
    }
    let one_by_one = enumerate(exploration, main, most + 1)?;
    if one_by_one.cut {
        return Ok(false);
    }
    for outcome in 0..exploration.world.endings.len() as u32 {
        let merged = counts.get(outcome as usize).cloned().unwrap_or_default();
        let walked = one_by_one.counts.get(&outcome).copied().unwrap_or(0);
        if merged != BigUint::from(walked) {
            let ending = &exploration.world.endings[outcome as usize];
            return Err(Problem::Unsound {
                what: format!(
                    "{merged} schedules end {:?} with {:?}, by the graph of states; run one by one, {walked} do: \
                     something that the program shares is not seen",
                    ending.kind, exploration.world.texts[ending.output as usize],
                ),
            });
        }
    }
    Ok(true)
}

/// Runs schedules chosen at random and follows each in the graph of states.
///
/// # Errors
/// One leaves the graph.
pub(crate) fn check_at_random(exploration: &mut Exploration, main: Main<'_>, runs: u32) -> Result<(), Problem> {
    let mut random = SplitMix64(0x1234_5678);
    let watched = exploration.watched.clone();
    for _ in 0..runs {
        let mut way = Vec::new();
        let mut at = 0;
        let Exploration { world, machine, .. } = exploration;
        let (mut run, mut state) = Exploration::fresh_run(world, machine, &watched, main).map_err(problem)?;
        loop {
            let Exploration { world, machine, .. } = exploration;
            let moves = machine.moves(world, &state);
            if moves.is_empty() {
                break;
            }
            let by = moves[random.below(moves.len())];
            way.push(by);
            limits::step(by);
            machine.advance(world, &mut run, &mut state, by).map_err(problem)?;
            let expected = exploration.edges(at).iter().find(|edge| edge.by == by).map(|edge| edge.to);
            let reached = exploration.states.find(state.clone());
            match (expected, reached) {
                (Some(expected), Some(reached)) if expected == reached => at = expected,
                _ => {
                    let schedule = schedule::write(&way);
                    return Err(Problem::Unsound {
                        what: format!(
                            "schedule {schedule} leads to a state that was not foreseen: something that the program \
                             shares is not seen"
                        ),
                    });
                }
            }
        }
    }
    Ok(())
}

/// Steele, Lea and Flood's generator (<https://doi.org/10.1145/2660193.2660195>): the same numbers everywhere.
struct SplitMix64(u64);

impl SplitMix64 {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }
}

#[cfg(test)]
mod tests {
    use std::panic::Location;

    use super::*;
    use crate::explore::{Options, States, explore};
    use crate::op::{Content, Op};
    use crate::run::{Body, Ended, request, start};

    /// Two tasks that yield once each: two schedules.
    fn program() -> Body {
        let ended = || Ended { result: Content(0), panicked: false };
        Box::new(move || {
            for _ in 0..2 {
                let body = move || {
                    request(Op::Yield, Location::caller());
                    ended()
                };
                start(Box::new(body), None, false, None, Location::caller());
            }
            request(Op::Yield, Location::caller());
            ended()
        })
    }

    fn tampered(tamper: impl Fn(&mut Exploration), check: impl Fn(&mut Exploration) -> Result<(), Problem>) {
        let mut exploration = explore(&program, &Options::default()).unwrap();
        check(&mut exploration).unwrap();
        tamper(&mut exploration);
        assert!(matches!(check(&mut exploration), Err(Problem::Unsound { .. })));
    }

    #[test]
    fn counts_that_are_wrong_are_found() {
        tampered(
            |exploration| exploration.ends.truncate(0),
            |exploration| {
                check_counts(exploration, &exploration.counts(), &program, 100).map(|enumerated| assert!(enumerated))
            },
        );
    }

    #[test]
    fn states_that_were_not_foreseen_are_found() {
        tampered(
            |exploration| exploration.states = States::default(),
            |exploration| check_at_random(exploration, &program, 10),
        );
    }
}
