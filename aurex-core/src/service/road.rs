//! What every use case is given, and the last steps that all of them share.

use std::sync::Arc;

use zeroize::Zeroizing;

use super::ServiceError;
use super::idempotency::Known;
use crate::audit::Sealed;
use crate::chance::Entropy;
use crate::identity::deletion::{DeletionRefusal, goes_on_until_the_end};
use crate::identity::factor::MailCodeKeys;
use crate::identity::keys::{KeyRing, Purpose};
use crate::identity::plans::write_gate;
use crate::ledger::check_open;
use crate::store::{Fact, Receipt, Store, Writer};
use crate::tenancy::{Act, MailId, Scope};
use crate::time::{Clock, Date};

/// The store, the clock, the source of chance and the deployment's secrets.
#[derive(Clone)]
pub struct Road {
    /// Where everything is kept.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Where ids, salts and tokens come from.
    pub entropy: Arc<dyn Entropy>,
    /// Keys for what is kept unreadable.
    pub secrets: Arc<Secrets>,
}

/// Keys derived from the deployment's ring, one a use.
pub struct Secrets {
    /// The active deployment key's first: a key of the last 72 hours may have been kept under the one before.
    pub(super) idempotency: Vec<Zeroizing<[u8; 32]>>,
    pub(super) accounts: Zeroizing<[u8; 32]>,
    pub(super) sign_in_links: Zeroizing<[u8; 32]>,
    pub(super) mail_codes: MailCodeKeys,
    pub(super) printed_links: Zeroizing<[u8; 32]>,
    /// Names and check values of the ring's keys: what an archive says it was made with.
    pub key_checks: Vec<(String, Vec<u8>)>,
    /// Seals class-3 columns.
    pub vault: crate::identity::vault::Vault,
}

impl Secrets {
    /// Derives them.
    pub fn from_ring(ring: &KeyRing) -> Self {
        Self {
            idempotency: ring.derive_all(Purpose::Deployment, "idempotency fields"),
            accounts: ring.derive(Purpose::Deployment, "observed accounts"),
            sign_in_links: ring.derive(Purpose::Deployment, "sign-in links"),
            mail_codes: MailCodeKeys::from_ring(ring),
            printed_links: ring.derive(Purpose::Deployment, "printed links"),
            key_checks: ring.check_rows(),
            vault: crate::identity::vault::Vault::from_ring(ring),
        }
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(withheld)")
    }
}

/// What a use case did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Done<T> {
    /// The resource as it is now.
    pub value: T,
    /// Whether the idempotency key had been accepted before: nothing was done this time.
    pub replayed: bool,
    /// The log's word for the change; none when it was replayed or nothing changed.
    pub receipt: Option<Receipt>,
}

impl<T> Done<T> {
    /// It was done now.
    pub const fn now(value: T, receipt: Receipt) -> Self {
        Self { value, replayed: false, receipt: Some(receipt) }
    }

    /// It was done before, under the same key.
    pub const fn before(value: T) -> Self {
        Self { value, replayed: true, receipt: None }
    }

    /// There was nothing to do.
    pub const fn nothing(value: T) -> Self {
        Self { value, replayed: false, receipt: None }
    }

    /// The same of another value.
    pub fn map<U>(self, f: impl FnOnce(T) -> U) -> Done<U> {
        Done { value: f(self.value), replayed: self.replayed, receipt: self.receipt }
    }
}

impl Road {
    /// Takes the tenant's turn.
    pub(super) async fn turn(&self, scope: &Scope) -> Result<Box<dyn Writer>, ServiceError> {
        Ok(self.store.writer(scope, &*self.clock).await?)
    }

    /// The write gate: whether the workspace's plan lets the action of this code change anything. The row was read with
    /// the turn, and what every state allows does not even ask for it.
    pub(super) async fn held_against_the_plan(
        &self,
        writer: &mut dyn Writer,
        action: &str,
    ) -> Result<(), ServiceError> {
        if Act::of(action).is_always_allowed() {
            return Ok(());
        }
        Ok(write_gate(writer.workspace().await?.plan, action)?)
    }

    /// Applies what was sealed, unless it posts into a locked part of the books. Here and not in the decisions, so that none
    /// of them can forget it.
    pub(super) async fn apply(
        &self,
        writer: &mut (impl Writer + ?Sized),
        sealed: Sealed,
    ) -> Result<Receipt, ServiceError> {
        let posts = |fact: &Fact| matches!(fact, Fact::JournalEntry(_));
        if sealed.facts().any(posts) {
            let through = writer.workspace().await?.books_locked_through;
            check_open(through, sealed.facts().filter_map(day_in_the_books))?;
        }
        Ok(writer.apply(sealed).await?)
    }

    /// Applies what was sealed, keeps the key, commits.
    pub(super) async fn finish(
        &self,
        mut writer: Box<dyn Writer>,
        sealed: Sealed,
        known: Known,
    ) -> Result<Receipt, ServiceError> {
        if sealed.scope().member().is_some() && !goes_on_until_the_end(sealed.action()) {
            is_not_ending(&mut *writer).await?;
        }
        self.held_against_the_plan(&mut *writer, sealed.action()).await?;
        let key = known.keep(&sealed.subject().id, &*writer);
        let mails: Vec<MailId> = sealed.facts().filter_map(mail_of).collect();
        let receipt = self.apply(&mut *writer, sealed.with_key(key)).await?;
        writer.commit().await?;
        if !mails.is_empty() {
            // The mails are in the change; the note only spares the sender looking for them. Where it fails, the change
            // is no less true, and the sender finds them when it looks through everything.
            let _ = self.store.note_mails(receipt.tenant, &mails, receipt.at).await;
        }
        Ok(receipt)
    }
}

/// Nothing is written in a workspace that is about to end. [`Road::finish`] sees to it; who commits a turn alone asks here.
pub(super) async fn is_not_ending(turn: &mut dyn Writer) -> Result<(), ServiceError> {
    if turn.workspace().await?.ends_at.is_some() { Err(DeletionRefusal::Ending.into()) } else { Ok(()) }
}

fn mail_of(fact: &Fact) -> Option<MailId> {
    if let Fact::Mail(mail) = fact { Some(mail.id) } else { None }
}

/// The day of the books that a row touches, in a change that posts: an entry's own, and that of a document which is
/// cancelled. What a cancelled document said counts on its own day no longer, wherever the mirror of its entry stands.
fn day_in_the_books(fact: &Fact) -> Option<Date> {
    match fact {
        Fact::JournalEntry(entry) => Some(entry.effective),
        #[cfg(feature = "shop")]
        fact => cancelled_day(fact),
        #[cfg(not(feature = "shop"))]
        _ => None,
    }
}

#[cfg(feature = "shop")]
fn cancelled_day(fact: &Fact) -> Option<Date> {
    use crate::shop::invoices::InvoiceState;
    use crate::shop::metal::MetalVoucherState;
    use crate::shop::notes::NoteState;
    match fact {
        Fact::Invoice(bill) => (bill.state == InvoiceState::Cancelled).then_some(bill.business_date),
        Fact::BillNote(note) => (note.state == NoteState::Cancelled).then_some(note.business_date),
        Fact::MetalVoucher(voucher) => {
            (voucher.state == MetalVoucherState::Cancelled).then_some(voucher.business_date)
        }
        _ => None,
    }
}
