//! What came of a verification.

use std::fmt;

use super::finding::Findings;
use crate::audit::checkpoint::Origin;

/// How much a log that was verified is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Everything fits, and enough of the witnesses that the policy asks for have cosigned.
    Proven,
    /// Everything fits, but nobody else vouches that this history is the only one: the operator could have shown
    /// another to somebody else.
    OperatorsWord,
    /// Something does not fit.
    Broken,
}

/// What came of a verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The log's name, if any checkpoint said one.
    pub origin: Option<Origin>,
    /// Up to which entry was looked at: how many there are, for a log that was verified from its beginning.
    pub entries: u64,
    /// How many checkpoints of the log hold.
    pub checkpoints: u64,
    /// Up to how many entries the newest checkpoint reaches that the entries agree with.
    pub covered: u64,
    /// How many fields the entries commit to, bodies among them.
    pub fields: u64,
    /// How many of them were erased.
    pub erased: u64,
    /// Up to how many entries enough of the policy's witnesses vouch; `None` where they nowhere do.
    pub witnessed: Option<u64>,
    /// What does not fit.
    pub findings: Findings,
}

impl Verdict {
    /// How much the log is worth.
    pub const fn standing(&self) -> Standing {
        match (self.findings.count(), self.witnessed) {
            (0, Some(_)) => Standing::Proven,
            (0, None) => Standing::OperatorsWord,
            _ => Standing::Broken,
        }
    }
}

impl fmt::Display for Verdict {
    /// The report, line by line as `docs/audit-format.md` has it: every verifier of the format prints the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "log: {}", self.origin.as_ref().map_or("-", Origin::as_str))?;
        writeln!(f, "entries: {}", self.entries)?;
        writeln!(f, "checkpoints: {}", self.checkpoints)?;
        writeln!(f, "covered: {}", self.covered)?;
        writeln!(f, "fields: {}, erased: {}", self.fields, self.erased)?;
        match self.witnessed {
            Some(size) => writeln!(f, "witnessed: {size}")?,
            None => writeln!(f, "witnessed: no")?,
        }
        write!(f, "{}", self.findings)?;
        writeln!(
            f,
            "verdict: {}",
            match self.standing() {
                Standing::Proven => "proven",
                Standing::OperatorsWord => "the operator's word only",
                Standing::Broken => "broken",
            }
        )
    }
}
