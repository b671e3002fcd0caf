//! Links in mails: asking for one, and using it. Nobody is signed in here.
//!
//! Tokens and codes come in bodies, never in paths or queries: no log of a server or a proxy holds one.

use aurex_core::identity::secret::SessionToken;
use aurex_core::service::access::{FromBrowser, FromMail};
use poem::http::{HeaderValue, StatusCode, header};
use poem::web::Data;
use poem::{IntoResponse, Request, Response};
use poem_openapi::registry::{MetaHeader, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::{ApiResponse, OpenApi};

use super::App;
use super::device::device_of;
use super::refuse::problem;
use super::sessions::Opened;
use super::signed::{cookie, facts};
use crate::http::answer::{Accepted, Done};
use crate::http::body::{Body, Secret, Text, request};
use crate::http::parameter::Path;
use crate::http::problem::{Code, FieldCode, Problem};
use crate::http::request::RequestMeta;

request! {
    /// For whom a mail is asked.
    pub struct LinkRequestBody {
        /// The address.
        email: Text<1, 254>,
    }
}

request! {
    /// A link of an invitation or a reset, used.
    pub struct LinkUseBody {
        /// What stands behind the `#` of the link.
        token: Secret<1, 200>,
        /// The password from now on.
        new_password: Secret<1, 1024>,
    }
}

request! {
    /// A sign-in by mail: by the link, or by the code beside it.
    pub struct LinkSessionBody {
        /// What stands behind the `#` of the link.
        token: Option<Secret<1, 200>>,
        /// The code in the mail.
        code: Option<Secret<1, 40>>,
    }
}

/// The cookie by which the browser that asked is known. An underscore is in no workspace's name, so it is never taken
/// for a session's.
fn browser_cookie_name(slug: &str, secure: bool) -> String {
    if secure { format!("__Host-aurex_link-{slug}") } else { format!("aurex_link-{slug}") }
}

fn browser_cookie(slug: &str, browser: &SessionToken, secure: bool) -> Option<HeaderValue> {
    let attributes = if secure { "; Secure" } else { "" };
    let name = browser_cookie_name(slug, secure);
    let mut value = HeaderValue::from_str(&format!(
        "{name}={}; Path=/; Max-Age=600; HttpOnly; SameSite=Strict{attributes}",
        browser.expose()
    ))
    .ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// 202 with the cookie of the browser that asked.
pub struct Asked {
    cookie: Option<HeaderValue>,
}

impl IntoResponse for Asked {
    fn into_response(self) -> Response {
        let mut response = StatusCode::ACCEPTED.into_response();
        if let Some(cookie) = self.cookie {
            response.headers_mut().insert(header::SET_COOKIE, cookie);
        }
        response
    }
}

impl ApiResponse for Asked {
    fn meta() -> MetaResponses {
        let cookie = MetaHeader {
            name: "Set-Cookie".to_owned(),
            description: Some("By which the browser that asked is known, for ten minutes.".to_owned()),
            required: true,
            deprecated: false,
            schema: MetaSchemaRef::Inline(Box::new(MetaSchema::new("string"))),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "It is seen to.",
                status: Some(202),
                status_range: None,
                content: Vec::new(),
                headers: vec![cookie],
            }],
        }
    }
    fn register(_registry: &mut Registry) {}
}

/// Links in mails.
pub struct Links;

#[OpenApi]
impl Links {
    /// Has a link mailed by which a forgotten password is set anew. The answer is the same whether anybody here has the
    /// address. The link is good for half an hour, and once.
    #[oai(path = "/:w/password-resets", method = "post", operation_id = "requestPasswordReset")]
    async fn request_reset(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        body: Body<LinkRequestBody>,
    ) -> Result<Accepted, Problem> {
        let asked = app.sign_in.request_reset(w.as_str(), body.email.as_str(), facts(&meta)).await;
        asked.map(|()| Accepted).map_err(problem)
    }

    /// Sets a password by the link of an invitation or a reset. All sessions of the member end and none begins: they
    /// sign in with it, and with their second factor where they have one.
    #[oai(path = "/:w/links/use", method = "post", operation_id = "useLink")]
    async fn use_link(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        body: Body<LinkUseBody>,
    ) -> Result<Done, Problem> {
        let (token, new) = (body.token.as_str(), body.new_password.as_str());
        let used = app.sign_in.use_link(w.as_str(), token, new, facts(&meta)).await;
        used.map(|()| Done).map_err(problem)
    }

    /// Has a link and a code mailed by which a member signs in, where the workspace's settings allow it. The answer is
    /// the same whether anybody here has the address, and its cookie says which browser asked: both are good in that one
    /// alone, for ten minutes, and once.
    #[oai(path = "/:w/sign-in-links", method = "post", operation_id = "requestSignInLink")]
    async fn request_sign_in(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        request: &Request,
        body: Body<LinkRequestBody>,
    ) -> Result<Asked, Problem> {
        let asked = app.sign_in.request_sign_in_link(w.as_str(), body.email.as_str(), facts(&meta)).await;
        let browser = asked.map_err(problem)?;
        Ok(Asked { cookie: browser_cookie(w.as_str(), &browser, app.is_secure(request)) })
    }

    /// Signs in by a link in a mail or by the code beside it, in the browser that asked for the mail. It counts as a
    /// password: a second factor is still asked for, and the answer sets the same two cookies.
    #[oai(path = "/:w/sessions/link", method = "post", operation_id = "signInByLink")]
    async fn open(
        &self,
        app: Data<&App>,
        meta: RequestMeta,
        w: Path<Text<0, 200>>,
        request: &Request,
        body: Body<LinkSessionBody>,
    ) -> Result<Opened, Problem> {
        let presented = match (&body.token, &body.code) {
            (Some(token), None) => FromMail::Token(token.as_str()),
            (None, Some(code)) => FromMail::Code(code.as_str()),
            (None, None) => return Err(Problem::new(Code::BodyInvalid).field("/token", FieldCode::Missing)),
            (Some(_), Some(_)) => {
                return Err(Problem::new(Code::BodyInvalid).field("/code", FieldCode::Ambiguous));
            }
        };
        let secure = app.is_secure(request);
        let from = FromBrowser {
            browser: cookie(request.headers(), &browser_cookie_name(w.as_str(), secure)),
            device: device_of(request.headers(), w.as_str(), secure),
        };
        let opened = app.sign_in.session_by_link(w.as_str(), presented, from, facts(&meta)).await;
        Ok(Opened::new(&app, w.as_str(), opened.map_err(problem)?, secure))
    }
}
