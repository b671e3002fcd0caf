//! From rows to who somebody is: what a session, a token or a fresh proof stands for at this moment.

use crate::identity::member::{Member, Session};
use crate::identity::roles::CustomRole;
use crate::identity::sessions::SessionPolicy;
use crate::rbac::Caps;
use crate::store::{MemberRules, Reader, StoreError};
use crate::tenancy::{Assurance, Errand, Granted, Narrowing, Proof, TenantId, Verified};
use crate::time::Timestamp;

impl Verified {
    /// Somebody whose session this is.
    pub(crate) fn in_session(
        tenant: TenantId,
        member: &Member,
        rules: &MemberRules,
        session: &Session,
        epoch: u64,
        (policy, now): (&SessionPolicy, Timestamp),
    ) -> Self {
        let (proof, first) = policy.standing(session, member.role, rules, now);
        Self { first, ..Self::just_now(tenant, member, rules, epoch, proof) }
    }

    /// Somebody who has just proved who they are.
    pub(crate) fn just_now(
        tenant: TenantId,
        member: &Member,
        rules: &MemberRules,
        epoch: u64,
        proof: Proof,
    ) -> Self {
        let first = (proof.assurance == Assurance::OneTimeSecret).then_some(Errand::SetPassword);
        let custom_role = rules.custom_role.as_ref().map(narrowing);
        Self { tenant, member: member.id, role: member.role, epoch, proof, first, custom_role }
    }
}

fn narrowing(role: &CustomRole) -> (Narrowing, Granted) {
    let caps: Caps = role.caps.iter().map(|cap| (cap.name.clone(), cap.most)).collect();
    let by = Narrowing { role: role.id, version: role.version, caps };
    (by, role.withheld.iter().cloned().collect())
}

/// What the workspace says about a member, read in a turn.
pub(super) async fn rules_of(
    reader: &mut (impl Reader + ?Sized),
    member: &Member,
) -> Result<MemberRules, StoreError> {
    Ok(MemberRules {
        custom_role: match member.custom_role {
            None => None,
            Some(role) => reader.custom_role(role).await?,
        },
        has_second_factor: reader.second_factor(member.id).await?.is_some_and(|factor| factor.counts()),
        second_factor_for: reader.workspace().await?.second_factor_for,
    })
}
