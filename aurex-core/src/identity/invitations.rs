//! Inviting somebody: a member without a password, and a link by which they set one.

use super::actions::{AddMember, MemberReach};
use super::links::Link;
use super::mails::Mail;
use super::member::Member;
use super::members::{MemberRefusal, may_give};
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Role;
use crate::tenancy::MemberId;
use crate::text::{Email, Name};
use crate::time::Timestamp;

/// Somebody to be invited.
#[derive(Debug, Clone)]
pub struct Invitee {
    /// Their name.
    pub name: Name,
    /// The address that the invitation goes to, and that they will sign in with.
    pub email: Email,
    /// Their role.
    pub role: Role,
}

/// Decides about inviting somebody. `holder` is who has the address already.
///
/// # Errors
/// [`MemberRefusal`].
pub fn decide_invite(
    invitee: Invitee,
    reach: MemberReach,
    holder: Option<&Member>,
    id: MemberId,
    now: Timestamp,
) -> Result<Member, MemberRefusal> {
    let Invitee { name, email, role } = invitee;
    may_give(role, reach)?;
    if holder.is_some() {
        return Err(MemberRefusal::EmailTaken);
    }
    Ok(Member {
        id,
        name,
        email,
        role,
        disabled: false,
        created_at: now,
        version: 1,
        custom_role: None,
        leaves_at: None,
    })
}

/// A member was invited. Until they follow the link there is no password that anybody could sign in with.
#[derive(Debug, Clone)]
pub struct MemberInvited {
    /// The member.
    pub member: Member,
    /// The link.
    pub link: Link,
    /// The mail that it stands in.
    pub mail: Mail,
}

impl Change for MemberInvited {
    type By = AddMember;

    fn subject(&self) -> Subject {
        Subject::new("member", self.member.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.member);
        draft.insert(self.link);
        draft.insert(self.mail);
    }
}
