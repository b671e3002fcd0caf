//! The command: make the folder, make the shop in it, serve it, take the folder away.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

use aurex_core::identity::password::Cost;
use aurex_core::service::access::SignInConfig;
use aurex_core::tenancy::Trusted;
use aurex_core::time::{Clock as _, Zone};

use super::clock::StoryClock;
use super::folder::DemoFolder;
use super::people::{MAIN, Staff, open_shops};
use super::rates::Board;
use super::shop::{Plan, Story, Year};
use super::told::{Progress, tell};
use crate::app::{Parts, compose};
use crate::cli::database::{self, Opening};
use crate::cli::{Failure, serve, start};
use crate::config::{Config, Database};
use crate::ops::machine::{OsEntropy, SystemClock};

/// How the demo is made.
#[derive(Debug, clap::Args)]
#[command(long_about = "Open a realistic shop in a new folder and serve it\n\n\
    The folder is `demo-<date>-<time>` in the data folder. It is made anew each time, so that no shop of yours is \
    touched, and removed when the server stops; the setting of the keys' folder is not used, and that of the database only \
    where it names one on Postgres: it must have no schema `aurex` yet, and has none when the server has stopped. \
    Passwords are made anew too and shown once. The server listens on the loopback address only.")]
pub struct DemoArguments {
    /// Leave the shops where they are when the server stops
    #[arg(long)]
    keep: bool,
}

/// Where the story's chance begins: any number makes as good a shop.
pub(super) const SEED: u64 = 916;

/// Makes the shops and serves them.
pub async fn demo(config: Config, arguments: DemoArguments) -> Result<(), Failure> {
    if !config.listen.ip().is_loopback() {
        return Err("the demo listens on the loopback address only, 127.0.0.1:8080 for example".into());
    }
    // Said before the work, not after it.
    TcpListener::bind(config.listen)
        .map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    serve::log_to_stderr(&config)?;
    let now = SystemClock.now();
    let folder = DemoFolder::make(&config.data_dir, now)?;
    let own = match &config.database {
        Database::Sqlite(_) => Database::Sqlite(folder.path().join("store")),
        Database::Postgres(database) => Database::Postgres(database.clone()),
    };
    let config = Config { database: own, keys: folder.path().join("keys"), ..config };
    let throwaway = match &config.database {
        Database::Sqlite(_) => None,
        Database::Postgres(database) => match database::make(database).await {
            Ok(throwaway) => Some(throwaway),
            Err(refused) => {
                folder.remove()?;
                return Err(refused);
            }
        },
    };
    let served = make_and_serve(&config, &folder).await;
    if arguments.keep {
        println!("The demo is left in {} and {}.", config.database, folder.path().display());
        return served;
    }
    // What the demo made it removes, also when it broke; why it broke is what counts then.
    let removed = match throwaway {
        None => Ok(()),
        Some(throwaway) => throwaway.remove().await.map(drop),
    };
    folder.remove()?;
    served.and(removed.map_err(Failure::from))
}

async fn make_and_serve(config: &Config, folder: &DemoFolder) -> Result<(), Failure> {
    let began = Instant::now();
    match &config.database {
        Database::Sqlite(_) => {
            println!("Making a year of a jeweller's shop in {} …", folder.path().display())
        }
        Database::Postgres(database) => println!("Making a year of a jeweller's shop in {} …", database.url),
    }
    let (people, board, year) = make(config).await?;

    // Opened again, so that what is served is as durable as any shop.
    let composed = start::composed(config, start::open(config, Opening::Serve).await?)?;
    for (tenant, members) in [(people.main, &people.members), (people.rival, &people.rivals)] {
        let staff = Staff::new(&composed.trusted, tenant, members);
        board.post(&composed.app.road, &staff).await?;
    }
    let seconds = began.elapsed().as_secs();
    let home = config.origins.of_workspace(MAIN).map(|origin| origin.to_string());
    // A demonstration measures nothing and leaves nothing behind.
    let config = Config { password_cost: config.password_cost.or(Some(Cost::MINIMUM)), ..config.clone() };
    serve::run(config, composed, |origin| tell(home.as_deref().unwrap_or(origin), &people, &year, seconds))
        .await
}

/// Makes the shops in a store that need not survive a power cut before it is whole.
async fn make(config: &Config) -> Result<(super::people::People, Board, Year), Failure> {
    let start::Opened { store, authority, ring } = start::open(config, Opening::Fill).await?;
    let today = Zone::INDIA.date_of(SystemClock.now());
    let plan = Plan::year_before(today);
    let clock = Arc::new(StoryClock::before(plan.first_day()));
    let composed = compose(Parts {
        store,
        authority,
        ring,
        clock: Arc::clone(&clock) as _,
        // Members, salts and sessions are the machine's own chance; only the shop's story is scripted.
        entropy: Arc::new(OsEntropy),
        cost: Cost::MINIMUM,
        hashing: None,
        breached: None,
        sign_in: SignInConfig::default(),
        origins: config.origins.clone(),
        opening: true,
        rates: config.rates,
        exports: config.data_dir.join("exports"),
    })?;
    let mut progress = Progress::new(plan.days());
    let people = open_shops(&composed.app.sign_in, &composed.trusted, &OsEntropy).await?;
    let trusted: &Trusted = &composed.trusted;
    let story = Story { road: &composed.app.road, trusted, clock, people: &people, seed: SEED };
    let (board, year) = super::shop::live(story, &plan, &mut progress).await?;
    progress.done();
    composed.app.road.store.close().await;
    Ok((people, board, year))
}
