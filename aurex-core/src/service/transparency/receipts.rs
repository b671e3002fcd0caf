//! The proof of one entry; the link that is printed on a bill.
//!
//! The link names the entry by 128 bits that say nothing, a keyed hash of its leaf, and carries the leaf itself. Neither
//! tells how many entries there are before or after it, so two bills in a competitor's hand do not tell how busy the shop
//! was between them. Who follows it is told whether the entry is there as it was printed, and not what it says.

use super::super::{Road, ServiceError};
use super::bring::bring;
use super::publish::PublishError;
use super::serve::{full_note, observe};
use crate::audit::Entry;
use crate::audit::receipt::TlogProof;
use crate::audit::tile::TilePlan;
use crate::audit::tree::Hash;
use crate::identity::actions::ProveAudit;
use crate::identity::keys::mac::hmac_sha256;
use crate::store::{AuditFilter, PageRequest, RecordedId, StoreError, StoredEntry};
use crate::tenancy::{Job, Purpose, RequestFacts, Scope, TenantId};
use crate::time::Timestamp;

crate::refusals! {
    /// Why there is no proof yet.
    pub enum TransparencyRefusal {
        /// It comes with the next checkpoint, a few seconds later.
        NotPublished = Conflict, "audit.not_published", "", "this entry is not published yet: ask again in a few seconds";
    }
}

/// The proof that an entry is in the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryReceipt {
    /// The entry's number.
    pub seq: u64,
    /// When it was made.
    pub at: Timestamp,
    /// Its leaf.
    pub leaf: Hash,
    /// Its bytes, as hashed: with them and the log's keys the proof needs no server.
    pub bytes: Vec<u8>,
    /// C2SP's tlog-proof. None before it is published, where that may be said.
    pub proof: Option<String>,
    /// What names it in a printed link.
    pub id: RecordedId,
}

async fn found(
    road: &Road,
    scope: &Scope,
    filter: &AuditFilter,
    seq: Option<u64>,
) -> Result<Option<StoredEntry>, StoreError> {
    let mut reader = road.store.reader(scope).await?;
    let mut page = PageRequest { after: seq.and_then(|seq| seq.checked_add(1)), limit: 1 };
    // A page may be empty and have a next one; the subject of a bill has a handful of entries.
    loop {
        let entries = reader.entries(filter, page).await?;
        match (entries.items.into_iter().next(), entries.next) {
            (Some(stored), _) => {
                return Ok(Some(stored).filter(|stored| seq.is_none_or(|seq| stored.entry.seq == seq)));
            }
            (None, Some(next)) if seq.is_none() => page.after = Some(next),
            (None, _) => return Ok(None),
        }
    }
}

/// The proof for an entry among however many: a handful of tiles. None before it is published.
async fn prove(road: &Road, scope: &Scope, stored: &StoredEntry) -> Result<Option<String>, ServiceError> {
    let Some(last) = road.store.last_checkpoint(scope.tenant()).await? else { return Ok(None) };
    let index = stored.entry.seq;
    let Ok(plan) = TilePlan::inclusion(index, last.size) else { return Ok(None) };
    let tiles = bring(road, scope, &plan.tiles()).await?;
    let proof = plan.hashes(|id| tiles.get(&id).cloned());
    let proof = proof.map_err(|error| StoreError::corrupt(error.to_string()))?;
    let note = full_note(road, scope, &last).await?;
    let checkpoint = note.parse().map_err(|_| StoreError::corrupt("a checkpoint is no signed note"))?;
    Ok(Some(TlogProof { extra: None, index, proof, checkpoint }.to_string()))
}

fn link_of(road: &Road, scope: &Scope, leaf: Hash) -> RecordedId {
    let tenant = *scope.tenant().uuid().as_bytes();
    let mac = hmac_sha256(&road.secrets.printed_links, &[tenant.as_slice(), leaf.as_bytes()]);
    let mut id = RecordedId::default();
    id.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
    id
}

/// The proof that entry `seq` is in the log.
///
/// # Errors
/// [`ServiceError::Denied`] for roles that are given no proofs; [`ServiceError::NotFound`]; [`TransparencyRefusal`].
pub async fn entry_receipt(road: &Road, scope: &Scope, seq: u64) -> Result<EntryReceipt, ServiceError> {
    let _permit = scope.permit::<ProveAudit>()?;
    let stored = found(road, scope, &AuditFilter::default(), Some(seq)).await?;
    let stored = stored.ok_or(ServiceError::NotFound("entry"))?;
    let proof = prove(road, scope, &stored).await?;
    if proof.is_none() {
        return Err(TransparencyRefusal::NotPublished.into());
    }
    observe(road, scope, "audit.proved", ("audit", seq.to_string())).await?;
    receipt(road, scope, stored, proof).await
}

