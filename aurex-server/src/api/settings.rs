//! The workspace's settings.

use aurex_core::identity::settings::{BusinessPatch, Settings as CoreSettings, SettingsPatch};
use aurex_core::measure::Ratio;
use aurex_core::rbac::Role;
use aurex_core::service::access::{change_settings, keep_workspace, settings};
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::Gstin;
use aurex_core::shop::parties::Address;
use aurex_core::tenancy::AccessRule;
use aurex_core::text::Name;
use poem_openapi::{Object, OpenApi};

use super::access_rules::{AccessRuleBody, AccessRuleView};
use super::parties::touched;
use super::signed::Signed;
use crate::http::answer::Document;
use crate::http::body::Leaves;
use crate::http::body::{Body, List, Patch, Replace, choice, request};
use crate::http::etag::{ETag, IfMatch};
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;

choice! {
    /// How the shop stands towards GST.
    pub enum SchemeWord {
        /// Registered: tax invoices.
        Regular = "regular",
        /// Composition: bills of supply without tax.
        Composition = "composition",
        /// Not registered: bills of supply without tax.
        Unregistered = "unregistered",
    }
}

impl From<SchemeWord> for Scheme {
    fn from(word: SchemeWord) -> Self {
        match word {
            SchemeWord::Regular => Self::Regular,
            SchemeWord::Composition => Self::Composition,
            SchemeWord::Unregistered => Self::Unregistered,
        }
    }
}

request! {
    /// What shall be different about the shop's particulars.
    pub struct BusinessPatchBody {
        /// The legal name.
        legal_name: Replace<Name>,
        /// The address.
        address: Replace<Address>,
        /// The GSTIN; `null` when it was given up.
        gstin: Patch<Gstin>,
        /// How the shop stands towards GST.
        scheme: Replace<SchemeWord>,
        /// How far one person may move a rate from the last one, in millionths of it; further takes a second person. 0 to
        /// 1000000.
        rate_move_ppm: Replace<Ratio>,
    }
}

request! {
    /// What shall be different about the settings.
    pub struct SettingsPatchBody {
        /// The workspace's name for people.
        name: Replace<Name>,
        /// Whether members may sign in by a link in a mail.
        magic_links: Replace<bool>,
        /// The shop's particulars.
        business: Replace<BusinessPatchBody>,
        /// The roles that must have a second factor. Whoever has none yet sets one up before anything else.
        second_factor_for: Replace<List<Role, 0, 6>>,
        /// When and from where members may sign in and act, by role, in place of all rules before. A rule for a role can
        /// be made, changed or taken away by the roles above it; none keeps an owner out.
        access_rules: Replace<List<AccessRuleBody, 0, 5>>,
    }
}

/// The shop's particulars.
#[derive(Debug, Clone, Object)]
pub struct BusinessView {
    /// The legal name.
    pub legal_name: Option<String>,
    /// The address.
    pub address: Option<String>,
    /// The GSTIN.
    pub gstin: Option<String>,
    /// How the shop stands towards GST.
    pub scheme: String,
    /// How far one person may move a rate from the last one, in millionths of it.
    pub rate_move_ppm: i32,
    /// What is missing before a bill can be issued.
    pub missing: Vec<String>,
}

/// The settings.
#[derive(Debug, Clone, Object)]
pub struct SettingsView {
    /// The workspace's name in addresses.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// The currency of its books.
    pub currency: String,
    /// The zone of its business dates.
    pub time_zone: String,
    /// The GST code of its state.
    pub state_code: String,
    /// Whether members may sign in by a link in a mail.
    pub magic_links: bool,
    /// The shop's particulars.
    pub business: BusinessView,
    /// The roles that must have a second factor.
    pub second_factor_for: Vec<String>,
    /// When and from where members may sign in and act, by role; who is in none may at any hour from anywhere.
    pub access_rules: Vec<AccessRuleView>,
    /// How the workspace stands with whoever runs the service: `trial`, `active`, `past_due`; `read_only` and `closed` when
    /// nothing new is written.
    pub plan: String,
    /// The last day of the books that takes no entries any more; null while all do.
    pub books_locked_through: Option<String>,
    /// When the workspace was opened.
    pub created_at: String,
    /// When it ends, where it is to be deleted: read-only until then, gone after.
    pub ends_at: Option<String>,
    /// The revision, for `If-Match`.
    pub etag: String,
}

