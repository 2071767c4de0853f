//! The executables of listings, by one `cargo build`.

use crate::run::{Run, Supervised};
use crate::{Class, Library, Listing, RecordKind};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the executable of each listing is.
#[derive(Debug, Clone, Default)]
pub struct Binaries {
    by_slug: BTreeMap<String, PathBuf>,
    /// The tests that make traces.
    traces: BTreeMap<String, PathBuf>,
}

impl Binaries {
    /// Builds the binaries of `listings`; cargo shows its progress on standard error. Listings of class M are built
    /// with optimization, the others without.
    ///
    /// # Errors
    /// When one does not compile.
    pub fn build<'a>(root: &Path, listings: impl IntoIterator<Item = &'a Listing>) -> anyhow::Result<Binaries> {
        let listings: Vec<&Listing> = listings.into_iter().collect();
        let is_traced = |listing: &&Listing| listing.record(RecordKind::Trace).is_some();
        let traced: Vec<&Listing> = listings.iter().copied().filter(is_traced).collect();
        let (measured, others): (Vec<&Listing>, Vec<&Listing>) =
            listings.into_iter().partition(|listing| listing.class == Class::M);
        let mut binaries = Binaries::default();
        binaries.by_slug.extend(build(root, &others, &["build", "--bins"])?);
        binaries.by_slug.extend(build(root, &measured, &["build", "--bins", "--release"])?);
        binaries.traces.extend(build(root, &traced, &["test", "--no-run", "--test", "trace"])?);
        Ok(binaries)
    }

    /// The executable of a listing.
    ///
    /// # Errors
    /// When it was not among those built.
    pub fn path(&self, listing: &Listing) -> anyhow::Result<&Path> {
        self.by_slug.get(&listing.slug).map(PathBuf::as_path).with_context(|| {
            format!(
                "cargo built no binary for \"{0}\": {1} needs a [[bin]] of that name",
                listing.slug,
                listing.manifest().display()
            )
        })
    }

    /// A run of the test that makes the traces of a listing, ready to start.
    ///
    /// # Errors
    /// When it was not among those built.
    pub fn trace(&self, listing: &Listing) -> anyhow::Result<Run> {
        let path = self.traces.get(&listing.slug);
        let path = path.with_context(|| format!("cargo built no test from {}", listing.trace_path().display()))?;
        Ok(set_up(Run::new(path), listing))
    }

    /// The recorded run of a listing, ready to start.
    ///
    /// # Errors
    /// As [`Binaries::path`].
    pub fn run(&self, listing: &Listing) -> anyhow::Result<Run> {
        self.run_with(listing, &listing.args)
    }

    /// A run of a listing with these arguments, ready to start.
    ///
    /// # Errors
    /// As [`Binaries::path`].
    pub fn run_with(&self, listing: &Listing, args: &[String]) -> anyhow::Result<Run> {
        Ok(set_up(Run::new(self.path(listing)?).args(args), listing))
    }
}

/// In the folder of the listing. What a machine sets for its user must not show in a record.
fn set_up(run: Run, listing: &Listing) -> Run {
    run.dir(listing.root.join(&listing.dir)).env("RUST_BACKTRACE", "0").env("LC_ALL", "C.UTF-8")
}

/// What a command of cargo builds of `listings`: a binary by its name, which is the slug; a test by the slug of its listing.
fn build(root: &Path, listings: &[&Listing], words: &[&str]) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    if listings.is_empty() {
        return Ok(BTreeMap::new());
    }
    let tests = words.contains(&"--test");
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(words).args(["--message-format", "json-render-diagnostics"]).stdout(Stdio::piped());
    for listing in listings {
        command.args(["--package", &listing.slug]);
    }
    // Whoever interrupts this process means its cargo as well.
    let mut cargo = Supervised::start(&mut command).context("cannot run cargo")?;
    let stdout = cargo.stdout().context("cargo has no standard output")?;
    let mut built = BTreeMap::new();
    for line in BufReader::new(stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(&line?).unwrap_or_default();
        let target = &message["target"];
        let name = match tests {
            false => target["name"].as_str(),
            // Cargo builds the binary of a listing along with its test.
            true if target["kind"][0] == "test" => message["manifest_path"].as_str().and_then(folder),
            true => None,
        };
        if let (Some(name), Some(path)) = (name, message["executable"].as_str()) {
            built.insert(name.to_owned(), PathBuf::from(path));
        }
    }
    if !cargo.wait().context("cargo was lost")?.success() {
        bail!("a listing does not compile: cargo's message above says where");
    }
    Ok(built)
}

/// The name of the folder that a file lies in.
fn folder(file: &str) -> Option<&str> {
    Path::new(file).parent()?.file_name()?.to_str()
}

/// The name of the compiler that cargo uses at `root`, such as `rustc 1.95.0`.
///
/// # Errors
/// When there is none.
pub fn rustc(root: &Path) -> anyhow::Result<String> {
    let output = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .current_dir(root)
        .arg("--version")
        .output()
        .context("cannot run rustc: install Rust with rustup")?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.split_whitespace().take(2).collect::<Vec<_>>().join(" "))
}

/// An error unless the compiler at `root` is the one that records are made by.
///
/// # Errors
/// When it is another.
pub fn refuse_other_rustc(library: &Library) -> anyhow::Result<()> {
    let here = rustc(&library.root)?;
    let pinned = format!("rustc {}", library.rustc);
    if here != pinned {
        bail!(
            "this is {here}, but records are made by {pinned} (rust-toolchain.toml): run cargo through rustup, without +TOOLCHAIN"
        );
    }
    Ok(())
}
