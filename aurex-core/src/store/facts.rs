//! Every table there is, and the closed set of rows that core's changes put.

use crate::audit::{FieldSpec, Image, Record, Value};
use crate::identity::approvals::Approval;
use crate::identity::links::Link;
use crate::identity::mails::Mail;
use crate::identity::member::{ApiToken, Credential, Member, Pin, SecondFactor, Session};
use crate::identity::roles::CustomRole;
use crate::identity::tills::Till;
use crate::ledger::{Account, JournalEntry, Posting, Series};
#[cfg(feature = "shop")]
use crate::shop::{
    bookings::{Advance, Booking},
    business::Business,
    invoices::{Invoice, InvoiceLine, InvoiceParties},
    metal::{MetalVoucher, MetalVoucherLine},
    notes::{BillNote, BillNoteLine},
    parties::Party,
    payments::OutgoingPayment,
    rates::PostedRate,
    receipts::{PaymentReceipt, Settlement},
    refunds::Refund,
    stock::{Item, Lot, StockMovement},
    vouchers::JournalVoucher,
};
use crate::tenancy::Workspace;

/// How a table is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TableKind {
    /// Facts that later changes replace: the last image in the log is what the table must say.
    State,
    /// Facts that are never changed; the store refuses to.
    AppendOnly,
    /// Sums kept in the transaction of what they sum, and rebuilt from it.
    Derived,
    /// What rows of another table are found by, made from each by the database as it is written.
    Index,
    /// The log itself.
    Log,
    /// States no fact of the business.
    Housekeeping,
}

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// How it is kept.
    pub kind: TableKind,
    /// Its fields, for tables of facts.
    pub fields: &'static [FieldSpec],
}

impl Table {
    /// An embedder's own table, for showing the log with its fields' names.
    pub const fn of<R: Record>(kind: TableKind) -> Self {
        Self { name: R::TABLE, kind, fields: R::FIELDS }
    }

    /// The name of the field with this tag.
    pub fn field_name(&self, tag: u8) -> Option<&'static str> {
        self.fields.iter().find(|spec| spec.tag == tag).map(|spec| spec.name)
    }
}

/// A record that is a row of one of core's tables.
pub trait Row: Record {
    /// The row, if `fact` is one of this table.
    fn of(fact: &Fact) -> Option<&Self>;
}

