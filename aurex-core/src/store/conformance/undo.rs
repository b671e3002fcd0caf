//! What was done and undone: every row of the table of undos that names an undo, walked there and back.

use std::collections::BTreeMap;

use super::log::{log_is_sound, whole_log};
use super::metal::{finished, grain_bill, old_bangle, paid as paid_out};
use super::till::*;
use super::{Shop, World};
use crate::ledger::{AccountId, Balance};
use crate::money::Money;
use crate::rbac::{Role, Undo};
use crate::service::shop as service;
use crate::shop::bookings::{AdvanceId, AdvanceState, BookingId, BookingState, NewBooking};
use crate::shop::invoices::InvoiceId;
use crate::shop::metal::{MetalVoucherId, NewMelt, NewWriteOff, WrittenOff};
use crate::shop::notes::BillNoteId;
use crate::shop::parties::{
    Customers, Goldsmiths, Kept, NewOpening, OpeningSide, Party, PartyId, PartyKind, PartyPatch, Suppliers,
};
use crate::shop::payments::PaymentId;
use crate::shop::receipts::PaymentMode;
use crate::shop::refunds::RefundId;
use crate::shop::stock::{Item, ItemId, ItemPatch, ItemState, LotId, LotKind, OnHand};
use crate::shop::undo::UNDOS;
use crate::store::{AdvanceFilter, BookingFilter, InvoiceFilter, PageRequest};
use crate::text::{Name, Note};

/// All that an undo puts back: what every account holds, every piece and lot, who owes what on which bill, the day's board,
/// and what is written of people. Versions count on, and papers stay.
#[derive(Debug, PartialEq)]
struct State {
    accounts: Vec<(AccountId, i64)>,
    items: Vec<Item>,
    /// Of what is there: an emptied lot stays as a name in its history.
    lots: Vec<(LotKind, OnHand)>,
    /// What is open on the bills that count, by customer, in minor units.
    open: BTreeMap<PartyId, i64>,
    board: Vec<(String, i64, i64)>,
    people: Vec<Party>,
    /// The weights whose rates are locked, and what is paid ahead and not used.
    ahead: (Vec<String>, i64),
    locked: Option<crate::time::Date>,
}

impl State {
    async fn of(shop: &Shop) -> Self {
        let mut reader = shop.reader().await;
        let balances = reader.all_balances().await.unwrap();
        let nets = balances.iter().map(|balance| (balance.account, Balance::net(balance)));
        let items = reader.items(None, PageRequest::first(200)).await.unwrap();
        let lots = reader.lots(PageRequest::first(200)).await.unwrap();
        assert!(items.next.is_none() && lots.next.is_none(), "one page has all");
        let mut people = Vec::new();
        for kind in PartyKind::ALL {
            let of_kind = reader.parties(*kind, None, PageRequest::first(200)).await.unwrap();
            assert!(of_kind.next.is_none(), "one page has all");
            people.extend(of_kind.items.into_iter().map(|party| Party { version: 0, ..party }));
        }
        let mut open = BTreeMap::new();
        let bills = reader.invoices(InvoiceFilter::default(), PageRequest::first(200)).await.unwrap();
        assert!(bills.next.is_none(), "one page has all");
        for (bill, settled) in &bills.items {
            *open.entry(bill.party).or_default() += bill.open(*settled).map_or(0, Money::minor);
        }
        open.retain(|_, left| *left != 0);
        let board = reader.rate_board(shop.today()).await.unwrap();
        let bookings = reader.bookings(BookingFilter::default(), PageRequest::first(200)).await.unwrap();
        let advances = reader.advances(AdvanceFilter::default(), PageRequest::first(200)).await.unwrap();
        assert!(bookings.next.is_none() && advances.next.is_none(), "one page has all");
        let standing = bookings.items.iter().filter(|booking| booking.state == BookingState::Open);
        let locked = standing.map(|booking| format!("{:?}", (booking.party, booking.metal, booking.open())));
        let unused = advances.items.iter().filter(|advance| advance.state == AdvanceState::Taken);
        let unused = unused.map(crate::shop::bookings::Advance::left).sum();
        let ahead = (locked.collect(), unused);
        let name =
            |rate: &crate::shop::rates::PostedRate| format!("{:?}", (rate.kind, rate.metal, rate.fineness));
        Self {
            accounts: nets.filter(|(_, net)| *net != 0).collect(),
            items: items
                .items
                .into_iter()
                .filter(|item| item.state != ItemState::Withdrawn)
                .map(|item| Item { version: 0, ..item })
                .collect(),
            lots: lots
                .items
                .into_iter()
                .filter(|(_, on_hand)| on_hand.mass.mg() != 0)
                .map(|(lot, on_hand)| (lot.kind, on_hand))
                .collect(),
            open,
            board: board.iter().map(|rate| (name(rate), rate.amount.minor(), rate.per.mg())).collect(),
            people,
            ahead,
            locked: reader.workspace().await.unwrap().books_locked_through,
        }
    }
}

