//! The program writes to a terminal that tells what it was sent, and what it shows then.

use trace::Trace;

trace::program!();

struct Told(vt100::Parser);

impl Write for Told {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.process(bytes);
        let screen = self.0.screen();
        trace::show_screen("screen", screen.contents(), screen.cursor_position().1.into());
        trace::transfer("screen", readable(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is written, for the eye.
fn readable(bytes: &[u8]) -> String {
    match bytes {
        [b'\x08', ..] => format!("\\b × {}", bytes.len()),
        bytes => String::from_utf8_lossy(bytes).escape_debug().to_string().replace("\\u{1b}", " ESC "),
    }
}

/// What the row shows after each step.
fn rows(case: &str, count: usize, last: &[&str]) -> Vec<String> {
    let terminal = vt100::Parser::new(NonZero::<u16>::MIN, NonZero::new(40).unwrap(), 0);
    let trace = Trace::new(case).code("spinner", &["spin"]).code("caller", &["call"]).screen("screen");
    let trace = trace.run(|| call(&mut Told(terminal), count, last).unwrap());
    trace.steps.into_iter().filter_map(|step| Some(step.shows.into_iter().flatten().next()?.text)).collect()
}

#[test]
fn the_answer_is_one_column_too_short() {
    let rows = rows("done", 4, &[DONE]);
    assert_eq!(rows[3..], ["Please wait ... /", "Computation done/"]);
}

#[test]
fn erased_there_is_nothing_left() {
    let rows = rows("erased", 3, &[ERASE, DONE]);
    assert_eq!(rows[2..], ["Please wait ... /", "", "Computation done"]);
}
