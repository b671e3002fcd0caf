//! The repository holds no secret of anybody's.

use std::fs;
use std::path::{Path, PathBuf};

/// Folders that are not the repository's own.
const NOT_OURS: [&str; 4] = [".git", "target", "aurex-data", "artifacts"];

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_dir() && !NOT_OURS.contains(&entry.file_name().to_str().unwrap_or_default()) {
            files(&entry.path(), found);
        } else if kind.is_file() {
            found.push(entry.path());
        }
    }
}

/// What a secret in a file looks like: it stands at the beginning of a line, as its maker writes it.
fn secret_in(text: &str) -> Option<&str> {
    let is_private_key = |line: &str| line.starts_with("-----BEGIN ") && line.ends_with("PRIVATE KEY-----");
    let is_key_file = |line: &str| line.strip_prefix("secret: ").is_some_and(|rest| rest.len() == 43);
    text.lines()
        .find(|line| is_private_key(line) || is_key_file(line) || line.starts_with("AGE-SECRET-KEY-1"))
}

#[test]
fn asvs_v13_3_1_no_private_key_and_no_key_file_is_in_the_repository() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    files(&root, &mut found);
    assert!(found.len() > 300, "{} files", found.len());
    for path in found {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        assert!(!name.ends_with(".key"), "{}", path.display());
        let Ok(text) = fs::read_to_string(&path) else { continue };
        assert_eq!(secret_in(&text), None, "{}", path.display());
    }
}

#[test]
fn what_is_looked_for_would_be_found() {
    let private = format!("a\n-----BEGIN {}PRIVATE KEY-----\nb", "RSA ");
    let key = format!("id: x\nsecret: {}\n", "A".repeat(43));
    let age = format!("# created\n{}-KEY-1QQQ", "AGE-SECRET");
    for text in [private, key, age] {
        assert!(secret_in(&text).is_some(), "{text}");
    }
}
