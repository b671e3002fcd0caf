//! Pieces and lots: record, put right, find, with the cost shown to those who may see it.

use crate::ledger::JournalEntryId;
use crate::measure::{FineMass, Mass};
use crate::money::Money;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::shop::actions::{DescribeItem, ItemFields, ReadStock, RecordItem, RecordLot};
use crate::shop::stock::{
    DescribeKnown, Item, ItemId, ItemPatch, ItemState, Lot, LotId, MovementId, NewItem, NewLot, OnHand,
    StockIds, StockKnown, decide_describe_item, decide_record_item, decide_record_lot,
};
use crate::store::{Page, PageRequest, StoreError, Writer};
use crate::tenancy::Scope;

/// A piece as the actor may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemView {
    /// The piece; its cost is to be shown only as [`ItemView::cost`].
    pub item: Item,
    /// Gross less what is not metal.
    pub net: Mass,
    /// The pure metal in it.
    pub fine: FineMass,
    /// What it cost, for those who may see it.
    pub cost: Option<Money>,
}

/// A lot as the actor may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LotView {
    /// The lot.
    pub lot: Lot,
    /// How much there is.
    pub mass: Mass,
    /// The pure metal in it.
    pub fine: FineMass,
    /// What it cost, for those who may see it.
    pub cost: Option<Money>,
}

fn view_item(item: Item, fields: ItemFields) -> Result<ItemView, ServiceError> {
    let net = item.gross.checked_sub(item.less).map_err(StoreError::failed)?;
    let fine = net.fine(item.fineness).map_err(StoreError::failed)?;
    Ok(ItemView { net, fine, cost: fields.cost.then_some(item.cost), item })
}

fn view_lot((lot, on_hand): (Lot, OnHand), fields: ItemFields) -> LotView {
    LotView { lot, mass: on_hand.mass, fine: on_hand.fine, cost: fields.cost.then_some(on_hand.cost) }
}

/// Whether `scope` sees what metal and pieces cost.
#[must_use]
pub fn sees_cost(scope: &Scope) -> bool {
    fields(scope).cost
}

/// Which fields `scope` sees. Whoever may record stock but not read it sees it without cost.
fn fields(scope: &Scope) -> ItemFields {
    scope.permit::<ReadStock>().map_or(ItemFields { cost: false }, |permit| *permit.limits())
}

fn ids<I>(id: I, road: &Road, turn: &dyn Writer) -> StockIds<I> {
    let (now, entropy) = (turn.now(), &*road.entropy);
    StockIds { id, entry: JournalEntryId::new(now, entropy), movement: MovementId::new(now, entropy) }
}

/// Records a piece and posts it as opening stock.
///
/// # Errors
/// [`StockRefusal`](crate::shop::stock::StockRefusal) and what every write can answer.
pub async fn record_item(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewItem,
) -> Result<Done<ItemView>, ServiceError> {
    let permit = scope.permit::<RecordItem>()?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, RecordItem::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse().map_err(|_| ServiceError::NotFound("item"))?;
        let item = turn.item(id).await?.ok_or(ServiceError::NotFound("item"))?;
        return Ok(Done::before(view_item(item, fields(scope))?));
    }
    let workspace = turn.workspace().await?;
    let accounts = turn.accounts_for(None).await?;
    let stock = StockKnown {
        tag_taken: turn.item_by_tag(&new.tag).await?.is_some(),
        huid_taken: match &new.huid {
            Some(huid) => turn.item_by_huid(huid.as_str()).await?.is_some(),
            None => false,
        },
        accounts: &accounts,
        currency: workspace.currency,
        today: workspace.zone.date_of(turn.now()),
        now: turn.now(),
    };
    let ids = ids(ItemId::new(turn.now(), &*road.entropy), road, &*turn);
    let change = decide_record_item(new, &stock, ids)?;
    let item = change.item.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(view_item(item, fields(scope))?, receipt))
}

