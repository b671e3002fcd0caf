//! The tables' rows as PostgreSQL gives them, and how each becomes core's record.
//!
//! Every table of facts has one macro that selects its rows: the columns and the tenant stand there once, a read adds
//! only what it filters and orders by. Where one statement answers with rows of several tables, they come as JSON, which
//! the same rows are read from. A row whose tenant is not the reader's is [`StoreError::Corrupt`].

mod access;
mod bills;
mod bookings;
mod books;
mod column;
mod identity;
mod json;
mod ledger;
mod metal;
mod notes;
mod stock;

use aurex_core::store::StoreError;
use aurex_core::tenancy::TenantId;

pub(crate) use access::*;
pub(crate) use bills::*;
pub(crate) use bookings::*;
pub(crate) use books::*;
pub(crate) use column::{column, money, own};
pub(crate) use identity::*;
pub(crate) use json::field;
pub(crate) use ledger::*;
pub(crate) use metal::*;
pub(crate) use notes::*;
pub(crate) use stock::*;

/// A row of a table that holds one of core's records.
pub(crate) trait Stored {
    /// The record.
    type Record;

    /// The record, if the row is `tenant`'s and every column is what was written.
    fn read(self, tenant: TenantId) -> Result<Self::Record, StoreError>;
}

/// Reads rows one by one.
pub(crate) fn read_all<S: Stored>(rows: Vec<S>, tenant: TenantId) -> Result<Vec<S::Record>, StoreError> {
    rows.into_iter().map(|row| row.read(tenant)).collect()
}

/// Reads the row, if there is one.
pub(crate) fn read_one<S: Stored>(row: Option<S>, tenant: TenantId) -> Result<Option<S::Record>, StoreError> {
    row.map(|row| row.read(tenant)).transpose()
}

/// Declares a row: the record that it holds, its columns, and which of them are minor units of the row's currency.
macro_rules! row {
    ($Row:ident => $Record:ident { $($field:ident: $Raw:ty),* $(,)? } $(money in $currency:ident { $($money:ident),* })?) => {
        #[derive(serde::Deserialize)]
        pub(crate) struct $Row {
            #[serde(deserialize_with = "crate::rows::field")]
            pub(crate) tenant_id: uuid::Uuid,
            $(#[serde(deserialize_with = "crate::rows::field")] pub(crate) $field: $Raw,)*
            $(
                #[serde(deserialize_with = "crate::rows::field")]
                pub(crate) $currency: String,
                $(#[serde(deserialize_with = "crate::rows::field")] pub(crate) $money: i64,)*
            )?
        }

        // sqlx asks for it of what it puts into a struct of its own. Rows hold hashes and names: none shows its columns.
        impl std::fmt::Debug for $Row {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.debug_struct(stringify!($Row)).finish_non_exhaustive()
            }
        }

        impl $crate::rows::Stored for $Row {
            type Record = $Record;

            fn read(
                self,
                tenant: aurex_core::tenancy::TenantId,
            ) -> Result<$Record, aurex_core::store::StoreError> {
                $crate::rows::own(tenant, self.tenant_id)?;
                Ok($Record {
                    $($field: $crate::rows::column(self.$field)?,)*
                    $($($money: $crate::rows::money(self.$money, &self.currency)?,)*)?
                })
            }
        }
    };
}
pub(crate) use row;
