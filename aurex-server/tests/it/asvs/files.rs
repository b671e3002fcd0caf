//! The repository's own files, as the static tests read them.

use std::fs;
use std::path::{Path, PathBuf};

/// The crates that are the product; examples, benches and fuzz targets are not.
pub const CRATES: [&str; 4] = ["aurex-core", "aurex-store-sqlite", "aurex-store-postgres", "aurex-server"];

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// A file of the repository.
#[track_caller]
pub fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A manifest of the repository.
#[track_caller]
pub fn manifest(path: &str) -> toml::Table {
    read(path).parse().unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A Rust file of the product, without its tests and its comments.
pub struct Source {
    /// `aurex-core/src/lib.rs`.
    pub path: String,
    pub code: String,
}

impl Source {
    pub fn is_in(&self, rooms: &[&str]) -> bool {
        rooms.iter().any(|room| self.path == *room || self.path.starts_with(&format!("{room}/")))
    }
}

/// Tests stand last in their file, or in a file or folder named after them.
fn without_tests(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

fn is_of_tests(path: &Path) -> bool {
    path.components().any(|part| {
        let name = part.as_os_str().to_string_lossy();
        name == "tests" || name == "tests.rs" || name.ends_with("_tests.rs")
    })
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The product's Rust files.
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    for name in CRATES {
        let (folder, mut paths) = (root().join(name).join("src"), Vec::new());
        walk(&folder, &mut paths);
        for path in paths.into_iter().filter(|path| path.extension().is_some_and(|kind| kind == "rs")) {
            let below = path.strip_prefix(&folder).unwrap();
            if !is_of_tests(below) {
                let code = without_tests(&fs::read_to_string(&path).unwrap());
                found.push(Source { path: format!("{name}/src/{}", below.display()), code });
            }
        }
    }
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 200, "{}", found.len());
    found
}

/// Every Rust file of the product, tests too.
pub fn rust_files() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in CRATES {
        walk(&root().join(name).join("src"), &mut found);
        let tests = root().join(name).join("tests");
        if tests.is_dir() {
            walk(&tests, &mut found);
        }
    }
    found.retain(|path| path.extension().is_some_and(|kind| kind == "rs"));
    found
}

/// What a browser gets from us, by name: pages, styles, scripts.
pub fn web_files() -> Vec<(String, String)> {
    let (folder, mut paths) = (root().join("aurex-server/src/web"), Vec::new());
    walk(&folder, &mut paths);
    let not_rust = paths.into_iter().filter(|path| path.extension().is_none_or(|kind| kind != "rs"));
    not_rust.map(|path| (path.display().to_string(), fs::read_to_string(&path).unwrap())).collect()
}

/// `path:line` of every line of these sources that holds one of the words.
pub fn lines_with(sources: &[Source], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for source in sources {
        for line in source.code.lines().filter(|line| words.iter().any(|word| line.contains(word))) {
            found.push(format!("{}: {}", source.path, line.trim()));
        }
    }
    found
}
