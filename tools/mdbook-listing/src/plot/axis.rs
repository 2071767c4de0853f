//! An axis: which numbers it spans, and at which of them something is written.

use listing::Scale;
use plotters::coord::ranged1d::{KeyPointHint, NoDefaultFormatting, Ranged, ValueFormatter};
use std::ops::Range;

/// For plotters, whose own axes choose other numbers: a log axis here begins and ends on a written one.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    scale: Scale,
    pub(super) range: Range<f64>,
    pub(super) ticks: Vec<f64>,
}

impl Axis {
    /// An axis for all of `values`, with about `most` ticks or fewer. A linear one has 0, which says how much a
    /// difference is of the whole.
    pub(super) fn new(scale: Scale, values: &[f64], most: usize) -> Axis {
        let most = most.max(2);
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        match scale {
            Scale::Log => log(lowest, highest, most),
            Scale::Linear => linear(lowest.min(0.0), highest.max(0.0), most),
        }
    }

    /// Without ticks: for rows.
    pub(super) fn rows(range: Range<f64>) -> Axis {
        Axis { scale: Scale::Linear, range, ticks: Vec::new() }
    }
}

/// 1, 2 or 5 times a power of ten.
fn linear(low: f64, high: f64, most: usize) -> Axis {
    let high = if low == high { low + 1.0 } else { high };
    // Halves, for the whole may be more than the largest number.
    let rough = (high / 2.0 - low / 2.0) / (most - 1) as f64 * 2.0;
    let exponent = rough.log10().floor() as i32;
    let steps = [(1, exponent), (2, exponent), (5, exponent), (1, exponent + 1), (2, exponent + 1), (5, exponent + 1)];
    // At the ends of what a number can be, a power of ten is 0, or an axis of it has no end.
    let fits = |step: f64| {
        let (first, last) = ((low / step).floor(), (high / step).ceil());
        ((last - first) as usize) < most.max(3) && (first * step).is_finite() && (last * step).is_finite()
    };
    let step = steps.into_iter().map(|(digit, exponent)| power(digit, exponent)).find(|step| fits(*step));
    let step = step.unwrap_or(high.max(-low));
    let (first, last) = ((low / step).floor() as i64, (high / step).ceil() as i64);
    let ticks: Vec<f64> = (first..=last).map(|at| tidy(at as f64 * step)).collect();
    Axis { scale: Scale::Linear, range: first as f64 * step..last as f64 * step, ticks }
}

/// Powers of ten; over less than two of them, 2 and 5 times those as well.
fn log(low: f64, high: f64, most: usize) -> Axis {
    // The smallest power of ten that is not 0, and the largest that is a number.
    let (first, last) = ((low.log10().floor() as i32).clamp(-323, 307), (high.log10().ceil() as i32).min(308));
    let last = last.max(first + 1);
    let fine: Vec<f64> =
        (first..last).flat_map(|e| [power(1, e), power(2, e), power(5, e)]).chain([power(1, last)]).collect();
    // From the last below to the first above: nothing lies on an edge that could lie on a tick.
    let from = fine.iter().rposition(|tick| *tick <= low).unwrap_or(0).min(fine.len() - 2);
    let to = fine.iter().position(|tick| *tick >= high).unwrap_or(fine.len() - 1).max(from + 1);
    if to - from < most {
        return Axis {
            scale: Scale::Log,
            range: fine[from].min(low)..fine[to].max(high),
            ticks: fine[from..=to].to_vec(),
        };
    }
    let every = (1..).find(|every| (last - first) as usize / every < most).unwrap_or(1);
    let ticks = (first..=last).step_by(every).map(|exponent| power(1, exponent)).collect();
    Axis { scale: Scale::Log, range: power(1, first).min(low)..power(1, last).max(high), ticks }
}

/// `digit` times ten to the `exponent`, as it is written: 0.1 and not 0.10000000000000002.
fn power(digit: u32, exponent: i32) -> f64 {
    format!("{digit}e{exponent}").parse().unwrap_or(f64::NAN)
}

fn tidy(value: f64) -> f64 {
    format!("{value:.6e}").parse().unwrap_or(value)
}

impl Ranged for Axis {
    type FormatOption = NoDefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (begin, end): (i32, i32)) -> i32 {
        let place = |value: f64| if self.scale == Scale::Log { value.ln() } else { value };
        let (from, to) = (place(self.range.start), place(self.range.end));
        let part = (place(*value) - from) / (to - from);
        begin + (part * f64::from(end - begin)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, _: Hint) -> Vec<f64> {
        self.ticks.clone()
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

impl ValueFormatter<f64> for Axis {
    fn format(value: &f64) -> String {
        listing::measure::exact(*value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_numbers_around_the_values() {
        let ticks = |scale, values: &[f64], most| Axis::new(scale, values, most).ticks;
        assert_eq!(ticks(Scale::Linear, &[3.0, 97.0], 6), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        assert_eq!(ticks(Scale::Linear, &[0.3], 5), [0.0, 0.1, 0.2, 0.3]);
        assert_eq!(ticks(Scale::Linear, &[-3.0, 7.0], 5), [-5.0, 0.0, 5.0, 10.0]);
        assert_eq!(ticks(Scale::Linear, &[0.0], 5), [0.0, 0.5, 1.0]);
        assert_eq!(ticks(Scale::Log, &[1.5, 90_000.0], 8), [1.0, 10.0, 100.0, 1e3, 1e4, 1e5]);
        assert_eq!(ticks(Scale::Log, &[1.5, 90_000.0], 4), [1.0, 100.0, 1e4]);
        assert_eq!(ticks(Scale::Log, &[3.0, 40.0], 8), [2.0, 5.0, 10.0, 20.0, 50.0]);
        assert_eq!(ticks(Scale::Log, &[0.02, 0.02], 8), [0.02, 0.05]);
        assert_eq!(ticks(Scale::Log, &[10.0], 8), [10.0, 20.0]);
    }

    #[test]
    fn a_step_on_a_log_axis_is_a_factor() {
        let place = |scale, value: f64| Axis::new(scale, &[1.0, 1e4], 8).map(&value, (0, 400));
        assert_eq!([1.0, 10.0, 100.0, 1e3, 1e4].map(|value| place(Scale::Log, value)), [0, 100, 200, 300, 400]);
        assert_eq!([0.0, 2500.0, 1e4].map(|value| place(Scale::Linear, value)), [0, 100, 400]);
    }

    #[test]
    fn every_value_lies_on_its_axis() {
        let mut values: Vec<f64> = (-9..12).flat_map(|e| [1, 3, 7].map(|digit| power(digit, e))).collect();
        values.splice(0..0, [5e-324, 3e-320, f64::MIN_POSITIVE]);
        values.extend([9e307, f64::MAX]);
        for scale in [Scale::Linear, Scale::Log] {
            for (at, low) in values.iter().enumerate() {
                for high in &values[at..] {
                    for most in [3, 5, 8] {
                        let axis = Axis::new(scale, &[*low, *high], most);
                        let [a, b] = [low, high].map(|value| axis.map(value, (0, 1000)));
                        assert!((0..=1000).contains(&a) && a <= b && b <= 1000, "{low} {high} {axis:?}");
                        assert!((2..=most + 1).contains(&axis.ticks.len()), "{low} {high} {axis:?}");
                    }
                }
            }
        }
    }
}
