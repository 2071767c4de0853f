//! `cargo book rename OLD NEW`: a listing or a page gets another name, and every mention and old address follows.
//!
//! ```text
//! OLD, NEW ──> Follow ── where each address of the site is afterwards: concepts/one.html#hello ──> concepts/one.html#greeting
//!    │            ├────> links of every page        [x](one.md#hello)               ──> [x](one.md#greeting)
//!    │            └────> redirects in book.toml     "/concepts/one.html#hello"       = "#greeting"
//!    │            └────> both in the texts of quizzes/
//!    └──────────────────> what names a listing       {{#listing hello}}, -p hello    ──> {{#listing greeting}}, -p greeting
//!                                    │
//!                                  Plan ── all files to write and to move; carried out as a whole, or not at all
//! ```

use crate::{links, scaffold, site};
use anyhow::{Context, bail, ensure};
use listing::{Library, Listing, report};
use mdbook_listing::listings;
use mdbook_listing::pages::{Page, Pages, relative};
use mdbook_listing::quiz::{FOLDER, Quizzes};
use mdbook_listing::scan::{Scan, markdown, splice, without_commands};
use pulldown_cmark::{CowStr, Event, LinkType, Parser, Tag, TagEnd};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use toml_edit::{DocumentMut, Item, TableLike, Value};

/// Spans of a text, and what comes into their places.
type Edits = Vec<(Range<usize>, String)>;

/// Where an address of the site is after the renaming; `None` when it stays.
type Follow<'a> = &'a dyn Fn(&Address) -> Option<Address>;

/// Renames the listing OLD, or with a `/` in it the page src/OLD.md; answers the files changed, as they are called
/// afterwards, relative to `root`.
///
/// # Errors
/// When there is no such listing or page, the new name is malformed or taken, or a file cannot be written. Everything is as
/// it was then, or the error names what is not.
pub fn rename(root: &Path, old: &str, new: &str) -> anyhow::Result<Vec<PathBuf>> {
    let is_page = old.contains('/') || old.ends_with(".md");
    let plan = if is_page { plan_page(root, old, new) } else { plan_listing(root, old, new) };
    plan?.carry_out(root)
}

fn plan_page(root: &Path, old: &str, new: &str) -> anyhow::Result<Plan> {
    let [old, new] = [old, new].map(|name| name.strip_prefix("src/").unwrap_or(name));
    let [old, new] = [old, new].map(|name| name.strip_suffix(".md").unwrap_or(name));
    let (from, to) = (PathBuf::from(format!("src/{old}.md")), PathBuf::from(format!("src/{new}.md")));
    let pages = site::pages(&site::load(root)?);
    if !pages.pages.iter().any(|page| page.file == from) {
        let all: Vec<&str> = pages.pages.iter().map(|page| page.url.trim_end_matches(".html")).collect();
        bail!("no page \"{old}\"{}", listing::did_you_mean(old, all));
    }
    let well_formed = new.split('/').all(scaffold::is_hyphenated);
    ensure!(
        well_formed,
        "\"{new}\" is no name of a page: write its part and lower-case words joined by hyphens, such as \
         concepts/the-spinner"
    );
    ensure!(from.parent() == to.parent(), "a page stays in its part: give the new name the same folder as \"{old}\"");
    ensure!(!root.join(&to).exists(), "{} exists already: choose another name", to.display());

    let (old_url, new_url) = (format!("{old}.html"), format!("{new}.html"));
    let follow = |address: &Address| {
        (address.page == old_url).then(|| Address { page: new_url.clone(), fragment: address.fragment.clone() })
    };
    let mut plan = Plan::default();
    let summary = (PathBuf::from("src/SUMMARY.md"), "SUMMARY.html");
    for (file, url) in pages.pages.iter().map(|page| (page.file.clone(), page.url.as_str())).chain([summary]) {
        plan.edit(root, &file, |text| Ok(splice(text, followed_links(text, url, &follow))))?;
    }
    // What the page has itself, no redirect may lead away from.
    let library = Library::open(root)?;
    let ids = pages.pages.iter().find(|page| page.file == from).map(|page| ids(&library, &pages, page, None));
    let ids = ids.transpose()?.unwrap_or_default();
    let exists = |address: &Address| {
        address.page == new_url && address.fragment.as_ref().is_none_or(|fragment| ids.contains(fragment))
    };
    let gone = BTreeSet::from([Address { page: old_url.clone(), fragment: None }]);
    plan.edit(root, Path::new("book.toml"), |text| with_redirects(text, &gone, &follow, &exists))?;
    for quiz in Quizzes::load(&library).embedded(&pages) {
        let page = pages.quizzes().find(|(_, directive)| directive.slug == quiz.name);
        let url = page.map_or("", |(page, _)| page.url.as_str());
        plan.edit(root, &quiz.file, |text| in_strings(text, |_, text| followed_links(text, url, &follow)))?;
        // The quiz that is named as its page goes along.
        if quiz.name == old && page.is_some_and(|(page, _)| page.file == from) {
            let renamed = PathBuf::from(format!("{FOLDER}/{new}.toml"));
            ensure!(!root.join(&renamed).exists(), "{} exists already: choose another name", renamed.display());
            plan.moves.push((quiz.file.clone(), renamed));
            // Its first line says where it belongs.
            plan.edit(root, &quiz.file, |text| {
                Ok(text.replace(&format!("{{{{#quiz {old}}}}}"), &format!("{{{{#quiz {new}}}}}")))
            })?;
            plan.edit(root, &from, |text| Ok(splice(text, embedding(text, old, new))))?;
        }
    }
    plan.moves.push((from, to));
    Ok(plan)
}

