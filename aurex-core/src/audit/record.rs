//! Rows as images: what a table holds, in the form that the log keeps and the stores write.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::value::{Malformed, Value};
use crate::text::{Email, Text};
use crate::time::{Date, Timestamp};

/// How a field enters the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Part of the row's key.
    Key,
    /// In the body.
    Plain,
    /// In a salted commitment of its own, erasable after the legal minimum.
    Personal,
    /// As a fingerprint only; the value stands nowhere but in its own table.
    Secret,
}

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldSpec {
    /// The number in the binary form; never reused.
    pub tag: u8,
    /// The name for people and for columns.
    pub name: &'static str,
    /// How it enters the log.
    pub class: Class,
}

/// A row of a table.
///
/// Declared with [`record!`](crate::record), for core's tables and an embedder's alike.
pub trait Record: Clone + Send + Sync + 'static {
    /// The table's name.
    const TABLE: &'static str;
    /// Its fields, keys first, in the order of [`Record::values`].
    const FIELDS: &'static [FieldSpec];

    /// The values of the fields, secrets in clear: for writing the row.
    fn values(&self) -> Vec<Value>;

    /// Reads a row back from what its columns may mean: the first meaning of each that is of the field's type counts.
    ///
    /// # Errors
    /// [`Malformed`] where none is.
    fn from_meanings(of: &mut dyn FnMut(&'static str) -> Vec<Value>) -> Result<Self, Malformed>;

    /// The row as the log keeps it: secrets as fingerprints, nulls left out.
    fn image(&self) -> Image {
        let fields = Self::FIELDS
            .iter()
            .zip(self.values())
            .filter(|(_, value)| *value != Value::Null)
            .map(|(spec, value)| {
                (spec.tag, if spec.class == Class::Secret { fingerprint(&value) } else { value })
            })
            .collect();
        Image { table: Self::TABLE, specs: Self::FIELDS, fields }
    }
}

/// A secret's fingerprint: proves later which secret it was, tells nobody what it was.
///
/// Only high-entropy secrets (token hashes) and password hashes (salted and peppered already) are ever fingerprinted.
pub(super) fn fingerprint(value: &Value) -> Value {
    let mut hash = Sha256::new();
    hash.update(b"aurex/audit/v1/secret");
    hash.update(value.to_bytes());
    Value::Bytes(hash.finalize().to_vec())
}

/// A row as the log keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Image {
    /// The table.
    pub table: &'static str,
    /// The table's fields.
    pub specs: &'static [FieldSpec],
    /// Tag and value of each field that is not null.
    pub fields: Vec<(u8, Value)>,
}

impl Image {
    /// The field of this tag; [`Value::Null`] where there is none.
    pub fn get(&self, tag: u8) -> &Value {
        self.fields.iter().find(|(of, _)| *of == tag).map_or(&Value::Null, |(_, value)| value)
    }

    /// The values of the key fields: which row of the table it is.
    pub fn key(&self) -> Vec<Value> {
        self.specs.iter().filter(|s| s.class == Class::Key).map(|s| self.get(s.tag).clone()).collect()
    }
}

/// A type that a field of a record can have.
pub trait Column: Sized {
    /// As a tagged value.
    fn to_value(&self) -> Value;

    /// Back from a tagged value.
    ///
    /// # Errors
    /// [`Malformed`] when it is not of this type.
    fn from_value(value: Value) -> Result<Self, Malformed>;
}

impl Column for Value {
    fn to_value(&self) -> Value {
        self.clone()
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        Ok(value)
    }
}

impl Column for bool {
    fn to_value(&self) -> Value {
        Value::Bool(*self)
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::Bool(b) = value { Ok(b) } else { Err(Malformed) }
    }
}

impl Column for String {
    fn to_value(&self) -> Value {
        Value::Text(self.clone())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::Text(text) = value { Ok(text) } else { Err(Malformed) }
    }
}

impl Column for Uuid {
    fn to_value(&self) -> Value {
        Value::Id(*self)
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::Id(id) = value { Ok(id) } else { Err(Malformed) }
    }
}

