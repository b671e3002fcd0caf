//! What a scripted shop does all day, through the service functions that everybody uses.

use super::Shop;
use crate::ledger::AccountId;
use crate::measure::{Fineness, Mass, Metal, RateKind, Ratio};
use crate::money::{Currency, Money};
use crate::rbac::Role;
use crate::service::shop::BookingView;
use crate::service::{Presented, ServiceError, shop as service};
use crate::shop::accounts::{Chart, For};
use crate::shop::bookings::{Advance, BookingId, LockPolicy, NewAdvance, NewBooking, PaidAhead};
use crate::shop::identifiers::{Hsn, Phone, StateCode};
use crate::shop::invoices::{Bill, InvoiceId, NewBill, NewLine};
use crate::shop::notes::{
    Goods, NewCreditLine, NewCreditNote, NewDebitLine, NewDebitNote, NoteCharge, NoteReason, NoteWithLines,
};
use crate::shop::parties::{Address, Identity, IdentityKind, NewParty, Party, PartyId};
use crate::shop::pricing::{Making, MakingMetalBase};
use crate::shop::rates::{NewRate, PostedRate};
use crate::shop::receipts::{NewReceipt, PaymentMode, ReceiptId, ReceiptWithSettlements};
use crate::shop::refunds::{NewRefund, Refund};
use crate::shop::stock::{Item, ItemId, Lot, LotId, NewItem, NewLot};
use crate::tenancy::Id as _;
use crate::text::{Label, Name, Note};
use crate::time::Date;

/// 22 carat.
pub(super) const GOLD_916: u32 = 916_000;

