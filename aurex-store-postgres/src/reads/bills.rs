//! Bills and receipts.

use std::collections::HashMap;

use async_trait::async_trait;
use aurex_core::ledger::{Series, SeriesKind};
use aurex_core::money::Money;
use aurex_core::shop::bookings::BookingId;
use aurex_core::shop::cash::{CashOfDay, CashQuestion, CashTaken};
use aurex_core::shop::invoices::{Bill, Invoice, InvoiceId, InvoiceParties};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::receipts::{PaymentReceipt, ReceiptId, ReceiptWithSettlements};
use aurex_core::store::{BillKnown, BillNeeds, BillReads, InvoiceFilter, Page, PageRequest, Payment, Read};
use aurex_core::tenancy::Id as _;
use aurex_core::text::Label;
use aurex_core::time::Date;
use sqlx::types::Json;

use super::{before, ids, paged};
use crate::rows::{
    InvoiceLineRow, InvoiceRow, PaymentReceiptRow, SettlementRow, Stored as _, invoice, invoice_parties,
    money, own, read_all, read_one, receipt, series,
};
use crate::turn::PostgresTurn;

impl PostgresTurn<'_> {
    /// What is settled of each of these bills; nothing, of one that no settlement names.
    async fn settled(&mut self, bills: &[Invoice]) -> Read<Vec<Money>> {
        let sums = sqlx::query!(
            "SELECT tenant_id, invoice, currency, amount FROM aurex.invoice_settled
             WHERE tenant_id = $1 AND invoice = ANY($2)",
            self.tenant.uuid(),
            &ids(bills.iter().map(|bill| &bill.id))
        );
        let mut settled = HashMap::new();
        for sum in self.held.all(sums).await? {
            own(self.tenant, sum.tenant_id)?;
            settled.insert(sum.invoice, money(sum.amount, &sum.currency)?);
        }
        let of = |bill: &Invoice| {
            settled.get(&bill.id.uuid()).copied().unwrap_or_else(|| Money::zero(bill.payable.currency()))
        };
        Ok(bills.iter().map(of).collect())
    }
}

/// The conditions of a list of bills, with what they hold for selected in front of them.
macro_rules! wanted_invoices {
    ($of:literal, $tenant:expr, $until:expr, $filter:expr, $limit:expr $(, $party:expr)?) => {
        invoice!(
            "AND id < $2 AND state = coalesce($3, state) AND business_date >= coalesce($4, business_date)
             AND business_date <= coalesce($5, business_date)
             AND ($6::text IS NULL OR $6 = (
                 SELECT CASE WHEN paid.amount >= payable + debited - credited THEN 'full'
                     WHEN paid.amount = 0 THEN 'open' ELSE 'part' END
                 FROM (SELECT coalesce((
                     SELECT s.amount FROM aurex.invoice_settled AS s
                     WHERE s.tenant_id = $1 AND s.invoice = invoice.id
                 ), 0) AS amount) AS paid
             )) " + $of + "
             ORDER BY id DESC LIMIT $7",
            $tenant, $until, $filter.state.map(|state| state.code()), $filter.from, $filter.to,
            payment_code($filter.payment), $limit $(, $party)?
        )
    };
}

/// The words of the condition above.
fn payment_code(payment: Option<Payment>) -> Option<&'static str> {
    payment.map(|payment| match payment {
        Payment::Open => "open",
        Payment::Part => "part",
        Payment::Full => "full",
    })
}

