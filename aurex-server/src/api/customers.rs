//! Customers.

use aurex_core::service::shop;
use aurex_core::shop::identifiers::{Gstin, Pan, Phone, StateCode};
use aurex_core::shop::parties::{Address, NewParty, Party, PartyId, PartyPatch};
use aurex_core::text::{Email, Name};
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, Patch, Replace, Text, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// A customer to be recorded.
    pub struct NewCustomerBody {
        /// The name on bills.
        name: Name,
        /// The telephone number.
        phone: Option<Phone>,
        /// The email address.
        email: Option<Email>,
        /// The GSTIN, when registered.
        gstin: Option<Gstin>,
        /// The PAN; only its last four characters are ever shown.
        pan: Option<Pan>,
        /// The GST code of the state of delivery.
        state_code: Option<StateCode>,
        /// The address.
        address: Option<Address>,
    }
}

request! {
    /// What shall be different about a customer; `null` empties a field.
    pub struct CustomerPatchBody {
        /// The name on bills.
        name: Replace<Name>,
        /// The telephone number.
        phone: Patch<Phone>,
        /// The email address.
        email: Patch<Email>,
        /// The GSTIN.
        gstin: Patch<Gstin>,
        /// The PAN.
        pan: Patch<Pan>,
        /// The GST code of the state of delivery.
        state_code: Patch<StateCode>,
        /// The address.
        address: Patch<Address>,
    }
}

/// A customer.
#[derive(Debug, Clone, Object)]
pub struct CustomerView {
    /// The id.
    pub id: String,
    /// The name on bills.
    pub name: String,
    /// The telephone number.
    pub phone: Option<String>,
    /// The email address.
    pub email: Option<String>,
    /// The GSTIN; a proprietor's is masked as a PAN is, because it contains one.
    pub gstin: Option<String>,
    /// The last four characters of the PAN.
    pub pan_last_four: Option<String>,
    /// The GST code of the state of delivery.
    pub state_code: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// When the customer was recorded.
    pub created_at: String,
    /// The revision, for `If-Match`.
    pub etag: String,
}

fn etag(party: &Party) -> ETag {
    ETag::of_revision(party.version.into())
}

fn shown_gstin(gstin: &Gstin) -> String {
    if gstin.is_proprietor() { format!("{gstin:?}") } else { gstin.as_str().to_owned() }
}

impl From<Party> for CustomerView {
    fn from(party: Party) -> Self {
        Self {
            id: party.id.to_string(),
            etag: etag(&party).as_str().to_owned(),
            gstin: party.gstin.as_ref().map(shown_gstin),
            name: party.name.to_string(),
            phone: party.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            email: party.email.map(|email| email.as_str().to_owned()),
            pan_last_four: party.pan.map(|pan| pan.last_four),
            state_code: party.state.map(|state| state.to_string()),
            address: party.address.map(|address| address.to_string()),
            created_at: party.created_at.to_string(),
        }
    }
}

/// A balance: positive is owed to the shop.
#[derive(Debug, Clone, Object)]
pub struct BalanceView {
    /// A currency's code or a metal's.
    pub commodity: String,
    /// Minor units or fine nanograms.
    pub balance: i64,
}

/// One line of a statement.
#[derive(Debug, Clone, Object)]
pub struct StatementLineView {
    /// The effective date.
    pub date: String,
    /// The document's number or a remark.
    pub document: String,
    /// The document's kind.
    pub document_kind: String,
    /// The document's id.
    pub document_id: String,
    /// A currency's code or a metal's.
    pub commodity: String,
    /// The debit, in minor units or fine nanograms.
    pub debit: i64,
    /// The credit.
    pub credit: i64,
    /// The balance after it, positive when owed to the shop.
    pub balance: i64,
}

/// A customer's account over a period.
#[derive(Debug, Clone, Object)]
pub struct StatementView {
    /// The customer's id.
    pub customer_id: String,
    /// What was owed before.
    pub opening: Vec<BalanceView>,
    /// What happened.
    pub entries: Vec<StatementLineView>,
    /// What is owed after.
    pub closing: Vec<BalanceView>,
}

fn balance(balance: shop::StatementBalance) -> BalanceView {
    BalanceView { commodity: balance.commodity.code().to_owned(), balance: balance.amount }
}

impl From<shop::Statement> for StatementView {
    fn from(statement: shop::Statement) -> Self {
        let line = |line: shop::StatementLine| {
            let (posting, entry) = (line.line.posting, line.line.entry);
            StatementLineView {
                date: posting.effective.to_string(),
                document: entry.narration.to_string(),
                document_kind: entry.source_kind.to_string(),
                document_id: entry.source_id.to_string(),
                commodity: posting.commodity.code().to_owned(),
                debit: posting.amount.max(0),
                credit: posting.amount.min(0).saturating_neg(),
                balance: line.balance,
            }
        };
        Self {
            customer_id: statement.party.id.to_string(),
            opening: statement.opening.into_iter().map(balance).collect(),
            entries: statement.entries.into_iter().map(line).collect(),
            closing: statement.closing.into_iter().map(balance).collect(),
        }
    }
}

/// The patch of a field that may be emptied, in core's form.
pub(super) fn touched<T>(patch: Patch<T>) -> Option<Option<T>> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(value) => Some(Some(value)),
    }
}

/// Customers.
pub struct Customers;

#[OpenApi]
impl Customers {
    /// Lists customers, oldest first.
    #[oai(path = "/:w/customers", method = "get", operation_id = "listCustomers")]
    async fn list(
        &self,
        w: Signed,
        /// Part of a name, telephone number or GSTIN.
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
        let body = body.into_inner();
        let new = NewParty {
            name: body.name,
            phone: body.phone,
            email: body.email,
            gstin: body.gstin,
            pan: body.pan,
            state: body.state_code,
            address: body.address,
        };
        let done = w.check(shop::record_customer(w.road(), w.scope(), presented.as_ref(), new).await).await?;
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
        let body = body.into_inner();
        let patch = PartyPatch {
            name: body.name.0,
            phone: touched(body.phone),
            email: touched(body.email),
            gstin: touched(body.gstin),
            pan: touched(body.pan),
            state: touched(body.state_code),
            address: touched(body.address),
        };
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