fn plan_listing(root: &Path, old: &str, new: &str) -> anyhow::Result<Plan> {
    let library = Library::open(root)?;
    let listing = library.get(old).map_err(anyhow::Error::msg)?;
    scaffold::refuse_slug(root, new)?;
    let to = listing.dir.with_file_name(new);
    ensure!(!root.join(&to).exists(), "{} exists already: choose another slug", to.display());
    let pages = site::pages(&site::load(root)?);

    let mut moved = BTreeMap::new();
    for page in &pages.pages {
        for id in ids(&library, &pages, page, Some(old))? {
            let address = |fragment: String| Address { page: page.url.clone(), fragment: Some(fragment) };
            if let Some(rest) = id.strip_prefix(old) {
                moved.insert(address(id.clone()), address(format!("{new}{rest}")));
            }
        }
    }
    let follow = |address: &Address| moved.get(address).cloned();
    let mut plan = Plan::default();
    for page in &pages.pages {
        plan.edit(root, &page.file, |text| {
            let mut edits = followed_links(text, &page.url, &follow);
            edits.extend(mentions(text, old, new));
            Ok(splice(text, edits))
        })?;
    }
    for quiz in Quizzes::load(&library).quizzes.values() {
        let page = pages.quizzes().find(|(_, directive)| directive.slug == quiz.name);
        let url = page.map_or("", |(page, _)| page.url.as_str());
        plan.edit(root, &quiz.file, |text| {
            in_strings(text, |key, text| match key {
                "listing" if text.split(':').next() == Some(old) => vec![(0..old.len(), new.to_owned())],
                _ => {
                    let mut edits = followed_links(text, url, &follow);
                    edits.extend(mentions(text, old, new));
                    edits
                }
            })
        })?;
    }
    let (gone, there): (BTreeSet<_>, BTreeSet<_>) = moved.clone().into_iter().unzip();
    let exists = |address: &Address| there.contains(address);
    plan.edit(root, Path::new("book.toml"), |text| with_redirects(text, &gone, &follow, &exists))?;

    let lock = Path::new("Cargo.lock");
    if root.join(lock).is_file() {
        plan.edit(root, lock, |text| Ok(rename_in_lock(text, old, new)))?;
    }
    plan.edit(root, Path::new("Cargo.toml"), |text| rename_in_workspace(text, listing, new))?;
    let tools = files_below(root, Path::new("tools"))?.into_iter().filter(|file| file.ends_with("Cargo.toml"));
    let is_library = root.join(&listing.dir).join("src/lib.rs").is_file();
    let manifests: Vec<PathBuf> = library.listings.values().map(Listing::manifest).chain(tools).collect();
    for manifest in manifests {
        let depends = plan.edit(root, &manifest, |text| rename_in_manifest(text, &manifest, listing, new))?;
        let dir = manifest.parent().unwrap_or(Path::new(""));
        if is_library && (depends || dir == listing.dir) {
            for file in files_below(root, dir)?.into_iter().filter(|file| has_ending(file, &["rs"])) {
                plan.edit(root, &file, |text| Ok(splice(text, crate_names(text, old, new))))?;
            }
        }
    }
    for file in files_below(root, &listing.dir)? {
        if has_ending(&file, &["rs", "py"]) {
            plan.edit(root, &file, |text| {
                let mut edits = commands(text, old, new);
                edits.extend(words(&OWN_NAME, text, old, new));
                Ok(splice(text, edits))
            })?;
        }
        if file == listing.dir.join("records.json") {
            plan.edit(root, &file, |text| Ok(splice(text, words(&OWN_NAME, text, old, new))))?;
        }
        if let Ok(name) = file.strip_prefix(listing.dir.join("python"))
            && let Some(ending) = name.to_str().and_then(|name| name.strip_prefix(&format!("{old}.")))
        {
            let renamed = file.with_file_name(format!("{new}.{ending}"));
            ensure!(!root.join(&renamed).exists(), "{} exists already: move it away", renamed.display());
            plan.moves.push((file.clone(), renamed));
        }
    }
    plan.moves.push((listing.dir.clone(), to));
    Ok(plan)
}

