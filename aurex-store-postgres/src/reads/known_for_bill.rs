//! Everything a bill needs, in one round trip whatever its length. The workspace is known from the opening message; each
//! of the other tables puts its rows together as one JSON value of one row.

use std::collections::HashMap;

use aurex_core::ledger::SeriesKind;
use aurex_core::store::{BillKnown, BillNeeds, Read};
use aurex_core::tenancy::Id as _;
use aurex_core::text::Label;
use aurex_core::time::FinancialYear;
use sqlx::types::Json;

use super::audit::KeyRow;
use super::counter::LotOnHand;
use super::identity::missing;
use super::{can_be_stored, ids};
use crate::rows::{
    AccountRow, BusinessRow, ItemRow, PartyRow, PostedRateRow, SeriesRow, Stored as _, read_all,
};
use crate::turn::PostgresTurn;

/// The found ones in the order they were asked for, as often as they were.
fn in_order<'k, K: std::hash::Hash + Eq + 'k, T: Clone>(
    asked: impl Iterator<Item = &'k K>,
    found: Vec<T>,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let found: HashMap<K, T> = found.into_iter().map(|row| (key(&row), row)).collect();
    asked.filter_map(|key| found.get(key).cloned()).collect()
}

impl PostgresTurn<'_> {
    pub(super) async fn everything_for_bill(&mut self, needs: &BillNeeds) -> Read<BillKnown> {
        let prefixes: Vec<String> = needs.prefixes.iter().map(|prefix| prefix.as_str().to_owned()).collect();
        // What the database cannot hold was never kept.
        let asked = needs.key.as_ref().filter(|key| can_be_stored(&key.key));
        let known = sqlx::query!(
            r#"SELECT
                (SELECT row_to_json(b) FROM aurex.business AS b WHERE b.tenant_id = $1)
                    AS "business: Json<BusinessRow>",
                (SELECT row_to_json(p) FROM aurex.party AS p WHERE p.tenant_id = $1 AND p.id = $2)
                    AS "party: Json<PartyRow>",
                (SELECT coalesce(json_agg(i), '[]') FROM aurex.item AS i WHERE i.tenant_id = $1 AND i.id = ANY($3))
                    AS "items!: Json<Vec<ItemRow>>",
                (SELECT coalesce(json_agg(l), '[]') FROM (
                    SELECT lot.*, coalesce(o.currency, w.currency) AS currency, coalesce(o.mass, 0) AS mass,
                        coalesce(o.fine, 0) AS fine, coalesce(o.cost, 0) AS cost
                    FROM aurex.lot
                    JOIN aurex.workspace AS w ON w.tenant_id = $1
                    LEFT JOIN aurex.lot_on_hand AS o ON o.tenant_id = $1 AND o.lot = lot.id
                    WHERE lot.tenant_id = $1 AND lot.id = ANY($4)
                ) AS l) AS "lots!: Json<Vec<LotOnHand>>",
                (SELECT coalesce(json_agg(r ORDER BY r.metal, r.fineness), '[]') FROM (
                    SELECT DISTINCT ON (metal, fineness) * FROM aurex.rate
                    WHERE tenant_id = $1 AND business_date = $5 AND kind = 'sell'
                    ORDER BY metal, fineness, id DESC
                ) AS r) AS "rates!: Json<Vec<PostedRateRow>>",
                (SELECT coalesce(json_agg(s), '[]') FROM aurex.series AS s
                    WHERE s.tenant_id = $1 AND s.kind = $6 AND s.prefix = ANY($7) AND s.year = $8)
                    AS "series!: Json<Vec<SeriesRow>>",
                (SELECT coalesce(json_agg(a ORDER BY a.id), '[]') FROM aurex.account AS a
                    WHERE a.tenant_id = $1 AND (a.party IS NULL OR a.party = $2))
                    AS "accounts!: Json<Vec<AccountRow>>",
                kept.tenant_id AS "key_tenant?", kept.fields AS "key_fields?", kept.resource AS "key_resource?",
                kept.at AS "key_at?"
            FROM (SELECT 1) AS one
            LEFT JOIN aurex.idempotency_key AS kept
                ON kept.tenant_id = $1 AND kept.holder = $9 AND kept.action = $10 AND kept.key = $11"#,
            self.tenant.uuid(),
            needs.party.uuid(),
            &ids(&needs.items),
            &ids(&needs.lots),
            needs.date,
            SeriesKind::Invoice.code(),
            &prefixes,
            i64::from(FinancialYear::of(needs.date).starts_in()),
            asked.map(|key| key.holder.uuid()),
            asked.map(|key| key.action),
            asked.map(|key| key.key.as_str())
        );
        let (tenant, no_particulars) = (self.tenant, || missing("particulars"));
        let known = self.held.optional(known).await?.ok_or_else(no_particulars)?;
        let items = read_all(known.items.0, tenant)?;
        let lots = known.lots.0.into_iter().map(|row| row.read(tenant)).collect::<Read<Vec<_>>>()?;
        let series = read_all(known.series.0, tenant)?;
        let kept = match (asked, known.key_tenant, known.key_fields, known.key_resource, known.key_at) {
            (Some(lookup), Some(tenant_id), Some(fields), Some(resource), Some(at)) => {
                Some(KeyRow { tenant_id, fields, resource, at }.read(tenant, lookup)?)
            }
            _ => None,
        };
        Ok(BillKnown {
            workspace: self.workspace.clone().ok_or_else(|| missing("row"))?,
            business: known.business.ok_or_else(no_particulars)?.0.read(tenant)?,
            party: known.party.map(|row| row.0.read(tenant)).transpose()?,
            items: in_order(needs.items.iter(), items, |item| item.id),
            lots: in_order(needs.lots.iter(), lots, |(lot, _)| lot.id),
            rates: read_all(known.rates.0, tenant)?,
            series: in_order(needs.prefixes.iter(), series, |series| -> Label { series.prefix.clone() }),
            accounts: read_all(known.accounts.0, tenant)?,
            key: kept,
        })
    }
}
