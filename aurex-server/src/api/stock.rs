//! Pieces and lots.

use aurex_core::measure::{Fineness, Mass, Metal};
use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::identifiers::{Hsn, Huid};
use aurex_core::shop::stock::{ItemId, ItemPatch, NewItem, NewLot};
use aurex_core::text::{Label, Name};
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::parties::touched;
use super::signed::{InPath, Signed};
use super::wire::{MakingBody, MakingView, Money, StoneView, StonesBody, stones};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, Patch, Replace, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// A piece to be recorded.
    pub struct NewItemBody {
        /// The tag, unique in the workspace.
        tag: Label,
        /// What it is.
        description: Name,
        /// Its hallmark id: six letters or digits.
        huid: Option<Huid>,
        /// The metal.
        commodity: Metal,
        /// Its fineness in parts per million.
        fineness_ppm: Fineness,
        /// What the scale shows, in milligrams.
        gross_mg: Mass,
        /// What is not metal, in milligrams.
        less_mg: Mass,
        /// Its stones.
        stones: Option<StonesBody>,
        /// Its making charge.
        making: Option<MakingBody>,
        /// Its HSN code.
        hsn: Hsn,
        /// What it cost; nothing when left out.
        cost: Option<CoreMoney>,
    }
}

request! {
    /// What shall be different about a piece; `null` empties a field.
    pub struct ItemPatchBody {
        /// What it is.
        description: Replace<Name>,
        /// The tag, unique in the workspace.
        tag: Replace<Label>,
        /// Its hallmark id: six letters or digits.
        huid: Patch<Huid>,
    }
}

request! {
    /// A lot of loose metal to be recorded.
    pub struct NewLotBody {
        /// What it is.
        description: Name,
        /// The metal.
        commodity: Metal,
        /// Its fineness in parts per million.
        fineness_ppm: Fineness,
        /// How much there is, in milligrams.
        mass_mg: Mass,
        /// What it cost; nothing when left out.
        cost: Option<CoreMoney>,
    }
}

/// A piece.
#[derive(Debug, Clone, Object)]
pub struct ItemView {
    /// Its id.
    pub id: String,
    /// The tag.
    pub tag: String,
    /// What it is.
    pub description: String,
    /// Its hallmark id.
    pub huid: Option<String>,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// What the scale shows, in milligrams.
    pub gross_mg: i64,
    /// What is not metal, in milligrams.
    pub less_mg: i64,
    /// Gross less what is not metal, in milligrams.
    pub net_mg: i64,
    /// The pure metal in it, in nanograms.
    pub fine_ng: i64,
    /// Its stones.
    pub stones: Vec<StoneView>,
    /// Its making charge.
    pub making: Option<MakingView>,
    /// Its HSN code.
    pub hsn: String,
    /// What it cost; null for those who may not see it.
    pub cost: Option<Money>,
    /// `in_stock`, `sold`, `written_off` or, of a cancelled purchase, `withdrawn`.
    pub state: String,
    /// When it was recorded.
    pub created_at: String,
    /// The revision.
    pub etag: String,
}

fn etag(item: &shop::ItemView) -> ETag {
    ETag::of_revision(item.item.version.into())
}

impl From<shop::ItemView> for ItemView {
    fn from(view: shop::ItemView) -> Self {
        let etag = etag(&view).as_str().to_owned();
        let item = view.item;
        Self {
            id: item.id.to_string(),
            tag: item.tag.to_string(),
            description: item.description.to_string(),
            huid: item.huid.map(|huid| huid.as_str().to_owned()),
            commodity: item.metal.code().to_owned(),
            fineness_ppm: item.fineness.ppm(),
            gross_mg: item.gross.mg(),
            less_mg: item.less.mg(),
            net_mg: view.net.mg(),
            fine_ng: view.fine.ng(),
            stones: item.stones.iter().map(StoneView::from).collect(),
            making: item.making.map(MakingView::from),
            hsn: item.hsn.as_str().to_owned(),
            cost: view.cost.map(Money::from),
            state: item.state.code().to_owned(),
            created_at: item.created_at.to_string(),
            etag,
        }
    }
}

