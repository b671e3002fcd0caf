//! How a workspace stands with whoever runs the service, and what each state lets happen.
//!
//! The state is said by the operator, who sends the bill and sees it paid; nothing here counts days. A deployment of a
//! shop's own never says anything, and its workspace is [`Active`](PlanState::Active) for good.

use crate::text::{Label, Name, Note};

crate::codes! {
    /// How the workspace stands.
    pub enum PlanState {
        /// Being tried out.
        Trial = "trial",
        /// Paid, or never to be paid for.
        Active = "active",
        /// A bill for the service is overdue; everything goes on.
        PastDue = "past_due",
        /// Nothing new is written until the bill is paid.
        ReadOnly = "read_only",
        /// The service has ended; what is here can be read and taken away.
        Closed = "closed",
    }
}

crate::nested! {
    /// Whom bills for the service are made out to. Where they are sent is the contact for bills.
    pub struct BillingDetails {
        /// The name.
        name: Name,
        /// The address.
        address: Note,
        /// What the tax office calls them: in India the GSTIN.
        tax_id: Option<Label>,
    }
}

/// What a change is for, as far as the plan is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    /// Getting in and out, and keeping others out: sessions, passwords, factors, revoking, disabling.
    Access,
    /// Taking out what is in, and proving it; leaving for good.
    Taking,
    /// Seeing to the bill for the service: the details on it, and where it goes.
    Paying,
    /// What the law or the deployment asks for, whatever is owed: erasure, retention, the log's own upkeep.
    Upkeep,
    /// Everything else: the work that the service is for.
    Work,
}

/// The codes of each kind; what stands in none of them is [`Act::Work`], an embedder's own actions too.
const KINDS: &[(Act, &[&str])] = &[
    (
        Act::Access,
        &[
            "session.open",
            "session.close",
            "session.step_up",
            "password.change",
            "password.reset",
            "link.request",
            "link.use",
            "second_factor.add",
            "second_factor.change",
            "second_factor.reset",
            "member.change",
            "member.send_reset",
            "member.sign_out",
            "member.sign_out_everybody",
            "till.change",
            "api_token.revoke",
            // What is asked for is held against its own code when it happens.
            "approval.request",
            "approval.decide",
        ],
    ),
    (
        Act::Taking,
        &[
            "audit.export",
            "audit.export_ready",
            "audit.review",
            "workspace.export",
            "workspace.export_ready",
            "workspace.leave",
            "workspace.delete",
            "workspace.keep",
            "workspace.remind",
        ],
    ),
    (Act::Paying, &["billing.change", "contact.change", "contact.verify"]),
    (
        Act::Upkeep,
        &[
            "plan.change",
            "workspace.open",
            "workspace.arrive",
            "personal.erase",
            "personal.expire",
            "audit.collect",
            "audit.digest",
            "contact.tend",
            "member.retire",
            "api_token.remind",
        ],
    ),
];

impl Act {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Access, Self::Taking, Self::Paying, Self::Upkeep, Self::Work];

    /// What the action of this code is for.
    pub fn of(action: &str) -> Self {
        let kind = KINDS.iter().find(|(_, codes)| codes.contains(&action));
        kind.map_or(Self::Work, |(act, _)| *act)
    }

    /// Whether every state allows it, so that nobody need ask which one it is.
    pub fn is_always_allowed(self) -> bool {
        PlanState::ALL.iter().all(|state| state.allows(self))
    }
}

impl PlanState {
    /// The whole gate: whether a change for `act` is made while the workspace stands so. Reading asks nobody.
    ///
    /// ```
    /// use aurex_core::tenancy::{Act, PlanState};
    ///
    /// assert!(PlanState::PastDue.allows(Act::of("invoice.issue")));
    /// assert!(!PlanState::ReadOnly.allows(Act::of("invoice.issue")));
    /// assert!(PlanState::ReadOnly.allows(Act::of("billing.change")));
    /// assert!(PlanState::Closed.allows(Act::of("workspace.export")));
    /// ```
    pub const fn allows(self, act: Act) -> bool {
        match (self, act) {
            (Self::Trial | Self::Active | Self::PastDue, _)
            | (_, Act::Access | Act::Taking | Act::Upkeep)
            | (Self::ReadOnly, Act::Paying) => true,
            (Self::ReadOnly | Self::Closed, Act::Work) | (Self::Closed, Act::Paying) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_gate_is_this_table() {
        let table: Vec<_> =
            PlanState::ALL.iter().map(|state| Act::ALL.map(|act| state.allows(act))).collect();
        assert_eq!(
            table,
            [
                [true; 5],
                [true; 5],
                [true; 5],
                // access, taking, paying, upkeep, work
                [true, true, true, true, false],
                [true, true, false, true, false],
            ]
        );
        assert!(Act::Access.is_always_allowed() && !Act::Paying.is_always_allowed());
    }

    #[cfg(feature = "shop")]
    #[test]
    fn every_code_of_a_kind_is_an_action_that_changes_something_and_of_one_kind() {
        use std::collections::BTreeSet;

        let catalogue = crate::rbac::Catalogue::core();
        let changing: BTreeSet<_> = catalogue.iter().filter(|a| !a.reads).map(|a| a.code).collect();
        let listed: Vec<_> = KINDS.iter().flat_map(|(_, codes)| codes.iter().copied()).collect();
        for code in &listed {
            assert!(changing.contains(code), "{code}");
        }
        assert_eq!(listed.iter().collect::<BTreeSet<_>>().len(), listed.len());
        // Whatever only the process does goes on: no state of the plan stops a job or the operator.
        for action in catalogue.iter().filter(|action| action.process_only) {
            assert!(Act::of(action.code).is_always_allowed(), "{}", action.code);
        }
        assert_eq!(Act::of("invoice.issue"), Act::Work);
        assert_eq!(Act::of("member.add"), Act::Work);
    }
}
