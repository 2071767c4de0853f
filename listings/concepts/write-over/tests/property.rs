//! The row is the row of a real terminal.
include!("../src/main.rs");

use std::num::NonZero;

/// Every text of at most six of these characters.
fn texts() -> impl Iterator<Item = String> {
    const SENT: [char; 4] = ['a', 'b', '\r', '\x08'];
    (0..=6).flat_map(|length| {
        (0..SENT.len().pow(length))
            .map(move |number| (0..length).map(|place| SENT[number / SENT.len().pow(place) % SENT.len()]).collect())
    })
}

#[test]
fn a_terminal_shows_the_same() {
    const ROWS: NonZero<u16> = NonZero::new(1).unwrap();
    const COLS: NonZero<u16> = NonZero::new(20).unwrap();
    for sent in texts() {
        let mut terminal = vt100::Parser::new(ROWS, COLS, 0);
        terminal.process(sent.as_bytes());
        assert_eq!(row(&sent), terminal.screen().contents(), "{sent:?}");
    }
}
