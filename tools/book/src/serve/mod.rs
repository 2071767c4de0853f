//! `cargo book serve`: the site on the loopback address, rebuilt when a file changes, and the open pages reloaded.
//!
//! ```text
//! watch ── a snapshot of modification times, taken again and again   -> "something changed"
//! serve ── builds into a folder that is not shown, then shows it      -> Status { build, site, fault }
//!          after a change without the search and the print page; with them when nothing has changed for a while
//! pages ── files of the newest build; a line in each page listens at /__book/events and reloads
//! ```

mod pages;
mod watch;

use crate::site::{self, Extras};
use anyhow::{Context, bail};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};
use tokio::sync::watch as channel;
use watch::Snapshot;

/// How often to look for a change. A look reads no file, only their times.
const LOOK: Duration = Duration::from_millis(150);

/// How long nothing must have changed before the search and the print page are built.
const QUIET: Duration = Duration::from_secs(1);

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
        let (sender, receiver) = channel::channel(Status { build: stamp(), site: None, fault: None });
        let mut builder = Builder { root: root.to_owned(), folders: folders(root)?, sender, full: None };
        let before = Snapshot::take(root);
        builder.rebuild(Extras::All);
        eprintln!("The book is at {address} (Ctrl-C stops)");
        if open && let Err(error) = open::that_detached(&address) {
            eprintln!("cannot open a browser ({error}): open {address} yourself");
        }
        std::thread::Builder::new().name("rebuild".into()).spawn(move || builder.watch_for_ever(before))?;
        axum::serve(listener, pages::router(receiver)).await.context("the server stopped")
    })
}

