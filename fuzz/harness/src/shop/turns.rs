//! A turn that is held while others come, filled, and dropped.

use aurex_core::{
    rbac::Action as _,
    shop::{
        actions::PostRate,
        rates::{NewRate, RateChecks, RateId, RateLimits, RatesKnown, decide_post},
    },
    store::{Store as _, StoreError},
    tenancy::Scope,
    time::Zone,
};

use super::{deployment::facts, heard::Heard, play::Play};

const UNCHECKED: RateChecks = RateChecks { most_move: None, limits: RateLimits { may_cross: true } };

impl Play<'_> {
    /// Takes the turn, lets somebody else try something, applies changes, and never commits them.
    pub(super) async fn hold_a_turn(&mut self, scope: &Scope) -> Heard {
        let opened = self.shop.store.writer(scope, &*self.shop.clock).await;
        let Ok(mut turn) = opened else { return Heard::Refused("withdrawn") };
        let operation = self.draw.byte();
        // Turns do not nest, and what happens in the background may be several steps of its own.
        if !matches!(operation % 32, 28 | 30 | 31) {
            let meanwhile = Box::pin(self.operation(operation, scope)).await;
            assert!(matches!(meanwhile, Heard::Nothing | Heard::Refused(_)), "{meanwhile:?} beside a turn");
        }
        let draw = &mut self.draw;
        for _ in 0..draw.byte() % 3 {
            let (now, entropy) = (turn.now(), &*self.shop.road.entropy);
            let new = NewRate::by_hand(
                draw.metal(),
                draw.fineness(),
                draw.rate_kind(),
                draw.money(1_500_000),
                draw.mass(1000),
            );
            let (id, today) = (RateId::new(now, entropy), Zone::INDIA.date_of(now));
            let currency = turn.workspace().await.unwrap().currency;
            let decided = decide_post(&new, &RatesKnown::default(), UNCHECKED, currency, id, now, today);
            let (Ok(change), Ok(permit)) = (decided, scope.permit::<PostRate>()) else { continue };
            let receipt = turn.apply(permit.seal(change, entropy)).await.unwrap();
            assert!(turn.posted_rate(id).await.unwrap().is_some(), "a turn sees what it has done");
            assert_eq!(turn.head().await.unwrap().frontier.size(), receipt.seq + 1);
        }
        match draw.byte() % 3 {
            0 => drop(turn),
            1 => turn.rollback().await,
            _ => {
                // What was sealed in another scope spoils the turn, with all that was in it.
                let other =
                    self.shop.trusted.vouch_for(self.shop.tenant, self.shop.owner, scope.role(), facts());
                let (now, entropy) = (turn.now(), &*self.shop.road.entropy);
                let new = NewRate::by_hand(
                    draw.metal(),
                    draw.fineness(),
                    draw.rate_kind(),
                    aurex_core::money::Money::new(1, aurex_core::money::Currency::INR).unwrap(),
                    aurex_core::measure::Mass::new(1).unwrap(),
                );
                let (id, today) = (RateId::new(now, entropy), Zone::INDIA.date_of(now));
                let change = decide_post(
                    &new,
                    &RatesKnown::default(),
                    UNCHECKED,
                    new.amount.currency(),
                    id,
                    now,
                    today,
                );
                if let Ok(permit) = other.permit::<PostRate>() {
                    let refused = turn.apply(permit.seal(change.unwrap(), entropy)).await;
                    assert!(matches!(refused, Err(StoreError::ForeignSeal)), "{}", PostRate::CODE);
                    assert!(matches!(turn.commit().await, Err(StoreError::Spoiled)));
                }
            }
        }
        Heard::Nothing
    }
}
