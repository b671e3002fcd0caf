//! Every read of the ports. One is one statement, and one round trip, unless its comment says otherwise.
//!
//! Ids are UUIDv7, so the order of keys is the order of creation, and a page continues after the last key seen. Where a
//! read needs rows of several tables, the statement puts each table's rows together as JSON ([`crate::rows`]).

mod access;
mod audit;
mod audit_search;
mod bills;
mod bookings;
mod books;
mod cash;
mod counter;
mod facts;
mod identity;
mod known_for_bill;
mod ledger;
mod metal;
mod notes;

use aurex_core::store::{Page, PageRequest, Read};
use aurex_core::tenancy::{Id, TenantId};
use uuid::Uuid;

use crate::rows::{Stored, read_all};

/// The bounds of a page of rising ids: after which, and how many to fetch.
fn after<I: Id>(page: PageRequest<I>) -> (Uuid, i64) {
    (page.after.map_or(Uuid::nil(), Id::uuid), page.fetch())
}

/// The bounds of a page of falling ids: before which, and how many to fetch.
fn before<I: Id>(page: PageRequest<I>) -> (Uuid, i64) {
    (page.after.map_or(Uuid::max(), Id::uuid), page.fetch())
}

/// A page of what was fetched.
fn paged<S: Stored, I>(
    rows: Vec<S>,
    tenant: TenantId,
    limit: u16,
    key: impl Fn(&S::Record) -> I,
) -> Read<Page<S::Record, I>> {
    Ok(Page::of(read_all(rows, tenant)?, limit, key))
}

/// A page without anything on it.
const fn nothing<T, K>() -> Page<T, K> {
    Page { items: Vec::new(), next: None }
}

/// Ids for `= ANY`.
fn ids<'i, I: Id + 'i>(of: impl IntoIterator<Item = &'i I>) -> Vec<Uuid> {
    of.into_iter().map(|id| id.uuid()).collect()
}

/// Whether a text can stand in this database at all. PostgreSQL keeps no U+0000 and refuses a statement that brings one,
/// so that who searches for it finds nothing, as on any backend, without being answered by an error.
fn can_be_stored(text: &str) -> bool {
    !text.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_zero_character_cannot_be_stored() {
        assert!(can_be_stored(""));
        assert!(can_be_stored("\u{1}\u{7f}मीना\u{10ffff}"));
        assert!(!can_be_stored("a\0b"));
    }
}
