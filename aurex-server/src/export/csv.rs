//! Comma-separated values after RFC 4180, safe to open in a spreadsheet.
//!
//! A cell that begins with `=`, `+`, `-`, `@`, a tab, a carriage return or a null is a formula to one spreadsheet or
//! another, whoever typed it into a customer's name. Such a cell is led by an apostrophe, which spreadsheets show as
//! text (OWASP ASVS 5.0 1.2.10). Every text is quoted, so that no separator can end one early.

/// A cell.
#[derive(Debug, Clone, Copy)]
pub enum Field<'c> {
    /// Whatever somebody typed.
    Text(&'c str),
    /// The digits of a number of ours, with a sign or a point: bare, so that a negative one is no text.
    Number(&'c str),
}

/// Appends one record of texts.
pub fn record<'c>(out: &mut Vec<u8>, cells: impl IntoIterator<Item = &'c str>) {
    fields(out, cells.into_iter().map(Field::Text));
}

/// Appends one record.
pub fn fields<'c>(out: &mut Vec<u8>, fields: impl IntoIterator<Item = Field<'c>>) {
    for (nth, field) in fields.into_iter().enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        match field {
            Field::Number(digits) => out.extend_from_slice(digits.as_bytes()),
            Field::Text(text) => quoted(out, text),
        }
    }
    out.extend_from_slice(b"\r\n");
}

fn quoted(out: &mut Vec<u8>, cell: &str) {
    out.push(b'"');
    if is_formula(cell) {
        out.push(b'\'');
    }
    for byte in cell.bytes() {
        if byte == b'"' {
            out.push(b'"');
        }
        out.push(byte);
    }
    out.push(b'"');
}

/// Whether a spreadsheet may take the cell for a formula: full-width forms of the signs count in some of them, and a line
/// break in front is cut off by others.
fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn printed(cells: &[&str]) -> String {
        let mut out = Vec::new();
        record(&mut out, cells.iter().copied());
        String::from_utf8(out).unwrap()
    }

    /// Reads one record as RFC 4180 says, strictly.
    fn read(text: &str) -> Vec<String> {
        let mut cells = Vec::new();
        let mut rest = text;
        loop {
            let mut cell = String::new();
            rest = rest.strip_prefix('"').unwrap();
            loop {
                let (part, behind) = rest.split_once('"').unwrap();
                cell.push_str(part);
                match behind.strip_prefix('"') {
                    Some(more) => {
                        cell.push('"');
                        rest = more;
                    }
                    None => {
                        rest = behind;
                        break;
                    }
                }
            }
            cells.push(cell);
            if rest == "\r\n" {
                return cells;
            }
            rest = rest.strip_prefix(',').unwrap();
        }
    }

    #[test]
    fn asvs_v1_2_10_a_cell_is_never_a_formula() {
        for sign in ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"] {
            let cell = format!("{sign}HYPERLINK(\"http://x\")");
            assert_eq!(read(&printed(&[&cell])), [format!("'{cell}")], "{sign:?}");
        }
        assert_eq!(printed(&["-5", "a=b", ""]), "\"'-5\",\"a=b\",\"\"\r\n");
    }

    #[test]
    fn asvs_v1_2_10_quotes_and_breaks_stay_inside_their_cell() {
        assert_eq!(printed(&["a\"b", "c,d", "e\r\nf"]), "\"a\"\"b\",\"c,d\",\"e\r\nf\"\r\n");
    }

    proptest! {
        #[test]
        fn what_is_printed_reads_back(cells in prop::collection::vec(".*", 1..6)) {
            let texts: Vec<&str> = cells.iter().map(String::as_str).collect();
            let back = read(&printed(&texts));
            for (cell, back) in cells.iter().zip(&back) {
                prop_assert_eq!(back.strip_prefix('\'').filter(|_| is_formula(cell)).unwrap_or(back), cell);
                prop_assert!(!is_formula(back));
            }
            prop_assert_eq!(cells.len(), back.len());
        }
    }
}
