//! Comma-separated text as spreadsheets save it: with a heading, quoted cells, a byte order mark, semicolons where commas
//! are decimals.

use aurex_core::shop::tables::{Cells, Column, RowProblem};

/// What a text has to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brought {
    /// The rows that have anything in them.
    pub rows: Vec<Cells>,
    /// What is wrong with the table before anybody looks at what its rows say.
    pub problems: Vec<RowProblem>,
}

const HEADING: u64 = 1;

/// Reads a table with these columns, in any order, of at most `most` rows. A heading is known whatever its case and the
/// blanks around it; one that nobody knows is a problem, because what stands under it would be lost without a word.
#[must_use]
pub fn read(text: &str, columns: &'static [Column], most: usize) -> Brought {
    // One kind of line end, so that lines count as people count them.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n").replace('\r', "\n");
    let heading = text.lines().next().unwrap_or_default();
    let delimiter = if heading.contains(';') && !heading.contains(',') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new();
    let mut reader =
        reader.delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let (mut rows, mut problems) = (Vec::new(), Vec::new());
    let mut headings: Option<Vec<Option<&'static str>>> = None;
    for record in reader.records() {
        let Ok(record) = record else {
            // Text is UTF-8 and rows may be of any length: what is left cannot happen.
            problems.push(problem(HEADING, "", "table.unreadable", "this is no comma-separated text"));
            break;
        };
        let line = record.position().map_or(HEADING, csv::Position::line);
        let Some(headings) = &headings else {
            headings = Some(headed(&record, columns, &mut problems));
            continue;
        };
        if record.len() > headings.len() {
            problems.push(problem(line, "", "row.too_long", "this row has more cells than the heading"));
        }
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if rows.len() == most {
            let message = format!("a table has at most {most} rows");
            problems.push(RowProblem { line, column: "", code: "table.too_long", message });
            break;
        }
        let named = headings.iter().zip(record.iter()).filter_map(|(name, cell)| Some(((*name)?, cell)));
        rows.push(Cells::of(columns, line, named));
    }
    if headings.is_none() {
        let _ = headed(&csv::StringRecord::new(), columns, &mut problems);
    } else if rows.is_empty() && problems.is_empty() {
        problems.push(problem(HEADING, "", "table.empty", "this table has a heading and no rows"));
    }
    Brought { rows, problems }
}

fn problem(line: u64, column: &'static str, code: &'static str, message: &str) -> RowProblem {
    RowProblem { line, column, code, message: message.to_owned() }
}

fn headed(
    record: &csv::StringRecord,
    columns: &'static [Column],
    problems: &mut Vec<RowProblem>,
) -> Vec<Option<&'static str>> {
    let known =
        |cell: &str| columns.iter().map(|column| column.name).find(|name| cell.eq_ignore_ascii_case(name));
    let found: Vec<Option<&'static str>> = record.iter().map(|cell| known(cell.trim())).collect();
    let names = || columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
    let unknown =
        record.iter().zip(&found).filter(|(cell, name)| !cell.trim().is_empty() && name.is_none()).count();
    if unknown > 0 {
        let message = format!("{unknown} of the headings are not known; there are {}", names());
        problems.push(RowProblem { line: HEADING, column: "", code: "heading.unknown", message });
    }
    for column in columns {
        let times = found.iter().filter(|name| **name == Some(column.name)).count();
        if times > 1 {
            problems.push(problem(HEADING, column.name, "heading.twice", "this heading stands there twice"));
        }
        if times == 0 && column.needed {
            problems.push(problem(HEADING, column.name, "heading.missing", "this heading is needed"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const COLUMNS: &[Column] = &[
        Column { name: "name", needed: true, says: "a name" },
        Column { name: "note", needed: false, says: "a note" },
    ];

    fn codes(brought: &Brought) -> Vec<(u64, &'static str, &'static str)> {
        brought.problems.iter().map(|problem| (problem.line, problem.column, problem.code)).collect()
    }

    #[test]
    fn what_spreadsheets_save_is_read() {
        let expected = [
            Cells::of(COLUMNS, 2, [("name", "Asha, Rao"), ("note", "said \"yes\"\nand no")]),
            Cells::of(COLUMNS, 5, [("name", "Bela")]),
        ];
        for text in [
            "name,note\n\"Asha, Rao\",\"said \"\"yes\"\"\nand no\"\n,\nBela,\n",
            "\u{feff}Note ; NAME\r\n\"said \"\"yes\"\"\nand no\";\"Asha, Rao\"\r\n;\r\n;Bela\r\n",
        ] {
            let brought = read(text, COLUMNS, 10);
            assert_eq!(codes(&brought), [], "{text:?}");
            assert_eq!(brought.rows, expected, "{text:?}");
        }
    }

    #[test]
    fn what_would_be_lost_is_told_by_line() {
        for (text, expected) in [
            ("", vec![(1, "name", "heading.missing")]),
            ("name\n", vec![(1, "", "table.empty")]),
            ("note\nx", vec![(1, "name", "heading.missing")]),
            ("name,colour\na,b", vec![(1, "", "heading.unknown")]),
            ("name,name\na,b", vec![(1, "name", "heading.twice")]),
            ("name\na,b\nc", vec![(2, "", "row.too_long")]),
            ("name\na\nb\nc\nd", vec![(5, "", "table.too_long")]),
        ] {
            assert_eq!(codes(&read(text, COLUMNS, 3)), expected, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[a-z,;\"\r\n\u{feff}]{0,60}") {
            prop_assert!(read(&text, COLUMNS, 4).rows.len() <= 4);
        }
    }
}
