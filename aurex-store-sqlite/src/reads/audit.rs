//! The log, idempotency keys, and whole tables.

use std::collections::BTreeMap;

use async_trait::async_trait;
use aurex_core::audit::tree::Frontier;
use aurex_core::audit::tree::Hash;
use aurex_core::audit::{Column as _, Head, Malformed, Opening, Value};
use aurex_core::ledger::Balance;
use aurex_core::store::{
    AuditFilter, AuditReads, Fact, KeptKey, LookupKey, Page, PageRequest, Read, StoreError, StoredEntry,
};
use aurex_core::tenancy::TenantId;
use aurex_core::time::Timestamp;

use crate::held::Held;
use crate::rows::{column, own};
use crate::turn::SqliteTurn;

fn counter(n: i64) -> Read<u64> {
    u64::try_from(n).map_err(|_| StoreError::corrupt("a counter is out of range"))
}

/// The head of the log, which also says whose file it is.
pub(crate) async fn read_head(held: &mut Held<'_>, tenant: TenantId) -> Read<Head> {
    let head = sqlx::query!(
        "SELECT tenant_id, frontier, last_at, epoch, observed FROM head WHERE tenant_id = ?",
        tenant.uuid()
    );
    let head = held.optional(head).await?.ok_or(StoreError::NoSuchTenant)?;
    own(tenant, &head.tenant_id)?;
    Ok(Head {
        frontier: Frontier::from_bytes(&head.frontier)
            .map_err(|error| StoreError::corrupt(error.to_string()))?,
        last_at: Timestamp::from_micros(head.last_at),
        epoch: counter(head.epoch)?,
        observed: counter(head.observed)?,
    })
}

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

/// What is kept under an idempotency key.
pub(super) struct KeyRow {
    pub(super) tenant_id: Vec<u8>,
    pub(super) fields: Vec<u8>,
    pub(super) resource: String,
    pub(super) at: i64,
}

impl KeyRow {
    pub(super) fn read(self, tenant: TenantId, lookup: &LookupKey) -> Read<KeptKey> {
        own(tenant, &self.tenant_id)?;
        Ok(KeptKey {
            lookup: lookup.clone(),
            fields: key_fields(&self.fields)?,
            resource: self.resource,
            at: Timestamp::from_micros(self.at),
        })
    }
}

#[async_trait]
impl AuditReads for SqliteTurn<'_> {
    async fn head(&mut self) -> Read<Head> {
        if self.held.is_sound() { Ok(SqliteTurn::head(self).clone()) } else { Err(StoreError::Spoiled) }
    }

    /// Two hops: the entries, then what opens them. A span of time, a group and a window that did not suffice are hops
    /// of their own.
    async fn entries(
        &mut self,
        filter: &AuditFilter,
        page: PageRequest<u64>,
    ) -> Read<Page<StoredEntry, u64>> {
        self.searched(filter, page).await
    }

    async fn leaves(&mut self, from: u64, to: u64) -> Read<Vec<Hash>> {
        let rows = sqlx::query!(
            "SELECT tenant_id, leaf FROM audit_entry WHERE tenant_id = ? AND seq >= ? AND seq < ? ORDER BY seq",
            self.tenant.uuid(),
            place(from),
            place(to)
        );
        let leaf =
            |bytes: Vec<u8>| bytes.try_into().map_err(|_| StoreError::corrupt("a leaf has not 32 bytes"));
        let rows = self.held.all(rows).await?;
        rows.into_iter()
            .map(|row| own(self.tenant, &row.tenant_id).and(leaf(row.leaf)).map(Hash::from_bytes))
            .collect()
    }

    async fn entry_bytes(&mut self, from: u64, to: u64) -> Read<Vec<Vec<u8>>> {
        let rows = sqlx::query!(
            "SELECT tenant_id, bytes FROM audit_entry WHERE tenant_id = ? AND seq >= ? AND seq < ? ORDER BY seq",
            self.tenant.uuid(),
            place(from),
            place(to)
        );
        let rows = self.held.all(rows).await?;
        rows.into_iter().map(|row| own(self.tenant, &row.tenant_id).map(|()| row.bytes)).collect()
    }

    async fn kept_key(&mut self, lookup: &LookupKey) -> Read<Option<KeptKey>> {
        let kept = sqlx::query_as!(
            KeyRow,
            "SELECT tenant_id, fields, resource, at FROM idempotency_key
             WHERE tenant_id = ? AND holder = ? AND action = ? AND key = ?",
            self.tenant.uuid(),
            lookup.holder.uuid(),
            lookup.action,
            lookup.key
        );
        let kept = self.held.optional(kept).await?;
        kept.map(|row| row.read(self.tenant, lookup)).transpose()
    }

    async fn facts(&mut self, table: &str) -> Read<Vec<Fact>> {
        self.facts_of(table).await
    }

    async fn all_balances(&mut self) -> Read<Vec<Balance>> {
        self.kept_balances().await
    }
}

impl SqliteTurn<'_> {
    /// What opens the wanted entries, by entry, but for what was erased.
    pub(super) async fn openings(
        &mut self,
        least: i64,
        most: i64,
        wanted: &str,
    ) -> Read<BTreeMap<i64, Vec<Opening>>> {
        let rows = sqlx::query!(
            r#"SELECT tenant_id, seq, slot, name, salt AS "salt!", content AS "content!" FROM audit_opening
               WHERE tenant_id = ? AND seq BETWEEN ? AND ? AND seq IN (SELECT value FROM json_each(?))
                   AND content IS NOT NULL
               ORDER BY seq, slot"#,
            self.tenant.uuid(),
            least,
            most,
            wanted
        );
        let mut openings: BTreeMap<i64, Vec<Opening>> = BTreeMap::new();
        for row in self.held.all(rows).await? {
            own(self.tenant, &row.tenant_id)?;
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
