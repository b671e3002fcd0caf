//! The PostgreSQL store in a database of its own, and PostgreSQL's own programs beside it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use aurex_core::store::conformance::{Fixture, World};
use aurex_store_postgres::testing::TestDatabase;
use aurex_store_postgres::{Policy, PostgresOptions, PostgresStore};

/// The server that the environment names, as its superuser; none where it names none.
#[expect(clippy::disallowed_methods, reason = "which server is measured is the environment's to say")]
pub fn server() -> Option<String> {
    std::env::var("AUREX_TEST_POSTGRES_URL").ok()
}

/// A store with the standard options.
pub struct Postgres {
    pub world: World,
    /// The database's URL, as the superuser.
    pub url: String,
}

impl Postgres {
    /// A new one on `server`.
    pub async fn open(server: &str) -> Self {
        let database = TestDatabase::fresh(server, Policy::Filters).await.unwrap();
        let url = database.url().to_owned();
        let options = PostgresOptions::default();
        let (patience, places) = (options.patience, options.places);
        let (store, authority) = PostgresStore::open(&url, options).await.unwrap();
        let keep = Box::new(database);
        let fixture = Fixture { store: Arc::new(store), authority, keep, patience, places, reopen: None };
        Self { world: World::of(fixture), url }
    }

    /// Copies the tables into the schema `floor`: see `copy.sql`.
    pub fn copy(&self) {
        run_file(&self.url, "copy.sql");
    }

    /// Copies, and makes the floor below a bill: see `floor.sql`. Every shop's last entry is a bill by then.
    pub fn lay_floor(&self) {
        self.copy();
        run_file(&self.url, "floor.sql");
    }

    /// Closes the store and drops the database.
    pub async fn end(self) {
        drop(self.world.end().await);
    }
}

/// One of PostgreSQL's own programs, from where `pg_config` says.
fn tool(name: &str) -> Command {
    let folder = Command::new("pg_config").arg("--bindir").output();
    let folder = folder.ok().map(|said| String::from_utf8(said.stdout).unwrap().trim().to_owned());
    match folder.map(|folder| Path::new(&folder).join(name)).filter(|path| path.exists()) {
        Some(path) => Command::new(path),
        None => Command::new(name),
    }
}

fn run(command: &mut Command) -> String {
    let done = command.stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&done.stderr);
    // Not the command itself: it names the server with its password.
    assert!(done.status.success(), "{:?}: {said}", command.get_program());
    String::from_utf8(done.stdout).unwrap()
}

fn run_file(url: &str, name: &str) {
    let file: PathBuf = [env!("CARGO_MANIFEST_DIR"), "postgres", name].iter().collect();
    run(tool("psql").args(["-X", "-q", "-f"]).arg(file).arg(url));
}

/// Runs statements as the superuser.
pub fn psql(url: &str, statements: &str) {
    run(tool("psql").args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statements, url]));
}

/// What the superuser's statement answers, a row a line.
pub fn answered(url: &str, statement: &str) -> String {
    run(tool("psql").args(["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement, url]))
}

/// How the server goes about a statement of a tenant's: the kinds of scans, sorts and joins, from the outermost in, without
/// the gate that row-level security puts before them.
pub fn plan(url: &str, role: &str, tenant: &str, statement: &str) -> Vec<String> {
    let settings = format!("SET ROLE {role}; SET aurex.tenant_id = '{tenant}'");
    let explain = format!("EXPLAIN (COSTS OFF) {statement}");
    let plan = answered(url, &format!("{settings}; {explain}"));
    let nodes = plan.lines().map(|line| line.trim().trim_start_matches("->").trim());
    let nodes = nodes.filter_map(|line| line.split(" using ").next()?.split(" on ").next());
    let kinds = ["Scan", "Sort", "Join", "Loop", "Limit", "Aggregate"];
    let nodes = nodes.filter(|node| !node.contains(':') && kinds.iter().any(|kind| node.contains(kind)));
    let mut nodes: Vec<String> = nodes.map(str::to_owned).collect();
    nodes.sort_unstable();
    nodes
}

/// A script, by so many clients, so many times each, with prepared statements: how long one takes, all clients together.
pub fn pgbench(url: &str, role: &str, script: &str, clients: usize, times: usize) -> Duration {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(script.as_bytes()).unwrap();
    let options = format!("-c role={role}");
    tps(&run(bench(clients, times).env("PGOPTIONS", options).arg("-n").arg("-f").arg(file.path()).arg(url)))
}

/// TPC-B as pgbench has it, at scale 10: what this server does with work that everybody knows.
pub fn tpc_b(url: &str, clients: usize, times: usize) -> Duration {
    tps(&run(bench(clients, times).arg("-n").arg(url)))
}

/// Prepares [`tpc_b`].
pub fn prepare_tpc_b(url: &str) {
    run(tool("pgbench").args(["-i", "-q", "-s", "10", url]));
}

fn bench(clients: usize, times: usize) -> Command {
    let mut bench = tool("pgbench");
    let threads = clients.min(2).to_string();
    bench.args(["-M", "prepared", "-j", &threads, "-c", &clients.to_string(), "-t", &times.to_string()]);
    bench
}

/// "tps = 1234.567890 (without initial connection time)"
fn tps(said: &str) -> Duration {
    let line = said.lines().find_map(|line| line.strip_prefix("tps = ")).unwrap();
    let (whole, part) = line.split_whitespace().next().unwrap().split_once('.').unwrap();
    let thousandths: u64 = format!("{whole}{:0<3}", part.get(..3).unwrap_or(part)).parse().unwrap();
    Duration::from_nanos(1_000_000_000_000 / thousandths.max(1))
}
