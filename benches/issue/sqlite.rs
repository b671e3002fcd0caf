//! The SQLite store, and the floor below it.
//!
//! The floor is a program that knows beforehand what every row will say: it reads nothing, decides nothing and hashes
//! nothing, and writes with prepared statements, a row a call, on one thread without an executor. It writes into a copy
//! of the store's own file with its keys, indexes and foreign keys, but without its guards. After every run the two
//! files hold the same rows, which [`Floor::assert_same_as_original`] sees to.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aurex_core::audit::Opening;
use aurex_core::audit::tree::{Frontier, leaf_hash};
use aurex_core::store::conformance::{Fixture, World};
use aurex_core::tenancy::TenantId;
use aurex_store_sqlite::{SqliteOptions, SqliteStore};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Statement, params_from_iter};
use tempfile::TempDir;

/// A store in a folder of its own below `parent`.
pub struct Sqlite {
    pub world: World,
    store: SqliteStore,
    folder: Arc<TempDir>,
}

impl Sqlite {
    pub async fn open(parent: &Path) -> Self {
        let folder = Arc::new(TempDir::new_in(parent).unwrap());
        let options = SqliteOptions::default();
        let (patience, places) = (options.patience, options.places);
        let (store, authority) = SqliteStore::open(&folder.path().join("store"), options).await.unwrap();
        let keep = Box::new(Arc::clone(&folder));
        let world = World::of(Fixture {
            store: Arc::new(store.clone()),
            authority,
            keep,
            patience,
            places,
            reopen: None,
        });
        Self { world, store, folder }
    }

    /// Where one tenant's tables are.
    pub async fn file(&self, tenant: TenantId) -> PathBuf {
        self.store.file_of(tenant).await.unwrap()
    }

    /// The floor below one tenant, as of now.
    pub async fn floor(&self, tenant: TenantId, which: Rows) -> Floor {
        let original = self.file(tenant).await;
        Floor::below(&original, self.folder.path(), which)
    }
}

/// Every table that a bill of pieces puts rows into, by how the rows of one bill are found: `?1` is the bill, `?2` its
/// number in the log.
const INSERTED: [(&str, &str); 9] = [
    ("audit_entry", "seq = ?2"),
    ("audit_opening", "seq = ?2"),
    ("idempotency_key", "resource = (SELECT subject_id FROM audit_entry WHERE seq = ?2)"),
    ("journal_entry", "id = (SELECT entry FROM invoice WHERE id = ?1)"),
    ("posting", "entry = (SELECT entry FROM invoice WHERE id = ?1)"),
    ("stock_movement", "entry = (SELECT entry FROM invoice WHERE id = ?1)"),
    ("invoice", "id = ?1"),
    ("invoice_line", "invoice = ?1"),
    ("invoice_parties", "invoice = ?1"),
];

/// The rows that a bill changes, each as the parameters of its statement. `?1` and `?2` as above; of the head and the
/// series only the last state is kept, so every bill of a round writes that one.
const CHANGED: [(&str, &str); 4] = [
    (
        "SELECT state, version, tenant_id, id FROM item WHERE id IN (SELECT item FROM invoice_line WHERE invoice = ?1)",
        "UPDATE item SET state = ?, version = ? WHERE tenant_id = ? AND id = ?",
    ),
    (
        "SELECT max(amount, 0), max(-amount, 0), tenant_id, account FROM posting
         WHERE entry = (SELECT entry FROM invoice WHERE id = ?1)",
        "UPDATE balance SET debit = debit + ?, credit = credit + ? WHERE tenant_id = ? AND account = ?",
    ),
    (
        "SELECT next, last_date, tenant_id, kind, prefix, year FROM series WHERE kind = 'invoice'",
        "UPDATE series SET next = ?, last_date = ? WHERE tenant_id = ? AND kind = ? AND prefix = ? AND year = ?",
    ),
    (
        "SELECT frontier, last_at, tenant_id FROM head",
        "UPDATE head SET frontier = ?, last_at = ? WHERE tenant_id = ?",
    ),
];

/// The rows of one bill by statement.
type Bill = Vec<Vec<Vec<Value>>>;

/// Which rows are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Those of the store, one by one. What the log's entry says is known beforehand.
    Same,
    /// Those of the store, with the work of the log done again: commitments, leaf and tree.
    Hashed,
    /// A log without proof: its row holds what the change wrote, as plain bytes, and nothing hangs together.
    Unchained,
}

/// The same rows in hand-written SQL.
pub struct Floor {
    original: Connection,
    copy: Connection,
    which: Rows,
    tree: Frontier,
    /// The last entry of the log that the copy has.
    seen: i64,
}

fn rows(statement: &mut Statement<'_>, of: &[&dyn rusqlite::ToSql]) -> Vec<Vec<Value>> {
    let columns = statement.column_count();
    let named = statement.parameter_count();
    let found = statement.query_map(&of[..named], |row| (0..columns).map(|n| row.get(n)).collect()).unwrap();
    found.map(Result::unwrap).collect()
}

