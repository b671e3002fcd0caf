//! What stood between somebody and the shop before the books began here.

use super::{Party, PartyId, PartyKind};
use crate::audit::{Change, Draft, Subject};
use crate::ledger::{
    Account, AccountId, Journal, JournalDraft, JournalEntry, JournalEntryId, JournalError, Posting,
};
use crate::money::{Currency, Money};
use crate::shop::accounts::{Chart, For, NoSuchAccount};
use crate::text::{Label, Note};
use crate::time::{Date, Timestamp};

/// What entries of opening balances call their source.
pub const OPENING: &str = "opening_balance";

crate::codes! {
    /// Who owed whom.
    pub enum OpeningSide {
        /// They owed the shop.
        OwedToShop = "owed_to_shop",
        /// The shop owed them.
        OwedByShop = "owed_by_shop",
    }
}

/// An opening balance to be posted.
#[derive(Debug, Clone)]
pub struct NewOpening {
    /// How much.
    pub amount: Money,
    /// Who owed whom.
    pub side: OpeningSide,
    /// Where it comes from, in words.
    pub reason: Option<Note>,
}

/// An opening balance as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// The journal entry.
    pub entry: JournalEntryId,
    /// Whose.
    pub party: PartyId,
    /// How much.
    pub amount: Money,
    /// Who owed whom.
    pub side: OpeningSide,
    /// The date it is posted on.
    pub effective: Date,
    /// In words.
    pub narration: Note,
}

/// What is known when an opening balance is posted.
#[derive(Debug, Clone, Copy)]
pub struct OpeningKnown<'a> {
    /// Whose.
    pub party: &'a Party,
    /// Whether anything but opening balances was posted to their accounts.
    pub has_traded: bool,
    /// The accounts of the workspace and the party.
    pub accounts: &'a [Account],
    /// The currency of the books.
    pub currency: Currency,
    /// Today in the workspace.
    pub today: Date,
    /// The turn's time.
    pub now: Timestamp,
}

crate::refusals! {
    /// Why an opening balance is not posted.
    pub enum OpeningRefusal {
        /// Nothing, or less.
        NotPositive = Invalid, "opening.not_positive", "/amount", "an opening balance is of more than nothing";
        /// The books have one currency.
        OtherCurrency = Invalid, "opening.other_currency", "/amount/currency", "the books are kept in another currency";
        /// The books with them have begun.
        HasTraded = Conflict, "opening.has_traded", "", "something else was posted to their account since: an opening balance comes before it, and a journal voucher puts right what is wrong now";
        /// The chart lacks an account, or one of them is closed.
        Books {
            /// What the books say.
            why: String
        } = Conflict, "books.refuse", "", "the books refuse: {why}";
    }
}

impl From<NoSuchAccount> for OpeningRefusal {
    fn from(error: NoSuchAccount) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<JournalError> for OpeningRefusal {
    fn from(error: JournalError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

impl From<crate::text::TextError> for OpeningRefusal {
    fn from(error: crate::text::TextError) -> Self {
        Self::Books { why: error.to_string() }
    }
}

/// An opening balance was posted.
#[derive(Debug, Clone)]
pub struct OpeningPosted {
    /// What stands in the journal.
    pub opening: Opening,
    journal: Journal,
}

/// Decides about posting what somebody owed, or was owed, when the books began. What was posted wrongly is put right by
/// posting the other side.
///
/// # Errors
/// [`OpeningRefusal`].
pub fn decide_open(
    new: &NewOpening,
    known: OpeningKnown<'_>,
    entry: JournalEntryId,
) -> Result<OpeningPosted, OpeningRefusal> {
    if new.amount.currency() != known.currency {
        return Err(OpeningRefusal::OtherCurrency);
    }
    let minor = new.amount.minor();
    if minor <= 0 {
        return Err(OpeningRefusal::NotPositive);
    }
    if known.has_traded {
        return Err(OpeningRefusal::HasTraded);
    }
    let chart = Chart(known.accounts);
    let own = match known.party.kind {
        PartyKind::Customer => For::Receivable,
        PartyKind::Supplier | PartyKind::Goldsmith => For::Payable,
    };
    let (theirs, opening) = (chart.of_party(own, known.party.id)?, chart.of(For::Opening)?);
    let (debit, credit) = match new.side {
        OpeningSide::OwedToShop => (theirs, opening),
        OpeningSide::OwedByShop => (opening, theirs),
    };
    let narration = match &new.reason {
        Some(reason) => reason.clone(),
        None => Note::new("Opening balance")?,
    };
    let head = JournalEntry {
        id: entry,
        effective: known.today,
        recorded_at: known.now,
        source_kind: Label::new(OPENING)?,
        source_id: Label::new(known.party.id.to_string())?,
        narration: narration.clone(),
        reverses: None,
    };
    let journal = JournalDraft::new(head).debit(debit, minor).credit(credit, minor).balance()?;
    let opening = Opening {
        entry,
        party: known.party.id,
        amount: new.amount,
        side: new.side,
        effective: known.today,
        narration,
    };
    Ok(OpeningPosted { opening, journal })
}

impl Opening {
    /// The opening balance that a journal entry posted, given the account of opening balances; `None` for an entry of
    /// anything else.
    #[must_use]
    pub fn of_journal(
        entry: &JournalEntry,
        postings: &[Posting],
        opening: AccountId,
        currency: Currency,
    ) -> Option<Self> {
        if entry.source_kind.as_str() != OPENING {
            return None;
        }
        let counter = postings.iter().find(|posting| posting.account == opening)?.amount;
        let side = if counter < 0 { OpeningSide::OwedToShop } else { OpeningSide::OwedByShop };
        Some(Self {
            entry: entry.id,
            party: entry.source_id.as_str().parse().ok()?,
            amount: Money::new(counter.checked_abs()?, currency).ok()?,
            side,
            effective: entry.effective,
            narration: entry.narration.clone(),
        })
    }
}

impl Change for OpeningPosted {
    type By = crate::shop::actions::OpenBalance;

    fn subject(&self) -> Subject {
        Subject::new(OPENING, self.opening.entry)
    }

    fn record(self, draft: &mut Draft) {
        self.journal.record(draft);
    }
}
