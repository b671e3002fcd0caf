//! Cash that was taken, in the reference store.

use std::collections::BTreeMap;

use super::super::Read;
use super::state::{State, out_of_range};
use crate::shop::bookings::{Advance, AdvanceState, BookingId};
use crate::shop::cash::{CashOfDay, CashQuestion, CashTaken, PaidBy, SettledInCash};
use crate::shop::invoices::InvoiceId;
use crate::shop::parties::{Party, PartyId};
use crate::shop::payments::OutgoingPayment;
use crate::shop::receipts::{PaymentReceipt, ReceiptState, Settlement};
use crate::shop::refunds::{Refund, RefundState};
use crate::text::Label;
use crate::time::Date;

/// A receipt or an advance in cash that stands.
struct Taken<'s> {
    party: PartyId,
    date: Date,
    occasion: Option<&'s Label>,
    minor: i64,
}

impl State {
    fn in_cash(&self) -> impl Iterator<Item = Taken<'_>> {
        let receipts = self.rows::<PaymentReceipt>().filter(|row| row.state == ReceiptState::Recorded);
        let receipts = receipts.filter(|row| row.mode.counts_as_cash_taken()).map(|row| Taken {
            party: row.party,
            date: row.business_date,
            occasion: row.occasion.as_ref(),
            minor: row.amount.minor(),
        });
        let advances = self.ahead_in_cash().map(|row| Taken {
            party: row.party,
            date: row.business_date,
            occasion: row.occasion.as_ref(),
            minor: row.amount.minor(),
        });
        receipts.chain(advances)
    }

    fn ahead_in_cash(&self) -> impl Iterator<Item = &Advance> {
        let stands = |row: &&Advance| row.state == AdvanceState::Taken && row.mode.counts_as_cash_taken();
        self.rows::<Advance>().filter(stands)
    }

    fn paid_by<'s>(&'s self, taken: impl Iterator<Item = Taken<'s>>) -> Read<Vec<PaidBy>> {
        let mut paid: Vec<PaidBy> = Vec::new();
        for row in taken {
            match paid.iter_mut().find(|of| of.party == row.party) {
                Some(of) => of.minor = of.minor.checked_add(row.minor).ok_or_else(out_of_range)?,
                None => {
                    let party = self.get::<Party>(&[&row.party]);
                    paid.push(PaidBy {
                        party: row.party,
                        phone: party.and_then(|party| party.phone.clone()),
                        gstin: party.and_then(|party| party.gstin.clone()),
                        pan: party.and_then(|party| party.pan.clone()),
                        minor: row.minor,
                    });
                }
            }
        }
        Ok(paid)
    }

    /// The booking of the advance with which a receipt settles, where it does so in cash.
    fn settles_in_cash(&self, of: &Settlement) -> Option<Option<BookingId>> {
        let receipt = self.get::<PaymentReceipt>(&[&of.receipt])?;
        if receipt.state != ReceiptState::Recorded {
            return None;
        }
        if receipt.mode.counts_as_cash_taken() {
            return Some(None);
        }
        let advance = self.get::<Advance>(&[&receipt.advance?])?;
        advance.mode.counts_as_cash_taken().then_some(advance.booking)
    }

    pub(super) fn cash_taken(&self, of: &CashQuestion) -> Read<CashTaken> {
        let day = self.paid_by(self.in_cash().filter(|row| row.date == of.date))?;
        let for_it = |row: &Taken<'_>| of.occasion.is_some() && row.occasion == of.occasion.as_ref();
        let occasion = self.paid_by(self.in_cash().filter(for_it))?;
        let mut bills: Vec<SettledInCash> = Vec::new();
        for row in self.rows::<Settlement>().filter(|row| of.bills.contains(&row.invoice)) {
            let Some(booking) = self.settles_in_cash(row) else { continue };
            bills.push(SettledInCash { invoice: row.invoice, booking, minor: row.amount.minor() });
        }
        let ahead = self.ahead_in_cash().filter_map(|row| Some((row.booking?, row.amount.minor())));
        let bookings = ahead.filter(|(booking, _)| of.bookings.contains(booking)).collect();
        Ok(CashTaken { day, occasion, bills, bookings })
    }

    /// Each party's cash of a day: what came, and what went.
    fn passed(&self) -> impl Iterator<Item = (PartyId, Date, i64, i64)> {
        let came = self.in_cash().map(|row| (row.party, row.date, row.minor, 0));
        let paid = self.rows::<OutgoingPayment>();
        let paid = paid.filter(|row| row.state == ReceiptState::Recorded && row.mode.is_cash());
        let back = self.rows::<Refund>().filter(|row| row.state == RefundState::Paid && row.mode.is_cash());
        let paid = paid.map(|row| (row.party, row.business_date, 0, row.amount.minor()));
        came.chain(paid).chain(back.map(|row| (row.party, row.business_date, 0, row.amount.minor())))
    }

    pub(super) fn cash_of_days(&self, from: Date, to: Date, most: u32) -> Read<Vec<CashOfDay>> {
        let mut days: BTreeMap<(PartyId, Date), (i64, i64)> = BTreeMap::new();
        for (party, date, came, went) in self.passed().filter(|(_, date, ..)| (from..=to).contains(date)) {
            let sums = days.entry((party, date)).or_default();
            sums.0 = sums.0.checked_add(came).ok_or_else(out_of_range)?;
            sums.1 = sums.1.checked_add(went).ok_or_else(out_of_range)?;
        }
        let mut found = Vec::new();
        for ((party, date), (received, paid_out)) in
            days.into_iter().take(most.try_into().unwrap_or(usize::MAX))
        {
            let Some(of) = self.get::<Party>(&[&party]) else { continue };
            found.push(CashOfDay {
                date,
                party,
                name: of.name.clone(),
                phone: of.phone.clone(),
                gstin: of.gstin.clone(),
                pan: of.pan.clone(),
                received,
                paid_out,
            });
        }
        Ok(found)
    }

    pub(super) fn settled_by_booking(&self, invoice: InvoiceId, booking: BookingId) -> Read<i64> {
        let of_booking = |row: &&Settlement| {
            let advance = self.get::<PaymentReceipt>(&[&row.receipt]).and_then(|receipt| receipt.advance);
            let advance = advance.and_then(|id| self.get::<Advance>(&[&id]));
            row.invoice == invoice && advance.is_some_and(|advance| advance.booking == Some(booking))
        };
        let mut settled = self.rows::<Settlement>().filter(of_booking).map(|row| row.amount.minor());
        settled.try_fold(0_i64, i64::checked_add).ok_or_else(out_of_range)
    }
}
