//! PostgreSQL: how long the first page of a filtered log and the receipt of one entry take among ten million entries.
//!
//! `scripts/with-postgres cargo bench -p aurex-benches --bench log`. The log is made of a small shop's own entries,
//! repeated in order with their places written in, by one statement as the superuser with triggers and indexes off. Only
//! every thousandth entry and the newest have what opens them, or the making would take the hour that the measuring does
//! not. Leaves, tree and tiles are true: the publisher makes the tiles and signs the checkpoint, as it does for a log that
//! was never published, and each receipt that is measured is verified.
//!
//! A page is [`read_audit`], from the permit to the observation that it was read; a receipt is [`entry_receipt`], from the
//! permit to the link that is kept. Ten million take about 8 GB of disk; `AUREX_BENCH_ENTRIES` says another number. Without
//! `--bench` it is a few thousand entries, to see that it works.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that cannot set up its inputs must stop"
)]

#[path = "../issue/figures.rs"]
mod figures;
#[path = "../postgres/mod.rs"]
mod postgres;
#[path = "../issue/till.rs"]
mod till;

use std::time::Instant;

use aurex_core::audit::note::VerifierKey;
use aurex_core::audit::receipt::TlogProof;
use aurex_core::audit::tree::Frontier;
use aurex_core::audit::{Entry, Outcome};
use aurex_core::identity::keys::KeyRing;
use aurex_core::rbac::Role;
use aurex_core::service::transparency::{LogSigner, Published, Publishing, entry_receipt, log_keys, publish};
use aurex_core::service::{read_audit, search_audit};
use aurex_core::store::conformance::Shop;
use aurex_core::store::{AuditFilter, PageRequest};
use aurex_core::tenancy::Scope;
use aurex_core::time::Timestamp;
use figures::{measuring, percentile, wanted};
use postgres::server::{Postgres, pgbench, plan as planned_by, prepare_tpc_b, psql, server, tpc_b};
use till::{Client, Till, issue_all};

/// Names that the shared helpers bring and this bench has no use for.
#[expect(dead_code, reason = "the helpers are shared by benches that each use a part of them")]
fn unused() {
    let _ = (
        Postgres::copy,
        Postgres::lay_floor,
        pgbench,
        planned_by,
        prepare_tpc_b,
        tpc_b,
        figures::header,
        figures::report,
        issue_all,
    );
    let _: Option<Client> = None;
}

/// The statement that makes a log of so many entries from the shop's own: the place and the time stand in the bytes at
/// fixed distances from the front, behind the form's name and the tenant.
fn growing(tenant: &str, entries: u64) -> String {
    format!(
        "ALTER TABLE aurex.audit_entry DISABLE TRIGGER ALL;
         ALTER TABLE aurex.audit_opening DISABLE TRIGGER ALL;
         CREATE TABLE made_of AS
             SELECT row_number() OVER (ORDER BY seq) - 1 AS n, * FROM aurex.audit_entry WHERE tenant_id = '{tenant}';
         CREATE TABLE opened_by AS SELECT * FROM aurex.audit_opening WHERE tenant_id = '{tenant}';
         DO $$
         DECLARE
             had bigint := (SELECT count(*) FROM made_of);
             start bigint := (SELECT max(at) FROM made_of) - 1000000::bigint * {entries};
             again text[] := ARRAY(SELECT indexdef FROM pg_indexes
                 WHERE schemaname = 'aurex' AND tablename = 'audit_entry' AND indexname <> 'audit_entry_pkey');
             it text;
         BEGIN
             FOR it IN SELECT indexname FROM pg_indexes
                 WHERE schemaname = 'aurex' AND tablename = 'audit_entry' AND indexname <> 'audit_entry_pkey'
             LOOP
                 EXECUTE format('DROP INDEX aurex.%I', it);
             END LOOP;
             DELETE FROM aurex.audit_opening WHERE tenant_id = '{tenant}';
             DELETE FROM aurex.audit_entry WHERE tenant_id = '{tenant}';
             INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
             SELECT
                 of.tenant_id, place.n,
                 overlay(
                     overlay(of.bytes PLACING int8send(place.n) FROM 43)
                     PLACING int8send(start + 1000000 * place.n) FROM 52
                 ),
                 sha256('\\x00'::bytea || overlay(
                     overlay(of.bytes PLACING int8send(place.n) FROM 43)
                     PLACING int8send(start + 1000000 * place.n) FROM 52
                 )),
                 start + 1000000 * place.n, of.actor_id, of.action,
                 of.subject_id || CASE WHEN place.n % 7 = 0 THEN '' ELSE '-' || (place.n / 7) END, of.outcome
             FROM generate_series(0::bigint, {entries} - 1) AS place (n)
             JOIN made_of AS of
                 ON of.n = CASE WHEN place.n % 100003 = 0 THEN 0 ELSE 1 + place.n % (had - 1) END;
             INSERT INTO aurex.audit_opening
             SELECT of.tenant_id, entry.seq, of.slot, of.name, of.salt, of.content
             FROM (
                 SELECT n AS seq, CASE WHEN n % 100003 = 0 THEN 0 ELSE 1 + n % (had - 1) END AS n
                 FROM generate_series(0, {entries} - 1) AS n WHERE n % 1000 = 0 OR n >= {entries} - 20000
             ) AS entry
             JOIN made_of ON made_of.n = entry.n
             JOIN opened_by AS of ON of.seq = made_of.seq;
             FOREACH it IN ARRAY again LOOP
                 EXECUTE it;
             END LOOP;
         END $$;
         DROP TABLE made_of; DROP TABLE opened_by;
         ANALYZE aurex.audit_opening;"
    )
}

