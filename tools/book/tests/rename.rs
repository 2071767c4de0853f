//! `cargo book rename`: mentions and old addresses follow, and nothing is half done.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use std::collections::BTreeMap;
use std::path::Path;

const MANIFEST: &str = "listings/concepts/hello/Cargo.toml";

/// The fixture's book, and what it lacks: a recording of the Python form, a namesake of the page in another part, and a listing
/// that depends on the one to be renamed.
fn book() -> Book {
    let book = Book::new();
    book.edit(MANIFEST, "\"python/hello.txt\"]", "\"python/hello.txt\", \"python/hello.cast\"]");
    book.edit(
        MANIFEST,
        "facts = {",
        "screens = { \"run.cast\" = 'hello[^$]*', \"python/hello.cast\" = 'hello\\s*' }\nfacts = {",
    );
    book.edit("src/concepts/one.md", "{{#cast hello}}\n", "{{#cast hello}}\n\n{{#cast hello:python}}\n");
    let cast = "{\"version\": 2, \"width\": 60, \"height\": 4}\n[0.1, \"o\", \"hello\\r\\n\"]\n";
    book.write("listings/concepts/hello/python/hello.cast", cast);
    let run = book.book(&["record", "hello"]);
    assert!(run.status.success(), "{}", run.errors());
    book.edit("src/SUMMARY.md", "(concepts/two.md)\n", "(concepts/two.md)\n- [Threads](threads/one.md)\n");
    book.write(
        "src/threads/one.md",
        "# Threads\n\nSee [here](#threads), [one](one.md) and [two](../concepts/two.md).\n",
    );
    book
}

fn rename(book: &Book, old: &str, new: &str) -> String {
    let run = book.book(&["rename", old, new]);
    assert!(run.status.success(), "{}", run.errors());
    run.text()
}

#[track_caller]
fn assert_whole(book: &Book) {
    let run = book.book(&["check"]);
    assert!(run.status.success(), "{}", run.errors());
    let run = book.book(&["build"]);
    assert!(run.status.success(), "{}", run.errors());
}

/// `[output.html.redirect]`.
fn redirects(book: &Book) -> BTreeMap<String, String> {
    let settings: toml_edit::DocumentMut = book.read("book.toml").parse().unwrap();
    let table = settings["output"]["html"].get("redirect").and_then(|table| table.as_table());
    let entries = table.into_iter().flat_map(|table| table.iter());
    entries.map(|(from, to)| (from.to_owned(), to.as_str().unwrap().to_owned())).collect()
}

