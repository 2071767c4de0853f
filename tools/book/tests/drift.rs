//! Text and programs cannot drift apart: each way they could is planted here, and its message read.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use snapbox::{assert_data_eq, str};

#[test]
fn a_whole_book_has_no_fault() {
    let book = Book::new();
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(run.text().ends_with("2 pages, 1 listings, no fault\n"), "{}", run.text());
    let run = book.book(&["test"]);
    assert_eq!(run.text(), "3 passed, 0 failed, 0 skipped\n", "{}", run.errors());
}

#[test]
fn one_character_that_a_listing_prints() {
    let book = Book::new();
    book.edit("listings/concepts/hello/src/main.rs", "\"hello\"", "\"hallo\"");
    assert_data_eq!(
        book.fault(&["test", "hello"]),
        str![[r#"
FAILED concepts/hello
listings/concepts/hello/output.txt: "hello" does not print this any more:

---- expected: listings/concepts/hello/output.txt
++++ actual:   this run
   1      - hello
        1 + hallo
   2    2 | letters: 5
If the change is meant, run `cargo book record hello` and read it against the text.
listings/concepts/hello/run.cast: was made by another version of the program: run `cargo book record hello`

error: 2 passed, 1 failed, 0 skipped

"#]]
    );
    // Recorded anew, text and program agree again.
    assert!(book.book(&["record", "hello"]).status.success());
    assert!(book.book(&["test", "hello"]).status.success());
    assert_eq!(book.book(&["output", "hello"]).text(), "hallo\nletters: 5\n");
}

#[test]
fn another_screen_in_the_end() {
    let book = Book::new();
    book.edit("listings/concepts/hello/run.cast", "hello", "holla");
    let fault = book.fault(&["test", "hello"]);
    assert!(fault.contains("run.cast: \"hello\" leaves another screen:"), "{fault}");
    assert!(fault.contains("holla"), "{fault}");
}

#[test]
fn a_python_form_that_prints_something_else() {
    let book = Book::new();
    book.edit("listings/concepts/hello/python/hello.py", "hello", "bonjour");
    let fault = book.fault(&["test"]);
    assert!(fault.contains("FAILED concepts/hello python"), "{fault}");
    assert!(fault.contains("+ bonjour"), "{fault}");
}

#[test]
fn a_program_that_must_fail_and_compiles() {
    let book = Book::new();
    book.edit("listings/concepts/hello/fails/e0308.rs", "\"two\"", "2");
    let fault = book.fault(&["test"]);
    let message = "listings/concepts/hello/fails/e0308.rs: this program compiles, and must fail with E0308: \
                   mend it or remove it";
    assert!(fault.contains(message), "{fault}");
}

#[test]
fn a_program_that_must_fail_with_another_error() {
    let book = Book::new();
    book.edit("listings/concepts/hello/fails/e0308.rs", "\"two\"", "two");
    let fault = book.fault(&["test"]);
    assert!(fault.contains("this program fails with E0425, and its name promises E0308"), "{fault}");
}

#[test]
fn another_message_of_the_same_error() {
    let book = Book::new();
    book.edit("listings/concepts/hello/fails/e0308.rs", "u32", "u64");
    let fault = book.fault(&["test"]);
    assert!(fault.contains("fails/e0308.txt: \"hello\" does not print this any more"), "{fault}");
}

#[test]
fn a_listing_that_never_ends_fails_and_is_killed() {
    let book = Book::new();
    book.edit("listings/concepts/hello/src/main.rs", "fn main() {", "fn main() {\n    loop { println!(\"again\"); }\n");
    let fault = book.fault(&["test", "hello"]);
    assert!(fault.contains("hello wrote more than 1048576 bytes; it and its process group were killed"), "{fault}");
    assert!(fault.contains("A listing's output is part of a page: print a few lines."), "{fault}");
}

#[test]
fn a_listing_that_ends_badly() {
    let book = Book::new();
    book.edit("listings/concepts/hello/src/main.rs", "fn main() {", "fn main() {\n    std::process::exit(9);\n");
    let fault = book.fault(&["record", "hello"]);
    assert!(fault.contains("ended with exit status: 9, expected exit status: 0"), "{fault}");
    assert!(fault.contains("nothing was recorded for concepts/hello: what was on record stands"), "{fault}");
    assert_eq!(book.read("listings/concepts/hello/output.txt"), "hello\nletters: 5\n");
}

#[test]
fn a_listing_that_does_not_compile() {
    let book = Book::new();
    book.edit("listings/concepts/hello/src/main.rs", "fn main() {", "fn main() {\n    what();\n");
    let fault = book.fault(&["test"]);
    assert!(fault.contains("error[E0425]"), "{fault}");
    assert!(fault.ends_with("error: a listing does not compile: cargo's message above says where\n"), "{fault}");
}

/// A fault planted in one file, and what `cargo book check` says of it.
fn check(path: &str, old: &str, new: &str, expected: &str) {
    let book = Book::new();
    book.edit(path, old, new);
    let fault = book.fault(&["check"]);
    assert!(fault.contains(expected), "{old:?} -> {new:?} in {path}: expected\n{expected}\ngot\n{fault}");
}

const ONE: &str = "src/concepts/one.md";
const MAIN: &str = "listings/concepts/hello/src/main.rs";
const MANIFEST: &str = "listings/concepts/hello/Cargo.toml";

#[test]
fn names_that_are_not_there() {
    let cases = [
        (
            "{{#listing hello:greet}}",
            "{{#listing helo:greet}}",
            "one.md:5: unknown listing \"helo\": did you mean \"hello\"?",
        ),
        (
            "{{#listing hello:greet}}",
            "{{#listing hello:gret}}",
            "one.md:5: \"hello\" has no anchor \"gret\": did you mean \"greet\"?",
        ),
        (
            "{{#listing hello:greet}}",
            "{{#lsting hello:greet}}",
            "one.md:5: unknown directive \"lsting\": did you mean \"listing\"?",
        ),
        (
            "{{#listing hello:greet}}",
            "{{#listing hello greet}}",
            "one.md:5: {{#listing hello greet}} has another form: {{#listing SLUG}} or {{#listing SLUG:ANCHOR}}",
        ),
        (
            "\n{{#listing hello:greet}}",
            "x {{#listing hello:greet}}",
            "one.md:4: {{#listing}} needs a line of its own, with an empty line above and below",
        ),
        (
            "{{#fails hello:e0308}}",
            "{{#fails hello:e0309}}",
            "one.md:13: \"hello\" has no program fails/e0309.rs: did you mean \"e0308\"?",
        ),
        (
            "{{#cast hello}}",
            "{{#cast hello:python}}",
            "one.md:15: \"hello\" records no python/hello.cast: add it to `records` in its Cargo.toml",
        ),
        ("listing:hello#greet", "listing:helo#greet", "one.md:3: unknown listing \"helo\": did you mean \"hello\"?"),
        (
            "listing:hello#greet",
            "listing:hello#gret",
            "one.md:3: \"hello\" has no anchor \"gret\": did you mean \"greet\"?",
        ),
        (
            "fact hello letters",
            "fact hello leters",
            "one.md:3: \"hello\" has no fact \"leters\": did you mean \"letters\"?",
        ),
        (
            "cargo book output hello",
            "cargo book output helo",
            "one.md:8: unknown listing \"helo\": did you mean \"hello\"?",
        ),
    ];
    for (old, new, expected) in cases {
        check(ONE, old, new, expected);
    }
}

#[test]
fn commands_that_may_not_run_or_fail() {
    let command = "cargo book output hello";
    let cases = [
        (
            "rm -rf x",
            "one.md:8: the command `rm -rf x` is not allowed: book.toml, [preprocessor.cmdrun], allows `cargo book output`, `cargo book fact`, `ls`",
        ),
        (
            "ls /no/such/folder",
            "one.md:8: `ls /no/such/folder` failed: 'ls /no/such/folder' returned exit code 2 instead of 0.",
        ),
        (
            "cargo book output hello; rm x",
            "one.md:8: the command `cargo book output hello; rm x` has a \";\", which a shell would interpret: write plain words",
        ),
        ("ls \"x", "one.md:8: `ls \"x` is no command"),
        ("cargo book output", "one.md:8: `cargo book output` cannot stand in the text"),
    ];
    for (new, expected) in cases {
        check(ONE, command, new, expected);
    }
}

#[test]
fn things_that_no_page_shows() {
    let cases = [
        ("{{#listing hello:greet}}", "", "listings/concepts/hello/Cargo.toml: no page embeds this listing"),
        (
            "{{#python hello}}",
            "",
            "listings/concepts/hello/python/hello.py: no page shows this Python form: write {{#python hello}}",
        ),
        (
            "{{#fails hello:e0308}}",
            "",
            "listings/concepts/hello/fails/e0308.rs: no page shows this program: write {{#fails hello:e0308}}",
        ),
        (
            "{{#cast hello}}",
            "",
            "listings/concepts/hello/run.cast: no page shows this record: write {{#cast hello}}, or remove it",
        ),
        (
            "<!-- cmdrun cargo book fact hello letters -->",
            "5",
            "listings/concepts/hello/Cargo.toml: nothing uses the fact \"letters\"",
        ),
    ];
    for (old, new, expected) in cases {
        check(ONE, old, new, expected);
    }
    let book = Book::new();
    book.edit(ONE, "{{#listing hello:greet}}", "{{#listing hello}}");
    book.edit(ONE, "listing:hello#greet", "listing:hello");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("src/main.rs:3: nothing uses the anchor \"greet\": remove it"), "{fault}");
    let book = Book::new();
    book.edit(ONE, "<!-- cmdrun cargo book output hello -->", "hello");
    book.edit(ONE, "<!-- cmdrun cargo book fact hello letters -->", "5");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("output.txt: no page shows this record"), "{fault}");
}

