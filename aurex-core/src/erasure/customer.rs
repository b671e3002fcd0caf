//! What may be erased of a customer.

use super::FieldStanding;
use super::catalogue::{ERASED, PersonalField, personal_field};
use super::change::{CustomerRows, ErasureBasis, PersonalErased, Rows};
use super::choose::{MOST_PLACES, free_of};
use super::refusal::ErasureRefusal;
use super::retention::{Retention, held};
use crate::audit::{Place, Subject, Value};
use crate::identity::actions::ErasePersonal;
use crate::identity::approvals::Consent;
use crate::rbac::Action as _;
use crate::refusal::Refusal;
use crate::shop::invoices::InvoiceParties;
use crate::shop::parties::Party;
use crate::text::Name;
use crate::time::Date;

crate::codes! {
    /// A personal field of a customer.
    pub enum CustomerField {
        /// The name.
        Name = "name",
        /// The telephone number.
        Phone = "phone",
        /// The email address.
        Email = "email",
        /// The GSTIN.
        Gstin = "gstin",
        /// The PAN.
        Pan = "pan",
        /// The address.
        Address = "address",
        /// The document they were known by.
        Identity = "identity",
    }
}

/// What is known when a customer's data is to be erased.
#[derive(Debug, Clone)]
pub struct CustomerKnown {
    /// The customer.
    pub party: Party,
    /// What their bills say of them.
    pub bills: Vec<InvoiceParties>,
    /// Every personal value of theirs that the log still opens.
    pub places: Vec<Place>,
    /// The date of their last bill or receipt, or of what cancelled or reversed one.
    pub last_document: Option<Date>,
    /// The day on which anything was last done with their data.
    pub last_processing: Date,
    /// Whether nobody owes anybody anything.
    pub is_settled: bool,
    /// The day, in the shop's zone.
    pub today: Date,
}

impl CustomerField {
    fn catalogued(self) -> Option<&'static PersonalField> {
        personal_field("party", self.code())
    }

    fn is_kept_on(self, bill: &InvoiceParties) -> bool {
        match self {
            Self::Name => bill.buyer_name.as_str() != ERASED,
            Self::Phone => bill.buyer_phone.is_some(),
            Self::Gstin => bill.buyer_gstin.is_some(),
            Self::Address => bill.buyer_address.is_some(),
            // A bill says none of them.
            Self::Email | Self::Pan | Self::Identity => false,
        }
    }

    fn take_off(self, bill: &mut InvoiceParties) {
        match self {
            Self::Name => bill.buyer_name = Name::new(ERASED).unwrap_or_else(|_| bill.buyer_name.clone()),
            Self::Phone => bill.buyer_phone = None,
            Self::Gstin => bill.buyer_gstin = None,
            Self::Address => bill.buyer_address = None,
            Self::Email | Self::Pan | Self::Identity => {}
        }
    }

    fn is_kept_in(self, party: &Party) -> bool {
        match self {
            Self::Name => party.name.as_str() != ERASED,
            Self::Phone => party.phone.is_some(),
            Self::Email => party.email.is_some(),
            Self::Gstin => party.gstin.is_some(),
            Self::Pan => party.pan.is_some(),
            Self::Address => party.address.is_some(),
            Self::Identity => party.identity.is_some(),
        }
    }

    fn take_from(self, party: &mut Party) {
        match self {
            // The marker is a name like any other, as far as the rule for names goes.
            Self::Name => party.name = Name::new(ERASED).unwrap_or_else(|_| party.name.clone()),
            Self::Phone => party.phone = None,
            Self::Email => party.email = None,
            Self::Gstin => party.gstin = None,
            Self::Pan => party.pan = None,
            Self::Address => party.address = None,
            Self::Identity => party.identity = None,
        }
    }

    /// Whether `place` carries this field, now or as it was, and not only what an earlier erasure left.
    fn is_at(self, place: &Place) -> bool {
        let name = place.at.field.strip_suffix(".before").unwrap_or(&place.at.field);
        let said = name.strip_prefix("party.").or_else(|| name.strip_prefix("invoice_parties.buyer_"));
        said == Some(self.code()) && place.value != Value::Text(ERASED.to_owned())
    }
}

impl CustomerKnown {
    /// How each personal field of theirs stands.
    pub fn standing(&self) -> Vec<FieldStanding<CustomerField>> {
        CustomerField::ALL.iter().map(|field| self.standing_of(*field)).collect()
    }

    fn standing_of(&self, field: CustomerField) -> FieldStanding<CustomerField> {
        // A field that the catalogue does not know would be kept as the books are.
        let class = field.catalogued().map_or(Retention::Books, |field| field.kept_for);
        FieldStanding {
            field,
            holds: field.is_kept_in(&self.party)
                || self.bills.iter().any(|bill| field.is_kept_on(bill))
                || self.places.iter().any(|place| field.is_at(place)),
            held: held(class, self.last_document, self.last_processing, self.today),
        }
    }
}

/// Decides whether these fields may be erased, all of them where none is named, and which of them hold anything.
///
/// # Errors
/// [`StillHeld`](super::StillHeld) names every wanted field that the law keeps; else [`ErasureRefusal`].
pub fn may_erase_customer(
    wanted: &[CustomerField],
    known: &CustomerKnown,
) -> Result<Vec<CustomerField>, Box<dyn Refusal>> {
    if !known.is_settled {
        return Err(Box::new(ErasureRefusal::AccountOpen));
    }
    let free = free_of(wanted, known.standing(), CustomerField::code)?;
    if places_of(&free, known).count() > MOST_PLACES {
        return Err(Box::new(ErasureRefusal::TooMuch { most: MOST_PLACES }));
    }
    Ok(free)
}

fn places_of<'k>(fields: &'k [CustomerField], known: &'k CustomerKnown) -> impl Iterator<Item = &'k Place> {
    known.places.iter().filter(|place| fields.iter().any(|field| field.is_at(place)))
}

/// Decides about erasing a customer's data that a second person has approved. `wanted` is what they approved.
///
/// # Errors
/// As [`may_erase_customer`], and [`ErasureRefusal::NotApproved`] for the consent to something else.
pub fn decide_erase_customer(
    wanted: &[CustomerField],
    basis: ErasureBasis,
    known: CustomerKnown,
    consent: &Consent,
) -> Result<PersonalErased, Box<dyn Refusal>> {
    let approved = consent.approval();
    if approved.action != ErasePersonal::CODE || approved.subject != known.party.id.to_string() {
        return Err(Box::new(ErasureRefusal::NotApproved));
    }
    let fields = may_erase_customer(wanted, &known)?;
    let mut places: Vec<_> = places_of(&fields, &known).map(|place| place.at.clone()).collect();
    places.sort_unstable();
    places.dedup();
    let mut after = known.party.clone();
    for field in &fields {
        field.take_from(&mut after);
    }
    if after != known.party {
        after.version = after.version.saturating_add(1);
    }
    let bills = known.bills.into_iter().map(|bill| (blanked(&bill, &fields), bill));
    Ok(PersonalErased {
        subject: Subject::new("customer", known.party.id),
        basis,
        fields: fields.iter().map(|field| format!("party.{field}")).collect(),
        places,
        rows: Rows::Customer(Box::new(CustomerRows {
            party: (known.party, after),
            bills: bills.map(|(after, before)| (before, after)).collect(),
        })),
    })
}

fn blanked(bill: &InvoiceParties, fields: &[CustomerField]) -> InvoiceParties {
    let mut after = bill.clone();
    for field in fields {
        field.take_off(&mut after);
    }
    after
}
