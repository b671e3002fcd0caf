//! Deeds that close the books, drawn and played: the lock goes forward and back, and all that is tried meanwhile is refused or
//! done on every store alike.

use proptest::option::weighted;
use proptest::prelude::*;

use super::deeds::{Pick, pick};
use super::player::{Player, picked};
use super::vouchers::by_hand;
use crate::measure::Metal;
use crate::service::Presented;
use crate::service::shop as service;
use crate::shop::accounts::{For, Office};
use crate::shop::vouchers::{NewJournalVoucher, VoucherAccount};
use crate::store::PageRequest;
use crate::tenancy::Scope;
use crate::text::Note;
use crate::time::plus_days;

/// One of them; days count from today.
#[derive(Debug, Clone, Copy)]
pub(super) enum ClosingDeed {
    Lock { days: i64 },
    Unlock { days: Option<i64> },
    Write { debit: u8, credit: u8, minor: i64, days: Option<i64> },
    Unwrite { voucher: Pick },
    Look,
}

/// Mostly a day before today is locked: a shop that closed today does nothing else.
pub(super) fn closing() -> impl Strategy<Value = ClosingDeed> {
    let day = prop_oneof![5 => -3_i64..0, 1 => 0_i64..2];
    prop_oneof![
        2 => day.prop_map(|days| ClosingDeed::Lock { days }),
        3 => weighted(0.5, -4_i64..0).prop_map(|days| ClosingDeed::Unlock { days }),
        5 => (0_u8..9, 0_u8..9, -1_i64..2_000_000, weighted(0.2, -3_i64..2))
            .prop_map(|(debit, credit, minor, days)| ClosingDeed::Write { debit, credit, minor, days }),
        2 => pick().prop_map(|voucher| ClosingDeed::Unwrite { voucher }),
        1 => Just(ClosingDeed::Look),
    ]
}

impl Player {
    /// Plays one of them.
    pub(super) async fn close(&mut self, scope: &Scope, presented: Option<&Presented>, deed: ClosingDeed) {
        let (road, today) = (self.shop.road.clone(), self.shop.today());
        match deed {
            ClosingDeed::Lock { days } => {
                let answer = service::lock_books(&road, scope, plus_days(today, days)).await;
                self.noted("books.lock", answer);
            }
            ClosingDeed::Unlock { days } => {
                let through = days.map(|days| plus_days(today, days));
                let reason = Note::new("A bill of the supplier came late").unwrap();
                let answer = service::unlock_books(&road, scope, through, reason).await;
                self.noted("books.unlock", answer);
            }
            ClosingDeed::Write { debit, credit, minor, days } => {
                let (debit, credit) = (self.line(debit).await, self.line(credit).await);
                let date = days.map(|days| plus_days(today, days));
                let new = NewJournalVoucher { date, ..by_hand(debit, credit, minor) };
                let answer = service::record_journal_voucher(&road, scope, presented, &new).await;
                let made = self.noted("journal_voucher.record", answer);
                self.by_hand.extend(made.map(|whole| whole.voucher.id));
            }
            ClosingDeed::Unwrite { voucher } => {
                let (id, reason) = (picked(&self.by_hand, voucher), Note::new("Written twice").unwrap());
                let answer = service::reverse_journal_voucher(&road, scope, presented, id, reason).await;
                self.noted("journal_voucher.reverse", answer);
            }
            ClosingDeed::Look => {
                let few = PageRequest::first(2);
                self.read("vouchers", service::journal_vouchers(&road, scope, few).await);
                let last = picked(&self.by_hand, Pick(Some(0)));
                self.read("voucher", service::journal_voucher(&road, scope, last).await);
            }
        }
    }

    /// What a line of a voucher is on: mostly what vouchers are written on, and one account that documents keep.
    async fn line(&self, place: u8) -> VoucherAccount {
        let accounts = [
            For::Cash,
            For::Bank,
            For::Office(Office::Rent),
            For::Office(Office::Capital),
            For::InputCgst,
            For::StockCost(Metal::Gold),
        ];
        match (accounts.get(usize::from(place)), place) {
            (Some(purpose), _) => self.shop.line_for(*purpose).await,
            (None, 6) => VoucherAccount::Party(self.traders[0]),
            (None, _) => VoucherAccount::Party(picked(&self.parties, Pick(Some(place)))),
        }
    }
}
