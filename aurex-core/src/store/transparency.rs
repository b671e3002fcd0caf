//! What makes a log provable to somebody who does not trust us: tiles of its tree, signed checkpoints, cosignatures.
//!
//! All of it is derived from the log and published outside of any turn, so that a sale never waits for it: what is lost is
//! made again. Each kind of row is only ever added, but for one row a tenant, its [`LogEdge`], which says how far tiles
//! are made. A port of its own beside [`Housekeeping`](super::Housekeeping), because a store around another or a test's
//! double that has nothing to publish hands on, or leaves out, all of it at once.
//!
//! What every implementation keeps:
//!
//! - **Never retracted.** The edge only grows, and so do checkpoints: what is not larger than the last is not kept. Of two
//!   publishers that start from one edge, one has done nothing.
//! - **Tiles before checkpoints.** A checkpoint is kept with or after every full tile of its tree, whatever dies in
//!   between.
//! - **One tenant.** No answer shows anything of another tenant's log.

use async_trait::async_trait;

use super::StoreError;
use crate::audit::tree::{Frontier, Hash};
use crate::tenancy::TenantId;
use crate::time::Timestamp;

/// How far a tenant's log is published.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogEdge {
    /// The right edge of the part whose full tiles are all made.
    pub frontier: Frontier,
    /// When the last checkpoint was published, or confirmed since by a beat. None before the first.
    pub at: Option<Timestamp>,
    /// The newest signatures on the last checkpoint: what says that nothing was added until [`LogEdge::at`]. Lines of a
    /// signed note; empty before the first beat.
    pub beat: String,
}

/// A tile of 256 hashes, which never changes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FullTile {
    /// 0 for leaves; each next level stands eight of the tree's higher.
    pub level: u8,
    /// Its place among the tiles of its level.
    pub index: u64,
    /// The root over its hashes: one hash of the tile above.
    pub root: Hash,
    /// Its 256 hashes, 8,192 bytes.
    pub hashes: Vec<u8>,
}

/// Some hashes of one level of tiles, whose own tile may not be full: the roots of full tiles below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TileRoots {
    /// The level of the tiles whose roots are wanted.
    pub level: u8,
    /// The first tile.
    pub from: u64,
    /// The tile after the last; at most 256 after the first.
    pub to: u64,
}

/// A checkpoint to publish: of the tree that the step's edge is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCheckpoint {
    /// The signed note, as it is served.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
}

/// A step of publishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// The size of the edge that the step starts from.
    pub from: u64,
    /// The edge after it.
    pub frontier: Frontier,
    /// The tiles that became full.
    pub tiles: Vec<FullTile>,
    /// The checkpoint, when the step reaches the head of the log.
    pub checkpoint: Option<NewCheckpoint>,
}

/// A published checkpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCheckpoint {
    /// How many entries its tree has.
    pub size: u64,
    /// The tree's root.
    pub root: Hash,
    /// The signed note.
    pub note: String,
    /// When it was signed.
    pub at: Timestamp,
}

/// What a witness has signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cosignature {
    /// The size of the checkpoint.
    pub size: u64,
    /// The witness, by the name of its key.
    pub signer: String,
    /// The line of the signed note.
    pub line: String,
    /// When we were given it.
    pub at: Timestamp,
}

/// The name of a bill in the link that is printed on it.
pub type RecordedId = [u8; 16];

/// Tiles, checkpoints, cosignatures and printed links.
#[async_trait]
pub trait Transparency: Send + Sync {
    /// The tenants whose turns have ended in this process since it was asked the last time: their logs may have grown.
    /// Nothing is written for that in a turn. What other processes wrote, and what was forgotten with a process, a walk
    /// over all tenants finds.
    fn grown(&self) -> Vec<TenantId>;

    /// How far a tenant's log is published.
    async fn edge(&self, tenant: TenantId) -> Result<LogEdge, StoreError>;

    /// Makes a step: tiles, the new edge and the checkpoint. Answers whether it was made: not when the edge is no longer
    /// where the step starts from, and not when its checkpoint is no larger than the last.
    async fn advance(&self, tenant: TenantId, step: &Advance) -> Result<bool, StoreError>;

    /// Confirms the last checkpoint with newer signatures. Answers whether it was: not when that is of another size, nor
    /// earlier than it was confirmed before.
    async fn beat(&self, tenant: TenantId, size: u64, at: Timestamp, lines: &str)
    -> Result<bool, StoreError>;

    /// The last checkpoint.
    async fn last_checkpoint(&self, tenant: TenantId) -> Result<Option<StoredCheckpoint>, StoreError>;

    /// Checkpoints of trees with at least `from` entries, the smallest first.
    async fn checkpoints(
        &self,
        tenant: TenantId,
        from: u64,
        limit: u16,
    ) -> Result<Vec<StoredCheckpoint>, StoreError>;

    /// The hashes of full tiles, each by level and index, in the order asked for; nothing for one that is not kept. Asked
    /// for a few at once.
    async fn tiles(&self, tenant: TenantId, wanted: &[(u8, u64)])
    -> Result<Vec<Option<Vec<u8>>>, StoreError>;