/// Rupees and paise as paise.
pub fn paise(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

/// Milligrams.
pub fn mg(mg: i64) -> Mass {
    Mass::new(mg).unwrap()
}

/// Parts per million.
pub fn fineness(ppm: u32) -> Fineness {
    Fineness::new(ppm).unwrap()
}

/// A selling rate of gold, paise a gram.
pub fn gold_rate(paise_a_gram: i64) -> NewRate {
    NewRate::by_hand(Metal::Gold, fineness(GOLD_916), RateKind::Sell, paise(paise_a_gram), mg(1000))
}

/// A customer with an address in the shop's own state, so that bills of any size can name them.
pub fn customer(name: &str) -> NewParty {
    NewParty {
        name: Name::new(name).unwrap(),
        phone: Some(Phone::parse("+919845012345").unwrap()),
        email: None,
        gstin: None,
        pan: None,
        state: Some(StateCode::parse("29").unwrap()),
        address: Some(Address::new("4 Gandhi Bazaar, Bengaluru 560004").unwrap()),
        identity: Some(Identity {
            document: IdentityKind::DrivingLicence,
            last_four: Label::new("4417").unwrap(),
        }),
    }
}

/// The worked piece: 3.390 g of 22 carat, making 16 % of its metal.
pub fn piece(tag: &str) -> NewItem {
    NewItem {
        tag: Label::new(tag).unwrap(),
        description: Name::new("Gold ring").unwrap(),
        huid: None,
        metal: Metal::Gold,
        fineness: fineness(GOLD_916),
        gross: mg(3390),
        less: Mass::ZERO,
        stones: Vec::new(),
        making: Some(Making::PercentOfMetal {
            ratio: Ratio::from_ppm(160_000),
            base: MakingMetalBase::WithoutWastage,
        }),
        hsn: Hsn::parse("71131911").unwrap(),
        cost: Some(paise(4_000_000)),
    }
}

/// A kilogram of grain.
pub fn grain(milligrams: i64) -> NewLot {
    NewLot {
        description: Name::new("Gold grain").unwrap(),
        metal: Metal::Gold,
        fineness: fineness(GOLD_916),
        mass: mg(milligrams),
        cost: Some(paise(1_000_000)),
    }
}

/// A bill of pieces.
pub fn bill_of(party: PartyId, items: &[ItemId]) -> NewBill {
    let line = |item: &ItemId| NewLine { item: Some(*item), ..NewLine::default() };
    NewBill {
        party,
        place_of_supply: None,
        date: None,
        discount: None,
        target: None,
        lines: items.iter().map(line).collect(),
    }
}

/// A bill of loose metal.
pub fn bill_of_lot(party: PartyId, lot: LotId, milligrams: i64) -> NewBill {
    let line = NewLine {
        lot: Some(lot),
        gross: Some(mg(milligrams)),
        hsn: Some(Hsn::parse("71081200").unwrap()),
        ..NewLine::default()
    };
    NewBill { lines: vec![line], ..bill_of(party, &[]) }
}

/// Money of one mode, settling bills.
pub fn money(party: PartyId, mode: PaymentMode, minor: i64, bills: &[(InvoiceId, i64)]) -> NewReceipt {
    NewReceipt {
        party,
        mode,
        amount: paise(minor),
        reference: None,
        occasion: None,
        advance: None,
        allocations: bills.iter().map(|(id, minor)| (*id, paise(*minor))).collect(),
        old_metal: None,
    }
}

/// A credit note of everything that is left of a bill.
pub fn credit_of(invoice: InvoiceId, lines: &[NewCreditLine]) -> NewCreditNote {
    NewCreditNote {
        invoice,
        reason_code: NoteReason::SalesReturn,
        reason: None,
        without_tax: false,
        lines: lines.to_vec(),
    }
}

/// The goods of a line come back, for all that is left of it.
pub fn back(line: u16) -> NewCreditLine {
    NewCreditLine { line, goods: Goods::Returned, returned: None, taxable: None }
}

/// An allowance on a line.
pub fn allowance(line: u16, minor: i64) -> NewCreditLine {
    NewCreditLine { line, goods: Goods::Kept, returned: None, taxable: Some(paise(minor)) }
}

/// A debit note of more making on a line.
pub fn debit_of(invoice: InvoiceId, line: u16, minor: i64) -> NewDebitNote {
    let line = NewDebitLine { line, charge: NoteCharge::Making, taxable: paise(minor) };
    NewDebitNote { invoice, reason_code: NoteReason::Correction, reason: None, lines: vec![line] }
}

/// Money paid back.
pub fn refund_of(party: PartyId, mode: PaymentMode, minor: i64) -> NewRefund {
    NewRefund { party, mode, amount: paise(minor), reference: None, note: None, advance: None, reason: None }
}

/// A booking of 22 carat gold at the board's rate, for thirty days, with money paid for it.
pub fn booking_of(party: PartyId, milligrams: i64, minor: i64) -> NewBooking {
    let paid = PaidAhead { mode: PaymentMode::Upi, amount: paise(minor), reference: None, occasion: None };
    NewBooking {
        party,
        metal: Metal::Gold,
        fineness: fineness(GOLD_916),
        weight: mg(milligrams),
        rate: None,
        policy: LockPolicy::Locked,
        expires: crate::time::parse_date("2026-12-20").unwrap(),
        least_advance: None,
        paid: Some(paid),
    }
}

/// Money paid ahead.
pub fn advance_of(party: PartyId, minor: i64, booking: Option<BookingId>) -> NewAdvance {
    NewAdvance {
        party,
        mode: PaymentMode::Upi,
        amount: paise(minor),
        reference: None,
        occasion: None,
        booking,
    }
}

/// An advance that settles a bill.
pub fn by_advance(advance: &Advance, bill: InvoiceId, minor: i64) -> NewReceipt {
    let money = money(advance.party, PaymentMode::Advance, minor, &[(bill, minor)]);
    NewReceipt { advance: Some(advance.id), ..money }
}

/// A bill of pieces at a booked rate.
pub fn bill_at(booking: BookingId, party: PartyId, items: &[ItemId]) -> NewBill {
    let mut bill = bill_of(party, items);
    for line in &mut bill.lines {
        line.booking = Some(booking);
    }
    bill
}

/// A key and the content it stands for.
pub fn key(text: &str, content: &[(&str, &str)]) -> Presented {
    let leaf = |(pointer, value): &(&str, &str)| ((*pointer).to_owned(), (*value).to_owned());
    Presented { key: text.to_owned(), content: content.iter().map(leaf).collect() }
}

/// The code of an answer that was not the one asked for; `store` for a store's own failure.
pub fn code<T>(answer: Result<T, ServiceError>) -> &'static str {
    match answer {
        Ok(_) => "done",
        Err(error) => error.code().unwrap_or("store"),
    }
}

impl Shop {
    /// Posts a selling rate of 22 carat gold.
    pub async fn rate(&self, paise_a_gram: i64) -> PostedRate {
        self.tick();
        let owner = self.owner().await;
        service::post_rate(&self.road, &owner, None, gold_rate(paise_a_gram)).await.unwrap().value
    }

