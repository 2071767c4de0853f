include!("../src/main.rs");

/// Stopped after any write, the original leaves its last glyph, at one place or another.
#[test]
fn the_original_always_leaves_debris() {
    for k in 0..400 {
        let glyph = GLYPHS[k / 2 % 4];
        let expected = if k % 2 == 0 {
            format!("Please wait ... {glyph}Computation done")
        } else {
            format!("Computation done{glyph}")
        };
        assert_eq!(row(k + 1, &[DONE]).unwrap(), expected, "after write {k}");
    }
}

/// A screen on which not every byte arrives.
struct Cut {
    terminal: vt100::Parser,
    bytes: usize,
}

impl Write for Cut {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let arrive = bytes.len().min(self.bytes);
        self.bytes -= arrive;
        self.terminal.process(&bytes[..arrive]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Erased, nothing is left, wherever the bytes were cut, even within a write.
#[test]
fn erasing_leaves_nothing() {
    let sent: usize = writes().take(40).map(|text| text.len()).sum();
    for bytes in 0..=sent {
        let mut cut = Cut { terminal: vt100::Parser::new(NonZero::<u16>::MIN, NonZero::new(40).unwrap(), 0), bytes };
        spin(&mut cut, 40).unwrap();
        cut.bytes = usize::MAX;
        call(&mut cut, 0, &[ERASE]).unwrap();
        assert_eq!(cut.terminal.screen().contents(), "", "cut after {bytes} bytes");
        call(&mut cut, 0, &[DONE]).unwrap();
        assert_eq!(cut.terminal.screen().contents(), DONE, "cut after {bytes} bytes");
    }
}
