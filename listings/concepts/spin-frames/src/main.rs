// Every byte that the spinner writes: a frame, then backspaces to where it began.
// The Python program flushes after each frame: its backspaces wait for the next.

// ANCHOR: writes
const PREFIX: &str = "Please wait ... ";
const GLYPHS: [char; 4] = ['|', '/', '-', '\\'];

/// What the spinner writes, write by write, for ever.
fn writes() -> impl Iterator<Item = String> {
    GLYPHS.into_iter().cycle().flat_map(|glyph| {
        let frame = format!("{PREFIX}{glyph}");
        let back = "\x08".repeat(frame.len());
        [frame, back]
    })
}
// ANCHOR_END: writes

fn main() {
    for text in writes().take(8) {
        println!("{}", text.replace('\x08', "\\b"));
    }

    // Three seconds at ten frames a second.
    let frames = 30;
    let sent: String = writes().take(2 * frames).collect();
    let backspaces = sent.matches('\x08').count();
    println!("frames: {frames}");
    println!("characters: {}", sent.len() - backspaces);
    println!("backspaces: {backspaces}");
    println!("bytes: {}", sent.len());
}
