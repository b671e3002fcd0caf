//! The books: sums of a period, the day book, ageing, and what returns are made of.

use std::collections::HashMap;

use async_trait::async_trait;
use aurex_core::ledger::{Account, AccountId, Balance};
use aurex_core::money::Currency;
use aurex_core::shop::identifiers::StateCode;
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::vouchers::{JournalVoucher, JournalVoucherId};
use aurex_core::store::{
    Against, AgedSums, BooksReads, CounterNumbers, CounterSales, DayEntry, DayLine, DocumentKey, EntryKey,
    Page, PageRequest, PostingKey, Read, TaxDocument, TaxDocumentKind, TaxRow,
};
use aurex_core::tenancy::{Id as _, TenantId};
use aurex_core::time::{Date, plus_days};
use uuid::Uuid;

use super::{after, before, paged};
use crate::rows::{
    AccountRow, PostingRow, Stored as _, column, journal_entry, journal_voucher, money, own, read_all,
    read_one,
};
use crate::turn::PostgresTurn;

/// A bill or a note as the statements below answer it.
struct HeadRow {
    tenant_id: Uuid,
    id: Uuid,
    kind: String,
    number: String,
    business_date: Date,
    place_of_supply: String,
    currency: String,
    payable: i64,
    state: String,
    tax_effect: bool,
    buyer_name: String,
    buyer_gstin: Option<String>,
    against_number: Option<String>,
    against_date: Option<Date>,
    against_value: Option<i64>,
    against_kind: Option<String>,
}

/// The lines of a document that bear the same HSN code and rate.
struct LineRow {
    tenant_id: Uuid,
    document: Uuid,
    hsn: String,
    tax_rate: i64,
    currency: String,
    net: i64,
    taxable: i64,
    cgst: i64,
    sgst: i64,
    igst: i64,
}

impl LineRow {
    fn read(self, tenant: TenantId) -> Read<(Uuid, TaxRow)> {
        own(tenant, self.tenant_id)?;
        let of = &self.currency;
        let row = TaxRow {
            hsn: column(self.hsn)?,
            rate: column(self.tax_rate)?,
            net: column(self.net)?,
            taxable: money(self.taxable, of)?,
            cgst: money(self.cgst, of)?,
            sgst: money(self.sgst, of)?,
            igst: money(self.igst, of)?,
        };
        Ok((self.document, row))
    }
}

impl HeadRow {
    fn read(self, tenant: TenantId, rows: &mut HashMap<Uuid, Vec<TaxRow>>) -> Read<TaxDocument> {
        own(tenant, self.tenant_id)?;
        let against = match (self.against_number, self.against_date, self.against_value, self.against_kind) {
            (Some(number), Some(date), Some(value), Some(kind)) => Some(Against {
                number: column(number)?,
                date: column(date)?,
                value: money(value, &self.currency)?,
                taxed: column::<TaxDocumentKind>(kind)? == TaxDocumentKind::TaxInvoice,
            }),
            _ => None,
        };
        let id = self.id;
        Ok(TaxDocument {
            id,
            kind: column(self.kind)?,
            number: column(self.number)?,
            date: column(self.business_date)?,
            place: column(self.place_of_supply)?,
            value: money(self.payable, &self.currency)?,
            cancelled: self.state == "cancelled",
            tax_effect: self.tax_effect,
            buyer: column(self.buyer_name)?,
            gstin: column(self.buyer_gstin)?,
            against,
            rows: rows.remove(&id).unwrap_or_default(),
        })
    }
}

/// Where a page of documents or entries goes on.
fn after_key(from: Date, after: Option<(Date, Uuid)>) -> (Date, Uuid) {
    after.unwrap_or((from, Uuid::nil()))
}

/// A page of documents: the heads, then the sums of their lines.
macro_rules! documents {
    ($turn:expr, $page:expr, $heads:expr, $lines:literal) => {{
        let (tenant, limit) = ($turn.tenant, $page.limit);
        let heads: Vec<HeadRow> = $turn.held.all($heads).await?;
        let of: Vec<Uuid> = heads.iter().map(|head| head.id).collect();
        let lines = sqlx::query_as!(LineRow, $lines, tenant.uuid(), &of);
        let mut rows: HashMap<Uuid, Vec<TaxRow>> = HashMap::new();
        for line in $turn.held.all(lines).await? {
            let (document, row) = line.read(tenant)?;
            rows.entry(document).or_default().push(row);
        }
        let found = heads.into_iter().map(|head| head.read(tenant, &mut rows)).collect::<Read<_>>()?;
        Ok(Page::of(found, limit, |document: &TaxDocument| (document.date, document.id)))
    }};
}

/// What the statement of the day book's lines answers.
struct DayRow {
    posting: PostingRow,
    account: AccountRow,
    party: Option<String>,
}

