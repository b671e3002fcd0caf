//! Every personal field: what it is kept for, and what stands in its place once it was erased.
//!
//! The fields themselves are said by the records (`[personal]`); a test holds that this list names exactly those, so that a
//! new one does not go without. The log keeps each under `table.field`, and under `table.field.before` where it was changed.

use super::retention::Retention;
use crate::tenancy::MemberId;
use crate::text::{Email, EmailError};

/// What stands where a text that cannot be missing was erased.
pub const ERASED: &str = "(erased)";

/// How every address ends that stands where one was erased.
pub const ERASED_ADDRESSES: &str = "@erased.invalid";

/// One personal field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PersonalField {
    /// The table.
    pub table: &'static str,
    /// The field.
    pub name: &'static str,
    /// What it is kept for.
    pub kept_for: Retention,
    /// What stands there afterwards; nothing, where a field may be missing.
    pub leaves: Option<&'static str>,
}

const fn field(
    table: &'static str,
    name: &'static str,
    kept_for: Retention,
    leaves: Option<&'static str>,
) -> PersonalField {
    PersonalField { table, name, kept_for, leaves }
}

/// The personal fields of core's own tables.
pub const PERSONAL: &[PersonalField] = &[
    field("workspace", "contacts", Retention::Contact, None),
    field("workspace", "billing", Retention::Books, None),
    field("workspace", "payee", Retention::Books, None),
    field("member", "name", Retention::Books, Some(ERASED)),
    field("member", "email", Retention::Contact, Some("an address that reaches nobody")),
    field("session", "address", Retention::Traffic, None),
    field("session", "agent", Retention::Traffic, None),
    field("mail", "recipient", Retention::Contact, None),
    #[cfg(feature = "shop")]
    field("party", "name", Retention::Books, Some(ERASED)),
    #[cfg(feature = "shop")]
    field("party", "phone", Retention::Contact, None),
    #[cfg(feature = "shop")]
    field("party", "email", Retention::Contact, None),
    #[cfg(feature = "shop")]
    field("party", "gstin", Retention::Books, None),
    #[cfg(feature = "shop")]
    field("party", "pan", Retention::Books, None),
    #[cfg(feature = "shop")]
    field("party", "address", Retention::Books, None),
    // What a bill says of its buyer, each field for as long as the customer's own.
    #[cfg(feature = "shop")]
    field("invoice_parties", "buyer_name", Retention::Books, Some(ERASED)),
    #[cfg(feature = "shop")]
    field("invoice_parties", "buyer_phone", Retention::Contact, None),
    #[cfg(feature = "shop")]
    field("invoice_parties", "buyer_gstin", Retention::Books, None),
    #[cfg(feature = "shop")]
    field("invoice_parties", "buyer_address", Retention::Books, None),
    #[cfg(feature = "shop")]
    field("party", "identity", Retention::Books, None),
];

/// What every entry of the log keeps of the client that asked, in commitments of their own and in no table.
pub const REQUEST: [&str; 2] = ["request.ip", "request.user_agent"];

/// The entry of the catalogue for a field, if it is a personal one.
pub fn personal_field(table: &str, name: &str) -> Option<&'static PersonalField> {
    PERSONAL.iter().find(|of| of.table == table && of.name == name)
}

/// An address in place of an erased one: each its own, because two members have two, and under a name that no mail ever
/// reaches (RFC 2606).
///
/// # Errors
/// None in practice: an id makes an address.
pub fn erased_address(of: MemberId) -> Result<Email, EmailError> {
    Email::new(&format!("{of}{ERASED_ADDRESSES}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Class;
    use crate::store::TABLES;
    use crate::tenancy::Id as _;

    #[test]
    fn the_catalogue_names_every_personal_field_of_the_records_and_no_other() {
        let mut declared: Vec<_> = TABLES
            .iter()
            .flat_map(|table| table.fields.iter().map(move |field| (table.name, field)))
            .filter(|(_, field)| field.class == Class::Personal)
            .map(|(table, field)| (table, field.name))
            .collect();
        let mut listed: Vec<_> = PERSONAL.iter().map(|field| (field.table, field.name)).collect();
        declared.sort_unstable();
        listed.sort_unstable();
        assert_eq!(declared, listed);
        assert!(listed.len() > 4);
    }

    #[test]
    fn an_erased_address_is_one_and_each_members_own() {
        let id = |n| MemberId::from_uuid(uuid::Uuid::from_u128(n));
        let [first, second] = [1, 2].map(|n| erased_address(id(n)).unwrap());
        assert_ne!(first, second);
        assert!(first.as_str().ends_with("@erased.invalid"));
    }
}
