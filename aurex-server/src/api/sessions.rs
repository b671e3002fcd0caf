//! Signing in and out.

use aurex_core::identity::second_factors::Proving;
use aurex_core::identity::secret::SessionToken;
use aurex_core::service::ServiceError;
use aurex_core::service::access::{CurrentSession, SignedIn, close_session, current_session, step_up};
use poem::http::{HeaderValue, StatusCode, header};
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
use crate::http::body::{Body, Secret, Text, request, union};
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
        /// What the authenticator shows, where the member has a second factor. It can be given afterwards as well, by
        /// stepping up.
        code: Option<Secret<1, 64>>,
    }
}

union! {
    /// What proves once more who somebody is: where they have a second factor a code of it, or else the password.
    pub enum StepUpBody by presence {
        /// The password, where there is no second factor.
        Password = "password" {
            /// The password.
            password: Secret<1, 1024>
        },
        /// What the authenticator shows.
        Code = "code" {
            /// The code.
            code: Secret<1, 64>
        },
        /// A recovery code. It is good once.
        RecoveryCode = "recovery_code" {
            /// The recovery code.
            recovery_code: Secret<1, 64>
        },
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
    /// What this session has to do before anything else: `set_password` after a one-time secret, `second_factor` where
    /// that is still to be proved, `add_second_factor` where the workspace asks one of the role; or null.
    pub next: Option<String>,
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
            next: current.first.map(|first| first.code().to_owned()),
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
    /// The answer to somebody who has just signed in.
    pub(super) fn new(app: &App, slug: &str, signed_in: SignedIn, secure: bool) -> Self {
        let cookie = session_cookie(slug, &signed_in.token, secure);
        let device = signed_in.device.as_ref().and_then(|device| device_cookie(slug, device, secure));
        let SignedIn { member, scope, expires_at, first, .. } = signed_in;
        let permissions = app.catalogue.permissions(&scope);
        let current = CurrentSession { member, permissions, expires_at: Some(expires_at), first };
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

/// What is said of the session's cookie.
pub(super) const COOKIE: &str = "The session's cookie.";

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
    /// Signs in. An unknown workspace, an unknown address, a wrong password and a wrong code are one answer.
    ///
    /// Where the member has a second factor and no code comes along, the answer's `next` is `second_factor`, and the
    /// session reaches nothing but stepping up and signing out.
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
        let secrets = (body.password.as_str(), body.code.as_ref().map(Secret::as_str));
        let signed_in = app
            .sign_in
            .password_and_code(w.as_str(), body.email.as_str(), secrets, device, facts(&meta))
            .await
            .map_err(|error| match error {
                ServiceError::NotSignedIn => Problem::new(Code::AuthRefused),
                error => problem(error),
            })?;
        Ok(Opened::new(&app, w.as_str(), signed_in, secure))
    }

    /// Proves once more who is signed in, for what asks a fresh proof: it stays one for 15 minutes. Also the way on for a
    /// session whose `next` is `second_factor`.
    ///
    /// The session goes on under a new cookie; the old one is worth nothing from then on. With a second factor nothing
    /// but a code of it or a recovery code counts. Tries are counted.
    #[oai(path = "/:w/session/step-up", method = "post", operation_id = "stepUp")]
    async fn step_up(&self, w: Signed, request: &Request, body: Body<StepUpBody>) -> Result<Opened, Problem> {
        let device = device_of(request.headers(), w.slug(), w.is_secure());
        let proving = match &*body {
            StepUpBody::Password { password } => Proving::Password(password.as_str()),
            StepUpBody::Code { code } => Proving::Code(code.as_str()),
            StepUpBody::RecoveryCode { recovery_code } => Proving::RecoveryCode(recovery_code.as_str()),
        };
        let done = w.check(step_up(w.sign_in(), w.scope(), proving, device).await).await?;
        Ok(Opened::new(w.app(), w.slug(), done.value, w.is_secure()))
    }

    /// Shows who is signed in, and what has to be done before anything else.
    #[oai(path = "/:w/session", method = "get", operation_id = "showSession")]
    async fn show(&self, w: Signed) -> Result<Json<SessionView>, Problem> {
        let current = current_session(w.road(), &w.app().catalogue, w.scope()).await;
        Ok(Json(w.check(current).await?.into()))
    }

    /// Signs out.
    #[oai(path = "/:w/session", method = "delete", operation_id = "signOut")]
    async fn close(&self, w: Signed) -> Result<Ended, Problem> {
        w.check(close_session(w.road(), w.scope()).await).await?;
        Ok(Ended { cookie: cleared_cookie(w.slug(), w.is_secure()) })
    }
}
