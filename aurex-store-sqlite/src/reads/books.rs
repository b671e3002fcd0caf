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
    Page, PageRequest, PostingKey, Read, StoreError, TaxDocument, TaxDocumentKind, TaxRow,
};
use aurex_core::tenancy::{Id as _, TenantId};
use aurex_core::time::{Date, plus_days};
use uuid::Uuid;

use super::{after, before, hex_ids, paged};
use crate::rows::{
    AccountRow, PostingRow, Stored as _, column, journal_entry, journal_voucher, money, own, read_all,
    read_one,
};
use crate::turn::SqliteTurn;

/// A bill or a note as the statements below answer it.
struct HeadRow {
    tenant_id: Vec<u8>,
    id: Vec<u8>,
    kind: String,
    number: String,
    business_date: String,
    place_of_supply: String,
    currency: String,
    payable: i64,
    state: String,
    tax_effect: i64,
    buyer_name: String,
    buyer_gstin: Option<String>,
    against_number: Option<String>,
    against_date: Option<String>,
    against_value: Option<i64>,
    against_kind: Option<String>,
}

/// The lines of a document that bear the same HSN code and rate.
struct LineRow {
    tenant_id: Vec<u8>,
    document: Vec<u8>,
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
        own(tenant, &self.tenant_id)?;
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
        Ok((uuid_of(&self.document)?, row))
    }
}