// Addresses

/// A place of the site: `concepts/one.html#hello`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Address {
    page: String,
    fragment: Option<String>,
}

impl Address {
    /// Where a link on the page `from` leads, written with `.md` or `.html`; `None` when that is outside the book.
    fn of(link: &str, from: &str) -> Option<Address> {
        let scheme = link.split(['/', '?', '#']).next().unwrap_or_default();
        if scheme.contains(':') || link.starts_with('/') {
            return None;
        }
        let (way, fragment) = match link.split_once('#') {
            Some((way, fragment)) => (way, Some(fragment.to_owned())),
            None => (link, None),
        };
        let page = if way.is_empty() {
            from.to_owned()
        } else {
            joined(Path::new(from).parent().unwrap_or(Path::new("")), way)?
        };
        let page = page.strip_suffix(".md").map_or_else(|| page.clone(), |page| format!("{page}.html"));
        Some(Address { page, fragment })
    }

    /// How a page links to this address.
    fn seen_from(&self, from: &str) -> String {
        let way = if self.page == from { String::new() } else { relative(from, &self.page) };
        way + &self.fragment.as_ref().map(|fragment| format!("#{fragment}")).unwrap_or_default()
    }
}

/// `way` from the folder `from`, with `/`; `None` when it leaves the root.
fn joined(from: &Path, way: &str) -> Option<String> {
    Some(crate::links::resolve(from, way)?.to_str()?.replace('\\', "/"))
}

/// The ids that the listing `slug`, or all listings, have on a page: whatever its directives become.
fn ids(library: &listing::Library, pages: &Pages, page: &Page, slug: Option<&str>) -> anyhow::Result<BTreeSet<String>> {
    // The page with nothing but those directives, each on its line for the messages.
    let mut lines = vec![""; page.text.lines().count()];
    for directive in page.scan.directives.iter().filter(|directive| slug.is_none_or(|slug| directive.slug == slug)) {
        if let Some(line) = lines.get_mut(directive.line - 1).filter(|_| directive.alone) {
            *line = &page.text[directive.span.clone()];
        }
    }
    let text = lines.join("\n");
    // The others stay in their places, empty: links are found by them.
    let mut book = pages.clone();
    for other in &mut book.pages {
        let text = if other.file == page.file { text.as_str() } else { "" };
        *other = Page { scan: Scan::of(text), text: text.to_owned(), ..other.clone() };
    }
    let (texts, findings) = listings::render(library, &book, None);
    report(findings).context("the addresses on the pages cannot be told before this is mended")?;
    Ok(texts.iter().flat_map(|html| links::anchors(html).ids).collect())
}

// Links

/// The links of a page that lead to what is renamed. Of a destination only the name and the fragment change.
fn followed_links(text: &str, page: &str, follow: Follow<'_>) -> Edits {
    let mut edits = Edits::new();
    for span in destinations(text) {
        let link = &text[span.clone()];
        let Some(before) = Address::of(link, page) else { continue };
        let Some(after) = follow(&before) else { continue };
        let way = link.split('#').next().unwrap_or_default();
        let way = match Path::new(&after.page).file_stem().and_then(|stem| stem.to_str()) {
            Some(stem) if after.page != before.page && !way.is_empty() => {
                let (name, ending) = (way.rfind('/').map_or(0, |at| at + 1), way.rfind('.').unwrap_or(way.len()));
                format!("{}{stem}{}", &way[..name], &way[ending..])
            }
            _ => way.to_owned(),
        };
        let fragment = after.fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
        edits.push((span, way + &fragment));
    }
    edits
}