/// The head of these leaves.
async fn head(store: &Postgres, shop: &Shop, entries: u64) {
    let mut frontier = Frontier::default();
    let mut reader = shop.reader().await;
    while frontier.size() < entries {
        let from = frontier.size();
        for leaf in reader.leaves(from, entries.min(from + 65_536)).await.unwrap() {
            frontier.append(leaf);
        }
    }
    drop(reader);
    let hex: String = frontier.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let tenant = shop.tenant.uuid();
    psql(
        &store.url,
        &format!(
            "ALTER TABLE aurex.head DISABLE TRIGGER ALL;
             UPDATE aurex.head SET frontier = decode('{hex}', 'hex') WHERE tenant_id = '{tenant}'"
        ),
    );
}

/// Publishes the log as it is; how many steps that took.
async fn publish_all(store: &Postgres, shop: &Shop) -> u64 {
    let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| bytes.fill(7));
    let signer = LogSigner::new(ring, "shops.example").unwrap();
    let job = store.world.job::<Publishing>();
    let mut steps = 0;
    loop {
        steps += 1;
        match publish(&shop.road, &job, &signer, shop.tenant).await.unwrap() {
            Published::Checkpoint(_) => return steps,
            Published::Tiles => {}
            other => panic!("{other:?} before the log's end"),
        }
    }
}

/// How long the receipts of entries here and there take. Each is verified, which is not measured.
async fn receipts(shop: &Shop, scope: &Scope, entries: u64, times: u32) {
    let keys = log_keys(&shop.road, scope).await.unwrap().keys;
    let keys: Vec<VerifierKey> = keys.iter().map(|key| key.parse().unwrap()).collect();
    let (mut each, mut verifying, mut seq) = (Vec::new(), Vec::new(), 1_u64);
    for _ in 0..times {
        // Knuth's multiplier: places all over the log, the same in every run.
        seq = seq.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let place = (seq >> 16) % entries;
        let started = Instant::now();
        let receipt = entry_receipt(&shop.road, scope, place).await.unwrap();
        each.push(started.elapsed());
        let started = Instant::now();
        let proof: TlogProof = receipt.proof.unwrap().parse().unwrap();
        let opened = proof.verify(Entry::leaf(&receipt.bytes), &keys).unwrap();
        verifying.push(started.elapsed());
        assert_eq!((receipt.seq, opened.checkpoint.size), (place, entries));
    }
    for (what, times) in [("the receipt of one entry", &mut each), ("verifying it", &mut verifying)] {
        let [half, most] = [50, 95].map(|part| percentile(times, part).as_micros());
        println!("{what:<29} {half:>7} µs {most:>7} µs");
    }
}

