//! Metal that comes in and goes round: take in, buy, give out, receive, melt, write off; cancel and find.

use super::parties;
use crate::ledger::{Account, JournalEntryId, Series};
use crate::measure::{FineMass, Metal};
use crate::money::{Currency, Money};
use crate::rbac::{Action, Permit};
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::accounts::{Chart, For};
use crate::shop::actions::{
    BuyOldMetal, CancelMetalVoucher, CancelOldMetal, CancelWindow, IssueToGoldsmith, MeltMetal,
    ReadGoldsmiths, ReadMetalVouchers, ReadOldMetal, ReceiveFromGoldsmith, RecordPurchase, WriteOffStock,
};
use crate::shop::metal::{
    GoldsmithIssueKnown, GoldsmithReceiptKnown, Goods, Holding, LineRole, MeltKnown, MetalCancelIds,
    MetalCancelKnown, MetalIds, MetalRefusal, MetalVoucher, MetalVoucherCancelled, MetalVoucherId,
    MetalVoucherKind, MetalVoucherRecorded, MetalVoucherState, NewGoldsmithIssue, NewGoldsmithReceipt,
    NewMelt, NewOldMetal, NewPurchase, NewWriteOff, OldMetalKnown, PurchaseKnown, VoucherKnown,
    WholeMetalVoucher, WriteOffKnown, WrittenOff, decide_cancel_metal, decide_cancel_old_metal,
    decide_goldsmith_issue, decide_goldsmith_receipt, decide_melt, decide_old_metal, decide_purchase,
    decide_write_off,
};
use crate::shop::parties::{Goldsmiths, PartyId};
use crate::shop::stock::{Item, Lot, LotId, MovementId, OnHand, Taken};
use crate::store::{MetalVoucherFilter, Page, PageRequest, Reader, StoreError, Writer};
use crate::tenancy::{Id as _, Scope};
use crate::text::{Label, Note};
use crate::time::{Date, FinancialYear, Timestamp};

const MISSING: ServiceError = ServiceError::NotFound("metal");

/// How many lines are read for: what a command says beyond that is refused for their number.
const MOST: usize = 200;

async fn find(
    reader: &mut (impl Reader + ?Sized),
    id: MetalVoucherId,
) -> Result<WholeMetalVoucher, ServiceError> {
    reader.metal_voucher(id).await?.ok_or(MISSING)
}

/// What every voucher is recorded with.
struct Read {
    series: Option<Series>,
    accounts: Vec<Account>,
    currency: Currency,
    today: Date,
    now: Timestamp,
}

impl Read {
    async fn of(
        turn: &mut dyn Writer,
        kind: MetalVoucherKind,
        party: Option<PartyId>,
    ) -> Result<Self, ServiceError> {
        let workspace = turn.workspace().await?;
        let now = turn.now();
        let today = workspace.zone.date_of(now);
        let (series, prefix) = kind.series();
        let prefix = Label::new(prefix).map_err(StoreError::failed)?;
        let year = FinancialYear::of(today).starts_in();
        Ok(Self {
            series: turn.series(series, &prefix, year).await?,
            accounts: turn.accounts_for(party.map(|party| party.uuid())).await?,
            currency: workspace.currency,
            today,
            now,
        })
    }

    fn known(&self) -> VoucherKnown<'_> {
        VoucherKnown {
            series: self.series.as_ref(),
            accounts: &self.accounts,
            currency: self.currency,
            today: self.today,
            now: self.now,
        }
    }
}

/// A voucher that is about to be recorded, or one that was.
enum Begun {
    Turn(Box<dyn Writer>, Known),
    Before(Box<WholeMetalVoucher>),
}

/// Takes the turn, and looks whether it was done before.
async fn begin<A: Action>(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
) -> Result<Begun, ServiceError> {
    let mut turn = road.turn(scope).await?;
    let key = road.known_key(&mut *turn, scope, A::CODE, presented).await?;
    if let Known::Replayed(id) = key {
        let id = id.parse().map_err(|_| MISSING)?;
        return Ok(Begun::Before(Box::new(find(&mut *turn, id).await?)));
    }
    Ok(Begun::Turn(turn, key))
}

async fn end<A: Action>(
    road: &Road,
    turn: Box<dyn Writer>,
    permit: Permit<'_, A>,
    change: MetalVoucherRecorded<A>,
    key: Known,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let whole = change.whole();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(whole, receipt))
}

