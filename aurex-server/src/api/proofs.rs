//! What proves the audit log to somebody who does not trust us: checkpoints, keys, receipts. Its tiles stand in
//! [`tiles`](super::tiles), because their paths have as many parts as the log is long.

use aurex_core::audit::tree::Hash;
use aurex_core::service::transparency::{self, EntryReceipt};
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::store::RecordedId;
use poem_openapi::payload::{Json, PlainText};
use poem_openapi::{Object, OpenApi};

use super::audit::{EntryView, hex};
use super::signed::{InPath, Signed};
use crate::http::body::Int;
use crate::http::problem::Problem;

/// An entry's number. 2^53 − 1: every client reads it exactly.
type Seq = Int<0, { (1 << 53) - 1 }>;

/// The keys of a log.
#[derive(Debug, Clone, Object)]
pub struct LogKeysView {
    /// As C2SP's signed-note writes verifier keys, the oldest first; keys that were retired stay.
    pub keys: Vec<String>,
}

/// The proof that an entry is in the log.
#[derive(Debug, Clone, Object)]
pub struct EntryReceiptView {
    /// The entry's number.
    pub seq: u64,
    /// When it was made.
    pub at: String,
    /// Its leaf in the workspace's Merkle tree, in hexadecimal.
    pub leaf_hash: String,
    /// The bytes that were hashed, in hexadecimal; null where only the proof is given.
    pub entry: Option<String>,
    /// C2SP's tlog-proof, as it is kept in a file; null until the entry is published, a few seconds after it was made.
    pub proof: Option<String>,
    /// A link for a printed page: whoever follows it is told whether the entry is recorded and unchanged.
    pub link: String,
}

/// The link that names an entry, for a printed page.
pub(super) fn link(w: &Signed, id: &RecordedId, leaf: Hash) -> String {
    let origin = w.app().origins.of_workspace(w.slug());
    let origin =
        origin.or_else(|| w.app().origins.primary().cloned()).map_or_else(String::new, |o| o.to_string());
    format!("{origin}/w/{}/recorded/{}/{leaf}", w.slug(), hex(id))
}

fn view(w: &Signed, receipt: EntryReceipt, with_bytes: bool) -> EntryReceiptView {
    EntryReceiptView {
        seq: receipt.seq,
        at: receipt.at.to_string(),
        leaf_hash: receipt.leaf.to_string(),
        entry: with_bytes.then(|| hex(&receipt.bytes)),
        proof: receipt.proof,
        link: link(w, &receipt.id, receipt.leaf),
    }
}

/// Proofs.
pub struct Proofs;

#[OpenApi]
impl Proofs {
    /// Shows the last checkpoint of the audit log: what it was at one size, signed, as C2SP's tlog-checkpoint.
    ///
    /// Its tiles stand beside it, as C2SP's tlog-tiles lays them out: `log/tile/<level>/<place>[.p/<width>]` and
    /// `log/tile/entries/<place>[.p/<width>]`. So any client for transparency logs reads the log from `log/`. The reading
    /// is itself recorded.
    #[oai(path = "/:w/log/checkpoint", method = "get", operation_id = "showLogCheckpoint")]
    async fn checkpoint(&self, w: Signed) -> Result<PlainText<String>, Problem> {
        Ok(PlainText(w.check(transparency::last_checkpoint(w.road(), w.scope()).await).await?))
    }

    /// Shows the keys that signed checkpoints of the audit log, for whoever checks them later without us.
    #[oai(path = "/:w/log/keys", method = "get", operation_id = "showLogKeys")]
    async fn keys(&self, w: Signed) -> Result<Json<LogKeysView>, Problem> {
        let keys = w.check(transparency::log_keys(w.road(), w.scope()).await).await?;
        Ok(Json(LogKeysView { keys: keys.keys }))
    }

    /// Shows one entry of the audit log. The reading is itself recorded.
    #[oai(path = "/:w/audit/:seq", method = "get", operation_id = "showAuditEntry")]
    async fn entry(&self, w: Signed, seq: InPath<Seq>) -> Result<Json<EntryView>, Problem> {
        let seq = u64::try_from(seq.get()).unwrap_or(u64::MAX);
        Ok(Json(w.check(transparency::entry(w.road(), w.scope(), seq).await).await?.into()))
    }

    /// Shows the proof that an entry is in the audit log, with the bytes that it is about.
    #[oai(path = "/:w/audit/:seq/receipt", method = "get", operation_id = "showAuditReceipt")]
    async fn receipt(&self, w: Signed, seq: InPath<Seq>) -> Result<Json<EntryReceiptView>, Problem> {
        let seq = u64::try_from(seq.get()).unwrap_or(u64::MAX);
        let receipt = w.check(transparency::entry_receipt(w.road(), w.scope(), seq).await).await?;
        Ok(Json(view(&w, receipt, true)))
    }

    /// Shows the proof that a bill was issued, and the link to print on it.
    #[oai(path = "/:w/invoices/:id/receipt", method = "get", operation_id = "showInvoiceReceipt")]
    async fn invoice(&self, w: Signed, id: InPath<InvoiceId>) -> Result<Json<EntryReceiptView>, Problem> {
        let receipt = w.check(transparency::invoice_receipt(w.road(), w.scope(), *id).await).await?;
        Ok(Json(view(&w, receipt, false)))
    }
}
