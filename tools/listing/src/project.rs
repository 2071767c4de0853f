//! A listing outside of the workspace: the manifest that makes its `src/main.rs` a Cargo project of its own.
//!
//! ```text
//! [package]                        [package]
//! name = "spin-screen"             name = "spin-screen"
//! edition.workspace = true   ->    version = "0.1.0"
//! …                                edition = "2024"
//! [dependencies]                   [dependencies]
//! vt100.workspace = true           vt100 = "0.18"
//! ```

use crate::{Class, Finding, Listing};
use std::path::Path;
use toml::{Table, Value};

/// What a reader needs besides `src/main.rs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Project {
    /// `Cargo.toml`.
    pub manifest: String,
    /// Whether the program uses std alone, so that it also runs where no other crate is to be had.
    pub std_only: bool,
}

impl Project {
    /// The project of a listing; `workspace` is the manifest of the root. None where the program needs a crate of this
    /// repository, another file than `src/main.rs`, or unstable syntax.
    ///
    /// # Errors
    /// A manifest that cannot be read, or a dependency that the workspace does not have.
    pub fn of(listing: &Listing, workspace: &Table) -> Result<Option<Project>, Finding> {
        if listing.class == Class::N {
            return Ok(None);
        }
        if !is_one_file(listing) {
            return Ok(None);
        }
        let path = listing.manifest();
        let text = std::fs::read_to_string(listing.root.join(&path))
            .map_err(|error| Finding::new(&path, None, format!("cannot read the manifest of a listing: {error}")))?;
        let manifest: Table =
            toml::from_str(&text).map_err(|error| Finding::new(&path, None, error.message().to_owned()))?;
        let shared = table(workspace.get("workspace"));

        // By hand, for a table has its keys in the order of the alphabet.
        let mut head = format!("[package]\nname = \"{}\"\nversion = \"0.1.0\"\n", listing.slug);
        for key in ["edition", "rust-version"] {
            let own = table(manifest.get("package")).get(key).filter(|value| !value.is_table()).cloned();
            if let Some(value) = own.or_else(|| table(shared.get("package")).get(key).cloned()) {
                head.push_str(&format!("{key} = {value}\n"));
            }
        }
        let mut project = Table::new();
        let resolve = |from: Option<&Value>| resolved(&path, &table(from), &table(shared.get("dependencies")));
        match resolve(manifest.get("dependencies"))? {
            None => return Ok(None),
            Some(dependencies) if dependencies.is_empty() => {}
            Some(dependencies) => drop(project.insert("dependencies".into(), dependencies.into())),
        }
        let mut targets = Table::new();
        for (target, of) in table(manifest.get("target")) {
            match resolve(of.get("dependencies"))? {
                None => return Ok(None),
                Some(dependencies) if dependencies.is_empty() => {}
                Some(dependencies) => {
                    let dependencies = Table::from_iter([("dependencies".to_owned(), dependencies.into())]);
                    targets.insert(target, dependencies.into());
                }
            }
        }
        if !targets.is_empty() {
            project.insert("target".into(), targets.into());
        }
        let std_only = project.is_empty();
        if !std_only {
            let rest = toml::to_string(&project).map_err(|error| Finding::new(&path, None, error.to_string()))?;
            head.push_str(&format!("\n{rest}"));
        }
        Ok(Some(Project { manifest: head, std_only }))
    }
}

/// Whether `src/main.rs` is all that is compiled. A program that cannot be read is reported elsewhere.
fn is_one_file(listing: &Listing) -> bool {
    let dir = listing.root.join(&listing.dir);
    let beside = std::fs::read_dir(dir.join("src")).into_iter().flatten().flatten();
    let alone = beside.filter(|entry| entry.file_name() != "main.rs").count() == 0 && !dir.join("build.rs").exists();
    let text = std::fs::read_to_string(listing.root.join(listing.main_path())).unwrap_or_default();
    let elsewhere = ["include!", "include_str!", "include_bytes!", "#[path"];
    alone && !elsewhere.iter().any(|mark| text.contains(mark))
}

fn table(value: Option<&Value>) -> Table {
    value.and_then(Value::as_table).cloned().unwrap_or_default()
}

/// Dependencies with what they have from the workspace; none if one of them is a crate of this repository.
fn resolved(path: &Path, wanted: &Table, shared: &Table) -> Result<Option<Table>, Finding> {
    let mut dependencies = Table::new();
    for (name, value) in wanted {
        let mut own = value.as_table().cloned().unwrap_or_default();
        let value = if own.remove("workspace").is_none() {
            value.clone()
        } else {
            let Some(value) = shared.get(name) else {
                let message = format!("`{name}` is no dependency of the workspace: add it to Cargo.toml of the root");
                return Err(Finding::new(path, None, message));
            };
            merged(value, own)
        };
        if value.get("path").is_some() {
            return Ok(None);
        }
        dependencies.insert(name.clone(), value);
    }
    Ok(Some(dependencies))
}