impl PostgresTurn<'_> {
    async fn day_rows(&mut self, entries: &[Uuid]) -> Read<Vec<DayRow>> {
        let lines = sqlx::query!(
            r#"SELECT p.tenant_id, p.entry, p.line, p.account, p.commodity, p.amount, p.effective,
                   a.tenant_id AS account_tenant_id, a.code, a.name, a.class, a.purpose, a.party, a.state, a.opened_at,
                   c.name AS "party_name?"
               FROM aurex.posting AS p
               JOIN aurex.account AS a ON a.tenant_id = $1 AND a.id = p.account
               LEFT JOIN aurex.party AS c ON c.tenant_id = $1 AND c.id = a.party
               WHERE p.tenant_id = $1 AND p.entry = ANY($2)
               ORDER BY p.entry, p.line"#,
            self.tenant.uuid(),
            entries
        );
        let rows = self.held.all(lines).await?.into_iter().map(|row| DayRow {
            account: AccountRow {
                tenant_id: row.account_tenant_id,
                id: row.account,
                code: row.code,
                name: row.name,
                class: row.class,
                commodity: row.commodity.clone(),
                purpose: row.purpose,
                party: row.party,
                state: row.state,
                opened_at: row.opened_at,
            },
            posting: PostingRow {
                tenant_id: row.tenant_id,
                entry: row.entry,
                line: row.line,
                account: row.account,
                commodity: row.commodity,
                amount: row.amount,
                effective: row.effective,
            },
            party: row.party_name,
        });
        Ok(rows.collect())
    }
}

