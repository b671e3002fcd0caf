//! Who the application is and what it may: what the audit finds when somebody gave it more, or less.

use aurex_store_postgres::{Policy, Warning, migrate};

use crate::walls::{finds, opened};
use crate::world::{Database, options, run};

#[tokio::test]
async fn asvs_v13_2_2_privileges_too_many_and_too_few_are_found() {
    finds(
        "GRANT SELECT ON aurex.directory TO aurex_app; GRANT UPDATE (bytes) ON aurex.audit_entry TO aurex_app;
         GRANT DELETE ON aurex.posting TO PUBLIC; GRANT INSERT ON aurex.audit_entry TO aurex_app;
         REVOKE INSERT ON aurex.receipt FROM aurex_app; REVOKE EXECUTE ON FUNCTION aurex.door(text) FROM aurex_app;
         GRANT EXECUTE ON PROCEDURE aurex.wall(regclass) TO aurex_app; GRANT CREATE ON SCHEMA aurex TO aurex_app",
        &[
            "anybody may DELETE on table aurex.posting, which is for aurex_owner and aurex_app alone",
            "role aurex_app may call aurex.wall(regclass)",
            "role aurex_app may make objects in schema aurex",
            "role aurex_app may not call aurex.door(text), which the store needs",
            "role aurex_app may INSERT (tx) on table aurex.audit_entry, which it must not",
            "role aurex_app may UPDATE (bytes) on table aurex.audit_entry, which it must not",
            "role aurex_app may SELECT on table aurex.directory, which it must not",
            "role aurex_app may DELETE on table aurex.posting, which it must not",
            "role aurex_app may not INSERT on table aurex.receipt, which the store needs",
        ],
    )
    .await;
}

/// What is found where the application's role was changed: with roles of the database's own, for roles are the whole
/// server's. `APP`, `OWNER` and `DATABASE` stand for their names.
async fn found_with_roles(sql: &str) -> Vec<String> {
    let database = Database::empty().await;
    let options = database.options();
    migrate(&database.url(), &options).await.unwrap();
    let (app, owner) = (format!("{}_app", database.name), format!("{}_owner", database.name));
    let sql = sql.replace("APP", &app).replace("OWNER", &owner).replace("DATABASE", &database.name);
    run(&mut database.superuser().await, &sql).await.unwrap();
    let found = opened(&database.url(), options).await.unwrap_err();
    found
        .iter()
        .map(|sentence| {
            sentence.replace(&app, "APP").replace(&owner, "OWNER").replace(&database.name, "DATABASE")
        })
        .collect()
}

#[tokio::test]
async fn asvs_v8_4_1_v13_2_2_a_role_that_bypasses_it_all_is_refused() {
    let bypasses = found_with_roles("ALTER ROLE APP BYPASSRLS").await;
    assert_eq!(bypasses, ["role APP is allowed to bypass row-level security (BYPASSRLS)"]);
    let superuser = found_with_roles("ALTER ROLE APP SUPERUSER").await;
    assert!(superuser.contains(&"role APP is a superuser, whom no policy holds".to_owned()), "{superuser:?}");
}

#[tokio::test]
async fn a_role_that_could_become_more_is_refused() {
    assert_eq!(
        found_with_roles("ALTER ROLE APP CREATEROLE CREATEDB REPLICATION").await,
        [
            "role APP is allowed to make databases (CREATEDB)",
            "role APP is allowed to make roles (CREATEROLE)",
            "role APP is allowed to replicate (REPLICATION)",
        ]
    );
    let member =
        found_with_roles("ALTER ROLE APP NOINHERIT; GRANT OWNER TO APP; GRANT pg_read_all_data TO APP").await;
    assert_eq!(
        member,
        [
            "role APP is a member of OWNER, which owns the tables",
            "role APP is a member of pg_read_all_data, a role of PostgreSQL's own",
        ]
    );
    let owns = found_with_roles("CREATE SCHEMA own AUTHORIZATION APP").await;
    assert_eq!(owns, ["role APP owns schema own"]);
    let replica = found_with_roles("GRANT SET ON PARAMETER session_replication_role TO APP").await;
    assert_eq!(replica, ["role APP may set session_replication_role"]);
}

#[tokio::test]
async fn a_role_that_somebody_could_sign_in_as_is_refused() {
    assert_eq!(
        found_with_roles("ALTER ROLE APP LOGIN; ALTER ROLE OWNER LOGIN BYPASSRLS CREATEROLE").await,
        [
            "role APP is allowed to sign in (LOGIN)",
            "role OWNER is allowed to bypass row-level security (BYPASSRLS)",
            "role OWNER is allowed to make roles (CREATEROLE)",
            "role OWNER is allowed to sign in (LOGIN)",
        ]
    );
    let superuser = found_with_roles("ALTER ROLE OWNER SUPERUSER").await;
    assert!(
        superuser.contains(&"role OWNER is a superuser, whom no policy holds".to_owned()),
        "{superuser:?}"
    );
}

