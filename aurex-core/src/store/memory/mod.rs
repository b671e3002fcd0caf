//! The reference store: everything in memory, nothing clever. What it answers is what every backend must answer.
//!
//! A tenant's state is immutable once committed. A reader holds the state it began with; a writer works on a copy of
//! the tables that it touches and swaps it in at commit.

mod arrival;
#[cfg(feature = "shop")]
mod booking_reads;
#[cfg(feature = "shop")]
mod books_reads;
#[cfg(feature = "shop")]
mod cash;
mod house;
mod inspect;
#[cfg(feature = "shop")]
mod note_reads;
mod reads;
#[cfg(feature = "shop")]
mod shop_reads;
#[cfg(feature = "shop")]
mod shop_state;
mod state;
mod transparency;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use self::arrival::MemoryArrival;
use self::inspect::MemoryScratch;
use self::state::State;
use super::{
    Access, Arrival, BucketKey, Door, Doorkeeper, KnownLink, KnownMember, KnownPin, KnownSession, KnownToken,
    MemberRules, Reader, Receipt, Scratch, Store, StoreError, StoreFigures, Turn, Turns, Writer,
};
use crate::audit::{Observation, Sealed};
use crate::identity::links::Link;
use crate::identity::member::{ApiToken, Credential, Member, Pin, SecondFactor, Session};
use crate::identity::roles::CustomRole;
use crate::identity::tills::Till;
use crate::tenancy::{
    AccessInForce, ApiTokenId, Authority, House, MailId, Scope, SessionId, Slug, Standing, TenantId,
    Workspace,
};
use crate::text::Email;
use crate::time::{Clock, Timestamp};

/// A store in memory.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")] async fn main() {
/// use aurex_core::store::{MemoryStore, Store};
///
/// let (store, _authority) = MemoryStore::open();
/// assert!(store.ready().await.is_ok());
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct MemoryStore {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    house: House,
    turns: Turns,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    slugs: BTreeMap<Slug, TenantId>,
    closed: BTreeSet<TenantId>,
    tenants: BTreeMap<TenantId, Arc<State>>,
    session_use: BTreeMap<(TenantId, SessionId), Timestamp>,
    token_use: BTreeMap<(TenantId, ApiTokenId), Timestamp>,
    buckets: BTreeMap<BucketKey, (Vec<u8>, Timestamp)>,
    observations: BTreeMap<TenantId, BTreeMap<u64, Observation>>,
    observed: u64,
    checks: BTreeMap<String, Vec<u8>>,
    deliveries: BTreeMap<(TenantId, MailId), Delivery>,
    published: BTreeMap<TenantId, transparency::Published>,
}

/// Where a mail stands on its way out.
#[derive(Debug, Clone, Copy)]
struct Delivery {
    tries: u32,
    due: Timestamp,
    settled: bool,
}

impl MemoryStore {
    /// An empty store, and the authority over it.
    pub fn open() -> (Self, Authority) {
        Self::with_turns(Turns::default())
    }

    /// An empty store whose writers queue in `turns`.
    pub fn with_turns(turns: Turns) -> (Self, Authority) {
        let (authority, house) = Authority::establish();
        let store = Self { shared: Arc::new(Shared { house, turns, inner: Mutex::default() }) };
        (store, authority)
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.shared.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self, tenant: TenantId) -> Result<Arc<State>, StoreError> {
        self.inner().tenants.get(&tenant).cloned().ok_or(StoreError::NoSuchTenant)
    }

    fn admit(&self, scope: &Scope) -> Result<(), StoreError> {
        if self.shared.house.admits(scope) { Ok(()) } else { Err(StoreError::ForeignScope) }
    }
}

/// A reader or writer over a tenant's state.
struct Opened {
    store: MemoryStore,
    scope: Scope,
    state: State,
    now: Timestamp,
    turn: Option<Turn>,
    spoiled: bool,
}

impl Opened {
    /// What is read, as long as no apply has failed: half a change is no state.
    const fn state(&self) -> Result<&State, StoreError> {
        if self.spoiled { Err(StoreError::Spoiled) } else { Ok(&self.state) }
    }
}

impl Reader for Opened {
    fn tenant(&self) -> TenantId {
        self.scope.tenant()
    }
}

fn access_of(state: &State, scope: &Scope) -> Access {
    let carrier_is_open = match scope.standing() {
        Standing::Vouched => return Access::default(),
        Standing::Verified(_) => true,
        Standing::Session(id, _) => {
            state.get::<Session>(&[&id]).is_some_and(|session| session.closed_at.is_none())
        }
        Standing::Token(id, _) => {
            state.get::<ApiToken>(&[&id]).is_some_and(|token| token.revoked_at.is_none())
        }
    };
    let member = scope.member().and_then(|id| state.get::<Member>(&[&id])).filter(|member| !member.disabled);
    Access {
        role: member.map(|member| member.role),
        custom_role: member
            .and_then(|member| state.get::<CustomRole>(&[&member.custom_role?]))
            .map(|role| (role.id, role.version)),
        carrier_is_open,
    }
}

