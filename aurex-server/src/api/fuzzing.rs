//! What the fuzz harness reaches of the API: its readers of bytes, as functions.
//!
//! The types themselves stay inside. Of a body comes out what a handler would be given beside the value, the flat view
//! that an idempotency key stands for, or the problem that the client would be answered.

use aurex_core::store::PostingKey;
use aurex_core::tenancy::MemberId;

use crate::http::body::{Decode, Leaves, decode};
use crate::http::problem::Problem;

use super::{
    advances::NewAdvanceBody,
    approvals::{ApproveBody, NewApprovalBody},
    billing::BillingPatchBody,
    bookings::NewBookingBody,
    closing::{BooksLockBody, BooksUnlockBody},
    contacts::{ContactBody, ContactCodeBody},
    counting::CountBody,
    erasure::NewErasureBody,
    exports::NewExportBody,
    imports::TableBody,
    invoices::{BillBody, ReasonBody},
    links::{LinkRequestBody, LinkSessionBody, LinkUseBody},
    list::Position,
    member_erasure::NewMemberErasureBody,
    members::{MemberPatchBody, NewMemberBody, PasswordBody, StrengthBody},
    metal::{
        NewGoldsmithIssueBody, NewGoldsmithReceiptBody, NewMeltBody, NewOldMetalBody, NewPaymentBody,
        NewPurchaseBody, NewWriteOffBody,
    },
    notes::{CreditNoteBody, DebitNoteBody},
    parties::{CustomerPatchBody, NewCustomerBody, NewOpeningBody},
    payee::PayeePatchBody,
    rates::{NewRateBody, RateTableBody},
    receipts::NewReceiptBody,
    refunds::NewRefundBody,
    roles::{NewRoleBody, RolePatchBody},
    second_factor::ConfirmBody,
    sessions::{SignInBody, StepUpBody},
    settings::SettingsPatchBody,
    stock::{ItemPatchBody, NewItemBody, NewLotBody},
    tills::{NewTillBody, PinBody, PinSignInBody},
    tokens::NewTokenBody,
    vouchers::NewJournalVoucherBody,
    workspaces::NewWorkspaceBody,
};

/// Reads a body that has arrived whole.
pub type Reader = fn(&[u8]) -> Result<Leaves, Problem>;

fn read<T: Decode>(bytes: &[u8]) -> Result<Leaves, Problem> {
    decode::<T, { usize::MAX }>(bytes).map(|body| body.into_parts().1)
}

macro_rules! bodies {
    ($($Body:ident),* $(,)?) => {
        /// Each body, by the name of its schema.
        pub const BODIES: &[(&str, Reader)] = &[$((stringify!($Body), read::<$Body>)),*];
    };
}

bodies!(
    BillBody,
    CustomerPatchBody,
    ItemPatchBody,
    MemberPatchBody,
    NewCustomerBody,
    NewItemBody,
    NewLotBody,
    NewMemberBody,
    NewRateBody,
    NewReceiptBody,
    NewTokenBody,
    NewWorkspaceBody,
    PasswordBody,
    ReasonBody,
    SettingsPatchBody,
    SignInBody,
    ApproveBody,
    NewApprovalBody,
    ConfirmBody,
    LinkRequestBody,
    LinkSessionBody,
    LinkUseBody,
    NewRoleBody,
    NewTillBody,
    PinBody,
    PinSignInBody,
    RolePatchBody,
    StepUpBody,
    StrengthBody,
    NewExportBody,
    NewErasureBody,
    RateTableBody,
    ContactBody,
    ContactCodeBody,
    NewMemberErasureBody,
    CreditNoteBody,
    DebitNoteBody,
    NewRefundBody,
    NewOldMetalBody,
    NewPurchaseBody,
    NewGoldsmithIssueBody,
    NewGoldsmithReceiptBody,
    NewMeltBody,
    NewWriteOffBody,
    NewPaymentBody,
    TableBody,
    NewOpeningBody,
    CountBody,
    NewBookingBody,
    NewAdvanceBody,
    BillingPatchBody,
    BooksLockBody,
    BooksUnlockBody,
    PayeePatchBody,
    NewJournalVoucherBody,
);

/// Reads what a cursor holds, and writes it again.
pub type Rewriter = fn(&[u8]) -> Option<Vec<u8>>;

fn rewritten<K: Position>(bytes: &[u8]) -> Option<Vec<u8>> {
    K::from_bytes(bytes).map(K::to_bytes)
}

/// The forms that positions in lists have: an id (of any noun), a number, a place in an account.
pub const POSITIONS: &[Rewriter] = &[rewritten::<MemberId>, rewritten::<u64>, rewritten::<PostingKey>];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// The last word of each `$ref` in here.
    fn references(of: &Value, found: &mut BTreeSet<String>) {
        match of {
            Value::Object(members) => {
                let name =
                    members.get("$ref").and_then(Value::as_str).and_then(|path| path.rsplit('/').next());
                found.extend(name.map(str::to_owned));
                members.values().for_each(|value| references(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }

    fn request_bodies(of: &Value, found: &mut BTreeSet<String>) {
        let Some(members) = of.as_object() else { return };
        for (key, value) in members {
            if key == "requestBody" { references(value, found) } else { request_bodies(value, found) }
        }
    }

    #[test]
    fn no_body_of_the_document_is_left_out() {
        let document = super::super::document().unwrap();
        let mut asked = BTreeSet::new();
        request_bodies(&document["paths"], &mut asked);
        let named: BTreeSet<_> = BODIES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(named, asked);
        assert_eq!(named.len(), BODIES.len());
    }
}
