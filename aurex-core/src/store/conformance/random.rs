//! A shop that does whatever comes to its mind: a script of use cases that follows from a seed alone.
//!
//! It keeps a transcript of every answer, to the letter: results, ids, receipts, refusals, pages. Two stores that keep
//! the ports' word answer the same script with the same transcript.

use std::fmt::Debug;

use super::till::*;
use super::{ScriptedEntropy, Shop};
use crate::measure::{Metal, RateKind};
use crate::rbac::Role;
use crate::service::{Done, Presented, ServiceError, read_audit, shop as service};
use crate::shop::identifiers::Huid;
use crate::shop::invoices::{InvoiceId, InvoiceState, NewBill};
use crate::shop::parties::{PartyId, PartyPatch};
use crate::shop::rates::NewRate;
use crate::shop::receipts::{NewReceipt, PaymentMode, ReceiptId};
use crate::shop::stock::{ItemId, ItemPatch, LotId, NewItem};
use crate::store::{AuditFilter, InvoiceFilter, PageRequest, Payment, RateFilter};
use crate::tenancy::Scope;
use crate::text::{Label, Note};

/// A script being played in one shop.
pub(super) struct Script {
    chance: ScriptedEntropy,
    shop: Shop,
    parties: Vec<PartyId>,
    items: Vec<ItemId>,
    lots: Vec<LotId>,
    bills: Vec<InvoiceId>,
    receipts: Vec<ReceiptId>,
    transcript: Vec<String>,
    done: usize,
}

/// An answer as a transcript keeps it.
fn say<T: Debug>(answer: &Result<T, ServiceError>) -> String {
    match answer {
        Ok(value) => format!("{value:?}"),
        Err(error) => {
            // A store that works refuses nothing that a decision let through.
            assert!(error.code().is_some(), "{error:?}");
            format!("{}: {error}", error.code().unwrap_or_default())
        }
    }
}

impl Script {
    pub(super) fn new(seed: u64, shop: Shop) -> Self {
        Self {
            chance: ScriptedEntropy::new(seed),
            shop,
            parties: Vec::new(),
            items: Vec::new(),
            lots: Vec::new(),
            bills: Vec::new(),
            receipts: Vec::new(),
            transcript: Vec::new(),
            done: 0,
        }
    }

    /// How many changes were made.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Everything that was answered.
    pub(super) fn transcript(self) -> Vec<String> {
        self.transcript
    }

    fn one_in(&self, n: u64) -> bool {
        self.chance.below(n) == 0
    }

    fn amount(&self, below: u64) -> i64 {
        i64::try_from(self.chance.below(below)).unwrap_or(0)
    }

    fn any<T: Copy>(&self, of: &[T]) -> Option<T> {
        let at = usize::try_from(self.chance.below(u64::try_from(of.len()).unwrap_or(0))).unwrap_or(0);
        of.get(at).copied()
    }

    /// One of those that are there, or now and then one that is not.
    fn pick<I: crate::tenancy::Id>(&self, of: &[I]) -> I {
        let nowhere = I::from_uuid(uuid::Uuid::from_u128(u128::from(self.chance.below(1000))));
        if self.one_in(12) { nowhere } else { self.any(of).unwrap_or(nowhere) }
    }

    fn noted<T: Debug>(&mut self, what: &str, answer: Result<Done<T>, ServiceError>) -> Option<T> {
        self.transcript.push(format!("{what} → {}", say(&answer)));
        let done = answer.ok()?;
        self.done += usize::from(done.receipt.is_some());
        (!done.replayed).then_some(done.value)
    }

    fn read<T: Debug>(&mut self, what: &str, answer: Result<T, ServiceError>) {
        self.transcript.push(format!("{what} → {}", say(&answer)));
    }

    async fn scope(&self) -> Scope {
        let role = if self.one_in(4) { self.any(&Role::ALL) } else { Some(Role::Owner) };
        self.shop.scope(role.unwrap_or(Role::Owner)).await
    }

    fn key(&self) -> Option<Presented> {
        let (text, content) = (self.chance.below(20).to_string(), self.chance.below(2).to_string());
        self.one_in(5).then(|| key(&text, &[("/content", &content)]))
    }

    /// Stocks the shop, so that there is something to sell and somebody to sell it to.
    pub(super) async fn begin(&mut self) {
        let owner = self.shop.owner().await;
        self.post_rate(&owner, None).await;
        for _ in 0..3 {
            self.record_customer(&owner, None).await;
            self.record_item(&owner, None).await;
            self.record_lot(&owner, None).await;
        }
    }

