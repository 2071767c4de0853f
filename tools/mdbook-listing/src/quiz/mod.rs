//! Quizzes: the questions in `quizzes/`, read from TOML and held against the records of the listings they ask about.
//!
//! ```text
//! quizzes/PART/NAME.toml ──read──> Quiz { Question { Form } } ──check──> facts put in, answers compared with the records
//!                                                                └─> directives/quiz.rs makes the HTML of {{#quiz PART/NAME}}
//! ```
//!
//! The schema is that of mdbook-quiz, held strict, with two additions: a `Tracing` question names the listing it shows, for
//! all Rust on a page belongs to one; and `type = "Outcomes"` asks which ends of an explored listing are possible.
//! CONTRIBUTING.md has the fields.

mod check;
mod read;

use crate::pages::Pages;
use interleave::{Kind, Outcome};
use listing::schedules::grouped;
use listing::{Explored, Finding, Library, did_you_mean};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The folder of the quizzes, relative to the root of the checkout.
pub const FOLDER: &str = "quizzes";

/// Every quiz of a checkout, and all that is wrong with them.
#[derive(Debug, Clone, Default)]
pub struct Quizzes {
    /// By name: `concepts/the-spinner`.
    pub quizzes: BTreeMap<String, Quiz>,
    pub findings: Vec<Finding>,
    /// The texts of those with a fault.
    faulty: Vec<String>,
}

/// The questions of one file.
#[derive(Debug, Clone)]
pub struct Quiz {
    /// `concepts/the-spinner`, for `quizzes/concepts/the-spinner.toml`.
    pub name: String,
    /// Relative to the root of the checkout.
    pub file: PathBuf,
    pub questions: Vec<Question>,
    /// The facts that its texts name, as `slug` or `slug:case`, and their names.
    pub facts: Vec<(String, String)>,
    /// The anchors that its texts link to, as `slug:anchor`.
    pub anchors: Vec<String>,
}

/// A string of the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text {
    pub text: String,
    /// Where its first line stands, counted from 1.
    pub line: usize,
}

#[derive(Debug, Clone)]
pub struct Question {
    /// Unique in the book; what a browser keeps an answer under.
    pub id: Text,
    /// The line of its `[[questions]]`.
    pub line: usize,
    /// Markdown. `Tracing` and `Outcomes` need none: the page asks.
    pub prompt: Option<Text>,
    /// Markdown: why the answer is right.
    pub context: Option<Text>,
    pub form: Form,
}

/// What kind of question it is, with its answer.
#[derive(Debug, Clone)]
pub enum Form {
    /// Markdown, a paragraph each.
    MultipleChoice {
        right: Vec<Text>,
        distractors: Vec<Text>,
        /// Whether each right one has to be found: the file has a list.
        several: bool,
        order: Order,
    },
    ShortAnswer {
        /// The answer, and then those that count as well.
        answers: Vec<Text>,
        /// Whether upper and lower case differ.
        code: bool,
    },
    Tracing {
        listing: Named,
        answer: Traced,
    },
    Outcomes {
        listing: Named,
        choices: Vec<Choice>,
        sorted: bool,
    },
}

/// In which order the choices stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Shuffled, in the same way for each reader.
    Shuffled,
    /// By their text, or their number.
    Sorted,
    /// As in the file, with the answer in this place.
    Given(usize),
}

/// `SLUG` or `SLUG:PART`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    pub slug: String,
    pub part: Option<String>,
    pub line: usize,
}

/// What becomes of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Traced {
    Prints(Text),
    /// The line of the program that rustc points to.
    Refused {
        in_line: usize,
        line: usize,
    },
}

/// An end that an explored listing may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub end: End,
    pub possible: bool,
    pub line: usize,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// It ends well, and this is all that it prints.
    Prints(String),
    /// `{ kind = "deadlock" }`
    Kind(Kind),
}

impl End {
    /// Whether a program that ended so ended as this says.
    pub fn is(&self, outcome: &Outcome) -> bool {
        match self {
            End::Prints(text) => outcome.kind == Kind::Ok && outcome.text == *text,
            End::Kind(kind) => outcome.kind == *kind,
        }
    }

