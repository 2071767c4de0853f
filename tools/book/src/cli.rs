//! The commands of `cargo book`.

use crate::scaffold::Form;
use crate::site::Extras;
use crate::{catalogue, check, explore, rename, retest, scaffold, serve, site};
use anyhow::{Context, bail};
use clap::{CommandFactory, Parser, Subcommand};
use listing::{Class, Library, RecordKind, find_root, report};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Read, build, run and check *Coroutines, Concurrency & Distributed Systems*.
#[derive(Debug, Parser)]
#[command(name = "cargo book", bin_name = "cargo book", version, disable_help_subcommand = true)]
pub struct Cli {
    /// Run as if started in this folder
    #[arg(short = 'C', long, value_name = "DIR", default_value = ".", global = true)]
    directory: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Build the book, show it on 127.0.0.1, and rebuild and reload it when a file changes
    Serve {
        /// Port to listen on; 0 takes one that is free
        #[arg(short, long, default_value_t = 3000)]
        port: u16,
        /// Open the book in the browser
        #[arg(short, long)]
        open: bool,
    },
    /// Build the static site in target/html
    Build {
        /// Open the site in the browser
        #[arg(short, long)]
        open: bool,
    },
    /// Run a listing in this terminal
    Run {
        slug: String,
        /// Arguments for the listing instead of those of its recorded run
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<String>,
    },
    /// Run a program under every schedule, and count how each ends
    ///
    /// A schedule fails if it ends in a panic, a deadlock, a data race, an exit code other than 0 or not at all, or prints
    /// what is not among the listing's `good`.
    ///
    /// Tasks have letters, in the order in which they are spawned: a, b, c, and so on; m is main. A schedule says who takes
    /// its next step: a2b2:1 is two steps of a and two of b, the last one in its second way.
    ///
    /// The exit code is 0 if no schedule fails, 1 if one does, 2 if the program cannot be explored.
    Explore(explore::Ask),
    /// Run listings again and compare with their records; all of them if none is named
    Test { slugs: Vec<String> },
    /// Run listings again and write their records anew
    ///
    /// Without a name: all of them, but a run that differs each time is left as it is on record while its program is the same.
    Record { slugs: Vec<String> },
    /// Check everything that can be checked without running a listing
    Check,
    /// Make the files of a new listing
    New {
        /// concepts, coroutines, processes, threads, messages or choosing
        part: String,
        slug: String,
        /// D same bytes each run, S seeded, P a property, M measured, X must not compile, N unstable
        ///
        /// Without it D, or P if it is explored.
        #[arg(short, long, value_parser = parse_class)]
        class: Option<Class>,
        /// Its schedules are explored; it is of class P
        #[arg(long)]
        explored: bool,
        /// A stepper goes through it; it is of class D, S or P
        #[arg(long, conflicts_with = "explored")]
        traced: bool,
        /// The caption on the page
        #[arg(short, long, default_value = "What this program shows")]
        title: String,
        /// For class N: the listing that prints the same without unstable syntax
        #[arg(long, value_name = "SLUG")]
        stable: Option<String>,
    },
    /// Give a listing (SLUG) or a page (part/page) another name; mentions and old addresses follow
    Rename { old: String, new: String },
    /// List every listing
    List {
        /// As JSON: slug, part, class, title, path, records, pages
        #[arg(long)]
        json: bool,
    },
    /// Print what a listing's record says it printed
    Output {
        slug: String,
        /// What its Python form printed
        #[arg(long)]
        python: bool,
    },
    /// Print a number from a listing's record
    ///
    /// An explored listing has the numbers schedules, failing, outcomes and states; those of a case are asked for as SLUG:CASE.
    Fact { slug: String, name: String },
    /// Print a completion script for `book`, the program behind `cargo book`
    Completions { shell: clap_complete::Shell },
}

fn parse_class(text: &str) -> Result<Class, String> {
    serde_json::from_value(text.into()).map_err(|_| "a class is one of D, S, P, M, X, N, support".to_owned())
}

/// What a command answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What to print.
    pub text: String,
    /// The exit code.
    pub code: u8,
}

impl Cli {
    /// The exit code if the command fails. Exploring has answers of its own under 1.
    pub fn failure(&self) -> u8 {
        if matches!(self.command, Command::Explore(_)) { 2 } else { 1 }
    }
}

