//! Work in a child process, for what leaks, aborts or does not end.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::FromRawFd;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

/// How a child ended.
#[derive(Debug)]
pub struct Ended {
    /// What the work returned; `None` if it was not done: it aborted, or its time was over.
    pub text: Option<String>,
    /// Whether its time was over.
    pub late: bool,
    /// What it counted.
    pub count: u64,
    /// How much processor time it took.
    pub time: Duration,
    /// Its largest resident set, or that of a child of its own, in bytes.
    pub memory: u64,
}

/// Does the work in a fork of this process, for at most so many seconds of processor time: a busy machine changes
/// nothing.
///
/// # Panics
/// There is no child to be had.
pub fn run(seconds: i32, work: impl FnOnce(&'static AtomicU64) -> String) -> Ended {
    let mut ends = [0; 2];
    // SAFETY: a pipe into an array of two, and a new anonymous mapping that both processes share, of zeros.
    let count = unsafe {
        assert_eq!(libc::pipe(ends.as_mut_ptr()), 0);
        let shared = libc::mmap(
            std::ptr::null_mut(),
            size_of::<AtomicU64>(),
            libc::PROT_READ | libc::PROT_WRITE,
            libc::MAP_SHARED | libc::MAP_ANON,
            -1,
            0,
        );
        assert_ne!(shared, libc::MAP_FAILED);
        &*shared.cast::<AtomicU64>()
    };
    // SAFETY: the child does the work and leaves; the tests and the table start it from their only busy thread.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "no child process: {}", std::io::Error::last_os_error());
    if child == 0 {
        // SAFETY: this process is the child's own; a failing execution says much that nobody wants to read.
        unsafe {
            let null = libc::open(c"/dev/null".as_ptr(), libc::O_WRONLY);
            libc::dup2(null, libc::STDERR_FILENO);
            let most = libc::timeval { tv_sec: libc::time_t::from(seconds), tv_usec: 0 };
            let never = libc::timeval { tv_sec: 0, tv_usec: 0 };
            let timer = libc::itimerval { it_interval: never, it_value: most };
            libc::setitimer(libc::ITIMER_PROF, &raw const timer, std::ptr::null_mut());
        }
        let text = work(count);
        // SAFETY: the writing end is this process's own; no destructor of the parent's may run here.
        unsafe {
            let written = File::from_raw_fd(ends[1]).write_all(text.as_bytes());
            libc::_exit(i32::from(written.is_err()))
        }
    }
    // SAFETY: both ends are ours; the child has its own copies.
    let mut reader = unsafe {
        libc::close(ends[1]);
        File::from_raw_fd(ends[0])
    };
    let mut text = String::new();
    reader.read_to_string(&mut text).expect("a pipe can be read");
    let mut status = 0;
    // SAFETY: plain numbers, filled in by the call, which waits for the child started above.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::wait4(child, &raw mut status, 0, &raw mut usage), child);
        usage
    };
    let done = libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0;
    let spent = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1_000);
    let ended = Ended {
        text: done.then_some(text),
        late: libc::WIFSIGNALED(status) && libc::WTERMSIG(status) == libc::SIGPROF,
        count: count.load(Relaxed),
        time: spent(usage.ru_utime) + spent(usage.ru_stime),
        memory: usage.ru_maxrss as u64 * 1024,
    };
    // SAFETY: mapped above and not used again.
    unsafe { libc::munmap(std::ptr::from_ref(count).cast_mut().cast(), size_of::<AtomicU64>()) };
    ended
}