/// What was melted on a day and stands.
async fn melted(turn: &mut dyn Writer, day: Date) -> Result<Vec<WholeMetalVoucher>, ServiceError> {
    let of_day = MetalVoucherFilter {
        kind: Some(MetalVoucherKind::Melt),
        state: Some(MetalVoucherState::Recorded),
        from: Some(day),
        to: Some(day),
        ..MetalVoucherFilter::default()
    };
    let (mut melts, mut page) = (Vec::new(), PageRequest::first(100));
    loop {
        let of_page = turn.metal_vouchers(of_day, page).await?;
        for head in of_page.items {
            melts.extend(turn.metal_voucher(head.id).await?);
        }
        let Some(next) = of_page.next else { return Ok(melts) };
        page.after = Some(next);
    }
}

async fn lots_of(
    turn: &mut dyn Writer,
    ids: impl Iterator<Item = LotId>,
) -> Result<Vec<(Lot, OnHand)>, ServiceError> {
    let mut lots = Vec::new();
    for id in ids.take(MOST) {
        lots.extend(turn.lot(id).await?);
    }
    Ok(lots)
}

/// A line each: whose tag and hallmark id are others' already.
async fn taken_by_others(
    turn: &mut dyn Writer,
    goods: impl Iterator<Item = &Goods>,
) -> Result<Vec<Taken>, ServiceError> {
    let mut taken = Vec::new();
    for goods in goods.take(MOST) {
        taken.push(match goods {
            Goods::Loose { .. } => Taken::default(),
            Goods::Piece(item) => Taken {
                tag: turn.item_by_tag(&item.tag).await?.is_some(),
                huid: match &item.huid {
                    Some(huid) => turn.item_by_huid(huid.as_str()).await?.is_some(),
                    None => false,
                },
            },
        });
    }
    Ok(taken)
}

/// What a goldsmith holds of each metal, at cost and by fine weight.
async fn holdings_of(
    reader: &mut (impl Reader + ?Sized),
    party: PartyId,
    accounts: &[Account],
    currency: Currency,
) -> Result<Vec<Holding>, ServiceError> {
    let chart = Chart(accounts);
    let mut holdings = Vec::new();
    for metal in Metal::ALL {
        let account = |purpose| chart.of_party(purpose, party).map(|account| account.id);
        let (Ok(cost), Ok(fine)) = (account(For::HoldingCost(metal)), account(For::HoldingFine(metal)))
        else {
            continue;
        };
        let balances = reader.balances(&[cost, fine]).await?;
        let net = |id| balances.iter().find(|of| of.account == id).map_or(0, |of| of.net());
        holdings.push(Holding {
            metal,
            fine: FineMass::new(net(fine)).map_err(StoreError::failed)?,
            cost: Money::new(net(cost), currency).map_err(StoreError::failed)?,
        });
    }
    Ok(holdings)
}

/// Takes old metal in.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn buy_old_metal(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewOldMetal,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<BuyOldMetal>()?;
    let (mut turn, key) = match begin::<BuyOldMetal>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let read = Read::of(&mut *turn, MetalVoucherKind::OldMetalPurchase, Some(new.party)).await?;
    let party = turn.party(new.party).await?;
    let rates = turn.rate_board(read.today).await?;
    let known = OldMetalKnown {
        voucher: read.known(),
        party: party.as_ref(),
        rates: &rates,
        limits: permit.limits(),
    };
    let ids = MetalIds::draw(new.pieces.len(), read.now, &*road.entropy);
    let change = decide_old_metal(new, known, &ids)?;
    end(road, turn, permit, change, key).await
}

/// Records a purchase from a supplier.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn record_purchase(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewPurchase,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<RecordPurchase>()?;
    let (mut turn, key) = match begin::<RecordPurchase>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let read = Read::of(&mut *turn, MetalVoucherKind::Purchase, Some(new.party)).await?;
    let party = turn.party(new.party).await?;
    let business = turn.business().await?;
    // In capitals, so that the bill is found however its number is typed.
    let bill_number =
        Label::new(new.bill_number.as_str().to_ascii_uppercase()).map_err(StoreError::failed)?;
    let new = &NewPurchase { bill_number, ..new.clone() };
    let year = FinancialYear::of(new.bill_date).starts_in();
    let bill_recorded = turn.purchase_of_bill(new.party, &new.bill_number, year).await?.is_some();
    let taken = taken_by_others(&mut *turn, new.lines.iter().map(|line| &line.goods)).await?;
    let known = PurchaseKnown {
        voucher: read.known(),
        party: party.as_ref(),
        business: &business,
        bill_recorded,
        taken: &taken,
    };
    let ids = MetalIds::draw(new.lines.len(), read.now, &*road.entropy);
    let change = decide_purchase(new, known, &ids)?;
    end(road, turn, permit, change, key).await
}

