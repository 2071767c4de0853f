//! `cargo book explore`: a program under every schedule.
//!
//! ```text
//! Ask ──> Program, Options ──> Report ──> a table of outcomes; with --schedule a table of steps, a column a task
//!                                    └──> with --json the numbers
//! ```

use crate::cli::Answer;
use anyhow::{Context, bail};
use clap::Args;
use interleave::op::Task;
use interleave::schedule::{read, write};
use interleave::{Kind, Limits, Move, Options, Outcome, Output, Report, Row};
use listing::explore::{Explorer, Program};
use listing::schedules::{address, grouped, printed};
use listing::{Finding, Library, find_root};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// What to explore, and how.
#[derive(Debug, Clone, clap::Args)]
pub struct Ask {
    /// A listing, or one of its cases, SLUG:CASE
    #[arg(value_name = "SLUG[:CASE]")]
    listing: Option<String>,
    /// A program instead, in one file, that uses nothing but std
    #[arg(long, value_name = "PROGRAM.rs", conflicts_with = "listing")]
    file: Option<PathBuf>,
    /// Let loads see older stores, as far as their orderings allow
    #[arg(long)]
    weak: bool,
    /// Let so many waits of a schedule wake without cause
    #[arg(long, value_name = "N")]
    spurious: Option<u8>,
    /// What of the output tells outcomes apart: ordered, lines (in any order), ignored
    #[arg(long, value_name = "WHAT", value_parser = parse_output)]
    output: Option<Output>,
    /// Follow this schedule step by step, such as a2b1:1a
    #[arg(long, value_name = "SCHEDULE")]
    schedule: Option<String>,
    /// As JSON: schedules, failing, outcomes, states, edges, seconds
    #[arg(long)]
    json: bool,
    /// Arguments for the program, to the end of the line: put it last
    #[arg(long, value_name = "ARG", num_args = 0.., allow_hyphen_values = true)]
    args: Option<Vec<String>>,
}

fn parse_output(text: &str) -> Result<Output, String> {
    serde_json::from_value(text.into()).map_err(|_| "it is one of ordered, lines, ignored".to_owned())
}

/// What `--json` prints. Numbers that may be large are strings.
#[derive(Serialize)]
struct Numbers<'a> {
    schedules: String,
    failing: String,
    outcomes: &'a [Outcome],
    /// Of the page's graph.
    states: usize,
    edges: usize,
    /// Whether every schedule was also run by itself, and the counts agreed.
    enumerated: bool,
    /// For compiling and exploring together.
    seconds: f64,
    /// The schedule that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<&'a [Row]>,
}

/// A program to explore, and how to speak of it.
struct Asked {
    program: Program,
    options: Options,
    /// What the answer is headed with.
    title: String,
    /// The command that asks for the same, but for `--schedule`: what stands before and behind that.
    command: (String, String),
    /// What to know about the answer, a line each.
    notes: Vec<String>,
}

/// Explores; the exit code is 1 if a schedule fails.
///
/// # Errors
/// What is asked for is not there, or cannot be explored: `path:line: what`, and what to do.
pub fn explore(directory: &Path, ask: &Ask) -> anyhow::Result<Answer> {
    let asked = asked(directory, ask)?;
    let spinner = indicatif::ProgressBar::new_spinner().with_message(format!("exploring {}", asked.title));
    spinner.enable_steady_tick(Duration::from_millis(100));
    let explorer = Explorer::build()?;
    let began = Instant::now();
    let explored = match explorer.compile(&asked.program)? {
        Ok(executable) => executable.explore(&asked.options, Limits::default())?.map_err(|finding| vec![finding]),
        Err(findings) => Err(findings),
    };
    let seconds = began.elapsed().as_secs_f64();
    spinner.finish_and_clear();
    let report = explored.map_err(|findings| {
        let lines: Vec<String> = findings.iter().map(Finding::to_string).collect();
        anyhow::Error::msg(lines.join("\n"))
    })?;
    let steps = report.replay.as_deref().filter(|_| ask.schedule.is_some());
    // Who can move behind the schedule that was asked for, if it does not lead to an end.
    let next = match (steps, &ask.schedule) {
        (Some(steps), Some(schedule)) => can_move(&report, schedule, steps)?,
        _ => Vec::new(),
    };
    let text = if ask.json {
        let numbers = Numbers {
            schedules: report.schedules.to_string(),
            failing: report.failing.to_string(),
            outcomes: &report.outcomes,
            states: report.graph.states.len(),
            edges: report.graph.edges.iter().map(Vec::len).sum(),
            enumerated: report.enumerated,
            seconds: (seconds * 1000.0).round() / 1000.0,
            steps,
        };
        serde_json::to_string_pretty(&numbers)? + "\n"
    } else {
        let mut text = match (steps, &ask.schedule) {
            (Some(steps), Some(schedule)) => step_by_step(&asked.title, &report, schedule, steps, &next),
            _ => outcomes(&asked, &report),
        };
        if let Some(address) = address(&report.outcomes) {
            text.push_str(&format!(
                "warning: an address is printed, {address}; it is another each time, so this cannot be put on record\n"
            ));
        }
        for note in &asked.notes {
            text.push_str(&format!("note: {note}\n"));
        }
        text
    };
    let fails = report.outcomes.iter().any(|outcome| outcome.fails) && next.is_empty();
    Ok(Answer { text, code: u8::from(fails) })
}

