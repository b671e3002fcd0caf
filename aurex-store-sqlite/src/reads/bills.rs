//! Bills and receipts.

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
use std::collections::HashMap;
use uuid::Uuid;

use super::{before, hex_ids, paged};
use crate::rows::{
    invoice, invoice_line, invoice_parties, money, read_all, read_one, receipt, series, settlement,
};
use crate::turn::SqliteTurn;

impl SqliteTurn<'_> {
    /// What is settled of each of these bills, by id; nothing, of one that no settlement names.
    async fn settled(&mut self, bills: &[Invoice]) -> Read<Vec<Money>> {
        let ids = hex_ids(bills.iter().map(|bill| bill.id.uuid()));
        let sums = sqlx::query!(
            r#"SELECT invoice AS "invoice: Uuid", currency, amount FROM invoice_settled
               WHERE tenant_id = ? AND invoice IN (SELECT unhex(value) FROM json_each(?))"#,
            self.tenant.uuid(),
            ids
        );
        let mut settled = HashMap::new();
        for sum in self.held.all(sums).await? {
            settled.insert(sum.invoice, money(sum.amount, &sum.currency)?);
        }
        let of = |bill: &Invoice| {
            settled.get(&bill.id.uuid()).copied().unwrap_or_else(|| Money::zero(bill.payable.currency()))
        };
        Ok(bills.iter().map(of).collect())
    }
}

/// The conditions of a list of bills, with the sum settled of each; what they hold for is selected in front of them.
macro_rules! wanted_invoices {
    ($of:literal, $tenant:expr, $until:expr, $filter:expr, $limit:expr, $($party:expr)?) => {{
        let (state, payment) = ($filter.state.map(|state| state.code()), payment_code($filter.payment));
        let (from, to) = ($filter.from.map(|date| date.to_string()), $filter.to.map(|date| date.to_string()));
        invoice!(
            "AND id < ? " + $of + "
             AND state = coalesce(?, state) AND business_date >= coalesce(?, business_date)
             AND business_date <= coalesce(?, business_date)
             AND coalesce(?, 'any') IN ('any', (
                 SELECT CASE WHEN settled >= payable + debited - credited THEN 'full' WHEN settled = 0 THEN 'open' ELSE 'part' END
                 FROM (SELECT coalesce((
                     SELECT amount FROM invoice_settled
                     WHERE tenant_id = invoice.tenant_id AND invoice = invoice.id
                 ), 0) AS settled)
             ))
             ORDER BY id DESC LIMIT ?",
            $tenant, $until, $($party,)? state, from, to, payment, $limit
        )
    }};
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
impl BillReads for SqliteTurn<'_> {
    async fn known_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        self.everything_for_bill(needs).await
    }

    async fn series(&mut self, kind: SeriesKind, prefix: &Label, year: i32) -> Read<Option<Series>> {
        let row = series!(
            "AND kind = ? AND prefix = ? AND year = ?",
            self.tenant.uuid(),
            kind.code(),
            prefix.as_str(),
            year
        );
        read_one(self.held.optional(row).await?, self.tenant)
    }

    /// Three hops.
    async fn invoice(&mut self, id: InvoiceId) -> Read<Option<Bill>> {
        let (tenant, of) = (self.tenant.uuid(), id.uuid());
        let row = self.held.optional(invoice!("AND id = ?", tenant, of)).await?;
        let Some(invoice) = read_one(row, self.tenant)? else { return Ok(None) };
        let lines = self.held.all(invoice_line!("AND invoice = ? ORDER BY line", tenant, of)).await?;
        let lines = read_all(lines, self.tenant)?;
        let settled = self.settled(std::slice::from_ref(&invoice)).await?.into_iter().next();
        let settled = settled.unwrap_or_else(|| Money::zero(invoice.payable.currency()));
        Ok(Some(Bill { invoice, lines, settled }))
    }

    async fn invoice_parties(&mut self, id: InvoiceId) -> Read<Option<InvoiceParties>> {
        let (tenant, of) = (self.tenant.uuid(), id.uuid());
        let row = self.held.optional(invoice_parties!("AND invoice = ?", tenant, of)).await?;
        read_one(row, self.tenant)
    }

    async fn bills_saying(
        &mut self,
        party: PartyId,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<InvoiceParties, InvoiceId>> {
        let (until, limit) = before(page);
        let (tenant, of) = (self.tenant.uuid(), party.uuid());
        let rows = invoice_parties!(
            "AND party = ? AND invoice < ? ORDER BY invoice DESC LIMIT ?",
            tenant,
            of,
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
                let of_party = wanted_invoices!("AND party = ?", tenant, until, filter, limit, party);
                self.held.all(of_party).await?
            }
            None => self.held.all(wanted_invoices!("", tenant, until, filter, limit,)).await?,
        };
        let bills = read_all(rows, self.tenant)?;
        let settled = self.settled(&bills).await?;
        let bills = bills.into_iter().zip(settled).collect();
        Ok(Page::of(bills, page.limit, |(bill, _): &(Invoice, Money)| bill.id))
    }

    /// Two hops.
    async fn receipt(&mut self, id: ReceiptId) -> Read<Option<ReceiptWithSettlements>> {
        let (tenant, of) = (self.tenant.uuid(), id.uuid());
        let row = self.held.optional(receipt!("AND id = ?", tenant, of)).await?;
        let Some(receipt) = read_one(row, self.tenant)? else { return Ok(None) };
        let settlements = self.held.all(settlement!("AND receipt = ? ORDER BY line", tenant, of)).await?;
        Ok(Some(ReceiptWithSettlements { receipt, settlements: read_all(settlements, self.tenant)? }))
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
                    "AND party = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    tenant,
                    party,
                    until,
                    limit
                );
                self.held.all(of_party).await?
            }
            None => {
                self.held.all(receipt!("AND id < ? ORDER BY id DESC LIMIT ?", tenant, until, limit)).await?
            }
        };
        paged(rows, self.tenant, page.limit, |receipt| receipt.id)
    }
}
