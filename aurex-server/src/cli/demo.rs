//! `demo`: a realistic shop in a new folder, and the server on it.

use super::{Failure, serve, start};
use crate::config::Config;

/// How the demo is made.
#[derive(Debug, clap::Args)]
pub struct DemoArguments {}

/// Opens the shop and serves it.
pub async fn demo(config: Config, _arguments: DemoArguments) -> Result<(), Failure> {
    serve::log_to_stderr(&config)?;
    let composed = start::composed(&config, start::open(&config, false).await?)?;
    serve::run(config, composed, |_| {}).await
}