#[test]
fn a_line_that_the_page_does_not_hold() {
    let wide = format!("// {}", "wide ".repeat(17));
    check(MAIN, "// Says hello.", &wide, "src/main.rs:1: wider than 84 columns: break the line");
}

#[test]
fn rust_that_belongs_to_no_listing() {
    check(ONE, "```text", "```rust", "one.md:7: a fence of Rust that belongs to no listing");
    check(ONE, "```text", "~~~rust,ignore", "one.md:7: a fence of Rust that belongs to no listing");
}

#[test]
fn terms_that_the_glossary_does_not_have() {
    let expected = "src/concepts/two.md:3: the term \"term-hi\" is not in src/glossary.md: add it with a link ](concepts/two.md#term-hi)";
    check("src/concepts/two.md", "See ", "<dfn id=\"term-hi\">hi</dfn> ", expected);
}

#[test]
fn broken_links() {
    let two = "src/concepts/two.md";
    check(two, "one.md#one", "one.md#eins", "src/concepts/two.md:3: the link to \"one.html#eins\" leads nowhere");
    check(two, "one.md#one", "won.md", "src/concepts/two.md:3: the link to \"won.html\" leads nowhere");
}

#[test]
fn manifests_that_say_too_little_or_too_much() {
    let cases = [
        (
            "[package.metadata.listing]",
            "[package.metadata.other]",
            "Cargo.toml: this listing has no class: add [package.metadata.listing] with `title` and `class`",
        ),
        ("class = \"D\"\n", "", "Cargo.toml:5: missing field `class`"),
        (
            "class = \"D\"",
            "class = \"Q\"",
            "Cargo.toml:7: unknown variant `Q`, expected one of `D`, `S`, `P`, `M`, `X`, `N`, `support`",
        ),
        ("python = \"D\"\n", "", "Cargo.toml: there is a python/ folder: say its class, `python = \"D\"`"),
        ("\"run.cast\"", "\"run.cats\"", "Cargo.toml: unknown record \"run.cats\": did you mean \"run.cast\"?"),
        (
            "\"run.cast\", ",
            "",
            "run.cast: a record that the manifest does not name: add it to `records`, or remove the file",
        ),
        ("(\\\\d+)", "\\\\d+", "Cargo.toml: the fact \"letters\" needs a pattern with one group: ( )"),
        (
            "letters: (",
            "letter: (",
            "one.md:3: the fact \"letters\" of \"hello\" is not in its output: mend its pattern",
        ),
        ("title = ", "titel = ", "Cargo.toml:6: unknown field `titel`"),
        (
            "name = \"hello\"\nedition",
            "name = \"hullo\"\nedition",
            "Cargo.toml: the package is called \"hullo\": name it as its folder",
        ),
        ("class = \"D\"", "class = \"M\"", "Cargo.toml: class M needs sanity bounds for its values"),
        ("class = \"D\"", "class \"D\"", "Cargo.toml:7: "),
    ];
    for (old, new, expected) in cases {
        check(MANIFEST, old, new, expected);
    }
}

