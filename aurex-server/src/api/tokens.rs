//! API tokens.

use aurex_core::identity::member::ApiToken;
use aurex_core::identity::tokens::NewApiToken;
use aurex_core::service::access::{create_api_token, list_used_api_tokens, revoke_api_token};
use aurex_core::tenancy::ApiTokenId;
use aurex_core::text::Name;
use aurex_core::time::Timestamp;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Done, Page};
use crate::http::body::{Body, Int, List, Text, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// A token to be made.
    pub struct NewTokenBody {
        /// What it is called.
        name: Name,
        /// The codes of the actions it may do; all that a token of yours may when left out.
        permissions: Option<List<Text<1, 64>, 0, 100>>,
        /// After how many days it ends.
        expires_in_days: Int<1, 366>,
    }
}

/// A token that was made.
#[derive(Debug, Clone, Object)]
pub struct NewTokenView {
    /// Its id.
    pub id: String,
    /// The token itself. It is shown this once; a replayed request does not repeat it.
    pub token: Option<String>,
    /// Its first characters, by which it is told from others in the list. They are no secret.
    pub prefix: String,
    /// What it is called.
    pub name: String,
    /// The codes of the actions it may do.
    pub permissions: Vec<String>,
    /// When it ends.
    pub expires_at: String,
}

/// A token.
#[derive(Debug, Clone, Object)]
pub struct TokenView {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Its first characters, by which people tell which token a program has. They are no secret.
    pub prefix: String,
    /// Whose rights it has, at most.
    pub member_id: String,
    /// The codes of the actions it may do.
    pub permissions: Vec<String>,
    /// When it was made.
    pub created_at: String,
    /// When it ends.
    pub expires_at: String,
    /// When it was revoked.
    pub revoked_at: Option<String>,
    /// When it was last used, to the minute.
    pub used_at: Option<String>,
}

impl TokenView {
    fn new(token: ApiToken, used_at: Option<Timestamp>) -> Self {
        Self {
            id: token.id.to_string(),
            name: token.name.to_string(),
            prefix: token.prefix,
            member_id: token.member.to_string(),
            permissions: token.permissions,
            created_at: token.created_at.to_string(),
            expires_at: token.expires_at.to_string(),
            revoked_at: token.revoked_at.map(|at| at.to_string()),
            used_at: used_at.map(|at| at.to_string()),
        }
    }
}

/// API tokens.
pub struct ApiTokens;

#[OpenApi]
impl ApiTokens {
    /// Lists tokens: one's own, an owner's list has everybody's.
    #[oai(path = "/:w/api-tokens", method = "get", operation_id = "listApiTokens")]
    async fn list(
        &self,
        w: Signed,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<TokenView>>, Problem> {
        let list = Listing::new(&w, "api-tokens", &[]);
        let page = list.request(*limit, after.as_ref())?;
        let tokens = w.check(list_used_api_tokens(w.road(), w.scope(), page).await).await?;
        Ok(Json(list.page(tokens, |(token, used_at)| TokenView::new(token, used_at))))
    }

    /// Makes a token. It is shown once.
    #[oai(path = "/:w/api-tokens", method = "post", operation_id = "createApiToken")]
    async fn create(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewTokenBody>,
    ) -> Result<Created<NewTokenView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewApiToken {
            name: body.name,
            permissions: body
                .permissions
                .map(|list| list.into_vec().into_iter().map(Text::into_string).collect()),
            expires_in_days: u32::try_from(body.expires_in_days.get()).unwrap_or(1),
        };
        let made = create_api_token(w.road(), &w.app().catalogue, w.scope(), presented.as_ref(), new).await;
        let done = w.check(made).await?;
        let token = done.value.token;
        Ok(Created::new(NewTokenView {
            id: token.id.to_string(),
            token: done.value.secret.map(|secret| secret.expose().to_owned()),
            prefix: token.prefix,
            name: token.name.to_string(),
            permissions: token.permissions,
            expires_at: token.expires_at.to_string(),
        })
        .replayed(done.replayed))
    }

    /// Revokes a token: the next call with it is refused.
    #[oai(path = "/:w/api-tokens/:id", method = "delete", operation_id = "revokeApiToken")]
    async fn revoke(&self, w: Signed, id: InPath<ApiTokenId>) -> Result<Done, Problem> {
        w.check(revoke_api_token(w.road(), w.scope(), *id).await).await?;
        Ok(Done)
    }
}
