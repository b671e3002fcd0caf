//! Stock counted against the books, and what it is worth.

use aurex_core::service::shop;
use aurex_core::shop::stock::{Counted, Item, Valuation, Worth};
use aurex_core::text::Label;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::signed::Signed;
use super::wire::Money;
use crate::http::body::{Body, List, request};
use crate::http::problem::Problem;

request! {
    /// The tags that were scanned.
    pub struct CountBody {
        /// The tags, in any order.
        tags: List<Label, 0, 2000>,
    }
}

/// A piece in a count.
#[derive(Debug, Clone, Object)]
pub struct CountedPieceView {
    /// Its id.
    pub id: String,
    /// The tag.
    pub tag: String,
    /// What it is.
    pub description: String,
    /// `in_stock`, `sold`, `written_off` or `withdrawn`.
    pub state: String,
}

impl From<&Item> for CountedPieceView {
    fn from(item: &Item) -> Self {
        Self {
            id: item.id.to_string(),
            tag: item.tag.to_string(),
            description: item.description.to_string(),
            state: item.state.code().to_owned(),
        }
    }
}

/// What a count has found.
#[derive(Debug, Clone, Object)]
pub struct CountView {
    /// How many pieces the books have in stock.
    pub expected: u64,
    /// How many of them were scanned.
    pub found: u64,
    /// Those that were not; the first 500.
    pub missing: Vec<CountedPieceView>,
    /// Scanned pieces that the books do not have in stock.
    pub elsewhere: Vec<CountedPieceView>,
    /// Scanned tags of no piece.
    pub unknown: Vec<String>,
    /// Tags scanned more than once.
    pub twice: Vec<String>,
}

impl From<Counted> for CountView {
    fn from(counted: Counted) -> Self {
        let tags = |tags: Vec<Label>| tags.into_iter().map(|tag| tag.to_string()).collect();
        Self {
            expected: counted.expected,
            found: counted.found,
            missing: counted.missing.iter().map(CountedPieceView::from).collect(),
            elsewhere: counted.elsewhere.iter().map(CountedPieceView::from).collect(),
            unknown: tags(counted.unknown),
            twice: tags(counted.twice),
        }
    }
}

/// What some goods are worth.
#[derive(Debug, Clone, Object)]
pub struct WorthView {
    /// How many pieces or lots.
    pub count: u64,
    /// The pure metal in them, in nanograms.
    pub fine_ng: i64,
    /// What they cost.
    pub cost: Money,
    /// What they would be billed at today, before tax: pieces with their making charge and stones. What has no rate counts
    /// at cost.
    pub at_rate: Money,
    /// The lower of the two, of each by itself.
    pub lower: Money,
    /// How many have no rate on today's board.
    pub without_rate: u64,
}

impl From<Worth> for WorthView {
    fn from(worth: Worth) -> Self {
        Self {
            count: worth.count,
            fine_ng: worth.fine.ng(),
            cost: worth.cost.into(),
            at_rate: worth.at_rate.into(),
            lower: worth.lower.into(),
            without_rate: worth.without_rate,
        }
    }
}

/// What the stock of a metal is worth.
#[derive(Debug, Clone, Object)]
pub struct ValuationView {
    /// The metal.
    pub commodity: String,
    /// Tagged pieces, each at its own cost.
    pub pieces: WorthView,
    /// Loose metal, at its average cost.
    pub lots: WorthView,
    /// Old metal that is not melted yet.
    pub old_metal: WorthView,
}

impl From<Valuation> for ValuationView {
    fn from(value: Valuation) -> Self {
        Self {
            commodity: value.metal.code().to_owned(),
            pieces: value.pieces.into(),
            lots: value.lots.into(),
            old_metal: value.old_metal.into(),
        }
    }
}

/// What the stock is worth.
#[derive(Debug, Clone, Object)]
pub struct StockValueView {
    /// The day whose rates it is valued at.
    pub business_date: String,
    /// A metal each.
    pub items: Vec<ValuationView>,
}

/// Counting and valuing.
pub struct Counting;

#[OpenApi]
impl Counting {
    /// Holds scanned tags against the pieces that the books have in stock: what is missing, what is there and should not
    /// be, what nobody knows. Nothing changes by it.
    #[oai(path = "/:w/stock/count", method = "post", operation_id = "countPieces")]
    async fn count(&self, w: Signed, body: Body<CountBody>) -> Result<Json<CountView>, Problem> {
        let tags = body.into_inner().tags.into_vec();
        Ok(Json(w.check(shop::count_pieces(w.road(), w.scope(), tags).await).await?.into()))
    }

    /// Shows what the stock is worth: at cost, at today's rates, and at the lower of the two. What goldsmiths hold is shown
    /// with them.
    #[oai(path = "/:w/stock/valuation", method = "get", operation_id = "valueStock")]
    async fn value(&self, w: Signed) -> Result<Json<StockValueView>, Problem> {
        let (date, values) = w.check(shop::value_stock(w.road(), w.scope()).await).await?;
        let items = values.into_iter().map(ValuationView::from).collect();
        Ok(Json(StockValueView { business_date: date.to_string(), items }))
    }
}
