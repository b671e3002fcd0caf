//! The command line of keys, as an operator uses it: the binary itself, on a store in a folder of its own.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use aurex_core::chance::{Entropy as _, draw};
use aurex_core::identity::keys::Purpose;
use aurex_server::ops::age::Identity;
use aurex_server::ops::machine::OsEntropy;
use zeroize::Zeroizing;

/// Runs the server's binary with a data folder, and nothing else of the environment.
fn run(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    command.env_clear().env("AUREX_DATA_DIR", data).args(arguments).output().unwrap()
}

#[track_caller]
fn well(output: Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What a refused command says.
#[track_caller]
fn refused(output: Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8(output.stderr).unwrap()
}

/// The names of the keys in a folder.
fn keys_in(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> = names.filter_map(|name| name.strip_suffix(".key").map(str::to_owned)).collect();
    names.sort();
    names
}

fn of(names: &[String], purpose: Purpose) -> String {
    names.iter().find(|name| name.starts_with(purpose.as_str())).unwrap().clone()
}

#[test]
fn asvs_v11_1_1_v13_3_4_keys_are_listed_checked_rotated_and_retired_from_the_shell() {
    let outer = tempfile::tempdir().unwrap();
    let (data, keys) = (outer.path(), outer.path().join("keys"));
    assert!(refused(run(data, &["keys", "list"])).contains("there is no keys folder"));
    assert!(!keys.exists(), "looking makes nothing");
    well(run(data, &["migrate"]));
    let first = keys_in(&keys);
    assert_eq!(first.len(), 4);

    let list = well(run(data, &["keys", "list"]));
    for purpose in Purpose::ALL {
        let line = list.lines().find(|line| line.starts_with(&of(&first, purpose))).unwrap();
        assert!(line.contains(&format!("due in {} days", purpose.rotation_days())), "{line}");
    }
    assert_eq!(well(run(data, &["keys", "check"])).matches("the store's").count(), 4);

    let active = of(&first, Purpose::Pepper);
    assert!(refused(run(data, &["keys", "retire", &active])).contains("keys rotate pepper first"));
    assert!(
        refused(run(data, &["keys", "rotate", "salt"])).contains("pepper, deployment, column or checkpoint")
    );
    let rotation = run(data, &["keys", "rotate", "pepper"]);
    let log = String::from_utf8_lossy(&rotation.stderr).into_owned();
    assert!(log.contains("a key was rotated") && log.contains(&active), "the operator's log: {log}");
    assert!(well(rotation).contains("Restart the server"));
    let rotated = keys_in(&keys);
    assert_eq!(rotated.len(), 5);
    assert_eq!(well(run(data, &["keys", "check"])).matches("the store's").count(), 5);

    // A folder from before the rotation is refused, by name and with what to do.
    let newer = rotated.iter().find(|name| !first.contains(name)).unwrap();
    let (file, aside) = (keys.join(format!("{newer}.key")), data.join("aside"));
    let retired = keys.join(format!("{active}.key"));
    fs::rename(&file, &aside).unwrap();
    let text = fs::read_to_string(&retired).unwrap();
    fs::write(&retired, text.replace("state: retired", "state: active")).unwrap();
    let said = refused(run(data, &["migrate"]));
    assert!(said.contains(&format!("missing: {newer}")) && said.contains("put into"), "{said}");
    assert!(refused(run(data, &["keys", "check"])).contains("missing"));
    fs::rename(&aside, &file).unwrap();
    fs::write(&retired, text).unwrap();

    well(run(data, &["keys", "retire", &active]));
    assert!(!retired.exists());
    assert_eq!(well(run(data, &["keys", "check"])).matches("the store's").count(), 4);
    well(run(data, &["migrate"]));
    let column = of(&first, Purpose::Column);
    well(run(data, &["keys", "rotate", "column"]));
    assert!(refused(run(data, &["keys", "retire", &column])).contains("the log is never rewritten"));
}

#[test]
fn keys_are_exported_to_two_people_and_come_back_for_either() {
    let outer = tempfile::tempdir().unwrap();
    let (data, keys) = (outer.path().join("a"), outer.path().join("a/keys"));
    well(run(&data, &["migrate"]));
    well(run(&data, &["keys", "rotate", "column"]));
    let people: Vec<_> = (0..2).map(|_| Zeroizing::new(draw::<32>(&OsEntropy))).collect();
    let recipients: Vec<_> =
        people.iter().map(|one| Identity::new(one.clone()).recipient().to_string()).collect();
    let [anne, bina] = &*recipients else { unreachable!() };

    let alone = ["keys", "export", "--to", anne, "--to", anne];
    assert!(refused(run(&data, &alone)).contains("two different recipients"));
    assert!(!run(&data, &["keys", "export", "--to", anne, "--to", "age1nobody"]).status.success());
    let copy = outer.path().join("keys.age");
    let export = ["keys", "export", "--to", anne, "--to", bina, "--out", copy.to_str().unwrap()];
    let done = run(&data, &export);
    assert!(String::from_utf8_lossy(&done.stderr).contains("the keys were exported"));
    well(done);
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(refused(run(&data, &export)).contains("nothing is written over"));
    let printed = well(run(&data, &["keys", "export", "--to", anne, "--to", bina]));
    assert!(printed.starts_with("-----BEGIN AGE ENCRYPTED FILE-----\n") && !printed.contains("secret: "));

    for (at, secret) in people.iter().enumerate() {
        let identity = outer.path().join(format!("identity-{at}"));
        fs::write(&identity, format!("# a comment\n{}\n", identity_text(secret))).unwrap();
        let back = outer.path().join(format!("back-{at}"));
        let import = ["keys", "import", copy.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
        assert!(well(run(&back, &import)).contains("5 keys are in"));
        assert_eq!(keys_in(&back.join("keys")), keys_in(&keys));
        for name in keys_in(&keys) {
            let file = format!("{name}.key");
            assert_eq!(fs::read(keys.join(&file)).unwrap(), fs::read(back.join("keys").join(&file)).unwrap());
            assert_eq!(
                fs::metadata(back.join("keys").join(&file)).unwrap().permissions().mode() & 0o777,
                0o600
            );
        }
        assert!(refused(run(&back, &import)).contains("has keys already"));
    }
    // The restored keys are the store's.
    fs::rename(&keys, outer.path().join("lost")).unwrap();
    assert!(refused(run(&data, &["migrate"])).contains("put back the folder the store was made with"));
    fs::rename(outer.path().join("back-0/keys"), &keys).unwrap();
    assert_eq!(well(run(&data, &["keys", "check"])).matches("the store's").count(), 5);

    let mut stranger = [0; 32];
    OsEntropy.fill(&mut stranger);
    let identity = outer.path().join("stranger");
    fs::write(&identity, identity_text(&stranger)).unwrap();
    let import = ["keys", "import", copy.to_str().unwrap(), "--identity", identity.to_str().unwrap()];
    assert!(refused(run(&outer.path().join("c"), &import)).contains("not sealed to this identity"));
}

fn identity_text(secret: &[u8; 32]) -> String {
    Identity::new(Zeroizing::new(*secret)).to_text().to_string()
}

/// What `docs/keys.md` says of each purpose, against the code.
#[test]
fn asvs_v11_1_1_v13_1_4_every_purpose_is_documented_with_its_period() {
    let page = include_str!("../../../docs/keys.md");
    for purpose in Purpose::ALL {
        let row = page.lines().find(|line| line.starts_with(&format!("| `{purpose}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/keys.md has no row of {purpose}"));
        assert!(row.contains(&format!("| {} days |", purpose.rotation_days())), "{row}");
        assert_eq!(row.matches('|').count(), 6, "name, purpose, period, loss and end: {row}");
    }
    for command in ["list", "check", "rotate", "export", "import", "retire"] {
        assert!(
            page.contains(&format!("keys {command}")),
            "docs/keys.md does not say what keys {command} is for"
        );
    }
}
