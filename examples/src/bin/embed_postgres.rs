//! Embedding on PostgreSQL, inside a transaction of one's own: a web shop's order and Aurex's receipt for its payment are
//! stored together or not at all.
//!
//! `AUREX_DATABASE_URL=postgres://… cargo run -p aurex-examples --bin embed_postgres`

use std::error::Error;
use std::num::NonZeroUsize;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use aurex_core::chance::Entropy;
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::opening::{NewBusiness, NewOwner, NewWorkspace};
use aurex_core::identity::password::{Cost, HashPool, Password, Peppers};
use aurex_core::identity::throttle::ThrottleKeys;
use aurex_core::ledger::{JournalEntryId, SeriesKind};
use aurex_core::money::{Currency, Money};
use aurex_core::service::access::{SignIn, SignInConfig, open_workspace};
use aurex_core::service::shop::{receipts, record_customer};
use aurex_core::service::{Road, Secrets};
use aurex_core::shop::actions::RecordReceipt;
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::StateCode;
use aurex_core::shop::parties::{Address, NewParty, PartyId};
use aurex_core::shop::receipts::{
    NewReceipt, PREFIX, PaymentMode, ReceiptId, ReceiptIds, ReceiptKnown, decide_record,
};
use aurex_core::store::{PageRequest, Receipt};
use aurex_core::tenancy::{Id as _, RequestFacts, Scope};
use aurex_core::text::{Email, Label, Name};
use aurex_core::time::{Clock, FinancialYear, Timestamp, Zone};
use aurex_store_postgres::{PostgresOptions, PostgresStore, migrate};
use sqlx::{Connection as _, PgConnection};

type Trouble = Box<dyn Error + Send + Sync>;

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

/// What the web shop sold.
struct Order {
    number: &'static str,
    customer: PartyId,
    amount: Money,
}

/// The web shop's own tables and SQL. Aurex knows nothing of them, nor whether they are checked.
#[expect(clippy::disallowed_methods, reason = "an embedder's own SQL is the embedder's affair")]
mod orders {
    use super::*;

    /// The role that Aurex works as writes them too, in the transaction that both share.
    pub async fn make_tables(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        let tables = "CREATE SCHEMA IF NOT EXISTS web;
            CREATE TABLE IF NOT EXISTS web.paid_order (
                tenant_id uuid NOT NULL, number text NOT NULL, receipt text NOT NULL, PRIMARY KEY (tenant_id, number)
            );
            GRANT USAGE ON SCHEMA web TO aurex_app;
            GRANT SELECT, INSERT ON web.paid_order TO aurex_app";
        sqlx::raw_sql(tables).execute(conn).await.map(drop)
    }

    /// From here to the transaction's end, whatever the login is allowed otherwise.
    pub async fn act_as_the_application(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
        sqlx::query("SET LOCAL ROLE aurex_app").execute(conn).await.map(drop)
    }

    pub async fn paid(
        conn: &mut PgConnection,
        scope: &Scope,
        order: &Order,
        receipt: &str,
    ) -> Result<(), sqlx::Error> {
        let insert = "INSERT INTO web.paid_order (tenant_id, number, receipt) VALUES ($1, $2, $3)";
        let insert = sqlx::query(insert).bind(scope.tenant().uuid()).bind(order.number).bind(receipt);
        insert.execute(conn).await.map(drop)
    }

    pub async fn count(conn: &mut PgConnection, scope: &Scope) -> Result<i64, sqlx::Error> {
        let count = "SELECT count(*) FROM web.paid_order WHERE tenant_id = $1";
        sqlx::query_scalar(count).bind(scope.tenant().uuid()).fetch_one(conn).await
    }
}

/// Books the payment and notes the order as paid, in one transaction, which is the web shop's. Whatever fails on the way,
/// the transaction is dropped and neither has happened.
async fn pay(
    store: &PostgresStore,
    conn: &mut PgConnection,
    scope: &Scope,
    order: &Order,
) -> Result<Receipt, Trouble> {
    let mut transaction = conn.begin().await?;
    orders::act_as_the_application(&mut transaction).await?;

    // The road, as every use case walks it: permit, turn, read, decide, seal, apply.
    let permit = scope.permit::<RecordReceipt>()?;
    let mut turn = store.join(&mut transaction, scope, &Machine).await?;
    let now = turn.now();
    let reads = turn.reads();
    let workspace = reads.workspace().await?;
    let today = workspace.zone.date_of(now);
    let year = FinancialYear::of(today).starts_in();
    let known = ReceiptKnown {
        bills: Vec::new(),
        old_metal: None,
        advance: None,
        by_booking: Vec::new(),
        series: reads.series(SeriesKind::Receipt, &Label::new(PREFIX)?, year).await?,
        accounts: reads.accounts_for(Some(order.customer.uuid())).await?,
        currency: workspace.currency,
        today,
        now,
    };
    let payment = NewReceipt {
        party: order.customer,
        mode: PaymentMode::Upi,
        amount: order.amount,
        reference: Some(Label::new(order.number)?),
        advance: None,
        allocations: Vec::new(),
        old_metal: None,
        occasion: None,
    };
    let ids =
        ReceiptIds { receipt: ReceiptId::new(now, &Machine), entry: JournalEntryId::new(now, &Machine) };
    let change = decide_record(&payment, &known, ids)?;
    let number = change.receipt.number.to_string();
    let receipt = turn.apply(permit.seal(change, &Machine)).await?;
    drop(turn);

    orders::paid(&mut transaction, scope, order, &number).await?;
    transaction.commit().await?;
    // `Uncommitted` until now; whoever commits may say that it is true.
    Ok(receipt.assume_committed())
}