/// How many entries and how often each question is asked.
#[expect(
    clippy::disallowed_methods,
    reason = "how large a log the disk can hold is the environment's to say"
)]
fn plan() -> (u64, u32) {
    if !measuring() {
        return (20_000, 2);
    }
    let said = std::env::var("AUREX_BENCH_ENTRIES").ok();
    (said.map_or(10_000_000, |said| said.parse().unwrap()), 200)
}

fn main() {
    let Some(server) = server() else {
        println!(
            "SKIPPED: AUREX_TEST_POSTGRES_URL is not set; scripts/with-postgres starts a server and sets it"
        );
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let (entries, times) = plan();
    runtime.block_on(async {
        let store = Postgres::open(&server).await;
        let till = Till::open(store.world.shop("shop").await, 20).await;
        for _ in 0..20 {
            till.issue().await;
        }
        let shop = &till.shop;
        let scope = shop.owner().await;
        let tenant = shop.tenant.uuid().to_string();
        let started = Instant::now();
        let statements = growing(&tenant, entries);
        psql(&store.url, &statements);
        // What autovacuum does meanwhile, on a log that grows by the day.
        psql(&store.url, "VACUUM ANALYZE aurex.audit_entry");
        head(&store, shop, entries).await;
        println!("{entries} entries made in {} s", started.elapsed().as_secs());
        let started = Instant::now();
        let steps = publish_all(&store, shop).await;
        println!("published in {steps} steps, {} s", started.elapsed().as_secs());

        let cashier = shop.member(Role::Cashier).id.to_string();
        let owner = shop.member(Role::Owner).id.to_string();
        let newest =
            read_audit(&shop.road, &scope, &AuditFilter::default(), PageRequest::first(50)).await.unwrap();
        let last = &newest.items[0].stored.entry;
        assert_eq!(last.seq, entries - 1, "the place stands in the bytes");
        // An entry a second: the hour in the middle of the log.
        let middle = last.at.micros() - i64::try_from(entries / 2).unwrap() * 1_000_000;
        let hour = |on: i64| Timestamp::from_micros(middle + on * 3_600_000_000);
        let any = AuditFilter::default;
        let some = |text: &str| Some(text.to_owned());
        let filters = [
            ("everything", any()),
            ("an actor", AuditFilter { actor: some(&cashier), ..any() }),
            ("an action", AuditFilter { action: some("invoice.issue"), ..any() }),
            ("a rare action", AuditFilter { action: some("workspace.open"), ..any() }),
            ("a group", AuditFilter { group: some("item"), ..any() }),
            ("a subject", AuditFilter { subject: some(&newest.items[1].stored.entry.subject_id), ..any() }),
            ("an hour", AuditFilter { from: Some(hour(0)), to: Some(hour(1)), ..any() }),
            ("what was refused", AuditFilter { outcome: Some(Outcome::Refused), ..any() }),
            ("what was done", AuditFilter { outcome: Some(Outcome::Done), ..any() }),
            (
                "an actor and action",
                AuditFilter { actor: some(&cashier), action: some("invoice.issue"), ..any() },
            ),
            ("nothing, by two", AuditFilter { actor: some(&owner), action: some("nothing.done"), ..any() }),
        ];
        println!("{:<22} {:>6} {:>10} {:>10}", "the first page of", "items", "median", "95 of 100");
        for (what, filter) in &filters {
            if wanted(what) {
                let mut each = Vec::new();
                let mut items = 0;
                for _ in 0..times {
                    let started = Instant::now();
                    let page = read_audit(&shop.road, &scope, filter, PageRequest::first(50)).await.unwrap();
                    each.push(started.elapsed());
                    items = page.items.len();
                }
                let [half, most] = [50, 95].map(|part| percentile(&mut each, part).as_micros());
                println!("{what:<22} {items:>6} {half:>7} µs {most:>7} µs");
            }
        }
        if wanted("a receipt") {
            receipts(shop, &scope, entries, times).await;
        }
        let started = Instant::now();
        let words =
            search_audit(&shop.road, &scope, &any(), "no such word", PageRequest::first(50)).await.unwrap();
        println!("words that are nowhere {:>6} {:>7} µs", words.items.len(), started.elapsed().as_micros());
        drop(scope);
        drop(till);
        store.end().await;
    });
}
