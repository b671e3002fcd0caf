//! Signing in and out.

use aurex_core::identity::secret::SessionToken;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{CurrentSession, SignedIn, close_session, current_session};
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type as _;
use poem_openapi::{ApiResponse, Object, OpenApi, payload::Json};

use super::App;
use super::device::{device_cookie, device_of};
use super::refuse::problem;
use super::signed::{Signed, cookie_name, facts};
use crate::http::body::{Body, Secret, Text, request};
use crate::http::parameter::Path;
use crate::http::problem::{Code, Problem};
use crate::http::request::RequestMeta;

request! {
    /// Who signs in.
    pub struct SignInBody {
        /// The address.
        email: Text<1, 254>,
        /// The password.
        password: Secret<1, 1024>,
    }
}

/// The member of a session.
#[derive(Debug, Clone, Object)]
pub struct SessionMember {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// The role.
    pub role: String,
}

/// A session.
#[derive(Debug, Clone, Object)]
pub struct SessionView {
    /// Who.
    pub member: SessionMember,
    /// The codes of the actions that are open to them: a hint for screens, never a decision.
    pub permissions: Vec<String>,
    /// When it ends whatever happens; null for a token without a session.
    pub expires_at: Option<String>,
}

impl From<CurrentSession> for SessionView {
    fn from(current: CurrentSession) -> Self {
        let member = current.member;
        Self {
            member: SessionMember {
                id: member.id.to_string(),
                name: member.name.to_string(),
                email: member.email.as_str().to_owned(),
                role: member.role.code().to_owned(),
            },
            permissions: current.permissions.into_iter().map(str::to_owned).collect(),
            expires_at: current.expires_at.map(|at| at.to_string()),
        }
    }
}

/// The cookie of a session. It has no `Max-Age`: the browser's own session is its shortest limit.
#[must_use]
pub fn session_cookie(slug: &str, token: &SessionToken, secure: bool) -> Option<HeaderValue> {
    let attributes = if secure { "; Secure" } else { "" };
    let name = cookie_name(slug, secure);
    let mut value = HeaderValue::from_str(&format!(
        "{name}={}; Path=/; HttpOnly; SameSite=Strict{attributes}",
        token.expose()
    ))
    .ok()?;
    value.set_sensitive(true);
    Some(value)
}