#[async_trait]
impl BooksReads for PostgresTurn<'_> {
    async fn sums_of(&mut self, from: Option<Date>, to: Option<Date>) -> Read<Vec<(Account, Balance)>> {
        self.summed(from, to)
            .await?
            .into_iter()
            .map(|(account, debit, credit)| {
                let account = account.read(self.tenant)?;
                let balance = Balance { account: account.id, commodity: account.commodity, debit, credit };
                Ok((account, balance))
            })
            .collect()
    }

    async fn sum_through(&mut self, account: AccountId, key: PostingKey) -> Read<i64> {
        let (date, entry, line) = key;
        let sum = sqlx::query!(
            r#"SELECT coalesce(sum(amount), 0)::bigint AS "sum!" FROM aurex.posting
               WHERE tenant_id = $1 AND account = $2 AND (effective, entry, line) <= ($3, $4, $5)"#,
            self.tenant.uuid(),
            account.uuid(),
            date,
            entry.uuid(),
            i64::from(line)
        );
        Ok(self.held.optional(sum).await?.map_or(0, |row| row.sum))
    }

    /// Two round trips: the heads, the lines.
    async fn day_book(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<EntryKey>,
    ) -> Read<Page<DayEntry, EntryKey>> {
        let (date, entry) = after_key(from, page.after.map(|(date, entry)| (date, entry.uuid())));
        let heads = journal_entry!(
            "AND effective <= $2 AND effective >= $3 AND (effective, id) > ($3, $4) ORDER BY effective, id LIMIT $5",
            self.tenant.uuid(),
            to,
            date,
            entry,
            page.fetch()
        );
        let entries = read_all(self.held.all(heads).await?, self.tenant)?;
        let page = Page::of(entries, page.limit, |entry| (entry.effective, entry.id));
        let ids: Vec<Uuid> = page.items.iter().map(|entry| entry.id.uuid()).collect();
        let mut lines: HashMap<Uuid, Vec<DayLine>> = HashMap::new();
        for row in self.day_rows(&ids).await? {
            let line = DayLine {
                posting: row.posting.read(self.tenant)?,
                account: row.account.read(self.tenant)?,
                party: column(row.party)?,
            };
            lines.entry(line.posting.entry.uuid()).or_default().push(line);
        }
        Ok(page.map(|entry| DayEntry { lines: lines.remove(&entry.id.uuid()).unwrap_or_default(), entry }))
    }

    async fn aged(
        &mut self,
        currency: Currency,
        as_of: Date,
        page: PageRequest<PartyId>,
    ) -> Read<Page<AgedSums, PartyId>> {
        let (from, limit) = after(page);
        let [d30, d60, d90] = [30, 60, 90].map(|days| plus_days(as_of, -days));
        let rows = sqlx::query!(
            r#"SELECT a.tenant_id, a.party AS "party!", c.name, sum(p.amount)::bigint AS "balance!",
                   coalesce(sum(p.amount) FILTER (WHERE p.amount > 0 AND p.effective >= $5), 0)::bigint AS "first!",
                   coalesce(sum(p.amount) FILTER (
                       WHERE p.amount > 0 AND p.effective < $5 AND p.effective >= $6), 0)::bigint AS "second!",
                   coalesce(sum(p.amount) FILTER (
                       WHERE p.amount > 0 AND p.effective < $6 AND p.effective >= $7), 0)::bigint AS "third!"
               FROM aurex.account AS a
               JOIN aurex.party AS c ON c.tenant_id = $1 AND c.id = a.party
               JOIN aurex.posting AS p ON p.tenant_id = $1 AND p.account = a.id AND p.effective <= $4
               JOIN aurex.journal_entry AS e ON e.tenant_id = $1 AND e.id = p.entry AND e.reverses IS NULL
               WHERE a.tenant_id = $1 AND a.party > $2 AND a.commodity = $3
                   AND a.purpose IN ('receivable', 'payable')
                   AND NOT EXISTS (
                       SELECT 1 FROM aurex.journal_entry AS r
                       WHERE r.tenant_id = $1 AND r.reverses = e.id AND r.effective <= $4)
               GROUP BY a.tenant_id, a.party, c.name
               HAVING sum(p.amount) <> 0
               ORDER BY a.party LIMIT $8"#,
            self.tenant.uuid(),
            from,
            currency.code(),
            as_of,
            d30,
            d60,
            d90,
            limit
        );
        let mut found = Vec::new();
        for row in self.held.all(rows).await? {
            own(self.tenant, row.tenant_id)?;
            found.push(AgedSums {
                party: column(row.party)?,
                name: column(row.name)?,
                balance: row.balance,
                debits: [row.first, row.second, row.third],
            });
        }
        Ok(Page::of(found, page.limit, |row| row.party))
    }

    /// Two round trips: the numbers, the sums.
    async fn counter_sales(&mut self, home: StateCode, from: Date, to: Date) -> Read<CounterSales> {
        let mut sales = CounterSales::default();
        let numbers = sqlx::query!(
            r#"SELECT i.tenant_id, i.kind, min(i.number COLLATE "C") AS "first!", max(i.number COLLATE "C") AS "last!",
                   count(*) AS "issued!", count(*) FILTER (WHERE i.state = 'cancelled') AS "cancelled!"
               FROM aurex.invoice AS i
               JOIN aurex.invoice_parties AS s ON s.tenant_id = $1 AND s.invoice = i.id
               WHERE i.tenant_id = $1 AND i.business_date BETWEEN $2 AND $3 AND i.place_of_supply = $4
                   AND s.buyer_gstin IS NULL
               GROUP BY i.tenant_id, i.kind, rtrim(i.number, '0123456789'), length(i.number)
               ORDER BY i.kind, 3"#,
            self.tenant.uuid(),
            from,
            to,
            home.to_string()
        );
        for row in self.held.all(numbers).await? {
            own(self.tenant, row.tenant_id)?;
            sales.numbers.push(CounterNumbers {
                kind: column(row.kind)?,
                first: column(row.first)?,
                last: column(row.last)?,
                issued: column(row.issued)?,
                cancelled: column(row.cancelled)?,
            });
        }
        let sums = sqlx::query!(
            r#"SELECT i.tenant_id, i.kind, l.hsn, l.tax_rate, l.currency,
                   sum(l.net)::bigint AS "net!", sum(l.taxable)::bigint AS "taxable!", sum(l.cgst)::bigint AS "cgst!",
                   sum(l.sgst)::bigint AS "sgst!", sum(l.igst)::bigint AS "igst!"
               FROM aurex.invoice AS i
               JOIN aurex.invoice_parties AS s ON s.tenant_id = $1 AND s.invoice = i.id
               JOIN aurex.invoice_line AS l ON l.tenant_id = $1 AND l.invoice = i.id
               WHERE i.tenant_id = $1 AND i.business_date BETWEEN $2 AND $3 AND i.place_of_supply = $4
                   AND s.buyer_gstin IS NULL AND i.state <> 'cancelled'
               GROUP BY i.tenant_id, i.kind, l.hsn, l.tax_rate, l.currency
               ORDER BY i.kind, l.hsn, l.tax_rate"#,
            self.tenant.uuid(),
            from,
            to,
            home.to_string()
        );
        for row in self.held.all(sums).await? {
            own(self.tenant, row.tenant_id)?;
            let of = &row.currency;
            let summed = TaxRow {
                hsn: column(row.hsn)?,
                rate: column(row.tax_rate)?,
                net: column(row.net)?,
                taxable: money(row.taxable, of)?,
                cgst: money(row.cgst, of)?,
                sgst: money(row.sgst, of)?,
                igst: money(row.igst, of)?,
            };
            sales.rows.push((column(row.kind)?, summed));
        }
        Ok(sales)
    }

    /// Two round trips: the heads, the sums of their lines.
    async fn declared_bills(
        &mut self,
        home: StateCode,
        from: Date,
        to: Date,
        page: PageRequest<DocumentKey>,
    ) -> Read<Page<TaxDocument, DocumentKey>> {
        let (date, id) = after_key(from, page.after);
        let heads = sqlx::query_as!(
            HeadRow,
            r#"SELECT i.tenant_id, i.id, i.kind, i.number, i.business_date, i.place_of_supply, i.currency, i.payable,
                   i.state, (i.kind = 'tax_invoice') AS "tax_effect!", s.buyer_name, s.buyer_gstin,
                   NULL::text AS against_number,
                   NULL::date AS against_date,
                   NULL::bigint AS against_value,
                   NULL::text AS against_kind
               FROM aurex.invoice AS i
               JOIN aurex.invoice_parties AS s ON s.tenant_id = $1 AND s.invoice = i.id
               WHERE i.tenant_id = $1 AND i.business_date <= $2
                   AND (i.business_date, i.id) > ($3, $4) AND i.business_date >= $3
                   AND (s.buyer_gstin IS NOT NULL OR i.place_of_supply <> $5)
               ORDER BY i.business_date, i.id LIMIT $6"#,
            self.tenant.uuid(),
            to,
            date,
            id,
            home.to_string(),
            page.fetch()
        );
        documents!(
            self,
            page,
            heads,
            r#"SELECT l.tenant_id, l.invoice AS document, l.hsn, l.tax_rate, l.currency,
                   sum(l.net)::bigint AS "net!", sum(l.taxable)::bigint AS "taxable!", sum(l.cgst)::bigint AS "cgst!", sum(l.sgst)::bigint AS "sgst!", sum(l.igst)::bigint AS "igst!"
               FROM aurex.invoice_line AS l
               WHERE l.tenant_id = $1 AND l.invoice = ANY($2)
               GROUP BY l.tenant_id, l.invoice, l.hsn, l.tax_rate, l.currency
               ORDER BY l.invoice, l.hsn, l.tax_rate"#
        )
    }

    /// Two round trips: the heads, the sums of their lines.
    async fn taxed_notes(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<DocumentKey>,
    ) -> Read<Page<TaxDocument, DocumentKey>> {
        let (date, id) = after_key(from, page.after);
        let heads = sqlx::query_as!(
            HeadRow,
            r#"SELECT n.tenant_id, n.id, n.kind, n.number, n.business_date, n.place_of_supply, n.currency, n.payable,
                   n.state, n.tax_effect, s.buyer_name, s.buyer_gstin,
                   n.invoice_number AS "against_number?",
                   n.invoice_date AS "against_date?",
                   i.payable AS "against_value?",
                   i.kind AS "against_kind?"
               FROM aurex.bill_note AS n
               JOIN aurex.invoice AS i ON i.tenant_id = $1 AND i.id = n.invoice
               JOIN aurex.invoice_parties AS s ON s.tenant_id = $1 AND s.invoice = n.invoice
               WHERE n.tenant_id = $1 AND n.business_date <= $2
                   AND (n.business_date, n.id) > ($3, $4) AND n.business_date >= $3
               ORDER BY n.business_date, n.id LIMIT $5"#,
            self.tenant.uuid(),
            to,
            date,
            id,
            page.fetch()
        );
        documents!(
            self,
            page,
            heads,
            r#"SELECT l.tenant_id, l.note AS document, l.hsn, l.tax_rate, l.currency,
                   sum(l.net)::bigint AS "net!", sum(l.taxable)::bigint AS "taxable!", sum(l.cgst)::bigint AS "cgst!", sum(l.sgst)::bigint AS "sgst!", sum(l.igst)::bigint AS "igst!"
               FROM aurex.bill_note_line AS l
               WHERE l.tenant_id = $1 AND l.note = ANY($2)
               GROUP BY l.tenant_id, l.note, l.hsn, l.tax_rate, l.currency
               ORDER BY l.note, l.hsn, l.tax_rate"#
        )
    }

    async fn journal_voucher(&mut self, id: JournalVoucherId) -> Read<Option<JournalVoucher>> {
        let row = journal_voucher!("AND id = $2", self.tenant.uuid(), id.uuid());
        read_one(self.held.optional(row).await?, self.tenant)
    }

    async fn journal_vouchers(
        &mut self,
        page: PageRequest<JournalVoucherId>,
    ) -> Read<Page<JournalVoucher, JournalVoucherId>> {
        let (until, limit) = before(page);
        let rows =
            journal_voucher!("AND id < $2 ORDER BY id DESC LIMIT $3", self.tenant.uuid(), until, limit);
        paged(self.held.all(rows).await?, self.tenant, page.limit, |voucher| voucher.id)
    }
}
