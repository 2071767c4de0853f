//! `cargo book new PART SLUG`: the files of a listing.

use anyhow::{Context, bail, ensure};
use listing::{Class, PARTS, did_you_mean};
use std::path::{Path, PathBuf};

/// Makes the folder of a listing with a program that runs; answers the folder, relative to `root`.
///
/// # Errors
/// When the part is unknown, or the slug is taken or malformed.
pub fn new(root: &Path, part: &str, slug: &str, class: Class, title: &str) -> anyhow::Result<PathBuf> {
    ensure!(PARTS.contains(&part), "no part \"{part}\"{}", did_you_mean(part, PARTS));
    refuse_slug(root, slug)?;
    let dir = PathBuf::from("listings").join(part).join(slug);
    let path = root.join(&dir);
    if path.exists() {
        bail!("{} exists already: choose another slug", dir.display());
    }
    let class_name = class.name();
    let records = if class == Class::M { "measure.json" } else { "output.txt" };
    let bounds = if class == Class::M { "bounds = [0.0, 1e12]\n" } else { "" };
    let title = toml_edit::value(title);
    let manifest = format!(
        "[package]\n\
         name = \"{slug}\"\n\
         edition.workspace = true\n\
         rust-version.workspace = true\n\
         license.workspace = true\n\
         publish.workspace = true\n\
         \n\
         [package.metadata.listing]\n\
         title = {}\n\
         class = \"{class_name}\"\n\
         records = [\"{records}\"]\n\
         {bounds}\
         \n\
         [[bin]]\n\
         name = \"{slug}\"\n\
         path = \"src/main.rs\"\n\
         test = false\n\
         \n\
         [lints]\n\
         workspace = true\n",
        title.to_string().trim()
    );
    let program = "// What this program shows, in a line or two.\n\nfn main() {\n    println!(\"{}\", answer());\n}\n\n\
                   fn answer() -> u32 {\n    42\n}\n";
    let property = "include!(\"../src/main.rs\");\n\n#[test]\nfn the_answer_is_even() {\n    \
                    assert_eq!(answer() % 2, 0);\n}\n";
    let mut files = vec![("Cargo.toml", manifest.as_str()), ("src/main.rs", program), ("tests/property.rs", property)];
    if class == Class::X {
        files.push(("fails/e0308.rs", "fn main() {\n    let _number: u32 = \"two\";\n}\n"));
    }
    for (name, text) in files {
        let file = path.join(name);
        let parent = file.parent().context("a file lies in a folder")?;
        std::fs::create_dir_all(parent).with_context(|| format!("cannot make {}", parent.display()))?;
        std::fs::write(&file, text).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(dir)
}

/// An error unless `slug` can name a new listing.
///
/// # Errors
/// With what is wrong with it.
pub fn refuse_slug(root: &Path, slug: &str) -> anyhow::Result<()> {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let well_formed = slug.split('-').all(is_word) && slug.starts_with(|c: char| c.is_ascii_lowercase());
    ensure!(well_formed, "\"{slug}\" is no slug: lower-case words joined by hyphens, such as lost-update");
    // A package of that name is a member already, or a dependency that `cargo run -p SLUG` could mean as well.
    let lock = std::fs::read_to_string(root.join("Cargo.lock")).unwrap_or_default();
    let taken = lock.lines().any(|line| line == format!("name = \"{slug}\""));
    ensure!(!taken, "a package called \"{slug}\" exists already (Cargo.lock names it): choose another slug");
    Ok(())
}

/// What to do after [`new`].
pub fn next_steps(dir: &Path, part: &str, slug: &str) -> String {
    let dir = dir.display();
    format!(
        "{dir} is there. Next:\n\
         1. write the program in {dir}/src/main.rs and its property in {dir}/tests/property.rs\n\
         2. cargo run -p {slug}; cargo test -p {slug}\n\
         3. cargo book record {slug}\n\
         4. in a page of src/{part}/, write {{{{#listing {slug}}}}} and, in a `text` fence,\n   \
            <!-- cmdrun cargo book output {slug} -->\n\
         5. cargo book check\n"
    )
}
