//! What the database refuses by itself: to the application, to the tables' owner, and to a superuser in a session of
//! replication, in which ordinary triggers sleep.

use aurex_core::store::{StoreError, TableKind};
use aurex_store_postgres::{Guard, NotGuarded, Policy, guard_table};
use sqlx::PgConnection;

use crate::world::{Database, number, run};

const SHOP: &str = "00000000-0000-0000-0000-00000000000a";
const OTHER: &str = "00000000-0000-0000-0000-00000000000b";

/// Begins a transaction of a shop's.
pub fn begin(shop: &str) -> String {
    format!("BEGIN; SET LOCAL aurex.tenant_id = '{shop}';")
}

/// Appends an entry.
pub fn entry(shop: &str, seq: u8) -> String {
    entry_of(shop, seq, "y")
}

/// Appends an entry of an action.
fn entry_of(shop: &str, seq: u8, action: &str) -> String {
    format!(
        "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
         VALUES ('{shop}', {seq}, '', sha256('{seq}'), 0, 'x', '{action}', 'z', 'done');"
    )
}

/// A database in which both shops are open and each has a row in the tables below, written as the application writes.
async fn shops() -> Database {
    let database = Database::migrated(Policy::Filters).await;
    let mut app = database.app().await;
    for (shop, slug) in [(SHOP, "meena-jewels"), (OTHER, "other-jewels")] {
        let open = format!(
            "{} SELECT aurex.open_workspace('{shop}', '{slug}'); {}
             INSERT INTO aurex.head VALUES ('{shop}', '', 5, 1, 0);
             INSERT INTO aurex.audit_opening VALUES ('{shop}', 0, 0, 'slot', sha256(''), ''), ('{shop}', 0, 1, 'pan', sha256(''), '');
             INSERT INTO aurex.rate VALUES
                 ('{shop}', '{shop}', 'gold', 916000, 'sell', 'INR', 1, 1, '2026-01-01', 0, NULL, 'manual', NULL, NULL);
             INSERT INTO aurex.lot VALUES ('{shop}', '{shop}', 'beads', 'gold', 916000, 0, 'stock');
             INSERT INTO aurex.idempotency_key VALUES ('{shop}', '{shop}', 'a', 'k', '', 'r', 0);
             INSERT INTO aurex.house_tenant VALUES ('{shop}', 0);
             INSERT INTO aurex.audit_edge VALUES ('{shop}', 1, '', 5, '');
             INSERT INTO aurex.audit_tile VALUES ('{shop}', 0, 0, sha256(''), decode(repeat('00', 8192), 'hex'));
             INSERT INTO aurex.audit_checkpoint VALUES ('{shop}', 1, sha256(''), 'note', 5);
             INSERT INTO aurex.audit_cosignature VALUES ('{shop}', 1, 'witness', 'line', 5);
             INSERT INTO aurex.audit_key VALUES ('{shop}', 'key', 1);
             INSERT INTO aurex.audit_link VALUES ('{shop}', '{shop}', 0);
             COMMIT",
            begin(shop),
            entry(shop, 0)
        );
        run(&mut app, &open).await.unwrap();
    }
    database
}

async fn refused(conn: &mut PgConnection, statements: &str) -> String {
    let answer = run(conn, &format!("{} {statements}; COMMIT", begin(SHOP))).await;
    run(conn, "ROLLBACK").await.unwrap();
    answer.expect_err(statements)
}

#[tokio::test]
async fn a_row_without_an_entry_is_refused_at_commit() {
    let database = shops().await;
    let mut app = database.app().await;
    let lot = format!("INSERT INTO aurex.lot VALUES ('{SHOP}', '{OTHER}', 'chain', 'gold', 1, 0, 'stock')");
    assert!(refused(&mut app, &lot).await.starts_with("AX001 lot is written with an entry"));
    let changed = "UPDATE aurex.lot SET description = 'changed'";
    assert!(refused(&mut app, changed).await.starts_with("AX001"));
    let key = format!("INSERT INTO aurex.idempotency_key VALUES ('{SHOP}', '{SHOP}', 'a', 'l', '', 'r', 0)");
    assert!(refused(&mut app, &key).await.starts_with("AX001"));
    // In one transaction with an entry, in whatever order.
    run(&mut app, &format!("{} {lot}; {} COMMIT", begin(SHOP), entry(SHOP, 1))).await.unwrap();
}

