//! Who asks: the first argument of every operation but signing in and opening a workspace.
//!
//! Obtaining the extractor is the proof. It resolves the session cookie of the workspace in the path, or a bearer token
//! there, into a [`Scope`]; nothing else in the server can make one. With an `Authorization` header cookies are ignored,
//! because the cross-site check exempts such requests.

use aurex_core::identity::secret::SessionToken;
use aurex_core::rbac::Action;
use aurex_core::service::access::SignIn;
use aurex_core::service::{Presented, Road, ServiceError};
use aurex_core::tenancy::{RequestFacts, Scope, Slug};
use futures_util::future::BoxFuture;
use poem::http::{HeaderMap, header};
use poem::{Request, RequestBody, Result};
use poem_openapi::registry::{MetaParamIn, MetaSchemaRef, MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use super::App;
use super::refuse::{is_forbidden, problem};
use crate::http::body::{Decode, Errors, Leaves, Node};
use crate::http::cursor::CursorKey;
use crate::http::edge::Witness;
use crate::http::idempotency::IdempotencyKey;
use crate::http::origin::{Place, WORKSPACES};
use crate::http::problem::{Code, Problem};
use crate::http::request::RequestMeta;
use crate::http::strict::QueryFault;

/// A signed-in request: its scope, and what its handler works with.
pub struct Signed {
    app: App,
    scope: Scope,
    slug: String,
    tenant: [u8; 16],
    secure: bool,
}

/// The id in a path, after the workspace. What cannot be one is answered as an id that is not here.
///
/// It stands in for [`Path`](crate::http::parameter::Path), which poem-openapi numbers by how many of that name stand in
/// front of it; [`Signed`] takes the first place of the path under another name.
pub struct InPath<T>(T);

impl<T> std::ops::Deref for InPath<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<'a, T: Decode + Send> ApiExtractor<'a> for InPath<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = T;
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Path)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(T::schema())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<T>,
    ) -> Result<Self> {
        let text = request.raw_path_param("param1").unwrap_or_default();
        T::decode(&Node::Parameter(text.to_owned()), &mut Errors::new())
            .map(Self)
            .ok_or_else(|| Problem::new(Code::ResourceUnknown).into())
    }
}

/// The facts of a request in core's terms.
#[must_use]
pub fn facts(meta: &RequestMeta) -> RequestFacts {
    RequestFacts {
        ip: meta.client_ip,
        user_agent: meta.user_agent.clone(),
        request_id: meta.request_id.clone(),
    }
}

/// The cookie of a workspace: with the host prefix on TLS, without it on plain HTTP, which only loopback serves. Each
/// scheme accepts its own name only.
#[must_use]
pub fn cookie_name(slug: &str, secure: bool) -> String {
    if secure { format!("__Host-aurex-{slug}") } else { format!("aurex-{slug}") }
}

/// The value of the one cookie of this name; two of one name are none.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut values = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(of, _)| *of == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// Whether a session of another workspace came along, by its name and form; whether it is one there, nobody asks. With an
/// `Authorization` header cookies are ignored.
fn has_anothers_session(headers: &HeaderMap, slug: &str, secure: bool) -> bool {
    let prefix = cookie_name("", secure);
    let is_anothers = |name: &str, value: &str| {
        let of = name.strip_prefix(&prefix).filter(|of| *of != slug && of.parse::<Slug>().is_ok());
        of.is_some() && SessionToken::parse(value).is_ok()
    };
    !headers.contains_key(header::AUTHORIZATION)
        && headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .any(|(name, value)| is_anothers(name, value))
}

#[derive(Clone, Copy)]
enum Carrier<'h> {
    Session(&'h str),
    Token(&'h str),
}

fn carrier<'h>(headers: &'h HeaderMap, slug: &str, secure: bool) -> Option<Carrier<'h>> {
    let mut authorization = headers.get_all(header::AUTHORIZATION).iter();
    match (authorization.next(), authorization.next()) {
        (None, _) => cookie(headers, &cookie_name(slug, secure)).map(Carrier::Session),
        (Some(only), None) => {
            let (scheme, token) = only.to_str().ok()?.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| Carrier::Token(token.trim()))
        }
        (Some(_), Some(_)) => None,
    }
}

/// A forgery is written into the log of the workspace whose session it was to ride on.
impl Witness for App {
    fn forged<'a>(
        &'a self,
        request: &'a Request,
        place: &'a Place,
        meta: &'a RequestMeta,
    ) -> BoxFuture<'a, Result<(), Problem>> {
        Box::pin(async move {
            let below = request.uri().path().strip_prefix(WORKSPACES).and_then(|path| path.strip_prefix('/'));
            let slug = below.and_then(|path| path.split('/').next()).unwrap_or_default();
            let Some(token) = cookie(request.headers(), &cookie_name(slug, place.is_secure())) else {
                return Ok(());
            };
            match self.sign_in.session(slug, token, facts(meta)).await {
                Ok(scope) => self.sign_in.observe_forged(&scope).await.map_err(problem),
                // Nobody's session: nobody's log.
                Err(ServiceError::NotSignedIn) => Ok(()),
                Err(failed) => Err(problem(failed)),
            }
        })
    }
}

impl Signed {
    /// Whose request it is.
    #[must_use]
    pub const fn scope(&self) -> &Scope {
        &self.scope
    }

    /// What use cases are given.
    #[must_use]
    pub fn road(&self) -> &Road {
        &self.app.road
    }

    /// The sign-in service.
    #[must_use]
    pub fn sign_in(&self) -> &SignIn {
        &self.app.sign_in
    }

