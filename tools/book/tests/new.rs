//! `cargo book new`: a listing of each class runs, is tested and recorded as it is made; names that Cargo refuses are
//! refused, and an interruption breaks nothing.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use listing::run::{Run, Transcript};

/// The fixture, with the tables that a new listing inherits from: they stand in the real book's manifest.
fn book() -> Book {
    let book = Book::new();
    let tables = "[workspace.package]\nedition = \"2024\"\nrust-version = \"1.95\"\nlicense = \"MIT\"\npublish = false\n\n\
                  [workspace.lints.rust]\n\n[profile.dev]";
    book.edit("Cargo.toml", "[profile.dev]", tables);
    book
}

/// Makes a listing, builds and tests it without a warning; answers what `new` says comes next.
fn made(book: &Book, slug: &str, words: &[&str]) -> String {
    let run = book.book(&[&["new", "threads", slug], words].concat());
    assert!(run.status.success(), "{}", run.errors());
    for command in ["build", "test"] {
        let cargo = cargo(book, &[command, "--quiet", "--package", slug]);
        assert!(cargo.status.success() && cargo.errors().is_empty(), "{command}: {}{}", cargo.text(), cargo.errors());
    }
    run.text()
}

fn cargo(book: &Book, words: &[&str]) -> Transcript {
    Run::new("cargo").args(words).env("RUSTFLAGS", "").dir(book.path()).finish().unwrap()
}

/// Records a listing and holds it against its records.
fn recorded(book: &Book, slug: &str, cases: usize) {
    let run = book.book(&["record", slug]);
    assert!(run.status.success(), "{}", run.errors());
    let run = book.book(&["test", slug]);
    assert_eq!(run.text(), format!("{cases} passed, 0 failed, 0 skipped\n"), "{}", run.errors());
}

#[test]
fn each_class_that_prints_is_made_whole() {
    let book = book();
    for class in ["D", "S", "P", "support"] {
        let slug = format!("class-{}", class.to_lowercase());
        let next = made(&book, &slug, &["--class", class]);
        recorded(&book, &slug, 1);
        assert_eq!(book.book(&["output", &slug]).text(), "42\n");
        assert!(next.contains(&format!("<!-- cmdrun cargo book output {slug} -->")), "{next}");
        assert!(next.contains(&format!("cargo book record {slug}, which writes output.txt")), "{next}");
    }
}

#[test]
fn a_measurement_is_made_whole() {
    let book = book();
    let next = made(&book, "sums", &["--class", "M"]);
    assert!(!next.contains("cargo book output") && next.contains("measure.json"), "{next}");
    assert!(next.contains("cargo run --release -p sums"), "{next}");
    recorded(&book, "sums", 1);
    let record: serde_json::Value = serde_json::from_str(&book.read("listings/threads/sums/measure.json")).unwrap();
    assert_eq!(record["unit"], "ns");
    let points = record["series"][0]["points"].as_array().unwrap();
    assert_eq!(points.len(), 3);
    // Number by number, or the compiler knows the sum and the clock alone is measured; a test that held the times against
    // each other would depend on how busy the machine is.
    assert!(book.read("listings/threads/sums/src/main.rs").contains("sum + black_box(number)"));
    assert!(next.contains("{{#listing sums}} and {{#plot sums}}"), "{next}");
    // A page that does as it is told has no fault.
    let one = book.read("src/concepts/one.md");
    book.write("src/concepts/one.md", one + "\n{{#listing sums}}\n\n{{#plot sums}}\n");
    let check = book.book(&["check"]);
    assert!(check.status.success(), "{}", check.errors());
}

#[test]
fn a_program_that_must_not_compile_is_made_whole() {
    let book = book();
    let next = made(&book, "wrong-type", &["--class", "X"]);
    assert!(next.contains("{{#listing wrong-type}}, {{#fails wrong-type:e0308}} and, in"), "{next}");
    recorded(&book, "wrong-type", 2);
    assert!(book.read("listings/threads/wrong-type/fails/e0308.txt").contains("mismatched types"));
}

#[test]
fn an_explored_listing_is_made_whole() {
    let book = book();
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    let stand_in = format!(
        "[workspace.dependencies]\ninterleave_std = {{ path = \"{checkout}/tools/interleave_std\" }}\n\n[profile.dev]"
    );
    book.edit("Cargo.toml", "[profile.dev]", &stand_in);
    fixture::lock(&book);
    let next = made(&book, "counted", &["--explored"]);
    assert!(next.contains("\n2. cargo book explore counted\n") && next.contains("{{#schedules counted}}"), "{next}");
    assert!(book.read("listings/threads/counted/Cargo.toml").contains("class = \"P\"\nrecords = [\"schedules.json\"]"));
    assert!(!book.file("listings/threads/counted/tests/property.rs").exists());
    recorded(&book, "counted", 2);
    let explored = book.book(&["explore", "counted"]);
    assert!(explored.text().starts_with("counted: 2 schedules, and none fails"), "{}", explored.text());
    let expected = "error: an explored listing is of class P, and not D: leave out --class\n";
    assert_eq!(book.fault(&["new", "threads", "x", "--explored", "--class", "D"]), expected);
}

