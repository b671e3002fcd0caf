//! Checks of what goes by itself: when it last did, and whether anything waits for longer than it may.

use aurex_core::service::Retained;

use super::catalogue::{RETENTION_OVERDUE, RETENTION_RAN};
use super::finding::Finding;
use super::picture::Picture;

pub(super) fn check(picture: &Picture) -> Vec<Finding> {
    let overdue = |of: &Retained| of.overdue_since.map(|since| format!("{} since {since}", of.class));
    let ran = |of: &Retained| of.last_run.map(|at| format!("{} on {at}", of.class));
    let found = [
        RETENTION_OVERDUE.at_any(picture.retained.iter().filter_map(overdue)),
        RETENTION_RAN.at_any(picture.retained.iter().filter_map(ran)),
    ];
    found.into_iter().flatten().map(|finding| finding.of(&picture.slug)).collect()
}

#[cfg(test)]
mod tests {
    use aurex_core::erasure::ExpiryClass;
    use aurex_core::time::parse_date;

    use super::super::picture::made::{days_ago, picture};
    use super::super::tests::ids;
    use super::*;

    fn of(last: Option<i64>, overdue: Option<&str>) -> Vec<Finding> {
        let mut picture = picture();
        picture.retained.push(Retained {
            class: ExpiryClass::Traffic,
            last_run: last.map(days_ago),
            through: 7,
            overdue_since: overdue.map(|day| parse_date(day).unwrap()),
            held_by: None,
        });
        check(&picture)
    }

    #[test]
    fn asvs_v14_2_7_what_should_have_gone_by_itself_and_has_not_is_found() {
        assert_eq!(of(None, None), []);
        let ran = of(Some(1), None);
        assert_eq!(ids(&ran), ["retention.ran"]);
        assert_eq!(ran[0].evidence, Some(format!("traffic on {}", days_ago(1))));
        let late = of(None, Some("2026-11-01"));
        assert_eq!(ids(&late), ["retention.overdue"]);
        assert_eq!(late[0].evidence.as_deref(), Some("traffic since 2026-11-01"));
    }
}
