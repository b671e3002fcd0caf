//! The catalogue as a casbin model: a policy line a cell of the matrix; a token's grants as its groups.

use casbin::{CoreApi as _, DefaultModel, Enforcer, MemoryAdapter, MgmtApi as _};

use super::{Asker, Rule};

const MODEL: &str = r#"
[request_definition]
r = role, act, token, stepped

[policy_definition]
p = role, act, step

[role_definition]
g = _, _

[policy_effect]
e = some(where (p.eft == allow))

[matchers]
m = r.role == p.role && r.act == p.act && (p.step == "no" || r.stepped == "yes") && (r.token == "none" || g(r.token, r.act))
"#;

/// An enforcer for one asker, because a token's grants are part of its policy.
pub struct Casbin {
    enforcer: Enforcer,
    role: String,
    token: String,
    stepped: String,
}

fn yes_no(yes: bool) -> String {
    if yes { "yes" } else { "no" }.to_owned()
}

impl Casbin {
    pub fn of(rules: &[Rule], asker: &Asker) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let enforcer = runtime.block_on(Self::enforcer(rules, asker)).expect("the model is sound");
        let token = if asker.granted.is_some() { "token" } else { "none" }.to_owned();
        Self { enforcer, role: asker.role.code().to_owned(), token, stepped: yes_no(asker.stepped_up) }
    }

    async fn enforcer(rules: &[Rule], asker: &Asker) -> casbin::Result<Enforcer> {
        let model = DefaultModel::from_str(MODEL).await?;
        let mut enforcer = Enforcer::new(model, MemoryAdapter::default()).await?;
        let cells = rules.iter().flat_map(|rule| {
            let cell = |role: &aurex_core::rbac::Role| {
                vec![role.code().to_owned(), rule.code.to_owned(), yes_no(rule.step_up)]
            };
            rule.held_by.iter().map(cell)
        });
        enforcer.add_policies(cells.collect()).await?;
        let grants = asker.granted.iter().flatten().map(|code| vec!["token".to_owned(), (*code).to_owned()]);
        enforcer.add_grouping_policies(grants.collect()).await?;
        enforcer.build_role_links()?;
        Ok(enforcer)
    }

    pub fn answer(&self, code: &str) -> bool {
        let Self { role, token, stepped, .. } = self;
        self.enforcer.enforce((role, code, token, stepped)).expect("the request has the model's form")
    }
}
