//! What the sources say, and what they must not.

use std::collections::BTreeSet;

use super::files::{CRATES, Source, lines_with, manifest, sources, web_files};
use super::graph::direct;

const NOTHING: &[String] = &[];

/// Where statements are run whose text no build has checked. Their moving parts are tenants' UUIDs, numbers, and
/// identifiers that were checked or quoted; a value of a request is always bound.
const RAW_SQL: [&str; 2] = ["aurex-store-postgres/src/raw.rs", "aurex-store-sqlite/src/raw.rs"];

/// The files that may put such a text together.
const MAKE_SQL: [&str; 13] = [
    "aurex-store-postgres/src/arrival.rs",
    "aurex-store-postgres/src/connect.rs",
    "aurex-store-postgres/src/ending.rs",
    "aurex-store-postgres/src/inspect.rs",
    "aurex-store-postgres/src/migrate.rs",
    "aurex-store-postgres/src/opening.rs",
    "aurex-store-postgres/src/own_tables.rs",
    "aurex-store-postgres/src/roles.rs",
    "aurex-store-postgres/src/testing.rs",
    "aurex-store-sqlite/src/arrival.rs",
    "aurex-store-sqlite/src/inspect.rs",
    "aurex-store-sqlite/src/own_tables.rs",
    "aurex-store-sqlite/src/raw.rs",
];

/// `format!`, `write!` and the like whose text begins a statement, over the end of a line too.
fn put_together(sources: &[Source]) -> Vec<String> {
    let words = [
        "SELECT ", "INSERT ", "UPDATE ", "DELETE ", "CREATE ", "DROP ", "GRANT ", "SET ", "PRAGMA ", "CALL ",
        "FROM ", "WHERE ", "ALTER ", "REVOKE ", "BEGIN ", "WITH ",
    ];
    let begins = |text: &str| words.iter().any(|word| text.trim_start().starts_with(word));
    let mut found = Vec::new();
    for source in sources {
        for macro_name in ["format!(", "write!(", "writeln!(", "concat!(", "push_str("] {
            for rest in source.code.split(macro_name).skip(1) {
                let text = rest.split_once('"').map_or("", |(_, after)| after.split('"').next().unwrap());
                if text.split(['}', ';', '\\']).any(begins) {
                    found.push(format!("{}: {text}", source.path));
                }
            }
        }
    }
    found
}

fn outside(rooms: &[&str]) -> Vec<Source> {
    sources().into_iter().filter(|source| !source.is_in(rooms)).collect()
}

#[test]
fn asvs_v1_1_2_v1_2_3_json_is_written_by_a_serializer() {
    // Amounts and weights with their decimals, exact, which no serializer writes without a float; texts hold no quotes there.
    let figures = ["aurex-core/src/shop/e_invoice/write.rs"];
    let by_hand = lines_with(&outside(&figures), &["format!(\"{{\\\"", "\"{\\\"", "push_str(\"\\\":"]);
    assert_eq!(by_hand, NOTHING);
}

#[test]
fn asvs_v1_1_2_v1_2_4_no_value_becomes_part_of_a_statement() {
    let unchecked = [
        "sqlx::query(",
        "sqlx::query_as(",
        "sqlx::query_scalar(",
        "raw_sql(",
        "AssertSqlSafe(",
        "QueryBuilder",
    ];
    assert_eq!(lines_with(&outside(&RAW_SQL), &unchecked), NOTHING);
    assert!(lines_with(&sources(), &unchecked).len() >= 4, "the scan finds what is there");
    assert_eq!(put_together(&outside(&MAKE_SQL)), NOTHING);
    for room in MAKE_SQL {
        let inside: Vec<Source> = sources().into_iter().filter(|source| source.is_in(&[room])).collect();
        assert!(!put_together(&inside).is_empty(), "{room} needs its exception no more");
    }
    for member in ["aurex-core", "aurex-server"] {
        assert!(!direct(member).contains("sqlx"), "{member}");
    }
    for source in sources().iter().filter(|source| source.is_in(&RAW_SQL)) {
        assert!(source.code.contains("disallowed_methods"), "{}: the lint refuses it elsewhere", source.path);
    }
}

