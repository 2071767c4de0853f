//! Prints, as Markdown, how interleave fares on a few programs, and its peers on the same text.
//!
//! ```text
//! cargo run --release --manifest-path tools/interleave_peers/Cargo.toml
//! ```

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use interleave_peers::{child, shuttled};
use interleave_std::{Limits, Options, Report};

#[path = "../../interleave/benches/programs/mod.rs"]
mod programs;

programs!(explored: interleave_std);
programs!(shuttled_too: shuttle);
programs!(loomed: loom);

/// How many seconds a peer may take for a program.
const PATIENCE: i32 = 20;
/// A median of so many.
const TIMES: usize = 5;

fn main() {
    println!(
        "| program | schedules | states | time | with checks | memory | page's graph | gzip | shuttle | loom |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    );
    for (at, &(name, program)) in explored::ALL.iter().enumerate() {
        println!(
            "| {name} | {} | {} | {} |",
            by_interleave(program),
            by_shuttle(shuttled_too::ALL[at].1),
            by_loom(loomed::ALL[at].1)
        );
    }
}

fn explore(program: fn() -> String, options: &Options) -> Report {
    let main = move || interleave_std::print!("{}", program());
    interleave_std::try_explore(main, options, Limits::default()).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Processor time, the median of some; and the largest peak of memory.
fn measure(program: fn() -> String, options: &Options) -> (Duration, u64) {
    let run = || child::run(600, |_| explore(program, options).schedules.to_string());
    let mut all: Vec<child::Ended> = (0..TIMES).map(|_| run()).collect();
    all.sort_by_key(|ended| ended.time);
    (all[TIMES / 2].time, all.iter().map(|ended| ended.memory).max().unwrap_or_default())
}

/// Schedules, states, time, time with checks, peak memory, size of the graph, and gzipped.
fn by_interleave(program: fn() -> String) -> String {
    let unchecked = Options { most_enumerated: 0, random_runs: 0, ..Options::default() };
    let report = explore(program, &unchecked);
    let (time, memory) = measure(program, &unchecked);
    let (checked, _) = measure(program, &Options::default());
    let graph = serde_json::to_vec(&report.graph).expect("a graph is JSON");
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(&graph).expect("memory takes it");
    let gzip = gzip.finish().expect("memory takes it");
    format!(
        "{} | {} | {} | {} | {} MB | {} | {}",
        digits(&report.schedules.to_string()),
        digits(&report.states.to_string()),
        seconds(time),
        seconds(checked),
        memory / 1_000_000,
        kilobytes(graph.len()),
        kilobytes(gzip.len())
    )
}

fn by_shuttle(program: fn() -> String) -> String {
    let found = shuttled::explore(program, u64::MAX, PATIENCE);
    told(found.time, found.executions, found.complete)
}

fn by_loom(program: fn() -> String) -> String {
    let ended = child::run(PATIENCE, |count: &'static AtomicU64| {
        let mut builder = loom::model::Builder::new();
        builder.max_branches = 1_000_000;
        builder.check(move || {
            count.fetch_add(1, Relaxed);
            program();
        });
        String::new()
    });
    match ended.text {
        None if !ended.late => {
            // Of the first execution there is no deadlock: loom has no room for so many threads.
            match ended.count {
                1 => "too many threads".to_owned(),
                count => format!("stops after {}", digits(&count.to_string())),
            }
        }
        text => told(ended.time, ended.count, text.is_some()),
    }
}

fn told(time: Duration, executions: u64, complete: bool) -> String {
    let executions = digits(&executions.to_string());
    if complete { format!("{}, {executions}", seconds(time)) } else { format!("not done after {executions}") }
}

fn seconds(time: Duration) -> String {
    match time.as_secs_f64() {
        long if long >= 1.0 => format!("{long:.1} s"),
        short => format!("{:.0} ms", short * 1e3),
    }
}

fn kilobytes(bytes: usize) -> String {
    format!("{:.1} kB", bytes as f64 / 1e3)
}

/// With commas.
fn digits(number: &str) -> String {
    let mut text = String::new();
    for (at, digit) in number.chars().enumerate() {
        if at > 0 && (number.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
