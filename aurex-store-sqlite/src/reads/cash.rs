//! Cash that was taken, for the law's limits.

use aurex_core::shop::bookings::BookingId;
use aurex_core::shop::cash::{CashOfDay, CashQuestion, CashTaken, PaidBy, SettledInCash};
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::parties::PartyId;
use aurex_core::store::Read;
use aurex_core::tenancy::Id as _;
use aurex_core::time::Date;
use uuid::Uuid;

use super::hex_ids;
use crate::rows::column;
use crate::turn::SqliteTurn;

impl SqliteTurn<'_> {
    /// One statement for the person, a second only where a bill or a booking is named.
    pub(super) async fn read_cash_taken(&mut self, of: &CashQuestion) -> Read<CashTaken> {
        let mut taken = CashTaken::default();
        let of_persons = sqlx::query!(
            r#"SELECT taken.part AS "part!: String", taken.party AS "party!: Uuid", p.phone, p.gstin, p.pan AS "pan: Vec<u8>",
                   coalesce(sum(taken.amount), 0) AS "minor!: i64"
               FROM (
                   SELECT 'day' AS part, party, amount FROM receipt
                   WHERE tenant_id = ?1 AND business_date = ?2 AND state = 'recorded'
                     AND mode IN ('cash', 'cash_deposit', 'cheque_other')
                   UNION ALL
                   SELECT 'day', party, amount FROM advance
                   WHERE tenant_id = ?1 AND business_date = ?2 AND state = 'taken'
                     AND mode IN ('cash', 'cash_deposit', 'cheque_other')
                   UNION ALL
                   SELECT 'occasion', party, amount FROM receipt
                   WHERE tenant_id = ?1 AND occasion = ?3 AND state = 'recorded'
                     AND mode IN ('cash', 'cash_deposit', 'cheque_other')
                   UNION ALL
                   SELECT 'occasion', party, amount FROM advance
                   WHERE tenant_id = ?1 AND occasion = ?3 AND state = 'taken'
                     AND mode IN ('cash', 'cash_deposit', 'cheque_other')
               ) AS taken
               JOIN party AS p ON p.tenant_id = ?1 AND p.id = taken.party
               GROUP BY taken.part, taken.party, p.phone, p.gstin, p.pan"#,
            self.tenant.uuid(),
            of.date.to_string(),
            of.occasion.as_ref().map(|of| of.as_str())
        );
        for row in self.held.all(of_persons).await? {
            let paid = PaidBy {
                party: PartyId::from_uuid(row.party),
                phone: column(row.phone)?,
                gstin: column(row.gstin)?,
                pan: column(row.pan)?,
                minor: row.minor,
            };
            if row.part == "day" { taken.day.push(paid) } else { taken.occasion.push(paid) }
        }
        if of.bills.is_empty() && of.bookings.is_empty() {
            return Ok(taken);
        }
        let of_transactions = sqlx::query!(
            r#"SELECT 'bill' AS "part!: String", s.invoice AS "of!: Uuid", a.booking AS "booking?: Uuid", coalesce(sum(s.amount), 0) AS "minor!: i64"
               FROM settlement AS s
               JOIN receipt AS r ON r.tenant_id = ?1 AND r.id = s.receipt AND r.state = 'recorded'
               LEFT JOIN advance AS a ON a.tenant_id = ?1 AND a.id = r.advance
               WHERE s.tenant_id = ?1 AND s.invoice IN (SELECT unhex(value) FROM json_each(?2))
                 AND (r.mode IN ('cash', 'cash_deposit', 'cheque_other') OR a.mode IN ('cash', 'cash_deposit', 'cheque_other'))
               GROUP BY s.invoice, a.booking
               UNION ALL
               SELECT 'booking', booking, NULL, coalesce(sum(amount), 0) FROM advance
               WHERE tenant_id = ?1 AND booking IN (SELECT unhex(value) FROM json_each(?3)) AND state = 'taken'
                 AND mode IN ('cash', 'cash_deposit', 'cheque_other')
               GROUP BY booking"#,
            self.tenant.uuid(),
            hex_ids(of.bills.iter().map(|id| id.uuid())),
            hex_ids(of.bookings.iter().map(|id| id.uuid()))
        );
        for row in self.held.all(of_transactions).await? {
            if row.part == "bill" {
                let (invoice, booking) =
                    (InvoiceId::from_uuid(row.of), row.booking.map(BookingId::from_uuid));
                taken.bills.push(SettledInCash { invoice, booking, minor: row.minor });
            } else {
                taken.bookings.push((BookingId::from_uuid(row.of), row.minor));
            }
        }
        Ok(taken)
    }

    pub(super) async fn read_cash_of_days(
        &mut self,
        from: Date,
        to: Date,
        most: u32,
    ) -> Read<Vec<CashOfDay>> {
        let of_days = sqlx::query!(
            r#"SELECT moved.party AS "party!: Uuid", moved.business_date AS "date!: String", p.name, p.phone, p.gstin, p.pan AS "pan: Vec<u8>", coalesce(sum(moved.received), 0) AS "received!: i64", coalesce(sum(moved.paid_out), 0) AS "paid_out!: i64"
               FROM (
                   SELECT party, business_date, amount AS received, 0 AS paid_out FROM receipt
                   WHERE tenant_id = ?1 AND business_date BETWEEN ?2 AND ?3 AND state = 'recorded'
                     AND mode IN ('cash', 'cash_deposit', 'cheque_other')
                   UNION ALL
                   SELECT party, business_date, amount, 0 FROM advance
                   WHERE tenant_id = ?1 AND business_date BETWEEN ?2 AND ?3 AND state = 'taken'
                     AND mode IN ('cash', 'cash_deposit', 'cheque_other')
                   UNION ALL
                   SELECT party, business_date, 0, amount FROM payment
                   WHERE tenant_id = ?1 AND business_date BETWEEN ?2 AND ?3 AND state = 'recorded'
                     AND mode IN ('cash', 'cash_deposit')
                   UNION ALL
                   SELECT party, business_date, 0, amount FROM refund
                   WHERE tenant_id = ?1 AND business_date BETWEEN ?2 AND ?3 AND state = 'paid'
                     AND mode IN ('cash', 'cash_deposit')
               ) AS moved
               JOIN party AS p ON p.tenant_id = ?1 AND p.id = moved.party
               GROUP BY moved.party, moved.business_date, p.name, p.phone, p.gstin, p.pan
               ORDER BY moved.party, moved.business_date LIMIT ?4"#,
            self.tenant.uuid(),
            from.to_string(),
            to.to_string(),
            i64::from(most)
        );
        let mut days = Vec::new();
        for row in self.held.all(of_days).await? {
            days.push(CashOfDay {
                date: column(row.date)?,
                party: PartyId::from_uuid(row.party),
                name: column(row.name)?,
                phone: column(row.phone)?,
                gstin: column(row.gstin)?,
                pan: column(row.pan)?,
                received: row.received,
                paid_out: row.paid_out,
            });
        }
        Ok(days)
    }

    pub(super) async fn read_settled_by_booking(
        &mut self,
        invoice: InvoiceId,
        booking: BookingId,
    ) -> Read<i64> {
        let settled = sqlx::query!(
            r#"SELECT coalesce(sum(s.amount), 0) AS "minor!: i64"
               FROM settlement AS s
               JOIN receipt AS r ON r.tenant_id = ?1 AND r.id = s.receipt
               JOIN advance AS a ON a.tenant_id = ?1 AND a.id = r.advance AND a.booking = ?3
               WHERE s.tenant_id = ?1 AND s.invoice = ?2"#,
            self.tenant.uuid(),
            invoice.uuid(),
            booking.uuid()
        );
        Ok(self.held.optional(settled).await?.map_or(0, |sum| sum.minor))
    }
}