impl<const N: usize> Column for [u8; N] {
    fn to_value(&self) -> Value {
        Value::Bytes(self.to_vec())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::Bytes(bytes) = value { bytes.try_into().map_err(|_| Malformed) } else { Err(Malformed) }
    }
}

impl<T: Column> Column for Option<T> {
    fn to_value(&self) -> Value {
        self.as_ref().map_or(Value::Null, T::to_value)
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if value == Value::Null { Ok(None) } else { T::from_value(value).map(Some) }
    }
}

impl<T: Column> Column for Vec<T> {
    fn to_value(&self) -> Value {
        Value::List(self.iter().map(T::to_value).collect())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        if let Value::List(values) = value {
            values.into_iter().map(T::from_value).collect()
        } else {
            Err(Malformed)
        }
    }
}

macro_rules! integer_columns {
    ($($T:ty),*) => {$(
        impl Column for $T {
            fn to_value(&self) -> Value {
                // A u64 beyond i64 does not occur: sizes and counters are far below.
                Value::Int(i64::try_from(*self).unwrap_or(i64::MAX))
            }
            fn from_value(value: Value) -> Result<Self, Malformed> {
                if let Value::Int(n) = value { Self::try_from(n).map_err(|_| Malformed) } else { Err(Malformed) }
            }
        }
    )*};
}
integer_columns!(i64, i32, u64, u32, u16, u8);

impl Column for Timestamp {
    fn to_value(&self) -> Value {
        Value::Int(self.micros())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        i64::from_value(value).map(Self::from_micros)
    }
}

impl Column for Date {
    /// ISO text, as on the wire: a bare day count would be read as a number by people.
    fn to_value(&self) -> Value {
        Value::Text(self.to_string())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        String::from_value(value).and_then(|text| crate::time::parse_date(&text).map_err(|_| Malformed))
    }
}

impl<const MAX: usize> Column for Text<MAX> {
    fn to_value(&self) -> Value {
        Value::Text(self.as_str().to_owned())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        String::from_value(value).and_then(|text| Self::new(text).map_err(|_| Malformed))
    }
}

impl Column for Email {
    fn to_value(&self) -> Value {
        Value::Text(self.as_str().to_owned())
    }
    fn from_value(value: Value) -> Result<Self, Malformed> {
        String::from_value(value).and_then(|text| Self::new(&text).map_err(|_| Malformed))
    }
}

/// The first of several values that is of a column's type.
///
/// # Errors
/// [`Malformed`] when none is.
pub fn first_of<C: Column>(meanings: Vec<Value>) -> Result<C, Malformed> {
    meanings.into_iter().find_map(|value| C::from_value(value).ok()).ok_or(Malformed)
}

/// Makes id types columns.
#[macro_export]
macro_rules! id_columns {
    ($($Id:ty),* $(,)?) => {$(
        impl $crate::audit::Column for $Id {
            fn to_value(&self) -> $crate::audit::Value {
                $crate::audit::Value::Id($crate::tenancy::Id::uuid(*self))
            }
            fn from_value(value: $crate::audit::Value) -> Result<Self, $crate::audit::Malformed> {
                <$crate::uuid::Uuid as $crate::audit::Column>::from_value(value)
                    .map(<$Id as $crate::tenancy::Id>::from_uuid)
            }
        }
    )*};
}
id_columns!(
    crate::tenancy::MemberId,
    crate::tenancy::SessionId,
    crate::tenancy::ApiTokenId,
    crate::tenancy::CustomRoleId,
    crate::tenancy::TillId,
    crate::tenancy::LinkId,
    crate::tenancy::ApprovalId,
    crate::tenancy::MailId,
);

/// Makes types with a text code (`Display` and `FromStr`) columns.
#[macro_export]
macro_rules! text_columns {
    ($($T:ty),* $(,)?) => {$(
        impl $crate::audit::Column for $T {
            fn to_value(&self) -> $crate::audit::Value {
                $crate::audit::Value::Text(self.to_string())
            }
            fn from_value(value: $crate::audit::Value) -> Result<Self, $crate::audit::Malformed> {
                <String as $crate::audit::Column>::from_value(value)
                    .and_then(|text| text.parse().map_err(|_| $crate::audit::Malformed))
            }
        }
    )*};
}
text_columns!(crate::rbac::Role, crate::tenancy::Slug);