#[test]
fn records_that_are_missing_stale_or_spoilt() {
    for (file, expected) in [
        ("output.txt", "output.txt: there is no such record yet: run `cargo book record hello`"),
        ("run.cast", "run.cast: there is no such record yet: run `cargo book record hello`"),
        ("python/hello.txt", "python/hello.txt: there is no such record yet: run `cargo book record hello`"),
        ("fails/e0308.txt", "fails/e0308.txt: there is no such record yet: run `cargo book record hello`"),
        ("records.json", "output.txt: records.json does not say who made this record: run `cargo book record hello`"),
    ] {
        let book = Book::new();
        std::fs::remove_file(book.file(&format!("listings/concepts/hello/{file}"))).unwrap();
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{file}: {fault}");
    }
    check(
        MAIN,
        "\"hello\"",
        "\"hallo\"",
        "run.cast: was made by another version of the program: run `cargo book record hello`",
    );
    check(
        "listings/concepts/hello/run.cast",
        "\"version\":2",
        "\"version\":1",
        "run.cast: line 1: asciicast version 1, expected 2",
    );
    check("listings/concepts/hello/records.json", "{", "[", "records.json:1: ");
    check(
        "rust-toolchain.toml",
        "1.95.0",
        "1.96.0",
        "output.txt: was made by rustc 1.95.0, and rust-toolchain.toml pins rustc 1.96.0",
    );
}

