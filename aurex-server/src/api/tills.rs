//! Shared tills: one device at the counter, several people, each with a number of their own.

use aurex_core::identity::actions::ChangeTills;
use aurex_core::identity::secret::TillToken;
use aurex_core::identity::tills::Till;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{enrol_till, list_tills, remove_pin, revoke_till, set_pin};
use aurex_core::tenancy::{MemberId, TillId};
use aurex_core::text::Name;
use poem::http::{HeaderMap, HeaderValue, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{MetaHeader, MetaResponses, Registry};
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};

use super::App;
use super::refuse::problem;
use super::sessions::{Opened, documented};
use super::signed::{InPath, Signed, cookie, facts};
use crate::http::answer::{Created, Done, Page};
use crate::http::body::{Body, Secret, Text, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::parameter::Path;
use crate::http::problem::{Code, Problem};
use crate::http::request::RequestMeta;

request! {
    /// A till to be enrolled.
    pub struct NewTillBody {
        /// What people call it.
        name: Name,
    }
}

request! {
    /// One's own number.
    pub struct PinBody {
        /// 6 to 12 digits, and none that colleagues would guess.
        pin: Secret<1, 64>,
    }
}

request! {
    /// Who takes a till over.
    pub struct PinSignInBody {
        /// The member.
        member_id: MemberId,
        /// Their number.
        pin: Secret<1, 64>,
    }
}

/// A shared till.
#[derive(Debug, Clone, Object)]
pub struct TillView {
    /// The id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The id of the member who enrolled it.
    pub enrolled_by: String,
    /// When it was enrolled.
    pub enrolled_at: String,
    /// When it was revoked.
    pub revoked_at: Option<String>,
}

impl From<Till> for TillView {
    fn from(till: Till) -> Self {
        Self {
            id: till.id.to_string(),
            name: till.name.to_string(),
            enrolled_by: till.enrolled_by.to_string(),
            enrolled_at: till.enrolled_at.to_string(),
            revoked_at: till.revoked_at.map(|at| at.to_string()),
        }
    }
}

/// Somebody who may take a till over.
#[derive(Debug, Clone, Object)]
pub struct TillMemberView {
    /// The member's id.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// A till, as somebody in front of it sees it.
#[derive(Debug, Clone, Object)]
pub struct TillAtHandView {
    /// The till's name.
    pub name: String,
    /// Who may take it over with their number.
    pub members: Vec<TillMemberView>,
}

/// A year. A till that stands unused for longer is enrolled again.
const MAX_AGE_SECONDS: u32 = 365 * 86_400;

/// The cookie's name. No workspace's session has a cookie of this name, whatever the workspace is called.
fn name(slug: &str, secure: bool) -> String {
    if secure { format!("__Host-aurex_till-{slug}") } else { format!("aurex_till-{slug}") }
}

fn till_of<'h>(headers: &'h HeaderMap, slug: &str, secure: bool) -> Option<&'h str> {
    cookie(headers, &name(slug, secure))
}

