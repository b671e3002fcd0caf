//! What the files refuse by themselves, to a connection without a single setting of ours.

use aurex_core::store::{Advance, FullTile, NewCheckpoint, Store as _, TableKind, Transparency as _};
use aurex_core::time::Timestamp;

use crate::world::{World, number, plan_of, run};

async fn refused(world: &World, tenant: aurex_core::tenancy::TenantId, sql: &str) -> String {
    let mut conn = world.careless(tenant).await;
    run(&mut conn, sql).await.expect_err(sql)
}

#[tokio::test]
async fn facts_are_written_with_an_entry_or_not_at_all() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let lot = "INSERT INTO lot SELECT tenant_id, randomblob(16), 'x', 'gold', 1, 0, 'stock' FROM head";
    assert!(refused(&world, tenant, lot).await.contains("written with an entry"));
    let flagged = format!("BEGIN; UPDATE head SET applying = 1, frontier = x'00'; {lot}; ROLLBACK");
    let mut conn = world.careless(tenant).await;
    run(&mut conn, &flagged).await.expect("the same statement, while an entry is being appended");
}

#[tokio::test]
async fn asvs_v8_4_1_a_row_of_another_tenant_is_refused() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let foreign = "BEGIN; UPDATE head SET applying = 1, frontier = x'00';
        INSERT INTO lot VALUES (randomblob(16), randomblob(16), 'x', 'gold', 1, 0, 'stock')";
    assert!(refused(&world, tenant, foreign).await.contains("of its own tenant"));
    assert!(
        refused(&world, tenant, "INSERT INTO tenant VALUES (randomblob(16))").await.contains("one tenant")
    );
    assert!(
        refused(&world, tenant, "UPDATE tenant SET tenant_id = randomblob(16)").await.contains("one tenant")
    );
    assert!(refused(&world, tenant, "DELETE FROM tenant").await.contains("one tenant"));
}

#[tokio::test]
async fn asvs_v16_4_2_the_log_is_append_only_also_to_insert_or_replace() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let open = "BEGIN; UPDATE head SET applying = 1, frontier = x'00';";
    for statement in [
        "UPDATE audit_entry SET at = 0",
        "DELETE FROM audit_entry",
        "INSERT INTO audit_entry SELECT * FROM audit_entry WHERE true
             ON CONFLICT (tenant_id, seq) DO UPDATE SET at = 0",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry",
        "UPDATE audit_opening SET content = x'00'",
        "UPDATE audit_opening SET salt = NULL, content = NULL WHERE slot = 0",
        "DELETE FROM audit_opening",
        "INSERT OR REPLACE INTO audit_opening SELECT * FROM audit_opening",
        "DELETE FROM head",
        "UPDATE head SET last_at = last_at - 1",
        "UPDATE head SET epoch = 0",
        "UPDATE head SET applying = 0; UPDATE head SET applying = 1",
    ] {
        refused(&world, tenant, &format!("{open} {statement}")).await;
    }
    let mut conn = world.careless(tenant).await;
    assert_eq!(number(&mut conn, "SELECT count(*) FROM audit_entry").await, 1);
}

