//! The program itself, as somebody runs it who has just cloned the repository.

use std::process::{Command, Output};

use aurex_store_postgres::Policy;

use crate::world::Postgres;

fn morning(arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_pharmacy"));
    program.env_remove("AUREX_DATABASE_URL").args(arguments).output().unwrap()
}

fn said(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn a_morning_needs_nothing_but_a_folder() {
    let said = said(&morning(&[]));
    assert!(said.contains("asked again: replayed is true"), "{said}");
    assert!(said.contains("medicine_batch.on_hand: 90 -> 75"), "{said}");
}

#[tokio::test]
async fn a_morning_on_postgres_makes_its_own_schema_and_can_be_had_again() {
    let database = Postgres::database(Policy::Filters).await;
    for _ in ["yesterday", "today"] {
        let said = said(&morning(&[database.url()]));
        assert!(said.contains("medicine_batch.on_hand: 90 -> 75"), "{said}");
    }
}

#[test]
fn a_url_of_another_kind_is_refused() {
    let refused = morning(&["mysql://meena:secret@localhost/shop"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success());
    assert!(said.contains("postgres://") && !said.contains("secret"), "{said}");
}