fn reason() -> Note {
    Note::new("Done by mistake").unwrap()
}

/// The row's action and its undo, with nothing between: all is as before, and the log has the two entries.
async fn there_and_back<T>(
    shop: &Shop,
    undo: &Undo,
    there: impl AsyncFnOnce() -> T,
    back: impl AsyncFnOnce(T),
) {
    let (before, seen) = (State::of(shop).await, whole_log(shop).await.len());
    let done = there().await;
    assert_ne!(State::of(shop).await, before, "{} changes something", undo.action);
    back(done).await;
    assert_eq!(State::of(shop).await, before, "{} is undone", undo.action);
    let log = whole_log(shop).await;
    let new: Vec<&str> = log.iter().skip(seen).map(|stored| stored.entry.action.as_str()).collect();
    assert_eq!(new, [Some(undo.action), undo.by].map(Option::unwrap), "both are in the log");
}

impl Shop {
    async fn cancel_credit(&self, id: BillNoteId) {
        self.tick();
        service::cancel_credit_note(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn debit(&self, bill: InvoiceId) -> BillNoteId {
        self.tick();
        let new = debit_of(bill, 1, 100_033);
        service::issue_debit_note(&self.road, &self.owner().await, None, &new).await.unwrap().value.note.id
    }

    async fn cancel_debit(&self, id: BillNoteId) {
        self.tick();
        service::cancel_debit_note(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn reverse_refund(&self, id: RefundId) {
        self.tick();
        service::reverse_refund(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn cancel_old(&self, id: MetalVoucherId) {
        self.tick();
        service::cancel_old_metal(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn cancel_metal(&self, id: MetalVoucherId) {
        self.tick();
        service::cancel_metal_voucher(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn buy(&self, supplier: PartyId, number: &str) -> MetalVoucherId {
        self.tick();
        let new = grain_bill(supplier, number, self.today(), 5_000);
        let done = service::record_purchase(&self.road, &self.owner().await, None, &new).await;
        done.unwrap().value.voucher.id
    }

    async fn get_back(&self, goldsmith: PartyId, tag: &str) -> MetalVoucherId {
        self.tick();
        let new = finished(goldsmith, tag, 50_000, &[]);
        let done = service::receive_from_goldsmith(&self.road, &self.owner().await, None, &new).await;
        done.unwrap().value.voucher.id
    }

    async fn melt(&self, lot: LotId) -> MetalVoucherId {
        self.tick();
        let new = NewMelt {
            lines: vec![(lot, mg(1_000))],
            description: Name::new("Bar").unwrap(),
            fineness: fineness(GOLD_916),
            mass: mg(990),
            reason: None,
        };
        let done = service::melt_metal(&self.road, &self.owner().await, None, &new).await;
        done.unwrap().value.voucher.id
    }

    async fn write_off(&self, ring: ItemId) -> MetalVoucherId {
        self.tick();
        let new = NewWriteOff { lines: vec![WrittenOff::Piece(ring)], reason: reason() };
        let done = service::write_off_stock(&self.road, &self.owner().await, None, &new).await;
        done.unwrap().value.voucher.id
    }

    async fn reverse_payment(&self, id: PaymentId) {
        self.tick();
        service::reverse_payment(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn booked(&self, party: PartyId) -> BookingId {
        self.book(&NewBooking { paid: None, ..booking_of(party, 1_000, 1) }).await.booking.id
    }

    async fn unbook(&self, id: BookingId) {
        self.tick();
        service::cancel_booking(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn ahead(&self, party: PartyId) -> AdvanceId {
        self.take_ahead(&advance_of(party, 1_000, None)).await.id
    }

    async fn reverse_ahead(&self, id: AdvanceId) {
        self.tick();
        service::reverse_advance(&self.road, &self.owner().await, None, id, reason()).await.unwrap();
    }

    async fn renamed<K: Kept>(&self, id: PartyId, name: &str) {
        self.tick();
        let version = self.reader().await.party(id).await.unwrap().unwrap().version;
        let patch = PartyPatch { name: Some(Name::new(name).unwrap()), ..PartyPatch::default() };
        service::change_party::<K>(&self.road, &self.owner().await, id, version, patch).await.unwrap();
    }

    async fn described(&self, id: ItemId, words: &str) {
        self.tick();
        let version = self.reader().await.item(id).await.unwrap().unwrap().version;
        let patch = ItemPatch { description: Some(Name::new(words).unwrap()), ..ItemPatch::default() };
        service::describe_item(&self.road, &self.owner().await, id, version, patch).await.unwrap();
    }
}

/// Walks a row for a customer and a piece of its own.
async fn walk(shop: &Shop, undo: &Undo) {
    let (asha, ring) = (shop.customer(undo.action).await.id, shop.item(undo.action).await.id);
    let new = bill_of(asha, &[ring]);
    let sold = async || shop.issue(&new).await.invoice.id;
    let paid = async |bill| shop.take(&money(asha, PaymentMode::Cash, 5_184_500, &[(bill, 5_184_500)])).await;
    let ahead = async || shop.take(&money(asha, PaymentMode::Cash, 1_000, &[])).await;
    let back = refund_of(asha, PaymentMode::Cash, 1_000);
    match undo.action {
        "rate.post" => {
            there_and_back(
                shop,
                undo,
                async || shop.rate(1_290_000).await,
                async |_| {
                    shop.rate(1_280_000).await;
                },
            )
            .await;
        }
        "customer.change" => renamed::<Customers>(shop, undo, asha).await,
        "supplier.change" => {
            let supplier = shop.supplier().await;
            renamed::<Suppliers>(shop, undo, supplier.id).await;
        }
        "goldsmith.change" => {
            let goldsmith = shop.goldsmith().await;
            renamed::<Goldsmiths>(shop, undo, goldsmith.id).await;
        }
        "party.open_balance" => {
            let post = async |side| {
                shop.tick();
                let new = NewOpening { amount: paise(1_000), side, reason: None };
                service::open_balance::<Customers>(&shop.road, &shop.owner().await, None, asha, &new)
                    .await
                    .unwrap();
            };
            let there = async || post(OpeningSide::OwedToShop).await;
            there_and_back(shop, undo, there, async |()| post(OpeningSide::OwedByShop).await).await;
        }
        "booking.make" => {
            let there = async || shop.booked(asha).await;
            there_and_back(shop, undo, there, async |booking| shop.unbook(booking).await).await;
        }
        "booking.cancel" => {
            let booking = shop.booked(asha).await;
            there_and_back(
                shop,
                undo,
                async || shop.unbook(booking).await,
                async |()| {
                    shop.booked(asha).await;
                },
            )
            .await;
        }
        "advance.take" => {
            let there = async || shop.ahead(asha).await;
            there_and_back(shop, undo, there, async |advance| shop.reverse_ahead(advance).await).await;
        }
        "advance.reverse" => {
            let advance = shop.ahead(asha).await;
            there_and_back(
                shop,
                undo,
                async || shop.reverse_ahead(advance).await,
                async |()| {
                    shop.ahead(asha).await;
                },
            )
            .await;
        }
        "item.describe" => {
            let there = async || shop.described(ring, "Silver ring").await;
            there_and_back(shop, undo, there, async |()| shop.described(ring, "Gold ring").await).await;
        }
        "invoice.issue" => {
            there_and_back(shop, undo, sold, async |bill| {
                shop.cancel(bill).await;
            })
            .await;
        }
        "invoice.cancel" => {
            let bill = sold().await;
            there_and_back(
                shop,
                undo,
                async || shop.cancel(bill).await,
                async |_| {
                    sold().await;
                },
            )
            .await;
        }
        "receipt.record" => {
            let bill = sold().await;
            there_and_back(
                shop,
                undo,
                async || paid(bill).await,
                async |taken| {
                    shop.reverse(taken.receipt.id).await;
                },
            )
            .await;
        }
        "receipt.reverse" => {
            let bill = sold().await;
            let taken = paid(bill).await.receipt.id;
            there_and_back(
                shop,
                undo,
                async || shop.reverse(taken).await,
                async |_| {
                    paid(bill).await;
                },
            )
            .await;
        }
        "credit_note.issue" => {
            let all = credit_of(sold().await, &[]);
            let there = async || shop.credit(&all).await.note.id;
            there_and_back(shop, undo, there, async |note| shop.cancel_credit(note).await).await;
        }
        "credit_note.cancel" => {
            let all = credit_of(sold().await, &[]);
            let note = shop.credit(&all).await.note.id;
            there_and_back(
                shop,
                undo,
                async || shop.cancel_credit(note).await,
                async |()| {
                    shop.credit(&all).await;
                },
            )
            .await;
        }
        "debit_note.issue" => {
            let bill = sold().await;
            let there = async || shop.debit(bill).await;
            there_and_back(shop, undo, there, async |note| shop.cancel_debit(note).await).await;
        }
        "debit_note.cancel" => {
            let bill = sold().await;
            let note = shop.debit(bill).await;
            there_and_back(
                shop,
                undo,
                async || shop.cancel_debit(note).await,
                async |()| {
                    shop.debit(bill).await;
                },
            )
            .await;
        }
        "refund.pay" => {
            ahead().await;
            let there = async || shop.pay_back(&back).await.id;
            there_and_back(shop, undo, there, async |refund| shop.reverse_refund(refund).await).await;
        }
        "refund.reverse" => {
            ahead().await;
            let refund = shop.pay_back(&back).await.id;
            there_and_back(
                shop,
                undo,
                async || shop.reverse_refund(refund).await,
                async |()| {
                    shop.pay_back(&back).await;
                },
            )
            .await;
        }
        "books.lock" => {
            let through = crate::time::plus_days(shop.today(), -1);
            let there = async || shop.lock(Role::Owner, through).await.unwrap();
            there_and_back(shop, undo, there, async |_| {
                shop.unlock(Role::Owner, None).await.unwrap();
            })
            .await;
        }
        "books.unlock" => {
            let through = crate::time::plus_days(shop.today(), -1);
            shop.lock(Role::Owner, through).await.unwrap();
            let there = async || shop.unlock(Role::Owner, None).await.unwrap();
            there_and_back(shop, undo, there, async |_| {
                shop.lock(Role::Owner, through).await.unwrap();
            })
            .await;
        }
        metal => walk_metal(shop, undo, metal, asha, ring).await,
    }
}

/// There to another name and back.
async fn renamed<K: Kept>(shop: &Shop, undo: &Undo, id: PartyId) {
    let was = shop.reader().await.party(id).await.unwrap().unwrap().name.to_string();
    let there = async || shop.renamed::<K>(id, "Asha Rao").await;
    there_and_back(shop, undo, there, async |()| shop.renamed::<K>(id, &was).await).await;
}

/// The rows of metal that comes in and goes round.
async fn walk_metal(shop: &Shop, undo: &Undo, action: &str, asha: PartyId, ring: ItemId) {
    let cancel = async |voucher| shop.cancel_metal(voucher).await;
    let given = async |lot| {
        let das = shop.goldsmith().await.id;
        (das, shop.give_out(das, lot, 4_000).await.voucher.id)
    };
    match action {
        "old_metal.buy" => {
            let there = async || shop.take_old(&old_bangle(asha)).await.voucher.id;
            there_and_back(shop, undo, there, async |bought| shop.cancel_old(bought).await).await;
        }
        "old_metal.cancel" => {
            let bought = shop.take_old(&old_bangle(asha)).await.voucher.id;
            there_and_back(
                shop,
                undo,
                async || shop.cancel_old(bought).await,
                async |()| {
                    shop.take_old(&old_bangle(asha)).await;
                },
            )
            .await;
        }
        "purchase.record" => {
            let supplier = shop.supplier().await.id;
            there_and_back(shop, undo, async || shop.buy(supplier, "B-1").await, cancel).await;
        }
        "goldsmith.issue" => {
            let (das, lot) = (shop.goldsmith().await.id, shop.lot(10_000).await.id);
            let there = async || shop.give_out(das, lot, 4_000).await.voucher.id;
            there_and_back(shop, undo, there, cancel).await;
        }
        "metal.cancel" => {
            let lot = shop.lot(10_000).await.id;
            let (das, voucher) = given(lot).await;
            there_and_back(
                shop,
                undo,
                async || shop.cancel_metal(voucher).await,
                async |()| {
                    shop.give_out(das, lot, 4_000).await;
                },
            )
            .await;
        }
        "goldsmith.receive" => {
            let (das, _) = given(shop.lot(10_000).await.id).await;
            there_and_back(shop, undo, async || shop.get_back(das, "K-1").await, cancel).await;
        }
        "metal.melt" => {
            let lot = shop.lot(10_000).await.id;
            there_and_back(shop, undo, async || shop.melt(lot).await, cancel).await;
        }
        "stock.write_off" => {
            there_and_back(shop, undo, async || shop.write_off(ring).await, cancel).await;
        }
        "payment.record" => {
            let bought = shop.take_old(&old_bangle(asha)).await.voucher.id;
            let new = paid_out(asha, PaymentMode::Upi, 1_000, Some(bought));
            let there = async || shop.pay(&new).await.id;
            there_and_back(shop, undo, there, async |payment| shop.reverse_payment(payment).await).await;
        }
        "payment.reverse" => {
            let bought = shop.take_old(&old_bangle(asha)).await.voucher.id;
            let new = paid_out(asha, PaymentMode::Upi, 1_000, Some(bought));
            let payment = shop.pay(&new).await.id;
            there_and_back(
                shop,
                undo,
                async || shop.reverse_payment(payment).await,
                async |()| {
                    shop.pay(&new).await;
                },
            )
            .await;
        }
        "journal_voucher.record" => {
            let there = async || shop.pay_rent().await;
            there_and_back(shop, undo, there, async |voucher| shop.unwrite(voucher).await).await;
        }
        "journal_voucher.reverse" => {
            let voucher = shop.pay_rent().await;
            let there = async || shop.unwrite(voucher).await;
            there_and_back(shop, undo, there, async |()| {
                shop.pay_rent().await;
            })
            .await;
        }
        forgotten => unreachable!("{forgotten} has an undo in the table and no walk here"),
    }
}

/// Books, stock, balances and words are what they were, with both papers in the log, for every row that names an undo.
pub async fn what_is_done_and_undone_is_as_if_it_had_not_been_done(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    shop.rate_of_old_metal().await;
    let mut walked = 0;
    for undo in UNDOS.iter().filter(|undo| undo.by.is_some()) {
        walk(&shop, undo).await;
        walked += 1;
    }
    assert!(walked >= 25, "{walked}");
    log_is_sound(&shop).await;
}
