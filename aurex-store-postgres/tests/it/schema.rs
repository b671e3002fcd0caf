//! The schemas of the two stores mean the same: table for table, column for column and in the same order, with the same
//! checks, keys, references and indexes. What differs on purpose is listed here, with why.
//!
//! Both are read as they are written, and SQLite's words are put into PostgreSQL's.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// One table: its columns in order, its other clauses, its indexes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Table {
    columns: Vec<(String, String)>,
    clauses: BTreeSet<String>,
    indexes: BTreeSet<String>,
}

type Schema = BTreeMap<String, Table>;

/// The migrations' files in a folder and the folders in it, by name.
fn migrations(of: &str) -> BTreeMap<String, String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(of);
    let mut files: Vec<PathBuf> = Vec::new();
    let mut folders = vec![folder];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    let read = |path: PathBuf| {
        (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
    };
    files.into_iter().map(read).collect()
}

fn read(of: &str) -> Schema {
    let mut schema = Schema::new();
    for sql in migrations(of).values() {
        let mut open: Option<String> = None;
        for line in sql.lines().map(|line| line.trim().trim_end_matches(',')) {
            // SQLite has what an index carries along among its columns.
            let words = line.replace("aurex.", "").replace(") INCLUDE (", ", ");
            if let Some(name) = words.strip_prefix("CREATE TABLE ").and_then(|rest| rest.strip_suffix(" (")) {
                assert!(schema.insert(name.to_owned(), Table::default()).is_none(), "{name} twice");
                open = Some(name.to_owned());
            } else if words.starts_with("CREATE INDEX") || words.starts_with("CREATE UNIQUE INDEX") {
                let (_, rest) = words.split_once(" ON ").unwrap();
                let (table, _) = rest.split_once(' ').unwrap();
                schema.get_mut(table).unwrap().indexes.insert(words.trim_end_matches(';').to_owned());
            } else if line.starts_with(')') {
                open = None;
            } else if let Some(table) = open.as_ref().and_then(|name| schema.get_mut(name)) {
                let (first, rest) = words.split_once(' ').unwrap();
                if ["PRIMARY", "FOREIGN", "CHECK"].contains(&first) {
                    table.clauses.insert(words.clone());
                } else {
                    table.columns.push((first.to_owned(), rest.to_owned()));
                }
            }
        }
    }
    schema
}

/// A column of SQLite's as PostgreSQL has it.
fn column(name: &str, sqlite: &str) -> String {
    let optional = format!("CHECK ({name} IS NULL OR ");
    let words = sqlite.replace(&optional, "CHECK (");
    let is = |check: &str| format!(" CHECK ({check})");
    let (id, date, flag) = (
        is(&format!("length({name}) = 16")),
        is(&format!("length({name}) = 10")),
        is(&format!("{name} IN (0, 1)")),
    );
    let (kind, rest) = words.split_once(' ').unwrap_or((&words, ""));
    let rest = format!(" {rest}");
    let (kind, rest) = match kind {
        // References to ids that are checked where they are made have no check of their own.
        "BLOB" if name == "tenant_id" || rest.contains(&id) => ("UUID", rest.replace(&id, "")),
        "BLOB" => ("BYTEA", rest.replace("(length(", "(octet_length(")),
        "TEXT" if rest.contains(&date) => ("DATE", rest.replace(&date, "")),
        "TEXT" => ("TEXT COLLATE \"C\"", rest),
        "INTEGER" if rest.contains(&flag) => ("BOOLEAN", rest.replace(&flag, "")),
        "INTEGER" => ("BIGINT", rest),
        other => panic!("{name} is {other}"),
    };
    format!("{kind}{rest}").trim().to_owned()
}

/// SQLite's schema in PostgreSQL's words.
fn translated(sqlite: Schema) -> Schema {
    let table = |table: Table| Table {
        columns: table.columns.iter().map(|(name, words)| (name.clone(), column(name, words))).collect(),
        clauses: table
            .clauses
            .iter()
            .map(|clause| clause.replace("REFERENCES tenant ", "REFERENCES directory "))
            .collect(),
        indexes: table.indexes,
    };
    sqlite.into_iter().map(|(name, t)| (name, table(t))).collect()
}