/// Declares an enum with stable text codes, as on the wire and in the stores.
#[macro_export]
macro_rules! codes {
    ($(#[$meta:meta])* $vis:vis enum $Name:ident { $( $(#[$vmeta:meta])* $Variant:ident = $code:literal ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $Name { $( $(#[$vmeta])* $Variant ),* }

        impl $Name {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$Variant),*];

            /// The stable text form.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$Variant => $code),* }
            }
        }

        impl ::std::fmt::Display for $Name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.code())
            }
        }

        impl ::std::str::FromStr for $Name {
            type Err = $crate::audit::Malformed;
            fn from_str(text: &str) -> Result<Self, $crate::audit::Malformed> {
                match text { $($code => Ok(Self::$Variant),)* _ => Err($crate::audit::Malformed) }
            }
        }

        $crate::text_columns!($Name);
    };
}

/// Declares a plain struct that nests in a record as a list of its fields, in order.
#[macro_export]
macro_rules! nested {
    ($(#[$meta:meta])* $vis:vis struct $Name:ident { $( $(#[$fmeta:meta])* $field:ident : $Type:ty ),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $Name { $( $(#[$fmeta])* pub $field: $Type ),* }

        impl $crate::audit::Column for $Name {
            fn to_value(&self) -> $crate::audit::Value {
                $crate::audit::Value::List(vec![$($crate::audit::Column::to_value(&self.$field)),*])
            }
            fn from_value(value: $crate::audit::Value) -> Result<Self, $crate::audit::Malformed> {
                let $crate::audit::Value::List(values) = value else { return Err($crate::audit::Malformed) };
                let mut values = values.into_iter();
                let row = Self {
                    $($field: <$Type as $crate::audit::Column>::from_value(
                        values.next().ok_or($crate::audit::Malformed)?,
                    )?),*
                };
                if values.next().is_none() { Ok(row) } else { Err($crate::audit::Malformed) }
            }
        }
    };
}

/// Declares a row: its struct, its table, and for each field the number in the binary form and, where it is not
/// plain, its class (`key`, `personal`, `secret`). Numbers are never reused.
///
/// ```
/// use aurex_core::audit::Record as _;
///
/// aurex_core::record! {
///     /// A medicine on the shelf.
///     pub struct Medicine in "medicine" {
///         /// Its code.
///         code: String = 1 [key],
///         /// Pieces on hand.
///         pieces: i64 = 2,
///         /// Who reserved it.
///         reserved_for: Option<String> = 3 [personal],
///     }
/// }
/// # fn main() {
/// let row = Medicine { code: "A1".into(), pieces: 4, reserved_for: None };
/// assert_eq!(row.image().fields.len(), 2);
/// # }
/// ```
#[macro_export]
macro_rules! record {
    (
        $(#[$meta:meta])*
        $vis:vis struct $Name:ident in $table:literal {
            $( $(#[$fmeta:meta])* $field:ident : $Type:ty = $tag:literal $([$class:ident])? ),* $(,)?
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        $vis struct $Name { $( $(#[$fmeta])* pub $field: $Type ),* }

        impl $crate::audit::Record for $Name {
            const TABLE: &'static str = $table;
            const FIELDS: &'static [$crate::audit::FieldSpec] = &[$(
                $crate::audit::FieldSpec {
                    tag: $tag,
                    name: stringify!($field),
                    class: $crate::record!(@class $($class)?),
                }
            ),*];

            fn values(&self) -> Vec<$crate::audit::Value> {
                vec![$($crate::audit::Column::to_value(&self.$field)),*]
            }

            fn from_meanings(
                of: &mut dyn FnMut(&'static str) -> Vec<$crate::audit::Value>,
            ) -> Result<Self, $crate::audit::Malformed> {
                Ok(Self { $($field: $crate::audit::first_of(of(stringify!($field)))?),* })
            }
        }
    };
    (@class) => { $crate::audit::Class::Plain };
    (@class key) => { $crate::audit::Class::Key };
    (@class personal) => { $crate::audit::Class::Personal };
    (@class secret) => { $crate::audit::Class::Secret };
}
