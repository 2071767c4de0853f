//! Colours for code, given at build time: every line is a list of pieces with a class each.
//!
//! Rust is read by rustc's own lexer; Python by a lexer of the few forms that its listings use.

use ra_ap_rustc_lexer::{FrontmatterAllowed, LiteralKind, TokenKind, tokenize};

/// A piece of a line and its class: `keyword string comment number type function macro lifetime attribute`, or none.
pub(crate) type Piece<'a> = (Option<&'static str>, &'a str);

const RUST_KEYWORDS: [&str; 41] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "Self", "static", "struct", "super", "trait", "true", "try", "type", "unsafe", "use", "where", "while", "yield",
];

const RUST_TYPES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128",
    "usize",
];

const PYTHON_KEYWORDS: [&str; 37] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match",
    "nonlocal", "not", "or", "pass", "raise", "return", "self", "try", "while", "with", "yield",
];

/// Each line of a Rust program, in pieces.
pub(crate) fn rust(text: &str) -> Vec<Vec<Piece<'_>>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    for token in tokenize(text, FrontmatterAllowed::No) {
        let end = at + token.len as usize;
        tokens.push((token.kind, &text[at..end]));
        at = end;
    }
    let mut pieces = Vec::with_capacity(tokens.len());
    let mut attribute_depth = 0_usize;
    for (index, (kind, piece)) in tokens.iter().enumerate() {
        let next = tokens.get(index + 1).map(|(kind, _)| *kind);
        if *kind == TokenKind::Pound && matches!(next, Some(TokenKind::OpenBracket | TokenKind::Bang)) {
            attribute_depth = 1;
            pieces.push((Some("attribute"), *piece));
            continue;
        }
        if attribute_depth > 0 {
            match kind {
                TokenKind::OpenBracket => attribute_depth += 1,
                TokenKind::CloseBracket => attribute_depth -= 1,
                _ => {}
            }
            pieces.push((Some("attribute"), *piece));
            if attribute_depth == 1 && *kind == TokenKind::CloseBracket {
                attribute_depth = 0;
            }
            continue;
        }
        let class = match kind {
            TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => Some("comment"),
            TokenKind::Lifetime { .. } | TokenKind::RawLifetime => Some("lifetime"),
            TokenKind::Literal { kind: LiteralKind::Int { .. } | LiteralKind::Float { .. }, .. } => Some("number"),
            TokenKind::Literal { .. } => Some("string"),
            TokenKind::Ident if RUST_KEYWORDS.contains(piece) => Some("keyword"),
            TokenKind::Ident if RUST_TYPES.contains(piece) => Some("type"),
            // `name!` but not `name != other`: there is no blank before the mark of a macro, and none after a comparison's.
            TokenKind::Ident if next == Some(TokenKind::Bang) => Some("macro"),
            TokenKind::Ident if piece.starts_with(|c: char| c.is_ascii_uppercase()) => is_type(piece),
            TokenKind::Ident if next == Some(TokenKind::OpenParen) => Some("function"),
            _ => None,
        };
        pieces.push((class, *piece));
    }
    lines(pieces)
}

/// `Mutex` is a type; `FRAMES` is a constant and stays plain.
fn is_type(name: &str) -> Option<&'static str> {
    (name.len() == 1 || name.contains(|c: char| c.is_ascii_lowercase())).then_some("type")
}

/// Each line of a Python program, in pieces.
pub(crate) fn python(text: &str) -> Vec<Vec<Piece<'_>>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    let mut line_is_blank = true;
    while let Some(first) = rest.chars().next() {
        let word = |from: &str, inside: fn(char) -> bool| from.find(|c| !inside(c)).unwrap_or(from.len());
        let (class, length) = match first {
            '#' => (Some("comment"), rest.find('\n').unwrap_or(rest.len())),
            '@' if line_is_blank => (Some("attribute"), rest.find(['\n', '(']).unwrap_or(rest.len())),
            '0'..='9' => (Some("number"), word(rest, |c| c.is_ascii_alphanumeric() || c == '_' || c == '.')),
            c if c.is_alphabetic() || c == '_' || c == '"' || c == '\'' => {
                let name = word(rest, |c| c.is_alphanumeric() || c == '_');
                match string_end(rest, name) {
                    Some(end) => (Some("string"), end),
                    None => (python_word(&rest[..name], &rest[name..]), name),
                }
            }
            other => (None, other.len_utf8()),
        };
        line_is_blank = first == '\n' || (line_is_blank && first.is_whitespace());
        pieces.push((class, &rest[..length]));
        rest = &rest[length..];
    }
    lines(pieces)
}