impl HeadRow {
    fn read(self, tenant: TenantId, rows: &mut HashMap<Uuid, Vec<TaxRow>>) -> Read<TaxDocument> {
        own(tenant, &self.tenant_id)?;
        let against = match (self.against_number, self.against_date, self.against_value, self.against_kind) {
            (Some(number), Some(date), Some(value), Some(kind)) => Some(Against {
                number: column(number)?,
                date: column(date)?,
                value: money(value, &self.currency)?,
                taxed: column::<TaxDocumentKind>(kind)? == TaxDocumentKind::TaxInvoice,
            }),
            _ => None,
        };
        let id = uuid_of(&self.id)?;
        Ok(TaxDocument {
            id,
            kind: column(self.kind)?,
            number: column(self.number)?,
            date: column(self.business_date)?,
            place: column(self.place_of_supply)?,
            value: money(self.payable, &self.currency)?,
            cancelled: self.state == "cancelled",
            tax_effect: self.tax_effect != 0,
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

fn uuid_of(bytes: &[u8]) -> Read<Uuid> {
    Uuid::from_slice(bytes).map_err(|_| StoreError::corrupt("an id has another length"))
}

/// A page of documents: the heads, then the sums of their lines.
macro_rules! documents {
    ($turn:expr, $page:expr, $heads:expr, $lines:literal) => {{
        let (tenant, limit) = ($turn.tenant, $page.limit);
        let heads: Vec<HeadRow> = $turn.held.all($heads).await?;
        let ids: Vec<Uuid> = heads.iter().map(|head| uuid_of(&head.id)).collect::<Read<_>>()?;
        let of = hex_ids(ids.into_iter());
        let lines = sqlx::query_as!(LineRow, $lines, tenant.uuid(), of);
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

impl SqliteTurn<'_> {
    async fn day_rows(&mut self, entries: &[Uuid]) -> Read<Vec<DayRow>> {
        let of = hex_ids(entries.iter().copied());
        let lines = sqlx::query!(
            r#"SELECT p.tenant_id, p.entry, p.line, p.account, p.commodity, p.amount, p.effective,
                   a.tenant_id AS account_tenant_id, a.code, a.name, a.class, a.purpose, a.party, a.state, a.opened_at,
                   c.name AS "party_name?"
               FROM posting AS p
               JOIN account AS a ON a.tenant_id = p.tenant_id AND a.id = p.account
               LEFT JOIN party AS c ON c.tenant_id = a.tenant_id AND c.id = a.party
               WHERE p.tenant_id = ? AND p.entry IN (SELECT unhex(value) FROM json_each(?))
               ORDER BY p.entry, p.line"#,
            self.tenant.uuid(),
            of
        );
        let rows = self.held.all(lines).await?.into_iter().map(|row| DayRow {
            account: AccountRow {
                tenant_id: row.account_tenant_id,
                id: row.account.clone(),
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
impl BooksReads for SqliteTurn<'_> {
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
            r#"SELECT coalesce(sum(amount), 0) AS "sum!: i64" FROM posting
               WHERE tenant_id = ? AND account = ? AND (effective, entry, line) <= (?, ?, ?)"#,
            self.tenant.uuid(),
            account.uuid(),
            date.to_string(),
            entry.uuid(),
            i64::from(line)
        );
        Ok(self.held.optional(sum).await?.map_or(0, |row| row.sum))
    }

    /// Two hops: the heads, the lines.
    async fn day_book(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<EntryKey>,
    ) -> Read<Page<DayEntry, EntryKey>> {
        let (date, entry) = after_key(from, page.after.map(|(date, entry)| (date, entry.uuid())));
        let heads = journal_entry!(
            "AND effective <= ? AND effective >= ? AND (effective, id) > (?, ?) ORDER BY effective, id LIMIT ?",
            self.tenant.uuid(),
            to.to_string(),
            date.to_string(),
            date.to_string(),
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
        let [d30, d60, d90] = [30, 60, 90].map(|days| plus_days(as_of, -days).to_string());
        let rows = sqlx::query!(
            r#"SELECT a.tenant_id, a.party AS "party!", c.name, sum(p.amount) AS "balance!: i64",
                   sum(iif(p.effective >= ?, max(p.amount, 0), 0)) AS "first!: i64",
                   sum(iif(p.effective < ? AND p.effective >= ?, max(p.amount, 0), 0)) AS "second!: i64",
                   sum(iif(p.effective < ? AND p.effective >= ?, max(p.amount, 0), 0)) AS "third!: i64"
               FROM account AS a
               JOIN party AS c ON c.tenant_id = a.tenant_id AND c.id = a.party
               JOIN posting AS p ON p.tenant_id = a.tenant_id AND p.account = a.id AND p.effective <= ?
               JOIN journal_entry AS e ON e.tenant_id = a.tenant_id AND e.id = p.entry AND e.reverses IS NULL
               WHERE a.tenant_id = ? AND a.party > ? AND a.commodity = ?
                   AND a.purpose IN ('receivable', 'payable')
                   AND NOT EXISTS (
                       SELECT 1 FROM journal_entry AS r
                       WHERE r.tenant_id = a.tenant_id AND r.reverses = e.id AND r.effective <= ?)
               GROUP BY a.party
               HAVING sum(p.amount) <> 0
               ORDER BY a.party LIMIT ?"#,
            d30,
            d30,
            d60,
            d60,
            d90,
            as_of.to_string(),
            self.tenant.uuid(),
            from,
            currency.code(),
            as_of.to_string(),
            limit
        );
        let mut found = Vec::new();
        for row in self.held.all(rows).await? {
            own(self.tenant, &row.tenant_id)?;
            found.push(AgedSums {
                party: column(row.party)?,
                name: column(row.name)?,
                balance: row.balance,
                debits: [row.first, row.second, row.third],
            });
        }
        Ok(Page::of(found, page.limit, |row| row.party))
    }

    /// Two hops: the numbers, the sums.
    async fn counter_sales(&mut self, home: StateCode, from: Date, to: Date) -> Read<CounterSales> {
        let mut sales = CounterSales::default();
        let numbers = sqlx::query!(
            r#"SELECT i.tenant_id AS "tenant_id!", i.kind AS "kind!", min(i.number) AS "first!", max(i.number) AS "last!", count(*) AS "issued!: i64",
                   sum(i.state = 'cancelled') AS "cancelled!: i64"
               FROM invoice AS i
               JOIN invoice_parties AS s ON s.tenant_id = i.tenant_id AND s.invoice = i.id
               WHERE i.tenant_id = ? AND i.business_date BETWEEN ? AND ? AND i.place_of_supply = ? AND s.buyer_gstin IS NULL
               GROUP BY i.tenant_id, i.kind, rtrim(i.number, '0123456789'), length(i.number)
               ORDER BY i.kind, 3"#,
            self.tenant.uuid(),
            from.to_string(),
            to.to_string(),
            home.to_string()
        );
        for row in self.held.all(numbers).await? {
            own(self.tenant, &row.tenant_id)?;
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
                   sum(l.net) AS "net!: i64", sum(l.taxable) AS "taxable!: i64", sum(l.cgst) AS "cgst!: i64",
                   sum(l.sgst) AS "sgst!: i64", sum(l.igst) AS "igst!: i64"
               FROM invoice AS i
               JOIN invoice_parties AS s ON s.tenant_id = i.tenant_id AND s.invoice = i.id
               JOIN invoice_line AS l ON l.tenant_id = i.tenant_id AND l.invoice = i.id
               WHERE i.tenant_id = ? AND i.business_date BETWEEN ? AND ? AND i.place_of_supply = ? AND s.buyer_gstin IS NULL
                   AND i.state <> 'cancelled'
               GROUP BY i.tenant_id, i.kind, l.hsn, l.tax_rate, l.currency
               ORDER BY i.kind, l.hsn, l.tax_rate"#,
            self.tenant.uuid(),
            from.to_string(),
            to.to_string(),
            home.to_string()
        );
        for row in self.held.all(sums).await? {
            own(self.tenant, &row.tenant_id)?;
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

    /// Two hops: the heads, the sums of their lines.
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
                   i.state, (i.kind = 'tax_invoice') AS "tax_effect!: i64", s.buyer_name, s.buyer_gstin,
                   NULL AS "against_number?: String",
                   NULL AS "against_date?: String",
                   NULL AS "against_value?: i64",
                   NULL AS "against_kind?: String"
               FROM invoice AS i
               JOIN invoice_parties AS s ON s.tenant_id = i.tenant_id AND s.invoice = i.id
               WHERE i.tenant_id = ? AND i.business_date <= ?
                   AND (i.business_date, i.id) > (?, ?) AND i.business_date >= ?
                   AND (s.buyer_gstin IS NOT NULL OR i.place_of_supply <> ?)
               ORDER BY i.business_date, i.id LIMIT ?"#,
            self.tenant.uuid(),
            to.to_string(),
            date.to_string(),
            id,
            date.to_string(),
            home.to_string(),
            page.fetch()
        );
        documents!(
            self,
            page,
            heads,
            r#"SELECT l.tenant_id, l.invoice AS document, l.hsn, l.tax_rate, l.currency,
                   sum(l.net) AS "net!: i64", sum(l.taxable) AS "taxable!: i64", sum(l.cgst) AS "cgst!: i64", sum(l.sgst) AS "sgst!: i64", sum(l.igst) AS "igst!: i64"
               FROM invoice_line AS l
               WHERE l.tenant_id = ? AND l.invoice IN (SELECT unhex(value) FROM json_each(?))
               GROUP BY l.tenant_id, l.invoice, l.hsn, l.tax_rate, l.currency
               ORDER BY l.invoice, l.hsn, l.tax_rate"#
        )
    }

    /// Two hops: the heads, the sums of their lines.
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
                   n.invoice_number AS "against_number?: String",
                   n.invoice_date AS "against_date?: String",
                   i.payable AS "against_value?: i64",
                   i.kind AS "against_kind?: String"
               FROM bill_note AS n
               JOIN invoice AS i ON i.tenant_id = n.tenant_id AND i.id = n.invoice
               JOIN invoice_parties AS s ON s.tenant_id = n.tenant_id AND s.invoice = n.invoice
               WHERE n.tenant_id = ? AND n.business_date <= ?
                   AND (n.business_date, n.id) > (?, ?) AND n.business_date >= ?
               ORDER BY n.business_date, n.id LIMIT ?"#,
            self.tenant.uuid(),
            to.to_string(),
            date.to_string(),
            id,
            date.to_string(),
            page.fetch()
        );
        documents!(
            self,
            page,
            heads,
            r#"SELECT l.tenant_id, l.note AS document, l.hsn, l.tax_rate, l.currency,
                   sum(l.net) AS "net!: i64", sum(l.taxable) AS "taxable!: i64", sum(l.cgst) AS "cgst!: i64", sum(l.sgst) AS "sgst!: i64", sum(l.igst) AS "igst!: i64"
               FROM bill_note_line AS l
               WHERE l.tenant_id = ? AND l.note IN (SELECT unhex(value) FROM json_each(?))
               GROUP BY l.tenant_id, l.note, l.hsn, l.tax_rate, l.currency
               ORDER BY l.note, l.hsn, l.tax_rate"#
        )
    }

    async fn journal_voucher(&mut self, id: JournalVoucherId) -> Read<Option<JournalVoucher>> {
        let row = journal_voucher!("AND id = ?", self.tenant.uuid(), id.uuid());
        read_one(self.held.optional(row).await?, self.tenant)
    }

    async fn journal_vouchers(
        &mut self,
        page: PageRequest<JournalVoucherId>,
    ) -> Read<Page<JournalVoucher, JournalVoucherId>> {
        let (until, limit) = before(page);
        let rows = journal_voucher!("AND id < ? ORDER BY id DESC LIMIT ?", self.tenant.uuid(), until, limit);
        paged(self.held.all(rows).await?, self.tenant, page.limit, |voucher| voucher.id)
    }
}
