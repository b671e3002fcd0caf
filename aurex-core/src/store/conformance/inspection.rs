//! What was altered behind a store's back is found, and named: whose, which entry or row, which field.

use std::collections::BTreeSet;

use super::scene::Scene;
use super::transparency::{beaten, published, ring};
use super::world::refusal;
use super::{Shop, World};
use crate::audit::check::{FindingCode, KnownRoot, Place};
use crate::identity::keys::KeyRing;
use crate::service::inspection::drill::{Alteration, Copied, DrillPlan, DrillResult, PublishedCopy, drill};
use crate::service::inspection::{ROWS_AT_ONCE, check_log, check_tiles, published_roots, reconcile};
use crate::store::{
    Advance, Cell, InspectReads, NewCheckpoint, RawRow, StoreError, TABLES, TableKind, key_columns,
};
use crate::tenancy::TenantId;
use crate::time::Clock as _;

fn inspected() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name).filter(|table| key_columns(table).is_some())
}

async fn all_rows<R: InspectReads + Send + ?Sized>(reader: &mut R, table: &str, page: u16) -> Vec<RawRow> {
    let key = key_columns(table).unwrap();
    let mut rows = Vec::<RawRow>::new();
    loop {
        let after = rows.last().map(|row| row.key(&key));
        let read = reader.raw_rows(table, after.as_deref(), page).await.unwrap();
        let is_last = read.len() < usize::from(page) || key.is_empty();
        rows.extend(read);
        if is_last {
            return rows;
        }
    }
}

/// A shop with a row in every table, and its day's business.
async fn busy(world: &World, slug: &str) -> Shop {
    let scene = Scene::set(world, slug).await;
    scene.shop.cancel(scene.shop.sell(scene.party.id, "R-1").await.invoice.id).await;
    scene.shop.reverse(scene.receipt.receipt.id).await;
    scene.shop.unwrite(scene.shop.pay_rent().await).await;
    scene.shop
}

/// What a check and a reconciliation of a shop's store find; nothing, at best.
pub(super) async fn is_as_its_log_tells(shop: &Shop, at_once: usize) -> u64 {
    let mut reader = shop.reader().await;
    let head = reader.head().await.unwrap().frontier;
    let known = [KnownRoot { size: head.size(), root: head.root() }];
    let verdict = check_log(&mut *reader, shop.tenant, &known, &mut |_| {}).await.unwrap();
    assert_eq!(verdict.findings.kept(), []);
    assert_eq!((verdict.entries, verdict.agreed), (head.size(), head.size()));
    assert!(verdict.erased <= verdict.personal);
    assert_eq!(verdict.tree, head);
    let reconciled = reconcile(&mut *reader, shop.tenant, at_once, &mut |_| {}).await.unwrap();
    assert_eq!(reconciled.findings.kept(), []);
    assert_eq!((reconciled.entries, reconciled.own_rows), (head.size(), 0));
    reconciled.passes
}

/// With all rows in hand, and with a few at a time, dealt into parts.
pub async fn a_shop_reconciles_with_its_log_however_few_rows_are_held_at_once(world: &World) {
    let shop = busy(world, "meena").await;
    assert_eq!(is_as_its_log_tells(&shop, ROWS_AT_ONCE).await, 1);
    let passes = is_as_its_log_tells(&shop, 20).await;
    assert!(passes > 4, "{passes} passes");
}

/// However long a page is, all rows come once, each its tenant's.
pub async fn rows_as_they_stand_are_all_rows_in_pages(world: &World) {
    let shop = busy(world, "meena").await;
    let _other = busy(world, "rupa").await;
    let mut reader = shop.reader().await;
    for table in inspected() {
        let whole = all_rows(&mut *reader, table, 5_000).await;
        assert_eq!(all_rows(&mut *reader, table, 1).await, whole, "{table}");
        assert!(whole.iter().all(|row| row.is_of(shop.tenant)), "{table}");
        let facts = reader.facts(table).await.unwrap();
        assert!(facts.is_empty() || facts.len() == whole.len(), "{table}");
        assert!(!whole.is_empty(), "{table} holds nothing to look at");
    }
    let unknown = reader.raw_rows("throttle_bucket", None, 1).await;
    assert!(matches!(refusal(unknown), StoreError::Corrupt(_)));
}

