//! Parties as they come in and go out: the same form for customers, suppliers and goldsmiths.

use aurex_core::service::shop;
use aurex_core::shop::identifiers::{Gstin, Pan, Phone, StateCode};
use aurex_core::shop::parties::{Address, Identity, IdentityKind, NewParty, Party, PartyPatch};
use aurex_core::text::{Email, Label, Name};
use poem_openapi::Object;

use crate::http::body::{Patch, Replace, request};
use crate::http::etag::ETag;

request! {
    /// A document that somebody is known by. Its number is not taken, only what the filed copy is found by.
    pub struct IdentityBody {
        /// Which document.
        document: IdentityKind,
        /// The last four characters of its number.
        last_four: Label,
    }
}

impl From<IdentityBody> for Identity {
    fn from(body: IdentityBody) -> Self {
        Self { document: body.document, last_four: body.last_four }
    }
}

request! {
    /// A customer, supplier or goldsmith to be recorded.
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
        /// The document that they were known by; whoever sells old metal has shown one.
        identity: Option<IdentityBody>,
    }
}

request! {
    /// What shall be different about a customer, supplier or goldsmith; `null` empties a field.
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
        /// The document that they were known by.
        identity: Patch<IdentityBody>,
    }
}

/// The document that somebody was known by.
#[derive(Debug, Clone, Object)]
pub struct IdentityView {
    /// `aadhaar`, `pan`, `voter_id`, `driving_licence` or `passport`.
    pub document: String,
    /// The last four characters of its number.
    pub last_four: String,
}

/// A customer, supplier or goldsmith.
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
    /// The document that they were known by.
    pub identity: Option<IdentityView>,
    /// When they were recorded.
    pub created_at: String,
    /// The revision, for `If-Match`.
    pub etag: String,
}

pub(super) fn etag(party: &Party) -> ETag {
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
            identity: party.identity.map(|of| IdentityView {
                document: of.document.code().to_owned(),
                last_four: of.last_four.to_string(),
            }),
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

/// Somebody's account over a period.
#[derive(Debug, Clone, Object)]
pub struct StatementView {
    /// Whose: the id of the customer, supplier or goldsmith.
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
pub(in crate::api) fn touched<T>(patch: Patch<T>) -> Option<Option<T>> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(value) => Some(Some(value)),
    }
}

impl From<NewCustomerBody> for NewParty {
    fn from(body: NewCustomerBody) -> Self {
        Self {
            name: body.name,
            phone: body.phone,
            email: body.email,
            gstin: body.gstin,
            pan: body.pan,
            state: body.state_code,
            address: body.address,
            identity: body.identity.map(Identity::from),
        }
    }
}

impl From<CustomerPatchBody> for PartyPatch {
    fn from(body: CustomerPatchBody) -> Self {
        Self {
            name: body.name.0,
            phone: touched(body.phone),
            email: touched(body.email),
            gstin: touched(body.gstin),
            pan: touched(body.pan),
            state: touched(body.state_code),
            address: touched(body.address),
            identity: touched(body.identity).map(|of| of.map(Identity::from)),
        }
    }
}
