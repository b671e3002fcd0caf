//! The catalogue of actions said again in the languages of two other policy engines.
//!
//! They share nothing with the policy but the declarations, so where all three agree, the rule between declaration and
//! decision is the one that was meant.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "an oracle that cannot be built must stop")]

mod casbin;
mod cedar;

use aurex_core::rbac::{Catalogue, Role};

pub use self::{casbin::Casbin, cedar::Cedar};

/// What the catalogue declares of one action, as far as it decides anything.
#[derive(Debug, Clone)]
pub struct Rule {
    pub code: &'static str,
    pub held_by: Vec<Role>,
    pub step_up: bool,
}

/// The declarations of all actions.
pub fn rules(catalogue: &Catalogue) -> Vec<Rule> {
    let rule = |action: &aurex_core::rbac::ActionInfo| Rule {
        code: action.code,
        held_by: Role::ALL.into_iter().filter(|role| action.is_held_by(*role)).collect(),
        step_up: action.step_up,
    };
    catalogue.iter().map(rule).collect()
}

/// Who asks.
#[derive(Debug, Clone)]
pub struct Asker {
    pub role: Role,
    /// What a token was granted; `None` for a person.
    pub granted: Option<Vec<&'static str>>,
    pub stepped_up: bool,
}

impl Asker {
    /// A person with a session.
    pub fn person(role: Role, stepped_up: bool) -> Self {
        Self { role, granted: None, stepped_up }
    }

    /// A program with a token, which never steps up.
    pub fn token(role: Role, granted: &[&'static str]) -> Self {
        Self { role, granted: Some(granted.to_vec()), stepped_up: false }
    }
}
