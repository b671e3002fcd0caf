//! `keys retire`: a key is destroyed, where nothing that it made is needed any more.

use aurex_core::identity::keys::{Key, KeyId, KeyRing, KeyState, Purpose, StoredChecks};
use aurex_core::service::access::peppers_in_use;
use aurex_core::store::KEY_LIFETIME_SECONDS;
use aurex_core::tenancy::RequestFacts;
use aurex_core::time::Clock as _;

use super::super::database::Opening;
use super::super::{Failure, start};
use super::present;
use crate::config::Config;
use crate::ops::machine::SystemClock;

pub(super) async fn retire(config: &Config, id: &KeyId) -> Result<(), Failure> {
    // A server that runs on this store still makes new things with the key it started with: as far as the store can
    // tell, there must be none.
    let opened = start::open(config, Opening::Serve).await?;
    let ring = opened.ring.clone();
    let key = ring.get(id).ok_or_else(|| format!("there is no key {id} in {}", config.keys.display()))?;
    if let Some(why) = still_needed(&ring, key, SystemClock.now().micros()) {
        return Err(why.into());
    }
    let composed = start::composed(config, opened)?;
    let road = &composed.app.road;
    if key.purpose() == Purpose::Pepper {
        let mut using = Vec::new();
        for (slug, tenant) in road.store.tenants().await? {
            let facts = RequestFacts { request_id: "shell".to_owned(), ..RequestFacts::default() };
            let scope = composed.cli.scope(tenant, &["member.read"], facts);
            if let Some(count) = peppers_in_use(road, &scope).await?.get(id) {
                using.push(format!("{slug} {count}"));
            }
        }
        if !using.is_empty() {
            return Err(format!(
                "passwords of members were hashed with {id} ({}): each comes over when its member signs in; for those who \
                 will not, run aurex-server user reset",
                using.join(", ")
            )
            .into());
        }
    }
    // The store first: if the file were gone and the store still asked for the key, the shop would stay shut.
    road.store.add_check_values(&[StoredChecks::gone_row(id)]).await?;
    present(config)?.0.delete(id)?;
    road.store.close().await;
    tracing::info!(target: "aurex", key = %id, "a key was destroyed");
    println!(
        "{id} is gone from the store and from {}. Exported copies still hold it.",
        config.keys.display()
    );
    Ok(())
}

/// Why a key must stay, as far as the ring alone tells.
fn still_needed(ring: &KeyRing, key: &Key, now_micros: i64) -> Option<String> {
    let id = key.id();
    if key.state() == KeyState::Active {
        return Some(format!("{id} is in use: run aurex-server keys rotate {} first", key.purpose()));
    }
    match key.purpose() {
        Purpose::Column => Some(format!(
            "{id} stays: what it sealed stands in the log as well, and the log is never rewritten"
        )),
        Purpose::Checkpoint => Some(format!("{id} stays: what it signed is verified with it")),
        Purpose::Pepper => None,
        Purpose::Deployment => {
            let made = |key: &Key| key.created_at_micros();
            let successors = ring.of(Purpose::Deployment).map(made).filter(|at| *at > made(key));
            let retired_at = successors.min().unwrap_or(now_micros);
            let hours = KEY_LIFETIME_SECONDS / 3600;
            let over = now_micros.saturating_sub(retired_at) / 1_000_000 > KEY_LIFETIME_SECONDS;
            (!over).then(|| {
                format!("{id} stays until {hours} hours after its rotation: until then calls may be repeated under it")
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_goes_only_where_nothing_needs_it() {
        let mut next = 0_u8;
        let mut entropy = move |bytes: &mut [u8]| {
            next += 1;
            bytes.fill(next);
        };
        let first = KeyRing::generate(0, &mut entropy);
        let hour = 3_600_000_000;
        let ring = Purpose::ALL
            .into_iter()
            .fold(first.clone(), |ring, of| ring.rotated(of, 100 * hour, &mut entropy));
        let why = |purpose, hours: i64| {
            still_needed(&ring, ring.get(first.active(purpose).id()).unwrap(), hours * hour)
        };
        assert!(why(Purpose::Column, 9999).unwrap().contains("the log is never rewritten"));
        assert!(why(Purpose::Checkpoint, 9999).is_some());
        assert!(why(Purpose::Deployment, 172).unwrap().contains("until 72 hours"));
        assert_eq!(why(Purpose::Deployment, 173), None);
        assert_eq!(why(Purpose::Pepper, 100), None);
        let active = ring.active(Purpose::Pepper);
        assert!(still_needed(&ring, active, 9999 * hour).unwrap().contains("keys rotate pepper first"));
    }
}
