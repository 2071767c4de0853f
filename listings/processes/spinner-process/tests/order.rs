include!("../src/main.rs");

/// The line is erased when the spinner is dead, and not before: a frame that came later would stay. The child here does
/// nothing; what matters is whether it has been waited for when the screen is written to.
#[cfg(unix)]
#[test]
fn the_spinner_is_reaped_before_the_line_is_erased() {
    use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

    struct Screen(Pid, Vec<u8>);

    impl Write for Screen {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let look = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            assert_eq!(
                waitid(WaitId::Pid(self.0), look).err(),
                Some(rustix::io::Errno::CHILD),
                "it is still our child"
            );
            self.1.write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let child = Command::new("sleep").arg("1000").spawn().unwrap();
    let mut screen = Screen(Pid::from_child(&child), Vec::new());
    // Not dropped: that would stop it a second time.
    let mut spinner = std::mem::ManuallyDrop::new(Spinner(child));
    spinner.stop(&mut screen).unwrap();
    assert_eq!(screen.1, b"\r\x1b[K");
}
