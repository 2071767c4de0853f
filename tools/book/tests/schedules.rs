//! Programs under every schedule: what `cargo book explore` says of right and of wrong ones, and how an explored listing is
//! kept true.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use listing::run::{Run, Transcript};
use snapbox::{assert_data_eq, str};

const MANIFEST: &str = "listings/concepts/lost-update/Cargo.toml";
const MAIN: &str = "listings/concepts/lost-update/src/main.rs";
const RECORD: &str = "listings/concepts/lost-update/schedules.json";
const TWO: &str = "src/concepts/two.md";

const LOST_UPDATE: &str = "\
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

fn main() {
    let ledger = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let read = ledger.load(SeqCst);
                ledger.store(read + 1, SeqCst);
            });
        }
    });
    println!(\"{}\", ledger.load(SeqCst));
}
";

/// A book with an explored listing beside the other: written, not yet recorded.
fn unrecorded() -> Book {
    let book = Book::new();
    book.write(
        MANIFEST,
        "[package]\nname = \"lost-update\"\nedition = \"2024\"\n\n[package.metadata.listing]\ntitle = \"A lost update\"\n\
         class = \"P\"\n\n[package.metadata.listing.schedules]\ngood = [\"2\\n\"]\n\n\
         [[package.metadata.listing.schedules.case]]\nname = \"two\"\n\n\
         [[package.metadata.listing.schedules.case]]\nname = \"ends\"\ngood = [\"\"]\noutput = \"ignored\"\n",
    );
    book.write(MAIN, LOST_UPDATE);
    book.write("listings/concepts/lost-update/tests/property.rs", "");
    book.edit(
        TWO,
        "See ",
        "{{#listing lost-update}}\n\n{{#schedules lost-update}}\n\n\
         It fails on <!-- cmdrun cargo book fact lost-update failing --> of \
         <!-- cmdrun cargo book fact lost-update schedules -->, or on \
         <!-- cmdrun cargo book fact lost-update:ends failing -->. See ",
    );
    book
}

fn explored() -> Book {
    let book = unrecorded();
    let run = book.book(&["record", "lost-update"]);
    assert!(run.status.success(), "{}", run.errors());
    book
}

/// `cargo book explore --file` of a program, outside of any book.
fn explore(program: &str, words: &[&str]) -> Transcript {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("shop.rs"), program).unwrap();
    let run = Run::new(env!("CARGO_BIN_EXE_book")).args(["explore", "--file", "shop.rs"]).args(words).dir(dir.path());
    run.env("NO_COLOR", "1").env("RUST_BACKTRACE", "0").finish().expect("it ends")
}

