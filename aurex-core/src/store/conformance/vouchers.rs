//! Journal vouchers: entries by hand, with the same invariants as what documents post.

use super::log::{log_is_sound, whole_log};
use super::rebuild::books_are_sound;
use super::till::*;
use super::{Shop, World};
use crate::ledger::{AccountId, Balance};
use crate::rbac::Role;
use crate::service::shop as service;
use crate::service::shop::JournalVoucherView;
use crate::shop::accounts::{Chart, For, Office};
use crate::shop::parties::PartyId;
use crate::shop::receipts::{PaymentMode, ReceiptState};
use crate::shop::vouchers::{EntrySide, JournalVoucherId, NewJournalVoucher, NewVoucherLine, VoucherAccount};
use crate::store::PageRequest;
use crate::text::Note;
use crate::time::plus_days;

/// A voucher of two lines.
pub(super) fn by_hand(debit: VoucherAccount, credit: VoucherAccount, minor: i64) -> NewJournalVoucher {
    let line = |on, side| NewVoucherLine { on, side, amount: paise(minor) };
    NewJournalVoucher {
        date: None,
        remark: Note::new("Rent of November").unwrap(),
        lines: vec![line(debit, EntrySide::Debit), line(credit, EntrySide::Credit)],
    }
}

fn reason() -> Note {
    Note::new("Written twice").unwrap()
}

impl Shop {
    pub(super) async fn account_for(&self, purpose: For) -> AccountId {
        let accounts = self.reader().await.accounts_for(None).await.unwrap();
        Chart(&accounts).of(purpose).unwrap().id
    }

    pub(super) async fn line_for(&self, purpose: For) -> VoucherAccount {
        VoucherAccount::Account(self.account_for(purpose).await)
    }

    async fn net_of(&self, account: AccountId) -> i64 {
        self.reader().await.balances(&[account]).await.unwrap().first().map_or(0, Balance::net)
    }

    pub(super) async fn write(&self, new: &NewJournalVoucher) -> JournalVoucherView {
        self.tick();
        service::record_journal_voucher(&self.road, &self.owner().await, None, new).await.unwrap().value
    }

    /// The shop's rent, by the bank.
    pub(super) async fn pay_rent(&self) -> JournalVoucherId {
        let (rent, bank) = (self.line_for(For::Office(Office::Rent)).await, self.line_for(For::Bank).await);
        self.write(&by_hand(rent, bank, 25_000)).await.voucher.id
    }

    pub(super) async fn unwrite(&self, id: JournalVoucherId) {
        self.tick();
        let owner = self.owner().await;
        service::reverse_journal_voucher(&self.road, &owner, None, id, reason()).await.unwrap();
    }
}

/// A voucher is numbered without a gap, stands in the ledgers with its remark, is shown as it was written and answered again
/// to the same key; its mirror takes all of it back, once.
pub async fn a_journal_voucher_is_written_shown_and_reversed_once(world: &World) {
    let shop = world.shop("meena").await;
    let asha = shop.customer("Asha").await.id;
    let owner = shop.owner().await;
    let rent = shop.line_for(For::Office(Office::Rent)).await;
    let bank = shop.account_for(For::Bank).await;
    let new = by_hand(rent, VoucherAccount::Account(bank), 25_000);
    let presented = key("rent", &[("/remark", "Rent of November")]);
    shop.tick();
    let done = service::record_journal_voucher(&shop.road, &owner, Some(&presented), &new).await.unwrap();
    let again = service::record_journal_voucher(&shop.road, &owner, Some(&presented), &new).await.unwrap();
    assert!(again.replayed && again.value == done.value);
    let written = done.value;
    assert!(written.voucher.number.as_str().ends_with("/000001"));
    assert_eq!(shop.net_of(bank).await, -25_000);

    // A customer's small balance is let go: the line names them and not their account.
    let discounts = shop.line_for(For::Discounts).await;
    let let_go = shop.write(&by_hand(discounts, VoucherAccount::Party(asha), 300)).await;
    assert!(let_go.voucher.number.as_str().ends_with("/000002"));
    assert_eq!(let_go.lines.last().unwrap().party.as_ref().unwrap().as_str(), "Asha");
    assert_eq!(shop.net_of(shop.receivable(asha).await).await, -300);

    let auditor = shop.scope(Role::Auditor).await;
    let shown = service::journal_voucher(&shop.road, &auditor, written.voucher.id).await.unwrap();
    assert_eq!(shown, written);
    let first = service::journal_vouchers(&shop.road, &auditor, PageRequest::first(1)).await.unwrap();
    assert_eq!(first.items, [let_go.voucher]);
    let next = PageRequest { after: first.next, ..PageRequest::first(1) };
    let rest = service::journal_vouchers(&shop.road, &auditor, next).await.unwrap();
    assert_eq!((rest.items, rest.next), (vec![written.voucher.clone()], None));

    let id = written.voucher.id;
    shop.unwrite(id).await;
    assert_eq!(shop.net_of(bank).await, 0);
    let shown = service::journal_voucher(&shop.road, &auditor, id).await.unwrap();
    assert_eq!((shown.voucher.state, shown.lines), (ReceiptState::Reversed, written.lines));
    assert_eq!(shown.voucher.reverse_reason, Some(reason()));
    shop.tick();
    let twice = service::reverse_journal_voucher(&shop.road, &owner, None, id, reason()).await;
    assert_eq!(code(twice), "journal_voucher.already_reversed");
    books_are_sound(&shop).await;
    log_is_sound(&shop).await;
}

