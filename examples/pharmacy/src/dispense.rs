//! Dispensing from a batch.

use aurex_core::audit::{Change, Draft, Subject};
use aurex_core::refusals;
use aurex_core::service::Presented;
use aurex_core::text::Name;
use aurex_core::time::{Date, Timestamp};

use crate::actions::{DispenseLimits, DispenseMedicine};
use crate::rows::{Batch, BatchId, Dispensing, DispensingId};

/// Pieces to be given to somebody.
#[derive(Debug, Clone)]
pub struct NewDispensing {
    /// From which batch.
    pub batch: BatchId,
    /// How many pieces.
    pub pieces: u32,
    /// To whom.
    pub patient: Name,
    /// On whose prescription.
    pub prescriber: Option<Name>,
}

impl NewDispensing {
    /// The command as it stands under an idempotency key: the same key with other content is refused. Over HTTP the
    /// leaves of the decoded body take its place.
    pub fn presented(&self, key: impl Into<String>) -> Presented {
        let mut content = vec![
            ("/batch".to_owned(), self.batch.to_string()),
            ("/pieces".to_owned(), self.pieces.to_string()),
            ("/patient".to_owned(), self.patient.to_string()),
        ];
        content.extend(self.prescriber.iter().map(|name| ("/prescriber".to_owned(), name.to_string())));
        Presented { key: key.into(), content }
    }
}

refusals! {
    /// Why a medicine is not given out.
    pub enum DispenseRefusal {
        /// Nothing was asked for.
        Nothing = Invalid, "dispensing.nothing", "/pieces", "at least one piece is dispensed";
        /// The law wants a prescriber named.
        NoPrescriber = Invalid, "dispensing.no_prescriber", "/prescriber", "this medicine needs a prescriber";
        /// Its last day has passed.
        Expired = Conflict, "dispensing.expired", "/batch", "the batch has expired";
        /// The shelf never goes below nothing.
        NotEnough {
            /// Pieces on the shelf.
            on_hand: u32,
        } = Conflict, "dispensing.not_enough", "/pieces", "the batch has {on_hand} pieces left";
        /// More at once than this person may give.
        TooMany {
            /// The most they may give.
            most: u32,
        } = BeyondLimit, "dispensing.too_many", "/pieces", "at most {most} pieces at once";
        /// A pharmacist has to give it.
        Controlled = BeyondLimit, "dispensing.controlled", "/batch", "a pharmacist dispenses this medicine";
    }
}

/// Pieces were given to somebody.
#[derive(Debug, Clone)]
pub struct Dispensed {
    /// The batch as it was.
    pub before: Batch,
    /// The batch as it is.
    pub after: Batch,
    /// To whom, and how many.
    pub dispensing: Dispensing,
}

/// Decides about giving pieces of `batch` to somebody.
///
/// # Errors
/// [`DispenseRefusal`].
pub fn decide_dispense(
    new: NewDispensing,
    batch: Batch,
    limits: DispenseLimits,
    id: DispensingId,
    now: Timestamp,
    today: Date,
) -> Result<Dispensed, DispenseRefusal> {
    if new.pieces == 0 {
        return Err(DispenseRefusal::Nothing);
    }
    if new.pieces > limits.pieces {
        return Err(DispenseRefusal::TooMany { most: limits.pieces });
    }
    if batch.controlled && !limits.controlled {
        return Err(DispenseRefusal::Controlled);
    }
    if batch.controlled && new.prescriber.is_none() {
        return Err(DispenseRefusal::NoPrescriber);
    }
    if batch.expires < today {
        return Err(DispenseRefusal::Expired);
    }
    let Some(left) = batch.on_hand.checked_sub(new.pieces) else {
        return Err(DispenseRefusal::NotEnough { on_hand: batch.on_hand });
    };
    Ok(Dispensed {
        after: Batch { on_hand: left, version: batch.version.saturating_add(1), ..batch.clone() },
        dispensing: Dispensing {
            id,
            batch: batch.id,
            medicine: batch.medicine.clone(),
            pieces: new.pieces,
            patient: new.patient,
            prescriber: new.prescriber,
            dispensed_at: now,
        },
        before: batch,
    })
}

