//! A report as a spreadsheet (Office Open XML, ECMA-376, Part 1) or as comma-separated values.
//!
//! Amounts are written by their digits, so that no float ever comes near them. A spreadsheet counts in floats itself: what
//! has more digits than it keeps exactly, fifteen, is written as text, which shows every one of them. Texts are inline
//! strings, which are never formulas, whoever typed them into a customer's name.

use aurex_core::shop::books::sheet::{Cell, Sheet};
use aurex_core::time::Date;

use super::csv::{self, Field};
use super::zip::{Archive, TooLarge};

/// How many significant digits a spreadsheet keeps.
const EXACT: u64 = 1_000_000_000_000_000;
/// The most places behind the point that have a style.
const MOST_DECIMALS: u32 = 9;
/// The style of titles and names of columns.
const BOLD: u32 = 1;
/// The style of days.
const DAY: u32 = 2;
/// The style of numbers without a place behind the point; with one, the next, and so on.
const NUMBER: u32 = 3;
/// The number of the first format of our own; those below are the format's (18.8.30).
const FORMATS: u32 = 164;

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATIONS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A report as a spreadsheet, a table a sheet.
///
/// # Errors
/// `TooLarge`.
pub fn xlsx(sheets: &[Sheet]) -> Result<Vec<u8>, TooLarge> {
    let mut archive = Archive::default();
    let numbered = || sheets.iter().enumerate().map(|(at, sheet)| (at.saturating_add(1), sheet));
    let parts: String = numbered()
        .map(|(n, _)| {
            format!(
                r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{KIND}.worksheet+xml"/>"#
            )
        })
        .collect();
    let types = format!(
        r#"{HEAD}<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="{KIND}.styles+xml"/>{parts}</Types>"#
    );
    archive.add("[Content_Types].xml", types.as_bytes())?;
    let root = format!(
        r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
    );
    archive.add("_rels/.rels", root.as_bytes())?;
    let names: String = numbered()
        .map(|(n, sheet)| {
            let name = escaped(&sheet.name);
            format!(r#"<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>"#)
        })
        .collect();
    let book = format!(
        r#"{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}"><sheets>{names}</sheets></workbook>"#
    );
    archive.add("xl/workbook.xml", book.as_bytes())?;
    let links: String = numbered()
        .map(|(n, _)| {
            format!(
                r#"<Relationship Id="rId{n}" Type="{RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
            )
        })
        .collect();
    let links = format!(
        r#"{HEAD}<Relationships xmlns="{PACKAGE}/relationships">{links}<Relationship Id="styles" Type="{RELATIONS}/styles" Target="styles.xml"/></Relationships>"#
    );
    archive.add("xl/_rels/workbook.xml.rels", links.as_bytes())?;
    archive.add("xl/styles.xml", styles().as_bytes())?;
    for (n, sheet) in numbered() {
        archive.add(&format!("xl/worksheets/sheet{n}.xml"), worksheet(sheet).as_bytes())?;
    }
    archive.finish()
}

/// The styles: plain, bold, days, and numbers with none to nine places behind the point.
fn styles() -> String {
    let places = 1..=MOST_DECIMALS;
    let day = format!(r#"<numFmt numFmtId="{FORMATS}" formatCode="yyyy\-mm\-dd"/>"#);
    let formats: String = places
        .clone()
        .map(|n| {
            let zeros: String = (0..n).map(|_| '0').collect();
            let id = FORMATS.saturating_add(n);
            format!(r##"<numFmt numFmtId="{id}" formatCode="#,##0.{zeros}"/>"##)
        })
        .collect();
    let style = |id: u32| {
        format!(r#"<xf numFmtId="{id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>"#)
    };
    // 3 is `#,##0`.
    let numbers: String =
        [3].into_iter().chain(places.map(|n| FORMATS.saturating_add(n))).map(style).collect();
    let day_style = style(FORMATS);
    format!(
        r#"{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="10">{day}{formats}</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="13"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>{day_style}{numbers}</cellXfs></styleSheet>"#
    )
}

fn worksheet(sheet: &Sheet) -> String {
    let mut xml = format!(r#"{HEAD}<worksheet xmlns="{MAIN}"><sheetData>"#);
    let mut row = 0_u32;
    let mut put = |cells: &mut dyn Iterator<Item = String>| {
        row = row.saturating_add(1);
        xml.push_str(&format!(r#"<row r="{row}">"#));
        cells.for_each(|cell| xml.push_str(&cell));
        xml.push_str("</row>");
    };
    put(&mut std::iter::once(string(&sheet.title, BOLD)));
    put(&mut sheet.columns.iter().map(|name| string(name, BOLD)));
    for cells in &sheet.rows {
        put(&mut cells.iter().map(cell));
    }
    xml.push_str("</sheetData></worksheet>");
    xml
}

fn string(text: &str, style: u32) -> String {
    let text = escaped(text);
    format!(r#"<c s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#)
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => "<c/>".to_owned(),
        Cell::Text(text) => string(text, 0),
        Cell::Date(date) => format!(r#"<c s="{DAY}"><v>{}</v></c>"#, serial(*date)),
        Cell::Number { units, decimals } if units.unsigned_abs() < EXACT && *decimals <= MOST_DECIMALS => {
            format!(r#"<c s="{}"><v>{}</v></c>"#, NUMBER.saturating_add(*decimals), cell.printed())
        }
        Cell::Number { .. } => string(&cell.printed(), 0),
    }
}

/// A day as spreadsheets count it: days since the 30th of December 1899, which makes up for the 29th of February 1900 that
/// they believe in.
fn serial(date: Date) -> i64 {
    Date::from_ymd_opt(1899, 12, 30).map_or(0, |first| date.signed_duration_since(first).num_days())
}

/// Text in XML; what XML 1.0 cannot say at all becomes U+FFFD.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(letter),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(letter),
        }
    }
    out
}

/// A report as comma-separated values: each table with its title, the names of its columns and its rows, an empty line
/// between two. Numbers are bare digits, as they are written, with a point.
pub fn csv(sheets: &[Sheet]) -> Vec<u8> {
    let mut out = Vec::new();
    for (nth, sheet) in sheets.iter().enumerate() {
        if nth > 0 {
            out.extend_from_slice(b"\r\n");
        }
        csv::record(&mut out, [sheet.title.as_str()]);
        csv::record(&mut out, sheet.columns.iter().copied());
        for row in &sheet.rows {
            let printed: Vec<(bool, String)> =
                row.iter().map(|cell| (matches!(cell, Cell::Number { .. }), cell.printed())).collect();
            let fields = printed.iter().map(
                |(is_number, text)| {
                    if *is_number { Field::Number(text) } else { Field::Text(text) }
                },
            );
            csv::fields(&mut out, fields);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use aurex_core::time::parse_date;

    use super::*;

    fn one(cells: Vec<Cell>) -> Sheet {
        Sheet {
            name: "Day book".to_owned(),
            title: "Day <book>".to_owned(),
            columns: vec!["Name"],
            rows: vec![cells],
        }
    }

    #[test]
    fn an_amount_is_written_by_its_digits() {
        let xml = worksheet(&one(vec![
            Cell::number(-5_184_505, 2),
            Cell::number(3_105_240_000, 9),
            Cell::count(7_u32),
            Cell::number(1_000_000_000_000_000, 2),
            Cell::Empty,
        ]));
        assert!(xml.contains(r#"<c s="5"><v>-51845.05</v></c><c s="12"><v>3.105240000</v></c>"#), "{xml}");
        assert!(xml.contains(r#"<c s="3"><v>7</v></c>"#), "{xml}");
        assert!(xml.contains(r#"t="inlineStr"><is><t xml:space="preserve">10000000000000.00</t>"#), "{xml}");
    }

    #[test]
    fn a_day_is_the_number_that_spreadsheets_know_it_by() {
        assert_eq!(serial(parse_date("1900-03-01").unwrap()), 61);
        assert_eq!(serial(parse_date("2026-11-23").unwrap()), 46_349);
    }

    #[test]
    fn asvs_v1_2_10_a_text_is_never_a_formula_in_a_spreadsheet() {
        let wicked = "=HYPERLINK(\"http://x\")</t>\u{1}";
        let xml = worksheet(&one(vec![Cell::text(wicked)]));
        let shown = "=HYPERLINK(&quot;http://x&quot;)&lt;/t&gt;\u{fffd}";
        assert!(
            xml.contains(&format!(r#"<c s="0" t="inlineStr"><is><t xml:space="preserve">{shown}</t>"#)),
            "{xml}"
        );
        assert!(!xml.contains("<f>"));
        let text = String::from_utf8(csv(&[one(vec![Cell::text(wicked)])])).unwrap();
        assert!(text.contains("\"'=HYPERLINK("), "{text}");
    }

    #[test]
    fn a_negative_amount_is_a_number_to_whoever_opens_the_file() {
        let text =
            String::from_utf8(csv(&[one(vec![Cell::number(-5, 2)]), one(vec![Cell::text("-5")])])).unwrap();
        let expected = "\"Day <book>\"\r\n\"Name\"\r\n-0.05\r\n\r\n\"Day <book>\"\r\n\"Name\"\r\n\"'-5\"\r\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_same_report_is_the_same_file() {
        let sheet = one(vec![Cell::text("Asha"), Cell::Date(parse_date("2026-11-23").unwrap())]);
        let file = xlsx(&[sheet.clone(), sheet.clone()]).unwrap();
        assert_eq!(file, xlsx(&[sheet.clone(), sheet]).unwrap());
        assert!(file.starts_with(b"PK\x03\x04"));
        for part in ["[Content_Types].xml", "xl/workbook.xml", "xl/worksheets/sheet2.xml"] {
            assert!(file.windows(part.len()).any(|bytes| bytes == part.as_bytes()), "{part}");
        }
    }
}