/// It is the same rows to the byte, the shop's own are not touched, and undone is undone.
pub async fn a_copy_to_drill_on_is_the_shops_rows_and_what_is_done_to_it_is_undone(world: &World) {
    let shop = busy(world, "meena").await;
    let owner = shop.owner().await;
    let mut copy = world.store.scratch(&owner).await.unwrap();
    copy.begin().await.unwrap();
    for table in inspected() {
        let rows = all_rows(&mut *copy, table, 5_000).await;
        assert_eq!(rows, all_rows(&mut *shop.reader().await, table, 5_000).await, "{table}");
        let key = key_columns(table).unwrap();
        for row in &rows {
            assert_eq!(copy.remove_row(table, &row.key(&key)).await.unwrap(), 1, "{table}");
        }
        assert_eq!(all_rows(&mut *copy, table, 5_000).await, []);
        let first = rows.first().unwrap();
        copy.put_row(table, first).await.unwrap();
        assert_eq!(all_rows(&mut *copy, table, 5_000).await, std::slice::from_ref(first), "{table}");
        // Nothing may stand where something must, in a copy.
        let column = first.columns().map(|(name, _)| name).last().unwrap().to_owned();
        copy.remove_row(table, &first.key(&key)).await.unwrap();
        copy.put_row(table, &first.clone().with(&column, Cell::Null)).await.unwrap();
    }
    copy.undo().await.unwrap();
    for table in inspected() {
        let rows = all_rows(&mut *copy, table, 5_000).await;
        assert_eq!(rows, all_rows(&mut *shop.reader().await, table, 5_000).await, "{table}");
    }
    copy.close().await;
    is_as_its_log_tells(&shop, ROWS_AT_ONCE).await;
}

/// A scope of another store gets no copy, and neither does one of a tenant that never was.
pub async fn a_copy_is_the_scopes_own_tenants(world: &World) {
    let shop = world.shop("meena").await;
    let elsewhere = World::of(super::Fixture::in_memory());
    let stranger = elsewhere.shop("meena").await.owner().await;
    assert!(matches!(refusal(world.store.scratch(&stranger).await), StoreError::ForeignScope));
    shop.tick();
    let nobody = TenantId::new(shop.clock.now(), &*shop.entropy);
    let scope = world.entrances.cli.scope(nobody, &[], crate::tenancy::RequestFacts::default());
    assert!(matches!(refusal(world.store.scratch(&scope).await), StoreError::NoSuchTenant));
}

/// Drills on copies of these shops, and what is left of them is what was.
async fn drilled(world: &World, shops: &[Shop], plan: DrillPlan) -> DrillResult {
    let mut copies = Vec::new();
    for shop in shops {
        let owner = shop.owner().await;
        let published = PublishedCopy::of(&*world.store, &ring(), shop.tenant).await.unwrap();
        let scratch = world.store.scratch(&owner).await.unwrap();
        copies.push(Copied { tenant: shop.tenant, scratch, published });
    }
    let result = drill(&*world.store, copies, plan, &mut |_| {}).await.unwrap();
    assert_eq!(result.missed, [], "altered and not found");
    assert_eq!((result.total.made, result.total.found), (plan.alterations, plan.alterations));
    assert!(result.passes());
    for shop in shops {
        is_as_its_log_tells(shop, ROWS_AT_ONCE).await;
    }
    result
}

/// In every way there is, in every table, in two shops: all are named, and nothing is left of them.
pub async fn every_one_of_a_thousand_alterations_is_found_and_named(world: &World) {
    let shops = [busy(world, "meena").await, busy(world, "rupa").await];
    for shop in &shops {
        published(world, &shop.road, shop).await;
    }
    let result = drilled(world, &shops, DrillPlan { alterations: 2_000, seed: 1 }).await;
    // A tile is full after 256 entries, which these have not.
    for kind in Alteration::ALL.iter().filter(|kind| !kind.code().starts_with("tile.")) {
        assert!(result.by_kind.contains_key(kind.code()), "no occasion for {kind}");
    }
    let drilled: BTreeSet<&str> = result.by_table.keys().copied().collect();
    let wanted = |kind| matches!(kind, TableKind::State | TableKind::AppendOnly | TableKind::Derived);
    for table in TABLES.iter().filter(|table| wanted(table.kind)) {
        assert!(drilled.contains(table.name), "no row of {} was altered", table.name);
    }
}

