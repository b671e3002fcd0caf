//! The schema as this build's migrations make it, and how the live one differs.
//!
//! `expected.txt` holds what `describe.sql` answers on a database that was just migrated. A test makes it anew with
//! AUREX_BLESS=1 and compares otherwise.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::{CANONICAL, RAISING};
use crate::options::Policy;

const EXPECTED: &str = include_str!("expected.txt");

/// One sentence for everything that is missing, added or changed.
pub(super) async fn differences(conn: &mut PgConnection, policy: Policy) -> Result<Vec<String>, sqlx::Error> {
    let live = sqlx::query_file!("src/walls/describe.sql").fetch_all(conn).await?;
    let live = live.into_iter().map(|line| (line.what, line.how.replace('\n', " "))).collect();
    Ok(compare(&expected(policy), &live))
}

fn expected(policy: Policy) -> BTreeMap<String, String> {
    let lines = EXPECTED.lines().filter_map(|line| line.split_once(": "));
    let lines = lines.map(|(what, how)| {
        let how = match policy {
            Policy::Filters => how.to_owned(),
            Policy::Raises => how.replace(CANONICAL, RAISING),
        };
        (what.to_owned(), how)
    });
    lines.collect()
}

fn compare(expected: &BTreeMap<String, String>, live: &BTreeMap<String, String>) -> Vec<String> {
    let missing = expected.iter().filter(|(what, _)| !live.contains_key(*what));
    let missing = missing.map(|(what, how)| (what, format!("{what} is missing; it should be: {how}")));
    let added = live.iter().filter(|(what, _)| !expected.contains_key(*what));
    let added = added.map(|(what, how)| (what, format!("{what} was added: {how}")));
    let changed = expected.iter().filter_map(|(what, how)| {
        let now = live.get(what).filter(|now| *now != how)?;
        Some((what, format!("{what} is: {now}; it should be: {how}")))
    });
    missing
        .chain(added)
        .chain(changed)
        .filter(|(what, _)| !goes_with_its_table(what, expected, live))
        .map(|(_, s)| s)
        .collect()
}

/// Whether this belongs to a table that is missing or added itself, which says it all.
fn goes_with_its_table(
    what: &str,
    expected: &BTreeMap<String, String>,
    live: &BTreeMap<String, String>,
) -> bool {
    what.rsplit_once(" of ").is_some_and(|(_, table)| {
        let table = format!("relation {table}");
        expected.contains_key(&table) != live.contains_key(&table)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(lines: &[(&str, &str)]) -> BTreeMap<String, String> {
        lines.iter().map(|(what, how)| ((*what).to_owned(), (*how).to_owned())).collect()
    }

    #[test]
    fn every_difference_is_one_sentence() {
        let expected = lines(&[
            ("relation aurex.lot", "a table"),
            ("row-level security of aurex.lot", "on and forced"),
            ("relation aurex.rate", "a table"),
            ("column id of aurex.rate", "uuid, never null"),
            ("index lot_pkey of aurex.lot", "CREATE UNIQUE INDEX"),
        ]);
        let live = lines(&[
            ("relation aurex.lot", "a table"),
            ("row-level security of aurex.lot", "off"),
            ("rule leak of aurex.lot", "CREATE RULE"),
        ]);
        assert_eq!(compare(&expected, &expected), [""; 0]);
        assert_eq!(
            compare(&expected, &live),
            [
                "index lot_pkey of aurex.lot is missing; it should be: CREATE UNIQUE INDEX",
                "relation aurex.rate is missing; it should be: a table",
                "rule leak of aurex.lot was added: CREATE RULE",
                "row-level security of aurex.lot is: off; it should be: on and forced",
            ]
        );
    }

    #[test]
    fn every_table_of_the_description_has_its_policy_in_both_variants() {
        let tables = |policy| {
            let expected = expected(policy);
            let tables: Vec<_> = expected
                .iter()
                .filter(|(_, how)| *how == "a table")
                .filter_map(|(what, _)| what.strip_prefix("relation "))
                .map(str::to_owned)
                .collect();
            (expected, tables)
        };
        for (policy, text) in [(Policy::Filters, CANONICAL), (Policy::Raises, RAISING)] {
            let (expected, tables) = tables(policy);
            assert!(tables.len() > 25, "{tables:?}");
            for table in tables {
                let own = expected.get(&format!("policy own_tenant of {table}"));
                assert_eq!(own, Some(&format!("permissive for all to public using {text}")), "{table}");
            }
        }
    }
}