impl Change for Dispensed {
    type By = DispenseMedicine;

    fn subject(&self) -> Subject {
        Subject::new("dispensing", self.dispensing.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update_own(&self.before, &self.after);
        draft.insert_own(&self.dispensing);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aurex_core::rbac::{Action as _, Role};
    use aurex_core::tenancy::Id as _;
    use aurex_core::text::Label;
    use aurex_core::time::parse_date;
    use aurex_core::uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_micros(1_795_000_000_000_000);

    fn batch(controlled: bool) -> Batch {
        Batch {
            id: BatchId::from_uuid(Uuid::from_u128(1)),
            medicine: Name::new("Alprazolam 0.5 mg").unwrap(),
            number: Label::new("AL-3").unwrap(),
            expires: parse_date("2026-11-23").unwrap(),
            controlled,
            on_hand: 40,
            received_at: NOW,
            version: 1,
        }
    }

    fn asked(pieces: u32, prescriber: Option<&str>) -> NewDispensing {
        NewDispensing {
            batch: batch(false).id,
            pieces,
            patient: Name::new("Asha Devi").unwrap(),
            prescriber: prescriber.map(|name| Name::new(name).unwrap()),
        }
    }

    fn decide(new: NewDispensing, batch: Batch, by: Role, today: &str) -> Result<Dispensed, DispenseRefusal> {
        let limits = *DispenseMedicine::GRANTS.of(by).unwrap();
        let id = DispensingId::from_uuid(Uuid::from_u128(2));
        decide_dispense(new, batch, limits, id, NOW, parse_date(today).unwrap())
    }

    #[test]
    fn the_shelf_goes_down_to_nothing_and_no_further() {
        let all = decide(asked(40, None), batch(false), Role::Manager, "2026-11-23").unwrap();
        assert_eq!((all.before.on_hand, all.after.on_hand, all.after.version), (40, 0, 2));
        let more = decide(asked(41, None), batch(false), Role::Manager, "2026-11-23");
        assert_eq!(more.unwrap_err(), DispenseRefusal::NotEnough { on_hand: 40 });
        let none = decide(asked(0, None), batch(false), Role::Manager, "2026-11-23");
        assert_eq!(none.unwrap_err(), DispenseRefusal::Nothing);
    }

    #[test]
    fn a_batch_is_good_on_its_last_day_and_not_after() {
        assert!(decide(asked(1, None), batch(false), Role::Manager, "2026-11-23").is_ok());
        let late = decide(asked(1, None), batch(false), Role::Manager, "2026-11-24");
        assert_eq!(late.unwrap_err(), DispenseRefusal::Expired);
    }

    #[test]
    fn the_counter_gives_out_what_is_usual() {
        assert!(decide(asked(30, None), batch(false), Role::Cashier, "2026-11-23").is_ok());
        let many = decide(asked(31, None), batch(false), Role::Cashier, "2026-11-23");
        assert_eq!(many.unwrap_err(), DispenseRefusal::TooMany { most: 30 });
        let controlled = decide(asked(1, Some("Dr Rao")), batch(true), Role::Cashier, "2026-11-23");
        assert_eq!(controlled.unwrap_err(), DispenseRefusal::Controlled);
    }

    #[test]
    fn a_controlled_medicine_names_its_prescriber() {
        let anonymous = decide(asked(1, None), batch(true), Role::Manager, "2026-11-23");
        assert_eq!(anonymous.unwrap_err(), DispenseRefusal::NoPrescriber);
        let named = decide(asked(1, Some("Dr Rao")), batch(true), Role::Manager, "2026-11-23").unwrap();
        assert_eq!(named.dispensing.prescriber.unwrap().as_str(), "Dr Rao");
    }
}
