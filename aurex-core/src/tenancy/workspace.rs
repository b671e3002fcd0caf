//! The workspace's own row: what the kernel needs to know of it. What a shop adds stands in the shop's room.

use super::{AccessRule, BillingDetails, Contact, PayeeDetails, PlanState, Slug};
use crate::money::Currency;
use crate::rbac::Role;
use crate::text::Name;
use crate::time::{Date, Timestamp, Zone};

crate::record! {
    /// A workspace.
    pub struct Workspace in "workspace" {
        /// Its name in requests, never reused.
        slug: Slug = 1 [key],
        /// Its name for people.
        name: Name = 2,
        /// The one currency of its books.
        currency: Currency = 3,
        /// The zone of its business dates.
        zone: Zone = 4,
        /// When it was opened.
        created_at: Timestamp = 5,
        /// Counts changes; the ETag.
        version: u32 = 6,
        /// Whether members may sign in by a link in a mail.
        magic_links: bool = 7,
        /// The roles that must have a second factor.
        second_factor_for: Vec<Role> = 8,
        /// When and from where members may sign in and act: one rule a role at most, none for owners.
        access_rules: Vec<AccessRule> = 9,
        /// Where the workspace is reached: one address a kind.
        contacts: Vec<Contact> = 10 [personal],
        /// When it ends, once two owners let it: read-only until then, gone after.
        ends_at: Option<Timestamp> = 11,
        /// How it stands with whoever runs the service.
        plan: PlanState = 12,
        /// Whom bills for the service are made out to.
        billing: Option<BillingDetails> = 13 [personal],
        /// The last day of the books that takes no entries any more; none while all of them do.
        books_locked_through: Option<Date> = 14,
        /// Where its customers pay.
        payee: Option<PayeeDetails> = 15 [personal],
    }
}

impl crate::audit::Column for Zone {
    fn to_value(&self) -> crate::audit::Value {
        crate::audit::Value::Text(self.name().to_owned())
    }
    fn from_value(value: crate::audit::Value) -> Result<Self, crate::audit::Malformed> {
        String::from_value(value).and_then(|name| name.parse().map_err(|_| crate::audit::Malformed))
    }
}
