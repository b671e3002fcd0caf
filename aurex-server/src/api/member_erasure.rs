//! Erasing a former member's personal data: from when on it may be, and asking for it.

use aurex_core::erasure::MemberField;
use aurex_core::service::{ask_member_erasure, member_erasure};
use aurex_core::tenancy::MemberId;
use aurex_core::text::Note;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::approvals::{self, ApprovalView};
use super::erasure::{ErasableFieldView, ErasureBasisWord};
use super::signed::{InPath, Signed};
use crate::http::answer::Created;
use crate::http::body::{Body, List, choice, request};
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;

choice! {
    /// What is personal about a member.
    pub enum MemberFieldWord {
        /// The name.
        Name = "name",
        /// The address they signed in with, and every mail that went to it.
        Email = "email",
        /// From where they worked and by what: addresses and user agents of their sessions and of what they did.
        Whereabouts = "whereabouts",
    }
}

impl From<MemberFieldWord> for MemberField {
    fn from(word: MemberFieldWord) -> Self {
        match word {
            MemberFieldWord::Name => Self::Name,
            MemberFieldWord::Email => Self::Email,
            MemberFieldWord::Whereabouts => Self::Whereabouts,
        }
    }
}

request! {
    /// What of a former member shall be erased, and by what right.
    pub struct NewMemberErasureBody {
        /// By what right.
        basis: ErasureBasisWord,
        /// Which fields; all of them where none is named.
        fields: Option<List<MemberFieldWord, 0, 3>>,
        /// What whoever decides should know. It stays: nobody's name belongs here.
        note: Option<Note>,
    }
}

/// What may be erased of a member.
#[derive(Debug, Clone, Object)]
pub struct MemberErasureView {
    /// The member's id.
    pub member_id: String,
    /// Each personal field: `name`, `email`, `whereabouts`.
    pub fields: Vec<ErasableFieldView>,
}

/// Erasure of former members.
pub struct MemberErasure;

#[OpenApi]
impl MemberErasure {
    /// Shows what may be erased of a member, and why the rest may not yet.
    ///
    /// Of somebody who is still here it says the same; asking is refused while they are.
    #[oai(path = "/:w/members/:id/erasure", method = "get", operation_id = "showMemberErasure")]
    async fn show(&self, w: Signed, id: InPath<MemberId>) -> Result<Json<MemberErasureView>, Problem> {
        let standing = w.check(member_erasure(w.road(), w.scope(), *id).await).await?;
        let fields = standing.into_iter().map(ErasableFieldView::from).collect();
        Ok(Json(MemberErasureView { member_id: id.to_string(), fields }))
    }

    /// Asks a second person to let a former member's personal data be erased, from their record and from the log.
    ///
    /// Nothing is erased before the approval is given (`POST …/approvals/{id}/approve`); then it is gone, and what it was
    /// cannot be had back. It needs a fresh proof of who asks. Refused while they are a member, and while a legal minimum
    /// runs, naming each field, the rule and the first day on which it may be erased. With the address goes what could
    /// still open the door: they never come back as who they were. What they did, when and under which id stays.
    #[oai(path = "/:w/members/:id/erasure", method = "post", operation_id = "askMemberErasure")]
    async fn ask(
        &self,
        w: Signed,
        id: InPath<MemberId>,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewMemberErasureBody>,
    ) -> Result<Created<ApprovalView>, Problem> {
        let presented = w.presented_for(&key, body.leaves(), &format!("{}/erasure", *id));
        let NewMemberErasureBody { basis, fields, note } = body.into_inner();
        let fields = fields.into_iter().flat_map(List::into_vec).map(MemberField::from).collect();
        let asked =
            ask_member_erasure(w.road(), w.scope(), presented.as_ref(), *id, basis.into(), fields, note);
        let done = w.check(asked.await).await?;
        Ok(Created::new(approvals::view(&w, done.value)).replayed(done.replayed))
    }
}
