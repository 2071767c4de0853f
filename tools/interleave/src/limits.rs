//! Exploring in a child process with limits, so that a program that loops, eats memory or aborts ends the child and not
//! the test or the book.
//!
//! The child shares a page with its parent, the *black box*, in which it notes who runs and after which place. When it
//! dies, the parent says where. Processor time is limited, not time by the clock: a busy machine changes nothing.

use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU8, AtomicU32, AtomicU64, Ordering::Relaxed};

use crate::machine::Move;
use crate::op::Task;
use crate::world::SourcePlace;

/// What a child may use.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Bytes of address space beyond what the process has already.
    pub memory: u64,
    /// Seconds of processor time for the whole exploration.
    pub processor: u64,
    /// Seconds of processor time from one operation of the program to the next.
    pub silence: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { memory: 2 << 30, processor: 120, silence: 2 }
    }
}

/// How a child died, and where the program was.
#[derive(Clone, Debug, PartialEq)]
pub struct Death {
    pub why: Why,
    pub task: Task,
    /// The last place that the task passed, if it had passed any.
    pub after: Option<SourcePlace>,
    /// The schedule up to there.
    pub schedule: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Why {
    /// The program came to no operation for as long as it may.
    Silence,
    /// All its processor time is used.
    Processor,
    /// It asked for so many bytes, which are more than it may have.
    Memory(u64),
    /// It aborted: a panic in a panic.
    Abort,
    /// It aborted: a panic in a destructor that the standard library itself calls at the end of a thread.
    Destructor,
    /// A stack overflow, or worse.
    Fault,
    /// Anything else: the signal, or the code.
    Other(i32),
}

const FILE: usize = 1024;
const STEPS: usize = 16 * 1024;

/// Shared by parent and child.
struct BlackBox {
    passed: AtomicU64,
    inside: AtomicBool,
    /// What it asked for and did not get.
    asked: AtomicU64,
    /// It aborts for a panic in such a destructor.
    destructor: AtomicBool,
    task: AtomicU8,
    line: AtomicU32,
    column: AtomicU32,
    file_length: AtomicU32,
    file: [AtomicU8; FILE],
    steps: AtomicU32,
    way: [[AtomicU8; 2]; STEPS],
}

static BOX: AtomicPtr<BlackBox> = AtomicPtr::new(std::ptr::null_mut());

fn with_box(note: impl FnOnce(&BlackBox)) {
    let shared = BOX.load(Relaxed);
    if !shared.is_null() {
        // SAFETY: set once by a child to a page that stays mapped until it ends; all fields are atomics.
        note(unsafe { &*shared });
    }
}

/// The task goes on, after this place.
pub(crate) fn passed(task: Task, place: &SourcePlace) {
    with_box(|shared| {
        shared.task.store(task.0, Relaxed);
        shared.line.store(place.line, Relaxed);
        shared.column.store(place.column, Relaxed);
        shared.file_length.store(place.file.len().min(FILE) as u32, Relaxed);
        for (to, from) in shared.file.iter().zip(place.file.bytes()) {
            to.store(from, Relaxed);
        }
        shared.passed.fetch_add(1, Relaxed);
        shared.inside.store(true, Relaxed);
    });
}

/// The task has come to an operation.
pub(crate) fn arrived() {
    with_box(|shared| shared.inside.store(false, Relaxed));
}

/// The program has asked for so many bytes and does not get them; it aborts.
pub fn no_memory(bytes: usize) {
    with_box(|shared| shared.asked.store(bytes as u64, Relaxed));
}

/// The destructor of what is thread-local, or of a result that nobody joined: a panic in it ends the program.
pub fn drop_without_panic(drop: impl FnOnce()) {
    if std::panic::catch_unwind(std::panic::AssertUnwindSafe(drop)).is_err() {
        with_box(|shared| shared.destructor.store(true, Relaxed));
        std::process::abort();
    }
}

/// A run begins that follows this schedule.
pub(crate) fn schedule(way: &[Move]) {
    with_box(|shared| shared.steps.store(0, Relaxed));
    way.iter().for_each(|&by| step(by));
}

/// A run takes a step.
pub(crate) fn step(by: Move) {
    with_box(|shared| {
        let at = shared.steps.fetch_add(1, Relaxed) as usize;
        if let Some([task, alternative]) = shared.way.get(at) {
            task.store(by.task.0, Relaxed);
            alternative.store(by.alternative, Relaxed);
        }
    });
}

#[cfg(unix)]
pub(crate) use unix::in_child;

#[cfg(not(unix))]
pub(crate) fn in_child(_: Limits, work: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, Death> {
    Ok(work())
}

#[cfg(unix)]
mod unix {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::FromRawFd;

    use super::*;

    /// The code with which a child ends that was silent too long.
    const SILENT: i32 = 97;

    /// Calls `work` in a child process and brings back what it returns.
    ///
    /// The child is a fork: it has everything that the parent has, and only the thread that calls. It takes no lock
    /// that another thread of the parent may hold: it prints nothing, reads no environment, and leaves by `_exit`.
    pub(crate) fn in_child(limits: Limits, work: impl FnOnce() -> Vec<u8>) -> Result<Vec<u8>, Death> {
        let mut ends = [0; 2];
        // SAFETY: a new anonymous mapping, and a pipe into an array of two.
        let shared = unsafe {
            assert_eq!(libc::pipe(ends.as_mut_ptr()), 0, "no pipe: {}", std::io::Error::last_os_error());
            let shared = libc::mmap(
                std::ptr::null_mut(),
                size_of::<BlackBox>(),
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED | libc::MAP_ANON,
                -1,
                0,
            );
            assert_ne!(shared, libc::MAP_FAILED, "no shared page: {}", std::io::Error::last_os_error());
            shared.cast::<BlackBox>()
        };
        // SAFETY: see above for what the child may do.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "no child process: {}", std::io::Error::last_os_error());
        if child == 0 {
            BOX.store(shared, Relaxed);
            limit(limits);
            // A panic of the explorer's own must not leave by the way that the parent takes.
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
            let Ok(result) = result else {
                // SAFETY: no destructor and no exit handler of the parent's may run here.
                unsafe { libc::_exit(101) }
            };
            // SAFETY: the writing end is this process's own.
            let written = unsafe { File::from_raw_fd(ends[1]) }.write_all(&result);
            // SAFETY: no destructor and no exit handler of the parent's may run here.
            unsafe { libc::_exit(if written.is_ok() { 0 } else { 1 }) }
        }
        // SAFETY: both ends are ours; the child has its own copies.
        let mut reader = unsafe {
            libc::close(ends[1]);
            File::from_raw_fd(ends[0])
        };
        let mut result = Vec::new();
        let read = reader.read_to_end(&mut result);
        let mut status = 0;
        // SAFETY: waits for the child started above. A signal may interrupt it.
        while unsafe { libc::waitpid(child, &raw mut status, 0) } < 0 {
            assert_eq!(std::io::Error::last_os_error().kind(), std::io::ErrorKind::Interrupted, "the child is lost");
        }
        let why = if libc::WIFSIGNALED(status) {
            Some(match libc::WTERMSIG(status) {
                libc::SIGXCPU | libc::SIGKILL => Why::Processor,
                libc::SIGABRT => Why::Abort,
                libc::SIGSEGV | libc::SIGBUS | libc::SIGILL | libc::SIGTRAP => Why::Fault,
                signal => Why::Other(signal),
            })
        } else {
            match libc::WEXITSTATUS(status) {
                0 => None,
                SILENT => Some(Why::Silence),
                code => Some(Why::Other(code)),
            }
        };
        // SAFETY: mapped above and read for the last time here; the child is gone.
        let death = unsafe {
            let death = why.map(|why| (*shared).death(why));
            libc::munmap(shared.cast(), size_of::<BlackBox>());
            death
        };
        match death {
            None => {
                read.expect("a pipe can be read");
                Ok(result)
            }
            Some(death) => Err(death),
        }
    }

    impl BlackBox {
        fn death(&self, why: Why) -> Death {
            let length = self.file_length.load(Relaxed) as usize;
            let file: Vec<u8> = self.file[..length.min(FILE)].iter().map(|byte| byte.load(Relaxed)).collect();
            let steps = (self.steps.load(Relaxed) as usize).min(STEPS);
            let way: Vec<Move> = self.way[..steps]
                .iter()
                .map(|[task, alternative]| Move {
                    task: Task(task.load(Relaxed)),
                    alternative: alternative.load(Relaxed),
                })
                .collect();
            let why = match (why, self.asked.load(Relaxed)) {
                (Why::Abort, asked) if asked > 0 => Why::Memory(asked),
                (Why::Abort, _) if self.destructor.load(Relaxed) => Why::Destructor,
                _ => why,
            };
            Death {
                why,
                task: Task(self.task.load(Relaxed)),
                after: (length > 0).then(|| SourcePlace {
                    file: String::from_utf8_lossy(&file).into_owned(),
                    line: self.line.load(Relaxed),
                    column: self.column.load(Relaxed),
                }),
                schedule: crate::schedule::write(&way),
            }
        }
    }

    fn limit(Limits { memory, processor, silence }: Limits) {
        let set = |what, most: u64| {
            let limit = libc::rlimit { rlim_cur: most, rlim_max: most };
            // SAFETY: lowers a limit of this process.
            unsafe { libc::setrlimit(what, &raw const limit) };
        };
        set(libc::RLIMIT_CORE, 0);
        set(libc::RLIMIT_CPU, processor);
        #[cfg(target_os = "linux")]
        {
            let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
            let used = pages.split(' ').next().and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096;
            set(libc::RLIMIT_AS, used + memory);
        }
        SILENCE.store(silence, Relaxed);
        // SAFETY: the handler touches atomics and may call `_exit`; no other thread runs in this process. What the
        // parent's harness does with standard error is not to see what an aborting program says.
        unsafe {
            let null = libc::open(c"/dev/null".as_ptr(), libc::O_WRONLY);
            libc::dup2(null, libc::STDERR_FILENO);
            libc::signal(libc::SIGABRT, libc::SIG_DFL);
            libc::signal(libc::SIGVTALRM, on_tick as *const () as libc::sighandler_t);
            let second = libc::timeval { tv_sec: 1, tv_usec: 0 };
            let timer = libc::itimerval { it_interval: second, it_value: second };
            libc::setitimer(libc::ITIMER_VIRTUAL, &raw const timer, std::ptr::null_mut());
        }
    }

    static SILENCE: AtomicU32 = AtomicU32::new(0);
    static TICKS: AtomicU32 = AtomicU32::new(0);
    static SEEN: AtomicU64 = AtomicU64::new(0);

    /// A second of processor time is over.
    extern "C" fn on_tick(_: i32) {
        with_box(|shared| {
            let passed = shared.passed.load(Relaxed);
            if !shared.inside.load(Relaxed) || SEEN.swap(passed, Relaxed) != passed {
                TICKS.store(0, Relaxed);
            } else if TICKS.fetch_add(1, Relaxed) + 1 >= SILENCE.load(Relaxed) {
                // SAFETY: leaves at once.
                unsafe { libc::_exit(SILENT) }
            }
        });
    }
}
