//! Approval by a second person.

use aurex_core::identity::approvals::{Approval, ApprovalState};
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    AskedCommand, Command, approval, approvals, approve, ask_approval, refuse_approval, withdraw_approval,
};
use aurex_core::shop::invoices::InvoiceId;
use aurex_core::shop::receipts::ReceiptId;
use aurex_core::tenancy::{ApprovalId, ExportId, Id as _, MemberId};
use aurex_core::text::{Name, Note};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::Any;
use poem_openapi::{Object, OpenApi, payload::Json};
use serde_json::Value as JsonValue;

use super::audit::hex;
use super::invoices::ReasonBody;
use super::list::Listing;
use super::rates::NewRateBody;
use super::signed::{InPath, Signed};
use crate::export::ArchiveOrder;
use crate::http::answer::{Created, Page};
use crate::http::body::{Body, Decode, Errors, Leaves, List, Node, choice, request, union};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::{Code, FieldCode, Problem};
use crate::ops::age::Recipient;

request! {
    /// A bill to be cancelled.
    pub struct CancelCommandBody {
        /// The bill.
        invoice_id: InvoiceId,
        /// Why.
        reason: Note,
    }
}

request! {
    /// A receipt to be reversed.
    pub struct ReverseCommandBody {
        /// The receipt.
        receipt_id: ReceiptId,
        /// Why.
        reason: Note,
    }
}

request! {
    /// A member to be given another role.
    pub struct RoleCommandBody {
        /// The member.
        member_id: MemberId,
        /// The role.
        role: Role,
    }
}

request! {
    /// The whole workspace to be taken away, as an archive.
    pub struct WorkspaceExportCommandBody {
        /// Whom the archive is sealed to, each of whom can open it alone: one to ten recipients of age, `age1…` as
        /// `age-keygen` prints them. Nobody else opens it, the operator of the server neither.
        recipients: List<AgeRecipient, 1, 10>,
    }
}

request! {
    /// The whole workspace to be deleted.
    pub struct WorkspaceDeleteCommandBody {
        /// The workspace's name for people, typed as the settings show it.
        name: Name,
        /// Whether you keep the books as long as the law wants them, eight years for most: nothing of them is left here. It has
        /// to be `true`.
        keeps_books: bool,
    }
}

union! {
    /// Something that a second person shall let happen, by the code of its action.
    pub enum NewApprovalBody by "action" {
        /// Cancel a bill.
        CancelInvoice = "invoice.cancel" {
            /// What shall be done.
            command: CancelCommandBody,
            /// What whoever decides should know.
            note: Option<Note>,
        },
        /// Reverse a receipt.
        ReverseReceipt = "receipt.reverse" {
            /// What shall be done.
            command: ReverseCommandBody,
            /// What whoever decides should know.
            note: Option<Note>,
        },
        /// Post a rate, for the day on which it is approved.
        PostRate = "rate.post" {
            /// What shall be done.
            command: NewRateBody,
            /// What whoever decides should know.
            note: Option<Note>,
        },
        /// Give a member another role.
        ChangeRole = "member.change" {
            /// What shall be done.
            command: RoleCommandBody,
            /// What whoever decides should know.
            note: Option<Note>,
        },
        /// Take the whole workspace away. Only an owner asks, with a fresh proof, and only another one approves; then it is an
        /// export with the approval's number, `exp_…` for `apv_…`, in the form `archive`.
        ExportWorkspace = "workspace.export" {
            /// What shall be done.
            command: WorkspaceExportCommandBody,
            /// What whoever decides should know.
            note: Option<Note>,
        },
        /// Delete the whole workspace, 30 days from when it is approved. Only an owner asks, with a fresh proof, and only another
        /// one approves. Until it ends it is read-only, and any owner keeps it.
        DeleteWorkspace = "workspace.delete" {
            /// What shall be done.
            command: WorkspaceDeleteCommandBody,
            /// What whoever decides should know.
            note: Option<Note>,
        },
    }
}

