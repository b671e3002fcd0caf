//! How the server goes about statements that must not read a whole table, as the application's role and behind the walls:
//! row-level security forbids it indexes that anybody else may use.

use std::fs;
use std::path::Path;

use aurex_store_postgres::Policy;
use serde_json::Value;

use crate::world::{Database, rows, run};

/// The one committed statement that begins so.
fn statement(begins: &str) -> String {
    one(begins, "")
}

/// The one committed statement that begins so and has this in it.
fn one(begins: &str, within: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let statements = files.map(|text| serde_json::from_str::<Value>(&text).unwrap()["query"].clone());
    let found: Vec<String> = statements
        .map(|statement| statement.as_str().unwrap().to_owned())
        .filter(|statement| statement.starts_with(begins) && statement.contains(within))
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

/// Two conditions that hardly ever meet are looked for in an index alone, and of the entries only those are fetched that meet
/// both: ten thousand entries fetched from all over a great log take a quarter of a second and more.
#[tokio::test]
async fn a_window_of_the_log_is_looked_through_in_its_index_alone() {
    let database = Database::migrated(Policy::Filters).await;
    let shop = "00000000-0000-0000-0000-00000000000a";
    let entries = format!(
        "ALTER TABLE aurex.audit_entry DISABLE TRIGGER ALL;
         INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
         SELECT '{shop}', seq, '', sha256(''), seq, 'x' || seq % 5, 'y' || seq % 7, 'z', 'done'
         FROM generate_series(0, 19999) AS seq"
    );
    let mut superuser = database.superuser().await;
    run(&mut superuser, &entries).await.unwrap();
    run(&mut superuser, "VACUUM ANALYZE aurex.audit_entry").await.unwrap();
    let mut app = database.app().await;
    let begins = "SELECT tenant_id, seq, bytes, leaf FROM aurex.audit_entry\n             WHERE tenant_id = $1 AND seq = ANY";
    for (of, index, arguments) in [
        ("actor_id", "audit_entry_of_actor", "'x1', 'nothing', NULL"),
        ("action", "audit_entry_of_action", "'y1', 'refused'"),
    ] {
        let search = one(begins, &format!("AND {of} = $6::text"));
        let prepare = format!(
            "SET aurex.tenant_id = '{shop}'; SET plan_cache_mode = force_generic_plan;
             DEALLOCATE ALL; PREPARE search AS {search}"
        );
        run(&mut app, &prepare).await.unwrap();
        let execute = format!("EXECUTE search ('{shop}', 20000, 0, 10000, 51, {arguments})");
        assert_eq!(rows(&mut app, &execute).await, [] as [Vec<Option<String>>; 0]);
        let plan = rows(&mut app, &format!("EXPLAIN (COSTS OFF) {execute}")).await;
        let plan = plan.into_iter().filter_map(|mut row| row.remove(0)).collect::<Vec<_>>().join("\n");
        assert!(plan.contains(&format!("Index Only Scan Backward using {index}")), "{plan}");
        assert!(!plan.contains("Seq Scan") && !plan.contains("Bitmap"), "{plan}");
    }
}

/// Who is typed is found by the words' index, page for page, and nobody else is looked at: not one of a hundred thousand.
#[tokio::test]
async fn who_is_typed_is_found_by_the_index_of_words() {
    let database = Database::migrated(Policy::Filters).await;
    let shop = "00000000-0000-0000-0000-00000000000a";
    let parties = format!(
        "ALTER TABLE aurex.party DISABLE TRIGGER ALL; ALTER TABLE aurex.party ENABLE ALWAYS TRIGGER is_found;
         INSERT INTO aurex.party (tenant_id, id, kind, name, created_at, version)
         SELECT '{shop}', lpad(n::text, 32, '0')::uuid, 'customer', 'Asha ' || chr(97 + n % 26) || 'hah', 1, 1
         FROM generate_series(1, 20000) AS n"
    );
    let mut superuser = database.superuser().await;
    run(&mut superuser, &parties).await.unwrap();
    run(&mut superuser, "VACUUM ANALYZE aurex.party_word, aurex.party").await.unwrap();
    let mut app = database.app().await;
    let search = one("SELECT p.tenant_id, p.id, p.kind", "FROM aurex.party_word AS w");
    let prepare = format!(
        "SET aurex.tenant_id = '{shop}'; SET plan_cache_mode = force_generic_plan; PREPARE typed AS {search}"
    );
    run(&mut app, &prepare).await.unwrap();
    let nobody = "00000000-0000-0000-0000-000000000000";
    let execute = format!(
        "EXECUTE typed ('{shop}', 'customer', 'shah', 'shai', '{nobody}', ARRAY['as'], ARRAY['at'], 3)"
    );
    assert_eq!(rows(&mut app, &execute).await.len(), 3);
    let plan = rows(&mut app, &format!("EXPLAIN (COSTS OFF) {execute}")).await;
    let plan = plan.into_iter().filter_map(|mut row| row.remove(0)).collect::<Vec<_>>().join("\n");
    assert!(plan.contains("Index Only Scan using party_word_pkey on party_word w"), "{plan}");
    assert!(!plan.contains("Seq Scan on"), "{plan}");
}
