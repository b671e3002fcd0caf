//! Rows that came as JSON, because one statement answers with rows of several tables.
//!
//! `json_object` writes whole numbers and texts as they are; statements write bytes with `hex`, and NULL where there are
//! none.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A column of a row that came as JSON.
pub(crate) trait FromJson: Sized {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error>;
}

/// For `#[serde(deserialize_with)]`: every field of every row goes through here.
pub(crate) fn field<'de, D: Deserializer<'de>, T: FromJson>(json: D) -> Result<T, D::Error> {
    T::from_json(json)
}

impl FromJson for i64 {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Self::deserialize(json)
    }
}

impl FromJson for String {
    fn from_json<'de, D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        Self::deserialize(json)
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
    let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
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
        id: Vec<u8>,
        #[serde(deserialize_with = "field")]
        amount: i64,
        #[serde(deserialize_with = "field")]
        name: Option<String>,
        #[serde(deserialize_with = "field")]
        pan: Option<Vec<u8>>,
    }

    #[test]
    fn a_row_is_read_as_sqlite_writes_it() {
        let json = r#"{"id":"00FF7F","amount":-9223372036854775808,"name":"a\"b\\c\u000ad é","pan":null,"more":[1]}"#;
        let row: Row = serde_json::from_str(json).unwrap();
        let name = Some("a\"b\\c\nd é".to_owned());
        assert_eq!(row, Row { id: vec![0x00, 0xff, 0x7f], amount: i64::MIN, name, pan: None });
    }

    #[test]
    fn a_column_that_is_not_there_is_no_null() {
        let json = r#"{"id":"00","amount":1,"name":null}"#;
        assert!(serde_json::from_str::<Row>(json).unwrap_err().to_string().contains("pan"));
    }

    #[test]
    fn what_is_not_hexadecimal_is_refused() {
        for text in ["0", "0g", "+1", " 1", "\u{e9}"] {
            assert_eq!(from_hex(text), None, "{text:?}");
        }
        assert_eq!(from_hex("aAfF"), Some(vec![0xaa, 0xff]));
    }
}
