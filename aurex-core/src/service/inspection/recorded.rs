//! That somebody looked, in the log that was looked at.

use super::drill::DrillResult;
use crate::audit::{Observation, Observed, Outcome};
use crate::service::{Road, ServiceError};
use crate::tenancy::Scope;

/// Sets down that a workspace's log and tables were reconciled, and how much was found.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn record_reconciled(road: &Road, scope: &Scope, findings: u64) -> Result<(), ServiceError> {
    let seen = Observation::new(
        road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "audit.reconciled",
        ("audit", "log".to_owned()),
        Outcome::Seen,
        format!("{findings} findings"),
    );
    Ok(road.store.observe(scope.tenant(), &seen).await?)
}

/// Sets down what came of a drill that a copy of this workspace took part in.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn record_drill(road: &Road, scope: &Scope, result: &DrillResult) -> Result<(), ServiceError> {
    let seen = Observation::new(
        road.clock.now(),
        Observed::of(scope),
        scope.facts(),
        "drill.tampered",
        ("drill", result.seed.to_string()),
        Outcome::Seen,
        format!("{} of {} alterations of a copy found", result.total.found, result.total.made),
    );
    Ok(road.store.observe(scope.tenant(), &seen).await?)
}
