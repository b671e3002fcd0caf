//! Members, and one's own password.

use aurex_core::identity::member::Member;
use aurex_core::identity::members::{MemberPatch, NewMember};
use aurex_core::identity::password::Password;
use aurex_core::rbac::Role;
use aurex_core::service::access::{
    SeenMember, add_member, change_member, change_password, list_seen_members, member,
};
use aurex_core::tenancy::{CustomRoleId, MemberId};
use aurex_core::text::{Email, Name};
use aurex_core::time::Date;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::list::Listing;
use super::sessions::{Ended, session_cookie};
use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
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
        /// A one-time secret: it opens only “set your password”.
        password: Secret<1, 1024>,
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

    /// Adds a member with a one-time secret.
    #[oai(path = "/:w/members", method = "post", operation_id = "addMember")]
    async fn add(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewMemberBody>,
    ) -> Result<Created<MemberView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewMember {
            name: body.name,
            email: body.email,
            role: body.role,
            password: Password::new(body.password.as_str()),
        };
        let done = w.check(add_member(w.sign_in(), w.scope(), presented.as_ref(), new).await).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
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
}