/// Every file but what was built.
fn files(dir: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(dir).unwrap().map(Result::unwrap) {
        if entry.file_name() == "target" {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            files.extend(self::files(&entry.path()));
        } else if entry.file_type().unwrap().is_file() {
            files.insert(entry.path().display().to_string(), std::fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn a_listing_takes_every_mention_and_address_along() {
    let book = book();
    let answer = rename(&book, "hello", "greeting");
    let page = book.read("src/concepts/one.md");
    assert!(!page.contains("hello"), "{page}");
    let manifest = book.read("listings/concepts/greeting/Cargo.toml");
    for line in [
        "name = \"greeting\"\nedition",
        "[[bin]]\nname = \"greeting\"",
        "records = [\"output.txt\", \"run.cast\", \"python/greeting.txt\", \"python/greeting.cast\"]",
        "screens = { \"run.cast\" = 'hello[^$]*', \"python/greeting.cast\" = 'hello\\s*' }",
    ] {
        assert!(manifest.contains(line), "{manifest}");
    }
    let records = book.read("listings/concepts/greeting/records.json");
    assert!(records.contains("\"python/greeting.cast\"") && !records.contains("hello"), "{records}");
    // Files as they are called now.
    let expected = "changed Cargo.lock\nchanged book.toml\nchanged listings/concepts/greeting\n\
                    changed listings/concepts/greeting/Cargo.toml\n\
                    changed listings/concepts/greeting/python/greeting.cast\n\
                    changed listings/concepts/greeting/python/greeting.py\n\
                    changed listings/concepts/greeting/python/greeting.txt\n\
                    changed listings/concepts/greeting/records.json\n\
                    changed src/concepts/one.md\nchanged src/concepts/two.md\nNow run `cargo book check`.\n";
    assert_eq!(answer, expected);
    let expected = [
        ("hello", "greeting"),
        ("hello-cast", "greeting-cast"),
        ("hello-python", "greeting-python"),
        ("hello-python-cast", "greeting-python-cast"),
        ("hello-whole", "greeting-whole"),
        ("hello.e0308", "greeting.e0308"),
        ("hello.greet", "greeting.greet"),
    ];
    let expected = expected.map(|(old, new)| (format!("/concepts/one.html#{old}"), format!("#{new}")));
    assert_eq!(redirects(&book), BTreeMap::from(expected));
    assert_whole(&book);
    let run = book.book(&["test"]);
    assert!(run.status.success(), "{}", run.errors());
}

#[test]
fn a_listing_is_named_in_many_ways_and_others_are_left_alone() {
    let book = book();
    let manifest = "[package]\nname = \"hello-twin\"\nedition = \"2024\"\n\n[package.metadata.listing]\ntitle = \"A twin\"\n\
                    class = \"N\"\nstable = \"hello\" # prints the same\n\n[dependencies]\n# The first.\nhello = { path = \"../hello\" }\n\n\
                    [dev-dependencies]\nhello.path = \"../hello\"\n\n[target.'cfg(unix)'.dependencies]\n\
                    hello = { package = \"hello\", path = \"../hello/\" }\n";
    book.write("listings/concepts/hello-twin/Cargo.toml", manifest);
    book.write("listings/concepts/hello-twin/src/main.rs", "// Twice.\nfn main() {\n    hello::greet();\n}\n");
    book.write("listings/concepts/hello/src/lib.rs", "pub fn greet() {}\n");
    book.write(
        "listings/concepts/hello/tests/program.rs",
        "// cargo test -p hello, and not -p hello-twin\nconst PROGRAM: &str = env!(\"CARGO_BIN_EXE_hello\");\n\
         const ARGS: [&str; 2] = [\"-p\", \"hello\"];\nconst FORM: &str = \"python/hello.py\";\n",
    );
    book.write(
        "src/concepts/two.md",
        "# Two\n\nSee [one](one.md#one), [it](listing:hello), [twin](listing:hello-twin), [lines](one.md#hello.greet \"hello\"),\n\
         `hello`, `hello x` and `cargo run -p  hello`. Say hello.\n\n\
         <!--  cmdrun cargo  book  fact  hello  letters --> letters, and [it](listing:hello#greet).\n\n\
         {{#listing   hello-twin }}\n\n{{# listing   hello:greet}}\n\n```console\n$ cargo book test hello hello-twin\n$ cargo book run hello hello\n$ cargo book test -p hello\n```\n",
    );
    let cargo = |lock: &str| {
        let cargo = listing::run::Run::new("cargo").args(["metadata", "--offline", "--format-version", "1", lock]);
        let run = cargo.dir(book.path()).finish().unwrap();
        assert!(run.status.success(), "{}", run.errors());
    };
    cargo("--quiet");
    book.write("tools/a/Cargo.toml", "[package]\nname = \"a\"\n");
    let answer = rename(&book, "hello", "welcome");
    assert!(!answer.contains("tools") && !answer.contains("changed Cargo.toml"), "{answer}");
    // Cargo.lock is as cargo itself would write it.
    let lock = book.read("Cargo.lock");
    cargo("--quiet");
    assert_eq!(lock, book.read("Cargo.lock"));
    let expected = "# Two\n\nSee [one](one.md#one), [it](listing:welcome), [twin](listing:hello-twin), \
         [lines](one.md#welcome.greet \"hello\"),\n\
         `welcome`, `hello x` and `cargo run -p  welcome`. Say hello.\n\n\
         <!--  cmdrun cargo  book  fact  welcome  letters --> letters, and [it](listing:welcome#greet).\n\n\
         {{#listing   hello-twin }}\n\n{{# listing   welcome:greet}}\n\n```console\n$ cargo book test welcome hello-twin\n$ cargo book run welcome hello\n$ cargo book test -p welcome\n```\n";
    assert_eq!(book.read("src/concepts/two.md"), expected);
    let expected = "// cargo test -p welcome, and not -p hello-twin\nconst PROGRAM: &str = env!(\"CARGO_BIN_EXE_welcome\");\n\
                    const ARGS: [&str; 2] = [\"-p\", \"welcome\"];\nconst FORM: &str = \"python/welcome.py\";\n";
    assert_eq!(book.read("listings/concepts/welcome/tests/program.rs"), expected);
    let expected = manifest
        .replace("stable = \"hello\"", "stable = \"welcome\"")
        .replace("\nhello = ", "\nwelcome = ")
        .replace("hello.path", "welcome.path")
        .replace("package = \"hello\"", "package = \"welcome\"")
        .replace("../hello/", "../welcome")
        .replace("../hello\"", "../welcome\"");
    assert_eq!(book.read("listings/concepts/hello-twin/Cargo.toml"), expected);
    assert!(book.read("listings/concepts/hello-twin/src/main.rs").contains("    welcome::greet();"));
}

#[test]
fn links_to_a_page_follow_and_those_to_its_namesake_do_not() {
    let book = book();
    book.edit("src/concepts/one.md", "# One\n", "# One\n\nHere: [top](#one), [me](one.md).\n");
    book.edit(
        "src/threads/one.md",
        "# Threads\n",
        "# Threads\n\n[There](../concepts/one.md#one), [there](../concepts/../concepts/one.html).\n",
    );
    let text = "# Two\n\n[a](one.md \"one.md\"), [b](<one.md#one>), ![c](one.md 'x'), [one.md][d], [e], [![f](one.md)](one.md#one)\n\
                [g](../threads/one.md), [h](https://example.org/one.md), [i](xone.md), `[j](one.md)`, [k](./one.md).\n\n\
                <p><a class=\"x\"\nhref=\"one.md#one\">l</a> <a href='one.html'>m</a> <a href=\"../threads/one.html\">n</a></p>\n\n\
                > <!-- cmdrun cargo book fact hello letters --> [q](one.md)\n\n\
                ```text\n[o](one.md) <a href=\"one.md\">\n```\n\n[d]: one.md#one \"one.md\"\n[e]:\n  <../concepts/one.md>\n";
    book.write("src/concepts/two.md", text);
    rename(&book, "concepts/one", "concepts/the-first");
    let expected = "# Two\n\n[a](the-first.md \"one.md\"), [b](<the-first.md#one>), ![c](the-first.md 'x'), [one.md][d], [e], [![f](the-first.md)](the-first.md#one)\n\
                [g](../threads/one.md), [h](https://example.org/one.md), [i](xone.md), `[j](one.md)`, [k](./the-first.md).\n\n\
                <p><a class=\"x\"\nhref=\"the-first.md#one\">l</a> <a href='the-first.html'>m</a> <a href=\"../threads/one.html\">n</a></p>\n\n\
                > <!-- cmdrun cargo book fact hello letters --> [q](the-first.md)\n\n\
                ```text\n[o](one.md) <a href=\"one.md\">\n```\n\n[d]: the-first.md#one \"one.md\"\n[e]:\n  <../concepts/the-first.md>\n";
    assert_eq!(book.read("src/concepts/two.md"), expected);
    let threads = "# Threads\n\n[There](../concepts/the-first.md#one), [there](../concepts/../concepts/the-first.html).\n\n\
                   See [here](#threads), [one](one.md) and [two](../concepts/two.md).\n";
    assert_eq!(book.read("src/threads/one.md"), threads);
    assert!(book.read("src/concepts/the-first.md").contains("[top](#one), [me](the-first.md)."));
    let summary =
        "# Summary\n\n- [One](concepts/the-first.md)\n- [Two](concepts/two.md)\n- [Threads](threads/one.md)\n";
    assert_eq!(book.read("src/SUMMARY.md"), summary);
    assert_eq!(redirects(&book), BTreeMap::from([("/concepts/one.html".to_owned(), "the-first.html".to_owned())]));
}

#[test]
fn a_page_that_is_gone_leads_to_the_new_names_of_its_listings() {
    let book = book();
    rename(&book, "concepts/one", "concepts/first");
    rename(&book, "hello", "greeting");
    rename(&book, "concepts/first", "concepts/start");
    assert_whole(&book);
    let redirects = redirects(&book);
    for page in ["one", "first"] {
        assert_eq!(redirects[&format!("/concepts/{page}.html")], "start.html");
        assert_eq!(redirects[&format!("/concepts/{page}.html#hello.greet")], "start.html#greeting.greet");
        let built = book.read(&format!("target/html/concepts/{page}.html"));
        assert!(built.contains("\"#hello\":\"start.html#greeting\""), "{built}");
        assert!(built.contains("URL=start.html\""), "{built}");
    }
}

#[test]
fn a_target_is_read_from_the_folder_of_its_own_key() {
    let book = book();
    let table = "\n# By hand.\n[output.html.redirect]\n\"/old.html\" = \"concepts/one.html#one\" # since 2025\n\
                 \"/threads/old.html\" = \"../concepts/one.html\"\n\"/threads/older.html\" = \"one.html\"\n\
                 \"/away.html\" = \"https://example.org/concepts/one.html\"\n";
    let back = "\"/concepts/first.html\" = \"one.html\"\n\"/concepts/first.html#top\" = \"one.html#top\"\n";
    book.write("book.toml", book.read("book.toml") + table + back);
    rename(&book, "concepts/one", "concepts/first");
    let settings = book.read("book.toml");
    let expected = "\n# By hand.\n[output.html.redirect]\n\"/old.html\" = \"concepts/first.html#one\" # since 2025\n\
                    \"/threads/old.html\" = \"../concepts/first.html\"\n\"/threads/older.html\" = \"one.html\"\n\
                    \"/away.html\" = \"https://example.org/concepts/one.html\"\n\"/concepts/one.html\" = \"first.html\"\n";
    assert!(settings.ends_with(expected), "{settings}");
    assert_whole(&book);
}

#[test]
fn away_and_back_is_a_book_that_builds() {
    let book = book();
    let before = files(book.path());
    rename(&book, "hello", "greeting");
    rename(&book, "concepts/one", "concepts/first");
    rename(&book, "concepts/first", "concepts/one");
    rename(&book, "greeting", "hello");
    let redirects = redirects(&book);
    let names: Vec<&str> = redirects.keys().map(String::as_str).collect();
    let expected = [
        "/concepts/first.html",
        "/concepts/first.html#greeting",
        "/concepts/first.html#greeting-cast",
        "/concepts/first.html#greeting-python",
        "/concepts/first.html#greeting-python-cast",
        "/concepts/first.html#greeting-whole",
        "/concepts/first.html#greeting.e0308",
        "/concepts/first.html#greeting.greet",
        "/concepts/one.html#greeting",
        "/concepts/one.html#greeting-cast",
        "/concepts/one.html#greeting-python",
        "/concepts/one.html#greeting-python-cast",
        "/concepts/one.html#greeting-whole",
        "/concepts/one.html#greeting.e0308",
        "/concepts/one.html#greeting.greet",
    ];
    assert_eq!(names, expected);
    assert_eq!(redirects["/concepts/first.html#greeting"], "one.html#hello");
    assert_eq!(redirects["/concepts/one.html#greeting"], "#hello");
    assert_whole(&book);
    let mut after = files(book.path());
    let settings = book.file("book.toml").display().to_string();
    after.insert(settings.clone(), before[&settings].clone());
    assert_eq!(before, after);
}

#[test]
fn a_redirect_to_what_is_gone_is_told_with_its_line() {
    let book = book();
    let table = "\n[output.html.redirect]\n\"/old.html\" = \"concepts/one.html#one\"\n\"/older.html\" = \"old.html\"\n\
                 \"/older.html#x\" = \"old.html#one\"\n\"/away.html\" = \"https://example.org/gone.html\"\n\
                 \"/concepts/one.html#uno\" = \"#one\"\n\"/concepts/one.html#un\" = \"#uno\"\n\"/concepts/uno.html\" = \"two.html\"\n";
    book.write("book.toml", book.read("book.toml") + table);
    assert_whole(&book);
    let lines = book.read("book.toml").lines().count();
    let gone = "\"/gone.html\" = \"concepts/won.html\"\n\"/concepts/one.html#eins\" = \"#hello.gret\"\n\
                \"/concepts/uno.html#x\" = \"../concepts/two.html#x\"\n\"/older.html#y\" = \"old.html#eins\"\n";
    book.write("book.toml", book.read("book.toml") + gone);
    let fault = |line: usize, from: &str, to: &str| {
        let line = lines + line;
        format!(
            "book.toml:{line}: the redirect from \"{from}\" leads to \"{to}\", which is gone: lead it elsewhere, or remove it\n"
        )
    };
    let expected = [
        "error: 4 faults in the book:\n".to_owned(),
        fault(1, "/gone.html", "concepts/won.html"),
        fault(2, "/concepts/one.html#eins", "#hello.gret"),
        fault(3, "/concepts/uno.html#x", "../concepts/two.html#x"),
        fault(4, "/older.html#y", "old.html#eins"),
    ];
    assert_eq!(book.fault(&["check"]), expected.concat());
}

#[test]
fn a_page_under_an_old_name_keeps_its_own_fragments() {
    let book = book();
    rename(&book, "concepts/one", "concepts/first");
    rename(&book, "hello", "greeting");
    // Another page takes the name, and has a listing that stands on both.
    book.edit("src/concepts/two.md", "# Two\n", "# Two\n\n{{#listing greeting}}\n");
    rename(&book, "greeting", "hello");
    rename(&book, "concepts/two", "concepts/one");
    let redirects = redirects(&book);
    assert!(!redirects.contains_key("/concepts/one.html") && !redirects.contains_key("/concepts/one.html#hello"));
    assert_eq!(redirects["/concepts/one.html#greeting"], "first.html#hello");
    assert_eq!(redirects["/concepts/two.html"], "one.html");
    assert_eq!(redirects["/concepts/two.html#greeting"], "one.html#hello");
    assert_whole(&book);
}

#[test]
fn what_is_refused_changes_nothing() {
    let book = book();
    let before = files(book.path());
    let no_page = |name: &str| {
        format!(
            "error: \"{name}\" is no name of a page: write its part and lower-case words joined by hyphens, such as \
             concepts/the-spinner\n"
        )
    };
    for name in ["concepts/One", "concepts/a b", "concepts/../x", "/concepts/x", "/etc/x", "concepts/", "concepts/-x"] {
        assert_eq!(book.fault(&["rename", "concepts/one", name]), no_page(name));
    }
    for (old, new, expected) in [
        (
            "concepts/one",
            "x",
            "error: a page stays in its part: give the new name the same folder as \"concepts/one\"\n",
        ),
        ("concepts/one", "concepts/one", "error: src/concepts/one.md exists already: choose another name\n"),
        ("concepts/../concepts/one", "concepts/x", "error: no page \"concepts/../concepts/one\": did you mean"),
        ("hello", "../x", "error: \"../x\" is no slug: lower-case words joined by hyphens, such as lost-update\n"),
        ("hello", "concepts/x", "error: \"concepts/x\" is no slug: lower-case words joined by hyphens"),
        ("hello", "Hello", "error: \"Hello\" is no slug: lower-case words joined by hyphens, such as lost-update\n"),
    ] {
        let fault = book.fault(&["rename", old, new]);
        assert!(fault.starts_with(expected), "{fault}");
    }
    // Without a record nobody can tell what the page's addresses are.
    std::fs::remove_file(book.file("listings/concepts/hello/run.cast")).unwrap();
    let fault = book.fault(&["rename", "hello", "greeting"]);
    assert!(fault.contains("before this is mended: 1 fault in the book:\nsrc/concepts/one.md:15: "), "{fault}");
    assert!(fault.contains("run `cargo book record hello`"), "{fault}");
    book.write(
        "listings/concepts/hello/run.cast",
        &before[&book.file("listings/concepts/hello/run.cast").display().to_string()],
    );
    assert_eq!(before, files(book.path()));
}

#[test]
fn what_cannot_be_moved_leaves_everything_as_it_was() {
    let book = book();
    let before = files(book.path());
    // The last step: a folder cannot take the place of a link.
    std::os::unix::fs::symlink("nowhere", book.file("listings/concepts/greeting")).unwrap();
    let fault = book.fault(&["rename", "hello", "greeting"]);
    let expected = "error: nothing is renamed, and what was written is put back: cannot move listings/concepts/hello to \
                    listings/concepts/greeting: ";
    assert!(fault.starts_with(expected), "{fault}");
    assert_eq!(before, files(book.path()));
    std::fs::remove_file(book.file("listings/concepts/greeting")).unwrap();
    assert_whole(&book);
}