static HREF: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?i)(?:^|\s)href\s*=\s*(?:"([^"]*)"|'([^']*)')"#).expect("a constant pattern"));

/// Where the destinations of links and images stand: inline, in reference definitions, and in raw HTML; not in code.
fn destinations(text: &str) -> Vec<Range<usize>> {
    let text = without_commands(text);
    let events = Parser::new_ext(&text, markdown()).into_offset_iter();
    let mut found = Vec::new();
    let mut add = |region: Range<usize>, destination: &str| {
        // One that is written with escapes is not found, and stays.
        if let Some(at) = text[region.clone()].find(destination).filter(|_| !destination.is_empty()) {
            found.push(region.start + at..region.start + at + destination.len());
        }
    };
    for (_, definition) in events.reference_definitions().iter() {
        let span = definition.span.clone();
        if let Some(label) = text[span.clone()].find("]:") {
            add(span.start + label..span.end, &definition.dest);
        }
    }
    // The links around the place that is read, each with the end of its text so far.
    let mut open: Vec<(Option<CowStr<'_>>, usize)> = Vec::new();
    for (event, span) in events {
        if let Event::End(TagEnd::Link | TagEnd::Image) = event {
            if let Some((Some(destination), end)) = open.pop() {
                add(end..span.end, &destination);
            }
            continue;
        }
        if let Some((_, end)) = open.last_mut() {
            *end = span.end;
        }
        match event {
            Event::Start(Tag::Link { link_type, dest_url, .. } | Tag::Image { link_type, dest_url, .. }) => {
                open.push(((link_type == LinkType::Inline).then_some(dest_url), span.start + 1));
            }
            Event::Html(_) | Event::InlineHtml(_) => {
                for href in HREF.captures_iter(&text[span.clone()]) {
                    if let Some(value) = href.get(1).or(href.get(2)) {
                        add(span.start + value.start()..span.start + value.end(), value.as_str());
                    }
                }
            }
            _ => {}
        }
    }
    found
}

// What names a listing

/// Where a page names the listing: directives, `listing:` links, commands, and code that is its name.
fn mentions(text: &str, old: &str, new: &str) -> Edits {
    let scan = Scan::of(text);
    let mut edits = commands(text, old, new);
    let mut replace = |from: usize, name: &str| {
        if let Some(at) = text[from..].find(name) {
            let at = from + at + name.len() - old.len();
            edits.push((at..at + old.len(), new.to_owned()));
        }
    };
    for directive in scan.directives.iter().filter(|directive| directive.slug == old && directive.name != "quiz") {
        let name = text[directive.span.clone()].find(&directive.name).unwrap_or_default() + directive.name.len();
        replace(directive.span.start + name, old);
    }
    for link in scan.links.iter().filter(|link| link.slug == old) {
        replace(link.close.start, &format!("{}{old}", link.scheme.name()));
    }
    for (event, span) in Parser::new_ext(&without_commands(text), markdown()).into_offset_iter() {
        if matches!(&event, Event::Code(code) if **code == *old) {
            replace(span.start, old);
        }
    }
    edits
}

/// Where a page embeds the quiz.
fn embedding(text: &str, old: &str, new: &str) -> Edits {
    let scan = Scan::of(text);
    let quizzes = scan.directives.iter().filter(|directive| directive.name == "quiz" && directive.slug == old);
    let spans = quizzes.filter_map(|directive| {
        let at = directive.span.start + text[directive.span.clone()].rfind(old)?;
        Some((at..at + old.len(), new.to_owned()))
    });
    spans.collect()
}

static BOOK_COMMAND: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"cargo[ \t]+book[ \t]+(run|explore|test|record|output|fact)((?:[ \t]+[\w-]+)+)")
        .expect("a constant pattern")
});
static WORD: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[\w-]+").expect("a constant pattern"));
/// `-p SLUG`, and `"-p", "SLUG"` as a program writes it.
static PACKAGE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?:^|[\s"'`(>])(?:-p|--package)(?:[ \t]+|=|",\s*")([\w-]+)"#).expect("a constant pattern")
});
/// What only a listing's own files say of it.
static OWN_NAME: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?:CARGO_BIN_EXE_|\bpython/)([\w-]+)").expect("a constant pattern"));
/// The name of a crate where a program uses it, first in a path.
static CRATE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?:^|[^\w:])([a-z]\w*)::").expect("a constant pattern"));

