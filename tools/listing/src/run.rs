//! Runs a program under a deadline and leaves nothing of its process group behind.
//!
//! ```text
//! Run ── finish() ──> Transcript   the program ended by itself: streams, chunks with their times, exit status
//!                └──> RunError     it could not start, did not end in time, or wrote too much
//! ```
//!
//! The program leads a process group of its own, and that group is killed when the run ends, however it ends: when the
//! program exits and leaves children, at the deadline, at the output limit, and when this process is interrupted
//! ([`kill_on_signal`]). When this process is killed, Linux kills the program itself. A descendant that has left the group
//! escapes all of this: a listing that starts one has to end it.
//!
//! The program starts with every signal at its default, whatever this process has inherited.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::ExitStatus;
use std::time::Duration;

/// How long a run may take unless [`Run::deadline`] says otherwise. Generous: a busy machine is not a fault.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// How many bytes a run may write, to all its streams together, unless [`Run::max_output`] says otherwise.
pub const MAX_OUTPUT: usize = 1 << 20;

/// A program to run, with its bounds.
///
/// Before: `Run::new("target/debug/exit-codes").deadline(Duration::from_secs(5))`.
/// After: `.finish()?.stdout` holds what it printed.
#[derive(Debug, Clone)]
pub struct Run {
    program: PathBuf,
    args: Vec<OsString>,
    env: Vec<(OsString, OsString)>,
    dir: Option<PathBuf>,
    stdin: Vec<u8>,
    deadline: Duration,
    max_output: usize,
    terminal: Option<Size>,
}

/// The size of a terminal, in character cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    pub rows: u16,
    pub cols: u16,
}

impl Size {
    /// Whether a terminal can have this size: one that nobody could look at would only take memory.
    pub fn is_sensible(self) -> bool {
        (1..=200).contains(&self.rows) && (1..=400).contains(&self.cols)
    }
}

/// What a program wrote, when, and how it ended.
#[derive(Debug, Clone)]
pub struct Transcript {
    /// Standard output; under a terminal, everything the program wrote.
    pub stdout: Vec<u8>,
    /// Standard error; empty under a terminal.
    pub stderr: Vec<u8>,
    /// Each piece of `stdout` as it arrived, with the time since the start.
    pub chunks: Vec<(Duration, Vec<u8>)>,
    pub status: ExitStatus,
}

/// Why a run has no [`Transcript`]. `said` is the end of what the program had written by then.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    #[error("cannot start {program}: {source}")]
    Start { program: String, source: std::io::Error },
    #[error("{program} did not end within {deadline:?}; it and its process group were killed{said}")]
    Deadline { program: String, deadline: Duration, said: String },
    #[error("{program} wrote more than {limit} bytes; it and its process group were killed{said}")]
    Flood { program: String, limit: usize, said: String },
    #[error("lost contact with {program}: {source}")]
    Io { program: String, source: std::io::Error },
    #[error("{program} was not run: running a listing under a deadline needs Unix process groups")]
    Unsupported { program: String },
}

impl Run {
    pub fn new(program: impl Into<PathBuf>) -> Self {
        Run {
            program: program.into(),
            args: Vec::new(),
            env: Vec::new(),
            dir: None,
            stdin: Vec::new(),
            deadline: DEADLINE,
            max_output: MAX_OUTPUT,
            terminal: None,
        }
    }

    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.args.push(arg.as_ref().to_owned());
        self
    }

    pub fn args(mut self, args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.args.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        self
    }

    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.env.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// The folder to run in; without it, this process's own.
    pub fn dir(mut self, dir: impl Into<PathBuf>) -> Self {
        self.dir = Some(dir.into());
        self
    }

    /// What the program can read; then it meets the end of its input. Under a terminal this is typed at the start.
    /// At most 4,096 bytes: what a pipe takes at once everywhere.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        assert!(self.stdin.len() <= 4096, "Run::stdin takes at most 4,096 bytes");
        self
    }

    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    pub fn max_output(mut self, bytes: usize) -> Self {
        self.max_output = bytes;
        self
    }

    /// Run under a pseudo-terminal of this size instead of pipes.
    pub fn terminal(mut self, size: Size) -> Self {
        self.terminal = Some(size);
        self
    }

    /// Runs the program to its end.
    ///
    /// # Errors
    /// [`RunError`], when it cannot start, passes its deadline or its output limit.
    pub fn finish(self) -> Result<Transcript, RunError> {
        sys::finish(self)
    }

    fn name(&self) -> String {
        self.program.file_name().unwrap_or(self.program.as_os_str()).to_string_lossy().into_owned()
    }
}