/// What the workspace says about a member beside their own row.
fn rules_of(state: &State, member: &Member) -> MemberRules {
    let workspace = state.rows::<Workspace>().next();
    MemberRules {
        custom_role: member.custom_role.and_then(|id| state.get::<CustomRole>(&[&id]).cloned()),
        has_second_factor: state.get::<SecondFactor>(&[&member.id]).is_some_and(SecondFactor::counts),
        second_factor_for: workspace.map_or_else(Vec::new, |w| w.second_factor_for.clone()),
        access: workspace.and_then(|w| AccessInForce::of(&w.access_rules, member.role, w.zone)),
    }
}

#[async_trait]
impl Store for MemoryStore {
    fn house(&self) -> House {
        self.shared.house
    }

    async fn reader(&self, scope: &Scope) -> Result<Box<dyn Reader>, StoreError> {
        self.admit(scope)?;
        let state = State::clone(&*self.state(scope.tenant())?);
        let now = state.head.last_at;
        let (store, scope) = (self.clone(), scope.clone());
        Ok(Box::new(Opened { store, scope, state, now, turn: None, spoiled: false }))
    }

    async fn writer(&self, scope: &Scope, clock: &dyn Clock) -> Result<Box<dyn Writer>, StoreError> {
        self.admit(scope)?;
        let turn = self.shared.turns.take(scope.tenant()).await?;
        let state = State::clone(&*self.state(scope.tenant())?);
        if state.head.epoch != scope.epoch() {
            let is_left =
                self.inner().closed.contains(&scope.tenant()) && scope.standing() != Standing::Vouched;
            if is_left || !access_of(&state, scope).still_admits(scope) {
                return Err(StoreError::Withdrawn);
            }
        }
        let now = state.head.moment(clock.now());
        let (store, scope) = (self.clone(), scope.clone());
        Ok(Box::new(Opened { store, scope, state, now, turn: Some(turn), spoiled: false }))
    }

    async fn found(&self, slug: &Slug, founding: Sealed, clock: &dyn Clock) -> Result<Receipt, StoreError> {
        let scope = founding.scope().clone();
        self.admit(&scope)?;
        if !founding.is_founding() {
            return Err(StoreError::ForeignSeal);
        }
        let mut state = State::default();
        let now = state.head.moment(clock.now());
        let receipt = state.apply(scope.tenant(), now, &founding)?;
        let mut inner = self.inner();
        if inner.slugs.contains_key(slug) || inner.tenants.contains_key(&scope.tenant()) {
            return Err(StoreError::SlugTaken);
        }
        inner.slugs.insert(slug.clone(), scope.tenant());
        inner.tenants.insert(scope.tenant(), Arc::new(state));
        self.shared.turns.note(scope.tenant());
        Ok(receipt)
    }

    async fn scratch(&self, scope: &Scope) -> Result<Box<dyn Scratch>, StoreError> {
        self.admit(scope)?;
        let state = self.state(scope.tenant())?;
        Ok(Box::new(MemoryScratch::of(&state, scope.tenant())))
    }

    async fn arrival(&self, scope: &Scope, slug: &Slug) -> Result<Box<dyn Arrival>, StoreError> {
        self.admit(scope)?;
        let inner = self.inner();
        if inner.slugs.contains_key(slug) || inner.tenants.contains_key(&scope.tenant()) {
            return Err(StoreError::SlugTaken);
        }
        Ok(Box::new(MemoryArrival::new(self.clone(), scope.tenant(), slug.clone())))
    }

    async fn close_workspace(&self, scope: &Scope) -> Result<(), StoreError> {
        self.admit(scope)?;
        let mut inner = self.inner();
        if !inner.tenants.contains_key(&scope.tenant()) {
            return Err(StoreError::NoSuchTenant);
        }
        inner.closed.insert(scope.tenant());
        Ok(())
    }

    async fn end_workspace(&self, scope: &Scope, at: Timestamp) -> Result<(), StoreError> {
        self.admit(scope)?;
        let tenant = scope.tenant();
        let _turn = self.shared.turns.take(tenant).await?;
        if self.state(tenant)?.workspace()?.ends_at.is_none_or(|end| end > at) {
            return Err(StoreError::failed("the workspace does not end by then"));
        }
        let mut inner = self.inner();
        inner.closed.insert(tenant);
        inner.tenants.remove(&tenant);
        inner.session_use.retain(|(of, _), _| *of != tenant);
        inner.token_use.retain(|(of, _), _| *of != tenant);
        inner.deliveries.retain(|(of, _), _| *of != tenant);
        inner.observations.remove(&tenant);
        inner.published.remove(&tenant);
        Ok(())
    }

