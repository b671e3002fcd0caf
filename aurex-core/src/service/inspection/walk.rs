//! Reading a table, and the log, from one end to the other.

use std::collections::VecDeque;

use crate::store::{Cell, InspectReads, RawRow, Read, key_columns};

/// Rows a page: a page of entries with their openings is a few megabytes at most.
const PAGE: u16 = 500;

/// How far a look at a store has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What is being read: a table's name, or `log`.
    pub of: &'static str,
    /// How many rows of it, or entries, were read.
    pub read: u64,
}

/// The rows of one table, page by page.
pub(in crate::service) struct Pages {
    table: &'static str,
    key: Vec<&'static str>,
    after: Option<Vec<Cell>>,
    ended: bool,
    rows: VecDeque<RawRow>,
}

impl Pages {
    pub(in crate::service) fn of(table: &'static str) -> Self {
        let key = key_columns(table).unwrap_or_default();
        Self { table, key, after: None, ended: false, rows: VecDeque::new() }
    }

    /// The next row, without taking it.
    async fn peek<R: InspectReads + Send + ?Sized>(&mut self, reader: &mut R) -> Read<Option<&RawRow>> {
        if self.rows.is_empty() && !self.ended {
            let rows = reader.raw_rows(self.table, self.after.as_deref(), PAGE).await?;
            // A table whose key is the tenant alone has one row, and nothing to go on from.
            self.ended = rows.len() < usize::from(PAGE) || self.key.is_empty();
            self.after = rows.last().map(|row| row.key(&self.key));
            self.rows = rows.into();
        }
        Ok(self.rows.front())
    }

    /// The next row.
    pub(in crate::service) async fn next<R: InspectReads + Send + ?Sized>(
        &mut self,
        reader: &mut R,
    ) -> Read<Option<RawRow>> {
        self.peek(reader).await?;
        Ok(self.rows.pop_front())
    }
}

/// What a walk through the log meets.
pub(super) enum Met<'r> {
    /// An entry with what opens it.
    Entry(&'r RawRow, &'r [RawRow]),
    /// Something that opens an entry that is not there.
    Stray(u64, &'r RawRow),
}

/// Walks through the log, oldest entry first. Entries and openings are two tables in the same order.
pub(super) async fn walk_log<R: InspectReads + Send + ?Sized, E>(
    reader: &mut R,
    mut met: impl FnMut(Met<'_>) -> Result<(), E> + Send,
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Read<Result<(), E>>
where
    E: Send,
{
    let (mut entries, mut openings) = (Pages::of("audit_entry"), Pages::of("audit_opening"));
    let seq_of = |row: &RawRow| row.get("seq").int().unwrap_or(-1);
    let mut read = 0_u64;
    loop {
        let entry = entries.next(reader).await?;
        // Behind the last entry everything is stray.
        let seq = entry.as_ref().map_or(i64::MAX, seq_of);
        let mut own = Vec::new();
        while let Some(opening) = openings.peek(reader).await? {
            let of = seq_of(opening);
            if of > seq || (of == seq && entry.is_none()) {
                break;
            }
            let Some(opening) = openings.rows.pop_front() else { break };
            if of == seq {
                own.push(opening);
            } else if let Err(stop) = met(Met::Stray(u64::try_from(of).unwrap_or(0), &opening)) {
                return Ok(Err(stop));
            }
        }
        let Some(entry) = entry else { return Ok(Ok(())) };
        if let Err(stop) = met(Met::Entry(&entry, &own)) {
            return Ok(Err(stop));
        }
        read = read.saturating_add(1);
        if read.is_multiple_of(10_000) {
            tell(Progress { of: "log", read });
        }
    }
}
