//! A deployment in memory: one shop, its owner signed in, time and chance as scripts.

use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use aurex_core::{
    identity::{
        keys::KeyRing,
        opening::{NewBusiness, NewOwner, NewWorkspace},
        password::{Cost, HashPool, Password, Peppers},
        throttle::ThrottleKeys,
    },
    money::Currency,
    rbac::{Catalogue, Role},
    service::{
        Collecting, Road, Secrets,
        access::{SignIn, SignInConfig, open_workspace},
    },
    shop::{business::Scheme, identifiers::StateCode},
    store::{MemoryStore, Reader, Store as _, Turns, conformance::ScriptedEntropy},
    tenancy::{Cli, Job, MemberId, RequestFacts, Scope, TenantId, Trusted},
    text::{Email, Text},
    time::{Clock, Timestamp, Zone},
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
        let pool = HashPool::new(NonZeroUsize::MIN, 4, Peppers::from_ring(&ring), cost);
        let (pool, keys) = (Arc::new(pool), ThrottleKeys::from_ring(&ring));
        let entrances = authority.split();
        let config = SignInConfig::default();
        let sign_in = SignIn::new(entrances.sign_in, road.clone(), pool, keys, config);
        let opened = open_workspace(&sign_in, workspace(), facts()).await.unwrap().value;
        Self {
            road,
            store,
            clock,
            sign_in,
            catalogue: Catalogue::core(),
            collector: entrances.jobs.job(),
            cli: entrances.cli,
            trusted: entrances.trusted,
            tenant: opened.id,
            owner: opened.owner.id,
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
            gstin: Some("27AAECG3736E1C2")
                .map(|text| aurex_core::shop::identifiers::Gstin::parse(text).unwrap()),
            scheme: Scheme::Regular,
        }),
        owner: NewOwner {
            name: Text::new("Meena Zaveri").unwrap(),
            email: Email::new(OWNER).unwrap(),
            password: Password::new(PASSWORD),
        },
    }
}