impl Table {
    fn without(mut self, column: &str) -> Self {
        let before = self.columns.len();
        self.columns.retain(|(name, _)| name != column);
        assert_eq!(self.columns.len() + 1, before, "there is no {column} any more: strike the exception");
        self
    }

    /// With a tenant in front of every row, key and index.
    fn of_a_tenant(mut self) -> Self {
        self.columns.insert(0, ("tenant_id".to_owned(), "UUID NOT NULL".to_owned()));
        self.clauses =
            self.clauses.iter().map(|clause| clause.replace("KEY (", "KEY (tenant_id, ")).collect();
        self.indexes = self.indexes.iter().map(|index| index.replacen(" (", " (tenant_id, ", 1)).collect();
        self
    }
}

/// SQLite's schema with every difference that is meant taken out of it.
fn meant(mut sqlite: Schema) -> Schema {
    // Which shop a file is of. On PostgreSQL the directory says which there are.
    sqlite.remove("tenant").expect("the exception is still one");
    let mut change = |table: &str, how: &dyn Fn(Table) -> Table| {
        let old = sqlite.remove(table).unwrap();
        sqlite.insert(table.to_owned(), how(old));
    };
    // The flag by which SQLite's guards know that an entry is being appended; PostgreSQL's ask the entry for its
    // transaction.
    change("head", &|head| head.without("applying"));
    // What stands in a file of the deployment's stands in the operator's own tenant here.
    change("key_check", &Table::of_a_tenant);
    change("throttle_bucket", &Table::of_a_tenant);
    change("mail_delivery", &Table::of_a_tenant);
    change("observed_tenant", &|mut table| {
        for (name, _) in &mut table.columns {
            *name = name.replace("tenant_id", "observed");
        }
        table.clauses = table.clauses.iter().map(|clause| clause.replace("tenant_id", "observed")).collect();
        table.of_a_tenant()
    });
    sqlite
}

#[test]
fn both_stores_have_the_same_migrations_by_number_and_name() {
    let names = |of| migrations(of).into_keys().collect::<Vec<_>>();
    let ours = names("migrations");
    assert_eq!(ours, names("../aurex-store-sqlite/migrations"));
    // A number is one file's; some are left out, where work that had them came to nothing.
    let numbers: BTreeSet<_> =
        ours.iter().map(|name| name.split_once('_').unwrap().0.parse::<u16>().unwrap()).collect();
    assert!(ours.len() >= 7 && numbers.len() == ours.len());
}

#[test]
fn both_schemas_mean_the_same() {
    let mut ours = read("migrations");
    // The transaction that appended the entry, for the guards.
    let entries = ours.remove("audit_entry").unwrap();
    ours.insert("audit_entry".to_owned(), entries.without("tx"));
    // When an end was set by the server's own clock, against an application that was taken over; a file has no server.
    let directory = ours.remove("directory").unwrap();
    ours.insert("directory".to_owned(), directory.without("end_set_at"));

    let theirs = meant(translated(read("../aurex-store-sqlite/migrations")));
    assert!(ours.len() > 25);
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (name, table) in &ours {
        assert!(table.columns.len() > 1 && !table.clauses.is_empty(), "{name}: {table:?}");
        assert_eq!(*table, theirs[name], "{name}");
    }
}

#[test]
fn every_key_reference_and_unique_index_begins_with_the_tenant() {
    for (name, table) in read("migrations") {
        let begins = |words: &str| {
            words.contains("KEY (tenant_id") || words.contains(&format!("ON {name} (tenant_id"))
        };
        let keys = table.clauses.iter().filter(|clause| clause.contains("KEY ("));
        for words in keys.chain(&table.indexes) {
            // Slugs are unique among all workspaces; the directory is the one table keyed by the tenant id itself.
            assert!(
                begins(words) || words == "CREATE UNIQUE INDEX directory_slug ON directory (slug)",
                "{words}"
            );
        }
        assert_eq!(table.columns[0].0, "tenant_id");
        assert_eq!(table.columns[0].1, "UUID NOT NULL");
    }
}
