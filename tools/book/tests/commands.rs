//! The commands of `cargo book` as a person uses them, with right and with wrong input.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use listing::run::Run;

#[test]
fn list_as_json_has_what_a_program_needs() {
    let book = Book::new();
    let list: serde_json::Value = serde_json::from_str(&book.book(&["list", "--json"]).text()).unwrap();
    let expected = serde_json::json!([{
        "slug": "hello",
        "part": "concepts",
        "class": "D",
        "title": "A greeting",
        "path": "listings/concepts/hello",
        "records": ["output.txt", "run.cast", "python/hello.txt", "fails/e0308.txt"],
        "pages": ["src/concepts/one.md"],
    }]);
    assert_eq!(list, expected);
    assert_eq!(book.book(&["list"]).text(), "D  hello  concepts    A greeting\n");
}

#[test]
fn output_and_fact_print_what_is_on_record() {
    let book = Book::new();
    assert_eq!(book.book(&["output", "hello"]).text(), "hello\nletters: 5\n");
    assert_eq!(book.book(&["output", "--python", "hello"]).text(), "hello\n");
    assert_eq!(book.book(&["fact", "hello", "letters"]).text(), "5\n");
    assert_eq!(book.fault(&["output", "hell"]), "error: unknown listing \"hell\": did you mean \"hello\"?\n");
    assert_eq!(book.fault(&["fact", "hello", "l"]), "error: \"hello\" has no fact \"l\": there is letters\n");
}

#[test]
fn run_runs_the_listing_with_its_arguments() {
    let book = Book::new();
    let run = book.book(&["run", "hello"]);
    assert_eq!(run.text(), "hello\nletters: 5\n", "{}", run.errors());
    book.edit(
        "listings/concepts/hello/src/main.rs",
        "fn main() {\n",
        "fn main() {\n    print!(\"{:?} \", std::env::args().skip(1).collect::<Vec<_>>());\n",
    );
    assert!(book.book(&["run", "hello", "--fast", "x"]).text().starts_with("[\"--fast\", \"x\"] hello"));
    assert_eq!(book.fault(&["run", "helo"]), "error: unknown listing \"helo\": did you mean \"hello\"?\n");
}

#[test]
fn a_new_listing_runs_is_tested_and_recorded() {
    let book = Book::new();
    // The fixture's workspace shares nothing: the lines that inherit from it stand in the real book's manifest.
    book.edit(
        "Cargo.toml",
        "[profile.dev]",
        "[workspace.package]\nedition = \"2024\"\nrust-version = \"1.95\"\nlicense = \"MIT\"\npublish = false\n\n[workspace.lints.rust]\n\n[profile.dev]",
    );
    let run = book.book(&["new", "threads", "two-doors", "--title", "Two \"doors\""]);
    assert!(run.text().contains("3. cargo book record two-doors"), "{}{}", run.text(), run.errors());
    let fault = book.fault(&["check"]);
    let expected = "listings/threads/two-doors/Cargo.toml: no page embeds this listing: write {{#listing two-doors}}";
    assert!(fault.contains(expected), "{fault}");
    assert!(book.book(&["record", "two-doors"]).status.success());
    assert_eq!(book.book(&["test", "two-doors"]).text(), "1 passed, 0 failed, 0 skipped\n");
    assert_eq!(book.book(&["output", "two-doors"]).text(), "42\n");
    assert!(book.book(&["list"]).text().contains("Two \"doors\""));
    // Its property test is a test that can fail.
    let cargo = || Run::new("cargo").args(["test", "--quiet", "--package", "two-doors"]).dir(book.path());
    assert!(cargo().finish().unwrap().status.success());
    book.edit("listings/threads/two-doors/src/main.rs", "42", "43");
    assert!(!cargo().finish().unwrap().status.success());
}

#[test]
fn new_refuses_what_it_cannot_make_and_leaves_nothing() {
    let book = Book::new();
    for (words, expected) in [
        (["new", "thread", "x"], "error: no part \"thread\": did you mean \"threads\"?\n"),
        (
            ["new", "threads", "Two_Doors"],
            "error: \"Two_Doors\" is no slug: lower-case words joined by hyphens, such as lost-update\n",
        ),
        (
            ["new", "threads", "../x"],
            "error: \"../x\" is no slug: lower-case words joined by hyphens, such as lost-update\n",
        ),
        (
            ["new", "threads", "hello"],
            "error: a package called \"hello\" exists already (Cargo.lock names it): choose another slug\n",
        ),
    ] {
        assert_eq!(book.fault(&words), expected);
    }
    assert!(!book.file("listings/threads").exists());
    assert!(
        book.fault(&["new", "threads", "x", "--class", "Q"]).contains("a class is one of D, S, P, M, X, N, support")
    );
}

