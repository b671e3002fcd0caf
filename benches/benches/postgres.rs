//! PostgreSQL: what a bill costs beside one hand-tuned function under pgbench, what its walls cost a read, and what a
//! busy tenant costs its neighbour.
//!
//! `scripts/with-postgres --durable cargo bench -p aurex-benches --bench postgres`. Without AUREX_TEST_POSTGRES_URL there
//! is nothing to measure, which it says.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a bench that cannot set up its inputs must stop"
)]

#[path = "../issue/figures.rs"]
mod figures;
#[path = "../postgres/mod.rs"]
mod postgres;
#[path = "../issue/till.rs"]
mod till;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aurex_core::rbac::Role;
use aurex_core::service::shop::{issue_invoice, rate_board};
use aurex_core::shop::invoices::NewBill;
use aurex_core::store::conformance::{Shop, World, bill_of_lot};
use aurex_core::tenancy::Scope;
use figures::{Side, header, measuring, percentile, quartiles, report, wanted};
use postgres::server::{Postgres, pgbench, plan as planned, prepare_tpc_b, psql, server, tpc_b};
use till::{Client, Till, issue_all};
use tokio::runtime::Runtime;
use tokio::task::{JoinHandle, JoinSet};

const CLIENTS: usize = 8;
/// Shops that one client goes round, where there are many.
const SHOPS: usize = 4;

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    /// Bills of one client in one round.
    bills: usize,
    /// How often pgbench runs what it is given, in one round.
    times: usize,
}

const WITHOUT_GUARDS: &str = "DO $$ DECLARE it regclass; BEGIN
    FOR it IN SELECT tgrelid::regclass FROM pg_trigger WHERE tgname = 'with_an_entry' LOOP
        EXECUTE format('ALTER TABLE %s DISABLE TRIGGER with_an_entry', it);
    END LOOP;
END $$";

/// Shops that have issued two bills: the first opens the series and the customer's account, the second is as all others.
async fn open_tills(world: &World, tills: usize, bills: usize) -> Vec<Arc<Till>> {
    let mut shops = Vec::new();
    for n in 0..tills {
        shops.push(world.shop(&format!("shop-{n:03}")).await);
    }
    let mut filling = JoinSet::new();
    for shop in shops {
        filling.spawn(async move {
            let till = Till::open(shop, bills + 2).await;
            till.issue().await;
            till.issue().await;
            Arc::new(till)
        });
    }
    filling.join_all().await
}

/// Eight clients beside eight clients of pgbench that write the same rows, in alternating rounds; and both again with the
/// store's deferred guard switched off.
fn issue(runtime: &Runtime, server: &str, plan: Plan, shops: usize) {
    let many = shops > 1;
    let store = runtime.block_on(Postgres::open(server));
    let bills = (2 * plan.rounds + 1) * (plan.bills * CLIENTS).div_ceil(shops);
    let tills = runtime.block_on(open_tills(&store.world, shops, bills));
    store.lay_floor();
    let of = |client| if many { tills[client * SHOPS..(client + 1) * SHOPS].to_vec() } else { tills.clone() };
    let clients: Vec<Client> = (0..CLIENTS).map(of).collect();
    let script = if many {
        format!("\\set shop :client_id * {SHOPS} + random(0, {})\nSELECT floor.issue(:shop);\n", SHOPS - 1)
    } else {
        "SELECT floor.issue(0);\n".to_owned()
    };
    let what = if many { "many tenants" } else { "one tenant" };
    for guarded in [true, false] {
        if !guarded {
            psql(&store.url, WITHOUT_GUARDS);
        }
        let (mut ours, mut floor) = (Side::default(), Side::default());
        if guarded {
            // Connections, plans, caches.
            runtime.block_on(issue_all(&clients, plan.bills, &mut Side::default()));
        }
        for _ in 0..plan.rounds {
            runtime.block_on(issue_all(&clients, plan.bills, &mut ours));
            let one = pgbench(&store.url, "postgres", &script, CLIENTS, plan.times);
            floor.each.push(one * u32::try_from(CLIENTS).unwrap());
            floor.rounds.push(one * u32::try_from(CLIENTS * plan.bills).unwrap());
        }
        let what = if guarded { what.to_owned() } else { format!("{what}, no guard") };
        report(&what, plan.bills * CLIENTS, ours, floor);
    }
    drop((clients, tills));
    runtime.block_on(store.end());
}

