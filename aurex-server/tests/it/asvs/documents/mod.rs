//! What the documents say, held against the code: a page of docs/ a file.

mod access;
mod communication;
mod components;
mod crypto;
mod data;
mod events;

/// The cells of every row of the table under this heading.
#[track_caller]
pub(super) fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) =
        page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading:?}"));
    let lines = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with('|')).skip(2);
    let cells =
        lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    let rows: Vec<Vec<String>> = cells.collect();
    assert!(!rows.is_empty(), "{heading}");
    rows
}

/// What stands in backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}
