//! A workspace's settings: what people call it, and the shop's particulars.

use super::actions::ChangeSettings;
use super::opening::{OpeningRefusal, check_gstin};
use crate::audit::{Change, Draft, Subject};
use crate::measure::Ratio;
use crate::rbac::Role;
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::Gstin;
use crate::shop::parties::Address;
use crate::tenancy::{AccessRule, Workspace};
use crate::text::Name;

/// The settings as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The workspace.
    pub workspace: Workspace,
    /// The shop's particulars.
    pub business: Business,
}

impl Settings {
    /// Their version: it differs whenever either row does.
    pub fn version(&self) -> String {
        format!("{}-{}", self.workspace.version, self.business.version)
    }
}

/// What is to be different about the settings; what is `None` stays.
#[derive(Debug, Clone, Default)]
pub struct SettingsPatch {
    /// The workspace's name for people.
    pub name: Option<Name>,
    /// Whether members may sign in by a link in a mail.
    pub magic_links: Option<bool>,
    /// The shop's particulars.
    pub business: Option<BusinessPatch>,
    /// The roles that must have a second factor.
    pub second_factor_for: Option<Vec<Role>>,
    /// When and from where members may sign in and act, by role; [`checked`](super::access_rules::checked) before it is
    /// decided about.
    pub access_rules: Option<Vec<AccessRule>>,
}

/// What is to be different about the shop's particulars. The state stays: a shop in another state is another
/// registration, with bills and books of its own.
#[derive(Debug, Clone, Default)]
pub struct BusinessPatch {
    /// Its legal name.
    pub legal_name: Option<Name>,
    /// Its address.
    pub address: Option<Address>,
    /// Its GSTIN; `Some(None)` takes it away.
    pub gstin: Option<Option<Gstin>>,
    /// How it stands towards GST.
    pub scheme: Option<Scheme>,
    /// How far one person may move a rate from the last one.
    pub rate_move: Option<Ratio>,
}

/// The settings were changed.
#[derive(Debug, Clone)]
pub struct SettingsChanged {
    /// As they were.
    pub before: Settings,
    /// As they are.
    pub after: Settings,
}

/// Decides about changing the settings; `None` when nothing would be different.
///
/// # Errors
/// [`OpeningRefusal::GstinState`], [`OpeningRefusal::RateMove`].
pub fn decide_change(
    patch: SettingsPatch,
    before: Settings,
) -> Result<Option<SettingsChanged>, OpeningRefusal> {
    let Settings { mut workspace, mut business } = before.clone();
    if let Some(name) = patch.name {
        workspace.name = name;
    }
    workspace.magic_links = patch.magic_links.unwrap_or(workspace.magic_links);
    if let Some(patch) = patch.business {
        business.legal_name = patch.legal_name.or(business.legal_name);
        business.address = patch.address.or(business.address);
        business.gstin = patch.gstin.unwrap_or(business.gstin);
        business.scheme = patch.scheme.unwrap_or(business.scheme);
        business.rate_move = patch.rate_move.unwrap_or(business.rate_move);
    }
    if let Some(mut roles) = patch.second_factor_for {
        roles.sort_by_key(|role| role.rank());
        roles.dedup();
        workspace.second_factor_for = roles;
    }
    workspace.access_rules = patch.access_rules.unwrap_or(workspace.access_rules);
    check_gstin(business.gstin.as_ref(), business.state)?;
    if !(0..=1_000_000).contains(&business.rate_move.ppm()) {
        return Err(OpeningRefusal::RateMove);
    }
    if workspace != before.workspace {
        workspace.version = workspace.version.saturating_add(1);
    }
    if business != before.business {
        business.version = business.version.saturating_add(1);
    }
    let after = Settings { workspace, business };
    Ok((after != before).then_some(SettingsChanged { before, after }))
}

impl Change for SettingsChanged {
    type By = ChangeSettings;

    fn subject(&self) -> Subject {
        Subject::new("settings", &self.before.workspace.slug)
    }

    fn record(self, draft: &mut Draft) {
        let (before, after) = (&self.before.workspace, &self.after.workspace);
        if before.second_factor_for != after.second_factor_for || before.access_rules != after.access_rules {
            draft.raise_epoch();
        }
        draft.update(&self.before.workspace, self.after.workspace);
        draft.update(&self.before.business, self.after.business);
    }
}