#[test]
fn a_listing_is_explored_case_by_case() {
    let book = unrecorded();
    let run = book.book(&["explore", "lost-update"]);
    assert_data_eq!(
        run.text(),
        str![[r#"
lost-update: 6 schedules, and 4 of them fail (16 states; each schedule was also run by itself)

       schedules  how it ends  prints  shortest way there
       2 of 6     ok           2       a2b2m2
FAILS  4 of 6     ok           1       ababm2

See one fail: cargo book explore lost-update --schedule ababm2

"#]]
    );
    assert_eq!(run.status.code(), Some(1));
    let run = book.book(&["explore", "lost-update:ends"]);
    assert!(run.text().starts_with("lost-update:ends: 6 schedules, and none fails"), "{}", run.text());
    assert_eq!(run.status.code(), Some(0));
    // One that is not recorded so can be explored as well.
    let run = book.book(&["explore", "hello"]);
    assert!(run.text().starts_with("hello: 1 schedule, and it does not fail"), "{}", run.text());
}

#[test]
fn a_schedule_is_shown_step_by_step() {
    let run = unrecorded().book(&["explore", "lost-update", "--schedule", "ababm2"]);
    assert_data_eq!(
        run.text(),
        str![[r#"
lost-update, schedule ababm2

step  m main                    a                           b                           then
1                               line 9: load ledger → 0
2                                                           line 9: load ledger → 0
3                               line 10: store 1 in ledger                              ledger = 1
4                                                           line 10: store 1 in ledger
5     line 14: load ledger → 1
6     line 14: print "1/n"

There the program ends. FAILS: prints "1/n". 4 of 6 schedules end so.

"#]]
    );
    let run = explore(LOST_UPDATE, &["--schedule", "ab"]);
    assert!(run.text().ends_with("Not finished; can move now: a, b\n"), "{}", run.text());
    let run = unrecorded().book(&["explore", "lost-update", "--schedule", "aba"]);
    assert!(run.text().ends_with("Not finished; can move now: b\n"), "{}", run.text());
    assert_eq!(run.status.code(), Some(0));
    let run = explore(LOST_UPDATE, &["--schedule", "a2b2m2"]);
    let end = "There the program ends. It prints \"2\\n\". 2 of 6 schedules end so.\n";
    assert!(run.text().ends_with(end), "{}", run.text());
    let two = "use std::sync::Mutex;\nfn main() {\n    let (one, two) = (Mutex::new(0), Mutex::new(0));\n    \
               std::thread::scope(|scope| {\n        scope.spawn(|| *one.lock().unwrap() += *two.lock().unwrap());\n        \
               scope.spawn(|| *two.lock().unwrap() += *one.lock().unwrap());\n    });\n}\n";
    let failing = explore(two, &[]).text();
    let hint = failing.lines().find(|line| line.starts_with("See one fail: ")).unwrap_or_else(|| panic!("{failing}"));
    let run = explore(two, &["--schedule", hint.rsplit(' ').next().unwrap()]);
    assert!(run.text().contains("\nNobody can move. FAILS: deadlock, "), "{}", run.text());
    assert!(run.text().contains("; it has printed nothing. "), "{}", run.text());
    assert_eq!(run.status.code(), Some(1));
}

/// As many threads as the first argument says each add one.
const COUNTED: &str = "\
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::{env, thread};

fn main() {
    let clerks: u32 = env::args().nth(1).map_or(2, |word| word.parse().unwrap());
    let ledger = AtomicU32::new(0);
    thread::scope(|scope| {
        for _ in 0..clerks {
            scope.spawn(|| {
                let read = ledger.load(SeqCst);
                ledger.store(read + 1, SeqCst);
            });
        }
    });
    assert!(ledger.load(SeqCst) == clerks);
    println!(\"{}\", ledger.load(SeqCst));
}
";

#[test]
fn other_arguments_have_another_output() {
    let book = unrecorded();
    book.write(MAIN, COUNTED);
    let run = book.book(&["explore", "lost-update", "--spurious", "1", "--args", "3", "a b"]);
    let (text, note) = (run.text(), "note: no expected output is known for these arguments\n");
    assert!(text.starts_with("lost-update --args 3 'a b': "), "{text}");
    assert_eq!(text.matches(note).count(), 1, "{text}");
    assert!(!text.lines().any(|line| line.starts_with("FAILS") && line.contains("  ok  ")), "{text}");
    // The hint is a command that works.
    let hint = text.lines().find_map(|line| line.strip_prefix("See one fail: cargo book ")).expect("a hint");
    assert!(hint.ends_with(" --spurious 1 --args 3 'a b'"), "{hint}");
    let words = hint.replace("'a b'", "a+b");
    let words: Vec<String> = words.split(' ').map(|word| word.replace('+', " ")).collect();
    let run = book.book(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run.text().contains("There the program ends. FAILS: panic, "), "{}{}", run.text(), run.errors());
    // The arguments of the case are no others.
    let run = book.book(&["explore", "lost-update", "--args"]);
    assert!(!run.text().contains("note: "), "{}", run.text());
    let run = explore(COUNTED, &["--weak", "--args", "2"]);
    assert!(run.text().contains("\nSee one fail: cargo book explore --file shop.rs --schedule "), "{}", run.text());
    assert!(run.text().ends_with(" --weak --args 2\n"), "{}", run.text());
    let run = explore("fn main() {\n    panic!(\"closed\");\n}\n", &[]);
    assert!(run.text().contains("and it fails") && !run.text().contains("--schedule \n"), "{}", run.text());
}

#[test]
fn notes_and_warnings_of_a_program() {
    let note = "note: orderings are taken as SeqCst; --weak takes them as written\n";
    let relaxed = LOST_UPDATE.replace("SeqCst", "Relaxed");
    assert!(explore(&relaxed, &[]).text().ends_with(note));
    assert!(!explore(&relaxed, &["--weak"]).text().contains("note: "));
    assert!(!explore(LOST_UPDATE, &[]).text().contains("note: "));
    let address = "fn main() {\n    println!(\"0x7ffde0a0b0\");\n}\n";
    let text = explore(address, &[]).text();
    assert!(text.contains("warning: an address is printed, 0x7ffde0a0b0; it is another each time"), "{text}");
    let book = unrecorded();
    book.write(MAIN, address);
    let fault = book.fault(&["record", "lost-update"]);
    assert!(fault.contains("main.rs: the case \"two\" prints an address, 0x7ffde0a0b0, which is another"), "{fault}");
}

#[test]
fn good_that_is_never_printed() {
    let good = "Cargo.toml: the case \"two\": good: no schedule prints \"3\\n\"; the whole output counts; what is printed: \
                \"1\\n\", \"2\\n\"";
    let book = unrecorded();
    book.edit(MANIFEST, "good = [\"2\\n\"]", "good = [\"3\\n\"]");
    assert!(book.fault(&["record", "lost-update"]).contains(good), "{}", book.fault(&["record", "lost-update"]));
    let book = explored();
    book.edit(MANIFEST, "good = [\"2\\n\"]", "good = [\"3\\n\"]");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("good: no schedule prints \"3\\n\"; the whole output counts; what is printed: "), "{fault}");
}

#[test]
fn json_has_large_numbers_as_text() {
    let run = unrecorded().book(&["explore", "lost-update", "--json"]);
    let numbers: serde_json::Value = serde_json::from_str(&run.text()).unwrap();
    assert_eq!((&numbers["schedules"], &numbers["failing"]), (&"6".into(), &"4".into()));
    assert_eq!((&numbers["states"], &numbers["edges"]), (&16.into(), &18.into()));
    let expected = serde_json::json!(
        {"kind": "ok", "text": "1\n", "why": "", "count": "4", "fails": true, "schedule": "ababm2"});
    assert_eq!(numbers["outcomes"][1], expected);
    assert!(numbers["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
    assert_eq!(numbers.get("steps"), None);
    let run = explore(LOST_UPDATE, &["--json", "--schedule", "a", "--spurious", "1", "--weak", "--output", "lines"]);
    let numbers: serde_json::Value = serde_json::from_str(&run.text()).unwrap();
    assert_eq!(numbers["steps"][0]["line"], 9);
}

#[test]
fn what_is_asked_wrongly_is_answered_with_what_is_right() {
    let book = unrecorded();
    for (words, expected) in [
        (
            &["explore", "lost-updat"][..],
            "error: unknown listing \"lost-updat\": did you mean \"lost-update\"?\nsee `cargo book list`\n",
        ),
        (&["explore", "lost-update:tow"], "error: \"lost-update\" has no case \"tow\": did you mean \"two\"?\n"),
        (
            &["explore", "hello:two"],
            "error: the schedules of \"hello\" are not explored: add [package.metadata.listing.schedules] to its Cargo.toml\n",
        ),
        (&["explore", "my shop.rs"], "error: a file? cargo book explore --file 'my shop.rs'\n"),
        (
            &["explore", "lost-update", "--args", "3", "2", "--schedule", "ab"],
            "error: --schedule is an option of `cargo book explore`, and no argument: put --args last\n",
        ),
        (
            &["explore", "lost-update", "--args", "--schedule=ab"],
            "error: --schedule=ab is an option of `cargo book explore`, and no argument: put --args last\n",
        ),
        (
            &["explore"],
            "error: name a listing, SLUG[:CASE] (`cargo book list` shows them), or a program of your own, --file \
             PROGRAM.rs\n",
        ),
        (&["explore", "--file", "none.rs"], "error: cannot read none.rs: No such file or directory (os error 2)\n"),
        (
            &["explore", "lost-update", "--schedule", "ax"],
            "error: listings/concepts/lost-update/src/main.rs: step 2 of the schedule is not possible: x cannot; there can \
             move: a, b\n",
        ),
        (
            &["explore", "lost-update", "--schedule", "a?"],
            "error: listings/concepts/lost-update/src/main.rs: no schedule: no task is called '?' (character 2 of \"a?\")\n  \
             help: a schedule is written like `a2b1:1a`: a task's letter, how many steps, which alternative\n",
        ),
    ] {
        assert_eq!(book.fault(words), expected);
        assert_eq!(book.book(words).status.code(), Some(2), "{words:?}");
    }
    let help = book.book(&["explore", "--help"]).text();
    for said in ["A schedule fails if ", "m is main", "a2b2:1 is two steps of a and two of b"] {
        assert!(help.contains(said), "{said}: {help}");
    }
    assert!(book.fault(&["explore", "hello", "--output", "x"]).contains("it is one of ordered, lines, ignored"));
}

/// What cannot be explored: the exact message, and nothing hangs.
#[test]
fn programs_that_cannot_be_explored() {
    let cases = [
        (
            "fn main() {\n    println!(\"open\");\n    loop {}\n}\n",
            "shop.rs:2: `m` came to no further operation in 2 s of processor time after this line: an endless loop without \
             a step (on schedule m)",
        ),
        (
            "fn main() {\n    loop {\n        std::thread::spawn(std::thread::park);\n    }\n}\n",
            "shop.rs:3: another task is started here, and there are 52 already\n  help: start fewer: a program to be \
             explored is small",
        ),
        (
            "fn main() {\n    println!(\"open\");\n    let shelf = vec![1_u8; 10 << 30];\n    println!(\"{}\", shelf.len());\n}\n",
            "shop.rs:2: after this line `m` asked for 10737418240 bytes of memory; an exploration may use 2048 MB (on schedule \
             m)",
        ),
        (
            "struct Grudge;\nimpl Drop for Grudge {\n    fn drop(&mut self) {\n        panic!(\"and another thing\");\n    }\n}\n\
             fn main() {\n    println!(\"open\");\n    let _grudge = Grudge;\n    panic!(\"one thing\");\n}\n",
            "shop.rs:8: the program aborted after `m` passed this line: it panicked while it panicked (on schedule m)",
        ),
        (
            "fn deeper(n: u64) -> u64 {\n    let here = [n; 100];\n    deeper(n + 1) + here[0]\n}\n\
             fn main() {\n    println!(\"open\");\n    println!(\"{}\", deeper(0));\n}\n",
            "shop.rs:6: the program crashed after `m` passed this line: its stack overflowed, or worse (on schedule m)",
        ),
        (
            "use std::fs;\nfn main() {\n    fs::read(\"till\").unwrap();\n}\n",
            "shop.rs:1: does not compile: unresolved import `std::fs`\nerror[E0432]: unresolved import `std::fs`\n \
             --> shop.rs:1:5\n  |\n1 | use std::fs;\n  |     ^^^^^^^ no `fs` in the root\nnote: not modelled by interleave: \
             keep the text in the program",
        ),
        (
            "fn main() {\n    ::std::net::TcpListener::bind(\"[::]:80\").unwrap();\n}\n",
            "shop.rs:2: does not compile: cannot find `net` in `std`\nerror[E0433]: cannot find `net` in `std`\n \
             --> shop.rs:2:12\n  |\n2 |     ::std::net::TcpListener::bind(\"[::]:80\").unwrap();\n  |            ^^^ could not \
             find `net` in `std`\nnote: not modelled by interleave: use a channel, `std::sync::mpsc`",
        ),
        (
            "use rand::random;\nfn main() {\n    random::<u32>();\n}\n",
            "shop.rs:1: does not compile: unresolved import `rand`\nerror[E0432]: unresolved import `rand`\n \
             --> shop.rs:1:5\n  |\n1 | use rand::random;\n  |     ^^^^ use of unresolved module or unlinked crate `rand`\n  |\n  \
             = help: you might be missing a crate named `rand`\nnote: not modelled by interleave: an explored program uses \
             std, `primitives`, and no other crate",
        ),
        (
            "fn mian() {}\n",
            "shop.rs: an explored program needs a `fn main()` that returns `()`, `!`, an `ExitCode` or a `Result` of these",
        ),
        (
            "use core::cell::Cell;\n#[derive(Debug)]\nstruct Till;\nfn main() {\n    static mut TILL: u32 = 0;\n}\n",
            "shop.rs:1: `core`: the real library, which the explorer does not see: write `std`; call a variable otherwise\n\
             shop.rs:5: `static mut`: the explorer does not see it: use an atomic, a lock, or `thread_local!`",
        ),
    ];
    for (program, expected) in cases {
        let run = explore(program, &[]);
        assert_eq!(run.errors(), format!("error: {expected}\n"), "{program}");
        assert_eq!(run.status.code(), Some(2), "{program}");
    }
}

/// What ends badly is an outcome.
#[test]
fn programs_that_end_badly() {
    let cases = [
        (
            "use std::sync::atomic::{AtomicBool, Ordering::SeqCst};\nfn main() {\n    let open = AtomicBool::new(false);\n    \
             while !open.load(SeqCst) {}\n}\n",
            "bound",
            "m goes on for ever in line 4",
        ),
        (
            "use std::sync::Mutex;\nstruct Closes<'a>(&'a Mutex<u32>);\nimpl Drop for Closes<'_> {\n    \
             fn drop(&mut self) {\n        *self.0.lock().unwrap() += 1;\n    }\n}\n\
             fn main() {\n    let till = Mutex::new(0);\n    let _counting = till.lock().unwrap();\n    \
             let _closes = Closes(&till);\n}\n",
            "deadlock",
            "m waits for till in line 5, held by itself",
        ),
        (
            "use std::sync::Mutex;\nfn main() {\n    let till = Mutex::new(0);\n    std::mem::forget(till.lock());\n    \
             std::thread::scope(|scope| {\n        scope.spawn(|| *till.lock().unwrap() += 1);\n    });\n}\n",
            "deadlock",
            "a waits for till in line 6, held by m",
        ),
    ];
    for (program, kind, why) in cases {
        let run = explore(program, &["--json"]);
        let numbers: serde_json::Value =
            serde_json::from_str(&run.text()).unwrap_or_else(|_| panic!("{}", run.errors()));
        assert_eq!(numbers["outcomes"].as_array().map(Vec::len), Some(1), "{program}");
        let outcome = &numbers["outcomes"][0];
        assert_eq!((&outcome["kind"], &outcome["why"]), (&kind.into(), &why.into()), "{program}");
        assert_eq!(run.status.code(), Some(1), "{program}");
    }
}

/// What std lacks is in a crate of its own, which has a stand-in too.
#[test]
fn a_program_may_use_primitives() {
    let lost = "use primitives::futex::{wait, wake_one};\nuse std::process::ExitCode;\nuse std::sync::atomic::AtomicU32;\n\
                mod clerk {\n    pub use ::primitives::plain::Plain;\n}\n\
                fn main() -> ExitCode {\n    let bell = AtomicU32::new(0);\n    let page = clerk::Plain::new(7);\n    \
                std::thread::scope(|scope| {\n        scope.spawn(|| wake_one(&bell));\n        wait(&bell, 0);\n    });\n    \
                ExitCode::from(page.into_inner())\n}\n";
    let run = explore(lost, &["--json"]);
    let numbers: serde_json::Value = serde_json::from_str(&run.text()).unwrap_or_else(|_| panic!("{}", run.errors()));
    let outcomes: Vec<_> =
        numbers["outcomes"].as_array().into_iter().flatten().map(|o| (&o["why"], &o["count"])).collect();
    assert_eq!(outcomes, [(&"m waits for bell in line 12".into(), &"1".into()), (&"exit code 7".into(), &"1".into())]);
}

/// State that the explorer cannot see would merge what is not equal.
#[test]
fn hidden_state_is_noticed() {
    let hidden = "\
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;

struct Till(*mut u32);
unsafe impl Sync for Till {}

fn main() {
    let mut money = 0;
    let till = &Till(&raw mut money);
    let (seen, other) = (AtomicU32::new(0), AtomicU32::new(0));
    thread::scope(|scope| {
        scope.spawn(|| {
            seen.store(1, SeqCst);
            unsafe { *till.0 = 1 };
        });
        scope.spawn(|| {
            other.load(SeqCst);
            if unsafe { *till.0 } == 1 {
                seen.store(2, SeqCst);
            }
        });
    });
}
";
    let run = explore(hidden, &[]);
    assert_eq!(run.status.code(), Some(2), "{}", run.text());
    assert!(run.errors().contains("it depends on something that interleave does not see"), "{}", run.errors());
    let book = explored();
    book.write(MAIN, hidden);
    for command in ["test", "record"] {
        let fault = book.fault(&[command, "lost-update"]);
        assert!(fault.contains("FAILED concepts/lost-update schedules"), "{fault}");
        assert!(fault.contains("lost-update/src/main.rs:17: after the same observations `b`"), "{fault}");
    }
}

#[test]
fn the_record_is_the_same_each_time_and_says_nothing_of_the_machine() {
    let book = explored();
    assert_eq!(book.book(&["test"]).text(), "5 passed, 0 failed, 0 skipped\n");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    let record = book.read(RECORD);
    std::fs::remove_file(book.file(RECORD)).unwrap();
    assert!(book.fault(&["test", "lost-update"]).contains("schedules.json: there is no such record yet: run"));
    assert!(book.book(&["record", "lost-update"]).errors().contains("schedules.json: new"));
    assert_eq!(book.read(RECORD), record);
    assert!(!record.contains("/"), "{record}");
    for (whose, name, value) in [
        ("lost-update", "schedules", "6\n"),
        ("lost-update", "failing", "4\n"),
        ("lost-update", "outcomes", "2\n"),
        ("lost-update", "states", "16\n"),
        ("lost-update:ends", "failing", "0\n"),
        ("lost-update:ends", "outcomes", "1\n"),
    ] {
        assert_eq!(book.book(&["fact", whose, name]).text(), value, "{whose} {name}");
    }
}

#[test]
fn an_explored_listing_that_drifts() {
    let book = explored();
    book.edit(MAIN, "ledger.store(read + 1, SeqCst)", "ledger.fetch_add(read + 1, SeqCst)");
    assert_data_eq!(
        book.fault(&["test", "lost-update"]),
        str![[r#"
FAILED concepts/lost-update schedules
listings/concepts/lost-update/schedules.json: "lost-update" has other schedules now:

---- expected: listings/concepts/lost-update/schedules.json
++++ actual:   this run
   1    1 | ends: 6 schedules, 0 failing
   2    2 | 6 ok ""
   3      - two: 6 schedules, 4 failing
   4      - 2 ok "2/n"
   5      - 4 FAILS ok "1/n"
        3 + two: 6 schedules, 2 failing
        4 + 4 ok "2/n"
        5 + 2 FAILS ok "3/n"
If the change is meant, run `cargo book record lost-update` and read it against the text.

error: 1 passed, 1 failed, 0 skipped

"#]]
    );
    let stale = "schedules.json: was made by another version of the program: run `cargo book record lost-update`";
    assert!(book.fault(&["check"]).contains(stale));
    assert!(book.book(&["record", "lost-update"]).errors().contains("+ 2 FAILS ok \"3\\n\""));
    assert!(book.book(&["test", "lost-update"]).status.success());
    // The same outcomes by other steps, and the same steps by another text.
    book.write(MAIN, LOST_UPDATE.replace("        for", "\n        for"));
    assert!(book.book(&["record", "lost-update"]).status.success());
    book.write(MAIN, LOST_UPDATE);
    let fault = book.fault(&["test", "lost-update"]);
    assert!(fault.contains("the outcomes and their counts are the same, the steps to them are not"), "{fault}");
    let book = explored();
    book.edit(MAIN, "println!(\"{}\", ledger.load(SeqCst));", "println!(\"{}\", ledger.load(SeqCst)); // 1 or 2");
    assert!(book.fault(&["test", "lost-update"]).contains(stale));
}

#[test]
fn names_and_options_that_are_not_as_on_record() {
    let check = |path: &str, old: &str, new: &str, expected: &str| {
        let book = explored();
        book.edit(path, old, new);
        let fault = book.fault(&["check"]);
        assert!(fault.contains(expected), "{old} -> {new}: {fault}");
    };
    let near = "\"lost-update\" has no case \"tow\": did you mean \"two\"?";
    check(TWO, "{{#schedules lost-update}}", "{{#schedules lost-update:tow}}", &format!("two.md:5: {near}"));
    check(TWO, "fact lost-update failing", "fact lost-update:tow failing", &format!("two.md:7: {near}"));
    check(
        TWO,
        "fact lost-update failing",
        "fact lost-update fails",
        "two.md:7: \"lost-update\" has no fact \"fails\": did you mean \"failing\"?",
    );
    check(
        TWO,
        "{{#schedules lost-update}}",
        "{{#schedules hello}}",
        "the schedules of \"hello\" are not explored: add",
    );
    check(
        TWO,
        "fact lost-update:ends failing",
        "fact lost-update failing",
        "schedules.json: no page shows the schedules of the case \"ends\": write {{#schedules lost-update:ends}}, or remove \
         the case",
    );
    let again = "run `cargo book record lost-update`";
    check(
        MANIFEST,
        "good = [\"2\\n\"]",
        "good = [\"1\\n\"]",
        &format!("schedules.json: the case \"two\" is not on record with these options: {again}"),
    );
    check(
        MANIFEST,
        "name = \"two\"",
        "name = \"twice\"",
        &format!("schedules.json: the case \"two\" is on record and not in the manifest: {again}"),
    );
    check(MANIFEST, "name = \"ends\"", "name = \"two\"", "the case \"two\" is there twice: rename one of the two");
    check(MANIFEST, "name = \"ends\"", "name = \"The ends\"", "the case \"The ends\": name it by lower-case letters");
    check(MANIFEST, "name = \"ends\"", "", "[package.metadata.listing.schedules]: a case needs a `name`");
    check(MANIFEST, "output = \"ignored\"", "output = \"none\"", "schedules]: unknown variant `none`, expected one of");
    check(MANIFEST, "output = \"ignored\"", "spuriuos = 1", "schedules]: unknown field `spuriuos`, expected one of");
    check(
        MANIFEST,
        "output = \"ignored\"",
        "names = [\"ledger\"]",
        "schedules]: `names` is a map from the name that was found to the one to show: `names = { found = \"shown\" }`",
    );
    let book = explored();
    book.edit(MANIFEST, "output = \"ignored\"", "output = \"none\"");
    let fault = book.fault(&["check"]);
    assert!(!fault.contains("is the record of an explored listing"), "{fault}");
    check(MANIFEST, "output = \"ignored\"", "schedule = \"a\"", "a listing's record is of all schedules");
    check(
        MANIFEST,
        "class = \"P\"",
        "class = \"P\"\nfacts = { failing = \"(1)\" }",
        "the fact \"failing\" of an explored listing is counted: give this one another name",
    );
    check(
        RECORD,
        "\"version\": 1,\n \"cases\"",
        "\"version\": 2,\n \"cases\"",
        "no record of schedules: version 2, expected 1",
    );
    let book = explored();
    let manifest = book.read(MANIFEST);
    book.write(MANIFEST, &manifest[..manifest.find("[package.metadata.listing.schedules]").unwrap()]);
    let fault = book.fault(&["check"]);
    assert!(fault.contains("schedules.json: the record of an explored listing: add [package.metadata"), "{fault}");
    book.edit(MANIFEST, "class = \"P\"", "class = \"P\"\nrecords = [\"schedules.json\"]");
    let fault = book.fault(&["check"]);
    assert!(fault.contains("Cargo.toml: schedules.json is the record of an explored listing: add"), "{fault}");
}

/// A model that the program itself does not keep to is worth nothing.
#[test]
fn the_program_itself_ends_in_a_way_that_was_found() {
    let book = explored();
    book.edit(MAIN, "println!(\"{}\", ", "println!(\"{} {}\", std::any::type_name::<AtomicU32>(), ");
    let fault = book.fault(&["test", "lost-update"]);
    assert!(
        fault.contains("run by itself, the program ended with exit code 0 and printed \"core::sync::atomic::"),
        "{fault}"
    );
    assert!(fault.contains("which it does on no schedule that was explored. They end so:\n6 schedules, "), "{fault}");
    // It may hang where a deadlock was found.
    book.write(
        MAIN,
        "use std::sync::Mutex;\nfn main() {\n    let till = Mutex::new(0);\n    let _one = till.lock().unwrap();\n    \
         let _other = till.lock().unwrap();\n}\n",
    );
    assert!(book.book(&["record", "lost-update"]).status.success());
    assert_eq!(book.book(&["test", "lost-update"]).text(), "2 passed, 0 failed, 0 skipped\n");
}

#[test]
fn an_explored_listing_is_renamed_with_its_cases() {
    let book = explored();
    let run = book.book(&["rename", "lost-update", "lost-sale"]);
    assert!(run.status.success(), "{}", run.errors());
    let page = book.read(TWO);
    assert!(page.contains("fact lost-sale:ends failing") && !page.contains("lost-update"), "{page}");
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    assert!(book.book(&["explore", "lost-sale:ends"]).status.success());
}

#[test]
fn what_is_kept_compiled_is_compiled_anew_when_the_text_is_another() {
    let program = |n: u32| format!("fn main() {{\n    println!(\"{n}\");\n}}\n");
    for n in [1, 2, 1] {
        assert!(explore(&program(n), &[]).text().contains(&format!("1 of 1     ok           {n} ")));
    }
}
