//! The counter: rates, parties, stock.

use async_trait::async_trait;
use aurex_core::ledger::{JournalEntry, JournalEntryId};
use aurex_core::measure::{FineMass, Mass};
use aurex_core::shop::parties::{Party, PartyId, PartyKind, PartySearch};
use aurex_core::shop::rates::{PostedRate, RateId};
use aurex_core::shop::stock::{Item, ItemId, ItemState, Lot, LotId, MovementId, OnHand, StockMovement};
use aurex_core::store::{
    GoodsId, Page, PageRequest, PartyReads, PostedMovement, RateFilter, RateKey, RateReads, Read, StockReads,
    StoreError,
};
use aurex_core::tenancy::{Id as _, TenantId};
use aurex_core::text::Label;
use aurex_core::time::Date;

use super::{after, before, hex_ids, paged};
use crate::rows::{
    LotRow, PartyRow, Stored as _, column, item, journal_entry, money, party, rate, read_all, read_one,
    stock_movement,
};
use crate::turn::SqliteTurn;

#[async_trait]
impl RateReads for SqliteTurn<'_> {
    async fn current_rate(&mut self, key: RateKey, date: Date) -> Read<Option<PostedRate>> {
        let current = rate!(
            "AND business_date = ? AND metal = ? AND fineness = ? AND kind = ? ORDER BY id DESC LIMIT 1",
            self.tenant.uuid(),
            date.to_string(),
            key.metal.code(),
            i64::from(key.fineness.ppm()),
            key.kind.code()
        );
        read_one(self.held.optional(current).await?, self.tenant)
    }

    async fn rate_board(&mut self, date: Date) -> Read<Vec<PostedRate>> {
        let (tenant, date) = (self.tenant.uuid(), date.to_string());
        let board = rate!(
            "AND id IN (
                 SELECT max(id) FROM rate WHERE tenant_id = ? AND business_date = ?
                 GROUP BY metal, fineness, kind
             )
             ORDER BY metal, fineness, kind",
            tenant,
            tenant,
            date
        );
        read_all(self.held.all(board).await?, self.tenant)
    }

    async fn rate_history(
        &mut self,
        filter: RateFilter,
        page: PageRequest<RateId>,
    ) -> Read<Page<PostedRate, RateId>> {
        let (until, limit) = before(page);
        let history = rate!(
            "AND id < ? AND metal = coalesce(?, metal) AND fineness = coalesce(?, fineness)
             AND kind = coalesce(?, kind) AND business_date >= coalesce(?, business_date)
             AND business_date <= coalesce(?, business_date)
             ORDER BY id DESC LIMIT ?",
            self.tenant.uuid(),
            until,
            filter.metal.map(|metal| metal.code()),
            filter.fineness.map(|fineness| i64::from(fineness.ppm())),
            filter.kind.map(|kind| kind.code()),
            filter.from.map(|date| date.to_string()),
            filter.to.map(|date| date.to_string()),
            limit
        );
        paged(self.held.all(history).await?, self.tenant, page.limit, |rate| rate.id)
    }

    async fn posted_rate(&mut self, id: RateId) -> Read<Option<PostedRate>> {
        let row = self.held.optional(rate!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }
}