/// Folders of this process alone, for a second server must not empty the first one's. Three, so that there is one to build
/// into while one is shown and a full build writes another.
fn folders(root: &Path) -> anyhow::Result<[PathBuf; 3]> {
    let target = root.join("target/serve");
    std::fs::create_dir_all(&target).with_context(|| format!("cannot make {}", target.display()))?;
    forget_ended_servers(&target);
    let dir = target.join(std::process::id().to_string());
    Ok(["a", "b", "c"].map(|name| dir.join(name)))
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

/// Builds the newest text, and tells the pages.
#[derive(Debug)]
struct Builder {
    root: PathBuf,
    folders: [PathBuf; 3],
    sender: channel::Sender<Status>,
    full: Option<FullBuild>,
}

/// A build with the search and the print page, under way on a thread of its own: a change need not wait for its end.
#[derive(Debug)]
struct FullBuild {
    /// [`Status::build`] of the text that it was begun for.
    build: u64,
    site: PathBuf,
    thread: JoinHandle<anyhow::Result<()>>,
}

impl Builder {
    fn watch_for_ever(mut self, mut seen: Snapshot) {
        // When the site that is shown, built without the search, is to be built with it.
        let mut due: Option<Instant> = None;
        loop {
            std::thread::sleep(LOOK);
            let now = Snapshot::take(&self.root);
            if now != seen {
                // An editor that saves several files, or one in several steps, is given the time for it.
                seen = now;
                while let later = Snapshot::take(&self.root)
                    && later != seen
                {
                    seen = later;
                    std::thread::sleep(LOOK / 3);
                }
                due = self.rebuild(Extras::None).then(|| Instant::now() + QUIET);
            } else if let Some(full) = self.full.take_if(|full| full.thread.is_finished()) {
                self.show(full);
            } else if self.full.is_none() && due.take_if(|due| *due <= Instant::now()).is_some() {
                self.full = Some(self.begin_full_build());
            }
        }
    }

    /// Builds the newest text, shows it and tells the pages; where it has a fault, shows that over the last site that could
    /// be built. Answers whether it could be.
    fn rebuild(&mut self, extras: Extras) -> bool {
        let began = Instant::now();
        let shown = self.sender.borrow().site.clone();
        let spare = self.spare();
        let status = match end(begin(&self.root, &spare, extras)) {
            Ok(()) => {
                eprintln!("built in {} ms", began.elapsed().as_millis());
                Status { build: stamp(), site: Some(spare), fault: None }
            }
            Err(error) => {
                let fault = format!("{error:#}");
                eprintln!("not built: {fault}");
                if shown.is_some() {
                    eprintln!("The last version that could be built is still shown.");
                }
                Status { build: stamp(), site: shown, fault: Some(fault) }
            }
        };
        let built = status.fault.is_none();
        self.sender.send_replace(status);
        built
    }

    fn begin_full_build(&self) -> FullBuild {
        let site = self.spare();
        FullBuild { build: self.sender.borrow().build, thread: begin(&self.root, &site, Extras::All), site }
    }

    /// Shows a full build that ended, unless another text came meanwhile. The open pages are the same in it, and hear
    /// nothing.
    fn show(&self, full: FullBuild) {
        if full.build != self.sender.borrow().build {
            return;
        }
        match end(full.thread) {
            Ok(()) => {
                self.sender.send_if_modified(|status| {
                    status.site = Some(full.site);
                    false
                });
                eprintln!("the search and the print page are there too");
            }
            Err(error) => eprintln!("the search and the print page are not built: {error:#}"),
        }
    }

    /// A folder that is neither shown nor being written.
    fn spare(&self) -> PathBuf {
        let shown = self.sender.borrow().site.clone();
        let written = self.full.as_ref().map(|full| &full.site);
        let taken = [shown.as_ref(), written];
        let free = self.folders.iter().find(|folder| !taken.contains(&Some(*folder)));
        free.expect("of three folders, at most two are taken").clone()
    }
}

/// Begins to build the site into `destination`. On a thread of its own: a panic in a page's rendering must not end the
/// watching.
fn begin(root: &Path, destination: &Path, extras: Extras) -> JoinHandle<anyhow::Result<()>> {
    let (root, destination) = (root.to_owned(), destination.to_owned());
    std::thread::spawn(move || site::build(&root, Some(&destination), extras).map(drop))
}

/// Waits for the end of a build.
fn end(build: JoinHandle<anyhow::Result<()>>) -> anyhow::Result<()> {
    build.join().unwrap_or_else(|_| bail!("mdBook panicked; its message stands above"))
}

/// Microseconds since 1970: grows, and no two servers give the same.
fn stamp() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_micros()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A book of one page.
    fn book() -> anyhow::Result<tempfile::TempDir> {
        let dir = tempfile::tempdir()?;
        for (path, text) in [
            ("book.toml", "[book]\ntitle = \"A book\"\n[build]\nuse-default-preprocessors = false\n"),
            ("rust-toolchain.toml", "[toolchain]\nchannel = \"1.95.0\"\n"),
            ("src/SUMMARY.md", "[One](one.md)\n"),
            ("src/one.md", "# One\n"),
        ] {
            std::fs::create_dir_all(dir.path().join("src"))?;
            std::fs::write(dir.path().join(path), text)?;
        }
        std::fs::create_dir(dir.path().join("listings"))?;
        Ok(dir)
    }

    #[test]
    fn a_change_does_not_wait_for_a_full_build_and_makes_it_stale() -> anyhow::Result<()> {
        let book = book()?;
        let (sender, mut pages) = channel::channel(Status { build: 0, site: None, fault: None });
        let root = book.path().to_owned();
        let mut builder = Builder { folders: folders(&root)?, root, sender, full: None };
        assert!(builder.rebuild(Extras::None));

        // A full build that does not end before the next change is shown.
        let (end, ended) = std::sync::mpsc::channel();
        let mut stale = builder.begin_full_build();
        let real = std::mem::replace(&mut stale.thread, std::thread::spawn(|| Ok(())));
        stale.thread = std::thread::spawn(move || {
            ended.recv()?;
            super::end(real)
        });
        let written = stale.site.clone();
        builder.full = Some(stale);
        assert!(builder.rebuild(Extras::None));
        let newest = pages.borrow_and_update().clone();
        assert_ne!(newest.site.as_ref(), Some(&written));
        end.send(())?;
        let stale = builder.full.take().context("it is under way")?;
        builder.show(stale);
        assert_eq!(builder.sender.borrow().site, newest.site);

        // One that no change came before is shown, and the pages are not told.
        let full = builder.begin_full_build();
        let site = full.site.clone();
        builder.show(full);
        assert!(site.join("print.html").exists());
        assert_eq!(builder.sender.borrow().site, Some(site));
        assert_eq!(builder.sender.borrow().build, newest.build);
        assert!(!pages.has_changed()?);
        Ok(())
    }
}
