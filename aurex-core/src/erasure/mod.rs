//! Erasing somebody's personal data: what may be erased, from when on, by whose word.
//!
//! Two people decide it, by one of a few [legal bases](ErasureBasis), and no sooner than the law lets them: what has to be
//! kept is [data](RULES) with its date and source. Erased are values of the fields that the [catalogue](PERSONAL) calls
//! personal, wherever they stand: in their table, and in every entry of the log that carried them. Never an amount, a
//! number, a date, an action or who acted: those are not personal fields, and no list here can name them.
//!
//! | file | idea |
//! |---|---|
//! | `retention` | how long the law wants what kept |
//! | `catalogue` | every personal field: why it is kept, and what stands there afterwards |
//! | `choose` | all of the wanted fields or none |
//! | `customer` | what may be erased of a customer |
//! | `member` | what may be erased of somebody who was a member |
//! | `expiry` | what goes by itself once its time is over |
//! | `change` | the erasure itself, made with an approval's consent alone |
//! | `own` | what may be erased in an embedder's own tables |
//! | `refusal` | why not, or not yet |

mod catalogue;
mod change;
mod choose;
#[cfg(feature = "shop")]
mod customer;
mod expiry;
mod member;
mod own;
mod refusal;
mod retention;

pub use catalogue::{
    ERASED, ERASED_ADDRESSES, PERSONAL, PersonalField, REQUEST, erased_address, personal_field,
};
pub use change::{ErasureBasis, PersonalErased};
pub use choose::MOST_PLACES;
#[cfg(feature = "shop")]
pub use customer::{CustomerField, CustomerKnown, decide_erase_customer, may_erase_customer};
pub use expiry::ExpiryClass;
pub use member::{MemberField, MemberKnown, decide_erase_member, may_erase_member};
pub use own::{OwnErased, OwnKnown, decide_erase_own};
pub use refusal::{ErasureRefusal, Held, StillHeld};
pub use retention::{CountsFrom, Keeps, RULES, Retention, RetentionRule, held};

use crate::time::Date;

/// How one personal field of somebody stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldStanding<F> {
    /// The field.
    pub field: F,
    /// Whether there is anything of it, in its table or in the log.
    pub holds: bool,
    /// The rule that keeps it longest, and the first day on which it may be erased; none where none keeps it.
    pub held: Option<(&'static RetentionRule, Date)>,
}
