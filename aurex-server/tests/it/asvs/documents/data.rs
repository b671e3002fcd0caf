//! `docs/data.md`: every column and its class.

use std::fmt::Write as _;

use aurex_core::audit::Class;
use aurex_core::erasure::{PERSONAL, PersonalField, REQUEST};
use aurex_core::store::{TABLES, TableKind};

use crate::documents::is_committed;

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
         paths, ids of requests and codes. Rows are kept as long as the workspace, without what was erased of them.\n\n## Personal columns\n\n\
         A customer's and a former member's are erased when two people decide so, after the legal minimum, from their table\n\
         and from every entry of the log; sessions' and mails' also go by themselves in their time. In the log\n\
         each stands as `table.column` and, as it was before a change, as `table.column.before`\n\
         ([erasure.md](erasure.md), [law.md](law.md)). The log also keeps from where each request came, \
         in no table: ",
    );
    page.push_str(&REQUEST.map(|name| format!("`{name}`")).join(", "));
    page.push_str(".\n\n| table | column | kept for | what stands there afterwards |\n|---|---|---|---|\n");
    for PersonalField { table, name, kept_for, leaves } in PERSONAL {
        let leaves = leaves.unwrap_or("nothing");
        let _ = writeln!(page, "| `{table}` | `{name}` | {kept_for} | {leaves} |");
    }
    page.push_str("\n## Tables of facts\n\n| table | column | class |\n|---|---|---|\n");
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
            TableKind::Index => "what rows are found by, *personal*, and gone when they are erased",
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
