//! Core's values, read from requests: the one place where the wire's forms meet core's types.
//!
//! A value that core refuses is a field error here, so that every body reports it like any other mistake.

use aurex_core::measure::{FineMass, Fineness, Mass, Metal, RateBasis, RateKind, Ratio, StoneMass};
use aurex_core::money::{Currency, Money};
use aurex_core::rbac::Role;
use aurex_core::shop::bookings::{BookingState, LockPolicy};
use aurex_core::shop::identifiers::{Gstin, Hsn, Huid, Pan, Phone, StateCode};
use aurex_core::shop::metal::LossBearer;
use aurex_core::shop::notes::{Goods, NoteCharge, NoteReason};
use aurex_core::shop::parties::{IdentityKind, OpeningSide};
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::shop::vouchers::EntrySide;
use aurex_core::tenancy::{AccountNumber, Ifsc, Network, Slug, TimeOfDay, Vpa};
use aurex_core::text::{Email, Text, TextError};
use aurex_core::time::{Date, Timestamp, Zone, parse_date};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};

use crate::http::body::{Decode, Errors, Int, Node, Property, object_schema};
use crate::http::problem::FieldCode;

/// 2^53 − 1: every client reads it exactly.
const EXACT: i64 = (1 << 53) - 1;

fn string_schema(describe: impl FnOnce(&mut MetaSchema)) -> MetaSchemaRef {
    let mut schema = MetaSchema::new("string");
    describe(&mut schema);
    MetaSchemaRef::Inline(Box::new(schema))
}

fn text<'n>(node: &'n Node, errors: &mut Errors) -> Option<&'n str> {
    let text = node.text();
    if text.is_none() {
        errors.push(FieldCode::WrongType);
    }
    text
}

/// Reads text that `parse` accepts.
fn parsed<T>(
    node: &Node,
    errors: &mut Errors,
    code: FieldCode,
    parse: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let value = parse(text(node, errors)?);
    if value.is_none() {
        errors.push(code);
    }
    value
}

impl<const MAX: usize> Decode for Text<MAX> {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        match Self::new(text(node, errors)?) {
            Ok(text) => Some(text),
            Err(error) => {
                errors.push(match error {
                    TextError::Blank => FieldCode::TextTooShort,
                    TextError::TooLong { .. } => FieldCode::TextTooLong,
                    _ => FieldCode::TextCharacter,
                });
                None
            }
        }
    }

    fn schema() -> MetaSchemaRef {
        string_schema(|schema| {
            schema.min_length = Some(1);
            schema.max_length = Some(MAX);
        })
    }
}

/// Values with a text form of their own: how they are read, and how long they can be.
macro_rules! text_values {
    ($($T:ty: $min:literal..=$max:literal, $code:ident, $parse:expr;)*) => {$(
        impl Decode for $T {
            fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
                parsed(node, errors, FieldCode::$code, $parse)
            }

            fn schema() -> MetaSchemaRef {
                string_schema(|schema| {
                    schema.min_length = Some($min);
                    schema.max_length = Some($max);
                })
            }
        }
    )*};
}

text_values! {
    Email: 3..=254, Invalid, |text| Email::new(text).ok();
    TimeOfDay: 5..=5, Invalid, |text| text.parse().ok();
    Network: 2..=43, Invalid, |text| text.parse().ok();
    Slug: 3..=30, Invalid, |text| text.parse().ok();
    Zone: 1..=64, Invalid, |text| text.parse().ok();
    Date: 10..=10, Invalid, |text| parse_date(text).ok();
    Timestamp: 20..=40, Invalid, |text| Timestamp::parse(text).ok();
    Currency: 3..=3, ChoiceUnknown, |text| Currency::from_code(text).ok();
    Gstin: 15..=15, Invalid, |text| Gstin::parse(text).ok();
    Pan: 10..=10, Invalid, |text| Pan::parse(text).ok();
    Vpa: 5..=64, Invalid, Vpa::parse;
    AccountNumber: 9..=30, Invalid, AccountNumber::parse;
    Ifsc: 11..=11, Invalid, Ifsc::parse;
    Hsn: 4..=8, Invalid, |text| Hsn::parse(text).ok();
    Huid: 6..=6, Invalid, |text| Huid::parse(text).ok();
    Phone: 7..=24, Invalid, |text| Phone::parse(text).ok();
    StateCode: 2..=2, ChoiceUnknown, |text| StateCode::parse(text).ok();
}

/// Values that are one of a few words.
macro_rules! word_values {
    ($($T:ty: [$($word:literal),*], $parse:expr;)*) => {$(
        impl Decode for $T {
            fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
                parsed(node, errors, FieldCode::ChoiceUnknown, $parse)
            }

            fn schema() -> MetaSchemaRef {
                string_schema(|schema| schema.enum_items = vec![$($word.into()),*])
            }
        }
    )*};
}

