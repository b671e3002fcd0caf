//! `docs/events.md`: what is logged.

use std::fmt::Write as _;

use aurex_core::rbac::Catalogue;

use super::super::files::sources;
use crate::documents::is_committed;

/// What is observed beside what is done: code, when, and where it is decided.
const OBSERVATIONS: &[(&str, &str)] = &[
    ("audit.exported", "somebody fetched an exported file of the log"),
    ("audit.proved", "somebody got a checkpoint or a proof out of the log"),
    ("audit.reconciled", "the operator held log and tables against each other, and how much was found"),
    ("audit.viewed", "somebody read the log"),
    ("csrf.refused", "another site's page made a browser call"),
    (
        "drill.tampered",
        "the operator altered a copy of the workspace to see whether it is found, and how often it was",
    ),
    ("link.refused", "a mail was asked for in vain or too often, or a link or its code opened nothing"),
    ("mail.refused", "a relay refused a mail for good"),
    ("password.refused", "a wrong present password, when setting a new one"),
    ("permission.refused", "somebody asked for what they may not do, or a limit of their role was met"),
    ("session.concurrent", "somebody signed in while a session of theirs was in use from another network"),
    (
        "session.foreign",
        "a request came with another workspace's session, or with a token that no session here has",
    ),
    ("session.refused", "a sign-in failed, or was put off"),
    ("session.step_up_refused", "somebody signed in failed to prove once more who they are"),
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
        "\n## The server's own log\n\nOn standard error, as text or as JSON lines (`log`), for the operator's collector; how long it is kept is the operator's\n\
         to say. A line for each request: method, pattern of the path, status, duration, id of the request, code of the problem. No\n\
         address of a client, and no path, query, header or body as it was sent. Faults with their whole chain, once; panics; warnings of the start.\n\n\
         ### Fields\n\nOf a line for a request, as JSON. Lines about other things have the first four and fields of their own.\n\n\
         | field | what |\n|---|---|\n\
         | `timestamp` | when, UTC (RFC 3339) |\n\
         | `level` | `INFO`; `WARN` where it could not be answered now, `ERROR` for a fault |\n\
         | `target` | `aurex::access` |\n\
         | `message` | what happened, in words |\n\
         | `method` | of the request; `OTHER` for an unusual one |\n\
         | `route` | the pattern that matched, or `-` |\n\
         | `status` | of the answer |\n\
         | `took_us` | microseconds until the answer's head |\n\
         | `request_id` | as in the answer and in the audit log |\n\
         | `code` | of the problem, or empty |\n\
         | `cause` | of a fault or of what is away: every error of the chain, escaped |\n",
    );
    is_committed("events.md", &page);
    // An observation that the code makes and the inventory does not name. One function hands a code on: what it is called
    // with is looked at instead.
    let services: Vec<_> =
        sources().into_iter().filter(|source| source.is_in(&["aurex-core/src/service"])).collect();
    let mut seen = 0;
    for source in services {
        let made = source
            .code
            .split("Observation::new(")
            .skip(1)
            .filter(|call| !call.starts_with("at, who, scope.facts(), code,"));
        for call in made.chain(source.code.split(" observe(road, scope, ").skip(1)) {
            let code = call.split('"').nth(1).unwrap();
            assert!(OBSERVATIONS.iter().any(|(known, _)| *known == code), "{}: {code}", source.path);
            seen += 1;
        }
    }
    assert!(seen >= OBSERVATIONS.len() / 2, "{seen}");
}
