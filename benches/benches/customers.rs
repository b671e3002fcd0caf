//! Finding a customer among a hundred thousand while the name is being typed, on both stores, each beside a bare statement
//! that looks through every customer in the same database.
//!
//! `scripts/with-postgres cargo bench -p aurex-benches --bench customers` (`-- sqlite`, `postgres`). The customers are put
//! there by statements with the guards off; what they are found by is made of them by the stores' own triggers. Without
//! `--bench` there are a few hundred, to see that it works; without AUREX_TEST_POSTGRES_URL only SQLite's part runs, which
//! it says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a bench that cannot set up its inputs must stop"
)]

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

use aurex_core::service::shop::parties;
use aurex_core::shop::parties::Customers;
use aurex_core::store::PageRequest;
use aurex_core::store::conformance::Shop;
use figures::{measuring, percentile, wanted};
use postgres::server::{Postgres, pgbench, psql, server};
use rusqlite::Connection;
use sqlite::Sqlite;
use tokio::runtime::Runtime;

/// Names that the shared helpers bring and this bench has no use for.
#[expect(dead_code, reason = "the helpers are shared by benches that each use a part of them")]
fn unused() {
    let _ = (Postgres::copy, Postgres::lay_floor, postgres::server::plan, postgres::server::prepare_tpc_b);
    let _ = (postgres::server::tpc_b, postgres::server::answered, figures::quartiles, figures::header);
    let _ = (figures::report, till::issue_all, Sqlite::floor, till::Till::open, till::Till::issue);
    let _: Option<till::Client> = None;
    let _ = (sqlite::Rows::Same, sqlite::Rows::Hashed, sqlite::Rows::Unchained);
    let _ = (sqlite::Floor::issued, sqlite::Floor::write, sqlite::Floor::assert_same_as_original);
}

const FIRST: [&str; 20] = [
    "Asha", "Ravi", "Meera", "Bina", "Sunil", "Shalini", "Zubin", "Farah", "Gopal", "Hema", "Indu", "Jatin",
    "Kavita", "Lata", "Mohan", "Nisha", "Om", "Priya", "Rohan", "Tara",
];
const LAST: [&str; 25] = [
    "Shah", "Sharma", "Patel", "Iyer", "Rao", "Das", "Khan", "Gupta", "Joshi", "Kulkarni", "Mehta", "Nair",
    "Pillai", "Reddy", "Singh", "Soni", "Thakur", "Usmani", "Varma", "Wagh", "Yadav", "Zaveri", "Bose",
    "Chawla", "Desai",
];

/// What is typed: letter by letter, in two words, a telephone's beginning and its end, and what nobody has.
const TYPED: [&str; 10] =
    ["s", "sha", "shah", "sharma asha", "s a", "98200", "4321", "nobody", "sha nobody", "shar xa"];

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    customers: u32,
    rounds: usize,
}

/// The statements that put them there; `id` writes one.
fn rows(plan: Plan, table: &str, tenant: &str, id: impl Fn(u32) -> String) -> Vec<String> {
    let row = |n: u32| {
        let (first, last) = (FIRST[n as usize % 20], LAST[n as usize / 20 % 25]);
        // Digits all over, as numbers are given out.
        let phone = 9_820_000_000 + u64::from(n) * 7_919 % 10_000_000;
        format!("({tenant}, {}, 'customer', '{first} {last}', '+91{phone}', 1, 1)", id(n))
    };
    let all: Vec<u32> = (0..plan.customers).collect();
    let into = format!("INSERT INTO {table} (tenant_id, id, kind, name, phone, created_at, version) VALUES ");
    all.chunks(500)
        .map(|some| into.clone() + &some.iter().map(|n| row(*n)).collect::<Vec<_>>().join(", "))
        .collect()
}

