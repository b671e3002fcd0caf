//! Where in the log somebody's values stand.

use std::collections::BTreeMap;

use crate::audit::Record as _;
use crate::audit::{Body, BodyPut, Place, Value, named_places, personal_places};
use crate::erasure::REQUEST;
use crate::identity::mails::Mail;
use crate::identity::member::{Member, Session};
use crate::store::{AuditFilter, PageRequest, Reader, StoreError, StoredEntry};
use crate::tenancy::{Id, MemberId, SessionId};

/// How many entries are read at once.
pub(super) const PAGE: u16 = 500;

/// At most `limit` entries from the place `from` on, oldest first; none beyond the log's `size`.
pub(super) async fn entries_from(
    reader: &mut (impl Reader + ?Sized),
    from: u64,
    size: u64,
    limit: u16,
) -> Result<Vec<StoredEntry>, StoreError> {
    let end = from.saturating_add(limit.into()).min(size);
    let Some(count) = end.checked_sub(from).filter(|count| *count > 0) else { return Ok(Vec::new()) };
    // Places have no gaps, so the page in front of `end` is just these.
    let page = PageRequest { after: Some(end), limit: u16::try_from(count).unwrap_or(limit) };
    let mut entries = reader.entries(&AuditFilter::default(), page).await?.items;
    entries.reverse();
    Ok(entries)
}

/// Whether a row in an entry's body has this id in the field with this tag.
pub(super) fn names(put: &BodyPut, table: &str, tag: u8, id: impl Id) -> bool {
    put.table == table && put.fields.contains(&(tag, Value::Id(id.uuid())))
}

/// What is found of a member.
#[derive(Debug)]
pub(super) struct Found {
    of: MemberId,
    places: BTreeMap<(u64, u16), Place>,
    /// The sessions that were met, each once.
    pub(super) sessions: Vec<SessionId>,
}

impl Found {
    pub(super) const fn nothing(of: MemberId) -> Self {
        Self { of, places: BTreeMap::new(), sessions: Vec::new() }
    }

    pub(super) fn into_places(self) -> Vec<Place> {
        self.places.into_values().collect()
    }

    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// The values of their rows in an entry: of themselves, their sessions, mails to them.
    pub(super) fn look_into(&mut self, stored: &StoredEntry) -> Result<(), StoreError> {
        let theirs = |put: &BodyPut| self.is_theirs(put);
        let places = personal_places(stored.entry.seq, &stored.openings, theirs)?;
        self.keep(places);
        for put in Body::from_openings(&stored.openings)?.puts {
            if names(&put, Session::TABLE, 2, self.of)
                && let Some(id) = put.fields.iter().find_map(|(tag, value)| match value {
                    Value::Id(id) if *tag == 1 => Some(SessionId::from_uuid(*id)),
                    _ => None,
                })
                && !self.sessions.contains(&id)
            {
                self.sessions.push(id);
            }
        }
        Ok(())
    }

    /// From where an entry of their own was asked for, and by what.
    pub(super) fn look_at_request(&mut self, stored: &StoredEntry) -> Result<(), StoreError> {
        self.keep(named_places(stored.entry.seq, &stored.openings, &REQUEST)?);
        Ok(())
    }

    fn keep(&mut self, places: Vec<Place>) {
        self.places.extend(places.into_iter().map(|place| ((place.at.entry, place.at.slot), place)));
    }

    fn is_theirs(&self, put: &BodyPut) -> bool {
        names(put, Member::TABLE, 1, self.of)
            || names(put, Session::TABLE, 2, self.of)
            || names(put, Mail::TABLE, 3, self.of)
    }
}
