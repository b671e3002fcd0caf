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
use uuid::Uuid;

use super::{after, before, can_be_stored, ids, nothing, paged};
use crate::rows::{
    LotRow, PartyRow, Stored as _, column, item, journal_entry, money, party, rate, read_all, read_one,
    stock_movement,
};
use crate::turn::PostgresTurn;

#[async_trait]
impl RateReads for PostgresTurn<'_> {
    async fn current_rate(&mut self, key: RateKey, date: Date) -> Read<Option<PostedRate>> {
        let current = rate!(
            "AND business_date = $2 AND metal = $3 AND fineness = $4 AND kind = $5 ORDER BY id DESC LIMIT 1",
            self.tenant.uuid(),
            date,
            key.metal.code(),
            i64::from(key.fineness.ppm()),
            key.kind.code()
        );
        read_one(self.held.optional(current).await?, self.tenant)
    }

    async fn rate_board(&mut self, date: Date) -> Read<Vec<PostedRate>> {
        let board = rate!(
            "AND id IN (
                 SELECT DISTINCT ON (metal, fineness, kind) id FROM aurex.rate
                 WHERE tenant_id = $1 AND business_date = $2
                 ORDER BY metal, fineness, kind, id DESC
             )
             ORDER BY metal, fineness, kind",
            self.tenant.uuid(),
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
            "AND id < $2 AND metal = coalesce($3, metal) AND fineness = coalesce($4, fineness)
             AND kind = coalesce($5, kind) AND business_date >= coalesce($6, business_date)
             AND business_date <= coalesce($7, business_date)
             ORDER BY id DESC LIMIT $8",
            self.tenant.uuid(),
            until,
            filter.metal.map(|metal| metal.code()),
            filter.fineness.map(|fineness| i64::from(fineness.ppm())),
            filter.kind.map(|kind| kind.code()),
            filter.from,
            filter.to,
            limit
        );
        paged(self.held.all(history).await?, self.tenant, page.limit, |rate| rate.id)
    }

    async fn posted_rate(&mut self, id: RateId) -> Read<Option<PostedRate>> {
        let row = self.held.optional(rate!("AND id = $2", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }
}

#[async_trait]
impl PartyReads for PostgresTurn<'_> {
    async fn party(&mut self, id: PartyId) -> Read<Option<Party>> {
        let row = self.held.optional(party!("AND id = $2", self.tenant.uuid(), id.uuid())).await?;
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
                "AND kind = $4 AND id > $2 ORDER BY id LIMIT $3",
                self.tenant.uuid(),
                from,
                limit,
                kind.code()
            );
            return paged(self.held.all(rows).await?, self.tenant, page.limit, |party| party.id);
        };
        if words.is_some_and(|words| !can_be_stored(words)) {
            return Ok(nothing());
        }
        let (first, below) = search.first();
        let (begin, end): (Vec<String>, Vec<String>) =
            search.others().map(|(begin, end)| (begin.to_owned(), end)).unzip();
        // The first of a party's words that begins so is where it stands; behind somebody whose words have changed since,
        // the search begins anew.
        let rows = sqlx::query_as!(
            PartyRow,
            "SELECT p.tenant_id, p.id, p.kind, p.name, p.phone, p.email, p.gstin, p.pan, p.state, p.address,
                    p.created_at, p.version, p.identity
             FROM (
                 SELECT w.word, w.party FROM aurex.party_word AS w
                 WHERE w.tenant_id = $1 AND w.kind = $2 AND w.word >= $3 AND w.word < $4
                 AND (w.word, w.party) > (
                     coalesce((
                         SELECT min(l.word) FROM aurex.party_word AS l
                         WHERE l.tenant_id = $1 AND l.party = $5 AND l.word >= $3 AND l.word < $4
                     ), ''),
                     $5
                 )
                 AND NOT EXISTS (
                     SELECT 1 FROM aurex.party_word AS e
                     WHERE e.tenant_id = $1 AND e.party = w.party AND e.word >= $3 AND e.word < w.word
                 )
                 AND NOT EXISTS (
                     SELECT 1 FROM unnest($6::text[], $7::text[]) AS other (of, below)
                     WHERE NOT EXISTS (
                         SELECT 1 FROM aurex.party_word AS o
                         WHERE o.tenant_id = $1 AND o.party = w.party AND o.word >= other.of AND o.word < other.below
                     )
                 )
                 ORDER BY w.word, w.party LIMIT $8
             ) AS found
             JOIN aurex.party AS p ON p.tenant_id = $1 AND p.id = found.party
             ORDER BY found.word, found.party",
            self.tenant.uuid(),
            kind.code(),
            first,
            below,
            from,
            &begin,
            &end,
            limit
        );
        paged(self.held.all(rows).await?, self.tenant, page.limit, |party| party.id)
    }
}