#[test]
fn asvs_v1_2_5_no_other_program_is_started() {
    let started =
        lines_with(&sources(), &["process::Command", "Command::new", "execv", "posix_spawn", "libc::system"]);
    assert_eq!(started, NOTHING);
}

#[test]
fn asvs_v1_2_9_no_text_becomes_a_regular_expression() {
    assert!(CRATES.iter().all(|member| direct(member).iter().all(|name| !name.contains("regex"))));
    // SQLite and PostgreSQL would take patterns too.
    assert_eq!(lines_with(&sources(), &["Regex::new", " REGEXP ", " ~ $", " ~* ", "SIMILAR TO"]), NOTHING);
}

#[test]
fn asvs_v1_4_1_no_crate_of_ours_may_be_unsafe() {
    let lints = manifest("Cargo.toml");
    assert_eq!(lints["workspace"]["lints"]["rust"]["unsafe_code"].as_str(), Some("forbid"));
    for member in CRATES {
        let lints = manifest(&format!("{member}/Cargo.toml"));
        assert_eq!(lints["lints"]["workspace"].as_bool(), Some(true), "{member}");
    }
    assert_eq!(lines_with(&sources(), &["unsafe {", "unsafe fn", "unsafe impl", "static mut "]), NOTHING);
}

#[test]
fn asvs_v1_4_2_arithmetic_is_checked_in_releases() {
    let workspace = manifest("Cargo.toml");
    assert_eq!(workspace["profile"]["release"]["overflow-checks"].as_bool(), Some(true));
    for lint in ["cast_possible_truncation", "cast_sign_loss", "cast_possible_wrap", "float_arithmetic"] {
        assert_eq!(workspace["workspace"]["lints"]["clippy"][lint].as_str(), Some("deny"), "{lint}");
    }
}

#[test]
fn asvs_v1_1_2_v1_3_7_v5_3_1_pages_are_part_of_the_binary() {
    let web: Vec<Source> = sources().into_iter().filter(|s| s.is_in(&["aurex-server/src/web"])).collect();
    assert!(lines_with(&web, &["include_str!"]).len() >= web_files().len());
    assert_eq!(lines_with(&web, &["std::fs", "read_to_string", "format!("]), NOTHING);
    // And no page is served from a folder, where somebody could put something.
    let folders = ["StaticFiles", "StaticFile", "EmbeddedFile", "ServeDir", "static_file"];
    assert_eq!(lines_with(&sources(), &folders), NOTHING);
}

#[test]
fn asvs_v11_5_1_chance_has_one_source() {
    let drawn = lines_with(
        &outside(&["aurex-server/src/ops/machine.rs"]),
        &["getrandom::", "OsRng", "thread_rng", " rand::", "(rand::"],
    );
    assert_eq!(drawn, NOTHING);
    let makers: BTreeSet<String> = CRATES.iter().flat_map(|member| direct(member)).collect();
    for name in ["rand", "fastrand", "oorandom", "nanorand", "rand_chacha", "wyrand", "turborand"] {
        assert!(!makers.contains(name), "{name}");
    }
}

#[test]
fn asvs_v15_4_1_what_threads_share_is_safe_to_share() {
    let unsound = ["unsafe impl Sync", "unsafe impl Send", "static mut ", "UnsafeCell", "transmute"];
    assert_eq!(lines_with(&sources(), &unsound), NOTHING);
}

#[test]
fn asvs_v11_2_4_what_is_secret_is_compared_in_constant_time() {
    let secrets = [
        "aurex-core/src/identity/secret",
        "aurex-core/src/identity/keys/key.rs",
        "aurex-core/src/identity/password/hash.rs",
    ];
    let mut compared = 0;
    for source in sources().iter().filter(|source| source.is_in(&secrets)) {
        for part in source.code.split("#[derive(").skip(1) {
            let (derived, declared) = part.split_once(")]").unwrap();
            let name =
                declared.split_whitespace().skip_while(|word| *word != "struct").nth(1).unwrap_or_default();
            let is_secret = ["Token", "TokenHash", "CheckValue", "Key(", "PasswordHash"]
                .iter()
                .any(|secret| name.starts_with(secret) && !name.contains("Error"));
            assert!(!(is_secret && derived.contains("PartialEq")), "{}: {name}", source.path);
        }
        compared += source.code.matches(".ct_eq(").count();
    }
    assert!(compared >= 3, "{compared}");
}

