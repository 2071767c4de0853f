//! The server: pages, their listener, and what follows a change of the text.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

/// Longer than anything takes, however busy the machine is.
const GENEROUS: Duration = Duration::from_secs(60);

/// A server on a free port; killed when dropped.
struct Server {
    child: Child,
    /// The lines of standard error.
    lines: Receiver<String>,
    /// What was read of standard error.
    said: String,
    port: u16,
}

impl Server {
    fn start(book: &Book) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_book"))
            .arg("-C")
            .arg(book.path())
            .args(["serve", "--port", "0"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (sender, lines) = channel();
        std::thread::spawn(move || stderr.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        let mut server = Server { child, lines, said: String::new(), port: 0 };
        let line = server.line_with("The book is at");
        let port = line.rsplit(':').next().unwrap().split('/').next().unwrap();
        server.port = port.parse().unwrap();
        server
    }

    /// The next line on standard error that contains `word`.
    fn line_with(&mut self, word: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(GENEROUS);
            let line = line.unwrap_or_else(|error| panic!("{error}: {word:?} was never said, but:\n{}", self.said));
            self.said += &format!("{line}\n");
            if line.contains(word) {
                return line;
            }
        }
    }

    fn connect(&self, path: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(GENEROUS)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n").unwrap();
        BufReader::new(stream)
    }

    fn get(&self, path: &str) -> String {
        let mut answer = Vec::new();
        self.connect(path).read_to_end(&mut answer).unwrap();
        String::from_utf8_lossy(&answer).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The data of the next status event.
fn status(events: &mut impl BufRead) -> serde_json::Value {
    for line in events.lines() {
        if let Some(data) = line.unwrap().strip_prefix("data: ") {
            return serde_json::from_str(data).unwrap();
        }
    }
    panic!("the events ended");
}

#[test]
fn a_change_is_built_and_told_and_a_fault_is_shown_over_the_last_good_page() {
    let book = Book::new();
    let mut server = Server::start(&book);
    let page = server.get("/concepts/one.html");
    assert!(page.starts_with("HTTP/1.1 200") && page.contains("A greeting"), "{page}");
    let mut events = server.connect("/__book/events");
    let first = status(&mut events);
    assert_eq!(first["fault"], serde_json::Value::Null);
    assert!(page.contains(&format!("/__book/reload.js?build={}", first["build"])), "{page}");

    book.edit("src/concepts/two.md", "# Two", "# Zwei");
    let second = status(&mut events);
    assert_ne!(second["build"], first["build"]);
    assert!(server.get("/concepts/two.html").contains("Zwei"));

    book.edit("src/concepts/two.md", "listing:hello", "listing:hallo");
    let third = status(&mut events);
    let fault = "src/concepts/two.md:3: unknown listing \"hallo\": did you mean \"hello\"?";
    assert!(third["fault"].as_str().unwrap().contains(fault), "{third}");
    server.line_with(fault);
    server.line_with("The last version that could be built is still shown.");
    assert!(server.get("/concepts/two.html").contains("Zwei"), "the last good page is still there");

    book.edit("src/concepts/two.md", "listing:hallo", "listing:hello");
    assert_eq!(status(&mut events)["fault"], serde_json::Value::Null);
}

#[test]
fn a_change_of_a_quiz_is_followed() {
    let book = Book::new();
    let quiz = "quizzes/one.toml";
    book.write(
        quiz,
        "[[questions]]\nid = \"a\"\ntype = \"ShortAnswer\"\nprompt.prompt = \"How much?\"\nanswer.answer = \"2\"\n",
    );
    book.edit("src/concepts/two.md", "# Two\n", "# Two\n\n{{#quiz one}}\n");
    let server = Server::start(&book);
    assert!(server.get("/concepts/two.html").contains("How much?"));
    let mut events = server.connect("/__book/events");
    assert_eq!(status(&mut events)["fault"], serde_json::Value::Null);
    book.edit(quiz, "How much?", "How many?");
    assert_eq!(status(&mut events)["fault"], serde_json::Value::Null);
    assert!(server.get("/concepts/two.html").contains("How many?"));
    book.edit(quiz, "answer.answer", "answer.anser");
    let fault = "quizzes/one.toml:5: unknown field `answer.anser`: did you mean \"answer\"?";
    assert!(status(&mut events)["fault"].as_str().unwrap().contains(fault));
}

#[test]
fn the_search_and_the_print_page_are_there_at_first_and_follow_a_change_untold() {
    let book = Book::new();
    let mut server = Server::start(&book);
    let has_search = |page: &str| page.contains("searchbar");
    assert!(has_search(&server.get("/concepts/one.html")));
    assert!(server.get("/print.html").contains("A greeting"));
    let mut events = server.connect("/__book/events");
    status(&mut events);

    book.edit("src/concepts/two.md", "# Two", "# Zwei");
    let second = status(&mut events);
    server.line_with("the search and the print page are there too");
    assert!(server.get("/print.html").contains("Zwei"));
    let page = server.get("/concepts/two.html");
    assert!(has_search(&page) && page.contains("Zwei"), "{page}");
    assert!(page.contains(&format!("/__book/reload.js?build={}", second["build"])), "{page}");
    assert_eq!(server.said.matches("built in").count(), 2, "{}", server.said);

    // Had the pages been told of the search, this would be what they were told.
    book.edit("src/concepts/two.md", "# Zwei", "# Deux");
    assert_ne!(status(&mut events)["build"], second["build"]);
    assert!(server.get("/concepts/two.html").contains("Deux"));
}

#[test]
fn links_in_a_circle_are_no_end_of_the_server() {
    let book = Book::new();
    for name in ["src/a", "src/b"] {
        std::os::unix::fs::symlink(".", book.file(name)).unwrap();
    }
    let server = Server::start(&book);
    assert!(server.get("/__book/").contains("\"reload\":true"));
}

#[test]
fn a_page_too_large_for_the_listener_is_served_as_it_is() {
    let book = Book::new();
    let length = (32 << 20) + 1;
    std::fs::File::create(book.file("src/large.html")).unwrap().set_len(length).unwrap();
    let server = Server::start(&book);
    let answer = server.get("/large.html");
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    assert_eq!(body.len() as u64, length);
    assert!(body.bytes().all(|byte| byte == 0));
}

#[test]
#[cfg(target_os = "linux")]
fn what_ended_servers_left_is_removed_and_what_others_serve_is_not() {
    let book = Book::new();
    // No process has the first of these numbers; the second is this test's.
    let [ended, lives] = [u32::MAX, std::process::id()].map(|id| format!("target/serve/{id}/a/index.html"));
    book.write(&ended, "old");
    book.write(&lives, "new");
    let _server = Server::start(&book);
    assert!(!book.file(&format!("target/serve/{}", u32::MAX)).exists());
    assert_eq!(book.read(&lives), "new");
}

#[test]
fn a_record_on_the_page_follows_its_file() {
    let book = Book::new();
    let server = Server::start(&book);
    let mut events = server.connect("/__book/events");
    status(&mut events);
    book.edit("listings/concepts/hello/output.txt", "hello", "good day");
    status(&mut events);
    assert!(server.get("/concepts/one.html").contains("good day"));
}

#[test]
fn addresses_that_lead_nowhere_or_out_are_refused() {
    let book = Book::new();
    let server = Server::start(&book);
    for path in ["/no/such/page.html", "/../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%2fCargo.toml", "/__book/none"] {
        let answer = server.get(path);
        assert!(answer.starts_with("HTTP/1.1 404"), "{path}: {answer}");
        assert!(!answer.contains("[workspace]"), "{path}: {answer}");
    }
    assert!(server.get("/no/such/page.html").contains("Document not found"));
    assert!(server.get("/__book/").contains("\"reload\":true"));
}

#[test]
fn a_book_that_cannot_be_built_is_served_with_the_reason_and_then_mended() {
    let book = Book::new();
    book.edit("src/concepts/one.md", "{{#cast hello}}", "{{#cats hello}}");
    let server = Server::start(&book);
    assert!(server.said.contains("not built: ") && !server.said.contains("still shown"), "{}", server.said);
    assert!(server.get("/").contains("The book cannot be built yet"));
    let mut events = server.connect("/__book/events");
    assert!(status(&mut events)["fault"].as_str().unwrap().contains("unknown directive \"cats\""));
    book.edit("src/concepts/one.md", "{{#cats hello}}", "{{#cast hello}}");
    assert_eq!(status(&mut events)["fault"], serde_json::Value::Null);
    assert!(server.get("/").contains("A greeting"));
}

#[test]
fn a_port_in_use_is_said_before_anything_is_built() {
    let book = Book::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let fault = book.fault(&["serve", "--port", &port.to_string()]);
    let expected = format!(
        "error: port {port} is in use: stop the other server, or choose another with --port {}\n",
        port.wrapping_add(1)
    );
    assert_eq!(fault, expected);
    assert!(!book.file("target/serve").exists());
}