    /// Records a customer.
    pub async fn customer(&self, name: &str) -> Party {
        self.tick();
        let owner = self.owner().await;
        service::record_customer(&self.road, &owner, None, customer(name)).await.unwrap().value
    }

    /// Records the worked piece under a tag.
    pub async fn item(&self, tag: &str) -> Item {
        self.tick();
        let owner = self.owner().await;
        service::record_item(&self.road, &owner, None, piece(tag)).await.unwrap().value.item
    }

    /// Records a lot.
    pub async fn lot(&self, milligrams: i64) -> Lot {
        self.tick();
        let owner = self.owner().await;
        service::record_lot(&self.road, &owner, None, grain(milligrams)).await.unwrap().value.lot
    }

    /// Issues a bill.
    pub async fn issue(&self, bill: &NewBill) -> Bill {
        self.tick();
        let owner = self.owner().await;
        service::issue_invoice(&self.road, &owner, None, bill).await.unwrap().value
    }

    /// Sells one new worked piece.
    pub async fn sell(&self, party: PartyId, tag: &str) -> Bill {
        let item = self.item(tag).await;
        self.issue(&bill_of(party, &[item.id])).await
    }

    /// Takes money.
    pub async fn take(&self, receipt: &NewReceipt) -> ReceiptWithSettlements {
        self.tick();
        let owner = self.owner().await;
        service::record_receipt(&self.road, &owner, None, receipt).await.unwrap().value
    }

    /// Gives money back.
    pub async fn reverse(&self, id: ReceiptId) -> ReceiptWithSettlements {
        self.tick();
        let owner = self.owner().await;
        let reason = Note::new("Wrong customer").unwrap();
        service::reverse_receipt(&self.road, &owner, None, id, reason).await.unwrap().value
    }

    /// Cancels a bill.
    pub async fn cancel(&self, id: InvoiceId) -> Bill {
        self.tick();
        let owner = self.owner().await;
        let reason = Note::new("Billed twice").unwrap();
        service::cancel_invoice(&self.road, &owner, None, id, reason).await.unwrap().value
    }

    /// Issues a credit note.
    pub async fn credit(&self, note: &NewCreditNote) -> NoteWithLines {
        self.tick();
        let owner = self.owner().await;
        service::issue_credit_note(&self.road, &owner, None, note).await.unwrap().value
    }

    /// Locks a rate.
    pub async fn book(&self, new: &NewBooking) -> BookingView {
        self.tick();
        let owner = self.owner().await;
        service::book_rate(&self.road, &owner, None, new).await.unwrap().value
    }

    /// Takes money ahead.
    pub async fn take_ahead(&self, new: &NewAdvance) -> Advance {
        self.tick();
        let owner = self.owner().await;
        service::take_advance(&self.road, &owner, None, new).await.unwrap().value
    }

    /// Pays money back.
    pub async fn pay_back(&self, refund: &NewRefund) -> Refund {
        self.tick();
        let owner = self.owner().await;
        service::pay_refund(&self.road, &owner, None, refund).await.unwrap().value
    }

    /// What the shop's account for `purpose` holds, debits less credits.
    pub async fn holds(&self, purpose: For) -> i64 {
        let mut reader = self.reader().await;
        let accounts = reader.accounts_for(None).await.unwrap();
        let id = Chart(&accounts).of(purpose).unwrap().id;
        reader.balances(&[id]).await.unwrap().first().map_or(0, crate::ledger::Balance::net)
    }

    /// What a customer owes.
    pub async fn owes(&self, party: PartyId) -> i64 {
        let id = self.receivable(party).await;
        self.reader().await.balances(&[id]).await.unwrap().first().map_or(0, crate::ledger::Balance::net)
    }

    /// A customer's own account.
    pub async fn receivable(&self, party: PartyId) -> AccountId {
        let accounts = self.reader().await.accounts_for(Some(party.uuid())).await.unwrap();
        Chart(&accounts).receivable(party).unwrap().id
    }

    /// Today in the shop.
    pub fn today(&self) -> Date {
        use crate::time::Clock as _;
        crate::time::Zone::INDIA.date_of(self.clock.now())
    }

    /// A scope of the cashier's.
    pub async fn cashier(&self) -> crate::tenancy::Scope {
        self.scope(Role::Cashier).await
    }
}
