//! What somebody may do in a pharmacy, who, and how far.

use aurex_core::action;
use aurex_core::rbac::Catalogue;

/// How far somebody may go in dispensing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DispenseLimits {
    /// The most pieces at once.
    pub pieces: u32,
    /// Whether controlled medicines too.
    pub controlled: bool,
}

/// A pharmacist answers for what they give.
const PHARMACIST: DispenseLimits = DispenseLimits { pieces: 1_000, controlled: true };
/// Who helps at the counter gives out what is usual.
const COUNTER: DispenseLimits = DispenseLimits { pieces: 30, controlled: false };

action! {
    /// Receive a batch of a medicine.
    pub struct ReceiveMedicine = "medicine.receive"; owner, admin, manager
}

action! {
    /// Dispense a medicine.
    pub struct DispenseMedicine: DispenseLimits = "medicine.dispense";
    owner: PHARMACIST, manager: PHARMACIST, cashier: COUNTER
}

action! {
    /// See the shelf and what was dispensed.
    pub struct ReadMedicines = "medicine.read" (reads); owner, admin, manager, cashier, auditor
}

/// Every action there is: the kernel's, then ours. Role matrix, permission lists and the bounds of tokens come from it.
pub fn catalogue() -> Catalogue {
    Catalogue::core().with::<ReceiveMedicine>().with::<DispenseMedicine>().with::<ReadMedicines>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use aurex_core::rbac::Role;

    #[test]
    fn who_may_what() {
        let holders = |code: &str| -> Vec<Role> {
            let catalogue = catalogue();
            let action = catalogue.iter().find(|action| action.code == code).unwrap();
            Role::ALL.into_iter().filter(|role| action.is_held_by(*role)).collect()
        };
        use Role::*;
        assert_eq!(holders("medicine.receive"), [Owner, Admin, Manager]);
        assert_eq!(holders("medicine.dispense"), [Owner, Manager, Cashier]);
        assert_eq!(holders("medicine.read"), [Owner, Admin, Manager, Cashier, Auditor]);
        assert!(catalogue().contains("workspace.open"), "the kernel's own are there too");
    }
}
