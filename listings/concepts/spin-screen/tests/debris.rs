include!("../src/main.rs");

/// Stopped after any write, the original leaves its last glyph, at one place or another.
#[test]
fn the_original_always_leaves_debris() {
    let mut sent = String::new();
    for (k, text) in writes().take(400).enumerate() {
        sent += &text;
        let glyph = GLYPHS[k / 2 % 4];
        let expected = if k % 2 == 0 {
            format!("Please wait ... {glyph}Computation done")
        } else {
            format!("Computation done{glyph}")
        };
        assert_eq!(row(&format!("{sent}{DONE}")), expected, "after write {k}");
    }
}

/// Erased, nothing is left, wherever the bytes were cut, even within a write.
#[test]
fn erasing_leaves_nothing() {
    let sent: String = writes().take(40).collect();
    for cut in 0..=sent.len() {
        assert_eq!(row(&format!("{}{ERASE}", &sent[..cut])), "", "cut after {cut} bytes");
        assert_eq!(row(&format!("{}{ERASE}{DONE}", &sent[..cut])), DONE, "cut after {cut} bytes");
    }
}
