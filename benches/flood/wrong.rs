//! Wrong passwords, so many a second, over as many connections as it takes.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::runtime::Builder;
use tokio::time::Instant as Moment;

use super::wire::{Wire, until};
use super::work::{OWNER, SLUG};

/// Where the tries come from, and at whom they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One address tries one account.
    OneAccount,
    /// Each address tries a few accounts of the shop: most never were.
    ManyAccounts,
    /// Each try is at another shop that never was, and a few of them from an address: no throttle stands in its way, so
    /// each costs a hash for as long as there is room for one.
    ManyShops,
}

impl Kind {
    pub const ALL: [Self; 3] = [Self::OneAccount, Self::ManyAccounts, Self::ManyShops];

    pub const fn title(self) -> &'static str {
        match self {
            Self::OneAccount => "one account, from one address",
            Self::ManyAccounts => "many accounts of the shop, from many addresses",
            Self::ManyShops => "shops that never were, from many addresses",
        }
    }

    /// The path and the body of a try.
    fn attempt(self, number: u32) -> (String, String) {
        let (slug, email) = match self {
            Self::OneAccount => (SLUG.to_owned(), OWNER.to_owned()),
            Self::ManyAccounts => (SLUG.to_owned(), format!("nobody-{number}@zaveri.example")),
            Self::ManyShops => (format!("shop-{number}"), format!("nobody-{number}@shop.example")),
        };
        let body = json!({"email": email, "password": format!("wrong password {number}")}).to_string();
        (format!("/api/v1/workspaces/{slug}/sessions"), body)
    }

    /// Addresses of 127.0.0.0/8 beside those of everybody else here, 25 tries from each.
    fn from(self, number: u32) -> IpAddr {
        let host = if self == Self::OneAccount { 0 } else { number / 25 };
        IpAddr::V4(Ipv4Addr::from(0x7f40_0001_u32.wrapping_add(host)))
    }
}

/// What came back, by status.
pub type Answers = BTreeMap<u16, usize>;

/// A flood that runs until it is told to stop.
pub struct Flood {
    going: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<(Answers, Duration)>,
}

impl Flood {
    /// So many tries a second over so many connections: those that wait for a hash answer late, and the others keep up the
    /// pace.
    pub fn begin(
        address: SocketAddr,
        kind: Kind,
        a_second: u32,
        connections: u32,
        numbers: &Arc<AtomicU32>,
    ) -> Self {
        let going = Arc::new(AtomicBool::new(true));
        let (flag, numbers) = (Arc::clone(&going), Arc::clone(numbers));
        let thread = std::thread::spawn(move || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let (begun, first) = (Moment::now(), numbers.load(Ordering::Relaxed));
                let pace = Duration::from_secs(1) / a_second;
                let tasks: Vec<_> = (0..connections)
                    .map(|_| {
                        let (going, numbers) = (Arc::clone(&flag), Arc::clone(&numbers));
                        tokio::spawn(async move {
                            let mut answers = Answers::new();
                            let mut open: Option<(IpAddr, Wire)> = None;
                            while going.load(Ordering::Relaxed) {
                                let number = numbers.fetch_add(1, Ordering::Relaxed);
                                until(begun + pace * number.wrapping_sub(first)).await;
                                let from = kind.from(number);
                                let mut wire = match open.take() {
                                    Some((at, wire)) if at == from => wire,
                                    _ => Wire::open(address, from).await.unwrap(),
                                };
                                let (path, body) = kind.attempt(number);
                                let answer = wire.ask("POST", &path, "", &body).await.unwrap();
                                *answers.entry(answer.status).or_default() += 1;
                                open = Some((from, wire));
                            }
                            answers
                        })
                    })
                    .collect();
                let mut all = Answers::new();
                for task in tasks {
                    for (status, times) in task.await.unwrap() {
                        *all.entry(status).or_default() += times;
                    }
                }
                (all, begun.elapsed())
            })
        });
        Self { going, thread }
    }

    /// Stops, and waits for every answer: what waits for a hash has been hashed then.
    pub fn end(self) -> Answers {
        self.going.store(false, Ordering::Relaxed);
        self.thread.join().unwrap().0
    }
}

/// Waits until a flood has filled what it can.
pub fn settle(lasting: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < lasting {
        std::thread::sleep(lasting.saturating_sub(begun.elapsed()));
    }
}
