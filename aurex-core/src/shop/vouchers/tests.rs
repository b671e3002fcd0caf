//! What a journal voucher may say.

use std::sync::atomic::{AtomicU8, Ordering};

use super::*;
use crate::chance::Entropy;
use crate::ledger::{Account, AccountState, JournalEntryId};
use crate::money::{Currency, Money};
use crate::shop::accounts::{ByHand, For, Office, by_hand, opening_chart, receivable};
use crate::shop::parties::PartyId;
use crate::text::Note;
use crate::time::{Date, Timestamp, parse_date};

use EntrySide::{Credit, Debit};
use JournalVoucherRefusal as No;

/// Never the same bytes twice.
struct Counting(AtomicU8);

static COUNTING: Counting = Counting(AtomicU8::new(0));

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(self.0.fetch_add(1, Ordering::Relaxed));
    }
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_790_000_000_000_000)
}

fn day(text: &str) -> Date {
    parse_date(text).unwrap()
}

fn chart() -> Vec<Account> {
    let mut accounts = opening_chart(Currency::INR, now(), &COUNTING).unwrap();
    let party = PartyId::new(now(), &COUNTING);
    accounts.push(receivable(party, Currency::INR, now(), &COUNTING).unwrap());
    accounts
}

fn of(chart: &[Account], purpose: For) -> Account {
    chart.iter().find(|account| purpose.is_of(account)).unwrap().clone()
}

/// Decides about a voucher of these lines, with 1,000 paise in the drawer on 23 November 2026.
fn decide(lines: &[(Account, EntrySide, i64)], date: Option<&str>) -> Result<JournalVoucherRecorded, No> {
    let inr = |minor| Money::new(minor, Currency::INR).unwrap();
    let line = |(account, side, minor): &(Account, EntrySide, i64)| NewVoucherLine {
        on: VoucherAccount::Account(account.id),
        side: *side,
        amount: inr(*minor),
    };
    let new = NewJournalVoucher {
        date: date.map(day),
        remark: Note::new("Rent of November").unwrap(),
        lines: lines.iter().map(line).collect(),
    };
    let known = JournalVoucherKnown {
        accounts: lines.iter().map(|(account, ..)| Some(account.clone())).collect(),
        series: None,
        cash_in_hand: 1_000,
        currency: Currency::INR,
        today: day("2026-11-23"),
        now: now(),
    };
    let ids = JournalVoucherIds {
        voucher: JournalVoucherId::new(now(), &COUNTING),
        entry: JournalEntryId::new(now(), &COUNTING),
    };
    decide_journal_voucher(&new, &known, ids)
}

#[test]
fn a_voucher_is_numbered_and_posts_its_lines_as_they_were_written() {
    let chart = chart();
    let (rent, cash) = (of(&chart, For::Office(Office::Rent)), of(&chart, For::Cash));
    let written = decide(&[(rent.clone(), Debit, 900), (cash.clone(), Credit, 900)], None).unwrap();
    assert_eq!(written.voucher.number.as_str(), "JV/26-27/000001");
    assert_eq!(written.voucher.total.minor(), 900);
    let entry = written.journal().entry();
    assert_eq!(entry.narration.as_str(), "JV/26-27/000001 Rent of November");
    let posted: Vec<_> = written.journal().postings().iter().map(|p| (p.account, p.amount)).collect();
    assert_eq!(posted, [(rent.id, 900), (cash.id, -900)]);
}

#[test]
fn what_documents_keep_is_moved_by_documents_alone() {
    let chart = chart();
    let bank = of(&chart, For::Bank);
    let mut never = 0;
    for account in chart.iter().filter(|account| account.id != bank.id) {
        let debit = decide(&[(account.clone(), Debit, 5), (bank.clone(), Credit, 5)], None);
        let credit = decide(&[(account.clone(), Credit, 5), (bank.clone(), Debit, 5)], None);
        let line = 0;
        let code = account.code.to_string();
        match by_hand(account) {
            ByHand::Both => assert!(debit.is_ok() && credit.is_ok(), "{code}"),
            ByHand::Debits => {
                assert!(debit.is_ok(), "{code}");
                assert_eq!(credit.unwrap_err(), No::InputTaxCredited { line, code });
            }
            ByHand::Never => {
                never += 1;
                assert_eq!(debit.unwrap_err(), No::KeptByDocuments { line, code: code.clone() });
                assert_eq!(credit.unwrap_err(), No::KeptByDocuments { line, code });
            }
        }
    }
    // Five accounts of each of three metals, and eight of what is sold, written off and paid ahead.
    assert_eq!(never, 3 * 5 + 8);
}

#[test]
fn what_does_not_balance_or_is_not_meant_is_refused_by_name() {
    let chart = chart();
    let (rent, bank, cash) =
        (of(&chart, For::Office(Office::Rent)), of(&chart, For::Bank), of(&chart, For::Cash));
    let asha = chart.last().unwrap().clone();
    let no = |lines: &[(Account, EntrySide, i64)], date| decide(lines, date).unwrap_err();
    let pair = |debit: &Account, credit: &Account, minor| {
        [(debit.clone(), Debit, minor), (credit.clone(), Credit, minor)]
    };
    let inr = |minor| Money::new(minor, Currency::INR).unwrap();
    let uneven = [(rent.clone(), Debit, 7), (bank.clone(), Credit, 6)];
    assert_eq!(no(&uneven, None), No::Unbalanced { debit: inr(7), credit: inr(6) });
    assert_eq!(no(&pair(&rent, &bank, 0), None), No::NotPositive { line: 0 });
    assert_eq!(no(&pair(&rent, &bank, -4), None), No::NotPositive { line: 0 });
    assert_eq!(no(&pair(&rent, &rent, 5), None), No::AccountTwice { line: 1, code: rent.code.to_string() });
    assert_eq!(no(&[(rent.clone(), Debit, 5)], None), No::Lines);
    assert_eq!(no(&vec![(rent.clone(), Debit, 5); MOST_LINES + 1], None), No::Lines);
    assert_eq!(no(&pair(&rent, &cash, 1_001), None), No::CashShort);
    assert!(decide(&pair(&rent, &cash, 1_000), None).is_ok());
    assert_eq!(no(&pair(&asha, &cash, 5), None), No::CashWithParty);
    assert_eq!(no(&pair(&rent, &cash, 5), Some("2026-11-22")), No::CashOtherDay);
    assert_eq!(no(&pair(&rent, &bank, 5), Some("2026-11-24")), No::Future);
    let first = day("2025-04-01");
    assert_eq!(no(&pair(&rent, &bank, 5), Some("2025-03-31")), No::LongAgo { first });
    let earlier = decide(&pair(&rent, &bank, 5), Some("2026-03-31")).unwrap();
    assert_eq!(earlier.voucher.number.as_str(), "JV/25-26/000001");
    let closed = Account { state: AccountState::Locked, ..rent };
    assert!(matches!(no(&pair(&closed, &bank, 5), None), No::Books { .. }));
}