/// The program, the options, and how to speak of both.
fn asked(directory: &Path, ask: &Ask) -> anyhow::Result<Asked> {
    if let Some(word) = ask.args.iter().flatten().find(|word| is_option(word)) {
        bail!("{word} is an option of `cargo book explore`, and no argument: put --args last");
    }
    let mut notes = Vec::new();
    let (program, mut options, name, bare) = match (&ask.listing, &ask.file) {
        (Some(file), _) if file.ends_with(".rs") || directory.join(file).is_file() => {
            bail!("a file? cargo book explore --file {}", quoted(file))
        }
        (Some(listing), _) => {
            let library = Library::open(&find_root(directory)?)?;
            let (slug, case) = match listing.split_once(':') {
                Some((slug, case)) => (slug, Some(case)),
                None => (listing.as_str(), None),
            };
            let found = library.get(slug).map_err(|message| anyhow::anyhow!("{message}\nsee `cargo book list`"))?;
            // A listing that is not recorded so can be explored all the same.
            let options = match case {
                None if found.variants.is_empty() => Options { args: found.args.clone(), ..Options::default() },
                _ => found.variant(case).map_err(anyhow::Error::msg)?.options.clone(),
            };
            let program = Program::of(found).map_err(|findings| anyhow::anyhow!("{}", findings[0]))?;
            (program, options, listing.clone(), slug.to_owned())
        }
        (None, Some(file)) => {
            let path = directory.join(file);
            let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", file.display()))?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let program = Program { path: file.clone(), name, text };
            if !ask.weak && program.is_weaker() {
                notes.push("orderings are taken as SeqCst; --weak takes them as written".to_owned());
            }
            let name = format!("--file {}", quoted(&file.to_string_lossy()));
            (program, Options::default(), name.clone(), name)
        }
        (None, None) => bail!(
            "name a listing, SLUG[:CASE] (`cargo book list` shows them), or a program of your own, --file PROGRAM.rs"
        ),
    };
    options.weak |= ask.weak;
    options.spurious = ask.spurious.unwrap_or(options.spurious);
    options.output = ask.output.unwrap_or(options.output);
    options.schedule.clone_from(&ask.schedule);
    let mut title = name.clone();
    let mut behind = String::new();
    if ask.weak {
        behind.push_str(" --weak");
    }
    if let Some(spurious) = ask.spurious {
        behind.push_str(&format!(" --spurious {spurious}"));
    }
    if let Some(output) = ask.output {
        behind.push_str(&format!(" --output {}", serde_json::to_value(output)?.as_str().unwrap_or_default()));
    }
    if let Some(args) = &ask.args {
        let args_quoted: String = args.iter().map(|arg| format!(" {}", quoted(arg))).collect();
        behind.push_str(&format!(" --args{args_quoted}"));
        title = format!("{bare} --args{args_quoted}");
        // What is expected is expected of the arguments of the case.
        if *args != options.args && options.good.take().is_some() {
            notes.push("no expected output is known for these arguments".to_owned());
        }
        options.args.clone_from(args);
    }
    Ok(Asked { program, options, title, command: (format!("cargo book explore {name}"), behind), notes })
}

