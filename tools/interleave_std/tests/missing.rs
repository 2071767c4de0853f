//! What is not modelled does not compile, and never falls through to the real std.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The stand-in, as the compiler has it for this test: the newest.
fn library() -> PathBuf {
    let program = std::env::current_exe().expect("a test knows where it is");
    let folder = program.parent().expect("in a folder");
    let libraries = folder.read_dir().expect("it can be read").flatten().map(|entry| entry.path()).filter(|path| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("libinterleave_std-") && name.ends_with(".rlib")
    });
    libraries.max_by_key(|path| path.metadata().and_then(|data| data.modified()).ok()).expect("cargo has built it")
}

/// The lines of the program with an error, each with what rustc says there.
fn errors(lines: &[&str]) -> Vec<(usize, String)> {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let file = dir.path().join("program.rs");
    let text = ["#[macro_use] extern crate interleave_std as std;"].iter().chain(lines).copied();
    std::fs::write(&file, text.collect::<Vec<_>>().join("\n")).expect("it can be written");
    let library = library();
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")))
        .env_remove("RUSTC_BOOTSTRAP")
        .args(["--edition", "2024", "--crate-type", "lib", "--emit", "metadata", "--error-format", "short"])
        .arg("--out-dir")
        .arg(dir.path())
        .arg("--extern")
        .arg(format!("interleave_std={}", library.display()))
        .arg("-L")
        .arg(format!("dependency={}", library.parent().expect("in a folder").display()))
        .arg(&file)
        .output()
        .expect("rustc runs");
    let said = String::from_utf8_lossy(&output.stderr);
    said.lines()
        .filter_map(|line| {
            let mut parts = line.strip_prefix(&*file.to_string_lossy())?.splitn(4, ':').skip(1);
            let number: usize = parts.next()?.parse().ok()?;
            let message = parts.nth(1)?;
            message.contains("error").then(|| (number.saturating_sub(2), message.trim().to_owned()))
        })
        .collect()
}

/// Each line has an error of this code.
#[track_caller]
fn assert_missing(lines: &[&str], codes: &[&str]) {
    let errors = errors(lines);
    for (at, line) in lines.iter().enumerate() {
        let fits = |(of, message): &&(usize, String)| *of == at && codes.iter().any(|code| message.contains(code));
        assert!(errors.iter().any(|error| fits(&error)), "{line} compiles, or fails otherwise: {errors:?}");
    }
}

#[test]
fn what_is_there_compiles() {
    let lines = [
        "use std::{cell::RefCell, collections::HashMap, env, io::{self, Write}, panic, process::ExitCode, sync::Arc};",
        "pub fn main() -> ExitCode { let _ = (env!(\"PATH\"), env::args(), RefCell::new(HashMap::<u8, u8>::new()));",
        "_ = panic::catch_unwind(|| std::panic!(\"{}\", 1)); _ = writeln!(io::stdout(), \"{:?}\", Arc::new(1));",
        "std::println!(); ExitCode::SUCCESS }",
    ];
    assert_eq!(errors(&lines), []);
}

#[test]
fn items_that_are_not_modelled_are_not_there() {
    let lines = [
        "use std::cell::UnsafeCell;",
        "use std::cell::SyncUnsafeCell;",
        "use std::time::SystemTime;",
        "use std::time::UNIX_EPOCH;",
        "use std::process::Command;",
        "use std::process::id;",
        "use std::env::vars;",
        "use std::env::var_os;",
        "use std::env::args_os;",
        "use std::net::TcpStream;",
        "use std::fs::File;",
        "use std::path::Path;",
        "use std::os::fd::AsFd;",
        "use std::panic::set_hook;",
        "use std::panic::take_hook;",
        "use std::thread::sleep_until;",
        "use std::io::pipe;",
        "use std::alloc::Layout;",
        "use std::backtrace::Backtrace;",
        "use std::arch::asm;",
        "use std::sync::Exclusive;",
        "use std::sync::mpmc;",
        "use std::intrinsics;",
    ];
    assert_missing(&lines, &["E0432", "E0433"]);
}

#[test]
fn methods_that_are_not_modelled_are_not_there() {
    let lines = [
        "pub fn a() { std::io::stderr().lock(); }",
        "pub fn b(cell: &std::cell::Cell<u8>) { cell.as_ptr(); }",
        "pub fn c(value: &mut u8) { std::cell::Cell::from_mut(value); }",
        "pub fn d(cell: &std::cell::RefCell<u8>) { cell.as_ptr(); }",
        "pub fn e(weak: &std::sync::Weak<u8>) { weak.as_ptr(); }",
        "pub fn f() { std::sync::Arc::<u8>::new_uninit(); }",
    ];
    assert_missing(&lines, &["E0599"]);
}

/// A real one is another type.
#[test]
fn real_types_do_not_pass_for_modelled_ones() {
    let lines = [
        "pub fn a(all: core::cell::Cell<u8>) -> std::cell::Cell<u8> { all }",
        "pub fn b(waker: std::sync::Arc<u8>) -> std::task::Waker { waker.into() }",
    ];
    assert_missing(&lines, &["E0308", "E0277"]);
}