#[tokio::test]
async fn asvs_v16_4_2_what_is_published_is_only_added_to() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut frontier = aurex_core::audit::tree::Frontier::default();
    let leaf = aurex_core::audit::tree::leaf_hash(b"an entry");
    frontier.append(leaf);
    let checkpoint = NewCheckpoint { note: "note".to_owned(), at: Timestamp::from_micros(5) };
    let tiles = vec![FullTile { level: 0, index: 0, root: leaf, hashes: vec![0; 8192] }];
    let step = Advance { from: 0, frontier, tiles, checkpoint: Some(checkpoint) };
    assert!(world.store.advance(tenant, &step).await.unwrap());
    world.store.keep_log_keys(tenant, &["key".to_owned()], 1).await.unwrap();
    world.store.close().await;

    let mut conn = world.careless_in_the_house(tenant).await;
    let cosigned = "INSERT INTO audit_cosignature SELECT tenant_id, 1, 'witness', 'line', 5 FROM audit_edge;
        INSERT INTO audit_link SELECT tenant_id, randomblob(16), 0 FROM audit_edge";
    run(&mut conn, cosigned).await.unwrap();
    let mut statements = vec![
        "UPDATE audit_edge SET size = 0".to_owned(),
        "UPDATE audit_edge SET at = 4".to_owned(),
        "UPDATE audit_edge SET at = NULL".to_owned(),
        "DELETE FROM audit_edge".to_owned(),
        "INSERT OR REPLACE INTO audit_edge SELECT * FROM audit_edge".to_owned(),
        "INSERT INTO audit_checkpoint SELECT tenant_id, 0, root, 'another', 6 FROM audit_checkpoint"
            .to_owned(),
    ];
    for (table, key, column) in [
        ("audit_tile", "tenant_id, level, number", "root"),
        ("audit_checkpoint", "tenant_id, size", "note"),
        ("audit_cosignature", "tenant_id, size, signer", "line"),
        ("audit_key", "tenant_id, key", "since"),
        ("audit_link", "tenant_id, id", "seq"),
    ] {
        statements.extend([
            format!("UPDATE {table} SET {column} = {column}"),
            format!("DELETE FROM {table}"),
            format!("INSERT OR REPLACE INTO {table} SELECT * FROM {table}"),
            format!("REPLACE INTO {table} SELECT * FROM {table}"),
            format!(
                "INSERT INTO {table} SELECT * FROM {table} WHERE true
                 ON CONFLICT ({key}) DO UPDATE SET {column} = excluded.{column}"
            ),
        ]);
    }
    for statement in statements {
        let refused = run(&mut conn, &statement).await.expect_err(&statement);
        assert!(refused.contains("audit_"), "{statement}: {refused}");
    }
    for table in
        ["audit_edge", "audit_tile", "audit_checkpoint", "audit_cosignature", "audit_key", "audit_link"]
    {
        assert_eq!(number(&mut conn, &format!("SELECT count(*) FROM {table}")).await, 1, "{table}");
    }
}

#[tokio::test]
async fn asvs_v16_4_2_an_opening_is_emptied_behind_the_entry_of_an_erasure_alone() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    let entry = |seq, action| {
        format!(
            "UPDATE head SET applying = 1, frontier = CAST(frontier || x'00' AS BLOB);
             INSERT INTO audit_entry SELECT tenant_id, {seq}, x'', zeroblob(32), 0, 'x', '{action}', 'z', 'done' FROM head;"
        )
    };
    let closed = "UPDATE head SET applying = 0; COMMIT";
    let opening =
        "INSERT INTO audit_opening SELECT tenant_id, 1, 1, 'party.name', zeroblob(32), x'00' FROM head;";
    run(&mut conn, &format!("BEGIN; {} {opening} {closed}", entry(1, "customer.record"))).await.unwrap();
    let erases = "UPDATE audit_opening SET salt = NULL, content = NULL WHERE slot = 1";
    for (why, statements) in [
        ("without an entry", erases.to_owned()),
        ("with another entry", format!("{} {erases}", entry(2, "member.change"))),
        ("with another entry since", format!("{} {} {erases}", entry(2, "personal.erase"), entry(3, "x"))),
        ("a body", format!("{} {}", entry(2, "personal.erase"), erases.replace("slot = 1", "slot = 0"))),
        (
            "a value",
            format!("{} UPDATE audit_opening SET content = x'01' WHERE slot = 1", entry(2, "personal.erase")),
        ),
    ] {
        let answer = refused(&world, tenant, &format!("BEGIN; {statements}; {closed}")).await;
        assert!(answer.contains("changes by erasure alone"), "{why}: {answer}");
    }
    run(&mut conn, &format!("BEGIN; {} {erases}; {closed}", entry(2, "personal.erase"))).await.unwrap();
    assert_eq!(number(&mut conn, "SELECT count(*) FROM audit_opening WHERE content IS NULL").await, 1);
    // The erasure is over: neither what is empty already nor anything else is emptied by it.
    assert!(refused(&world, tenant, erases).await.contains("changes by erasure alone"));
    let flagged = format!("BEGIN; UPDATE head SET applying = 1; {erases}");
    assert!(refused(&world, tenant, &flagged).await.contains("head never goes back"));
}

#[tokio::test]
async fn no_table_of_facts_is_without_its_guards() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    let facts = aurex_core::store::TABLES
        .iter()
        .filter(|table| !matches!(table.kind, TableKind::Index | TableKind::Housekeeping));
    for table in facts.filter(|table| table.name != "head") {
        for event in ["insert", "update", "delete"] {
            let sql = format!(
                "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name = '{}_{event}'",
                table.name
            );
            assert_eq!(number(&mut conn, &sql).await, 1, "{}_{event}", table.name);
        }
    }
}

