//! What happened to a piece or a lot, from the day it came in.

use crate::money::Money;
use crate::service::{Road, ServiceError};
use crate::shop::actions::ReadStock;
use crate::shop::stock::{ItemId, LotId, MovementId};
use crate::store::{GoodsId, Page, PageRequest, PostedMovement};
use crate::tenancy::Scope;

/// A movement as the actor may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovementView {
    /// The movement and the entry that posts it; its cost is to be shown only as [`MovementView::cost`].
    pub posted: PostedMovement,
    /// The cost that moved, for those who may see it.
    pub cost: Option<Money>,
}

async fn history(
    road: &Road,
    scope: &Scope,
    goods: GoodsId,
    page: PageRequest<MovementId>,
) -> Result<Page<MovementView, MovementId>, ServiceError> {
    let permit = scope.permit::<ReadStock>()?;
    let mut reader = road.store.reader(scope).await?;
    let is_there = match goods {
        GoodsId::Item(id) => reader.item(id).await?.is_some(),
        GoodsId::Lot(id) => reader.lot(id).await?.is_some(),
    };
    if !is_there {
        return Err(ServiceError::NotFound(match goods {
            GoodsId::Item(_) => "item",
            GoodsId::Lot(_) => "lot",
        }));
    }
    let with_cost = permit.limits().cost;
    let shown =
        |posted: PostedMovement| MovementView { cost: with_cost.then_some(posted.movement.cost), posted };
    Ok(reader.movements_of(goods, page).await?.map(shown))
}

/// A piece's movements, oldest first.
///
/// # Errors
/// What every read can answer.
pub async fn item_movements(
    road: &Road,
    scope: &Scope,
    id: ItemId,
    page: PageRequest<MovementId>,
) -> Result<Page<MovementView, MovementId>, ServiceError> {
    history(road, scope, GoodsId::Item(id), page).await
}

/// A lot's movements, oldest first.
///
/// # Errors
/// What every read can answer.
pub async fn lot_movements(
    road: &Road,
    scope: &Scope,
    id: LotId,
    page: PageRequest<MovementId>,
) -> Result<Page<MovementView, MovementId>, ServiceError> {
    history(road, scope, GoodsId::Lot(id), page).await
}
