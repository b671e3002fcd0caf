//! What can be asked for, and how it is frozen: JSON with its members in the order of their names and nothing between
//! them, in the form in which clients send it.

use serde_json::{Value, json};

#[cfg(feature = "shop")]
use crate::erasure::CustomerField;
use crate::erasure::{ErasureBasis, MemberField};
use crate::identity::actions::{ChangeMember, DeleteWorkspace, ErasePersonal, ExportWorkspace};
#[cfg(feature = "shop")]
use crate::money::Money;
use crate::rbac::{Action, Role};
#[cfg(feature = "shop")]
use crate::shop::{
    actions::{CancelInvoice, PostRate, ReverseReceipt},
    invoices::InvoiceId,
    parties::PartyId,
    rates::NewRate,
    receipts::ReceiptId,
};
use crate::store::StoreError;
use crate::tenancy::MemberId;
use crate::text::{Name, Note};

/// A command that a second person can let happen.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command {
    /// Give a member another role.
    MemberRole {
        /// Who.
        member: MemberId,
        /// The role.
        role: Role,
    },
    /// Cancel a bill.
    #[cfg(feature = "shop")]
    InvoiceCancel {
        /// Which.
        invoice: InvoiceId,
        /// Why.
        reason: Note,
    },
    /// Reverse a receipt.
    #[cfg(feature = "shop")]
    ReceiptReverse {
        /// Which.
        receipt: ReceiptId,
        /// Why.
        reason: Note,
    },
    /// Post a rate, for the day on which it is approved.
    #[cfg(feature = "shop")]
    RatePost(NewRate),
    /// Take the whole workspace away, as an archive.
    WorkspaceExport {
        /// Whom the archive is sealed to, as they are written.
        recipients: Vec<Name>,
    },
    /// Delete the whole workspace, a month from when it is approved.
    WorkspaceDelete {
        /// The workspace's name for people, typed by who asks.
        name: Name,
        /// Whether who asks says that keeping the books as long as the law wants them is theirs from there on.
        keeps_books: bool,
    },
    /// Erase a former member's personal data.
    MemberErase {
        /// Whose.
        member: MemberId,
        /// By what right.
        basis: ErasureBasis,
        /// Which fields; all of them where none is named.
        fields: Vec<MemberField>,
    },
    /// Erase a customer's personal data.
    #[cfg(feature = "shop")]
    CustomerErase {
        /// Whose.
        customer: PartyId,
        /// By what right.
        basis: ErasureBasis,
        /// Which fields; all of them where none is named.
        fields: Vec<CustomerField>,
    },
}

/// A command as it was asked for.
///
/// ```
/// use aurex_core::rbac::Role;
/// use aurex_core::service::access::{AskedCommand, Command};
/// use aurex_core::tenancy::{Id as _, MemberId};
///
/// let member = MemberId::from_uuid(aurex_core::uuid::Uuid::from_u128(7));
/// let asked = AskedCommand { command: Command::MemberRole { member, role: Role::Manager }, note: None };
/// assert_eq!(
///     asked.freeze(),
///     r#"{"command":{"member_id":"mem_00000000000000000000000000000007","role":"manager"},"note":null}"#
/// );
/// assert_eq!(AskedCommand::thaw("member.change", &asked.freeze()).unwrap(), asked);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedCommand {
    /// The command.
    pub command: Command,
    /// What who asked says about it. It is frozen with the command: nobody approves something else than they read.
    pub note: Option<Note>,
}

