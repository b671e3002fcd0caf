//! Who may do what: roles, actions, permits.
//!
//! Every action is declared once, with the roles that hold it, their limits and what it needs. The policy is
//! [`Scope::permit`](crate::tenancy::Scope::permit): total over roles by construction ([`Grants`] has a field for
//! each), default deny, no table to load, no lock to take. What it returns is consumed by sealing exactly one change.

mod action;
mod caps;
mod catalogue;
#[cfg(test)]
mod golden;
mod matrix;
mod permit;
mod policy;
mod role;
#[cfg(test)]
mod tests;
mod undo;

pub use action::{Action, Capped, Grants, Unlimited};
pub use caps::Caps;
pub use catalogue::{ActionInfo, Catalogue};
pub use permit::{Denied, Permit};
pub use role::Role;
pub use undo::{Undo, core_undos};