    /// The whole application.
    #[must_use]
    pub const fn app(&self) -> &App {
        &self.app
    }

    /// The workspace's name in the path.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Whether the request came over TLS.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }

    /// The key that seals cursors.
    #[must_use]
    pub fn cursors(&self) -> &CursorKey {
        &self.app.cursors
    }

    /// The tenant, as the bytes that cursors are bound to.
    #[must_use]
    pub const fn tenant_bytes(&self) -> &[u8] {
        &self.tenant
    }

    /// The idempotency key of the request with what it stands for.
    #[must_use]
    pub fn presented(&self, key: &IdempotencyKey, leaves: &Leaves) -> Option<Presented> {
        self.presented_for(key, leaves, "")
    }

    /// The same for a command on a resource in the path: the path is part of what the key stands for.
    #[must_use]
    pub fn presented_for(&self, key: &IdempotencyKey, leaves: &Leaves, resource: &str) -> Option<Presented> {
        let mut content = vec![("(path)".to_owned(), resource.to_owned())];
        content.extend(leaves.as_slice().iter().map(|leaf| (leaf.pointer.clone(), leaf.text.clone())));
        key.as_deref().map(|key| Presented { key: key.to_owned(), content })
    }

    /// Asks the policy before anything about the resource is looked at: 403 comes before 428 and 404.
    ///
    /// # Errors
    /// The [`Problem`] that a denial becomes; it is written into the log.
    pub async fn may<A: Action>(&self) -> Result<(), Problem> {
        let denied = self.scope.permit::<A>().map(drop);
        self.check(denied.map_err(ServiceError::from)).await
    }

    /// Turns what a use case answers into what the client is told. What was forbidden is written into the log.
    ///
    /// # Errors
    /// The [`Problem`] that the error becomes.
    pub async fn check<T>(&self, answer: Result<T, ServiceError>) -> Result<T, Problem> {
        let error = match answer {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        let observed = match (&error, is_forbidden(&error)) {
            (ServiceError::Denied(denied), _) => self.app.sign_in.observe_denied(&self.scope, denied).await,
            (_, Some(code)) => self.app.sign_in.observe_refused(&self.scope, "rule", code).await,
            (_, None) => Ok(()),
        };
        match observed {
            Ok(()) => Err(problem(error)),
            // A refusal that cannot be written down is a failure of ours: the log has no gaps.
            Err(failed) => Err(problem(failed)),
        }
    }
}

impl<'a> ApiExtractor<'a> for Signed {
    const TYPES: &'static [ApiExtractorType] =
        &[ApiExtractorType::Parameter, ApiExtractorType::SecurityScheme];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = String;
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        registry.create_security_scheme(
            "session",
            MetaSecurityScheme {
                ty: "apiKey",
                description: Some(
                    "The cookie that signing in sets: `__Host-aurex-{w}`, on plain HTTP over loopback `aurex-{w}`.",
                ),
                name: Some("__Host-aurex-{w}"),
                key_in: Some("cookie"),
                scheme: None,
                bearer_format: None,
                flows: None,
                openid_connect_url: None,
            },
        );
        registry.create_security_scheme(
            "token",
            MetaSecurityScheme {
                ty: "http",
                description: Some("An API token, `aurex_…`."),
                name: None,
                key_in: None,
                scheme: Some("bearer"),
                bearer_format: None,
                flows: None,
                openid_connect_url: None,
            },
        );
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["session", "token"]
    }

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Path)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(Slug::schema())
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> Result<Self> {
        let app = request.data::<App>().cloned().ok_or_else(|| Problem::new(Code::ServerFault))?;
        let meta = request.data::<RequestMeta>().ok_or_else(|| Problem::new(Code::ServerFault))?;
        // poem-openapi numbers the parameters of a path whose extractors it does not know by name; `w` is the first.
        let slug = request.raw_path_param("param0").unwrap_or_default().to_owned();
        // The edge has refused every other place already; here it cannot be forgotten.
        if !request.data::<Place>().is_some_and(|place| place.holds(&slug)) {
            return Err(Problem::new(Code::RouteUnknown).into());
        }
        let facts = facts(meta);
        let secure = app.is_secure(request);
        let carried = carrier(request.headers(), &slug, secure);
        let (signed, presented) = match carried {
            Some(Carrier::Session(token)) => (app.sign_in.session(&slug, token, facts.clone()).await, token),
            Some(Carrier::Token(token)) => (app.sign_in.api_token(&slug, token, facts.clone()).await, token),
            None => (Err(ServiceError::NotSignedIn), ""),
        };
        let scope = match signed {
            Ok(scope) => scope,
            Err(error) => {
                if matches!(error, ServiceError::NotSignedIn) {
                    let foreign = match carried {
                        Some(Carrier::Session(token)) => Some(Some(token)),
                        None if has_anothers_session(request.headers(), &slug, secure) => Some(None),
                        _ => None,
                    };
                    if !presented.is_empty() || foreign.is_some() {
                        app.limits.stranger(meta.client_ip)?;
                    }
                    if let Some(token) = foreign {
                        app.sign_in.observe_foreign(&slug, token, &facts).await.map_err(problem)?;
                    }
                }
                return Err(problem(error).into());
            }
        };
        app.limits.signed(presented, scope.tenant().uuid().as_bytes())?;
        // Who is not signed in is not told what is wrong with the query.
        if let Some(QueryFault(problem)) = request.data::<QueryFault>() {
            return Err(problem.clone().into());
        }
        let tenant = *scope.tenant().uuid().as_bytes();
        Ok(Self { app, scope, slug, tenant, secure })
    }
}

#[cfg(test)]
mod tests;