impl Command {
    /// The codes of the actions that can be asked for.
    pub const ACTIONS: &'static [&'static str] = &[
        ChangeMember::CODE,
        #[cfg(feature = "shop")]
        CancelInvoice::CODE,
        #[cfg(feature = "shop")]
        ReverseReceipt::CODE,
        #[cfg(feature = "shop")]
        PostRate::CODE,
        ErasePersonal::CODE,
        ExportWorkspace::CODE,
        DeleteWorkspace::CODE,
    ];

    /// The code of its action.
    pub const fn action(&self) -> &'static str {
        match self {
            Self::MemberRole { .. } => ChangeMember::CODE,
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { .. } => CancelInvoice::CODE,
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { .. } => ReverseReceipt::CODE,
            #[cfg(feature = "shop")]
            Self::RatePost(_) => PostRate::CODE,
            Self::WorkspaceExport { .. } => ExportWorkspace::CODE,
            Self::WorkspaceDelete { .. } => DeleteWorkspace::CODE,
            Self::MemberErase { .. } => ErasePersonal::CODE,
            #[cfg(feature = "shop")]
            Self::CustomerErase { .. } => ErasePersonal::CODE,
        }
    }

    /// What it is about: an id, or the code of the action where there is none yet.
    pub fn subject(&self) -> String {
        match self {
            Self::MemberRole { member, .. } | Self::MemberErase { member, .. } => member.to_string(),
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { invoice, .. } => invoice.to_string(),
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { receipt, .. } => receipt.to_string(),
            Self::WorkspaceExport { .. } => ExportWorkspace::CODE.to_owned(),
            Self::WorkspaceDelete { .. } => DeleteWorkspace::CODE.to_owned(),
            #[cfg(feature = "shop")]
            Self::RatePost(_) => PostRate::CODE.to_owned(),
            #[cfg(feature = "shop")]
            Self::CustomerErase { customer, .. } => customer.to_string(),
        }
    }

    // Members in the order of their names.
    fn to_json(&self) -> Value {
        match self {
            Self::MemberRole { member, role } => {
                json!({"member_id": member.to_string(), "role": role.code()})
            }
            #[cfg(feature = "shop")]
            Self::InvoiceCancel { invoice, reason } => {
                json!({"invoice_id": invoice.to_string(), "reason": reason.as_str()})
            }
            #[cfg(feature = "shop")]
            Self::ReceiptReverse { receipt, reason } => {
                json!({"reason": reason.as_str(), "receipt_id": receipt.to_string()})
            }
            #[cfg(feature = "shop")]
            Self::RatePost(new) => json!({
                "amount": money_to_json(new.amount),
                "basis": new.basis.code(),
                "commodity": new.metal.code(),
                "fineness_ppm": new.fineness.ppm(),
                "kind": new.kind.code(),
                "multiple": new.multiple.map(money_to_json),
                "per_mg": new.per.mg(),
                "reason": new.reason.as_ref().map(Note::as_str),
            }),
            Self::WorkspaceExport { recipients } => {
                let recipients: Vec<_> = recipients.iter().map(Name::as_str).collect();
                json!({"recipients": recipients})
            }
            Self::WorkspaceDelete { name, keeps_books } => {
                json!({"keeps_books": keeps_books, "name": name.as_str()})
            }
            Self::MemberErase { member, basis, fields } => {
                let fields: Vec<_> = fields.iter().map(|field| field.code()).collect();
                json!({"basis": basis.code(), "fields": fields, "member_id": member.to_string()})
            }
            #[cfg(feature = "shop")]
            Self::CustomerErase { customer, basis, fields } => {
                let fields: Vec<_> = fields.iter().map(|field| field.code()).collect();
                json!({"basis": basis.code(), "customer_id": customer.to_string(), "fields": fields})
            }
        }
    }

    fn from_json(action: &str, json: &Value) -> Option<Self> {
        let text = |name: &str| json.get(name)?.as_str();
        Some(match action {
            ChangeMember::CODE => Self::MemberRole {
                member: text("member_id")?.parse().ok()?,
                role: text("role")?.parse().ok()?,
            },
            #[cfg(feature = "shop")]
            CancelInvoice::CODE => Self::InvoiceCancel {
                invoice: text("invoice_id")?.parse().ok()?,
                reason: Note::new(text("reason")?).ok()?,
            },
            #[cfg(feature = "shop")]
            ReverseReceipt::CODE => Self::ReceiptReverse {
                receipt: text("receipt_id")?.parse().ok()?,
                reason: Note::new(text("reason")?).ok()?,
            },
            #[cfg(feature = "shop")]
            PostRate::CODE => Self::RatePost(rate_from_json(json)?),
            ExportWorkspace::CODE => {
                let recipients = json.get("recipients")?.as_array()?.iter();
                let recipients = recipients.map(|text| Name::new(text.as_str()?).ok());
                Self::WorkspaceExport { recipients: recipients.collect::<Option<_>>()? }
            }
            DeleteWorkspace::CODE => Self::WorkspaceDelete {
                name: Name::new(text("name")?).ok()?,
                keeps_books: json.get("keeps_books")?.as_bool()?,
            },
            ErasePersonal::CODE if json.get("member_id").is_some() => Self::MemberErase {
                member: text("member_id")?.parse().ok()?,
                basis: text("basis")?.parse().ok()?,
                fields: fields_from_json(json)?,
            },
            #[cfg(feature = "shop")]
            ErasePersonal::CODE => Self::CustomerErase {
                customer: text("customer_id")?.parse().ok()?,
                basis: text("basis")?.parse().ok()?,
                fields: fields_from_json(json)?,
            },
            _ => return None,
        })
    }
}

