//! Deeds that close the books, drawn and played: the lock goes forward and back, and all that is tried meanwhile is refused or
//! done on every store alike.

use proptest::option::weighted;
use proptest::prelude::*;

use super::player::Player;
use crate::service::shop as service;
use crate::tenancy::Scope;
use crate::text::Note;
use crate::time::plus_days;

/// One of them; days count from today.
#[derive(Debug, Clone, Copy)]
pub(super) enum ClosingDeed {
    Lock { days: i64 },
    Unlock { days: Option<i64> },
}

/// Mostly a day before today is locked: a shop that closed today does nothing else.
pub(super) fn closing() -> impl Strategy<Value = ClosingDeed> {
    let day = prop_oneof![5 => -3_i64..0, 1 => 0_i64..2];
    prop_oneof![
        2 => day.prop_map(|days| ClosingDeed::Lock { days }),
        3 => weighted(0.5, -4_i64..0).prop_map(|days| ClosingDeed::Unlock { days }),
    ]
}

impl Player {
    /// Plays one of them.
    pub(super) async fn close(&mut self, scope: &Scope, deed: ClosingDeed) {
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
        }
    }
}
