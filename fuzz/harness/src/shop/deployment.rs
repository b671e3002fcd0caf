//! A deployment in memory: one shop, time and chance as scripts.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use aurex_core::{
    identity::{
        actions::OpenWorkspace,
        keys::KeyRing,
        opening::{NewBusiness, NewOwner, NewWorkspace, decide_opening},
        password::{Cost, HashPool, Password, PasswordHash, Peppers},
        throttle::ThrottleKeys,
    },
    measure::Ratio,
    money::Currency,
    rbac::{Catalogue, Role},
    service::{
        Collecting, Road, Secrets,
        access::{SignIn, SignInConfig},
    },
    shop::{
        accounts::opening_chart,
        business::Scheme,
        identifiers::{Gstin, StateCode},
    },
    store::{MemoryStore, Reader, Store as _, Turns, conformance::ScriptedEntropy},
    tenancy::{Cli, Job, MemberId, RequestFacts, Scope, TenantId, Trusted},
    text::{Email, Text},
    time::{Clock, Timestamp, Zone},
    uuid::Uuid,
};

/// The shop's name in requests.
pub(super) const SLUG: &str = "meena-jewels";
/// The owner's address.
pub(super) const OWNER: &str = "owner@shop.example";
/// Everybody's password once they have set one.
pub(super) const PASSWORD: &str = "blue parrot on a till";

/// Half past eleven in India, inside the financial year 26-27.
const MORNING: &str = "2026-11-23T06:00:00Z";

/// A clock that moves when it is told to, also backwards.
pub(super) struct ScriptedClock(AtomicI64);

impl ScriptedClock {
    pub(super) fn advance_micros(&self, micros: i64) {
        self.0.fetch_add(micros, Ordering::SeqCst);
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

pub(super) struct Deployment {
    pub(super) road: Road,
    pub(super) store: MemoryStore,
    pub(super) clock: Arc<ScriptedClock>,
    pub(super) sign_in: SignIn,
    pub(super) catalogue: Catalogue,
    pub(super) collector: Job<Collecting>,
    pub(super) cli: Cli,
    pub(super) trusted: Trusted,
    pub(super) tenant: TenantId,
    pub(super) owner: MemberId,
}

/// Facts as a request of the shop's own till would have them.
pub(super) fn facts() -> RequestFacts {
    RequestFacts {
        ip: Some([192, 0, 2, 7].into()),
        user_agent: Some("till".to_owned()),
        request_id: "request".to_owned(),
    }
}

impl Deployment {
    pub(super) async fn open() -> Self {
        // Nobody waits: whoever finds the turn taken is sent away at once.
        let (store, authority) = MemoryStore::with_turns(Turns::new(2, Duration::ZERO));
        let mut next = 0_u8;
        let ring = KeyRing::generate(0, &mut |bytes| {
            for byte in bytes {
                *byte = next;
                next = next.wrapping_add(1);
            }
        });
        let start = Timestamp::parse(MORNING).unwrap();
        let clock = Arc::new(ScriptedClock(AtomicI64::new(start.micros())));
        let road = Road {
            store: Arc::new(store.clone()),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy: Arc::new(ScriptedEntropy::new(7)),
            secrets: Arc::new(Secrets::from_ring(&ring)),
        };
        let cost = Cost::weak_for_tests_only(4);
        let peppers = Peppers::from_ring(&ring);
        let pool = HashPool::new(NonZeroUsize::MIN, 4, peppers.clone(), cost);
        let (pool, keys) = (Arc::new(pool), ThrottleKeys::from_ring(&ring));
        let entrances = authority.split();
        let config = SignInConfig::default();
        let sign_in = SignIn::new(entrances.sign_in, road.clone(), pool, keys, config);
        let (tenant, owner) = found(&store, &road, &entrances.trusted, &peppers).await;
        Self {
            road,
            store,
            clock,
            sign_in,
            catalogue: Catalogue::core(),
            collector: entrances.jobs.job(),
            cli: entrances.cli,
            trusted: entrances.trusted,
            tenant,
            owner,
        }
    }

    /// A scope that nobody's rows stand behind: it is admitted whatever changes.
    pub(super) fn vouched(&self, role: Role) -> Scope {
        self.trusted.vouch_for(self.tenant, self.owner, role, facts())
    }

    pub(super) async fn reader(&self) -> Box<dyn Reader> {
        self.store.reader(&self.vouched(Role::Owner)).await.unwrap()
    }
}

/// Opens the workspace as its use case does, but for the hash: that is made once, because it would take longer than
/// all that most inputs do.
async fn found(
    store: &MemoryStore,
    road: &Road,
    trusted: &Trusted,
    peppers: &Peppers,
) -> (TenantId, MemberId) {
    static HASH: OnceLock<String> = OnceLock::new();
    let hash = HASH.get_or_init(|| {
        let (password, cost) = (Password::new(PASSWORD), Cost::weak_for_tests_only(4));
        PasswordHash::create(&password, peppers.active(), cost, [3; 16]).to_stored()
    });
    let (now, entropy) = (road.clock.now(), &*road.entropy);
    let tenant = TenantId::from_directory_row(Uuid::from_u128(7));
    let owner = MemberId::new(now, entropy);
    let scope = trusted.founder(tenant, owner, facts());
    let chart = opening_chart(Currency::INR, now, entropy).unwrap();
    let mut change = decide_opening(workspace(), owner, hash.clone(), chart, now).unwrap();
    // Drawn rates are far apart.
    change.business.rate_move = Ratio::from_ppm(1_000_000);
    let sealed = scope.permit::<OpenWorkspace>().unwrap().seal(change, entropy);
    store.found(&SLUG.parse().unwrap(), sealed, &*road.clock).await.unwrap();
    (tenant, owner)
}

fn workspace() -> NewWorkspace {
    NewWorkspace {
        slug: SLUG.parse().unwrap(),
        name: Text::new("Meena Jewellers").unwrap(),
        currency: Currency::INR,
        zone: Zone::INDIA,
        state: StateCode::parse("27").unwrap(),
        business: Some(NewBusiness {
            legal_name: Text::new("Meena Jewellers LLP").unwrap(),
            address: Text::new("12 Zaveri Bazaar, Mumbai 400002").unwrap(),
            gstin: Some(Gstin::parse("27AAECG3736E1C2").unwrap()),
            scheme: Scheme::Regular,
        }),
        owner: NewOwner {
            name: Text::new("Meena Zaveri").unwrap(),
            email: Email::new(OWNER).unwrap(),
            password: Password::new(PASSWORD),
        },
    }
}
