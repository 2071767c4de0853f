//! What runs left: the files committed beside a program, shown by the page and compared by `cargo test`.

use crate::{Finding, Listing};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A record of a listing: its kind, and its file relative to the root of the checkout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    pub kind: RecordKind,
    pub path: PathBuf,
}

/// The records there are. A new kind is added here, in [`crate::check`], and where a page shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RecordKind {
    /// `output.txt`: what the program wrote to standard output.
    Output,
    /// `run.cast`: a terminal session, asciicast v2.
    Cast,
    /// `measure.json`: a [`crate::Measurement`].
    Measure,
    /// `schedules.json`: [`crate::Schedules`].
    Schedules,
    /// `trace.json`: [`trace::Traces`], which `tests/trace.rs` makes of the program.
    Trace,
    /// `python/SLUG.txt`: what the Python form wrote.
    PythonOutput,
    /// `python/SLUG.cast`: a terminal session of the Python form.
    PythonCast,
}

impl RecordKind {
    pub const ALL: [RecordKind; 7] = [
        RecordKind::Output,
        RecordKind::Cast,
        RecordKind::Measure,
        RecordKind::Schedules,
        RecordKind::Trace,
        RecordKind::PythonOutput,
        RecordKind::PythonCast,
    ];

    /// The file in the folder of the listing `slug`.
    pub fn file(self, slug: &str) -> String {
        match self {
            RecordKind::Output => "output.txt".to_owned(),
            RecordKind::Cast => "run.cast".to_owned(),
            RecordKind::Measure => "measure.json".to_owned(),
            RecordKind::Schedules => "schedules.json".to_owned(),
            RecordKind::Trace => "trace.json".to_owned(),
            RecordKind::PythonOutput => format!("python/{slug}.txt"),
            RecordKind::PythonCast => format!("python/{slug}.cast"),
        }
    }

    pub fn is_python(self) -> bool {
        matches!(self, RecordKind::PythonOutput | RecordKind::PythonCast)
    }

    pub fn is_cast(self) -> bool {
        matches!(self, RecordKind::Cast | RecordKind::PythonCast)
    }
}

/// Who made a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Maker {
    /// `rustc 1.95.0` or `CPython 3.11.7`.
    pub by: String,
    /// A digest of the program, where the record cannot be compared byte by byte.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
}

/// `records.json` of a listing: who made each record. Written by `cargo book record`, never by hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Records {
    /// By file, relative to the listing's folder.
    pub(crate) makers: BTreeMap<String, Maker>,
    /// A fault of the file itself.
    pub(crate) fault: Option<Finding>,
}

pub(crate) const RECORDS: &str = "records.json";

impl Records {
    pub(crate) fn load(listing: &Listing) -> Records {
        let path = listing.dir.join(RECORDS);
        let Ok(text) = std::fs::read_to_string(listing.root.join(&path)) else {
            return Records::default();
        };
        match serde_json::from_str(&text) {
            Ok(makers) => Records { makers, fault: None },
            Err(error) => {
                let message = format!("{error}: run `cargo book record {}`", listing.slug);
                Records { makers: BTreeMap::new(), fault: Some(Finding::new(path, error.line(), message)) }
            }
        }
    }

    pub(crate) fn to_json(&self) -> String {
        let mut text = serde_json::to_string_pretty(&self.makers).unwrap_or_default();
        text.push('\n');
        text
    }
}

/// The records that a manifest names, checked against the kinds there are and the files in the folder.
pub(crate) fn records_of(listing: &Listing, names: &[String]) -> Result<Vec<Record>, Vec<Finding>> {
    let slug = &listing.slug;
    let mut findings = Vec::new();
    let mut records = Vec::new();
    for name in names {
        match RecordKind::ALL.into_iter().find(|kind| kind.file(slug) == *name) {
            Some(kind) => records.push(Record { kind, path: listing.dir.join(name) }),
            None => {
                let known: Vec<String> = RecordKind::ALL.iter().map(|kind| kind.file(slug)).collect();
                let near = crate::did_you_mean(name, known.iter().map(String::as_str));
                findings.push(Finding::new(listing.manifest(), None, format!("unknown record \"{name}\"{near}")));
            }
        }
    }
    for kind in RecordKind::ALL {
        let file = kind.file(slug);
        if listing.root.join(&listing.dir).join(&file).exists() && !names.contains(&file) {
            let message = match kind {
                RecordKind::Schedules => {
                    "the record of an explored listing: add [package.metadata.listing.schedules], or remove the file"
                }
                _ => "a record that the manifest does not name: add it to `records`, or remove the file",
            };
            findings.push(Finding::new(listing.dir.join(file), None, message));
        }
    }
    if findings.is_empty() { Ok(records) } else { Err(findings) }
}
