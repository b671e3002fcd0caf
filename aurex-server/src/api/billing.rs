//! The workspace's plan, and whom bills for the service are made out to.

use aurex_core::identity::actions::ChangeBilling;
use aurex_core::identity::contacts::contact;
use aurex_core::identity::plans::BillingPatch;
use aurex_core::service::access::{billing, change_billing};
use aurex_core::shop::identifiers::Gstin;
use aurex_core::tenancy::{ContactKind, Workspace};
use aurex_core::text::{Label, Name, Note};
use poem_openapi::{Object, OpenApi};

use super::parties::touched;
use super::signed::Signed;
use crate::http::answer::Document;
use crate::http::body::{Body, Patch, Replace, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::problem::Problem;

request! {
    /// What shall be different about whom bills for the service are made out to. The first time name and address both
    /// have to be there.
    pub struct BillingPatchBody {
        /// The name on the bill.
        name: Replace<Name>,
        /// The address on it.
        address: Replace<Note>,
        /// The GSTIN on it; `null` for none.
        gstin: Patch<Gstin>,
    }
}

/// The workspace's plan, and whom bills for the service are made out to.
#[derive(Debug, Clone, Object)]
pub struct BillingView {
    /// `trial`, `active`, `past_due`: everything goes on; `read_only`: nothing new is written until the bill is paid;
    /// `closed`: what is here can be read and taken away.
    pub plan: String,
    /// The name on the bill.
    pub name: Option<String>,
    /// The address on it.
    pub address: Option<String>,
    /// The GSTIN on it.
    pub gstin: Option<String>,
    /// Where bills are sent: the workspace's contact for `billing`.
    pub email: Option<String>,
    /// The revision, for `If-Match`.
    pub etag: String,
}

fn etag(workspace: &Workspace) -> ETag {
    ETag::of_revision(workspace.version.into())
}

impl From<Workspace> for BillingView {
    fn from(workspace: Workspace) -> Self {
        let etag = etag(&workspace).as_str().to_owned();
        let email =
            contact(&workspace, ContactKind::Billing).map(|contact| contact.email.as_str().to_owned());
        let (plan, billing) = (workspace.plan.code().to_owned(), workspace.billing);
        let gstin = billing.as_ref().and_then(|billing| billing.tax_id.as_ref()).map(ToString::to_string);
        let (name, address) =
            billing.map(|billing| (billing.name.to_string(), billing.address.to_string())).unzip();
        Self { plan, name, address, gstin, email, etag }
    }
}

/// The plan and the billing details.
pub struct Billing;

#[OpenApi]
impl Billing {
    /// Shows how the workspace stands with whoever runs the service, and whom bills for it are made out to.
    #[oai(path = "/:w/billing", method = "get", operation_id = "showBilling")]
    async fn show(&self, w: Signed) -> Result<Document<BillingView>, Problem> {
        let workspace = w.check(billing(w.road(), w.scope()).await).await?;
        Ok(Document { etag: etag(&workspace), value: workspace.into() })
    }

    /// Changes whom bills are made out to. Needs a fresh proof; every owner is told by mail. Goes on while the workspace
    /// is read-only. Where bills are sent is set under `contacts`.
    #[oai(path = "/:w/billing", method = "patch", operation_id = "changeBilling")]
    async fn change(
        &self,
        w: Signed,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<BillingPatchBody>,
    ) -> Result<Document<BillingView>, Problem> {
        w.may::<ChangeBilling>().await?;
        let expected = if_match.required()?.revision();
        let BillingPatchBody { name, address, gstin } = body.into_inner();
        // A GSTIN is fifteen characters: it is a label.
        let label = |gstin: Gstin| Label::new(gstin.as_str()).ok();
        let tax_id = touched(gstin).map(|gstin| gstin.and_then(label));
        let patch = BillingPatch { name: name.0, address: address.0, tax_id };
        let done = w.check(change_billing(w.road(), w.scope(), expected, patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }
}
