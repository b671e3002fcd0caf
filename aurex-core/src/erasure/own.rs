//! What may be erased of somebody in an embedder's own tables, on the same road: a second person's consent, a legal basis,
//! the law's minimum, and personal fields alone.

use super::change::ErasureBasis;
use super::choose::MOST_PLACES;
use super::refusal::{ErasureRefusal, Held, StillHeld};
use super::retention::{Retention, held};
use crate::audit::{Change, Class, Draft, Erased, Place, Record, Subject};
use crate::identity::actions::ErasePersonal;
use crate::identity::approvals::Consent;
use crate::rbac::Action as _;
use crate::refusal::Refusal;
use crate::time::Date;

/// What is known when somebody's data in rows of `R` is to be erased.
#[derive(Debug, Clone)]
pub struct OwnKnown<R> {
    /// The rows, each as it is and without what is to go. A field that cannot be missing says
    /// [`ERASED`](super::ERASED) afterwards.
    pub rows: Vec<(R, R)>,
    /// What the log still opens of them: of the entries that put these rows,
    /// [`personal_places`](crate::audit::personal_places).
    pub places: Vec<Place>,
    /// What they are kept for.
    pub kept_for: Retention,
    /// The date of the last document about them, where there is one.
    pub last_document: Option<Date>,
    /// The day on which anything was last done with their data.
    pub last_processing: Date,
    /// The day, in the workspace's zone.
    pub today: Date,
}

/// Somebody's data in rows of `R` was erased. Its rows are among [`Sealed::own_rows`](crate::audit::Sealed::own_rows), for
/// the embedder's SQL to write beside the entry.
///
/// ```
/// # use aurex_core::audit::Subject;
/// # use aurex_core::erasure::{ErasureBasis, OwnErased, OwnKnown, decide_erase_own};
/// # use aurex_core::identity::approvals::{Approved, Consent};
/// # use aurex_core::rbac::Permit;
/// # use aurex_core::identity::actions::ErasePersonal;
/// # aurex_core::record! { /// A visit.
/// #     pub struct Visit in "visit" { /// Its number.
/// #         number: i64 = 1 [key], /// Who came.
/// #         patient: Option<String> = 2 [personal] } }
/// # fn f(known: OwnKnown<Visit>, consent: Consent, permit: Permit<'_, ErasePersonal>, entropy: &dyn aurex_core::chance::Entropy)
/// # -> Result<aurex_core::audit::Sealed, Box<dyn aurex_core::refusal::Refusal>> {
/// let about = Subject::new("patient", "W-17");
/// let change = decide_erase_own(about, ErasureBasis::ConsentWithdrawn, known, &consent)?;
/// let sealed = permit.seal(Approved::new(change, consent, Vec::new()), entropy);
/// # Ok(sealed) }
/// # fn main() {}
/// ```
#[derive(Debug, Clone)]
pub struct OwnErased<R> {
    subject: Subject,
    basis: ErasureBasis,
    rows: Vec<(R, R)>,
    places: Vec<Erased>,
}

/// Decides about erasing somebody's data in an embedder's own table, which a second person has approved: under the action
/// [`ErasePersonal`], about `subject`.
///
/// # Errors
/// [`ErasureRefusal::NotApproved`] for the consent to something else; [`ErasureRefusal::NotPersonal`] where a row would
/// lose anything but personal fields, or a place is not one of this table's; [`StillHeld`];
/// [`ErasureRefusal::NothingLeft`]; [`ErasureRefusal::TooMuch`].
pub fn decide_erase_own<R: Record>(
    subject: Subject,
    basis: ErasureBasis,
    known: OwnKnown<R>,
    consent: &Consent,
) -> Result<OwnErased<R>, Box<dyn Refusal>> {
    let approved = consent.approval();
    if approved.action != ErasePersonal::CODE || approved.subject != subject.id {
        return Err(Box::new(ErasureRefusal::NotApproved));
    }
    let OwnKnown { rows, places, kept_for, last_document, last_processing, today } = known;
    let changed: Vec<Vec<&'static str>> = rows.iter().map(|(before, after)| taken(before, after)).collect();
    let is_personal =
        |name: &str| R::FIELDS.iter().any(|spec| spec.class == Class::Personal && spec.name == name);
    let of_table = |place: &Place| {
        let name = place.at.field.strip_prefix(R::TABLE).and_then(|name| name.strip_prefix('.'));
        name.is_some_and(|name| is_personal(name.strip_suffix(".before").unwrap_or(name)))
    };
    if !changed.iter().flatten().all(|name| is_personal(name)) || !places.iter().all(of_table) {
        return Err(Box::new(ErasureRefusal::NotPersonal));
    }
    if let Some((rule, free_from)) = held(kept_for, last_document, last_processing, today) {
        let fields = vec![Held { pointer: String::new(), field: R::TABLE, rule, free_from }];
        return Err(Box::new(StillHeld { fields }));
    }
    let mut places: Vec<_> = places.into_iter().map(|place| place.at).collect();
    places.sort_unstable();
    places.dedup();
    if places.is_empty() && changed.iter().all(Vec::is_empty) {
        return Err(Box::new(ErasureRefusal::NothingLeft));
    }
    if places.len() > MOST_PLACES {
        return Err(Box::new(ErasureRefusal::TooMuch { most: MOST_PLACES }));
    }
    Ok(OwnErased { subject, basis, rows, places })
}

/// The fields in which two rows differ.
fn taken<R: Record>(before: &R, after: &R) -> Vec<&'static str> {
    let values = before.values().into_iter().zip(after.values());
    let differ = R::FIELDS.iter().zip(values).filter(|(_, (before, after))| before != after);
    differ.map(|(spec, _)| spec.name).collect()
}

impl<R: Record> Change for OwnErased<R> {
    type By = ErasePersonal;

    fn subject(&self) -> Subject {
        self.subject.clone()
    }

    fn record(self, draft: &mut Draft) {
        let mut fields: Vec<_> = self.rows.iter().flat_map(|(before, after)| taken(before, after)).collect();
        fields.sort_unstable();
        fields.dedup();
        draft.note("basis", self.basis.code().to_owned());
        draft.note("fields", fields.iter().map(|name| format!("{}.{name}", R::TABLE)).collect::<Vec<_>>());
        draft.erase(self.places);
        for (before, after) in &self.rows {
            draft.blank_own(before, after);
        }
    }
}
