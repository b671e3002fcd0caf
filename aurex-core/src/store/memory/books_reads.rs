//! Reading the books in the reference store.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::super::*;
use super::Opened;
use super::reads::{backward, forward, ledger_place, missing, summed};
use super::state::State;
use crate::ledger::{Account, AccountId, Balance, Commodity, JournalEntry, JournalEntryId, Posting};
use crate::measure::{Mass, Ratio};
use crate::money::{Currency, Money};
use crate::shop::identifiers::{Hsn, StateCode};
use crate::shop::invoices::{Invoice, InvoiceId, InvoiceKind, InvoiceLine, InvoiceParties, InvoiceState};
use crate::shop::notes::{BillNote, BillNoteLine, NoteKind, NoteState};
use crate::shop::parties::{Party, PartyId};
use crate::shop::vouchers::{JournalVoucher, JournalVoucherId};
use crate::tenancy::Id as _;
use crate::time::{Date, plus_days};

fn out_of_range() -> StoreError {
    StoreError::corrupt("a sum is out of range")
}

fn sum(amounts: impl Iterator<Item = i64>) -> Read<i64> {
    amounts.into_iter().try_fold(0_i64, |sum, amount| sum.checked_add(amount)).ok_or_else(out_of_range)
}

/// What of a document's line goes into a return.
struct TaxLine {
    hsn: Hsn,
    rate: Ratio,
    net: Mass,
    money: [Money; 4],
}

fn tax_line(line: &InvoiceLine) -> TaxLine {
    TaxLine {
        hsn: line.hsn.clone(),
        rate: line.tax_rate,
        net: line.net,
        money: [line.taxable, line.cgst, line.sgst, line.igst],
    }
}

fn tax_rows(lines: impl Iterator<Item = TaxLine>) -> Read<Vec<TaxRow>> {
    let mut rows: BTreeMap<(Hsn, i32), TaxRow> = BTreeMap::new();
    for line in lines {
        let [taxable, cgst, sgst, igst] = line.money;
        let key = (line.hsn.clone(), line.rate.ppm());
        let Some(row) = rows.get_mut(&key) else {
            let TaxLine { hsn, rate, net, .. } = line;
            rows.insert(key, TaxRow { hsn, rate, net, taxable, cgst, sgst, igst });
            continue;
        };
        let added = |a: Money, b| a.checked_add(b).map_err(|_| out_of_range());
        row.net = row.net.checked_add(line.net).map_err(|_| out_of_range())?;
        row.taxable = added(row.taxable, taxable)?;
        row.cgst = added(row.cgst, cgst)?;
        row.sgst = added(row.sgst, sgst)?;
        row.igst = added(row.igst, igst)?;
    }
    Ok(rows.into_values().collect())
}

impl State {
    fn says(&self, invoice: InvoiceId) -> Read<&InvoiceParties> {
        self.get::<InvoiceParties>(&[&invoice]).ok_or_else(|| missing("parties of a bill"))
    }

    fn taxed_bill(&self, bill: &Invoice) -> Read<TaxDocument> {
        let says = self.says(bill.id)?;
        let lines = self.rows::<InvoiceLine>().filter(|line| line.invoice == bill.id);
        Ok(TaxDocument {
            id: bill.id.uuid(),
            kind: match bill.kind {
                InvoiceKind::TaxInvoice => TaxDocumentKind::TaxInvoice,
                InvoiceKind::BillOfSupply => TaxDocumentKind::BillOfSupply,
            },
            number: bill.number.clone(),
            date: bill.business_date,
            place: bill.place_of_supply,
            value: bill.payable,
            cancelled: bill.state == InvoiceState::Cancelled,
            tax_effect: bill.kind == InvoiceKind::TaxInvoice,
            buyer: says.buyer_name.clone(),
            gstin: says.buyer_gstin.clone(),
            against: None,
            rows: tax_rows(lines.map(tax_line))?,
        })
    }

    fn bills_of(&self, from: Date, to: Date) -> impl Iterator<Item = &Invoice> {
        self.rows::<Invoice>().filter(move |bill| bill.business_date >= from && bill.business_date <= to)
    }

