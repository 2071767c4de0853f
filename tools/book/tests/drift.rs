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
            "one.md:5: this {{#listing}} has another form: {{#listing SLUG}} or {{#listing SLUG:ANCHOR}}",
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
        (
            "fails/e0308.txt",
            "fails/e0308.txt: there is no record of the error E0308 yet: run `cargo book record hello`",
        ),
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

#[test]
fn output_where_its_lines_would_leave_their_fence() {
    let fence = "```text\n<!-- cmdrun cargo book output hello -->\n```";
    let cases = [
        (
            "- item\n\n  ```text\n  <!-- cmdrun cargo book output hello -->\n  ```",
            "one.md:10: `cargo book output hello` stands in a list or a quotation, which its second line would leave",
        ),
        (
            "> ```text\n> <!-- cmdrun cargo book output hello -->\n> ```",
            "one.md:8: `cargo book output hello` stands in a list or a quotation",
        ),
        (
            "<!-- cmdrun cargo book output hello -->",
            "one.md:7: the output of `cargo book output hello` is no Markdown: put it into",
        ),
    ];
    for (new, expected) in cases {
        check(ONE, fence, new, expected);
    }
    for line in ["```", "~~~"] {
        check("listings/concepts/hello/output.txt", "hello\n", &format!("hello\n{line}\n"), "could close its fence");
    }
}

#[test]
fn facts_that_are_not_one_plain_value() {
    check(MANIFEST, "letters: (\\\\d+)", "(\\\\w+)", "the fact \"letters\" of \"hello\" has 3 values in its output");
    let output = "listings/concepts/hello/output.txt";
    let book = Book::new();
    book.edit(MANIFEST, "letters: (\\\\d+)", "letters: (.+)");
    book.edit(output, "letters: 5", "letters: *5*");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("the fact \"letters\" of \"hello\" is \"*5*\", which Markdown would interpret"), "{fault}");
    // One value, however often it stands there.
    let book = Book::new();
    book.edit(output, "letters: 5\n", "letters: 5\nletters: 5\n");
    assert!(book.book(&["check"]).status.success());
}

#[test]
fn what_is_half_written_or_not_listed() {
    check(ONE, "{{#cast hello}}", "{{#cast hello\n}}", "one.md:15: a directive that does not end on its line");
    check(ONE, "{{#cast hello}}", "<!-- cmdrun\nls -->", "one.md:15: a command that does not end on its line");
    let book = Book::new();
    book.write("src/concepts/three.md", "# Three\n");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("src/concepts/three.md: src/SUMMARY.md does not name this page"), "{fault}");
    let book = Book::new();
    book.edit("src/concepts/two.md", "See ", "![no](listing:hello) ");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("src/concepts/two.md:3: the link to \"listing:hello\" leads nowhere"), "{fault}");
}

/// A command at the beginning of a line makes no HTML of the line.
#[test]
fn a_line_that_begins_with_a_fact_is_read_like_any_other() {
    check(
        ONE,
        "The [greeting](listing:hello#greet) has <!-- cmdrun cargo book fact hello letters --> letters.",
        "<!-- cmdrun cargo book fact hello letters --> letters has the [greeting](listing:hello#nonsense).",
        "one.md:3: \"hello\" has no anchor \"nonsense\": there is greet",
    );
}

#[test]
fn a_manifest_that_asks_for_the_impossible() {
    check(
        MANIFEST,
        "class = \"D\"",
        "class = \"D\"\nterminal = [60000, 60000]",
        "`terminal` needs to be rows (1 to 200)",
    );
    check(MANIFEST, "class = \"D\"", "class = \"D\"\nterminal = [0, 0]", "`terminal` needs to be rows (1 to 200)");
    check(MANIFEST, "\"A greeting\"", "\"\"", "`title` needs to be a line of text");
    check(MANIFEST, "\"A greeting\"", "\"A\\nB\"", "`title` needs to be a line of text");
    check(MANIFEST, "class = \"D\"", "class = \"N\"", "class N, and no other, needs `stable`");
    check(
        MANIFEST,
        "class = \"D\"",
        "class = \"N\"\nstable = \"hullo\"",
        "unknown listing \"hullo\": did you mean \"hello\"?",
    );
}

