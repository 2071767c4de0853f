//! Measurements: numbers that depend on the machine, and so carry it.
//!
//! ```text
//! Measurement ── what is measured (y, its unit, x, the statistic) and where (machine, compiler, date, load)
//! └─ Series ── a name
//!    └─ Point ── [x, y] or [x, y, low, high]; x is a number, or a name: X
//! Plot ── how the manifest wants it drawn: [package.metadata.listing.plot]
//! ```

use crate::schedules::grouped;
use crate::{Finding, Listing, did_you_mean};
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::Path;

/// What a listing of class M prints as JSON, and, with `machine` to `load` filled in, records as `measure.json`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// Processor and number of cores.
    #[serde(default)]
    pub machine: String,
    /// The compiler and profile, such as `rustc 1.95.0, release`.
    #[serde(default)]
    pub compiler: String,
    /// The day, `YYYY-MM-DD`.
    #[serde(default)]
    pub date: String,
    /// The machine's load average over one minute when the measurement ended.
    #[serde(default)]
    pub load: f64,
    /// What `y` is, without its unit, such as `time to start and join`.
    pub y: String,
    /// The unit of every `y`, such as `ns`.
    pub unit: String,
    /// What `x` is, with its unit where it has one, such as `threads`.
    pub x: String,
    /// What was made of many values to get one, such as `median and quartiles of 101 rounds`.
    pub statistic: String,
    pub series: Vec<Series>,
}

/// One line of a plot, or one of its colours.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub name: String,
    pub points: Vec<Point>,
}

/// `[x, y]`, or with its spread `[x, y, low, high]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    pub x: X,
    pub y: f64,
    /// What most values lie between, such as quartiles.
    pub spread: Option<(f64, f64)>,
}

/// Where a point stands: `16`, or `"a thread"`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum X {
    Number(f64),
    Name(String),
}

/// How a measurement is drawn.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plot {
    /// The caption; without it, the listing's title.
    pub title: Option<String>,
    pub x: Scale,
    pub y: Scale,
    /// Without it, what [`Plot::shape`] finds.
    pub kind: Option<Shape>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    #[default]
    Linear,
    Log,
}

/// What a point becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// A mark, joined with its neighbours; `x` is a number.
    Lines,
    /// A row for each `x`, and a bar that begins at 0.
    Bars,
    /// A row for each `x`, and a mark.
    Dots,
}

/// How many series a plot can tell apart, by colour and mark.
pub const MOST_SERIES: usize = 6;

/// How long a text in a plot may be, in characters: it stands on one line of a phone.
pub const LONGEST: usize = 40;

impl Measurement {
    /// Reads what a program printed or what is on record; `path` is for messages.
    ///
    /// # Errors
    /// A finding when it is no measurement.
    pub fn parse(path: &Path, text: &str) -> Result<Measurement, Finding> {
        serde_json::from_str(text).map_err(|error| {
            let schema = "CONTRIBUTING.md, \"A measurement\", says how one is written";
            Finding::new(path, error.line(), format!("no measurement: {error}: {schema}"))
        })
    }

