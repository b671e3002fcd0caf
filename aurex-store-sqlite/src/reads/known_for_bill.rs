//! Everything a bill needs, in one hop whatever its length: each table puts its rows together as one JSON value of one row.

use std::collections::HashMap;

use aurex_core::ledger::{Account, SeriesKind};
use aurex_core::store::{BillKnown, BillNeeds, Read, StoreError};
use aurex_core::tenancy::Id as _;
use aurex_core::text::Label;
use aurex_core::time::FinancialYear;
use serde::de::DeserializeOwned;

use super::audit::KeyRow;
use super::counter::LotOnHand;
use super::hex_ids;
use super::identity::missing;
use crate::rows::{
    AccountRow, BusinessRow, ItemRow, PartyRow, PostedRateRow, SeriesRow, Stored, WorkspaceRow, account,
    read_all, read_one,
};
use crate::turn::SqliteTurn;

/// The found ones in the order they were asked for, as often as they were.
fn in_order<'k, K: std::hash::Hash + Eq + 'k, T: Clone>(
    asked: impl Iterator<Item = &'k K>,
    found: Vec<T>,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let found: HashMap<K, T> = found.into_iter().map(|row| (key(&row), row)).collect();
    asked.filter_map(|key| found.get(key).cloned()).collect()
}

fn parsed<T: DeserializeOwned>(json: &str) -> Read<T> {
    serde_json::from_str(json).map_err(|_| StoreError::corrupt("a row that is not as its table"))
}

impl SqliteTurn<'_> {
    pub(super) async fn everything_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        let known = sqlx::query_file!(
            "src/reads/known_for_bill.sql",
            self.tenant.uuid(),
            needs.party.uuid(),
            hex_ids(needs.items.iter().map(|id| id.uuid())),
            hex_ids(needs.lots.iter().map(|id| id.uuid())),
            needs.date.to_string(),
            SeriesKind::Invoice.code(),
            FinancialYear::of(needs.date).starts_in(),
            needs.key.as_ref().map(|key| key.holder.uuid()),
            needs.key.as_ref().map(|key| key.action),
            needs.key.as_ref().map(|key| key.key.clone()),
        );
        let known = self.held.optional(known).await?.ok_or_else(|| missing("row"))?;
        let items = self.all_of::<ItemRow>(&known.items)?;
        let lots: Vec<LotOnHand> = parsed(&known.lots)?;
        let lots = lots.into_iter().map(|row| row.read(self.tenant)).collect::<Read<Vec<_>>>()?;
        let series = self.all_of::<SeriesRow>(&known.series)?;
        let kept = match (&needs.key, known.key_tenant, known.key_fields, known.key_resource, known.key_at) {
            (Some(lookup), Some(of), Some(fields), Some(resource), Some(at)) => {
                Some(KeyRow { tenant_id: of, fields, resource, at }.read(self.tenant, lookup)?)
            }
            _ => None,
        };
        let workspace = self.one_of::<WorkspaceRow>(known.workspace)?.ok_or_else(|| missing("row"))?;
        self.workspace = Some(workspace.clone());
        Ok(BillKnown {
            workspace,
            business: self.one_of::<BusinessRow>(known.business)?.ok_or_else(|| missing("particulars"))?,
            party: self.one_of::<PartyRow>(known.party)?,
            items: in_order(needs.items.iter(), items, |item| item.id),
            lots: in_order(needs.lots.iter(), lots, |(lot, _)| lot.id),
            rates: self.all_of::<PostedRateRow>(&known.rates)?,
            series: in_order(needs.prefixes.iter(), series, |series| -> Label { series.prefix.clone() }),
            accounts: self.all_of::<AccountRow>(&known.accounts)?,
            key: kept,
        })
    }

    fn one_of<S: Stored + DeserializeOwned>(&self, json: Option<String>) -> Read<Option<S::Record>> {
        read_one(json.map(|json| parsed::<S>(&json)).transpose()?, self.tenant)
    }

    fn all_of<S: Stored + DeserializeOwned>(&self, json: &str) -> Read<Vec<S::Record>> {
        read_all(parsed::<Vec<S>>(json)?, self.tenant)
    }

    /// The workspace's own accounts, and a party's.
    pub(super) async fn accounts_of(&mut self, party: Option<uuid::Uuid>) -> Read<Vec<Account>> {
        let rows = account!("AND (party IS NULL OR party = ?) ORDER BY id", self.tenant.uuid(), party);
        read_all(self.held.all(rows).await?, self.tenant)
    }
}