#[tokio::test]
async fn whoever_reaches_what_a_guard_remembers_is_found() {
    finds(
        "GRANT UPDATE, USAGE ON SEQUENCE aurex.seen_appended_by TO aurex_app;
         GRANT SELECT ON SEQUENCE aurex.seen_tenant_low TO PUBLIC;
         ALTER SEQUENCE aurex.seen_tenant_high OWNER TO postgres;
         GRANT EXECUTE ON FUNCTION aurex.with_an_entry() TO aurex_app",
        &[
            "anybody may SELECT on sequence aurex.seen_tenant_low, which is for aurex_owner and aurex_app alone",
            "role aurex_app may SELECT on sequence aurex.seen_tenant_low, which it must not",
            "role aurex_app may UPDATE, USAGE on sequence aurex.seen_appended_by, which it must not",
            "role aurex_app may call aurex.with_an_entry()",
            "sequence aurex.seen_tenant_high belongs to postgres, not to aurex_owner",
        ],
    )
    .await;
}

#[tokio::test]
async fn asvs_v13_2_2_a_third_role_with_a_privilege_on_what_is_ours_is_found() {
    assert_eq!(
        found_with_roles(
            "CREATE ROLE DATABASE_support; GRANT USAGE ON SCHEMA aurex TO DATABASE_support;
             GRANT SELECT, INSERT ON aurex.member TO DATABASE_support; GRANT SELECT (id) ON aurex.party TO DATABASE_support;
             GRANT EXECUTE ON FUNCTION aurex.workspaces() TO DATABASE_support; GRANT SELECT ON aurex.rate TO PUBLIC"
        )
        .await,
        [
            "anybody may SELECT on table aurex.rate, which is for OWNER and APP alone",
            "role DATABASE_support may EXECUTE on function aurex.workspaces(), which is for OWNER and APP alone",
            "role DATABASE_support may INSERT, SELECT on table aurex.member, which is for OWNER and APP alone",
            "role DATABASE_support may SELECT (id) on table aurex.party, which is for OWNER and APP alone",
            "role DATABASE_support may USAGE on schema aurex, which is for OWNER and APP alone",
        ]
    );
}

#[tokio::test]
async fn an_application_that_may_make_objects_where_names_are_looked_for_is_refused() {
    assert_eq!(
        found_with_roles("GRANT CREATE ON SCHEMA public TO PUBLIC").await,
        ["role APP may make objects in schema public"]
    );
}

#[tokio::test]
async fn an_application_that_may_act_as_the_owner_of_an_embedders_table_is_refused() {
    assert_eq!(
        found_with_roles(
            "CREATE ROLE DATABASE_pharmacy; GRANT DATABASE_pharmacy TO APP;
             CREATE TABLE public.medicine (tenant_id uuid NOT NULL, code text, PRIMARY KEY (tenant_id, code));
             CALL aurex.guard('public.medicine', append_only => false);
             ALTER TABLE public.medicine owner to DATABASE_pharmacy"
        )
        .await,
        ["role APP is a member of DATABASE_pharmacy, which owns table public.medicine under guard"]
    );
}

#[tokio::test]
async fn a_login_that_may_act_as_the_owner_is_served_with_a_warning() {
    let database = Database::migrated(Policy::Filters).await;
    let login = database.login("").await;
    run(&mut database.superuser().await, &format!("GRANT aurex_app, aurex_owner TO {login}")).await.unwrap();
    let warnings = opened(&database.url_as(&login), options(Policy::Filters)).await.unwrap();
    let may_lift = Warning::LoginMayLiftWalls { login, app: "aurex_app".to_owned() };
    assert!(may_lift.to_string().ends_with("serve as another login, that was granted aurex_app alone"));
    assert_eq!(warnings, [may_lift]);
}

#[tokio::test]
async fn a_login_that_may_not_act_as_the_application_is_told_the_remedy() {
    let database = Database::migrated(Policy::Filters).await;
    let login = database.login("").await;
    let found = opened(&database.url_as(&login), options(Policy::Filters)).await.unwrap_err();
    assert_eq!(
        found,
        [format!(
            "the login {login} may not act as the role aurex_app, and the tables belong to aurex_owner: an administrator \
             runs “GRANT aurex_app TO {login}”"
        )]
    );
    let mut superuser = database.superuser().await;
    run(&mut superuser, &format!("GRANT aurex_app TO {login}")).await.unwrap();
    let warnings = opened(&database.url_as(&login), options(Policy::Filters)).await.unwrap();
    assert!(warnings.is_empty(), "an ordinary login that only acts as the application: {warnings:?}");
}
