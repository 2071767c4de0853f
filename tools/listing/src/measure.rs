//! Measurements: numbers that depend on the machine, and so carry it.

use crate::{Finding, Listing};
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a listing of class M prints as JSON, and, with `machine` to `load` filled in, records as `measure.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
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
    /// The unit of every `y`, such as `ns`.
    pub unit: String,
    /// What `x` is, with its unit, such as `threads`.
    pub x: String,
    pub series: Vec<Series>,
}

/// One line of a plot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Series {
    pub name: String,
    /// Pairs of x and y.
    pub points: Vec<(f64, f64)>,
}

impl Measurement {
    /// Reads what a program printed or what is on record; `path` is for messages.
    ///
    /// # Errors
    /// A finding when it is no measurement.
    pub fn parse(path: &Path, text: &str) -> Result<Measurement, Finding> {
        serde_json::from_str(text).map_err(|error| Finding::new(path, error.line(), format!("no measurement: {error}")))
    }

    /// What is out of the bounds that the listing sets, or empty where it must not be.
    pub(crate) fn faults(&self, listing: &Listing, path: &Path) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut fault = |message: String| findings.push(Finding::new(path, None, message));
        if self.series.is_empty() || self.series.iter().any(|series| series.points.is_empty()) {
            fault("a measurement needs a series, and each series a point".to_owned());
        }
        let again = format!("run `cargo book record {}` on a quiet machine, or mend `bounds`", listing.slug);
        if let Some((lowest, highest)) = listing.bounds {
            for series in &self.series {
                for (x, y) in &series.points {
                    if !(lowest..=highest).contains(y) {
                        let unit = &self.unit;
                        let bounds = format!("{lowest} to {highest} {unit}");
                        fault(format!("{} at {x}: {y} {unit} is not within {bounds}: {again}", series.name));
                    }
                }
            }
        }
        findings
    }
}