fn till_cookie(slug: &str, token: &TillToken, secure: bool) -> Option<HeaderValue> {
    let (name, attributes) = (name(slug, secure), if secure { "; Secure" } else { "" });
    let mut value = HeaderValue::from_str(&format!(
        "{name}={}; Path=/; Max-Age={MAX_AGE_SECONDS}; HttpOnly; SameSite=Strict{attributes}",
        token.expose()
    ))
    .ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// 201 with the cookie by which the device is the till from now on.
pub struct Enrolled {
    made: Created<TillView>,
    cookie: Option<HeaderValue>,
}

impl IntoResponse for Enrolled {
    fn into_response(self) -> Response {
        let mut response = self.made.into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl ApiResponse for Enrolled {
    fn meta() -> MetaResponses {
        let mut made = Created::<TillView>::meta();
        let cookie = documented(201, "", "The till's cookie, unless the request is replayed.", Vec::new());
        let headers = cookie.responses.into_iter().flat_map(|response| response.headers);
        let headers = headers.map(|header| MetaHeader { required: false, ..header });
        if let Some(response) = made.responses.first_mut() {
            response.headers.extend(headers);
        }
        made
    }
    fn register(registry: &mut Registry) {
        Created::<TillView>::register(registry);
    }
}

/// Shared tills, and one's own number.
pub struct Tills;

#[OpenApi]
impl Tills {
    /// Lists the shared tills, oldest first, the revoked ones too.
    #[oai(path = "/:w/tills", method = "get", operation_id = "listTills")]
    async fn list(&self, w: Signed) -> Result<Json<Page<TillView>>, Problem> {
        let tills = w.check(list_tills(w.road(), w.scope()).await).await?;
        Ok(Json(Page { items: tills.into_iter().map(TillView::from).collect(), next: None }))
    }

    /// Makes the device that asks a shared till.
    ///
    /// The answer sets its cookie, `aurex_till-<workspace>` (over TLS with `__Host-` before the name), which lasts a
    /// year. It says which device this is and opens nothing by itself. Sign out afterwards: the till is there for
    /// others. A replayed request does not repeat the cookie, because nobody has it any more: revoke the till, and enrol
    /// the device anew.
    #[oai(path = "/:w/tills", method = "post", operation_id = "enrolTill")]
    async fn enrol(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewTillBody>,
    ) -> Result<Enrolled, Problem> {
        let presented = w.presented(&key, body.leaves());
        let enrolled = enrol_till(w.road(), w.scope(), presented.as_ref(), body.into_inner().name).await;
        let done = w.check(enrolled).await?;
        let cookie = done.value.token.and_then(|token| till_cookie(w.slug(), &token, w.is_secure()));
        Ok(Enrolled { made: Created::new(done.value.till.into()).replayed(done.replayed), cookie })
    }

    /// Revokes a till. The sessions on it end.
    #[oai(path = "/:w/tills/:id", method = "delete", operation_id = "revokeTill")]
    async fn revoke(&self, w: Signed, id: InPath<TillId>) -> Result<Done, Problem> {
        w.may::<ChangeTills>().await?;
        w.check(revoke_till(w.road(), w.scope(), *id).await).await?;
        Ok(Done)
    }

    /// Sets one's own number for shared tills. From the manager on nobody has one.
    #[oai(path = "/:w/pin", method = "put", operation_id = "setPin")]
    async fn set_pin(&self, w: Signed, body: Body<PinBody>) -> Result<Done, Problem> {
        w.check(set_pin(w.sign_in(), w.scope(), body.pin.as_str()).await).await?;
        Ok(Done)
    }

    /// Takes one's own number away. What it opened at shared tills ends.
    #[oai(path = "/:w/pin", method = "delete", operation_id = "removePin")]
    async fn remove_pin(&self, w: Signed) -> Result<Done, Problem> {
        w.check(remove_pin(w.road(), w.scope()).await).await?;
        Ok(Done)
    }

    /// Shows the till that asks, by its cookie alone, and who may take it over: the active members below manager who
    /// have set a number.
    #[oai(path = "/:w/till", method = "get", operation_id = "showTill")]
    async fn show(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        request: &Request,
    ) -> Result<Json<TillAtHandView>, Problem> {
        let token = till_of(request.headers(), w.as_str(), app.is_secure(request)).unwrap_or_default();
        let at_hand = match app.sign_in.till(w.as_str(), token).await {
            Err(ServiceError::NotSignedIn) => {
                app.limits.stranger(meta.client_ip)?;
                return Err(Problem::new(Code::AuthRequired));
            }
            answer => answer.map_err(problem)?,
        };
        let members = at_hand.members.into_iter();
        Ok(Json(TillAtHandView {
            name: at_hand.till.name.to_string(),
            members: members
                .map(|(id, name)| TillMemberView { id: id.to_string(), name: name.to_string() })
                .collect(),
        }))
    }

    /// Takes over the till that asks: signs a member in with their number, and ends whatever was open on it.
    ///
    /// Such a session reaches what a counter needs, and ends after five minutes without use. After five wrong tries, at
    /// all tills together, the number is locked (`pin.locked`) until its member signs in with the password or sets
    /// another.
    #[oai(path = "/:w/sessions/pin", method = "post", operation_id = "signInWithPin")]
    async fn sign_in(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        request: &Request,
        body: Body<PinSignInBody>,
    ) -> Result<Opened, Problem> {
        let secure = app.is_secure(request);
        let token = till_of(request.headers(), w.as_str(), secure).unwrap_or_default();
        let signed_in =
            app.sign_in.pin(w.as_str(), token, body.member_id, body.pin.as_str(), facts(&meta)).await;
        match signed_in {
            Err(ServiceError::NotSignedIn) => {
                app.limits.stranger(meta.client_ip)?;
                Err(Problem::new(Code::AuthRefused))
            }
            answer => Ok(Opened::new(&app, w.as_str(), answer.map_err(problem)?, secure)),
        }
    }
}