/// Where a command names the listing: a mark of cmdrun, code, or a sentence.
fn commands(text: &str, old: &str, new: &str) -> Edits {
    let mut edits = words(&PACKAGE, text, old, new);
    for command in BOOK_COMMAND.captures_iter(text) {
        let Some(arguments) = command.get(2) else { continue };
        // `test` and `record` take many slugs; after the slug of the others stand words of another meaning.
        let slugs = if matches!(&command[1], "test" | "record") { usize::MAX } else { 1 };
        let arguments =
            WORD.find_iter(arguments.as_str()).map(|word| (arguments.start() + word.start(), word.as_str()));
        for (at, _) in arguments.filter(|(_, word)| !word.starts_with('-')).take(slugs).filter(|(_, word)| *word == old)
        {
            let edit = (at..at + old.len(), new.to_owned());
            if !edits.contains(&edit) {
                edits.push(edit);
            }
        }
    }
    edits
}

/// Where the group of the pattern is the old name.
fn words(pattern: &Regex, text: &str, old: &str, new: &str) -> Edits {
    let found = pattern.captures_iter(text).filter_map(|found| found.get(1));
    found.filter(|name| name.as_str() == old).map(|name| (name.range(), new.to_owned())).collect()
}

fn crate_names(text: &str, old: &str, new: &str) -> Edits {
    words(&CRATE, text, &old.replace('-', "_"), &new.replace('-', "_"))
}

// Manifests

/// Another name for a key, in its place.
fn rename_key(table: Option<&mut Item>, old: &str, new: &str) {
    let Some(table) = table.and_then(Item::as_table_like_mut).filter(|table| table.contains_key(old)) else { return };
    let keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    for name in keys {
        let Some((key, _)) = table.get_key_value(&name) else { continue };
        let named = if name == old { new } else { &name };
        let key = toml_edit::Key::new(named)
            .with_leaf_decor(key.leaf_decor().clone())
            .with_dotted_decor(key.dotted_decor().clone());
        if let Some(item) = table.remove(&name) {
            table.entry_format(&key).or_insert(item);
        }
    }
}

/// Another string in the place of a value, with the blanks and the comment around it.
fn set(value: &mut Value, text: &str) {
    let decor = value.decor().clone();
    *value = text.into();
    *value.decor_mut() = decor;
}

/// Sets a string where it is `old`.
fn rename_value(item: Option<&mut Item>, old: &str, new: &str) {
    if let Some(value) = item.and_then(Item::as_value_mut).filter(|value| value.as_str() == Some(old)) {
        set(value, new);
    }
}

/// TOML with edits in its strings, of which `edits` is given the key and the text; all else stays to the letter.
fn in_strings(toml: &str, edits: impl Fn(&str, &str) -> Edits) -> anyhow::Result<String> {
    fn values<'a>(key: &'a str, item: &'a Item, found: &mut Vec<(&'a str, &'a Value)>) {
        match item {
            Item::Value(value) => in_value(key, value, found),
            Item::Table(table) => table.iter().for_each(|(key, item)| values(key, item, found)),
            Item::ArrayOfTables(tables) => {
                tables.iter().flat_map(|table| table.iter()).for_each(|(key, item)| values(key, item, found));
            }
            Item::None => {}
        }
    }
    fn in_value<'a>(key: &'a str, value: &'a Value, found: &mut Vec<(&'a str, &'a Value)>) {
        match value {
            Value::String(_) => found.push((key, value)),
            Value::Array(array) => array.iter().for_each(|value| in_value(key, value, found)),
            Value::InlineTable(table) => table.iter().for_each(|(key, value)| in_value(key, value, found)),
            _ => {}
        }
    }
    let document = toml_edit::Document::parse(toml)?;
    let mut strings = Vec::new();
    document.as_table().iter().for_each(|(key, item)| values(key, item, &mut strings));
    let mut all = Edits::new();
    for (key, value) in strings {
        let (Some(text), Some(span)) = (value.as_str(), value.span()) else { continue };
        let edits = edits(key, text);
        if edits.is_empty() {
            continue;
        }
        match toml[span.clone()].find(text) {
            Some(at) => all.extend(
                edits
                    .into_iter()
                    .map(|(Range { start, end }, new)| (span.start + at + start..span.start + at + end, new)),
            ),
            // With escapes, it is written anew.
            None => all.push((span, Value::from(splice(text, edits)).to_string())),
        }
    }
    Ok(splice(toml, all))
}