fn etag(settings: &CoreSettings) -> ETag {
    ETag::of_text(&settings.version())
}

impl From<CoreSettings> for SettingsView {
    fn from(settings: CoreSettings) -> Self {
        let etag = etag(&settings).as_str().to_owned();
        let CoreSettings { workspace, business } = settings;
        Self {
            slug: workspace.slug.to_string(),
            name: workspace.name.to_string(),
            currency: workspace.currency.code().to_owned(),
            time_zone: workspace.zone.name().to_owned(),
            state_code: business.state.to_string(),
            magic_links: workspace.magic_links,
            business: BusinessView {
                missing: business.missing().into_iter().map(str::to_owned).collect(),
                legal_name: business.legal_name.as_ref().map(ToString::to_string),
                address: business.address.as_ref().map(ToString::to_string),
                gstin: business.gstin.as_ref().map(|gstin| gstin.as_str().to_owned()),
                scheme: business.scheme.code().to_owned(),
                rate_move_ppm: business.rate_move.ppm(),
            },
            second_factor_for: workspace
                .second_factor_for
                .iter()
                .map(|role| role.code().to_owned())
                .collect(),
            access_rules: workspace.access_rules.into_iter().map(AccessRuleView::from).collect(),
            plan: workspace.plan.code().to_owned(),
            books_locked_through: workspace.books_locked_through.map(|day| day.to_string()),
            created_at: workspace.created_at.to_string(),
            ends_at: workspace.ends_at.map(|end| end.to_string()),
            etag,
        }
    }
}

/// The settings.
pub struct Settings;

#[OpenApi]
impl Settings {
    /// Shows the settings.
    #[oai(path = "/:w/settings", method = "get", operation_id = "showSettings")]
    async fn show(&self, w: Signed) -> Result<Document<SettingsView>, Problem> {
        let settings = w.check(settings(w.road(), w.scope()).await).await?;
        Ok(Document { etag: etag(&settings), value: settings.into() })
    }

    /// Changes the settings.
    #[oai(path = "/:w/settings", method = "patch", operation_id = "changeSettings")]
    async fn change(
        &self,
        w: Signed,
        #[oai(name = "If-Match")] if_match: IfMatch,
        body: Body<SettingsPatchBody>,
    ) -> Result<Document<SettingsView>, Problem> {
        w.may::<aurex_core::identity::actions::ChangeSettings>().await?;
        let expected = if_match.required()?.text();
        let body = body.into_inner();
        let patch = SettingsPatch {
            name: body.name.0,
            magic_links: body.magic_links.0,
            business: body.business.0.map(|business| BusinessPatch {
                legal_name: business.legal_name.0,
                address: business.address.0,
                gstin: touched(business.gstin),
                scheme: business.scheme.0.map(Scheme::from),
                rate_move: business.rate_move_ppm.0,
            }),
            second_factor_for: body.second_factor_for.0.map(List::into_vec),
            access_rules: body
                .access_rules
                .0
                .map(|rules| rules.into_vec().into_iter().map(AccessRule::from).collect()),
        };
        let done = w.check(change_settings(w.road(), w.scope(), expected, patch).await).await?;
        Ok(Document { etag: etag(&done.value), value: done.value.into() })
    }

    /// Keeps a workspace that was to be deleted: any owner may, with a fresh proof, until it has ended. Every owner is told by
    /// mail.
    #[oai(path = "/:w/workspace/keep", method = "post", operation_id = "keepWorkspace")]
    async fn keep(
        &self,
        w: Signed,
        #[oai(name = "Idempotency-Key")] key: IdempotencyKey,
    ) -> Result<Document<SettingsView>, Problem> {
        let presented = w.presented_for(&key, &Leaves::default(), "workspace/keep");
        w.check(keep_workspace(w.road(), w.scope(), presented.as_ref()).await).await?;
        let settings = w.check(settings(w.road(), w.scope()).await).await?;
        Ok(Document { etag: etag(&settings), value: settings.into() })
    }
}
