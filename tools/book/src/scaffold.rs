//! `cargo book new PART SLUG`: the files of a listing.

use anyhow::{Context, bail, ensure};
use listing::{Class, Library, PARTS, did_you_mean};
use std::path::{Path, PathBuf};

/// Names that no listing can have, and why not: what `cargo new` refuses or warns of, for a package or for its program.
const FORBIDDEN: [(&str, &[&str]); 4] = [
    ("Cargo keeps a folder of that name in target/", &["build", "deps", "examples", "incremental"]),
    ("a crate that comes with Rust has that name", &["alloc", "core", "proc-macro", "std", "test"]),
    (
        "it is a keyword of Rust",
        &[
            "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
            "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro",
            "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct",
            "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
            "yield",
        ],
    ),
    (
        "it is the name of a device on Windows",
        &[
            "aux", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con", "lpt1", "lpt2",
            "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "nul", "prn",
        ],
    ),
];

/// A program that prints the same on every run.
const PROGRAM: &str = r#"// What this program shows, in a line or two.

fn main() {
    println!("{}", answer());
}

fn answer() -> u32 {
    42
}
"#;

const PROPERTY: &str = r#"include!("../src/main.rs");

#[test]
fn the_answer_is_even() {
    assert_eq!(answer() % 2, 0);
}
"#;

/// A program that ends well on every schedule.
const EXPLORED: &str = r#"// What this program shows, in a line or two.
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

fn main() {
    let ledger = AtomicU32::new(0);
    thread::scope(|shop| {
        for _ in 0..2 {
            shop.spawn(|| ledger.fetch_add(1, SeqCst));
        }
    });
    println!("{}", ledger.load(SeqCst));
}
"#;

const EXPLORED_PROPERTY: &str = r#"//! The listing itself, run on every schedule.
#[macro_use]
extern crate interleave_std as std;
include!("../src/main.rs");

#[test]
fn both_are_counted_on_every_schedule() {
    let report = std::explore(main);
    assert_eq!(report.count(std::Kind::Ok, "2\n"), report.schedules);
    assert_eq!(report.schedules, 2);
}
"#;

/// A program that is given its screen, and so can be watched.
const TRACED: &str = r#"// What this program shows, in a line or two.
use std::io::{self, Write};

fn main() -> io::Result<()> {
    count(&mut io::stdout())
}

fn count(out: &mut impl Write) -> io::Result<()> {
    for number in 1..=3 {
        out.write_all(format!("{number}\n").as_bytes())?;
    }
    Ok(())
}
"#;

const TRACE: &str = r#"//! The program writes to a screen that tells what it was sent.
use trace::Trace;

trace::program!();

#[derive(Default)]
struct Told(String);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(bytes);
        self.0 += &text;
        trace::show("screen", self.0.as_str());
        trace::transfer("screen", text.trim_end());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn what_is_counted_is_on_the_screen() {
    let trace = Trace::new("all").code("counter", &["count"]).state("screen", "");
    let trace = trace.run(|| count(&mut Told::default()).unwrap());
    let last = trace.steps.last().and_then(|step| step.shows[1].clone());
    assert_eq!(last.unwrap().text, "1\n2\n3\n");
}
"#;

/// A program that prints a [`listing::Measurement`].
const MEASURING: &str = r##"// What this program measures, in a line or two.

use std::hint::black_box;
use std::time::Instant;

fn main() {
    let point = |n: u32| {
        let [low, median, high] = quartiles(n);
        format!("[{n}, {median}, {low}, {high}]")
    };
    let points = [10, 100, 1000].map(point).join(", ");
    println!(r#"{{"y": "time to add up", "unit": "ns", "x": "numbers","#);
    println!(r#" "statistic": "median and quartiles of {ROUNDS} rounds","#);
    println!(r#" "series": [{{"name": "sum", "points": [{points}]}}]}}"#);
}

const ROUNDS: usize = 101;

// How long it takes to add up so many numbers, in nanoseconds: the lower quartile
// of the rounds, their median, and the upper quartile.
fn quartiles(n: u32) -> [u128; 3] {
    let mut rounds = [0; ROUNDS];
    for nanoseconds in &mut rounds {
        let began = Instant::now();
        black_box(sum(black_box(n)));
        *nanoseconds = began.elapsed().as_nanos();
    }
    rounds.sort_unstable();
    [ROUNDS / 4, ROUNDS / 2, ROUNDS * 3 / 4].map(|at| rounds[at])
}

// What the compiler could work out by itself would take no time.
fn sum(n: u32) -> u32 {
    (1..=n).fold(0, |sum, number| sum + black_box(number))
}
"##;

const MEASURING_PROPERTY: &str = r#"include!("../src/main.rs");

#[test]
fn what_is_measured_is_right() {
    assert_eq!(sum(4), 10);
}
"#;

const FAILS: &str = r#"fn main() {
    let _number: u32 = "two";
}
"#;

/// What a new listing has on record besides what its class says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    #[default]
    Plain,
    /// Its schedules, in place of its output.
    Explored,
    /// Its trace.
    Traced,
}

/// A listing that [`new`] made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Relative to the root of the checkout.
    pub dir: PathBuf,
    pub class: Class,
    pub form: Form,
}