/// A dependency of the workspace with what a member adds to it: features are joined, as cargo does.
fn merged(shared: &Value, own: Table) -> Value {
    if own.is_empty() {
        return shared.clone();
    }
    let mut all = match shared {
        Value::Table(table) => table.clone(),
        version => Table::from_iter([("version".to_owned(), version.clone())]),
    };
    for (key, value) in own {
        match (all.get_mut(&key), value) {
            (Some(Value::Array(features)), Value::Array(more)) => {
                features.extend(more.into_iter().filter(|one| !features.contains(one)).collect::<Vec<_>>());
            }
            (_, value) => drop(all.insert(key, value)),
        }
    }
    all.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = r#"
        [workspace.package]
        edition = "2024"
        rust-version = "1.95"
        [workspace.dependencies]
        vt100 = "0.18"
        rustix = { version = "1.1", features = ["process"] }
        primitives = { path = "tools/primitives" }
    "#;

    fn project(dependencies: &str) -> Result<Option<Project>, String> {
        project_of("edition.workspace = true", dependencies, &[("src/main.rs", "fn main() {}\n")])
    }

    fn project_of(keys: &str, dependencies: &str, files: &[(&str, &str)]) -> Result<Option<Project>, String> {
        let dir = tempfile::tempdir().unwrap();
        let listing = dir.path().join("listings/concepts/clerk");
        std::fs::create_dir_all(&listing).unwrap();
        std::fs::write(dir.path().join("rust-toolchain.toml"), "[toolchain]\nchannel = \"1.95.0\"\n").unwrap();
        let manifest = format!(
            "[package]\nname = \"clerk\"\n{keys}\n\
             [package.metadata.listing]\ntitle = \"A clerk\"\nclass = \"D\"\n{dependencies}"
        );
        std::fs::write(listing.join("Cargo.toml"), manifest).unwrap();
        for (file, text) in files {
            std::fs::create_dir_all(listing.join(file).parent().unwrap()).unwrap();
            std::fs::write(listing.join(file), text).unwrap();
        }
        let library = crate::Library::load(dir.path()).unwrap();
        Project::of(&library.listings["clerk"], &toml::from_str(WORKSPACE).unwrap()).map_err(|finding| finding.message)
    }

    #[test]
    fn what_the_workspace_has_is_written_out() {
        let head = "[package]\nname = \"clerk\"\nversion = \"0.1.0\"\nedition = \"2024\"\nrust-version = \"1.95\"\n";
        let std = project("[dev-dependencies]\nlisting.workspace = true\n").unwrap().unwrap();
        assert_eq!(std, Project { manifest: head.to_owned(), std_only: true });
        let more = project(
            "[dependencies]\nvt100.workspace = true\n\
             [target.'cfg(unix)'.dependencies]\nrustix = { workspace = true, features = [\"process\", \"pty\"] }\n",
        );
        let expected = "\n[dependencies]\nvt100 = \"0.18\"\n\n[target.\"cfg(unix)\".dependencies.rustix]\n\
                        version = \"1.1\"\nfeatures = [\n    \"process\",\n    \"pty\",\n]\n";
        let more = more.unwrap().unwrap();
        assert!(!more.std_only);
        let wanted: Table = toml::from_str(&format!("{head}{expected}")).unwrap();
        assert_eq!(toml::from_str::<Table>(&more.manifest).unwrap(), wanted, "{}", more.manifest);
    }

    #[test]
    fn what_the_listing_says_itself_comes_first() {
        let main = [("src/main.rs", "fn main() {}\n")];
        let head = "[package]\nname = \"clerk\"\nversion = \"0.1.0\"\n";
        let old = project_of("edition = \"2021\"\nrust-version = \"1.60\"", "", &main).unwrap().unwrap();
        assert_eq!(old.manifest, format!("{head}edition = \"2021\"\nrust-version = \"1.60\"\n"));
        let one = project_of("edition = \"2021\"\nrust-version = { workspace = true }", "", &main).unwrap().unwrap();
        assert_eq!(one.manifest, format!("{head}edition = \"2021\"\nrust-version = \"1.95\"\n"));
    }

    #[test]
    fn a_program_of_several_files_stays_here() {
        let main = ("src/main.rs", "fn main() {}\n");
        for more in [
            ("src/lib.rs", ""),
            ("src/top.rs", ""),
            ("src/top/mod.rs", ""),
            ("build.rs", "fn main() {}\n"),
            ("src/main.rs", "fn main() {\n    print!(\"{}\", include_str!(\"../Cargo.toml\"));\n}\n"),
            ("src/main.rs", "#[path = \"../top.rs\"]\nmod top;\nfn main() {}\n"),
        ] {
            assert_eq!(project_of("edition.workspace = true", "", &[main, more]), Ok(None), "{more:?}");
        }
        assert!(project_of("edition.workspace = true", "", &[main, ("tests/property.rs", "")]).unwrap().is_some());
    }

    #[test]
    fn a_crate_of_this_repository_stays_here() {
        assert_eq!(project("[dependencies]\nprimitives.workspace = true\n"), Ok(None));
        assert_eq!(project("[dependencies]\nother = { path = \"../other\" }\n"), Ok(None));
    }

    #[test]
    fn what_the_workspace_lacks_is_named() {
        let message = "`serd` is no dependency of the workspace: add it to Cargo.toml of the root";
        assert_eq!(project("[dependencies]\nserd.workspace = true\n"), Err(message.to_owned()));
    }
}
