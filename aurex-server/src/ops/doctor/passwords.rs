//! Checks of what passwords cost and are compared with.

use super::catalogue::{
    PASSWORDS_COST_LOW, PASSWORDS_LIST_UNUSABLE, PASSWORDS_UNLISTED, PASSWORDS_UNMEASURED,
};
use super::finding::Finding;
use crate::config::Config;
use crate::ops::background::chain;
use crate::ops::breached::BreachedFolder;
use crate::ops::calibration;

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    match (config.password_cost, calibration::kept(&calibration::file(&config.data_dir))) {
        (None, None) => found.push(PASSWORDS_UNMEASURED.plain()),
        (Some(given), Some(measured)) if given < measured => {
            found.push(PASSWORDS_COST_LOW.at(format!("{} instead of {}", given.get(), measured.get())));
        }
        _ => {}
    }
    match config.breached_passwords.as_deref().map(BreachedFolder::open) {
        None => found.push(PASSWORDS_UNLISTED.plain()),
        Some(Err(error)) => found.push(PASSWORDS_LIST_UNUSABLE.at(chain(&error))),
        Some(Ok(_)) => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::tests::{config, ids};
    use super::*;

    #[test]
    fn the_cost_in_force_is_compared_with_the_measured_one() {
        let data = tempfile::tempdir().unwrap();
        let list = data.path().join("breached");
        fs::create_dir(&list).unwrap();
        let of = |more: &str| {
            let text = format!("data_dir = {:?}\nbreached_passwords = {list:?}\n{more}", data.path());
            ids(&check(&config(&text)))
        };
        assert_eq!(of("password_cost = 12"), ["passwords.breached_list_unusable"], "it has no ranges");
        fs::write(list.join("00000.txt"), "").unwrap();
        assert_eq!(of("password_cost = 12"), [""; 0]);
        assert_eq!(of(""), ["passwords.cost_unmeasured"]);
        fs::write(calibration::file(data.path()), "14\n").unwrap();
        assert_eq!(of(""), [""; 0]);
        assert_eq!(of("password_cost = 13"), ["passwords.cost_low"]);
        assert_eq!(of("password_cost = 14"), [""; 0]);
    }

    #[test]
    fn without_a_list_that_is_noted() {
        let found = check(&config("password_cost = 12"));
        assert_eq!(ids(&found), ["passwords.breached_list_none"]);
    }
}
