//! The books of a year: a trial balance over a million postings from kept balances, and a year's GST summary over a
//! hundred thousand bills, on both stores, each beside the bare statement that sums the same rows in the same database.
//!
//! `scripts/with-postgres cargo bench -p aurex-benches --bench books` (`-- sqlite`, `postgres`). The year is made of a few
//! bills that the store issued, repeated by statements with the guards off; both reports are compared with what the bare
//! statements say before they are measured. Without `--bench` it is a few hundred bills, to see that it works; without
//! AUREX_TEST_POSTGRES_URL only SQLite's part runs, which it says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot set up its inputs must stop"
)]

#[path = "../books/mod.rs"]
mod books;
#[path = "../issue/figures.rs"]
mod figures;
#[path = "../postgres/mod.rs"]
mod postgres;
#[path = "../issue/sqlite.rs"]
mod sqlite;
#[path = "../issue/till.rs"]
mod till;

use std::path::Path;
use std::time::{Duration, Instant};

use aurex_core::service::shop::{Days, gstr1, trial};
use aurex_core::store::conformance::World;
use aurex_core::time::{Date, plus_days};
use books::grow::Dialect;
use figures::{measuring, percentile, quartiles, wanted};
use postgres::server::{Postgres, answered, pgbench, psql, server};
use rusqlite::Connection;
use sqlite::Sqlite;
use till::Till;
use tokio::runtime::Runtime;

/// Names that the shared helpers bring and this bench has no use for.
#[expect(dead_code, reason = "the helpers are shared by benches that each use a part of them")]
fn unused() {
    let _ = (Postgres::copy, Postgres::lay_floor, postgres::server::plan, postgres::server::prepare_tpc_b);
    let _ = (postgres::server::tpc_b, figures::header, figures::report, till::issue_all, Sqlite::floor);
    let _: Option<till::Client> = None;
    let _ = (sqlite::Rows::Same, sqlite::Rows::Hashed, sqlite::Rows::Unchained);
    let _ = (sqlite::Floor::issued, sqlite::Floor::write, sqlite::Floor::assert_same_as_original);
}

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    bills: u32,
    rounds: usize,
}

/// A shop that has issued a few bills, and its day.
async fn shop(world: &World) -> (Till, Date) {
    let till = Till::open(world.shop("shop").await, 4).await;
    for _ in 0..4 {
        till.issue().await;
    }
    let today = till.shop.road.clock.now();
    let zone = till.shop.reader().await.workspace().await.unwrap().zone;
    (till, zone.date_of(today))
}

/// Both reports, each beside its bare statement, in turns. `bare` says how long one takes.
fn measure(
    runtime: &Runtime,
    what: &str,
    (till, today): (&Till, Date),
    plan: Plan,
    dialect: &Dialect,
    bare: impl Fn(&str) -> Duration,
) {
    let shop = &till.shop;
    let scope = runtime.block_on(shop.owner());
    let year = Days { from: Some(plus_days(today, -364)), to: Some(today) };
    let kept = runtime.block_on(trial(&shop.road, &scope, None)).unwrap();
    let summed = runtime.block_on(trial(&shop.road, &scope, Some(today))).unwrap();
    assert!(!kept.rows.is_empty() && kept.rows == summed.rows, "kept balances are the sums of the postings");
    let supplies = runtime.block_on(gstr1(&shop.road, &scope, year)).unwrap();
    let issued: u32 = supplies.documents.iter().map(|series| series.issued).sum();
    assert!(issued >= plan.bills, "{issued} bills in the year");

    let [mut balance, mut sums, mut summary, mut floor] = [const { Vec::new() }; 4];
    for _ in 0..plan.rounds {
        let started = Instant::now();
        runtime.block_on(trial(&shop.road, &scope, None)).unwrap();
        balance.push(started.elapsed());
        sums.push(bare(&dialect.sums()));
        let started = Instant::now();
        runtime.block_on(gstr1(&shop.road, &scope, year)).unwrap();
        summary.push(started.elapsed());
        floor.push(bare(&dialect.by_code()));
    }
    for (report, times, beside, peers) in [
        ("trial balance", &mut balance, "every posting summed", &mut sums),
        ("a year's GSTR-1", &mut summary, "the lines summed by one statement", &mut floor),
    ] {
        let [low, middle, high] = quartiles(times, peers);
        println!(
            "{what:<11}{report:<17}{:>8} µs; {beside} {:>8} µs: {middle} × it ({low}–{high})",
            percentile(times, 50).as_micros(),
            percentile(peers, 50).as_micros(),
        );
    }
}

