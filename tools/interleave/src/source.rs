//! What the program's text says about a place: what the object made there is called, and where a guard taken there is
//! given back.
//!
//! ```text
//! let ledger = Mutex::new(0);       the mutex is `ledger`
//! Fork { lock: Mutex::new(()) }     the mutex is `lock`
//! let line = ledger.lock().unwrap();
//! drop(line);                       … and this is where it is unlocked
//! ```

use ra_ap_rustc_lexer::{FrontmatterAllowed, TokenKind, tokenize};

use crate::world::SourcePlace;

/// A program's text, in tokens.
#[derive(Debug, Default)]
pub(crate) struct Source {
    tokens: Vec<Token>,
}

#[derive(Debug)]
struct Token {
    text: String,
    line: u32,
    column: u32,
}

impl Source {
    /// The file of a place, as the compiler named it: from here, or from a folder above.
    pub(crate) fn find(file: &str) -> Option<Source> {
        let here = std::env::current_dir().ok()?;
        here.ancestors()
            .find_map(|folder| std::fs::read_to_string(folder.join(file)).ok())
            .map(|text| Source::new(&text))
    }

    pub(crate) fn new(text: &str) -> Source {
        let mut tokens = Vec::new();
        let (mut at, mut line, mut column) = (0, 1, 1);
        for token in tokenize(text, FrontmatterAllowed::No) {
            let piece = &text[at..at + token.len as usize];
            at += piece.len();
            let blank = matches!(
                token.kind,
                TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. }
            );
            if !blank {
                tokens.push(Token { text: piece.into(), line, column });
            }
            for letter in piece.chars() {
                if letter == '\n' {
                    line += 1;
                    column = 1;
                } else {
                    column += 1;
                }
            }
        }
        Source { tokens }
    }

    fn text(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |token| &token.text)
    }

    fn at(&self, place: &SourcePlace) -> Option<usize> {
        self.tokens.iter().position(|token| (token.line, token.column) == (place.line, place.column))
    }

    /// The name of what is made at this place.
    pub(crate) fn name(&self, place: &SourcePlace) -> Option<String> {
        let mut at = self.at(place)?;
        let mut depth = 0_usize;
        let mut commas = 0;
        let mut in_tuple = None;
        while at > 0 {
            at -= 1;
            match self.text(at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                "(" => {
                    // An element of a tuple, if nothing is called.
                    let called = self.text(at.wrapping_sub(1)).starts_with(|c: char| c.is_alphanumeric() || c == '_');
                    in_tuple = (!called && self.text(at.wrapping_sub(1)) == "=").then_some(commas);
                    commas = 0;
                }
                "[" | "{" => commas = 0,
                _ if depth > 0 => {}
                "," => commas += 1,
                ";" | "fn" => return None,
                "let" | "static" | "const" => return self.pattern(at + 1, in_tuple),
                ":" if self.is_field(at) => return Some(self.text(at - 1).to_owned()),
                _ => {}
            }
        }
        None
    }

    /// `name:` in the literal of a struct, not a type's `name: Type` or a path's `::`.
    fn is_field(&self, colon: usize) -> bool {
        let name = colon > 0 && self.text(colon - 1).starts_with(|c: char| c.is_alphabetic() || c == '_');
        let path = self.text(colon + 1) == ":" || (colon > 0 && self.text(colon - 1) == ":");
        name && !path && colon > 1 && matches!(self.text(colon - 2), "{" | ",")
    }

    fn pattern(&self, mut at: usize, in_tuple: Option<usize>) -> Option<String> {
        while matches!(self.text(at), "mut" | "ref") {
            at += 1;
        }
        if self.text(at) != "(" && self.text(at) != "[" {
            return self
                .text(at)
                .starts_with(|c: char| c.is_alphabetic() || c == '_')
                .then(|| self.text(at).to_owned());
        }
        let close = (at..self.tokens.len()).find(|&at| matches!(self.text(at), ")" | "]"))?;
        let names: Vec<&str> = (at + 1..close)
            .map(|at| self.text(at))
            .filter(|text| *text != "mut" && text.starts_with(|c: char| c.is_alphabetic() || c == '_'))
            .collect();
        match in_tuple {
            Some(element) => names.get(element).map(|name| (*name).to_owned()),
            None if names.is_empty() => None,
            None => Some(names.join("/")),
        }
    }

    /// The line where the guard that a lock at this place gives is dropped.
    pub(crate) fn unlocked(&self, place: &SourcePlace) -> Option<u32> {
        let lock = self.at(place)?;
        let start = self.statement(lock);
        let mut after = self.close(lock + 1)? + 1;
        // What only unwraps the guard keeps it.
        while self.text(after) == "?" || (self.text(after) == "." && self.unwraps(after + 1)) {
            after = if self.text(after) == "?" { after + 1 } else { self.close(after + 2)? + 1 };
        }
        let bound = self.text(start) == "let" && self.text(after) == ";";
        if !bound {
            return self.end_of_statement(start, after);
        }
        let name = self.pattern(start + 1, None)?;
        let end = self.end_of_block(after)?;
        let dropped = (after..end).find(|&at| {
            self.text(at) == "drop" && self.text(at + 1) == "(" && self.text(at + 2) == name && self.text(at + 3) == ")"
        });
        Some(self.tokens[dropped.unwrap_or(end)].line)
    }

    fn unwraps(&self, at: usize) -> bool {
        matches!(self.text(at), "unwrap" | "expect" | "unwrap_or_else") && self.text(at + 1) == "("
    }

    /// The first token of the statement that this one stands in.
    fn statement(&self, of: usize) -> usize {
        let mut depth = 0_usize;
        for at in (0..of).rev() {
            match self.text(at) {
                ")" | "]" | "}" => depth += 1,
                "(" | "[" if depth == 0 => {}
                "(" | "[" | "{" if depth > 0 => depth -= 1,
                "{" => return at + 1,
                ";" if depth == 0 => return at + 1,
                _ => {}
            }
            // A block that ended before is a statement of its own.
            if depth == 1 && self.text(at) == "}" && !matches!(self.text(at + 1), "." | "?" | "," | ")" | "else") {
                return at + 1;
            }
        }
        0
    }

    /// Where the bracket that opens at `open` closes.
    fn close(&self, open: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open..self.tokens.len() {
            match self.text(at) {
                "(" | "[" | "{" => depth += 1,
                ")" | "]" | "}" => {
                    depth = depth.checked_sub(1)?;
                    if depth == 0 {
                        return Some(at);
                    }
                }
                _ if depth == 0 => return None,
                _ => {}
            }
        }
        None
    }

    /// Where the block that holds this token closes.
    fn end_of_block(&self, from: usize) -> Option<usize> {
        let mut depth = 0_usize;
        (from..self.tokens.len()).find(|&at| match self.text(at) {
            "{" | "(" | "[" => {
                depth += 1;
                false
            }
            "}" | ")" | "]" if depth > 0 => {
                depth -= 1;
                false
            }
            "}" => true,
            _ => false,
        })
    }

    fn end_of_statement(&self, start: usize, from: usize) -> Option<u32> {
        let control = matches!(self.text(start), "match" | "if" | "while" | "for");
        let mut depth = 0_usize;
        for at in from..self.tokens.len() {
            match self.text(at) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" if depth > 0 => {
                    depth -= 1;
                    if control && depth == 0 && self.text(at) == "}" && self.text(at + 1) != "else" {
                        return Some(self.tokens[at].line);
                    }
                }
                ";" | "," | "}" if depth == 0 => return Some(self.tokens[at].line),
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place of the first `needle` in the text.
    fn place(text: &str, needle: &str) -> SourcePlace {
        let at = text.find(needle).unwrap();
        let line = text[..at].matches('\n').count() as u32 + 1;
        let column = text[..at].chars().rev().take_while(|&c| c != '\n').count() as u32 + 1;
        SourcePlace { file: String::new(), line, column }
    }

    #[test]
    fn an_object_has_the_name_of_what_it_is_put_into() {
        for (text, name) in [
            ("fn main() { let ledger = Mutex::new(0); }", Some("ledger")),
            ("fn main() { let mut ledger: Mutex<u32> = Mutex::new(0); }", Some("ledger")),
            ("static TOTAL: Mutex<u32> = Mutex::new(0);", Some("TOTAL")),
            ("fn new() -> Fork { Fork { at: 1, lock: Mutex::new(()) } }", Some("lock")),
            ("fn main() { let shared = Arc::new((Mutex::new(0), Condvar::new())); }", Some("shared")),
            ("fn main() { let (a, b) = (1, Mutex::new(0)); }", Some("b")),
            ("fn main() { let (tx, rx) = Mutex::new(()); }", Some("tx/rx")),
            ("fn main() { let forks: Vec<_> = (0..5).map(|_| Mutex::new(())).collect(); }", Some("forks")),
            ("fn main() { let forks = [1, 2].map(|n| { f(n); Mutex::new(()) }); }", None),
            ("fn main() { run(Mutex::new(0)); }", None),
        ] {
            assert_eq!(Source::new(text).name(&place(text, "Mutex::new")).as_deref(), name, "{text}");
        }
    }

    #[test]
    fn a_guard_is_given_back_where_its_scope_ends_or_it_is_dropped() {
        for (text, line) in [
            ("fn f() {\n let g = m.lock().unwrap();\n g.x();\n}", 4),
            ("fn f() {\n let g = m.lock().unwrap();\n drop(g);\n h();\n}", 3),
            ("fn f() {\n *m.lock().unwrap() += 1;\n h();\n}", 2),
            ("fn f() {\n let n = m.lock().unwrap()\n .len();\n h();\n}", 3),
            ("fn f() {\n match m.lock().unwrap().pop() {\n _ => {}\n }\n h();\n}", 4),
            ("fn f() { g();\n s.spawn(|| *m.lock().unwrap() = 2\n);\n}", 3),
        ] {
            let at = place(text, "lock()");
            assert_eq!(Source::new(text).unlocked(&at), Some(line), "{text}");
        }
    }
}
