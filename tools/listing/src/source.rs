//! A program's text as the page shows it, and the anchors that name parts of it.

use crate::Finding;
use std::path::{Path, PathBuf};

/// The most columns of a line of code on a page.
pub(crate) const WIDEST: usize = 84;

/// A program's lines without the `ANCHOR` marks, and the anchors.
///
/// ```text
/// // ANCHOR: store                lines: ["ledger.store(sum);"]
/// ledger.store(sum);        ->    anchors: [Anchor { name: "store", lines: 0..1 }]
/// // ANCHOR_END: store
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Relative to the root of the checkout.
    pub path: PathBuf,
    /// Without marks, without line ends.
    pub lines: Vec<String>,
    /// For each of `lines`, its number in the file, counted from 1.
    pub numbers: Vec<usize>,
    /// In the order of their first line, outer before inner. They nest; they never overlap in part.
    pub anchors: Vec<Anchor>,
}

/// A named run of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    pub name: String,
    /// Indexes into [`Source::lines`].
    pub lines: std::ops::Range<usize>,
    /// Where its mark stands in the file, counted from 1.
    pub mark: usize,
}

impl Source {
    /// Takes a program's text apart. `path` is for messages.
    ///
    /// # Errors
    /// A finding for each mark that is malformed, repeated, unclosed, empty or crosses another.
    pub fn parse(path: &Path, text: &str) -> Result<Source, Vec<Finding>> {
        let mut source = Source { path: path.to_owned(), lines: Vec::new(), numbers: Vec::new(), anchors: Vec::new() };
        let mut findings = Vec::new();
        let mut open: Vec<Anchor> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let number = index + 1;
            let mut fault = |message: String| findings.push(Finding::new(path, number, message));
            match mark(line) {
                None => {
                    source.lines.push(line.to_owned());
                    source.numbers.push(number);
                }
                Some((_, name)) if !is_name(name) => {
                    fault(format!("the anchor name \"{name}\" needs to be lower-case letters, digits and hyphens"));
                }
                Some((Mark::Start, name)) => {
                    if open.iter().chain(&source.anchors).any(|anchor| anchor.name == name) {
                        fault(format!("the anchor \"{name}\" starts twice: rename one of the two"));
                    }
                    let here = source.lines.len();
                    open.push(Anchor { name: name.to_owned(), lines: here..here, mark: number });
                }
                Some((Mark::End, name)) => match open.pop() {
                    Some(mut anchor) if anchor.name == name => {
                        anchor.lines.end = source.lines.len();
                        if anchor.lines.is_empty() {
                            fault(format!("the anchor \"{name}\" holds no line: remove it"));
                        }
                        source.anchors.push(anchor);
                    }
                    Some(inner) => {
                        fault(format!(
                            "the anchor \"{name}\" ends while \"{}\" (line {}) is open: anchors must nest, end that one first",
                            inner.name, inner.mark
                        ));
                        open.push(inner);
                    }
                    None => fault(format!("the anchor \"{name}\" ends but never starts: add `ANCHOR: {name}`")),
                },
            }
        }
        findings.extend(open.iter().map(|anchor| {
            let message = format!("the anchor \"{0}\" never ends: add `ANCHOR_END: {0}`", anchor.name);
            Finding::new(path, anchor.mark, message)
        }));
        source.anchors.sort_by_key(|anchor| (anchor.lines.start, std::cmp::Reverse(anchor.lines.end)));
        if findings.is_empty() { Ok(source) } else { Err(findings) }
    }

    /// A finding for each line that a page of usual width does not hold.
    pub fn too_wide(&self) -> impl Iterator<Item = Finding> {
        let lines = self.lines.iter().zip(&self.numbers).filter(|(line, _)| line.chars().count() > WIDEST);
        lines.map(|(_, number)| {
            Finding::new(&self.path, *number, format!("wider than {WIDEST} columns: break the line"))
        })
    }

    pub fn anchor(&self, name: &str) -> Option<&Anchor> {
        self.anchors.iter().find(|anchor| anchor.name == name)
    }

    /// The text without marks.
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [line, "\n"]).collect()
    }
}

enum Mark {
    Start,
    End,
}

