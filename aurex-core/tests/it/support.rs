//! A deployment in memory: scripted time and chance, cheap hashing, and people who are signed in.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use aurex_core::audit::Outcome;
use aurex_core::chance::Entropy;
use aurex_core::identity::factor::{Digits, HotpHash, hotp};
use aurex_core::identity::keys::KeyRing;
use aurex_core::identity::member::Member;
use aurex_core::identity::members::NewMember;
use aurex_core::identity::opening::{NewBusiness, NewOwner, NewWorkspace};
use aurex_core::identity::password::{Cost, HashPool, Password, Peppers};
use aurex_core::identity::throttle::ThrottleKeys;
use aurex_core::money::Currency;
use aurex_core::rbac::{Catalogue, Role};
use aurex_core::service::access::{
    Reminding, Retiring, SendingMail, SignIn, SignInConfig, SignedIn, add_member, change_password, open_mail,
    open_workspace,
};
use aurex_core::service::{Collecting, Digesting, Road, Secrets, ServiceError, collect_observations};
use aurex_core::shop::business::Scheme;
use aurex_core::shop::identifiers::StateCode;
use aurex_core::store::{AuditFilter, MemoryStore, PageRequest, Store as _, StoredEntry};
use aurex_core::tenancy::{Cli, Job, RequestFacts, Scope, TenantId, Trusted};
use aurex_core::text::{Email, Name, Text};
use aurex_core::time::{Clock, Timestamp, Zone};

/// Time that passes when a test says so.
pub struct ScriptedClock(AtomicI64);

impl ScriptedClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}

/// Chance that is the same in every run: a counter through splitmix64's finaliser, so that no two draws are equal.
#[derive(Default)]
pub struct ScriptedEntropy(AtomicU64);

impl Entropy for ScriptedEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for part in bytes.chunks_mut(8) {
            let n = self.0.fetch_add(1, Ordering::SeqCst);
            let mut z = n.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(0x1234_5678_9ABC_DEF1);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            part.copy_from_slice(&z.to_be_bytes()[..part.len()]);
        }
    }
}

/// A deployment.
pub struct World {
    pub store: MemoryStore,
    pub road: Road,
    pub clock: Arc<ScriptedClock>,
    pub pool: Arc<HashPool>,
    pub sign_in: SignIn,
    pub catalogue: Catalogue,
    pub collector: Job<Collecting>,
    pub sender: Job<SendingMail>,
    pub retiring: Job<Retiring>,
    pub digesting: Job<Digesting>,
    pub reminding: Job<Reminding>,
    pub cli: Cli,
    pub trusted: Trusted,
}

/// The password of everybody in these tests who has set one.
pub const PASSWORD: &str = "blue parrot on a till";
/// The secret that everybody is added with.
pub const SECRET: &str = "hand this over once";

/// A request from a till.
pub fn facts() -> RequestFacts {
    RequestFacts {
        ip: Some([203, 0, 113, 7].into()),
        user_agent: Some("till/1".to_owned()),
        request_id: "request-1".to_owned(),
    }
}

pub fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

pub fn email(text: &str) -> Email {
    Email::new(text).unwrap()
}

/// The address that [`World::open`] and [`World::member`] give somebody.
pub fn address(slug: &str, who: &str) -> String {
    format!("{who}@{slug}.example")
}

/// A shop in Maharashtra whose particulars are complete.
pub fn new_workspace(slug: &str) -> NewWorkspace {
    NewWorkspace {
        slug: slug.parse().unwrap(),
        name: name("Zaveri and Sons"),
        currency: Currency::INR,
        zone: Zone::INDIA,
        state: StateCode::parse("27").unwrap(),
        business: Some(NewBusiness {
            legal_name: name("Zaveri and Sons LLP"),
            address: Text::new("12 Zaveri Bazaar, Mumbai 400002").unwrap(),
            gstin: None,
            scheme: Scheme::Unregistered,
        }),
        owner: NewOwner {
            name: name("Meena Zaveri"),
            email: email(&address(slug, "owner")),
            password: Password::new(PASSWORD),
        },
    }
}

impl World {
    /// Ten in the morning in India on 23 November 2026, and nobody there.
    pub fn new() -> Self {
        Self::with(SignInConfig::default())
    }

    pub fn with(config: SignInConfig) -> Self {
        Self::with_queue(config, 256)
    }

    /// With so many places for hashes that wait for the one that runs.
    pub fn with_queue(config: SignInConfig, waiting: usize) -> Self {
        let (store, authority) = MemoryStore::open();
        let entropy = Arc::new(ScriptedEntropy::default());
        let ring = KeyRing::generate(0, &mut |bytes: &mut [u8]| entropy.fill(bytes));
        let start = Timestamp::parse("2026-11-23T04:30:00Z").unwrap();
        let clock = Arc::new(ScriptedClock(AtomicI64::new(start.micros())));
        let road = Road {
            store: Arc::new(store.clone()),
            clock: Arc::clone(&clock) as Arc<dyn Clock>,
            entropy,
            secrets: Arc::new(Secrets::from_ring(&ring)),
        };
        let pool = Arc::new(HashPool::new(
            NonZeroUsize::MIN,
            waiting,
            Peppers::from_ring(&ring),
            Cost::weak_for_tests_only(4),
        ));
        let entrances = authority.split();
        let keys = ThrottleKeys::from_ring(&ring);
        let sign_in = SignIn::new(entrances.sign_in, road.clone(), Arc::clone(&pool), keys, config);
        Self {
            store,
            road,
            clock,
            pool,
            sign_in,
            catalogue: Catalogue::core(),
            collector: entrances.jobs.job(),
            sender: entrances.jobs.job(),
            retiring: entrances.jobs.job(),
            digesting: entrances.jobs.job(),
            reminding: entrances.jobs.job(),
            cli: entrances.cli,
            trusted: entrances.trusted,
        }
    }

