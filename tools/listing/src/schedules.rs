//! `schedules.json`: what the exploration of a listing found, for each of its cases.
//!
//! ```text
//! {"version": 1,
//!  "cases": {
//!   "all": {                       a name of [[package.metadata.listing.schedules.case]]; "all" where there is none
//!    "options": {…}                those of interleave::Options that are not the default
//!    "schedules": "6"              how many there are, as text: it may be large
//!    "failing": "4"                how many of them fail
//!    "enumerated": true            whether each was also run by itself, and the counts agreed
//!    "outcomes": [{"kind", "text", "why", "count", "fails", "schedule"}]      those that fail last
//!    "shortest": [{"task", "text", "line", "changes", "output", "end"}]       a shortest failing schedule, step by step
//!    "graph": {…}                  interleave::Graph, without `outcomes`, for they stand above
//! }}}
//! ```
//!
//! The same program gives the same bytes, on every machine.

use crate::layout::layout;
use interleave::{Count, Graph, Kind, Move, Options, Outcome, Report, Row};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the format.
pub const VERSION: u32 = 1;

/// The numbers for the text that every exploration gives.
pub const FACTS: [&str; 4] = ["schedules", "failing", "outcomes", "states"];

/// The whole record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedules {
    pub version: u32,
    pub cases: BTreeMap<String, Explored>,
}

/// What was found of one case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Explored {
    /// Those that are not the default.
    pub options: BTreeMap<String, serde_json::Value>,
    pub schedules: Count,
    pub failing: Count,
    /// Whether every schedule was also run by itself, and the counts agreed.
    pub enumerated: bool,
    pub outcomes: Vec<Outcome>,
    /// A shortest schedule that fails, step by step; empty if none fails.
    pub shortest: Vec<Row>,
    /// Its `outcomes` are not written, for they stand above; in memory they are there.
    pub graph: Graph,
}

/// What is printed, line by line, for the eye: without the last line's end, characters that do not show as escapes.
pub fn lines(text: &str) -> Vec<String> {
    let visible = |c: char| if c.is_control() { c.escape_default().to_string() } else { c.to_string() };
    let lines = text.strip_suffix('\n').unwrap_or(text).split('\n');
    if text.is_empty() { Vec::new() } else { lines.map(|line| line.chars().map(visible).collect()).collect() }
}

/// What each outcome prints, as [`lines`] has it. Where two outcomes would look the same and are not, as Rust writes it.
pub fn printed(outcomes: &[Outcome]) -> Vec<Vec<String>> {
    let look = |outcome: &Outcome| (outcome.kind, outcome.why.clone(), lines(&outcome.text).concat());
    outcomes
        .iter()
        .map(|outcome| {
            let alike = |other: &&Outcome| other.text != outcome.text && look(other) == look(outcome);
            match outcomes.iter().find(alike) {
                Some(_) => vec![format!("{:?}", outcome.text)],
                None => lines(&outcome.text),
            }
        })
        .collect()
}

/// A number for the eye: 66468720 is 66,468,720.
pub fn grouped(number: impl std::fmt::Display) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What looks like an address in what is printed or said: `0x` and six or more hexadecimal digits. It would be another
/// on the next run.
pub fn address(outcomes: &[Outcome]) -> Option<&str> {
    let texts = outcomes.iter().flat_map(|outcome| [outcome.text.as_str(), &outcome.why]);
    texts.into_iter().find_map(|text| {
        text.match_indices("0x").find_map(|(at, mark)| {
            let digits = text[at + mark.len()..].bytes().take_while(u8::is_ascii_hexdigit).count();
            (digits >= 6).then(|| &text[at..at + mark.len() + digits])
        })
    })
}

/// What is wrong with `good`, if the program ends well and never prints any of it.
pub fn never_good(options: &Options, outcomes: &[Outcome]) -> Option<String> {
    let good = options.good.as_ref()?;
    let printed: Vec<&String> =
        outcomes.iter().filter(|outcome| outcome.kind == Kind::Ok).map(|outcome| &outcome.text).collect();
    if printed.is_empty() || good.iter().any(|good| printed.contains(&good)) {
        return None;
    }
    let list = |texts: &mut dyn Iterator<Item = &String>| -> String {
        texts.map(|text| format!("{text:?}")).collect::<Vec<_>>().join(", ")
    };
    let (good, first) = (list(&mut good.iter()), list(&mut printed.iter().copied().take(5)));
    let more = if printed.len() > 5 { format!(" and {} more", printed.len() - 5) } else { String::new() };
    Some(format!("good: no schedule prints {good}; the whole output counts; what is printed: {first}{more}"))
}

