//! Quizzes cannot drift from the programs they ask about: each way they could is planted here, and its message read.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use snapbox::{assert_data_eq, str};
use std::sync::LazyLock;

const QUIZ: &str = "quizzes/concepts/one.toml";
const TWO: &str = "src/concepts/two.md";
const TILL: &str = "listings/concepts/till";

/// One question of each type.
const QUESTIONS: &str = r#"# {{#quiz concepts/one}}; a quiz.
[[questions]]
id = "where-to"
type = "MultipleChoice"
prompt.prompt = """
As in [the first](one.md#one), with
<!-- cmdrun cargo book fact hello letters --> letters, of `hello`?
"""
prompt.distractors = ["the *one*", "two"]
answer.answer = "three"
context = "Because of [the greeting](listing:hello#greet), and [a](task:a)."

[[questions]]
id = "how-many"
type = "ShortAnswer"
prompt.prompt = "How many letters?"
answer.answer = "5"
answer.alternatives = ["five"]

[[questions]]
id = "what-is-said"
type = "Tracing"
prompt.listing = "hello"
answer.doesCompile = true
answer.stdout = "hello\nletters: 5\n"

[[questions]]
id = "refused"
type = "Tracing"
prompt.listing = "hello:e0308"
answer.doesCompile = false
answer.lineNumber = 2

[[questions]]
id = "possible"
type = "Outcomes"
prompt.listing = "till:two"
prompt.choices = ["1\n", "2\n", "3\n", { kind = "deadlock" }]
answer.answer = ["1\n", "2\n"]
"#;

/// What exploring the listing leaves, made once.
static RECORDS: LazyLock<Vec<(String, String)>> = LazyLock::new(|| {
    let book = unrecorded();
    let run = book.book(&["record", "till"]);
    assert!(run.status.success(), "{}", run.errors());
    ["schedules.json", "records.json"]
        .map(|file| format!("{TILL}/{file}"))
        .map(|file| (file.clone(), book.read(&file)))
        .into()
});

/// A book with a quiz, and an explored listing that no page shows but the quiz asks about.
fn unrecorded() -> Book {
    let book = Book::new();
    book.write(
        &format!("{TILL}/Cargo.toml"),
        "[package]\nname = \"till\"\nedition = \"2024\"\n\n[package.metadata.listing]\ntitle = \"A till\"\nclass = \"P\"\n\n\
         [package.metadata.listing.schedules]\ngood = [\"2\\n\"]\n\n[[package.metadata.listing.schedules.case]]\nname = \"two\"\n",
    );
    book.write(
        &format!("{TILL}/src/main.rs"),
        "use std::sync::atomic::{AtomicU32, Ordering::SeqCst};\nuse std::thread;\n\nfn main() {\n    \
         let till = AtomicU32::new(0);\n    thread::scope(|scope| {\n        for _ in 0..2 {\n            \
         scope.spawn(|| till.store(till.load(SeqCst) + 1, SeqCst));\n        }\n    });\n    \
         println!(\"{}\", till.load(SeqCst));\n}\n",
    );
    book.write(&format!("{TILL}/tests/property.rs"), "");
    book.write(QUIZ, QUESTIONS);
    let text = book.read(TWO);
    book.write(TWO, format!("{text}\n{{{{#quiz concepts/one}}}}\n"));
    book
}

fn book() -> Book {
    let book = unrecorded();
    RECORDS.iter().for_each(|(file, text)| book.write(file, text));
    book
}

#[track_caller]
fn assert_whole(book: &Book) {
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    let run = book.book(&["build"]);
    assert!(run.status.success(), "{}", run.errors());
}

/// Plants each fault in the questions and reads what `cargo book check` says of it.
#[track_caller]
fn check(cases: &[(&str, &str, &str)]) {
    for (old, new, expected) in cases {
        let book = book();
        book.edit(QUIZ, old, new);
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{old:?} -> {new:?}: expected\n{expected}\ngot\n{fault}");
        let others = fault.lines().filter(|line| line.starts_with("quizzes/")).count();
        assert_eq!(others, 1, "{old:?} -> {new:?}: one fault, told once, but\n{fault}");
    }
}