/// In a shop whose log fills tiles, which are what proofs are made of, and was confirmed since.
pub async fn alterations_of_what_was_published_are_found_and_named(world: &World) {
    let shop = world.shop("meena").await;
    published(world, &shop.road, &shop).await;
    for day in 0..260 {
        shop.rate(1_290_000 + day).await;
    }
    published(world, &shop.road, &shop).await;
    beaten(world, &shop).await;
    let owner = shop.owner().await;
    let found = check_tiles(&*world.store, &owner, &mut |_| {}).await.unwrap();
    assert_eq!(found.kept(), []);
    let result = drilled(world, std::slice::from_ref(&shop), DrillPlan { alterations: 62, seed: 2 }).await;
    for kind in ["tile.altered", "tile.removed", "tile.forged", "edge.altered", "checkpoint.removed"] {
        assert!(result.by_kind.contains_key(kind), "no occasion for {kind}");
    }

    // A checkpoint that somebody keeps and the store has no more, as the operator is told of it.
    let last = world.store.last_checkpoint(shop.tenant).await.unwrap().unwrap();
    let never = KnownRoot { size: last.size - 1, root: last.root };
    let known = published_roots(&*world.store, &ring(), shop.tenant, &[never]).await.unwrap();
    let codes: Vec<_> = known.findings.kept().iter().map(|finding| finding.code).collect();
    assert_eq!(codes, [FindingCode::CheckpointMissing]);
}

/// A published checkpoint counts where a key of the ring signed it. One that bears such a signature and says something
/// else is found; one of nobody we know proves nothing, and is passed over.
pub async fn a_log_is_held_against_what_was_published_of_it(world: &World) {
    let shop = busy(world, "meena").await;
    let last = published(world, &shop.road, &shop).await;
    let root = KnownRoot { size: last.size, root: last.root };
    let known = published_roots(&*world.store, &ring(), shop.tenant, &[]).await.unwrap();
    assert_eq!((known.findings.kept(), known.roots.last()), (&[][..], Some(&root)));
    let verdict = check_log(&mut *shop.reader().await, shop.tenant, &known.roots, &mut |_| {}).await.unwrap();
    assert_eq!((verdict.findings.kept(), verdict.agreed), (&[][..], last.size));
    let strangers = KeyRing::generate(0, &mut |bytes| bytes.fill(9));
    let unknown = published_roots(&*world.store, &strangers, shop.tenant, &[]).await.unwrap();
    assert_eq!((unknown.findings.kept(), unknown.roots), (&[][..], Vec::new()));

    // Somebody without the keys makes a checkpoint of the log as it is now, with the signature of the last one.
    shop.rate(1_290_000).await;
    let frontier = shop.reader().await.head().await.unwrap().frontier;
    let forged = last.note.replacen(&format!("\n{}\n", last.size), &format!("\n{}\n", frontier.size()), 1);
    assert_ne!(forged, last.note);
    let checkpoint = Some(NewCheckpoint { note: forged, at: shop.clock.now() });
    let step = Advance { from: last.size, frontier: frontier.clone(), tiles: Vec::new(), checkpoint };
    assert!(world.store.advance(shop.tenant, &step).await.unwrap());
    let known = published_roots(&*world.store, &ring(), shop.tenant, &[]).await.unwrap();
    let found: Vec<_> =
        known.findings.kept().iter().map(|finding| (finding.code, finding.place.clone())).collect();
    assert_eq!(found, [(FindingCode::CheckpointAltered, Place::Checkpoint(frontier.size()))]);
    assert_eq!(known.roots.last(), Some(&root));
}
