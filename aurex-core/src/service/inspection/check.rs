//! Is this the log that was written?

use std::convert::Infallible;

use super::walk::{Met, Pages, Progress, walk_log};
use crate::audit::check::{KnownRoot, LogCheck, LogVerdict};
use crate::store::{InspectReads, Read};
use crate::tenancy::TenantId;

/// Checks a tenant's log from its first entry to its head, and against roots that were kept elsewhere. It holds one page
/// of entries at a time, whatever the log's length.
///
/// The roots must be older than the snapshot: a root of entries that are not there yet says that the log was cut.
///
/// # Errors
/// Of the store. What is wrong with the log is in the verdict.
pub async fn check_log<R: InspectReads + Send + ?Sized>(
    reader: &mut R,
    tenant: TenantId,
    known: &[KnownRoot],
    tell: &mut (dyn FnMut(Progress) + Send),
) -> Read<LogVerdict> {
    let mut check = LogCheck::new(tenant, known);
    let walked = walk_log(
        reader,
        |met| {
            match met {
                Met::Entry(row, openings) => drop(check.entry(row, openings)),
                Met::Stray(seq, row) => check.stray(seq, row),
            }
            Ok::<(), Infallible>(())
        },
        tell,
    );
    let Ok(()) = walked.await?;
    let head = Pages::of("head").next(reader).await?;
    Ok(check.finish(head.as_ref()))
}
