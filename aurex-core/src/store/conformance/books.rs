//! The books' reports: each agrees with the trial balance to the paisa and the nanogram, and the returns with the books.

use super::scene::Scene;
use super::till::*;
use super::{Shop, World};
use crate::ledger::{Account, Class, Commodity};
use crate::measure::Metal;
use crate::money::Currency;
use crate::rbac::Role;
use crate::service::shop as service;
use crate::service::shop::{BooksReport, Days};
use crate::shop::accounts::{Chart, For};
use crate::shop::books::sheet::Cell;
use crate::shop::books::{TaxSums, TrialBalance};
use crate::shop::identifiers::{Gstin, StateCode};
use crate::shop::parties::{NewParty, Party};
use crate::shop::receipts::PaymentMode;
use crate::store::{PageRequest, TaxDocumentKind};
use crate::time::{Date, plus_days};

const RUPEES: Commodity = Commodity::Currency(Currency::INR);

/// Somebody in Maharashtra, with a GSTIN or without.
async fn stranger(shop: &Shop, name: &str, gstin: Option<&str>) -> Party {
    shop.tick();
    let new = NewParty {
        gstin: gstin.map(|text| Gstin::parse(text).unwrap()),
        state: Some(StateCode::parse("27").unwrap()),
        ..customer(name)
    };
    let owner = shop.owner().await;
    service::record_customer(&shop.road, &owner, None, new).await.unwrap().value
}

async fn trial(shop: &Shop, as_of: Option<Date>) -> TrialBalance {
    service::trial(&shop.road, &shop.owner().await, as_of).await.unwrap()
}

/// Whether the account is of what a party owes or is owed.
fn is_owed(account: &Account) -> bool {
    [For::Receivable, For::Payable].iter().any(|purpose| account.purpose.as_str() == purpose.purpose())
}

/// Debits less credits of all accounts of a class.
fn of_class(trial: &TrialBalance, class: Class) -> i64 {
    let rows = trial.rows.iter().filter(|row| row.account.class == class && row.account.commodity == RUPEES);
    rows.map(|row| row.debit - row.credit).sum()
}

/// Bills, receipts, a note and a refund; then every report beside the trial balance.
pub async fn every_report_agrees_with_the_trial_balance(world: &World) {
    let Scene { shop, .. } = Scene::set(world, "meena").await;
    let ravi = stranger(&shop, "Ravi", None).await;
    shop.sell(ravi.id, "MH-1").await;
    let owner = shop.owner().await;
    let trial = trial(&shop, None).await;
    for total in &trial.totals {
        assert_eq!(total.debit, total.credit, "{}", total.commodity);
    }
    assert_eq!(trial.totals.len(), 2, "rupees and gold");

    let year = service::profit_and_loss(&shop.road, &owner, Days::default()).await.unwrap();
    assert_eq!(year.total_income, -of_class(&trial, Class::Income));
    assert_eq!(year.total_expenses, of_class(&trial, Class::Expense));
    assert!(year.profit > 0, "and something was sold above its cost");

    let sheet = service::balance_sheet(&shop.road, &owner, None).await.unwrap();
    assert!(sheet.agrees(), "{sheet:?}");
    let owed = of_class(&trial, Class::Asset) + of_class(&trial, Class::Liability);
    assert_eq!(sheet.total_assets - sheet.total_liabilities, owed);
    let ahead = sheet.liabilities.iter().find(|row| row.name == "Customers: owed by us").unwrap();
    assert!(ahead.amount > 0, "who paid ahead is a creditor");
    let profit = sheet.equity.iter().find(|row| row.name == "Profit of the year").unwrap();
    assert_eq!(profit.amount, year.profit);

    let books = service::metal_books(&shop.road, &owner, Days::default()).await.unwrap();
    let gold = books.iter().find(|book| book.metal == Metal::Gold).unwrap();
    assert_eq!(gold.difference, 0, "conversion takes the other side of the stock");
    let purpose = For::StockFine(Metal::Gold).purpose();
    let stock = gold.rows.iter().find(|row| row.account.purpose.as_str() == purpose).unwrap();
    assert_eq!(stock.closing, shop.holds(For::StockFine(Metal::Gold)).await);
    assert_eq!(stock.opening + stock.came - stock.went, stock.closing);

    let (.., aged) = service::ageing(&shop.road, &owner, None, PageRequest::first(100)).await.unwrap();
    let receivable: i64 =
        trial.rows.iter().filter(|row| is_owed(&row.account)).map(|row| row.debit - row.credit).sum();
    assert_eq!(aged.items.iter().map(|party| party.sums.balance).sum::<i64>(), receivable);
    for party in &aged.items {
        assert_eq!(party.owed.iter().sum::<i64>() - party.credit, party.sums.balance, "{party:?}");
    }
    assert!(aged.items.len() >= 2);
}

