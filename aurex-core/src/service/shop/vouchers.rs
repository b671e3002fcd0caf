//! Journal vouchers: write, reverse, find.

use crate::ledger::{Account, Balance, JournalEntryId, Posting, SeriesKind};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::{ReadJournalVouchers, RecordJournalVoucher, ReverseJournalVoucher};
use crate::shop::parties::{PartyId, PartyKind};
use crate::shop::vouchers::{
    JournalVoucher, JournalVoucherId, JournalVoucherIds, JournalVoucherKnown, MOST_LINES, NewJournalVoucher,
    PREFIX, ReverseVoucherKnown, VoucherAccount, decide_journal_voucher, decide_reverse_voucher,
};
use crate::store::{DayLine, Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};
use crate::text::{Label, Note};
use crate::time::FinancialYear;

const MISSING: ServiceError = ServiceError::NotFound("journal voucher");

/// A journal voucher with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalVoucherView {
    /// The voucher.
    pub voucher: JournalVoucher,
    /// Its lines in the order in which they were written.
    pub lines: Vec<DayLine>,
}

async fn find(
    reader: &mut (impl Reader + ?Sized),
    id: JournalVoucherId,
) -> Result<JournalVoucher, ServiceError> {
    reader.journal_voucher(id).await?.ok_or(MISSING)
}

/// A posting with its account, and whose it is.
async fn line_of(
    reader: &mut (impl Reader + ?Sized),
    posting: Posting,
    account: Account,
) -> Result<DayLine, ServiceError> {
    let party = match account.party {
        Some(of) => reader.party(PartyId::from_uuid(of)).await?.map(|party| party.name),
        None => None,
    };
    Ok(DayLine { posting, account, party })
}

/// The voucher with its lines, as its journal entry has them.
async fn whole(
    reader: &mut (impl Reader + ?Sized),
    voucher: JournalVoucher,
) -> Result<JournalVoucherView, ServiceError> {
    let journal = reader.journal(voucher.entry).await?;
    let (_, postings) =
        journal.ok_or_else(|| StoreError::corrupt("a journal voucher without its journal entry"))?;
    let mut lines = Vec::with_capacity(postings.len());
    for posting in postings {
        let account = reader.account(posting.account).await?;
        let account = account.ok_or_else(|| StoreError::corrupt("a posting without its account"))?;
        lines.push(line_of(reader, posting, account).await?);
    }
    Ok(JournalVoucherView { voucher, lines })
}

async fn account_of(turn: &mut dyn Writer, on: VoucherAccount) -> Result<Option<Account>, ServiceError> {
    let party = match on {
        VoucherAccount::Account(id) => return Ok(turn.account(id).await?),
        VoucherAccount::Party(id) => turn.party(id).await?,
    };
    let Some(party) = party else { return Ok(None) };
    let own = match party.kind {
        PartyKind::Customer => For::Receivable,
        PartyKind::Supplier | PartyKind::Goldsmith => For::Payable,
    };
    let accounts = turn.accounts_for(Some(party.id.uuid())).await?;
    Ok(Some(Chart(&accounts).of_party(own, party.id).map_err(StoreError::failed)?.clone()))
}

/// The account of cash, and what is in hand.
async fn cash(turn: &mut dyn Writer) -> Result<(Account, i64), ServiceError> {
    let accounts = turn.accounts_for(None).await?;
    let cash = Chart(&accounts).of(For::Cash).map_err(StoreError::failed)?.clone();
    let in_hand = turn.balances(&[cash.id]).await?.first().map_or(0, Balance::net);
    Ok((cash, in_hand))
}

