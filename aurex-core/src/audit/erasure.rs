//! Erasing inside the log. The entries stay as they were hashed; what opens a personal commitment becomes nothing.
//!
//! An erasure is itself a change: its entry lists every commitment that it empties, by entry, slot and name, and no value.
//! So whoever verifies a log tells an erased field from one that was taken away: the first is listed by a later entry, the
//! second by none.

use super::entry::{Body, BodyPut, Opening};
use super::record::Column as _;
use super::value::{Malformed, Value};
use crate::identity::actions::{ErasePersonal, ExpirePersonal};
use crate::rbac::Action as _;

/// The actions that may empty a commitment; every store's guards name the same two.
pub(crate) const ERASING: [&str; 2] = [ErasePersonal::CODE, ExpirePersonal::CODE];

/// The remark of an entry that lists what it erased.
pub(super) const LISTED_AS: &str = "erased";

crate::nested! {
    /// A commitment that an erasure emptied.
    #[derive(PartialOrd, Ord)]
    pub struct Erased {
        /// The entry's place in the log.
        entry: u64,
        /// The commitment's slot in it, never 0: the body stays.
        slot: u16,
        /// The commitment's name: `party.name`, `party.name.before`, `request.ip`.
        field: String,
    }
}

/// A personal value that the log still opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where it stands.
    pub at: Erased,
    /// What it says.
    pub value: Value,
}

impl Body {
    /// What this entry erased elsewhere in the log. Empty for every other entry.
    ///
    /// # Errors
    /// [`Malformed`] when the list is none.
    pub fn erased(&self) -> Result<Vec<Erased>, Malformed> {
        match self.notes.iter().find(|(name, _)| name == LISTED_AS) {
            None => Ok(Vec::new()),
            Some((_, list)) => Vec::from_value(list.clone()),
        }
    }
}

/// The personal values of those rows of an entry that `is_theirs`, as far as they have not been erased. The rows are shown
/// with personal fields as [`Value::Withheld`].
///
/// # Errors
/// [`Malformed`] when the entry has no body that reads.
pub fn personal_places(
    entry: u64,
    openings: &[Opening],
    is_theirs: impl Fn(&BodyPut) -> bool,
) -> Result<Vec<Place>, Malformed> {
    // With nothing but the body, personal fields stay the numbers of their slots.
    let body = openings.iter().find(|opening| opening.slot == 0).ok_or(Malformed)?;
    let body = Body::from_openings(std::slice::from_ref(body))?;
    let theirs = body.puts.iter().filter(|put| is_theirs(put));
    let fields = theirs.flat_map(|put| put.fields.iter().chain(&put.before));
    let slots =
        fields.filter_map(|(_, value)| if let Value::Withheld(slot) = value { Some(*slot) } else { None });
    slots
        .filter_map(|slot| openings.iter().find(|opening| opening.slot == slot))
        .map(|opening| place(entry, opening))
        .collect()
}

/// The openings of these names in an entry: the client's address and what it calls itself.
///
/// # Errors
/// [`Malformed`] when one does not read.
pub fn named_places(entry: u64, openings: &[Opening], names: &[&str]) -> Result<Vec<Place>, Malformed> {
    let named = openings.iter().filter(|opening| names.contains(&opening.name.as_str()));
    named.map(|opening| place(entry, opening)).collect()
}

fn place(entry: u64, opening: &Opening) -> Result<Place, Malformed> {
    let at = Erased { entry, slot: opening.slot, field: opening.name.clone() };
    Ok(Place { at, value: Value::from_bytes(&opening.content)? })
}