/// The sign of a secret alone is none, nor with a word behind it: what follows is long and looks like chance.
fn is_followed_by_a_secret(text: &str, sign: &str) -> bool {
    text.split(sign).skip(1).any(|rest| {
        let rest = rest.trim_start_matches(['\r', '\n', '\\', ' ', '"']);
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || "+/=_".contains(*c)).count() >= 16
    })
}

#[test]
fn asvs_v13_3_1_no_secret_is_in_the_repository() {
    let (mut folders, mut read, mut found) = (vec![super::files::root()], 0, Vec::new());
    // In two parts each, so that this file is none of them.
    let signs = [
        ["-----BEGIN PRIVATE", " KEY-----"],
        ["-----BEGIN RSA", " PRIVATE KEY-----"],
        ["-----BEGIN EC", " PRIVATE KEY-----"],
        ["AGE-SECRET", "-KEY-1"],
        ["ghp", "_"],
        ["xox", "b-"],
        ["AKIA", "IOSF"],
        ["sk_", "live_"],
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if path.is_dir() {
                if !["target", ".git", "aurex-data", "corpus", "artifacts"].contains(&name.as_str()) {
                    folders.push(path);
                }
                continue;
            }
            assert!(name == ".env.example" || !name.starts_with(".env"), "{}", path.display());
            let Ok(text) = std::fs::read_to_string(&path) else { continue };
            read += 1;
            found.extend(
                signs
                    .iter()
                    .filter(|sign| is_followed_by_a_secret(&text, &sign.concat()))
                    .map(|_| path.clone()),
            );
        }
    }
    assert!(read > 300, "{read}");
    assert!(is_followed_by_a_secret(
        &format!("{}{}\n{}", signs[0][0], signs[0][1], "MC4CAQAwBQYDK2VwBCIEIA"),
        &signs[0].concat()
    ));
    assert!(found.is_empty(), "{found:?}");
}

#[test]
fn asvs_v16_2_3_the_servers_log_goes_to_standard_error_alone() {
    let writers =
        lines_with(&sources(), &["with_writer(", "tracing_appender", "syslog", "fmt().json().with_writer"]);
    assert!(
        !writers.is_empty() && writers.iter().all(|line| line.contains("std::io::stderr")),
        "{writers:?}"
    );
    super::graph::Graph::of_the_server().assert_without(&[
        "tracing-appender",
        "syslog",
        "tracing-syslog",
        "tracing-journald",
        "opentelemetry",
        "sentry",
        "tracing-loki",
    ]);
}

/// The tags of a page, lower case, without their brackets.
fn tags(text: &str) -> Vec<String> {
    text.split('<').skip(1).filter_map(|rest| rest.split('>').next()).map(str::to_lowercase).collect()
}

#[test]
fn asvs_v3_2_2_v3_6_1_v3_7_1_pages_bring_nothing_foreign_and_nothing_dead() {
    let mut seen = 0;
    for (path, text) in web_files() {
        for word in
            ["innerhtml", "outerhtml", "document.write", "insertadjacenthtml", "eval(", "@import", "url(http"]
        {
            assert!(!text.to_lowercase().contains(word), "{path}: {word}");
        }
        for tag in tags(&text) {
            let name = tag.split_whitespace().next().unwrap_or_default();
            let dead = [
                "object", "embed", "applet", "frame", "frameset", "marquee", "keygen", "iframe", "base",
                "bgsound",
            ];
            assert!(!dead.contains(&name), "{path}: {tag}");
            // What a page loads comes from where the page comes from; a link that a person follows may lead elsewhere.
            let loads = ["script", "link", "img", "source", "audio", "video"].contains(&name);
            assert!(
                !(loads && (tag.contains("http:") || tag.contains("https:") || tag.contains("\"//"))),
                "{path}: {tag}"
            );
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
}