fn cleared_cookie(slug: &str, secure: bool) -> Option<HeaderValue> {
    let attributes = if secure { "; Secure" } else { "" };
    let name = cookie_name(slug, secure);
    HeaderValue::from_str(&format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict{attributes}")).ok()
}

/// 201 with the cookie of a new session.
pub struct Opened {
    session: SessionView,
    cookie: Option<HeaderValue>,
    device: Option<HeaderValue>,
}

impl Opened {
    /// What is answered to somebody who has just signed in to the workspace `slug`.
    pub fn new(app: &App, slug: &str, signed_in: SignedIn, secure: bool) -> Self {
        let cookie = session_cookie(slug, &signed_in.token, secure);
        let device = signed_in.device.as_ref().and_then(|device| device_cookie(slug, device, secure));
        let SignedIn { member, scope, expires_at, .. } = signed_in;
        let permissions = app.catalogue.permissions(&scope);
        let current = CurrentSession { member, permissions, expires_at: Some(expires_at) };
        Self { session: current.into(), cookie, device }
    }
}

impl IntoResponse for Opened {
    fn into_response(self) -> Response {
        let mut response = Json(self.session).into_response();
        response.set_status(StatusCode::CREATED);
        for cookie in self.cookie.into_iter().chain(self.device) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// 204 with a changed cookie.
pub struct Ended {
    /// The cookie that takes the place of the old one.
    pub cookie: Option<HeaderValue>,
}

impl IntoResponse for Ended {
    fn into_response(self) -> Response {
        let mut response = StatusCode::NO_CONTENT.into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

/// 204 of signing out: the session's cookie goes, and with it what the browser kept of the workspace's pages.
pub struct SignedOut {
    cookie: Option<HeaderValue>,
}

/// The cookies are not cleared all at once (W3C, Clear Site Data, section 3.1): the device's and a shared till's say
/// which device it is, whoever stands in front of it, and other workspaces' sessions go on.
const CLEARED: HeaderValue = HeaderValue::from_static("\"cache\", \"storage\"");

impl IntoResponse for SignedOut {
    fn into_response(self) -> Response {
        let mut response = Ended { cookie: self.cookie }.into_response();
        response.headers_mut().insert(HeaderName::from_static("clear-site-data"), CLEARED);
        response
    }
}

impl ApiResponse for SignedOut {
    fn meta() -> MetaResponses {
        Ended::meta()
    }
    fn register(_registry: &mut Registry) {}
}

const COOKIE: &str = "The session's cookie.";

/// A documented answer that sets `cookie`.
pub(super) fn documented(
    status: u16,
    description: &'static str,
    cookie: &str,
    content: Vec<MetaMediaType>,
) -> MetaResponses {
    let schema = MetaSchemaRef::Inline(Box::new(MetaSchema::new("string")));
    let cookie = MetaHeader {
        name: "Set-Cookie".to_owned(),
        description: Some(cookie.to_owned()),
        required: true,
        deprecated: false,
        schema,
    };
    let headers = vec![cookie];
    MetaResponses {
        responses: vec![MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content,
            headers,
        }],
    }
}

impl ApiResponse for Opened {
    fn meta() -> MetaResponses {
        let schema = SessionView::schema_ref();
        documented(
            201,
            "Signed in.",
            COOKIE,
            vec![MetaMediaType { content_type: "application/json; charset=utf-8", schema }],
        )
    }
    fn register(registry: &mut Registry) {
        SessionView::register(registry);
    }
}

impl ApiResponse for Ended {
    fn meta() -> MetaResponses {
        documented(204, "Done.", COOKIE, Vec::new())
    }
    fn register(_registry: &mut Registry) {}
}

/// Signing in and out.
pub struct Sessions;

#[OpenApi]
impl Sessions {
    /// Signs in. An unknown workspace, an unknown address and a wrong password are one answer.
    ///
    /// The answer sets two cookies: the session's, `aurex-<workspace>`, and `aurex_device-<workspace>`, by which this
    /// device is known from then on (over TLS both with `__Host-` before the name). Sent along at the next sign-in, the
    /// second keeps its owner from being made to wait by strangers who try passwords; it opens nothing by itself.
    #[oai(path = "/:w/sessions", method = "post", operation_id = "signIn")]
    async fn open(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        request: &Request,
        body: Body<SignInBody>,
    ) -> Result<Opened, Problem> {
        let secure = app.is_secure(request);
        let device = device_of(request.headers(), w.as_str(), secure);
        let signed_in = app
            .sign_in
            .password(w.as_str(), body.email.as_str(), body.password.as_str(), device, facts(&meta))
            .await
            .map_err(|error| match error {
                ServiceError::NotSignedIn => Problem::new(Code::AuthRefused),
                error => problem(error),
            })?;
        Ok(Opened::new(&app, w.as_str(), signed_in, secure))
    }

    /// Shows who is signed in.
    #[oai(path = "/:w/session", method = "get", operation_id = "showSession")]
    async fn show(&self, w: Signed) -> Result<Json<SessionView>, Problem> {
        let current = current_session(w.road(), &w.app().catalogue, w.scope()).await;
        Ok(Json(w.check(current).await?.into()))
    }

    /// Signs out.
    #[oai(path = "/:w/session", method = "delete", operation_id = "signOut")]
    async fn close(&self, w: Signed) -> Result<SignedOut, Problem> {
        w.check(close_session(w.road(), w.scope()).await).await?;
        Ok(SignedOut { cookie: cleared_cookie(w.slug(), w.is_secure()) })
    }
}
