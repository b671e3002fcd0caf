//! The six roles of a workspace.

use std::fmt;
use std::str::FromStr;

/// A member's role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Owns the workspace; the last one cannot be removed.
    Owner,
    /// Runs it: members, settings, everything but ownership.
    Admin,
    /// Runs the floor: rates, stock, bills, cancellations.
    Manager,
    /// Bills and takes money.
    Cashier,
    /// Keeps the books; sells nothing.
    Accountant,
    /// Reads everything, changes nothing.
    Auditor,
}

impl Role {
    /// All of them, the order of every printed matrix.
    pub const ALL: [Self; 6] =
        [Self::Owner, Self::Admin, Self::Manager, Self::Cashier, Self::Accountant, Self::Auditor];

    /// As on the wire and in the stores.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Manager => "manager",
            Self::Cashier => "cashier",
            Self::Accountant => "accountant",
            Self::Auditor => "auditor",
        }
    }

    /// Rank for “nobody manages a peer above them”: a lower number stands higher. Accountant and auditor are beside
    /// the cashier, not under them.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Owner => 0,
            Self::Admin => 1,
            Self::Manager => 2,
            Self::Cashier | Self::Accountant | Self::Auditor => 3,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, UnknownRole> {
        Self::ALL.into_iter().find(|role| role.code() == text).ok_or(UnknownRole)
    }
}

/// Not one of the six roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a role: owner, admin, manager, cashier, accountant or auditor")]
pub struct UnknownRole;
