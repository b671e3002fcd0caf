//! What a workspace may say about when and from where its members are let in; [`AccessInForce`] is how that is decided.
//!
//! [`AccessInForce`]: crate::tenancy::AccessInForce

use crate::rbac::Role;
use crate::tenancy::AccessRule;

/// How many spans of hours a rule may have.
pub const MOST_HOURS: usize = 21;
/// How many networks a rule may have.
pub const MOST_NETWORKS: usize = 64;

crate::refusals! {
    /// Why rules about hours and networks are not taken.
    pub enum AccessRuleRefusal {
        /// Whoever could lock every owner out would have locked the workspace.
        Owner {
            /// Which of the rules.
            at: usize,
        } = Invalid, "access_rule.owner", "/access_rules/{at}/role", "no rule keeps an owner out";
        /// Two rules for one role could not both hold.
        Twice {
            /// Which of the rules.
            at: usize,
        } = Invalid, "access_rule.twice", "/access_rules/{at}/role", "this role has a rule already";
        /// A rule that restricts nothing reads as one that does.
        Empty {
            /// Which of the rules.
            at: usize,
        } = Invalid, "access_rule.empty", "/access_rules/{at}", "a rule names hours or networks";
        /// More than a rule may have.
        TooMany {
            /// Which of the rules.
            at: usize,
        } = Invalid, "access_rule.too_many", "/access_rules/{at}", "a rule has 21 spans of hours and 64 networks at most";
        /// Hours without a day, or that end where they begin.
        NoHours {
            /// Which of the rules.
            at: usize,
            /// Which of its hours.
            hours: usize,
        } = Invalid, "access_rule.no_hours", "/access_rules/{at}/hours/{hours}", "hours begin on a day and end at another time than they begin";
        /// Nobody is kept out by a peer, nor by themselves.
        BeyondReach = BeyondLimit, "access_rule.beyond_reach", "/access_rules", "only a role above it limits a role";
    }
}

/// Checks that `rules` may replace those `before`, at the word of somebody in role `by`, and puts them in order.
///
/// # Errors
/// [`AccessRuleRefusal`].
pub fn checked(
    mut rules: Vec<AccessRule>,
    before: &[AccessRule],
    by: Role,
) -> Result<Vec<AccessRule>, AccessRuleRefusal> {
    for (at, rule) in rules.iter().enumerate() {
        if rule.role == Role::Owner {
            return Err(AccessRuleRefusal::Owner { at });
        }
        if rules.iter().take(at).any(|other| other.role == rule.role) {
            return Err(AccessRuleRefusal::Twice { at });
        }
        if rule.hours.is_empty() && rule.networks.is_empty() {
            return Err(AccessRuleRefusal::Empty { at });
        }
        if rule.hours.len() > MOST_HOURS || rule.networks.len() > MOST_NETWORKS {
            return Err(AccessRuleRefusal::TooMany { at });
        }
        if let Some(hours) =
            rule.hours.iter().position(|hours| hours.days.is_empty() || hours.from == hours.until)
        {
            return Err(AccessRuleRefusal::NoHours { at, hours });
        }
    }
    for rule in &mut rules {
        for hours in &mut rule.hours {
            hours.days.sort();
            hours.days.dedup();
        }
    }
    rules.sort_by_key(|rule| Role::ALL.iter().position(|role| *role == rule.role));
    let of = |rules: &[AccessRule], role| rules.iter().find(|rule| rule.role == role).cloned();
    let touched = Role::ALL.into_iter().filter(|role| of(&rules, *role) != of(before, *role));
    match touched.into_iter().find(|role| role.rank() <= by.rank()) {
        Some(_) => Err(AccessRuleRefusal::BeyondReach),
        None => Ok(rules),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::{OpenHours, TimeOfDay, Weekday, WhenOutside};

    fn rule(role: Role) -> AccessRule {
        let days = vec![Weekday::Friday, Weekday::Monday, Weekday::Friday];
        let hours = vec![OpenHours { days, from: TimeOfDay::START, until: TimeOfDay::END }];
        AccessRule { role, hours, networks: vec![], outside: WhenOutside::Refuse }
    }

    #[test]
    fn asvs_v8_2_4_no_rule_locks_an_owner_out() {
        let refused = checked(vec![rule(Role::Cashier), rule(Role::Owner)], &[], Role::Owner);
        assert_eq!(refused, Err(AccessRuleRefusal::Owner { at: 1 }));
    }

    #[test]
    fn asvs_v8_2_4_only_a_role_above_it_limits_a_role() {
        assert!(checked(vec![rule(Role::Admin)], &[], Role::Owner).is_ok());
        assert_eq!(checked(vec![rule(Role::Admin)], &[], Role::Admin), Err(AccessRuleRefusal::BeyondReach));
        let kept = [rule(Role::Manager), rule(Role::Admin)];
        let there = checked(kept.to_vec(), &[], Role::Owner).unwrap();
        assert!(checked(vec![there[0].clone()], &there, Role::Admin).is_ok(), "what is not touched stays");
        assert_eq!(
            checked(vec![], &there, Role::Admin),
            Err(AccessRuleRefusal::BeyondReach),
            "nor lifts its own"
        );
    }

    #[test]
    fn a_rule_says_something_and_is_kept_in_one_order() {
        let empty = AccessRule { hours: vec![], ..rule(Role::Cashier) };
        assert_eq!(checked(vec![empty], &[], Role::Owner), Err(AccessRuleRefusal::Empty { at: 0 }));
        let twice = vec![rule(Role::Cashier), rule(Role::Cashier)];
        assert_eq!(checked(twice, &[], Role::Owner), Err(AccessRuleRefusal::Twice { at: 1 }));
        let mut never = rule(Role::Cashier);
        never.hours[0].until = TimeOfDay::START;
        assert_eq!(
            checked(vec![never], &[], Role::Owner),
            Err(AccessRuleRefusal::NoHours { at: 0, hours: 0 })
        );
        let mut many = rule(Role::Cashier);
        many.networks = vec!["10.0.0.0/8".parse().unwrap(); MOST_NETWORKS + 1];
        assert_eq!(checked(vec![many], &[], Role::Owner), Err(AccessRuleRefusal::TooMany { at: 0 }));
        let kept = checked(vec![rule(Role::Auditor), rule(Role::Admin)], &[], Role::Owner).unwrap();
        assert_eq!(kept.iter().map(|rule| rule.role).collect::<Vec<_>>(), [Role::Admin, Role::Auditor]);
        assert_eq!(kept[0].hours[0].days, [Weekday::Monday, Weekday::Friday]);
    }
}
