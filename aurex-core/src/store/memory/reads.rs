//! Reading the reference store: filter, sort, cut.

use std::sync::Arc;

use async_trait::async_trait;

use super::super::*;
use super::Opened;
use super::state::State;
use crate::audit::Head;
use crate::identity::member::{ApiToken, Credential, Member, Session};
use crate::ledger::{Account, AccountId, Balance, JournalEntry, JournalEntryId, Posting, Series, SeriesKind};
use crate::measure::{FineMass, Mass, RateKind};
use crate::money::Money;
use crate::rbac::Role;
use crate::shop::business::Business;
use crate::shop::invoices::{Bill, Invoice, InvoiceId, InvoiceLine};
use crate::shop::parties::{Party, PartyId};
use crate::shop::rates::{PostedRate, RateId};
use crate::shop::receipts::{PaymentReceipt, ReceiptId, ReceiptWithSettlements, Settlement};
use crate::shop::stock::{Item, ItemId, ItemState, Lot, LotId, OnHand, StockMovement};
use crate::tenancy::{ApiTokenId, Id as _, MemberId, SessionId, Workspace};
use crate::text::{Email, Label};
use crate::time::{Date, FinancialYear};

/// A page in the order of rising keys.
fn forward<T: Clone, K: Ord + Copy>(
    rows: impl Iterator<Item = T>,
    key: impl Fn(&T) -> K,
    page: PageRequest<K>,
) -> Page<T, K> {
    let rows = rows.filter(|row| page.after.is_none_or(|after| key(row) > after));
    Page::of(rows.take(usize::from(page.limit) + 1).collect(), page.limit, key)
}

/// A page in the order of falling keys.
fn backward<T: Clone, K: Ord + Copy>(
    rows: impl DoubleEndedIterator<Item = T>,
    key: impl Fn(&T) -> K,
    page: PageRequest<K>,
) -> Page<T, K> {
    let rows = rows.rev().filter(|row| page.after.is_none_or(|after| key(row) < after));
    Page::of(rows.take(usize::from(page.limit) + 1).collect(), page.limit, key)
}

fn missing(what: &'static str) -> StoreError {
    StoreError::corrupt(format!("the workspace has no {what}"))
}

impl State {
    fn workspace(&self) -> Read<Workspace> {
        self.rows::<Workspace>().next().cloned().ok_or_else(|| missing("row"))
    }

    fn business(&self) -> Read<Business> {
        self.rows::<Business>().next().cloned().ok_or_else(|| missing("particulars"))
    }

    fn current_rate(&self, key: RateKey, date: Date) -> Option<&PostedRate> {
        self.rows::<PostedRate>().rev().find(|rate| {
            rate.metal == key.metal
                && rate.fineness == key.fineness
                && rate.kind == key.kind
                && rate.business_date == date
        })
    }

    fn rate_board(&self, date: Date) -> Vec<PostedRate> {
        let mut board: Vec<PostedRate> = Vec::new();
        for rate in self.rows::<PostedRate>().rev().filter(|rate| rate.business_date == date) {
            let same =
                |r: &PostedRate| r.metal == rate.metal && r.fineness == rate.fineness && r.kind == rate.kind;
            if !board.iter().any(same) {
                board.push(rate.clone());
            }
        }
        board.sort_by_key(|r| (r.metal.code(), r.fineness, r.kind.code()));
        board
    }

    fn lot(&self, id: LotId) -> Read<Option<(Lot, OnHand)>> {
        let Some(lot) = self.get::<Lot>(&[&id]) else { return Ok(None) };
        let nothing =
            OnHand { mass: Mass::ZERO, fine: FineMass::ZERO, cost: Money::zero(self.workspace()?.currency) };
        Ok(Some((lot.clone(), self.on_hand.get(&id).copied().unwrap_or(nothing))))
    }

    fn accounts_for(&self, party: Option<PartyId>) -> Vec<Account> {
        let party = party.map(|id| id.uuid());
        self.rows::<Account>()
            .filter(|account| account.party.is_none() || account.party == party)
            .cloned()
            .collect()
    }

    fn settled(&self, invoice: &Invoice) -> Money {
        self.settled.get(&invoice.id).copied().unwrap_or_else(|| Money::zero(invoice.payable.currency()))
    }

    fn posting_lines(&self, account: AccountId) -> Vec<PostingLine> {
        let mut lines: Vec<PostingLine> = self
            .rows::<Posting>()
            .filter(|posting| posting.account == account)
            .filter_map(|posting| {
                let entry = self.get::<JournalEntry>(&[&posting.entry])?.clone();
                Some(PostingLine { posting: posting.clone(), entry })
            })
            .collect();
        lines.sort_by_key(ledger_place);
        lines
    }
}