/// A lot with what is on hand of it; of a lot that never moved, nothing, in the workspace's currency.
#[derive(Debug, serde::Deserialize)]
pub(super) struct LotOnHand {
    pub(super) tenant_id: Uuid,
    pub(super) id: Uuid,
    pub(super) description: String,
    pub(super) metal: String,
    pub(super) fineness: i64,
    pub(super) created_at: i64,
    pub(super) kind: String,
    pub(super) currency: String,
    pub(super) mass: i64,
    pub(super) fine: i64,
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
    ($rest:literal $(, $arg:expr)* $(,)?) => {
        sqlx::query_as!(
            LotOnHand,
            r#"SELECT lot.tenant_id, lot.id, lot.description, lot.metal, lot.fineness, lot.created_at, lot.kind,
                   coalesce(on_hand.currency, workspace.currency) AS "currency!",
                   coalesce(on_hand.mass, 0) AS "mass!", coalesce(on_hand.fine, 0) AS "fine!",
                   coalesce(on_hand.cost, 0) AS "cost!"
               FROM aurex.lot
               JOIN aurex.workspace ON workspace.tenant_id = $1
               LEFT JOIN aurex.lot_on_hand AS on_hand ON on_hand.tenant_id = $1 AND on_hand.lot = lot.id
               WHERE lot.tenant_id = $1 "# + $rest
            $(, $arg)*
        )
    };
}

#[async_trait]
impl StockReads for PostgresTurn<'_> {
    async fn item(&mut self, id: ItemId) -> Read<Option<Item>> {
        let row = self.held.optional(item!("AND id = $2", self.tenant.uuid(), id.uuid())).await?;
        read_one(row, self.tenant)
    }

    async fn item_by_tag(&mut self, tag: &Label) -> Read<Option<Item>> {
        let row = self
            .held
            .optional(item!("AND tag = $2 AND state <> 'withdrawn'", self.tenant.uuid(), tag.as_str()))
            .await?;
        read_one(row, self.tenant)
    }

    async fn item_by_huid(&mut self, huid: &str) -> Read<Option<Item>> {
        if !can_be_stored(huid) {
            return Ok(None);
        }
        let live = item!(
            "AND huid = $2 AND huid IS NOT NULL AND state NOT IN ('sold', 'written_off', 'withdrawn')",
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
                let in_state = item!(
                    "AND state = $2 AND id > $3 ORDER BY id LIMIT $4",
                    tenant,
                    state.code(),
                    from,
                    limit
                );
                self.held.all(in_state).await?
            }
            None => self.held.all(item!("AND id > $2 ORDER BY id LIMIT $3", tenant, from, limit)).await?,
        };
        paged(rows, self.tenant, page.limit, |item| item.id)
    }

    async fn lot(&mut self, id: LotId) -> Read<Option<(Lot, OnHand)>> {
        let row = self.held.optional(lot_on_hand!("AND lot.id = $2", self.tenant.uuid(), id.uuid())).await?;
        row.map(|row| row.read(self.tenant)).transpose()
    }

    async fn lots(&mut self, page: PageRequest<LotId>) -> Read<Page<(Lot, OnHand), LotId>> {
        let (from, limit) = after(page);
        let rows = lot_on_hand!("AND lot.id > $2 ORDER BY lot.id LIMIT $3", self.tenant.uuid(), from, limit);
        let rows = self.held.all(rows).await?;
        let lots = rows.into_iter().map(|row| row.read(self.tenant)).collect::<Read<_>>()?;
        Ok(Page::of(lots, page.limit, |(lot, _): &(Lot, OnHand)| lot.id))
    }

    async fn movements(&mut self, entry: JournalEntryId) -> Read<Vec<StockMovement>> {
        let rows = stock_movement!("AND entry = $2 ORDER BY id", self.tenant.uuid(), entry.uuid());
        read_all(self.held.all(rows).await?, self.tenant)
    }

    /// Two round trips, the second for the entries.
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
                    "AND item = $2 AND id > $3 ORDER BY id LIMIT $4",
                    tenant,
                    id.uuid(),
                    from,
                    limit
                );
                self.held.all(of_item).await?
            }
            GoodsId::Lot(id) => {
                let of_lot = stock_movement!(
                    "AND lot = $2 AND id > $3 ORDER BY id LIMIT $4",
                    tenant,
                    id.uuid(),
                    from,
                    limit
                );
                self.held.all(of_lot).await?
            }
        };
        let movements = read_all(rows, self.tenant)?;
        let posted = ids(movements.iter().map(|movement| &movement.entry));
        let entries = self.held.all(journal_entry!("AND id = ANY($2)", tenant, &posted)).await?;
        Ok(Page::of(posted_by(movements, &read_all(entries, self.tenant)?)?, page.limit, |of| of.movement.id))
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