#[test]
fn text_that_is_not_utf8_and_toml_that_is_broken() {
    let book = Book::new();
    book.write(MAIN, b"fn main() {\n    // \xff\n}\n");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("src/main.rs:2: is not UTF-8 from here on: save it as UTF-8"), "{fault}");
    let book = Book::new();
    book.write(ONE, b"# One\n\xff\n");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("one.md"), "{fault}");
    let book = Book::new();
    book.edit("book.toml", "[book]", "[book");
    let fault = book.fault(&["build"]);
    assert!(fault.contains("book.toml"), "{fault}");
    let book = Book::new();
    book.edit("book.toml", "runnable = false", "runnable = \"no\"");
    let fault = book.fault(&["build"]);
    assert!(fault.contains("book.toml, [output.html]") && fault.contains("expected a boolean"), "{fault}");
    let book = Book::new();
    book.edit("src/SUMMARY.md", "concepts/two.md", "concepts/three.md");
    let fault = book.fault(&["build"]);
    assert!(fault.contains("concepts/three.md"), "{fault}");
}

/// All faults are told at once, each with its place.
#[test]
fn every_fault_at_once() {
    let book = Book::new();
    book.edit(ONE, "{{#listing hello:greet}}", "{{#listing helo}}");
    book.edit(ONE, "{{#cast hello}}", "{{#cats hello}}");
    let fault = book.fault(&["build"]);
    assert_data_eq!(
        fault,
        str![[r#"
error: 4 faults in the book:
src/concepts/one.md:3: no page embeds "hello", so no link can lead there
src/concepts/one.md:5: unknown listing "helo": did you mean "hello"?
src/concepts/one.md:15: unknown directive "cats": did you mean "cast"?
src/concepts/two.md:3: no page embeds "hello", so no link can lead there

"#]]
    );
}
