//! `cargo book serve`: the site on the loopback address, rebuilt when a file changes, and the open pages reloaded.
//!
//! ```text
//! watch ── a snapshot of modification times, taken again and again   -> "something changed"
//! serve ── builds into one of two folders, then lets the other go    -> Status { build, folder, fault }
//! pages ── files of the newest build; a line in each page listens at /__book/events and reloads
//! ```

mod pages;
mod watch;

use crate::site::{self, Extras};
use anyhow::{Context, bail};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch as channel;
use watch::Snapshot;

/// How often to look for a change. A look reads no file, only their times.
const LOOK: Duration = Duration::from_millis(150);

/// What the server shows now.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    /// Never the same for two builds, of this server or of another one.
    pub(crate) build: u64,
    /// The newest site that could be built.
    pub(crate) site: Option<PathBuf>,
    /// Why the newest text could not.
    pub(crate) fault: Option<String>,
}

/// Builds the book, serves it on `127.0.0.1:port`, and rebuilds it until the process is interrupted.
///
/// # Errors
/// When the port cannot be had. A fault in the text is no error: it is shown, and serving goes on.
pub fn serve(root: &Path, port: u16, open: bool) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start the server")?;
    runtime.block_on(async {
        // First, so that nobody waits for a build to hear that the port is taken.
        let listener = match tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                bail!(
                    "port {port} is in use: stop the other server, or choose another with --port {}",
                    port.wrapping_add(1)
                );
            }
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
                bail!("port {port} needs more rights than this user has: choose one above 1023 with --port");
            }
            Err(error) => return Err(error).with_context(|| format!("cannot listen on 127.0.0.1:{port}")),
        };
        let address = format!("http://{}/", listener.local_addr()?);
        let folders = Folders::new(root)?;
        let before = Snapshot::take(root);
        let (sender, receiver) = channel::channel(Status { build: stamp(), site: None, fault: None });
        rebuild(root, &folders, &sender);
        eprintln!("The book is at {address} (Ctrl-C stops)");
        if open && let Err(error) = open::that_detached(&address) {
            eprintln!("cannot open a browser ({error}): open {address} yourself");
        }
        let root = root.to_owned();
        std::thread::Builder::new()
            .name("rebuild".into())
            .spawn(move || watch_for_ever(&root, before, &folders, &sender))?;
        axum::serve(listener, pages::router(receiver)).await.context("the server stopped")
    })
}

/// Two folders that take turns, so that a page asked for during a build is still there.
#[derive(Debug)]
struct Folders {
    dirs: [PathBuf; 2],
}

impl Folders {
    /// Folders of this process alone: a second server must not empty the first one's.
    fn new(root: &Path) -> anyhow::Result<Folders> {
        let target = root.join("target/serve");
        std::fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?;
        let dir = target.join(std::process::id().to_string());
        forget_ended_servers(&target);
        Ok(Folders { dirs: [dir.join("a"), dir.join("b")] })
    }

    /// The one that is not shown now.
    fn spare(&self, shown: Option<&Path>) -> &Path {
        if shown == Some(&self.dirs[0]) { &self.dirs[1] } else { &self.dirs[0] }
    }
}

/// Removes what servers that are gone left; their folders are called by their process ids.
fn forget_ended_servers(target: &Path) {
    for entry in std::fs::read_dir(target).into_iter().flatten().flatten() {
        let lives = Path::new("/proc").join(entry.file_name()).exists();
        if Path::new("/proc/self").exists() && !lives {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn watch_for_ever(root: &Path, mut seen: Snapshot, folders: &Folders, sender: &channel::Sender<Status>) {
    loop {
        std::thread::sleep(LOOK);
        let now = Snapshot::take(root);
        if now != seen {
            // An editor that saves several files, or one in several steps, is given the time for it.
            seen = now;
            while let later = Snapshot::take(root)
                && later != seen
            {
                seen = later;
                std::thread::sleep(LOOK / 3);
            }
            rebuild(root, folders, sender);
        }
    }
}

/// Builds the newest text and shows it; where it has a fault, shows that over the last site that could be built.
fn rebuild(root: &Path, folders: &Folders, sender: &channel::Sender<Status>) {
    let began = Instant::now();
    let shown = sender.borrow().site.clone();
    let spare = folders.spare(shown.as_deref());
    // A panic in a page's rendering must not end the watching.
    let built = std::panic::catch_unwind(|| site::build(root, Some(spare), Extras::None))
        .unwrap_or_else(|_| Err(anyhow::anyhow!("mdBook panicked; its message stands above")));
    let status = match built {
        Ok(_) => {
            eprintln!("built in {} ms", began.elapsed().as_millis());
            Status { build: stamp(), site: Some(spare.to_owned()), fault: None }
        }
        Err(error) => {
            let fault = format!("{error:#}");
            eprintln!("not built: {fault}\nThe last version that could be built is still shown.");
            Status { build: stamp(), site: shown, fault: Some(fault) }
        }
    };
    sender.send_replace(status);
}

/// Microseconds since 1970: grows, and no two servers give the same.
fn stamp() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or_default()
}