fn on_sqlite(runtime: &Runtime, parent: &Path, plan: Plan) {
    let store = runtime.block_on(Sqlite::open(parent));
    let (till, today) = runtime.block_on(shop(&store.world));
    let tenant = till.shop.tenant;
    let file = Connection::open(runtime.block_on(store.file(tenant))).unwrap();
    let dialect = Dialect::sqlite(&tenant.uuid().to_string());
    // The guards come back as they were: the reports that are measured are a working shop's.
    let guards: Vec<(String, String)> = file
        .prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    for (name, _) in &guards {
        file.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    let columns = |table: &str| {
        let mut names = file.prepare(&format!("SELECT name FROM pragma_table_info('{table}')")).unwrap();
        names.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let statements = dialect.growing(plan.bills, columns);
    file.execute_batch("BEGIN").unwrap();
    for statement in &statements {
        file.execute_batch(statement).unwrap();
    }
    for (_, guard) in &guards {
        file.execute_batch(guard).unwrap();
    }
    file.execute_batch("COMMIT; ANALYZE").unwrap();
    let postings: i64 = file.query_row("SELECT count(*) FROM posting", [], |row| row.get(0)).unwrap();
    println!("{:<11}{} bills, {postings} postings", "SQLite", plan.bills);
    let bare = |statement: &str| {
        let started = Instant::now();
        let mut statement = file.prepare(statement).unwrap();
        let mut rows = statement.query([]).unwrap();
        while rows.next().unwrap().is_some() {}
        started.elapsed()
    };
    measure(runtime, "SQLite", (&till, today), plan, &dialect, bare);
    drop(till);
    runtime.block_on(async { store.world.store.close().await });
}

fn on_postgres(runtime: &Runtime, server: &str, plan: Plan) {
    let store = runtime.block_on(Postgres::open(server));
    let (till, today) = runtime.block_on(shop(&store.world));
    let dialect = Dialect::postgres(&till.shop.tenant.uuid().to_string());
    let columns = |table: &str| {
        let names =
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'aurex' AND table_name";
        let said = answered(&store.url, &format!("{names} = '{table}' ORDER BY ordinal_position"));
        said.lines().map(str::to_owned).collect()
    };
    let statements = dialect.growing(plan.bills, columns).join(";\n");
    // Neither guards nor foreign keys are asked for rows that are copies.
    let tables = ["journal_entry", "posting", "invoice", "invoice_line", "invoice_parties", "balance"];
    let triggers = |what: &str| {
        let each = tables.map(|table| format!("ALTER TABLE aurex.{table} {what} TRIGGER ALL"));
        each.join("; ")
    };
    let (off, on) = (triggers("DISABLE"), triggers("ENABLE"));
    psql(&store.url, &format!("BEGIN; {off}; {statements}; {on}; COMMIT"));
    psql(&store.url, "VACUUM ANALYZE");
    let postings = answered(&store.url, "SELECT count(*) FROM aurex.posting");
    println!("{:<11}{} bills, {} postings", "PostgreSQL", plan.bills, postings.trim());
    let bare = |statement: &str| pgbench(&store.url, "postgres", &format!("{statement};\n"), 1, 1);
    measure(runtime, "PostgreSQL", (&till, today), plan, &dialect, bare);
    drop(till);
    runtime.block_on(store.end());
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let plan = if measuring() { Plan { bills: 100_000, rounds: 9 } } else { Plan { bills: 400, rounds: 1 } };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(folder).unwrap();
    if wanted("sqlite") {
        on_sqlite(&runtime, folder, plan);
    }
    match server() {
        Some(server) if wanted("postgres") => on_postgres(&runtime, &server, plan),
        Some(_) => {}
        None => println!(
            "SKIPPED: AUREX_TEST_POSTGRES_URL is not set; scripts/with-postgres starts a server and sets it"
        ),
    }
}