/// The day book has every entry once, page by page, and each balances; an account's book runs to its balance.
pub async fn the_day_book_has_every_entry_once_and_an_account_runs_to_its_balance(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    shop.sell(party.id, "SOLD").await;
    shop.take(&money(party.id, PaymentMode::Cash, 700_000, &[])).await;
    shop.take(&money(party.id, PaymentMode::Cash, 300_000, &[])).await;
    let owner = shop.owner().await;
    let mut entries = Vec::new();
    let mut page = PageRequest::first(2);
    loop {
        let read = service::day_book(&shop.road, &owner, Days::default(), page).await.unwrap();
        entries.extend(read.items);
        let Some(next) = read.next else { break };
        page.after = Some(next);
    }
    let kept = shop.reader().await.facts("journal_entry").await.unwrap();
    assert_eq!(entries.len(), kept.len());
    for entry in &entries {
        let sum =
            |of| entry.lines.iter().filter(|l| l.posting.commodity == of).map(|l| l.posting.amount).sum();
        let sums: [i64; 2] = [sum(RUPEES), sum(Commodity::Metal(Metal::Gold))];
        assert_eq!(sums, [0, 0], "{:?}", entry.entry.narration);
        assert!(entry.lines.len() >= 2);
        for line in entry.lines.iter().filter(|line| line.account.party.is_some()) {
            assert_eq!(line.party.as_ref(), Some(&party.name));
        }
    }
    let accounts = shop.reader().await.accounts_for(None).await.unwrap();
    let cash = Chart(&accounts).of(For::Cash).unwrap().id;
    let book = service::account_book(&shop.road, &owner, cash, Days::default(), PageRequest::first(1)).await;
    let first = book.unwrap();
    assert_eq!((first.opening, first.lines.items.first().unwrap().1), (0, 700_000));
    let on = PageRequest { after: first.lines.next, limit: 1 };
    let second = service::account_book(&shop.road, &owner, cash, Days::default(), on).await.unwrap();
    assert_eq!((second.opening, second.lines.items.first().unwrap().1), (700_000, 1_000_000));
    assert_eq!(second.lines.next, None);
    assert_eq!(shop.holds(For::Cash).await, 1_000_000);
    let tomorrow = Days { from: Some(plus_days(shop.today(), 1)), to: None };
    let after =
        service::account_book(&shop.road, &owner, cash, tomorrow, PageRequest::first(1)).await.unwrap();
    assert_eq!((after.opening, after.lines.items.len()), (1_000_000, 0));
    assert_eq!(
        code(service::day_book(&shop.road, &owner, tomorrow, PageRequest::first(1)).await),
        "books.period_reversed"
    );
}