/// What stands under a key in a table in a table. (`Item::get_mut` would make the tables that are not there.)
fn at<'a>(table: &'a mut dyn TableLike, way: &[&str]) -> Option<&'a mut Item> {
    match way {
        [key] => table.get_mut(key),
        [key, rest @ ..] => at(table.get_mut(key)?.as_table_like_mut()?, rest),
        [] => None,
    }
}

/// A member's manifest: its own name, if it is the listing, and the listing among its dependencies.
fn rename_in_manifest(text: &str, path: &Path, listing: &Listing, new: &str) -> anyhow::Result<String> {
    let old = listing.slug.as_str();
    let mut document: DocumentMut = text.parse()?;
    let manifest: &mut dyn TableLike = document.as_table_mut();
    let dir = path.parent().unwrap_or(Path::new(""));
    if dir == listing.dir {
        rename_value(at(manifest, &["package", "name"]), old, new);
        let bins = manifest.get_mut("bin").and_then(Item::as_array_of_tables_mut);
        for bin in bins.into_iter().flat_map(|bins| bins.iter_mut()) {
            rename_value(bin.get_mut("name"), old, new);
        }
        let own = |file: &str| file.strip_prefix(&format!("python/{old}.")).map(|rest| format!("python/{new}.{rest}"));
        let records = at(manifest, &["package", "metadata", "listing", "records"]).and_then(Item::as_array_mut);
        for record in records.into_iter().flat_map(|records| records.iter_mut()) {
            if let Some(renamed) = record.as_str().and_then(own) {
                set(record, &renamed);
            }
        }
        if let Some(screens) = at(manifest, &["package", "metadata", "listing", "screens"]) {
            let files = screens.as_table_like().into_iter().flat_map(|files| files.iter());
            for file in files.map(|(file, _)| file.to_owned()).collect::<Vec<_>>() {
                if let Some(renamed) = own(&file) {
                    rename_key(Some(screens), &file, &renamed);
                }
            }
        }
    }
    rename_value(at(manifest, &["package", "metadata", "listing", "stable"]), old, new);
    rename_dependencies(manifest, dir, listing, new);
    let targets = manifest.get_mut("target").and_then(Item::as_table_like_mut);
    for (_, target) in targets.into_iter().flat_map(|targets| targets.iter_mut()) {
        if let Some(target) = target.as_table_like_mut() {
            rename_dependencies(target, dir, listing, new);
        }
    }
    Ok(document.to_string())
}

/// The listing among the dependencies of a manifest in `dir`.
fn rename_dependencies(table: &mut dyn TableLike, dir: &Path, listing: &Listing, new: &str) {
    for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
        let Some(dependencies) = table.get_mut(kind) else { continue };
        let each = dependencies.as_table_like_mut();
        for (_, dependency) in each.into_iter().flat_map(|each| each.iter_mut()) {
            let Some(dependency) = dependency.as_table_like_mut() else { continue };
            rename_value(dependency.get_mut("package"), &listing.slug, new);
            if let Some(path) = dependency.get_mut("path").and_then(Item::as_value_mut)
                && let Some(way) = path.as_str().map(|way| way.trim_end_matches('/').to_owned())
                && joined(dir, &way).is_some_and(|path| Path::new(&path) == listing.dir)
            {
                set(path, &format!("{}{new}", way.strip_suffix(listing.slug.as_str()).unwrap_or_default()));
            }
        }
        rename_key(Some(dependencies), &listing.slug, new);
    }
}

/// The manifest of all: shared dependencies, and profiles of single packages.
fn rename_in_workspace(text: &str, listing: &Listing, new: &str) -> anyhow::Result<String> {
    let mut manifest: DocumentMut = text.parse()?;
    if let Some(workspace) = manifest.get_mut("workspace").and_then(Item::as_table_like_mut) {
        rename_dependencies(workspace, Path::new(""), listing, new);
    }
    let profiles = manifest.get_mut("profile").and_then(Item::as_table_like_mut);
    for (_, profile) in profiles.into_iter().flat_map(|profiles| profiles.iter_mut()) {
        let packages = profile.as_table_like_mut().and_then(|profile| profile.get_mut("package"));
        rename_key(packages, &listing.slug, new);
    }
    Ok(manifest.to_string())
}

