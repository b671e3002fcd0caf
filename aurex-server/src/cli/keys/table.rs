//! Keys as a table for people. Names, purposes and ages: nothing of a secret.

use aurex_core::identity::keys::{Key, KeyRing, KeyState, StoredChecks};

/// Every key, with its age and whether it is due.
pub(super) fn list(ring: &KeyRing, now_micros: i64) -> String {
    table(ring, now_micros, |_| "")
}

/// The same with what the store says of each, and the keys that the store needs and that are not there.
pub(super) fn check(ring: &KeyRing, checks: &StoredChecks, now_micros: i64) -> String {
    let word = |key: &Key| {
        let needed = checks.needed.iter().find(|(id, _)| id == key.id());
        match needed {
            Some((_, value)) if *value == key.check_value() => "the store's",
            Some(_) => "WRONG: another secret",
            None if checks.gone.contains(key.id()) => "retired for good: delete the file",
            None => "new to the store",
        }
    };
    let mut text = table(ring, now_micros, word);
    for (id, _) in checks.needed.iter().filter(|(id, _)| ring.get(id).is_none()) {
        text.push_str(&format!("{:<22} MISSING: the store needs it\n", id.as_str()));
    }
    text
}

fn table(ring: &KeyRing, now_micros: i64, word: impl Fn(&Key) -> &'static str) -> String {
    let mut text = format!("{:<22} {:<11} {:<8} {:>8}  {}\n", "KEY", "PURPOSE", "STATE", "AGE", "");
    for key in ring.keys() {
        let (state, days) = (key.state().as_str(), key.age_days(now_micros));
        let due = match (key.state(), key.is_due(now_micros)) {
            (KeyState::Active, true) => format!("DUE: run keys rotate {}", key.purpose()),
            (KeyState::Active, false) => {
                format!("due in {} days", i64::from(key.purpose().rotation_days()).saturating_sub(days))
            }
            (KeyState::Retired, _) => String::new(),
        };
        let remarks: Vec<&str> = [word(key), &due].into_iter().filter(|remark| !remark.is_empty()).collect();
        let (id, purpose) = (key.id().as_str(), key.purpose().as_str());
        let line = format!("{id:<22} {purpose:<11} {state:<8} {days:>4} days  {}", remarks.join("; "));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use aurex_core::identity::keys::Purpose;

    use super::*;

    const DAY: i64 = 86_400_000_000;

    fn rings() -> (KeyRing, KeyRing) {
        let mut next = 0_u8;
        let mut entropy = move |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        let first = KeyRing::generate(0, &mut entropy);
        let rotated = first.rotated(Purpose::Pepper, 100 * DAY, &mut entropy);
        (first, rotated)
    }

    #[test]
    fn asvs_v13_1_4_overdue_keys_are_pointed_out() {
        let (_, ring) = rings();
        let text = list(&ring, 366 * DAY);
        let of =
            |purpose: &str| text.lines().filter(|line| line.contains(purpose)).collect::<Vec<_>>().join("\n");
        assert!(of(" deployment ").ends_with("DUE: run keys rotate deployment"), "{text}");
        assert!(of(" column ").ends_with("due in 364 days"), "{text}");
        assert!(
            of(" pepper ").contains("due in 464 days") && of(" pepper ").contains("retired   366 days"),
            "{text}"
        );
    }

    #[test]
    fn a_check_names_what_is_wrong_missing_and_new() {
        let (first, rotated) = rings();
        let checks = |ring: &KeyRing| StoredChecks::read(ring.check_rows()).unwrap();
        let text = check(&first, &checks(&rotated), DAY);
        assert!(text.contains("MISSING: the store needs it"), "{text}");
        assert!(check(&rotated, &checks(&first), DAY).contains("new to the store"));
        assert_eq!(check(&first, &checks(&first), DAY).matches("the store's").count(), 4);

        let mut rows = first.check_rows();
        rows[0].1 = rows[1].1.clone();
        assert!(check(&first, &StoredChecks::read(rows).unwrap(), DAY).contains("WRONG"));
    }

    #[test]
    fn nothing_of_a_secret_is_shown() {
        let (_, ring) = rings();
        let text = check(&ring, &StoredChecks::read(ring.check_rows()).unwrap(), DAY);
        for key in ring.keys() {
            let file = key.to_file_text();
            let secret = file.lines().find_map(|line| line.strip_prefix("secret: ")).unwrap();
            assert!(!text.contains(secret) && !text.contains(&key.check_value().to_string()));
            assert!(text.contains(key.id().as_str()));
        }
    }
}
