//! What the application's role may do, compared with the list that `migrate` grants from.

use std::collections::BTreeSet;

use sqlx::PgConnection;

use crate::roles::{Columns, GRANTS, Grant};

struct Reach {
    table: String,
    privilege: String,
    reached: Vec<String>,
    columns: Vec<String>,
}

/// One sentence for each privilege that is missing or too much.
pub(super) async fn differences(conn: &mut PgConnection, role: &str) -> Result<Vec<String>, sqlx::Error> {
    let live = sqlx::query_file_as!(Reach, "src/walls/privileges.sql", role).fetch_all(conn).await?;
    Ok(live.iter().flat_map(|reach| reach.compare(role)).collect())
}

impl Reach {
    fn compare(&self, role: &str) -> Vec<String> {
        let grant = GRANTS.iter().find(|grant| grant.table == self.table);
        let expected: BTreeSet<&str> = match grant.map_or(Columns::None, |grant| self.expected(grant)) {
            Columns::None => BTreeSet::new(),
            Columns::All => self.columns.iter().map(String::as_str).collect(),
            Columns::Only(columns) => columns.iter().copied().collect(),
        };
        let live: BTreeSet<&str> = self.reached.iter().map(String::as_str).collect();
        let sentence = |columns: Vec<&str>, not: &str, why: &str| {
            let of = if columns.len() == self.columns.len() {
                String::new()
            } else {
                format!(" ({})", columns.join(", "))
            };
            let (privilege, table) = (&self.privilege, &self.table);
            (!columns.is_empty())
                .then(|| format!("role {role} may {not}{privilege}{of} on table aurex.{table}, {why}"))
        };
        let much = sentence(live.difference(&expected).copied().collect(), "", "which it must not");
        let little = sentence(expected.difference(&live).copied().collect(), "not ", "which the store needs");
        much.into_iter().chain(little).collect()
    }

    fn expected(&self, grant: &Grant) -> Columns {
        match self.privilege.as_str() {
            "SELECT" => grant.select,
            "INSERT" => grant.insert,
            "UPDATE" => grant.update,
            "DELETE" if grant.delete => Columns::All,
            _ => Columns::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(table: &str, privilege: &str, reached: &[&str], columns: &[&str]) -> Vec<String> {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let (table, privilege) = (table.to_owned(), privilege.to_owned());
        Reach { table, privilege, reached: owned(reached), columns: owned(columns) }.compare("aurex_app")
    }

    #[test]
    fn what_is_too_much_and_too_little_is_named() {
        assert_eq!(reach("posting", "INSERT", &["a", "b"], &["a", "b"]), [""; 0]);
        assert_eq!(
            reach("posting", "UPDATE", &["a", "b"], &["a", "b"]),
            ["role aurex_app may UPDATE on table aurex.posting, which it must not"]
        );
        assert_eq!(
            reach("posting", "INSERT", &["a"], &["a", "b"]),
            ["role aurex_app may not INSERT (b) on table aurex.posting, which the store needs"]
        );
        assert_eq!(
            reach(
                "audit_opening",
                "UPDATE",
                &["content", "salt", "seq"],
                &["content", "name", "salt", "seq"]
            ),
            ["role aurex_app may UPDATE (seq) on table aurex.audit_opening, which it must not"]
        );
        assert_eq!(
            reach("posting", "TRUNCATE", &["a"], &["a"]),
            ["role aurex_app may TRUNCATE on table aurex.posting, which it must not"]
        );
        assert_eq!(reach("somebody_elses", "SELECT", &["a"], &["a"]).len(), 1);
    }
}