impl From<NewApprovalBody> for AskedCommand {
    fn from(body: NewApprovalBody) -> Self {
        let (command, note) = match body {
            NewApprovalBody::CancelInvoice { command, note } => {
                (Command::InvoiceCancel { invoice: command.invoice_id, reason: command.reason }, note)
            }
            NewApprovalBody::ReverseReceipt { command, note } => {
                (Command::ReceiptReverse { receipt: command.receipt_id, reason: command.reason }, note)
            }
            NewApprovalBody::PostRate { command, note } => (Command::RatePost(command.into()), note),
            NewApprovalBody::ExportWorkspace { command, note } => {
                let recipients = command.recipients.into_vec().into_iter().map(|to| to.0).collect();
                (Command::WorkspaceExport { recipients }, note)
            }
            NewApprovalBody::DeleteWorkspace { command, note } => {
                (Command::WorkspaceDelete { name: command.name, keeps_books: command.keeps_books }, note)
            }
            NewApprovalBody::ChangeRole { command, note } => {
                (Command::MemberRole { member: command.member_id, role: command.role }, note)
            }
        };
        Self { command, note }
    }
}

/// A recipient of age that a secret can belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgeRecipient(Name);

impl Decode for AgeRecipient {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let Some(text) = node.text() else {
            errors.push(FieldCode::WrongType);
            return None;
        };
        let is_one = text.parse::<Recipient>().is_ok();
        let name = Name::new(text).ok().filter(|_| is_one);
        if name.is_none() {
            errors.push(FieldCode::Invalid);
        }
        name.map(Self)
    }

    fn schema() -> MetaSchemaRef {
        let mut schema = MetaSchema::new("string");
        schema.min_length = Some(62);
        schema.max_length = Some(62);
        schema.pattern = Some("^age1[02-9ac-hj-np-z]{58}$".to_owned());
        MetaSchemaRef::Inline(Box::new(schema))
    }
}

/// A SHA-256, as 64 hexadecimal digits in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digest([u8; 32]);

impl Decode for Digest {
    fn decode(node: &Node, errors: &mut Errors) -> Option<Self> {
        let Some(text) = node.text() else {
            errors.push(FieldCode::WrongType);
            return None;
        };
        let mut digits = text.bytes().map(|digit| match digit {
            b'0'..=b'9' => Some(digit - b'0'),
            b'a'..=b'f' => Some(digit - b'a' + 10),
            _ => None,
        });
        let mut digest = [0; 32];
        for byte in &mut digest {
            let Some((high, low)) = digits.next().flatten().zip(digits.next().flatten()) else {
                errors.push(FieldCode::Invalid);
                return None;
            };
            *byte = high << 4 | low;
        }
        if digits.next().is_some() {
            errors.push(FieldCode::Invalid);
            return None;
        }
        Some(Self(digest))
    }

    fn schema() -> MetaSchemaRef {
        let mut schema = MetaSchema::new("string");
        schema.min_length = Some(64);
        schema.max_length = Some(64);
        schema.pattern = Some("^[0-9a-f]{64}$".to_owned());
        MetaSchemaRef::Inline(Box::new(schema))
    }
}

request! {
    /// Leave for what was asked for to happen.
    pub struct ApproveBody {
        /// The `digest` of what was shown: nothing else is approved by this.
        digest: Digest,
        /// Why. Only who approves alone, because nobody else could, must say.
        reason: Option<Note>,
    }
}

choice! {
    /// How far an approval has come.
    pub enum ApprovalStateWord {
        /// Waits for somebody else, or waited in vain until `expires_at`.
        Waiting = "waiting",
        /// Was approved, and done in the same moment.
        Done = "done",
        /// Was refused.
        Refused = "refused",
        /// Was taken back by who asked.
        Withdrawn = "withdrawn",
    }
}