async fn run(url: &str) -> Result<(), Trouble> {
    // A deployment migrates as one login and serves as a lesser one.
    let options = PostgresOptions::default();
    migrate(url, &options).await?;
    let (store, authority) = PostgresStore::open(url, options).await?;
    for warning in store.warnings() {
        eprintln!("warning: {warning}");
    }
    let mut conn = PgConnection::connect(url).await?;
    orders::make_tables(&mut conn).await?;

    // A product keeps its keys; this one forgets them when it ends.
    let ring = KeyRing::generate(Machine.now().micros(), &mut |bytes| Machine.fill(bytes));
    let road = Road {
        store: Arc::new(store.clone()),
        clock: Arc::new(Machine),
        entropy: Arc::new(Machine),
        secrets: Arc::new(Secrets::from_ring(&ring)),
    };
    let pool = Arc::new(HashPool::new(NonZeroUsize::MIN, 64, Peppers::from_ring(&ring), Cost::MINIMUM));
    let throttle = ThrottleKeys::from_ring(&ring);
    let sign_in =
        SignIn::new(authority.split().sign_in, road.clone(), pool, throttle, SignInConfig::default());

    let password = "marigold river lantern";
    // Another one each time: a database remembers yesterday's.
    let slug = format!("zaveri-{}", Machine.now().micros());
    let new = NewWorkspace {
        slug: slug.parse()?,
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
    let facts = RequestFacts::default();
    let scope = sign_in.password(&slug, "meena@zaveri.example", password, None, facts).await?.scope;
    let asha = NewParty {
        name: Name::new("Asha Devi")?,
        phone: None,
        email: None,
        gstin: None,
        pan: None,
        state: None,
        address: None,
        identity: None,
    };
    let customer = record_customer(&road, &scope, None, asha).await?.value.id;

    let paid = Order { number: "W-1001", customer, amount: Money::new(1_250_000, Currency::INR)? };
    let receipt = pay(&store, &mut conn, &scope, &paid).await?;
    println!("order {} is paid: entry {} of the log, leaf {}", paid.number, receipt.seq, receipt.leaf);

    let free = Order { number: "W-1002", customer, amount: Money::new(0, Currency::INR)? };
    if let Err(refusal) = pay(&store, &mut conn, &scope, &free).await {
        println!("order {} is not: {refusal}", free.number);
    }
    // The transaction was right, and somebody else's: its number was taken already.
    if pay(&store, &mut conn, &scope, &paid).await.is_err() {
        println!("order {} is not paid twice, and there is no second receipt", paid.number);
    }
    let receipts = receipts(&road, &scope, None, PageRequest::first(10)).await?.items.len();
    println!("orders paid: {}, receipts: {receipts}", orders::count(&mut conn, &scope).await?);
    conn.close().await?;
    road.store.close().await;
    Ok(())
}

const NEEDED: &str = "AUREX_DATABASE_URL is not set.

This example needs PostgreSQL 15 or newer and a database of its own, with a login that may make roles and schemas:

    AUREX_DATABASE_URL=postgres://user:password@localhost/shops cargo run -p aurex-examples --bin embed_postgres

Without a server, let the repository start one that is thrown away:

    scripts/with-postgres sh -c \\
        'AUREX_DATABASE_URL=$AUREX_TEST_POSTGRES_URL cargo run -p aurex-examples --bin embed_postgres'";

#[tokio::main]
#[expect(clippy::disallowed_methods, reason = "this is where the configuration comes from")]
async fn main() -> ExitCode {
    let Ok(url) = std::env::var("AUREX_DATABASE_URL") else {
        eprintln!("{NEEDED}");
        return ExitCode::from(2);
    };
    match run(&url).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
