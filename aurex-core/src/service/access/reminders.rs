//! Telling the holders of API tokens that these are about to expire.

use serde_json::json;

use super::letters::told;
use crate::identity::actions::RemindOfTokens;
use crate::identity::mails::MailKind;
use crate::identity::member::ApiToken;
use crate::identity::token_reminders::{TokenReminder, is_reminder_due};
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Road, ServiceError};
use crate::store::{AuditFilter, PageRequest, Reader};
use crate::tenancy::{ApiTokenId, Job, Purpose, RequestFacts, TenantId};
use crate::time::Timestamp;

/// The purpose of the job.
#[derive(Debug)]
pub struct Reminding;

impl Purpose for Reminding {
    const NAME: &'static str = "reminding";
    const ACTIONS: &'static [&'static str] = &[RemindOfTokens::CODE];
}

/// Tells the holders of one workspace's API tokens which of these end in 30, 7 and 1 days, each once, by mail. Returns
/// how many it told.
///
/// # Errors
/// [`ServiceError::Store`]; whoever was told before stays so.
pub async fn remind_of_tokens(
    road: &Road,
    job: &Job<Reminding>,
    tenant: TenantId,
) -> Result<usize, ServiceError> {
    let request_id = format!("reminding-{}", road.clock.now().micros());
    let scope = job.scope(tenant, RequestFacts { request_id, ..RequestFacts::default() });
    let mut reader = road.store.reader(&scope).await?;
    let due = due(&mut *reader, road.clock.now()).await?;
    drop(reader);
    let mut told_now = 0_usize;
    for id in due {
        let mut turn = road.turn(&scope).await?;
        let now = turn.now();
        // It may have been revoked, or told of by another process, since it was looked at.
        let token = turn.api_token(id).await?;
        let told_at = told_at(&mut *turn, id).await?;
        let Some(token) = token.filter(|token| is_reminder_due(token, told_at, now)) else { continue };
        let Some(holder) = turn.member(token.member).await?.filter(|holder| holder.is_active(now)) else {
            continue;
        };
        let more = [("what", json!(token.name.as_str())), ("due", json!(token.expires_at.to_string()))];
        let mail = told(road, &scope, MailKind::TokenExpires, &holder, now, more)?;
        let permit = scope.permit::<RemindOfTokens>()?;
        let sealed = permit.seal(TokenReminder { token, mail }, &*road.entropy);
        road.finish(turn, sealed, Known::Fresh(None)).await?;
        told_now = told_now.saturating_add(1);
    }
    Ok(told_now)
}

/// The tokens whose holders are to be told.
async fn due(reader: &mut dyn Reader, now: Timestamp) -> Result<Vec<ApiTokenId>, ServiceError> {
    let (mut found, mut page) = (Vec::new(), PageRequest::first(200));
    loop {
        let tokens = reader.api_tokens(None, page).await?;
        for token in &tokens.items {
            if is_near(token, now) && is_reminder_due(token, told_at(reader, token.id).await?, now) {
                found.push(token.id);
            }
        }
        match tokens.next {
            None => return Ok(found),
            after => page.after = after,
        }
    }
}

/// Whether it is worth a look into the log.
fn is_near(token: &ApiToken, now: Timestamp) -> bool {
    is_reminder_due(token, None, now)
}

/// When a token's holder was last told: the log remembers.
async fn told_at(
    reader: &mut (impl Reader + ?Sized),
    token: ApiTokenId,
) -> Result<Option<Timestamp>, ServiceError> {
    let filter = AuditFilter {
        action: Some(RemindOfTokens::CODE.to_owned()),
        subject: Some(token.to_string()),
        ..AuditFilter::default()
    };
    let last = reader.entries(&filter, PageRequest::first(1)).await?.items;
    Ok(last.first().map(|stored| stored.entry.at))
}
