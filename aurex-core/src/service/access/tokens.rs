//! Tokens of programs: create, list, revoke.

use crate::chance::draw;
use crate::identity::actions::{CreateApiToken, ReadApiTokens, RevokeApiToken};
use crate::identity::member::ApiToken;
use crate::identity::secret;
use crate::identity::tokens::{ApiTokenRevoked, NewApiToken, decide_create};
use crate::rbac::{Action as _, Catalogue, Role};
use crate::service::idempotency::Known;
use crate::service::{Done, Presented, Road, ServiceError};
use crate::store::{Page, PageRequest};
use crate::tenancy::{ApiTokenId, Scope};
use crate::time::Timestamp;

const NO_TOKEN: ServiceError = ServiceError::NotFound("token");

/// A token that was made.
#[derive(Debug)]
pub struct CreatedApiToken {
    /// Its row.
    pub token: ApiToken,
    /// The secret, shown this once; `None` when the command was replayed, because nobody has it any more.
    pub secret: Option<secret::ApiToken>,
}

/// Makes a token with rights of one's own.
///
/// # Errors
/// [`TokenRefusal`](crate::identity::tokens::TokenRefusal) and what every write can answer.
pub async fn create_api_token(
    road: &Road,
    catalogue: &Catalogue,
    scope: &Scope,
    presented: Option<&Presented>,
    new: NewApiToken,
) -> Result<Done<CreatedApiToken>, ServiceError> {
    let permit = scope.permit::<CreateApiToken>()?;
    let member = scope.member().ok_or(ServiceError::NotSignedIn)?;
    let mut turn = road.turn(scope).await?;
    let known = road.known_key(&mut *turn, scope, CreateApiToken::CODE, presented).await?;
    if let Known::Replayed(id) = known {
        let id = id.parse::<ApiTokenId>().map_err(|_| NO_TOKEN)?;
        let token = turn.api_token(id).await?.ok_or(NO_TOKEN)?;
        return Ok(Done::before(CreatedApiToken { token, secret: None }));
    }
    let now = turn.now();
    let secret = secret::ApiToken::from_entropy(draw(&*road.entropy));
    let id = ApiTokenId::new(now, &*road.entropy);
    let held = catalogue.permissions(scope);
    let change = decide_create(&new, &held, member, id, &secret, now)?;
    let token = change.token.clone();
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), known).await?;
    Ok(Done::now(CreatedApiToken { token, secret: Some(secret) }, receipt))
}

/// Tokens, oldest first: one's own, and for owners everybody's.
///
/// # Errors
/// What every read can answer.
pub async fn list_api_tokens(
    road: &Road,
    scope: &Scope,
    page: PageRequest<ApiTokenId>,
) -> Result<Page<ApiToken, ApiTokenId>, ServiceError> {
    let _permit = scope.permit::<ReadApiTokens>()?;
    let of = if scope.role() == Role::Owner { None } else { scope.member() };
    Ok(road.store.reader(scope).await?.api_tokens(of, page).await?)
}

/// The same, each with when it was last used, to the minute.
///
/// # Errors
/// What every read can answer.
pub async fn list_used_api_tokens(
    road: &Road,
    scope: &Scope,
    page: PageRequest<ApiTokenId>,
) -> Result<Page<(ApiToken, Option<Timestamp>), ApiTokenId>, ServiceError> {
    let Page { items, next } = list_api_tokens(road, scope, page).await?;
    let ids: Vec<ApiTokenId> = items.iter().map(|token| token.id).collect();
    let uses = road.store.token_uses(scope.tenant(), &ids).await?;
    Ok(Page { items: items.into_iter().zip(uses).collect(), next })
}

/// Revokes a token: one's own, and for owners anybody's. What it has queued is refused.
///
/// # Errors
/// [`ServiceError::NotFound`], also for somebody else's token, and what every write can answer.
pub async fn revoke_api_token(
    road: &Road,
    scope: &Scope,
    id: ApiTokenId,
) -> Result<Done<ApiToken>, ServiceError> {
    let permit = scope.permit::<RevokeApiToken>()?;
    let mut turn = road.turn(scope).await?;
    let token = turn.api_token(id).await?.ok_or(NO_TOKEN)?;
    if scope.role() != Role::Owner && scope.member() != Some(token.member) {
        return Err(NO_TOKEN);
    }
    if token.revoked_at.is_some() {
        return Ok(Done::nothing(token));
    }
    let change = ApiTokenRevoked { token, at: turn.now() };
    let revoked = ApiToken { revoked_at: Some(change.at), ..change.token.clone() };
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now(revoked, receipt))
}