#[async_trait]
impl PartyReads for SqliteTurn<'_> {
    async fn party(&mut self, id: PartyId) -> Read<Option<Party>> {
        let row = self.held.optional(party!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn parties(
        &mut self,
        kind: PartyKind,
        words: Option<&str>,
        page: PageRequest<PartyId>,
    ) -> Read<Page<Party, PartyId>> {
        let (from, limit) = after(page);
        let Some(search) = words.and_then(PartySearch::of) else {
            let rows = party!(
                "AND kind = ? AND id > ? ORDER BY id LIMIT ?",
                self.tenant.uuid(),
                kind.code(),
                from,
                limit
            );
            return paged(self.held.all(rows).await?, self.tenant, page.limit, |party| party.id);
        };
        let (first, below) = search.first();
        let others = search.others().collect::<Vec<_>>();
        let others = serde_json::to_string(&others).map_err(|error| StoreError::Failed(error.into()))?;
        // The first of a party's words that begins so is where it stands; behind somebody whose words have changed since,
        // the search begins anew.
        let rows = sqlx::query_as!(
            PartyRow,
            "SELECT p.tenant_id, p.id, p.kind, p.name, p.phone, p.email, p.gstin, p.pan, p.state, p.address,
                    p.created_at, p.version, p.identity
             FROM (
                 SELECT w.word, w.party FROM party_word AS w
                 WHERE w.tenant_id = ?1 AND w.kind = ?2 AND w.word >= ?3 AND w.word < ?4
                 AND (w.word, w.party) > (
                     coalesce((
                         SELECT min(l.word) FROM party_word AS l
                         WHERE l.tenant_id = ?1 AND l.party = ?5 AND l.word >= ?3 AND l.word < ?4
                     ), ''),
                     ?5
                 )
                 AND NOT EXISTS (
                     SELECT 1 FROM party_word AS e
                     WHERE e.tenant_id = ?1 AND e.party = w.party AND e.word >= ?3 AND e.word < w.word
                 )
                 AND NOT EXISTS (
                     SELECT 1 FROM json_each(?6) AS other
                     WHERE NOT EXISTS (
                         SELECT 1 FROM party_word AS o
                         WHERE o.tenant_id = ?1 AND o.party = w.party
                         AND o.word >= other.value ->> 0 AND o.word < other.value ->> 1
                     )
                 )
                 ORDER BY w.word, w.party LIMIT ?7
             ) AS found
             JOIN party AS p ON p.tenant_id = ?1 AND p.id = found.party
             ORDER BY found.word, found.party",
            self.tenant.uuid(),
            kind.code(),
            first,
            below,
            from,
            others,
            limit
        );
        paged(self.held.all(rows).await?, self.tenant, page.limit, |party| party.id)
    }
}

/// A lot with what is on hand of it; of a lot that never moved, nothing, in the workspace's currency.
#[derive(serde::Deserialize)]
pub(super) struct LotOnHand {
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) tenant_id: Vec<u8>,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) id: Vec<u8>,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) description: String,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) metal: String,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) fineness: i64,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) created_at: i64,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) kind: String,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) currency: String,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) mass: i64,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) fine: i64,
    #[serde(deserialize_with = "crate::rows::field")]
    pub(super) cost: i64,
}

impl LotOnHand {
    pub(super) fn read(self, tenant: TenantId) -> Read<(Lot, OnHand)> {
        let Self {
            tenant_id,
            id,
            description,
            metal,
            fineness,
            created_at,
            kind,
            currency,
            mass,
            fine,
            cost,
        } = self;
        let lot = LotRow { tenant_id, id, description, metal, fineness, created_at, kind }.read(tenant)?;
        let on_hand = OnHand {
            mass: column::<Mass>(mass)?,
            fine: column::<FineMass>(fine)?,
            cost: money(cost, &currency)?,
        };
        Ok((lot, on_hand))
    }
}

/// Lots with what is on hand; the first argument is the tenant.
macro_rules! lot_on_hand {
    ($rest:literal $(+ $more:literal)* $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            crate::reads::counter::LotOnHand,
            r#"SELECT lot.tenant_id, lot.id, lot.description, lot.metal, lot.fineness, lot.created_at, lot.kind,
                   coalesce(on_hand.currency, workspace.currency) AS "currency!: String",
                   coalesce(on_hand.mass, 0) AS "mass!: i64", coalesce(on_hand.fine, 0) AS "fine!: i64",
                   coalesce(on_hand.cost, 0) AS "cost!: i64"
               FROM lot
               JOIN workspace ON workspace.tenant_id = lot.tenant_id
               LEFT JOIN lot_on_hand AS on_hand ON on_hand.tenant_id = lot.tenant_id AND on_hand.lot = lot.id
               WHERE lot.tenant_id = ? "# + $rest $(+ $more)*
            $(, $arg)*
        )
    };
}