/// Each search, beside the statement that looks through everybody, in turns.
fn measure(runtime: &Runtime, what: &str, shop: &Shop, plan: Plan, bare: impl Fn(&str) -> Duration) {
    let scope = runtime.block_on(shop.owner());
    let search = |typed| {
        runtime
            .block_on(parties::<Customers>(&shop.road, &scope, Some(typed), PageRequest::first(50)))
            .unwrap()
            .items
    };
    assert!(!search("sha").is_empty() && !search("sharma asha").is_empty() && search("nobody").is_empty());
    for typed in TYPED {
        let [mut times, mut peers] = [const { Vec::new() }; 2];
        for _ in 0..plan.rounds {
            let started = Instant::now();
            let found = search(typed);
            times.push(started.elapsed());
            assert!(found.len() <= 50);
            peers.push(bare(typed));
        }
        println!(
            "{what:<11}{typed:<12}{:>3} found {:>8} µs, 95 of 100 {:>8} µs; looked through {:>8} µs",
            search(typed).len(),
            percentile(&mut times, 50).as_micros(),
            percentile(&mut times, 95).as_micros(),
            percentile(&mut peers, 50).as_micros(),
        );
    }
}

fn on_sqlite(runtime: &Runtime, parent: &Path, plan: Plan) {
    let store = runtime.block_on(Sqlite::open(parent));
    let shop = runtime.block_on(store.world.shop("shop"));
    let tenant = shop.tenant.uuid().simple().to_string();
    let file = Connection::open(runtime.block_on(store.file(shop.tenant))).unwrap();
    let guards: Vec<(String, String)> = file
        .prepare(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name NOT LIKE 'party_is_found%'",
        )
        .unwrap()
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    file.execute_batch("BEGIN").unwrap();
    for (name, _) in &guards {
        file.execute_batch(&format!("DROP TRIGGER {name}")).unwrap();
    }
    for statement in rows(plan, "party", &format!("x'{tenant}'"), |n| format!("x'{:032x}'", n + 1)) {
        file.execute_batch(&statement).unwrap();
    }
    for (_, guard) in &guards {
        file.execute_batch(guard).unwrap();
    }
    file.execute_batch("COMMIT").unwrap();
    let bare = |typed: &str| {
        let through = format!(
            "SELECT id, name, phone FROM party WHERE kind = 'customer'
             AND (instr(lower(name), '{typed}') > 0 OR instr(phone, '{typed}') > 0) LIMIT 51"
        );
        let started = Instant::now();
        let mut statement = file.prepare(&through).unwrap();
        let mut rows = statement.query([]).unwrap();
        while rows.next().unwrap().is_some() {}
        started.elapsed()
    };
    measure(runtime, "SQLite", &shop, plan, bare);
    drop(shop);
    runtime.block_on(async { store.world.store.close().await });
}

fn on_postgres(runtime: &Runtime, server: &str, plan: Plan) {
    let store = runtime.block_on(Postgres::open(server));
    let shop = runtime.block_on(store.world.shop("shop"));
    let tenant = format!("'{}'", shop.tenant.uuid());
    let triggers = |what: &str| {
        let each = ["with_an_entry", "never_deleted"];
        let each = each.map(|guard| format!("ALTER TABLE aurex.party {what} TRIGGER {guard}"));
        psql(&store.url, &each.join("; "));
    };
    triggers("DISABLE");
    for statement in rows(plan, "aurex.party", &tenant, |n| format!("'{:032x}'", n + 1)) {
        psql(&store.url, &statement);
    }
    triggers("ENABLE ALWAYS");
    psql(&store.url, "VACUUM ANALYZE");
    let bare = |typed: &str| {
        let through = format!(
            "SELECT id, name, phone FROM aurex.party WHERE kind = 'customer'
             AND (strpos(lower(name), '{typed}') > 0 OR strpos(phone, '{typed}') > 0) LIMIT 51;\n"
        );
        pgbench(&store.url, "postgres", &through, 1, 1)
    };
    measure(runtime, "PostgreSQL", &shop, plan, bare);
    drop(shop);
    runtime.block_on(store.end());
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let plan = if measuring() {
        Plan { customers: 100_000, rounds: 101 }
    } else {
        Plan { customers: 500, rounds: 3 }
    };
    println!("{:<11}{} customers; a page of 50", "", plan.customers);
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
