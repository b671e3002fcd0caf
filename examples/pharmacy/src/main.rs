//! A pharmacy's morning: open a store with the pharmacy's tables, found a workspace, sign in, receive a batch, dispense
//! from it, and read what the log says of it.
//!
//! `cargo run -p aurex-pharmacy` keeps it in SQLite, in a folder that goes with the morning. With an argument, or with
//! `AUREX_DATABASE_URL=postgres://…`, it is kept in PostgreSQL, in a database whose schema it makes.

use std::error::Error;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use aurex_core::audit::Value;
use aurex_core::chance::Entropy;
use aurex_core::identity::founding::{NewFounding, NewOwner};
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::password::{Cost, HashPool, Password, Peppers};
use aurex_core::identity::throttle::ThrottleKeys;
use aurex_core::money::Currency;
use aurex_core::service::access::{SignIn, SignInConfig, found_workspace};
use aurex_core::service::{Road, Secrets};
use aurex_core::store::{PageRequest, Store};
use aurex_core::tenancy::{Authority, RequestFacts};
use aurex_core::text::{Email, Label, Name};
use aurex_core::time::{Clock, Timestamp, Zone, plus_days};
use aurex_pharmacy::dispense::NewDispensing;
use aurex_pharmacy::receive::NewBatch;
use aurex_pharmacy::service::{Pharmacy, dispense, log, on_shelf, receive};
use aurex_pharmacy::shelf::Shelf;
use aurex_pharmacy::{postgres, sqlite};
use aurex_store_postgres::PostgresStore;
use aurex_store_sqlite::SqliteStore;

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

/// A value of the log, for people.
fn shown(value: Option<Value>) -> String {
    match value {
        None => "nothing".to_owned(),
        Some(Value::Text(text)) => text,
        Some(Value::Int(n)) => n.to_string(),
        Some(Value::Bool(yes)) => yes.to_string(),
        Some(Value::Id(id)) => id.to_string(),
        Some(other) => format!("{other:?}"),
    }
}

type Opened = (Arc<dyn Store>, Arc<dyn Shelf>, Authority);

/// Everything below is the same whichever it is.
async fn open(folder: &Path, url: Option<&str>) -> Result<Opened, Box<dyn Error + Send + Sync>> {
    let Some(url) = url else {
        // The store makes our tables in every workspace's file, and looks after the guards on them.
        let (store, authority) = SqliteStore::open(folder, sqlite::options()).await?;
        return Ok((Arc::new(store.clone()), Arc::new(store), authority));
    };
    if !url.starts_with("postgres") {
        return Err(
            "the database's URL is not of the form postgres://user:password@host:port/database".into()
        );
    }
    // A deployment migrates as one login and serves as a lesser one.
    postgres::migrate(url).await?;
    let (store, authority) = PostgresStore::open(url, postgres::options()).await?;
    for warning in store.warnings() {
        eprintln!("warning: {warning}");
    }
    Ok((Arc::new(store.clone()), Arc::new(store), authority))
}

#[expect(clippy::disallowed_methods, reason = "this is where the configuration comes from")]
fn url() -> Option<String> {
    std::env::args().nth(1).or_else(|| std::env::var("AUREX_DATABASE_URL").ok())
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let folder = tempfile::tempdir()?;
    let (store, shelf, authority) = open(folder.path(), url().as_deref()).await?;

    // A product keeps its keys; this one forgets them with its folder.
    let ring = KeyRing::generate(Machine.now().micros(), &mut |bytes| Machine.fill(bytes));
    let road = Road {
        store,
        clock: Arc::new(Machine),
        entropy: Arc::new(Machine),
        secrets: Arc::new(Secrets::from_ring(&ring)),
    };
    let pharmacy = Pharmacy { road: road.clone(), shelf };
    let pool = Arc::new(HashPool::new(NonZeroUsize::MIN, 64, Peppers::from_ring(&ring), Cost::MINIMUM));
    let throttle = ThrottleKeys::from_ring(&ring);
    let sign_in =
        SignIn::new(authority.split().sign_in, road.clone(), pool, throttle, SignInConfig::default());

    let password = "lotus on a quiet pond";
    // Another one each time: a database remembers yesterday's.
    let slug = format!("asha-{}", Machine.now().micros());
    let new = NewFounding {
        slug: slug.parse()?,
        name: Name::new("Asha Pharmacy")?,
        currency: Currency::INR,
        zone: Zone::INDIA,
        owner: NewOwner {
            name: Name::new("Asha")?,
            email: Email::new("asha@pharmacy.example")?,
            password: Password::new(password),
        },
    };
    found_workspace(&sign_in, new, RequestFacts::default()).await?;
    let facts = RequestFacts::default();
    let scope = sign_in.password(&slug, "asha@pharmacy.example", password, None, facts).await?.scope;

    let delivery = NewBatch {
        medicine: Name::new("Amoxicillin 500 mg")?,
        number: Label::new("AX-17")?,
        expires: plus_days(Zone::INDIA.date_of(Machine.now()), 400),
        controlled: true,
        pieces: 90,
    };
    let batch = receive(&pharmacy, &scope, None, delivery).await?.value;

    let asked = NewDispensing {
        batch: batch.id,
        pieces: 15,
        patient: Name::new("Ravi Kumar")?,
        prescriber: Some(Name::new("Dr Rao")?),
    };
    let key = asked.presented("till-1/0001");
    let done = dispense(&pharmacy, &scope, Some(&key), asked.clone()).await?;
    println!("{} pieces dispensed as {}", done.value.pieces, done.value.id);
    // The line broke and the till asks again: nothing is given out twice.
    let again = dispense(&pharmacy, &scope, Some(&key), asked.clone()).await?;
    println!("asked again: replayed is {}, the same {}", again.replayed, again.value.id);

    let nobody_prescribed_it = NewDispensing { prescriber: None, ..asked };
    if let Err(refusal) = dispense(&pharmacy, &scope, None, nobody_prescribed_it).await {
        println!("refused: {refusal}");
    }
    for batch in on_shelf(&pharmacy, &scope, PageRequest::first(10)).await?.items {
        println!("on the shelf: {} {}, {} pieces", batch.medicine, batch.number, batch.on_hand);
    }

    for entry in log(&pharmacy, &scope, &Default::default(), PageRequest::first(2)).await?.items {
        let by = entry.actor_name.as_deref().unwrap_or("nobody");
        println!("\n{} by {by}, leaf {}", entry.stored.entry.action, entry.stored.leaf);
        for change in entry.changes {
            println!("  {}: {} -> {}", change.field, shown(change.before), shown(change.after));
        }
    }
    road.store.close().await;
    Ok(())
}