/// Whether a word behind `--args` is one that `cargo book explore` itself knows.
fn is_option(word: &str) -> bool {
    let Some(word) = word.strip_prefix("--") else { return false };
    let name = word.split('=').next().unwrap_or_default();
    Ask::augment_args(clap::Command::new("explore")).get_arguments().any(|known| known.get_long() == Some(name))
}

/// A word as a shell reads it.
fn quoted(word: &str) -> String {
    shlex::try_quote(word).map_or_else(|_| word.to_owned(), std::borrow::Cow::into_owned)
}

/// Who can move behind these steps of a schedule, as a schedule is written; nobody, where the program ends with them.
fn can_move(report: &Report, schedule: &str, steps: &[Row]) -> anyhow::Result<Vec<String>> {
    if steps.last().is_some_and(|step| step.end.is_some()) {
        return Ok(Vec::new());
    }
    let moves = read(schedule).map_err(anyhow::Error::msg)?;
    // An edge is its task, how many states further it leads, and its alternative if that is not 0.
    let by = |edge: &[i32]| Move {
        task: Task(u8::try_from(edge[0]).unwrap_or(u8::MAX)),
        alternative: edge.get(2).and_then(|&alternative| u8::try_from(alternative).ok()).unwrap_or(0),
    };
    let mut at = 0;
    for step in moves {
        let edge = report.graph.edges[at].iter().find(|edge| by(edge) == step);
        let edge = edge.with_context(|| format!("the graph has no such schedule: {schedule}"))?;
        at = at.saturating_add_signed(edge[1] as isize);
    }
    Ok(report.graph.edges[at].iter().map(|edge| write(&[by(edge)])).collect())
}

fn outcomes(asked: &Asked, report: &Report) -> String {
    let (title, total, some) = (&asked.title, grouped(&report.schedules), grouped(&report.failing));
    let mut text = match (&report.failing, &report.schedules) {
        (failing, total) if *failing == 0 && *total == 1 => format!("{title}: 1 schedule, and it does not fail"),
        (failing, _) if *failing == 0 => format!("{title}: {total} schedules, and none fails"),
        (_, total) if *total == 1 => format!("{title}: 1 schedule, and it fails"),
        (failing, all) if failing == all => format!("{title}: {total} schedules, and all fail"),
        _ => format!("{title}: {total} schedules, and {some} of them fail"),
    };
    let checked = if report.enumerated { "; each schedule was also run by itself" } else { "" };
    text.push_str(&format!(" ({} states{checked})\n\n", grouped(report.graph.states.len())));
    let rows = report.outcomes.iter().zip(printed(&report.outcomes)).map(|(outcome, lines)| {
        let prints = if lines.is_empty() { "(nothing)".to_owned() } else { lines.join("\n") };
        let fails = if outcome.fails { "FAILS" } else { "" };
        let count = format!("{} of {total}", grouped(&outcome.count));
        let cells = [fails, &count, outcome.kind.name(), &prints, &outcome.why, &outcome.schedule];
        cells.map(str::to_owned).to_vec()
    });
    let headers = ["", "schedules", "how it ends", "prints", "why", "shortest way there"];
    text.push_str(&table(&headers, rows.collect()));
    // A program that fails without a step has none to show.
    if let Some(failing) = report.shortest_failing().filter(|failing| !failing.schedule.is_empty()) {
        let (before, behind) = &asked.command;
        text.push_str(&format!("\nSee one fail: {before} --schedule {}{behind}\n", failing.schedule));
    }
    text
}

fn step_by_step(title: &str, report: &Report, schedule: &str, steps: &[Row], next: &[String]) -> String {
    let tasks: Vec<_> =
        report.graph.tasks.iter().filter(|task| steps.iter().any(|step| step.task == task.letter)).collect();
    let called = |task: &interleave::GraphTask| match &task.name {
        Some(name) => format!("{} {name}", task.letter),
        None => task.letter.to_string(),
    };
    let titles: Vec<String> = tasks.iter().map(|task| called(task)).collect();
    let mut headers = vec!["step"];
    headers.extend(titles.iter().map(String::as_str));
    headers.push("then");
    let rows = steps.iter().enumerate().map(|(at, step)| {
        let mut cells = vec![(at + 1).to_string()];
        cells.extend(tasks.iter().map(|task| {
            if task.letter == step.task { format!("line {}: {}", step.line, step.text) } else { String::new() }
        }));
        let changes: Vec<String> = step.changes.iter().map(|(object, value)| format!("{object} = {value}")).collect();
        cells.push(changes.join("\n"));
        cells
    });
    let table = table(&headers, rows.collect());
    let end = match steps.last().and_then(|step| report.outcomes.get(step.end?)) {
        Some(outcome) => end(outcome, report),
        // Nobody can move who has not moved: the program ends before its first step.
        None if next.is_empty() => report.outcomes.first().map_or_else(String::new, |outcome| end(outcome, report)),
        None => format!("Not finished; can move now: {}\n", next.join(", ")),
    };
    format!("{title}, schedule {schedule}\n\n{table}\n{end}")
}

