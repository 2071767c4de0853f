//! `cargo book rename OLD NEW`: a listing or a page gets another name, and every mention and old address follows.

use crate::{scaffold, site};
use anyhow::{Context, bail, ensure};
use regex::Regex;
use std::path::{Path, PathBuf};

/// Renames the listing OLD, or with a `/` in it the page src/OLD.md; answers the files changed, relative to `root`.
///
/// # Errors
/// When there is no such listing or page, or the new name is taken. Nothing is changed then.
pub fn rename(root: &Path, old: &str, new: &str) -> anyhow::Result<Vec<PathBuf>> {
    if old.contains('/') || new.contains('/') { rename_page(root, old, new) } else { rename_listing(root, old, new) }
}

fn rename_listing(root: &Path, old: &str, new: &str) -> anyhow::Result<Vec<PathBuf>> {
    let library = site::library(root)?;
    let listing = library.get(old).map_err(anyhow::Error::msg)?;
    scaffold::refuse_slug(root, new)?;
    let to = listing.dir.with_file_name(new);
    ensure!(!root.join(&to).exists(), "{} exists already: choose another slug", to.display());
    let pages = site::pages(&site::load(root)?);

    // The old name where it stands for the listing: in directives, links and commands of the text, in the listing's own
    // files, and in manifests that depend on it.
    let mention = Regex::new(&format!(
        r"(\{{\{{#\w+ |listing:|cargo book \w+ (?:--python )?|-p |CARGO_BIN_EXE_){}([^\w-]|$)",
        regex::escape(old)
    ))?;
    let mut edits: Vec<(PathBuf, String)> = Vec::new();
    for page in &pages.pages {
        let text = std::fs::read_to_string(root.join(&page.file))?;
        let renamed = replace_all(&mention, &text, new);
        if renamed != text {
            edits.push((page.file.clone(), renamed));
        }
    }
    for other in library.listings.values() {
        let path = other.manifest();
        let text = std::fs::read_to_string(root.join(&path))?;
        let renamed = rename_in_manifest(&text, old, new, other.slug == old)?;
        if renamed != text {
            edits.push((path, renamed));
        }
    }
    let mut moves: Vec<(PathBuf, PathBuf)> = Vec::new();
    for file in files_below(root, &listing.dir)? {
        if let Ok(text) = std::fs::read_to_string(root.join(&file))
            && file.file_name().is_some_and(|name| name != "Cargo.toml")
            && file.extension().is_some_and(|extension| extension == "rs" || extension == "json" || extension == "py")
        {
            let python = format!("python/{old}.");
            let renamed = replace_all(&mention, &text, new).replace(&python, &format!("python/{new}."));
            if renamed != text {
                edits.push((file.clone(), renamed));
            }
        }
        let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned());
        if stem.as_deref() == Some(old) {
            let extension =
                file.extension().map(|extension| extension.to_string_lossy().into_owned()).unwrap_or_default();
            moves.push((file.clone(), file.with_file_name(format!("{new}.{extension}"))));
        }
    }
    let mut redirects = Vec::new();
    for page in pages.that_embed(old) {
        redirects.push((format!("/{}#{old}", page.url), format!("#{new}")));
        for anchor in listing.source().map(|source| source.anchors).unwrap_or_default() {
            redirects.push((format!("/{}#{old}.{}", page.url, anchor.name), format!("#{new}.{}", anchor.name)));
        }
    }
    edits.push((PathBuf::from("book.toml"), with_redirects(root, &redirects)?));

    let mut changed: Vec<PathBuf> = edits.iter().map(|(path, _)| path.clone()).collect();
    write_all(root, &edits)?;
    for (from, to) in &moves {
        std::fs::rename(root.join(from), root.join(to)).with_context(|| format!("cannot move {}", from.display()))?;
    }
    std::fs::rename(root.join(&listing.dir), root.join(&to))
        .with_context(|| format!("cannot move {} to {}", listing.dir.display(), to.display()))?;
    changed.push(to);
    Ok(changed)
}

