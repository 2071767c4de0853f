// What a terminal shows once the spinner is stopped and its caller has printed.
use std::io::{self, Write};
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

// ANCHOR: call
/// The spinner, which is stopped after so many writes.
fn spin(screen: &mut impl Write, count: usize) -> io::Result<()> {
    for text in writes().take(count) {
        screen.write_all(text.as_bytes())?;
    }
    Ok(())
}

/// Its caller, who writes last.
fn call(screen: &mut impl Write, count: usize, last: &[&str]) -> io::Result<()> {
    spin(screen, count)?;
    for text in last {
        screen.write_all(text.as_bytes())?;
    }
    Ok(())
}
// ANCHOR_END: call

// ANCHOR: row
/// The row of a one-row terminal, in the end.
fn row(count: usize, last: &[&str]) -> io::Result<String> {
    const ROWS: NonZero<u16> = NonZero::new(1).unwrap();
    const COLS: NonZero<u16> = NonZero::new(40).unwrap();
    let mut terminal = vt100::Parser::new(ROWS, COLS, 0);
    call(&mut terminal, count, last)?;
    Ok(terminal.screen().contents())
}
// ANCHOR_END: row

// ANCHOR: main
fn main() -> io::Result<()> {
    println!("after a frame:    {}", row(59, &[])?); // without the last backspaces
    println!("after backspaces: {}", row(60, &[])?);
    println!("done:             {}", row(60, &[DONE])?);
    println!("done, cut short:  {}", row(59, &[DONE])?);
    println!("erased:           {}", row(60, &[ERASE, DONE])?);
    println!("erased, cut:      {}", row(59, &[ERASE, DONE])?);
    Ok(())
}
// ANCHOR_END: main
