//! One column of one row: from what PostgreSQL holds to the value that the log and the records know.
//!
//! A `bigint` is a number or a time, a `bytea` is bytes or a nested value in the log's binary form: the record's own type
//! decides, each takes exactly one kind, and nothing is guessed for it.

use aurex_core::audit::{Column, Value};
use aurex_core::money::{Currency, Money};
use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;
use chrono::NaiveDate;
use uuid::Uuid;

/// What PostgreSQL holds.
pub(crate) enum Raw {
    Null,
    Bool(bool),
    Int(i64),
    Text(String),
    Id(Uuid),
    Bytes(Vec<u8>),
}

impl From<bool> for Raw {
    fn from(yes: bool) -> Self {
        Self::Bool(yes)
    }
}

impl From<Uuid> for Raw {
    fn from(id: Uuid) -> Self {
        Self::Id(id)
    }
}

/// The records know dates as ISO 8601 writes them.
impl From<NaiveDate> for Raw {
    fn from(date: NaiveDate) -> Self {
        Self::Text(date.to_string())
    }
}

impl From<i64> for Raw {
    fn from(n: i64) -> Self {
        Self::Int(n)
    }
}

impl From<String> for Raw {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Raw {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl<T: Into<Self>> From<Option<T>> for Raw {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// The value of a column.
pub(crate) fn column<C: Column>(raw: impl Into<Raw>) -> Result<C, StoreError> {
    let read = match raw.into() {
        Raw::Null => C::from_value(Value::Null),
        Raw::Bool(yes) => C::from_value(Value::Bool(yes)),
        Raw::Int(n) => C::from_value(Value::Int(n)),
        Raw::Text(text) => C::from_value(Value::Text(text)),
        Raw::Id(id) => C::from_value(Value::Id(id)),
        Raw::Bytes(bytes) => Value::from_bytes(&bytes)
            .ok()
            .and_then(|value| C::from_value(value).ok())
            .map_or_else(|| C::from_value(Value::Bytes(bytes)), Ok),
    };
    Ok(read?)
}

/// An amount from its minor units and the row's currency.
pub(crate) fn money(minor: i64, currency: &str) -> Result<Money, StoreError> {
    let currency =
        Currency::from_code(currency).map_err(|_| StoreError::corrupt("a currency that there is not"))?;
    Money::new(minor, currency).map_err(|_| StoreError::corrupt("an amount is out of range"))
}

/// The second wall: a row of another tenant is an internal error, never an answer.
pub(crate) fn own(tenant: TenantId, tenant_id: Uuid) -> Result<(), StoreError> {
    if tenant_id == tenant.uuid() { Ok(()) } else { Err(StoreError::corrupt("a row of another tenant")) }
}

#[cfg(test)]
mod tests {
    use aurex_core::shop::stock::ChargeLine;
    use aurex_core::text::Name;
    use aurex_core::time::Timestamp;

    use super::*;

    #[test]
    fn the_records_type_decides_what_a_column_is() {
        let id = Uuid::from_bytes([7; 16]);
        assert_eq!(column::<[u8; 16]>(vec![7_u8; 16]).unwrap(), [7; 16]);
        assert_eq!(column::<Uuid>(id).unwrap(), id);
        assert_eq!(column::<[u8; 32]>(vec![1_u8; 32]).unwrap(), [1; 32]);
        assert_eq!(column::<Timestamp>(1_i64).unwrap(), Timestamp::from_micros(1));
        assert!(column::<bool>(true).unwrap());
        assert_eq!(column::<Option<Timestamp>>(None::<i64>).unwrap(), None);
        let charges = vec![ChargeLine {
            description: Name::new("hallmarking").unwrap(),
            amount: Money::new(5_300, Currency::INR).unwrap(),
        }];
        assert_eq!(column::<Vec<ChargeLine>>(charges.to_value().to_bytes()).unwrap(), charges);
    }

    #[test]
    fn what_was_not_written_is_corrupt() {
        assert!(matches!(column::<bool>(1_i64), Err(StoreError::Corrupt(_))));
        assert!(matches!(column::<Uuid>(vec![0_u8; 15]), Err(StoreError::Corrupt(_))));
        assert!(matches!(column::<Name>(None::<String>), Err(StoreError::Corrupt(_))));
        assert!(matches!(money(1, "???"), Err(StoreError::Corrupt(_))));
    }
}