/// Cargo.lock as cargo would write it: packages and dependencies in the order of their names.
fn rename_in_lock(text: &str, old: &str, new: &str) -> String {
    const START: &str = "\n[[package]]\n";
    let (start, end) = (text.find(START).unwrap_or(text.len()), text.find("\n[[patch").unwrap_or(text.len()));
    let Some(packages) = text.get(start..end).and_then(|text| text.strip_prefix(START)) else { return text.to_owned() };
    let mut packages: Vec<String> = packages
        .split(START)
        .map(|package| {
            let (mut lines, mut dependencies): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
            for line in package.lines() {
                let line =
                    if line == format!("name = \"{old}\"") { format!("name = \"{new}\"") } else { line.to_owned() };
                let line = if line == format!(" \"{old}\",") { format!(" \"{new}\",") } else { line };
                if line.starts_with(" \"") { dependencies.push(line) } else { lines.push(line) }
            }
            dependencies.sort_by(|a, b| a.trim_end_matches("\",").cmp(b.trim_end_matches("\",")));
            let at = lines.iter().position(|line| line == "dependencies = [").map_or(lines.len(), |at| at + 1);
            lines.splice(at..at, dependencies);
            lines.join("\n") + "\n"
        })
        .collect();
    packages.sort_by(|a, b| name_in_lock(a).cmp(name_in_lock(b)));
    format!("{}{START}{}{}", &text[..start], packages.join(START), &text[end..])
}

fn name_in_lock(package: &str) -> &str {
    package.lines().next().unwrap_or_default().trim_start_matches("name = \"").trim_end_matches('"')
}

// Redirects

/// book.toml with the table `[output.html.redirect]` as it is after the renaming: what led to an old address leads to the
/// new one, each address in `gone` has an entry, and no entry stands for an address that `exists`.
fn with_redirects(
    text: &str,
    gone: &BTreeSet<Address>,
    follow: Follow<'_>,
    exists: &dyn Fn(&Address) -> bool,
) -> anyhow::Result<String> {
    let mut book: DocumentMut = text.parse()?;
    let html = book.entry("output").or_insert(implicit_table()).as_table_like_mut().context("[output] is no table")?;
    let html =
        html.entry("html").or_insert(implicit_table()).as_table_like_mut().context("[output.html] is no table")?;
    let table = html.entry("redirect").or_insert(toml_edit::table());
    let table = table.as_table_like_mut().context("[output.html.redirect] is no table")?;

    // Old address -> where it leads. What leads out of the book is left alone.
    let mut redirects = BTreeMap::new();
    for (key, target) in table.iter() {
        let from = Address::of(key.trim_start_matches('/'), "");
        let to = from.as_ref().and_then(|from| Address::of(target.as_str()?, &from.page));
        if let (Some(from), Some(to)) = (from, to) {
            redirects.insert(from, (key.to_owned(), follow(&to).unwrap_or(to)));
        }
    }
    for address in gone {
        let Some(to) = follow(address) else { continue };
        // A page that is gone hands its fragments on to the page it leads to, where this one is no more.
        let through: Vec<Address> = redirects
            .iter()
            .filter(|(from, (_, to))| address.fragment.is_some() && from.fragment.is_none() && to.page == address.page)
            .map(|(from, _)| Address { page: from.page.clone(), fragment: address.fragment.clone() })
            .collect();
        for from in through {
            let key = format!("/{}", from.seen_from(""));
            redirects.entry(from).or_insert_with(|| (key, to.clone()));
        }
        redirects.insert(address.clone(), (format!("/{}", address.seen_from("")), to));
    }
    for (from, (key, to)) in redirects {
        let target = to.seen_from(&from.page);
        if from == to || exists(&from) {
            table.remove(&key);
        } else if let Some(value) = table.get_mut(&key).and_then(Item::as_value_mut) {
            // As it was written, where it leads to the same.
            if value.as_str().and_then(|target| Address::of(target, &from.page)) != Some(to) {
                set(value, &target);
            }
        } else {
            table.insert(&key, toml_edit::value(target));
        }
    }
    if table.is_empty() {
        html.remove("redirect");
    }
    Ok(book.to_string())
}