    /// Does one thing.
    pub(super) async fn step(&mut self) {
        // Often a moment passes, now and then a day, now and then the machine's clock is set back.
        match self.chance.below(40) {
            0 => self.shop.clock.advance(86_400),
            1 => self.shop.clock.advance(-7200),
            2..10 => {}
            _ => self.shop.tick(),
        }
        let (scope, presented) = (self.scope().await, self.key());
        let (scope, presented) = (&scope, presented.as_ref());
        match self.chance.below(19) {
            0 | 1 | 16 => self.post_rate(scope, presented).await,
            2 => self.record_customer(scope, presented).await,
            3 => self.change_customer(scope).await,
            4 | 5 | 17 => self.record_item(scope, presented).await,
            6 => self.record_lot(scope, presented).await,
            7..10 => self.issue(scope, presented).await,
            10 => self.cancel(scope, presented).await,
            11 | 12 => self.take(scope, presented).await,
            18 => self.describe_item(scope).await,
            13 => self.reverse(scope, presented).await,
            _ => self.look(scope).await,
        }
    }

    async fn post_rate(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let metal = self.any(&[Metal::Gold, Metal::Gold, Metal::Silver]).unwrap_or(Metal::Gold);
        let kind = self.any(&[RateKind::Sell, RateKind::Sell, RateKind::Buy]).unwrap_or(RateKind::Sell);
        let new = NewRate { metal, kind, ..gold_rate(1_200_000 + self.amount(100_000)) };
        let answer = service::post_rate(&self.shop.road, scope, presented, new).await;
        self.noted("rate.post", answer);
    }

    async fn record_customer(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let mut new = customer(&format!("Customer {}", self.chance.below(100)));
        if self.one_in(3) {
            (new.address, new.state, new.phone) = (None, None, None);
        }
        let answer = service::record_customer(&self.shop.road, scope, presented, new).await;
        if let Some(party) = self.noted("customer.record", answer) {
            self.parties.push(party.id);
        }
    }

    async fn change_customer(&mut self, scope: &Scope) {
        let (id, version) = (self.pick(&self.parties), 1 + u32::from(self.one_in(3)));
        let address = customer("X").address.filter(|_| self.one_in(2));
        let patch = PartyPatch { address: Some(address), ..PartyPatch::default() };
        let answer = service::change_customer(&self.shop.road, scope, id, version, patch).await;
        self.noted("customer.change", answer);
    }

    async fn record_item(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let mut new =
            NewItem { gross: mg(1 + self.amount(20_000)), ..piece(&format!("T-{}", self.chance.below(60))) };
        new.cost = self.one_in(2).then(|| paise(self.amount(1_000_000)));
        if self.one_in(4) {
            new.huid = Some(self.huid());
        }
        let answer = service::record_item(&self.shop.road, scope, presented, new).await;
        if let Some(view) = self.noted("item.record", answer) {
            self.items.push(view.item.id);
        }
    }

    fn huid(&self) -> Huid {
        Huid::parse(&format!("HUID{:02}", self.chance.below(4))).unwrap()
    }

    async fn describe_item(&mut self, scope: &Scope) {
        let (id, version) = (self.pick(&self.items), 1 + u32::from(self.one_in(3)));
        let patch = ItemPatch {
            tag: self.one_in(2).then(|| Label::new(format!("T-{}", self.chance.below(60))).unwrap()),
            huid: self.one_in(2).then(|| self.one_in(2).then(|| self.huid())),
            ..ItemPatch::default()
        };
        let answer = service::describe_item(&self.shop.road, scope, id, version, patch).await;
        self.noted("item.describe", answer);
    }

    async fn record_lot(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let new = grain(self.amount(50_000));
        let answer = service::record_lot(&self.shop.road, scope, presented, new).await;
        if let Some(view) = self.noted("lot.record", answer) {
            self.lots.push(view.lot.id);
        }
    }

    fn bill(&self) -> NewBill {
        let party = self.pick(&self.parties);
        let mut bill = bill_of(party, &[]);
        for _ in 0..=self.chance.below(3) {
            let line = if self.one_in(3) {
                bill_of_lot(party, self.pick(&self.lots), 1 + self.amount(9000))
            } else {
                bill_of(party, &[self.pick(&self.items)])
            };
            bill.lines.extend(line.lines);
        }
        if self.one_in(4) {
            bill.discount = Some(paise(self.amount(10_000)));
        }
        if self.one_in(6) {
            bill.date = Some(crate::time::plus_days(self.shop.today(), 1 - self.amount(4)));
        }
        bill
    }

