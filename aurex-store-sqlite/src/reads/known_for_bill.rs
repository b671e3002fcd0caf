//! Everything a bill needs, in seven hops whatever its length: workspace, particulars, party, pieces, rates, series,
//! accounts. Lots make an eighth.

use std::collections::HashMap;

use aurex_core::ledger::{Account, Series, SeriesKind};
use aurex_core::store::{
    BillKnown, BillNeeds, BusinessReads as _, PartyReads as _, Read, WorkspaceReads as _,
};
use aurex_core::tenancy::Id as _;
use aurex_core::text::Label;
use aurex_core::time::FinancialYear;

use super::counter::lot_on_hand;
use super::hex_ids;
use crate::rows::{account, item, rate, read_all, series};
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

impl SqliteTurn<'_> {
    pub(super) async fn everything_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        Ok(BillKnown {
            workspace: self.workspace().await?,
            business: self.business().await?,
            party: self.party(needs.party).await?,
            items: self.items_of(needs).await?,
            lots: self.lots_of(needs).await?,
            rates: self.sell_rates(needs).await?,
            series: self.series_of(&needs.prefixes, FinancialYear::of(needs.date).starts_in()).await?,
            accounts: self.accounts_of(Some(needs.party.uuid())).await?,
        })
    }

    async fn items_of(&mut self, needs: &BillNeeds) -> Read<Vec<aurex_core::shop::stock::Item>> {
        if needs.items.is_empty() {
            return Ok(Vec::new());
        }
        let ids = hex_ids(needs.items.iter().map(|id| id.uuid()));
        let rows = item!("AND id IN (SELECT unhex(value) FROM json_each(?))", self.tenant.uuid(), ids);
        let found = read_all(self.held.all(rows).await?, self.tenant)?;
        Ok(in_order(needs.items.iter(), found, |item| item.id))
    }

    async fn lots_of(
        &mut self,
        needs: &BillNeeds,
    ) -> Read<Vec<(aurex_core::shop::stock::Lot, aurex_core::shop::stock::OnHand)>> {
        if needs.lots.is_empty() {
            return Ok(Vec::new());
        }
        let ids = hex_ids(needs.lots.iter().map(|id| id.uuid()));
        let rows =
            lot_on_hand!("AND lot.id IN (SELECT unhex(value) FROM json_each(?))", self.tenant.uuid(), ids);
        let rows = self.held.all(rows).await?;
        let found = rows.into_iter().map(|row| row.read(self.tenant)).collect::<Read<Vec<_>>>()?;
        Ok(in_order(needs.lots.iter(), found, |(lot, _)| lot.id))
    }

    async fn sell_rates(&mut self, needs: &BillNeeds) -> Read<Vec<aurex_core::shop::rates::PostedRate>> {
        let (tenant, date) = (self.tenant.uuid(), needs.date.to_string());
        let rates = rate!(
            "AND id IN (
                 SELECT max(id) FROM rate WHERE tenant_id = ? AND business_date = ? AND kind = 'sell'
                 GROUP BY metal, fineness
             )
             ORDER BY metal, fineness",
            tenant,
            tenant,
            date
        );
        read_all(self.held.all(rates).await?, self.tenant)
    }

    async fn series_of(&mut self, prefixes: &[Label], year: i32) -> Read<Vec<Series>> {
        let rows = series!("AND kind = ? AND year = ?", self.tenant.uuid(), SeriesKind::Invoice.code(), year);
        let found = read_all(self.held.all(rows).await?, self.tenant)?;
        Ok(in_order(prefixes.iter(), found, |series| series.prefix.clone()))
    }

    /// The workspace's own accounts, and a party's.
    pub(super) async fn accounts_of(&mut self, party: Option<uuid::Uuid>) -> Read<Vec<Account>> {
        let rows = account!("AND (party IS NULL OR party = ?) ORDER BY id", self.tenant.uuid(), party);
        read_all(self.held.all(rows).await?, self.tenant)
    }
}