impl From<ApprovalStateWord> for ApprovalState {
    fn from(word: ApprovalStateWord) -> Self {
        match word {
            ApprovalStateWord::Waiting => Self::Waiting,
            ApprovalStateWord::Done => Self::Done,
            ApprovalStateWord::Refused => Self::Refused,
            ApprovalStateWord::Withdrawn => Self::Withdrawn,
        }
    }
}

/// Something that was asked for.
#[derive(Debug, Clone, Object)]
pub struct ApprovalView {
    /// Its id.
    pub id: String,
    /// The code of the action.
    pub action: String,
    /// The id of what it is about; the code of the action where there is none yet.
    pub subject: String,
    /// What shall be done, in the form in which it was asked for.
    pub command: Any<JsonValue>,
    /// What who asked says about it.
    pub note: Option<String>,
    /// What approving it has to name: a SHA-256 over action, command and note, in hexadecimal.
    pub digest: String,
    /// The member who asked.
    pub asked_by: String,
    /// When.
    pub asked_at: String,
    /// Until when it can be approved.
    pub expires_at: String,
    /// `waiting`, `done`, `refused` or `withdrawn`.
    pub state: String,
    /// Whether it can still be approved.
    pub is_open: bool,
    /// The member who approved or refused it.
    pub decided_by: Option<String>,
    /// When that was, or when it was withdrawn.
    pub decided_at: Option<String>,
    /// What they said.
    pub reason: Option<String>,
}

pub(super) fn view(w: &Signed, approval: Approval) -> ApprovalView {
    let is_open = approval.is_open(w.road().clock.now());
    // What does not read is shown as nothing, and cannot be approved.
    let frozen: JsonValue = serde_json::from_str(&approval.command).unwrap_or_default();
    let part = |name: &str| frozen.get(name).cloned().unwrap_or_default();
    ApprovalView {
        id: approval.id.to_string(),
        action: approval.action,
        subject: approval.subject,
        command: Any(part("command")),
        note: part("note").as_str().map(str::to_owned),
        digest: hex(&approval.digest),
        asked_by: approval.asked_by.to_string(),
        asked_at: approval.asked_at.to_string(),
        expires_at: approval.expires_at.to_string(),
        state: approval.state.code().to_owned(),
        is_open,
        decided_by: approval.decided_by.map(|member| member.to_string()),
        decided_at: approval.decided_at.map(|at| at.to_string()),
        reason: approval.reason,
    }
}

/// Whom an archive that was asked for is sealed to.
fn archive_of(approval: &Approval) -> Option<Vec<String>> {
    match AskedCommand::thaw(&approval.action, &approval.command).ok()?.command {
        Command::WorkspaceExport { recipients } => Some(recipients.iter().map(ToString::to_string).collect()),
        _ => None,
    }
}

/// Approvals.
pub struct Approvals;

