//! Recorded terminal sessions: asciicast v2, as asciinema's players read them.
//!
//! Source: the asciicast v2 file format, docs.asciinema.org/manual/asciicast/v2.

use crate::run::{Size, Transcript};
use anyhow::{Context, ensure};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// A terminal session: its size, and what was written when.
#[derive(Debug, Clone, PartialEq)]
pub struct Cast {
    pub size: Size,
    pub title: String,
    /// The time since the start, and what was written then. Times never go back.
    pub events: Vec<(Duration, String)>,
}

#[derive(Serialize, Deserialize)]
struct Header {
    version: u32,
    width: u16,
    height: u16,
    #[serde(default)]
    title: String,
}

impl Cast {
    /// The session of a run under a terminal. Characters that arrived in two pieces are put together.
    ///
    /// # Errors
    /// When the program wrote bytes that are no UTF-8.
    pub fn of(run: &Transcript, size: Size, title: &str) -> anyhow::Result<Cast> {
        let mut events = Vec::new();
        let mut rest = Vec::new();
        for (at, bytes) in &run.chunks {
            rest.extend_from_slice(bytes);
            let whole = match str::from_utf8(&rest) {
                Ok(text) => text.len(),
                Err(error) if error.error_len().is_none() => error.valid_up_to(),
                Err(error) => return Err(error).context("the program wrote bytes that are no UTF-8"),
            };
            let text = String::from_utf8(rest.drain(..whole).collect())?;
            if !text.is_empty() {
                events.push((*at, text));
            }
        }
        ensure!(rest.is_empty(), "the program ended in the middle of a character");
        Ok(Cast { size, title: title.to_owned(), events })
    }

    /// Reads asciicast v2.
    ///
    /// # Errors
    /// With the line at fault.
    pub fn parse(text: &str) -> anyhow::Result<Cast> {
        let mut lines = text.lines().enumerate();
        let (_, first) = lines.next().context("line 1: the file is empty")?;
        let header: Header = serde_json::from_str(first).context("line 1: no asciicast header")?;
        ensure!(header.version == 2, "line 1: asciicast version {}, expected 2", header.version);
        let size = Size { rows: header.height, cols: header.width };
        ensure!(size.is_sensible(), "line 1: a terminal of {} rows and {} columns", size.rows, size.cols);
        let mut events = Vec::new();
        let mut last = Duration::ZERO;
        for (index, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
            let (at, kind, data): (f64, String, String) =
                serde_json::from_str(line).with_context(|| format!("line {}: no asciicast event", index + 1))?;
            let at = Duration::try_from_secs_f64(at).with_context(|| format!("line {}: no time", index + 1))?;
            ensure!(at >= last, "line {}: the time goes back", index + 1);
            last = at;
            if kind == "o" {
                events.push((at, data));
            }
        }
        Ok(Cast { size, title: header.title, events })
    }

    /// Writes asciicast v2, times to the millisecond.
    pub fn to_text(&self) -> String {
        let header = Header { version: 2, width: self.size.cols, height: self.size.rows, title: self.title.clone() };
        let mut text = serde_json::to_string(&header).unwrap_or_default();
        for (at, data) in &self.events {
            let data = serde_json::to_string(data).unwrap_or_default();
            text.push_str(&format!("\n[{:.3},\"o\",{data}]", at.as_secs_f64()));
        }
        text.push('\n');
        text
    }

    /// The same as one JSON array: the header, then the events.
    pub fn to_json(&self) -> String {
        format!("[{}]", self.to_text().trim_end().replace('\n', ","))
    }

    /// What the screen shows in the end: its rows without trailing blanks, without empty rows at the bottom.
    pub fn final_screen(&self) -> String {
        self.screen_at(Duration::MAX)
    }

    /// What the screen shows at a time since the start.
    pub fn screen_at(&self, time: Duration) -> String {
        let cells = |count: u16| std::num::NonZero::new(count).unwrap_or(std::num::NonZero::<u16>::MIN);
        let mut terminal = vt100::Parser::new(cells(self.size.rows), cells(self.size.cols), 0);
        for (_, data) in self.events.iter().take_while(|(at, _)| *at <= time) {
            terminal.process(data.as_bytes());
        }
        let rows: Vec<String> =
            terminal.screen().rows(0, self.size.cols).map(|row| row.trim_end().to_owned()).collect();
        rows.join("\n").trim_end().to_owned()
    }

    pub fn duration(&self) -> Duration {
        self.events.last().map_or(Duration::ZERO, |(at, _)| *at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "{\"version\":2,\"width\":20,\"height\":3,\"title\":\"t\"}\n[0.100,\"o\",\"wait |\"]\n\
                        [0.200,\"o\",\"\\b/\"]\n[0.300,\"o\",\"\\r\\u001b[Kdone\\r\\n\"]\n";

    #[test]
    fn reads_what_it_writes_and_plays_it() {
        let cast = Cast::parse(TEXT).expect("well formed");
        assert_eq!(cast.to_text(), TEXT);
        assert_eq!(cast.screen_at(Duration::from_millis(250)), "wait /");
        assert_eq!(cast.final_screen(), "done");
        assert_eq!(cast.duration(), Duration::from_millis(300));
    }

    #[test]
    fn says_which_line_is_at_fault() {
        for (text, message) in [
            ("", "line 1: the file is empty"),
            ("{}", "line 1: no asciicast header"),
            ("{\"version\":3,\"width\":1,\"height\":1}", "line 1: asciicast version 3, expected 2"),
            ("{\"version\":2,\"width\":1,\"height\":1}\n[1]", "line 2: no asciicast event"),
            ("{\"version\":2,\"width\":1,\"height\":1}\n[2,\"o\",\"\"]\n[1,\"o\",\"\"]", "line 3: the time goes back"),
        ] {
            assert_eq!(Cast::parse(text).map_err(|error| error.to_string()), Err(message.to_owned()));
        }
    }
}