impl Floor {
    fn below(original: &Path, folder: &Path, which: Rows) -> Self {
        let name = original.file_name().unwrap().to_str().unwrap();
        let path = folder.join(format!("{which:?}-{name}"));
        let original = Connection::open_with_flags(original, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        original.execute("VACUUM INTO ?", [path.to_str().unwrap()]).unwrap();
        let copy = Connection::open(&path).unwrap();
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;";
        copy.execute_batch(settings).unwrap();
        for guard in names(&copy, "trigger") {
            copy.execute_batch(&format!("DROP TRIGGER {guard}")).unwrap();
        }
        let seen = last_entry(&copy);
        Self { original, copy, which, tree: Frontier::default(), seen }
    }

    /// The bills that the store has issued since this was asked last.
    pub fn issued(&mut self) -> Vec<Bill> {
        let mut entries = self
            .original
            .prepare(
                "SELECT unhex(substr(subject_id, 1 + instr(subject_id, '_'))), seq FROM audit_entry
                 WHERE seq > ? AND action = 'invoice.issue' ORDER BY seq",
            )
            .unwrap();
        let entries: Vec<(Value, i64)> = entries
            .query_map([self.seen], |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let inserted = INSERTED.map(|(table, of)| format!("SELECT * FROM {table} WHERE {of}"));
        let selects = inserted.iter().map(String::as_str).chain(CHANGED.map(|(select, _)| select));
        let mut selects: Vec<_> = selects.map(|select| self.original.prepare(select).unwrap()).collect();
        self.seen = last_entry(&self.original);
        let bills: Vec<Bill> = entries
            .iter()
            .map(|(bill, seq)| selects.iter_mut().map(|select| rows(select, &[bill, seq])).collect())
            .collect();
        assert!(bills.iter().flatten().all(|rows| !rows.is_empty()), "a table has no row of a bill");
        if self.which == Rows::Unchained { bills.into_iter().map(unchained).collect() } else { bills }
    }

    /// Writes bills, a transaction each.
    pub fn write(&mut self, bills: &[Bill]) -> Vec<Duration> {
        let inserts = INSERTED.map(|(table, _)| {
            let columns = self.copy.prepare(&format!("SELECT * FROM {table}")).unwrap().column_count();
            format!("INSERT INTO {table} VALUES (?{})", ", ?".repeat(columns - 1))
        });
        let statements = inserts.iter().map(String::as_str).chain(CHANGED.map(|(_, change)| change));
        let mut statements: Vec<_> = statements.map(|text| self.copy.prepare(text).unwrap()).collect();
        let mut begin = self.copy.prepare("BEGIN IMMEDIATE").unwrap();
        let mut commit = self.copy.prepare("COMMIT").unwrap();
        let mut taken = Vec::with_capacity(bills.len());
        for bill in bills {
            let openings = if self.which == Rows::Hashed { openings_of(bill) } else { Vec::new() };
            let started = Instant::now();
            begin.execute([]).unwrap();
            if self.which == Rows::Hashed {
                hash(&mut self.tree, bill, &openings);
            }
            for (statement, rows) in statements.iter_mut().zip(bill) {
                for row in rows {
                    assert_eq!(statement.execute(params_from_iter(row)).unwrap(), 1);
                }
            }
            commit.execute([]).unwrap();
            taken.push(started.elapsed());
        }
        taken
    }

    /// Both files hold the same rows, table by table.
    pub fn assert_same_as_original(&self) {
        for table in names(&self.copy, "table") {
            let all = format!("SELECT * FROM {table}");
            let here = rows(&mut self.copy.prepare(&all).unwrap(), &[]);
            let there = rows(&mut self.original.prepare(&all).unwrap(), &[]);
            assert!(here == there, "{table} differs");
        }
    }
}

/// A bill's rows as a log without proof would have them: no openings, no head, no leaf.
fn unchained(mut bill: Bill) -> Bill {
    let body = bill[1][0][5].clone();
    bill[0][0][2] = body;
    bill[0][0][3] = Value::Blob(vec![0; 32]);
    bill[1].clear();
    bill.last_mut().unwrap().clear();
    bill
}

/// The openings of a bill's entry as core knows them.
fn openings_of(bill: &Bill) -> Vec<Opening> {
    let opening = |row: &Vec<Value>| {
        let [_, _, Value::Integer(slot), Value::Text(name), Value::Blob(salt), Value::Blob(content)] =
            row.as_slice()
        else {
            panic!("an opening is something else");
        };
        Opening {
            slot: u16::try_from(*slot).unwrap(),
            name: name.clone(),
            salt: salt.as_slice().try_into().unwrap(),
            content: content.clone(),
        }
    };
    bill[1].iter().map(opening).collect()
}

/// What the log costs beside its rows: a salt and a commitment an opening, the leaf, the tree and its edge.
fn hash(tree: &mut Frontier, bill: &Bill, openings: &[Opening]) {
    for opening in openings {
        black_box((leaf_hash(&opening.salt), opening.hash()));
    }
    let Value::Blob(entry) = &bill[0][0][2] else { panic!("an entry is bytes") };
    tree.append(leaf_hash(entry));
    black_box(tree.to_bytes());
}

fn names(file: &Connection, kind: &str) -> Vec<String> {
    let text = "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'";
    let mut statement = file.prepare(text).unwrap();
    statement.query_map([kind], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn last_entry(file: &Connection) -> i64 {
    file.query_row("SELECT max(seq) FROM audit_entry", [], |row| row.get(0)).unwrap()
}
