//! The examples, as somebody runs them who has just cloned the repository.

use std::process::{Command, Output};

use aurex_store_postgres::Policy;
use aurex_store_postgres::testing::TestDatabase;

fn run(program: &str, url: Option<&str>) -> Output {
    let mut program = Command::new(program);
    program.env_remove("AUREX_DATABASE_URL").envs(url.map(|url| ("AUREX_DATABASE_URL", url)));
    program.output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn on_sqlite_a_rate_is_posted_and_read_back() {
    let said = said(&run(env!("CARGO_BIN_EXE_embed_sqlite"), None));
    assert!(said.contains("gold 916000 ppm"), "{said}");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "which server tests run on is the environment's to say")]
async fn on_postgres_an_order_and_its_receipt_are_stored_together_or_not_at_all() {
    let server = std::env::var("AUREX_TEST_POSTGRES_URL").expect(
        "these tests need a PostgreSQL server: run scripts/test, or set AUREX_TEST_POSTGRES_URL to a superuser's URL",
    );
    let database = TestDatabase::fresh(&server, Policy::Filters).await.unwrap();
    for _ in ["a first time", "and again"] {
        let said = said(&run(env!("CARGO_BIN_EXE_embed_postgres"), Some(database.url())));
        assert!(said.contains("order W-1001 is paid"), "{said}");
        assert!(said.contains("order W-1002 is not: a receipt is of more than nothing"), "{said}");
        assert!(said.contains("order W-1001 is not paid twice"), "{said}");
        assert!(said.contains("orders paid: 1, receipts: 1"), "{said}");
    }
}

#[test]
fn without_a_database_the_example_says_what_it_needs() {
    let output = run(env!("CARGO_BIN_EXE_embed_postgres"), None);
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("AUREX_DATABASE_URL=postgres://") && said.contains("scripts/with-postgres"),
        "{said}"
    );
}
