//! Cash and the law's limits: the one check that receipts, advances and money paid with a booking pass.

use super::books::{BooksRefusal, MOST_ROWS};
use crate::identity::vault::Cell;
use crate::money::Money;
use crate::service::{Road, ServiceError};
use crate::shop::bookings::{BookingId, NewAdvance};
use crate::shop::books::{PersonsCash, by_person};
use crate::shop::cash::{CashQuestion, CashTaken, NewCash, Payer, bookings_of, check_cash};
use crate::shop::identifiers::{Gstin, Pan};
use crate::shop::invoices::Bill;
use crate::shop::parties::{Party, PartyId, SealedPan};
use crate::shop::receipts::{NewReceipt, PaymentMode, ReceiptKnown};
use crate::store::{Reader, StoreError, Writer};
use crate::tenancy::Scope;
use crate::text::Label;
use crate::time::Date;

/// A party's PAN, from its own field or out of the GSTIN.
fn pan_of(
    road: &Road,
    scope: &Scope,
    party: PartyId,
    pan: Option<&SealedPan>,
    gstin: Option<&Gstin>,
) -> Result<Option<Pan>, ServiceError> {
    let Some(sealed) = pan else { return Ok(gstin.map(Gstin::pan).cloned()) };
    let cell = Cell { tenant: scope.tenant(), table: "party", column: "pan", row: &party.to_string() };
    let opened = road.secrets.vault.open(cell, &sealed.sealed).map_err(StoreError::failed)?;
    Ok(Some(Pan::parse(&opened).map_err(|_| StoreError::corrupt("a sealed PAN that is none"))?))
}

/// The cash of a period, by person.
pub(super) async fn cash_by_person(
    road: &Road,
    scope: &Scope,
    reader: &mut dyn Reader,
    (from, to): (Date, Date),
) -> Result<Vec<PersonsCash>, ServiceError> {
    let most = u32::try_from(MOST_ROWS).unwrap_or(u32::MAX);
    let rows = reader.cash_of_days(from, to, most.saturating_add(1)).await?;
    if rows.len() > MOST_ROWS {
        return Err(BooksRefusal::TooLong.into());
    }
    let mut known = Vec::with_capacity(rows.len());
    for row in rows {
        let pan = pan_of(road, scope, row.party, row.pan.as_ref(), row.gstin.as_ref())?;
        known.push((row, pan));
    }
    Ok(by_person(known))
}

/// Who a party is for the law, whichever of their records pays.
fn payer(road: &Road, scope: &Scope, party: &Party) -> Result<Payer, ServiceError> {
    let (tenant, vault) = (scope.tenant(), &road.secrets.vault);
    let pan = pan_of(road, scope, party.id, party.pan.as_ref(), party.gstin.as_ref())?;
    let lookups =
        pan.as_ref().map(|pan| vault.lookups(tenant, "party.pan", pan.reveal())).unwrap_or_default();
    Ok(Payer { party: party.id, phone: party.phone.clone(), pan, lookups })
}

async fn taken(
    turn: &mut dyn Writer,
    date: Date,
    occasion: Option<&Label>,
    bills: &[Bill],
    booking: Option<BookingId>,
) -> Result<CashTaken, ServiceError> {
    let mut bookings: Vec<_> = bills.iter().flat_map(bookings_of).chain(booking).collect();
    bookings.sort_unstable();
    bookings.dedup();
    let occasion = occasion.map(|of| Label::new(of.as_str().to_lowercase())).transpose();
    let asked = CashQuestion {
        date,
        occasion: occasion.map_err(StoreError::failed)?,
        bills: bills.iter().map(|bill| bill.invoice.id).collect(),
        bookings,
    };
    Ok(turn.cash_taken(&asked).await?)
}

/// Holds a receipt to the limits, where it is in cash, or settles with an advance that was.
pub(super) async fn hold_receipt(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    party: &Party,
    new: &NewReceipt,
    known: &ReceiptKnown,
) -> Result<(), ServiceError> {
    let (bills, today) = (&known.bills, known.today);
    let advance = known.advance.as_ref().map(|(advance, _)| advance);
    let by_cash_advance =
        advance.filter(|of| new.mode == PaymentMode::Advance && of.mode.counts_as_cash_taken());
    if !new.mode.counts_as_cash_taken() && by_cash_advance.is_none() {
        return Ok(());
    }
    let taken = taken(turn, today, new.occasion.as_ref(), bills, None).await?;
    let share = |bill: &Bill| {
        let of_bill = new.allocations.iter().find(|(invoice, _)| *invoice == bill.invoice.id);
        of_bill.map_or(0, |(_, amount)| amount.minor())
    };
    // What an advance brought was taken on its own day.
    let amount = if by_cash_advance.is_some() { Money::zero(new.amount.currency()) } else { new.amount };
    let cash = NewCash {
        payer: payer(road, scope, party)?,
        amount,
        bills: bills.iter().map(|bill| (bill, share(bill))).collect(),
        booking: by_cash_advance.and_then(|of| of.booking),
    };
    Ok(check_cash(&cash, &taken, today)?)
}

/// Holds money paid ahead to the limits, where it is in cash.
pub(super) async fn hold_advance(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    party: &Party,
    new: &NewAdvance,
    today: Date,
) -> Result<(), ServiceError> {
    if !new.mode.counts_as_cash_taken() {
        return Ok(());
    }
    let taken = taken(turn, today, new.occasion.as_ref(), &[], new.booking).await?;
    let cash = NewCash {
        payer: payer(road, scope, party)?,
        amount: new.amount,
        bills: Vec::new(),
        booking: new.booking,
    };
    Ok(check_cash(&cash, &taken, today)?)
}
