//! As `std::io`: the traits are the real ones; standard input, output and error are the program's own.
//!
//! Each write is a step, as each `print!` is. What writes through a buffer takes a step when that is emptied.

use std::cell::Cell;
use std::fmt::{self, Arguments, Debug};
use std::marker::PhantomData;
use std::panic::Location;

use interleave::hook::{self, request};
use interleave::op::{ObjectId, Op, Patience, Task};

pub use ::std::io::{
    BufRead, BufReader, BufWriter, Bytes, Chain, Cursor, Empty, Error, ErrorKind, IntoInnerError, IoSlice, IoSliceMut,
    LineWriter, Lines, Read, Repeat, Result, Seek, SeekFrom, Sink, Split, Take, Write, copy, empty, prelude,
    read_to_string, repeat, sink,
};

/// The caller's line; what is called by std's own code goes by that of the handle.
#[track_caller]
fn line(handle: &'static Location<'static>) -> &'static Location<'static> {
    let caller = Location::caller();
    let of_std = ["/rustc/", "/lib/rustlib/src/"].iter().any(|path| caller.file().contains(path));
    if of_std { handle } else { caller }
}

#[track_caller]
fn print(bytes: &[u8], error: bool, handle: &'static Location<'static>) {
    if bytes.is_empty() {
        return;
    }
    let here = line(handle);
    match std::str::from_utf8(bytes) {
        Ok(text) => request(Op::Print { text: hook::text(text.to_owned()), error }, here),
        Err(_) => {
            hook::refuse("what is written here is no text (UTF-8), so it cannot be shown: write text".into(), here)
        }
    };
}

/// One step each, whatever it is made of.
macro_rules! writes {
    ($([$($lifetime:lifetime)?] $type:ty, $error:expr;)*) => { $(
        impl $(<$lifetime>)? Write for $type {
            #[track_caller]
            fn write(&mut self, bytes: &[u8]) -> Result<usize> {
                print(bytes, $error, self.0);
                Ok(bytes.len())
            }

            #[track_caller]
            fn write_all(&mut self, bytes: &[u8]) -> Result<()> {
                print(bytes, $error, self.0);
                Ok(())
            }

            #[track_caller]
            fn write_fmt(&mut self, arguments: Arguments<'_>) -> Result<()> {
                print(arguments.to_string().as_bytes(), $error, self.0);
                Ok(())
            }

            fn flush(&mut self) -> Result<()> {
                Ok(())
            }
        }
    )* };
}

writes! {
    [] Stdout, false;
    [] &Stdout, false;
    ['a] StdoutLock<'a>, false;
    [] Stderr, true;
    [] &Stderr, true;
}

macro_rules! opaque {
    ($($name:ident $([$lifetime:lifetime])?)*) => { $(
        impl Debug for $name $(<$lifetime>)? {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($name)).finish_non_exhaustive()
            }
        }

        impl IsTerminal for $name $(<$lifetime>)? {
            fn is_terminal(&self) -> bool {
                false
            }
        }
    )* };
}

opaque! { Stdout  StdoutLock['_]  Stderr  Stdin  StdinLock['_] }

/// Nothing of an explored program's is a terminal.
pub trait IsTerminal {
    fn is_terminal(&self) -> bool;
}

pub struct Stdout(&'static Location<'static>);

#[track_caller]
pub fn stdout() -> Stdout {
    Stdout(Location::caller())
}

thread_local! {
    /// Who has the lock of standard output, and how often: the run, the task.
    static HOLDS: Cell<(u64, Task, u32)> = const { Cell::new((0, Task::MAIN, 0)) };
}

/// How often the task that runs has the lock of standard output.
fn holds() -> u32 {
    match HOLDS.get() {
        (run, task, times) if run == hook::run_number() && task == hook::current() => times,
        _ => 0,
    }
}

fn hold(times: u32) {
    HOLDS.set((hook::run_number(), hook::current(), times));
}

/// To lock is a step, and so is the end. A task may lock it again while it has it.
pub struct StdoutLock<'a>(&'static Location<'static>, NotSend<'a>);

/// A guard stays with its thread.
type NotSend<'a> = PhantomData<(&'a (), *const ())>;

impl Stdout {
    #[track_caller]
    pub fn lock(&self) -> StdoutLock<'static> {
        let locked = Location::caller();
        let before = holds();
        if before == 0 {
            request(Op::Lock { object: ObjectId::STDOUT, patience: Patience::Forever }, locked);
        }
        hold(before + 1);
        StdoutLock(locked, PhantomData)
    }
}

impl Drop for StdoutLock<'_> {
    fn drop(&mut self) {
        let before = holds();
        hold(before - 1);
        if before == 1 {
            let content = hook::text("()".into());
            request(Op::Unlock { object: ObjectId::STDOUT, content, poison: false }, self.0);
        }
    }
}

/// Its lock is not modelled.
pub struct Stderr(&'static Location<'static>);

#[track_caller]
pub fn stderr() -> Stderr {
    Stderr(Location::caller())
}

/// Only one task may read it: what a second one found there would depend on the first.
pub struct Stdin(&'static Location<'static>);

pub struct StdinLock<'a>(&'static Location<'static>, NotSend<'a>);

#[track_caller]
pub fn stdin() -> Stdin {
    Stdin(Location::caller())
}

thread_local! {
    /// The run, who reads in it, and what is left to read.
    static READER: Cell<(u64, Task, &'static [u8])> = const { Cell::new((0, Task::MAIN, b"")) };
    /// What stands there at first. It is the same in all runs of an exploration.
    static INPUT: Cell<&'static [u8]> = const { Cell::new(b"") };
}

#[track_caller]
fn input(handle: &'static Location<'static>) -> &'static [u8] {
    let (run, task) = (hook::run_number(), hook::current());
    match READER.get() {
        (of, reader, _) if of == run && reader != task => hook::refuse(
            "a second task reads standard input, and what it finds there would depend on the first: read it in one task"
                .into(),
            line(handle),
        ),
        (of, _, rest) if of == run => rest,
        _ => {
            let input = hook::input();
            if INPUT.get() != input.as_bytes() {
                INPUT.set(input.leak().as_bytes());
            }
            READER.set((run, task, INPUT.get()));
            INPUT.get()
        }
    }
}

impl Stdin {
    #[track_caller]
    pub fn lock(&self) -> StdinLock<'static> {
        StdinLock(Location::caller(), PhantomData)
    }

    #[track_caller]
    pub fn read_line(&self, line: &mut String) -> Result<usize> {
        self.lock().read_line(line)
    }

    #[track_caller]
    pub fn lines(self) -> Lines<StdinLock<'static>> {
        self.lock().lines()
    }
}

impl BufRead for StdinLock<'_> {
    #[track_caller]
    fn fill_buf(&mut self) -> Result<&[u8]> {
        Ok(input(self.0))
    }

    #[track_caller]
    fn consume(&mut self, amount: usize) {
        READER.set((hook::run_number(), hook::current(), &input(self.0)[amount..]));
    }
}

impl Read for StdinLock<'_> {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        let read = input(self.0).read(buffer)?;
        self.consume(read);
        Ok(read)
    }
}

impl Read for Stdin {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        StdinLock(line(self.0), PhantomData).read(buffer)
    }
}

impl Read for &Stdin {
    #[track_caller]
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        StdinLock(line(self.0), PhantomData).read(buffer)
    }
}
