//! Vouchers that move metal, and payments.

use async_trait::async_trait;
use aurex_core::shop::metal::{MetalVoucher, MetalVoucherId, WholeMetalVoucher};
use aurex_core::shop::parties::PartyId;
use aurex_core::shop::payments::{OutgoingPayment, PaymentId};
use aurex_core::store::{MetalReads, MetalVoucherFilter, Page, PageRequest, Read};
use aurex_core::tenancy::Id as _;
use aurex_core::text::Label;
use aurex_core::time::Date;

use super::{before, paged};
use crate::rows::{metal_voucher, metal_voucher_line, payment, read_all, read_one};
use crate::turn::SqliteTurn;

#[async_trait]
impl MetalReads for SqliteTurn<'_> {
    /// Two hops, the second for the lines.
    async fn metal_voucher(&mut self, id: MetalVoucherId) -> Read<Option<WholeMetalVoucher>> {
        let tenant = self.tenant.uuid();
        let head = self.held.optional(metal_voucher!("AND id = ?", tenant, id.uuid())).await?;
        let Some(voucher) = read_one(head, self.tenant)? else { return Ok(None) };
        let lines = metal_voucher_line!("AND voucher = ? ORDER BY line", tenant, id.uuid());
        let lines = read_all(self.held.all(lines).await?, self.tenant)?;
        Ok(Some(WholeMetalVoucher { voucher, lines }))
    }

    async fn metal_vouchers(
        &mut self,
        filter: MetalVoucherFilter,
        page: PageRequest<MetalVoucherId>,
    ) -> Read<Page<MetalVoucher, MetalVoucherId>> {
        let (until, limit) = before(page);
        let rows = metal_voucher!(
            "AND id < ? AND kind = coalesce(?, kind) AND state = coalesce(?, state)
             AND business_date >= coalesce(?, business_date) AND business_date <= coalesce(?, business_date)
             AND (? IS NULL OR party = ?) ORDER BY id DESC LIMIT ?",
            self.tenant.uuid(),
            until,
            filter.kind.map(|kind| kind.code()),
            filter.state.map(|state| state.code()),
            filter.from.map(|date| date.to_string()),
            filter.to.map(|date| date.to_string()),
            filter.party.map(|party| party.uuid()),
            filter.party.map(|party| party.uuid()),
            limit
        );
        paged(self.held.all(rows).await?, self.tenant, page.limit, |voucher| voucher.id)
    }

    async fn purchase_of_bill(
        &mut self,
        party: PartyId,
        number: &Label,
        year: i32,
    ) -> Read<Option<MetalVoucher>> {
        let row = metal_voucher!(
            "AND party = ? AND reference = ? AND reference_year = ? AND reference IS NOT NULL AND state = 'recorded'",
            self.tenant.uuid(),
            party.uuid(),
            number.as_str(),
            i64::from(year)
        );
        read_one(self.held.optional(row).await?, self.tenant)
    }

    async fn payment(&mut self, id: PaymentId) -> Read<Option<OutgoingPayment>> {
        let row = self.held.optional(payment!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn payments(
        &mut self,
        to: Option<PartyId>,
        page: PageRequest<PaymentId>,
    ) -> Read<Page<OutgoingPayment, PaymentId>> {
        let (until, limit) = before(page);
        let tenant = self.tenant.uuid();
        let rows = match to.map(|party| party.uuid()) {
            Some(party) => {
                let to_party = payment!(
                    "AND party = ? AND id < ? ORDER BY id DESC LIMIT ?",
                    tenant,
                    party,
                    until,
                    limit
                );
                self.held.all(to_party).await?
            }
            None => {
                self.held.all(payment!("AND id < ? ORDER BY id DESC LIMIT ?", tenant, until, limit)).await?
            }
        };
        paged(rows, self.tenant, page.limit, |payment| payment.id)
    }

    async fn cash_paid(&mut self, to: PartyId, date: Date) -> Read<i64> {
        let paid = sqlx::query!(
            r#"SELECT coalesce(sum(paid.amount), 0) AS "paid!: i64" FROM (
                   SELECT amount FROM payment
                   WHERE tenant_id = ?1 AND party = ?2 AND business_date = ?3
                     AND mode IN ('cash', 'cash_deposit') AND state = 'recorded'
                   UNION ALL
                   SELECT amount FROM refund
                   WHERE tenant_id = ?1 AND party = ?2 AND business_date = ?3
                     AND mode IN ('cash', 'cash_deposit') AND state = 'paid'
               ) AS paid"#,
            self.tenant.uuid(),
            to.uuid(),
            date.to_string()
        );
        Ok(self.held.optional(paid).await?.map_or(0, |sum| sum.paid))
    }

    async fn old_metal_open(&mut self, of: PartyId) -> Read<i64> {
        let open = sqlx::query!(
            r#"SELECT coalesce(sum(total - settled), 0) AS "open!: i64" FROM metal_voucher
               WHERE tenant_id = ? AND party = ? AND kind = 'old_metal_purchase' AND state = 'recorded'"#,
            self.tenant.uuid(),
            of.uuid()
        );
        Ok(self.held.optional(open).await?.map_or(0, |sum| sum.open))
    }

    async fn exchange_given_back(&mut self, of: PartyId) -> Read<i64> {
        let beyond = sqlx::query!(
            r#"SELECT coalesce(sum(max(used.metal - (i.payable + i.debited - i.credited), 0)), 0) AS "minor!: i64"
               FROM (
                   SELECT s.invoice, sum(s.amount) AS metal
                   FROM receipt AS r
                   JOIN metal_voucher AS m
                     ON m.tenant_id = ?1 AND m.id = r.old_metal AND m.rate_kind = 'exchange'
                   JOIN settlement AS s ON s.tenant_id = ?1 AND s.receipt = r.id
                   WHERE r.tenant_id = ?1 AND r.party = ?2 AND r.mode = 'old_metal' AND r.state = 'recorded'
                   GROUP BY s.invoice
               ) AS used
               JOIN invoice AS i ON i.tenant_id = ?1 AND i.id = used.invoice"#,
            self.tenant.uuid(),
            of.uuid()
        );
        Ok(self.held.optional(beyond).await?.map_or(0, |sum| sum.minor))
    }
}
