//! The rows of a change as JSON: one array a table, one object a row, named as the columns.
//!
//! JSON only carries them to `json_each` in the same process. Whole numbers of 64 bits pass exactly; bytes and ids are
//! hexadecimal, nested values are the hexadecimal of their binary form, money is its minor units with the currency
//! once a row.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use aurex_core::audit::{Sealed, Value};
use aurex_core::money::Currency;
use aurex_core::store::StoreError;

/// The rows of a change by table.
#[derive(Default)]
pub(super) struct Batch {
    tables: BTreeMap<&'static str, String>,
}

impl Batch {
    /// The rows that `sealed` puts.
    pub(super) fn rows_of(sealed: &Sealed) -> Result<Self, StoreError> {
        let mut batch = Self::default();
        for fact in sealed.facts() {
            let mut row = Object::default();
            let mut currency: Option<Currency> = None;
            for (spec, value) in fact.fields().iter().zip(fact.values()) {
                if let Value::Money(money) = &value
                    && *currency.get_or_insert(money.currency()) != money.currency()
                {
                    return Err(StoreError::corrupt("a row in two currencies"));
                }
                row.put(spec.name, &value);
            }
            if let Some(currency) = currency {
                row.put("currency", &Value::Text(currency.code().to_owned()));
            }
            batch.add(fact.table(), row);
        }
        Ok(batch)
    }

    /// Adds a row.
    pub(super) fn add(&mut self, table: &'static str, row: Object) {
        let rows = self.tables.entry(table).or_insert_with(|| "[]".to_owned());
        rows.pop();
        if rows.len() > 1 {
            rows.push(',');
        }
        rows.push_str(&row.json);
        rows.push_str("}]");
    }

    /// Whether a table has rows.
    pub(super) fn has(&self, table: &str) -> bool {
        self.tables.contains_key(table)
    }

    /// A table's rows as a JSON array.
    pub(super) fn of(&self, table: &str) -> &str {
        self.tables.get(table).map_or("[]", String::as_str)
    }
}

/// A row being written; its closing brace is added with it.
#[derive(Default)]
pub(super) struct Object {
    json: String,
}

impl Object {
    /// Adds a column. Names are columns' names and need no escaping.
    pub(super) fn put(&mut self, name: &str, value: &Value) {
        self.json.push(if self.json.is_empty() { '{' } else { ',' });
        // Writing to a string cannot fail.
        _ = write!(self.json, "\"{name}\":");
        match value {
            // A withheld value stands in the log only; in a row there is none.
            Value::Null | Value::Withheld(_) => self.json.push_str("null"),
            Value::Bool(yes) => self.json.push(if *yes { '1' } else { '0' }),
            Value::Int(n) => _ = write!(self.json, "{n}"),
            Value::Money(money) => _ = write!(self.json, "{}", money.minor()),
            Value::Text(text) => self.text(text),
            Value::Id(id) => _ = write!(self.json, "\"{}\"", id.simple()),
            Value::Bytes(bytes) => self.hex(bytes),
            Value::List(_) => self.hex(&value.to_bytes()),
        }
    }

    fn hex(&mut self, bytes: &[u8]) {
        const DIGITS: &[u8; 16] = b"0123456789abcdef";
        let digit = |n: u8| DIGITS.get(usize::from(n)).map_or('0', |digit| char::from(*digit));
        self.json.reserve(2 * bytes.len() + 2);
        self.json.push('"');
        for byte in bytes {
            self.json.push(digit(byte >> 4));
            self.json.push(digit(byte & 15));
        }
        self.json.push('"');
    }

    fn text(&mut self, text: &str) {
        self.json.push('"');
        for c in text.chars() {
            match c {
                '"' => self.json.push_str("\\\""),
                '\\' => self.json.push_str("\\\\"),
                c if c < ' ' => _ = write!(self.json, "\\u{:04x}", u32::from(c)),
                c => self.json.push(c),
            }
        }
        self.json.push('"');
    }
}

#[cfg(test)]
mod tests {
    use aurex_core::money::Money;

    use super::*;

    #[test]
    fn rows_are_objects_in_one_array_a_table() {
        let mut batch = Batch::default();
        for n in [1, 2] {
            let mut row = Object::default();
            row.put("n", &Value::Int(n));
            row.put("text", &Value::Text("a\"b\\c\nd é".to_owned()));
            row.put("bytes", &Value::Bytes(vec![0, 255]));
            row.put("none", &Value::Null);
            row.put("money", &Value::Money(Money::new(-5, Currency::INR).unwrap()));
            batch.add("t", row);
        }
        let rows: serde_json::Value = serde_json::from_str(batch.of("t")).unwrap();
        let row = |n| serde_json::json!({"n": n, "text": "a\"b\\c\nd é", "bytes": "00ff", "none": null, "money": -5});
        assert_eq!(rows, serde_json::json!([row(1), row(2)]));
        assert_eq!(batch.of("other"), "[]");
    }

    #[test]
    fn numbers_pass_exactly() {
        let mut row = Object::default();
        row.put("n", &Value::Int(i64::MIN));
        assert_eq!(row.json, "{\"n\":-9223372036854775808");
    }
}