    async fn ready(&self) -> Result<(), StoreError> {
        Ok(())
    }

    async fn tenants(&self) -> Result<Vec<(Slug, TenantId)>, StoreError> {
        let inner = self.inner();
        let open = inner.slugs.iter().filter(|(_, tenant)| !inner.closed.contains(tenant));
        Ok(open.map(|(slug, tenant)| (slug.clone(), *tenant)).collect())
    }

    fn figures(&self) -> StoreFigures {
        StoreFigures { turns: self.shared.turns.figures(), pools: Vec::new() }
    }

    async fn close(&self) {}
}

#[async_trait]
impl Writer for Opened {
    fn now(&self) -> Timestamp {
        self.now
    }

    async fn apply(&mut self, sealed: Sealed) -> Result<Receipt, StoreError> {
        if self.spoiled {
            return Err(StoreError::Spoiled);
        }
        // Pessimistic: whatever ends this call early leaves a writer that can only be dropped.
        self.spoiled = true;
        if !self.scope.is(sealed.scope()) {
            return Err(StoreError::ForeignSeal);
        }
        let receipt = self.state.apply(self.scope.tenant(), self.now, &sealed)?;
        self.spoiled = false;
        Ok(receipt)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        if self.spoiled || self.turn.is_none() {
            return Err(StoreError::Spoiled);
        }
        let Self { store, scope, state, .. } = *self;
        store.inner().tenants.insert(scope.tenant(), Arc::new(state));
        Ok(())
    }

    async fn rollback(self: Box<Self>) {}
}

#[async_trait]
impl Doorkeeper for MemoryStore {
    async fn door(&self, slug: &Slug) -> Result<Option<Door>, StoreError> {
        let inner = self.inner();
        let open = inner.slugs.get(slug).filter(|tenant| !inner.closed.contains(tenant));
        Ok(open.map(|tenant| Door { tenant: *tenant }))
    }

    async fn known_member(&self, tenant: TenantId, email: &Email) -> Result<Option<KnownMember>, StoreError> {
        let state = self.state(tenant)?;
        Ok(state.find::<Member>(|member| member.email == *email).map(|member| {
            let credential = state.get::<Credential>(&[&member.id]).cloned();
            KnownMember {
                member: member.clone(),
                rules: rules_of(&state, member),
                credential,
                epoch: state.head.epoch,
            }
        }))
    }

    async fn known_session(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownSession>, StoreError> {
        let state = self.state(tenant)?;
        let Some(session) = state.find::<Session>(|session| session.token_hash == *token_hash) else {
            return Ok(None);
        };
        let member = state.get::<Member>(&[&session.member]).cloned();
        let used_at = self.inner().session_use.get(&(tenant, session.id)).copied();
        Ok(member.map(|member| KnownSession {
            session: session.clone(),
            rules: rules_of(&state, &member),
            member,
            used_at,
            epoch: state.head.epoch,
        }))
    }

    async fn known_token(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownToken>, StoreError> {
        let state = self.state(tenant)?;
        let Some(token) = state.find::<ApiToken>(|token| token.token_hash == *token_hash) else {
            return Ok(None);
        };
        let member = state.get::<Member>(&[&token.member]).cloned();
        Ok(member.map(|member| KnownToken {
            token: token.clone(),
            rules: rules_of(&state, &member),
            member,
            epoch: state.head.epoch,
        }))
    }

    async fn known_link(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<KnownLink>, StoreError> {
        let state = self.state(tenant)?;
        let Some(link) = state.find::<Link>(|link| link.token_hash == *token_hash) else { return Ok(None) };
        let member = state.get::<Member>(&[&link.member]).cloned();
        Ok(member.map(|member| KnownLink {
            link: link.clone(),
            rules: rules_of(&state, &member),
            member,
            epoch: state.head.epoch,
        }))
    }

    async fn known_till(
        &self,
        tenant: TenantId,
        token_hash: &[u8; 32],
    ) -> Result<Option<(Till, Vec<KnownPin>)>, StoreError> {
        let state = self.state(tenant)?;
        let Some(till) = state.find::<Till>(|till| till.token_hash == *token_hash) else { return Ok(None) };
        let pins = state.rows::<Pin>().filter(|pin| pin.removed_at.is_none());
        let known = pins.filter_map(|pin| {
            let member = state.get::<Member>(&[&pin.member])?.clone();
            let rules = rules_of(&state, &member);
            Some(KnownPin { pin: pin.clone(), member, rules, epoch: state.head.epoch })
        });
        Ok(Some((till.clone(), known.collect())))
    }
}
