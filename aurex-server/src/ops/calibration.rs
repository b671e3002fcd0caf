//! How dear a password's hash is on this machine: measured once, in the background, and kept.
//!
//! A start does not wait for it. Until it is done new hashes take [`Cost::MINIMUM`], and every member comes over at
//! their next sign-in. What was measured is kept in the data folder, because another measurement on a busy morning would
//! come out lower; whoever moves to another machine deletes the file, or says the cost.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use aurex_core::identity::keys::KeyId;
use aurex_core::identity::password::{Cost, HashPool, Password, Pepper, calibrate, dummy_verify};
use zeroize::Zeroizing;

/// The longest that one hash shall take. Each step of cost doubles the work, so that the cost chosen takes more than half
/// of it, 200 ms, unless even the least cost takes longer.
pub const LONGEST: Duration = Duration::from_millis(400);

/// Where the cost is kept.
#[must_use]
pub fn file(data_dir: &Path) -> PathBuf {
    data_dir.join("password-cost")
}

/// The cost that an earlier start kept. Text that is no cost counts as none: it is measured anew.
#[must_use]
pub fn kept(file: &Path) -> Option<Cost> {
    let text = std::fs::read_to_string(file).ok()?;
    Cost::new(text.trim().parse().ok()?).ok()
}

fn keep(file: &Path, cost: Cost) -> io::Result<()> {
    let beside = file.with_extension("new");
    std::fs::write(&beside, format!("{}\n", cost.get()))?;
    std::fs::rename(beside, file)
}

/// Measures on a thread of its own, gives the pool what came out, keeps and logs it. The thread is not waited for: it
/// ends with the process.
pub fn begin(file: PathBuf, pool: Arc<HashPool>) {
    let measured = std::thread::Builder::new().name("password-cost".to_owned()).spawn(move || {
        if let Some(timer) = timer() {
            settle(&file, &pool, timer);
        }
    });
    if let Err(error) = measured {
        tracing::warn!(target: "aurex", %error, "the cost of passwords is not measured; it stays as it is");
    }
}

fn settle(file: &Path, pool: &HashPool, mut time_one_hash: impl FnMut(Cost) -> Duration) {
    let cost = calibrate(LONGEST, &mut time_one_hash);
    pool.set_cost(cost);
    let millis = u64::try_from(time_one_hash(cost).as_millis()).unwrap_or(u64::MAX);
    tracing::info!(target: "aurex", cost = cost.get(), millis, "the cost of passwords is measured and in force");
    if let Err(error) = keep(file, cost) {
        tracing::warn!(target: "aurex", %error, "the cost of passwords could not be kept; the next start measures anew");
    }
}

/// Times a hash of a password that is nobody's, under a pepper that is none.
fn timer() -> Option<impl FnMut(Cost) -> Duration> {
    let id: KeyId = "calibration".parse().ok()?;
    let pepper = Pepper::new(id, Zeroizing::new([0; 32]));
    let password = Password::new("measured");
    Some(move |cost| {
        let before = Instant::now();
        dummy_verify(&password, &pepper, cost);
        before.elapsed()
    })
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use aurex_core::identity::password::Peppers;

    use super::*;

    fn pool() -> HashPool {
        let pepper = Pepper::new("p1".parse().unwrap(), Zeroizing::new([1; 32]));
        HashPool::new(NonZeroUsize::MIN, 1, Peppers::new(pepper, Vec::new()), Cost::MINIMUM)
    }

    #[test]
    fn asvs_v11_4_2_the_cost_is_what_takes_more_than_200_ms_and_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let (file, pool) = (file(folder.path()), pool());
        assert_eq!(kept(&file), None);
        // A machine that needs 80 ms at cost 12.
        settle(&file, &pool, |cost| Duration::from_millis(80 << (cost.get() - 12)));
        assert_eq!(pool.cost().get(), 14, "320 ms");
        assert_eq!(kept(&file), Some(pool.cost()));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn asvs_v11_4_2_no_machine_goes_below_the_floor_and_no_damage_lowers_it() {
        let folder = tempfile::tempdir().unwrap();
        let (file, pool) = (file(folder.path()), pool());
        settle(&file, &pool, |_| Duration::from_secs(9));
        assert_eq!(kept(&file), Some(Cost::MINIMUM));
        for text in ["", "4", "31", "cheap", "12.5"] {
            std::fs::write(&file, text).unwrap();
            assert_eq!(kept(&file), None, "{text}");
        }
    }
}
