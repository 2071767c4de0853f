//! The executables of listings, by one `cargo build`.

use crate::run::{Run, Supervised};
use crate::{Class, Library, Listing};
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the executable of each listing is.
#[derive(Debug, Clone, Default)]
pub struct Binaries {
    by_slug: BTreeMap<String, PathBuf>,
}

impl Binaries {
    /// Builds the binaries of `listings`; cargo shows its progress on standard error. Listings of class M are built
    /// with optimization, the others without.
    ///
    /// # Errors
    /// When one does not compile.
    pub fn build<'a>(root: &Path, listings: impl IntoIterator<Item = &'a Listing>) -> anyhow::Result<Binaries> {
        let (measured, others): (Vec<&Listing>, Vec<&Listing>) =
            listings.into_iter().partition(|listing| listing.class == Class::M);
        let mut binaries = Binaries::default();
        for (listings, profile) in [(others, "dev"), (measured, "release")] {
            if !listings.is_empty() {
                binaries.by_slug.extend(build(root, &listings, profile)?);
            }
        }
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
        let run = Run::new(self.path(listing)?).args(args).dir(listing.root.join(&listing.dir));
        // What a machine sets for its user must not show in a record.
        Ok(run.env("RUST_BACKTRACE", "0").env("LC_ALL", "C.UTF-8"))
    }
}

fn build(root: &Path, listings: &[&Listing], profile: &str) -> anyhow::Result<BTreeMap<String, PathBuf>> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).args(["build", "--bins", "--message-format", "json-render-diagnostics"]);
    command.args(["--profile", profile]).stdout(Stdio::piped());
    for listing in listings {
        command.args(["--package", &listing.slug]);
    }
    // Whoever interrupts this process means its cargo as well.
    let mut cargo = Supervised::start(&mut command).context("cannot run cargo")?;
    let stdout = cargo.stdout().context("cargo has no standard output")?;
    let mut built = BTreeMap::new();
    for line in BufReader::new(stdout).lines() {
        let message: serde_json::Value = serde_json::from_str(&line?).unwrap_or_default();
        if let (Some(name), Some(path)) = (message["target"]["name"].as_str(), message["executable"].as_str()) {
            built.insert(name.to_owned(), PathBuf::from(path));
        }
    }
    if !cargo.wait().context("cargo was lost")?.success() {
        bail!("a listing does not compile: cargo's message above says where");
    }
    Ok(built)
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
