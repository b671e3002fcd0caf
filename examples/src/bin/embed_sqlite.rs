//! Embedding on SQLite: open a store, open a workspace, sign in, post a rate, read it back.
//!
//! `cargo run -p aurex-examples --bin embed_sqlite`

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use aurex_core::chance::Entropy;
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::opening::{NewBusiness, NewOwner, NewWorkspace};
use aurex_core::identity::password::{Cost, HashPool, Password, Peppers};
use aurex_core::identity::throttle::ThrottleKeys;
use aurex_core::measure::{Fineness, Mass, Metal, RateKind};
use aurex_core::money::{Currency, Money};
use aurex_core::service::access::{SignIn, SignInConfig, open_workspace};
use aurex_core::service::shop::{post_rate, rate_board};
use aurex_core::service::{Road, Secrets};
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::StateCode;
use aurex_core::shop::parties::Address;
use aurex_core::shop::rates::NewRate;
use aurex_core::tenancy::RequestFacts;
use aurex_core::text::{Email, Name};
use aurex_core::time::{Clock, Timestamp, Zone};
use aurex_store_sqlite::{SqliteOptions, SqliteStore};

/// The machine's clock and chance. Core never asks for either; whoever embeds it hands them in.
struct Machine;

impl Clock for Machine {
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

impl Entropy for Machine {
    #[expect(clippy::disallowed_methods, reason = "this is where chance comes from")]
    fn fill(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            std::process::abort();
        }
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    let (store, authority) = SqliteStore::open(folder.path(), SqliteOptions::default()).await?;

    // A product keeps its keys; this one forgets them with its folder.
    let ring = KeyRing::generate(Machine.now().micros(), &mut |bytes| Machine.fill(bytes));
    let road = Road {
        store: Arc::new(store),
        clock: Arc::new(Machine),
        entropy: Arc::new(Machine),
        secrets: Arc::new(Secrets::from_ring(&ring)),
    };
    let entrances = authority.split();
    let pool = Arc::new(HashPool::new(NonZeroUsize::MIN, 64, Peppers::from_ring(&ring), Cost::MINIMUM));
    let throttle = ThrottleKeys::from_ring(&ring);
    let sign_in = SignIn::new(entrances.sign_in, road.clone(), pool, throttle, SignInConfig::default());

    let password = "marigold river lantern";
    let new = NewWorkspace {
        slug: "zaveri".parse()?,
        name: Name::new("Zaveri Jewellers")?,
        currency: Currency::INR,
        zone: Zone::INDIA,
        state: StateCode::parse("27")?,
        business: Some(NewBusiness {
            legal_name: Name::new("Zaveri Jewellers")?,
            address: Address::new("1 Zaveri Bazaar, Mumbai")?,
            gstin: None,
            scheme: Scheme::Unregistered,
        }),
        owner: NewOwner {
            name: Name::new("Meena")?,
            email: Email::new("meena@zaveri.example")?,
            password: Password::new(password),
        },
    };
    open_workspace(&sign_in, new, RequestFacts::default()).await?;

    // Who asks: one tenant, one person, proven. There is no other way to a scope.
    let facts = RequestFacts::default();
    let scope = sign_in.password("zaveri", "meena@zaveri.example", password, None, facts).await?.scope;

    // One function a use case: scope in, receipt out.
    let rate = NewRate::by_hand(
        Metal::Gold,
        Fineness::new(916_000)?,
        RateKind::Sell,
        Money::new(1_280_000, Currency::INR)?,
        Mass::new(1_000)?,
    );
    let posted = post_rate(&road, &scope, None, rate).await?;
    if let Some(receipt) = posted.receipt {
        println!("entry {} of the log, leaf {}", receipt.seq, receipt.leaf);
    }
    for rate in rate_board(&road, &scope, None).await? {
        println!(
            "{} {} ppm: {} for {} mg",
            rate.metal.code(),
            rate.fineness.ppm(),
            rate.amount,
            rate.per.mg()
        );
    }
    road.store.close().await;
    Ok(())
}