    /// On how many schedules a program ends so, for the eye; `None` on none.
    pub fn count(&self, explored: &Explored) -> Option<String> {
        let counts = explored.outcomes.iter().filter(|outcome| self.is(outcome)).map(|outcome| outcome.count.0.clone());
        counts.reduce(|all, more| all + more).map(grouped)
    }
}

impl Quizzes {
    /// Reads every file below `quizzes/`, and compares its answers with the records.
    pub fn load(library: &Library) -> Quizzes {
        let mut all = Quizzes::default();
        let mut ids = BTreeMap::<String, String>::new();
        for file in files(&library.root, Path::new(FOLDER)) {
            if file.extension().is_none_or(|extension| extension != "toml") {
                let message = "is no quiz: name it NAME.toml, or move it away";
                all.findings.push(Finding::new(&file, None, message));
                continue;
            }
            let name = file.strip_prefix(FOLDER).unwrap_or(&file).with_extension("");
            let name = name.to_string_lossy().replace('\\', "/");
            let text = std::fs::read_to_string(library.root.join(&file));
            let before = all.findings.len();
            let mut quiz = match &text {
                Ok(text) => {
                    let (questions, findings) = read::questions(&file, text);
                    all.findings.extend(findings);
                    Quiz { name, file, questions, facts: Vec::new(), anchors: Vec::new() }
                }
                Err(error) => {
                    all.findings.push(Finding::new(&file, None, format!("cannot be read: {error}")));
                    Quiz { name, file, questions: Vec::new(), facts: Vec::new(), anchors: Vec::new() }
                }
            };
            all.findings.extend(check::quiz(library, &mut quiz));
            for question in &quiz.questions {
                let here = format!("{}:{}", quiz.file.display(), question.id.line);
                if let Some(there) = ids.insert(question.id.text.clone(), here) {
                    let message = format!(
                        "the id \"{}\" is taken by {there}: give each question of the book its own",
                        question.id.text
                    );
                    all.findings.push(Finding::new(&quiz.file, question.id.line, message));
                }
            }
            if all.findings.len() > before {
                all.faulty.extend(text);
            }
            all.quizzes.insert(quiz.name.clone(), quiz);
        }
        all
    }

    /// The quiz of this name.
    ///
    /// # Errors
    /// A message with the nearest name.
    pub fn get(&self, name: &str) -> Result<&Quiz, String> {
        let known = self.quizzes.keys().map(String::as_str);
        self.quizzes
            .get(name)
            .ok_or_else(|| format!("there is no {FOLDER}/{name}.toml{}", did_you_mean(name, known.clone())))
    }

    /// Whether a quiz with a fault names the listing, and may show what its questions do not say.
    pub fn may_show(&self, slug: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
        let names = |text: &str| text.split(|c| !is_part(c)).any(|word| word == slug);
        self.faulty.iter().any(|text| names(text))
    }

    /// Those that stand on some page.
    pub fn embedded<'a>(&'a self, pages: &'a Pages) -> impl Iterator<Item = &'a Quiz> {
        self.quizzes.values().filter(|quiz| pages.quizzes().any(|(_, directive)| directive.slug == quiz.name))
    }
}

impl Quiz {
    /// The listings that its questions ask about, with their questions.
    pub fn listings(&self) -> impl Iterator<Item = (&Named, &Form)> {
        self.questions.iter().filter_map(|question| match &question.form {
            Form::Tracing { listing, .. } | Form::Outcomes { listing, .. } => Some((listing, &question.form)),
            Form::MultipleChoice { .. } | Form::ShortAnswer { .. } => None,
        })
    }
}

/// Every file below `dir`, relative to the root, in order; none where there is no such folder. Hidden ones are an editor's.
fn files(root: &Path, dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(root.join(dir)).into_iter().flatten().flatten() {
        let path = dir.join(entry.file_name());
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(root, &path)),
            _ => found.push(path),
        }
    }
    found.sort();
    found
}
