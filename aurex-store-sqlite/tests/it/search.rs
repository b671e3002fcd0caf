//! Searching a log that is longer than what one page may look through.

use std::fs;
use std::path::Path;

use aurex_core::audit::tree::{Frontier, leaf_hash};
use aurex_core::store::{AuditFilter, PageRequest, Store as _};

use crate::world::{World, plan_of, run};

/// So many entries of somebody's, behind the first.
const MANY: u64 = 12_000;

#[tokio::test]
async fn a_search_stops_at_its_window_and_goes_on_from_there() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    let mut frontier = Frontier::default();
    for n in 0..=MANY {
        frontier.append(leaf_hash(&n.to_be_bytes()));
    }
    let edge: String = frontier.to_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    let grown = format!(
        "BEGIN; UPDATE head SET applying = 1, frontier = x'{edge}';
         INSERT INTO audit_entry
         WITH RECURSIVE place (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM place WHERE n < {MANY})
         SELECT tenant_id, n, bytes, leaf, at + n, actor_id, 'medicine.stock', subject_id, outcome
         FROM place JOIN audit_entry ON seq = 0;
         UPDATE head SET applying = 0; COMMIT"
    );
    run(&mut conn, &grown).await.unwrap();
    let mut reader = world.store.reader(&world.scope(tenant)).await.unwrap();
    let first =
        reader.entries(&AuditFilter::default(), PageRequest { after: Some(1), limit: 1 }).await.unwrap();
    let founder = first.items[0].entry.actor.id.clone();
    // The founder's index is walked, and asked of each entry is its action.
    let filter = AuditFilter {
        actor: Some(founder.clone()),
        action: Some("workspace.open".to_owned()),
        ..AuditFilter::default()
    };
    let page = reader.entries(&filter, PageRequest::first(10)).await.unwrap();
    let window = u64::from(AuditFilter::WINDOW);
    assert_eq!(
        (page.items.len(), page.next),
        (0, Some(MANY + 1 - window)),
        "nothing yet, and where to go on"
    );
    let page = reader.entries(&filter, PageRequest { after: page.next, limit: 10 }).await.unwrap();
    assert_eq!((page.items.len(), page.next), (1, None));
    // What an index answers alone needs no window.
    let filter = AuditFilter { action: Some("workspace.open".to_owned()), ..AuditFilter::default() };
    let page = reader.entries(&filter, PageRequest::first(10)).await.unwrap();
    assert_eq!((page.items, page.next), (first.items, None));
}

#[tokio::test]
async fn each_search_of_the_log_walks_its_own_index() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    for (condition, columns, index) in [
        ("AND subject_id = ?", "seq, actor_id, action, outcome", "INDEX audit_entry_of_subject"),
        ("AND actor_id = ?", "seq, action, outcome", "COVERING INDEX audit_entry_of_actor"),
        ("AND action = ?", "seq, outcome", "COVERING INDEX audit_entry_of_action"),
        ("AND outcome = ? AND outcome <> 'done'", "seq, outcome", "COVERING INDEX audit_entry_not_done"),
        ("", "seq, outcome", "PRIMARY KEY"),
    ] {
        let statement = format!(
            "SELECT tenant_id, seq, bytes, leaf FROM audit_entry WHERE tenant_id = ? AND seq IN (
                SELECT near.seq FROM (
                    SELECT {columns} FROM audit_entry
                    WHERE tenant_id = ? AND seq < ? AND seq >= ? {condition} ORDER BY seq DESC LIMIT ?
                ) AS near
                WHERE near.outcome = coalesce(?, near.outcome) ORDER BY near.seq DESC LIMIT ?
             ) ORDER BY seq DESC"
        );
        let plan = plan_of(&mut conn, &statement).await;
        assert!(plan.contains(index) && !plan.contains("TEMP B-TREE"), "{condition}: {plan}");
    }
}

#[tokio::test]
async fn who_is_typed_is_found_by_the_index_of_words() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(".sqlx");
    let files = fs::read_dir(folder).unwrap().map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    let statements =
        files.map(|text| serde_json::from_str::<serde_json::Value>(&text).unwrap()["query"].clone());
    let mut searches = statements.filter(|query| query.as_str().unwrap().contains("FROM party_word AS w"));
    let search = searches.next().unwrap();
    let plan = plan_of(&mut conn, search.as_str().unwrap()).await;
    assert!(
        plan.contains("SEARCH w USING PRIMARY KEY (tenant_id=? AND kind=? AND word>? AND word<?)"),
        "{plan}"
    );
    // The one scan is of the other words that were typed; what is sorted again is the page.
    assert!(!plan.contains("SCAN party") && !plan.contains("SCAN w") && !plan.contains("SCAN p"), "{plan}");
}
