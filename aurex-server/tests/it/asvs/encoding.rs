//! Text of strangers: decoded once, kept as it is, and harmless wherever it comes out.

use poem::Request;
use poem::http::{Method, Uri};
use serde_json::{Value, json};

use crate::client::{Call, PREFIX};
use crate::shop::{customer, id, stocked, workspace};
use crate::world::{World, on_every_store};

on_every_store!(
    asvs_v1_1_1_an_address_is_decoded_once,
    asvs_v1_1_1_a_cookie_is_not_decoded_at_all,
    asvs_v1_2_1_v1_3_7_markup_in_a_name_stays_text,
    asvs_v1_2_4_v1_2_9_what_is_searched_for_is_searched_for_as_it_is,
);

fn at(path: &str, cookie: &str) -> Option<Request> {
    let uri: Uri = path.parse().ok()?;
    let request = Request::builder().method(Method::GET).uri(uri).header("host", "127.0.0.1:8080");
    Some(request.header("cookie", cookie).finish())
}

async fn asvs_v1_1_1_an_address_is_decoded_once(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let cookie = format!("aurex-zaveri={}", shop.owner.session);
    let mut tried = 0;
    // What would name something that is there, were it decoded twice, or leniently.
    let customer = &shop.customer;
    for path in [
        format!("{PREFIX}/zaveri/customers/{}", customer.replacen('c', "%2563", 1)),
        format!("{PREFIX}/%257Aaveri/session"),
        format!("{PREFIX}/zaveri%252fsession"),
        format!("{PREFIX}/zaveri/%252e%252e/zaveri/session"),
        format!("{PREFIX}/zaveri/%2e%2e/zaveri/session"),
        format!("{PREFIX}/zaveri/customers/{customer}%2500"),
        format!("{PREFIX}/zaveri/customers/{customer}%00"),
        format!("{PREFIX}/zaveri/customers/{customer}%0a"),
        format!("{PREFIX}/zaveri/customers/{}", customer.replacen('c', "%c1%a3", 1)),
        format!("{PREFIX}/zaveri/customers/{}", customer.replacen('c', "%e0%81%a3", 1)),
        format!("{PREFIX}/zaveri/customers/{customer}%ff"),
        format!("{PREFIX}/zaveri/customers/{customer}%ed%a0%80"),
        format!("{PREFIX}/zaveri/customers/{customer}%zz"),
        format!("{PREFIX}/zaveri/customers/{customer}%"),
        format!("{PREFIX}/zaveri/customers/{customer};x=1"),
        format!("{PREFIX}//zaveri/customers/{customer}"),
        format!("{PREFIX}/zaveri\\customers\\{customer}"),
    ] {
        let Some(request) = at(&path, &cookie) else { continue };
        let answer = world.send(request).await;
        assert!(matches!(answer.status, 400 | 401 | 404), "{path}: {} {}", answer.status, answer.text);
        answer.assert_problem();
        tried += 1;
    }
    assert!(tried >= 14, "{tried}");
    // Once is what decoding is for.
    let once = format!("{PREFIX}/zaveri/customers/{}", customer.replacen('c', "%63", 1));
    assert_eq!(world.send(at(&once, &cookie).unwrap()).await.status, 200);
    for (query, status) in [
        ("q=%2541sha", 200),
        ("q=%41sha", 200),
        ("q=%c1%a3", 422),
        ("q=%ff", 422),
        ("q=a%00", 422),
        ("q=%ed%a0%80", 422),
        ("%71=asha&q=asha", 422),
        ("q=asha&q=asha", 422),
        ("q=%zz", 422),
    ] {
        let path = format!("{PREFIX}/zaveri/customers?{query}");
        let answer = world.send(at(&path, &cookie).unwrap()).await;
        assert_eq!(answer.status, status, "{query}: {}", answer.text);
        if status == 200 {
            let found = answer.json()["items"].as_array().unwrap().len();
            assert_eq!(found, usize::from(query == "q=%41sha"), "{query}");
        }
    }
}

async fn asvs_v1_1_1_a_cookie_is_not_decoded_at_all(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let session = &shop.owner.session;
    let encoded: String = session.bytes().map(|byte| format!("%{byte:02x}")).collect();
    for value in [encoded, format!("%20{session}"), format!("\"{session}\""), format!("{session}%00")] {
        let request = Call::get("/session").with_cookie("zaveri", &format!("aurex-zaveri={value}"));
        world.send(request).await.expect_problem(401, "auth.required");
    }
    for name in ["%61urex-zaveri", "aurex%2dzaveri", "AUREX-zaveri"] {
        let request = Call::get("/session").with_cookie("zaveri", &format!("{name}={session}"));
        world.send(request).await.expect_problem(401, "auth.required");
    }
}

/// Text that some interpreter would take for its own.
const MISCHIEF: [&str; 9] = [
    "\"><svg onload=alert(1)>",
    "<script>alert(1)</script>",
    "'; DROP TABLE party; --",
    "{{7*7}} ${7*7} #{7*7} <%= 7*7 %>",
    "=HYPERLINK(\"http://evil.example\")",
    "%s%s%n {} {0}",
    "$(touch pwned) `id` | nc",
    "javascript:alert(1)",
    "\\u003cimg src=x onerror=alert(1)\\u003e",
];

async fn asvs_v1_2_1_v1_3_7_markup_in_a_name_stays_text(world: World) {
    let shop = stocked(&world, "zaveri").await;
    for text in MISCHIEF {
        let made = shop.owner.make(&world, "/customers", customer(text)).await;
        let shown = shop.owner.send(&world, &Call::get(format!("/customers/{}", id(&made)))).await;
        assert_eq!(shown.expect(200)["name"], text, "kept as it is");
        assert_eq!(shown.header("content-type"), Some("application/json; charset=utf-8"));
        assert_eq!(shown.header("x-content-type-options"), Some("nosniff"));
    }
    // No page for a browser shows text of anybody.
    let mut named = workspace("gems");
    named["name"] = json!(MISCHIEF[0]);
    world.send(Call::post("/", &named).bare("")).await.expect(201);
    for path in ["/", "/nowhere%22%3E%3Csvg%20onload=alert(1)%3E", "/?q=%3Csvg%20onload=alert(1)%3E"] {
        let answer = world.send(at(path, "theme=\"><svg onload=alert(1)>").unwrap()).await;
        assert!(!answer.text.contains("<svg") && !answer.text.contains("onload"), "{path}: {}", answer.text);
    }
}

async fn asvs_v1_2_4_v1_2_9_what_is_searched_for_is_searched_for_as_it_is(world: World) {
    let shop = stocked(&world, "zaveri").await;
    shop.owner.make(&world, "/customers", customer("100% .*( Silver_Smith's")).await;
    let found = async |needle: &str| -> usize {
        let mut query = String::new();
        for byte in needle.bytes() {
            query.push_str(&format!("%{byte:02x}"));
        }
        let page: Value = shop.owner.read(&world, &format!("/customers?q={query}")).await;
        page["items"].as_array().unwrap().len()
    };
    for needle in ["100%", ".*(", "Silver_S", "silver_smith's", "100% silver", "*"] {
        assert_eq!(found(needle).await, 1, "{needle}");
    }
    for needle in
        ["%%", "1%(", "S.lver", "S_lver", "a' OR 'a'='a", "%' --", "x') UNION SELECT 1 --", "[A-Z]", "^100"]
    {
        assert_eq!(found(needle).await, 0, "{needle}");
    }
}
