//! From rows to who somebody is: what a session, a token or a fresh proof stands for at this moment.

use crate::identity::member::{Member, Session};
use crate::identity::roles::CustomRole;
use crate::identity::sessions::SessionPolicy;
use crate::rbac::Caps;
use crate::store::{MemberRules, Reader, StoreError};
use crate::tenancy::{
    AccessInForce, Assurance, At, Errand, Granted, Narrowing, Proof, TenantId, Verified, WhenOutside,
};

impl Verified {
    /// Somebody whose session this is.
    pub(crate) fn in_session(
        tenant: TenantId,
        member: &Member,
        rules: &MemberRules,
        session: &Session,
        epoch: u64,
        (policy, at): (&SessionPolicy, At),
    ) -> Self {
        let (proof, first) = policy.standing(session, member.role, rules, at.now);
        let who = Self::just_now(tenant, member, rules, epoch, (proof, at));
        Self { first: first.or(who.first), ..who }
    }

    /// Somebody who has just proved who they are.
    pub(crate) fn just_now(
        tenant: TenantId,
        member: &Member,
        rules: &MemberRules,
        epoch: u64,
        (proof, at): (Proof, At),
    ) -> Self {
        let outside = rules.access.as_ref().and_then(|access| {
            let outside = access.outside(at.now, at.address)?;
            Some((outside, access.rule.outside))
        });
        let (outside, asked) = match outside {
            // Who cannot prove anything once more cannot be asked to.
            Some((outside, WhenOutside::Ask)) if !can_step_up(proof.assurance) => (Some(outside), None),
            Some((_, WhenOutside::Ask)) => (None, (!proof.is_fresh).then_some(Errand::ProveAgain)),
            Some((outside, WhenOutside::Refuse)) => (Some(outside), None),
            None => (None, None),
        };
        let first = (proof.assurance == Assurance::OneTimeSecret).then_some(Errand::SetPassword).or(asked);
        let custom_role = rules.custom_role.as_ref().map(narrowing);
        Self { tenant, member: member.id, role: member.role, epoch, proof, outside, first, custom_role }
    }
}

/// Whether a proof like this can be made anew within its session: a program and a number at a till have no step-up.
const fn can_step_up(assurance: Assurance) -> bool {
    !matches!(assurance, Assurance::Token | Assurance::Pin)
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
    let workspace = reader.workspace().await?;
    Ok(MemberRules {
        custom_role: match member.custom_role {
            None => None,
            Some(role) => reader.custom_role(role).await?,
        },
        has_second_factor: reader.second_factor(member.id).await?.is_some_and(|factor| factor.counts()),
        access: AccessInForce::of(&workspace.access_rules, member.role, workspace.zone),
        second_factor_for: workspace.second_factor_for,
    })
}