macro_rules! facts {
    ($( $(#[$meta:meta])* $Row:ident $kind:ident ),* $(,)?) => {
        /// A row that a change of core's puts. The set is closed: a backend that stores these stores all of core.
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum Fact {
            $(
                #[doc = concat!("A row of `", stringify!($Row), "`.")]
                $(#[$meta])*
                $Row(Box<$Row>)
            ),*
        }

        $(
            $(#[$meta])*
            impl From<$Row> for Fact {
                fn from(row: $Row) -> Self {
                    Self::$Row(Box::new(row))
                }
            }

            $(#[$meta])*
            impl Row for $Row {
                fn of(fact: &Fact) -> Option<&Self> {
                    if let Fact::$Row(row) = fact { Some(row) } else { None }
                }
            }
        )*

        impl Fact {
            /// The table's name.
            pub fn table(&self) -> &'static str {
                match self { $( $(#[$meta])* Self::$Row(_) => $Row::TABLE ),* }
            }

            /// The table's fields.
            pub fn fields(&self) -> &'static [FieldSpec] {
                match self { $( $(#[$meta])* Self::$Row(_) => $Row::FIELDS ),* }
            }

            /// The values of the fields, in their order.
            pub fn values(&self) -> Vec<Value> {
                match self { $( $(#[$meta])* Self::$Row(row) => row.values() ),* }
            }

            /// The row of a table of facts that stands so in a store.
            ///
            /// # Errors
            /// [`StoreError::Corrupt`](super::StoreError::Corrupt) for another table, and for a column that holds nothing
            /// of its type.
            pub fn read(table: &str, row: &super::RawRow) -> Result<Self, super::StoreError> {
                $(
                    $(#[$meta])*
                    if table == $Row::TABLE {
                        return Ok($Row::from_meanings(&mut |column| row.meanings(column))?.into());
                    }
                )*
                Err(super::StoreError::corrupt("a row of an unknown table"))
            }

            /// The row as the log keeps it.
            pub fn image(&self) -> Image {
                match self { $( $(#[$meta])* Self::$Row(row) => row.image() ),* }
            }
        }

        /// Every table, facts first.
        pub const TABLES: &[Table] = &[
            $(
                $(#[$meta])*
                Table { name: $Row::TABLE, kind: TableKind::$kind, fields: $Row::FIELDS },
            )*
            Table { name: "balance", kind: TableKind::Derived, fields: &[] },
            Table { name: "lot_on_hand", kind: TableKind::Derived, fields: &[] },
            Table { name: "invoice_settled", kind: TableKind::Derived, fields: &[] },
            Table { name: "party_word", kind: TableKind::Index, fields: &[] },
            Table { name: "audit_entry", kind: TableKind::Log, fields: &[] },
            Table { name: "audit_opening", kind: TableKind::Log, fields: &[] },
            Table { name: "head", kind: TableKind::Log, fields: &[] },
            Table { name: "idempotency_key", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "session_use", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "token_use", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "throttle_bucket", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "observation", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "key_check", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "audit_edge", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "audit_tile", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "audit_checkpoint", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "audit_cosignature", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "audit_key", kind: TableKind::Housekeeping, fields: &[] },
            Table { name: "audit_link", kind: TableKind::Housekeeping, fields: &[] },
        ];
    };
}

facts! {
    Workspace State,
    CustomRole State,
    Member State,
    Credential State,
    SecondFactor State,
    Pin State,
    Till State,
    Session State,
    ApiToken State,
    Link State,
    Approval State,
    Mail State,
    Account State,
    JournalEntry AppendOnly,
    Posting AppendOnly,
    Series State,
    #[cfg(feature = "shop")]
    Business State,
    #[cfg(feature = "shop")]
    PostedRate AppendOnly,
    #[cfg(feature = "shop")]
    Party State,
    #[cfg(feature = "shop")]
    Item State,
    #[cfg(feature = "shop")]
    Lot State,
    #[cfg(feature = "shop")]
    StockMovement AppendOnly,
    #[cfg(feature = "shop")]
    Invoice State,
    #[cfg(feature = "shop")]
    InvoiceLine AppendOnly,
    #[cfg(feature = "shop")]
    InvoiceParties State,
    #[cfg(feature = "shop")]
    PaymentReceipt State,
    #[cfg(feature = "shop")]
    Settlement AppendOnly,
    #[cfg(feature = "shop")]
    BillNote State,
    #[cfg(feature = "shop")]
    BillNoteLine AppendOnly,
    #[cfg(feature = "shop")]
    Refund State,
    #[cfg(feature = "shop")]
    MetalVoucher State,
    #[cfg(feature = "shop")]
    MetalVoucherLine AppendOnly,
    #[cfg(feature = "shop")]
    OutgoingPayment State,
    #[cfg(feature = "shop")]
    Booking State,
    #[cfg(feature = "shop")]
    Advance State,
    #[cfg(feature = "shop")]
    JournalVoucher State,
}

/// The table of this name.
pub fn table_of(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

/// The name of a field, for showing the log.
pub fn field_name(table: &str, tag: u8) -> Option<&'static str> {
    table_of(table)?.field_name(tag)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tables_and_tags_are_unique() {
        let names: BTreeSet<_> = TABLES.iter().map(|table| table.name).collect();
        assert_eq!(names.len(), TABLES.len());
        for table in TABLES {
            let tags: BTreeSet<_> = table.fields.iter().map(|spec| spec.tag).collect();
            assert_eq!(tags.len(), table.fields.len(), "{}", table.name);
        }
    }
}