/// Those who keep the books write vouchers, and nobody else; what is refused leaves nothing, neither an entry nor a number.
pub async fn a_refused_journal_voucher_leaves_nothing(world: &World) {
    let shop = world.shop("meena").await;
    let asha = shop.customer("Asha").await.id;
    let taken = shop.take(&money(asha, PaymentMode::Cash, 1_000, &[])).await.receipt.id;
    let rent = shop.line_for(For::Office(Office::Rent)).await;
    let (cash, bank) = (shop.line_for(For::Cash).await, shop.line_for(For::Bank).await);
    let seen = whole_log(&shop).await.len();
    shop.tick();
    let write = async |role, new: NewJournalVoucher| {
        let scope = shop.scope(role).await;
        code(service::record_journal_voucher(&shop.road, &scope, None, &new).await)
    };
    assert_eq!(write(Role::Owner, by_hand(rent, cash, 1_001)).await, "journal_voucher.cash_short");
    let party = VoucherAccount::Party(asha);
    assert_eq!(write(Role::Owner, by_hand(party, cash, 5)).await, "journal_voucher.cash_with_party");
    assert_eq!(write(Role::Owner, by_hand(bank, bank, 5)).await, "journal_voucher.account_twice");
    let sales = shop.line_for(For::MetalSales).await;
    assert_eq!(write(Role::Owner, by_hand(bank, sales, 5)).await, "journal_voucher.kept_by_documents");
    let tomorrow = NewJournalVoucher { date: Some(plus_days(shop.today(), 1)), ..by_hand(rent, bank, 5) };
    assert_eq!(write(Role::Owner, tomorrow).await, "journal_voucher.date_in_future");
    let nobody = VoucherAccount::Party(PartyId::new(shop.road.clock.now(), &*shop.road.entropy));
    assert_eq!(write(Role::Owner, by_hand(nobody, bank, 5)).await, "journal_voucher.account_not_found");
    for _ in 0..2 {
        shop.lock(Role::Owner, plus_days(shop.today(), -1)).await.unwrap();
    }
    let locked = NewJournalVoucher { date: Some(plus_days(shop.today(), -1)), ..by_hand(rent, bank, 5) };
    assert_eq!(write(Role::Accountant, locked).await, "books.locked");
    assert_eq!(whole_log(&shop).await.len(), seen + 1, "the lock alone");
    for role in [Role::Manager, Role::Cashier, Role::Auditor] {
        assert_eq!(write(role, by_hand(rent, bank, 5)).await, "permission.denied");
    }
    // What a voucher brought into the drawer, and was spent since, is not taken out of it.
    let capital = shop.line_for(For::Office(Office::Capital)).await;
    let brought = shop.write(&by_hand(cash, capital, 500)).await.voucher;
    assert!(brought.number.as_str().ends_with("/000001"), "nothing that was refused took a number");
    shop.reverse(taken).await;
    let spent = shop.write(&by_hand(rent, cash, 200)).await.voucher.id;
    shop.tick();
    let owner = shop.owner().await;
    let back = service::reverse_journal_voucher(&shop.road, &owner, None, brought.id, reason()).await;
    assert_eq!(code(back), "journal_voucher.cash_short");
    shop.unwrite(spent).await;
    shop.unwrite(brought.id).await;
    books_are_sound(&shop).await;
    log_is_sound(&shop).await;
}
