//! The Python interpreter that runs the Python forms.

use crate::run::Run;
use std::path::Path;

/// The oldest CPython that runs every Python form of the book: major and minor.
pub const OLDEST: (u32, u32) = (3, 11);

/// The interpreter on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Python {
    /// `CPython 3.11.7`
    pub name: String,
}

/// Finds `python3`.
///
/// # Errors
/// A sentence that says what to install.
pub fn find() -> Result<Python, String> {
    let install = format!("install CPython {}.{} or newer as python3", OLDEST.0, OLDEST.1);
    let ask = "import platform; print(platform.python_implementation(), platform.python_version())";
    let run = Run::new("python3")
        .args(["-c", ask])
        .finish()
        .map_err(|error| format!("needs python3 ({error}): {install}"))?;
    let name = run.text().trim().to_owned();
    let mut numbers = name.split([' ', '.']).filter_map(|word| word.parse::<u32>().ok());
    match (numbers.next(), numbers.next()) {
        (Some(major), Some(minor)) if (major, minor) >= OLDEST => Ok(Python { name }),
        _ => Err(format!("python3 is \"{name}\": {install}")),
    }
}

/// A run of a Python program, in its folder.
pub(crate) fn run(root: &Path, program: &Path) -> Run {
    let path = root.join(program);
    // -E: whatever PYTHON… variables this machine has, the run is the same. -B: no bytecode beside the program.
    let run = Run::new("python3").env("LC_ALL", "C.UTF-8").args(["-E", "-B"]).arg(path.file_name().unwrap_or_default());
    match path.parent() {
        Some(dir) => run.dir(dir),
        None => run,
    }
}
