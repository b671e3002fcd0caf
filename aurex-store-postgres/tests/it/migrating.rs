//! Making the schema: by whom, how often, how many at once.

use std::time::Duration;

use aurex_core::store::Store as _;
use aurex_store_postgres::{MigrateError, Migrated, PostgresOptions, PostgresStore, Warning, migrate};

use crate::walls::unless_the_server_is_thrown_away;
use crate::world::{Database, connect, number, rows, run};

/// The database belongs to a login of its own, with these attributes; answers its URL as that login.
async fn owned(database: &Database, attributes: &str) -> String {
    let login = database.login(attributes).await;
    let hand_over = format!("ALTER DATABASE {} OWNER TO {login}", database.name);
    run(&mut database.superuser().await, &hand_over).await.unwrap();
    database.url_as(&login)
}

async fn warnings(url: &str, options: PostgresOptions) -> Vec<Warning> {
    let (store, _) = PostgresStore::open(url, options).await.unwrap();
    store.ready().await.unwrap();
    unless_the_server_is_thrown_away(store.warnings())
}

/// Whom the tables belong to.
async fn owner(database: &Database) -> String {
    let owners = "SELECT DISTINCT relowner::regrole FROM pg_class
        WHERE relnamespace = 'aurex'::regnamespace AND relkind = 'r'";
    let owners = rows(&mut database.superuser().await, owners).await;
    let [owner] = owners.as_slice() else { panic!("{owners:?}") };
    owner[0].clone().unwrap()
}

/// How many files of migrations there are.
fn migrations() -> usize {
    std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap().count()
}

fn made(done: &Migrated) -> (usize, usize) {
    (done.made.len(), done.applied.len())
}

#[tokio::test]
async fn migrating_twice_and_at_once_comes_to_the_same() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), database.options());
    let (one, two) = tokio::join!(migrate(&url, &options), migrate(&url, &options));
    let mut both = [made(&one.unwrap()), made(&two.unwrap())];
    both.sort_unstable();
    assert_eq!(both, [(0, 0), (2, migrations())], "one of them found it done");
    assert_eq!(made(&migrate(&url, &options).await.unwrap()), (0, 0));
    warnings(&url, options).await;
}

#[tokio::test]
async fn two_databases_of_a_server_are_migrated_at_once_with_the_same_roles() {
    let (one, two) = (Database::empty().await, Database::empty().await);
    let options = one.options();
    let (first, second) = (one.url(), two.url());
    let (first, second) = tokio::join!(migrate(&first, &options), migrate(&second, &options));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.made.len() + second.made.len(), 2);
    assert_eq!((first.applied.len(), second.applied.len()), (migrations(), migrations()));
    assert_eq!(owner(&two).await, format!("{}_owner", one.name));
    // The roles go with the first database, so the second goes before.
    drop(two);
}

#[tokio::test]
async fn privileges_that_were_changed_are_put_right() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), database.options());
    migrate(&url, &options).await.unwrap();
    let app = format!("{}_app", database.name);
    let meddled = format!(
        "GRANT ALL ON aurex.directory, aurex.posting TO {app}, PUBLIC; GRANT UPDATE (bytes) ON aurex.audit_entry TO {app};
         REVOKE INSERT ON aurex.receipt FROM {app}; GRANT EXECUTE ON FUNCTION aurex.workspaces() TO PUBLIC"
    );
    run(&mut database.superuser().await, &meddled).await.unwrap();
    assert!(PostgresStore::open(&url, options.clone()).await.is_err());
    migrate(&url, &options).await.unwrap();
    warnings(&url, options).await;
}

#[tokio::test]
async fn an_owner_who_may_make_roles_migrates_and_is_warned_of_serving_as_itself() {
    let database = Database::empty().await;
    let url = owned(&database, "CREATEROLE").await;
    let done = migrate(&url, &database.options()).await.unwrap();
    assert_eq!((made(&done), done.warnings.len()), ((2, migrations()), 0));
    assert_eq!(owner(&database).await, format!("{}_owner", database.name));
    assert_eq!(made(&migrate(&url, &database.options()).await.unwrap()), (0, 0));
    let [Warning::LoginMayLiftWalls { login, app }] = &warnings(&url, database.options()).await[..] else {
        panic!("the login made the owner's role")
    };
    assert_eq!((login, app), (&format!("{}_login", database.name), &format!("{}_app", database.name)));
}

