//! Programs that must not compile, and the error they must give.

use crate::{Finding, Listing};
use anyhow::Context;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::process::Command;

/// `fails/e0373.rs`: a complete program, std only, that rustc must refuse with the error its name begins with.
/// `fails/e0373.txt` beside it holds what rustc says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fails {
    /// `e0373`, or with a word more, `e0373-spawn`.
    pub name: String,
    /// `E0373`
    pub code: String,
    /// The program, relative to the root of the checkout.
    pub path: PathBuf,
}

/// What rustc said of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompileError {
    /// The codes of its errors, in order, each once; an error without a code counts as its message.
    pub codes: Vec<String>,
    /// The errors as rustc shows them.
    pub rendered: String,
}

impl Fails {
    pub(crate) fn find(listing: &Listing) -> Vec<Fails> {
        let dir = listing.dir.join("fails");
        let Ok(entries) = std::fs::read_dir(listing.root.join(&dir)) else {
            return Vec::new();
        };
        let mut found: Vec<Fails> = entries
            .filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().strip_suffix(".rs")?.to_owned()))
            .map(|name| {
                let code = name.split('-').next().unwrap_or_default().to_uppercase();
                Fails { path: dir.join(format!("{name}.rs")), name, code }
            })
            .collect();
        found.sort_by(|a, b| a.name.cmp(&b.name));
        found
    }

    /// The file with the error on record, relative to the root of the checkout.
    pub fn record_path(&self) -> PathBuf {
        self.path.with_extension("txt")
    }

    /// What rustc says of the program now; `None` if it compiles.
    ///
    /// # Errors
    /// When rustc cannot be run.
    pub fn compile(&self, root: &Path) -> anyhow::Result<Option<CompileError>> {
        #[derive(Deserialize)]
        struct Diagnostic {
            level: String,
            message: String,
            code: Option<Code>,
            rendered: Option<String>,
        }
        #[derive(Deserialize)]
        struct Code {
            code: String,
        }
        let path = root.join(&self.path);
        let out = tempfile::tempdir().context("no temporary folder")?;
        // In the listing's folder, so that the message names the file as the reader knows it: fails/e0373.rs.
        let dir = path.parent().and_then(Path::parent).context("a fails/ program lies in a listing")?;
        let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
            .current_dir(dir)
            .args(["--edition", "2024", "--crate-type", "bin", "--emit", "metadata", "--error-format", "json"])
            .arg("--out-dir")
            .arg(out.path())
            .arg(Path::new("fails").join(path.file_name().unwrap_or_default()))
            .output()
            .context("cannot run rustc")?;
        if output.status.success() {
            return Ok(None);
        }
        let mut error = CompileError { codes: Vec::new(), rendered: String::new() };
        let stderr = String::from_utf8_lossy(&output.stderr);
        for line in stderr.lines() {
            let Ok(diagnostic) = serde_json::from_str::<Diagnostic>(line) else { continue };
            if diagnostic.level != "error" || diagnostic.message.starts_with("aborting due to") {
                continue;
            }
            let code = diagnostic.code.map_or(diagnostic.message, |code| code.code);
            if !error.codes.contains(&code) {
                error.codes.push(code);
            }
            error.rendered.push_str(&diagnostic.rendered.unwrap_or_default());
        }
        error.rendered = without_std_source(&error.rendered);
        Ok(Some(error))
    }

    /// A finding unless `error` has the code that the file's name promises, and only that.
    pub(crate) fn judge(&self, error: Option<&CompileError>) -> Option<Finding> {
        let message = match error {
            None => format!("this program compiles, and must fail with {}: mend it or remove it", self.code),
            Some(error) if error.codes == [self.code.clone()] => return None,
            Some(error) => format!(
                "this program fails with {}, and its name promises {}: mend the program or its name",
                error.codes.join(" and "),
                self.code
            ),
        };
        Some(Finding::new(&self.path, None, message))
    }
}

/// rustc's text without what depends on the installation: where the standard library's source is, and, where it is
/// installed, the lines shown from it.
fn without_std_source(rendered: &str) -> String {
    let mut text = String::new();
    let mut in_std = false;
    for line in rendered.trim_end().lines().map(str::trim_end) {
        let shown = line.trim_start_matches(|c: char| c == ' ' || c.is_ascii_digit());
        if let Some((arrow, path)) = line.split_once("--> ") {
            let std = path.split_once("/library/").map(|(_, path)| path);
            in_std = std.is_some();
            text.push_str(&format!("{arrow}--> {}\n", std.unwrap_or(path)));
        } else if !(in_std && (shown.starts_with('|') || shown == "...")) {
            in_std = false;
            text.push_str(&format!("{line}\n"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::without_std_source;

    #[test]
    fn the_text_is_the_same_with_and_without_the_source_of_std() {
        let own = "error[E0499]: no\n --> fails/a.rs:1:2\n  |\n1 | x\n  | ^\nnote: here\n";
        let expected = format!("{own} --> std/src/a.rs:9:1\nhelp: there\n");
        let without = format!("{own} --> /rustc/0123/library/std/src/a.rs:9:1\nhelp: there\n");
        let excerpt = "  |\n9 | fn f()\n  | ^^^^ here\n...\n12 | }\n   | - there\n";
        let with = format!("{own} --> /home/me/lib/rustlib/src/rust/library/std/src/a.rs:9:1\n{excerpt}help: there\n");
        assert_eq!(without_std_source(&without), expected);
        assert_eq!(without_std_source(&with), expected);
    }
}
