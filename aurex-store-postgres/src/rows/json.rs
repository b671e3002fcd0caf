//! Rows that came as JSON, because one statement answers with rows of several tables.
//!
//! `row_to_json` writes `bytea` as text, `\x` before hexadecimal digits, and dates as ISO 8601 does; the rest is what it
//! is (<https://www.postgresql.org/docs/current/functions-json.html>). The form of `bytea` is the session's
//! `bytea_output`, which is `hex` unless somebody has changed it; the other form never begins with `\x` and is refused.

use chrono::NaiveDate;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

/// A column of a row that came as JSON.
pub(crate) trait FromJson: Sized {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error>;
}

/// For `#[serde(deserialize_with)]`: every field of every row goes through here.
pub(crate) fn field<'de, D: Deserializer<'de>, T: FromJson>(json: D) -> Result<T, D::Error> {
    T::from_json(json)
}

macro_rules! as_it_is {
    ($($T:ty),*) => {
        $(impl FromJson for $T {
            fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
                Self::deserialize(json)
            }
        })*
    };
}
as_it_is!(bool, i64, String, Uuid);

impl FromJson for NaiveDate {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        String::deserialize(json)?.parse().map_err(D::Error::custom)
    }
}

impl FromJson for Vec<u8> {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        from_hex(&String::deserialize(json)?)
            .ok_or_else(|| D::Error::custom("bytes that are not hexadecimal"))
    }
}

impl<T: FromJson> FromJson for Option<T> {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Ok(<Option<There<T>>>::deserialize(json)?.map(|There(value)| value))
    }
}

/// A value that is there.
struct There<T>(T);

impl<'de, T: FromJson> Deserialize<'de> for There<T> {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        T::from_json(json).map(Self)
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let (pairs, []) = text.strip_prefix("\\x")?.as_bytes().as_chunks::<2>() else { return None };
    pairs.iter().map(|[high, low]| Some(digit(*high)? << 4 | digit(*low)?)).collect()
}

fn digit(ascii: u8) -> Option<u8> {
    char::from(ascii).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Deserialize, Debug, PartialEq)]
    struct Row {
        #[serde(deserialize_with = "field")]
        id: Uuid,
        #[serde(deserialize_with = "field")]
        amount: i64,
        #[serde(deserialize_with = "field")]
        on: NaiveDate,
        #[serde(deserialize_with = "field")]
        bytes: Vec<u8>,
        #[serde(deserialize_with = "field")]
        wastage: Option<Vec<u8>>,
        #[serde(deserialize_with = "field")]
        made_on: Option<NaiveDate>,
    }

    #[test]
    fn a_row_is_read_as_postgresql_writes_it() {
        let json = r#"{"id":"01020304-0506-0708-090a-0b0c0d0e0f10","amount":-9223372036854775808,
            "on":"2026-11-23","bytes":"\\x00ff7f","wastage":null,"made_on":"2024-02-29","unheard_of":[1]}"#;
        let row: Row = serde_json::from_str(json).unwrap();
        assert_eq!(row.id, Uuid::from_bytes([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]));
        assert_eq!(row.amount, i64::MIN);
        assert_eq!(row.on, NaiveDate::from_ymd_opt(2026, 11, 23).unwrap());
        assert_eq!(row.bytes, [0x00, 0xff, 0x7f]);
        assert_eq!(row.wastage, None);
        assert_eq!(row.made_on, NaiveDate::from_ymd_opt(2024, 2, 29));
    }

    #[test]
    fn a_column_that_is_not_there_is_no_null() {
        let json = r#"{"id":"01020304-0506-0708-090a-0b0c0d0e0f10","amount":1,"on":"2026-11-23","bytes":"\\x",
            "made_on":null}"#;
        assert!(serde_json::from_str::<Row>(json).unwrap_err().to_string().contains("wastage"));
    }

    #[test]
    fn every_byte_comes_back_from_its_digits() {
        let all: Vec<u8> = (0..=u8::MAX).collect();
        let hex: String = all.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(from_hex(&format!("\\x{hex}")), Some(all.clone()));
        assert_eq!(from_hex(&format!("\\x{}", hex.to_uppercase())), Some(all));
        assert_eq!(from_hex("\\x"), Some(Vec::new()));
    }

    #[test]
    fn what_is_not_hexadecimal_is_refused() {
        for text in ["", "00", "x00", "\\x0", "\\x0g", "\\x+1", "\\x 1", "\\000", "\\\\x00", "\\x\u{e9}"] {
            assert_eq!(from_hex(text), None, "{text:?}");
        }
    }
}