#[tokio::test]
async fn an_owner_who_may_not_make_roles_is_served_with_the_remedy_and_the_remedy_works() {
    let database = Database::empty().await;
    let url = owned(&database, "").await;
    let done = migrate(&url, &database.options()).await.unwrap();
    assert_eq!(made(&done), (0, migrations()));
    let [warning @ Warning::LoginOwnsTables { login, remedy }] = &done.warnings[..] else {
        panic!("{done:?}")
    };
    assert!(warning.to_string().contains(remedy));
    assert_eq!(owner(&database).await, *login);
    // The wall stands all the same.
    let mut owner_itself = connect(&url).await;
    assert_eq!(number(&mut owner_itself, "SELECT count(*) FROM aurex.head").await, 0);
    let barred = "SELECT bool_and(row_security_active(oid))::int FROM pg_class
        WHERE relnamespace = 'aurex'::regnamespace AND relkind = 'r' AND relname NOT IN ('directory', 'migration')";
    assert_eq!(number(&mut owner_itself, barred).await, 1);
    assert_eq!(warnings(&url, database.options()).await, done.warnings);

    run(&mut database.superuser().await, remedy).await.unwrap();
    let done = migrate(&url, &database.options()).await.unwrap();
    assert_eq!((made(&done), done.warnings.len()), ((0, 0), 0));
    assert_eq!(owner(&database).await, format!("{}_owner", database.name));
    let [Warning::LoginMayLiftWalls { .. }] = &warnings(&url, database.options()).await[..] else {
        panic!("the roles are parted, and the login has both")
    };
    let own = format!("REVOKE {0}_owner FROM {0}_login", database.name);
    run(&mut database.superuser().await, &own).await.unwrap();
    assert_eq!(warnings(&url, database.options()).await, []);
}

#[tokio::test]
async fn migrating_waits_for_a_table_in_use_no_longer_than_others_wait() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), database.options());
    migrate(&url, &options).await.unwrap();
    let mut busy = connect(&url).await;
    run(&mut busy, "BEGIN; LOCK TABLE aurex.migration").await.unwrap();
    let hasty = PostgresOptions { patience: Duration::from_millis(20), ..options.clone() };
    let refused = migrate(&url, &hasty).await.unwrap_err();
    assert!(matches!(refused, MigrateError::InUse(_)), "{refused:?}");
    run(&mut busy, "COMMIT").await.unwrap();
    migrate(&url, &options).await.unwrap();
}

#[tokio::test]
async fn a_function_that_somebody_else_left_in_the_schema_is_not_taken_over() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), database.options());
    let login = database.login("").await;
    migrate(&url, &options).await.unwrap();
    let planted = format!(
        "GRANT CREATE, USAGE ON SCHEMA aurex TO {login}; SET ROLE {login};
         CREATE FUNCTION aurex.planted() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT 1::bigint'"
    );
    run(&mut database.superuser().await, &planted).await.unwrap();
    migrate(&url, &options).await.unwrap();
    let its_own =
        format!("SELECT (proowner = '{login}'::regrole)::int FROM pg_proc WHERE proname = 'planted'");
    assert_eq!(number(&mut database.superuser().await, &its_own).await, 1);
    assert!(PostgresStore::open(&url, options).await.is_err());
}

#[tokio::test]
async fn a_login_that_may_do_nothing_here_is_told_what_it_lacks() {
    let database = Database::empty().await;
    let login = database.login("").await;
    let refused = migrate(&database.url_as(&login), &database.options()).await.unwrap_err();
    assert!(matches!(&refused, MigrateError::Denied { login: who, .. } if *who == login), "{refused:?}");
    assert_eq!(
        number(&mut database.superuser().await, "SELECT count(*) FROM pg_namespace WHERE nspname = 'aurex'")
            .await,
        0
    );
}

#[tokio::test]
async fn a_database_of_a_newer_build_is_left_alone() {
    let database = Database::empty().await;
    let (url, options) = (database.url(), database.options());
    migrate(&url, &options).await.unwrap();
    let mut superuser = database.superuser().await;
    let newer = "INSERT INTO aurex.migration (version, description, success, checksum, execution_time)
        VALUES (9999, 'from the future', true, '', 0)";
    run(&mut superuser, newer).await.unwrap();
    assert!(matches!(migrate(&url, &options).await, Err(MigrateError::Newer(9999))));
    run(&mut superuser, "DELETE FROM aurex.migration WHERE version = 9999; UPDATE aurex.migration SET checksum = '' WHERE version = 4")
        .await
        .unwrap();
    assert!(matches!(migrate(&url, &options).await, Err(MigrateError::Changed(4))));
}

#[tokio::test]
async fn a_hostile_prefix_and_a_broken_url_reach_no_server() {
    let nowhere = "postgres://meena:secret@127.0.0.1:1/shops";
    let hostile =
        PostgresOptions { role_prefix: "a; DROP ROLE postgres; --".to_owned(), ..PostgresOptions::default() };
    assert!(matches!(migrate(nowhere, &hostile).await, Err(MigrateError::Prefix)));
    let unreachable = migrate(nowhere, &PostgresOptions::default()).await.unwrap_err();
    assert!(matches!(unreachable, MigrateError::Unavailable(_)));
    let broken = migrate("postgres://meena:secret@[broken", &PostgresOptions::default()).await.unwrap_err();
    assert!(matches!(broken, MigrateError::Url));
    for error in [unreachable, broken] {
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}
