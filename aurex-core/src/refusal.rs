//! Refusals: what a rule of the business says no to, in terms that a client can act on.

use std::fmt;

/// What kind of no it is; an embedder matches on this, the edge maps it to a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The command itself is not acceptable, whatever the state.
    Invalid,
    /// The command names something that is not there.
    NotFound,
    /// The command is acceptable, the present state is not.
    Conflict,
    /// The actor's limits end before this.
    BeyondLimit,
    /// What the command would use up is used up, or was never there.
    Gone,
}

/// A rule's refusal. Each family is an enum of its room; this is what all of them can say.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// What kind of no it is.
    fn kind(&self) -> RefusalKind;

    /// The stable code for clients: `noun.what`.
    fn code(&self) -> &'static str;

    /// Where in the command, as a JSON pointer (RFC 6901); `None` for the whole of it.
    fn pointer(&self) -> Option<String> {
        None
    }

    /// All that is wrong, when the refusal knows more than one thing.
    fn faults(&self) -> Vec<Fault> {
        self.pointer()
            .map(|pointer| Fault { pointer, code: self.code(), message: self.to_string() })
            .into_iter()
            .collect()
    }
}

/// What the documentation says of one refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RefusalInfo {
    /// The stable code.
    pub code: &'static str,
    /// What kind of no it is.
    pub kind: RefusalKind,
    /// The sentence, with the places of its details in braces.
    pub message: &'static str,
}

/// One thing that is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where, as a JSON pointer.
    pub pointer: String,
    /// The stable code.
    pub code: &'static str,
    /// A sentence for people; it never repeats the value.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.pointer, self.message)
    }
}

/// Declares a family of refusals. Each variant: kind, code, pointer (a literal with the variant's fields in braces, or
/// `""` for the whole command), message.
#[macro_export]
macro_rules! refusals {
    ($(#[$meta:meta])* $vis:vis enum $Name:ident {
        $( $(#[$vmeta:meta])* $Variant:ident $({ $( $(#[$fmeta:meta])* $field:ident : $Type:ty ),* $(,)? })?
            = $Kind:ident, $code:literal, $pointer:literal, $message:literal; )*
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        #[non_exhaustive]
        $vis enum $Name {
            $( $(#[$vmeta])* #[error($message)] $Variant $({ $( $(#[$fmeta])* $field: $Type ),* })? ),*
        }

        impl $Name {
            /// Every refusal of the family, for the documentation.
            pub const CATALOGUE: &'static [$crate::refusal::RefusalInfo] = &[$(
                $crate::refusal::RefusalInfo {
                    code: $code,
                    kind: $crate::refusal::RefusalKind::$Kind,
                    message: $message,
                }
            ),*];
        }

        impl $crate::refusal::Refusal for $Name {
            fn kind(&self) -> $crate::refusal::RefusalKind {
                match self { $( Self::$Variant { .. } => $crate::refusal::RefusalKind::$Kind ),* }
            }

            fn code(&self) -> &'static str {
                match self { $( Self::$Variant { .. } => $code ),* }
            }

            fn pointer(&self) -> Option<String> {
                let pointer = match self {
                    $( Self::$Variant $({ $($field),* })? => {
                        // A pointer need not name every field.
                        $( $( let _ = $field; )* )?
                        format!($pointer)
                    } ),*
                };
                if pointer.is_empty() { None } else { Some(pointer) }
            }
        }
    };
}

/// Every refusal of core, in the order of the codes, one a code: the page that documents them is printed from it.
#[cfg(feature = "shop")]
pub fn catalogue() -> Vec<RefusalInfo> {
    use crate::{erasure, identity, ledger, rbac, shop};
    let families = [
        rbac::Denied::CATALOGUE,
        identity::founding::FoundingRefusal::CATALOGUE,
        identity::opening::OpeningRefusal::CATALOGUE,
        identity::access_rules::AccessRuleRefusal::CATALOGUE,
        identity::members::MemberRefusal::CATALOGUE,
        identity::contacts::ContactRefusal::CATALOGUE,
        identity::plans::PlanRefusal::CATALOGUE,
        identity::plans::BillingRefusal::CATALOGUE,
        identity::payee::PayeeRefusal::CATALOGUE,
        identity::deletion::DeletionRefusal::CATALOGUE,
        identity::credentials::PasswordRefusal::CATALOGUE,
        identity::credentials::UnfitPassword::CATALOGUE,
        identity::second_factors::FactorRefusal::CATALOGUE,
        identity::tokens::TokenRefusal::CATALOGUE,
        identity::links::LinkRefusal::CATALOGUE,
        identity::approvals::ApprovalRefusal::CATALOGUE,
        erasure::ErasureRefusal::CATALOGUE,
        erasure::StillHeld::CATALOGUE,
        identity::roles::CustomRoleRefusal::CATALOGUE,
        identity::tills::TillRefusal::CATALOGUE,
        identity::pins::PinRefusal::CATALOGUE,
        crate::service::DigestRefusal::CATALOGUE,
        identity::pins::UnfitPin::CATALOGUE,
        shop::cash::CashRefusal::CATALOGUE,
        crate::service::shop::BooksRefusal::CATALOGUE,
        ledger::LockedDay::CATALOGUE,
        shop::books::LockRefusal::CATALOGUE,
        shop::vouchers::JournalVoucherRefusal::CATALOGUE,
        shop::rates::RateRefusal::CATALOGUE,
        shop::parties::PartyRefusal::CATALOGUE,
        shop::stock::StockRefusal::CATALOGUE,
        shop::stock::DescribeRefusal::CATALOGUE,
        shop::invoices::InvoiceRefusal::CATALOGUE,
        shop::e_invoice::EInvoiceRefusal::CATALOGUE,
        shop::receipts::ReceiptRefusal::CATALOGUE,
        shop::notes::NoteRefusal::CATALOGUE,
        shop::parties::OpeningRefusal::CATALOGUE,
        shop::refunds::RefundRefusal::CATALOGUE,
        shop::metal::MetalRefusal::CATALOGUE,
        shop::payments::PaymentRefusal::CATALOGUE,
        shop::bookings::BookingRefusal::CATALOGUE,
        crate::service::shop::StatementRefusal::CATALOGUE,
        crate::service::transparency::TransparencyRefusal::CATALOGUE,
    ];
    let mut all: Vec<RefusalInfo> = families.into_iter().flatten().copied().collect();
    all.sort_by_key(|info| info.code);
    all.dedup_by_key(|info| (info.code, info.kind));
    all
}

#[cfg(all(test, feature = "shop"))]
mod tests {
    use super::*;

    #[test]
    fn codes_are_a_noun_and_what_about_it_and_mean_one_kind_of_no() {
        let mut seen = std::collections::BTreeSet::new();
        for info in catalogue() {
            assert!(seen.insert(info.code), "{} is of two kinds", info.code);
            let code = info.code;
            assert_eq!(code.matches('.').count(), 1, "{code}");
            assert!(code.bytes().all(|b| b.is_ascii_lowercase() || b == b'.' || b == b'_'), "{code}");
        }
    }

    #[test]
    fn every_reason_against_a_password_is_in_the_catalogue() {
        use crate::identity::password::{ContextSource, Violation};
        let violations = [
            Violation::TooShort { minimum: 8 },
            Violation::TooLong { maximum: 128 },
            Violation::Common,
            Violation::ContextWord { source: ContextSource::Email },
        ];
        for violation in violations {
            assert!(catalogue().iter().any(|info| info.code == violation.code()), "{violation:?}");
        }
    }
}
