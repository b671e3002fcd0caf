//! Opening, reading, writing.

use async_trait::async_trait;

use super::{
    AccessReads, Arrival, AuditReads, Doorkeeper, Housekeeping, InspectReads, LedgerReads, MemberReads,
    Scratch, StoreError, StoreFigures, Transparency, WorkspaceReads,
};
#[cfg(feature = "shop")]
use super::{
    BillReads, BookingReads, BooksReads, BusinessReads, MetalReads, NoteReads, PartyReads, RateReads,
    StockReads,
};
use crate::audit::{Sealed, tree::Hash};
use crate::rbac::Role;
use crate::tenancy::{CustomRoleId, House, Scope, Slug, Standing, TenantId};
use crate::time::{Clock, Timestamp};

/// A store.
#[async_trait]
pub trait Store: Doorkeeper + Housekeeping + Transparency {
    /// Its identity: it admits the scopes of its own authority only.
    fn house(&self) -> House;

    /// Opens a consistent snapshot of the scope's tenant.
    ///
    /// # Errors
    /// [`StoreError::ForeignScope`] for another store's scope; [`StoreError::NoSuchTenant`];
    /// [`StoreError::Unavailable`].
    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError>;

    /// Waits for the tenant's turn and takes it.
    ///
    /// # Errors
    /// As [`Store::reader`], and [`StoreError::Withdrawn`] when member, role, session or token of the scope has
    /// changed since it was made.
    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError>;

    /// Opens a workspace: the directory's row and everything in `founding`, or nothing.
    ///
    /// # Errors
    /// [`StoreError::SlugTaken`], also by a workspace that was closed. [`StoreError::ForeignSeal`] for a change that is
    /// none of opening a workspace ([`Sealed::is_founding`]).
    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError>;

    /// Copies the rows of the scope's tenant, as one snapshot shows them, to where a drill may alter them.
    ///
    /// # Errors
    /// As [`Store::reader`]; [`StoreError::Failed`] from a store that makes no copies.
    async fn scratch(&self, scope: &Scope) -> Result<Box<dyn Scratch>, StoreError> {
        let _ = scope;
        Err(StoreError::failed("this store makes no copies to drill on"))
    }

    /// Lets the workspace of the scope's tenant arrive from another store, under the name that it had there.
    ///
    /// # Errors
    /// [`StoreError::ForeignScope`]; [`StoreError::SlugTaken`] where the name or the tenant is, or was, one of this store's;
    /// [`StoreError::Failed`] from a store that takes nothing in.
    async fn arrival(&self, scope: &Scope, slug: &Slug) -> Result<Box<dyn Arrival>, StoreError> {
        let _ = (scope, slug);
        Err(StoreError::failed("this store takes in no workspace of another one"))
    }

    /// Closes a workspace for good: it is behind no door and on no list, and its name is never given again. Its rows stay.
    /// A writer that waits is sent away with [`StoreError::Withdrawn`] once the epoch was raised, unless somebody vouches
    /// for it.
    ///
    /// # Errors
    /// [`StoreError::ForeignScope`]; [`StoreError::NoSuchTenant`]; [`StoreError::Failed`] from a store that closes none.
    async fn close_workspace(&self, scope: &Scope) -> Result<(), StoreError> {
        let _ = scope;
        Err(StoreError::failed("this store closes no workspace"))
    }

    /// Ends the workspace of the scope's tenant for good, if its row says that it ends by `at`: every row that there is of it
    /// goes, in this order, that its name is behind no door, and then the rest. What stays is its place in the directory
    /// with the time and its last checkpoint, so that nobody is given its name. Called again, it goes on where it was cut
    /// short.
    ///
    /// # Errors
    /// [`StoreError::ForeignScope`]; [`StoreError::NoSuchTenant`], also when nothing is left to do; [`StoreError::Failed`]
    /// when its row does not say so, and from a store that ends none.
    async fn end_workspace(&self, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
        let _ = (scope, at);
        Err(StoreError::failed("this store ends no workspace"))
    }

    /// Whether it can serve.
    async fn ready(&self) -> Result<(), StoreError>;

