//! From a configuration to a composed application: open the store, read the keys, see that they belong together.

use std::path::Path;
use std::sync::Arc;

use aurex_core::identity::keys::{KeyRing, StoredChecks};
use aurex_core::identity::password::Cost;
use aurex_core::service::access::SignInConfig;
use aurex_core::store::Store;
use aurex_core::tenancy::Authority;
use aurex_core::time::Clock as _;

use super::database::Opening;
use super::{Failure, database};
use crate::app::{Composed, Parts, compose, hash_workers};
use crate::config::Config;
use crate::ops::breached::BreachedFolder;
use crate::ops::calibration;
use crate::ops::hashing::GivingWay;
use crate::ops::keys_folder::{KeysFolder, StoreIs};
use crate::ops::machine::{OsEntropy, SystemClock};

/// An opened store with the keys that belong to it.
pub struct Opened {
    /// The store.
    pub store: Arc<dyn Store>,
    /// The right to make scopes for it.
    pub authority: Authority,
    /// The deployment's keys.
    pub ring: KeyRing,
}

/// Opens the store and its keys; makes the keys when the store is empty.
pub async fn open(config: &Config, opening: Opening) -> Result<Opened, Failure> {
    let (store, authority) = database::open(config, opening).await?;
    let checks = StoredChecks::read(store.check_values().await?)?;
    let is =
        if checks.is_empty() && store.tenants().await?.is_empty() { StoreIs::Empty } else { StoreIs::InUse };
    use aurex_core::chance::Entropy as _;
    if let Some(parent) = config.keys.parent() {
        std::fs::create_dir_all(parent)?;
    }
    let folder = KeysFolder::open(&config.keys, is)?;
    let ring = folder.ring(is, SystemClock.now().micros(), &mut |bytes| OsEntropy.fill(bytes))?;
    if is == StoreIs::InUse || !store.keep_check_values(&ring.check_rows()).await? {
        // Another server may have started on the empty store a moment before: then its keys count.
        recognise(&*store, &ring, &config.keys).await?;
    }
    Ok(Opened { store, authority, ring })
}

/// Sees that these are the store's keys, and lets it know those that were made since.
pub async fn recognise(store: &dyn Store, ring: &KeyRing, keys: &Path) -> Result<StoredChecks, Failure> {
    let checks = StoredChecks::read(store.check_values().await?)?;
    if let Err(error) = ring.verify(&checks.needed) {
        return Err(format!(
            "{error}: put into {} the keys folder that belongs to this store, or name it with keys_dir",
            keys.display()
        )
        .into());
    }
    let new = checks.missing_of(ring);
    if !new.is_empty() {
        store.add_check_values(&new).await?;
    }
    let now = SystemClock.now().micros();
    for key in ring.keys() {
        if checks.gone.contains(key.id()) {
            tracing::warn!(target: "aurex", key = %key.id(), "this key was taken out for good: delete its file");
        } else if key.is_due(now) {
            let days = key.age_days(now);
            tracing::warn!(
                target: "aurex", key = %key.id(), days,
                "this key is due for rotation: run aurex-server keys rotate {}", key.purpose()
            );
        }
    }
    Ok(checks)
}

/// Puts an opened store and its keys together with the machine's clock and chance.
pub fn composed(config: &Config, opened: Opened) -> Result<Composed, Failure> {
    Ok(compose(Parts {
        store: opened.store,
        authority: opened.authority,
        ring: opened.ring,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(OsEntropy),
        cost: config
            .password_cost
            .or_else(|| calibration::kept(&calibration::file(&config.data_dir)))
            .unwrap_or(Cost::MINIMUM),
        hashing: Some(Arc::new(GivingWay::start(hash_workers())?)),
        breached: match &config.breached_passwords {
            Some(folder) => Some(Arc::new(BreachedFolder::open(folder)?)),
            None => None,
        },
        sign_in: SignInConfig::default(),
        origins: config.origins.clone(),
        opening: config.open_workspaces,
        rates: config.rates,
        exports: config.data_dir.join("exports"),
    })?)
}

/// Creates or upgrades the store, and stops.
pub async fn migrate(config: Config) -> Result<(), Failure> {
    if let Some(done) = database::migrate(&config).await? {
        println!("{done}");
    }
    let opened = open(&config, Opening::Serve).await?;
    let tenants = opened.store.tenants().await?;
    opened.store.close().await;
    println!("The store in {} is current; it holds {} workspaces.", config.database, tenants.len());
    Ok(())
}
