//! Whether each class of data is treated as docs/data.md says: looked for in the files of the store, in the log and in
//! every answer.

use std::fs;
use std::path::Path;

use aurex_core::chance::{Entropy as _, draw};
use aurex_core::identity::keys::KeyRing;
use aurex_server::ops::machine::OsEntropy;
use poem::http::Method;
use serde_json::json;

use crate::client::Call;
use crate::operations::CASES;
use crate::shop::{PASSWORD, SECRET, customer, join, stocked};
use crate::world::World;

/// The bytes of every file below `folder`.
fn bytes(folder: &Path, found: &mut Vec<u8>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            bytes(&path, found);
            continue;
        }
        match fs::read(&path) {
            Ok(read) => found.extend(read),
            // A log that SQLite emptied and took away meanwhile holds nothing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => panic!("{}: {error}", path.display()),
        }
    }
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test]
async fn asvs_v14_2_4_what_is_secret_stands_in_no_file_no_entry_and_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| OsEntropy.fill(bytes));
    let world = World::reopened(folder.path(), ring).await;
    let shop = stocked(&world, "zaveri").await;
    let (_, ravi) = join(&world, &shop.owner, "ravi", "cashier").await;
    let digits: [u8; 12] = draw(&OsEntropy);
    // Twelve digits that stand nowhere by accident, and are no run, mirror or date.
    let pin: String = digits.iter().map(|digit| char::from(b'0' + digit % 10)).collect();
    let set = ravi.send(&world, &Call::new(Method::PUT, "/pin").json(&json!({"pin": pin}))).await;
    set.expect(204);
    let mut body = customer("Kavita Nair");
    body["pan"] = json!("ABCPK4321L");
    shop.owner.make(&world, "/customers", body).await;
    let offer = ravi.send(&world, &Call::new(Method::POST, "/second-factor")).await;
    let factor = offer.json()["secret"].as_str().expect("the factor's secret").to_owned();
    let till = shop.owner.send(&world, &Call::post("/tills", &json!({"name": "Window"}))).await;
    let till = till.header("set-cookie").unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    world.mails().await;
    world.collect().await;

    let secrets = [
        ("a password", PASSWORD),
        ("a first password", SECRET),
        ("a number", &pin),
        ("a session", &ravi.session),
        ("a token", &shop.token),
        ("a till", &till),
        ("a second factor", &factor),
        ("a PAN", "ABCPK4321L"),
    ];
    // The answers, and the log among them, with every opening that it has.
    let mut said = String::new();
    for case in CASES.iter().filter(|case| (case.call)(&shop).method == Method::GET) {
        let answer = shop.owner.send(&world, &(case.call)(&shop)).await;
        said.push_str(&answer.text);
    }
    for page in ["/customers?limit=200", "/audit?limit=200", "/sessions", "/tills", "/api-tokens", "/members"]
    {
        said.push_str(&shop.owner.read(&world, page).await.to_string());
    }
    assert!(said.contains("Kavita Nair") && said.len() > 20_000, "{}", said.len());
    for (what, secret) in secrets {
        assert!(!said.contains(secret), "{what} is in an answer");
    }
    // The files, with everything that was ever written to them.
    world.close().await;
    let mut kept = Vec::new();
    bytes(folder.path(), &mut kept);
    assert!(holds(&kept, "Kavita Nair"), "the files are read");
    for (what, secret) in secrets {
        assert!(!holds(&kept, secret), "{what} is in a file");
    }
}
