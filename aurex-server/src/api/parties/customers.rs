//! Customers.

use aurex_core::service::shop;
use aurex_core::shop::parties::PartyId;
use aurex_core::time::Date;
use poem_openapi::{OpenApi, payload::Json};

use super::form::{CustomerPatchBody, CustomerView, NewCustomerBody, StatementView, etag};
use crate::api::list::Listing;
use crate::api::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, Text};
use crate::http::etag::IfMatch;
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

/// Customers.
pub struct Customers;

#[OpenApi]
impl Customers {
    /// Lists customers, oldest first, or those that are searched for.
    #[oai(path = "/:w/customers", method = "get", operation_id = "listCustomers")]
    async fn list(
        &self,
        w: Signed,
        /// Beginnings of words of a name, telephone number or GSTIN, as far as they are typed: who has one for each of them is
        /// listed, by the alphabet.
        q: Query<Option<Text<1, 100>>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<CustomerView>>, Problem> {
        let words = q.as_ref().map(|q| q.as_str());
        let list = Listing::new(&w, "customers", &[&words]);
        let page = list.request(*limit, after.as_ref())?;
        let customers = w.check(shop::customers(w.road(), w.scope(), words, page).await).await?;
        Ok(Json(list.page(customers, CustomerView::from)))
    }

    /// Records a customer.
    #[oai(path = "/:w/customers", method = "post", operation_id = "recordCustomer")]
    async fn record(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewCustomerBody>,
    ) -> Result<Created<CustomerView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let done = w
            .check(
                shop::record_customer(w.road(), w.scope(), presented.as_ref(), body.into_inner().into())
                    .await,
            )
            .await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Shows a customer.
    #[oai(path = "/:w/customers/:id", method = "get", operation_id = "showCustomer")]
    async fn show(&self, w: Signed, id: InPath<PartyId>) -> Result<Document<CustomerView>, Problem> {
        let party = w.check(shop::customer(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&party), value: party.into() })
    }

    /// Changes a customer.
    #[oai(path = "/:w/customers/:id", method = "patch", operation_id = "changeCustomer")]
    async fn change(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<CustomerPatchBody>,
    ) -> Result<Document<CustomerView>, Problem> {
        w.may::<aurex_core::shop::actions::ChangeCustomer>().await?;
        let expected = if_match.required()?.revision();
        let patch = body.into_inner().into();
        let done = w.check(shop::change_customer(w.road(), w.scope(), *id, expected, patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }

    /// Shows a customer's statement for a period.
    #[oai(path = "/:w/customers/:id/statement", method = "get", operation_id = "showStatement")]
    async fn statement(
        &self,
        w: Signed,
        id: InPath<PartyId>,
        from: Query<Option<Date>>,
        to: Query<Option<Date>>,
    ) -> Result<Json<StatementView>, Problem> {
        let statement = w.check(shop::statement(w.road(), w.scope(), *id, *from, *to).await).await?;
        Ok(Json(statement.into()))
    }
}