fn implicit_table() -> Item {
    let mut table = toml_edit::Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

// Carrying it out

/// All that a renaming changes, relative to the root.
#[derive(Debug, Default)]
struct Plan {
    /// Texts before and after. Written first, under the names of before.
    writes: BTreeMap<PathBuf, (String, String)>,
    /// Then moved, in this order.
    moves: Vec<(PathBuf, PathBuf)>,
}

impl Plan {
    /// Plans to write what `change` makes of a file; answers whether that is another text.
    fn edit(
        &mut self,
        root: &Path,
        file: &Path,
        change: impl FnOnce(&str) -> anyhow::Result<String>,
    ) -> anyhow::Result<bool> {
        let before = match self.writes.get(file) {
            Some((before, _)) => before.clone(),
            None => {
                std::fs::read_to_string(root.join(file)).with_context(|| format!("cannot read {}", file.display()))?
            }
        };
        let now = self.writes.get(file).map_or(before.as_str(), |(_, after)| after);
        let after = change(now).with_context(|| file.display().to_string())?;
        let changed = after != now;
        if changed {
            self.writes.insert(file.to_owned(), (before, after));
        }
        Ok(changed)
    }

    /// Writes and moves everything; answers the files as they are called then.
    ///
    /// # Errors
    /// When something cannot be written or moved. What had been is put back.
    fn carry_out(self, root: &Path) -> anyhow::Result<Vec<PathBuf>> {
        // Most of what can go wrong does so here, before anything has changed.
        let mut staged = Vec::new();
        for (file, (_, after)) in &self.writes {
            let new = stage(&root.join(file), after).with_context(|| format!("cannot write {}", file.display()));
            staged.push((file, new.context("nothing is renamed")?));
        }
        let (mut written, mut moved) = (Vec::new(), Vec::new());
        let go = || {
            for (file, new) in staged {
                new.persist(root.join(file)).with_context(|| format!("cannot write {}", file.display()))?;
                written.push(file);
            }
            for (from, to) in &self.moves {
                std::fs::rename(root.join(from), root.join(to))
                    .with_context(|| format!("cannot move {} to {}", from.display(), to.display()))?;
                moved.push((from, to));
            }
            anyhow::Ok(())
        };
        if let Err(error) = go() {
            let mut lost = Vec::new();
            for (from, to) in moved.into_iter().rev() {
                lost.extend(std::fs::rename(root.join(to), root.join(from)).err().map(|_| to));
            }
            for file in written {
                let put_back = |text: &str| anyhow::Ok(stage(&root.join(file), text)?.persist(root.join(file))?);
                lost.extend(self.writes.get(file).and_then(|(before, _)| put_back(before).err()).map(|_| file));
            }
            let lost: Vec<String> = lost.into_iter().map(|file| file.display().to_string()).collect();
            return Err(error.context(match lost.join(", ") {
                none if none.is_empty() => "nothing is renamed, and what was written is put back".to_owned(),
                lost => format!("half renamed: these could not be put back, so look at `git status`: {lost}"),
            }));
        }
        let afterwards = |file: &PathBuf| {
            self.moves.iter().fold(file.clone(), |file, (from, to)| match file.strip_prefix(from) {
                Ok(rest) if rest.as_os_str().is_empty() => to.clone(),
                Ok(rest) => to.join(rest),
                Err(_) => file,
            })
        };
        let files = self.writes.keys().chain(self.moves.iter().map(|(from, _)| from));
        Ok(files.map(afterwards).collect::<BTreeSet<_>>().into_iter().collect())
    }
}

/// A text beside the file that it will take the place of.
fn stage(file: &Path, text: &str) -> anyhow::Result<tempfile::NamedTempFile> {
    let permissions = std::fs::metadata(file)?.permissions();
    let mut new = tempfile::NamedTempFile::new_in(file.parent().context("a file lies in a folder")?)?;
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    Ok(new)
}

fn has_ending(file: &Path, endings: &[&str]) -> bool {
    file.extension().and_then(|ending| ending.to_str()).is_some_and(|ending| endings.contains(&ending))
}

/// Every file below `dir`, relative to `root`; none where there is no such folder.
fn files_below(root: &Path, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    if !root.join(dir).is_dir() {
        return Ok(files);
    }
    for entry in std::fs::read_dir(root.join(dir)).with_context(|| format!("cannot read {}", dir.display()))? {
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