    async fn issue(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let bill = self.bill();
        if self.one_in(3) {
            let answer = service::preview_invoice(&self.shop.road, scope, &bill).await;
            self.read("invoice.preview", answer.map(|preview| preview.priced));
        }
        let answer = service::issue_invoice(&self.shop.road, scope, presented, &bill).await;
        if let Some(bill) = self.noted("invoice.issue", answer) {
            self.bills.push(bill.invoice.id);
        }
    }

    async fn cancel(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let (id, reason) = (self.pick(&self.bills), Note::new("Billed twice").unwrap());
        let answer = service::cancel_invoice(&self.shop.road, scope, presented, id, reason).await;
        self.noted("invoice.cancel", answer);
    }

    async fn take(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let modes = PaymentMode::ALL;
        let new: NewReceipt = {
            let party = self.pick(&self.parties);
            let mode = self.any(modes).unwrap_or(PaymentMode::Cash);
            let total = self.amount(4_000_000);
            let bill = (self.pick(&self.bills), 1 + self.amount(3_000_000));
            money(party, mode, total, if self.one_in(3) { &[] } else { std::slice::from_ref(&bill) })
        };
        // Mostly the bill's own customer pays.
        let new = match new.allocations.first() {
            Some((bill, _)) if !self.one_in(5) => {
                match self.shop.reader().await.invoice(*bill).await.unwrap() {
                    Some(bill) => NewReceipt { party: bill.invoice.party, ..new },
                    None => new,
                }
            }
            _ => new,
        };
        let answer = service::record_receipt(&self.shop.road, scope, presented, &new).await;
        if let Some(receipt) = self.noted("receipt.record", answer) {
            self.receipts.push(receipt.receipt.id);
        }
    }

    async fn reverse(&mut self, scope: &Scope, presented: Option<&Presented>) {
        let (id, reason) = (self.pick(&self.receipts), Note::new("Bounced").unwrap());
        let answer = service::reverse_receipt(&self.shop.road, scope, presented, id, reason).await;
        self.noted("receipt.reverse", answer);
    }

    /// Reads something.
    async fn look(&mut self, scope: &Scope) {
        let road = self.shop.road.clone();
        let limit = u16::try_from(1 + self.chance.below(6)).unwrap_or(1);
        match self.chance.below(9) {
            0 => self.read("rate.board", service::rate_board(&road, scope, None).await),
            1 => {
                let page = PageRequest::first(limit);
                let filter = RateFilter { kind: Some(RateKind::Sell), ..RateFilter::default() };
                self.read("rate.history", service::rate_history(&road, scope, filter, page).await);
            }
            2 => {
                let payment =
                    self.any(&[None, Some(Payment::Open), Some(Payment::Part), Some(Payment::Full)]);
                let state = self.any(&[None, Some(InvoiceState::Issued), Some(InvoiceState::Cancelled)]);
                let (payment, state) = (payment.flatten(), state.flatten());
                let filter = InvoiceFilter { payment, state, ..InvoiceFilter::default() };
                let page = PageRequest { after: self.any(&self.bills).filter(|_| self.one_in(2)), limit };
                self.read("invoices", service::invoices(&road, scope, filter, page).await);
            }
            3 => {
                let page = PageRequest { after: self.any(&self.items).filter(|_| self.one_in(2)), limit };
                self.read("items", service::items(&road, scope, page).await);
            }
            4 => {
                let page = PageRequest { after: self.any(&self.lots).filter(|_| self.one_in(2)), limit };
                self.read("lots", service::lots(&road, scope, page).await);
            }
            5 => {
                let as_of = self.one_in(2).then(|| self.shop.today());
                self.read("trial balance", service::trial_balance(&road, scope, as_of).await);
            }
            6 => {
                let (party, today) = (self.pick(&self.parties), self.shop.today());
                let from = self.one_in(2).then_some(today);
                self.read("statement", service::statement(&road, scope, party, from, None).await);
            }
            7 => {
                let page = PageRequest::first(limit);
                self.read("audit", read_audit(&road, scope, &AuditFilter::default(), page).await);
            }
            _ => {
                let words = self.chance.below(10).to_string();
                let page = PageRequest::first(limit);
                self.read("customers", service::customers(&road, scope, Some(&words), page).await);
            }
        }
    }
}
