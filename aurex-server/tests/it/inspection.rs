//! The log and the tables held against each other, as an operator does it: the binary itself, on files that somebody has
//! been at.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aurex_server::ops::keys_folder::{KeysFolder, StoreIs};
use serde_json::Value;

use crate::client::Person;
use crate::shop::open;
use crate::world::World;

/// Runs the server's binary with a data folder, and nothing else of the environment.
fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    command.env_clear().env("AUREX_DATA_DIR", data).args(arguments).output().unwrap()
}

#[track_caller]
fn answered(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"))
}

async fn world(data: &Path) -> World {
    let keys = KeysFolder::open(&data.join("keys"), StoreIs::InUse).unwrap();
    let ring = keys.ring(StoreIs::InUse, 0, &mut |_| panic!("no key may be made")).unwrap();
    World::reopened(&data.join("store"), ring).await
}

/// A deployment with two shops, each with a customer of this name, and the shops' owners.
async fn deployment(data: &Path, name: &str) -> Vec<Person> {
    assert!(run(data, &["migrate"]).status.success());
    let world = world(data).await;
    let mut owners = Vec::new();
    for slug in ["zaveri", "gems"] {
        let owner = open(&world, slug).await;
        let customer = serde_json::json!({ "name": name, "phone": "+919812345670" });
        owner.make(&world, "/customers", customer).await;
        owners.push(owner);
    }
    world.close().await;
    owners
}

/// The tenants' files.
fn files(data: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(data.join("store/tenants")).unwrap().map(|file| file.unwrap().path());
    files
        .filter(|file| file.to_str().unwrap().ends_with(".db") && !file.to_str().unwrap().contains(".house"))
        .collect()
}

#[tokio::test]
async fn whoever_changes_a_byte_of_a_shops_file_is_found_and_the_place_is_named() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    deployment(data, "Quetzalcoatl").await;
    let sound = run(data, &["audit", "reconcile", "--json"]);
    let told = answered(&sound);
    assert!(sound.status.success(), "{told}");
    assert_eq!(told["workspaces"].as_array().unwrap().len(), 2);
    assert!(told["workspaces"][0]["entries"].as_u64().unwrap() > 1 && told["workspaces"][0]["count"] == 0);

    let mut named = Vec::new();
    for file in files(data) {
        let bytes = fs::read(&file).unwrap();
        let places: Vec<usize> =
            (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"Quetzalcoatl")).collect();
        assert!(places.len() >= 2, "the name stands in its row and in the log");
        for at in places {
            let mut altered = bytes.clone();
            altered[at] = b'q';
            fs::write(&file, &altered).unwrap();
            let output = run(data, &["audit", "reconcile", "--json"]);
            let told = answered(&output);
            assert_eq!(output.status.code(), Some(1), "{told}");
            let workspaces = told["workspaces"].as_array().unwrap();
            let altered: Vec<_> = workspaces.iter().filter(|of| of["count"] != 0).collect();
            assert_eq!(altered.len(), 1, "one shop's file was altered: {told}");
            assert!(file.to_str().unwrap().contains(altered[0]["tenant"].as_str().unwrap()));
            for finding in altered[0]["findings"].as_array().unwrap() {
                named.push((finding["code"].as_str().unwrap().to_owned(), finding["field"].clone()));
                assert!(!finding.to_string().contains("uetzal"), "no value is told: {finding}");
            }
            fs::write(&file, &bytes).unwrap();
        }
    }
    assert!(named.contains(&("row.differs".to_owned(), "name".into())), "{named:?}");
    assert!(named.contains(&("field.altered".to_owned(), "party.name".into())), "{named:?}");
    let text = run(data, &["audit", "reconcile", "--workspace", "gems"]);
    let text = String::from_utf8(text.stdout).unwrap();
    assert!(text.contains("gems: everything is as the log tells") && !text.contains("zaveri"), "{text}");
}

#[tokio::test]
async fn a_drill_finds_all_and_stands_in_the_log_of_each_shop_that_it_copied() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    let owners = deployment(data, "Asha").await;
    let output = run(data, &["drill", "tamper", "--alterations", "96", "--seed", "7", "--json"]);
    let told = answered(&output);
    assert!(output.status.success(), "{told}");
    assert_eq!(
        (&told["passes"], &told["total"]["made"], &told["total"]["found"]),
        (&true.into(), &96.into(), &96.into())
    );
    assert_eq!(told["missed"], Value::Array(Vec::new()));
    assert!(run(data, &["audit", "reconcile"]).status.success(), "the shops themselves are as they were");
    let world = world(data).await;
    for owner in owners {
        let log = owner.read(&world, "/audit?action=drill.tampered").await;
        let entry = &log["items"][0];
        assert_eq!(
            (&entry["actor"]["kind"], &entry["subject"]["id"]),
            (&"operator".into(), &"7".into()),
            "{log}"
        );
        assert!(entry.to_string().contains("96 of 96 alterations"), "{entry}");
    }
    world.close().await;
    let nobody = run(data, &["drill", "tamper", "--workspace", "unknown"]);
    assert!(String::from_utf8_lossy(&nobody.stderr).contains("there is no workspace unknown"));
}
