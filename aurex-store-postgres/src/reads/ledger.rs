//! The ledger.

use std::collections::HashMap;

use async_trait::async_trait;
use aurex_core::ledger::{Account, AccountId, Balance, JournalEntry, JournalEntryId, Posting};
use aurex_core::store::{LedgerReads, Page, PageRequest, PostingKey, PostingLine, Read};
use aurex_core::tenancy::{Id as _, TenantId};
use aurex_core::time::Date;
use sqlx::types::Json;
use uuid::Uuid;

use super::{after, ids, paged};
use crate::rows::{
    AccountRow, JournalEntryRow, PostingRow, Stored as _, account, column, own, read_all, read_one,
};
use crate::turn::PostgresTurn;

struct BalanceRow {
    tenant_id: Uuid,
    account: Uuid,
    commodity: String,
    debit: i64,
    credit: i64,
}

impl BalanceRow {
    fn read(self, tenant: TenantId) -> Read<Balance> {
        own(tenant, self.tenant_id)?;
        Ok(Balance {
            account: column(self.account)?,
            commodity: column(self.commodity)?,
            debit: self.debit,
            credit: self.credit,
        })
    }
}

#[async_trait]
impl LedgerReads for PostgresTurn<'_> {
    async fn accounts_for(&mut self, party: Option<Uuid>) -> Read<Vec<Account>> {
        let rows = account!("AND (party IS NULL OR party = $2) ORDER BY id", self.tenant.uuid(), party);
        read_all(self.held.all(rows).await?, self.tenant)
    }

    async fn account(&mut self, id: AccountId) -> Read<Option<Account>> {
        let row = self.held.optional(account!("AND id = $2", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn accounts(&mut self, page: PageRequest<AccountId>) -> Read<Page<Account, AccountId>> {
        let (from, limit) = after(page);
        let rows = account!("AND id > $2 ORDER BY id LIMIT $3", self.tenant.uuid(), from, limit);
        paged(self.held.all(rows).await?, self.tenant, page.limit, |account| account.id)
    }

    async fn balances(&mut self, of: &[AccountId]) -> Read<Vec<Balance>> {
        let kept = sqlx::query_as!(
            BalanceRow,
            "SELECT tenant_id, account, commodity, debit, credit FROM aurex.balance
             WHERE tenant_id = $1 AND account = ANY($2)",
            self.tenant.uuid(),
            &ids(of)
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
        let (date, entry, line) = page.after.map_or((from, Uuid::nil(), -1), |(date, entry, line)| {
            (Some(date), entry.uuid(), i64::from(line))
        });
        let lines = sqlx::query!(
            "SELECT p.tenant_id, p.entry, p.line, p.account, p.commodity, p.amount, p.effective,
                 e.tenant_id AS entry_tenant_id, e.recorded_at, e.source_kind, e.source_id, e.narration,
                 e.reverses, e.effective AS entry_effective
             FROM aurex.posting AS p
             JOIN aurex.journal_entry AS e ON e.tenant_id = $1 AND e.id = p.entry
             WHERE p.tenant_id = $1 AND p.account = $2
                 AND (p.effective, p.entry, p.line) > (coalesce($3, date '-infinity'), $4, $5)
                 AND p.effective >= coalesce($6, date '-infinity')
                 AND p.effective <= coalesce($7, date 'infinity')
             ORDER BY p.effective, p.entry, p.line LIMIT $8",
            self.tenant.uuid(),
            account.uuid(),
            date,
            entry,
            line,
            from,
            to,
            page.fetch()
        );
        let mut found = Vec::new();
        for row in self.held.all(lines).await? {
            let entry = JournalEntryRow {
                tenant_id: row.entry_tenant_id,
                id: row.entry,
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
        let sums = sqlx::query_as!(
            BalanceRow,
            r#"SELECT a.tenant_id, a.id AS account, a.commodity,
                   sum(greatest(p.amount, 0))::bigint AS "debit!", sum(greatest(-p.amount, 0))::bigint AS "credit!"
               FROM aurex.account AS a
               JOIN aurex.posting AS p ON p.tenant_id = $1 AND p.account = a.id AND p.effective < $3
               WHERE a.tenant_id = $1 AND a.id = $2
               GROUP BY a.tenant_id, a.id"#,
            self.tenant.uuid(),
            account.uuid(),
            date
        );
        self.held.optional(sums).await?.map(|row| row.read(self.tenant)).transpose()
    }

    async fn trial_balance(&mut self, as_of: Option<Date>) -> Read<Vec<(Account, Balance)>> {
        let rows = match as_of {
            None => self.kept_trial_balance().await?,
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

    async fn journal(&mut self, id: JournalEntryId) -> Read<Option<(JournalEntry, Vec<Posting>)>> {
        let journal = sqlx::query!(
            r#"SELECT row_to_json(e) AS "entry!: Json<JournalEntryRow>",
                   (SELECT coalesce(json_agg(p ORDER BY p.line), '[]') FROM aurex.posting AS p
                    WHERE p.tenant_id = $1 AND p.entry = $2) AS "postings!: Json<Vec<PostingRow>>"
               FROM aurex.journal_entry AS e WHERE e.tenant_id = $1 AND e.id = $2"#,
            self.tenant.uuid(),
            id.uuid()
        );
        let Some(row) = self.held.optional(journal).await? else { return Ok(None) };
        Ok(Some((row.entry.0.read(self.tenant)?, read_all(row.postings.0, self.tenant)?)))
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

impl PostgresTurn<'_> {
    async fn kept_trial_balance(&mut self) -> Read<Vec<(AccountRow, i64, i64)>> {
        let rows = sqlx::query!(
            "SELECT a.tenant_id, a.id, a.code, a.name, a.class, a.commodity, a.purpose, a.party, a.state,
                 a.opened_at, b.debit, b.credit
             FROM aurex.account AS a
             JOIN aurex.balance AS b ON b.tenant_id = $1 AND b.account = a.id
             WHERE a.tenant_id = $1
             ORDER BY a.code",
            self.tenant.uuid()
        );
        Ok(with_sums!(self.held.all(rows).await?))
    }

    /// Every account's sums of postings with effective dates in `from..=to`. A sum of `bigint` is `numeric`: it is
    /// narrowed after the last posting, and what does not fit is refused.
    pub(super) async fn summed(
        &mut self,
        from: Option<Date>,
        to: Option<Date>,
    ) -> Read<Vec<(AccountRow, i64, i64)>> {
        let rows = sqlx::query!(
            r#"SELECT a.tenant_id, a.id, a.code, a.name, a.class, a.commodity, a.purpose, a.party, a.state,
                   a.opened_at, sum(greatest(p.amount, 0))::bigint AS "debit!",
                   sum(greatest(-p.amount, 0))::bigint AS "credit!"
               FROM aurex.account AS a
               JOIN aurex.posting AS p ON p.tenant_id = $1 AND p.account = a.id
                   AND p.effective >= coalesce($2, date '-infinity')
                   AND p.effective <= coalesce($3, date 'infinity')
               WHERE a.tenant_id = $1
               GROUP BY a.tenant_id, a.id
               ORDER BY a.code"#,
            self.tenant.uuid(),
            from,
            to
        );
        Ok(with_sums!(self.held.all(rows).await?))
    }

    /// All kept balances in the order of their accounts.
    pub(super) async fn kept_balances(&mut self) -> Read<Vec<Balance>> {
        let kept = sqlx::query_as!(
            BalanceRow,
            "SELECT tenant_id, account, commodity, debit, credit FROM aurex.balance
             WHERE tenant_id = $1 ORDER BY account",
            self.tenant.uuid()
        );
        self.held.all(kept).await?.into_iter().map(|row| row.read(self.tenant)).collect()
    }
}
