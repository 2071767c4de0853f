use std::fmt;
use std::path::{Path, PathBuf};

/// One thing that is wrong in the checkout: where, what, and what to do about it.
///
/// Shown as `src/concepts/the-spinner.md:12: unknown listing "spin-frame": did you mean "spin-frames"?`
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Relative to the root of the checkout.
    pub path: PathBuf,
    /// Counted from 1; `None` when the finding is about the file as a whole.
    pub line: Option<usize>,
    /// A sentence that ends with the change or the command that mends it.
    pub message: String,
}

impl Finding {
    pub fn new(path: impl AsRef<Path>, line: impl Into<Option<usize>>, message: impl Into<String>) -> Self {
        Finding { path: path.as_ref().to_owned(), line: line.into(), message: message.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// `Ok` when there are no findings, else all of them as one error, in the order of their places, each once.
///
/// # Errors
/// When there is at least one finding.
pub fn report(findings: Vec<Finding>) -> anyhow::Result<()> {
    if findings.is_empty() { Ok(()) } else { Err(complaint(findings)) }
}

/// Findings as one error, in the order of their places, each once.
pub(crate) fn complaint(mut findings: Vec<Finding>) -> anyhow::Error {
    findings.sort();
    findings.dedup();
    let count = match findings.len() {
        1 => "1 fault".to_owned(),
        n => format!("{n} faults"),
    };
    let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
    anyhow::anyhow!("{count} in the book:\n{}", lines.join("\n"))
}
