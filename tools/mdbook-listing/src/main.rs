//! The preprocessors as programs, for stock mdBook: `mdbook-listing listing` and `mdbook-listing cmdrun`.

use anyhow::{Context, bail};
use mdbook_listing::{Commands, Listings};
use mdbook_preprocessor::{MDBOOK_VERSION, Preprocessor, parse_input};
use std::io::Write;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let preprocessor: &dyn Preprocessor = match args.first() {
        Some(&"listing") => &Listings,
        Some(&"cmdrun") => &Commands,
        _ => bail!("usage: mdbook-listing listing|cmdrun [supports RENDERER]; mdBook calls it, see book.toml"),
    };
    match args[1..] {
        // Every renderer: one that is told "no" would show the directives themselves.
        ["supports", _renderer] => Ok(()),
        [] => {
            let (context, book) = parse_input(std::io::stdin()).context("standard input is no book from mdBook")?;
            if context.mdbook_version != MDBOOK_VERSION {
                bail!(
                    "this is mdBook {}, and the book is built by {MDBOOK_VERSION}: install that version",
                    context.mdbook_version
                );
            }
            let book = preprocessor.run(&context, book)?;
            let mut stdout = std::io::stdout().lock();
            serde_json::to_writer(&mut stdout, &book).context("cannot write the book")?;
            stdout.flush().context("cannot write the book")
        }
        _ => bail!("unknown arguments: {}", args[1..].join(" ")),
    }
}
