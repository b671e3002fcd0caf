//! `audit scrub`: what erasures left in the database's files is overwritten, by whoever holds the machine.

use aurex_core::store::{Scrub, Store};

use super::Failure;
use super::database::{self, Opening};
use super::serve::log_to_stderr;
use crate::config::{Config, Database};

/// Runs the command, beside a running server if there is one.
pub(super) async fn run(config: &Config) -> Result<(), Failure> {
    log_to_stderr(config)?;
    if let Database::Postgres(of) = &config.database {
        let tables = database::scrub(of).await?;
        println!("written anew: {}", tables.join(", "));
        println!(
            "Nothing of what was erased is left in the tables. The server's write-ahead log, its archive, replicas and \
             backups keep it until they age out."
        );
        return Ok(());
    }
    let (store, _) = database::open(config, Opening::Beside).await?;
    let scrubbed = scrub_files(&*store).await;
    store.close().await;
    let (done, busy) = scrubbed?;
    println!("{done} workspaces' files were written anew");
    match busy.as_slice() {
        [] => Ok(()),
        busy => Err(format!("somebody was reading in {}: run this again", busy.join(", ")).into()),
    }
}

async fn scrub_files(store: &dyn Store) -> Result<(usize, Vec<String>), Failure> {
    let (mut done, mut busy) = (0, Vec::new());
    for (slug, tenant) in store.tenants().await? {
        if store.scrub(tenant, Scrub::Whole).await? {
            done += 1;
        } else {
            busy.push(slug.to_string());
        }
    }
    Ok((done, busy))
}
