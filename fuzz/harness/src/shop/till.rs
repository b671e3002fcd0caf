//! Rates, customers, stock, bills and money.

use aurex_core::{
    rbac::Action as _,
    service::shop as service,
    shop::{
        actions::{
            CancelInvoice, IssueInvoice, PostRate, RecordCustomer, RecordItem, RecordLot, RecordReceipt,
            ReverseReceipt,
        },
        invoices::{Invoice, NewBill, NewLine, OverriddenRate},
        parties::{NewParty, Party, PartyPatch},
        rates::NewRate,
        receipts::{NewReceipt, PaymentMode},
        stock::{Item, ItemPatch, NewItem, NewLot},
    },
    tenancy::Scope,
    time::{Clock as _, Zone, plus_days},
};

use super::{
    heard::{Heard, heard, looked},
    keys::Key,
    play::Play,
};

impl Play<'_> {
    /// The version that somebody has read: mostly the present one.
    fn version(&mut self, present: Option<u32>) -> u32 {
        let present = present.unwrap_or(1);
        if self.draw.one_in(8) { present.wrapping_sub(1) } else { present }
    }

    pub(super) async fn post_rate(&mut self, scope: &Scope) -> Heard {
        let (draw, now) = (&mut self.draw, self.follower.head.moment(self.shop.clock.now()));
        let key = Key::draw(draw);
        let new = NewRate::by_hand(
            draw.metal(),
            draw.fineness(),
            draw.rate_kind(),
            draw.money(1_500_000),
            draw.mass(1000),
        );
        let presented = key.as_ref().map(Key::presented);
        let (rate, heard) = heard(service::post_rate(&self.shop.road, scope, presented.as_ref(), new).await);
        let id = rate.map(|rate| rate.id.to_string());
        self.keys.check((scope, PostRate::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn record_customer(&mut self, scope: &Scope) -> Heard {
        let (draw, now) = (&mut self.draw, self.follower.head.moment(self.shop.clock.now()));
        let key = Key::draw(draw);
        let new = NewParty {
            name: draw.text(),
            phone: draw.option(|draw| draw.phone()),
            email: None,
            gstin: if draw.one_in(4) { Some(draw.gstin()) } else { None },
            pan: draw.option(|draw| draw.pan()),
            state: draw.option(|draw| draw.state()),
            address: draw.option(|draw| draw.text()),
            identity: None,
        };
        let presented = key.as_ref().map(Key::presented);
        let answer = service::record_customer(&self.shop.road, scope, presented.as_ref(), new).await;
        let (party, heard) = heard(answer);
        if let (Some(party), Heard::Done(_)) = (&party, heard) {
            self.parties.push(party.id);
        }
        let id = party.map(|party| party.id.to_string());
        self.keys.check((scope, RecordCustomer::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn change_customer(&mut self, scope: &Scope) -> Heard {
        let id = self.draw.pick(&self.parties);
        let present =
            self.follower.tables.rows::<Party>().find(|party| party.id == id).map(|party| party.version);
        let version = self.version(present);
        let draw = &mut self.draw;
        let patch = PartyPatch {
            name: draw.option(|draw| draw.text()),
            phone: draw.option(|draw| draw.option(|draw| draw.phone())),
            email: None,
            gstin: draw.option(|draw| draw.option(|draw| draw.gstin())),
            pan: draw.option(|draw| draw.option(|draw| draw.pan())),
            state: draw.option(|draw| draw.option(|draw| draw.state())),
            address: draw.option(|draw| draw.option(|draw| draw.text())),
            identity: None,
        };
        heard(service::change_customer(&self.shop.road, scope, id, version, patch).await).1
    }

    pub(super) async fn record_item(&mut self, scope: &Scope) -> Heard {
        let (draw, now) = (&mut self.draw, self.follower.head.moment(self.shop.clock.now()));
        let key = Key::draw(draw);
        let new = NewItem {
            tag: draw.tag(),
            description: draw.text(),
            huid: if draw.one_in(3) { Some(draw.huid()) } else { None },
            metal: draw.metal(),
            fineness: draw.fineness(),
            gross: draw.mass(20_000),
            less: if draw.one_in(3) { draw.mass(500) } else { aurex_core::measure::Mass::ZERO },
            stones: if draw.one_in(3) { draw.stones() } else { Vec::new() },
            making: draw.option(|draw| draw.making()),
            hsn: draw.hsn(),
            cost: draw.option(|draw| draw.money(5_000_000)),
        };
        let presented = key.as_ref().map(Key::presented);
        let (view, heard) =
            heard(service::record_item(&self.shop.road, scope, presented.as_ref(), new).await);
        if let (Some(view), Heard::Done(_)) = (&view, heard) {
            self.items.push(view.item.id);
        }
        let id = view.map(|view| view.item.id.to_string());
        self.keys.check((scope, RecordItem::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn record_lot(&mut self, scope: &Scope) -> Heard {
        let (draw, now) = (&mut self.draw, self.follower.head.moment(self.shop.clock.now()));
        let key = Key::draw(draw);
        let new = NewLot {
            description: draw.text(),
            metal: draw.metal(),
            fineness: draw.fineness(),
            mass: draw.mass(100_000),
            cost: draw.option(|draw| draw.money(5_000_000)),
        };
        let presented = key.as_ref().map(Key::presented);
        let (view, heard) = heard(service::record_lot(&self.shop.road, scope, presented.as_ref(), new).await);
        if let (Some(view), Heard::Done(_)) = (&view, heard) {
            self.lots.push(view.lot.id);
        }
        let id = view.map(|view| view.lot.id.to_string());
        self.keys.check((scope, RecordLot::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn describe(&mut self, scope: &Scope) -> Heard {
        let id = self.draw.pick(&self.items);
        let present = self.follower.tables.rows::<Item>().find(|item| item.id == id).map(|item| item.version);
        let version = self.version(present);
        let draw = &mut self.draw;
        let patch = ItemPatch {
            tag: draw.option(|draw| draw.tag()),
            description: draw.option(|draw| draw.text()),
            huid: draw.option(|draw| draw.option(|draw| draw.huid())),
        };
        heard(service::describe_item(&self.shop.road, scope, id, version, patch).await).1
    }

    fn line(&mut self) -> NewLine {
        let draw = &mut self.draw;
        let mut line = NewLine::default();
        match draw.byte() % 16 {
            0..=9 => line.item = Some(draw.pick(&self.items)),
            10..=14 => {
                line.lot = Some(draw.pick(&self.lots));
                line.gross = Some(draw.mass(10_000));
                line.hsn = Some(draw.hsn());
            }
            _ => {
                line.item = draw.option(|draw| draw.pick(&self.items));
                line.lot = draw.option(|draw| draw.pick(&self.lots));
                line.metal = draw.option(|draw| draw.metal());
                line.fineness = draw.option(|draw| draw.fineness());
                line.gross = draw.option(|draw| draw.mass(10_000));
                line.less = draw.option(|draw| draw.mass(100));
                line.hsn = draw.option(|draw| draw.hsn());
                line.description = draw.option(|draw| draw.text());
                line.stones = draw.option(|draw| draw.stones());
            }
        }
        if draw.one_in(8) {
            line.rate =
                draw.option(|draw| OverriddenRate { amount: draw.money(1_500_000), per: draw.mass(1000) });
            line.wastage = draw.option(|draw| draw.wastage());
            line.making = draw.option(|draw| draw.making());
            line.other_charges = draw.charges();
            line.discount = draw.option(|draw| draw.money(10_000));
        }
        line
    }

    fn bill(&mut self) -> NewBill {
        let party = self.draw.pick(&self.parties);
        let more = if self.draw.one_in(3) { self.draw.byte() % 4 } else { 0 };
        let lines = (0..=more).map(|_| self.line()).collect();
        let today = Zone::INDIA.date_of(self.now());
        let draw = &mut self.draw;
        NewBill {
            target: None,
            party,
            place_of_supply: if draw.one_in(16) { Some(draw.state()) } else { None },
            date: if draw.one_in(8) { Some(plus_days(today, 1 - i64::from(draw.byte() % 40))) } else { None },
            discount: if draw.one_in(6) { Some(draw.money(10_000)) } else { None },
            lines,
        }
    }

    pub(super) async fn preview(&mut self, scope: &Scope) -> Heard {
        let bill = self.bill();
        looked(service::preview_invoice(&self.shop.road, scope, &bill).await).1
    }

    pub(super) async fn issue(&mut self, scope: &Scope) -> Heard {
        let (key, bill, now) = (Key::draw(&mut self.draw), self.bill(), self.now());
        let presented = key.as_ref().map(Key::presented);
        let (bill, heard) =
            heard(service::issue_invoice(&self.shop.road, scope, presented.as_ref(), &bill).await);
        if let (Some(bill), Heard::Done(_)) = (&bill, heard) {
            self.bills.push(bill.invoice.id);
        }
        let id = bill.map(|bill| bill.invoice.id.to_string());
        self.keys.check((scope, IssueInvoice::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn cancel(&mut self, scope: &Scope) -> Heard {
        let (key, id, now) = (Key::draw(&mut self.draw), self.draw.pick(&self.bills), self.now());
        let (presented, reason) = (key.as_ref().map(Key::presented), self.draw.text());
        let answer = service::cancel_invoice(&self.shop.road, scope, presented.as_ref(), id, reason).await;
        let (bill, heard) = heard(answer);
        let id = bill.map(|bill| bill.invoice.id.to_string());
        self.keys.check((scope, CancelInvoice::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn take(&mut self, scope: &Scope) -> Heard {
        let (key, now) = (Key::draw(&mut self.draw), self.now());
        let several = if self.draw.one_in(4) { self.draw.byte() % 4 } else { 1 };
        let bills: Vec<_> = (0..several).map(|_| self.draw.pick(&self.bills)).collect();
        // Mostly the first bill's own customer pays, and mostly what it comes to.
        let first = self.follower.tables.rows::<Invoice>().find(|bill| Some(&bill.id) == bills.first());
        let first = first.filter(|_| !self.draw.one_in(6)).map(|bill| (bill.party, bill.payable));
        let draw = &mut self.draw;
        let party = first.map_or_else(|| draw.pick(&self.parties), |(party, _)| party);
        let mut amount = || match first {
            Some((_, payable)) if draw.one_in(2) => payable,
            _ => draw.money(1_000_000),
        };
        let new = NewReceipt {
            party,
            amount: amount(),
            allocations: bills.iter().map(|id| (*id, amount())).collect(),
            mode: self.draw.any(PaymentMode::ALL),
            reference: self.draw.option(|draw| draw.text()),
            old_metal: None,
            occasion: None,
            advance: None,
        };
        let presented = key.as_ref().map(Key::presented);
        let answer = service::record_receipt(&self.shop.road, scope, presented.as_ref(), &new).await;
        let (taken, heard) = heard(answer);
        if let (Some(taken), Heard::Done(_)) = (&taken, heard) {
            self.receipts.push(taken.receipt.id);
        }
        let id = taken.map(|taken| taken.receipt.id.to_string());
        self.keys.check((scope, RecordReceipt::CODE), key, heard, id, now);
        heard
    }

    pub(super) async fn reverse(&mut self, scope: &Scope) -> Heard {
        let (key, id, now) = (Key::draw(&mut self.draw), self.draw.pick(&self.receipts), self.now());
        let (presented, reason) = (key.as_ref().map(Key::presented), self.draw.text());
        let answer = service::reverse_receipt(&self.shop.road, scope, presented.as_ref(), id, reason).await;
        let (given, heard) = heard(answer);
        let id = given.map(|given| given.receipt.id.to_string());
        self.keys.check((scope, ReverseReceipt::CODE), key, heard, id, now);
        heard
    }
}
