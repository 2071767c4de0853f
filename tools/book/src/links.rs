//! Internal links of a built site: every one leads to a file, and every fragment to an id.

use html5ever::tokenizer::{
    BufferQueue, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
};
use mdbook_listing::scan::Scheme;
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

/// What one HTML file links to, and what can be linked to in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Anchors {
    pub ids: BTreeSet<String>,
    /// What widgets are called in an address, `schedule=abba`: after an `=` follows what they are to show.
    pub widgets: BTreeSet<String>,
    pub targets: BTreeSet<String>,
    /// From `<base>`: the site's root, for pages that are shown at any address.
    pub base: bool,
}

/// A link that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Broken {
    /// The HTML file, relative to the site.
    pub file: PathBuf,
    /// As it stands in the file.
    pub target: String,
}

/// A built site: its pages with their links, and all its files.
#[derive(Debug, Default)]
pub struct Site {
    pages: BTreeMap<PathBuf, Anchors>,
    files: BTreeSet<PathBuf>,
}

impl Site {
    /// # Errors
    /// When a file of the site in `dir` cannot be read.
    pub fn read(dir: &Path) -> anyhow::Result<Site> {
        let mut site = Site::default();
        collect(dir, Path::new(""), &mut site.pages, &mut site.files)?;
        Ok(site)
    }

    /// Every internal link that leads nowhere.
    pub fn broken(&self) -> Vec<Broken> {
        let links = self.pages.iter().flat_map(|(file, page)| page.targets.iter().map(move |to| (file, page.base, to)));
        let broken =
            links.filter(|(file, base, target)| !leads_somewhere(file, *base, target, &self.pages, &self.files));
        broken.map(|(file, _, target)| Broken { file: file.clone(), target: target.clone() }).collect()
    }

    /// Whether a link in `file` leads out of the site, or to something in it.
    pub fn leads_somewhere(&self, file: &Path, target: &str) -> bool {
        !is_internal(target) || leads_somewhere(file, false, target, &self.pages, &self.files)
    }
}

fn collect(
    dir: &Path,
    below: &Path,
    pages: &mut BTreeMap<PathBuf, Anchors>,
    files: &mut BTreeSet<PathBuf>,
) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(dir.join(below))? {
        let entry = entry?;
        let path = below.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            collect(dir, &path, pages, files)?;
            continue;
        }
        if path.extension().is_some_and(|extension| extension == "html") {
            pages.insert(path.clone(), anchors(&std::fs::read_to_string(dir.join(&path))?));
        }
        files.insert(path);
    }
    Ok(())
}

fn leads_somewhere(
    file: &Path,
    base: bool,
    target: &str,
    pages: &BTreeMap<PathBuf, Anchors>,
    files: &BTreeSet<PathBuf>,
) -> bool {
    let (way, fragment) = target.split_once('#').unwrap_or((target, ""));
    let way = way.split('?').next().unwrap_or_default();
    let from = if base { Path::new("") } else { file.parent().unwrap_or(Path::new("")) };
    let path = if way.is_empty() && !base { Some(file.to_owned()) } else { resolve(from, &decode(way)) };
    // On a page that is shown at any address a bare fragment leads to the site's root. mdBook's own headings do that.
    if way.is_empty() && base {
        return true;
    }
    let Some(mut path) = path else { return false };
    if path.as_os_str().is_empty() || way.ends_with('/') {
        path.push("index.html");
    }
    match pages.get(&path) {
        Some(page) => {
            let fragment = decode(fragment);
            let widget = fragment.rsplit_once('=').is_some_and(|(name, _)| page.widgets.contains(name));
            fragment.is_empty() || widget || page.ids.contains(&fragment)
        }
        None => files.contains(&path),
    }
}

/// Where `way` leads from the folder `from`; `None` when it leads out of the root of both.
pub(crate) fn resolve(from: &Path, way: &str) -> Option<PathBuf> {
    let mut path = from.to_owned();
    for component in Path::new(way).components() {
        match component {
            Component::Normal(name) => path.push(name),
            Component::ParentDir if !path.pop() => return None,
            Component::RootDir | Component::Prefix(_) => return None,
            _ => {}
        }
    }
    Some(path)
}

fn decode(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// What an HTML text links to, and its ids.
pub fn anchors(html: &str) -> Anchors {
    struct Sink(RefCell<Anchors>);

    impl TokenSink for Sink {
        type Handle = ();

        fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
            let Token::TagToken(tag) = token else { return TokenSinkResult::Continue };
            if tag.kind != TagKind::StartTag {
                return TokenSinkResult::Continue;
            }
            let mut anchors = self.0.borrow_mut();
            for attribute in &tag.attrs {
                let value = attribute.value.to_string();
                match &*attribute.name.local {
                    "id" => drop(anchors.ids.insert(value)),
                    "data-address" => drop(anchors.widgets.insert(value)),
                    "href" if &*tag.name == "base" => anchors.base = true,
                    "href" | "src" | "data-src" if is_internal(&value) => drop(anchors.targets.insert(value)),
                    _ => {}
                }
            }
            match &*tag.name {
                "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                "style" => TokenSinkResult::RawData(RawKind::Rawtext),
                _ => TokenSinkResult::Continue,
            }
        }
    }

    let tokenizer = Tokenizer::new(Sink(RefCell::default()), TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(html.into());
    let _ = tokenizer.feed(&input);
    tokenizer.end();
    tokenizer.sink.0.into_inner()
}

/// Whether a link stays in the site: it has no scheme and names no host.
///
/// A link of the book's own, `listing:…`, that is still one was written in a way that nobody looks for, and leads nowhere.
fn is_internal(link: &str) -> bool {
    let scheme = link.split(['/', '?', '#']).next().unwrap_or_default();
    Scheme::of(scheme).is_some() || !scheme.contains(':') && !link.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_links_and_ids_but_not_in_scripts() {
        let html = "<p id=a><a href='b.html#c'>x</a><script>var s = '<a href=no>';</script><img src=i.png><img src=Listing:x>\
                    <a href='https://example.org/'>y</a><a href='mailto:me'>z</a>";
        let found = anchors(html);
        assert_eq!(found.ids, BTreeSet::from(["a".to_owned()]));
        assert_eq!(found.targets, BTreeSet::from(["b.html#c", "i.png", "Listing:x"].map(str::to_owned)));
    }

    #[test]
    fn says_which_links_lead_nowhere() -> anyhow::Result<()> {
        let dir = tempfile::tempdir()?;
        std::fs::create_dir(dir.path().join("p"))?;
        std::fs::write(dir.path().join("index.html"), "<p id='top%20x'><a href='p/q.html#here'>")?;
        let links = "<p id=here data-address='step=a'><a href='#step=a=3'><a href='#step=b=3'><a href='../index.html#top%2520x'><a href=#here><a href='#gone'><a href='../no.html'>\
                     <a href='../../out.html'><a href='../'>";
        std::fs::write(dir.path().join("p/q.html"), links)?;
        let targets: Vec<String> = Site::read(dir.path())?.broken().into_iter().map(|broken| broken.target).collect();
        assert_eq!(targets, ["#gone", "#step=b=3", "../../out.html", "../no.html"]);
        Ok(())
    }
}
