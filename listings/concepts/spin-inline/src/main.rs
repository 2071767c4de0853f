// No second task: the computation itself turns the spinner, between chunks of work.
// The clock is handed in, and only work moves it: in a long chunk nothing turns.
use std::cell::Cell;

const GLYPHS: [char; 4] = ['|', '/', '-', '\\'];

/// Milliseconds since the start.
struct Clock {
    now: Cell<u64>,
}

/// A glyph, when it should have been drawn, and when it was.
struct Frame {
    glyph: char,
    due: u64,
    drawn: u64,
}

// ANCHOR: tick
/// Draws the next frame if its time has come.
fn tick(clock: &Clock, screen: &mut Vec<Frame>) {
    let (k, drawn) = (screen.len(), clock.now.get());
    let due = 100 * k as u64;
    if due <= drawn {
        screen.push(Frame { glyph: GLYPHS[k % GLYPHS.len()], due, drawn });
    }
}
// ANCHOR_END: tick

// ANCHOR: compute
fn compute(chunks: &[u64], clock: &Clock, mut between: impl FnMut()) {
    between();
    for work in chunks {
        clock.now.set(clock.now.get() + work);
        between();
    }
}
// ANCHOR_END: compute

fn main() {
    let clock = Clock { now: Cell::new(0) };
    let mut screen = Vec::new();
    let chunks = [50, 50, 50, 50, 330, 20, 50, 50, 50];
    compute(&chunks, &clock, || tick(&clock, &mut screen));

    println!("glyph  due drawn late by (ms)");
    for Frame { glyph, due, drawn } in screen {
        println!("{glyph:>5} {due:>4} {drawn:>5} {:>4}", drawn - due);
    }
}