fn ledger_place(line: &PostingLine) -> PostingKey {
    (line.posting.effective, line.posting.entry, line.posting.line)
}

fn summed(account: &Account, postings: impl Iterator<Item = i64>) -> Read<Option<Balance>> {
    let mut balance = Balance { account: account.id, commodity: account.commodity, debit: 0, credit: 0 };
    let mut any = false;
    for amount in postings {
        any = true;
        let side = if amount > 0 { &mut balance.debit } else { &mut balance.credit };
        *side = amount
            .checked_abs()
            .and_then(|amount| side.checked_add(amount))
            .ok_or_else(|| StoreError::corrupt("a sum is out of range"))?;
    }
    Ok(any.then_some(balance))
}

#[async_trait]
impl WorkspaceReads for Opened {
    async fn workspace(&mut self) -> Read<Workspace> {
        self.state.workspace()
    }
    async fn business(&mut self) -> Read<Business> {
        self.state.business()
    }
}

#[async_trait]
impl MemberReads for Opened {
    async fn member(&mut self, id: MemberId) -> Read<Option<Member>> {
        Ok(self.state.get(&[&id]).cloned())
    }
    async fn member_by_email(&mut self, email: &Email) -> Read<Option<Member>> {
        Ok(self.state.find::<Member>(|member| member.email == *email).cloned())
    }
    async fn members(&mut self, page: PageRequest<MemberId>) -> Read<Page<Member, MemberId>> {
        Ok(forward(self.state.rows::<Member>().cloned(), |member| member.id, page))
    }
    async fn active_owners(&mut self) -> Read<u32> {
        let owners = self.state.rows::<Member>().filter(|m| m.role == Role::Owner && !m.disabled).count();
        Ok(u32::try_from(owners).unwrap_or(u32::MAX))
    }
    async fn credential(&mut self, member: MemberId) -> Read<Option<Credential>> {
        Ok(self.state.get(&[&member]).cloned())
    }
    async fn session(&mut self, id: SessionId) -> Read<Option<Session>> {
        Ok(self.state.get(&[&id]).cloned())
    }
    async fn open_sessions(&mut self, member: MemberId) -> Read<Vec<Session>> {
        let open = |session: &&Session| session.member == member && session.closed_at.is_none();
        Ok(self.state.rows::<Session>().filter(open).cloned().collect())
    }
    async fn api_token(&mut self, id: ApiTokenId) -> Read<Option<ApiToken>> {
        Ok(self.state.get(&[&id]).cloned())
    }
    async fn api_tokens(
        &mut self,
        of: Option<MemberId>,
        page: PageRequest<ApiTokenId>,
    ) -> Read<Page<ApiToken, ApiTokenId>> {
        let tokens = self.state.rows::<ApiToken>().filter(|token| of.is_none_or(|of| token.member == of));
        Ok(forward(tokens.cloned(), |token| token.id, page))
    }
}

#[async_trait]
impl RateReads for Opened {
    async fn current_rate(&mut self, key: RateKey, date: Date) -> Read<Option<PostedRate>> {
        Ok(self.state.current_rate(key, date).cloned())
    }
    async fn rate_board(&mut self, date: Date) -> Read<Vec<PostedRate>> {
        Ok(self.state.rate_board(date))
    }
    async fn rate_history(
        &mut self,
        filter: RateFilter,
        page: PageRequest<RateId>,
    ) -> Read<Page<PostedRate, RateId>> {
        let wanted = |rate: &&PostedRate| {
            filter.metal.is_none_or(|metal| rate.metal == metal)
                && filter.fineness.is_none_or(|fineness| rate.fineness == fineness)
                && filter.kind.is_none_or(|kind| rate.kind == kind)
                && filter.from.is_none_or(|from| rate.business_date >= from)
                && filter.to.is_none_or(|to| rate.business_date <= to)
        };
        Ok(backward(self.state.rows::<PostedRate>().filter(wanted).cloned(), |rate| rate.id, page))
    }
    async fn posted_rate(&mut self, id: RateId) -> Read<Option<PostedRate>> {
        Ok(self.state.get(&[&id]).cloned())
    }
}

#[async_trait]
impl PartyReads for Opened {
    async fn party(&mut self, id: PartyId) -> Read<Option<Party>> {
        Ok(self.state.get(&[&id]).cloned())
    }
    async fn parties(
        &mut self,
        words: Option<&str>,
        page: PageRequest<PartyId>,
    ) -> Read<Page<Party, PartyId>> {
        let words = words.map(str::to_ascii_lowercase);
        let has = |text: &str| words.as_ref().is_none_or(|words| text.to_ascii_lowercase().contains(words));
        let wanted = |party: &&Party| {
            has(party.name.as_str())
                || party.phone.as_ref().is_some_and(|phone| has(phone.as_str()))
                || party.gstin.as_ref().is_some_and(|gstin| has(gstin.as_str()))
        };
        Ok(forward(self.state.rows::<Party>().filter(wanted).cloned(), |party| party.id, page))
    }
}