/// Makes the folder of a listing with a program that runs.
///
/// If it is explored, what is expected of it is expected on every schedule. `stable` is for class N: the listing that prints
/// the same without unstable syntax.
///
/// # Errors
/// When the part is unknown, the slug is taken or malformed, the title is no line, or `form` or `stable` does not go with
/// the class.
pub fn new(
    root: &Path,
    part: &str,
    slug: &str,
    class: Class,
    form: Form,
    title: &str,
    stable: Option<&str>,
) -> anyhow::Result<Made> {
    ensure!(PARTS.contains(&part), "no part \"{part}\"{}", did_you_mean(part, PARTS));
    refuse_slug(root, slug)?;
    let is_line = !title.trim().is_empty() && !title.contains(char::is_control);
    ensure!(is_line, "{title:?} is no title: give one line of text, the caption on the page");
    ensure!(
        form != Form::Explored || class == Class::P,
        "an explored listing is of class P, and not {}: leave out --class",
        class.name()
    );
    ensure!(
        form != Form::Traced || matches!(class, Class::D | Class::S | Class::P),
        "a traced listing is of class D, S or P, and not {}: leave out --class",
        class.name()
    );
    match stable {
        Some(stable) if class == Class::N => {
            let twin = Library::open(root)?.get(stable).map_err(anyhow::Error::msg)?.class;
            let prints_the_same = matches!(twin, Class::D | Class::S);
            ensure!(prints_the_same, "\"{stable}\" is of class {}: --stable needs one of class D or S", twin.name());
        }
        Some(_) => bail!("--stable is for class N alone, and this is class {}: leave it out", class.name()),
        None if class == Class::N => {
            bail!("class N needs a stable listing that prints the same: name it with --stable SLUG")
        }
        None => {}
    }
    let dir = PathBuf::from("listings").join(part).join(slug);
    let path = root.join(&dir);
    if path.exists() {
        bail!("{} exists already: choose another slug", dir.display());
    }
    // Made whole beside listings/ and moved there: Cargo refuses the whole workspace for a folder in listings/PART without
    // a manifest, and for a manifest without a program.
    let draft = tempfile::Builder::new()
        .prefix(".new-listing-")
        .tempdir_in(root)
        .with_context(|| format!("cannot make a folder in {}", root.display()))?;
    let whole = draft.path().join(slug);
    for (name, text) in files(slug, class, form, title, stable) {
        write(&whole.join(name), &text)?;
    }
    let part = root.join("listings").join(part);
    std::fs::create_dir_all(&part).with_context(|| format!("cannot make {}", part.display()))?;
    std::fs::rename(&whole, &path).with_context(|| format!("cannot make {}", path.display()))?;
    Ok(Made { dir, class, form })
}

fn write(file: &Path, text: &str) -> anyhow::Result<()> {
    let parent = file.parent().context("a file lies in a folder")?;
    std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
    std::fs::write(file, text).with_context(|| format!("cannot write {}", file.display()))
}

/// The files of a listing, relative to its folder.
fn files(slug: &str, class: Class, form: Form, title: &str, stable: Option<&str>) -> Vec<(&'static str, String)> {
    let (program, tests, property) = match class {
        _ if form == Form::Explored => (EXPLORED, "tests/schedules.rs", EXPLORED_PROPERTY),
        _ if form == Form::Traced => (TRACED, "tests/trace.rs", TRACE),
        Class::M => (MEASURING, "tests/property.rs", MEASURING_PROPERTY),
        _ => (PROGRAM, "tests/property.rs", PROPERTY),
    };
    let mut files = vec![
        ("Cargo.toml", manifest(slug, class, form, title, stable)),
        ("src/main.rs", program.to_owned()),
        (tests, property.to_owned()),
    ];
    if class == Class::X {
        files.push(("fails/e0308.rs", FAILS.to_owned()));
    }
    files
}

