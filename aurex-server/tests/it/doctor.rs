//! The doctor, as an operator uses it: the binary itself, on a deployment in a folder of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use aurex_core::audit::note::{NoteSigner, SignatureKind};
use aurex_core::store::Cosignature;
use aurex_server::ops::doctor::{ALL, page};
use aurex_server::ops::keys_folder::{KeysFolder, StoreIs};
use serde_json::Value;

use crate::documents::is_committed;
use crate::shop::open;
use crate::world::World;

/// Runs the server's binary with a data folder, and nothing else of the environment.
fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    command.env_clear().env("AUREX_DATA_DIR", data).args(arguments).output().unwrap()
}

/// What the doctor found, by id, and whether it passed.
#[track_caller]
fn examined(data: &Path, arguments: &[&str]) -> (Vec<Value>, bool) {
    let output = run(data, &[&["doctor", "--json"], arguments].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let report: Value =
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    (report["findings"].as_array().unwrap().clone(), output.status.success())
}

fn has(found: &[Value], id: &str) -> bool {
    found.iter().any(|finding| finding["id"] == id)
}

#[test]
fn every_finding_is_documented_with_its_remedy() {
    let page = page();
    for ailment in ALL {
        assert!(page.contains(&format!("| `{}` | {} |", ailment.id, ailment.level)), "{}", ailment.id);
    }
    is_committed("doctor.md", &page);
}

#[test]
fn a_folder_without_a_store_is_looked_at_and_left_as_it_is() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path().join("data");
    let (found, passed) = examined(&data, &[]);
    assert!(passed && has(&found, "store.not_there"), "{found:?}");
    assert!(!data.exists(), "looking makes nothing");
}

#[test]
fn asvs_v13_3_2_keys_that_others_reach_fail_the_deployment() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    assert!(run(data, &["migrate"]).status.success());
    let (found, passed) = examined(data, &[]);
    assert!(passed && !has(&found, "store.not_there") && !has(&found, "keys.open_to_others"), "{found:?}");
    let keys = data.join("keys");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o755)).unwrap();
    let (found, passed) = examined(data, &[]);
    assert!(!passed && has(&found, "keys.open_to_others"), "{found:?}");
    let text = run(data, &["doctor"]);
    assert!(String::from_utf8_lossy(&text.stdout).contains("error    keys.open_to_others"));
    assert!(String::from_utf8_lossy(&text.stderr).contains("the doctor found 1 error"));
    fs::remove_dir_all(&keys).unwrap();
    assert!(has(&examined(data, &[]).0, "keys.missing"));
    assert!(!keys.exists(), "none are made");
}

#[test]
fn a_configuration_that_is_refused_is_a_finding() {
    let outer = tempfile::tempdir().unwrap();
    let (found, passed) = examined(outer.path(), &["--listen", "0.0.0.0:80"]);
    assert!(!passed && found.len() == 1 && has(&found, "configuration.refused"), "{found:?}");
    assert!(found[0]["evidence"].as_str().unwrap().starts_with("public_origin: "));
}

#[test]
fn warnings_fail_where_that_is_asked_for() {
    let outer = tempfile::tempdir().unwrap();
    let public = ["--public-origin", "https://shop.example"];
    let (found, passed) = examined(outer.path(), &public);
    assert!(passed && has(&found, "mail.stays") && has(&found, "edge.proxies_none"), "{found:?}");
    assert!(!examined(outer.path(), &[&public[..], &["--strict"]].concat()).1);
}

#[test]
fn a_relay_is_asked_only_online() {
    // Taken and let go again: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let outer = tempfile::tempdir().unwrap();
    let url = format!("smtp://user:s3cret@127.0.0.1:{port}");
    let relay = ["--mail", &url, "--mail-from", "mail@shop.in"];
    assert!(!has(&examined(outer.path(), &relay).0, "mail.unreachable"));
    let (found, passed) = examined(outer.path(), &[&relay[..], &["--online"]].concat());
    assert!(!passed && has(&found, "mail.unreachable"), "{found:?}");
    assert!(!found.iter().any(|finding| finding.to_string().contains("s3cret")), "{found:?}");
}

