//! What happened to a piece or a lot.

use aurex_core::service::shop;
use aurex_core::shop::stock::{ItemId, LotId};
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::signed::{InPath, Signed};
use super::wire::Money;
use crate::http::answer::Page;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// A movement of stock; into our hands positive, out of them negative.
#[derive(Debug, Clone, Object)]
pub struct MovementView {
    /// The id.
    pub id: String,
    /// The date.
    pub date: String,
    /// When it was recorded.
    pub recorded_at: String,
    /// The document's number or a remark.
    pub document: String,
    /// The document's kind.
    pub document_kind: String,
    /// The document's id.
    pub document_id: String,
    /// Pieces, for tagged ones.
    pub pieces: i64,
    /// Net weight in milligrams.
    pub mass_mg: i64,
    /// The pure metal in it, in nanograms.
    pub fine_ng: i64,
    /// The cost that moved; null for those who may not see it.
    pub cost: Option<Money>,
}

impl From<shop::MovementView> for MovementView {
    fn from(view: shop::MovementView) -> Self {
        let (movement, entry) = (view.posted.movement, view.posted.entry);
        Self {
            id: movement.id.to_string(),
            date: movement.effective.to_string(),
            recorded_at: entry.recorded_at.to_string(),
            document: entry.narration.to_string(),
            document_kind: entry.source_kind.to_string(),
            document_id: entry.source_id.to_string(),
            pieces: movement.pieces,
            mass_mg: movement.mass.mg(),
            fine_ng: movement.fine.ng(),
            cost: view.cost.map(Money::from),
        }
    }
}

/// Movements of stock.
pub struct Movements;

#[OpenApi]
impl Movements {
    /// Lists what happened to a piece, from the day it came in.
    #[oai(path = "/:w/items/:id/movements", method = "get", operation_id = "listItemMovements")]
    async fn of_item(
        &self,
        w: Signed,
        id: InPath<ItemId>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<MovementView>>, Problem> {
        let list = Listing::new(&w, "item-movements", &[&*id]);
        let page = list.request(*limit, after.as_ref())?;
        let found = w.check(shop::item_movements(w.road(), w.scope(), *id, page).await).await?;
        Ok(Json(list.page(found, MovementView::from)))
    }

    /// Lists what happened to a lot, from the day it came in.
    #[oai(path = "/:w/lots/:id/movements", method = "get", operation_id = "listLotMovements")]
    async fn of_lot(
        &self,
        w: Signed,
        id: InPath<LotId>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<MovementView>>, Problem> {
        let list = Listing::new(&w, "lot-movements", &[&*id]);
        let page = list.request(*limit, after.as_ref())?;
        let found = w.check(shop::lot_movements(w.road(), w.scope(), *id, page).await).await?;
        Ok(Json(list.page(found, MovementView::from)))
    }
}