fn fields_from_json<F: std::str::FromStr>(json: &Value) -> Option<Vec<F>> {
    let fields = json.get("fields")?.as_array()?.iter();
    fields.map(|field| field.as_str()?.parse().ok()).collect()
}

#[cfg(feature = "shop")]
fn money_to_json(money: Money) -> Value {
    json!({"currency": money.currency().code(), "minor": money.minor()})
}

#[cfg(feature = "shop")]
fn money_from_json(json: &Value) -> Option<Money> {
    let currency = crate::money::Currency::from_code(json.get("currency")?.as_str()?).ok()?;
    Money::new(json.get("minor")?.as_i64()?, currency).ok()
}

/// What a member of an object holds, where `null` holds nothing.
#[cfg(feature = "shop")]
fn held<T>(json: &Value, name: &str, read: impl Fn(&Value) -> Option<T>) -> Option<Option<T>> {
    match json.get(name)? {
        Value::Null => Some(None),
        value => read(value).map(Some),
    }
}

#[cfg(feature = "shop")]
fn rate_from_json(json: &Value) -> Option<NewRate> {
    use crate::measure::{Fineness, Mass, Metal, RateBasis, RateKind};
    Some(NewRate {
        metal: Metal::from_code(json.get("commodity")?.as_str()?).ok()?,
        fineness: Fineness::new(u32::try_from(json.get("fineness_ppm")?.as_u64()?).ok()?).ok()?,
        kind: RateKind::from_code(json.get("kind")?.as_str()?)?,
        amount: money_from_json(json.get("amount")?)?,
        per: Mass::new(json.get("per_mg")?.as_i64()?).ok()?,
        basis: RateBasis::from_code(json.get("basis")?.as_str()?)?,
        multiple: held(json, "multiple", money_from_json)?,
        reason: held(json, "reason", |reason| Note::new(reason.as_str()?).ok())?,
    })
}

impl AskedCommand {
    /// The text that is kept, shown and hashed.
    pub fn freeze(&self) -> String {
        json!({"command": self.command.to_json(), "note": self.note.as_ref().map(Note::as_str)}).to_string()
    }

    /// Reads what was frozen, and nothing that [`AskedCommand::freeze`] would not write in these very bytes.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`].
    pub fn thaw(action: &str, frozen: &str) -> Result<Self, StoreError> {
        let read = || {
            let json: Value = serde_json::from_str(frozen).ok()?;
            let command = Command::from_json(action, json.get("command")?)?;
            let note = match json.get("note")? {
                Value::Null => None,
                note => Some(Note::new(note.as_str()?).ok()?),
            };
            Some(Self { command, note })
        };
        let asked: Option<Self> = read();
        asked
            .filter(|asked| asked.freeze() == frozen)
            .ok_or_else(|| StoreError::corrupt("an approval's command is not as it was frozen"))
    }
}

#[cfg(test)]
#[cfg(feature = "shop")]
mod tests {
    use super::*;
    use crate::measure::{Fineness, Mass, Metal, RateBasis, RateKind};
    use crate::money::{Currency, Money};
    use crate::tenancy::Id;
    use uuid::Uuid;

