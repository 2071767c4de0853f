//! `cargo book`.

use anyhow::Context;
use book::cli::{Answer, Cli, print, run};
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
    let failure = cli.failure();
    let answer = listing::run::kill_on_signal().map_err(anyhow::Error::from).and_then(|()| run(cli));
    let printed = |answer: Answer| print(&answer.text).context("cannot write to standard output").map(|()| answer.code);
    match answer.and_then(printed) {
        Ok(code) => ExitCode::from(code),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(failure)
        }
    }
}
