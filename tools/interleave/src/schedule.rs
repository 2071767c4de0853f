//! A schedule as a short string, to share and to replay.
//!
//! `a2b1:1a` reads: `a` does two steps, `b` one step in its alternative 1, `a` one step. Tasks are lettered in the order
//! in which they are spawned, `m` is `main`; a run of steps of one task is written once, and 1 is left out. The
//! grammar:
//!
//! ```text
//! schedule    = { letter [ steps ] [ ":" alternative ] }     (an alternative ends its run)
//! ```

use crate::machine::Move;
use crate::op::Task;

/// The letter of each task.
pub(crate) const LETTERS: &str = "mabcdefghijklnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

pub(crate) fn letter(task: Task) -> char {
    char::from(LETTERS.as_bytes()[task.index()])
}

/// Writes a schedule.
pub fn write(moves: &[Move]) -> String {
    let mut text = String::new();
    let mut rest = moves;
    while let [first, ..] = rest {
        let plain = rest.iter().take_while(|next| next.task == first.task && next.alternative == 0).count();
        let run = match rest.get(plain) {
            Some(next) if next.task == first.task => plain + 1,
            _ => plain,
        };
        text.push(letter(first.task));
        let last = rest[run - 1];
        if run > 1 || last.alternative > 0 {
            text.push_str(&run.to_string());
        }
        if last.alternative > 0 {
            text.push_str(&format!(":{}", last.alternative));
        }
        rest = &rest[run..];
    }
    text
}

/// Reads a schedule.
///
/// # Errors
/// What is wrong, and at which character.
pub fn read(text: &str) -> Result<Vec<Move>, String> {
    let mut moves = Vec::new();
    let mut rest = text.char_indices().peekable();
    let number = |rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>| {
        let mut digits = String::new();
        while let Some((_, digit)) = rest.next_if(|(_, next)| next.is_ascii_digit()) {
            digits.push(digit);
        }
        digits
    };
    while let Some((at, name)) = rest.next() {
        let Some(task) = LETTERS.find(name) else {
            return Err(format!("no task is called {name:?} (character {} of {text:?})", at + 1));
        };
        let task = Task(task as u8);
        let digits = number(&mut rest);
        let steps: usize = if digits.is_empty() { 1 } else { digits.parse().unwrap_or(0) };
        if steps == 0 || steps > 1_000_000 {
            return Err(format!(
                "{name}{digits}: a run has from 1 to 1000000 steps (character {} of {text:?})",
                at + 1
            ));
        }
        let mut alternative = 0;
        if rest.next_if(|(_, next)| *next == ':').is_some() {
            let digits = number(&mut rest);
            alternative = digits.parse().map_err(|_| {
                format!("after `:` stands the number of an alternative (character {} of {text:?})", at + 1)
            })?;
        }
        moves.extend(std::iter::repeat_n(Move { task, alternative: 0 }, steps - 1));
        moves.push(Move { task, alternative });
    }
    Ok(moves)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_again_it_is_the_same() {
        for text in ["", "a", "a2b1:1a", "m3a12:2b", "a1:1a1:1", "aba3"] {
            assert_eq!(write(&read(text).unwrap()), text);
        }
        assert_eq!(read("a2b1:1a").unwrap().len(), 4);
    }

    #[test]
    fn what_is_no_schedule_is_refused_with_its_place() {
        for (text, says) in
            [("a2!", "character 3"), ("a0", "character 1"), ("ab:", "character 2"), ("a9999999", "1000000")]
        {
            assert!(read(text).unwrap_err().contains(says), "{text}");
        }
    }
}