#[test]
fn an_unstable_listing_prints_what_its_stable_form_prints() {
    let book = Book::new();
    let copy = |name: &str, text: String| book.write(&format!("listings/concepts/new-hello/{name}"), text);
    copy(
        "Cargo.toml",
        book.read(MANIFEST)
            .replace("\"hello\"", "\"new-hello\"")
            .replace("class = \"D\"", "class = \"N\"\nstable = \"hello\"")
            .replace("python = \"D\"\n", "")
            .replace(", \"run.cast\", \"python/hello.txt\"", ""),
    );
    copy("src/main.rs", book.read(MAIN));
    copy("tests/property.rs", String::new());
    copy("output.txt", "hello\nletters: 5\n".to_owned());
    copy("records.json", "{\"output.txt\": {\"by\": \"rustc 1.95.0\"}}\n".to_owned());
    let two = "src/concepts/two.md";
    book.edit(
        two,
        "See ",
        "{{#listing new-hello:greet}}\n\n```text\n<!-- cmdrun cargo book output new-hello -->\n```\n\n\
                            <!-- cmdrun cargo book fact new-hello letters --> of ",
    );
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    copy("output.txt", "hullo\nletters: 5\n".to_owned());
    let fault = book.fault(&["check"]);
    assert!(fault.contains("new-hello/Cargo.toml: does not print what \"hello\" prints, its stable form"), "{fault}");
}

#[test]
fn a_program_that_must_fail_in_one_way_only() {
    let book = Book::new();
    book.edit("listings/concepts/hello/fails/e0308.rs", "\"two\";", "\"two\";\n    what();");
    let fault = book.fault(&["test"]);
    assert!(fault.contains("this program fails with E0308 and E0425, and its name promises E0308"), "{fault}");
    let book = Book::new();
    book.write("listings/concepts/hello/fails/e0999.txt", "error[E0999]: none\n");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("fails/e0999.txt: an error of no program"), "{fault}");
}

/// A record of a run that differs each time is made anew where its listing is named, and only there.
#[test]
fn recording_by_name_records_anew() {
    let book = Book::new();
    let cast = "listings/concepts/hello/run.cast";
    book.edit(cast, "\"title\":\"A greeting\"", "\"title\":\"Another\"");
    assert!(book.book(&["record"]).errors().contains("run.cast: unchanged"));
    assert!(book.read(cast).contains("Another"));
    assert!(book.book(&["record", "hello"]).errors().contains("run.cast: recorded anew"));
    assert!(book.read(cast).contains("A greeting"));
}

#[test]
fn a_property_listing_whose_program_was_changed_in_any_file() {
    let property = |book: &Book| {
        book.edit(MANIFEST, "python = \"D\"", "python = \"P\"");
        assert!(book.book(&["record", "hello"]).status.success());
    };
    let expected = "python/hello.txt: was made by another version of the program";
    let book = Book::new();
    property(&book);
    book.write("listings/concepts/hello/python/helper.py", "A = 1\n");
    assert!(book.fault(&["check"]).contains(expected));
    assert!(book.fault(&["test"]).contains(expected));
    let book = Book::new();
    book.write("listings/concepts/hello/python/hello.py", "for x in \"ab\":\n    print(\"a\")\n    print(\"b\")\n");
    property(&book);
    book.write("listings/concepts/hello/python/hello.py", "for x in \"ab\":\n    print(\"a\")\nprint(\"b\")\n");
    assert!(book.fault(&["check"]).contains(expected));
}

