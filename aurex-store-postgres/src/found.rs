//! Opening a workspace: the slug, an empty head and the founding change in one transaction, or nothing.
//!
//! Five round trips: the opening message, the slug, the head, the change, `COMMIT`.

use aurex_core::audit::{Head, Sealed};
use aurex_core::store::{Receipt, StoreError};
use aurex_core::tenancy::Slug;
use aurex_core::time::Clock;

use crate::apply::apply;
use crate::held::Held;
use crate::opening::Purpose;
use crate::store::Shared;

/// Opens the workspace of `founding`'s scope under `slug`.
pub(crate) async fn found(
    shared: &Shared,
    slug: &Slug,
    founding: &Sealed,
    clock: &dyn Clock,
) -> Result<Receipt, StoreError> {
    let tenant = founding.scope().tenant();
    let turn = shared.turns.take(tenant).await?;
    let (mut held, _) = Held::begin(&shared.writers, Some(turn), Purpose::Keep, tenant).await?;
    // Two foundings of one slug meet at the directory's unique index: the second waits for the first to end.
    let entered = held
        .optional(sqlx::query!(
            r#"SELECT aurex.open_workspace($1, $2) AS "is_open!""#,
            tenant.uuid(),
            slug.as_str()
        ))
        .await?;
    if !entered.is_some_and(|entered| entered.is_open) {
        held.rollback().await;
        return Err(StoreError::SlugTaken);
    }
    let mut head = Head::empty();
    let now = head.moment(clock.now());
    held.execute(sqlx::query!(
        "INSERT INTO aurex.head (tenant_id, frontier, last_at, epoch, observed) VALUES ($1, $2, $3, 1, 0)",
        tenant.uuid(),
        head.frontier.to_bytes(),
        head.last_at.micros()
    ))
    .await?;
    let receipt = apply(&mut held, &mut head, tenant, now, founding).await?;
    held.commit().await?;
    Ok(receipt)
}
