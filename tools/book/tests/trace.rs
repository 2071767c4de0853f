//! A listing that a stepper goes through: its trace is made, shown, and kept true.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use snapbox::{assert_data_eq, str};

/// A slug of its own for each test: Cargo takes packages of one name for the same, wherever they lie.
#[derive(Debug, Clone, Copy)]
struct Slug(&'static str);

impl Slug {
    fn file(self, name: &str) -> String {
        format!("listings/concepts/{}/{name}", self.0)
    }

    fn manifest(self) -> String {
        self.file("Cargo.toml")
    }

    fn main(self) -> String {
        self.file("src/main.rs")
    }

    fn test(self) -> String {
        self.file("tests/trace.rs")
    }

    fn record(self) -> String {
        self.file("trace.json")
    }
}

const ONE: &str = "src/concepts/one.md";
const TWO: &str = "src/concepts/two.md";

const AVERAGER: &str = r#"// The caller sends numbers, the generator yields their mean.
trait Average {
    fn send(&mut self, number: i64) -> i64;
}

#[derive(Debug, Default)]
struct Averager {
    sum: i64,
    count: i64,
}

impl Average for Averager {
    fn send(&mut self, number: i64) -> i64 {
        self.sum += number;
        self.count += 1;
        // ANCHOR: mean
        self.sum / self.count
        // ANCHOR_END: mean
    }
}

fn ask(averager: &mut impl Average) {
    for number in [3, 9] {
        println!("mean {}", averager.send(number));
    }
}

fn main() {
    ask(&mut Averager::default());
}
"#;

const WATCH: &str = r#"use trace::Trace;

trace::program!();

struct Told(Averager);

impl Average for Told {
    fn send(&mut self, number: i64) -> i64 {
        trace::transfer("generator", format!("send({number})"));
        let mean = self.0.send(number);
        trace::show("stored state", format!("{:?}", self.0));
        trace::transfer("caller", format!("yield {mean}"));
        mean
    }
}

#[test]
fn steps() {
    let trace = Trace::new("all").code("caller", &["ask"]).code("generator", &["Averager::send"]);
    let trace = trace.state("stored state", "").run(|| ask(&mut Told(Averager::default())));
    assert_eq!(trace.steps.len(), 5);
}
"#;

/// What CONTRIBUTING.md shows of a file, without what is there for that place alone.
fn shown_in_contributing(start: &str) -> String {
    let text = include_str!("../../../CONTRIBUTING.md");
    let (_, rest) = text.split_once(&format!("   ```text\n   {start}\n")).unwrap();
    let (rest, _) = rest.split_once("   ```\n").unwrap();
    let lines = rest.lines().map(|line| line.strip_prefix("   ").unwrap_or(line));
    format!("{start}\n{}\n", lines.collect::<Vec<_>>().join("\n"))
}

#[test]
fn the_example_in_contributing_runs_and_is_the_one_in_the_doc() {
    const SLUG: Slug = Slug("shown-mean");
    let book = unrecorded(SLUG);
    book.write(&SLUG.main(), shown_in_contributing("// The caller sends numbers, the generator yields their mean."));
    let watch = shown_in_contributing("use trace::Trace;");
    book.write(&SLUG.test(), &watch);
    let run = book.book(&["record", SLUG.0]);
    assert!(run.status.success(), "{}", run.errors());
    // The doc of the crate shows the same test, but for its comments and blanks.
    let doc = include_str!("../../trace/src/lib.rs");
    let (_, doc) = doc.split_once("//! ```text\n").unwrap();
    let (doc, _) = doc.split_once("//! ```\n").unwrap();
    let code = |text: &str| -> String {
        let lines = text.lines().map(|line| line.trim_start_matches("//!"));
        let code = lines.map(|line| line.split("  //").next().unwrap_or_default());
        code.flat_map(str::chars).filter(|c| !c.is_whitespace()).collect()
    };
    assert_eq!(code(doc), code(&watch));
}

/// A book with a traced listing beside the other: written, not yet recorded.
fn unrecorded(slug: Slug) -> Book {
    let book = Book::new();
    let name = slug.0;
    let trace = concat!(env!("CARGO_MANIFEST_DIR"), "/../trace");
    book.write(
        &slug.manifest(),
        format!(
            "[package]\nname = \"{name}\"\nedition = \"2024\"\n\n[package.metadata.listing]\ntitle = \"A running mean\"\n\
             class = \"D\"\nrecords = [\"trace.json\"]\n\n[dev-dependencies]\ntrace = {{ path = \"{trace}\" }}\n"
        ),
    );
    book.write(&slug.main(), AVERAGER);
    book.write(&slug.test(), WATCH);
    book.edit(TWO, "See ", &format!("[Where](listing:{name}#mean) it is yielded.\n\n{{{{#stepper {name}}}}}\n\nSee "));
    book.edit(ONE, "{{#cast hello}}", &format!("{{{{#cast hello}}}}\n\n{{{{#listing {name}:mean}}}}"));
    fixture::lock(&book);
    fixture::share_target(&book);
    book
}

fn traced(slug: Slug) -> Book {
    let book = unrecorded(slug);
    let run = book.book(&["record", slug.0]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(run.errors().contains(&format!("{}: new\n", slug.record())), "{}", run.errors());
    book
}

#[test]
fn a_generator_and_its_caller_hand_each_other_values() {
    const SLUG: Slug = Slug("averager");
    let book = traced(SLUG);
    // Lines are those of the file; an anchor's mark is a line, and no step is on one.
    assert_data_eq!(
        book.read(&SLUG.record()),
        str![[r#"
{
 "version": 1,
 "cases": {
  "all": {
   "columns": [{"name":"caller","kind":"code"},{"name":"generator","kind":"code"},{"name":"stored state","kind":"state"}],
   "start": [null,null,{"text":""}],
   "steps": [
    {"from":0,"line":24,"to":1,"value":"send(3)","shows":[null,null,{"text":""}]},
    {"from":1,"line":17,"to":0,"value":"yield 3","shows":[null,null,{"text":"Averager { sum: 3, count: 1 }"}]},
    {
     "from": 0,
     "line": 24,
     "to": 1,
     "value": "send(9)",
     "shows": [null,null,{"text":"Averager { sum: 3, count: 1 }"}],
     "printed": "mean 3/n"
    },
    {"from":1,"line":17,"to":0,"value":"yield 6","shows":[null,null,{"text":"Averager { sum: 12, count: 2 }"}]},
    {"from":0,"line":23,"shows":[null,null,{"text":"Averager { sum: 12, count: 2 }"}],"printed":"mean 6/n"}
   ]
  }
 }
}

"#]]
    );
    assert_eq!(book.book(&["test"]).text(), "5 passed, 0 failed, 0 skipped\n");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    // The tests of the page use what the page says.
    assert!(book.book(&["build"]).status.success());
    let page = book.read("target/html/concepts/two.html");
    let figure = page.split_once("<figure class=\"stepper\"").and_then(|(_, rest)| rest.split_once("</figure>"));
    let figure = figure.map(|(figure, _)| format!("<figure class=\"stepper\"{figure}</figure>\n")).unwrap();
    assert_data_eq!(figure, snapbox::file!["../../../ci/browser/fixture/stepper.html": Text].raw());
    // What is recorded again is the same.
    let record = book.read(&SLUG.record());
    assert!(book.book(&["record", "averager"]).errors().contains("trace.json: unchanged"));
    assert_eq!(book.read(&SLUG.record()), record);
    // And it goes along with its listing.
    book.edit(TWO, "See ", "[Last](step:averager=5), [last](step:averager:all=5). See ");
    assert!(book.book(&["rename", "averager", "running-mean"]).status.success());
    let page = book.read(TWO);
    assert!(page.contains("{{#stepper running-mean}}"));
    assert!(page.contains("[Last](step:running-mean=5), [last](step:running-mean:all=5). See "), "{page}");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    assert_eq!(book.book(&["test", "running-mean"]).text(), "2 passed, 0 failed, 0 skipped\n");
}

#[test]
fn a_traced_listing_that_drifts() {
    const SLUG: Slug = Slug("drifting-mean");
    let book = traced(SLUG);
    book.edit(&SLUG.main(), "[3, 9]", "[3, 5]");
    let stale = "trace.json: was made by another version of the program: run `cargo book record drifting-mean`";
    assert!(book.fault(&["check"]).contains(stale));
    let fault = book.fault(&["test", "drifting-mean"]);
    assert!(fault.contains("FAILED concepts/drifting-mean trace\n"), "{fault}");
    assert!(fault.contains("trace.json: \"drifting-mean\" takes other steps now:\n"), "{fault}");
    assert!(fault.contains("\"value\": \"send(5)\""), "{fault}");
    assert!(fault.contains("run `cargo book record drifting-mean` and read it against the text"), "{fault}");
    // One line further down is another trace, too.
    let book = traced(SLUG);
    book.edit(&SLUG.main(), "fn ask", "\nfn ask");
    assert!(book.fault(&["test", "drifting-mean"]).contains("\"line\":25"));
    // A record that somebody wrote by hand.
    let book = traced(SLUG);
    book.edit(&SLUG.record(), "yield 6", "yield 7");
    assert!(book.fault(&["test", "drifting-mean"]).contains("takes other steps now"));
    // The same steps, watched by another test.
    let book = traced(SLUG);
    book.edit(&SLUG.test(), "fn steps", "fn five_steps");
    for command in [&["check"][..], &["test", "drifting-mean"]] {
        assert!(book.fault(command).contains(stale));
    }
}

#[test]
fn a_test_that_makes_no_trace() {
    const SLUG: Slug = Slug("unmade-mean");
    let book = unrecorded(SLUG);
    let fault = |old: &str, new: &str, expected: &str| {
        book.write(&SLUG.test(), WATCH);
        book.edit(&SLUG.test(), old, new);
        let fault = book.fault(&["record", SLUG.0]);
        assert!(fault.contains(&format!("tests/trace.rs{expected}")), "{old} -> {new}: {fault}");
        assert!(!book.file(&SLUG.record()).exists());
    };
    fault("trace.steps.len(), 5", "trace.steps.len(), 4", ":21: this test fails: assertion `left == right` failed\n");
    let fails = ": this test fails: ";
    fault(
        "\"Averager::send\"",
        "\"Averager::sent\"",
        &format!("{fails}\"caller\" hands something to itself in line 24"),
    );
    fault(
        "trace.state(",
        "trace.code(\"till\", &[\"x\"]).state(",
        &format!("{fails}nothing of the column \"till\" has run"),
    );
    fault("&[\"ask\"]", "&[\"main\"]", &format!("{fails}no function of a column has run yet: do their names stand"));
    fault(
        "transfer(\"generator\"",
        "transfer(\"x\"",
        &format!("{fails}there is no column \"x\": they are \"caller\","),
    );
    fault("#[test]\n", "#[allow(dead_code)]\n", ": this test makes no trace: end one with `Trace::run`");
    let again = "#[test]\nfn again() {\n    steps();\n}\n\n#[test]\nfn steps";
    fault("#[test]\nfn steps", again, &format!("{fails}two traces are called \"all\": rename one"));
}

#[test]
fn what_does_not_fit_together() {
    const SLUG: Slug = Slug("unfit-mean");
    let book = traced(SLUG);
    let check = |path: &str, old: &str, new: &str, expected: &str| {
        let whole = book.read(path);
        book.edit(path, old, new);
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{old} -> {new}: {fault}");
        book.write(path, whole);
    };
    let directive = |new: &str, expected: &str| check(TWO, "{{#stepper unfit-mean}}", new, expected);
    let page = "src/concepts/two.md:5: ";
    directive("{{#stepper hello}}", &format!("{page}\"hello\" records no trace.json: add it to `records`"));
    directive(
        "{{#stepper unfit-mean:al}}",
        &format!("{page}\"unfit-mean\" has no trace \"al\": did you mean \"all\"?"),
    );
    directive(
        "{{#stepper unfit-mean 1}}",
        &format!("{page}this {{{{#stepper}}}} has another form: {{{{#stepper SLUG}}}} or"),
    );
    directive("", "trace.json: no page shows the trace \"all\": write {{#stepper unfit-mean:all}}, or remove it");

    let again = "run `cargo book record unfit-mean`";
    let record = |old: &str, new: &str, expected: &str| {
        let message = format!("unfit-mean/trace.json: {expected}");
        check(&SLUG.record(), old, new, &message);
        // The page that shows it says so, too.
        check(&SLUG.record(), old, new, page);
    };
    let none = "no record of traces: ";
    record("\"version\": 1", "\"version\": 2", &format!("{none}version 2, expected 1: {again}"));
    let column = format!("{none}the case \"all\": step 4 names column 3 of 3: {again}");
    record("\"to\":0,\"value\":\"yield 6\"", "\"to\":3,\"value\":\"yield 6\"", &column);
    let main = SLUG.main();
    record("\"line\":23", "\"line\":99", &format!("line 99 is no line of {main}: {again}"));
    // The mark of an anchor is no line of the page.
    record("\"line\":23", "\"line\":16", &format!("line 16 is no line of {main}: {again}"));
    record("\"steps\": [", "\"stops\": [", &format!("{none}unknown field `stops`"));
    record(
        "{\"text\":\"\"}]",
        "{\"text\":\"\",\"cursor\":4000000000}]",
        &format!(
            "{none}the case \"all\": its start has a cursor in column 4000000000: a screen has 500 at most: {again}"
        ),
    );
    let script = "write lower-case letters, digits and hyphens";
    record("\"all\": {", "\"\\\"><script>\": {", &format!("{none}\"\\\"><script>\" is no name of a case: {script}"));

    let manifest = |old: &str, new: &str, expected: &str| check(&SLUG.manifest(), old, new, expected);
    manifest("records = [\"trace.json\"]", "", "trace.json: a record that the manifest does not name: add it");
    manifest("class = \"D\"", "class = \"M\"\nbounds = [0, 1]", "it needs a listing of class D, S or P");

    // A case has the name that its test gave it.
    let whole = book.read(&SLUG.record());
    book.edit(&SLUG.record(), "\"all\": {", "\"one\": {");
    let page = book.read(TWO);
    book.edit(TWO, "{{#stepper unfit-mean}}", "{{#stepper unfit-mean:one}}");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(book.fault(&["test", SLUG.0]).contains("takes other steps now"));
    book.write(&SLUG.record(), whole);
    book.write(TWO, page);

    std::fs::remove_file(book.file(&SLUG.record())).unwrap();
    assert!(book.fault(&["check"]).contains(&format!("trace.json: there is no such record yet: {again}")));
    std::fs::remove_file(book.file(&SLUG.test())).unwrap();
    let missing = "trace.json is what tests/trace.rs makes: add that test, or take the record out";
    assert!(book.fault(&["check"]).contains(missing));
}

#[test]
fn several_traces_are_shown_by_name() {
    const SLUG: Slug = Slug("two-means");
    let book = unrecorded(SLUG);
    let second = "#[test]\nfn once() {\n    Trace::new(\"once\").code(\"caller\", &[\"ask\"]).code(\"generator\", &[\"Averager::send\"])\
                  .state(\"stored state\", \"\").run(|| ask(&mut Told(Averager { sum: 1, count: 1 })));\n}\n\n#[test]\nfn steps";
    book.edit(&SLUG.test(), "#[test]\nfn steps", second);
    assert!(book.book(&["record", "two-means"]).status.success());
    let fault = book.fault(&["check"]);
    assert!(
        fault.contains("\"two-means\" has 2 traces: write {{#stepper two-means:all}} or {{#stepper two-means:once}}"),
        "{fault}"
    );
    book.edit(TWO, "{{#stepper two-means}}", "{{#stepper two-means:all}}");
    let fault = book.fault(&["check"]);
    assert!(
        fault.contains("trace.json: no page shows the trace \"once\": write {{#stepper two-means:once}}"),
        "{fault}"
    );
    // Both on one page: the program comes along once.
    book.edit(TWO, "{{#stepper two-means:all}}", "{{#stepper two-means:all}}\n\n{{#stepper two-means:once}}");
    assert!(book.book(&["build"]).status.success());
    let page = book.read("target/html/concepts/two.html");
    assert_eq!((page.matches("<book-stepper").count(), page.matches("<details class=\"whole\">").count()), (2, 1));
}

#[test]
fn a_stepper_stands_on_a_page_once() {
    const SLUG: Slug = Slug("single-mean");
    let book = traced(SLUG);
    book.edit(TWO, "See [one]", "{{#stepper single-mean:all}}\n\nSee [one]");
    let expected = "src/concepts/two.md:7: the trace \"all\" of \"single-mean\" stands in line 5 of this page already: an \
                    address can lead to one of two alone, so embed it once";
    let fault = book.fault(&["check"]);
    assert!(fault.contains(expected), "{fault}");
    // Another page has addresses of its own.
    book.edit(TWO, "{{#stepper single-mean:all}}\n\nSee [one]", "See [one]");
    book.edit(ONE, "{{#cast hello}}", "{{#cast hello}}\n\n{{#stepper single-mean:all}}");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
}

/// All that has lines of its own, or prints, in one program.
const LATE_LINES: &str = r#"// Who has control, and where.
use std::fmt;

type Say<'a> = &'a mut dyn FnMut(&str) -> bool;

struct Loaf(u32);

impl fmt::Display for Loaf {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.0;
        write!(out, "a loaf of {size}")
    }
}

trait Oven {
    const ROOM: usize = { 1 + 1 };
}

impl Oven for Loaf {}

const LOW: bool = true;

enum Heat {
    Low = if LOW { 1 } else { 2 },
}

fn weigh(say: Say<'_>) -> &'static str {
    say("weighed");
    "the weight"
}

fn rise(size: u32) -> u32 {
    size + 1
}

fn bake(say: Say<'_>, ask: &mut dyn FnMut(u32) -> u32) {
    let mut round = 0_u32;
    while say("while") && round < 2 {
        round += 1;
        if round == 1 {
            continue;
        }
        for hour in [1, 2].into_iter().inspect(|_| drop(say("for"))) {
            let _ = match hour {
                1 => continue,
                hour => hour,
            };
        }
    }
    'day: while say("day") {
        loop {
            let None = Some(round) else {
                round += 1;
                if round == 4 {
                    break 'day;
                }
                continue 'day;
            };
        }
    }
    if round == 0 {
        say("never");
    } else if round == 1
        || say("else if")
    {
        say("then");
    } else if say("never") {
    }
    match Some(round) {
        Some(0) if say("never") => {}
        Some(4)
            if say("guard") && round == 0 => {}
        Some(n) if let Some(m) = n.checked_sub(1) && say("guard let") && m == 9 => {}
        Some(_) if say("last guard") || round == 0 => drop(say("arm")),
        _ => {}
    }
    say(weigh(&mut |it| it.is_empty()));
    let name = weigh(say);
    say(name);
    say(match ask(5) + ask(6) {
        13 => "thirteen",
        _ => "never",
    });
    println!("{}", Loaf([0_u8; { 1 + 1 }].len() as u32 + Heat::Low as u32));
    std::println!("{}", Loaf::ROOM);
}

fn main() {
    bake(&mut |_| true, &mut rise);
}
"#;

const WATCH_LATE_LINES: &str = r#"#![deny(warnings)]

use trace::Trace;

trace::program!();

#[test]
fn steps() {
    let mut say = |what: &str| {
        trace::step(what);
        what != "never"
    };
    let mut ask = |size| {
        trace::transfer("dough", format!("send {size}"));
        let risen = rise(size);
        trace::transfer("baker", format!("yield {risen}"));
        risen
    };
    let trace = Trace::new("all").code("baker", &["bake"]).code("scales", &["weigh"]).code("dough", &["rise"]);
    trace.code("loaf", &["Loaf::fmt"]).run(|| bake(&mut say, &mut ask));
}
"#;

#[test]
fn each_step_stands_in_the_line_that_runs() {
    const SLUG: Slug = Slug("late-lines");
    let book = unrecorded(SLUG);
    book.write(&SLUG.main(), LATE_LINES);
    book.write(&SLUG.test(), WATCH_LATE_LINES);
    let run = book.book(&["record", SLUG.0]);
    assert!(run.status.success(), "{}", run.errors());
    let traces = trace::Traces::parse(&book.read(&SLUG.record())).unwrap();
    let trace = &traces.cases["all"];
    let lines: Vec<&str> = LATE_LINES.lines().collect();
    let mut text = String::new();
    for step in &trace.steps {
        let line = lines[step.line - 1].trim();
        let printed = step.printed.replace('\n', " ");
        text += &format!("{:7} {:11} {printed}| {line}\n", trace.columns[step.from].name, step.value);
    }
    assert_data_eq!(
        text,
        str![[r#"
baker   while       | while say("while") && round < 2 {
baker   while       | while say("while") && round < 2 {
baker   for         | for hour in [1, 2].into_iter().inspect(|_| drop(say("for"))) {
baker   for         | for hour in [1, 2].into_iter().inspect(|_| drop(say("for"))) {
baker   while       | while say("while") && round < 2 {
baker   day         | 'day: while say("day") {
baker   day         | 'day: while say("day") {
baker   else if     | } else if round == 1
baker   then        | say("then");
baker   guard       | if say("guard") && round == 0 => {}
baker   guard let   | Some(n) if let Some(m) = n.checked_sub(1) && say("guard let") && m == 9 => {}
baker   last guard  | Some(_) if say("last guard") || round == 0 => drop(say("arm")),
baker   arm         | Some(_) if say("last guard") || round == 0 => drop(say("arm")),
baker   the weight  | say(weigh(&mut |it| it.is_empty()));
scales  weighed     | say("weighed");
baker   the weight  | say(name);
baker   send 5      | say(match ask(5) + ask(6) {
dough   yield 6     | size + 1
baker   send 6      | say(match ask(5) + ask(6) {
dough   yield 7     | size + 1
baker   thirteen    | 13 => "thirteen",
baker               a loaf of 3 2 | std::println!("{}", Loaf::ROOM);

"#]]
    );
}

#[test]
fn a_program_that_a_test_cannot_include_is_refused_with_its_line() {
    const SLUG: Slug = Slug("inner-mean");
    let book = unrecorded(SLUG);
    book.edit(&SLUG.main(), "// The caller", "//! The caller");
    let fault = book.fault(&["record", SLUG.0]);
    let expected =
        "src/main.rs:1: tests include the program, and what is included has no `//!` and no `#![…]`: write `//`";
    assert!(fault.contains(expected), "{fault}");
}
