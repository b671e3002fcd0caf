//! What a flood of wrong passwords does to people who work, over real sockets: the 50th and 99th hundredth of the answers
//! to `GET …/rates` and of bills that are issued, quiet and under the flood, in windows that alternate.
//!
//! Then what the HTTP edge costs: the same `GET` beside a bare handler of the same framework that does the same two
//! reads; and how long an answer takes to somebody who asks in a member's name, beside one in nobody's.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a bench that cannot set up its inputs must stop"
)]

#[path = "../flood/mod.rs"]
mod flood;

use std::sync::Arc;
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use aurex_core::identity::throttle::SignInPolicies;
use flood::figures::{measuring, percentile, wanted};
use flood::server::Server;
use flood::telling;
use flood::work::Shop;
use flood::wrong::{Answers, Flood, Kind, settle};

/// How much is measured.
#[derive(Clone, Copy)]
struct Plan {
    rounds: usize,
    window: Duration,
    /// Tries a second, and over how many connections: more than the pool for hashes has places.
    flood: (u32, u32),
}

const MEASURED: Plan = Plan { rounds: 6, window: Duration::from_secs(4), flood: (400, 160) };
const QUICK: Plan = Plan { rounds: 1, window: Duration::from_millis(300), flood: (200, 24) };

/// How long a flood runs before anything is measured under it.
const SETTLES: Duration = Duration::from_millis(500);
/// A person rests between two answers.
const REST: Duration = Duration::from_millis(4);

/// What was asked in one kind of window.
#[derive(Default)]
struct Asked {
    rates: Vec<Duration>,
    bills: Vec<Duration>,
}

impl Asked {
    fn window(&mut self, shop: &Shop, lasting: Duration) {
        std::thread::scope(|threads| {
            let (at, path) = shop.rates();
            let looking = threads.spawn(move || shop.look(at, &path, REST, lasting));
            let issuing = threads.spawn(|| shop.issue(REST, lasting));
            self.rates.extend(looking.join().unwrap());
            self.bills.extend(issuing.join().unwrap());
        });
    }
}

/// Hundredths, without a float.
fn ratio(upper: Duration, lower: Duration) -> String {
    let hundredths = upper.as_nanos() * 100 / lower.as_nanos().max(1);
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

fn line(what: &str, quiet: &mut [Duration], flooded: &mut [Duration]) {
    let of = |samples: &mut [Duration]| [50, 99].map(|part| percentile(samples, part));
    let ([middle, high], [middle_flooded, high_flooded]) = (of(quiet), of(flooded));
    println!(
        "  {what:<6} {:>6} {:>8} µs {:>8} µs {:>6} ×   {:>8} µs {:>8} µs {:>6} ×",
        quiet.len() + flooded.len(),
        middle.as_micros(),
        middle_flooded.as_micros(),
        ratio(middle_flooded, middle),
        high.as_micros(),
        high_flooded.as_micros(),
        ratio(high_flooded, high),
    );
}

fn under(kind: Kind, server: &Server, shop: &Shop, plan: Plan) {
    let numbers = Arc::new(AtomicU32::new(0));
    let (mut quiet, mut flooded, mut answers) = (Asked::default(), Asked::default(), Answers::new());
    for _ in 0..plan.rounds {
        quiet.window(shop, plan.window);
        let (a_second, connections) = plan.flood;
        let flood = Flood::begin(server.address, kind, a_second, connections, &numbers);
        settle(SETTLES);
        flooded.window(shop, plan.window);
        for (status, times) in flood.end() {
            *answers.entry(status).or_default() += times;
        }
    }
    println!("{}: answered {answers:?}", kind.title());
    line("rates", &mut quiet.rates, &mut flooded.rates);
    line("bills", &mut quiet.bills, &mut flooded.bills);
    let refused = answers.keys().all(|status| [401, 429, 503].contains(status));
    assert!(refused && !answers.is_empty(), "a flood was answered with {answers:?}");
    if kind == Kind::OneAccount && !answers.contains_key(&429) {
        panic!("nothing was throttled: {answers:?}");
    }
}

/// The same read through the whole server and through a bare handler, in turns.
fn edge(server: &Server, shop: &Shop, plan: Plan) {
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    let asked = |at, path: &str, all: &mut Vec<Duration>| {
        let taken = shop.look(at, path, Duration::ZERO, plan.window / 4);
        all.extend(taken);
    };
    let (at, path) = shop.rates();
    for _ in 0..plan.rounds * 4 {
        asked(at, &path, &mut ours);
        asked(server.bare, "/rates", &mut bare);
    }
    let [(our_middle, our_high), (bare_middle, bare_high)] =
        [&mut ours, &mut bare].map(|samples| (percentile(samples, 50), percentile(samples, 99)));
    // One connection that never rests: the mean is what throughput is made of.
    let mean = |samples: &[Duration]| {
        samples.iter().sum::<Duration>() / u32::try_from(samples.len()).unwrap().max(1)
    };
    println!("the day's rates over HTTP, beside a bare handler with the same two reads");
    println!(
        "  {} and {} answers; {} of its pace; median {} µs and {} µs; 99th {} µs and {} µs, {} ×",
        ours.len(),
        bare.len(),
        ratio(mean(&bare), mean(&ours)),
        our_middle.as_micros(),
        bare_middle.as_micros(),
        our_high.as_micros(),
        bare_high.as_micros(),
        ratio(our_high, bare_high),
    );
}

/// Every kind of flood against one server.
fn floods(server: &Server, shop: &Shop, plan: Plan) {
    println!(
        "  {:<6} {:>6} {:>11} {:>11} {:>8}   {:>11} {:>11} {:>8}",
        "", "asked", "p50 quiet", "flooded", "", "p99 quiet", "flooded", ""
    );
    for kind in Kind::ALL {
        under(kind, server, shop, plan);
    }
}

/// A server of its own, with a shop in it.
fn with_server(throttle: SignInPolicies, gives_way: bool, run: impl FnOnce(&Server, &Shop)) {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), throttle, gives_way);
    let shop = Shop::open(server.address);
    run(&server, &shop);
    server.stop();
}

fn main() {
    let plan = if measuring() { MEASURED } else { QUICK };
    with_server(SignInPolicies::STANDARD, true, |server, shop| {
        if wanted("flood") {
            println!("a flood of {} wrong passwords a second", plan.flood.0);
            floods(server, shop, plan);
        }
        if wanted("edge") {
            edge(server, shop, plan);
        }
    });
    // Only where it is asked for: it says what the threads are worth, and nothing of the server as it is.
    if std::env::args().any(|argument| argument == "urgent") {
        println!("the same, with hashes as urgent as anything else");
        with_server(SignInPolicies::STANDARD, false, |server, shop| floods(server, shop, plan));
    }
    if wanted("telling") {
        with_server(telling::unthrottled(), true, |server, shop| {
            telling::print(server, shop, if measuring() { 40 } else { 2 });
        });
    }
}
