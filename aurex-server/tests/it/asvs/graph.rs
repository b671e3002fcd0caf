//! What the server is built from: `Cargo.lock`, followed from its own dependencies.
//!
//! The lock file has every feature and every platform, so it names more than is linked; what it does not name is not
//! there. Dependencies of our tests and benches stand in it too, and are left out here.

use std::collections::{BTreeMap, BTreeSet};

use super::files::{CRATES, manifest};

/// Name → the names that need it.
pub struct Graph(BTreeMap<String, BTreeSet<String>>);

/// The direct dependencies of a crate of ours, as shipped.
pub fn direct(member: &str) -> BTreeSet<String> {
    let manifest = manifest(&format!("{member}/Cargo.toml"));
    let tables = ["dependencies", "build-dependencies"].into_iter().filter_map(|name| manifest.get(name));
    tables.filter_map(toml::Value::as_table).flat_map(|table| table.keys().cloned()).collect()
}

/// The packages of the lock file.
pub fn packages() -> Vec<toml::Table> {
    let lock = manifest("Cargo.lock");
    let packages = lock["package"].as_array().unwrap();
    packages.iter().map(|package| package.as_table().unwrap().clone()).collect()
}

impl Graph {
    /// Of the server.
    pub fn of_the_server() -> Self {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for package in packages() {
            let name = package["name"].as_str().unwrap().to_owned();
            let dependencies =
                package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
            // `name`, or `name version` where there are two.
            let names = dependencies.map(|one| one.as_str().unwrap().split(' ').next().unwrap().to_owned());
            needs.entry(name).or_default().extend(names);
        }
        for member in CRATES {
            let shipped = direct(member);
            needs.get_mut(member).unwrap().retain(|name| shipped.contains(name));
        }
        let mut needed = BTreeMap::from([("aurex-server".to_owned(), BTreeSet::new())]);
        let mut next = vec!["aurex-server".to_owned()];
        while let Some(name) = next.pop() {
            for dependency in needs.get(&name).into_iter().flatten() {
                let by = needed.entry(dependency.clone()).or_insert_with(|| {
                    next.push(dependency.clone());
                    BTreeSet::new()
                });
                by.insert(name.clone());
            }
        }
        assert!(needed.len() > 150 && needed.contains_key("poem"), "{}", needed.len());
        Self(needed)
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Who needs it.
    pub fn needed_by(&self, name: &str) -> BTreeSet<&str> {
        self.0.get(name).into_iter().flatten().map(String::as_str).collect()
    }

    /// Fails when one of these is among what the server is built from.
    #[track_caller]
    pub fn assert_without(&self, names: &[&str]) {
        let found: Vec<_> = names.iter().filter(|name| self.has(name)).collect();
        assert!(found.is_empty(), "the server is built from {found:?}");
    }
}