async fn receipt(
    road: &Road,
    scope: &Scope,
    stored: StoredEntry,
    proof: Option<String>,
) -> Result<EntryReceipt, ServiceError> {
    let StoredEntry { entry, bytes, leaf, .. } = stored;
    let id = link_of(road, scope, leaf);
    road.store.keep_link(scope.tenant(), id, entry.seq).await?;
    Ok(EntryReceipt { seq: entry.seq, at: entry.at, leaf, bytes, proof, id })
}

/// The entry that issued a bill.
#[cfg(feature = "shop")]
fn issue_of(invoice: crate::shop::invoices::InvoiceId) -> AuditFilter {
    AuditFilter {
        subject: Some(invoice.to_string()),
        action: Some("invoice.issue".to_owned()),
        ..AuditFilter::default()
    }
}

/// The proof that a bill was issued as it is: of the entry that issued it. Whoever may read the bill prints its link;
/// the proof is there once it is published.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::NotFound`].
#[cfg(feature = "shop")]
pub async fn invoice_receipt(
    road: &Road,
    scope: &Scope,
    invoice: crate::shop::invoices::InvoiceId,
) -> Result<EntryReceipt, ServiceError> {
    let _permit = scope.permit::<crate::shop::actions::ReadInvoices>()?;
    let stored = found(road, scope, &issue_of(invoice), None).await?;
    let stored = stored.ok_or(ServiceError::NotFound("invoice"))?;
    let proof = prove(road, scope, &stored).await?;
    receipt(road, scope, stored, proof).await
}

/// What the link on a printed bill names: the entry that issued it, without its proof.
///
/// # Errors
/// [`ServiceError::Denied`]; [`ServiceError::NotFound`].
#[cfg(feature = "shop")]
pub async fn invoice_link(
    road: &Road,
    scope: &Scope,
    invoice: crate::shop::invoices::InvoiceId,
) -> Result<(RecordedId, Hash), ServiceError> {
    let _permit = scope.permit::<crate::shop::actions::ReadInvoices>()?;
    let stored = found(road, scope, &issue_of(invoice), None).await?;
    let stored = stored.ok_or(ServiceError::NotFound("invoice"))?;
    let link = receipt(road, scope, stored, None).await?;
    Ok((link.id, link.leaf))
}

/// The purpose of answering whoever has a printed bill.
#[derive(Debug)]
pub struct RecordedLookup;

impl Purpose for RecordedLookup {
    const NAME: &'static str = "recorded";
    const ACTIONS: &'static [&'static str] = &[];
}

/// What is said of a printed link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    /// When it was recorded.
    pub at: Timestamp,
    /// Whether a checkpoint that nobody can take back covers it.
    pub published: bool,
}

/// Whether what a printed link names is in the log, unchanged: the stored bytes hash to the printed leaf, and the
/// published tiles lead from there to the root that was signed. None for everything else, without saying why.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn is_recorded(
    road: &Road,
    job: &Job<RecordedLookup>,
    tenant: TenantId,
    id: RecordedId,
    leaf: Hash,
) -> Result<Option<Recorded>, ServiceError> {
    let Some(seq) = road.store.linked(tenant, id).await? else { return Ok(None) };
    let scope = job.scope(tenant, RequestFacts::default());
    let Some(stored) = found(road, &scope, &AuditFilter::default(), Some(seq)).await? else {
        return Ok(None);
    };
    if stored.leaf != leaf || Entry::leaf(&stored.bytes) != leaf {
        return Ok(None);
    }
    let at = stored.entry.at;
    let Some(last) = road.store.last_checkpoint(tenant).await?.filter(|last| seq < last.size) else {
        return Ok(Some(Recorded { at, published: false }));
    };
    let plan = TilePlan::inclusion(seq, last.size).map_err(|error| StoreError::corrupt(error.to_string()))?;
    let tiles = bring(road, &scope, &plan.tiles()).await?;
    let Ok(proof) = plan.hashes(|id| tiles.get(&id).cloned()) else { return Ok(None) };
    let holds = crate::audit::tree::verify_inclusion(leaf, seq, last.size, &proof, last.root).is_ok();
    Ok(holds.then_some(Recorded { at, published: true }))
}

impl From<PublishError> for ServiceError {
    fn from(error: PublishError) -> Self {
        match error {
            PublishError::Store(error) => error.into(),
            other => Self::Store(StoreError::corrupt(other.to_string())),
        }
    }
}
