//! The demo over HTTP, as each of its people sees it.

use std::collections::BTreeSet;

use aurex_core::rbac::Role;
use aurex_core::service::inspection::{ROWS_AT_ONCE, check_log, check_tiles, reconcile};
use aurex_core::tenancy::RequestFacts;
use poem::http::header::{COOKIE, HOST, ORIGIN, SET_COOKIE};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, Request};
use serde_json::{Value, json};

use super::{HOME, made};
use crate::app::{Outside, routes};
use crate::cli::demo::people::{MAIN, Person};
use crate::http::headers::Hsts;
use crate::http::health::Readiness;
use crate::http::request::TrustedProxies;

const ALL: &[Role] =
    &[Role::Owner, Role::Admin, Role::Manager, Role::Cashier, Role::Accountant, Role::Auditor];
const FLOOR: &[Role] = &[Role::Owner, Role::Admin, Role::Manager, Role::Accountant, Role::Auditor];
const BOOKS: &[Role] = &[Role::Owner, Role::Admin, Role::Accountant, Role::Auditor];
const LOG: &[Role] = &[Role::Owner, Role::Admin, Role::Auditor];

/// Every list that a month of the shop fills, and who may see it.
const LISTS: [(&str, &[Role]); 25] = [
    ("/rates/board", ALL),
    ("/customers", ALL),
    ("/suppliers", FLOOR),
    ("/goldsmiths", FLOOR),
    ("/items?state=in_stock", ALL),
    ("/items?state=sold", ALL),
    ("/lots", ALL),
    ("/invoices?state=partly_credited", ALL),
    ("/receipts", ALL),
    ("/bookings?state=open", ALL),
    ("/bookings/positions", ALL),
    ("/advances", ALL),
    ("/old-metal-purchases", ALL),
    ("/metal-vouchers?kind=purchase", FLOOR),
    ("/metal-vouchers?kind=goldsmith_issue", FLOOR),
    ("/metal-vouchers?kind=goldsmith_receipt", FLOOR),
    ("/metal-vouchers?kind=melt", FLOOR),
    ("/metal-vouchers?kind=write_off", FLOOR),
    ("/payments", FLOOR),
    ("/credit-notes", ALL),
    ("/debit-notes", ALL),
    ("/refunds", ALL),
    ("/books/day-book?from=2026-03-15&to=2026-04-14", BOOKS),
    ("/books/ageing", BOOKS),
    ("/audit?action=books.lock", LOG),
];

/// A server on the demo, without a socket.
struct Served<E>(E);

