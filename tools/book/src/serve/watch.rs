//! Changes, found by looking. Modification times are polled: a watcher of events saw this server's own reads, and rebuilt
//! for ever.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What the pages are made from, relative to the root of the checkout.
const WATCHED: [&str; 6] = ["book.toml", "rust-toolchain.toml", "src", "listings", "quizzes", "theme"];

/// The modification time and size of every file that the pages are made from.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Snapshot {
    files: BTreeMap<PathBuf, (SystemTime, u64)>,
}

impl Snapshot {
    pub(crate) fn take(root: &Path) -> Snapshot {
        let mut snapshot = Snapshot::default();
        for name in WATCHED {
            snapshot.add(&root.join(name));
        }
        snapshot
    }

    fn add(&mut self, path: &Path) {
        // A file that goes while we look is gone: that is the change.
        let Ok(metadata) = path.metadata() else { return };
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if metadata.is_dir() {
            for entry in std::fs::read_dir(path).into_iter().flatten().flatten() {
                // A link to a folder may lead back up: two of them would be followed through 2^40 paths.
                let path = entry.path();
                if !(path.is_symlink() && path.is_dir()) {
                    self.add(&path);
                }
            }
        } else if !hidden {
            let modified = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
            self.files.insert(path.to_owned(), (modified, metadata.len()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_sees_each_kind_of_change_and_nothing_else() -> std::io::Result<()> {
        let dir = tempfile::tempdir()?;
        let page = dir.path().join("src/part/page.md");
        std::fs::create_dir_all(dir.path().join("src/part"))?;
        std::fs::write(&page, "one")?;
        let first = Snapshot::take(dir.path());
        assert_eq!(first, Snapshot::take(dir.path()));
        std::fs::read(&page)?;
        std::fs::write(dir.path().join("src/part/.page.md.swp"), "editor")?;
        std::fs::write(dir.path().join("README.md"), "not of the pages")?;
        assert_eq!(first, Snapshot::take(dir.path()));
        std::fs::write(&page, "longer")?;
        let second = Snapshot::take(dir.path());
        assert_ne!(first, second);
        std::fs::remove_file(&page)?;
        assert_ne!(second, Snapshot::take(dir.path()));
        Ok(())
    }

    #[test]
    #[cfg(unix)]
    fn a_link_to_a_folder_is_not_followed_and_a_link_to_a_file_is() -> std::io::Result<()> {
        use std::os::unix::fs::symlink;
        let dir = tempfile::tempdir()?;
        let (src, elsewhere) = (dir.path().join("src"), dir.path().join("elsewhere.md"));
        std::fs::create_dir(&src)?;
        std::fs::write(src.join("page.md"), "one")?;
        std::fs::write(&elsewhere, "one")?;
        let before = Snapshot::take(dir.path());
        symlink(".", src.join("loop"))?;
        assert_eq!(before, Snapshot::take(dir.path()));
        symlink(&elsewhere, src.join("linked.md"))?;
        let linked = Snapshot::take(dir.path());
        assert_ne!(before, linked);
        std::fs::write(&elsewhere, "longer")?;
        assert_ne!(linked, Snapshot::take(dir.path()));
        Ok(())
    }
}
