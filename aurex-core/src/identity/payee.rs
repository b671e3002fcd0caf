//! Where the workspace's customers pay: the one thing in it that a thief would change first.

use super::actions::ChangePayee;
use super::mails::Mail;
use crate::audit::{Change, Draft, Subject};
use crate::tenancy::{AccountNumber, Ifsc, PayeeDetails, Vpa, Workspace};
use crate::text::Name;

/// What is to be different about where customers pay; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct PayeePatch {
    /// Whose account it is.
    pub name: Option<Name>,
    /// The UPI id; `Some(None)` takes it away.
    pub vpa: Option<Option<Vpa>>,
    /// The bank account with its branch; `Some(None)` takes both away.
    pub bank: Option<Option<(AccountNumber, Ifsc)>>,
}

crate::refusals! {
    /// Why payee details are not changed.
    pub enum PayeeRefusal {
        /// Nobody pays into an account of nobody.
        Nameless = Invalid, "payee.no_name", "/name",
            "say whose account it is: payers see the name before they pay";
    }
}

/// The payee details were changed.
#[derive(Debug, Clone)]
pub struct PayeeChanged {
    before: Workspace,
    /// The workspace as it is.
    pub after: Workspace,
    /// What the owners are told.
    pub mails: Vec<Mail>,
}

impl Change for PayeeChanged {
    type By = ChangePayee;

    fn subject(&self) -> Subject {
        Subject::new("payee", &self.before.slug)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// Decides about changing where customers pay; `None` when nothing would be different. Without a UPI id and an account there
/// are no details.
///
/// # Errors
/// [`PayeeRefusal`].
pub fn decide_payee(before: Workspace, patch: PayeePatch) -> Result<Option<PayeeChanged>, PayeeRefusal> {
    let (name, vpa, account, ifsc) = match before.payee.clone() {
        Some(PayeeDetails { name, vpa, account, ifsc }) => (Some(name), vpa, account, ifsc),
        None => (None, None, None, None),
    };
    let vpa = match patch.vpa {
        Some(vpa) => vpa.map(Vpa::into_label),
        None => vpa,
    };
    let (account, ifsc) = match patch.bank {
        Some(bank) => bank.map(|(account, ifsc)| (account.into_label(), ifsc.into_label())).unzip(),
        None => (account, ifsc),
    };
    let payee = if vpa.is_none() && account.is_none() {
        None
    } else {
        let name = patch.name.or(name).ok_or(PayeeRefusal::Nameless)?;
        Some(PayeeDetails { name, vpa, account, ifsc })
    };
    if payee == before.payee {
        return Ok(None);
    }
    let after = Workspace { payee, version: before.version.saturating_add(1), ..before.clone() };
    Ok(Some(PayeeChanged { before, after, mails: Vec::new() }))
}
