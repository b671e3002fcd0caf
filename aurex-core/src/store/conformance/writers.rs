//! All or nothing: what a turn leaves behind when it commits, and when it does not.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use super::admission::bare_lot;
use super::forge::insert;
use super::till::*;
use super::world::refusal;
use super::{Shop, World};
use crate::identity::member::Member;
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::actions::{RecordCustomer, RecordLot};
use crate::shop::parties::PartyKind;
use crate::store::{AuditFilter, InvoiceFilter, PageRequest, StoreError, Writer};
use crate::tenancy::{MemberId, Scope};

/// How many lots and log entries there are: what a half-done turn would show.
async fn extent(shop: &Shop) -> (usize, u64) {
    let mut reader = shop.reader().await;
    let lots = reader.lots(PageRequest::first(1000)).await.unwrap().items.len();
    (lots, reader.head().await.unwrap().frontier.size())
}

/// Has a turn apply a change that collides.
async fn collide(shop: &Shop, scope: &Scope, turn: &mut dyn Writer) {
    let id = MemberId::new(turn.now(), &*shop.entropy);
    let twin = Member { id, ..shop.member(Role::Owner).clone() };
    let colliding = insert::<RecordCustomer>(scope, &*shop.entropy, vec![twin.into()]);
    assert!(matches!(refusal(turn.apply(colliding).await), StoreError::Duplicate { .. }));
}

/// A change that collides spoils the turn, with everything applied before it.
pub async fn a_writer_after_a_failed_apply_stores_nothing(world: &World) {
    let shop = world.shop("meena").await;
    let before = extent(&shop).await;
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    let (lot, other) = (bare_lot(&shop), bare_lot(&shop));
    turn.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![lot.into()])).await.unwrap();
    collide(&shop, &scope, &mut *turn).await;
    let sound = insert::<RecordLot>(&scope, &*shop.entropy, vec![other.into()]);
    assert!(matches!(refusal(turn.apply(sound).await), StoreError::Spoiled));
    assert!(matches!(refusal(turn.commit().await), StoreError::Spoiled));
    assert_eq!(extent(&shop).await, before);
}

/// What a spoiled turn read would be half of something, and a decision made from it worse than none.
pub async fn a_writer_after_a_failed_apply_answers_nothing(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    assert!(turn.head().await.is_ok(), "until then it answers");
    collide(&shop, &scope, &mut *turn).await;
    let answers = [
        turn.workspace().await.err(),
        turn.head().await.err(),
        turn.entries(&AuditFilter::default(), PageRequest::first(9)).await.err(),
        turn.members(PageRequest::first(9)).await.err(),
        turn.accounts_for(None).await.err(),
        turn.business().await.err(),
        turn.parties(PartyKind::Customer, None, PageRequest::first(9)).await.err(),
        turn.lots(PageRequest::first(9)).await.err(),
    ];
    for (nth, answer) in answers.into_iter().enumerate() {
        assert!(matches!(answer, Some(StoreError::Spoiled)), "read {nth}: {answer:?}");
    }
}

/// Neither dropping nor rolling back leaves anything, and both hand the turn on.
pub async fn a_dropped_writer_rolls_back(world: &World) {
    let shop = world.shop("meena").await;
    let before = extent(&shop).await;
    let scope = shop.owner().await;
    let lot = bare_lot(&shop);
    for explicitly in [false, true] {
        let mut turn = shop.writer(&scope).await.unwrap();
        let sealed = insert::<RecordLot>(&scope, &*shop.entropy, vec![lot.clone().into()]);
        turn.apply(sealed).await.unwrap();
        if explicitly {
            turn.rollback().await
        } else {
            drop(turn)
        }
        assert_eq!(extent(&shop).await, before);
    }
    let mut turn = shop.writer(&scope).await.unwrap();
    let receipt = turn.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![lot.into()])).await.unwrap();
    turn.commit().await.unwrap();
    assert_eq!(extent(&shop).await, (before.0 + 1, before.1 + 1));
    assert_eq!(receipt.seq, before.1, "no place in the log was used up");
}