    /// The roots of full tiles, a range after the other in the order asked for; a range ends early where its tiles do.
    async fn tile_roots(&self, tenant: TenantId, wanted: &[TileRoots]) -> Result<Vec<Vec<Hash>>, StoreError>;

    /// Keeps what a witness signed. The first of a witness for a checkpoint stays.
    async fn cosign(&self, tenant: TenantId, cosignature: &Cosignature) -> Result<(), StoreError>;

    /// What witnesses signed of the checkpoint of this size, by the names of their keys.
    async fn cosignatures(&self, tenant: TenantId, size: u64) -> Result<Vec<Cosignature>, StoreError>;

    /// The keys that signed checkpoints of the tenant's log, as verifiers know them, the oldest first: also those that
    /// the deployment has long retired.
    async fn log_keys(&self, tenant: TenantId) -> Result<Vec<String>, StoreError>;

    /// Keeps keys, before the first checkpoint that they sign, of the tree of `since` entries. One that is kept stays.
    async fn keep_log_keys(&self, tenant: TenantId, keys: &[String], since: u64) -> Result<(), StoreError>;

    /// Keeps under which name a printed bill's link finds an entry. A name that is kept stays as it is.
    async fn keep_link(&self, tenant: TenantId, id: RecordedId, seq: u64) -> Result<(), StoreError>;

    /// The entry that a printed bill's link names.
    async fn linked(&self, tenant: TenantId, id: RecordedId) -> Result<Option<u64>, StoreError>;

    /// Names of printed bills' links with their entries, in the order of the names, after the name `after`.
    async fn links(
        &self,
        tenant: TenantId,
        after: Option<RecordedId>,
        limit: u16,
    ) -> Result<Vec<(RecordedId, u64)>, StoreError>;
}

/// Implements [`Transparency`] for a store around another by handing each call to `self.inner`; with a third word, each
/// call's future to `self.<gate>.call(name, future)`, as [`reads_through!`](crate::reads_through) does.
#[macro_export]
macro_rules! transparency_through {
    ($Wrapper:ty, $inner:ident $(, $gate:ident)?) => {
        $crate::transparency_through! { @port $Wrapper, $inner, [$($gate)?];
            edge(tenant: $crate::tenancy::TenantId) -> $crate::store::LogEdge;
            advance(tenant: $crate::tenancy::TenantId, step: &$crate::store::Advance) -> bool;
            beat(tenant: $crate::tenancy::TenantId, size: u64, at: $crate::time::Timestamp, lines: &str) -> bool;
            last_checkpoint(tenant: $crate::tenancy::TenantId) -> Option<$crate::store::StoredCheckpoint>;
            checkpoints(tenant: $crate::tenancy::TenantId, from: u64, limit: u16)
                -> Vec<$crate::store::StoredCheckpoint>;
            tiles(tenant: $crate::tenancy::TenantId, wanted: &[(u8, u64)]) -> Vec<Option<Vec<u8>>>;
            tile_roots(tenant: $crate::tenancy::TenantId, wanted: &[$crate::store::TileRoots])
                -> Vec<Vec<$crate::audit::tree::Hash>>;
            cosign(tenant: $crate::tenancy::TenantId, cosignature: &$crate::store::Cosignature) -> ();
            cosignatures(tenant: $crate::tenancy::TenantId, size: u64) -> Vec<$crate::store::Cosignature>;
            log_keys(tenant: $crate::tenancy::TenantId) -> Vec<String>;
            keep_log_keys(tenant: $crate::tenancy::TenantId, keys: &[String], since: u64) -> ();
            keep_link(tenant: $crate::tenancy::TenantId, id: $crate::store::RecordedId, seq: u64) -> ();
            linked(tenant: $crate::tenancy::TenantId, id: $crate::store::RecordedId) -> Option<u64>;
            links(tenant: $crate::tenancy::TenantId, after: Option<$crate::store::RecordedId>, limit: u16)
                -> Vec<($crate::store::RecordedId, u64)>;
        }
    };
    (@port $Wrapper:ty, $inner:ident, $gate:tt;
        $($call:ident ($($arg:ident: $Arg:ty),*) -> $Answer:ty;)*) => {
        #[$crate::store::async_trait]
        impl $crate::store::Transparency for $Wrapper {
            fn grown(&self) -> Vec<$crate::tenancy::TenantId> {
                self.$inner.grown()
            }
            $(async fn $call(&self, $($arg: $Arg),*) -> $crate::store::Read<$Answer> {
                $crate::transparency_through! { @call self, $inner, $gate; $call($($arg),*) }
            })*
        }
    };
    (@call $this:ident, $inner:ident, []; $call:ident($($arg:ident),*)) => {
        $this.$inner.$call($($arg),*).await
    };
    (@call $this:ident, $inner:ident, [$gate:ident]; $call:ident($($arg:ident),*)) => {
        $this.$gate.call(stringify!($call), $this.$inner.$call($($arg),*)).await
    };
}
