//! `docs/components.md` and the times of `SECURITY.md`.

use std::collections::BTreeSet;

use super::super::files::{read, root};
use super::super::graph::Graph;
use super::{quoted, table};

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
