//! Making the schema, and the audit of it.

use aurex_store_postgres::{Policy, migrate};

use crate::world::{Database, number, options, run};

#[tokio::test]
async fn migrating_twice_and_at_once_comes_to_the_same() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), options(Policy::Filters));
    let (one, two) = tokio::join!(migrate(&url, &options), migrate(&url, &options));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert_eq!(one.applied.len() + two.applied.len(), 7);
    assert!(one.applied.is_empty() || two.applied.is_empty(), "one of them found it done");
    let third = migrate(&url, &options).await.unwrap();
    assert!(third.applied.is_empty() && third.made.is_empty());

    let mut app = database.app().await;
    assert_eq!(number(&mut app, "SELECT count(*) FROM aurex.posting").await, 0);
    let refused = run(&mut app, "DELETE FROM aurex.posting").await.unwrap_err();
    assert!(refused.starts_with("42501"), "{refused}");
}

#[tokio::test]
async fn under_the_raising_policy_a_statement_that_forgot_its_tenant_fails() {
    let database = Database::migrated(Policy::Raises).await;
    let mut app = database.app().await;
    let one = "BEGIN; SET LOCAL aurex.tenant_id = '00000000-0000-0000-0000-000000000001'";
    let two = "BEGIN; SET LOCAL aurex.tenant_id = '00000000-0000-0000-0000-000000000002'";
    for (tenant, begin) in [(1, one), (2, two)] {
        let insert = format!(
            "{begin}; INSERT INTO aurex.house_tenant VALUES ('00000000-0000-0000-0000-00000000000{tenant}', 0); COMMIT"
        );
        run(&mut app, &insert).await.unwrap();
    }
    let own = "SELECT count(*) FROM aurex.house_tenant
        WHERE tenant_id = '00000000-0000-0000-0000-000000000002'::uuid AND last_number + 0 = 0";
    run(&mut app, two).await.unwrap();
    assert_eq!(number(&mut app, own).await, 1, "a statement that spells its tenant does not notice");
    let refused = run(&mut app, "SELECT count(*) FROM aurex.house_tenant").await.unwrap_err();
    assert!(refused.starts_with("AX003"), "{refused}");
}