#[test]
fn rename_of_a_listing_takes_every_mention_along() {
    let book = Book::new();
    let run = book.book(&["rename", "hello", "greeting"]);
    assert!(run.status.success(), "{}", run.errors());
    let page = book.read("src/concepts/one.md");
    assert!(!page.contains("hello"), "{page}");
    let manifest = book.read("listings/concepts/greeting/Cargo.toml");
    assert!(manifest.contains("name = \"greeting\"") && !manifest.contains("hello"), "{manifest}");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(book.book(&["test"]).status.success());
    // Old addresses lead to the new place.
    let settings = book.read("book.toml");
    assert!(settings.contains("\"/concepts/one.html#hello.greet\" = \"#greeting.greet\""), "{settings}");
    assert!(book.book(&["build"]).status.success());
    assert!(book.read("target/html/concepts/one.html").contains("\"#hello\":\"#greeting\""));
    // And after a second time still.
    assert!(book.book(&["rename", "greeting", "salute"]).status.success());
    assert!(book.read("book.toml").contains("\"/concepts/one.html#hello\" = \"#salute\""));
    assert!(book.book(&["check"]).status.success());
}

#[test]
fn check_counts_the_words_of_each_page_also_of_one_without_a_number() {
    let book = Book::new();
    book.write("src/every.md", "# Every schedule\n\nThree more words.\n");
    book.edit("src/SUMMARY.md", "(concepts/two.md)\n", "(concepts/two.md)\n\n---\n\n[Every](every.md)\n");
    let text = book.book(&["check"]).text();
    assert!(text.contains("  src/every.md\n") && text.contains("  src/concepts/one.md\n"), "{text}");
}

#[test]
fn rename_of_a_page_leaves_a_redirect() {
    let book = Book::new();
    let run = book.book(&["rename", "concepts/one", "concepts/first"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(book.read("src/SUMMARY.md").contains("[One](concepts/first.md)"));
    assert!(book.read("src/concepts/two.md").contains("[one](first.md#one)"));
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(book.book(&["build"]).status.success());
    assert!(book.read("target/html/concepts/one.html").contains("first.html"));
}

#[test]
fn rename_refuses_and_changes_nothing() {
    let book = Book::new();
    let before = (book.read("src/concepts/one.md"), book.read("book.toml"));
    for (old, new, expected) in [
        ("helo", "x", "error: unknown listing \"helo\": did you mean \"hello\"?\n"),
        (
            "hello",
            "hello",
            "error: a package called \"hello\" exists already (Cargo.lock names it): choose another slug\n",
        ),
        ("concepts/on", "concepts/x", "error: no page \"concepts/on\": did you mean \"concepts/one\"?\n"),
        ("concepts/one", "concepts/two", "error: src/concepts/two.md exists already: choose another name\n"),
        (
            "concepts/one",
            "threads/one",
            "error: a page stays in its part: give the new name the same folder as \"concepts/one\"\n",
        ),
    ] {
        assert_eq!(book.fault(&["rename", old, new]), expected);
    }
    assert_eq!(before, (book.read("src/concepts/one.md"), book.read("book.toml")));
}

#[test]
fn wrong_words_are_answered_with_right_ones() {
    let book = Book::new();
    assert!(book.fault(&["biuld"]).contains("a similar subcommand exists: 'build'"));
    assert!(book.fault(&["serve", "--prot", "1"]).contains("a similar argument exists: '--port'"));
    assert!(book.fault(&["serve", "--port", "99999"]).contains("99999 is not in 0..=65535"));
    let outside = tempfile::tempdir().unwrap();
    let run = Run::new(env!("CARGO_BIN_EXE_book")).args(["list"]).dir(outside.path()).finish().unwrap();
    assert!(
        run.errors().contains("is not inside the book: no book.toml and listings/ in it or above it"),
        "{}",
        run.errors()
    );
}

#[test]
fn a_site_that_cannot_be_written_is_an_error() {
    let book = Book::new();
    book.write("target", "a file where a folder should be");
    let fault = book.fault(&["build"]);
    assert!(fault.contains("target/html"), "{fault}");
}

#[test]
fn a_reader_who_stops_reading_is_no_error() {
    let book = Book::new();
    let script = format!("'{}' -C '{}' list --json | true", env!("CARGO_BIN_EXE_book"), book.path().display());
    let run = Run::new("/bin/bash").args(["-o", "pipefail", "-c", &script]).finish().unwrap();
    assert!(run.status.success() && run.errors().is_empty(), "{}", run.errors());
}

#[test]
fn completions_are_a_script() {
    let book = Book::new();
    for shell in ["bash", "zsh", "fish"] {
        assert!(book.book(&["completions", shell]).text().contains("rename"), "{shell}");
    }
}