/// Carries out a command line.
///
/// # Errors
/// With what went wrong, where, and what to do next.
pub fn run(cli: Cli) -> anyhow::Result<Answer> {
    // A shell's completions are asked for anywhere, and a program may be explored anywhere; all else is about a checkout.
    let root = match cli.command {
        Command::Completions { .. } | Command::Explore(_) => PathBuf::new(),
        _ => find_root(&cli.directory)?,
    };
    let text = match cli.command {
        Command::Explore(ask) => return explore::explore(&cli.directory, &ask),
        Command::Serve { port, open } => serve::serve(&root, port, open).map(|()| String::new()),
        Command::Build { open } => {
            let site = site::build(&root, None, Extras::All)?;
            let index = site.join("index.html");
            if open {
                open::that_detached(&index)
                    .with_context(|| format!("cannot open a browser: open {}", index.display()))?;
            }
            Ok(format!("{}\n", index.display()))
        }
        Command::Run { slug, args } => run_listing(&root, &slug, args).map(|()| String::new()),
        Command::Test { slugs } => {
            let tally = retest::test(&root, &slugs)?;
            let line = format!("{} passed, {} failed, {} skipped\n", tally.passed, tally.failed, tally.skipped);
            if tally.failed > 0 {
                bail!("{}", line.trim_end());
            }
            Ok(line)
        }
        Command::Record { slugs } => retest::record(&root, &slugs).map(|()| String::new()),
        Command::Check => {
            report(check::findings(&root)?)?;
            Ok(check::summary(&root)?)
        }
        Command::New { part, slug, class, explored, traced, title, stable } => {
            let class = class.unwrap_or(if explored { Class::P } else { Class::D });
            let form = match (explored, traced) {
                (true, _) => Form::Explored,
                (_, true) => Form::Traced,
                _ => Form::Plain,
            };
            let made = scaffold::new(&root, &part, &slug, class, form, &title, stable.as_deref())?;
            Ok(scaffold::next_steps(&made, &part, &slug))
        }
        Command::Rename { old, new } => {
            let changed = rename::rename(&root, &old, &new)?;
            let lines: Vec<String> = changed.iter().map(|path| format!("changed {}\n", path.display())).collect();
            Ok(lines.concat() + "Now run `cargo book check`.\n")
        }
        Command::List { json } => {
            let entries = catalogue::entries(&root)?;
            Ok(if json { serde_json::to_string_pretty(&entries)? + "\n" } else { catalogue::table(&entries) })
        }
        Command::Output { slug, python } => {
            let kind = if python { RecordKind::PythonOutput } else { RecordKind::Output };
            let library = Library::open(&root)?;
            library.get(&slug).and_then(|listing| listing.recorded(kind)).map_err(anyhow::Error::msg)
        }
        Command::Fact { slug, name } => {
            let library = Library::open(&root)?;
            let fact = library.fact(&slug, &name).map_err(anyhow::Error::msg)?;
            Ok(fact + "\n")
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command().bin_name("book"), "book", &mut script);
            Ok(String::from_utf8(script)?)
        }
    };
    Ok(Answer { text: text?, code: 0 })
}

/// Runs a listing with this terminal as its own.
fn run_listing(root: &Path, slug: &str, args: Vec<String>) -> anyhow::Result<()> {
    let library = Library::open(root)?;
    let listing = library.get(slug).map_err(anyhow::Error::msg)?;
    let mut cargo = std::process::Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root).args(["run", "--quiet", "--package", slug]);
    if listing.class == Class::M {
        cargo.arg("--release");
    }
    cargo.arg("--").args(if args.is_empty() { listing.args.clone() } else { args });
    // The listing takes this process's place: the terminal's signals reach it and nobody else.
    #[cfg(unix)]
    {
        Err(std::os::unix::process::CommandExt::exec(&mut cargo)).context("cannot run cargo")
    }
    #[cfg(not(unix))]
    {
        let status = cargo.status().context("cannot run cargo")?;
        std::process::exit(status.code().unwrap_or(1));
    }
}

/// Prints what a command answered. Somebody who stops reading, as `head` does, is no error.
///
/// # Errors
/// When standard output cannot be written.
pub fn print(text: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
