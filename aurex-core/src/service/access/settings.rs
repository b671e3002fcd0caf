//! Settings: read, change.

use crate::identity::access_rules::checked;
use crate::identity::actions::{ChangeSettings, ReadSettings};
use crate::identity::settings::{Settings, SettingsPatch, decide_change};
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::tenancy::Scope;

/// The settings.
///
/// # Errors
/// What every read can answer.
pub async fn settings(road: &Road, scope: &Scope) -> Result<Settings, ServiceError> {
    let _permit = scope.permit::<ReadSettings>()?;
    let mut reader = road.store.reader(scope).await?;
    Ok(Settings { workspace: reader.workspace().await?, business: reader.business().await? })
}

/// Changes the settings that the caller has read in version `expected`.
///
/// # Errors
/// [`ServiceError::Stale`], [`OpeningRefusal`](crate::identity::opening::OpeningRefusal),
/// [`AccessRuleRefusal`](crate::identity::access_rules::AccessRuleRefusal) and what every write can answer.
pub async fn change_settings(
    road: &Road,
    scope: &Scope,
    expected: &str,
    mut patch: SettingsPatch,
) -> Result<Done<Settings>, ServiceError> {
    let permit = scope.permit::<ChangeSettings>()?;
    let mut turn = road.turn(scope).await?;
    let before = Settings { workspace: turn.workspace().await?, business: turn.business().await? };
    if before.version() != expected {
        return Err(ServiceError::Stale);
    }
    if let Some(rules) = patch.access_rules.take() {
        patch.access_rules = Some(checked(rules, &before.workspace.access_rules, scope.role())?);
    }
    let Some(change) = decide_change(patch, before.clone())? else { return Ok(Done::nothing(before)) };
    let after = change.after.clone();
    let sealed = permit.seal(change, &*road.entropy);
    let receipt = road.finish(turn, sealed, Known::Fresh(None)).await?;
    Ok(Done::now(after, receipt))
}
