//! Putting right what was written about a piece: its description, tag or hallmark id.
//!
//! Metal, weight and cost are not among it: they are posted, and what is posted is reversed, not edited. A piece on a
//! bill keeps its words too, because the bill that the customer holds says them.

use super::rows::{Item, ItemState};
use crate::audit::{Change, Draft, Subject};
use crate::shop::identifiers::Huid;
use crate::text::{Label, Name};

/// What shall be different about a piece. The outer `Option` says whether the field is touched.
#[derive(Debug, Clone, Default)]
pub struct ItemPatch {
    /// The tag.
    pub tag: Option<Label>,
    /// What it is.
    pub description: Option<Name>,
    /// Its hallmark id.
    pub huid: Option<Option<Huid>>,
}

/// What is known when a piece is described anew.
#[derive(Debug, Clone, Copy, Default)]
pub struct DescribeKnown {
    /// Whether another piece has the wanted tag.
    pub tag_taken: bool,
    /// Whether another live piece has the wanted hallmark id.
    pub huid_taken: bool,
}

crate::refusals! {
    /// Why a piece is not described anew.
    pub enum DescribeRefusal {
        /// It is on a bill that stands.
        NotInStock = Conflict, "item.not_in_stock", "", "the piece is not in stock";
        /// The tag is on another piece.
        TagTaken = Conflict, "item.tag_taken", "/tag", "another piece has this tag";
        /// The hallmark id is on another live piece.
        HuidTaken = Conflict, "item.huid_taken", "/huid", "a live piece has this hallmark id";
    }
}

/// A piece was described anew.
#[derive(Debug, Clone)]
pub struct ItemDescribed {
    before: Item,
    /// The piece as it shall be.
    pub after: Item,
}

/// Decides about describing a piece anew.
///
/// # Errors
/// [`DescribeRefusal`].
pub fn decide_describe_item(
    before: &Item,
    patch: ItemPatch,
    known: DescribeKnown,
) -> Result<ItemDescribed, DescribeRefusal> {
    if before.state != ItemState::InStock {
        return Err(DescribeRefusal::NotInStock);
    }
    if known.tag_taken {
        return Err(DescribeRefusal::TagTaken);
    }
    if known.huid_taken {
        return Err(DescribeRefusal::HuidTaken);
    }
    let mut after = before.clone();
    if let Some(tag) = patch.tag {
        after.tag = tag;
    }
    if let Some(description) = patch.description {
        after.description = description;
    }
    if let Some(huid) = patch.huid {
        after.huid = huid;
    }
    if after != *before {
        after.version = before.version.saturating_add(1);
    }
    Ok(ItemDescribed { before: before.clone(), after })
}

impl ItemDescribed {
    /// Whether nothing is different.
    pub fn is_nothing(&self) -> bool {
        self.before == self.after
    }
}

impl Change for ItemDescribed {
    type By = crate::shop::actions::DescribeItem;

    fn subject(&self) -> Subject {
        Subject::new("item", self.after.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.update(&self.before, self.after);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::measure::{Fineness, Mass, Metal};
    use crate::money::{Currency, Money};
    use crate::shop::identifiers::Hsn;
    use crate::shop::stock::ItemId;
    use crate::tenancy::Id as _;
    use crate::time::Timestamp;

    fn ring() -> Item {
        Item {
            id: ItemId::from_uuid(uuid::Uuid::from_u128(1)),
            tag: Label::new("R-1").unwrap(),
            description: Name::new("Gold rign").unwrap(),
            huid: Some(Huid::parse("AB12CD").unwrap()),
            metal: Metal::Gold,
            fineness: Fineness::new(916_000).unwrap(),
            gross: Mass::new(3390).unwrap(),
            less: Mass::ZERO,
            stones: Vec::new(),
            making: None,
            hsn: Hsn::parse("71131911").unwrap(),
            cost: Money::zero(Currency::INR),
            state: ItemState::InStock,
            created_at: Timestamp::from_micros(0),
            version: 4,
        }
    }

    fn describe(item: &Item, patch: ItemPatch) -> Result<ItemDescribed, DescribeRefusal> {
        decide_describe_item(item, patch, DescribeKnown::default())
    }

    #[test]
    fn what_is_touched_changes_and_the_rest_stays() {
        let patch = ItemPatch {
            description: Some(Name::new("Gold ring").unwrap()),
            huid: Some(None),
            ..ItemPatch::default()
        };
        let after = describe(&ring(), patch).unwrap().after;
        let wanted = Item { description: Name::new("Gold ring").unwrap(), huid: None, version: 5, ..ring() };
        assert_eq!(after, wanted);
    }

    #[test]
    fn what_is_the_same_already_is_no_change() {
        let patch = ItemPatch {
            tag: Some(ring().tag),
            description: Some(ring().description),
            huid: Some(ring().huid),
        };
        let same = describe(&ring(), patch).unwrap();
        assert!(same.is_nothing());
        assert_eq!(same.after.version, 4);
    }

    #[test]
    fn a_sold_piece_keeps_its_words() {
        let sold = Item { state: ItemState::Sold, ..ring() };
        assert_eq!(describe(&sold, ItemPatch::default()).unwrap_err(), DescribeRefusal::NotInStock);
    }

    #[test]
    fn names_of_other_pieces_are_refused() {
        let refused = |tag_taken, huid_taken| {
            let known = DescribeKnown { tag_taken, huid_taken };
            decide_describe_item(&ring(), ItemPatch::default(), known).unwrap_err()
        };
        assert_eq!(refused(true, false), DescribeRefusal::TagTaken);
        assert_eq!(refused(false, true), DescribeRefusal::HuidTaken);
    }
}
