//! What issuing a bill costs, durably: three pieces, journal, stock, number, audit entry, idempotency key.
//!
//! Each store is measured beside its floor in the same run, in the same folder, with the same waits for the disk, in
//! short rounds that alternate, so that a disk or a neighbour that slows down slows both.

#![expect(clippy::unwrap_used, reason = "a bench that cannot set up its inputs must stop")]

#[path = "../issue/mod.rs"]
mod issue;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use aurex_core::store::conformance::{Fixture, World};
use issue::figures::{Side, header, measuring, report, wanted};
use issue::sqlite::{Floor, Rows, Sqlite};
use issue::till::{Client, Till, issue_all};
use tokio::runtime::Runtime;

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    bills: usize,
}

/// All floors write the same bills at once, each on a thread of its own.
fn write_all(floors: &mut [Floor], side: &mut Side) {
    let bills: Vec<_> = floors.iter_mut().map(Floor::issued).collect();
    let started = Instant::now();
    let taken: Vec<Vec<Duration>> = std::thread::scope(|threads| {
        let floors = floors.iter_mut().zip(&bills);
        let threads: Vec<_> = floors.map(|(floor, bills)| threads.spawn(|| floor.write(bills))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    side.rounds.push(started.elapsed());
    side.each.extend(taken.into_iter().flatten());
}

fn sqlite(runtime: &Runtime, place: &str, parent: &Path, tenants: usize, plan: Plan) {
    let store = runtime.block_on(Sqlite::open(parent));
    let (mut clients, mut floors): (Vec<Client>, _) = (Vec::new(), Vec::new());
    for tenant in 0..tenants {
        runtime.block_on(async {
            // One bill opens the series before the floor copies the file.
            let slug = format!("shop-{tenant}");
            let till = Till::open(store.world.shop(&slug).await, plan.rounds * plan.bills + 1).await;
            till.issue().await;
            floors.push(store.floor(till.shop.tenant, Rows::Same).await);
            clients.push(vec![Arc::new(till)]);
        });
    }
    let (mut ours, mut floor) = (Side::default(), Side::default());
    for _ in 0..plan.rounds {
        runtime.block_on(issue_all(&clients, plan.bills, &mut ours));
        write_all(&mut floors, &mut floor);
    }
    floors.iter().for_each(Floor::assert_same_as_original);
    report(&format!("SQLite {place}, {tenants} tenants"), plan.bills * tenants, ours, floor);
    runtime.block_on(async { store.world.store.close().await });
}

/// The reference store, which keeps everything in maps, beside SQLite where the disk costs nothing. It copies the tables
/// that a turn touches, so it is no floor.
fn reference_store(runtime: &Runtime, parent: &Path, plan: Plan) {
    let store = runtime.block_on(Sqlite::open(parent));
    let reference = World::of(Fixture::in_memory());
    let bills = plan.rounds * plan.bills;
    let client = |world: &World| {
        let till = runtime.block_on(async { Till::open(world.shop("shop").await, bills).await });
        vec![vec![Arc::new(till)]]
    };
    let (clients, alone): (Vec<Client>, Vec<Client>) = (client(&store.world), client(&reference));
    let (mut on_sqlite, mut in_maps) = (Side::default(), Side::default());
    for _ in 0..plan.rounds {
        runtime.block_on(issue_all(&clients, plan.bills, &mut on_sqlite));
        runtime.block_on(issue_all(&alone, plan.bills, &mut in_maps));
    }
    report("the reference store", plan.bills, in_maps, on_sqlite);
    runtime.block_on(async { store.world.store.close().await });
}

/// What makes the log tamper-evident, beside a log that is not: both written by hand, in alternating rounds.
fn tamper_evidence(runtime: &Runtime, place: &str, parent: &Path, plan: Plan) {
    let store = runtime.block_on(Sqlite::open(parent));
    let till = runtime.block_on(async {
        let till = Till::open(store.world.shop("shop").await, plan.rounds * plan.bills + 1).await;
        till.issue().await;
        Arc::new(till)
    });
    let floor = |which| [runtime.block_on(store.floor(till.shop.tenant, which))];
    let (mut hashed, mut unchained) = (floor(Rows::Hashed), floor(Rows::Unchained));
    let (mut with, mut without) = (Side::default(), Side::default());
    for _ in 0..plan.rounds {
        runtime.block_on(issue_all(&[vec![Arc::clone(&till)]], plan.bills, &mut Side::default()));
        write_all(&mut hashed, &mut with);
        write_all(&mut unchained, &mut without);
    }
    hashed.iter().for_each(Floor::assert_same_as_original);
    report(&format!("tamper evidence {place}"), plan.bills, with, without);
    runtime.block_on(async { store.world.store.close().await });
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let plan = if measuring() { Plan { rounds: 60, bills: 4 } } else { Plan { rounds: 1, bills: 2 } };
    let disk = Path::new(env!("CARGO_TARGET_TMPDIR"));
    std::fs::create_dir_all(disk).unwrap();
    header();
    if wanted("disk") {
        for tenants in [1, 2, 4] {
            sqlite(&runtime, "on disk", disk, tenants, plan);
        }
        tamper_evidence(&runtime, "on disk", disk, plan);
    }
    // Where waiting for the disk costs nothing, all that is left is work: the figure that a slow disk hides.
    let memory = Path::new("/dev/shm");
    if memory.is_dir() && wanted("memory") {
        sqlite(&runtime, "in memory", memory, 1, plan);
        tamper_evidence(&runtime, "in memory", memory, plan);
    }
    if memory.is_dir() && wanted("reference") {
        reference_store(&runtime, memory, plan);
    }
}
