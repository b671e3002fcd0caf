//! A log taken away as a bundle by the operator, and verified on a machine that knows nothing else: the binary itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use aurex_core::audit::note::{NoteSigner, SignatureKind};
use aurex_server::ops::keys_folder::{KeysFolder, StoreIs};

use crate::client::session_of;
use crate::client::sign_in;
use crate::shop::{PASSWORD, address, join, open};
use crate::world::World;

/// The binary with nothing of the environment but, where there is one, a data folder.
fn run(data: Option<&Path>, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    command.env_clear().args(arguments);
    if let Some(data) = data {
        command.env("AUREX_DATA_DIR", data);
    }
    command.output().unwrap()
}

fn ring(data: &Path) -> aurex_core::identity::keys::KeyRing {
    let keys = KeysFolder::open(&data.join("keys"), StoreIs::InUse).unwrap();
    keys.ring(StoreIs::InUse, 0, &mut |_| panic!("no key may be made")).unwrap()
}

fn verified(bundle: &Path, more: &[&str]) -> (Option<i32>, String) {
    let done = run(None, &[&["audit", "verify", bundle.to_str().unwrap()], more].concat());
    (done.status.code(), String::from_utf8(done.stdout).unwrap())
}

/// Every file below a folder.
fn files(below: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(below).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

#[tokio::test]
async fn p31_a_bundle_is_verified_without_a_server_and_an_altered_one_is_refused() {
    let outer = tempfile::tempdir().unwrap();
    let (data, bundle) = (outer.path().join("data"), outer.path().join("bundle"));
    assert!(run(Some(&data), &["migrate"]).status.success());
    let export = ["audit", "export", "--workspace", "zaveri", "--format", "bundle", "--out"];
    let export: Vec<&str> = export.into_iter().chain([bundle.to_str().unwrap()]).collect();
    let world = World::reopened(&data.join("store"), ring(&data)).await;
    let owner = open(&world, "zaveri").await;
    join(&world, &owner, "ravi", "cashier").await;
    world.close().await;
    assert!(!run(Some(&data), &export).status.success(), "nothing was published yet");
    assert!(!bundle.exists());

    let world = World::reopened(&data.join("store"), ring(&data)).await;
    world.publish().await;
    world.close().await;
    let done = run(Some(&data), &export);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!run(Some(&data), &export).status.success(), "a bundle is not written over another");

    let (code, said) = verified(&bundle, &[]);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.ends_with("verdict: the operator's word only\n") && said.contains("\ncheckpoints: 1\n"),
        "{said}"
    );
    // Whoever asks for a witness is told that none has signed.
    let witness = NoteSigner::new("w.example/w", SignatureKind::Cosignature, &[7; 32]).unwrap();
    let policy = outer.path().join("policy");
    fs::write(&policy, format!("witness w {}\nquorum w\n", witness.verifier())).unwrap();
    assert_eq!(verified(&bundle, &["--policy", policy.to_str().unwrap()]).0, Some(1));

    let mut broken = 0;
    for path in files(&bundle) {
        let name = path.strip_prefix(&bundle).unwrap().to_str().unwrap().to_owned();
        if name == "README" || name == "policy.txt" {
            continue;
        }
        let whole = fs::read(&path).unwrap();
        let mut altered = whole.clone();
        let middle = altered.len() / 2;
        altered[middle] ^= 1;
        fs::write(&path, &altered).unwrap();
        let (code, said) = verified(&bundle, &[]);
        assert_eq!(code, Some(1), "{name}: {said}");
        assert!(said.ends_with("verdict: broken\n"), "{name}: {said}");
        fs::write(&path, &whole).unwrap();
        broken += 1;
    }
    assert!(broken >= 6, "{broken} files");
    assert_eq!(verified(&bundle, &[]).0, Some(0), "as it was");

    // What left stands in the log.
    let world = World::reopened(&data.join("store"), ring(&data)).await;
    world.clock.advance(60);
    let owner = session_of(&sign_in(&world, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri");
    let log = owner.read(&world, "/audit?group=audit&limit=200").await;
    let ready = log["items"].as_array().unwrap().iter().find(|entry| entry["action"] == "audit.export_ready");
    let changes = ready.unwrap()["changes"].as_array().unwrap();
    let said = String::from_utf8(done.stderr).unwrap();
    let digest =
        changes.iter().find(|change| change["field"] == "sha256").unwrap()["after"].as_str().unwrap();
    assert!(said.contains(digest), "{said}");
}

#[tokio::test]
async fn asvs_v4_1_5_an_exported_file_is_verified_by_its_note_and_a_changed_byte_refused() {
    let outer = tempfile::tempdir().unwrap();
    let (data, file) = (outer.path().join("data"), outer.path().join("zaveri.csv"));
    assert!(run(Some(&data), &["migrate"]).status.success());
    let world = World::reopened(&data.join("store"), ring(&data)).await;
    let owner = open(&world, "zaveri").await;
    world.publish().await;
    let keys = owner.read(&world, "/log/keys").await["keys"].as_array().unwrap().clone();
    world.close().await;
    let own = outer.path().join("keys.txt");
    let lines: Vec<&str> = keys.iter().map(|key| key.as_str().unwrap()).collect();
    fs::write(&own, lines.join("\n")).unwrap();
    let export =
        ["audit", "export", "--workspace", "zaveri", "--format", "csv", "--out", file.to_str().unwrap()];
    let done = run(Some(&data), &export);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));

    let with_keys = ["--keys", own.to_str().unwrap()];
    let (code, said) = verified(&file, &with_keys);
    assert_eq!(code, Some(0), "{said}");
    assert!(
        said.contains("\nfile: zaveri.csv\nformat: csv\n") && said.ends_with("verdict: as signed\n"),
        "{said}"
    );
    assert_ne!(verified(&file, &[]).0, Some(0), "whose word is it, without a key?");

    let note = outer.path().join("zaveri.csv.note");
    for path in [&file, &note] {
        let whole = fs::read(path).unwrap();
        let mut altered = whole.clone();
        altered[30] ^= 1;
        fs::write(path, &altered).unwrap();
        assert_eq!(verified(&file, &with_keys).0, Some(1), "{}", path.display());
        fs::write(path, &whole).unwrap();
    }
    // Under another name, with the note somewhere else.
    let moved = outer.path().join("moved.csv");
    fs::rename(&file, &moved).unwrap();
    let more = ["--keys", own.to_str().unwrap(), "--note", note.to_str().unwrap()];
    assert_eq!(verified(&moved, &more).0, Some(0));
}