fn python_word(word: &str, after: &str) -> Option<&'static str> {
    if PYTHON_KEYWORDS.contains(&word) {
        Some("keyword")
    } else if word.starts_with(|c: char| c.is_uppercase()) {
        is_type(word)
    } else {
        after.starts_with('(').then_some("function")
    }
}

/// Where the string literal ends whose prefix is `prefix` bytes long, if one starts there.
fn string_end(text: &str, prefix: usize) -> Option<usize> {
    let (letters, body) = text.split_at(prefix);
    let is_prefix = letters.len() <= 2 && letters.bytes().all(|b| b"rRbBfFuU".contains(&b));
    let quote = body.chars().next().filter(|c| is_prefix && (*c == '"' || *c == '\''))?;
    let triple = quote.to_string().repeat(3);
    let closing = if body.starts_with(&triple) { triple } else { quote.to_string() };
    let mut at = closing.len();
    while at < body.len() {
        let here = &body[at..];
        if here.starts_with(&closing) {
            return Some(prefix + at + closing.len());
        }
        let escaped = usize::from(here.starts_with('\\'));
        at += here.chars().take(1 + escaped).map(char::len_utf8).sum::<usize>();
    }
    Some(text.len())
}

/// Pieces by line; a piece that spans lines is cut, and line ends are dropped.
fn lines(pieces: Vec<Piece<'_>>) -> Vec<Vec<Piece<'_>>> {
    let mut lines = vec![Vec::new()];
    for (class, text) in pieces {
        for (index, part) in text.split('\n').enumerate() {
            if index > 0 {
                lines.push(Vec::new());
            }
            if let (false, Some(line)) = (part.is_empty(), lines.last_mut()) {
                line.push((class, part));
            }
        }
    }
    if lines.last().is_some_and(Vec::is_empty) {
        lines.pop();
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classes<'a>(lines: &[Vec<Piece<'a>>]) -> Vec<(&'static str, &'a str)> {
        lines.iter().flatten().filter_map(|(class, text)| Some(((*class)?, *text))).collect()
    }

    #[test]
    fn rust_pieces_have_their_classes() {
        let text = "#[derive(Debug)]\nfn run<'a>(m: &'a Mutex<u8>) -> bool { println!(\"{}\", MAX); 1 != x() } // c\n";
        let found = rust(text);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].iter().map(|(class, _)| *class).collect::<Vec<_>>(), [Some("attribute"); 7]);
        let expected = [
            ("keyword", "fn"),
            ("lifetime", "'a"),
            ("lifetime", "'a"),
            ("type", "Mutex"),
            ("type", "u8"),
            ("type", "bool"),
            ("macro", "println"),
            ("string", "\"{}\""),
            ("number", "1"),
            ("function", "x"),
            ("comment", "// c"),
        ];
        assert_eq!(classes(&found[1..]), expected);
    }

    #[test]
    fn a_string_over_lines_is_cut_at_each() {
        let found = rust("let s = \"a\nb\";\n");
        assert_eq!(classes(&found), [("keyword", "let"), ("string", "\"a"), ("string", "b\"")]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn python_pieces_have_their_classes() {
        let text = "@dec\ndef f(x):  # why\n    return rb'a\\'b' + \"\"\"c\nd\"\"\" + Lock() + 0x1f\n";
        let expected = [
            ("attribute", "@dec"),
            ("keyword", "def"),
            ("function", "f"),
            ("comment", "# why"),
            ("keyword", "return"),
            ("string", "rb'a\\'b'"),
            ("string", "\"\"\"c"),
            ("string", "d\"\"\""),
            ("type", "Lock"),
            ("number", "0x1f"),
        ];
        assert_eq!(classes(&python(text)), expected);
    }
}
