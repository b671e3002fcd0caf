//! The contract: every operation, a room each, and what they share.
//!
//! A handler takes who asks first and the body last, calls one service function, and maps the answer. The OpenAPI
//! document is printed from the same declarations.

mod access_rules;
mod advances;
mod approvals;
mod audit;
mod billing;
mod bookings;
mod books;
mod books_returns;
mod closing;
mod contacts;
mod counting;
mod decode;
mod device;
mod digests;
mod erasure;
mod exports;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod imports;
mod invoices;
mod ledger;
mod links;
mod list;
mod member_erasure;
mod members;
mod metal;
mod movements;
mod notes;
mod parties;
mod payee;
mod printed;
mod proofs;
pub mod qr;
mod rates;
mod receipts;
mod refunds;
pub mod refuse;
mod roles;
mod second_factor;
mod sessions;
mod settings;
pub mod signed;
mod stock;
mod tiles;
mod tills;
mod tokens;
mod vouchers;
mod whereabouts;
mod wire;
mod workspaces;

use std::sync::Arc;

use aurex_core::rbac::Catalogue;
use aurex_core::service::Road;
use aurex_core::service::access::SignIn;
use aurex_core::service::transparency::RecordedLookup;
use aurex_core::tenancy::Job;
use poem::{Endpoint, EndpointExt as _, Request, Route};
use poem_openapi::{OpenApi, OpenApiService};

pub(crate) use self::audit::{EntryView, hex, shown};
use crate::export::Desk;
use crate::http::cursor::CursorKey;
use crate::http::limits::Limits;
use crate::http::origin::{Origins, Place, WORKSPACES};
use crate::http::strict::{Methods, Strict};

/// What handlers are given. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// What use cases are given.
    pub road: Road,
    /// The only way to a scope.
    pub sign_in: Arc<SignIn>,
    /// Every action there is.
    pub catalogue: Arc<Catalogue>,
    /// The key that seals cursors.
    pub cursors: CursorKey,
    /// The names this server is reached by.
    pub origins: Origins,
    /// Whether anybody may open a workspace.
    pub opening: bool,
    /// How much one may ask.
    pub limits: Limits,
    /// The purpose of answering whoever has a printed bill.
    pub recorded: Arc<Job<RecordedLookup>>,
    /// Where exports of the log are ordered and fetched.
    pub exports: Desk,
}

impl App {
    /// Whether `request` came to an origin on TLS.
    #[must_use]
    pub fn is_secure(&self, request: &Request) -> bool {
        request.data::<Place>().is_some_and(Place::is_secure)
    }
}

/// Where the workspaces stand.
pub const PREFIX: &str = WORKSPACES;

fn rooms() -> impl OpenApi {
    // Parts, because poem-openapi counts no further than sixteen.
    let access = (
        workspaces::Workspaces,
        sessions::Sessions,
        links::Links,
        second_factor::SecondFactors,
        digests::Digests,
        whereabouts::Whereabouts,
        members::Members,
        member_erasure::MemberErasure,
        roles::Roles,
        tills::Tills,
        tokens::ApiTokens,
        approvals::Approvals,
    );
    let shop = (
        settings::Settings,
        contacts::Contacts,
        billing::Billing,
        rates::Rates,
        parties::Customers,
        erasure::Erasure,
        stock::Stock,
        invoices::Invoices,
        receipts::Receipts,
        notes::CreditNotes,
        notes::DebitNotes,
        refunds::Refunds,
        audit::Audit,
        proofs::Proofs,
        printed::Printed,
        exports::Exports,
    );
    let metal = (
        parties::SuppliersRoom,
        parties::GoldsmithsRoom,
        metal::OldMetal,
        metal::MetalVouchers,
        metal::Payments,
        movements::Movements,
        parties::Openings,
        imports::Imports,
        counting::Counting,
    );
    let accounts = (books::Books, ledger::Ledger, closing::Closing, vouchers::Vouchers);
    let ahead = (bookings::Bookings, advances::Advances, payee::Payee);
    Strict((access, shop, metal, accounts, ahead))
}

fn service() -> OpenApiService<impl OpenApi, ()> {
    OpenApiService::new(rooms(), "Aurex", env!("CARGO_PKG_VERSION"))
        .description(
            "Multi-tenant shop software: rates, customers, stock, bills, payments, books and an audit log.",
        )
        .server(PREFIX)
}

/// The OpenAPI document.
///
/// # Errors
/// When poem-openapi prints something that is not JSON, which a test rules out.
pub fn document() -> Result<serde_json::Value, serde_json::Error> {
    crate::http::openapi::document(&service().spec())
}

/// The operations of the API, to be nested at [`PREFIX`].
pub fn routes(app: App) -> impl Endpoint {
    // The tiles' paths have as many parts as a log is long, which the contract's router does not know.
    Route::new().at(tiles::PATH, Methods::get(tiles::endpoint())).nest_no_strip("/", service()).data(app)
}