    fn taxed_note(&self, note: &BillNote) -> Read<TaxDocument> {
        let says = self.says(note.invoice)?;
        let bill = self.get::<Invoice>(&[&note.invoice]).ok_or_else(|| missing("bill of a note"))?;
        let lines = self.rows::<BillNoteLine>().filter(|line| line.note == note.id);
        Ok(TaxDocument {
            id: note.id.uuid(),
            kind: match note.kind {
                NoteKind::CreditNote => TaxDocumentKind::CreditNote,
                NoteKind::DebitNote => TaxDocumentKind::DebitNote,
            },
            number: note.number.clone(),
            date: note.business_date,
            place: note.place_of_supply,
            value: note.payable,
            cancelled: note.state == NoteState::Cancelled,
            tax_effect: note.tax_effect,
            buyer: says.buyer_name.clone(),
            gstin: says.buyer_gstin.clone(),
            against: Some(Against {
                number: note.invoice_number.clone(),
                date: note.invoice_date,
                value: bill.payable,
                taxed: bill.kind == InvoiceKind::TaxInvoice,
            }),
            rows: tax_rows(lines.map(|line| TaxLine {
                hsn: line.hsn.clone(),
                rate: line.tax_rate,
                net: line.net,
                money: [line.taxable, line.cgst, line.sgst, line.igst],
            }))?,
        })
    }

    fn day_entry(&self, entry: &JournalEntry) -> Read<DayEntry> {
        let line = |posting: &Posting| {
            let account = self.get::<Account>(&[&posting.account]).ok_or_else(|| missing("account"))?;
            let party = account.party.and_then(|id| self.get::<Party>(&[&PartyId::from_uuid(id)]));
            Ok(DayLine {
                posting: posting.clone(),
                account: account.clone(),
                party: party.map(|party| party.name.clone()),
            })
        };
        let postings = self.rows::<Posting>().filter(|posting| posting.entry == entry.id);
        Ok(DayEntry { entry: entry.clone(), lines: postings.map(line).collect::<Read<_>>()? })
    }

    /// The entries that count for ageing at a date: neither reversed by then nor reversals.
    fn standing(&self, as_of: Date) -> BTreeSet<JournalEntryId> {
        let upto = || self.rows::<JournalEntry>().filter(|entry| entry.effective <= as_of);
        let reversed: BTreeSet<JournalEntryId> = upto().filter_map(|entry| entry.reverses).collect();
        upto()
            .filter(|entry| entry.reverses.is_none() && !reversed.contains(&entry.id))
            .map(|entry| entry.id)
            .collect()
    }

    fn aged(&self, party: &Party, currency: Currency, as_of: Date) -> Read<Option<AgedSums>> {
        let theirs = |account: &&Account| {
            account.party == Some(party.id.uuid())
                && account.commodity == Commodity::Currency(currency)
                && matches!(account.purpose.as_str(), "receivable" | "payable")
        };
        let accounts: BTreeSet<AccountId> = self.rows::<Account>().filter(theirs).map(|a| a.id).collect();
        let standing = self.standing(as_of);
        let counts = |p: &&Posting| accounts.contains(&p.account) && standing.contains(&p.entry);
        let postings: Vec<&Posting> = self.rows::<Posting>().filter(counts).collect();
        let debits = |from: i64, to: i64| {
            let (from, to) = (plus_days(as_of, -from), plus_days(as_of, -to));
            let aged = postings.iter().filter(|p| p.effective <= from && p.effective >= to && p.amount > 0);
            sum(aged.map(|p| p.amount))
        };
        let balance = sum(postings.iter().map(|p| p.amount))?;
        if balance == 0 {
            return Ok(None);
        }
        let debits = [debits(0, 30)?, debits(31, 60)?, debits(61, 90)?];
        Ok(Some(AgedSums { party: party.id, name: party.name.clone(), balance, debits }))
    }
}

