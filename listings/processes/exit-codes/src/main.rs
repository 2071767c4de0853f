// Seven ways for a process to end, and what its parent is told. The child is this
// program again: its argument says how it is to end.
#[cfg(unix)]
use {
    rustix::process::{Pid, Signal, kill_process},
    std::os::unix::process::ExitStatusExt,
    std::process::{Command, Stdio, abort, exit},
    std::{env, io},
};

#[cfg(unix)]
// ANCHOR: child
fn end(how: &str) -> io::Result<()> {
    match how {
        "exit 3" => exit(3),
        "exit 256" => exit(256),
        "exit -1" => exit(-1),
        "panic" => panic!("the till is empty"),
        "abort" => abort(),
        _ => io::stdin().read_line(&mut String::new()).map(drop), // until killed
    }
}
// ANCHOR_END: child

#[cfg(unix)]
// ANCHOR: parent
fn main() -> io::Result<()> {
    if let Some(how) = env::args().nth(1) {
        return end(&how);
    }
    for how in ["exit 3", "exit 256", "exit -1", "panic", "abort", "KILL", "TERM"] {
        let mut again = Command::new(env::current_exe()?);
        again.arg(how).stdin(Stdio::piped()).stderr(Stdio::null());
        let mut child = again.spawn()?;
        match how {
            "KILL" => child.kill()?,
            "TERM" => kill_process(Pid::from_child(&child), Signal::TERM)?,
            _ => {}
        }
        let status = child.wait()?;
        let code = format!("{:?}", status.code());
        println!("{how:8}  code {code:9}  signal {:?}", status.signal());
    }
    Ok(())
}
// ANCHOR_END: parent

#[cfg(not(unix))]
fn main() {
    println!("exit-codes needs Unix: elsewhere, no process ends by a signal");
}