impl<E: Endpoint> Served<E> {
    async fn send(
        &self,
        method: Method,
        path: &str,
        cookie: &str,
        body: &Value,
    ) -> (StatusCode, String, Value) {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(format!("/api/v1/workspaces/{MAIN}{path}").parse().unwrap())
            .header(HOST, HOME.trim_start_matches("http://"))
            .header(ORIGIN, HOME)
            .header(COOKIE, cookie);
        if method == Method::POST {
            request = request.content_type("application/json");
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let response = poem::IntoResponse::into_response(self.0.call(request.body(body)).await.unwrap());
        let cookie = response.headers().get(SET_COOKIE).map(|set| set.to_str().unwrap().to_owned());
        let status = response.status();
        let text = response.into_body().into_string().await.unwrap();
        let cookie = cookie.and_then(|set| set.split(';').next().map(str::to_owned)).unwrap_or_default();
        (status, cookie, serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    async fn sign_in(&self, person: &Person) -> String {
        let body = json!({"email": person.email, "password": person.password.expose()});
        let (status, cookie, _) = self.send(Method::POST, "/sessions", "", &body).await;
        assert_eq!(status, StatusCode::CREATED, "{}", person.email);
        cookie
    }

    async fn read(&self, cookie: &str, path: &str) -> Value {
        let (status, _, value) = self.send(Method::GET, path, cookie, &Value::Null).await;
        assert_eq!(status, StatusCode::OK, "{path}: {value}");
        value
    }
}

/// What is listed, under whatever name.
fn entries(value: &Value) -> usize {
    let lists = value.as_object().unwrap().values().filter_map(Value::as_array);
    value.as_array().map_or_else(|| lists.map(Vec::len).max().unwrap_or(0), Vec::len)
}

fn values(page: &Value, field: &str) -> BTreeSet<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn every_kind_of_paper_is_there_for_whoever_may_see_it() {
    let made = made(916).await;
    let outside = Outside {
        trusted_proxies: TrustedProxies::default(),
        hsts: Hsts::default(),
        readiness: Readiness::default(),
        tracker: tokio_util::task::TaskTracker::new(),
    };
    let served = Served(routes(made.composed.app.clone(), outside).unwrap());
    let mut roles = BTreeSet::new();
    for person in &made.people.members {
        let cookie = served.sign_in(person).await;
        roles.insert(person.role.code());
        for (path, who) in LISTS {
            let (status, _, value) = served.send(Method::GET, path, &cookie, &Value::Null).await;
            if who.contains(&person.role) {
                assert_eq!(status, StatusCode::OK, "{} {path}: {value}", person.role.code());
                assert!(entries(&value) > 0, "{} {path}: {value}", person.role.code());
            } else {
                assert_eq!(status, StatusCode::FORBIDDEN, "{} {path}", person.role.code());
            }
        }
    }
    assert_eq!(roles.len(), ALL.len());

    let owner = served.sign_in(&made.people.members[0]).await;
    let modes = values(&served.read(&owner, "/receipts?limit=200").await, "mode");
    for mode in ["cash", "upi", "card", "advance", "old_metal"] {
        assert!(modes.contains(mode), "{mode}: {modes:?}");
    }
    let bookings = served.read(&owner, "/bookings").await;
    let standings = values(&bookings, "state");
    assert!(standings.contains("open") && standings.contains("used_up"), "{bookings}");
    let smith = served.read(&owner, "/goldsmiths").await["items"][0]["id"].as_str().unwrap().to_owned();
    let holdings = served.read(&owner, &format!("/goldsmiths/{smith}/holdings")).await;
    assert!(holdings.to_string().contains("\"fine_ng\":874000000"), "{holdings}");
    let locked = served.read(&owner, "/books/lock").await;
    assert_eq!(locked["locked_through"], "2026-03-31");
    assert_eq!(served.read(&owner, "/billing").await["name"], "Meena Jewellers Private Limited");
    let open = served.read(&owner, "/invoices?state=issued").await["items"][0].clone();
    let bill = served.read(&owner, &format!("/invoices/{}", open["id"].as_str().unwrap())).await;
    assert_eq!(bill["pay"]["upi_id"], "meena.jewellers@example", "{bill}");
    let tax = served.read(&owner, "/books/gstr-3b?from=2026-03-01&to=2026-03-31").await;
    let trial = served.read(&owner, "/ledger/trial-balance").await;
    for head in ["cgst", "sgst", "igst"] {
        assert!(tax["input"][head].as_i64() > Some(0), "input tax of both kinds of supplier: {tax}");
    }
    for total in trial["totals"].as_array().unwrap() {
        assert_eq!(total["debit"], total["credit"], "{total}");
    }

    let count = json!({"tags": ["TAP-0001", "BHO-0001", "no such tag"]});
    let (status, _, counted) = served.send(Method::POST, "/stock/count", &owner, &count).await;
    assert_eq!((status, &counted["found"]), (StatusCode::OK, &json!(2)), "{counted}");
}

#[tokio::test]
async fn the_log_and_the_tables_agree() {
    let made = made(916).await;
    for tenant in [made.people.main, made.people.rival] {
        let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
        let scope = made.composed.cli.scope(tenant, &[], facts);
        let store = &made.composed.app.road.store;
        let mut reader = store.reader(&scope).await.unwrap();
        let log = check_log(&mut *reader, tenant, &[], &mut |_| {}).await.unwrap();
        assert_eq!((log.findings.count(), log.entries > 0), (0, true), "{:?}", log.findings.kept());
        let rows = reconcile(&mut *reader, tenant, ROWS_AT_ONCE, &mut |_| {}).await.unwrap();
        assert_eq!((rows.findings.count(), rows.rows > 0), (0, true), "{:?}", rows.findings.kept());
        let tiles = check_tiles(&**store, &scope, &mut |_| {}).await.unwrap();
        assert_eq!(tiles.count(), 0, "{:?}", tiles.kept());
    }
}