#[async_trait]
impl BillReads for PostgresTurn<'_> {
    async fn known_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        self.everything_for_bill(needs).await
    }

    async fn series(&mut self, kind: SeriesKind, prefix: &Label, year: i32) -> Read<Option<Series>> {
        let row = series!(
            "AND kind = $2 AND prefix = $3 AND year = $4",
            self.tenant.uuid(),
            kind.code(),
            prefix.as_str(),
            i64::from(year)
        );
        read_one(self.held.optional(row).await?, self.tenant)
    }

    async fn invoice(&mut self, id: InvoiceId) -> Read<Option<Bill>> {
        let bill = sqlx::query!(
            r#"SELECT row_to_json(i) AS "invoice!: Json<InvoiceRow>",
                   (SELECT coalesce(json_agg(l ORDER BY l.line), '[]') FROM aurex.invoice_line AS l
                    WHERE l.tenant_id = $1 AND l.invoice = $2) AS "lines!: Json<Vec<InvoiceLineRow>>",
                   s.currency AS "currency?", s.amount AS "amount?"
               FROM aurex.invoice AS i
               LEFT JOIN aurex.invoice_settled AS s ON s.tenant_id = $1 AND s.invoice = i.id
               WHERE i.tenant_id = $1 AND i.id = $2"#,
            self.tenant.uuid(),
            id.uuid()
        );
        let Some(bill) = self.held.optional(bill).await? else { return Ok(None) };
        let invoice = bill.invoice.0.read(self.tenant)?;
        let settled = match bill.amount.zip(bill.currency) {
            Some((amount, currency)) => money(amount, &currency)?,
            None => Money::zero(invoice.payable.currency()),
        };
        Ok(Some(Bill { invoice, lines: read_all(bill.lines.0, self.tenant)?, settled }))
    }

    async fn invoice_parties(&mut self, id: InvoiceId) -> Read<Option<InvoiceParties>> {
        let row = invoice_parties!("AND invoice = $2", self.tenant.uuid(), id.uuid());
        read_one(self.held.optional(row).await?, self.tenant)
    }

    async fn bills_saying(
        &mut self,
        party: PartyId,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<InvoiceParties, InvoiceId>> {
        let (until, limit) = before(page);
        let rows = invoice_parties!(
            "AND party = $2 AND invoice < $3 ORDER BY invoice DESC LIMIT $4",
            self.tenant.uuid(),
            party.uuid(),
            until,
            limit
        );
        paged(self.held.all(rows).await?, self.tenant, page.limit, |row| row.invoice)
    }

    /// Two hops, the second for what is settled of the page's bills.
    async fn invoices(
        &mut self,
        filter: InvoiceFilter,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<(Invoice, Money), InvoiceId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        // Two texts of one statement: a party has an index, which a condition that may be absent could not use.
        let rows = match filter.party.map(|party| party.uuid()) {
            Some(party) => {
                let of_party = wanted_invoices!("AND party = $8", tenant, until, filter, limit, party);
                self.held.all(of_party).await?
            }
            None => self.held.all(wanted_invoices!("", tenant, until, filter, limit)).await?,
        };
        let bills = read_all(rows, self.tenant)?;
        let settled = self.settled(&bills).await?;
        let bills = bills.into_iter().zip(settled).collect();
        Ok(Page::of(bills, page.limit, |(bill, _): &(Invoice, Money)| bill.id))
    }

    async fn receipt(&mut self, id: ReceiptId) -> Read<Option<ReceiptWithSettlements>> {
        let receipt = sqlx::query!(
            r#"SELECT row_to_json(r) AS "receipt!: Json<PaymentReceiptRow>",
                   (SELECT coalesce(json_agg(s ORDER BY s.line), '[]') FROM aurex.settlement AS s
                    WHERE s.tenant_id = $1 AND s.receipt = $2) AS "settlements!: Json<Vec<SettlementRow>>"
               FROM aurex.receipt AS r WHERE r.tenant_id = $1 AND r.id = $2"#,
            self.tenant.uuid(),
            id.uuid()
        );
        let Some(row) = self.held.optional(receipt).await? else { return Ok(None) };
        Ok(Some(ReceiptWithSettlements {
            receipt: row.receipt.0.read(self.tenant)?,
            settlements: read_all(row.settlements.0, self.tenant)?,
        }))
    }

    async fn cash_taken(&mut self, of: &CashQuestion) -> Read<CashTaken> {
        self.read_cash_taken(of).await
    }

    async fn settled_by_booking(&mut self, invoice: InvoiceId, booking: BookingId) -> Read<i64> {
        self.read_settled_by_booking(invoice, booking).await
    }

    async fn cash_of_days(&mut self, from: Date, to: Date, most: u32) -> Read<Vec<CashOfDay>> {
        self.read_cash_of_days(from, to, most).await
    }

    async fn receipts(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<ReceiptId>,
    ) -> Read<Page<PaymentReceipt, ReceiptId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        let rows = match of.map(|party| party.uuid()) {
            Some(party) => {
                let of_party = receipt!(
                    "AND party = $2 AND id < $3 ORDER BY id DESC LIMIT $4",
                    tenant,
                    party,
                    until,
                    limit
                );
                self.held.all(of_party).await?
            }
            None => {
                let all = receipt!("AND id < $2 ORDER BY id DESC LIMIT $3", tenant, until, limit);
                self.held.all(all).await?
            }
        };
        paged(rows, self.tenant, page.limit, |receipt| receipt.id)
    }
}