/// Gives metal out to a goldsmith.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn issue_to_goldsmith(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewGoldsmithIssue,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<IssueToGoldsmith>()?;
    let (mut turn, key) = match begin::<IssueToGoldsmith>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let read = Read::of(&mut *turn, MetalVoucherKind::GoldsmithIssue, Some(new.party)).await?;
    let party = turn.party(new.party).await?;
    let lots = lots_of(&mut *turn, new.lines.iter().map(|(lot, _)| *lot)).await?;
    let known = GoldsmithIssueKnown { voucher: read.known(), party: party.as_ref(), lots: &lots };
    let ids = MetalIds::draw(new.lines.len(), read.now, &*road.entropy);
    let change = decide_goldsmith_issue(new, known, &ids)?;
    end(road, turn, permit, change, key).await
}

/// Receives goods from a goldsmith.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn receive_from_goldsmith(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewGoldsmithReceipt,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<ReceiveFromGoldsmith>()?;
    let (mut turn, key) = match begin::<ReceiveFromGoldsmith>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let read = Read::of(&mut *turn, MetalVoucherKind::GoldsmithReceipt, Some(new.party)).await?;
    let party = turn.party(new.party).await?;
    let business = turn.business().await?;
    let holdings = holdings_of(&mut *turn, new.party, &read.accounts, read.currency).await?;
    let taken = taken_by_others(&mut *turn, new.lines.iter().map(|line| &line.goods)).await?;
    let known = GoldsmithReceiptKnown {
        voucher: read.known(),
        party: party.as_ref(),
        business: &business,
        holdings: &holdings,
        taken: &taken,
        limits: permit.limits(),
    };
    let ids = MetalIds::draw(new.lines.len(), read.now, &*road.entropy);
    let change = decide_goldsmith_receipt(new, known, &ids)?;
    end(road, turn, permit, change, key).await
}

/// Melts lots into one.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn melt_metal(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewMelt,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<MeltMetal>()?;
    let (mut turn, key) = match begin::<MeltMetal>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let read = Read::of(&mut *turn, MetalVoucherKind::Melt, None).await?;
    let lots = lots_of(&mut *turn, new.lines.iter().map(|(lot, _)| *lot)).await?;
    let today = melted(&mut *turn, read.today).await?;
    let known = MeltKnown { voucher: read.known(), lots: &lots, today: &today, limits: permit.limits() };
    let ids = MetalIds::draw(new.lines.len().saturating_add(1), read.now, &*road.entropy);
    let change = decide_melt(new, known, &ids)?;
    end(road, turn, permit, change, key).await
}

/// Writes stock off.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn write_off_stock(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: &NewWriteOff,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<WriteOffStock>()?;
    let (mut turn, key) = match begin::<WriteOffStock>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let read = Read::of(&mut *turn, MetalVoucherKind::WriteOff, None).await?;
    let loose = new.lines.iter().filter_map(|line| match line {
        WrittenOff::Loose(lot, _) => Some(*lot),
        WrittenOff::Piece(_) => None,
    });
    let lots = lots_of(&mut *turn, loose).await?;
    let mut items = Vec::new();
    for line in new.lines.iter().take(MOST) {
        if let WrittenOff::Piece(id) = line {
            items.extend(turn.item(*id).await?);
        }
    }
    let known = WriteOffKnown { voucher: read.known(), lots: &lots, items: &items };
    let ids = MetalIds::draw(new.lines.len(), read.now, &*road.entropy);
    let change = decide_write_off(new, known, &ids)?;
    end(road, turn, permit, change, key).await
}

async fn known_for_cancel(
    turn: &mut dyn Writer,
    whole: WholeMetalVoucher,
) -> Result<MetalCancelKnown, ServiceError> {
    let workspace = turn.workspace().await?;
    let now = turn.now();
    let journal = turn.journal(whole.voucher.entry).await?;
    let journal = journal.ok_or_else(|| StoreError::corrupt("a voucher without its journal entry"))?;
    let movements = turn.movements(whole.voucher.entry).await?;
    let (mut items, mut huid_taken): (Vec<Item>, bool) = (Vec::new(), false);
    for line in &whole.lines {
        let Some(item) = line.item else { continue };
        let Some(item) = turn.item(item).await? else { continue };
        if let (Some(huid), LineRole::Out) = (&item.huid, line.role) {
            huid_taken |= turn.item_by_huid(huid.as_str()).await?.is_some_and(|live| live.id != item.id);
        }
        items.push(item);
    }
    let lots = lots_of(turn, movements.iter().filter_map(|movement| movement.lot)).await?;
    let holdings = match whole.voucher.party {
        Some(party) => {
            let accounts = turn.accounts_for(Some(party.uuid())).await?;
            holdings_of(turn, party, &accounts, workspace.currency).await?
        }
        None => Vec::new(),
    };
    let today = workspace.zone.date_of(now);
    Ok(MetalCancelKnown { whole, journal, movements, items, lots, holdings, huid_taken, today, now })
}

