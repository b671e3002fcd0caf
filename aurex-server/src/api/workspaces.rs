//! Opening workspaces.

use aurex_core::identity::opening::{NewBusiness, NewOwner, NewWorkspace};
use aurex_core::identity::password::Password;
use aurex_core::money::Currency;
use aurex_core::service::access::open_workspace;
use aurex_core::shop::identifiers::{Gstin, StateCode};
use aurex_core::shop::parties::Address;
use aurex_core::tenancy::Slug;
use aurex_core::text::{Email, Name};
use aurex_core::time::Zone;
use poem::web::Data;
use poem_openapi::{Object, OpenApi};

use super::App;
use super::refuse::problem;
use super::settings::SchemeWord;
use super::signed::facts;
use crate::http::answer::Created;
use crate::http::body::{Body, Secret, request};
use crate::http::problem::{Code, Problem};
use crate::http::request::RequestMeta;

request! {
    /// The shop's particulars.
    pub struct NewBusinessBody {
        /// The legal name.
        legal_name: Name,
        /// The address.
        address: Address,
        /// The GSTIN, when registered.
        gstin: Option<Gstin>,
        /// How the shop stands towards GST.
        scheme: SchemeWord,
    }
}

request! {
    /// The first owner.
    pub struct NewOwnerBody {
        /// The name.
        name: Name,
        /// The address to sign in with.
        email: Email,
        /// The password.
        password: Secret<1, 1024>,
    }
}

request! {
    /// A workspace to be opened.
    pub struct NewWorkspaceBody {
        /// Its name in addresses: 3 to 30 of a–z, 0–9 and single hyphens.
        slug: Slug,
        /// Its name for people.
        name: Name,
        /// The currency of its books.
        currency: Currency,
        /// The IANA zone of its business dates.
        time_zone: Zone,
        /// The GST code of the state it is in.
        state_code: StateCode,
        /// The particulars that bills need; they may follow later.
        business: Option<NewBusinessBody>,
        /// The first owner.
        owner: NewOwnerBody,
    }
}

/// A workspace that was opened.
#[derive(Debug, Clone, Object)]
pub struct OpenedView {
    /// Its id.
    pub id: String,
    /// Its name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The currency of its books.
    pub currency: String,
    /// The zone of its business dates.
    pub time_zone: String,
    /// The GST code of its state.
    pub state_code: String,
    /// When it was opened.
    pub created_at: String,
    /// The first owner's id.
    pub owner_id: String,
}

/// Opening workspaces.
pub struct Workspaces;

#[OpenApi]
impl Workspaces {
    /// Opens a workspace. Its slug is its identity: an `Idempotency-Key` is ignored.
    #[oai(path = "/", method = "post", operation_id = "openWorkspace")]
    async fn open(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        body: Body<NewWorkspaceBody>,
    ) -> Result<Created<OpenedView>, Problem> {
        if !app.opening {
            return Err(Problem::new(Code::AccessForbidden).detail("opening workspaces is switched off here"));
        }
        let body = body.into_inner();
        let new = NewWorkspace {
            slug: body.slug,
            name: body.name,
            currency: body.currency,
            zone: body.time_zone,
            state: body.state_code,
            business: body.business.map(|business| NewBusiness {
                legal_name: business.legal_name,
                address: business.address,
                gstin: business.gstin,
                scheme: business.scheme.into(),
            }),
            owner: NewOwner {
                name: body.owner.name,
                email: body.owner.email,
                password: Password::new(body.owner.password.as_str()),
            },
        };
        let done = open_workspace(&app.sign_in, new, facts(&meta)).await.map_err(problem)?;
        let opened = done.value;
        Ok(Created::new(OpenedView {
            id: opened.id.to_string(),
            slug: opened.workspace.slug.to_string(),
            name: opened.workspace.name.to_string(),
            currency: opened.workspace.currency.code().to_owned(),
            time_zone: opened.workspace.zone.name().to_owned(),
            state_code: opened.business.state.to_string(),
            created_at: opened.workspace.created_at.to_string(),
            owner_id: opened.owner.id.to_string(),
        }))
    }
}
