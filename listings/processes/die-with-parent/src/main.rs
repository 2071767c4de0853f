// A worker's parent is killed, and can tell nobody. Which workers end with it? Each
// process here is this program again.
#[cfg(target_os = "linux")]
use {
    rustix::event::{PollFd, PollFlags, Timespec, poll},
    rustix::process::{self as unix, Pid, Signal, kill_process_group},
    std::io::{self, Read},
    std::os::unix::process::{CommandExt, parent_id},
    std::process::{Command, Stdio, exit, id},
    std::{env, thread, time::Duration},
};

#[cfg(target_os = "linux")]
// ANCHOR: worker
fn worker(measure: &str, parent: &str) -> io::Result<()> {
    match measure {
        "death signal" | "its child" => {
            unix::set_parent_process_death_signal(Some(Signal::KILL))?;
            if parent_id().to_string() != parent {
                exit(1); // it had ended before we asked
            }
            if measure == "its child" {
                let mut child = Command::new(env::current_exe()?);
                child.args(["worker", "nothing", parent]).spawn()?.wait()?;
            }
        }
        "end of stdin" => drop(thread::spawn(|| {
            let _ = io::stdin().read(&mut [0]);
            exit(0)
        })),
        _ => {}
    }
    println!("ready");
    thread::sleep(Duration::from_secs(60));
    Err(io::ErrorKind::TimedOut.into()) // nothing has ended it
}
// ANCHOR_END: worker

#[cfg(target_os = "linux")]
// ANCHOR: parent
/// Holds the other end of its worker's standard input, and writes nothing.
fn parent(measure: &str) -> io::Result<()> {
    let mut worker = Command::new(env::current_exe()?);
    worker.args(["worker", measure, &id().to_string()]).stdin(Stdio::piped());
    let _worker = worker.spawn()?;
    thread::sleep(Duration::from_secs(60));
    Ok(())
}
// ANCHOR_END: parent

#[cfg(target_os = "linux")]
// ANCHOR: outlives
/// With the parent dead, the pipe is open while the worker lives, or a child of it.
fn outlives_its_parent(measure: &str, patience: Duration) -> io::Result<bool> {
    let mut parent = Command::new(env::current_exe()?);
    parent.args(["parent", measure]).stdout(Stdio::piped()).process_group(0);
    let mut parent = parent.spawn()?;
    let mut pipe = parent.stdout.take().expect("a pipe was asked for");
    pipe.read_exact(&mut [0; "ready\n".len()])?;
    parent.kill()?;
    parent.wait()?;

    let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
    let mut closed = [PollFd::new(&pipe, PollFlags::IN)];
    let outlives = poll(&mut closed, Some(&patience))? == 0;
    if outlives {
        kill_process_group(Pid::from_child(&parent), Signal::KILL)?;
    }
    Ok(outlives)
}
// ANCHOR_END: outlives

#[cfg(target_os = "linux")]
fn main() -> io::Result<()> {
    let args: Vec<String> = env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["worker", measure, pid] => return worker(measure, pid),
        ["parent", measure] => return parent(measure),
        _ => {}
    }
    // Who goes on does so for a minute: a second shows it. Others end the wait.
    let measures = ["nothing", "death signal", "its child", "end of stdin"];
    for (measure, seconds) in measures.into_iter().zip([1, 30, 1, 30]) {
        let outlives = outlives_its_parent(measure, Duration::from_secs(seconds))?;
        println!("{measure:12}  {}", if outlives { "goes on" } else { "gone" });
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("die-with-parent needs Linux: elsewhere, there is no death signal");
}