#[async_trait]
impl StockReads for Opened {
    async fn item(&mut self, id: ItemId) -> Read<Option<Item>> {
        Ok(self.state.get(&[&id]).cloned())
    }
    async fn item_by_tag(&mut self, tag: &Label) -> Read<Option<Item>> {
        Ok(self.state.find::<Item>(|item| item.tag == *tag).cloned())
    }
    async fn item_by_huid(&mut self, huid: &str) -> Read<Option<Item>> {
        let live = |item: &Item| {
            item.state != ItemState::Sold && item.huid.as_ref().is_some_and(|of| of.as_str() == huid)
        };
        Ok(self.state.find::<Item>(live).cloned())
    }
    async fn items(&mut self, page: PageRequest<ItemId>) -> Read<Page<Item, ItemId>> {
        Ok(forward(self.state.rows::<Item>().cloned(), |item| item.id, page))
    }
    async fn lot(&mut self, id: LotId) -> Read<Option<(Lot, OnHand)>> {
        self.state.lot(id)
    }
    async fn lots(&mut self, page: PageRequest<LotId>) -> Read<Page<(Lot, OnHand), LotId>> {
        let mut lots = Vec::new();
        for lot in self.state.rows::<Lot>() {
            lots.extend(self.state.lot(lot.id)?);
        }
        Ok(forward(lots.into_iter(), |(lot, _)| lot.id, page))
    }
    async fn movements(&mut self, entry: JournalEntryId) -> Read<Vec<StockMovement>> {
        Ok(self.state.rows::<StockMovement>().filter(|movement| movement.entry == entry).cloned().collect())
    }
}

#[async_trait]
impl BillReads for Opened {
    async fn known_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        let state = &self.state;
        let year = FinancialYear::of(needs.date).starts_in();
        let mut lots = Vec::new();
        for id in &needs.lots {
            lots.extend(state.lot(*id)?);
        }
        let mut rates = state.rate_board(needs.date);
        rates.retain(|rate| rate.kind == RateKind::Sell);
        Ok(BillKnown {
            workspace: state.workspace()?,
            business: state.business()?,
            party: state.get(&[&needs.party]).cloned(),
            items: needs.items.iter().filter_map(|id| state.get::<Item>(&[id]).cloned()).collect(),
            lots,
            rates,
            series: needs
                .prefixes
                .iter()
                .filter_map(|prefix| state.get::<Series>(&[&SeriesKind::Invoice, prefix, &year]).cloned())
                .collect(),
            accounts: state.accounts_for(Some(needs.party)),
        })
    }
    async fn series(&mut self, kind: SeriesKind, prefix: &Label, year: i32) -> Read<Option<Series>> {
        Ok(self.state.get(&[&kind, prefix, &year]).cloned())
    }
    async fn invoice(&mut self, id: InvoiceId) -> Read<Option<Bill>> {
        let Some(invoice) = self.state.get::<Invoice>(&[&id]) else { return Ok(None) };
        let lines = self.state.rows::<InvoiceLine>().filter(|line| line.invoice == id).cloned().collect();
        Ok(Some(Bill { invoice: invoice.clone(), lines, settled: self.state.settled(invoice) }))
    }
    async fn invoices(
        &mut self,
        filter: InvoiceFilter,
        page: PageRequest<InvoiceId>,
    ) -> Read<Page<(Invoice, Money), InvoiceId>> {
        let payment = |invoice: &Invoice| match self.state.settled(invoice).minor() {
            settled if settled >= invoice.payable.minor() => Payment::Full,
            0 => Payment::Open,
            _ => Payment::Part,
        };
        let wanted = |invoice: &&Invoice| {
            filter.state.is_none_or(|state| invoice.state == state)
                && filter.payment.is_none_or(|wanted| payment(invoice) == wanted)
                && filter.party.is_none_or(|party| invoice.party == party)
                && filter.from.is_none_or(|from| invoice.business_date >= from)
                && filter.to.is_none_or(|to| invoice.business_date <= to)
        };
        let rows = self.state.rows::<Invoice>().filter(wanted);
        let rows = rows.map(|invoice| (invoice.clone(), self.state.settled(invoice)));
        Ok(backward(rows, |(invoice, _)| invoice.id, page))
    }
    async fn receipt(&mut self, id: ReceiptId) -> Read<Option<ReceiptWithSettlements>> {
        let Some(receipt) = self.state.get::<PaymentReceipt>(&[&id]) else { return Ok(None) };
        let settlements =
            self.state.rows::<Settlement>().filter(|settlement| settlement.receipt == id).cloned().collect();
        Ok(Some(ReceiptWithSettlements { receipt: receipt.clone(), settlements }))
    }
    async fn receipts(
        &mut self,
        of: Option<PartyId>,
        page: PageRequest<ReceiptId>,
    ) -> Read<Page<PaymentReceipt, ReceiptId>> {
        let rows = self.state.rows::<PaymentReceipt>().filter(|row| of.is_none_or(|of| row.party == of));
        Ok(backward(rows.cloned(), |row| row.id, page))
    }
}

