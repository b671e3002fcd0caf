//! The doorkeeper: all that reads a store without a scope, because it is how a scope comes about.
//!
//! It answers about one tenant and one credential at a time, by exact match. It lists nothing.

use async_trait::async_trait;

use super::StoreError;
use crate::identity::links::Link;
use crate::identity::member::{ApiToken, Credential, Member, Pin, Session};
use crate::identity::roles::CustomRole;
use crate::identity::tills::Till;
use crate::rbac::Role;
use crate::tenancy::{AccessInForce, Slug, TenantId};
use crate::text::Email;
use crate::time::Timestamp;

/// A workspace found by its slug.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Door {
    /// The tenant.
    pub tenant: TenantId,
}

/// What the workspace says about somebody beside their own row.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MemberRules {
    /// Their custom role, where they have one.
    pub custom_role: Option<CustomRole>,
    /// Whether they have a second factor that counts.
    pub has_second_factor: bool,
    /// The roles of which the workspace asks a second factor.
    pub second_factor_for: Vec<Role>,
    /// When and from where their role may be here, where the workspace says so.
    pub access: Option<AccessInForce>,
}

/// A member found by email, with the credential.
#[derive(Debug, Clone)]
pub struct KnownMember {
    /// The member.
    pub member: Member,
    /// What the workspace says about them.
    pub rules: MemberRules,
    /// The password's hash; `None` for somebody who never had one.
    pub credential: Option<Credential>,
    /// The workspace's access epoch at that moment.
    pub epoch: u64,
}

/// A session found by its token's hash.
#[derive(Debug, Clone)]
pub struct KnownSession {
    /// The session.
    pub session: Session,
    /// Its member.
    pub member: Member,
    /// What the workspace says about them.
    pub rules: MemberRules,
    /// When it was last used, as housekeeping knows.
    pub used_at: Option<Timestamp>,
    /// The workspace's access epoch at that moment.
    pub epoch: u64,
}

/// A token found by its hash.
#[derive(Debug, Clone)]
pub struct KnownToken {
    /// The token.
    pub token: ApiToken,
    /// Its member.
    pub member: Member,
    /// What the workspace says about them.
    pub rules: MemberRules,
    /// The workspace's access epoch at that moment.
    pub epoch: u64,
}

/// A link found by its token's hash.
#[derive(Debug, Clone)]
pub struct KnownLink {
    /// The link.
    pub link: Link,
    /// Its member.
    pub member: Member,
    /// What the workspace says about them.
    pub rules: MemberRules,
    /// The workspace's access epoch at that moment.
    pub epoch: u64,
}

/// A member who may sign in at a shared till.
#[derive(Debug, Clone)]
pub struct KnownPin {
    /// Their number's hash.
    pub pin: Pin,
    /// The member.
    pub member: Member,
    /// What the workspace says about them.
    pub rules: MemberRules,
    /// The workspace's access epoch at that moment.
    pub epoch: u64,
}

/// Looks up who might be at the door.
#[async_trait]
pub trait Doorkeeper: Send + Sync {
    /// The workspace of this slug, if it is open.
    async fn door(&self, slug: &Slug) -> Result<Option<Door>, StoreError>;

    /// The member of this address in one workspace.
    async fn known_member(&self, tenant: TenantId, email: &Email) -> Result<Option<KnownMember>, StoreError>;

    /// The session whose token has this SHA-256, in one workspace.
    async fn known_session(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownSession>, StoreError>;

    /// The API token that has this SHA-256, in one workspace.
    async fn known_token(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownToken>, StoreError>;

    /// The link whose token has this SHA-256, in one workspace.
    async fn known_link(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownLink>, StoreError>;

    /// The shared till whose token has this SHA-256, in one workspace, and who may sign in at one: the members with a
    /// number that was not taken away, oldest first.
    async fn known_till(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<(Till, Vec<KnownPin>)>, StoreError>;
}
