include!("../src/main.rs");

/// The original's first turn, spelt out, so that a wrong glyph, order or prefix cannot agree with itself.
#[test]
fn the_first_turn_is_the_originals() {
    let back = "\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08\x08";
    let turn =
        ["Please wait ... |", back, "Please wait ... /", back, "Please wait ... -", back, "Please wait ... \\", back];
    assert!(writes().take(8).eq(turn));
    assert!(writes().skip(8).take(80).eq(turn.into_iter().cycle().take(80)), "every turn is like the first");
}

#[test]
fn backspaces_undo_exactly_what_the_frame_wrote() {
    let mut column = 0;
    for (k, text) in writes().take(1000).enumerate() {
        for byte in text.bytes() {
            column += if byte == 0x08 { -1 } else { 1 };
            assert!(column >= 0, "write {k} would leave the screen");
        }
        assert_eq!(column, if k % 2 == 0 { 17 } else { 0 }, "after write {k}");
    }
}