impl Transcript {
    /// Standard output as text; bytes that are no UTF-8 show as `\xNN`.
    pub fn text(&self) -> String {
        readable(&self.stdout)
    }

    /// Standard error as text, likewise.
    pub fn errors(&self) -> String {
        readable(&self.stderr)
    }
}

/// Bytes as text that hides nothing: what is not UTF-8 shows as `\xNN`.
pub fn readable(bytes: &[u8]) -> String {
    bytes.utf8_chunks().fold(String::new(), |mut text, chunk| {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02x}")));
        text
    })
}

/// The end of `bytes`, as a phrase for an error message.
fn tail(bytes: &[u8]) -> String {
    const LONGEST: usize = 400;
    let from = bytes.len().saturating_sub(LONGEST);
    match readable(&bytes[from..]).trim() {
        "" => String::new(),
        text => format!(". The last it wrote:\n{text}"),
    }
}

/// When this process is interrupted, terminated or hung up, kill every running program first, then end as usual.
/// Call it once, early in `main`.
///
/// # Errors
/// When the handler cannot be installed.
pub fn kill_on_signal() -> std::io::Result<()> {
    sys::kill_on_signal()
}

#[cfg(unix)]
pub use sys::Supervised;

#[cfg(unix)]
mod sys {
    use super::{Run, RunError, Transcript, tail};
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
    use std::collections::BTreeSet;
    use std::io::{self, Read, Write};
    use std::os::fd::{AsFd, BorrowedFd};
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::sync::Mutex;
    use std::time::{Duration, Instant};

    /// The leaders of the groups that run now, for [`kill_on_signal`].
    static RUNNING: Mutex<BTreeSet<i32>> = Mutex::new(BTreeSet::new());

    fn running() -> std::sync::MutexGuard<'static, BTreeSet<i32>> {
        RUNNING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// How often to look whether the program has ended while it writes nothing.
    const TICK: Duration = Duration::from_millis(10);

    /// How long to wait, once the group is dead, for a descendant that left the group and still holds our pipes.
    const ESCAPED: Duration = Duration::from_secs(1);

    /// A child that leads its group. Dropping it kills the group and reaps the child.
    #[derive(Debug)]
    struct Group {
        child: Child,
        reaped: bool,
    }

    impl Group {
        fn new(child: Child) -> Self {
            running().insert(child.id() as i32);
            Group { child, reaped: false }
        }

        fn pid(&self) -> Pid {
            Pid::from_child(&self.child)
        }

        /// Whether the leader has ended. It is not reaped yet, so its number still names its group and no other.
        fn has_ended(&self) -> io::Result<bool> {
            let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
            Ok(waitid(WaitId::Pid(self.pid()), options)?.is_some())
        }

        fn kill_and_reap(&mut self) -> io::Result<std::process::ExitStatus> {
            // Fails only when nobody is left in the group.
            let _ = kill_process_group(self.pid(), Signal::KILL);
            running().remove(&(self.child.id() as i32));
            self.reaped = true;
            self.child.wait()
        }
    }

    impl Drop for Group {
        fn drop(&mut self) {
            if !self.reaped {
                let _ = self.kill_and_reap();
            }
        }
    }

    enum Streams {
        Pipes(std::process::ChildStdout, std::process::ChildStderr),
        Terminal(pty_process::blocking::Pty),
    }

    impl Streams {
        fn fd(&self, stream: usize) -> Option<BorrowedFd<'_>> {
            match (self, stream) {
                (Streams::Pipes(out, _), 0) => Some(out.as_fd()),
                (Streams::Pipes(_, err), 1) => Some(err.as_fd()),
                (Streams::Terminal(pty), 0) => Some(pty.as_fd()),
                _ => None,
            }
        }

