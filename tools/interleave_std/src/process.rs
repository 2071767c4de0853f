//! As `std::process`, for the end of a program. Starting others is not modelled.

use std::convert::Infallible;
use std::fmt::{self, Debug};
use std::panic::Location;

use interleave::hook::request;
use interleave::op::Op;

/// Ends the program: a step.
#[track_caller]
pub fn exit(code: i32) -> ! {
    request(Op::Exit { code }, Location::caller());
    unreachable!("a program that has ended goes on")
}

/// Ends the program: a step. The code is the one that a shell shows for a process that aborted.
#[track_caller]
pub fn abort() -> ! {
    exit(128 + 6)
}

/// What a program answers at its end. A real one cannot be read.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct ExitCode(u8);

impl ExitCode {
    pub const SUCCESS: ExitCode = ExitCode(0);
    pub const FAILURE: ExitCode = ExitCode(1);

    pub(crate) fn code(self) -> i32 {
        self.0.into()
    }
}

impl Debug for ExitCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ExitCode(unix_exit_status({}))", self.0)
    }
}

impl From<u8> for ExitCode {
    fn from(code: u8) -> ExitCode {
        ExitCode(code)
    }
}

/// What `main` returns.
pub trait Termination {
    /// The exit code, after saying what is to be said.
    fn report(self) -> ExitCode;
}

impl Termination for () {
    fn report(self) -> ExitCode {
        ExitCode::SUCCESS
    }
}

impl Termination for ! {
    fn report(self) -> ExitCode {
        self
    }
}

impl Termination for Infallible {
    fn report(self) -> ExitCode {
        match self {}
    }
}

impl Termination for ExitCode {
    fn report(self) -> ExitCode {
        self
    }
}

impl<T: Termination, E: Debug> Termination for Result<T, E> {
    fn report(self) -> ExitCode {
        match self {
            Ok(value) => value.report(),
            Err(error) => {
                crate::eprintln!("Error: {error:?}");
                ExitCode::FAILURE
            }
        }
    }
}
