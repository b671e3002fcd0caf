//! The workspace's plan, which the operator changes, and whom bills for the service are made out to, which owners say.

use std::marker::PhantomData;

use super::actions::{ChangeBilling, ChangePlan};
use super::mails::Mail;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Action;
use crate::tenancy::{Act, BillingDetails, PlanState, Workspace};
use crate::text::{Label, Name, Note};

crate::refusals! {
    /// What the plan says no to.
    pub enum PlanRefusal {
        /// Nothing new is written.
        ReadOnly = Conflict, "plan.read_only", "",
            "the workspace is read-only until its bill for the service is paid: an owner sees to it under billing; reading and exporting go on";
        /// The service has ended.
        Closed = Conflict, "plan.closed", "",
            "the workspace is closed: what is here can be read and exported; whoever runs the service can open it again";
    }
}

/// Whether a change by the action of this code may be made while the workspace stands as it does.
///
/// # Errors
/// [`PlanRefusal`].
pub fn write_gate(state: PlanState, action: &str) -> Result<(), PlanRefusal> {
    match state {
        _ if state.allows(Act::of(action)) => Ok(()),
        PlanState::Closed => Err(PlanRefusal::Closed),
        _ => Err(PlanRefusal::ReadOnly),
    }
}

/// What is to be different about whom bills are made out to; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct BillingPatch {
    /// The name.
    pub name: Option<Name>,
    /// The address.
    pub address: Option<Note>,
    /// The tax office's number; `Some(None)` takes it away.
    pub tax_id: Option<Option<Label>>,
}

crate::refusals! {
    /// Why billing details are not changed.
    pub enum BillingRefusal {
        /// There were none, and a bill needs both.
        Incomplete = Invalid, "billing.incomplete", "",
            "a bill needs a name and an address: say both the first time";
    }
}

/// The plan or the billing details were changed, under `A`.
#[derive(Debug, Clone)]
pub struct PlanChanged<A> {
    /// The workspace as it was.
    pub before: Workspace,
    /// The workspace as it is.
    pub after: Workspace,
    /// Why, where the operator said.
    pub reason: Option<Note>,
    /// What the owners are told.
    pub mails: Vec<Mail>,
    by: PhantomData<fn() -> A>,
}

impl<A: Action> PlanChanged<A> {
    fn new(before: Workspace, mut after: Workspace, reason: Option<Note>) -> Option<Self> {
        if before == after {
            return None;
        }
        after.version = before.version.saturating_add(1);
        Some(Self { before, after, reason, mails: Vec::new(), by: PhantomData })
    }
}

impl<A: Action> Change for PlanChanged<A> {
    type By = A;

    fn subject(&self) -> Subject {
        let kind = if self.before.plan == self.after.plan { "billing" } else { "plan" };
        Subject::new(kind, &self.before.slug)
    }

    fn record(self, draft: &mut Draft) {
        if let Some(reason) = self.reason {
            draft.note("reason", reason);
        }
        draft.update(&self.before, self.after);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// The operator says how the workspace stands; `None` when it stands so already. Every state can follow every other: what
/// was paid and what was agreed is not known here.
pub fn decide_plan(before: Workspace, state: PlanState, reason: Note) -> Option<PlanChanged<ChangePlan>> {
    let after = Workspace { plan: state, ..before.clone() };
    PlanChanged::new(before, after, Some(reason))
}

/// Changes whom bills are made out to; `None` when nothing would be different.
///
/// # Errors
/// [`BillingRefusal::Incomplete`].
pub fn decide_billing(
    before: Workspace,
    patch: BillingPatch,
) -> Result<Option<PlanChanged<ChangeBilling>>, BillingRefusal> {
    let old = before.billing.clone();
    let (old_name, old_address, old_tax) =
        old.map_or((None, None, None), |old| (Some(old.name), Some(old.address), old.tax_id));
    let (Some(name), Some(address)) = (patch.name.or(old_name), patch.address.or(old_address)) else {
        return Err(BillingRefusal::Incomplete);
    };
    let billing = BillingDetails { name, address, tax_id: patch.tax_id.unwrap_or(old_tax) };
    let after = Workspace { billing: Some(billing), ..before.clone() };
    Ok(PlanChanged::new(before, after, None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_allowed_is_told_with_what_to_do() {
        assert_eq!(write_gate(PlanState::Active, "invoice.issue"), Ok(()));
        assert_eq!(write_gate(PlanState::PastDue, "invoice.issue"), Ok(()));
        assert_eq!(write_gate(PlanState::ReadOnly, "invoice.issue"), Err(PlanRefusal::ReadOnly));
        assert_eq!(write_gate(PlanState::ReadOnly, "billing.change"), Ok(()));
        assert_eq!(write_gate(PlanState::Closed, "billing.change"), Err(PlanRefusal::Closed));
        assert_eq!(write_gate(PlanState::Closed, "session.open"), Ok(()));
        assert_eq!(write_gate(PlanState::Closed, "an.embedders_own"), Err(PlanRefusal::Closed));
    }
}