async fn known_for(
    turn: &mut dyn Writer,
    new: &NewJournalVoucher,
) -> Result<JournalVoucherKnown, ServiceError> {
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let today = workspace.zone.date_of(now);
    let mut accounts = Vec::with_capacity(new.lines.len());
    // One line too many is refused whatever it names.
    for line in new.lines.iter().take(MOST_LINES) {
        accounts.push(account_of(turn, line.on).await?);
    }
    let (_, cash_in_hand) = cash(turn).await?;
    let prefix = Label::new(PREFIX).map_err(StoreError::failed)?;
    let year = FinancialYear::of(new.date.unwrap_or(today)).starts_in();
    let series = turn.series(SeriesKind::Journal, &prefix, year).await?;
    Ok(JournalVoucherKnown { accounts, series, cash_in_hand, currency: workspace.currency, today, now })
}

/// Writes a journal voucher.
///
/// # Errors
/// [`JournalVoucherRefusal`](crate::shop::vouchers::JournalVoucherRefusal) and what every write can answer.
pub async fn record_journal_voucher(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewJournalVoucher,
) -> Result<Done<JournalVoucherView>, ServiceError> {
    let permit = scope.permit::<RecordJournalVoucher>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, RecordJournalVoucher::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        let voucher = find(&mut *turn, id).await?;
        return Ok(Done::before(whole(&mut *turn, voucher).await?));
    }
    let known = known_for(&mut *turn, new).await?;
    let ids = JournalVoucherIds {
        voucher: JournalVoucherId::new(known.now, &*road.entropy),
        entry: JournalEntryId::new(known.now, &*road.entropy),
    };
    let change = decide_journal_voucher(new, &known, ids)?;
    let mut lines = Vec::with_capacity(known.accounts.len());
    for (posting, account) in change.journal().postings().iter().zip(known.accounts.into_iter().flatten()) {
        lines.push(line_of(&mut *turn, posting.clone(), account).await?);
    }
    let view = JournalVoucherView { voucher: change.voucher.clone(), lines };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Reverses a journal voucher.
///
/// # Errors
/// [`JournalVoucherRefusal`](crate::shop::vouchers::JournalVoucherRefusal) and what every write can answer.
pub async fn reverse_journal_voucher(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: JournalVoucherId,
    reason: Note,
) -> Result<Done<JournalVoucherView>, ServiceError> {
    let permit = scope.permit::<ReverseJournalVoucher>()?;
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, ReverseJournalVoucher::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        let voucher = find(&mut *turn, id).await?;
        return Ok(Done::before(whole(&mut *turn, voucher).await?));
    }
    let voucher = find(&mut *turn, id).await?;
    let view = whole(&mut *turn, voucher).await?;
    let journal = turn.journal(view.voucher.entry).await?;
    let journal =
        journal.ok_or_else(|| StoreError::corrupt("a journal voucher without its journal entry"))?;
    let now = turn.now();
    let today = turn.workspace().await?.zone.date_of(now);
    let (cash, in_hand) = cash(&mut *turn).await?;
    let known = ReverseVoucherKnown { voucher: view.voucher, journal, cash: (cash.id, in_hand), today, now };
    let change = decide_reverse_voucher(&known, reason, JournalEntryId::new(now, &*road.entropy))?;
    let after = JournalVoucherView { voucher: change.after.clone(), lines: view.lines };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(after, receipt))
}

/// A journal voucher.
///
/// # Errors
/// What every read can answer.
pub async fn journal_voucher(
    road: &Road,
    scope: &Scope,
    id: JournalVoucherId,
) -> Result<JournalVoucherView, ServiceError> {
    let _permit = scope.permit::<ReadJournalVouchers>()?;
    let mut reader = road.store.reader(scope).await?;
    let voucher = find(&mut *reader, id).await?;
    whole(&mut *reader, voucher).await
}

/// Journal vouchers, newest first.
///
/// # Errors
/// What every read can answer.
pub async fn journal_vouchers(
    road: &Road,
    scope: &Scope,
    page: PageRequest<JournalVoucherId>,
) -> Result<Page<JournalVoucher, JournalVoucherId>, ServiceError> {
    let _permit = scope.permit::<ReadJournalVouchers>()?;
    Ok(road.store.reader(scope).await?.journal_vouchers(page).await?)
}
