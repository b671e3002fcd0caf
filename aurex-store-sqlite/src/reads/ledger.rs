//! The ledger.

use std::collections::HashMap;

use async_trait::async_trait;
use aurex_core::ledger::{Account, AccountId, Balance, JournalEntry, JournalEntryId, Posting};
use aurex_core::store::{LedgerReads, Page, PageRequest, PostingKey, PostingLine, Read};
use aurex_core::tenancy::{Id as _, TenantId};
use aurex_core::time::Date;

use super::{after, hex_ids, paged};
use crate::rows::{
    AccountRow, JournalEntryRow, PostingRow, Stored as _, account, column, journal_entry, own, posting,
    read_all, read_one,
};
use crate::turn::SqliteTurn;

struct BalanceRow {
    tenant_id: Vec<u8>,
    account: Vec<u8>,
    commodity: String,
    debit: i64,
    credit: i64,
}

impl BalanceRow {
    fn read(self, tenant: TenantId) -> Read<Balance> {
        own(tenant, &self.tenant_id)?;
        Ok(Balance {
            account: column(self.account)?,
            commodity: column(self.commodity)?,
            debit: self.debit,
            credit: self.credit,
        })
    }
}

#[async_trait]
impl LedgerReads for SqliteTurn<'_> {
    async fn accounts_for(&mut self, party: Option<uuid::Uuid>) -> Read<Vec<Account>> {
        self.accounts_of(party).await
    }

    async fn account(&mut self, id: AccountId) -> Read<Option<Account>> {
        let row = self.held.optional(account!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn accounts(&mut self, page: PageRequest<AccountId>) -> Read<Page<Account, AccountId>> {
        let (from, limit) = after(page);
        let rows = account!("AND id > ? ORDER BY id LIMIT ?", self.tenant.uuid(), from, limit);
        paged(self.held.all(rows).await?, self.tenant, page.limit, |account| account.id)
    }

    async fn balances(&mut self, of: &[AccountId]) -> Read<Vec<Balance>> {
        let ids = hex_ids(of.iter().map(|id| id.uuid()));
        let kept = sqlx::query_as!(
            BalanceRow,
            "SELECT tenant_id, account, commodity, debit, credit FROM balance
             WHERE tenant_id = ? AND account IN (SELECT unhex(value) FROM json_each(?))",
            self.tenant.uuid(),
            ids
        );
        let mut found = HashMap::new();
        for row in self.held.all(kept).await? {
            let balance = row.read(self.tenant)?;
            found.insert(balance.account.uuid(), balance);
        }
        Ok(of.iter().filter_map(|id| found.get(&id.uuid()).copied()).collect())
    }

    async fn postings(
        &mut self,
        account: AccountId,
        from: Option<Date>,
        to: Option<Date>,
        page: PageRequest<PostingKey>,
    ) -> Read<Page<PostingLine, PostingKey>> {
        // A page that goes on starts after its last key; the first one at the first key of its first day.
        let first = from.map_or_else(String::new, |date| date.to_string());
        let (date, entry, line) =
            page.after.map_or((first.clone(), uuid::Uuid::nil(), -1), |(date, entry, line)| {
                (date.to_string(), entry.uuid(), i64::from(line))
            });
        let until = to.map_or_else(|| "~".to_owned(), |date| date.to_string());
        let lines = sqlx::query!(
            "SELECT p.tenant_id, p.entry, p.line, p.account, p.commodity, p.amount, p.effective,
                 e.tenant_id AS entry_tenant_id, e.recorded_at, e.source_kind, e.source_id, e.narration,
                 e.reverses, e.effective AS entry_effective
             FROM posting AS p
             JOIN journal_entry AS e ON e.tenant_id = p.tenant_id AND e.id = p.entry
             WHERE p.tenant_id = ? AND p.account = ? AND (p.effective, p.entry, p.line) > (?, ?, ?)
                 AND p.effective >= ? AND p.effective <= ?
             ORDER BY p.effective, p.entry, p.line LIMIT ?",
            self.tenant.uuid(),
            account.uuid(),
            date,
            entry,
            line,
            first,
            until,
            page.fetch()
        );
        let mut found = Vec::new();
        for row in self.held.all(lines).await? {
            let entry = JournalEntryRow {
                tenant_id: row.entry_tenant_id,
                id: row.entry.clone(),
                effective: row.entry_effective,
                recorded_at: row.recorded_at,
                source_kind: row.source_kind,
                source_id: row.source_id,
                narration: row.narration,
                reverses: row.reverses,
            };
            let posting = PostingRow {
                tenant_id: row.tenant_id,
                entry: row.entry,
                line: row.line,
                account: row.account,
                commodity: row.commodity,
                amount: row.amount,
                effective: row.effective,
            };
            found.push(PostingLine { posting: posting.read(self.tenant)?, entry: entry.read(self.tenant)? });
        }
        Ok(Page::of(found, page.limit, |line| {
            (line.posting.effective, line.posting.entry, line.posting.line)
        }))
    }

    async fn balance_before(&mut self, account: AccountId, date: Date) -> Read<Option<Balance>> {
        let (tenant, id) = (self.tenant.uuid(), account.uuid());
        let sums = sqlx::query_as!(
            BalanceRow,
            r#"SELECT a.tenant_id, a.id AS account, a.commodity,
                   sum(max(p.amount, 0)) AS "debit!: i64", sum(max(-p.amount, 0)) AS "credit!: i64"
               FROM account AS a
               JOIN posting AS p ON p.tenant_id = a.tenant_id AND p.account = a.id AND p.effective < ?
               WHERE a.tenant_id = ? AND a.id = ?
               GROUP BY a.id"#,
            date.to_string(),
            tenant,
            id
        );
        self.held.optional(sums).await?.map(|row| row.read(self.tenant)).transpose()
    }

    async fn trial_balance(&mut self, as_of: Option<Date>) -> Read<Vec<(Account, Balance)>> {
        let tenant = self.tenant.uuid();
        let rows = match as_of {
            None => self.kept_trial_balance(tenant).await?,
            Some(date) => self.summed(None, Some(date)).await?,
        };
        rows.into_iter()
            .map(|(account, debit, credit)| {
                let account = account.read(self.tenant)?;
                let balance = Balance { account: account.id, commodity: account.commodity, debit, credit };
                Ok((account, balance))
            })
            .collect()
    }

    /// Two hops.
    async fn journal(&mut self, id: JournalEntryId) -> Read<Option<(JournalEntry, Vec<Posting>)>> {
        let (tenant, of) = (self.tenant.uuid(), id.uuid());
        let entry = self.held.optional(journal_entry!("AND id = ?", tenant, of)).await?;
        let Some(entry) = read_one(entry, self.tenant)? else { return Ok(None) };
        let postings = self.held.all(posting!("AND entry = ? ORDER BY line", tenant, of)).await?;
        Ok(Some((entry, read_all(postings, self.tenant)?)))
    }
}

/// An account with sums beside it, from either source below.
macro_rules! with_sums {
    ($rows:expr) => {
        $rows
            .into_iter()
            .map(|row| {
                let account = AccountRow {
                    tenant_id: row.tenant_id,
                    id: row.id,
                    code: row.code,
                    name: row.name,
                    class: row.class,
                    commodity: row.commodity,
                    purpose: row.purpose,
                    party: row.party,
                    state: row.state,
                    opened_at: row.opened_at,
                };
                (account, row.debit, row.credit)
            })
            .collect()
    };
}

impl SqliteTurn<'_> {
    async fn kept_trial_balance(&mut self, tenant: uuid::Uuid) -> Read<Vec<(AccountRow, i64, i64)>> {
        let rows = sqlx::query!(
            "SELECT a.tenant_id, a.id, a.code, a.name, a.class, a.commodity, a.purpose, a.party, a.state,
                 a.opened_at, b.debit, b.credit
             FROM account AS a
             JOIN balance AS b ON b.tenant_id = a.tenant_id AND b.account = a.id
             WHERE a.tenant_id = ?
             ORDER BY a.code",
            tenant
        );
        Ok(with_sums!(self.held.all(rows).await?))
    }

    /// Every account's sums of postings with effective dates in `from..=to`. A sum that leaves its range is an error of
    /// SQLite's own.
    pub(super) async fn summed(
        &mut self,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Read<Vec<(AccountRow, i64, i64)>> {
        let first = from.map_or_else(String::new, |date| date.to_string());
        let last = to.map_or_else(|| "~".to_owned(), |date| date.to_string());
        let rows = sqlx::query!(
            r#"SELECT a.tenant_id, a.id, a.code, a.name, a.class, a.commodity, a.purpose, a.party, a.state,
                   a.opened_at, sum(max(p.amount, 0)) AS "debit!: i64", sum(max(-p.amount, 0)) AS "credit!: i64"
               FROM account AS a
               JOIN posting AS p ON p.tenant_id = a.tenant_id AND p.account = a.id
                   AND p.effective >= ? AND p.effective <= ?
               WHERE a.tenant_id = ?
               GROUP BY a.id
               ORDER BY a.code"#,
            first,
            last,
            self.tenant.uuid()
        );
        Ok(with_sums!(self.held.all(rows).await?))
    }
}

impl SqliteTurn<'_> {
    /// All kept balances in the order of their accounts.
    pub(super) async fn kept_balances(&mut self) -> Read<Vec<Balance>> {
        let kept = sqlx::query_as!(
            BalanceRow,
            "SELECT tenant_id, account, commodity, debit, credit FROM balance WHERE tenant_id = ? ORDER BY account",
            self.tenant.uuid()
        );
        self.held.all(kept).await?.into_iter().map(|row| row.read(self.tenant)).collect()
    }
}