#[async_trait]
impl StockReads for SqliteTurn<'_> {
    async fn item(&mut self, id: ItemId) -> Read<Option<Item>> {
        let row = self.held.optional(item!("AND id = ?", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn item_by_tag(&mut self, tag: &Label) -> Read<Option<Item>> {
        let row = self
            .held
            .optional(item!("AND tag = ? AND state <> 'withdrawn'", self.tenant.uuid(), tag.as_str()))
            .await?;
        read_one(row, self.tenant)
    }

    async fn item_by_huid(&mut self, huid: &str) -> Read<Option<Item>> {
        let live = item!(
            "AND huid = ? AND huid IS NOT NULL AND state NOT IN ('sold', 'written_off', 'withdrawn')",
            self.tenant.uuid(),
            huid
        );
        read_one(self.held.optional(live).await?, self.tenant)
    }

    async fn items(
        &mut self,
        state: Option<ItemState>,
        page: PageRequest<ItemId>,
    ) -> Read<Page<Item, ItemId>> {
        let (from, limit) = after(page);
        let tenant = self.tenant.uuid();
        let rows = match state {
            Some(state) => {
                let in_state =
                    item!("AND state = ? AND id > ? ORDER BY id LIMIT ?", tenant, state.code(), from, limit);
                self.held.all(in_state).await?
            }
            None => self.held.all(item!("AND id > ? ORDER BY id LIMIT ?", tenant, from, limit)).await?,
        };
        paged(rows, self.tenant, page.limit, |item| item.id)
    }

    async fn lot(&mut self, id: LotId) -> Read<Option<(Lot, OnHand)>> {
        let row = self.held.optional(lot_on_hand!("AND lot.id = ?", self.tenant.uuid(), id.uuid())).await?;
        row.map(|row| row.read(self.tenant)).transpose()
    }

    async fn lots(&mut self, page: PageRequest<LotId>) -> Read<Page<(Lot, OnHand), LotId>> {
        let (from, limit) = after(page);
        let rows = lot_on_hand!("AND lot.id > ? ORDER BY lot.id LIMIT ?", self.tenant.uuid(), from, limit);
        let rows = self.held.all(rows).await?;
        let lots = rows.into_iter().map(|row| row.read(self.tenant)).collect::<Read<_>>()?;
        Ok(Page::of(lots, page.limit, |(lot, _): &(Lot, OnHand)| lot.id))
    }

    async fn movements(&mut self, entry: JournalEntryId) -> Read<Vec<StockMovement>> {
        let rows = stock_movement!("AND entry = ? ORDER BY id", self.tenant.uuid(), entry.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    /// Two hops, the second for the entries.
    async fn movements_of(
        &mut self,
        goods: GoodsId,
        page: PageRequest<MovementId>,
    ) -> Read<Page<PostedMovement, MovementId>> {
        let (from, limit) = after(page);
        let tenant = self.tenant.uuid();
        let rows = match goods {
            GoodsId::Item(id) => {
                let of_item = stock_movement!(
                    "AND item = ? AND item IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
                    tenant,
                    id.uuid(),
                    from,
                    limit
                );
                self.held.all(of_item).await?
            }
            GoodsId::Lot(id) => {
                let of_lot = stock_movement!(
                    "AND lot = ? AND lot IS NOT NULL AND id > ? ORDER BY id LIMIT ?",
                    tenant,
                    id.uuid(),
                    from,
                    limit
                );
                self.held.all(of_lot).await?
            }
        };
        let movements = read_all(rows, self.tenant)?;
        let posted = hex_ids(movements.iter().map(|movement| movement.entry.uuid()));
        let entries = journal_entry!("AND id IN (SELECT unhex(value) FROM json_each(?))", tenant, posted);
        let entries = read_all(self.held.all(entries).await?, self.tenant)?;
        Ok(Page::of(posted_by(movements, &entries)?, page.limit, |of| of.movement.id))
    }
}

/// Each movement with the entry that posts it.
fn posted_by(movements: Vec<StockMovement>, entries: &[JournalEntry]) -> Read<Vec<PostedMovement>> {
    let posted = |movement: StockMovement| {
        let entry = entries.iter().find(|entry| entry.id == movement.entry).cloned();
        let entry = entry.ok_or_else(|| StoreError::corrupt("a movement without its entry"))?;
        Ok(PostedMovement { movement, entry })
    };
    movements.into_iter().map(posted).collect()
}