/// A reader is one snapshot: it answers from the moment it was opened, however often it is asked.
pub async fn a_reader_sees_the_moment_it_was_opened(world: &World) {
    let shop = world.shop("meena").await;
    let mut early = shop.reader().await;
    let head = early.head().await.unwrap();
    let lot = shop.lot(1000).await;
    assert_eq!(early.lot(lot.id).await.unwrap(), None);
    assert_eq!(early.head().await.unwrap(), head);
    let mut late = shop.reader().await;
    assert!(late.lot(lot.id).await.unwrap().is_some());
    assert_eq!(late.head().await.unwrap().frontier.size(), head.frontier.size() + 1);
}

/// What is not committed is seen by its own writer and by nobody else.
pub async fn a_writer_reads_what_it_has_applied_and_others_do_not(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    let lot = bare_lot(&shop);
    turn.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![lot.clone().into()])).await.unwrap();
    assert_eq!(turn.lot(lot.id).await.unwrap().map(|(lot, _)| lot), Some(lot.clone()));
    assert_eq!(shop.reader().await.lot(lot.id).await.unwrap(), None);
    turn.commit().await.unwrap();
    assert_eq!(shop.reader().await.lot(lot.id).await.unwrap().map(|(lot, _)| lot), Some(lot));
}

/// Two changes of one turn are two entries beside each other, made at one instant, true together.
pub async fn two_changes_of_one_turn_commit_together(world: &World) {
    let shop = world.shop("meena").await;
    let before = extent(&shop).await;
    let scope = shop.owner().await;
    let mut turn = shop.writer(&scope).await.unwrap();
    let now = turn.now();
    let mut receipts = Vec::new();
    for _ in 0..2 {
        let sealed = insert::<RecordLot>(&scope, &*shop.entropy, vec![bare_lot(&shop).into()]);
        receipts.push(turn.apply(sealed).await.unwrap());
    }
    assert_eq!(extent(&shop).await, before);
    turn.commit().await.unwrap();
    assert_eq!(extent(&shop).await, (before.0 + 2, before.1 + 2));
    let places: Vec<_> = receipts.iter().map(|receipt| (receipt.seq, receipt.at)).collect();
    assert_eq!(places, [(before.1, now), (before.1 + 1, now)]);
}

/// A future that is dropped at its `n`-th wait: a client that hung up, a task that was aborted.
pub(super) struct Cut<F> {
    inner: Pin<Box<F>>,
    left: u32,
}

impl<F: Future> Cut<F> {
    pub(super) fn at(waits: u32, inner: F) -> Self {
        Self { inner: Box::pin(inner), left: waits }
    }
}

impl<F: Future> Future for Cut<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.inner.as_mut().poll(context).map(Some)
    }
}

/// A bill whose request is dropped at any wait is there as a whole or not at all, and the till goes on.
pub async fn a_cancellation_at_any_wait_leaves_all_or_nothing(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let mut expected = 0;
    for waits in 0..40 {
        let item = shop.item(&format!("R-{waits}")).await;
        let bill = bill_of(party.id, &[item.id]);
        let entries = extent(&shop).await.1;
        let scope = shop.owner().await;
        shop.tick();
        let issuing = service::issue_invoice(&shop.road, &scope, None, &bill);
        let finished = Cut::at(waits, issuing).await.is_some();
        // The next turn begins only when the cut one is really over.
        shop.writer(&scope).await.unwrap().rollback().await;
        let mut reader = shop.reader().await;
        let bills = reader.invoices(InvoiceFilter::default(), PageRequest::first(100)).await.unwrap().items;
        let grown = extent(&shop).await.1 - entries;
        assert_eq!(bills.len(), expected + usize::try_from(grown).unwrap(), "cut at wait {waits}");
        assert!(grown == 1 || !finished, "what was answered is there");
        expected = bills.len();
        super::rebuild::log_and_tables_agree(&shop).await;
    }
    assert_eq!(
        shop.sell(party.id, "LAST").await.invoice.number.as_str(),
        format!("INV/26-27/{:06}", expected + 1)
    );
}
