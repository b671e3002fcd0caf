//! The shop's kept sums and unique indexes in the reference store.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{Fact, StoreError};
use super::state::{State, out_of_range};
use crate::measure::{FineMass, Mass};
use crate::money::Money;
use crate::shop::bookings::{Advance, Booking};
use crate::shop::invoices::{Invoice, InvoiceId};
use crate::shop::metal::{MetalVoucher, MetalVoucherState};
use crate::shop::notes::BillNote;
use crate::shop::payments::OutgoingPayment;
use crate::shop::receipts::PaymentReceipt;
use crate::shop::refunds::Refund;
use crate::shop::stock::{Item, ItemState, LotId, OnHand};
use crate::shop::vouchers::JournalVoucher;

/// Sums kept in the transaction of what they sum.
#[derive(Debug, Clone, Default)]
pub(super) struct ShopSums {
    pub(super) on_hand: Arc<BTreeMap<LotId, OnHand>>,
    pub(super) settled: Arc<BTreeMap<InvoiceId, Money>>,
}

/// Whether a unique index of the shop's refuses the row.
pub(super) fn collides(state: &State, fact: &Fact) -> bool {
    match fact {
        Fact::Item(new) => state.rows::<Item>().any(|row| {
            let same_huid = row.huid.is_some() && row.huid == new.huid;
            let both_live = row.state.is_live() && new.state.is_live();
            let withdrawn = row.state == ItemState::Withdrawn || new.state == ItemState::Withdrawn;
            row.id != new.id && ((row.tag == new.tag && !withdrawn) || (same_huid && both_live))
        }),
        Fact::Invoice(new) => state.rows::<Invoice>().any(|row| row.id != new.id && row.number == new.number),
        Fact::PaymentReceipt(new) => {
            state.rows::<PaymentReceipt>().any(|row| row.id != new.id && row.number == new.number)
        }
        Fact::BillNote(new) => {
            state.rows::<BillNote>().any(|row| row.id != new.id && row.number == new.number)
        }
        Fact::Refund(new) => state.rows::<Refund>().any(|row| row.id != new.id && row.number == new.number),
        Fact::MetalVoucher(new) => state.rows::<MetalVoucher>().any(|row| {
            let bill = |of: &MetalVoucher| {
                let stands = of.state == MetalVoucherState::Recorded;
                of.reference.clone().filter(|_| stands).map(|number| (of.party, number, of.reference_year))
            };
            let same_bill = bill(row).is_some() && bill(row) == bill(new);
            row.id != new.id && (row.number == new.number || same_bill)
        }),
        Fact::OutgoingPayment(new) => {
            state.rows::<OutgoingPayment>().any(|row| row.id != new.id && row.number == new.number)
        }
        Fact::Booking(new) => state.rows::<Booking>().any(|row| row.id != new.id && row.number == new.number),
        Fact::JournalVoucher(new) => {
            state.rows::<JournalVoucher>().any(|row| row.id != new.id && row.number == new.number)
        }
        Fact::Advance(new) => state.rows::<Advance>().any(|row| row.id != new.id && row.number == new.number),
        _ => false,
    }
}

impl ShopSums {
    /// Adds a row to the sums that it belongs to.
    pub(super) fn derive(&mut self, fact: &Fact) -> Result<(), StoreError> {
        match fact {
            Fact::StockMovement(movement) => {
                let Some(lot) = movement.lot else { return Ok(()) };
                let on_hand = Arc::make_mut(&mut self.on_hand);
                let kept = on_hand.entry(lot).or_insert(OnHand {
                    mass: Mass::ZERO,
                    fine: FineMass::ZERO,
                    cost: Money::zero(movement.cost.currency()),
                });
                kept.mass = kept.mass.checked_add(movement.mass).map_err(|_| out_of_range())?;
                kept.fine = kept.fine.checked_add(movement.fine).map_err(|_| out_of_range())?;
                kept.cost = kept.cost.checked_add(movement.cost).map_err(|_| out_of_range())?;
                if kept.mass.is_negative() {
                    return Err(out_of_range());
                }
            }
            Fact::Settlement(settlement) => {
                let settled = Arc::make_mut(&mut self.settled);
                let sum = settled
                    .entry(settlement.invoice)
                    .or_insert_with(|| Money::zero(settlement.amount.currency()));
                *sum = sum.checked_add(settlement.amount).map_err(|_| out_of_range())?;
            }
            _ => {}
        }
        Ok(())
    }
}
