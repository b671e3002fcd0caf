//! Opening balances.

use aurex_core::money::Money as CoreMoney;
use aurex_core::service::shop;
use aurex_core::shop::parties::{
    Customers, Goldsmiths, Kept, NewOpening, Opening, OpeningSide, PartyId, Suppliers,
};
use aurex_core::text::Note;
use poem_openapi::{Object, OpenApi};

use crate::api::signed::{InPath, Signed};
use crate::api::wire::Money;
use crate::http::answer::Created;
use crate::http::body::{Body, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;

request! {
    /// What stood between somebody and the shop when the books began.
    pub struct NewOpeningBody {
        /// How much.
        amount: CoreMoney,
        /// Who owed whom: `owed_to_shop` or `owed_by_shop`.
        side: OpeningSide,
        /// Where it comes from, in words.
        reason: Option<Note>,
    }
}

/// An opening balance.
#[derive(Debug, Clone, Object)]
pub struct OpeningView {
    /// The journal entry.
    pub id: String,
    /// Whose.
    pub party_id: String,
    /// How much.
    pub amount: Money,
    /// `owed_to_shop` or `owed_by_shop`.
    pub side: String,
    /// The date it is posted on.
    pub business_date: String,
    /// In words.
    pub reason: String,
}

impl From<Opening> for OpeningView {
    fn from(opening: Opening) -> Self {
        Self {
            id: opening.entry.to_string(),
            party_id: opening.party.to_string(),
            amount: opening.amount.into(),
            side: opening.side.code().to_owned(),
            business_date: opening.effective.to_string(),
            reason: opening.narration.to_string(),
        }
    }
}

async fn open<K: Kept>(
    w: &Signed,
    key: &IdempotencyKey,
    id: PartyId,
    body: Body<NewOpeningBody>,
) -> Result<Created<OpeningView>, Problem> {
    let presented = w.presented_for(key, body.leaves(), &id.to_string());
    let NewOpeningBody { amount, side, reason } = body.into_inner();
    let new = NewOpening { amount, side, reason };
    let done =
        w.check(shop::open_balance::<K>(w.road(), w.scope(), presented.as_ref(), id, &new).await).await?;
    Ok(Created::new(done.value.into()).replayed(done.replayed))
}

/// Opening balances.
pub struct Openings;

#[OpenApi]
impl Openings {
    /// Posts what a customer owed, or was owed, when the books began. What was posted wrongly is put right by posting the
    /// other side.
    #[oai(path = "/:w/customers/:id/opening-balance", method = "post", operation_id = "openCustomerBalance")]
    async fn customer(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewOpeningBody>,
    ) -> Result<Created<OpeningView>, Problem> {
        open::<Customers>(&w, &key, *id, body).await
    }

    /// Posts what a supplier owed, or was owed, when the books began.
    #[oai(path = "/:w/suppliers/:id/opening-balance", method = "post", operation_id = "openSupplierBalance")]
    async fn supplier(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewOpeningBody>,
    ) -> Result<Created<OpeningView>, Problem> {
        open::<Suppliers>(&w, &key, *id, body).await
    }

    /// Posts what a goldsmith owed, or was owed, when the books began.
    #[oai(
        path = "/:w/goldsmiths/:id/opening-balance",
        method = "post",
        operation_id = "openGoldsmithBalance"
    )]
    async fn goldsmith(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewOpeningBody>,
    ) -> Result<Created<OpeningView>, Problem> {
        open::<Goldsmiths>(&w, &key, *id, body).await
    }
}