#[test]
fn records_by_another_compiler() {
    let book = Book::new();
    book.edit("listings/concepts/hello/records.json", "rustc 1.95.0", "rustc 1.94.0");
    let expected = "output.txt: was made by rustc 1.94.0, and this is rustc 1.95.0: run `cargo book record hello`";
    assert!(book.fault(&["test"]).contains(expected));
    let book = Book::new();
    book.edit("rust-toolchain.toml", "1.95.0", "1.96.0");
    // Whatever rustup would make of that version, the compiler here stays the one that runs this test.
    let before = book.read("listings/concepts/hello/records.json");
    let fault = book.fault(&["record", "hello"]);
    assert!(fault.contains("but records are made by rustc 1.96.0 (rust-toolchain.toml)"), "{fault}");
    assert_eq!(book.read("listings/concepts/hello/records.json"), before);
}

#[test]
fn a_final_screen_that_is_only_in_part_as_it_must_be() {
    let book = Book::new();
    book.edit(MANIFEST, "class = \"D\"", "class = \"D\"\nscreens = { \"run.cast\" = \"hello\" }");
    let fault = book.fault(&["test"]);
    assert!(
        fault.contains("the final screen on record does not look like `screens` says:\nhello\nletters: 5"),
        "{fault}"
    );
    assert!(fault.contains("the final screen of this run does not look like"), "{fault}");
    let book = Book::new();
    book.edit(MANIFEST, "class = \"D\"", "class = \"D\"\nscreens = { \"run.cast\" = '(?s)hello.letters: \\d' }");
    assert!(book.book(&["test"]).status.success());
}

/// The listing as one of class M, shown by its plot, and what its record says but for its series.
fn measuring() -> Book {
    let book = Book::new();
    book.edit(MANIFEST, "class = \"D\"", "class = \"M\"\nbounds = [1.0, 10.0]\nplot = { y = \"log\" }");
    book.edit(MANIFEST, "\"output.txt\"", "\"measure.json\"");
    std::fs::remove_file(book.file("listings/concepts/hello/output.txt")).unwrap();
    book.edit("listings/concepts/hello/records.json", "output.txt", "measure.json");
    book.edit(ONE, "```text\n<!-- cmdrun cargo book output hello -->\n```\n", "{{#plot hello}}\n");
    measure(&book, "[1, 9.5]");
    book
}

fn measure(book: &Book, point: &str) {
    let record = format!(
        "{{\"machine\": \"m\", \"compiler\": \"c\", \"date\": \"d\", \"y\": \"time\", \"unit\": \"ns\", \"x\": \"threads\",\n\
         \"statistic\": \"medians\", \"series\": [{{\"name\": \"letters: 5\", \"points\": [{point}]}}]}}"
    );
    book.write(MEASURE, record);
}

const MEASURE: &str = "listings/concepts/hello/measure.json";

#[test]
fn a_measurement_out_of_its_bounds() {
    let book = measuring();
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    for (point, expected) in [
        ("[1, 10.5]", "letters: 5, 1: 10.5 ns is not within 1 to 10 ns: run `cargo book record hello`"),
        ("[1, 5, 0.5, 6]", "letters: 5, 1: 0.5 ns is not within 1 to 10 ns"),
        ("[1, 5, 4, 11]", "letters: 5, 1: 11 ns is not within 1 to 10 ns"),
        ("[1, 5, 6, 7]", "letters: 5, 1: 5 does not lie between its low, 6, and its high, 7"),
        ("[1, -1]", "letters: 5, 1: -1 is not above 0, and a log axis has no place for it"),
        ("[1, null]", "measure.json:2: no measurement"),
        ("[1, NaN]", "measure.json:2: no measurement"),
        ("", "a measurement needs a series, and each series a point"),
    ] {
        measure(&book, point);
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{fault}");
        assert!(book.fault(&["build"]).contains(expected));
    }
    measure(&book, "[1, 5]");
    book.edit(MEASURE, "\"machine\": \"m\", ", "");
    assert!(book.fault(&["check"]).contains("does not say its machine: run `cargo book record hello`"));
}

