//! A file that was made from the log, signed for whoever is handed it.

use std::ops::Range;

use super::super::{ExportReady, Road, ServiceError};
use super::signer::LogSigner;
use crate::audit::note::SignedNote;
use crate::audit::statement::ExportStatement;
use crate::identity::actions::FinishExport;
use crate::store::StoreError;
use crate::tenancy::Scope;

/// The note that goes beside an exported file, signed with the log's key: which log, which file, its form, entries,
/// length and SHA-256, and when it was made.
///
/// # Errors
/// [`ServiceError::Denied`] but for the exporter and the shell; [`ServiceError::Store`] when the log cannot be read or
/// named, or when `file` is no name.
pub async fn sign_export(
    road: &Road,
    scope: &Scope,
    signer: &LogSigner,
    file: &str,
    ready: &ExportReady,
) -> Result<SignedNote, ServiceError> {
    let _permit = scope.permit::<FinishExport>()?;
    let last = road.store.last_checkpoint(scope.tenant()).await?;
    let mut reader = road.store.reader(scope).await?;
    let first = reader.leaves(0, 1).await?.first().copied();
    drop(reader);
    let first = first.ok_or_else(|| StoreError::corrupt("the log has no first entry"))?;
    let keys = signer.of_log(&first, last.as_ref()).map_err(StoreError::failed)?;
    let ExportReady { format, entries: Range { start, end }, bytes, sha256, .. } = ready;
    let statement = ExportStatement {
        origin: keys.origin.clone(),
        file: file.to_owned(),
        format: format.clone(),
        entries: *start..*end,
        bytes: *bytes,
        sha256: *sha256,
        at: road.clock.now(),
    };
    let mut note = statement.to_note().map_err(StoreError::failed)?;
    keys.sign_note(&mut note);
    Ok(note)
}
