//! Members, and one's own password.

use aurex_core::identity::invitations::Invitee;
use aurex_core::identity::member::Member;
use aurex_core::identity::members::{MemberPatch, NewMember};
use aurex_core::identity::password::{Judgement, Password};
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    SeenMember, add_member, change_member, change_password, invite_again, invite_member, list_seen_members,
    member, password_strength, send_reset,
};
use aurex_core::tenancy::{CustomRoleId, MemberId};
use aurex_core::text::{Email, Name};
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::sessions::{Ended, session_cookie};
use super::signed::{InPath, Signed};
use crate::http::answer::{Accepted, Created, Document, Page};
use crate::http::body::{Body, Patch, Replace, Secret, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::idempotency::IdempotencyKey;
use crate::http::paging::{After, Limit};
use crate::http::parameter::Query;
use crate::http::problem::Problem;

request! {
    /// A member to be added.
    pub struct NewMemberBody {
        /// The name.
        name: Name,
        /// The address to sign in with.
        email: Email,
        /// The role.
        role: Role,
        /// A one-time secret: it opens only “set your password”. Without one the member is invited: a link by which
        /// they set their password goes to their address.
        password: Option<Secret<1, 1024>>,
    }
}

request! {
    /// What shall be different about a member.
    pub struct MemberPatchBody {
        /// The role.
        role: Replace<Role>,
        /// The name.
        name: Replace<Name>,
        /// Whether they are locked out.
        disabled: Replace<bool>,
        /// Their last day in the workspace's zone, at whose end they are locked out by themselves; `null` lets them
        /// stay.
        leaves_on: Patch<Date>,
        /// The workspace's own role that narrows theirs; `null` takes it away. Another `role` takes it away too, unless
        /// one that narrows that role is given with it.
        custom_role: Patch<CustomRoleId>,
    }
}

request! {
    /// One's own password to be changed.
    pub struct PasswordBody {
        /// The password until now.
        current: Secret<1, 1024>,
        /// The password from now on.
        new: Secret<1, 1024>,
    }
}

request! {
    /// A password that somebody thinks of setting.
    pub struct StrengthBody {
        /// The password. It is neither kept nor logged nor hashed.
        password: Secret<1, 1024>,
    }
}

/// A remark on a password.
#[derive(Debug, Clone, Object)]
pub struct RemarkView {
    /// The stable code: `password.…` for a reason why it is not accepted, `advice.…` for a suggestion.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

impl RemarkView {
    fn new(code: &str, message: impl ToString) -> Self {
        Self { code: code.to_owned(), message: message.to_string() }
    }
}

/// How strong a password would be.
#[derive(Debug, Clone, Object)]
pub struct StrengthView {
    /// Whether it may be set.
    pub acceptable: bool,
    /// 0 to 4; from 2 on it may be set, unless something else is wrong with it.
    pub score: u8,
    /// Everything for which it is not accepted.
    pub violations: Vec<RemarkView>,
    /// What would make it stronger.
    pub suggestions: Vec<RemarkView>,
}

impl From<Judgement> for StrengthView {
    fn from(judgement: Judgement) -> Self {
        let violations = judgement.violations.iter().map(|one| RemarkView::new(one.code(), one));
        let suggestions = judgement.suggestions.iter().map(|one| RemarkView::new(one.code(), one));
        Self {
            acceptable: judgement.is_acceptable(),
            score: judgement.score,
            violations: violations.collect(),
            suggestions: suggestions.collect(),
        }
    }
}

/// A member.
#[derive(Debug, Clone, Object)]
pub struct MemberView {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// The address they sign in with.
    pub email: String,
    /// The role.
    pub role: String,
    /// Whether they are locked out.
    pub disabled: bool,
    /// When they were added.
    pub created_at: String,
    /// From when on they are locked out by themselves, the end of their last day.
    pub leaves_at: Option<String>,
    /// The workspace's own role that narrows theirs.
    pub custom_role: Option<String>,
    /// The revision, for `If-Match`.
    pub etag: String,
    /// True in the answer that says that an invitation is on its way.
    #[oai(skip_serializing_if_is_none)]
    pub invited: Option<bool>,
}

fn etag(member: &Member) -> ETag {
    ETag::of_revision(member.version.into())
}

impl From<Member> for MemberView {
    fn from(member: Member) -> Self {
        Self {
            id: member.id.to_string(),
            name: member.name.to_string(),
            email: member.email.as_str().to_owned(),
            role: member.role.code().to_owned(),
            disabled: member.disabled,
            created_at: member.created_at.to_string(),
            leaves_at: member.leaves_at.map(|at| at.to_string()),
            custom_role: member.custom_role.map(|role| role.to_string()),
            etag: etag(&member).as_str().to_owned(),
            invited: None,
        }
    }
}

/// A member, and when they were last here.
#[derive(Debug, Clone, Object)]
pub struct SeenMemberView {
    /// The member.
    #[oai(flatten)]
    pub member: MemberView,
    /// Whether they have set a password of their own, and so have been here.
    pub joined: bool,
    /// When they last signed in.
    pub signed_in_at: Option<String>,
    /// When they were last here, to the minute.
    pub used_at: Option<String>,
    /// Whether they may sign in and have not been here in 60 days.
    pub dormant: bool,
}

impl From<SeenMember> for SeenMemberView {
    fn from(seen: SeenMember) -> Self {
        Self {
            member: seen.member.into(),
            joined: seen.has_joined,
            signed_in_at: seen.signed_in_at.map(|at| at.to_string()),
            used_at: seen.used_at.map(|at| at.to_string()),
            dormant: seen.is_dormant,
        }
    }
}

fn emptied<T>(patch: Patch<T>) -> Option<Option<T>> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(value) => Some(Some(value)),
    }
}