word_values! {
    Metal: ["gold", "silver", "platinum"], |text| Metal::from_code(text).ok();
    RateKind: ["sell", "buy", "exchange"], RateKind::from_code;
    RateBasis: ["millesimal", "karat", "manual"], RateBasis::from_code;
    Role: ["owner", "admin", "manager", "cashier", "accountant", "auditor"], |text| text.parse().ok();
    Goods: ["returned", "kept"], |text| text.parse().ok();
    NoteCharge: ["metal", "making", "stones", "other"], |text| text.parse().ok();
    NoteReason: [
        "sales_return", "post_sale_discount", "deficiency", "correction", "change_of_place", "finalisation", "other"
    ], |text| text.parse().ok();
    PaymentMode: [
        "cash", "cash_deposit", "upi", "card", "bank", "cheque_account_payee", "cheque_other", "old_metal", "advance"
    ], |text| text.parse().ok();
    IdentityKind: ["aadhaar", "pan", "voter_id", "driving_licence", "passport"], |text| text.parse().ok();
    OpeningSide: ["owed_to_shop", "owed_by_shop"], |text| text.parse().ok();
    EntrySide: ["debit", "credit"], |text| text.parse().ok();
    LossBearer: ["agreed", "goldsmith", "shop"], |text| text.parse().ok();
    LockPolicy: ["locked", "lower_of", "proportional"], |text| text.parse().ok();
    BookingState: ["open", "cancelled"], |text| text.parse().ok();
}

/// Values that are one whole number.
macro_rules! number_values {
    ($($T:ty: $min:literal..=$max:expr, $make:expr;)*) => {$(
        impl Decode for $T {
            fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
                let number = Int::<$min, { $max }>::decode(node, errors)?.get();
                let value = $make(number);
                if value.is_none() {
                    errors.push(FieldCode::NumberOutOfRange);
                }
                value
            }

            fn schema() -> MetaSchemaRef {
                Int::<$min, { $max }>::schema()
            }
        }
    )*};
}

number_values! {
    Mass: 0..=EXACT, |n| Self::new(n).ok();
    StoneMass: 0..=EXACT, |n| Self::new(n).ok();
    FineMass: 0..=EXACT, |n| Self::new(n).ok();
    Fineness: 1..=1_000_000, |n| u32::try_from(n).ok().and_then(|ppm| Self::new(ppm).ok());
    Ratio: 0..=10_000_000, |n| i32::try_from(n).ok().map(Self::from_ppm);
}

impl Decode for Money {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let mut fields = errors.object(node)?;
        let minor = fields.take::<Int<{ -EXACT }, EXACT>>("minor", errors);
        let currency = fields.take::<Currency>("currency", errors);
        fields.finish(errors);
        let money = Self::new(minor?.get(), currency?);
        if money.is_err() {
            errors.push(FieldCode::NumberOutOfRange);
        }
        money.ok()
    }

    // Not the answers' schema: a request's objects are closed.
    fn schema() -> MetaSchemaRef {
        MetaSchemaRef::Reference("MoneyBody".to_owned())
    }

    fn register(registry: &mut Registry) {
        registry.create_schema::<Self, _>("MoneyBody".to_owned(), |_| {
            object_schema(
                "An amount in whole minor units: `{\"minor\": 5184500, \"currency\": \"INR\"}` is ₹51,845.00.",
                vec![
                    Property::of::<Int<{ -EXACT }, EXACT>>("minor", "Minor units, within ±(2^53 − 1)."),
                    Property::of::<Currency>("currency", "The ISO 4217 code."),
                ],
            )
        });
    }
}

/// Ids: what cannot be one of this noun is a field error in a body, and an id that is not here in a path.
macro_rules! id_values {
    ($($T:ty),* $(,)?) => {$(
        impl Decode for $T {
            fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
                parsed(node, errors, FieldCode::Invalid, |text| text.parse().ok())
            }

            fn schema() -> MetaSchemaRef {
                string_schema(|schema| {
                    schema.min_length = Some(36);
                    schema.max_length = Some(36);
                    schema.pattern =
                        Some(concat_pattern(<$T as aurex_core::tenancy::Id>::PREFIX));
                })
            }
        }
    )*};
}

fn concat_pattern(prefix: &str) -> String {
    format!("^{prefix}_[0-9a-f]{{32}}$")
}

id_values!(
    aurex_core::tenancy::MemberId,
    aurex_core::tenancy::ApiTokenId,
    aurex_core::tenancy::ApprovalId,
    aurex_core::tenancy::ExportId,
    aurex_core::tenancy::SessionId,
    aurex_core::tenancy::CustomRoleId,
    aurex_core::tenancy::TillId,
    aurex_core::ledger::AccountId,
    aurex_core::shop::rates::RateId,
    aurex_core::shop::parties::PartyId,
    aurex_core::shop::stock::ItemId,
    aurex_core::shop::stock::LotId,
    aurex_core::shop::invoices::InvoiceId,
    aurex_core::shop::receipts::ReceiptId,
    aurex_core::shop::notes::BillNoteId,
    aurex_core::shop::refunds::RefundId,
    aurex_core::shop::metal::MetalVoucherId,
    aurex_core::shop::payments::PaymentId,
    aurex_core::shop::bookings::BookingId,
    aurex_core::shop::bookings::AdvanceId,
    aurex_core::shop::vouchers::JournalVoucherId,
);