/// A lot of loose metal.
#[derive(Debug, Clone, Object)]
pub struct LotView {
    /// Its id.
    pub id: String,
    /// What it is.
    pub description: String,
    /// `stock`, or `old_metal` until it is melted or given out.
    pub kind: String,
    /// The metal.
    pub commodity: String,
    /// Its fineness in parts per million.
    pub fineness_ppm: u32,
    /// How much there is, in milligrams.
    pub on_hand_mg: i64,
    /// The pure metal in it, in nanograms.
    pub fine_ng: i64,
    /// What it cost; null for those who may not see it.
    pub cost: Option<Money>,
    /// When it was recorded.
    pub created_at: String,
}

impl From<shop::LotView> for LotView {
    fn from(view: shop::LotView) -> Self {
        Self {
            id: view.lot.id.to_string(),
            description: view.lot.description.to_string(),
            kind: view.lot.kind.code().to_owned(),
            commodity: view.lot.metal.code().to_owned(),
            fineness_ppm: view.lot.fineness.ppm(),
            on_hand_mg: view.mass.mg(),
            fine_ng: view.fine.ng(),
            cost: view.cost.map(Money::from),
            created_at: view.lot.created_at.to_string(),
        }
    }
}

/// Pieces and lots.
pub struct Stock;

#[OpenApi]
impl Stock {
    /// Lists pieces, oldest first.
    #[oai(path = "/:w/items", method = "get", operation_id = "listItems")]
    async fn items(
        &self,
        w: Signed,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<ItemView>>, Problem> {
        let list = Listing::new(&w, "items", &[]);
        let page = list.request(*limit, after.as_ref())?;
        let items = w.check(shop::items(w.road(), w.scope(), page).await).await?;
        Ok(Json(list.page(items, ItemView::from)))
    }

    /// Records a piece and posts it as opening stock, in money and in metal.
    #[oai(path = "/:w/items", method = "post", operation_id = "recordItem")]
    async fn record_item(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewItemBody>,
    ) -> Result<Created<ItemView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewItem {
            tag: body.tag,
            description: body.description,
            huid: body.huid,
            metal: body.commodity,
            fineness: body.fineness_ppm,
            gross: body.gross_mg,
            less: body.less_mg,
            stones: body.stones.map(stones).unwrap_or_default(),
            making: body.making.map(Into::into),
            hsn: body.hsn,
            cost: body.cost,
        };
        let done = w.check(shop::record_item(w.road(), w.scope(), presented.as_ref(), new).await).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Shows a piece.
    #[oai(path = "/:w/items/:id", method = "get", operation_id = "showItem")]
    async fn item(&self, w: Signed, id: InPath<ItemId>) -> Result<Document<ItemView>, Problem> {
        let item = w.check(shop::item(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&item), value: item.into() })
    }

    /// Corrects a piece's description, tag or hallmark id while it is in stock.
    #[oai(path = "/:w/items/:id", method = "patch", operation_id = "describeItem")]
    async fn describe_item(
        &self,
        w: Signed,
        id: InPath<ItemId>,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<ItemPatchBody>,
    ) -> Result<Document<ItemView>, Problem> {
        w.may::<aurex_core::shop::actions::DescribeItem>().await?;
        let expected = if_match.required()?.revision();
        let body = body.into_inner();
        let patch = ItemPatch { tag: body.tag.0, description: body.description.0, huid: touched(body.huid) };
        let done = w.check(shop::describe_item(w.road(), w.scope(), *id, expected, patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }

    /// Lists lots, oldest first.
    #[oai(path = "/:w/lots", method = "get", operation_id = "listLots")]
    async fn lots(
        &self,
        w: Signed,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<LotView>>, Problem> {
        let list = Listing::new(&w, "lots", &[]);
        let page = list.request(*limit, after.as_ref())?;
        let lots = w.check(shop::lots(w.road(), w.scope(), page).await).await?;
        Ok(Json(list.page(lots, LotView::from)))
    }

    /// Records a lot of loose metal and posts it as opening stock.
    #[oai(path = "/:w/lots", method = "post", operation_id = "recordLot")]
    async fn record_lot(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewLotBody>,
    ) -> Result<Created<LotView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewLot {
            description: body.description,
            metal: body.commodity,
            fineness: body.fineness_ppm,
            mass: body.mass_mg,
            cost: body.cost,
        };
        let done = w.check(shop::record_lot(w.road(), w.scope(), presented.as_ref(), new).await).await?;
        Ok(Created::new(done.value.into()).replayed(done.replayed))
    }
}
