//! The log, idempotency keys, and whole tables.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aurex_core::audit::tree::Hash;
use aurex_core::audit::{Column as _, Entry, Head, Malformed, Opening, Value};
use aurex_core::ledger::Balance;
use aurex_core::store::{
    AuditFilter, AuditReads, Fact, KeptKey, LookupKey, Page, PageRequest, Read, StoreError, StoredEntry,
};
use aurex_core::time::Timestamp;
use uuid::Uuid;

use super::{can_be_stored, nothing};
use crate::rows::{column, own};
use crate::turn::PostgresTurn;

/// A key's fields from one nested value.
fn key_fields(bytes: &[u8]) -> Result<Vec<(String, [u8; 16])>, Malformed> {
    <Vec<Value>>::from_value(Value::from_bytes(bytes)?)?
        .into_iter()
        .map(|field| {
            let [pointer, hmac]: [Value; 2] =
                <Vec<Value>>::from_value(field)?.try_into().map_err(|_| Malformed)?;
            Ok((String::from_value(pointer)?, <[u8; 16]>::from_value(hmac)?))
        })
        .collect()
}

/// Beyond what any row holds, where it does not fit.
fn place(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

struct EntryRow {
    tenant_id: Uuid,
    seq: i64,
    bytes: Vec<u8>,
    leaf: Vec<u8>,
}

/// The conditions of a list of entries.
macro_rules! wanted_entries {
    ($of:literal, $tenant:expr, $until:expr, $filter:expr, $page:expr $(, $subject:expr)?) => {
        sqlx::query_as!(
            EntryRow,
            "SELECT tenant_id, seq, bytes, leaf FROM aurex.audit_entry
             WHERE tenant_id = $1 AND seq < $2
                 AND actor_id = coalesce($3, actor_id) AND action = coalesce($4, action)
                 AND at >= coalesce($5, at) AND at < coalesce($6, at + 1) " + $of + "
             ORDER BY seq DESC LIMIT $7",
            $tenant, $until, $filter.actor.as_deref(), $filter.action.as_deref(),
            $filter.from.map(Timestamp::micros), $filter.to.map(Timestamp::micros), $page.fetch()
            $(, $subject)?
        )
    };
}

#[async_trait]
impl AuditReads for PostgresTurn<'_> {
    async fn head(&mut self) -> Read<Head> {
        if self.held.is_sound() { Ok(PostgresTurn::head(self).clone()) } else { Err(StoreError::Spoiled) }
    }

    /// Two hops: the entries, then what opens them.
    async fn entries(
        &mut self,
        filter: &AuditFilter,
        page: PageRequest<u64>,
    ) -> Read<Page<StoredEntry, u64>> {
        let texts = [&filter.actor, &filter.action, &filter.subject];
        if !texts.into_iter().flatten().all(|text| can_be_stored(text)) {
            return Ok(nothing());
        }
        let until = page.after.map_or(i64::MAX, |seq| i64::try_from(seq).unwrap_or(i64::MAX));
        let tenant = self.tenant.uuid();
        // Two texts of one statement: a subject has an index, which a condition that may be absent could not use.
        let rows = match &filter.subject {
            Some(subject) => {
                let of_subject = wanted_entries!("AND subject_id = $8", tenant, until, filter, page, subject);
                self.held.all(of_subject).await?
            }
            None => self.held.all(wanted_entries!("", tenant, until, filter, page)).await?,
        };
        let wanted: Vec<i64> = rows.iter().map(|row| row.seq).collect();
        let openings = self.openings(&wanted).await?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            own(self.tenant, row.tenant_id)?;
            entries.push(StoredEntry {
                entry: Entry::from_bytes(&row.bytes)?,
                leaf: Hash::from_bytes(column(row.leaf)?),
                bytes: row.bytes,
                openings: openings.get(&row.seq).cloned().unwrap_or_default(),
            });
        }
        Ok(Page::of(entries, page.limit, |stored| stored.entry.seq))
    }

    async fn leaves(&mut self, from: u64, to: u64) -> Read<Vec<Hash>> {
        let rows = sqlx::query!(
            "SELECT tenant_id, leaf FROM aurex.audit_entry
             WHERE tenant_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq",
            self.tenant.uuid(),
            place(from),
            place(to)
        );
        let leaf =
            |bytes: Vec<u8>| bytes.try_into().map_err(|_| StoreError::corrupt("a leaf has not 32 bytes"));
        let rows = self.held.all(rows).await?;
        rows.into_iter()
            .map(|row| own(self.tenant, row.tenant_id).and(leaf(row.leaf)).map(Hash::from_bytes))
            .collect()
    }

    async fn entry_bytes(&mut self, from: u64, to: u64) -> Read<Vec<Vec<u8>>> {
        let rows = sqlx::query!(
            "SELECT tenant_id, bytes FROM aurex.audit_entry
             WHERE tenant_id = $1 AND seq >= $2 AND seq < $3 ORDER BY seq",
            self.tenant.uuid(),
            place(from),
            place(to)
        );
        let rows = self.held.all(rows).await?;
        rows.into_iter().map(|row| own(self.tenant, row.tenant_id).map(|()| row.bytes)).collect()
    }

    async fn kept_key(&mut self, lookup: &LookupKey) -> Read<Option<KeptKey>> {
        if !can_be_stored(&lookup.key) {
            return Ok(None);
        }
        let kept = sqlx::query!(
            "SELECT tenant_id, fields, resource, at FROM aurex.idempotency_key
             WHERE tenant_id = $1 AND holder = $2 AND action = $3 AND key = $4",
            self.tenant.uuid(),
            lookup.holder.uuid(),
            lookup.action,
            lookup.key
        );
        let Some(row) = self.held.optional(kept).await? else { return Ok(None) };
        own(self.tenant, row.tenant_id)?;
        Ok(Some(KeptKey {
            lookup: lookup.clone(),
            fields: key_fields(&row.fields)?,
            resource: row.resource,
            at: Timestamp::from_micros(row.at),
        }))
    }

    async fn facts(&mut self, table: &str) -> Read<Vec<Fact>> {
        self.facts_of(table).await
    }

    async fn all_balances(&mut self) -> Read<Vec<Balance>> {
        self.kept_balances().await
    }
}

impl PostgresTurn<'_> {
    /// What opens the wanted entries, by entry, but for what was erased.
    async fn openings(&mut self, wanted: &[i64]) -> Read<BTreeMap<i64, Vec<Opening>>> {
        let rows = sqlx::query!(
            r#"SELECT tenant_id, seq, slot, name, salt AS "salt!", content AS "content!" FROM aurex.audit_opening
               WHERE tenant_id = $1 AND seq = ANY($2) AND content IS NOT NULL
               ORDER BY seq, slot"#,
            self.tenant.uuid(),
            wanted
        );
        let mut openings: BTreeMap<i64, Vec<Opening>> = BTreeMap::new();
        for row in self.held.all(rows).await? {
            own(self.tenant, row.tenant_id)?;
            openings.entry(row.seq).or_default().push(Opening {
                slot: column(row.slot)?,
                name: row.name,
                salt: column(row.salt)?,
                content: row.content,
            });
        }
        Ok(openings)
    }
}
