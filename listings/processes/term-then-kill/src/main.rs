// Ask first, then insist: SIGTERM, a time to clean up, SIGKILL. Of two children,
// both this program again, one listens and one does not.
#[cfg(unix)]
use {
    rustix::process::{Pid, Signal, kill_process},
    signal_hook::{consts::SIGTERM, low_level::pipe},
    std::io::{self, BufRead, BufReader, Read},
    std::os::unix::net::UnixStream,
    std::process::{Child, Command, ExitStatus, Stdio},
    std::time::{Duration, Instant},
    std::{env, thread},
};

#[cfg(unix)]
// ANCHOR: child
/// The handler only writes a byte to a socket: the work is done here, outside it.
fn child(listens: bool) -> io::Result<()> {
    let (mut signals, handler) = UnixStream::pair()?;
    pipe::register(SIGTERM, handler)?;
    println!("ready");
    if !listens {
        thread::sleep(Duration::from_secs(60)); // and nobody looks at the socket
    }
    signals.read_exact(&mut [0])?;
    println!("the till is counted and locked");
    Ok(())
}
// ANCHOR_END: child

#[cfg(unix)]
// ANCHOR: stop
/// Asks the child to end, and ends it if it has not done so when `grace` is over.
fn stop(child: &mut Child, grace: Duration) -> io::Result<ExitStatus> {
    kill_process(Pid::from_child(child), Signal::TERM)?;
    let deadline = Instant::now() + grace;
    while Instant::now() < deadline {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        thread::sleep(Duration::from_millis(5));
    }
    child.kill()?;
    child.wait()
}
// ANCHOR_END: stop

#[cfg(unix)]
// ANCHOR: main
fn main() -> io::Result<()> {
    if let Some(role) = env::args().nth(1) {
        return child(role == "polite");
    }
    let (minute, moment) = (Duration::from_secs(60), Duration::from_millis(100));
    for (role, grace) in [("polite", minute), ("deaf", moment)] {
        let mut again = Command::new(env::current_exe()?);
        let mut child = again.arg(role).stdout(Stdio::piped()).spawn()?;
        let stdout = child.stdout.take().expect("a pipe was asked for");
        let mut says = BufReader::new(stdout).lines();
        says.next().transpose()?; // "ready": from now on a signal is handled
        let status = stop(&mut child, grace)?;
        for line in says {
            println!("{role}: {}", line?);
        }
        println!("{role}: {status}");
    }
    Ok(())
}
// ANCHOR_END: main

#[cfg(not(unix))]
fn main() {
    println!("term-then-kill needs Unix: elsewhere, there is no SIGTERM");
}