/// Members.
pub struct Members;

#[OpenApi]
impl Members {
    /// Lists members, oldest first, each with when they were last here.
    ///
    /// With `dormant`, only those who may sign in and have not been here in 60 days, or only the others; a page then has
    /// fewer members than were asked for.
    #[oai(path = "/:w/members", method = "get", operation_id = "listMembers")]
    async fn list(
        &self,
        w: Signed,
        dormant: Query<Option<bool>>,
        limit: Query<Limit>,
        after: Query<Option<After>>,
    ) -> Result<Json<Page<SeenMemberView>>, Problem> {
        let list = Listing::new(&w, "members", &[&*dormant]);
        let page = list.request(*limit, after.as_ref())?;
        let mut members = w.check(list_seen_members(w.road(), w.scope(), page).await).await?;
        members.items.retain(|seen| dormant.is_none_or(|wanted| seen.is_dormant == wanted));
        Ok(Json(list.page(members, SeenMemberView::from)))
    }

    /// Adds a member: with a one-time secret, or without one by an invitation to their address. Its link is good for a
    /// week, and once.
    #[oai(path = "/:w/members", method = "post", operation_id = "addMember")]
    async fn add(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewMemberBody>,
    ) -> Result<Created<MemberView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let NewMemberBody { name, email, role, password } = body;
        let (presented, invited) = (presented.as_ref(), password.is_none());
        let done = match password {
            Some(password) => {
                let new = NewMember { name, email, role, password: Password::new(password.as_str()) };
                add_member(w.sign_in(), w.scope(), presented, new).await
            }
            None => invite_member(w.road(), w.scope(), presented, Invitee { name, email, role }).await,
        };
        let done = w.check(done).await?;
        let tag = etag(&done.value);
        let view = MemberView { invited: invited.then_some(true), ..done.value.into() };
        Ok(Created::new(view).etag(tag).replayed(done.replayed))
    }

    /// Invites a member again who has no password yet. Earlier links open nothing from then on.
    #[oai(path = "/:w/members/:id/invitation", method = "post", operation_id = "inviteAgain")]
    async fn invite(&self, w: Signed, id: InPath<MemberId>) -> Result<Accepted, Problem> {
        w.check(invite_again(w.road(), w.scope(), *id).await).await?;
        Ok(Accepted)
    }

    /// Mails a member a link by which they set a new password, good for half an hour, and once. Whoever has it sent
    /// neither sees it nor chooses the password.
    #[oai(path = "/:w/members/:id/password-reset", method = "post", operation_id = "sendPasswordReset")]
    async fn send_reset(&self, w: Signed, id: InPath<MemberId>) -> Result<Accepted, Problem> {
        w.check(send_reset(w.road(), w.scope(), *id).await).await?;
        Ok(Accepted)
    }

    /// Shows a member.
    #[oai(path = "/:w/members/:id", method = "get", operation_id = "showMember")]
    async fn show(&self, w: Signed, id: InPath<MemberId>) -> Result<Document<MemberView>, Problem> {
        let member = w.check(member(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&member), value: member.into() })
    }

    /// Changes a member's role, name or last day, disables or enables them.
    #[oai(path = "/:w/members/:id", method = "patch", operation_id = "changeMember")]
    async fn change(
        &self,
        w: Signed,
        id: InPath<MemberId>,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<MemberPatchBody>,
    ) -> Result<Document<MemberView>, Problem> {
        w.may::<aurex_core::identity::actions::ChangeMember>().await?;
        let expected = if_match.required()?.revision();
        let body = body.into_inner();
        let patch = MemberPatch {
            name: body.name.0,
            role: body.role.0,
            disabled: body.disabled.0,
            leaves_on: emptied(body.leaves_on),
            custom_role: emptied(body.custom_role),
        };
        let done = w.check(change_member(w.road(), w.scope(), *id, expected, &patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }

    /// Changes one's own password. All sessions end; this one goes on under a new cookie.
    #[oai(path = "/:w/password", method = "post", operation_id = "changePassword")]
    async fn password(&self, w: Signed, body: Body<PasswordBody>) -> Result<Ended, Problem> {
        let (current, new) = (body.current.as_str(), body.new.as_str());
        let done = w.check(change_password(w.sign_in(), w.scope(), current, new).await).await?;
        Ok(Ended { cookie: session_cookie(w.slug(), &done.value.token, w.is_secure()) })
    }

    /// Says how strong a password would be for whoever asks, and what would make it stronger. Nothing is changed.
    #[oai(path = "/:w/password/strength", method = "post", operation_id = "judgePassword")]
    async fn strength(&self, w: Signed, body: Body<StrengthBody>) -> Result<Json<StrengthView>, Problem> {
        let password = Password::new(body.password.as_str());
        let judgement = password_strength(w.sign_in(), w.scope(), &password).await;
        Ok(Json(w.check(judgement).await?.into()))
    }
}
