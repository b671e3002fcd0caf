//! Who works while others flood: somebody who looks at the day's rates, and a till that issues bills. Each has a thread and
//! a connection of its own, asks, waits for the answer, and rests a moment, as people do.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};

use super::wire::Wire;

pub const SLUG: &str = "zaveri";
pub const OWNER: &str = "meena@zaveri.example";
const PASSWORD: &str = "blue parrot on a ledger";
const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
const API: &str = "/api/v1/workspaces";

/// A shop with today's rates, a customer and gold to sell, and its owner's session.
pub struct Shop {
    address: SocketAddr,
    lines: String,
    bill: String,
    bills: AtomicUsize,
}

fn one_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

impl Shop {
    pub fn open(address: SocketAddr) -> Self {
        let runtime = one_thread();
        let mut shop =
            Self { address, lines: String::new(), bill: String::new(), bills: AtomicUsize::new(0) };
        runtime.block_on(async {
            let mut wire = Wire::open(address, HOME).await.unwrap();
            let inr = |minor: i64| json!({"minor": minor, "currency": "INR"});
            let business = json!({
                "legal_name": "Zaveri LLP", "address": "12 Zaveri Bazaar, Mumbai", "gstin": "27AAECG3736E1C2",
                "scheme": "regular",
            });
            let body = json!({
                "slug": SLUG, "name": "Zaveri", "currency": "INR", "time_zone": "Asia/Kolkata", "state_code": "27",
                "business": business, "owner": {"name": "Meena", "email": OWNER, "password": PASSWORD},
            });
            let opened = wire.ask("POST", API, "", &body.to_string()).await.unwrap();
            assert_eq!(opened.status, 201);
            let sign_in = json!({"email": OWNER, "password": PASSWORD}).to_string();
            let answer = wire.ask("POST", &format!("{API}/{SLUG}/sessions"), "", &sign_in).await.unwrap();
            let cookie = answer.head.lines().find_map(|line| line.split_once(": aurex-zaveri=")).unwrap().1;
            let cookie = cookie.split(';').next().unwrap();
            shop.lines = format!("Cookie: aurex-zaveri={cookie}\r\nOrigin: http://{address}\r\n");
            for fineness in [916_000, 750_000, 999_000] {
                let rate = json!({
                    "commodity": "gold", "fineness_ppm": fineness, "kind": "sell", "amount": inr(1_280_000),
                    "per_mg": 1000,
                });
                shop.make(&mut wire, "/rates", &rate).await;
            }
            let asha = json!({
                "name": "Asha", "phone": "+919820012345", "state_code": "27", "address": "4 Hill Road, Mumbai 400050",
            });
            let customer = shop.make(&mut wire, "/customers", &asha).await;
            let lot = json!({
                "description": "Chain by weight", "commodity": "gold", "fineness_ppm": 916_000,
                "mass_mg": 1_000_000_000, "cost": inr(1_190_000_000_000),
            });
            let lot = shop.make(&mut wire, "/lots", &lot).await;
            let line = json!({
                "lot_id": lot["id"], "description": "Chain", "commodity": "gold", "fineness_ppm": 916_000,
                "gross_mg": 1000, "less_mg": 0, "hsn": "71131911",
                "making": {"kind": "percent_of_metal", "ratio_ppm": 160_000},
            });
            shop.bill = json!({"customer_id": customer["id"], "lines": [line, line, line]}).to_string();
        });
        shop
    }

    async fn make(&self, wire: &mut Wire, path: &str, body: &Value) -> Value {
        let answer =
            wire.ask("POST", &format!("{API}/{SLUG}{path}"), &self.lines, &body.to_string()).await.unwrap();
        assert_eq!(answer.status, 201, "{path}: {}", String::from_utf8_lossy(&answer.body));
        serde_json::from_slice(&answer.body).unwrap()
    }

    /// Looks at the rates again and again for so long; how long each answer took.
    pub fn look(&self, at: SocketAddr, path: &str, rest: Duration, lasting: Duration) -> Vec<Duration> {
        self.again(at, rest, lasting, async |wire| {
            let answer = wire.ask("GET", path, &self.lines, "").await.unwrap();
            assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        })
    }

    /// Issues bills for so long; how long each answer took.
    pub fn issue(&self, rest: Duration, lasting: Duration) -> Vec<Duration> {
        let path = format!("{API}/{SLUG}/invoices");
        self.again(self.address, rest, lasting, async |wire| {
            let number = self.bills.fetch_add(1, Ordering::Relaxed);
            let lines = format!("{}Idempotency-Key: flood-{number}\r\n", self.lines);
            let answer = wire.ask("POST", &path, &lines, &self.bill).await.unwrap();
            assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
        })
    }

    /// Lets the shop's people in by mail as well.
    pub fn let_in_by_mail(&self) {
        one_thread().block_on(async {
            let mut wire = Wire::open(self.address, HOME).await.unwrap();
            let path = format!("{API}/{SLUG}/settings");
            let shown = wire.ask("GET", &path, &self.lines, "").await.unwrap();
            let shown: Value = serde_json::from_slice(&shown.body).unwrap();
            let lines = format!("{}If-Match: {}\r\n", self.lines, shown["etag"].as_str().unwrap());
            let body = json!({"magic_links": true}).to_string();
            assert_eq!(wire.ask("PATCH", &path, &lines, &body).await.unwrap().status, 200);
        });
    }

    /// Where the rates are.
    pub fn rates(&self) -> (SocketAddr, String) {
        (self.address, format!("{API}/{SLUG}/rates"))
    }

    fn again(
        &self,
        at: SocketAddr,
        rest: Duration,
        lasting: Duration,
        ask: impl AsyncFn(&mut Wire),
    ) -> Vec<Duration> {
        one_thread().block_on(async {
            let mut wire = Wire::open(at, HOME).await.unwrap();
            let mut taken = Vec::new();
            let begun = Instant::now();
            while begun.elapsed() < lasting {
                let asked = Instant::now();
                ask(&mut wire).await;
                taken.push(asked.elapsed());
                tokio::time::sleep(rest).await;
            }
            taken
        })
    }
}