#[async_trait]
impl LedgerReads for Opened {
    async fn accounts_for(&mut self, party: Option<PartyId>) -> Read<Vec<Account>> {
        Ok(self.state.accounts_for(party))
    }
    async fn account(&mut self, id: AccountId) -> Read<Option<Account>> {
        Ok(self.state.get(&[&id]).cloned())
    }
    async fn accounts(&mut self, page: PageRequest<AccountId>) -> Read<Page<Account, AccountId>> {
        Ok(forward(self.state.rows::<Account>().cloned(), |account| account.id, page))
    }
    async fn balances(&mut self, of: &[AccountId]) -> Read<Vec<Balance>> {
        Ok(of.iter().filter_map(|id| self.state.balances.get(id).copied()).collect())
    }
    async fn postings(
        &mut self,
        account: AccountId,
        from: Option<Date>,
        to: Option<Date>,
        page: PageRequest<PostingKey>,
    ) -> Read<Page<PostingLine, PostingKey>> {
        let lines = self.state.posting_lines(account).into_iter().filter(|line| {
            from.is_none_or(|from| line.posting.effective >= from)
                && to.is_none_or(|to| line.posting.effective <= to)
        });
        Ok(forward(lines, ledger_place, page))
    }
    async fn balance_before(&mut self, account: AccountId, date: Date) -> Read<Option<Balance>> {
        let Some(row) = self.state.get::<Account>(&[&account]) else { return Ok(None) };
        let before = self.state.rows::<Posting>().filter(|p| p.account == account && p.effective < date);
        summed(row, before.map(|posting| posting.amount))
    }
    async fn trial_balance(&mut self, as_of: Option<Date>) -> Read<Vec<(Account, Balance)>> {
        let mut rows = Vec::new();
        for account in self.state.rows::<Account>() {
            let balance = match as_of {
                None => self.state.balances.get(&account.id).copied(),
                Some(date) => {
                    let upto = |p: &&Posting| p.account == account.id && p.effective <= date;
                    summed(account, self.state.rows::<Posting>().filter(upto).map(|p| p.amount))?
                }
            };
            rows.extend(balance.map(|balance| (account.clone(), balance)));
        }
        rows.sort_by(|(a, _), (b, _)| a.code.cmp(&b.code));
        Ok(rows)
    }
    async fn journal(&mut self, id: JournalEntryId) -> Read<Option<(JournalEntry, Vec<Posting>)>> {
        let Some(entry) = self.state.get::<JournalEntry>(&[&id]) else { return Ok(None) };
        let postings = self.state.rows::<Posting>().filter(|posting| posting.entry == id).cloned().collect();
        Ok(Some((entry.clone(), postings)))
    }
}

#[async_trait]
impl AuditReads for Opened {
    async fn head(&mut self) -> Read<Head> {
        Ok(self.state.head.clone())
    }
    async fn entries(
        &mut self,
        filter: &AuditFilter,
        page: PageRequest<u64>,
    ) -> Read<Page<StoredEntry, u64>> {
        let wanted = |stored: &&Arc<StoredEntry>| {
            let entry = &stored.entry;
            filter.actor.as_ref().is_none_or(|actor| entry.actor.id == *actor)
                && filter.action.as_ref().is_none_or(|action| entry.action == *action)
                && filter.subject.as_ref().is_none_or(|subject| entry.subject_id == *subject)
                && filter.from.is_none_or(|from| entry.at >= from)
                && filter.to.is_none_or(|to| entry.at < to)
        };
        let rows = self.state.entries.iter().filter(wanted).map(|stored| StoredEntry::clone(stored));
        Ok(backward(rows, |stored| stored.entry.seq, page))
    }
    async fn kept_key(&mut self, lookup: &LookupKey) -> Read<Option<KeptKey>> {
        Ok(self.state.kept_key(lookup).cloned())
    }
    async fn facts(&mut self, table: &str) -> Read<Vec<Fact>> {
        Ok(self.state.facts(table))
    }
    async fn all_balances(&mut self) -> Read<Vec<Balance>> {
        Ok(self.state.balances.values().copied().collect())
    }
}