#[tokio::test]
async fn a_guard_takes_no_name_from_its_callers_path() {
    let database = shops().await;
    let mut superuser = database.superuser().await;
    // What would let every row pass, wherever a guard looked for it by its bare name.
    let planted =
        "CREATE FUNCTION public.pg_current_xact_id() RETURNS xid8 LANGUAGE sql AS 'SELECT NULL::xid8';
        CREATE FUNCTION public.yes(uuid, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
        CREATE FUNCTION public.no(xid8, xid8) RETURNS boolean LANGUAGE sql AS 'SELECT false';
        CREATE FUNCTION public.no(bigint, bigint) RETURNS boolean LANGUAGE sql AS 'SELECT false';
        CREATE OPERATOR public.= (FUNCTION = public.yes, LEFTARG = uuid, RIGHTARG = uuid);
        CREATE OPERATOR public.<> (FUNCTION = public.no, LEFTARG = xid8, RIGHTARG = xid8);
        CREATE OPERATOR public.< (FUNCTION = public.no, LEFTARG = bigint, RIGHTARG = bigint)";
    run(&mut superuser, planted).await.unwrap();
    let mut app = database.app().await;
    run(&mut app, "SET search_path = public, pg_catalog").await.unwrap();
    let planted = "SELECT (pg_current_xact_id() IS NULL AND NOT 1::bigint < 2::bigint)::int";
    assert_eq!(number(&mut app, planted).await, 1, "the path leads to what was planted");
    let lot = format!("INSERT INTO aurex.lot VALUES ('{SHOP}', '{OTHER}', 'chain', 'gold', 1, 0, 'stock')");
    assert!(refused(&mut app, &lot).await.starts_with("AX001 lot is written with an entry"));
    let back = refused(&mut app, &format!("UPDATE aurex.head SET last_at = 4; {}", entry(SHOP, 1))).await;
    assert!(back.starts_with("AX002 head never goes back"), "{back}");
}

#[tokio::test]
async fn the_operators_own_tenant_has_no_workspace() {
    let database = Database::migrated(Policy::Filters).await;
    let nil = "00000000-0000-0000-0000-000000000000";
    let open = format!("{} SELECT aurex.open_workspace('{nil}', 'nobodys-jewels'); COMMIT", begin(nil));
    let refused = run(&mut database.app().await, &open).await.unwrap_err();
    assert!(refused.starts_with("23514"), "{refused}");
}

#[tokio::test]
async fn an_entry_is_not_passed_off_as_one_of_another_transaction() {
    let database = shops().await;
    let mut app = database.app().await;
    let forged =
        "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome, tx)
        SELECT tenant_id, 1, bytes, leaf, at, actor_id, action, subject_id, outcome, tx FROM aurex.audit_entry";
    assert!(refused(&mut app, forged).await.starts_with("42501"));
}

#[tokio::test]
async fn asvs_v8_4_1_a_row_of_another_shop_is_neither_seen_nor_written() {
    let database = shops().await;
    let mut app = database.app().await;
    assert_eq!(number(&mut app, "SELECT count(*) FROM aurex.rate").await, 0, "no tenant, no rows");
    run(&mut app, &begin(SHOP)).await.unwrap();
    assert_eq!(number(&mut app, "SELECT count(*) FROM aurex.rate").await, 1);
    run(&mut app, "ROLLBACK").await.unwrap();
    let foreign = format!(
        "{} INSERT INTO aurex.lot VALUES ('{OTHER}', '{SHOP}', 'x', 'gold', 1, 0, 'stock')",
        entry(SHOP, 1)
    );
    assert!(refused(&mut app, &foreign).await.starts_with("42501 new row violates row-level security"));
    let moved = format!("{} UPDATE aurex.lot SET tenant_id = '{OTHER}'", entry(SHOP, 1));
    assert!(refused(&mut app, &moved).await.starts_with("42501 new row violates row-level security"));
    let reference = format!(
        "{} INSERT INTO aurex.rate VALUES
            ('{SHOP}', gen_random_uuid(), 'gold', 1, 'sell', 'INR', 1, 1, '2026-01-01', 0, '{OTHER}', 'manual', NULL, NULL)",
        entry(SHOP, 1)
    );
    assert!(refused(&mut app, &reference).await.starts_with("23503"), "a rate of the other's");
}

#[tokio::test]
async fn the_directory_is_behind_its_three_functions() {
    let database = shops().await;
    let mut app = database.app().await;
    assert!(refused(&mut app, "SELECT * FROM aurex.directory").await.starts_with("42501"));
    assert!(refused(&mut app, "UPDATE aurex.directory SET status = 'closed'").await.starts_with("42501"));
    let stolen = format!("SELECT aurex.open_workspace('{OTHER}', 'third-jewels')");
    assert!(refused(&mut app, &stolen).await.starts_with("AX001"), "only for the session's own tenant");
    run(&mut app, &begin(SHOP)).await.unwrap();
    let taken = format!("SELECT aurex.open_workspace('{SHOP}', 'other-jewels')::int");
    assert_eq!(number(&mut app, &taken).await, 0);
    assert_eq!(number(&mut app, "SELECT count(*) FROM aurex.workspaces()").await, 2);
    assert_eq!(number(&mut app, "SELECT (aurex.door('meena-jewels') IS NOT NULL)::int").await, 1);
}

/// What nobody does to the log and the tables of facts, whatever their privileges.
const NEVER: &[&str] = &[
    "UPDATE aurex.audit_entry SET at = 1",
    "DELETE FROM aurex.audit_entry",
    "TRUNCATE aurex.audit_entry CASCADE",
    "UPDATE aurex.rate SET amount = 2",
    "DELETE FROM aurex.rate",
    "TRUNCATE aurex.rate CASCADE",
    "DELETE FROM aurex.lot",
    "DELETE FROM aurex.head",
    "UPDATE aurex.head SET epoch = 0",
    "UPDATE aurex.head SET last_at = 4",
    "UPDATE aurex.audit_opening SET content = 'x' WHERE slot = 1",
    "UPDATE aurex.audit_opening SET salt = NULL, content = NULL WHERE slot = 0",
    "UPDATE aurex.audit_opening SET salt = NULL, content = NULL WHERE slot = 1",
    "DELETE FROM aurex.audit_opening",
    "UPDATE aurex.idempotency_key SET resource = 'another'",
    "UPDATE aurex.key_check SET value = 'x'",
    "UPDATE aurex.audit_edge SET size = 0",
    "UPDATE aurex.audit_edge SET at = 4",
    "UPDATE aurex.audit_edge SET at = NULL",
    "DELETE FROM aurex.audit_edge",
    "TRUNCATE aurex.audit_edge",
    "UPDATE aurex.audit_tile SET root = sha256('x')",
    "DELETE FROM aurex.audit_tile",
    "TRUNCATE aurex.audit_tile",
    "UPDATE aurex.audit_checkpoint SET note = 'another'",
    "DELETE FROM aurex.audit_checkpoint",
    "TRUNCATE aurex.audit_checkpoint",
    "UPDATE aurex.audit_cosignature SET line = 'another'",
    "DELETE FROM aurex.audit_cosignature",
    "TRUNCATE aurex.audit_cosignature",
    "UPDATE aurex.audit_key SET since = 2",
    "DELETE FROM aurex.audit_key",
    "TRUNCATE aurex.audit_key",
    "UPDATE aurex.audit_link SET seq = 1",
    "DELETE FROM aurex.audit_link",
    "TRUNCATE aurex.audit_link",
    // A checkpoint of the same size, and of a smaller one.
    "INSERT INTO aurex.audit_checkpoint SELECT tenant_id, 1, sha256('x'), 'another', at FROM aurex.audit_checkpoint",
    "INSERT INTO aurex.audit_checkpoint SELECT tenant_id, 0, sha256('x'), 'another', at FROM aurex.audit_checkpoint",
    // An insert that would rather update.
    "INSERT INTO aurex.audit_entry (tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome)
         SELECT tenant_id, seq, bytes, leaf, at, actor_id, action, subject_id, outcome FROM aurex.audit_entry
         ON CONFLICT (tenant_id, seq) DO UPDATE SET at = 1",
    "INSERT INTO aurex.audit_tile SELECT * FROM aurex.audit_tile
         ON CONFLICT (tenant_id, level, number) DO UPDATE SET root = sha256('x')",
    "INSERT INTO aurex.audit_checkpoint SELECT * FROM aurex.audit_checkpoint
         ON CONFLICT (tenant_id, size) DO UPDATE SET note = 'another'",
    "INSERT INTO aurex.audit_cosignature SELECT * FROM aurex.audit_cosignature
         ON CONFLICT (tenant_id, size, signer) DO UPDATE SET line = 'another'",
];

const A_KEY: &str = "INSERT INTO aurex.key_check VALUES ('00000000-0000-0000-0000-00000000000a', 'pan', 'y')";

#[tokio::test]
async fn asvs_v16_4_2_nothing_that_was_stated_is_changed_by_the_application() {
    let database = shops().await;
    let mut app = database.app().await;
    run(&mut app, &format!("{} {A_KEY}; COMMIT", begin(SHOP))).await.unwrap();
    for statement in NEVER {
        let answer = refused(&mut app, &format!("{statement}; {}", entry(SHOP, 1))).await;
        assert!(answer.starts_with("42501") || answer.starts_with("AX002"), "{statement}: {answer}");
    }
}

#[tokio::test]
async fn asvs_v16_4_2_nothing_that_was_stated_is_changed_by_the_tables_owner() {
    let database = shops().await;
    let mut owner = database.superuser().await;
    run(&mut owner, "SET ROLE aurex_owner").await.unwrap();
    run(&mut owner, &format!("{} {A_KEY}; COMMIT", begin(SHOP))).await.unwrap();
    for statement in
        NEVER.iter().chain(&["UPDATE aurex.directory SET slug = 'another'", "DELETE FROM aurex.directory"])
    {
        let answer = refused(&mut owner, &format!("{statement}; {}", entry(SHOP, 1))).await;
        assert!(answer.starts_with("AX002"), "{statement}: {answer}");
    }
}

#[tokio::test]
async fn asvs_v16_4_2_the_application_puts_no_guard_to_sleep() {
    let database = shops().await;
    let mut app = database.app().await;
    for table in ["audit_entry", "audit_tile", "audit_checkpoint", "audit_cosignature"] {
        for statement in [
            format!("ALTER TABLE aurex.{table} DISABLE TRIGGER ALL"),
            format!("DROP TRIGGER never_changed ON aurex.{table}"),
            format!("DROP TABLE aurex.{table} CASCADE"),
        ] {
            assert!(refused(&mut app, &statement).await.starts_with("42501"), "{statement}");
        }
    }
    let replication = refused(&mut app, "SET LOCAL session_replication_role = replica").await;
    assert!(replication.starts_with("42501"), "{replication}");
}

#[tokio::test]
async fn asvs_v16_4_2_nothing_that_was_stated_is_changed_in_a_session_of_replication() {
    let database = shops().await;
    let mut superuser = database.superuser().await;
    run(&mut superuser, "SET session_replication_role = replica").await.unwrap();
    run(&mut superuser, &format!("{} {A_KEY}; COMMIT", begin(SHOP))).await.unwrap();
    for statement in NEVER
        .iter()
        .chain(&["UPDATE aurex.directory SET slug = 'another'", "TRUNCATE aurex.directory CASCADE"])
    {
        let answer = refused(&mut superuser, &format!("{statement}; {}", entry(SHOP, 1))).await;
        assert!(answer.starts_with("AX002"), "{statement}: {answer}");
    }
    let lot = format!("INSERT INTO aurex.lot VALUES ('{SHOP}', '{OTHER}', 'chain', 'gold', 1, 0, 'stock')");
    assert!(refused(&mut superuser, &lot).await.starts_with("AX001"));
}

#[tokio::test]
async fn erasure_empties_an_opening_and_a_key_makes_room_after_72_hours() {
    let database = shops().await;
    let mut app = database.app().await;
    let both = format!(
        "{} {} {ERASES};
         UPDATE aurex.idempotency_key SET at = 72 * 3600 * 1000000::bigint, resource = 'another'; COMMIT",
        begin(SHOP),
        entry_of(SHOP, 1, "personal.erase")
    );
    run(&mut app, &both).await.unwrap();
    run(&mut app, &begin(SHOP)).await.unwrap();
    assert_eq!(number(&mut app, "SELECT count(*) FROM aurex.audit_opening WHERE content IS NULL").await, 1);
    assert_eq!(
        number(&mut app, "SELECT count(*) FROM aurex.idempotency_key WHERE resource = 'another'").await,
        1
    );
}

const ERASES: &str = "UPDATE aurex.audit_opening SET salt = NULL, content = NULL WHERE slot = 1";

/// Whatever role runs it: nothing is emptied but in the transaction of an erasure, right behind its entry.
#[tokio::test]
async fn asvs_v16_4_2_an_opening_is_emptied_in_the_transaction_of_an_erasure_alone() {
    let database = shops().await;
    let erasure = |seq| entry_of(SHOP, seq, "personal.erase");
    let mut app = database.app().await;
    run(&mut app, &format!("{} {} COMMIT", begin(SHOP), erasure(1))).await.unwrap();
    let mut owner = database.superuser().await;
    run(&mut owner, "SET ROLE aurex_owner").await.unwrap();
    for conn in [&mut app, &mut owner] {
        for (why, statements) in [
            ("the erasure was committed before", ERASES.to_owned()),
            ("another entry came since", format!("{} {} {ERASES}", erasure(2), entry(SHOP, 3))),
            ("before its entry", format!("{ERASES}; {}", erasure(2))),
            (
                "the erasure was rolled back",
                format!("SAVEPOINT s; {} ROLLBACK TO s; {} {ERASES}", erasure(2), entry(SHOP, 2)),
            ),
        ] {
            let answer = refused(conn, &statements).await;
            assert!(answer.starts_with("AX002 audit_opening changes by erasure alone"), "{why}: {answer}");
        }
        run(conn, &begin(SHOP)).await.unwrap();
        assert_eq!(number(conn, "SELECT count(*) FROM aurex.audit_opening WHERE content IS NULL").await, 0);
        run(conn, "ROLLBACK").await.unwrap();
    }
    // What it may do, it does once: what is empty stays as it is.
    run(&mut app, &format!("{} {} {ERASES}; COMMIT", begin(SHOP), erasure(2))).await.unwrap();
    assert!(refused(&mut app, &format!("{} {ERASES}", erasure(3))).await.starts_with("AX002"));
    // Another shop's erasure is none of this one's.
    let other = format!("BEGIN; SET LOCAL aurex.tenant_id = '{OTHER}'; {} {ERASES}; COMMIT", erasure(3));
    assert!(run(&mut app, &other).await.is_err());
}

#[tokio::test]
async fn every_table_of_facts_has_its_guards() {
    let database = Database::migrated(Policy::Filters).await;
    let mut conn = database.superuser().await;
    let facts = aurex_core::store::TABLES
        .iter()
        .filter(|table| !matches!(table.kind, TableKind::Index | TableKind::Housekeeping));
    let mut seen = 0;
    for table in facts {
        for trigger in ["with_an_entry", "never_deleted", "never_emptied"] {
            let sql = format!(
                "SELECT count(*) FROM pg_trigger
                 WHERE tgrelid = 'aurex.{}'::regclass AND tgname = '{trigger}' AND tgenabled = 'A'",
                table.name
            );
            assert_eq!(number(&mut conn, &sql).await, 1, "{trigger} of {}", table.name);
        }
        seen += 1;
    }
    assert!(seen > 20);
}

#[tokio::test]
async fn a_table_in_parts_is_not_put_under_guard() {
    let database = Database::migrated(Policy::Filters).await;
    let mut conn = database.superuser().await;
    let parts = "CREATE TABLE sale (tenant_id uuid, day date, PRIMARY KEY (tenant_id, day)) PARTITION BY RANGE (day);
        CREATE TABLE sale_2026 PARTITION OF sale FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
        CREATE TABLE parent (tenant_id uuid PRIMARY KEY); CREATE TABLE child (PRIMARY KEY (tenant_id)) INHERITS (parent)";
    run(&mut conn, parts).await.unwrap();
    for name in ["sale", "sale_2026", "parent", "child"] {
        let name = format!("public.{name}");
        let refused = guard_table(&mut conn, &name, Guard::State).await;
        let Err(StoreError::Failed(source)) = refused else { panic!("{name}: {refused:?}") };
        assert_eq!(source.downcast_ref(), Some(&NotGuarded::InParts(name)));
    }
}

#[tokio::test]
async fn what_a_bill_says_of_its_parties_changes_by_erasure_alone() {
    let database = shops().await;
    let mut superuser = database.superuser().await;
    let alone = "ALTER TABLE aurex.invoice_parties
        DROP CONSTRAINT invoice_parties_tenant_id_invoice_fkey,
        DROP CONSTRAINT invoice_parties_tenant_id_party_fkey";
    run(&mut superuser, alone).await.unwrap();
    let mut app = database.app().await;
    let said = format!(
        "{} {} INSERT INTO aurex.invoice_parties VALUES
             ('{SHOP}', '{SHOP}', '{SHOP}', 'Meena', 'Bengaluru', NULL, '29', 'unregistered', 'Asha',
              '+919845012345', '29AABCF8078M1C8', '29', 'Mysuru'); COMMIT",
        begin(SHOP),
        entry(SHOP, 1)
    );
    run(&mut app, &said).await.unwrap();
    for change in [
        "seller_name = 'Other'",
        "seller_gstin = '29AABCF8078M1C8'",
        "buyer_name = 'Rita'",
        "buyer_phone = '+919845012346'",
        "buyer_address = 'Delhi'",
        "buyer_state = '27'",
        "buyer_state = NULL",
    ] {
        let sql = format!("{} UPDATE aurex.invoice_parties SET {change}", entry(SHOP, 2));
        let refused = refused(&mut app, &sql).await;
        assert!(refused.contains("by erasure alone"), "{change}: {refused}");
    }
    let erased = format!(
        "{} {} UPDATE aurex.invoice_parties SET buyer_name = '(erased)', buyer_phone = NULL, buyer_gstin = NULL,
             buyer_address = NULL; COMMIT",
        begin(SHOP),
        entry(SHOP, 2)
    );
    run(&mut app, &erased).await.unwrap();
    for back in ["buyer_name = 'Asha'", "buyer_phone = '+919845012345'", "buyer_address = 'Mysuru'"] {
        let sql = format!("{} UPDATE aurex.invoice_parties SET {back}", entry(SHOP, 3));
        assert!(refused(&mut app, &sql).await.contains("by erasure alone"), "{back}");
    }
}