/// The options that are not the default, by name.
pub fn told(options: &Options) -> BTreeMap<String, serde_json::Value> {
    let values = |options: &Options| match serde_json::to_value(options) {
        Ok(serde_json::Value::Object(values)) => values.into_iter().collect(),
        _ => BTreeMap::new(),
    };
    let default: BTreeMap<_, _> = values(&Options::default());
    values(options).into_iter().filter(|(name, value)| default.get(name) != Some(value)).collect()
}

impl Explored {
    pub fn of(report: Report) -> Explored {
        let fails = report.outcomes.iter().any(|outcome| outcome.fails);
        Explored {
            options: told(&report.options),
            schedules: report.schedules,
            failing: report.failing,
            enumerated: report.enumerated,
            outcomes: report.outcomes,
            shortest: report.replay.filter(|_| fails).unwrap_or_default(),
            graph: report.graph,
        }
    }

    /// A number by its name in [`FACTS`], for the text.
    pub fn fact(&self, name: &str) -> Option<String> {
        Some(match name {
            "schedules" => grouped(&self.schedules),
            "failing" => grouped(&self.failing),
            "outcomes" => grouped(self.outcomes.len()),
            "states" => grouped(self.graph.states.len()),
            _ => return None,
        })
    }

    /// Checks that a schedule can be followed, from the beginning as far as it goes.
    ///
    /// # Errors
    /// A message that says where it cannot.
    pub fn follow(&self, schedule: &str) -> Result<(), String> {
        let moves = interleave::schedule::read(schedule)?;
        self.graph.follow(&moves).map(drop).map_err(|taken| {
            let then = interleave::schedule::write(&moves[..taken]);
            let after = if then.is_empty() { "at the beginning".to_owned() } else { format!("after \"{then}\"") };
            let can = match self.next(&moves[..taken]) {
                none if none.is_empty() => "no task can go there".to_owned(),
                some => format!("there {} can go", some.join(" or ")),
            };
            format!("no schedule \"{schedule}\": its step {} cannot be taken {after}: {can}", taken + 1)
        })
    }

    /// The steps that can be taken after these, each as a schedule has it.
    fn next(&self, moves: &[Move]) -> Vec<String> {
        let state = self.graph.follow(moves).unwrap_or_default();
        let steps = self.graph.edges.get(state).into_iter().flatten();
        let letter = |step: &[i32]| Some(self.graph.tasks.get(usize::try_from(*step.first()?).ok()?)?.letter);
        let written = |step: &Vec<i32>| {
            let letter = letter(step)?;
            Some(match step.get(2) {
                None | Some(0) => letter.to_string(),
                Some(alternative) => format!("{letter}1:{alternative}"),
            })
        };
        let mut steps: Vec<String> = steps.filter_map(written).collect();
        steps.sort();
        steps
    }

    /// Whether each number of the record names something that is there. A page draws what this lets through.
    fn check(&self) -> Result<(), String> {
        let Graph { version, tasks, objects, labels, values, outputs, states, edges, seen, .. } = &self.graph;
        if *version != interleave::VERSION {
            return Err(format!("its graph has version {version}, expected {}", interleave::VERSION));
        }
        let within = |number: i32, of: usize| usize::try_from(number).is_ok_and(|number| number < of);
        let (slots, ends) = (tasks.len() + objects.len() + 2, self.outcomes.len());
        for (at, label) in labels.iter().enumerate() {
            if label.object != -1 && !within(label.object, objects.len()) {
                return Err(format!("label {at} names object {} of {}", label.object, objects.len()));
            }
        }
        for (at, changes) in states.iter().enumerate() {
            let (pairs, rest) = changes.as_chunks::<2>();
            for &[slot, value] in pairs {
                // A task that has not begun, or is over, and what is not there yet, have no number.
                let (what, least, most) = match usize::try_from(slot).unwrap_or(slots) {
                    slot if slot < tasks.len() => ("label", -2, labels.len()),
                    slot if slot < slots - 2 => ("value", -1, values.len()),
                    slot if slot == slots - 2 => ("output", -1, outputs.len()),
                    slot if slot < slots => ("outcome", -1, ends),
                    _ => return Err(format!("state {at} names slot {slot} of {slots}")),
                };
                if !within(value, most) && !(least..0).contains(&value) {
                    return Err(format!("state {at} names {what} {value} of {most}"));
                }
            }
            if !rest.is_empty() {
                return Err(format!("state {at} has a slot without a value"));
            }
        }
        if states.is_empty() || edges.len() != states.len() {
            return Err(format!("it has {} states, and the steps of {}", states.len(), edges.len()));
        }
        for (at, step) in edges.iter().enumerate().flat_map(|(at, steps)| steps.iter().map(move |step| (at, step))) {
            let fault =
                |what: &str, number: i32, of: usize| Err(format!("a step of state {at} names {what} {number} of {of}"));
            let (&[task, by], rest) =
                step.split_first_chunk::<2>().ok_or(format!("a step of state {at} is no step"))?;
            let to = i32::try_from(at).unwrap_or(i32::MAX).saturating_add(by);
            match *rest {
                _ if !within(task, tasks.len()) => return fault("task", task, tasks.len()),
                _ if !within(to, states.len()) => return fault("state", to, states.len()),
                [] => {}
                [alternative, ..] if !within(alternative, 256) => return fault("alternative", alternative, 256),
                [_] => {}
                [_, text] if within(text, seen.len()) => {}
                [_, text] => return fault("text", text, seen.len()),
                [..] => return Err(format!("a step of state {at} has {} numbers", step.len())),
            }
        }
        match self.shortest.iter().filter_map(|row| row.end).find(|end| *end >= ends) {
            Some(end) => Err(format!("its shortest schedule names outcome {end} of {ends}")),
            None => Ok(()),
        }
    }

