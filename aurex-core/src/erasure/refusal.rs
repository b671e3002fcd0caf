//! Why somebody's data is not erased, or not yet.

use std::fmt;

use super::retention::RetentionRule;
use crate::refusal::{Fault, Refusal, RefusalInfo, RefusalKind};
use crate::time::Date;

crate::refusals! {
    /// Why somebody's data is not erased.
    pub enum ErasureRefusal {
        /// Who owes, or is owed, has to be found.
        AccountOpen = Conflict, "erasure.account_open", "", "the customer's account is not settled";
        /// Somebody who works here is known by name.
        StillAMember = Conflict, "erasure.still_a_member", "", "this member is not gone yet";
        /// Nothing of the fields is there any more.
        NothingLeft = Conflict, "erasure.nothing_left", "/fields", "there is nothing left to erase";
        /// One entry lists what one erasure empties.
        TooMuch {
            /// How many at most.
            most: usize,
        } = Conflict, "erasure.too_much", "", "more than {most} places of the log would be emptied at once";
        /// Never an amount, a number, a date, or who acted.
        NotPersonal = Invalid, "erasure.not_personal", "/fields", "only personal fields are erased";
        /// A consent is to one command.
        NotApproved = Conflict, "erasure.not_approved", "", "what was approved is not this";
    }
}

/// A field that a rule still keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// Its place in the command, as a JSON pointer.
    pub pointer: String,
    /// Its name.
    pub field: &'static str,
    /// The rule.
    pub rule: &'static RetentionRule,
    /// The first day on which it may be erased.
    pub free_from: Date,
}

impl fmt::Display for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, rule, free_from, .. } = self;
        write!(f, "{field} may be erased from {free_from} on: {} ({})", rule.code, rule.source)
    }
}

/// The law still keeps some of what was to be erased; nothing was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the law still wants some of it kept")]
pub struct StillHeld {
    /// What, why, and until when.
    pub fields: Vec<Held>,
}

const CODE: &str = "erasure.held";

impl StillHeld {
    /// The refusal, for the documentation.
    pub const CATALOGUE: &'static [RefusalInfo] = &[RefusalInfo {
        code: CODE,
        kind: RefusalKind::Conflict,
        message: "the law still wants some of it kept: {field} may be erased from {free_from} on: {rule}",
    }];
}

impl Refusal for StillHeld {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Conflict
    }

    fn code(&self) -> &'static str {
        CODE
    }

    fn faults(&self) -> Vec<Fault> {
        let fault =
            |held: &Held| Fault { pointer: held.pointer.clone(), code: CODE, message: held.to_string() };
        self.fields.iter().map(fault).collect()
    }
}
