//! Every read of the ports. One is one statement, and one hop, unless its comment says otherwise.
//!
//! Ids are UUIDv7, so the order of keys is the order of creation, and a page continues after the last key seen.

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

pub(crate) use audit::read_head;

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

/// Ids as a JSON array of hexadecimal text, for `json_each`.
fn hex_ids(ids: impl Iterator<Item = Uuid>) -> String {
    let ids: Vec<String> = ids.map(|id| format!("\"{}\"", id.simple())).collect();
    format!("[{}]", ids.join(","))
}
