//! Observations: what happened without changing anything. A failed sign-in, a refusal, somebody reading the log.
//!
//! They carry no rows and need no permit, so anybody can cause one. That is why they never queue for the tenant's
//! turn themselves: they are set down raw by housekeeping, and a collector seals them in turns of its own, at most one
//! a second, repeats within a minute as one entry with a count. An attacker neither queues before the till nor fills
//! the log.

use super::record::Column;
use super::value::{Malformed, Value};
use crate::tenancy::{Actor, RequestFacts, Scope};
use crate::time::Timestamp;

crate::codes! {
    /// What came of it.
    pub enum Outcome {
        /// It became true.
        Done = "done",
        /// It was refused.
        Refused = "refused",
        /// Something was read.
        Seen = "seen",
    }
}

crate::nested! {
    /// Who was observed, by the text that the log keeps.
    pub struct Observed {
        /// `member`, `token`, `job`, `operator`, `anonymous`.
        kind: String,
        /// The id or name.
        id: String,
        /// The role; empty for somebody not signed in.
        role: String,
        /// How they were signed in.
        assurance: String,
    }
}

crate::nested! {
    /// Something that happened without changing anything.
    pub struct Observation {
        /// When.
        at: Timestamp,
        /// What: a code in the form of an action's, `session.refused` for example.
        code: String,
        /// Who.
        actor: Observed,
        /// The noun it was about.
        subject_kind: String,
        /// That noun's id; for a failed sign-in a keyed hash of the account, never the address typed.
        subject_id: String,
        /// What came of it.
        outcome: Outcome,
        /// The reason or the question, as a stable code or a short text without personal data.
        detail: String,
        /// The client's address.
        ip: Option<String>,
        /// What the client calls itself.
        user_agent: Option<String>,
        /// The request's id.
        request_id: String,
    }
}

impl Observed {
    /// The actor of `scope`.
    pub fn of(scope: &Scope) -> Self {
        Self {
            kind: scope.actor().kind().to_owned(),
            id: scope.actor().id(),
            role: scope.role().code().to_owned(),
            assurance: scope.assurance().code().to_owned(),
        }
    }

    /// Somebody not signed in.
    pub fn anonymous() -> Self {
        let actor = Actor::Anonymous;
        Self {
            kind: actor.kind().to_owned(),
            id: actor.id(),
            role: String::new(),
            assurance: "none".to_owned(),
        }
    }
}

impl Observation {
    /// Something `actor` did at `at`, about a noun, in the request of `facts`.
    pub fn new(
        at: Timestamp,
        actor: Observed,
        facts: &RequestFacts,
        code: &str,
        subject: (&str, String),
        outcome: Outcome,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            at,
            code: code.to_owned(),
            actor,
            subject_kind: subject.0.to_owned(),
            subject_id: subject.1,
            outcome,
            detail: detail.into(),
            ip: facts.ip.map(|ip| ip.to_string()),
            user_agent: facts.user_agent.clone(),
            request_id: facts.request_id.clone(),
        }
    }

    /// Whether `later` repeats this one closely enough to be counted instead of written again.
    pub fn is_repeated_by(&self, later: &Self) -> bool {
        self.code == later.code
            && self.actor == later.actor
            && self.subject_kind == later.subject_kind
            && self.subject_id == later.subject_id
            && self.outcome == later.outcome
            && self.detail == later.detail
            && self.ip == later.ip
            && later.at.seconds_since(self.at).abs() < 60
    }

    /// The form in which housekeeping sets it down.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.to_value().to_bytes()
    }

    /// Back from that form.
    ///
    /// # Errors
    /// [`Malformed`] when the bytes are not one.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        Self::from_value(Value::from_bytes(bytes)?)
    }
}
