// What a terminal shows once the spinner is stopped and its caller has printed.
use std::num::NonZero;

const GLYPHS: [char; 4] = ['|', '/', '-', '\\'];
const DONE: &str = "Computation done";
// ANCHOR: erase
const ERASE: &str = "\r\x1b[K"; // to the first column; clear the line from there
// ANCHOR_END: erase

/// Frame, backspaces, frame, backspaces …
fn writes() -> impl Iterator<Item = String> {
    GLYPHS.into_iter().cycle().flat_map(|glyph| {
        let frame = format!("Please wait ... {glyph}");
        let back = "\x08".repeat(frame.len());
        [frame, back]
    })
}

// ANCHOR: row
/// The row of a one-row terminal that was sent these bytes.
fn row(bytes: &str) -> String {
    const ROWS: NonZero<u16> = NonZero::new(1).unwrap();
    const COLS: NonZero<u16> = NonZero::new(40).unwrap();
    let mut terminal = vt100::Parser::new(ROWS, COLS, 0);
    terminal.process(bytes.as_bytes());
    terminal.screen().contents()
}
// ANCHOR_END: row

// ANCHOR: main
fn main() {
    let whole: String = writes().take(60).collect();
    let cut: String = writes().take(59).collect(); // without the last backspaces
    println!("after a frame:    {}", row(&cut));
    println!("after backspaces: {}", row(&whole));
    println!("done:             {}", row(&format!("{whole}{DONE}")));
    println!("done, cut short:  {}", row(&format!("{cut}{DONE}")));
    println!("erased:           {}", row(&format!("{whole}{ERASE}{DONE}")));
    println!("erased, cut:      {}", row(&format!("{cut}{ERASE}{DONE}")));
}
// ANCHOR_END: main
