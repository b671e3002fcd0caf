//! `witness`: cosign the logs of somebody else's server. It reads no configuration: it is another machine's.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use aurex_core::audit::note::VerifierKey;
use aurex_core::chance::Entropy as _;

use super::Failure;
use crate::ops::machine::{OsEntropy, SystemClock};
use crate::ops::witness::{Witness, serve};

#[derive(Debug, clap::Args)]
pub struct WitnessArguments {
    /// The folder of its key and of what it has cosigned; made where there is none
    #[arg(long, value_name = "FOLDER", default_value = "aurex-witness")]
    folder: PathBuf,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    address: SocketAddr,
    /// What it is called, when its key is made: a name of yours, witness.example for example
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// A key of a log to cosign, as `log/keys` shows it; may be given several times
    #[arg(long, value_name = "KEY")]
    add_log: Vec<VerifierKey>,
    /// Only take notice of the logs and print what is known, and stop
    #[arg(long)]
    list: bool,
}

pub async fn witness(arguments: WitnessArguments) -> Result<(), Failure> {
    let WitnessArguments { folder, address, name, add_log, list } = arguments;
    let mut witness = Witness::open(&folder, name.as_deref(), |bytes| OsEntropy.fill(bytes))?;
    for key in add_log {
        witness.add_log(key)?;
    }
    println!("{}", witness.key());
    for (origin, size) in witness.logs() {
        println!("{size} entries of {origin}");
    }
    if list {
        return Ok(());
    }
    println!("listening on {address}");
    Ok(serve(address, witness, Arc::new(SystemClock)).await?)
}
