//! The server: pages, their listener, and what follows a change of the text.
#![cfg(unix)]

mod fixture;

use fixture::Book;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

/// Longer than anything takes, however busy the machine is.
const GENEROUS: Duration = Duration::from_secs(60);

/// A server on a free port; killed when dropped.
struct Server {
    child: Child,
    stderr: BufReader<ChildStderr>,
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
        let mut server = Server { stderr: BufReader::new(child.stderr.take().unwrap()), child, port: 0 };
        let line = server.line_with("The book is at");
        let port = line.rsplit(':').next().unwrap().split('/').next().unwrap();
        server.port = port.parse().unwrap();
        server
    }

    /// The next line on standard error that contains `word`.
    fn line_with(&mut self, word: &str) -> String {
        let mut line = String::new();
        while !line.contains(word) {
            line.clear();
            assert_ne!(self.stderr.read_line(&mut line).unwrap(), 0, "the server ended before it said {word:?}");
        }
        line
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
    assert!(server.get("/concepts/two.html").contains("Zwei"), "the last good page is still there");

    book.edit("src/concepts/two.md", "listing:hallo", "listing:hello");
    assert_eq!(status(&mut events)["fault"], serde_json::Value::Null);
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