#[test]
fn a_traced_listing_is_made_whole() {
    let book = book();
    let trace = concat!(env!("CARGO_MANIFEST_DIR"), "/../trace");
    let dependencies = format!("[workspace.dependencies]\ntrace = {{ path = \"{trace}\" }}\n\n[profile.dev]");
    book.edit("Cargo.toml", "[profile.dev]", &dependencies);
    fixture::lock(&book);
    fixture::share_target(&book);
    let next = made(&book, "watched", &["--traced"]);
    assert!(next.contains("what watches it in listings/threads/watched/tests/trace.rs\n"), "{next}");
    assert!(
        next.contains("which writes output.txt and trace.json\n") && next.contains("{{#stepper watched}}"),
        "{next}"
    );
    recorded(&book, "watched", 2);
    let expected = "error: a traced listing is of class D, S or P, and not M: leave out --class\n";
    assert_eq!(book.fault(&["new", "threads", "x", "--traced", "--class", "M"]), expected);
    assert!(book.fault(&["new", "threads", "x", "--traced", "--explored"]).contains("cannot be used with"));
}

#[test]
fn an_unstable_listing_names_its_stable_twin() {
    let book = book();
    made(&book, "generated", &["--class", "N", "--stable", "hello"]);
    assert!(book.read("listings/threads/generated/Cargo.toml").contains("class = \"N\"\nstable = \"hello\"\n"));
    assert!(book.book(&["list"]).text().contains("generated"));
    made(&book, "doors", &["--class", "P"]);
    let before = tree(&book);
    for (words, expected) in [
        (&["N"][..], "class N needs a stable listing that prints the same: name it with --stable SLUG"),
        (&["N", "--stable", "helo"], "unknown listing \"helo\": did you mean \"hello\"?"),
        (&["N", "--stable", "doors"], "\"doors\" is of class P: --stable needs one of class D or S"),
        (&["D", "--stable", "hello"], "--stable is for class N alone, and this is class D: leave it out"),
    ] {
        assert_eq!(book.fault(&[&["new", "threads", "x", "--class"], words].concat()), format!("error: {expected}\n"));
    }
    assert_eq!(tree(&book), before);
}

#[test]
fn names_that_cargo_refuses_are_refused_by_new_and_by_rename() {
    let book = Book::new();
    let before = tree(&book);
    for (name, reason) in [
        ("build", "Cargo keeps a folder of that name in target/"),
        ("deps", "Cargo keeps a folder of that name in target/"),
        ("examples", "Cargo keeps a folder of that name in target/"),
        ("incremental", "Cargo keeps a folder of that name in target/"),
        ("test", "a crate that comes with Rust has that name"),
        ("core", "a crate that comes with Rust has that name"),
        ("std", "a crate that comes with Rust has that name"),
        ("alloc", "a crate that comes with Rust has that name"),
        ("proc-macro", "a crate that comes with Rust has that name"),
        ("yield", "it is a keyword of Rust"),
        ("async", "it is a keyword of Rust"),
        ("nul", "it is the name of a device on Windows"),
        ("com1", "it is the name of a device on Windows"),
    ] {
        let expected = format!("error: \"{name}\" cannot name a listing, for {reason}: choose another slug\n");
        assert_eq!(book.fault(&["new", "threads", name]), expected);
        assert_eq!(book.fault(&["rename", "hello", name]), expected);
    }
    assert_eq!(tree(&book), before);
}

#[test]
fn a_title_is_one_line() {
    let book = Book::new();
    let before = tree(&book);
    for title in ["", "  ", "Two\ndoors", "Two doors\r"] {
        let fault = book.fault(&["new", "threads", "x", "--title", title]);
        let expected = format!("error: {title:?} is no title: give one line of text, the caption on the page\n");
        assert_eq!(fault, expected);
    }
    assert_eq!(tree(&book), before);
}

#[test]
fn an_interrupted_new_leaves_the_workspace_whole() {
    let book = book();
    // The first byte that it writes into a file kills it.
    let script = format!("ulimit -f 0; exec '{}' new threads half", env!("CARGO_BIN_EXE_book"));
    let run = Run::new("bash").args(["-c", &script]).dir(book.path()).finish().unwrap();
    assert!(!run.status.success(), "{}", run.text());
    let metadata = cargo(&book, &["metadata", "--offline", "--no-deps", "--format-version", "1"]);
    assert!(metadata.status.success(), "{}", metadata.errors());
    let list = book.book(&["list"]);
    assert_eq!(list.text(), "D  hello  concepts    A greeting\n", "{}", list.errors());
}

/// Every file of the book but those in target/, sorted.
fn tree(book: &Book) -> Vec<String> {
    let script = "find . -path ./target -prune -o -print | sort";
    let found = Run::new("bash").args(["-c", script]).dir(book.path()).finish().unwrap();
    found.text().lines().map(str::to_owned).collect()
}
