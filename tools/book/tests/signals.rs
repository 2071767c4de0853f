//! What is left of a run when `cargo book` itself is stopped.
#![cfg(target_os = "linux")]

mod fixture;

use fixture::Book;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Longer than anything takes, however busy the machine is.
const GENEROUS: Duration = Duration::from_secs(60);

/// Waits until `holds`; fails with `what` when it never does.
fn until(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < GENEROUS, "never: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_gone(pid: &str) -> bool {
    let stat = std::fs::read_to_string(Path::new("/proc").join(pid).join("stat")).unwrap_or_default();
    stat.is_empty() || stat.contains(") Z ")
}

/// Starts `cargo book` with these words, waits until the file `pids` in the listing's folder has `count` numbers, sends the
/// signal, and answers the numbers.
fn stopped_by(book: &Book, words: &[&str], signal: &str, count: usize) -> Vec<String> {
    let file = book.file("listings/concepts/hello/pids");
    let mut child = Command::new(env!("CARGO_BIN_EXE_book"))
        .arg("-C")
        .arg(book.path())
        .args(words)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let pids =
        || std::fs::read_to_string(&file).unwrap_or_default().split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    until("the program says who it is", || pids().len() == count);
    Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
    child.wait().unwrap();
    pids()
}

/// A listing that starts a child and never ends.
fn endless() -> Book {
    let book = Book::new();
    book.write(
        "listings/concepts/hello/src/main.rs",
        "fn main() {\n    let child = std::process::Command::new(\"sleep\").arg(\"1000\").spawn().unwrap();\n    \
         let pids = format!(\"{} {}\", std::process::id(), child.id());\n    std::fs::write(\"pids\", pids).unwrap();\n    \
         loop {\n        std::thread::park();\n    }\n}\n",
    );
    book
}

#[test]
fn who_stops_a_test_stops_the_listing_and_its_children() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        for pid in stopped_by(&endless(), &["test", "hello"], signal, 2) {
            until("the listing and its child are gone", || is_gone(&pid));
        }
    }
}

#[test]
fn who_kills_a_test_kills_the_listing() {
    let pids = stopped_by(&endless(), &["test", "hello"], "-KILL", 2);
    until("the listing is gone", || is_gone(&pids[0]));
    // Its child is out of reach then, and not this test's to leave behind.
    Command::new("kill").args(["-KILL", &pids[1]]).status().unwrap();
}

#[test]
fn who_stops_a_test_stops_its_build() {
    let book = Book::new();
    book.write(
        "listings/concepts/hello/build.rs",
        "fn main() {\n    std::fs::write(\"pids\", std::process::id().to_string()).unwrap();\n    \
         std::thread::sleep(std::time::Duration::from_secs(1000));\n}\n",
    );
    for pid in stopped_by(&book, &["test", "hello"], "-TERM", 1) {
        until("the build is gone", || is_gone(&pid));
    }
}