/// The mark on a line, if the line is one: a comment that begins with `ANCHOR:` or `ANCHOR_END:`.
fn mark(line: &str) -> Option<(Mark, &str)> {
    let comment = line.trim().strip_prefix("//").or_else(|| line.trim().strip_prefix('#'))?.trim_start();
    if let Some(name) = comment.strip_prefix("ANCHOR:") {
        return Some((Mark::Start, name.trim()));
    }
    comment.strip_prefix("ANCHOR_END:").map(|name| (Mark::End, name.trim()))
}

pub(crate) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// A digest of the files of a program and of the arguments it is run with, blind to marks.
///
/// Kept with a record that cannot be compared byte by byte, so that a change of the program after the recording is seen.
pub(crate) fn digest<'a>(texts: impl IntoIterator<Item = &'a str>, args: &[String]) -> String {
    let blind = |text: &str| -> String {
        text.lines().filter(|line| mark(line).is_none()).map(|line| format!("{}\n", line.trim_end())).collect()
    };
    let texts: Vec<String> = texts.into_iter().map(blind).chain(args.iter().cloned()).collect();
    digest_of(texts.iter().map(String::as_str))
}

/// A digest of texts, to the letter.
pub fn digest_of<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    use sha2::{Digest, Sha256};
    let mut hash = Sha256::new();
    for text in texts {
        hash.update(text);
        hash.update("\0");
    }
    hash.finalize()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Source, String> {
        Source::parse(Path::new("p.rs"), text)
            .map_err(|findings| findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n"))
    }

    #[test]
    fn marks_are_stripped_and_nest() {
        let source =
            parse("a\n// ANCHOR: outer\nb\n  // ANCHOR: inner\nc\n  // ANCHOR_END: inner\n// ANCHOR_END: outer\nd\n");
        let source = source.expect("well formed");
        assert_eq!(source.lines, ["a", "b", "c", "d"]);
        assert_eq!(source.numbers, [1, 3, 5, 8]);
        let names: Vec<_> = source.anchors.iter().map(|a| (a.name.as_str(), a.lines.clone())).collect();
        assert_eq!(names, [("outer", 1..3), ("inner", 2..3)]);
        assert_eq!(source.text(), "a\nb\nc\nd\n");
    }

    #[test]
    fn each_malformed_mark_is_named_with_its_line() {
        let cases = [
            ("// ANCHOR: a\nx\n", "p.rs:1: the anchor \"a\" never ends: add `ANCHOR_END: a`"),
            ("x\n// ANCHOR_END: a\n", "p.rs:2: the anchor \"a\" ends but never starts: add `ANCHOR: a`"),
            ("// ANCHOR: a\n// ANCHOR_END: a\n", "p.rs:2: the anchor \"a\" holds no line: remove it"),
            (
                "// ANCHOR: A b\nx\n",
                "p.rs:1: the anchor name \"A b\" needs to be lower-case letters, digits and hyphens",
            ),
        ];
        for (text, message) in cases {
            assert_eq!(parse(text), Err(message.to_owned()));
        }
        let crossed =
            parse("// ANCHOR: a\nx\n// ANCHOR: b\ny\n// ANCHOR_END: a\nz\n// ANCHOR_END: b\n// ANCHOR_END: a\n");
        let message =
            "p.rs:5: the anchor \"a\" ends while \"b\" (line 3) is open: anchors must nest, end that one first";
        assert_eq!(crossed, Err(message.to_owned()));
        let twice = parse("// ANCHOR: a\nx\n// ANCHOR_END: a\n// ANCHOR: a\ny\n// ANCHOR_END: a\n");
        assert_eq!(twice, Err("p.rs:4: the anchor \"a\" starts twice: rename one of the two".to_owned()));
    }

    #[test]
    fn the_digest_sees_everything_but_marks() {
        let before = digest(["fn main() {\n    say(1);\n}\n"], &[]);
        assert_eq!(before, digest(["fn main() {\n    // ANCHOR: a\n    say(1);\n    // ANCHOR_END: a\n}\n"], &[]));
        for other in ["fn main() {\n    say(2);\n}\n", "fn main() {\nsay(1);\n}\n", "fn main() {\n    // say(1);\n}\n"]
        {
            assert_ne!(before, digest([other], &[]), "{other}");
        }
        assert_ne!(before, digest(["fn main() {\n    say(1);\n}\n", "mod b;"], &[]));
        assert_ne!(before, digest(["fn main() {\n    say(1);\n}\n"], &["--fast".to_owned()]));
    }
}