        /// Reads what is there; 0 bytes is the end.
        fn read(&mut self, stream: usize, buffer: &mut [u8]) -> io::Result<usize> {
            let result = match (self, stream) {
                (Streams::Pipes(out, _), 0) => out.read(buffer),
                (Streams::Pipes(_, err), _) => err.read(buffer),
                (Streams::Terminal(pty), _) => pty.read(buffer),
            };
            match result {
                // Linux says so when the last program on the terminal has closed it.
                Err(error) if error.raw_os_error() == Some(rustix::io::Errno::IO.raw_os_error()) => Ok(0),
                // An interrupted read says nothing about the stream: look again on the next turn.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => Err(io::ErrorKind::WouldBlock.into()),
                other => other,
            }
        }
    }

    /// Puts every signal back to its default: a program that is started by one that ignores SIGTERM or SIGCHLD would ignore
    /// it as well.
    fn reset_signals() {
        for signal in 1..32 {
            // SAFETY: SIG_DFL installs no handler. For SIGKILL and SIGSTOP the call fails, and changes nothing.
            unsafe { libc::signal(signal, libc::SIG_DFL) };
        }
    }

    fn start(run: &Run) -> io::Result<(Group, Streams)> {
        // The child must not outlive this process, even when this process gets SIGKILL. The signal comes when the
        // *thread* that spawned it ends: that is this one, which stays until the run is over.
        #[cfg(target_os = "linux")]
        let prepare = {
            let us = rustix::process::getpid();
            move || {
                reset_signals();
                rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
                if rustix::process::getppid() != Some(us) {
                    return Err(io::ErrorKind::BrokenPipe.into());
                }
                Ok(())
            }
        };
        #[cfg(not(target_os = "linux"))]
        let prepare = || {
            reset_signals();
            Ok(())
        };

        if let Some(size) = run.terminal {
            let (mut pty, pts) = pty_process::blocking::open().map_err(io::Error::other)?;
            pty.resize(pty_process::Size::new(size.rows, size.cols)).map_err(io::Error::other)?;
            let mut command = pty_process::blocking::Command::new(&run.program)
                .args(&run.args)
                .envs(run.env.iter().cloned())
                .env("TERM", "xterm-256color");
            if let Some(dir) = &run.dir {
                command = command.current_dir(dir);
            }
            // SAFETY: signal, prctl and getppid are async-signal-safe; nothing is allocated between fork and exec.
            let command = unsafe { command.pre_exec(prepare) };
            // It leads a new session, and so a new group.
            let child = command.spawn(pts).map_err(|error| match error {
                pty_process::Error::Io(error) => error,
                other => io::Error::other(other),
            })?;
            let group = Group::new(child);
            pty.write_all(&run.stdin)?;
            return Ok((group, Streams::Terminal(pty)));
        }

        let mut command = Command::new(&run.program);
        command
            .args(&run.args)
            .envs(run.env.iter().map(|(name, value)| (name, value)))
            .stdin(if run.stdin.is_empty() { Stdio::null() } else { Stdio::piped() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0);
        if let Some(dir) = &run.dir {
            command.current_dir(dir);
        }
        // SAFETY: as above.
        unsafe { command.pre_exec(prepare) };
        let mut group = Group::new(command.spawn()?);
        if let Some(mut stdin) = group.child.stdin.take() {
            // A program that does not read its input is no error of ours.
            let _ = stdin.write_all(&run.stdin);
        }
        let streams = match (group.child.stdout.take(), group.child.stderr.take()) {
            (Some(out), Some(err)) => Streams::Pipes(out, err),
            _ => return Err(io::Error::other("the child has no pipes")),
        };
        Ok((group, streams))
    }

    pub(super) fn finish(run: Run) -> Result<Transcript, RunError> {
        let began = Instant::now();
        let (mut group, mut streams) =
            start(&run).map_err(|source| RunError::Start { program: run.program.display().to_string(), source })?;

        let lost = |source: io::Error| RunError::Io { program: run.name(), source };
        let mut written = [Vec::new(), Vec::new()];
        let mut open = [true, streams.fd(1).is_some()];
        let mut chunks = Vec::new();
        let mut status = None;
        let mut ended_at = None;
        let mut buffer = [0; 16 * 1024];
        loop {
            let listening: Vec<usize> = (0..2).filter(|&stream| open[stream]).collect();
            let mut fds: Vec<PollFd<'_>> = listening
                .iter()
                .filter_map(|&stream| streams.fd(stream))
                .map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN))
                .collect();
            let tick = Timespec { tv_sec: 0, tv_nsec: TICK.subsec_nanos().into() };
            match poll(&mut fds, Some(&tick)) {
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(lost(error.into())),
            }
            let ready: Vec<bool> = fds.iter().map(|fd| !fd.revents().is_empty()).collect();
            for (stream, _) in listening.into_iter().zip(ready).filter(|(_, ready)| *ready) {
                match streams.read(stream, &mut buffer) {
                    Ok(0) => open[stream] = false,
                    Ok(count) => {
                        written[stream].extend_from_slice(&buffer[..count]);
                        if stream == 0 {
                            chunks.push((began.elapsed(), buffer[..count].to_vec()));
                        }
                    }
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(lost(error)),
                }
            }
            if written[0].len() + written[1].len() > run.max_output {
                let said = last_words(&written);
                return Err(RunError::Flood { program: run.name(), limit: run.max_output, said });
            }
            if status.is_none() && group.has_ended().map_err(&lost)? {
                status = Some(group.kill_and_reap().map_err(&lost)?);
                ended_at = Some(Instant::now());
            }
            let escaped = ended_at.is_some_and(|at: Instant| at.elapsed() > ESCAPED);
            if let (Some(status), true) = (status, open == [false, false] || escaped) {
                let [stdout, stderr] = written;
                return Ok(Transcript { stdout, stderr, chunks, status });
            }
            if status.is_none() && began.elapsed() > run.deadline {
                let said = last_words(&written);
                return Err(RunError::Deadline { program: run.name(), deadline: run.deadline, said });
            }
        }
    }

    /// The end of what was written: to standard output, or where nothing was, to standard error.
    fn last_words(written: &[Vec<u8>; 2]) -> String {
        tail(if written[0].is_empty() { &written[1] } else { &written[0] })
    }

    /// A child that leads a group of its own, which is killed when this is dropped or this process is interrupted.
    #[derive(Debug)]
    pub struct Supervised(Group);

    impl Supervised {
        /// Starts `command`.
        ///
        /// # Errors
        /// When it cannot be started.
        pub fn start(command: &mut Command) -> io::Result<Supervised> {
            Ok(Supervised(Group::new(command.process_group(0).spawn()?)))
        }

        /// The child's standard output, once, if it is a pipe.
        pub fn stdout(&mut self) -> Option<std::process::ChildStdout> {
            self.0.child.stdout.take()
        }

        /// Waits for the child's end.
        ///
        /// # Errors
        /// When the child was lost.
        pub fn wait(mut self) -> io::Result<std::process::ExitStatus> {
            let look = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
            waitid(WaitId::Pid(self.0.pid()), look)?;
            self.0.kill_and_reap()
        }
    }

    pub(super) fn kill_on_signal() -> io::Result<()> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM, SIGHUP])?;
        std::thread::Builder::new().name("kill-on-signal".into()).spawn(move || {
            if let Some(signal) = signals.forever().next() {
                for leader in running().iter().filter_map(|&pid| Pid::from_raw(pid)) {
                    let _ = kill_process_group(leader, Signal::KILL);
                }
                let _ = signal_hook::low_level::emulate_default_handler(signal);
            }
        })?;
        Ok(())
    }
}

#[cfg(not(unix))]
pub use sys::Supervised;

#[cfg(not(unix))]
mod sys {
    use super::{Run, RunError, Transcript};

    /// A child that is killed when this is dropped.
    #[derive(Debug)]
    pub struct Supervised(std::process::Child);

    impl Supervised {
        pub fn start(command: &mut std::process::Command) -> std::io::Result<Supervised> {
            command.spawn().map(Supervised)
        }

        pub fn stdout(&mut self) -> Option<std::process::ChildStdout> {
            self.0.stdout.take()
        }

        pub fn wait(mut self) -> std::io::Result<std::process::ExitStatus> {
            self.0.wait()
        }
    }

    impl Drop for Supervised {
        fn drop(&mut self) {
            let _ = self.0.kill();
        }
    }

    pub(super) fn finish(run: Run) -> Result<Transcript, RunError> {
        Err(RunError::Unsupported { program: run.name() })
    }

    pub(super) fn kill_on_signal() -> std::io::Result<()> {
        Ok(())
    }
}
