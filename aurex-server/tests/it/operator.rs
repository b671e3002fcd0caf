//! The operator's plane: the binary itself, on the machine, and no way to it over the network.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use aurex_core::rbac::Catalogue;
use aurex_core::time::Clock as _;
use aurex_server::ops::keys_folder::{KeysFolder, StoreIs};
use aurex_server::ops::machine::SystemClock;
use serde_json::json;

use crate::client::{Call, session_of, sign_in};
use crate::operations::{CASES, documented};
use crate::shop::{PASSWORD, address, join, open};
use crate::world::World;

/// The server's binary with a data folder, and nothing else of the environment.
fn binary(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aurex-server"));
    command.env_clear().env("AUREX_DATA_DIR", data).args(arguments);
    command
}

fn run(data: &Path, arguments: &[&str]) -> Output {
    binary(data, arguments).output().unwrap()
}

/// The deployment in the folder, from within.
async fn world(data: &Path) -> World {
    let keys = KeysFolder::open(&data.join("keys"), StoreIs::InUse).unwrap();
    let ring = keys.ring(StoreIs::InUse, 0, &mut |_| panic!("no key may be made")).unwrap();
    World::reopened(&data.join("store"), ring).await
}

#[tokio::test]
async fn asvs_v8_4_2_an_operators_command_needs_the_machine_the_account_and_the_keys_and_is_told_and_logged()
{
    let outer = tempfile::tempdir().unwrap();
    let data = outer.path();
    assert!(run(data, &["migrate"]).status.success());
    let before = world(data).await;
    let owner = open(&before, "zaveri").await;
    let (_, ravi) = join(&before, &owner, "ravi", "cashier").await;
    before.mails().await;
    before.close().await;

    // Keys that others could have read are not used, whoever asks.
    let reset = ["user", "reset", "--workspace", "zaveri", "--email", "ravi@zaveri.example"];
    let keys = data.join("keys");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o755)).unwrap();
    let refused = run(data, &reset);
    assert!(!refused.status.success() && refused.stdout.is_empty(), "{refused:?}");
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o700)).unwrap();
    // Nor others than the store was made with.
    let elsewhere = outer.path().join("elsewhere");
    assert!(run(&elsewhere, &["migrate"]).status.success());
    let others = elsewhere.join("keys");
    let with_others = [&reset[..], &["--keys-dir", others.to_str().unwrap()]].concat();
    assert!(!run(data, &with_others).status.success());

    let done = run(data, &reset);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let said = String::from_utf8(done.stdout).unwrap();
    let secret = said.lines().find_map(|line| line.strip_prefix("    ")).expect("the secret").to_owned();

    let after = world(data).await;
    // The sessions are over, what was given opens only “set your password”, and nobody but its holder chose.
    ravi.send(&after, &Call::get("/session")).await.expect_problem(401, "auth.required");
    let first = sign_in(&after, "zaveri", &address("zaveri", "ravi"), &secret).await;
    first.expect(201);
    session_of(&first, "zaveri")
        .send(&after, &Call::get("/rates"))
        .await
        .expect_problem(403, "password.change_first");
    let owner = session_of(&sign_in(&after, "zaveri", &address("zaveri", "owner"), PASSWORD).await, "zaveri");
    let log = owner.read(&after, "/audit?action=password.reset").await;
    let entry = &log["items"][0];
    assert_eq!(
        (&entry["actor"]["kind"], &entry["request_id"]),
        (&json!("operator"), &json!("shell")),
        "{entry}"
    );
    // A sender that starts sends what a command put down while none ran.
    // The command has the machine's clock, and the world one of its own.
    let machines = SystemClock.now().seconds_since(after.clock.now());
    after.clock.advance(machines.max(0) + 1);
    after.outbox.look_through().await;
    let told = after.mails().await;
    assert!(told.iter().any(|mail| mail.to.email.as_str() == "ravi@zaveri.example"), "{}", told.len());
    after.close().await;
}

#[test]
fn asvs_v8_4_2_what_the_operator_may_is_no_operation_of_the_network() {
    let offered: Vec<&str> = CASES.iter().filter_map(|case| case.action).collect();
    // Held by the shell and by jobs alone.
    for code in ["password.reset", "member.retire", "audit.collect"] {
        assert!(Catalogue::core().contains(code) && !offered.contains(&code), "{code}");
    }
    for operation in documented() {
        let path = operation.path.as_str();
        assert!(
            path == "/" || path.starts_with("/{w}/"),
            "{path}: everything is of one workspace, or opens one"
        );
        // By the keys of the log anybody verifies it; they are public.
        for word in ["admin", "operator", "keys", "migrate", "doctor", "tenants"] {
            if path == "/{w}/log/keys" && word == "keys" {
                continue;
            }
            assert!(!path.split('/').any(|part| part == word), "{path}");
        }
    }
}

#[cfg(target_os = "linux")]
#[test]
fn asvs_v11_7_2_a_server_leaves_no_image_of_its_memory() {
    let outer = tempfile::tempdir().unwrap();
    // By the source as well: where the tests run, nobody may be allowed an image in the first place.
    let serve = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/cli/serve.rs");
    let serve = fs::read_to_string(serve).unwrap();
    let (first, opened) = (serve.find("no_core_dumps();").unwrap(), serve.find("start::open(").unwrap());
    assert!(first < opened, "before any key is read");
    let mut serving = binary(outer.path(), &["serve", "--listen", "127.0.0.1:0", "--migrate"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(serving.stderr.take().unwrap()).lines().map_while(Result::ok);
    let is_serving = said.any(|line| line.contains("serving"));
    let limits = fs::read_to_string(format!("/proc/{}/limits", serving.id()));
    serving.kill().unwrap();
    serving.wait().unwrap();
    let limits = limits.unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).expect("the limit");
    let figures: Vec<&str> = core.split_whitespace().skip(4).take(2).collect();
    assert!(is_serving && figures == ["0", "0"], "{core}");
    // What it holds meanwhile is wiped when it is let go of.
    let wiped = ["identity/keys/key.rs", "identity/password/typed.rs", "identity/secret/bearer.rs"];
    for file in wiped {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aurex-core/src").join(file);
        assert!(fs::read_to_string(path).unwrap().contains("Zeroizing"), "{file}");
    }
}