#[tokio::test]
async fn every_key_begins_with_the_tenant() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    let others = "SELECT count(*) FROM sqlite_master AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
        WHERE t.type = 'table' AND t.name <> 'aurex_migration' AND c.seqno = 0 AND c.name <> 'tenant_id'";
    assert_eq!(number(&mut conn, others).await, 0);
    let foreign = "SELECT count(*) FROM sqlite_master AS t, pragma_foreign_key_list(t.name) AS f
        WHERE t.type = 'table' AND f.seq = 0 AND (f.\"from\" <> 'tenant_id' OR f.\"to\" <> 'tenant_id')";
    assert_eq!(number(&mut conn, foreign).await, 0);
    let tables = "SELECT count(*) FROM pragma_table_list AS t
        WHERE t.schema = 'main' AND t.type = 'table' AND NOT t.strict
            AND t.name <> 'aurex_migration' AND t.name NOT LIKE 'sqlite%'";
    assert_eq!(number(&mut conn, tables).await, 0, "every table is strict");
}

#[tokio::test]
async fn a_key_that_begins_with_one_value_does_not_mislead_the_planner() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    for (statement, index) in [
        (
            "SELECT id FROM account WHERE tenant_id = ? AND (party IS NULL OR party = ?) ORDER BY id",
            "account_of_party",
        ),
        (
            "SELECT * FROM invoice WHERE tenant_id = ? AND id < ? AND party = ? ORDER BY id DESC LIMIT ?",
            "invoice_of_party",
        ),
        (
            "SELECT * FROM receipt WHERE tenant_id = ? AND party = ? AND id < ? ORDER BY id DESC LIMIT ?",
            "receipt_of_party",
        ),
        (
            "SELECT * FROM audit_entry WHERE tenant_id = ? AND seq < ? AND subject_id = ? ORDER BY seq DESC LIMIT ?",
            "audit_entry_of_subject",
        ),
        (
            "SELECT * FROM session WHERE tenant_id = ? AND member = ? AND closed_at IS NULL ORDER BY id",
            "session_open_of_member",
        ),
    ] {
        let plan = plan_of(&mut conn, statement).await;
        assert!(plan.contains(index), "{statement}: {plan}");
    }
}

#[tokio::test]
async fn what_a_bill_says_of_its_parties_changes_by_erasure_alone() {
    let world = World::new().await;
    let tenant = world.found("meena-jewels").await;
    let mut conn = world.careless(tenant).await;
    let bill = "PRAGMA foreign_keys = OFF; BEGIN; UPDATE head SET applying = 1, frontier = x'00';
        INSERT INTO invoice_parties
        SELECT tenant_id, randomblob(16), randomblob(16), 'Meena', 'Bengaluru', NULL, '29', 'unregistered', 'Asha',
            '+919845012345', '29AABCF8078M1C8', '29', 'Mysuru' FROM head";
    run(&mut conn, bill).await.unwrap();
    for change in [
        "seller_name = 'Other'",
        "seller_gstin = '29AABCF8078M1C8'",
        "buyer_name = 'Rita'",
        "buyer_phone = '+919845012346'",
        "buyer_address = 'Delhi'",
        "buyer_state = '27'",
        "party = randomblob(16)",
    ] {
        let sql = format!("UPDATE invoice_parties SET {change}");
        assert!(run(&mut conn, &sql).await.expect_err(change).contains("by erasure alone"), "{change}");
    }
    let erased = "UPDATE invoice_parties SET buyer_name = '(erased)', buyer_phone = NULL, buyer_gstin = NULL,
        buyer_address = NULL";
    run(&mut conn, erased).await.unwrap();
    for back in ["buyer_name = 'Asha'", "buyer_phone = '+919845012345'", "buyer_address = 'Mysuru'"] {
        let sql = format!("UPDATE invoice_parties SET {back}");
        assert!(run(&mut conn, &sql).await.expect_err(back).contains("by erasure alone"), "{back}");
    }
    assert!(run(&mut conn, "DELETE FROM invoice_parties").await.unwrap_err().contains("never deleted"));
}