#[async_trait]
impl BooksReads for Opened {
    async fn sums_of(&mut self, from: Option<Date>, to: Option<Date>) -> Read<Vec<(Account, Balance)>> {
        let mut rows = Vec::new();
        for account in self.state()?.rows::<Account>() {
            let of_period = |p: &&Posting| {
                p.account == account.id
                    && from.is_none_or(|from| p.effective >= from)
                    && to.is_none_or(|to| p.effective <= to)
            };
            let postings = self.state()?.rows::<Posting>().filter(of_period).map(|p| p.amount);
            rows.extend(summed(account, postings)?.map(|balance| (account.clone(), balance)));
        }
        rows.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
        Ok(rows)
    }
    async fn sum_through(&mut self, account: AccountId, key: PostingKey) -> Read<i64> {
        let lines = self.state()?.posting_lines(account);
        sum(lines.iter().filter(|line| ledger_place(line) <= key).map(|line| line.posting.amount))
    }
    async fn day_book(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<EntryKey>,
    ) -> Read<Page<DayEntry, EntryKey>> {
        let state = self.state()?;
        let of_period = |entry: &&JournalEntry| entry.effective >= from && entry.effective <= to;
        let mut entries: Vec<&JournalEntry> = state.rows::<JournalEntry>().filter(of_period).collect();
        entries.sort_by_key(|entry| (entry.effective, entry.id));
        let page = forward(entries.into_iter(), |entry| (entry.effective, entry.id), page);
        let items = page.items.into_iter().map(|entry| state.day_entry(entry)).collect::<Read<_>>()?;
        Ok(Page { items, next: page.next })
    }
    async fn aged(
        &mut self,
        currency: Currency,
        as_of: Date,
        page: PageRequest<PartyId>,
    ) -> Read<Page<AgedSums, PartyId>> {
        let state = self.state()?;
        let mut rows = Vec::new();
        for party in state.rows::<Party>() {
            rows.extend(state.aged(party, currency, as_of)?);
        }
        Ok(forward(rows.into_iter(), |row| row.party, page))
    }
    async fn counter_sales(&mut self, home: StateCode, from: Date, to: Date) -> Read<CounterSales> {
        let state = self.state()?;
        let mut numbers: BTreeMap<(&'static str, String, usize), CounterNumbers> = BTreeMap::new();
        let mut standing: BTreeMap<&'static str, (TaxDocumentKind, Vec<InvoiceId>)> = BTreeMap::new();
        for bill in state.bills_of(from, to) {
            let document = state.taxed_bill(bill)?;
            if document.gstin.is_some() || document.place != home {
                continue;
            }
            let (kind, number) = (document.kind, document.number);
            let series = number.as_str().trim_end_matches(|end: char| end.is_ascii_digit()).to_owned();
            let key = (kind.code(), series, number.as_str().len());
            let found = numbers.entry(key).or_insert_with(|| {
                let (first, last) = (number.clone(), number.clone());
                CounterNumbers { kind, first, last, issued: 0, cancelled: 0 }
            });
            found.first = found.first.clone().min(number.clone());
            found.last = found.last.clone().max(number);
            found.issued = found.issued.saturating_add(1);
            found.cancelled = found.cancelled.saturating_add(u32::from(document.cancelled));
            if !document.cancelled {
                standing.entry(kind.code()).or_insert_with(|| (kind, Vec::new())).1.push(bill.id);
            }
        }
        let mut rows = Vec::new();
        for (kind, bills) in standing.into_values() {
            let lines = state.rows::<InvoiceLine>().filter(|line| bills.contains(&line.invoice));
            rows.extend(tax_rows(lines.map(tax_line))?.into_iter().map(|row| (kind, row)));
        }
        Ok(CounterSales { numbers: numbers.into_values().collect(), rows })
    }
    async fn declared_bills(
        &mut self,
        home: StateCode,
        from: Date,
        to: Date,
        page: PageRequest<DocumentKey>,
    ) -> Read<Page<TaxDocument, DocumentKey>> {
        let state = self.state()?;
        let mut bills = Vec::new();
        for bill in state.bills_of(from, to) {
            let registered =
                state.get::<InvoiceParties>(&[&bill.id]).is_some_and(|row| row.buyer_gstin.is_some());
            if registered || bill.place_of_supply != home {
                bills.push(bill);
            }
        }
        bills.sort_by_key(|bill| (bill.business_date, bill.id));
        let page = forward(bills.into_iter(), |bill| (bill.business_date, bill.id.uuid()), page);
        let items = page.items.into_iter().map(|bill| state.taxed_bill(bill)).collect::<Read<_>>()?;
        Ok(Page { items, next: page.next })
    }
    async fn taxed_notes(
        &mut self,
        from: Date,
        to: Date,
        page: PageRequest<DocumentKey>,
    ) -> Read<Page<TaxDocument, DocumentKey>> {
        let state = self.state()?;
        let of_period = |row: &&BillNote| row.business_date >= from && row.business_date <= to;
        let mut notes: Vec<&BillNote> = state.rows::<BillNote>().filter(of_period).collect();
        notes.sort_by_key(|note| (note.business_date, note.id));
        let page = forward(notes.into_iter(), |note| (note.business_date, note.id.uuid()), page);
        let items = page.items.into_iter().map(|note| state.taxed_note(note)).collect::<Read<_>>()?;
        Ok(Page { items, next: page.next })
    }
    async fn journal_voucher(&mut self, id: JournalVoucherId) -> Read<Option<JournalVoucher>> {
        Ok(self.state()?.get(&[&id]).cloned())
    }
    async fn journal_vouchers(
        &mut self,
        page: PageRequest<JournalVoucherId>,
    ) -> Read<Page<JournalVoucher, JournalVoucherId>> {
        Ok(backward(self.state()?.rows::<JournalVoucher>().cloned(), |row| row.id, page))
    }
}
