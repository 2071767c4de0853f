// Dropping a `Child` neither kills the process nor reaps it: a guard does both.
// Linux tells the state of each process in /proc.
#[cfg(target_os = "linux")]
use {
    rustix::process::{self as unix, Pid, Signal, WaitId, WaitIdOptions},
    std::process::{Child, Command},
    std::{fs, io},
};

#[cfg(target_os = "linux")]
// ANCHOR: state
/// The state is the letter after the name, which stands in parentheses.
fn state(pid: Pid) -> &'static str {
    let stat = fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero()));
    match stat.as_deref().map(|stat| stat.rsplit(") ").next()) {
        Ok(Some(rest)) if rest.starts_with('Z') => "zombie",
        Ok(_) => "alive",
        Err(_) => "gone",
    }
}
// ANCHOR_END: state

#[cfg(target_os = "linux")]
// ANCHOR: kept
/// A child that does not outlive its keeper, and leaves no zombie.
struct Kept(Child);

#[cfg(target_os = "linux")]
impl Drop for Kept {
    fn drop(&mut self) {
        let _ = self.0.kill(); // may not be ours to kill:
        let _ = self.0.wait(); // then this waits for its end
    }
}
// ANCHOR_END: kept

#[cfg(target_os = "linux")]
fn sleeper() -> io::Result<Child> {
    Command::new("sleep").arg("60").spawn()
}

#[cfg(target_os = "linux")]
// ANCHOR: main
fn main() -> io::Result<()> {
    let child = sleeper()?;
    let pid = Pid::from_child(&child);
    drop(child);
    println!("dropped:       {}", state(pid));

    unix::kill_process(pid, Signal::KILL)?;
    // Wait for its end, but do not reap it.
    let ended = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
    unix::waitid(WaitId::Pid(pid), ended)?;
    println!("then killed:   {}", state(pid));

    unix::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED)?;
    println!("then reaped:   {}", state(pid));

    let kept = Kept(sleeper()?);
    let pid = Pid::from_child(&kept.0);
    drop(kept);
    println!("guard dropped: {}", state(pid));
    Ok(())
}
// ANCHOR_END: main

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("zombie needs Linux: it reads the states of processes in /proc");
}
