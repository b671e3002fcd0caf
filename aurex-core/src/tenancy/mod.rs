//! Who asks, in which workspace: ids, actors, scopes, and the one place scopes come from.
//!
//! INVARIANT: a [`Scope`] has no public constructor, no `Default`, no deserialiser. Every scope descends from the
//! [`Authority`] that opening a store returned, and fits that store only.

mod access_rules;
mod actor;
mod authority;
mod contact;
mod granted;
mod ids;
mod network;
mod payee;
mod plan;
mod scope;
mod workspace;

pub use access_rules::{
    AccessInForce, AccessRule, NotATimeOfDay, OpenHours, Outside, TimeOfDay, Weekday, WhenOutside,
};
pub use actor::{Actor, Assurance, Proof, RequestFacts};
pub(crate) use authority::{At, Verified};
pub use authority::{Authority, Cli, Entrances, Errand, House, Job, Jobs, Purpose, SignInKey, Trusted};
pub use contact::{Contact, ContactKind, ContactState};
pub use granted::Granted;
pub(crate) use granted::mark;
pub use ids::{
    ApiTokenId, ApprovalId, CustomRoleId, ExportId, Id, IdError, LinkId, MailId, MemberId, SessionId, Slug,
    SlugError, TenantId, TillId, new_uuid, parse_id,
};
pub use network::{Network, NotANetwork};
pub use payee::{AccountNumber, Ifsc, PayeeDetails, Vpa};
pub use plan::{Act, BillingDetails, PlanState};
pub(crate) use scope::Narrowing;
pub use scope::{Reach, Scope, Standing};
pub use workspace::Workspace;
