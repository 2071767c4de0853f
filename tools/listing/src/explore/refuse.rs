//! What could pass the stand-in for std by, found before compiling.

use ra_ap_rustc_lexer::{DocStyle, FrontmatterAllowed, TokenKind, tokenize};

struct Token<'a> {
    text: &'a str,
    line: usize,
}

/// Each thing in the program that an explored one must not have: its line, and what to do about it.
pub(super) fn refusals(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    for token in tokenize(text, FrontmatterAllowed::No) {
        let piece = &text[at..at + token.len as usize];
        at += piece.len();
        match token.kind {
            TokenKind::LineComment { doc_style: Some(DocStyle::Inner) }
            | TokenKind::BlockComment { doc_style: Some(DocStyle::Inner), .. } => {
                found.push((
                    line,
                    "an inner comment, `//!`: an explored program is included into a file: write `//`".into(),
                ));
            }
            TokenKind::Whitespace | TokenKind::LineComment { .. } | TokenKind::BlockComment { .. } => {}
            _ => tokens.push(Token { text: piece.strip_prefix("r#").unwrap_or(piece), line }),
        }
        line += piece.matches('\n').count();
    }
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let before = |at: usize, back: usize| at.checked_sub(back).map_or("", text);
    for (at, token) in tokens.iter().enumerate() {
        let next = [text(at + 1), text(at + 2)];
        // `std::core` would be a part of std; `::core` and `.core` are not that.
        let of_path = before(at, 1) == ":" && before(at, 2) == ":" && is_name(before(at, 3));
        let message = match token.text {
            "#" if next == ["!", "["] => {
                "an inner attribute, `#![…]`: an explored program is included into a file, which admits none: remove it"
            }
            "core" if !of_path && before(at, 1) != "." => {
                "`core`: the real library, which the explorer does not see: write `std`; call a variable otherwise"
            }
            "alloc" if !of_path && next == [":", ":"] => {
                "`alloc::`: the real library, which the explorer does not see: write `std::`"
            }
            "extern" if next[0] == "crate" => {
                "`extern crate`: an explored program uses std, `primitives`, and no other crate"
            }
            "extern" => "`extern`: what is not Rust is not modelled: write it in Rust",
            "static" if next[0] == "mut" => {
                "`static mut`: the explorer does not see it: use an atomic, a lock, or `thread_local!`"
            }
            "asm" | "global_asm" | "naked_asm" if next[0] == "!" => {
                "assembly: the explorer does not see what it does: write it in Rust"
            }
            "include" if next[0] == "!" => "`include!`: an explored program is one file: put the text there",
            "mod" if next[1] == ";" => {
                "a module in another file: an explored program is one file: put the module there"
            }
            "Debug" if matches!(next[0], "for" | "as") => {
                "`Debug` written by hand: the explorer tells values apart by it: derive it, or write `Display`"
            }
            "no_mangle" | "export_name" | "link_section" | "link_name" | "link" | "global_allocator" | "path"
                if is_attribute(&[before(at, 1), before(at, 2), before(at, 3), before(at, 4)]) =>
            {
                "an attribute of the linker: the explorer does not see what it does: remove it"
            }
            _ => continue,
        };
        found.push((token.line, message.to_owned()));
    }
    found.sort();
    found
}

/// Whether one of these is a name in the program.
pub(super) fn names_any(text: &str, names: &[&str]) -> bool {
    let mut at = 0;
    tokenize(text, FrontmatterAllowed::No).any(|token| {
        let piece = &text[at..at + token.len as usize];
        at += piece.len();
        token.kind == TokenKind::Ident && names.contains(&piece)
    })
}

/// What a path can begin behind.
const KEYWORDS: [&str; 17] = [
    "as", "break", "const", "dyn", "else", "for", "if", "impl", "in", "let", "match", "move", "mut", "ref", "return",
    "use", "while",
];

/// Whether a path can go on behind it.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_') && !KEYWORDS.contains(&text)
}

/// `#[` or `#[unsafe(` stands before, read backwards.
fn is_attribute(before: &[&str; 4]) -> bool {
    matches!(before, ["[", "#", ..] | ["(", "unsafe", "[", "#"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_pass_the_explorer_by_is_refused_with_its_line() {
        for (program, message) in [
            ("#![feature(x)]", "an inner attribute, `#![…]`"),
            ("# ! [allow(dead_code)]", "an inner attribute"),
            ("//! Says hello.", "an inner comment, `//!`"),
            ("/*! Says hello. */", "an inner comment, `//!`"),
            ("use core::sync::atomic::AtomicU32;", "`core`: the real library"),
            ("use ::core::sync;", "`core`: the real library"),
            ("fn f() { return ::core::hint::spin_loop() }", "`core`: the real library"),
            ("use core as c;", "`core`: the real library"),
            ("use r#core::cell;", "`core`: the real library"),
            ("fn f() { core /* */ :: hint::spin_loop() }", "`core`: the real library"),
            ("call!(core);", "`core`: the real library"),
            ("use alloc::sync::Arc;", "`alloc::`: the real library"),
            ("extern crate alloc;", "`extern crate`"),
            ("extern \"C\" { fn getpid() -> i32; }", "`extern`: what is not Rust"),
            ("unsafe extern \"C\" fn f() {}", "`extern`: what is not Rust"),
            ("static mut N: u32 = 0;", "`static mut`"),
            ("fn f() { unsafe { std::arch::asm!(\"nop\") } }", "assembly"),
            ("std::arch::global_asm!(\"nop\");", "assembly"),
            ("include!(\"more.rs\");", "`include!`"),
            ("mod more;", "a module in another file"),
            ("impl std::fmt::Debug for Till {}", "`Debug` written by hand"),
            ("use std::fmt::Debug as D;", "`Debug` written by hand"),
            ("#[unsafe(no_mangle)] fn malloc() {}", "an attribute of the linker"),
            ("#[global_allocator] static A: A = A;", "an attribute of the linker"),
        ] {
            let found = refusals(&format!("fn main() {{}}\n\n{program}\n"));
            assert!(matches!(&found[..], [(3, found), ..] if found.starts_with(message)), "{program}: {found:?}");
        }
    }

    #[test]
    fn names_are_not_looked_for_in_comments_and_strings() {
        assert!(names_any("use Ordering::{Relaxed};", &["Relaxed"]));
        assert!(!names_any("// Relaxed\nfn f() { \"Relaxed\"; RelaxedNot }", &["Relaxed"]));
    }

    #[test]
    fn what_only_looks_like_it_is_not_refused() {
        for program in [
            "// use core::cell;\nconst S: &str = \"static mut core::x extern\";",
            "#[derive(Debug)] struct Till; mod inner { pub fn f() {} }",
            "static TILL: u32 = 0; fn f(t: T) -> u32 { t.core + t.include }",
            "fn f<T: std::fmt::Debug>(t: T) { for _ in 0..1 { println!(\"{t:?}\") } }",
            "#[allow(dead_code)] fn path(link: u32) -> u32 { link }",
        ] {
            assert_eq!(refusals(program), [], "{program}");
        }
    }
}
