//! What the documents say, held against the code: figures, lists and inventories.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use aurex_core::audit::Class;
use aurex_core::identity::keys::Purpose;
use aurex_core::identity::sessions::{Lifetime, SessionPolicy};
use aurex_core::identity::throttle::{SignInPolicies, ThrottlePolicy};
use aurex_core::rbac::{Catalogue, Role};
use aurex_core::store::{TABLES, TableKind};
use aurex_server::http::acceptor::Deadlines;
use aurex_server::http::body::{DEFAULT_LIMIT, READ_DEADLINE};
use aurex_store_postgres::PostgresOptions;

use super::files::{CRATES, lines_with, read, root, sources};
use super::graph::{Graph, direct};
use crate::documents::is_committed;
use crate::operations::{PUBLIC, documented};

/// The cells of every row of the table under this heading.
#[track_caller]
fn table(page: &str, heading: &str) -> Vec<Vec<String>> {
    let (_, section) =
        page.split_once(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("no {heading:?}"));
    let lines = section.split("\n## ").next().unwrap().lines().filter(|line| line.starts_with('|')).skip(2);
    let cells =
        lines.map(|line| line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect());
    let rows: Vec<Vec<String>> = cells.collect();
    assert!(!rows.is_empty(), "{heading}");
    rows
}

/// What stands in backquotes.
fn quoted(cell: &str) -> impl Iterator<Item = &str> {
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn asvs_v7_1_1_v7_1_2_sessions_last_as_long_as_is_written() {
    let page = read("docs/access.md");
    let rows = table(&page, "Sessions");
    let policy = SessionPolicy::STANDARD;
    let says = |row: &[String], lifetime: Lifetime| {
        let hours = lifetime.absolute_seconds / 3600;
        let unit = if hours == 1 { "hour" } else { "hours" };
        assert_eq!(row[1], format!("{} minutes", lifetime.idle_seconds / 60), "{}", row[0]);
        assert_eq!(row[2], format!("{hours} {unit}"), "{}", row[0]);
    };
    says(&rows[0], policy.lifetime(Role::Cashier, false));
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Cashier) {
        says(&rows[1], policy.lifetime(role, false));
    }
    says(&rows[2], policy.lifetime(Role::Owner, true));
    assert!(page.contains(&format!("may have {} sessions at once", policy.most_open)));
}

#[test]
fn asvs_v6_1_1_guesses_are_counted_as_is_written() {
    let page = read("docs/access.md");
    let rows = table(&page, "Guessing");
    let standard = SignInPolicies::STANDARD;
    let policies: [ThrottlePolicy; 5] =
        [standard.account, standard.address, standard.workspace, standard.person, standard.device];
    assert_eq!(rows.len(), policies.len());
    for (row, policy) in rows.iter().zip(policies) {
        let said = (row[1].as_str(), row[2].as_str());
        let burst = policy.most_allowed_within(0).to_string();
        let interval = format!("{} s", policy.longest_wait_seconds());
        assert_eq!(said, (burst.as_str(), interval.as_str()), "{}", row[0]);
    }
}