/// What the tax accounts were credited with is what the return declares, table by table.
pub async fn the_return_declares_what_the_tax_accounts_were_credited_with(world: &World) {
    // A registered buyer, a part-credited bill, and an allowance on it.
    let Scene { shop, bill, note, .. } = Scene::set(world, "meena").await;
    let asha = shop.customer("Asha at the counter").await;
    let ravi = stranger(&shop, "Ravi", None).await;
    let small = shop.sell(asha.id, "C-1").await.invoice;
    let far = shop.sell(ravi.id, "C-2").await.invoice;
    let grain = shop.lot(100_000).await;
    let large = shop.issue(&bill_of_lot(ravi.id, grain.id, 20_000)).await.invoice;
    let back = shop.credit(&credit_of(far.id, &[])).await.note;
    let of_large = shop.credit(&credit_of(large.id, &[allowance(1, 50_000)])).await.note;
    let cancelled = shop.sell(asha.id, "C-3").await.invoice;
    shop.cancel(cancelled.id).await;
    let owner = shop.owner().await;
    let report = service::gstr1(&shop.road, &owner, Days::default()).await.unwrap();

    let number = |of: &[crate::shop::books::ReturnDocument]| {
        of.iter().map(|document| document.number.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(number(&report.b2b), [bill.invoice.number.to_string()]);
    assert_eq!(number(&report.notes_registered), [note.note.number.to_string()]);
    assert_eq!(number(&report.b2c_large), [large.number.to_string()]);
    assert_eq!(number(&report.notes_unregistered), [of_large.number.to_string()]);
    assert_eq!(report.b2b.first().unwrap().value, bill.invoice.payable.minor());
    // The sale within the state, and the one to Maharashtra with the note that took it back.
    let sums: Vec<(bool, TaxSums)> = report.b2c_small.iter().map(|row| (row.inter_state, row.sums)).collect();
    let (taxable, half) = (small.taxable.minor(), small.cgst.minor());
    let within = TaxSums { taxable, igst: 0, cgst: half, sgst: half };
    assert_eq!(sums, [(true, TaxSums::default()), (false, within)]);
    assert_eq!(far.igst, back.igst);
    let issued = |kind| {
        let rows = report.documents.iter().filter(|row| row.kind == kind);
        rows.map(|row| (row.issued, row.cancelled, row.missing)).collect::<Vec<_>>()
    };
    assert_eq!(issued(TaxDocumentKind::TaxInvoice), [(5, 1, 0)]);
    assert_eq!(issued(TaxDocumentKind::CreditNote), [(3, 0, 0)]);
    let hsn: i64 = report.hsn_b2b.iter().chain(&report.hsn_b2c).map(|row| row.sums.taxable).sum();
    assert_eq!(hsn, report.totals.taxable, "table 12 has what the other tables have");

    let (working, ..) = service::gstr3b(&shop.road, &owner, Days::default()).await.unwrap();
    let booked = [For::Igst, For::Cgst, For::Sgst].map(|purpose| shop.holds(purpose));
    let [igst, cgst, sgst] = booked;
    let booked = (-igst.await, -cgst.await, -sgst.await);
    assert_eq!((report.totals.igst, report.totals.cgst, report.totals.sgst), booked);
    assert_eq!((working.other_postings.igst, working.other_postings.cgst), (0, 0));
    assert_eq!(working.outward, report.totals);
    let place = working.inter_state_unregistered.first().unwrap();
    let left = large.igst.minor() - of_large.igst.minor();
    assert_eq!((place.igst, working.inter_state_unregistered.len()), (left, 1));

    let earlier = Days { from: None, to: Some(plus_days(shop.today(), -40)) };
    let nothing = service::gstr1(&shop.road, &owner, earlier).await.unwrap();
    assert_eq!((nothing.totals, nothing.documents.len()), (TaxSums::default(), 0));
    let decade = Days { from: Some(plus_days(shop.today(), -3660)), to: None };
    assert_eq!(code(service::gstr1(&shop.road, &owner, decade).await), "books.period_too_long");
}

/// Payments settle the oldest debt; a payment that bounced is no new debt.
pub async fn what_is_owed_ages_from_the_day_it_was_billed(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha").await;
    let first = shop.sell(asha.id, "A-1").await.invoice;
    let day_one = shop.today();
    let paid = shop.take(&money(asha.id, PaymentMode::ChequeOther, 1_000_000, &[])).await.receipt;
    shop.clock.advance(40 * 86_400);
    shop.rate(1_280_000).await;
    let second = shop.sell(asha.id, "A-2").await.invoice;
    let owner = shop.owner().await;
    let aged = |as_of: Option<Date>| {
        let (road, owner) = (shop.road.clone(), owner.clone());
        async move {
            let (.., page) = service::ageing(&road, &owner, as_of, PageRequest::first(10)).await.unwrap();
            page.items.into_iter().map(|party| (party.owed, party.credit)).collect::<Vec<_>>()
        }
    };
    let (one, two) = (first.payable.minor(), second.payable.minor());
    assert_eq!(aged(None).await, [([two, one - 1_000_000, 0, 0], 0)]);
    assert_eq!(aged(Some(day_one)).await, [([one - 1_000_000, 0, 0, 0], 0)]);
    assert_eq!(aged(Some(plus_days(day_one, 100))).await, [([0, two, 0, one - 1_000_000], 0)]);
    shop.reverse(paid.id).await;
    assert_eq!(aged(None).await, [([two, one, 0, 0], 0)], "the bounced cheque is owed since the first bill");
    assert_eq!(aged(Some(plus_days(day_one, -1))).await, []);
}

/// Every report as tables: whole rows, and the totals of what it shows. Who may not see the books gets none.
pub async fn every_report_can_be_had_as_tables(world: &World) {
    let Scene { shop, .. } = Scene::set(world, "meena").await;
    let owner = shop.owner().await;
    let accounts = shop.reader().await.accounts_for(None).await.unwrap();
    let upi = Chart(&accounts).of(For::Upi).unwrap().id;
    let reports = [
        BooksReport::TrialBalance,
        BooksReport::DayBook,
        BooksReport::AccountBook(Some(upi)),
        BooksReport::ProfitAndLoss,
        BooksReport::BalanceSheet,
        BooksReport::MetalBook,
        BooksReport::Ageing,
        BooksReport::Gstr1,
        BooksReport::Gstr3b,
    ];
    for report in reports {
        let sheets = service::report_sheets(&shop.road, &owner, report, Days::default()).await.unwrap();
        assert!(sheets.iter().any(|sheet| !sheet.rows.is_empty()), "{report:?}");
        for sheet in &sheets {
            assert!(sheet.name.len() <= 31, "{}", sheet.name);
            assert!(sheet.rows.iter().all(|row| row.len() == sheet.columns.len()), "{}", sheet.name);
        }
        let manager = shop.scope(Role::Manager).await;
        assert_eq!(
            code(service::report_sheets(&shop.road, &manager, report, Days::default()).await),
            "permission.denied",
            "{report:?}"
        );
    }
    let book = BooksReport::AccountBook(Some(upi));
    let sheets = service::report_sheets(&shop.road, &owner, book, Days::default()).await.unwrap();
    let last = sheets.first().unwrap().rows.last().unwrap().last().cloned();
    assert_eq!(last, Some(Cell::number(shop.holds(For::Upi).await, 2)));
    let none =
        service::report_sheets(&shop.road, &owner, BooksReport::AccountBook(None), Days::default()).await;
    assert_eq!(code(none), "books.account_required");
}