    /// As `measure.json` has it: a line for each field and for each point.
    ///
    /// # Errors
    /// When a number is none.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        let mut text = "{\n".to_owned();
        for (name, value) in [
            ("machine", serde_json::to_string(&self.machine)?),
            ("compiler", serde_json::to_string(&self.compiler)?),
            ("date", serde_json::to_string(&self.date)?),
            ("load", serde_json::to_string(&self.load)?),
            ("y", serde_json::to_string(&self.y)?),
            ("unit", serde_json::to_string(&self.unit)?),
            ("x", serde_json::to_string(&self.x)?),
            ("statistic", serde_json::to_string(&self.statistic)?),
        ] {
            text += &format!("  \"{name}\": {value},\n");
        }
        let series = self.series.iter().map(|series| {
            let points = series.points.iter().map(|point| Ok(format!("        {}", point.to_json()?)));
            let points = points.collect::<Result<Vec<_>, serde_json::Error>>()?.join(",\n");
            let name = serde_json::to_string(&series.name)?;
            Ok(format!("    {{\n      \"name\": {name},\n      \"points\": [\n{points}\n      ]\n    }}"))
        });
        let series = series.collect::<Result<Vec<_>, serde_json::Error>>()?.join(",\n");
        Ok(text + &format!("  \"series\": [\n{series}\n  ]\n}}\n"))
    }

    /// A line for each point, as people read it. The patterns of facts are found here.
    ///
    /// ```text
    /// start and join, a thread: 12.3 µs (11.8 µs to 13.1 µs)
    /// ```
    pub fn in_words(&self) -> String {
        let mut text = String::new();
        for Series { name, points } in &self.series {
            for Point { x, y, spread } in points {
                text += &format!("{name}, {x}: {}", self.quantity(*y));
                if let Some((low, high)) = spread {
                    text += &format!(" ({} to {})", self.quantity(*low), self.quantity(*high));
                }
                text.push('\n');
            }
        }
        text
    }

    /// A value with its unit, in three digits: `12.3 µs`.
    pub fn quantity(&self, value: f64) -> String {
        quantity(value, &self.unit)
    }

    /// A value as an axis has it: a time with its unit, anything else without.
    pub fn tick(&self, value: f64) -> String {
        if is_time(&self.unit) { self.quantity(value) } else { exact(value) }
    }

    /// The title of an axis of values: with their unit, unless each [`Measurement::tick`] has it.
    pub fn axis_title(&self) -> String {
        if is_time(&self.unit) { self.y.clone() } else { format!("{}, {}", self.y, self.unit) }
    }

    /// All points.
    pub fn points(&self) -> impl Iterator<Item = &Point> {
        self.series.iter().flat_map(|series| &series.points)
    }

    /// Each x once, in the order in which they come.
    pub fn xs(&self) -> Vec<&X> {
        let mut xs: Vec<&X> = Vec::new();
        for Point { x, .. } in self.points() {
            if !xs.contains(&x) {
                xs.push(x);
            }
        }
        xs
    }

    /// What nothing can be made of: no points, kinds of x that are mixed, numbers that a log axis does not have.
    pub fn malformed(&self, plot: &Plot) -> Vec<String> {
        let mut messages = Vec::new();
        let mut fault = |message: String| messages.push(message);
        if self.series.is_empty() || self.series.iter().any(|series| series.points.is_empty()) {
            fault("a measurement needs a series, and each series a point".to_owned());
        }
        if self.series.len() > MOST_SERIES {
            fault(format!("{} series: a plot tells {MOST_SERIES} apart: leave some out", self.series.len()));
        }
        let names = self.points().filter_map(|point| match &point.x {
            X::Name(name) => Some(("a name on x", name)),
            X::Number(_) => None,
        });
        let series = self.series.iter().map(|series| ("the name of a series", &series.name));
        let own = [("`y`", &self.y), ("`x`", &self.x), ("`unit`", &self.unit), ("`statistic`", &self.statistic)];
        for (what, text) in own.into_iter().chain(series).chain(names) {
            // The statistic stands in the caption, which breaks its lines.
            let longest = if what == "`statistic`" { 2 * LONGEST } else { LONGEST };
            if text.trim().is_empty() || text.contains(char::is_control) || text.chars().count() > longest {
                fault(format!("{what} is {text:?}: a line of 1 to {longest} characters stands in the plot"));
            }
        }
        for (at, series) in self.series.iter().enumerate() {
            if self.series[..at].iter().any(|other| other.name == series.name) {
                fault(format!("two series are called {:?}: give one another name", series.name));
            }
            for (at, point) in series.points.iter().enumerate() {
                if series.points[..at].iter().any(|other| other.x == point.x) {
                    fault(format!("{}, {}: there twice: one point stands at each x", series.name, point.x));
                }
            }
        }
        if self.y.chars().count() <= LONGEST && self.axis_title().chars().count() > LONGEST {
            let title = self.axis_title();
            fault(format!(
                "the title of an axis is {title:?}: `y` and `unit` need to be shorter, {LONGEST} characters together"
            ));
        }
        let numbers = self.points().filter(|point| matches!(point.x, X::Number(_))).count();
        if numbers > 0 && numbers < self.points().count() {
            fault("x is a number here and a name there: write all of them as numbers, or all as names".to_owned());
        }
        let shape = plot.shape(self);
        if shape == Shape::Lines && numbers == 0 && self.points().count() > 0 {
            fault("lines join numbers, and this x is a name: write `kind = \"dots\"` or \"bars\" in `plot`".to_owned());
        }
        if shape != Shape::Lines && plot.x == Scale::Log {
            fault(
                "a plot in rows has no axis x: remove `x = \"log\"` from `plot`, or write `kind = \"lines\"`"
                    .to_owned(),
            );
        }
        if shape == Shape::Bars && plot.y == Scale::Log {
            fault("a bar begins at 0, and a log axis has no 0: write `kind = \"dots\"` in `plot`".to_owned());
        }
        for (series, point) in self.series.iter().flat_map(|series| series.points.iter().map(move |it| (series, it))) {
            let place = format!("{}, {}", series.name, point.x);
            let (low, high) = point.spread.unwrap_or((point.y, point.y));
            let x = match point.x {
                X::Number(x) => x,
                X::Name(_) => 1.0,
            };
            if ![x, point.y, low, high].iter().all(|number| number.is_finite()) {
                fault(format!("{place}: not every number is finite"));
            } else if !(low..=high).contains(&point.y) {
                fault(format!("{place}: {} does not lie between its low, {low}, and its high, {high}", point.y));
            }
            let leave = |axis: &str| format!("a log axis has no place for it: remove `{axis} = \"log\"` from `plot`");
            if plot.y == Scale::Log && low <= 0.0 {
                fault(format!("{place}: {low} is not above 0, and {}", leave("y")));
            }
            if plot.x == Scale::Log && x <= 0.0 {
                fault(format!("{place}: {x} is not above 0, and {}", leave("x")));
            }
        }
        messages
    }

    /// What is malformed, or out of the bounds that the listing sets.
    pub fn faults(&self, listing: &Listing, path: &Path) -> Vec<Finding> {
        let mut messages = self.malformed(&listing.plot.clone().unwrap_or_default());
        for (what, text) in [("machine", &self.machine), ("compiler", &self.compiler), ("date", &self.date)] {
            if text.trim().is_empty() {
                messages.push(format!("does not say its {what}: run `cargo book record {}`", listing.slug));
            }
        }
        let again = format!("run `cargo book record {}` on a quiet machine, or mend `bounds`", listing.slug);
        if let Some((lowest, highest)) = listing.bounds {
            for series in &self.series {
                for Point { x, y, spread } in &series.points {
                    let (low, high) = spread.unzip();
                    let values = [low, Some(*y), high].into_iter().flatten();
                    for value in values.filter(|value| !(lowest..=highest).contains(value)) {
                        let unit = &self.unit;
                        let bounds = format!("{lowest} to {highest} {unit}");
                        messages.push(format!("{}, {x}: {value} {unit} is not within {bounds}: {again}", series.name));
                    }
                }
            }
        }
        messages.into_iter().map(|message| Finding::new(path, None, message)).collect()
    }
}

