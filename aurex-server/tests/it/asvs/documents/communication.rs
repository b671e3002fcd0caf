//! `docs/communication.md`: what talks to what, limits, costly calls.

use std::collections::BTreeSet;

use aurex_server::http::acceptor::Deadlines;
use aurex_server::http::body::{DEFAULT_LIMIT, READ_DEADLINE};
use aurex_store_postgres::PostgresOptions;

use super::super::files::{lines_with, read, rust_files, sources};
use super::super::graph::Graph;
use super::{quoted, table};
use crate::operations::documented;

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
    assert_eq!(said("TLS handshake"), seconds(deadlines.handshake));
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
    let of_one = said("`max_connections_per_client`");
    assert!(settings.contains(&format!("are not counted [default: {of_one}]")));
    // Whatever the sources connect to by themselves is listed under “Outwards”.
    let elsewhere: Vec<_> = sources()
        .into_iter()
        .filter(|s| !s.is_in(&["aurex-server/src/mail/smtp", "aurex-server/src/ops/publisher"]))
        .collect();
    let connects = lines_with(
        &elsewhere,
        &["TcpStream::connect", "UnixStream::connect", "UdpSocket::bind", "lookup_host("],
    );
    assert_eq!(connects, Vec::<String>::new());
    assert!(table(&page, "Outwards").iter().any(|row| row[0].contains("relay")));
    assert!(table(&page, "Outwards").iter().any(|row| row[0] == "witnesses"));
    assert!(table(&page, "Outwards").iter().any(|row| row[0] == "PostgreSQL"));
    assert_eq!(table(&page, "Inwards").len(), 3);
}

#[test]
fn asvs_v1_3_6_v4_2_5_v13_2_4_v14_2_3_v15_3_2_the_server_is_no_client_of_strangers_addresses() {
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
fn asvs_v15_2_2_every_costly_call_has_its_bound_and_a_test_of_it() {
    let code: String = rust_files().into_iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    let rows = table(&read("docs/communication.md"), "Costly calls");
    let mut seen = 0;
    for row in &rows {
        let tests: Vec<&str> = quoted(&row[3]).collect();
        assert!(!tests.is_empty(), "{}: nothing shows that it is bounded", row[0]);
        for test in tests {
            assert!(code.contains(&format!("fn {test}(")), "{test} is no test");
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen}");
}

/// What can be brought stands with its sizes in the page of its kind, and is bounded as it says.
#[test]
fn asvs_v5_1_1_what_can_be_brought_is_written_down_with_its_sizes() {
    let brought: Vec<_> =
        documented().into_iter().filter(|operation| operation.path.ends_with("/import")).collect();
    assert!(!brought.is_empty());
    for operation in brought {
        let reference = operation.value["requestBody"]["content"]["application/json"]["schema"]["$ref"]
            .as_str()
            .unwrap_or_else(|| panic!("{}: {}", operation.id, operation.value["requestBody"]));
        let name = reference.rsplit('/').next().unwrap();
        let document: serde_json::Value = serde_json::from_str(&read("docs/openapi.json")).unwrap();
        let text = &document["components"]["schemas"][name]["properties"]["csv"];
        assert_eq!(text["maxLength"], 65_536, "{name}");
        let (most, page) = if name == "RateTableBody" { (200, "rates") } else { (500, "import") };
        let said = format!("At most {most} rows");
        assert!(text["description"].as_str().unwrap().contains(&said), "{name}");
        assert!(read(&format!("docs/{page}.md")).contains(&format!("{said}, and 65,536 characters")));
    }
    assert!(read("docs/communication.md").contains("65,536 characters of text"));
}
