//! How the server goes about statements that must not read a whole table, as the application's role and behind the walls:
//! row-level security forbids it indexes that anybody else may use.

use std::fs;
use std::path::Path;

use aurex_store_postgres::Policy;
use serde_json::Value;

use crate::world::{Database, rows, run};

/// The one committed statement that begins so.
fn statement(begins: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let statements = files.map(|text| serde_json::from_str::<Value>(&text).unwrap()["query"].clone());
    let found: Vec<String> = statements
        .map(|statement| statement.as_str().unwrap().to_owned())
        .filter(|statement| statement.starts_with(begins))
        .collect();
    let [one] = found.try_into().unwrap();
    one
}

/// Where a log at an instant is, is found by halving: a page of a day among ten million entries takes two dozen of them.
#[tokio::test]
async fn the_place_of_an_instant_is_found_by_the_entries_own_index() {
    let database = Database::migrated(Policy::Filters).await;
    let shop = "00000000-0000-0000-0000-00000000000a";
    let entries = format!(
        "ALTER TABLE aurex.audit_entry DISABLE TRIGGER ALL;
         INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
         SELECT '{shop}', seq, '', sha256(''), seq, 'x', 'y', 'z', 'done' FROM generate_series(0, 4999) AS seq;
         ANALYZE aurex.audit_entry"
    );
    run(&mut database.superuser().await, &entries).await.unwrap();
    let mut app = database.app().await;
    let search = statement("WITH RECURSIVE search ");
    let prepare = format!(
        "SET aurex.tenant_id = '{shop}'; SET plan_cache_mode = force_generic_plan;
         PREPARE place (uuid, bigint, bigint) AS {search}"
    );
    run(&mut app, &prepare).await.unwrap();
    let found = rows(&mut app, &format!("EXECUTE place ('{shop}', 5000, 1234)")).await;
    assert_eq!(found, [[Some("1234".to_owned())]]);
    let plan = rows(&mut app, &format!("EXPLAIN (COSTS OFF) EXECUTE place ('{shop}', 5000, 1234)")).await;
    let plan: Vec<String> = plan.into_iter().filter_map(|mut row| row.remove(0)).collect();
    let is_by_place = plan.iter().any(|line| line.contains("Index Cond:") && line.contains("seq ="));
    assert!(is_by_place, "{}", plan.join("\n"));
}