impl Point {
    fn to_json(&self) -> Result<String, serde_json::Error> {
        let (low, high) = self.spread.unzip();
        let numbers = [Some(self.y), low, high].into_iter().flatten().map(|number| serde_json::to_string(&number));
        let parts = std::iter::once(serde_json::to_string(&self.x)).chain(numbers).collect::<Result<Vec<_>, _>>()?;
        Ok(format!("[{}]", parts.join(", ")))
    }
}

impl Plot {
    /// What `[package.metadata.listing.plot]` says; a message for each key or value that is unknown.
    pub(crate) fn of(table: &toml::Table) -> Result<Plot, Vec<String>> {
        let mut plot = Plot::default();
        let mut messages = Vec::new();
        let mut one_of = |key: &str, value: &toml::Value, known: &[&str]| {
            let at = value.as_str().and_then(|word| known.iter().position(|known| *known == word));
            if at.is_none() {
                let word = value.as_str().unwrap_or(value.type_str());
                let near = did_you_mean(word, known.iter().copied());
                messages.push(format!("`plot`: {key} cannot be {word}{near}"));
            }
            at
        };
        let mut unknown = Vec::new();
        for (key, value) in table {
            match key.as_str() {
                "title" => match value.as_str().filter(|it| !it.trim().is_empty() && !it.contains(char::is_control)) {
                    Some(title) => plot.title = Some(title.to_owned()),
                    None => unknown.push("`plot`: `title` needs to be a line of text".to_owned()),
                },
                "x" => plot.x = Scale::of(one_of("x", value, &["linear", "log"])),
                "y" => plot.y = Scale::of(one_of("y", value, &["linear", "log"])),
                "kind" => {
                    let at = one_of("kind", value, &["lines", "bars", "dots"]);
                    plot.kind = at.map(|at| [Shape::Lines, Shape::Bars, Shape::Dots][at]);
                }
                other => {
                    let near = did_you_mean(other, ["title", "x", "y", "kind"]);
                    unknown.push(format!("`plot` has no option \"{other}\"{near}"));
                }
            }
        }
        messages.extend(unknown);
        if messages.is_empty() { Ok(plot) } else { Err(messages) }
    }