#[test]
fn a_quiz_is_part_of_a_whole_book_and_shows_what_no_page_shows() {
    let book = book();
    assert_whole(&book);
    let page = std::fs::read_to_string(book.file("target/html/concepts/two.html")).unwrap();
    for text in
        ["5 letters", "<em>one</em>", "href=\"one.html#hello.greet\"", "href=\"one.html#one\"", "4 of 6", "none of 6"]
    {
        assert!(page.contains(text), "{text} in {page}");
    }
    let list = book.book(&["list", "--json"]).text();
    let till: serde_json::Value = serde_json::from_str(&list).unwrap();
    let till = till.as_array().unwrap().iter().find(|entry| entry["slug"] == "till").unwrap();
    assert_eq!(till["pages"], serde_json::json!([TWO]));
    // What the quiz alone shows is missed when it is gone.
    book.edit(TWO, "{{#quiz concepts/one}}\n", "");
    let fault = book.fault(&["check"]);
    assert_data_eq!(
        fault,
        str![[r#"
error: 2 faults in the book:
listings/concepts/till/Cargo.toml: no page embeds this listing: write {{#listing till}} where the text needs it
quizzes/concepts/one.toml: no page embeds this quiz: write {{#quiz concepts/one}} at the end of a page, or remove the file

"#]]
    );
}

#[test]
fn answers_that_the_records_contradict() {
    check(&[
        (
            "\"hello\\nletters: 5\\n\"",
            "\"hello\\nletters: 6\\n\"",
            "quizzes/concepts/one.toml:25: `answer.stdout` is not what \"hello\" prints: its line 2 is \"letters: 6\", and on record \
             is \"letters: 5\": copy `cargo book output hello`",
        ),
        (
            "\"hello\\nletters: 5\\n\"",
            "\"hello\\n\"",
            "one.toml:25: `answer.stdout` is not what \"hello\" prints: its line 2 is not there, and on record is \"letters: 5\"",
        ),
        (
            "lineNumber = 2",
            "lineNumber = 3",
            "one.toml:32: rustc finds E0308 in line 2, not 3: listings/concepts/hello/fails/e0308.txt",
        ),
        (
            "doesCompile = false\nanswer.lineNumber = 2",
            "doesCompile = true\nanswer.stdout = \"2\"",
            "one.toml:32: listings/concepts/hello/fails/e0308.rs does not compile, E0308: write `answer.doesCompile = false`",
        ),
        (
            "doesCompile = true\nanswer.stdout = \"hello\\nletters: 5\\n\"",
            "doesCompile = false\nanswer.lineNumber = 2",
            "one.toml:25: \"hello\" compiles: `answer.doesCompile` is true, or a program in its fails/ is meant, as in \
             `prompt.listing = \"hello:NAME\"`: there is e0308",
        ),
        (
            "[\"1\\n\", \"2\\n\"]\n",
            "[\"2\\n\"]\n",
            "one.toml:38: 4 of 6 schedules of \"till:two\" print \"1\\n\" and end well: add it to `answer.answer`, or remove it",
        ),
        (
            "[\"1\\n\", \"2\\n\"]\n",
            "[\"1\\n\", \"2\\n\", \"3\\n\"]\n",
            "one.toml:38: no schedule of \"till:two\" prints \"3\\n\" and ends well: on record is \"2\\n\", \"1\\n\"",
        ),
        (
            "[\"1\\n\", \"2\\n\"]\n",
            "[\"1\\n\", \"2\\n\", { kind = \"deadlock\" }]\n",
            "one.toml:38: no schedule of \"till:two\" ends in kind = \"deadlock\": on record is \"2\\n\", \"1\\n\"",
        ),
        (
            "[\"1\\n\", \"2\\n\"]\n",
            "[\"1\\n\", \"2\\n\", \"2\"]\n",
            "one.toml:39: \"2\" is not among `prompt.choices`: add it there, or did you mean \"2\\n\"?",
        ),
        (
            "{ kind = \"deadlock\" }",
            "{ kind = \"dedlock\" }",
            "one.toml:38: there is no kind \"dedlock\": did you mean \"deadlock\"?",
        ),
        ("till:two", "till:too", "one.toml:37: \"till\" has no case \"too\": did you mean \"two\"?"),
        ("\"till:two\"", "\"hello\"", "one.toml:37: the schedules of \"hello\" are not explored"),
        ("\"till:two\"", "\"tall:two\"", "one.toml:37: unknown listing \"tall\": did you mean \"till\"?"),
        ("hello:e0308", "hello:e0309", "one.toml:30: \"hello\" has no program fails/e0309.rs: did you mean \"e0308\"?"),
    ]);
    // A class whose runs differ has no one output.
    let book = book();
    book.edit(QUIZ, "prompt.listing = \"hello\"", "prompt.listing = \"till\"");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("one.toml:25: \"till\" is of class P, and another run may print something else"), "{fault}");
    // And the records may change, under a question that was right.
    let book = self::book();
    book.edit("listings/concepts/hello/output.txt", "5", "6");
    assert!(book.fault(&["check"]).contains("one.toml:25: `answer.stdout` is not what \"hello\" prints"));
}

#[test]
fn fields_that_are_unknown_missing_or_empty() {
    check(&[
        (
            "prompt.distractors",
            "prompt.distractor",
            "one.toml:9: unknown field `prompt.distractor`: did you mean \"distractors\"?",
        ),
        ("context =", "contxt =", "one.toml:11: unknown field `contxt`: did you mean \"context\"?"),
        ("id = \"how-many\"\n", "", "one.toml:13: `id` is missing: add it"),
        (
            "prompt.prompt = \"How many letters?\"\n",
            "prompt.response = \"short\"\n",
            "one.toml:13: `prompt.prompt` is missing: add it",
        ),
        ("answer.stdout = \"hello\\nletters: 5\\n\"\n", "", "one.toml:20: `answer.stdout` is missing: add it"),
        ("answer.lineNumber = 2\n", "", "one.toml:27: `answer.lineNumber` is missing: add it"),
        (
            "answer.doesCompile = false",
            "answer.doesCompile = \"no\"",
            "one.toml:31: `answer.doesCompile` needs to be true or false, not string",
        ),
        ("[\"the *one*\", \"two\"]", "[]", "one.toml:9: `prompt.distractors` is empty: write at least one"),
        ("answer.alternatives = [\"five\"]", "answer.alternatives = []", "one.toml:18: `answer.alternatives` is empty"),
        ("answer.answer = \"three\"", "answer.answer = []", "one.toml:10: `answer.answer` is empty"),
        (
            "answer.answer = \"three\"",
            "answer.answer = 3",
            "one.toml:10: `answer.answer` needs to be a string, not integer",
        ),
        ("answer.answer = [\"1\\n\", \"2\\n\"]", "answer.answer = []", "one.toml:39: `answer.answer` is empty"),
        (
            "\"ShortAnswer\"",
            "\"ShortAnswers\"",
            "one.toml:15: there is no type \"ShortAnswers\": did you mean \"ShortAnswer\"?",
        ),
        (
            "prompt.prompt = \"How",
            "prompt.response = \"long\"\nprompt.prompt = \"How",
            "one.toml:16: `prompt.response` is \"short\" or \"code\", not \"long\"",
        ),
        (
            "prompt.prompt = \"How many letters?\"",
            "prompt = \"How many letters?\"",
            "one.toml:16: `prompt` has fields of its own: write `prompt.prompt = …`",
        ),
        (
            "prompt.listing = \"hello\"",
            "prompt.program = \"fn main() {}\"",
            "one.toml:23: a program in the questions belongs to no listing: make it one",
        ),
        (
            "id = \"how-many\"",
            "id = \"how many\"",
            "one.toml:14: the id \"how many\": write letters, digits and hyphens",
        ),
        (
            "id = \"how-many\"",
            "id = \"where-to\"",
            "one.toml:14: the id \"where-to\" is taken by quizzes/concepts/one.toml:3",
        ),
        ("answer.answer = \"5\"", "answer.answer = 5\"", "one.toml:17: "),
        (
            "prompt.distractors",
            "prompt.answerIndex = 3\nprompt.distractors",
            "one.toml:9: `prompt.answerIndex` is the place of one answer, 0 to 2",
        ),
    ]);
    let book = book();
    book.write(QUIZ, "questions = []\n");
    assert!(book.fault(&["check"]).contains("one.toml:1: `questions` is empty: write at least one"));
}

#[test]
fn texts_that_cannot_stand_in_a_quiz() {
    check(&[
        ("\"two\"]", "\"three\"]", "one.toml:10: the answer \"three\" is among the distractors: take it out of one"),
        ("\"two\"]", "\"the *one*\"]", "one.toml:9: the distractor \"the *one*\" is there twice: remove one"),
        (
            "letters, of `hello`?",
            "letters?\n\n```rust\nfn main() {}\n```",
            "one.toml:9: a fence of Rust that belongs to no listing",
        ),
        ("letters, of `hello`?", "letters?\n\n{{#listing hello}}", "one.toml:9: {{#listing}} cannot stand in a quiz"),
        (
            "fact hello letters",
            "fact hello leters",
            "one.toml:7: \"hello\" has no fact \"leters\": did you mean \"letters\"?",
        ),
        (
            "cargo book fact hello letters",
            "cargo book output hello",
            "one.toml:7: `cargo book output hello` cannot stand in a quiz",
        ),
        (
            "listing:hello#greet",
            "listing:hello#gret",
            "one.toml:11: \"hello\" has no anchor \"gret\": did you mean \"greet\"?",
        ),
        ("task:a", "task:z", "one.toml:11: no task is called \"z\""),
        ("task:a", "schedule:till=ab", "one.toml:11: no page shows these schedules: write {{#schedules till}}"),
        ("\"two\"]", "\"- two\"]", "one.toml:9: a choice is a paragraph, without lists or fences"),
    ]);
    // A link that leads nowhere is found as on a page.
    let book = book();
    book.edit(QUIZ, "one.md#one", "one.md#eins");
    let fault = book.fault(&["check"]);
    let expected =
        "quizzes/concepts/one.toml:6: the link to \"one.html#eins\" leads nowhere: mend it, or give the place";
    assert!(fault.contains(expected) && fault.starts_with("error: 1 fault in the book:"), "{fault}");
    // And where the page has it, too, in both.
    book.edit(TWO, "one.md#one", "one.md#eins");
    let fault = book.fault(&["check"]);
    assert!(fault.contains(expected) && fault.contains("src/concepts/two.md:3: the link to"), "{fault}");
}

/// What a quiz with a fault shows, nobody can tell: only the fault is told.
#[test]
fn a_quiz_that_cannot_be_read_may_show_what_no_page_shows() {
    let book = book();
    book.edit("src/concepts/one.md", "{{#fails hello:e0308}}\n\n", "");
    book.edit("src/concepts/one.md", "<!-- cmdrun cargo book fact hello letters -->", "5");
    assert_whole(&book);
    book.edit(QUIZ, "type = \"Tracing\"", "type = Tracing");
    let fault = book.fault(&["check"]);
    assert!(fault.starts_with("error: 1 fault in the book:\nquizzes/concepts/one.toml:22: "), "{fault}");
    // Of a listing that it does not name, all is told.
    book.edit(QUIZ, "hello", "hello-2");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("fails/e0308.rs: no page shows this program: write {{#fails hello:e0308}}"), "{fault}");
}

#[test]
fn what_is_no_place_of_an_answer_is_told_as_it_is_written() {
    check(&[
        (
            "lineNumber = 2",
            "lineNumber = -7",
            "one.toml:32: `answer.lineNumber` needs to be a whole number, 0 or more, not -7",
        ),
        ("lineNumber = 2", "lineNumber = 0b111", "one.toml:32: rustc finds E0308 in line 2, not 7:"),
        (
            "lineNumber = 2",
            "lineNumber = 2.0",
            "one.toml:32: `answer.lineNumber` needs to be a whole number, not float",
        ),
    ]);
    let book = book();
    book.edit(QUIZ, "lineNumber = 2", "lineNumber = 0b10");
    assert_whole(&book);
}

#[test]
fn a_quiz_stands_on_one_page_and_has_a_name() {
    let cases = [
        ("{{#quiz concepts/on}}", "two.md:5: there is no quizzes/concepts/on.toml: did you mean \"concepts/one\"?"),
        (
            "{{#quiz concepts/one}}\n\n{{#quiz concepts/one}}",
            "two.md:7: the quiz \"concepts/one\" stands at src/concepts/two.md:5 already",
        ),
        (
            "{{#quiz concepts/one:x}}",
            "two.md:5: this {{#quiz}} has another form: {{#quiz PART/NAME}}, for quizzes/PART/NAME.toml",
        ),
        ("x {{#quiz concepts/one}}", "two.md:5: {{#quiz}} needs a line of its own"),
    ];
    for (new, expected) in cases {
        let book = book();
        book.edit(TWO, "{{#quiz concepts/one}}", new);
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{new}: expected {expected}, got\n{fault}");
        assert!(book.fault(&["build"]).contains(expected), "the build passes over {new}");
    }
    let book = book();
    book.write("quizzes/concepts/one.txt", "");
    assert!(book.fault(&["check"]).contains("quizzes/concepts/one.txt: is no quiz: name it NAME.toml"));
}

#[test]
fn a_renamed_listing_is_renamed_in_its_questions_and_nothing_else_changes() {
    let book = book();
    book.edit(QUIZ, "\"How many letters?\"", "'''How many letters has `hello`, or \"hello\"?'''");
    book.edit(QUIZ, "answer.answer = \"5\"", "answer.answer = \"5\" # \"hello\"");
    book.edit(
        QUIZ,
        "[the greeting](listing:hello#greet),",
        "[a \\\"greeting\\\"](listing:hello#greet), as `cargo book run hello` says,",
    );
    let before = book.read(QUIZ);
    assert!(book.book(&["rename", "hello", "greeting"]).status.success());
    let expected = before
        .replace("fact hello letters", "fact greeting letters")
        .replace("`hello`", "`greeting`")
        .replace("prompt.listing = \"hello", "prompt.listing = \"greeting")
        .replace(
            "\"Because of [a \\\"greeting\\\"](listing:hello#greet), as `cargo book run hello` says, and [a](task:a).\"",
            "'Because of [a \"greeting\"](listing:greeting#greet), as `cargo book run greeting` says, and [a](task:a).'",
        );
    assert_eq!(book.read(QUIZ), expected);
    let run = book.book(&["rename", "till", "drawer"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(book.read(QUIZ).contains("prompt.listing = \"drawer:two\""));
    assert_whole(&book);
}

#[test]
fn a_renamed_page_takes_its_quiz_along_and_links_follow() {
    let book = book();
    assert!(book.book(&["rename", "concepts/one", "concepts/the-first"]).status.success());
    assert!(book.read(QUIZ).contains("[the first](the-first.md#one)"), "{}", book.read(QUIZ));
    assert_whole(&book);
    // The quiz that is named as its page.
    std::fs::rename(book.file(QUIZ), book.file("quizzes/concepts/two.toml")).unwrap();
    book.edit(TWO, "{{#quiz concepts/one}}", "{{#quiz concepts/two}}");
    book.edit("quizzes/concepts/two.toml", "{{#quiz concepts/one}}", "{{#quiz concepts/two}}");
    let run = book.book(&["rename", "concepts/two", "concepts/the-second"]);
    assert!(run.text().contains("changed quizzes/concepts/the-second.toml\n"), "{}{}", run.text(), run.errors());
    assert!(book.read("src/concepts/the-second.md").contains("{{#quiz concepts/the-second}}"));
    let first = "# {{#quiz concepts/the-second}}; a quiz.\n";
    assert!(book.read("quizzes/concepts/the-second.toml").starts_with(first));
    assert_whole(&book);
}

#[test]
fn links_of_a_quiz_lead_to_the_explorer_and_use_anchors() {
    let book = book();
    book.edit(TWO, "# Two\n", "# Two\n\n{{#schedules till}}\n");
    book.edit(QUIZ, "[a](task:a)", "[a](task:a), [so](schedule:till=a2b2)");
    // Only the quiz links to this anchor: the page shows the whole program.
    book.edit("src/concepts/one.md", "{{#listing hello:greet}}", "{{#listing hello}}");
    book.edit("src/concepts/one.md", "listing:hello#greet", "listing:hello");
    assert_whole(&book);
    let page = std::fs::read_to_string(book.file("target/html/concepts/two.html")).unwrap();
    assert!(page.contains("<a class=\"schedule-link\" href=\"#schedule=till=a2b2\">so</a>"), "{page}");
    let answer = page.split("data-question=\"possible\"").nth(1).unwrap();
    assert_eq!(answer.matches("class=\"schedule-link\" href=\"#schedule=till=").count(), 2, "{answer}");
    book.edit(QUIZ, "listing:hello#greet", "listing:hello");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("main.rs:3: nothing uses the anchor \"greet\""), "{fault}");
}

#[test]
fn a_record_that_cannot_be_read_is_told_of_itself_and_of_one_place_that_shows_it() {
    let book = book();
    let facts = "<!-- cmdrun cargo book fact till failing --> of <!-- cmdrun cargo book fact till schedules -->";
    book.edit(
        TWO,
        "# Two\n",
        &format!("# Two\n\n{{{{#schedules till}}}}\n\nThat is {facts}, [so](schedule:till=a2b2).\n"),
    );
    assert_whole(&book);
    let record = format!("{TILL}/schedules.json");
    book.edit(&record, "\"version\": 1", "\"version\": 99");
    let fault = book.fault(&["check"]);
    let expected = format!(
        "error: 2 faults in the book:\n\
         {record}: no record of schedules: version 99, expected 1: run `cargo book record till`\n\
         {QUIZ}:37: {record}: version 99, expected 1: run `cargo book record till`\n"
    );
    assert_eq!(fault, expected);
}