#[test]
fn asvs_v6_1_3_every_way_in_is_written_down() {
    let page = read("docs/access.md");
    let written: BTreeSet<String> = table(&page, "Ways in")
        .iter()
        .flat_map(|row| quoted(&row[1]).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    // Whatever takes a password or hands a credential out.
    let mut ways: BTreeSet<String> = PUBLIC.iter().map(|id| (*id).to_owned()).collect();
    for operation in documented() {
        let body = operation.value["requestBody"].to_string();
        if body.contains("PasswordBody") || operation.id.contains("ApiToken") && operation.method == "POST" {
            ways.insert(operation.id);
        }
    }
    assert!(ways.len() >= 4, "{ways:?}");
    let missing: Vec<_> = ways.difference(&written).collect();
    assert!(missing.is_empty(), "docs/access.md says nothing of {missing:?}");
}

#[test]
fn asvs_v8_1_3_v8_1_4_the_circumstances_of_a_decision_are_written_down() {
    let page = read("docs/access.md");
    let said: Vec<String> =
        table(&page, "What a decision looks at").into_iter().map(|row| row[0].clone()).collect();
    // What the policy takes beside the role and the action, and what the decisions behind it take.
    for circumstance in [
        "workspace",
        "assurance",
        "what was granted",
        "date of the bill",
        "amounts",
        "what changed meanwhile",
    ] {
        assert!(said.iter().any(|said| said == circumstance), "{circumstance}");
    }
    let policy = read("aurex-core/src/rbac/policy.rs");
    assert!(
        policy.contains("    role: Role,\n    reach: &Reach,\n    assurance: Assurance,\n)"),
        "the policy takes more"
    );
}

#[test]
fn asvs_v11_1_1_v13_1_4_every_key_has_its_owner_its_limits_and_its_rotation() {
    let page = read("docs/crypto.md");
    let rows = table(&page, "Keys");
    let written: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let mut purposes: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
    purposes.sort_unstable();
    let mut sorted = written.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, purposes);
    for row in &rows {
        assert!(row.len() == 6 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        assert!(row[4].contains("once a year"), "{row:?}");
    }
    assert!(table(&read("docs/communication.md"), "Secrets").iter().all(|row| !row[2].is_empty()));
}

/// Crates of cryptography, by their well-known names.
const CRYPTOGRAPHY: &[&str] = &[
    "aead",
    "aegis",
    "aes",
    "aes-gcm",
    "aes-gcm-siv",
    "aes-kw",
    "aes-siv",
    "age",
    "age-core",
    "argon2",
    "ascon",
    "aws-lc-rs",
    "aws-lc-sys",
    "balloon-hash",
    "bcrypt",
    "bcrypt-pbkdf",
    "blake2",
    "blake2b_simd",
    "blake3",
    "blowfish",
    "boring",
    "camellia",
    "cast5",
    "cbc",
    "ccm",
    "cfb-mode",
    "chacha20",
    "chacha20poly1305",
    "cipher",
    "cmac",
    "crypto_box",
    "crypto_secretbox",
    "ctr",
    "curve25519-dalek",
    "des",
    "dh",
    "digest",
    "dsa",
    "ecb",
    "ecdsa",
    "ed25519",
    "ed25519-dalek",
    "elliptic-curve",
    "ghash",
    "gmac",
    "hkdf",
    "hmac",
    "hpke",
    "kuznyechik",
    "libsodium-sys",
    "md-5",
    "md2",
    "md4",
    "md5",
    "ml-dsa",
    "ml-kem",
    "native-tls",
    "ocb3",
    "openssl",
    "openssl-sys",
    "orion",
    "p256",
    "p384",
    "pbkdf2",
    "poly1305",
    "polyval",
    "rabbit",
    "rc4",
    "ring",
    "ripemd",
    "rsa",
    "rust-crypto",
    "rustls",
    "rustls-webpki",
    "salsa20",
    "scrypt",
    "secp256k1",
    "sequoia-openpgp",
    "serpent",
    "sha-crypt",
    "sha1",
    "sha1_smol",
    "sha2",
    "sha3",
    "signature",
    "skein",
    "snow",
    "sodiumoxide",
    "streebog",
    "subtle",
    "threefish",
    "tiger",
    "twofish",
    "universal-hash",
    "whirlpool",
    "x25519-dalek",
    "xsalsa20poly1305",
    "zeroize",
    "getrandom",
    "totp-rs",
];

/// Modes, ciphers and hashes that nothing new is built on.
const REFUSED: &[&str] = &[
    "ecb",
    "cbc",
    "cfb-mode",
    "des",
    "rc4",
    "rabbit",
    "md2",
    "md4",
    "md5",
    "ripemd",
    "rsa",
    "dsa",
    "blake2",
    "rust-crypto",
    "sodiumoxide",
    "openssl",
    "native-tls",
    "twofish",
    "serpent",
    "cast5",
    "salsa20",
];

#[test]
fn asvs_v11_1_2_v11_1_3_v11_2_1_the_inventory_of_cryptography_is_what_is_built_in() {
    let graph = Graph::of_the_server();
    let page = read("docs/crypto.md");
    let rows = table(&page, "Crates");
    let listed: BTreeSet<&str> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let built_in: BTreeSet<&str> = CRYPTOGRAPHY.iter().copied().filter(|name| graph.has(name)).collect();
    let unlisted: Vec<_> = built_in.difference(&listed).collect();
    assert!(unlisted.is_empty(), "docs/crypto.md says nothing of {unlisted:?}");
    let gone: Vec<_> = listed.difference(&built_in).collect();
    assert!(gone.is_empty(), "docs/crypto.md lists {gone:?}, which the server is not built from");
    for algorithm in table(&page, "Algorithms") {
        for path in quoted(&algorithm[3]).filter(|path| path.contains('/')) {
            assert!(root().join(path).exists(), "{path}");
        }
    }
    // Ours name what they use, and use nothing from outside the inventory.
    for member in CRATES {
        for name in direct(member).iter().filter(|name| CRYPTOGRAPHY.contains(&name.as_str())) {
            assert!(listed.contains(name.as_str()), "{member}: {name}");
        }
    }
}

#[test]
fn asvs_v11_2_3_v11_3_1_v11_3_2_v11_3_5_only_authenticated_ciphers_of_full_strength_are_used() {
    Graph::of_the_server().assert_without(REFUSED);
    let ours: BTreeSet<String> = CRATES.iter().flat_map(|member| direct(member)).collect();
    let ciphers: Vec<&str> =
        ours.iter().map(String::as_str).filter(|name| name.contains("aes") || name.contains("cha")).collect();
    assert_eq!(ciphers, ["chacha20poly1305"]);
    // The cipher alone, or the stream beneath it, is never called by itself.
    let beneath =
        ["chacha20::", "poly1305::", "StreamCipher", "BlockEncrypt", "BlockCipher", "Pkcs7", "Pkcs1"];
    let found: Vec<_> = lines_with(&sources(), &beneath)
        .into_iter()
        .filter(|line| !line.contains("chacha20poly1305::"))
        .collect();
    assert_eq!(found, Vec::<String>::new());
    for row in table(&read("docs/crypto.md"), "Algorithms") {
        let bits = row[2].split(' ').next().and_then(|word| word.parse::<u32>().ok());
        assert!(bits.is_none_or(|bits| bits >= 128), "{row:?}");
    }
}

#[test]
fn asvs_v11_1_4_there_is_a_plan_for_the_day_an_algorithm_falls() {
    let page = read("docs/crypto.md");
    let (_, plan) = page.split_once("\n## When an algorithm falls\n").expect("the plan");
    for word in ["tag of its algorithm", "ML-KEM", "ML-DSA", "Grover"] {
        assert!(plan.contains(word), "{word}");
    }
}

#[test]
fn asvs_v13_1_1_v13_1_2_v13_1_3_limits_and_waits_are_as_written() {
    let page = read("docs/communication.md");
    let rows = table(&page, "Limits");
    let said = |name: &str| -> &str {
        let row = rows.iter().find(|row| row[0].contains(name)).unwrap_or_else(|| panic!("{name}"));
        assert!(!row[2].is_empty(), "{name}");
        &row[1]
    };
    let (deadlines, postgres) = (Deadlines::default(), PostgresOptions::default());
    let seconds = |duration: std::time::Duration| format!("{} s", duration.as_secs());
    assert_eq!(said("request's head"), seconds(deadlines.head));
    assert_eq!(said("without a request"), seconds(deadlines.idle));
    assert_eq!(said("taking an answer"), seconds(deadlines.write));
    assert_eq!(said("request's body"), seconds(READ_DEADLINE));
    assert_eq!(said("a body"), format!("{} KiB", DEFAULT_LIMIT / 1024));
    assert_eq!(said("`database_writers`"), postgres.writers.to_string());
    assert_eq!(said("`database_readers`"), postgres.readers.to_string());
    assert_eq!(said("waiting for their turn"), postgres.places.to_string());
    assert_eq!(said("patience:"), seconds(postgres.patience));
    assert_eq!(said("one statement"), seconds(postgres.deadline));
    assert_eq!(said("shutdown"), seconds(aurex_server::http::shutdown::Patience::default().deadline));
    let settings = read("aurex-server/src/config/settings.rs");
    let connections = said("`max_connections`");
    assert!(settings.contains(&format!("connections are served at once [default: {connections}]")));
    // Whatever the sources connect to is listed under “Outwards”.
    let connects = lines_with(
        &sources(),
        &["TcpStream::connect", "UnixStream::connect", "UdpSocket::bind", "lookup_host("],
    );
    assert_eq!(connects, Vec::<String>::new());
    assert!(table(&page, "Outwards").iter().any(|row| row[0] == "PostgreSQL"));
    assert_eq!(table(&page, "Inwards").len(), 2);
}

#[test]
fn asvs_v1_3_6_v4_2_5_v15_3_2_the_server_is_no_client_of_strangers_addresses() {
    Graph::of_the_server().assert_without(&[
        "reqwest",
        "ureq",
        "isahc",
        "curl",
        "surf",
        "awc",
        "attohttpc",
        "minreq",
        "hyper-rustls",
        "hyper-tls",
        "http-client",
        "ehttp",
        "gix-transport",
        "webhook",
    ]);
    assert_eq!(lines_with(&sources(), &["hyper::client", "hyper_util::client"]), Vec::<String>::new());
}

#[test]
fn asvs_v15_1_3_costly_calls_are_written_down() {
    let page = read("docs/communication.md");
    let operations: BTreeSet<String> = documented().into_iter().map(|operation| operation.id).collect();
    let rows = table(&page, "Costly calls");
    let named: BTreeSet<&str> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    for id in &named {
        assert!(operations.contains(*id), "{id} is no operation");
    }
    // Whatever hashes a password is costly.
    for operation in documented() {
        let body = operation.value["requestBody"].to_string();
        if ["SignInBody", "PasswordBody", "NewMemberBody", "NewWorkspaceBody"]
            .iter()
            .any(|name| body.contains(name))
        {
            assert!(named.contains(operation.id.as_str()), "{}", operation.id);
        }
    }
    assert!(rows.iter().all(|row| !row[2].is_empty()));
}

#[test]
fn asvs_v15_1_4_v15_1_5_what_is_risky_is_written_down() {
    let (page, graph) = (read("docs/components.md"), Graph::of_the_server());
    for row in table(&page, "Components") {
        for name in quoted(&row[0]) {
            assert!(graph.has(name), "{name} is not what the server is built from");
        }
        assert!(row.iter().all(|cell| !cell.is_empty()), "{row:?}");
    }
    let listed: BTreeSet<String> = table(&page, "Components")
        .iter()
        .flat_map(|row| quoted(&row[0]).map(str::to_owned).collect::<Vec<_>>())
        .collect();
    // Code in other languages is linked by crates of this kind.
    for name in [
        "ring",
        "libsqlite3-sys",
        "openssl-sys",
        "aws-lc-sys",
        "zstd-sys",
        "libz-sys",
        "mimalloc",
        "unsafe-libyaml",
    ] {
        assert!(!graph.has(name) || listed.contains(name), "{name} is not in docs/components.md");
    }
    for row in table(&page, "Code") {
        for path in quoted(&row[1]) {
            assert!(root().join(path).exists(), "{path}");
        }
    }
}

#[test]
fn asvs_v15_1_1_weaknesses_are_fixed_within_a_written_time() {
    let rows = table(&read("SECURITY.md"), "Fixed by when");
    let times: Vec<(&str, &str)> =
        rows.iter().map(|row| (row[0].split(' ').next().unwrap(), row[1].as_str())).collect();
    assert_eq!(
        times,
        [("critical", "48 hours"), ("high", "7 days"), ("medium", "30 days"), ("low", "90 days")]
    );
}

/// What a class means for a column.
fn rules(class: Class) -> (&'static str, &'static str) {
    match class {
        Class::Key => ("key", "names the row; stands in the log"),
        Class::Plain => ("business", "the shop's own; stands in the log; shown by role"),
        Class::Personal => (
            "personal",
            "of a person; in the log behind a salted commitment of its own, so that it can be erased there",
        ),
        Class::Secret => {
            ("secret", "stands in its own table only; in the log as a fingerprint; in no answer and no error")
        }
    }
}

#[test]
fn asvs_v14_1_1_v14_1_2_every_column_has_its_class() {
    let mut page = String::from(
        "# What is kept, and how each column is treated\n\nPrinted from the rows that the code declares \
         (`AUREX_BLESS=1 cargo test -p aurex-server --test it class`).\n\n## Classes\n\n| class | what it means |\n|---|---|\n",
    );
    for class in [Class::Key, Class::Plain, Class::Personal, Class::Secret] {
        let (name, meaning) = rules(class);
        let _ = writeln!(page, "| {name} | {meaning} |");
    }
    page.push_str(
        "\nNone is kept by a cache of ours: answers say `no-store`. None is written to the server's own log, which has patterns of\n\
         paths, ids of requests and codes. Rows are kept as long as the workspace; personal columns are erased from the log\n\
         after the legal minimum.\n\n## Tables of facts\n\n| table | column | class |\n|---|---|---|\n",
    );
    let (mut personal, mut secret) = (0, 0);
    for table in TABLES.iter().filter(|table| matches!(table.kind, TableKind::State | TableKind::AppendOnly))
    {
        assert!(!table.fields.is_empty(), "{}", table.name);
        for field in table.fields {
            let (name, _) = rules(field.class);
            personal += usize::from(field.class == Class::Personal);
            secret += usize::from(field.class == Class::Secret);
            let _ = writeln!(page, "| `{}` | `{}` | {name} |", table.name, field.name);
        }
    }
    page.push_str(
        "\n## Other tables\n\nSums are *business*; the log has what its rows have; housekeeping names people by ids and keyed hashes only.\n\n\
         | table | what it is |\n|---|---|\n",
    );
    for table in TABLES.iter().filter(|table| !matches!(table.kind, TableKind::State | TableKind::AppendOnly))
    {
        let what = match table.kind {
            TableKind::Derived => "sums of facts",
            TableKind::Log => "the audit log",
            _ => "housekeeping",
        };
        let _ = writeln!(page, "| `{}` | {what} |", table.name);
    }
    is_committed("data.md", &page);
    assert!(personal > 5 && secret > 2, "{personal} {secret}");
    // What is plainly of a person or plainly secret is declared so, whatever its table.
    for table in TABLES {
        for field in table.fields {
            let class = match field.name {
                "email" | "phone" | "address" => Some(Class::Personal),
                "hash" | "token_hash" => Some(Class::Secret),
                _ => None,
            };
            let of_a_person = !["business", "workspace"].contains(&table.name);
            assert!(
                class.is_none_or(|class| !of_a_person || class == field.class),
                "{} {}",
                table.name,
                field.name
            );
        }
    }
}

/// What is observed beside what is done: code, when, and where it is decided.
const OBSERVATIONS: &[(&str, &str)] = &[
    ("audit.viewed", "somebody read the log"),
    ("password.refused", "a wrong present password, when setting a new one"),
    ("permission.refused", "somebody asked for what they may not do, or a limit of their role was met"),
    ("session.refused", "a sign-in failed, or was put off"),
];

#[test]
fn asvs_v16_1_1_every_event_is_in_the_inventory() {
    let mut page = String::from(
        "# What is logged\n\nPrinted from the catalogue of actions (`AUREX_BLESS=1 cargo test -p aurex-server --test it inventory`).\n\n\
         ## The audit log\n\nOne a workspace, in its store, append-only, a tree over all entries, kept as long as the workspace. \
         Each entry has its\nnumber, time (UTC, microseconds), actor (kind, id, role, assurance), address and user agent, id of the request, action, subject, outcome\n\
         and the fields that changed. Owner, admin and auditor read it.\n\n### What is done\n\n| event | what |\n|---|---|\n",
    );
    for action in Catalogue::core().iter().filter(|action| !action.reads) {
        let title: Vec<&str> = action.title.split_whitespace().collect();
        let _ = writeln!(page, "| `{}` | {} |", action.code, title.join(" ").trim_end_matches('.'));
    }
    page.push_str("\n### What is seen and refused\n\n| event | what |\n|---|---|\n");
    for (code, what) in OBSERVATIONS {
        let _ = writeln!(page, "| `{code}` | {what} |");
    }
    page.push_str(
        "\n## The server's own log\n\nOn standard output or standard error, as text or as JSON lines (`log`), for the operator's collector; how long it is kept is the operator's\n\
         to say. A line for each request: method, pattern of the path, status, duration, id of the request, code of the problem, address. No\n\
         path, query, header or body as it was sent. Faults with their whole chain, once; panics; warnings of the start.\n",
    );
    is_committed("events.md", &page);
    // An observation that the code makes and the inventory does not name.
    let observing: Vec<_> = sources()
        .into_iter()
        .filter(|source| {
            source.is_in(&["aurex-core/src/service"]) && source.code.contains("Observation::new(")
        })
        .collect();
    assert!(!observing.is_empty());
    for source in observing {
        for call in source.code.split("Observation::new(").skip(1) {
            let code = call.split('"').nth(1).unwrap();
            assert!(OBSERVATIONS.iter().any(|(known, _)| *known == code), "{}: {code}", source.path);
        }
    }
}
