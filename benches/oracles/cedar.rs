//! The catalogue as Cedar policies: a permit an action, and two prohibitions for what narrows everybody.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;

use cedar_policy::{
    Authorizer, Context, Decision, Entities, Entity, EntityUid, PolicySet, Request, RestrictedExpression,
};

use super::{Asker, Rule};

/// A token holds its grants as a set of actions. Whatever is not in it is forbidden, which in Cedar outweighs a permit.
const NARROWED: &str = "forbid (principal, action, resource) when { principal has granted && !principal.granted.contains(action) };\n";

pub struct Cedar {
    authorizer: Authorizer,
    policies: PolicySet,
}

/// One question, ready to be put again and again.
pub struct Question {
    request: Request,
    entities: Entities,
}

fn uid(kind: &str, id: &str) -> EntityUid {
    format!("{kind}::\"{id}\"").parse().unwrap()
}

impl Cedar {
    pub fn of(rules: &[Rule]) -> Self {
        let mut text = NARROWED.to_owned();
        for Rule { code, held_by, step_up } in rules {
            let roles: Vec<_> = held_by.iter().map(|role| format!("Role::\"{role}\"")).collect();
            let roles = roles.join(", ");
            writeln!(text, "permit (principal, action == Action::\"{code}\", resource)").unwrap();
            writeln!(text, "when {{ principal in [{roles}] }};").unwrap();
            if *step_up {
                writeln!(text, "forbid (principal, action == Action::\"{code}\", resource)").unwrap();
                writeln!(text, "unless {{ context.stepped_up }};").unwrap();
            }
        }
        Self { authorizer: Authorizer::new(), policies: text.parse().unwrap() }
    }

    pub fn question(asker: &Asker, code: &str) -> Question {
        let role = uid("Role", asker.role.code());
        let principal = uid("Actor", "asker");
        let granted = asker.granted.iter().map(|codes| {
            let codes = codes.iter().map(|code| RestrictedExpression::new_entity_uid(uid("Action", code)));
            ("granted".to_owned(), RestrictedExpression::new_set(codes))
        });
        let actor = Entity::new(principal.clone(), granted.collect(), HashSet::from([role.clone()])).unwrap();
        let role = Entity::new(role, HashMap::new(), HashSet::new()).unwrap();
        let stepped_up = ("stepped_up".to_owned(), RestrictedExpression::new_bool(asker.stepped_up));
        let context = Context::from_pairs([stepped_up]).unwrap();
        let resource = uid("Workspace", "here");
        Question {
            request: Request::new(principal, uid("Action", code), resource, context, None).unwrap(),
            entities: Entities::from_entities([actor, role], None).unwrap(),
        }
    }

    pub fn answer(&self, question: &Question) -> bool {
        let response = self.authorizer.is_authorized(&question.request, &self.policies, &question.entities);
        let error = response.diagnostics().errors().next();
        assert!(error.is_none(), "a policy that fails is skipped, and would agree by accident: {error:?}");
        response.decision() == Decision::Allow
    }
}
