//! A shop with one of everything, for cases that look rather than do.

use super::forge::insert;
use super::till::*;
use super::{Shop, World};
use crate::identity::actions::CreateApiToken;
use crate::identity::member::ApiToken;
use crate::rbac::Role;
use crate::shop::bookings::{Advance, Booking};
use crate::shop::identifiers::{Gstin, Huid};
use crate::shop::invoices::Bill;
use crate::shop::notes::NoteWithLines;
use crate::shop::parties::{Customers, NewParty, Party};
use crate::shop::rates::PostedRate;
use crate::shop::receipts::{PaymentMode, ReceiptWithSettlements};
use crate::shop::refunds::{NewRefund, Refund};
use crate::shop::stock::{Item, Lot, LotId, NewItem};

/// One of everything.
pub(super) struct Scene {
    pub(super) shop: Shop,
    pub(super) token: ApiToken,
    pub(super) rate: PostedRate,
    pub(super) party: Party,
    /// In stock, with a hallmark id.
    pub(super) item: Item,
    pub(super) lot: Lot,
    /// Of another piece, part-paid and part-credited.
    pub(super) bill: Bill,
    pub(super) receipt: ReceiptWithSettlements,
    /// An allowance on that bill.
    pub(super) note: NoteWithLines,
    pub(super) refund: Refund,
    pub(super) booking: Booking,
    pub(super) advance: Advance,
}

impl Scene {
    pub(super) async fn set(world: &World, slug: &str) -> Self {
        let shop = world.shop(slug).await;
        let token = shop.token(Role::Manager).await;
        shop.access_rows().await;
        let rate = shop.rate(1_280_000).await;
        let gstin = Some(Gstin::parse("29AABCF8078M1C8").unwrap());
        let new = NewParty { gstin, ..customer(&format!("Asha of {slug}")) };
        shop.tick();
        let owner = shop.owner().await;
        let party = crate::service::shop::record_customer(&shop.road, &owner, None, new).await.unwrap().value;
        let new = NewItem { huid: Some(Huid::parse("AB12CD").unwrap()), ..piece(&format!("KEPT-{slug}")) };
        shop.tick();
        let item = crate::service::shop::record_item(&shop.road, &owner, None, new).await.unwrap().value.item;
        let lot = shop.lot(1_000_000).await;
        let bill = shop.sell(party.id, "SOLD").await;
        let part = money(party.id, PaymentMode::Upi, 1_000_000, &[(bill.invoice.id, 1_000_000)]);
        let receipt = shop.take(&part).await;
        shop.goldsmith_at_work(lot.id).await;
        shop.rate_of_old_metal().await;
        shop.take_old(&super::metal::old_bangle(party.id)).await;
        let note = shop.credit(&credit_of(bill.invoice.id, &[allowance(1, 100_000)])).await;
        // Paid ahead on account, and some of it back.
        shop.take(&money(party.id, PaymentMode::Upi, 5_000_000, &[])).await;
        let refund = refund_of(party.id, PaymentMode::Upi, 100);
        let refund = shop.pay_back(&NewRefund { note: Some(note.note.id), ..refund }).await;
        let bill = shop.reader().await.invoice(bill.invoice.id).await.unwrap().unwrap();
        let booked = shop.book(&booking_of(party.id, 1_000, 500_000)).await;
        let (booking, advance) = (booked.booking, booked.advances.first().unwrap().clone());
        Self { shop, token, rate, party, item, lot, bill, receipt, note, refund, booking, advance }
    }
}

impl Shop {
    /// A goldsmith who holds some of a lot, and was paid something in cash.
    pub(super) async fn goldsmith_at_work(&self, lot: LotId) {
        let das = self.goldsmith().await;
        self.give_out(das.id, lot, 100).await;
        let passing = NewParty { phone: None, ..customer("Passing by") };
        let buyer = self.party::<Customers>(passing).await;
        self.take(&money(buyer.id, PaymentMode::Cash, 10_000, &[])).await;
        self.pay(&super::metal::paid(das.id, PaymentMode::Cash, 10_000, None)).await;
    }

    /// Makes a token of a member's.
    pub(super) async fn token(&self, role: Role) -> ApiToken {
        self.tick();
        let scope = self.scope(role).await;
        let mut turn = self.writer(&scope).await.unwrap();
        let token = self.token_row(self.member(role).id, turn.now());
        let rows = vec![token.clone().into()];
        turn.apply(insert::<CreateApiToken>(&scope, &*self.entropy, rows)).await.unwrap();
        turn.commit().await.unwrap();
        token
    }
}