/// How a schedule ends, in words.
fn end(outcome: &Outcome, report: &Report) -> String {
    let Outcome { kind, text, why, count, fails, .. } = outcome;
    let prints = if text.is_empty() { "nothing".to_owned() } else { format!("{text:?}") };
    let ends = match kind {
        Kind::Deadlock => "Nobody can move.",
        Kind::Bound => "It is followed no further.",
        _ => "There the program ends.",
    };
    let what = match (kind, *fails) {
        (Kind::Ok, true) => format!("FAILS: prints {prints}"),
        (Kind::Ok, false) => format!("It prints {prints}"),
        (kind, _) => format!("FAILS: {}, {why}; it has printed {prints}", kind.name()),
    };
    let of = match &report.schedules {
        total if *total == 1 => "It is the only schedule.".to_owned(),
        total => format!("{} of {} schedules end so.", grouped(count), grouped(total)),
    };
    format!("{ends} {what}. {of}\n")
}

/// The most columns of a table.
const WIDTH: usize = 100;
/// The fewest columns that a cell is made as narrow as.
const NARROWEST: usize = 8;

/// Rows under their headers, not wider than [`WIDTH`] where that can be; columns that are empty are left out.
fn table(headers: &[&str], rows: Vec<Vec<String>>) -> String {
    let used: Vec<usize> =
        (0..headers.len()).filter(|&column| rows.iter().any(|row| !row[column].is_empty())).collect();
    let widest = |column: usize| {
        let cells = rows.iter().flat_map(|row| row[column].split('\n')).chain([headers[column]]);
        cells.map(|line| line.chars().count()).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = used.iter().map(|&column| widest(column)).collect();
    while widths.iter().sum::<usize>() + 2 * widths.len().saturating_sub(1) > WIDTH {
        match widths.iter_mut().max() {
            Some(widest) if *widest > NARROWEST => *widest -= 1,
            _ => break,
        }
    }
    let header = headers.iter().map(|&header| header.to_owned()).collect();
    let mut text = String::new();
    for row in std::iter::once(header).chain(rows) {
        let cells: Vec<Vec<String>> =
            used.iter().zip(&widths).map(|(&column, &width)| wrap(&row[column], width)).collect();
        for at in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
            let mut line = String::new();
            for (cell, width) in cells.iter().zip(&widths) {
                line.push_str(&format!("{:width$}  ", cell.get(at).map_or("", String::as_str)));
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
    }
    text
}

/// The lines of a cell, none longer than `width`: broken at blanks where that can be.
fn wrap(cell: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for line in cell.split('\n') {
        let mut rest: Vec<char> = line.chars().collect();
        while rest.len() > width {
            let blank = rest[..=width].iter().rposition(|&c| c == ' ').filter(|&at| at > 0);
            let next = rest.split_off(blank.unwrap_or(width));
            lines.push(rest.iter().collect());
            rest = next.into_iter().skip(usize::from(blank.is_some())).collect();
        }
        lines.push(rest.iter().collect());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_keeps_its_width_and_its_words() {
        let words = "the quick brown fox jumps over the lazy dog ".repeat(4);
        let rows = vec![vec!["1".into(), String::new(), words.clone(), "9".repeat(150)]];
        let text = table(&["n", "nothing", "words", "schedule"], rows);
        assert!(text.lines().all(|line| line.chars().count() <= WIDTH), "{text}");
        assert!(!text.contains("nothing"), "{text}");
        for word in words.split(' ') {
            assert!(text.contains(word), "{word}: {text}");
        }
        assert_eq!(text.matches('9').count(), 150);
    }

    #[test]
    fn a_cell_is_broken_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("seventeen four", 5), ["seven", "teen", "four"]);
        assert_eq!(wrap("a\n\nb", 5), ["a", "", "b"]);
    }
}