    /// Numbers on x are joined by lines, names stand in rows; a log axis has no 0 for a bar to begin at.
    pub fn shape(&self, measurement: &Measurement) -> Shape {
        self.kind.unwrap_or(match measurement.points().next() {
            Some(Point { x: X::Name(_), .. }) if self.y == Scale::Log => Shape::Dots,
            Some(Point { x: X::Name(_), .. }) => Shape::Bars,
            _ => Shape::Lines,
        })
    }
}

impl Scale {
    fn of(at: Option<usize>) -> Scale {
        if at == Some(1) { Scale::Log } else { Scale::Linear }
    }
}

impl fmt::Display for X {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            X::Number(number) => f.write_str(&exact(*number)),
            X::Name(name) => f.write_str(name),
        }
    }
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Point, D::Error> {
        struct Numbers;
        impl<'de> Visitor<'de> for Numbers {
            type Value = Point;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a point, [x, y] or [x, y, low, high]")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Point, A::Error> {
                let short = |length: usize| A::Error::invalid_length(length, &Numbers);
                let x = seq.next_element()?.ok_or_else(|| short(0))?;
                let y = seq.next_element()?.ok_or_else(|| short(1))?;
                let spread = match seq.next_element()? {
                    None => None,
                    Some(low) => Some((low, seq.next_element()?.ok_or_else(|| short(3))?)),
                };
                if seq.next_element::<serde::de::IgnoredAny>()?.is_some() {
                    return Err(short(5));
                }
                Ok(Point { x, y, spread })
            }
        }
        deserializer.deserialize_seq(Numbers)
    }
}

/// A number with all its digits, grouped: `12,345.6`.
pub fn exact(value: f64) -> String {
    group(&format!("{value}"))
}

/// The whole part in groups of three digits.
fn group(number: &str) -> String {
    let (whole, rest) = number.find('.').map_or((number, ""), |at| number.split_at(at));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("−", digits));
    format!("{sign}{}{rest}", grouped(digits))
}

/// Units of time, in nanoseconds.
const TIMES: [(&str, f64); 4] = [("ns", 1.0), ("µs", 1e3), ("ms", 1e6), ("s", 1e9)];

fn is_time(unit: &str) -> bool {
    TIMES.iter().any(|(name, _)| *name == unit)
}

/// A value with its unit, in three digits: `12.3 µs`, `1,250,000 switches`. Times take the unit that suits them.
pub fn quantity(value: f64, unit: &str) -> String {
    let known = TIMES.iter().find(|(name, _)| *name == unit);
    let value = three_digits(value);
    let (value, unit) = match known {
        Some((_, of)) if value != 0.0 => {
            // Rounded again, for 0.1 has no end in base 2.
            let nanoseconds = three_digits(value * of);
            let fits = TIMES.iter().rev().find(|(_, of)| nanoseconds.abs() >= *of);
            let (name, of) = fits.unwrap_or(&TIMES[0]);
            (three_digits(nanoseconds / of), *name)
        }
        _ => (value, unit),
    };
    format!("{} {unit}", exact(value))
}