#[tokio::test]
async fn people_are_looked_at_and_named_by_id_alone() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    assert!(run(data, &["migrate"]).status.success());
    let keys = KeysFolder::open(&data.join("keys"), StoreIs::InUse).unwrap();
    let ring = keys.ring(StoreIs::InUse, 0, &mut |_| panic!("no key may be made")).unwrap();
    let world = World::reopened(&data.join("store"), ring).await;
    // The machine that it was made on was far ahead.
    world.clock.advance(200 * 366 * 86_400);
    let owner = open(&world, "zaveri").await;
    open(&world, "gems").await;
    let me = owner.read(&world, "/members").await["items"][0].clone();
    world.close().await;

    let (found, passed) = examined(data, &["--public-origin", "https://shop.example"]);
    assert!(!passed && has(&found, "edge.shared_origin"), "{found:?}");
    for id in ["clock.behind", "workspace.one_owner", "members.owner_without_second_factor"] {
        let of: Vec<_> = found.iter().filter(|finding| finding["id"] == id).collect();
        let mut slugs: Vec<_> = of.iter().map(|finding| finding["workspace"].as_str().unwrap()).collect();
        slugs.sort_unstable();
        assert_eq!(slugs, ["gems", "zaveri"], "{id}");
        if id.starts_with("members.") {
            assert!(of.iter().any(|finding| finding["evidence"] == me["id"]), "{of:?} {me}");
        }
    }
    assert!(!has(&found, "members.pepper_missing") && !has(&found, "workspace.unreadable"), "{found:?}");
    let whole = format!("{found:?}");
    assert!(!whole.contains('@') && !whole.contains(me["name"].as_str().unwrap()), "{whole}");
}

#[tokio::test]
async fn a_log_that_nobody_publishes_or_vouches_for_is_found() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    assert!(run(data, &["migrate"]).status.success());
    let keys = KeysFolder::open(&data.join("keys"), StoreIs::InUse).unwrap();
    let ring = keys.ring(StoreIs::InUse, 0, &mut |_| panic!("no key may be made")).unwrap();
    let world = World::reopened(&data.join("store"), ring).await;
    // Long before whenever this test runs.
    world.clock.advance(-30 * 366 * 86_400);
    open(&world, "gems").await;
    world.publish().await;
    open(&world, "zaveri").await;
    let tenants = world.road().store.tenants().await.unwrap();
    let gems = tenants.iter().find(|(slug, _)| slug.as_str() == "gems").unwrap().1;
    let last = world.road().store.last_checkpoint(gems).await.unwrap().unwrap();
    let cosigned = Cosignature {
        size: last.size,
        signer: "witness.example".to_owned(),
        line: "as it was given".to_owned(),
        at: last.at,
    };
    world.road().store.cosign(gems, &cosigned).await.unwrap();
    world.close().await;

    let of = |found: &[Value], id: &str| -> Vec<(String, String)> {
        let text = |of: &Value| of.as_str().unwrap_or_default().to_owned();
        let these = found.iter().filter(|finding| finding["id"] == id);
        let mut these: Vec<_> =
            these.map(|finding| (text(&finding["workspace"]), text(&finding["evidence"]))).collect();
        these.sort();
        these
    };
    let public = ["--public-origin", "https://shop.example"];
    let (found, _) = examined(data, &public);
    assert!(has(&found, "log.no_witness") && !has(&found, "log.witness_here"), "{found:?}");
    assert!(!has(&found, "log.not_witnessed"), "nobody was to");
    let silent = of(&found, "log.not_published");
    assert_eq!(silent.len(), 2, "{found:?}");
    assert!(silent[0].0 == "gems" && silent[0].1.starts_with("last on 199"), "{silent:?}");
    assert_eq!(silent[1], ("zaveri".to_owned(), "never".to_owned()));

    let key = NoteSigner::new("witness.example", SignatureKind::Cosignature, &[7; 32]).unwrap();
    let here = format!("{} http://127.0.0.1:9", key.verifier());
    let (found, passed) = examined(data, &[&public[..], &["--witnesses", &here, "--strict"]].concat());
    assert!(!passed && !has(&found, "log.no_witness"), "{found:?}");
    assert_eq!(of(&found, "log.witness_here"), [(String::new(), "witness.example".to_owned())]);
    assert_eq!(of(&found, "log.not_witnessed"), [("zaveri".to_owned(), String::new())]);
    let away = here.replace("http://127.0.0.1:9", "https://witness.example");
    let (found, _) = examined(data, &[&public[..], &["--witnesses", &away]].concat());
    assert!(!has(&found, "log.no_witness") && !has(&found, "log.witness_here"), "{found:?}");
}
