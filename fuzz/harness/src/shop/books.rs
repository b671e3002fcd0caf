//! Sums are what they sum, numbers have no gap, and what customers owe is what was billed less what was paid.

use std::collections::{BTreeMap, BTreeSet};

use aurex_core::{
    ledger::{Account, AccountId, JournalEntry, Posting, Series},
    measure::Metal,
    shop::{
        accounts::For,
        invoices::{Invoice, InvoiceLine, InvoiceState},
        parties::Party,
        receipts::{PaymentReceipt, ReceiptState, Settlement},
        stock::{Item, ItemState, StockMovement},
    },
    store::{InvoiceFilter, PageRequest, Reader},
    tenancy::Id as _,
};

use super::laws::Tables;

/// What each account holds, debits less credits, counted from the postings.
struct Held<'t> {
    accounts: Vec<&'t Account>,
    nets: BTreeMap<AccountId, i128>,
}

impl Held<'_> {
    fn of(&self, purpose: For) -> i128 {
        let purpose = purpose.purpose();
        let account = self.accounts.iter().find(|account| account.purpose.as_str() == purpose).unwrap();
        self.nets.get(&account.id).copied().unwrap_or(0)
    }

    fn owed_by(&self, party: &Party) -> i128 {
        let account = self.accounts.iter().find(|account| account.party == Some(party.id.uuid())).unwrap();
        self.nets.get(&account.id).copied().unwrap_or(0)
    }
}

pub(super) async fn balance(tables: &Tables, reader: &mut dyn Reader) {
    let held = postings(tables, reader).await;
    metal(tables, &held);
    lots(tables, reader).await;
    pieces(tables);
    bills(tables, reader).await;
    debts(tables, &held);
    numbers(tables);
}

/// Entries balance for each commodity, and kept balances are sums of postings.
async fn postings<'t>(tables: &'t Tables, reader: &mut dyn Reader) -> Held<'t> {
    let (mut sides, mut sums) = (BTreeMap::<_, (i64, i64)>::new(), BTreeMap::<_, i128>::new());
    let mut nets = BTreeMap::<_, i128>::new();
    for posting in tables.rows::<Posting>() {
        assert_ne!(posting.amount, 0);
        let (debit, credit) = sides.entry(posting.account).or_default();
        *(if posting.amount > 0 { debit } else { credit }) += posting.amount.abs();
        *sums.entry((posting.entry, posting.commodity.code())).or_default() += i128::from(posting.amount);
        *nets.entry(posting.account).or_default() += i128::from(posting.amount);
    }
    assert!(sums.values().all(|sum| *sum == 0), "an entry does not balance");
    let kept = reader.all_balances().await.unwrap();
    let kept: BTreeMap<_, _> = kept.iter().map(|b| (b.account, (b.debit, b.credit))).collect();
    assert_eq!(kept, sides, "balances are sums of postings");
    let entries: Vec<_> = tables.rows::<JournalEntry>().collect();
    let reversed: Vec<_> = entries.iter().filter_map(|entry| entry.reverses).collect();
    assert_eq!(reversed.iter().collect::<BTreeSet<_>>().len(), reversed.len(), "reversed at most once");
    assert!(
        reversed.iter().all(|id| entries.iter().any(|entry| entry.id == *id && entry.reverses.is_none()))
    );
    Held { accounts: tables.rows::<Account>().collect(), nets }
}

/// Metal in the books is metal that moved, and its conversion is its mirror.
fn metal(tables: &Tables, held: &Held<'_>) {
    for metal in Metal::ALL {
        assert_eq!(held.of(For::Conversion(metal)) + held.of(For::StockFine(metal)), 0);
        assert!(held.of(For::StockFine(metal)) >= 0, "metal that was never there was sold");
        assert!(held.of(For::StockCost(metal)) >= 0);
    }
    let moved = tables.rows::<StockMovement>().map(|movement| i128::from(movement.fine.ng())).sum::<i128>();
    assert_eq!(moved, Metal::ALL.into_iter().map(|metal| held.of(For::StockFine(metal))).sum::<i128>());
    let cost = tables.rows::<StockMovement>().map(|movement| i128::from(movement.cost.minor())).sum::<i128>();
    assert_eq!(cost, Metal::ALL.into_iter().map(|metal| held.of(For::StockCost(metal))).sum::<i128>());
}

/// What is on hand of a lot is the sum of its movements, and never less than nothing.
async fn lots(tables: &Tables, reader: &mut dyn Reader) {
    for (lot, on_hand) in reader.lots(PageRequest::first(1000)).await.unwrap().items {
        let of_lot = || tables.rows::<StockMovement>().filter(|movement| movement.lot == Some(lot.id));
        assert_eq!(on_hand.mass.mg(), of_lot().map(|movement| movement.mass.mg()).sum::<i64>());
        assert_eq!(on_hand.fine.ng(), of_lot().map(|movement| movement.fine.ng()).sum::<i64>());
        assert_eq!(on_hand.cost.minor(), of_lot().map(|movement| movement.cost.minor()).sum::<i64>());
        assert!(!on_hand.mass.is_negative() && !on_hand.fine.is_negative() && !on_hand.cost.is_negative());
        // What is used up has used up its cost.
        assert!(!on_hand.mass.is_zero() || (on_hand.fine.is_zero() && on_hand.cost.is_zero()));
    }
}

