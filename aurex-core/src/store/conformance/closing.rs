//! Closing the books: the lock.

use super::log::{log_is_sound, whole_log};
use super::rebuild::books_are_sound;
use super::till::*;
use super::{Shop, World};
use crate::rbac::Role;
use crate::service::shop as service;
use crate::service::{Done, ServiceError};
use crate::shop::parties::{Customers, NewOpening, OpeningSide};
use crate::shop::receipts::PaymentMode;
use crate::text::Note;
use crate::time::{Date, plus_days};

fn reason() -> Note {
    Note::new("A bill of the supplier came late").unwrap()
}

impl Shop {
    pub(super) async fn lock(&self, by: Role, through: Date) -> Result<Done<Option<Date>>, ServiceError> {
        self.tick();
        service::lock_books(&self.road, &self.scope(by).await, through).await
    }

    pub(super) async fn unlock(
        &self,
        by: Role,
        through: Option<Date>,
    ) -> Result<Done<Option<Date>>, ServiceError> {
        self.tick();
        service::unlock_books(&self.road, &self.scope(by).await, through, reason()).await
    }
}

/// Nothing is posted on a locked day, whatever posts; no document of a locked day is cancelled; what the day before left is
/// still settled today.
pub async fn a_locked_day_takes_no_entries_and_loses_no_document(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, ravi) = (shop.customer("Asha").await.id, shop.customer("Ravi").await.id);
    shop.clock.advance(86_400);
    shop.rate(1_280_000).await;
    let (today, yesterday) = (shop.today(), plus_days(shop.today(), -1));
    let sold = shop.sell(asha, "R-1").await.invoice;
    let kept = shop.sell(asha, "R-2").await.invoice;
    let cash = shop.take(&money(asha, PaymentMode::Cash, 1_000, &[])).await.receipt.id;
    let ring = shop.item("R-3").await.id;
    let owner = shop.owner().await;

    shop.lock(Role::Accountant, yesterday).await.unwrap();
    let back_dated = crate::shop::invoices::NewBill { date: Some(yesterday), ..bill_of(asha, &[ring]) };
    shop.tick();
    assert_eq!(code(service::issue_invoice(&shop.road, &owner, None, &back_dated).await), "books.locked");

    shop.lock(Role::Accountant, today).await.unwrap();
    let seen = whole_log(&shop).await.len();
    shop.tick();
    let road = &shop.road;
    let bill = service::issue_invoice(road, &owner, None, &bill_of(asha, &[ring])).await;
    assert_eq!(code(bill), "books.locked");
    let taken = money(asha, PaymentMode::Upi, 500, &[]);
    assert_eq!(code(service::record_receipt(road, &owner, None, &taken).await), "books.locked");
    assert_eq!(code(service::reverse_receipt(road, &owner, None, cash, reason()).await), "books.locked");
    assert_eq!(code(service::cancel_invoice(road, &owner, None, sold.id, reason()).await), "books.locked");
    assert_eq!(code(service::record_item(road, &owner, None, piece("R-4")).await), "books.locked");
    let opening = NewOpening { amount: paise(1), side: OpeningSide::OwedToShop, reason: None };
    let opened = service::open_balance::<Customers>(road, &owner, None, ravi, &opening).await;
    assert_eq!(code(opened), "books.locked");
    assert_eq!(whole_log(&shop).await.len(), seen, "nothing was done");
    // What posts nothing goes on.
    shop.customer("Meera").await;

    shop.unlock(Role::Owner, Some(yesterday)).await.unwrap();
    shop.cancel(sold.id).await;

    shop.clock.advance(86_400);
    shop.lock(Role::Owner, today).await.unwrap();
    shop.tick();
    let owner = shop.owner().await;
    let answer = service::cancel_invoice(&shop.road, &owner, None, kept.id, reason()).await;
    assert_eq!(code(answer), "books.locked", "it would count on its own day no longer");
    // The mirror of a receipt stands on the day of its own.
    shop.reverse(cash).await;
    books_are_sound(&shop).await;
    log_is_sound(&shop).await;
}

/// The lock moves forward for those who keep the books, and back for the owner alone, with the reason in the log; it is
/// where it was said to be, and no day to come is locked.
pub async fn the_lock_goes_forward_by_the_accountant_and_back_by_the_owner_alone(world: &World) {
    let shop = world.shop("meena").await;
    let day = |days| plus_days(shop.today(), days);
    let stands = async |through: Option<Date>| {
        let auditor = shop.scope(Role::Auditor).await;
        assert_eq!(service::books_lock(&shop.road, &auditor).await.unwrap(), through);
        assert_eq!(shop.reader().await.workspace().await.unwrap().books_locked_through, through);
    };
    stands(None).await;
    for role in [Role::Manager, Role::Cashier, Role::Auditor] {
        assert_eq!(code(shop.lock(role, day(-1)).await), "permission.denied");
    }
    assert_eq!(code(shop.lock(Role::Accountant, day(1)).await), "books.lock_in_future");
    assert!(shop.lock(Role::Accountant, day(-9)).await.unwrap().receipt.is_some());
    stands(Some(day(-9))).await;
    assert!(shop.lock(Role::Admin, day(-2)).await.unwrap().receipt.is_some());
    assert!(shop.lock(Role::Admin, day(-2)).await.unwrap().receipt.is_none(), "it is there already");
    assert_eq!(code(shop.lock(Role::Owner, day(-3)).await), "books.lock_not_forward");

    for role in [Role::Admin, Role::Manager, Role::Cashier, Role::Accountant, Role::Auditor] {
        assert_eq!(code(shop.unlock(role, Some(day(-3))).await), "permission.denied");
    }
    assert_eq!(code(shop.unlock(Role::Owner, Some(day(-1))).await), "books.lock_not_back");
    assert!(shop.unlock(Role::Owner, Some(day(-3))).await.unwrap().receipt.is_some());
    stands(Some(day(-3))).await;
    let log = whole_log(&shop).await;
    assert_eq!(log.last().unwrap().entry.action.as_str(), "books.unlock");
    assert!(shop.unlock(Role::Owner, None).await.unwrap().receipt.is_some());
    assert!(shop.unlock(Role::Owner, None).await.unwrap().receipt.is_none(), "there is none");
    stands(None).await;
    assert_eq!(code(shop.unlock(Role::Owner, Some(day(-3))).await), "books.lock_not_back");
    log_is_sound(&shop).await;
}