/// TPC-B at scale 10, printed beside: what this server does with work that everybody knows.
fn tpc_b_beside(runtime: &Runtime, server: &str, plan: Plan) {
    let store = runtime.block_on(Postgres::open(server));
    prepare_tpc_b(&store.url);
    let mut took: Vec<_> = (0..plan.rounds).map(|_| tpc_b(&store.url, CLIENTS, plan.times)).collect();
    let one = percentile(&mut took, 50);
    println!("{:<28} {:>9}", "TPC-B, scale 10, 8 clients", 1_000_000_000 / one.as_nanos().max(1));
    runtime.block_on(store.end());
}

/// Bills of loose metal, of which there is no end.
struct Counter {
    shop: Shop,
    cashier: Scope,
    bill: NewBill,
}

impl Counter {
    async fn open(world: &World, slug: &str) -> Arc<Self> {
        let shop = world.shop(slug).await;
        shop.rate(1_280_000).await;
        let customer = shop.customer("Asha").await.id;
        let lot = shop.lot(1_000_000_000).await.id;
        let cashier = shop.scope(Role::Cashier).await;
        let counter = Self { shop, cashier, bill: bill_of_lot(customer, lot, 10) };
        counter.issue().await;
        Arc::new(counter)
    }

    async fn issue(&self) -> Duration {
        self.shop.tick();
        let started = Instant::now();
        issue_invoice(&self.shop.road, &self.cashier, None, &self.bill).await.unwrap();
        started.elapsed()
    }

    async fn read(&self) -> Duration {
        let started = Instant::now();
        assert_eq!(rate_board(&self.shop.road, &self.cashier, None).await.unwrap().len(), 1);
        started.elapsed()
    }
}

/// The same read as one bare statement, in a tenant's transaction, and behind row-level security.
fn walls(runtime: &Runtime, server: &str, plan: Plan) {
    let store = runtime.block_on(Postgres::open(server));
    let tenant = runtime.block_on(async {
        let mut tenant = None;
        for n in 0..CLIENTS {
            let counter = Counter::open(&store.world, &format!("shop-{n}")).await;
            // The one that is read has so many bills that a page of them is read from the end of its key. With few, the
            // server sorts them all, and may go about the two sides differently.
            let bills = if n + 1 == CLIENTS { 600 } else { 100 };
            for _ in 0..plan.times.min(bills) {
                counter.issue().await;
            }
            tenant = Some(counter.shop.tenant.uuid());
        }
        tenant.unwrap()
    });
    store.copy();
    let pgbench = |script: &str| pgbench(&store.url, "aurex_app", script, 1, plan.times);
    for (what, read) in [
        (
            "the day's rates",
            "SELECT * FROM {}.rate WHERE tenant_id = '{t}' AND business_date = (SELECT max(business_date) FROM {}.rate WHERE tenant_id = '{t}')",
        ),
        (
            "a page of 50 bills",
            "SELECT * FROM {}.invoice WHERE tenant_id = '{t}' AND id < 'ffffffff-ffff-ffff-ffff-ffffffffffff' ORDER BY id DESC LIMIT 50",
        ),
        (
            "the trial balance",
            "SELECT * FROM {}.account JOIN {}.balance ON balance.tenant_id = account.tenant_id AND balance.account = account.id WHERE account.tenant_id = '{t}'",
        ),
    ] {
        let read = |schema: &str| read.replace("{}", schema).replace("{t}", &tenant.to_string());
        // As the store sends it: what opens a transaction is one message, and who reads does not wait for its end.
        let within = |schema: &str| {
            let read = read(schema);
            format!(
                "\\startpipeline\nBEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\nSET LOCAL aurex.tenant_id = '{tenant}';\n\\endpipeline\n\\startpipeline\n{read};\nROLLBACK;\n\\endpipeline\n"
            )
        };
        let plans =
            ["aurex", "floor"].map(|of| planned(&store.url, "aurex_app", &tenant.to_string(), &read(of)));
        if plans[0] != plans[1] {
            println!(
                "{what}: not the same plan, {:?} behind the wall and {:?} without it",
                plans[0], plans[1]
            );
        }
        let (behind, open, bare) = (within("aurex"), within("floor"), format!("{};\n", read("floor")));
        let [mut wall, mut door, mut plain, mut trip] = [const { Vec::new() }; 4];
        for _ in 0..plan.rounds {
            wall.push(pgbench(&behind));
            door.push(pgbench(&open));
            plain.push(pgbench(&bare));
            trip.push(pgbench("SELECT 1;\n"));
        }
        let [low, middle, high] = quartiles(&wall, &door);
        println!(
            "{:<28} {middle} × the same transaction without it ({low}–{high})",
            format!("row-level security, {what}")
        );
        let more: Vec<_> = wall.iter().zip(&plain).map(|(wall, plain)| wall.saturating_sub(*plain)).collect();
        let [low, middle, high] = quartiles(&more, &trip);
        println!(
            "{:<28} {middle} round trips more than the bare statement ({low}–{high}); {} µs, bare {} µs, round trip {} µs",
            "",
            percentile(&mut wall, 50).as_micros(),
            percentile(&mut plain, 50).as_micros(),
            percentile(&mut trip, 50).as_micros(),
        );
    }
    runtime.block_on(store.end());
}

