//! Caps: what a workspace's own role leaves of its base's limits.

use std::sync::Arc;

/// The caps of one custom role, by name. A limit without a cap stays what the base role says.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Caps(Arc<[(String, i64)]>);

impl Caps {
    /// `limit`, or the cap of this name where that is less. A cap never widens.
    #[must_use]
    pub fn cap(&self, name: &str, limit: i64) -> i64 {
        let caps = self.0.iter().filter(|(of, _)| of == name).map(|(_, most)| (*most).max(0));
        caps.fold(limit, i64::min)
    }
}

impl FromIterator<(String, i64)> for Caps {
    fn from_iter<I: IntoIterator<Item = (String, i64)>>(caps: I) -> Self {
        Self(caps.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cap_only_ever_takes_away() {
        let caps: Caps = [("discount_ppm".to_owned(), 20_000), ("days".to_owned(), -3)].into_iter().collect();
        assert_eq!(caps.cap("discount_ppm", 50_000), 20_000);
        assert_eq!(caps.cap("discount_ppm", 10_000), 10_000);
        assert_eq!(caps.cap("days", 7), 0);
        assert_eq!(caps.cap("another", 7), 7);
    }
}
