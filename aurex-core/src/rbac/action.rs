//! An action: one thing somebody may do, declared with who may do it and how far.

use super::{Caps, Role};

/// One thing somebody may do. Core's actions are declared beside their rooms with [`action!`](crate::action); an
/// embedder declares theirs the same way.
///
/// ```
/// use aurex_core::rbac::Unlimited;
///
/// aurex_core::action! {
///     /// Dispense a prescription.
///     pub struct Dispense = "prescription.dispense";
///     owner, manager, cashier
/// }
/// # fn main() {
/// use aurex_core::rbac::{Action, Role};
/// assert_eq!(Dispense::GRANTS.of(Role::Cashier), Some(&Unlimited));
/// assert_eq!(Dispense::GRANTS.of(Role::Auditor), None);
/// # }
/// ```
pub trait Action: 'static {
    /// How far a holder may go: discounts, windows, visible fields. [`Unlimited`] where the action has no degrees.
    type Limits: Copy + std::fmt::Debug + Send + Sync + 'static;

    /// `noun.verb`, stable: it stands in the audit log for ever.
    const CODE: &'static str;
    /// What it means, for the role matrix.
    const TITLE: &'static str;
    /// Who holds it, and how far.
    const GRANTS: Grants<Self::Limits>;
    /// Whether it needs a fresh proof: of the second factor where the actor has one, else of the password.
    const STEP_UP: bool = false;
    /// Whether a cashier's number at a shared till is enough for it.
    const BY_PIN: bool = false;
    /// Whether it only reads.
    const READS: bool = false;
    /// Whether only the process itself does it: a job, the shell, a founding. No session and no token reaches it,
    /// whatever the role.
    const PROCESS_ONLY: bool = false;

    /// What a custom role's caps leave of the limits.
    fn capped(limits: Self::Limits, _caps: &Caps) -> Self::Limits {
        limits
    }

    /// What of the limits a custom role can cap, by name, each with how far it goes uncapped.
    fn most(_limits: &Self::Limits) -> Vec<(&'static str, i64)> {
        Vec::new()
    }
}

/// Limits that a custom role can cap.
pub trait Capped: Sized {
    /// The names of the caps there are, each with what it caps.
    const CAPS: &'static [(&'static str, &'static str)];

    /// What the caps leave.
    #[must_use]
    fn capped(self, caps: &Caps) -> Self;

    /// How far the limit of this name goes, in the unit of its cap; `None` for a name that is not in [`Self::CAPS`].
    fn most(&self, name: &str) -> Option<i64>;
}

/// No degrees: who holds the action holds all of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unlimited;

/// Who holds an action. A field a role: a new role does not compile until every action has decided about it.
#[derive(Debug, Clone, Copy)]
pub struct Grants<L> {
    /// What an owner may.
    pub owner: Option<L>,
    /// What an admin may.
    pub admin: Option<L>,
    /// What a manager may.
    pub manager: Option<L>,
    /// What a cashier may.
    pub cashier: Option<L>,
    /// What an accountant may.
    pub accountant: Option<L>,
    /// What an auditor may.
    pub auditor: Option<L>,
}

impl<L> Grants<L> {
    /// Nobody: the start of every declaration.
    pub const NONE: Self =
        Self { owner: None, admin: None, manager: None, cashier: None, accountant: None, auditor: None };

    /// What `role` may, if anything.
    pub const fn of(&self, role: Role) -> Option<&L> {
        match role {
            Role::Owner => self.owner.as_ref(),
            Role::Admin => self.admin.as_ref(),
            Role::Manager => self.manager.as_ref(),
            Role::Cashier => self.cashier.as_ref(),
            Role::Accountant => self.accountant.as_ref(),
            Role::Auditor => self.auditor.as_ref(),
        }
    }
}

/// Declares an action: doc comment (its title), type, code, then the roles that hold it, each with its limits where
/// the action has degrees. Behind the code, `reads` says that it only reads, `step_up` that it needs a fresh proof,
/// `by_pin` that a cashier's number at a shared till is enough, `process_only` that it is for jobs and the shell alone,
/// `capped` that its limits are [`Capped`].
#[macro_export]
macro_rules! action {
    ($(#[doc = $title:literal])+ $vis:vis struct $Name:ident = $code:literal $(($($flag:ident),+))?; $($role:ident),* $(,)?) => {
        $crate::action! { $(#[doc = $title])+ $vis struct $Name: $crate::rbac::Unlimited = $code $(($($flag),+))?;
            $($role: $crate::rbac::Unlimited),* }
    };
    ($(#[doc = $title:literal])+ $vis:vis struct $Name:ident: $Limits:ty = $code:literal $(($($flag:ident),+))?;
        $($role:ident: $limits:expr),* $(,)?) => {
        $(#[doc = $title])+
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        $vis struct $Name;

        impl $crate::rbac::Action for $Name {
            type Limits = $Limits;
            const CODE: &'static str = $code;
            const TITLE: &'static str = concat!($($title),+);
            const GRANTS: $crate::rbac::Grants<$Limits> = {
                let grants = $crate::rbac::Grants::NONE;
                $( let grants = $crate::rbac::Grants { $role: Some($limits), ..grants }; )*
                grants
            };
            $($($crate::action!(@flag $flag);)+)?
        }
    };
    (@flag reads) => { const READS: bool = true; };
    (@flag process_only) => { const PROCESS_ONLY: bool = true; };
    (@flag step_up) => { const STEP_UP: bool = true; };
    (@flag by_pin) => { const BY_PIN: bool = true; };
    (@flag capped) => {
        fn capped(limits: Self::Limits, caps: &$crate::rbac::Caps) -> Self::Limits {
            $crate::rbac::Capped::capped(limits, caps)
        }
        fn most(limits: &Self::Limits) -> Vec<(&'static str, i64)> {
            let caps = <Self::Limits as $crate::rbac::Capped>::CAPS.iter();
            caps.filter_map(|(name, _)| Some((*name, $crate::rbac::Capped::most(limits, name)?))).collect()
        }
    };
}
