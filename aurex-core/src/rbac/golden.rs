//! The committed role matrix: nobody gains or loses a right without a reviewer reading it.
//!
//! The table stands twice, alone for reviews and inside the page for people, and both must be what the catalogue
//! prints. After a wanted change: `AUREX_BLESS=1 cargo test -p aurex-core golden`, and commit the difference.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Catalogue, core_undos};

const BEGIN: &str = "<!-- The table is printed from the catalogue of actions; a test keeps it so. -->\n";
const END: &str = "<!-- End of the printed table. -->\n";

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/roles.md")
}

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/roles.md")
}

#[expect(clippy::disallowed_methods, reason = "a developer's wish, in a test")]
fn is_blessing() -> bool {
    std::env::var("AUREX_BLESS").is_ok_and(|wish| wish == "1")
}

/// The page before, in and after the markers.
fn parts(page: &str) -> (&str, &str, &str) {
    let (before, rest) = page.split_once(BEGIN).expect("the page has lost the marker above its table");
    let (table, after) = rest.split_once(END).expect("the page has lost the marker below its table");
    (before, table, after)
}

/// The lines that only one side has.
fn difference(committed: &str, printed: &str) -> String {
    let mut difference = String::new();
    for line in committed.lines().filter(|line| !printed.lines().any(|other| other == *line)) {
        let _ = writeln!(difference, "- {line}");
    }
    for line in printed.lines().filter(|line| !committed.lines().any(|other| other == *line)) {
        let _ = writeln!(difference, "+ {line}");
    }
    difference
}

#[track_caller]
fn assert_committed(file: &Path, committed: &str, printed: &str) {
    assert!(
        committed == printed,
        "{} is not what the catalogue prints:\n{}\nIf that is wanted: AUREX_BLESS=1 cargo test -p aurex-core golden",
        file.display(),
        difference(committed, printed),
    );
}

#[test]
fn asvs_v2_1_3_v8_1_1_the_committed_role_matrix_is_the_catalogues() {
    let printed = Catalogue::core().matrix();
    let text = fs::read_to_string(page()).unwrap();
    let (before, table, after) = parts(&text);
    if is_blessing() {
        fs::write(golden(), &printed).unwrap();
        fs::write(page(), format!("{before}{BEGIN}{printed}{END}{after}")).unwrap();
        return;
    }
    assert_committed(&golden(), &fs::read_to_string(golden()).unwrap(), &printed);
    assert_committed(&page(), table, &printed);
}

/// The page that an owner looks things up on: every action that changes something, and how it is taken back.
#[test]
fn the_page_of_undos_is_the_tables() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/undo.md");
    let printed = Catalogue::core().undo_table(&core_undos());
    let text = fs::read_to_string(&page).unwrap();
    let (before, table, after) = parts(&text);
    if is_blessing() {
        fs::write(&page, format!("{before}{BEGIN}{printed}{END}{after}")).unwrap();
        return;
    }
    assert_committed(&page, table, &printed);
}

#[test]
fn a_changed_cell_shows_in_the_difference() {
    let printed = Catalogue::core().matrix();
    let row = printed.lines().find(|line| line.ends_with("| `audit.read` |")).unwrap();
    let widened = row.replacen('–', "yes", 1);
    assert_ne!(row, widened);
    let committed = printed.replace(row, &widened);
    assert_eq!(difference(&committed, &printed), format!("- {widened}\n+ {row}\n"));
}