fn rename_page(root: &Path, old: &str, new: &str) -> anyhow::Result<Vec<PathBuf>> {
    let [old, new] = [old, new].map(|name| name.trim_end_matches(".md").trim_start_matches("src/"));
    let (from, to) = (PathBuf::from(format!("src/{old}.md")), PathBuf::from(format!("src/{new}.md")));
    let book = site::load(root)?;
    let pages = site::pages(&book);
    if !pages.pages.iter().any(|page| page.file == from) {
        let all: Vec<String> = pages.pages.iter().map(|page| page.url.trim_end_matches(".html").to_owned()).collect();
        bail!("no page \"{old}\"{}", listing::did_you_mean(old, all.iter().map(String::as_str)));
    }
    ensure!(!root.join(&to).exists(), "{} exists already: choose another name", to.display());
    let same_folder = from.parent() == to.parent();
    ensure!(same_folder, "a page stays in its part: give the new name the same folder as \"{old}\"");
    let (old_file, new_file) = (format!("{old}.md"), format!("{new}.md"));
    let base = |file: &str| file.rsplit('/').next().unwrap_or_default().to_owned();
    let link = Regex::new(&format!(r"(\]\(|\]\([^)\s]*/){}([)#])", regex::escape(&base(&old_file))))?;
    let mut edits = Vec::new();
    let summary = PathBuf::from("src/SUMMARY.md");
    for file in pages.pages.iter().map(|page| page.file.clone()).chain([summary.clone()]) {
        let text = std::fs::read_to_string(root.join(&file))?;
        let part = |path: &Path| path.parent().map(Path::to_owned);
        // A page of another part names this one with its folder; a page of the same part need not.
        let renamed = if part(&file) == part(&from) {
            replace_all(&link, &text, &base(&new_file))
        } else {
            text.replace(&old_file, &new_file)
        };
        if renamed != text {
            edits.push((file, renamed));
        }
    }
    edits.push((
        PathBuf::from("book.toml"),
        with_redirects(root, &[(format!("/{old}.html"), format!("{}.html", base(new)))])?,
    ));
    let changed = edits.iter().map(|(path, _)| path.clone()).chain([to.clone()]).collect();
    write_all(root, &edits)?;
    std::fs::rename(root.join(&from), root.join(&to)).with_context(|| format!("cannot move {}", from.display()))?;
    Ok(changed)
}

/// What the pattern found, its middle replaced by `new`.
fn replace_all(pattern: &Regex, text: &str, new: &str) -> String {
    pattern.replace_all(text, |found: &regex::Captures<'_>| format!("{}{new}{}", &found[1], &found[2])).into_owned()
}

fn rename_in_manifest(text: &str, old: &str, new: &str, own: bool) -> anyhow::Result<String> {
    let mut manifest: toml_edit::DocumentMut = text.parse()?;
    if own {
        manifest["package"]["name"] = toml_edit::value(new);
        if let Some(bins) = manifest.get_mut("bin").and_then(toml_edit::Item::as_array_of_tables_mut) {
            for bin in bins.iter_mut().filter(|bin| bin.get("name").and_then(toml_edit::Item::as_str) == Some(old)) {
                bin["name"] = toml_edit::value(new);
            }
        }
        let records = manifest["package"]["metadata"]["listing"].get_mut("records");
        if let Some(records) = records.and_then(toml_edit::Item::as_array_mut) {
            for record in records.iter_mut() {
                let renamed = record.as_str().and_then(|name| name.strip_prefix(&format!("python/{old}.")));
                if let Some(extension) = renamed.map(str::to_owned) {
                    *record = format!("python/{new}.{extension}").into();
                }
            }
        }
    }
    for table in ["dependencies", "dev-dependencies"] {
        let Some(dependencies) = manifest.get_mut(table).and_then(toml_edit::Item::as_table_mut) else { continue };
        if let Some(mut dependency) = dependencies.remove(old) {
            if let Some(path) = dependency.get_mut("path") {
                let way = path.as_str().unwrap_or_default().replace(old, new);
                *path = toml_edit::value(way);
            }
            dependencies.insert(new, dependency);
        }
    }
    Ok(manifest.to_string())
}

/// book.toml with these redirects added to `[output.html.redirect]`, and older ones that led to the old names mended.
fn with_redirects(root: &Path, redirects: &[(String, String)]) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(root.join("book.toml"))?;
    let mut book: toml_edit::DocumentMut = text.parse()?;
    let table = book["output"]["html"]["redirect"].or_insert(toml_edit::table());
    let table = table.as_table_mut().context("book.toml: [output.html.redirect] is no table")?;
    for (from, to) in redirects {
        for (_, target) in table.iter_mut() {
            let stale = from.rsplit(['/']).next().unwrap_or_default();
            let stale = stale.split_once('#').map_or(stale, |(_, fragment)| fragment);
            if target.as_str().is_some_and(|target| target.trim_start_matches('#') == stale) {
                *target = toml_edit::value(to.as_str());
            }
        }
        table.insert(from, toml_edit::value(to.as_str()));
    }
    Ok(book.to_string())
}

fn write_all(root: &Path, edits: &[(PathBuf, String)]) -> anyhow::Result<()> {
    for (path, text) in edits {
        std::fs::write(root.join(path), text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Every file below `dir`, relative to `root`.
fn files_below(root: &Path, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(root.join(dir))? {
        let entry = entry?;
        let path = dir.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            files.extend(files_below(root, &path)?);
        } else {
            files.push(path);
        }
    }
    Ok(files)
}
