//! A whole workspace leaves and arrives by the binary, as an operator uses it, and over HTTP by two owners.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use aurex_core::chance::draw;
use aurex_core::service::archive::check_archive;
use aurex_core::store::Store as _;
use aurex_server::ops::age::{Identity, stream};
use aurex_server::ops::keys_folder::{KeysFolder, StoreIs};
use aurex_server::ops::machine::OsEntropy;
use aurex_store_postgres::testing::TestDatabase;
use aurex_store_postgres::{Policy, PostgresStore};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use crate::client::{Answer, Call, Person};
use crate::shop::{Shop, id, join, stocked};
use crate::world::{World, on_every_store, server};

on_every_store!(
    asvs_v2_3_5_a_workspace_is_taken_away_by_two_owners_and_opens_for_its_recipient_alone,
    asvs_v2_3_5_v7_5_3_nobody_takes_a_workspace_away_alone_while_there_is_another_owner,
);

fn run(data: &Path, database: Option<&str>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    command.env_clear().env("AUREX_DATA_DIR", data).args(arguments);
    if let Some(url) = database {
        command.env("AUREX_DATABASE_URL", url);
    }
    command.output().unwrap()
}

#[track_caller]
fn well(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn refused(output: Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

async fn world(folder: &Path, data: &Path) -> World {
    let keys = KeysFolder::open(&data.join("keys"), StoreIs::InUse).unwrap();
    let ring = keys.ring(StoreIs::InUse, 0, &mut |_| panic!("no key may be made")).unwrap();
    World::reopened(folder, ring).await
}

/// A shop on SQLite in a data folder, made by the binary.
async fn shop_in(data: &Path) -> Shop {
    well(run(data, None, &["migrate"]));
    let before = world(&data.join("store"), data).await;
    let shop = stocked(&before, "zaveri").await;
    join(&before, &shop.owner, "ravi", "cashier").await;
    before.publish().await;
    before.collect().await;
    before.close().await;
    shop
}

fn secret(data: &Path) -> (Identity, String) {
    let identity = Identity::new(Zeroizing::new(draw(&OsEntropy)));
    let file = data.join("anne.txt");
    fs::write(&file, identity.to_text().as_str()).unwrap();
    (identity, file.to_str().unwrap().to_owned())
}

/// SQLite to PostgreSQL and back: what the shop's people had before they have after, their sessions too, and the log of each
/// store begins with the whole log of the one before.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_workspace_moves_from_sqlite_to_postgres_and_back_with_nothing_lost() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    let shop = shop_in(data).await;
    let database = TestDatabase::fresh(&server(), Policy::Filters).await.unwrap();
    let url = database.url().to_owned();
    let to = ["copy", "--workspace", "zaveri", "--to", &url];

    let tried = well(run(data, None, &[&to[..], &["--dry-run"]].concat()));
    assert!(tried.contains("could arrive"), "{tried}");
    let moved = well(run(data, None, &to));
    assert!(moved.contains("have arrived") && moved.contains("is closed"), "{moved}");
    assert!(!data.join("copy-zaveri.age").exists(), "what lay between is gone");
    assert!(refused(run(data, None, &to)).contains("there is no workspace zaveri"));

    let (there, _) = PostgresStore::open(&url, database.options()).await.unwrap();
    assert_eq!(there.tenants().await.unwrap().len(), 1);
    there.close().await;
    well(run(data, Some(&url), &["audit", "reconcile"]));

    let back = outer.path().join("back");
    let to_folder = format!("sqlite:{}", back.display());
    well(run(data, Some(&url), &["copy", "--workspace", "zaveri", "--to", &to_folder]));
    let said = well(run(data, Some(&to_folder), &["audit", "reconcile"]));
    assert!(said.contains("everything is as the log tells"), "{said}");
    let after = world(&back, data).await;
    let bill = shop.owner.read(&after, &format!("/invoices/{}", shop.open_invoice)).await;
    assert_eq!(bill["id"], json!(shop.open_invoice), "sessions and bills are what they were");
    let log = shop.owner.read(&after, "/audit?limit=200").await;
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().filter_map(|entry| entry["action"].as_str()).collect();
    let moves: Vec<&str> = actions
        .into_iter()
        .filter(|action| matches!(*action, "workspace.leave" | "workspace.arrive"))
        .collect();
    assert_eq!(moves, ["workspace.arrive", "workspace.leave", "workspace.arrive", "workspace.leave"]);
    let made = shop.owner.make(&after, "/rates", crate::shop::rate()).await;
    assert!(made["id"].is_string(), "and it goes on: {made}");
    after.publish().await;
    after.close().await;
}

/// An archive is for its recipient, is refused where it would be a second history, and where keys are missing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_archive_of_a_lost_store_is_restored_and_of_a_living_one_only_on_demand() {
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    shop_in(data).await;
    let (identity, file) = secret(data);
    let (out, to) = (data.join("zaveri.age"), identity.recipient().to_string());
    let out = out.to_str().unwrap();
    let export = ["archive", "export", "--workspace", "zaveri", "--to", &to, "--out", out];
    well(run(data, None, &export));
    assert!(refused(run(data, None, &export)).contains("nothing is written over"));
    let sealed = fs::read(out).unwrap();
    assert!(!sealed.windows(6).any(|six| six == b"zaveri"), "it does not lie in the clear");

    let elsewhere = outer.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let import = ["archive", "import", out, "--identity", &file];
    assert!(refused(run(&elsewhere, None, &import)).contains("two histories"));
    let restore = [&import[..], &["--restore"]].concat();
    well(run(&elsewhere, None, &["migrate"]));
    assert!(refused(run(&elsewhere, None, &restore)).contains("are not here"), "it has keys of its own");

    let restored = outer.path().join("restored");
    fs::create_dir(&restored).unwrap();
    let copy = Command::new("cp").arg("-a").arg(data.join("keys")).arg(restored.join("keys")).status();
    assert!(copy.unwrap().success());
    let tried = well(run(&restored, None, &[&restore[..], &["--dry-run"]].concat()));
    assert!(tried.contains("nothing was kept"), "{tried}");
    well(run(&restored, None, &restore));
    let again = well(run(&restored, None, &restore));
    assert!(again.contains("had arrived"), "{again}");
    let said = well(run(&restored, None, &["audit", "reconcile"]));
    assert!(said.contains("everything is as the log tells"), "{said}");

    let mut altered = sealed;
    let middle = altered.len() / 2;
    altered[middle] ^= 1;
    let changed = data.join("changed.age");
    fs::write(&changed, altered).unwrap();
    let third = outer.path().join("third");
    fs::create_dir(&third).unwrap();
    let changed = ["archive", "import", changed.to_str().unwrap(), "--identity", &file, "--restore"];
    let said = refused(run(&third, None, &changed));
    assert!(said.contains("changed since it was sealed") || said.contains("cannot be read"), "{said}");
    assert!(!third.join("store").exists(), "what cannot be read makes no store");
}