type DecideCancel<A> = fn(
    &MetalCancelKnown,
    &CancelWindow,
    Note,
    &MetalCancelIds,
) -> Result<MetalVoucherCancelled<A>, MetalRefusal>;

async fn cancel<A: Action<Limits = CancelWindow>>(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: MetalVoucherId,
    reason: Note,
    decide: DecideCancel<A>,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    let permit = scope.permit::<A>()?;
    let (mut turn, key) = match begin::<A>(road, scope, presented).await? {
        Begun::Turn(turn, key) => (turn, key),
        Begun::Before(whole) => return Ok(Done::before(*whole)),
    };
    let whole = find(&mut *turn, id).await?;
    let known = known_for_cancel(&mut *turn, whole).await?;
    let movement = |_: &_| MovementId::new(known.now, &*road.entropy);
    let ids = MetalCancelIds {
        entry: JournalEntryId::new(known.now, &*road.entropy),
        movements: known.movements.iter().map(movement).collect(),
    };
    let change = decide(&known, permit.limits(), reason, &ids)?;
    let view = WholeMetalVoucher { voucher: change.after.clone(), lines: known.whole.lines };
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), key).await?;
    Ok(Done::now(view, receipt))
}

/// Cancels a purchase of old metal.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn cancel_old_metal(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: MetalVoucherId,
    reason: Note,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    cancel::<CancelOldMetal>(road, scope, presented, id, reason, decide_cancel_old_metal).await
}

/// Cancels any other voucher that moves metal.
///
/// # Errors
/// [`MetalRefusal`] and what every write can answer.
pub async fn cancel_metal_voucher(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    id: MetalVoucherId,
    reason: Note,
) -> Result<Done<WholeMetalVoucher>, ServiceError> {
    cancel::<CancelMetalVoucher>(road, scope, presented, id, reason, decide_cancel_metal).await
}

/// A purchase of old metal.
///
/// # Errors
/// What every read can answer.
pub async fn old_metal_purchase(
    road: &Road,
    scope: &Scope,
    id: MetalVoucherId,
) -> Result<WholeMetalVoucher, ServiceError> {
    let _permit = scope.permit::<ReadOldMetal>()?;
    let whole = find(&mut *road.store.reader(scope).await?, id).await?;
    if whole.voucher.kind == MetalVoucherKind::OldMetalPurchase { Ok(whole) } else { Err(MISSING) }
}

/// Purchases of old metal, newest first, whatever kind the filter names.
///
/// # Errors
/// What every read can answer.
pub async fn old_metal_purchases(
    road: &Road,
    scope: &Scope,
    filter: MetalVoucherFilter,
    page: PageRequest<MetalVoucherId>,
) -> Result<Page<MetalVoucher, MetalVoucherId>, ServiceError> {
    let _permit = scope.permit::<ReadOldMetal>()?;
    let filter = MetalVoucherFilter { kind: Some(MetalVoucherKind::OldMetalPurchase), ..filter };
    Ok(road.store.reader(scope).await?.metal_vouchers(filter, page).await?)
}

/// A voucher that moves metal, of any kind.
///
/// # Errors
/// What every read can answer.
pub async fn metal_voucher(
    road: &Road,
    scope: &Scope,
    id: MetalVoucherId,
) -> Result<WholeMetalVoucher, ServiceError> {
    let _permit = scope.permit::<ReadMetalVouchers>()?;
    find(&mut *road.store.reader(scope).await?, id).await
}

/// Vouchers that move metal, newest first.
///
/// # Errors
/// What every read can answer.
pub async fn metal_vouchers(
    road: &Road,
    scope: &Scope,
    filter: MetalVoucherFilter,
    page: PageRequest<MetalVoucherId>,
) -> Result<Page<MetalVoucher, MetalVoucherId>, ServiceError> {
    let _permit = scope.permit::<ReadMetalVouchers>()?;
    Ok(road.store.reader(scope).await?.metal_vouchers(filter, page).await?)
}

/// What a goldsmith holds of each metal.
///
/// # Errors
/// What every read can answer.
pub async fn goldsmith_holdings(
    road: &Road,
    scope: &Scope,
    id: PartyId,
) -> Result<Vec<Holding>, ServiceError> {
    let _permit = scope.permit::<ReadGoldsmiths>()?;
    let mut reader = road.store.reader(scope).await?;
    parties::find::<Goldsmiths>(&mut *reader, id).await?;
    let currency = reader.workspace().await?.currency;
    let accounts = reader.accounts_for(Some(id.uuid())).await?;
    holdings_of(&mut *reader, id, &accounts, currency).await
}
