//! Tagged values and their one binary form.
//!
//! The form is deterministic, self-describing and versioned by the entry that carries it. It is stored exactly as it
//! was hashed and never rebuilt from columns. JSON is for showing only: its numbers are doubles to many readers, and
//! its bytes depend on who writes it.
//!
//! | tag | value | bytes after the tag |
//! |---|---|---|
//! | 0 | null | – |
//! | 1, 2 | false, true | – |
//! | 3 | integer | 8, two's complement, big endian |
//! | 4 | text | u32 length, UTF-8 |
//! | 5 | bytes | u32 length, bytes |
//! | 6 | id | 16 |
//! | 7 | list | u32 count, values |
//! | 8 | withheld | u16 slot: the value stands in a commitment of its own |
//! | 9 | money | 8 minor units, 3 currency code |

use uuid::Uuid;

use crate::money::{Currency, Money};

/// One value in a row, a body or a commitment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Nothing.
    Null,
    /// A truth value.
    Bool(bool),
    /// A number, a time in microseconds, an amount in minor units, a date in days since 1970.
    Int(i64),
    /// Words.
    Text(String),
    /// Raw bytes: hashes, fingerprints.
    Bytes(Vec<u8>),
    /// An identifier.
    Id(Uuid),
    /// Several values in order.
    List(Vec<Value>),
    /// A personal value, kept apart in the slot of this number.
    Withheld(u16),
    /// An amount in minor units of a currency.
    Money(Money),
}

/// Nesting that no row of ours comes near.
const MAX_DEPTH: u8 = 16;

/// Bytes that are no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a well-formed value")]
pub struct Malformed;

impl Value {
    /// Appends the binary form.
    pub fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Bool(false) => out.push(1),
            Self::Bool(true) => out.push(2),
            Self::Int(n) => {
                out.push(3);
                out.extend_from_slice(&n.to_be_bytes());
            }
            Self::Text(text) => {
                out.push(4);
                encode_bytes(text.as_bytes(), out);
            }
            Self::Bytes(bytes) => {
                out.push(5);
                encode_bytes(bytes, out);
            }
            Self::Id(id) => {
                out.push(6);
                out.extend_from_slice(id.as_bytes());
            }
            Self::List(values) => {
                out.push(7);
                encode_len(values.len(), out);
                for value in values {
                    value.encode(out);
                }
            }
            Self::Withheld(slot) => {
                out.push(8);
                out.extend_from_slice(&slot.to_be_bytes());
            }
            Self::Money(money) => {
                out.push(9);
                out.extend_from_slice(&money.minor().to_be_bytes());
                out.extend_from_slice(money.currency().code().as_bytes());
            }
        }
    }

    /// The binary form.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    /// Reads a value that fills `bytes` completely.
    ///
    /// # Errors
    /// [`Malformed`] for anything that [`Value::encode`] does not write.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut reader = Reader { rest: bytes };
        let value = reader.value(0)?;
        if reader.rest.is_empty() { Ok(value) } else { Err(Malformed) }
    }
}

/// Lengths are bounded far below this by every type that is encoded; a longer one would not decode again.
pub(super) fn encode_len(len: usize, out: &mut Vec<u8>) {
    out.extend_from_slice(&u32::try_from(len).unwrap_or(u32::MAX).to_be_bytes());
}

pub(super) fn encode_bytes(bytes: &[u8], out: &mut Vec<u8>) {
    encode_len(bytes.len(), out);
    out.extend_from_slice(bytes);
}

/// Reads the forms above from the front of a slice; every step is checked.
pub(super) struct Reader<'b> {
    pub(super) rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(super) fn take(&mut self, n: usize) -> Result<&'b [u8], Malformed> {
        let (head, rest) = self.rest.split_at_checked(n).ok_or(Malformed)?;
        self.rest = rest;
        Ok(head)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        self.take(N)?.try_into().map_err(|_| Malformed)
    }

    pub(super) fn u8(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[b]| b)
    }

    pub(super) fn len(&mut self) -> Result<usize, Malformed> {
        let len = u32::from_be_bytes(self.array()?);
        let len = usize::try_from(len).map_err(|_| Malformed)?;
        // A count or length can never exceed what is left: each element takes a byte or more.
        if len <= self.rest.len() { Ok(len) } else { Err(Malformed) }
    }

    pub(super) fn bytes(&mut self) -> Result<&'b [u8], Malformed> {
        let len = self.len()?;
        self.take(len)
    }

    pub(super) fn text(&mut self) -> Result<String, Malformed> {
        let bytes = self.bytes()?;
        std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| Malformed)
    }

    pub(super) fn value(&mut self, depth: u8) -> Result<Value, Malformed> {
        Ok(match self.u8()? {
            0 => Value::Null,
            1 => Value::Bool(false),
            2 => Value::Bool(true),
            3 => Value::Int(i64::from_be_bytes(self.array()?)),
            4 => Value::Text(self.text()?),
            5 => Value::Bytes(self.bytes()?.to_vec()),
            6 => Value::Id(Uuid::from_bytes(self.array()?)),
            7 if depth < MAX_DEPTH => {
                let count = self.len()?;
                let mut values = Vec::with_capacity(count.min(64));
                for _ in 0..count {
                    values.push(self.value(depth + 1)?);
                }
                Value::List(values)
            }
            8 => Value::Withheld(u16::from_be_bytes(self.array()?)),
            9 => {
                let minor = i64::from_be_bytes(self.array()?);
                let code = self.array::<3>()?;
                let code = std::str::from_utf8(&code).map_err(|_| Malformed)?;
                let currency = Currency::from_code(code).map_err(|_| Malformed)?;
                Value::Money(Money::new(minor, currency).map_err(|_| Malformed)?)
            }
            _ => return Err(Malformed),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::Int),
            ".*".prop_map(Value::Text),
            prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::Bytes),
            any::<u128>().prop_map(|n| Value::Id(Uuid::from_u128(n))),
            any::<u16>().prop_map(Value::Withheld),
            (-(1_i64 << 52)..(1 << 52)).prop_map(|n| Value::Money(Money::new(n, Currency::INR).unwrap())),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| prop::collection::vec(inner, 0..6).prop_map(Value::List))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in any_value()) {
            prop_assert_eq!(Value::from_bytes(&value.to_bytes()), Ok(value));
        }

        #[test]
        fn one_value_has_one_form(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            if let Ok(value) = Value::from_bytes(&bytes) {
                prop_assert_eq!(value.to_bytes(), bytes);
            }
        }
    }

    #[test]
    fn hostile_lengths_and_depths_are_refused() {
        assert_eq!(Value::from_bytes(&[7, 255, 255, 255, 255]), Err(Malformed));
        assert_eq!(Value::from_bytes(&[4, 0, 0, 0, 9, b'a']), Err(Malformed));
        let deep = [7_u8, 0, 0, 0, 1].repeat(40);
        assert_eq!(Value::from_bytes(&deep), Err(Malformed));
        assert_eq!(Value::from_bytes(&[0, 0]), Err(Malformed));
    }
}