/// So many writers of one shop, until they are told to stop.
struct Writers {
    stop: Arc<AtomicBool>,
    written: Arc<AtomicUsize>,
    tasks: Vec<JoinHandle<()>>,
}

impl Writers {
    async fn start(writers: usize, busy: &Arc<Counter>) -> Self {
        let (stop, written) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
        let tasks = (0..writers).map(|_| {
            let (busy, stop, written) = (Arc::clone(busy), Arc::clone(&stop), Arc::clone(&written));
            tokio::spawn(async move {
                while !stop.load(Ordering::Relaxed) {
                    busy.issue().await;
                    written.fetch_add(1, Ordering::Relaxed);
                }
            })
        });
        let started = Self { tasks: tasks.collect(), stop, written };
        while started.written.load(Ordering::Relaxed) < writers {
            tokio::task::yield_now().await;
        }
        started
    }

    async fn end(self) -> usize {
        self.stop.store(true, Ordering::Relaxed);
        for task in self.tasks {
            task.await.unwrap();
        }
        self.written.load(Ordering::Relaxed)
    }
}

/// How long one shop's bills and reads take while nobody else works, while one writer of another shop does without a
/// pause, and while 64 do.
fn busy_tenant(runtime: &Runtime, server: &str, plan: Plan) {
    let store = runtime.block_on(Postgres::open(server));
    let crowds = [0, 1, 64];
    let mut bills = [const { Vec::new() }; 3];
    let mut reads = [const { Vec::new() }; 3];
    let mut written = [0; 3];
    runtime.block_on(async {
        let quiet = Counter::open(&store.world, "quiet").await;
        let busy = Counter::open(&store.world, "busy").await;
        for _ in 0..plan.rounds {
            for (n, crowd) in crowds.into_iter().enumerate() {
                let writers = Writers::start(crowd, &busy).await;
                for _ in 0..plan.times {
                    bills[n].push(quiet.issue().await);
                    reads[n].push(quiet.read().await);
                }
                written[n] += writers.end().await;
            }
        }
    });
    for (what, samples) in [("a bill", &mut bills), ("a read", &mut reads)] {
        for part in [50, 99] {
            let [alone, one, crowd] = samples.each_mut().map(|samples| percentile(samples, part));
            let ratio = |busy: Duration| quartiles(&[busy], &[alone])[1].clone();
            println!(
                "{:<28} {} µs; beside one writer {} µs, {} ×; beside 64 {} µs, {} ×",
                format!("a neighbour: {what}, {}", if part == 50 { "median" } else { "p99" }),
                alone.as_micros(),
                one.as_micros(),
                ratio(one),
                crowd.as_micros(),
                ratio(crowd),
            );
        }
    }
    println!(
        "{:<28} the one wrote {} bills, the 64 {}, to {} of the neighbour's in each case",
        "",
        written[1],
        written[2],
        bills[0].len()
    );
    runtime.block_on(store.end());
}

fn main() {
    let Some(server) = server() else {
        println!(
            "SKIPPED: AUREX_TEST_POSTGRES_URL is not set; scripts/with-postgres starts a server and sets it"
        );
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let plan = if measuring() {
        Plan { rounds: 9, bills: 16, times: 120 }
    } else {
        Plan { rounds: 1, bills: 1, times: 10 }
    };
    header();
    if wanted("many") {
        issue(&runtime, &server, plan, CLIENTS * SHOPS);
    }
    if wanted("one") {
        issue(&runtime, &server, plan, 1);
    }
    if wanted("tpcb") {
        tpc_b_beside(&runtime, &server, plan);
    }
    if wanted("walls") {
        // A read takes microseconds, and a round is to outlast what neighbours do to it.
        walls(&runtime, &server, Plan { times: plan.times * 40, ..plan });
    }
    if wanted("busy") {
        busy_tenant(&runtime, &server, plan);
    }
}
