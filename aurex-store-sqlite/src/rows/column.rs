//! One column of one row: from what SQLite holds to the value that the log and the records know.
//!
//! SQLite has four storage classes and the records have nine kinds of value, so the record's own type decides: each
//! type takes exactly one kind, and nothing is guessed for it.

use aurex_core::audit::{Column, Value};
use aurex_core::money::{Currency, Money};
use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;
use uuid::Uuid;

/// What SQLite holds.
pub(crate) enum Raw {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
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
        Self::Blob(bytes)
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
        Raw::Int(n) => C::from_value(Value::Int(n)).or_else(|malformed| match n {
            0 => C::from_value(Value::Bool(false)),
            1 => C::from_value(Value::Bool(true)),
            _ => Err(malformed),
        }),
        Raw::Text(text) => C::from_value(Value::Text(text)),
        Raw::Blob(bytes) => Uuid::from_slice(&bytes)
            .ok()
            .and_then(|id| C::from_value(Value::Id(id)).ok())
            .or_else(|| Value::from_bytes(&bytes).ok().and_then(|value| C::from_value(value).ok()))
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
pub(crate) fn own(tenant: TenantId, tenant_id: &[u8]) -> Result<(), StoreError> {
    if tenant_id == tenant.uuid().as_bytes() {
        Ok(())
    } else {
        Err(StoreError::corrupt("a row of another tenant"))
    }
}

#[cfg(test)]
mod tests {
    use aurex_core::shop::stock::ChargeLine;
    use aurex_core::text::Name;
    use aurex_core::time::Timestamp;

    use super::*;

    #[test]
    fn the_records_type_decides_what_a_column_is() {
        let bytes = [7_u8; 16];
        assert_eq!(column::<[u8; 16]>(bytes.to_vec()).unwrap(), bytes);
        assert_eq!(column::<Uuid>(bytes.to_vec()).unwrap(), Uuid::from_bytes(bytes));
        assert_eq!(column::<[u8; 32]>(vec![1_u8; 32]).unwrap(), [1; 32]);
        assert_eq!(column::<Timestamp>(1_i64).unwrap(), Timestamp::from_micros(1));
        assert!(column::<bool>(1_i64).unwrap());
        assert_eq!(column::<Option<Timestamp>>(None::<i64>).unwrap(), None);
        let charges = vec![ChargeLine {
            description: Name::new("hallmarking").unwrap(),
            amount: Money::new(5_300, Currency::INR).unwrap(),
        }];
        assert_eq!(column::<Vec<ChargeLine>>(charges.to_value().to_bytes()).unwrap(), charges);
    }

    #[test]
    fn what_was_not_written_is_corrupt() {
        assert!(matches!(column::<bool>(2_i64), Err(StoreError::Corrupt(_))));
        assert!(matches!(column::<Uuid>(vec![0_u8; 15]), Err(StoreError::Corrupt(_))));
        assert!(matches!(column::<Name>(None::<String>), Err(StoreError::Corrupt(_))));
        assert!(matches!(money(1, "???"), Err(StoreError::Corrupt(_))));
    }
}