    fn id<I: Id>(n: u128) -> I {
        I::from_uuid(Uuid::from_u128(n))
    }

    fn all() -> Vec<(&'static str, Command)> {
        let reason = Note::new("\"wrong\" piece, रुपये \\ \u{1F48D}").unwrap();
        let rate = NewRate {
            metal: Metal::Gold,
            fineness: Fineness::new(916_000).unwrap(),
            kind: RateKind::Sell,
            amount: Money::new(1_280_000, Currency::INR).unwrap(),
            per: Mass::new(1_000).unwrap(),
            basis: RateBasis::Millesimal,
            multiple: Some(Money::new(100, Currency::INR).unwrap()),
            reason: Some(reason.clone()),
        };
        vec![
            ("member.change", Command::MemberRole { member: id(1), role: Role::Manager }),
            ("invoice.cancel", Command::InvoiceCancel { invoice: id(2), reason: reason.clone() }),
            ("receipt.reverse", Command::ReceiptReverse { receipt: id(3), reason }),
            ("rate.post", Command::RatePost(rate)),
            (
                "personal.erase",
                Command::CustomerErase {
                    customer: id(4),
                    basis: ErasureBasis::ConsentWithdrawn,
                    fields: vec![CustomerField::Phone, CustomerField::Email],
                },
            ),
            (
                "personal.erase",
                Command::MemberErase {
                    member: id(5),
                    basis: ErasureBasis::PurposeEnded,
                    fields: vec![MemberField::Whereabouts],
                },
            ),
            (
                "workspace.export",
                Command::WorkspaceExport { recipients: vec![Name::new("age1anne").unwrap()] },
            ),
            (
                "workspace.delete",
                Command::WorkspaceDelete { name: Name::new("Zaveri & Sons").unwrap(), keeps_books: true },
            ),
        ]
    }

    #[test]
    fn every_command_thaws_as_it_was_frozen() {
        let mut codes: Vec<_> = all().into_iter().map(|(code, _)| code).collect();
        codes.dedup();
        assert_eq!(codes, Command::ACTIONS);
        for (code, command) in all() {
            for note in [None, Some(Note::new("please").unwrap())] {
                let asked = AskedCommand { command: command.clone(), note };
                assert_eq!(AskedCommand::thaw(code, &asked.freeze()).unwrap(), asked, "{code}");
            }
        }
    }

    #[test]
    fn the_frozen_text_is_canonical() {
        let (fineness, per) = (Fineness::new(916_000).unwrap(), Mass::new(1_000).unwrap());
        let amount = Money::new(1_280_000, Currency::INR).unwrap();
        let rate = NewRate::by_hand(Metal::Gold, fineness, RateKind::Sell, amount, per);
        let frozen = AskedCommand { command: Command::RatePost(rate), note: None }.freeze();
        assert_eq!(
            frozen,
            r#"{"command":{"amount":{"currency":"INR","minor":1280000},"basis":"manual","commodity":"gold","fineness_ppm":916000,"kind":"sell","multiple":null,"per_mg":1000,"reason":null},"note":null}"#
        );
    }

    #[test]
    fn what_was_not_frozen_like_this_does_not_thaw() {
        let frozen =
            AskedCommand { command: Command::MemberRole { member: id(1), role: Role::Manager }, note: None }
                .freeze();
        assert!(AskedCommand::thaw("member.change", &frozen).is_ok());
        for (action, text) in [
            ("invoice.cancel", frozen.clone()),
            ("member.add", frozen.clone()),
            ("member.change", frozen.replace("manager", "emperor")),
            ("member.change", frozen.replace(":null", ": null")),
            ("member.change", frozen.replace("\"note\"", "\"more\":1,\"note\"")),
            ("member.change", frozen.replace("\"role\":", "\"role\":\"owner\",\"role\":")),
            ("member.change", String::new()),
        ] {
            assert!(AskedCommand::thaw(action, &text).is_err(), "{action} {text}");
        }
    }
}
