// A row of a screen, as a terminal keeps it: what arrives is written where the
// cursor stands, and a few characters only move the cursor.

fn row(sent: &str) -> String {
    let (mut row, mut cursor) = (Vec::new(), 0_usize);
    for character in sent.chars() {
        match character {
            '\r' => cursor = 0,
            '\x08' => cursor = cursor.saturating_sub(1), // a backspace
            _ => {
                row.resize(row.len().max(cursor + 1), ' ');
                row[cursor] = character;
                cursor += 1;
            }
        }
    }
    row.into_iter().collect()
}

fn main() {
    println!("{}", row("wait\x08\x08"));
    println!("{}", row("wait\rok"));
    println!("{}", row("wait\x08\x08\x08ell"));
}
