// One answer, got in four ways: by a call, by a task, by a thread, by a process.
// How long does each take?

use std::future::Future;
use std::hint::black_box;
use std::path::Path;
use std::process::{self, Command};
use std::task::{Context, Poll, Waker};
use std::time::Instant;
use std::{env, thread};

// ANCHOR: ways
fn by_call() -> i32 {
    answer()
}

fn by_task() -> i32 {
    let mut task = black_box(Box::pin(async { answer() }));
    match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => unreachable!("it waits for nothing"),
    }
}

fn by_thread() -> i32 {
    thread::spawn(answer).join().expect("it does not panic")
}

// The program is this one: with an argument, it answers by its exit code.
fn by_process(program: &Path) -> i32 {
    let status = Command::new(program).arg("answer").status().expect("it starts");
    status.code().expect("nobody kills it")
}
// ANCHOR_END: ways

// What is asked for is little, so that the asking is what is measured.
#[inline(never)]
fn answer() -> i32 {
    black_box(42)
}

const ROUNDS: usize = 101;

// ANCHOR: quartiles
// What one takes, in nanoseconds: the lower quartile of the rounds, their median,
// and the upper quartile.
fn quartiles(times: u32, way: impl Fn() -> i32) -> [f64; 3] {
    let mut rounds = [0.0; ROUNDS];
    for nanoseconds in &mut rounds {
        let began = Instant::now();
        for _ in 0..times {
            black_box(way());
        }
        *nanoseconds = began.elapsed().as_nanos() as f64 / f64::from(times);
    }
    rounds.sort_by(f64::total_cmp);
    [ROUNDS / 4, ROUNDS / 2, ROUNDS * 3 / 4].map(|at| rounds[at])
}
// ANCHOR_END: quartiles

fn main() {
    if env::args().len() > 1 {
        process::exit(answer());
    }
    let program = env::current_exe().expect("this program is a file");
    let points = [
        point("a call", quartiles(10_000, by_call)),
        point("a task", quartiles(10_000, by_task)),
        point("a thread", quartiles(20, by_thread)),
        point("a process", quartiles(2, || by_process(&program))),
    ];
    let points = points.join(", ");
    println!(r#"{{"y": "time from the question to the answer", "unit": "ns","#);
    println!(r#" "x": "who answers","#);
    println!(r#" "statistic": "median and quartiles of {ROUNDS} rounds","#);
    println!(r#" "series": [{{"name": "time", "points": [{points}]}}]}}"#);
}

fn point(way: &str, [low, median, high]: [f64; 3]) -> String {
    format!(r#"["{way}", {median:.2}, {low:.2}, {high:.2}]"#)
}