fn manifest(slug: &str, class: Class, form: Form, title: &str, stable: Option<&str>) -> String {
    let records = records(class, form).join("\", \"");
    let (schedules, dependencies) = match form {
        Form::Plain => ("", ""),
        Form::Explored => (
            "[package.metadata.listing.schedules]\ngood = [\"2\\n\"]\n\n",
            "[dev-dependencies]\ninterleave_std.workspace = true\n\n",
        ),
        Form::Traced => ("", "[dev-dependencies]\ntrace.workspace = true\n\n"),
    };
    let bounds = if class == Class::M { "bounds = [0.0, 1e12]\nplot = { x = \"log\" }\n" } else { "" };
    let stable = stable.map(|stable| format!("stable = \"{stable}\"\n")).unwrap_or_default();
    let class = class.name();
    let title = toml_edit::value(title);
    format!(
        "[package]\n\
         name = \"{slug}\"\n\
         edition.workspace = true\n\
         rust-version.workspace = true\n\
         license.workspace = true\n\
         publish.workspace = true\n\
         \n\
         [package.metadata.listing]\n\
         title = {}\n\
         class = \"{class}\"\n\
         {stable}\
         records = [\"{records}\"]\n\
         {bounds}\
         \n\
         {schedules}\
         [[bin]]\n\
         name = \"{slug}\"\n\
         path = \"src/main.rs\"\n\
         test = false\n\
         \n\
         {dependencies}\
         [lints]\n\
         workspace = true\n",
        title.to_string().trim()
    )
}

/// What a new listing has on record.
fn records(class: Class, form: Form) -> &'static [&'static str] {
    match (form, class) {
        (Form::Explored, _) => &["schedules.json"],
        (Form::Traced, _) => &["output.txt", "trace.json"],
        (_, Class::M) => &["measure.json"],
        _ => &["output.txt"],
    }
}

/// Whether a name is lower-case words joined by hyphens; digits count as letters.
pub(crate) fn is_hyphenated(name: &str) -> bool {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.split('-').all(is_word)
}

/// An error unless `slug` can name a new listing: its folder, its package and its program.
///
/// # Errors
/// With what is wrong with it.
pub fn refuse_slug(root: &Path, slug: &str) -> anyhow::Result<()> {
    let well_formed = is_hyphenated(slug) && slug.starts_with(|c: char| c.is_ascii_lowercase());
    ensure!(well_formed, "\"{slug}\" is no slug: lower-case words joined by hyphens, such as lost-update");
    if let Some((reason, _)) = FORBIDDEN.iter().find(|(_, names)| names.contains(&slug)) {
        bail!("\"{slug}\" cannot name a listing, for {reason}: choose another slug");
    }
    // A package of that name is a member already, or a dependency that `cargo run -p SLUG` could mean as well.
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let taken = lock.lines().any(|line| line == format!("name = \"{slug}\""));
    ensure!(!taken, "a package called \"{slug}\" exists already (Cargo.lock names it): choose another slug");
    Ok(())
}

/// What to do after [`new`].
pub fn next_steps(made: &Made, part: &str, slug: &str) -> String {
    let Made { dir, class, form } = made;
    let (dir, class) = (dir.display(), *class);
    if *form == Form::Explored {
        return format!(
            "{dir} is there. Next:\n\
             1. write the program in {dir}/src/main.rs, and in {dir}/Cargo.toml what it should\n   \
             print: `good`, each a whole output\n\
             2. cargo book explore {slug}\n\
             3. assert what you saw in {dir}/tests/schedules.rs; cargo test -p {slug}\n\
             4. cargo book record {slug}, which writes schedules.json\n\
             5. in a page of src/{part}/, write {{{{#listing {slug}}}}} and {{{{#schedules {slug}}}}}\n\
             6. cargo book check\n"
        );
    }
    let release = if class == Class::M { "--release " } else { "" };
    let records = records(class, *form).join(" and ");
    let test = match form {
        Form::Traced => format!("and what watches it in {dir}/tests/trace.rs"),
        Form::Plain | Form::Explored => format!("and its property in {dir}/tests/property.rs"),
    };
    let mut steps = format!(
        "{dir} is there. Next:\n\
         1. write the program in {dir}/src/main.rs {test}\n\
         2. cargo run {release}-p {slug}; cargo test -p {slug}\n\
         3. cargo book record {slug}, which writes {records}\n\
         4. in a page of src/{part}/, write {{{{#listing {slug}}}}}"
    );
    if class == Class::X {
        steps += &format!(", {{{{#fails {slug}:e0308}}}}");
    }
    if *form == Form::Traced {
        steps += &format!(", {{{{#stepper {slug}}}}}");
    }
    if class == Class::M {
        steps += &format!(" and {{{{#plot {slug}}}}}");
    } else {
        steps += &format!(" and, in a `text` fence,\n   <!-- cmdrun cargo book output {slug} -->");
    }
    steps + "\n5. cargo book check\n"
}