/// Rounded to three digits.
fn three_digits(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    // Through text, which rounds in base 10.
    format!("{value:.2e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measurement(points: &str) -> Measurement {
        let text = format!(
            "{{\"y\": \"time\", \"unit\": \"ns\", \"x\": \"threads\", \"statistic\": \"medians\", \
             \"series\": [{{\"name\": \"s\", \"points\": {points}}}]}}"
        );
        Measurement::parse(Path::new("m"), &text).unwrap_or_else(|finding| panic!("{finding}"))
    }

    fn refused(points: &str, plot: &Plot, expected: &str) {
        let messages = measurement(points).malformed(plot);
        assert!(messages.len() == 1 && messages[0].contains(expected), "{messages:?}");
    }

    #[test]
    fn quantities_are_read_by_people() {
        for (value, unit, expected) in [
            (0.0, "ns", "0 ns"),
            (0.2534, "ns", "0.253 ns"),
            (2.0, "ns", "2 ns"),
            (999.4, "ns", "999 ns"),
            (999.6, "ns", "1 µs"),
            (12_345.0, "ns", "12.3 µs"),
            (3e-2, "ms", "30 µs"),
            (512_345.0, "µs", "512 ms"),
            (2.5e12, "ns", "2,500 s"),
            (1_234_567.0, "switches", "1,230,000 switches"),
            (-1500.0, "ns", "−1.5 µs"),
        ] {
            assert_eq!(quantity(value, unit), expected);
        }
        assert_eq!(
            (exact(1_234_567.25), exact(12.0), exact(-1000.5)),
            ("1,234,567.25".into(), "12".into(), "−1,000.5".into())
        );
    }

    #[test]
    fn a_measurement_is_written_as_it_is_read() {
        for points in ["[[1, 2.5], [2, 3, 2.5, 4]]", "[[\"a \\\"thread\\\"\", 2.5]]"] {
            let measurement = measurement(points);
            assert_eq!(Measurement::parse(Path::new("m"), &measurement.to_json().unwrap()), Ok(measurement));
        }
        let words = measurement("[[1, 2500], [16, 3e6, 2e6, 4e6]]").in_words();
        assert_eq!(words, "s, 1: 2.5 µs\ns, 16: 3 ms (2 ms to 4 ms)\n");
    }

    #[test]
    fn a_point_has_two_numbers_or_four() {
        for points in ["[[]]", "[[1]]", "[[1, 2, 3]]", "[[1, 2, 3, 4, 5]]", "[7]"] {
            let text = format!(
                "{{\"y\":\"t\",\"unit\":\"ns\",\"x\":\"n\",\"statistic\":\"m\",\n\"series\":[{{\"name\":\"s\",\"points\":{points}}}]}}"
            );
            let finding = Measurement::parse(Path::new("m"), &text).unwrap_err();
            assert!(finding.message.contains("[x, y] or [x, y, low, high]"), "{finding}");
            assert_eq!(finding.line, Some(2));
        }
    }

    #[test]
    fn what_nothing_can_be_made_of_is_refused() {
        let linear = Plot::default();
        let log = Plot { y: Scale::Log, ..Plot::default() };
        refused("[]", &linear, "needs a series");
        refused("[[1, 2], [\"two\", 2]]", &linear, "x is a number here and a name there");
        refused("[[1, 2], [1, 3]]", &linear, "there twice");
        refused("[[1, 5, 1, 2]]", &linear, "s, 1: 5 does not lie between its low, 1, and its high, 2");
        refused("[[1, 0]]", &log, "s, 1: 0 is not above 0");
        refused("[[1, 2, -1, 3]]", &log, "s, 1: -1 is not above 0");
        refused("[[0, 2]]", &Plot { x: Scale::Log, ..Plot::default() }, "remove `x = \"log\"`");
        refused("[[\"a\", 2]]", &Plot { kind: Some(Shape::Lines), ..Plot::default() }, "lines join numbers");
        refused("[[\"a\", 2]]", &Plot { x: Scale::Log, ..Plot::default() }, "no axis x");
        refused("[[\"a\", 2]]", &Plot { kind: Some(Shape::Bars), ..log.clone() }, "a bar begins at 0");
        refused(&format!("[[\"{}\", 2]]", "x".repeat(41)), &linear, "1 to 40 characters");
        refused("[[\"two\\nlines\", 2]]", &linear, "1 to 40 characters");
        let mut infinite = measurement("[[1, 2]]");
        infinite.series[0].points[0].y = f64::INFINITY;
        assert_eq!(infinite.malformed(&linear), ["s, 1: not every number is finite"]);
        let mut many = measurement("[[1, 2]]");
        many.series = vec![many.series[0].clone(); 7];
        assert!(many.malformed(&linear)[0].contains("a plot tells 6 apart"));
        assert!(many.malformed(&linear)[1].contains("two series are called \"s\""));
        assert_eq!(measurement("[[1, 2, 1, 3], [2, 2]]").malformed(&Plot { x: Scale::Log, ..log }), [""; 0]);
    }

    #[test]
    fn options_of_a_plot_are_known_ones() {
        let plot = |text: &str| Plot::of(&text.parse().unwrap());
        let expected = Plot { title: Some("T".into()), x: Scale::Linear, y: Scale::Log, kind: Some(Shape::Dots) };
        assert_eq!(plot("title = \"T\"\nx = \"linear\"\ny = \"log\"\nkind = \"dots\""), Ok(expected));
        for (text, expected) in [
            ("tilte = \"T\"", "`plot` has no option \"tilte\": did you mean \"title\"?"),
            ("y = \"lgo\"", "`plot`: y cannot be lgo: did you mean \"log\"?"),
            ("kind = 3", "`plot`: kind cannot be integer: there is lines, bars, dots"),
            ("title = \"\"", "`plot`: `title` needs to be a line of text"),
        ] {
            assert_eq!(plot(text), Err(vec![expected.to_owned()]));
        }
    }
}