/// A piece is sold exactly when one standing bill says so; live pieces have tags and hallmark ids of their own.
fn pieces(tables: &Tables) {
    let standing: BTreeSet<_> = tables
        .rows::<Invoice>()
        .filter(|invoice| invoice.state == InvoiceState::Issued)
        .map(|invoice| invoice.id)
        .collect();
    let mut sold = BTreeMap::<_, usize>::new();
    for line in tables.rows::<InvoiceLine>().filter(|line| standing.contains(&line.invoice)) {
        if let Some(item) = line.item {
            *sold.entry(item).or_default() += 1;
        }
    }
    let (mut tags, mut huids) = (BTreeSet::new(), BTreeSet::new());
    for item in tables.rows::<Item>() {
        let times = sold.get(&item.id).copied().unwrap_or(0);
        assert_eq!(times, usize::from(item.state == ItemState::Sold), "{}", item.tag);
        let there: i64 = tables
            .rows::<StockMovement>()
            .filter(|movement| movement.item == Some(item.id))
            .map(|movement| movement.pieces)
            .sum();
        assert_eq!(there, i64::from(item.state == ItemState::InStock));
        assert!(tags.insert(item.tag.as_str()));
        if let (ItemState::InStock, Some(huid)) = (item.state, &item.huid) {
            assert!(huids.insert(huid.as_str()), "two live pieces have one hallmark id");
        }
    }
}

/// What is settled of a bill is the sum of its settlements, within what is payable.
async fn bills(tables: &Tables, reader: &mut dyn Reader) {
    let page = PageRequest::first(1000);
    for (bill, settled) in reader.invoices(InvoiceFilter::default(), page).await.unwrap().items {
        let of_bill = tables.rows::<Settlement>().filter(|settlement| settlement.invoice == bill.id);
        let sum: i64 = of_bill.map(|settlement| settlement.amount.minor()).sum();
        assert_eq!(settled.minor(), sum);
        assert!((0..=bill.payable.minor()).contains(&sum));
        assert!(bill.state == InvoiceState::Issued || sum == 0, "a cancelled bill has nothing settled");
        let taxes = [bill.taxable, bill.cgst, bill.sgst, bill.igst].map(|money| money.minor());
        assert_eq!(taxes.iter().sum::<i64>(), bill.total.minor());
        assert_eq!(bill.total.minor() + bill.round_off.minor(), bill.payable.minor());
        let lines = tables.rows::<InvoiceLine>().filter(|line| line.invoice == bill.id);
        assert_eq!(lines.map(|line| line.taxable.minor()).sum::<i64>(), bill.taxable.minor());
    }
}

/// A customer owes what stands billed, less what was paid and not given back.
fn debts(tables: &Tables, held: &Held<'_>) {
    for party in tables.rows::<Party>() {
        let billed = tables
            .rows::<Invoice>()
            .filter(|invoice| invoice.party == party.id && invoice.state == InvoiceState::Issued)
            .map(|invoice| i128::from(invoice.payable.minor()))
            .sum::<i128>();
        let paid = tables
            .rows::<PaymentReceipt>()
            .filter(|receipt| receipt.party == party.id && receipt.state == ReceiptState::Recorded)
            .map(|receipt| i128::from(receipt.amount.minor()))
            .sum::<i128>();
        assert_eq!(held.owed_by(party), billed - paid);
    }
    assert!(held.of(For::Cash) >= 0, "more cash was given back than there was");
}

/// A series counts 1, 2, 3 … without a gap, and knows the next number.
fn numbers(tables: &Tables) {
    let mut given = BTreeMap::<String, BTreeSet<u32>>::new();
    let invoices = tables.rows::<Invoice>().map(|invoice| invoice.number.as_str());
    let receipts = tables.rows::<PaymentReceipt>().map(|receipt| receipt.number.as_str());
    for number in invoices.chain(receipts) {
        let (series, place) = number.rsplit_once('/').unwrap();
        assert!(given.entry(series.to_owned()).or_default().insert(place.parse().unwrap()), "{number} twice");
    }
    let mut known = 0;
    for series in tables.rows::<Series>() {
        let year = format!("{:02}-{:02}", series.year % 100, (series.year + 1) % 100);
        let numbers = given.get(&format!("{}/{year}", series.prefix)).unwrap();
        assert!(numbers.iter().copied().eq(1..series.next), "{}/{year} has a gap", series.prefix);
        known += 1;
    }
    assert_eq!(known, given.len());
}