fn wish(to: &Identity) -> Value {
    let command = json!({"recipients": [to.recipient().to_string()]});
    json!({"action": "workspace.export", "command": command, "note": "We change our books"})
}

async fn approve(world: &World, who: &Person, of: &Value) -> Answer {
    let path = format!("/approvals/{}/approve", of["id"].as_str().unwrap());
    who.send(world, &Call::post(path, &json!({"digest": of["digest"]}))).await
}

async fn asvs_v2_3_5_a_workspace_is_taken_away_by_two_owners_and_opens_for_its_recipient_alone(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, asha) = join(&world, &shop.owner, "asha", "owner").await;
    let (_, ravi) = join(&world, &shop.owner, "ravi", "auditor").await;
    world.publish().await;
    world.mails().await;
    let anne = Identity::new(Zeroizing::new(draw(&OsEntropy)));
    let asked = shop.owner.make(&world, "/approvals", wish(&anne)).await;
    let told: Vec<_> =
        world.mails().await.into_iter().filter(|mail| mail.subject.as_str().contains("approv")).collect();
    assert!(!told.is_empty(), "the other owner is told");
    approve(&world, &shop.owner, &asked).await.expect_problem(403, "approval.own_request");
    approve(&world, &asha, &asked).await.expect(200);
    assert_eq!(world.export().await, 1);

    let export = format!("exp_{}", id(&asked).trim_start_matches("apv_"));
    let ready = shop.owner.read(&world, &format!("/audit/exports/{export}")).await;
    assert_eq!((&ready["state"], &ready["format"]), (&json!("ready"), &json!("archive")));
    let file = format!("/audit/exports/{export}/file");
    ravi.send(&world, &Call::get(&file)).await.expect_problem(403, "access.forbidden");
    let sealed = shop.owner.send(&world, &Call::get(&file)).await;
    assert_eq!(sealed.status, 200);
    assert!(sealed.bytes.starts_with(b"age-encryption.org/v1"));
    let stranger = Identity::new(Zeroizing::new(draw(&OsEntropy)));
    assert!(stream::Opening::begin(&*sealed.bytes, &[stranger]).is_err());
    let mut opened = stream::Opening::begin(&*sealed.bytes, &[anne]).unwrap();
    let (contents, _) = check_archive(&mut opened).unwrap();
    assert!(!contents.header.left && contents.header.slug.as_str() == "zaveri");
    let bills = contents.parts.iter().find(|part| part.name == "invoice").unwrap();
    assert!(bills.rows > 0);

    let log = shop.owner.read(&world, "/audit?limit=200&group=workspace").await;
    let log = log["items"].as_array().unwrap().clone();
    let of = |action: &str| log.iter().find(|entry| entry["action"] == action).cloned();
    assert!(of("workspace.export").is_some() && of("workspace.export_ready").is_some());
    let note = shop.owner.send(&world, &Call::get(format!("/audit/exports/{export}/note"))).await;
    assert!(note.text.contains("archive"), "{}", note.text);
}

async fn asvs_v2_3_5_v7_5_3_nobody_takes_a_workspace_away_alone_while_there_is_another_owner(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let (_, asha) = join(&world, &shop.owner, "asha", "owner").await;
    let (_, kiran) = join(&world, &shop.owner, "kiran", "admin").await;
    let anne = Identity::new(Zeroizing::new(draw(&OsEntropy)));
    kiran.send(&world, &Call::post("/approvals", &wish(&anne))).await.expect_problem(403, "access.forbidden");
    let mut nobody = wish(&anne);
    nobody["command"]["recipients"] = json!(["age1nobody"]);
    let refused = shop.owner.send(&world, &Call::post("/approvals", &nobody)).await;
    assert_eq!(refused.status, 422);
    // An old session proves itself again before it asks.
    world.clock.advance(3600);
    let old = shop.owner.send(&world, &Call::post("/approvals", &wish(&anne))).await;
    assert!(matches!(old.status, 401 | 403), "{}", old.text);
    let _ = asha;
}