    /// The tenants there are, for jobs and the shell.
    async fn tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError>;

    /// How busy it is at this moment.
    fn figures(&self) -> StoreFigures;

    /// Ends all connections in order.
    async fn close(&self);
}

/// What the domains built on the kernel read: the shop's, where it is built in.
#[cfg(feature = "shop")]
pub trait DomainReads:
    BusinessReads
    + RateReads
    + PartyReads
    + StockReads
    + BillReads
    + NoteReads
    + MetalReads
    + BookingReads
    + BooksReads
{
}
#[cfg(feature = "shop")]
impl<R> DomainReads for R where
    R: BusinessReads
        + RateReads
        + PartyReads
        + StockReads
        + BillReads
        + NoteReads
        + MetalReads
        + BookingReads
        + BooksReads
        + ?Sized
{
}

/// What the domains built on the kernel read: nothing, without the shop.
#[cfg(not(feature = "shop"))]
pub trait DomainReads {}
#[cfg(not(feature = "shop"))]
impl<R: ?Sized> DomainReads for R {}

/// A consistent view of one tenant.
pub trait Reader:
    WorkspaceReads + MemberReads + AccessReads + LedgerReads + AuditReads + InspectReads + DomainReads + Send
{
    /// The tenant.
    fn tenant(&self) -> TenantId;
}

/// A tenant's turn: a reader that can also write. Dropped without commit, it rolls back.
#[async_trait]
pub trait Writer: Reader {
    /// The time of every change made in this turn: read from the clock after the turn was taken, in whole
    /// microseconds, always after the tenant's last entry ([`Head::moment`](crate::audit::Head::moment)).
    fn now(&self) -> Timestamp;

    /// Applies one sealed change: its rows, its audit entry, its idempotency key.
    ///
    /// # Errors
    /// [`StoreError::ForeignSeal`] when it was sealed in another scope. After any error the writer is
    /// [`StoreError::Spoiled`], and answers so to whatever is asked of it.
    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError>;

    /// Says that this turn is held for as long as it takes, with pauses in which the store hears nothing of it: a workspace that
    /// leaves is put elsewhere meanwhile. A store that ends idle turns spares this one; who wraps a writer hands it on.
    ///
    /// # Errors
    /// [`StoreError`] from the backend.
    async fn hold_for_long(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    /// Makes everything applied true, durably.
    ///
    /// # Errors
    /// [`StoreError::Spoiled`] after a failed statement; nothing is stored then.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Lets everything applied be undone.
    async fn rollback(self: Box<Self>);
}

/// The log's word for a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// The tenant.
    pub tenant: TenantId,
    /// The entry's place in the tenant's log.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// The entry's leaf in the tenant's tree.
    pub leaf: Hash,
}

/// Something that becomes true only when a transaction commits that is not ours.
#[derive(Debug)]
#[must_use = "nothing is true before the surrounding transaction commits"]
pub struct Uncommitted<T>(T);

impl<T> Uncommitted<T> {
    /// For backends: marks a result as depending on somebody else's commit.
    pub const fn new(result: T) -> Self {
        Self(result)
    }

    /// The result, by somebody who has committed, or who knows that it is not true yet.
    pub fn assume_committed(self) -> T {
        self.0
    }
}

/// For backends: what the rows say of a scope's standing, read under the turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Access {
    /// The member's role, if there is such a member and they are not disabled.
    pub role: Option<Role>,
    /// The member's custom role and its version, if they have one.
    pub custom_role: Option<(CustomRoleId, u32)>,
    /// Whether the session or token of the scope, if it has one, is neither closed nor revoked.
    /// True for one without.
    pub carrier_is_open: bool,
}

impl Access {
    /// Whether `scope` may still write.
    pub fn still_admits(self, scope: &Scope) -> bool {
        match scope.standing() {
            Standing::Vouched => true,
            Standing::Verified(_) | Standing::Session(..) | Standing::Token(..) => {
                self.role == Some(scope.role())
                    && self.custom_role == scope.custom_role()
                    && self.carrier_is_open
            }
        }
    }
}
