//! What the sources say, and what they must not.

use std::collections::BTreeSet;

use super::files::{CRATES, Source, lines_with, manifest, sources, web_files};
use super::graph::direct;

const NOTHING: &[String] = &[];

/// Where statements are run whose text no build has checked. Their moving parts are tenants' UUIDs, numbers, and
/// identifiers that were checked or quoted; a value of a request is always bound.
const RAW_SQL: [&str; 2] = ["aurex-store-postgres/src/raw.rs", "aurex-store-sqlite/src/raw.rs"];

/// The files that may put such a text together.
const MAKE_SQL: [&str; 9] = [
    "aurex-store-postgres/src/connect.rs",
    "aurex-store-postgres/src/migrate.rs",
    "aurex-store-postgres/src/opening.rs",
    "aurex-store-postgres/src/own_tables.rs",
    "aurex-store-postgres/src/roles.rs",
    "aurex-store-postgres/src/testing.rs",
    "aurex-store-postgres/src/throwaway.rs",
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
fn asvs_v1_2_3_json_is_written_by_a_serializer() {
    let by_hand = lines_with(&sources(), &["format!(\"{{\\\"", "\"{\\\"", "push_str(\"\\\":"]);
    assert_eq!(by_hand, NOTHING);
}

#[test]
fn asvs_v1_2_4_no_value_becomes_part_of_a_statement() {
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
fn asvs_v1_3_7_pages_are_part_of_the_binary() {
    let web: Vec<Source> = sources().into_iter().filter(|s| s.is_in(&["aurex-server/src/web"])).collect();
    assert!(lines_with(&web, &["include_str!"]).len() >= web_files().len());
    assert_eq!(lines_with(&web, &["std::fs", "read_to_string", "format!("]), NOTHING);
}

#[test]
fn asvs_v11_5_1_chance_has_one_source() {
    let drawn = lines_with(
        &outside(&["aurex-server/src/ops/machine.rs"]),
        &["getrandom::", "OsRng", "thread_rng", "rand::"],
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