    /// Whether the program itself may hang: a deadline is then no fault of it.
    pub fn may_hang(&self) -> bool {
        self.outcomes.iter().any(|outcome| matches!(outcome.kind, Kind::Deadlock | Kind::Bound))
    }

    /// The outcomes in words, a line each, for a comparison that a person can read.
    pub fn in_words(&self) -> String {
        let several = if self.schedules == 1 { "schedule" } else { "schedules" };
        let mut text = format!("{} {several}, {} failing\n", self.schedules, self.failing);
        for Outcome { kind, text: prints, why, count, fails, .. } in &self.outcomes {
            let fails = if *fails { " FAILS" } else { "" };
            let why = if why.is_empty() { String::new() } else { format!(": {why}") };
            text.push_str(&format!("{count}{fails} {} {prints:?}{why}\n", kind.name()));
        }
        text
    }
}

impl Schedules {
    /// Reads a record.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Schedules, String> {
        // Another version has other fields: it is named first.
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let Version { version } = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if version != VERSION {
            return Err(format!("version {version}, expected {VERSION}"));
        }
        let mut schedules: Schedules = serde_json::from_str(text).map_err(|error| error.to_string())?;
        for (name, explored) in &mut schedules.cases {
            explored.check().map_err(|message| format!("the case \"{name}\": {message}"))?;
            explored.graph.outcomes = explored.outcomes.clone();
        }
        Ok(schedules)
    }

    /// Writes a record.
    pub fn to_json(&self) -> String {
        let mut all = self.clone();
        for explored in all.cases.values_mut() {
            explored.graph.outcomes.clear();
        }
        layout(&serde_json::to_string(&all).unwrap_or_default())
    }

    /// All outcomes of all cases in words.
    pub fn in_words(&self) -> String {
        self.cases.iter().map(|(name, explored)| format!("{name}: {}", explored.in_words())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_printed_is_told_apart_and_shows_no_control_characters() {
        let texts = ["a\nb\n", "", "\u{1b}[31mred\n", "c\n", "c"].map(printing);
        let expected = [vec!["a", "b"], vec![], vec!["\\u{1b}[31mred"], vec!["\"c\\n\""], vec!["\"c\""]];
        assert_eq!(printed(&texts), expected);
    }

    #[test]
    fn a_record_names_only_what_it_has() {
        let whole = r#"{"version":1,"cases":{"all":{"options":{},"schedules":"2","failing":"0","enumerated":true,
            "outcomes":[{"kind":"ok","text":"","why":"","count":"2","fails":false,"schedule":"am"}],
            "shortest":[{"task":"a","text":"t","line":1,"changes":[],"output":"","end":0}],
            "graph":{"version":1,"tasks":[{"letter":"m","name":null,"line":0},{"letter":"a","name":null,"line":3}],
            "objects":[{"name":"till","kind":"mutex","line":2}],"labels":[{"text":"lock","line":4,"object":0}],
            "values":[["1",""]],"outputs":[""],"states":[[0,0,1,-1,2,0,3,0,4,-1],[0,-2,4,0]],
            "edges":[[[1,1],[0,1,2,0]],[]],"seen":["2"]}}}}"#;
        let explored = Schedules::parse(whole).unwrap().cases.remove("all").unwrap();
        let message = "no schedule \"m\": its step 1 cannot be taken at the beginning: there a or m1:2 can go";
        assert_eq!(explored.follow("m").unwrap_err(), message);
        let message = "no schedule \"aa\": its step 2 cannot be taken after \"a\": no task can go there";
        assert_eq!(explored.follow("aa").unwrap_err(), message);
        for (old, new, expected) in [
            // Of another version nothing else is read.
            ("{\"version\":1,\"cases\"", "{\"version\":99,\"boxes\"", "version 99, expected 1"),
            ("\"graph\":{\"version\":1", "\"graph\":{\"version\":99", "its graph has version 99, expected 1"),
            ("\"object\":0", "\"object\":1", "label 0 names object 1 of 1"),
            ("[[0,0,", "[[0,77,", "state 0 names label 77 of 1"),
            ("[0,-2,", "[0,-3,", "state 1 names label -3 of 1"),
            ("2,0,3,0", "2,1,3,0", "state 0 names value 1 of 1"),
            ("2,0,3,0", "2,-2,3,0", "state 0 names value -2 of 1"),
            ("2,0,3,0", "2,0,3,1", "state 0 names output 1 of 1"),
            ("4,0]]", "4,1]]", "state 1 names outcome 1 of 1"),
            ("4,0]]", "5,0]]", "state 1 names slot 5 of 5"),
            ("4,0]]", "-1,0]]", "state 1 names slot -1 of 5"),
            ("4,0]]", "4]]", "state 1 has a slot without a value"),
            (",[0,-2,4,0]]", "]", "it has 1 states, and the steps of 2"),
            ("[1,1]", "[2,1]", "a step of state 0 names task 2 of 2"),
            ("[1,1]", "[1,2]", "a step of state 0 names state 2 of 2"),
            ("[1,1]", "[1]", "a step of state 0 is no step"),
            ("[0,1,2,0]", "[0,1,-1,0]", "a step of state 0 names alternative -1 of 256"),
            ("[0,1,2,0]", "[0,1,2,1]", "a step of state 0 names text 1 of 1"),
            ("[0,1,2,0]", "[0,1,2,0,0]", "a step of state 0 has 5 numbers"),
            ("\"end\":0", "\"end\":1", "its shortest schedule names outcome 1 of 1"),
        ] {
            assert!(whole.contains(old), "{old}");
            let message = Schedules::parse(&whole.replace(old, new)).unwrap_err();
            let message = message.strip_prefix("the case \"all\": ").unwrap_or(&message);
            assert_eq!(message, expected, "{old} -> {new}");
        }
    }

    fn printing(text: &str) -> Outcome {
        let (count, why, schedule) = (Count::default(), String::new(), String::new());
        Outcome { kind: Kind::Ok, text: text.to_owned(), why, count, fails: false, schedule }
    }

    #[test]
    fn digits_are_grouped_by_three() {
        for (number, text) in [(0, "0"), (999, "999"), (1000, "1,000"), (66_468_720, "66,468,720")] {
            assert_eq!(grouped(number), text);
        }
    }

    #[test]
    fn an_address_is_seen_and_a_small_number_is_not() {
        assert_eq!(address(&[printing("0x1f 0x12345\n"), printing("at 0x7ffde0a0b0, and")]), Some("0x7ffde0a0b0"));
        assert_eq!(address(&[printing("0x1f 0x12345 é0x\n")]), None);
    }

    #[test]
    fn good_is_held_against_the_whole_output() {
        let options = |good: &[&str]| Options {
            good: Some(good.iter().map(|&text| text.to_owned()).collect()),
            ..Options::default()
        };
        let outcomes = [printing("till: 2\n"), printing("till: 1\n")];
        let expected = "good: no schedule prints \"2\\n\"; the whole output counts; what is printed: \"till: 2\\n\", \"till: 1\\n\"";
        assert_eq!(never_good(&options(&["2\n"]), &outcomes).as_deref(), Some(expected));
        assert_eq!(never_good(&options(&["till: 2\n", "2\n"]), &outcomes), None);
        assert_eq!(never_good(&Options::default(), &outcomes), None);
        // Where nothing ends well, no output is to be had.
        let deadlock = Outcome { kind: Kind::Deadlock, ..printing("") };
        assert_eq!(never_good(&options(&["2\n"]), &[deadlock]), None);
    }
}