    /// Opens a shop and signs its owner in.
    pub async fn open(&self, slug: &str) -> SignedIn {
        open_workspace(&self.sign_in, new_workspace(slug), facts()).await.unwrap();
        self.signed_in(slug, "owner").await.unwrap()
    }

    /// Signs somebody in with the password of their own.
    pub async fn signed_in(&self, slug: &str, who: &str) -> Result<SignedIn, ServiceError> {
        self.sign_in.password(slug, &address(slug, who), PASSWORD, None, facts()).await
    }

    /// Adds somebody who has not set a password yet.
    pub async fn added(&self, by: &Scope, slug: &str, who: &str, role: Role) -> Member {
        let new = NewMember {
            name: name(who),
            email: email(&address(slug, who)),
            role,
            password: Password::new(SECRET),
        };
        add_member(&self.sign_in, by, None, new).await.unwrap().value
    }

    /// Adds somebody who sets a password at once, and stays signed in.
    pub async fn member(&self, by: &Scope, slug: &str, who: &str, role: Role) -> SignedIn {
        self.added(by, slug, who, role).await;
        let first = self.sign_in.password(slug, &address(slug, who), SECRET, None, facts()).await.unwrap();
        change_password(&self.sign_in, &first.scope, SECRET, PASSWORD).await.unwrap().value
    }

    /// The scope that the next request with this session's cookie has.
    pub async fn request(&self, slug: &str, session: &SignedIn) -> Result<Scope, ServiceError> {
        self.sign_in.session(slug, session.token.expose(), facts()).await
    }

    /// The kind, the address and the content of each mail of the workspace, oldest first.
    pub async fn mails(&self, scope: &Scope) -> Vec<(String, String, serde_json::Value)> {
        self.sign_in.links_are_sent().await;
        let page = PageRequest::first(100);
        let rows = self.store.reader(scope).await.unwrap().mails(page).await.unwrap().items;
        let mut mails = Vec::new();
        for row in rows {
            let opened = open_mail(&self.road, &self.sender, scope.tenant(), row.id).await.unwrap().unwrap();
            let content = serde_json::from_str(&opened.content).unwrap();
            mails.push((
                row.kind.code().to_owned(),
                row.recipient.as_ref().unwrap().as_str().to_owned(),
                content,
            ));
        }
        mails
    }

    /// A field of the last mail of a kind.
    pub async fn mailed(&self, scope: &Scope, kind: &str, field: &str) -> String {
        let mails = self.mails(scope).await;
        let (_, _, content) = mails.iter().rfind(|(of, ..)| of == kind).expect("a mail of the kind");
        content[field].as_str().expect("a text").to_owned()
    }

    /// Seals what was observed, and returns the log, oldest entry first.
    pub async fn log(&self, scope: &Scope) -> Vec<StoredEntry> {
        self.collect(scope.tenant()).await;
        let mut reader = self.store.reader(scope).await.unwrap();
        let page = reader.entries(&AuditFilter::default(), PageRequest::first(1000)).await.unwrap();
        page.items.into_iter().rev().collect()
    }

    pub async fn collect(&self, tenant: TenantId) -> usize {
        self.sign_in.refusals_written().await;
        collect_observations(&self.road, &self.collector, tenant, 1000).await.unwrap()
    }

    /// Action and outcome of each entry of the log, oldest first.
    pub async fn story(&self, scope: &Scope) -> Vec<(String, Outcome)> {
        let log = self.log(scope).await;
        log.into_iter().map(|stored| (stored.entry.action, stored.entry.outcome)).collect()
    }
}

/// The code that an authenticator with this secret, in base32, shows at `at`.
pub fn code_at(secret: &str, at: Timestamp) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let bits: String = secret.chars().map(|c| format!("{:05b}", alphabet.find(c).unwrap())).collect();
    let bytes = bits.as_bytes().chunks_exact(8).map(|b| str::from_utf8(b).unwrap());
    let key: Vec<u8> = bytes.map(|bits| u8::from_str_radix(bits, 2).unwrap()).collect();
    let key: [u8; 20] = key.try_into().unwrap();
    let step = u64::try_from(at.micros() / 30_000_000).unwrap();
    hotp(HotpHash::Sha1, &key, step, Digits::Six).as_str().to_owned()
}

/// The stable code of an answer.
#[track_caller]
pub fn code<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> &'static str {
    answer.unwrap_err().code().unwrap()
}

/// The codes and pointers of all that a refusal names.
#[track_caller]
pub fn faults<T: std::fmt::Debug>(answer: Result<T, ServiceError>) -> Vec<(String, &'static str)> {
    match answer.unwrap_err() {
        ServiceError::Refused(refusal) => {
            refusal.faults().into_iter().map(|fault| (fault.pointer, fault.code)).collect()
        }
        other => panic!("not a refusal: {other:?}"),
    }
}