#[test]
fn a_measurement_that_no_page_shows() {
    let book = measuring();
    book.edit(ONE, "{{#plot hello}}\n", "");
    // A fact shows it as well.
    assert!(book.book(&["check"]).status.success());
    book.edit(ONE, "<!-- cmdrun cargo book fact hello letters -->", "five");
    book.edit(MANIFEST, "facts = { letters = \"letters: (\\\\d+)\" }\n", "");
    let expected = "measure.json: no page shows this record: write {{#plot hello}}, or remove it\n";
    assert!(book.fault(&["check"]).contains(expected), "{}", book.fault(&["check"]));
}

#[test]
fn a_fact_of_a_measurement() {
    let book = measuring();
    assert_eq!(book.book(&["fact", "hello", "letters"]).text(), "5\n");
    book.edit(MANIFEST, "letters: (\\\\d+)", "letters: 5, 2: (.*)");
    let fault = book.fault(&["fact", "hello", "letters"]);
    assert!(
        fault.contains("is not in its measurement, which reads\nletters: 5, 1: 9.5 ns: mend its pattern"),
        "{fault}"
    );
}

#[test]
fn a_plot_that_cannot_be() {
    let book = measuring();
    let options = |options: &str, expected: &str| {
        book.edit(MANIFEST, "plot = { y = \"log\" }", &format!("plot = {{ {options} }}"));
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{fault}");
        book.edit(MANIFEST, &format!("plot = {{ {options} }}"), "plot = { y = \"log\" }");
    };
    options("tilte = \"T\"", "Cargo.toml:9: `plot` has no option \"tilte\": did you mean \"title\"?");
    options("y = \"lin\"", "Cargo.toml:9: `plot`: y cannot be lin: did you mean \"linear\"?");
    options("kind = \"bars\", y = \"log\"", "a bar begins at 0, and a log axis has no 0: write `kind = \"dots\"`");
    book.edit(ONE, "{{#plot hello}}", "{{#plot hello:x}}");
    assert!(book.fault(&["check"]).contains("one.md:7: {{#plot}} takes a slug and no \":x\""));

    let book = Book::new();
    book.edit(ONE, "{{#cast hello}}", "{{#cast hello}}\n\n{{#plot hello}}");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("one.md:17: \"hello\" records no measure.json: add it to `records`"), "{fault}");
    book.edit(MANIFEST, "class = \"D\"", "class = \"D\"\nplot = { }");
    assert!(
        book.fault(&["check"]).contains("`plot` says how measure.json is drawn, and this listing does not record it")
    );
}

#[test]
fn a_measurement_is_recorded_only_as_it_can_be_shown() {
    let book = measuring();
    let prints = |point: &str| {
        let program = format!(
            "// Measures.\nfn main() {{\n    // ANCHOR: greet\n    println!(r#\"{{{{\"y\": \"time\", \"unit\": \"ns\", \"x\": \"n\", \
             \"statistic\": \"s\",\"#);\n    // ANCHOR_END: greet\n    \
             println!(r#\"\"series\": [{{{{\"name\": \"letters: 5\", \"points\": [{point}]}}}}]}}}}\"#);\n}}\n"
        );
        book.write("listings/concepts/hello/src/main.rs", program);
    };
    let before = book.read(MEASURE);
    prints("[1, 1e6]");
    assert!(book.fault(&["record", "hello"]).contains("letters: 5, 1: 1000000 ns is not within 1 to 10 ns"));
    prints("[1, 2, 3, 4]");
    assert!(book.fault(&["record", "hello"]).contains("src/main.rs: letters: 5, 1: 2 does not lie between its low, 3"));
    assert_eq!(book.read(MEASURE), before);
    prints("[1, 2, 1.5, 4]");
    assert!(book.book(&["record", "hello"]).status.success());
    assert!(book.read(MEASURE).contains("\n        [1.0, 2.0, 1.5, 4.0]\n"), "{}", book.read(MEASURE));
    assert!(book.read(MEASURE).contains("\"compiler\": \"rustc 1.95.0, release\""));
    // What the program prints now is another measurement, and as good; what is none is found.
    let test = book.book(&["test", "hello"]);
    assert!(test.status.success(), "{}", test.errors());
    let again = book.book(&["record"]);
    assert!(again.status.success(), "{}", again.errors());
}