#[OpenApi]
impl Approvals {
    /// Asks a second person to let something happen: what one may not do, or not so far.
    ///
    /// The command is frozen as it is sent and waits for a day. Members whose roles could approve it are told by mail.
    #[oai(path = "/:w/approvals", method = "post", operation_id = "askApproval")]
    async fn ask(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewApprovalBody>,
    ) -> Result<Created<ApprovalView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let asked = AskedCommand::from(body.into_inner());
        let done = w.check(ask_approval(w.road(), w.scope(), presented.as_ref(), &asked).await).await?;
        Ok(Created::new(view(&w, done.value)).replayed(done.replayed))
    }

    /// Lists what was asked for, newest first.
    #[oai(path = "/:w/approvals", method = "get", operation_id = "listApprovals")]
    async fn list(
        &self,
        w: Signed,
        state: Query<Option<ApprovalStateWord>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<ApprovalView>>, Problem> {
        let list = Listing::new(&w, "approvals", &[&*state]);
        let page = list.request(*limit, after.as_ref())?;
        let found = approvals(w.road(), w.scope(), state.map(ApprovalState::from), page).await;
        let found = w.check(found).await?;
        Ok(Json(list.page(found, |approval| view(&w, approval))))
    }

    /// Shows what was asked for, with the digest that approving it has to name.
    #[oai(path = "/:w/approvals/:id", method = "get", operation_id = "showApproval")]
    async fn show(&self, w: Signed, id: InPath<ApprovalId>) -> Result<Json<ApprovalView>, Problem> {
        let found = w.check(approval(w.road(), w.scope(), *id).await).await?;
        Ok(Json(view(&w, found)))
    }

    /// Approves what somebody else asked for: it is decided on what is so now, within the approver's own limits, and done
    /// at once.
    ///
    /// It needs a fresh proof of who approves, and it needs another member than who asked. Only where nobody else could
    /// approve it, who asked may, with a reason; every owner is told by mail then. What is refused here waits on.
    #[oai(path = "/:w/approvals/:id/approve", method = "post", operation_id = "approve")]
    async fn approve(
        &self,
        w: Signed,
        id: InPath<ApprovalId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ApproveBody>,
    ) -> Result<Json<ApprovalView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &format!("{}/approve", *id));
        let ApproveBody { digest, reason } = body.into_inner();
        let asked = w.check(approval(w.road(), w.scope(), *id).await).await?;
        // Before it is true: nobody approves an archive for which there is no room.
        let place = match archive_of(&asked) {
            Some(recipients) => {
                let place = w.app().exports.place(w.scope().tenant()).map_err(Problem::fault)?;
                let place =
                    place.map_err(|no_room| Problem::new(Code::StateConflict).detail(no_room.to_string()))?;
                Some((place, recipients))
            }
            None => None,
        };
        let done = approve(w.road(), w.scope(), presented.as_ref(), *id, &digest.0, reason).await;
        let done = w.check(done).await?;
        if let (Some((place, recipients)), false) = (place, done.replayed) {
            let order = ArchiveOrder {
                id: ExportId::from_uuid(done.value.id.uuid()),
                workspace: w.slug().to_owned(),
                recipients,
                asked_at: w.road().clock.now(),
            };
            place.order_archive(order).map_err(Problem::fault)?;
        }
        Ok(Json(view(&w, done.value)))
    }

    /// Refuses what somebody else asked for.
    #[oai(path = "/:w/approvals/:id/refuse", method = "post", operation_id = "refuseApproval")]
    async fn refuse(
        &self,
        w: Signed,
        id: InPath<ApprovalId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<ReasonBody>,
    ) -> Result<Json<ApprovalView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &format!("{}/refuse", *id));
        let reason = body.into_inner().reason;
        let done = refuse_approval(w.road(), w.scope(), presented.as_ref(), *id, &reason).await;
        Ok(Json(view(&w, w.check(done).await?.value)))
    }

    /// Takes back what one asked for oneself.
    #[oai(path = "/:w/approvals/:id/withdraw", method = "post", operation_id = "withdrawApproval")]
    async fn withdraw(
        &self,
        w: Signed,
        id: InPath<ApprovalId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Json<ApprovalView>, Problem> {
        let presented = w.presented_for(&key, &Leaves::default(), &format!("{}/withdraw", *id));
        let done = withdraw_approval(w.road(), w.scope(), presented.as_ref(), *id).await;
        Ok(Json(view(&w, w.check(done).await?.value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_sixty_four_hexadecimal_digits() {
        let text = "00ff".repeat(16);
        let read = |text: &str| Digest::decode(&Node::Text(text.to_owned()), &mut Errors::new());
        assert_eq!(hex(&read(&text).unwrap().0), text);
        let upper = text.to_uppercase();
        for wrong in ["", "00", &"0".repeat(63), &format!("{text}0"), &upper, &text.replace('f', "g")] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