/// Records a lot and posts it as opening stock.
///
/// # Errors
/// [`StockRefusal`](crate::shop::stock::StockRefusal) and what every write can answer.
pub async fn record_lot(
    road: &Road,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewLot,
) -> Result<Done<LotView>, ServiceError> {
    let permit = scope.permit::<RecordLot>()?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, RecordLot::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse().map_err(|_| ServiceError::NotFound("lot"))?;
        let lot = turn.lot(id).await?.ok_or(ServiceError::NotFound("lot"))?;
        return Ok(Done::before(view_lot(lot, fields(scope))));
    }
    let workspace = turn.workspace().await?;
    let accounts = turn.accounts_for(None).await?;
    let stock = StockKnown {
        tag_taken: false,
        huid_taken: false,
        accounts: &accounts,
        currency: workspace.currency,
        today: workspace.zone.date_of(turn.now()),
        now: turn.now(),
    };
    let ids = ids(LotId::new(turn.now(), &*road.entropy), road, &*turn);
    let change = decide_record_lot(new, &stock, ids)?;
    let came_in = &change.movement;
    let on_hand = OnHand { mass: came_in.mass, fine: came_in.fine, cost: came_in.cost };
    let lot = (change.lot.clone(), on_hand);
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(view_lot(lot, fields(scope)), receipt))
}

/// Puts right what was written about a piece, if it is still of `version`.
///
/// # Errors
/// [`ServiceError::Stale`], [`DescribeRefusal`](crate::shop::stock::DescribeRefusal), and what every write can answer.
pub async fn describe_item(
    road: &Road,
    scope: &Scope,
    id: ItemId,
    version: u32,
    patch: ItemPatch,
) -> Result<Done<ItemView>, ServiceError> {
    let permit = scope.permit::<DescribeItem>()?;
    let mut turn = road.turn(scope).await?;
    let before = turn.item(id).await?.ok_or(ServiceError::NotFound("item"))?;
    if before.version != version {
        return Err(ServiceError::Stale);
    }
    let is_another = |found: Option<Item>| found.is_some_and(|found| found.id != id);
    let known = DescribeKnown {
        tag_taken: match &patch.tag {
            Some(tag) => is_another(turn.item_by_tag(tag).await?),
            None => false,
        },
        huid_taken: match &patch.huid {
            Some(Some(huid)) => is_another(turn.item_by_huid(huid.as_str()).await?),
            Some(None) | None => false,
        },
    };
    let change = decide_describe_item(&before, patch, known)?;
    if change.is_nothing() {
        return Ok(Done::nothing(view_item(before, fields(scope))?));
    }
    let after = change.after.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::NONE).await?;
    Ok(Done::now(view_item(after, fields(scope))?, receipt))
}

/// A piece.
///
/// # Errors
/// What every read can answer.
pub async fn item(road: &Road, scope: &Scope, id: ItemId) -> Result<ItemView, ServiceError> {
    let permit = scope.permit::<ReadStock>()?;
    let item = road.store.reader(scope).await?.item(id).await?.ok_or(ServiceError::NotFound("item"))?;
    view_item(item, *permit.limits())
}

/// Pieces, oldest first: all of them, or those in a state.
///
/// # Errors
/// What every read can answer.
pub async fn items(
    road: &Road,
    scope: &Scope,
    state: Option<ItemState>,
    page: PageRequest<ItemId>,
) -> Result<Page<ItemView, ItemId>, ServiceError> {
    let permit = scope.permit::<ReadStock>()?;
    let Page { items, next } = road.store.reader(scope).await?.items(state, page).await?;
    let items = items.into_iter().map(|item| view_item(item, *permit.limits())).collect::<Result<_, _>>()?;
    Ok(Page { items, next })
}

/// Lots, oldest first.
///
/// # Errors
/// What every read can answer.
pub async fn lots(
    road: &Road,
    scope: &Scope,
    page: PageRequest<LotId>,
) -> Result<Page<LotView, LotId>, ServiceError> {
    let permit = scope.permit::<ReadStock>()?;
    Ok(road.store.reader(scope).await?.lots(page).await?.map(|lot| view_lot(lot, *permit.limits())))
}
