//! `cargo book`.

use anyhow::Context;
use book::cli::{Cli, print, run};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::WARN)
        .with_writer(std::io::stderr)
        .without_time()
        .with_target(false)
        .init();
    let cli = Cli::parse();
    let answer = listing::run::kill_on_signal().map_err(anyhow::Error::from).and_then(|()| run(cli));
    match answer.and_then(|text| print(&text).context("cannot write to standard output")) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
