//! The workspace's own roles.

use aurex_core::identity::actions::ChangeCustomRoles;
use aurex_core::identity::roles::{CustomRole, CustomRolePatch, NewCustomRole, RoleCap};
use aurex_core::rbac::Role;
use aurex_core::service::access::{change_custom_role, custom_role, list_custom_roles, make_custom_role};
use aurex_core::tenancy::CustomRoleId;
use aurex_core::text::Name;
use poem_openapi::{Object, OpenApi, payload::Json};

use super::signed::{InPath, Signed};
use crate::http::answer::{Created, Document, Page};
use crate::http::body::{Body, Int, List, Replace, Text, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;

request! {
    /// A cap on one limit of the base role.
    pub struct CapBody {
        /// Which limit: `discount_ppm`, `rate_override_ppm`, `back_date_days`, `cancel_days`, `credit_days`,
        /// `allowance_ppm`, `metal_loss_ppm`, `booking_days`, `below_board_ppm` or `unpaid_ppm`.
        name: Text<1, 64>,
        /// The most, in the limit's own unit.
        most: Int<0, 2_147_483_647>,
    }
}

request! {
    /// A role to be made.
    pub struct NewRoleBody {
        /// What people call it.
        name: Name,
        /// The built-in role that it narrows: any but the owner's.
        base: Role,
        /// The codes of the actions that it takes away from its base.
        withheld: Option<List<Text<1, 64>, 0, 100>>,
        /// Caps on its base's limits.
        caps: Option<List<CapBody, 0, 20>>,
    }
}

request! {
    /// What shall be different about a role.
    pub struct RolePatchBody {
        /// What people call it.
        name: Replace<Name>,
        /// The codes of the actions that it takes away from its base.
        withheld: Replace<List<Text<1, 64>, 0, 100>>,
        /// Caps on its base's limits.
        caps: Replace<List<CapBody, 0, 20>>,
        /// Whether it is given to nobody any more. Who has it keeps it.
        retired: Replace<bool>,
    }
}

/// A cap on one limit of the base role.
#[derive(Debug, Clone, Object)]
pub struct CapView {
    /// Which limit.
    pub name: String,
    /// The most, in the limit's own unit.
    pub most: i64,
}

/// A role of the workspace's own.
#[derive(Debug, Clone, Object)]
pub struct RoleView {
    /// The id.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// The built-in role that it narrows.
    pub base: String,
    /// The codes of the actions that it takes away from its base.
    pub withheld: Vec<String>,
    /// Caps on its base's limits.
    pub caps: Vec<CapView>,
    /// Whether it is given to nobody any more.
    pub retired: bool,
    /// When it was made.
    pub created_at: String,
    /// The revision, for `If-Match`.
    pub etag: String,
}

fn etag(role: &CustomRole) -> ETag {
    ETag::of_revision(role.version.into())
}

impl From<CustomRole> for RoleView {
    fn from(role: CustomRole) -> Self {
        Self {
            etag: etag(&role).as_str().to_owned(),
            id: role.id.to_string(),
            name: role.name.to_string(),
            base: role.base.code().to_owned(),
            withheld: role.withheld,
            caps: role.caps.into_iter().map(|cap| CapView { name: cap.name, most: cap.most }).collect(),
            retired: role.retired,
            created_at: role.created_at.to_string(),
        }
    }
}

fn codes(list: List<Text<1, 64>, 0, 100>) -> Vec<String> {
    list.into_vec().into_iter().map(Text::into_string).collect()
}

fn caps(list: List<CapBody, 0, 20>) -> Vec<RoleCap> {
    let cap = |cap: CapBody| RoleCap { name: cap.name.into_string(), most: cap.most.get() };
    list.into_vec().into_iter().map(cap).collect()
}

/// The workspace's own roles.
pub struct Roles;

#[OpenApi]
impl Roles {
    /// Lists the workspace's own roles, oldest first, the retired ones too. There are 50 at most.
    #[oai(path = "/:w/roles", method = "get", operation_id = "listRoles")]
    async fn list(&self, w: Signed) -> Result<Json<Page<RoleView>>, Problem> {
        let roles = w.check(list_custom_roles(w.road(), w.scope()).await).await?;
        Ok(Json(Page { items: roles.into_iter().map(RoleView::from).collect(), next: None }))
    }

    /// Makes a role that takes away from a built-in one. It never adds anything.
    #[oai(path = "/:w/roles", method = "post", operation_id = "makeRole")]
    async fn make(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
        body: Body<NewRoleBody>,
    ) -> Result<Created<RoleView>, Problem> {
        let presented = w.presented(&key, body.leaves());
        let body = body.into_inner();
        let new = NewCustomRole {
            name: body.name,
            base: body.base,
            withheld: body.withheld.map(codes).unwrap_or_default(),
            caps: body.caps.map(caps).unwrap_or_default(),
        };
        let made = make_custom_role(w.road(), &w.app().catalogue, w.scope(), presented.as_ref(), new).await;
        let done = w.check(made).await?;
        let tag = etag(&done.value);
        Ok(Created::new(done.value.into()).etag(tag).replayed(done.replayed))
    }

    /// Shows a role.
    #[oai(path = "/:w/roles/:id", method = "get", operation_id = "showRole")]
    async fn show(&self, w: Signed, id: InPath<CustomRoleId>) -> Result<Document<RoleView>, Problem> {
        let role = w.check(custom_role(w.road(), w.scope(), *id).await).await?;
        Ok(Document { etag: etag(&role), value: role.into() })
    }

    /// Changes a role. It holds from the next request of whoever has it.
    #[oai(path = "/:w/roles/:id", method = "patch", operation_id = "changeRole")]
    async fn change(
        &self,
        w: Signed,
        id: InPath<CustomRoleId>,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<RolePatchBody>,
    ) -> Result<Document<RoleView>, Problem> {
        w.may::<ChangeCustomRoles>().await?;
        let expected = if_match.required()?.revision();
        let body = body.into_inner();
        let patch = CustomRolePatch {
            name: body.name.0,
            withheld: body.withheld.0.map(codes),
            caps: body.caps.0.map(caps),
            retired: body.retired.0,
        };
        let (road, catalogue) = (w.road(), &w.app().catalogue);
        let done =
            w.check(change_custom_role(road, catalogue, w.scope(), *id, expected, patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }
}
