//! A scripted shop: a workspace with a member of each role, each with a session.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::forge::{forge, insert};
use super::{ScriptedClock, ScriptedEntropy, World};
use crate::chance::{Entropy, draw};
use crate::identity::actions::{AddMember, OpenSession, OpenWorkspace};
use crate::identity::member::{ApiToken, Credential, Member, Session};
use crate::money::Currency;
use crate::rbac::{Catalogue, Role};
use crate::service::Road;
use crate::shop::accounts::opening_chart;
use crate::shop::business::{Business, Scheme};
use crate::shop::identifiers::Gstin;
use crate::shop::parties::Address;
use crate::store::{Reader, Receipt, StoreError, Writer};
use crate::tenancy::{
    ApiTokenId, Assurance, At, Entrances, MemberId, PlanState, Proof, RequestFacts, Scope, SessionId, Slug,
    TenantId, Verified, Workspace,
};
use crate::text::{Email, Name};
use crate::time::{Clock as _, Timestamp, Zone};

/// A workspace, its people, and their till.
#[derive(Clone)]
pub struct Shop {
    /// The road that its use cases walk, on its own clock and entropy.
    pub road: Road,
    /// Its clock.
    pub clock: Arc<ScriptedClock>,
    /// Its entropy.
    pub entropy: Arc<ScriptedEntropy>,
    /// Its tenant.
    pub tenant: TenantId,
    /// Its slug.
    pub slug: Slug,
    /// The receipt of its opening.
    pub opened: Receipt,
    pub(super) entrances: Arc<Entrances>,
    people: BTreeMap<&'static str, (Member, Session)>,
}

/// Facts as a request of the shop's own till would have them.
pub(super) fn facts(request: &str) -> RequestFacts {
    RequestFacts {
        ip: Some([192, 0, 2, 7].into()),
        user_agent: Some("till".to_owned()),
        request_id: request.to_owned(),
    }
}

fn seed(slug: &str) -> u64 {
    // FNV-1a: any fixed spread of the slug will do.
    slug.bytes()
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
}

/// The rows of a workspace that a shop in Karnataka opens.
pub(super) fn founding(
    slug: &Slug,
    owner: &Member,
    now: Timestamp,
    entropy: &dyn Entropy,
) -> Vec<crate::store::Fact> {
    let workspace = Workspace {
        slug: slug.clone(),
        name: Name::new("Meena Jewellers").unwrap(),
        currency: Currency::INR,
        zone: Zone::INDIA,
        created_at: now,
        version: 1,
        magic_links: false,
        second_factor_for: Vec::new(),
        access_rules: Vec::new(),
        contacts: Vec::new(),
        ends_at: None,
        plan: PlanState::Active,
        billing: None,
        books_locked_through: None,
        payee: None,
    };
    let gstin = Gstin::parse("29AABCF8078M1C8").unwrap();
    let business = Business {
        state: gstin.state(),
        legal_name: Some(Name::new("Meena Jewellers LLP").unwrap()),
        address: Some(Address::new("12 Avenue Road, Bengaluru 560002").unwrap()),
        gstin: Some(gstin),
        scheme: Scheme::Regular,
        version: 1,
        rate_move: Business::RATE_MOVE,
    };
    let mut rows =
        vec![workspace.into(), business.into(), owner.clone().into(), credential(owner, now).into()];
    let chart = opening_chart(Currency::INR, now, entropy).unwrap();
    rows.extend(chart.into_iter().map(Into::into));
    rows
}

fn credential(member: &Member, now: Timestamp) -> Credential {
    // No case signs in with a password: hashing is not the store's business.
    Credential { member: member.id, hash: format!("scripted:{}", member.id), one_time: false, set_at: now }
}

/// A shop that has left its store, to enter it again when it was reopened.
pub(super) struct Left {
    clock: Arc<ScriptedClock>,
    entropy: Arc<ScriptedEntropy>,
    tenant: TenantId,
    slug: Slug,
    opened: Receipt,
    people: BTreeMap<&'static str, (Member, Session)>,
}

impl Left {
    pub(super) fn enter(self, world: &World) -> Shop {
        let Self { clock, entropy, tenant, slug, opened, people } = self;
        let road = world.road(&clock, &entropy);
        let entrances = Arc::clone(&world.entrances);
        Shop { road, clock, entropy, tenant, slug, opened, entrances, people }
    }
}

impl Shop {
    /// Lets go of the store.
    pub(super) fn leave(self) -> Left {
        let Self { clock, entropy, tenant, slug, opened, people, .. } = self;
        Left { clock, entropy, tenant, slug, opened, people }
    }

    pub(super) async fn open(world: &World, slug: &str) -> Self {
        let clock = Arc::new(ScriptedClock::this_morning());
        let entropy = Arc::new(ScriptedEntropy::new(seed(slug)));
        let slug: Slug = slug.parse().unwrap();
        let now = clock.now();
        let tenant = TenantId::new(now, &*entropy);
        let owner = Self::person(Role::Owner, now, &*entropy);
        let scope = world.entrances.sign_in.founder(tenant, owner.id, facts("founding"));
        let rows = founding(&slug, &owner, now, &*entropy);
        let sealed = insert::<OpenWorkspace>(&scope, &*entropy, rows);
        let opened = world.store.found(&slug, sealed, &*clock).await.unwrap();
        let road = world.road(&clock, &entropy);
        let entrances = Arc::clone(&world.entrances);
        let mut shop =
            Self { road, clock, entropy, tenant, slug, opened, entrances, people: BTreeMap::new() };
        shop.staff(owner).await;
        shop
    }

    fn person(role: Role, now: Timestamp, entropy: &dyn Entropy) -> Member {
        Member {
            id: MemberId::new(now, entropy),
            name: Name::new(format!("The {role}")).unwrap(),
            email: Email::new(&format!("{role}@shop.example")).unwrap(),
            role,
            disabled: false,
            created_at: now,
            version: 1,
            custom_role: None,
            leaves_at: None,
        }
    }

    /// Adds a member of every other role and signs all of them in.
    async fn staff(&mut self, owner: Member) {
        let trusted = self.vouched(owner.id, Role::Owner);
        for role in Role::ALL {
            self.tick();
            let mut turn = self.writer(&trusted).await.unwrap();
            let now = turn.now();
            let member = match role {
                Role::Owner => owner.clone(),
                _ => Self::person(role, now, &*self.entropy),
            };
            if role != Role::Owner {
                let rows = vec![member.clone().into(), credential(&member, now).into()];
                turn.apply(insert::<AddMember>(&trusted, &*self.entropy, rows)).await.unwrap();
            }
            let session = self.session_row(member.id, now);
            let row = session.clone();
            let sealed = forge::<OpenSession>(&trusted, &*self.entropy, move |draft| draft.insert(row));
            turn.apply(sealed).await.unwrap();
            turn.commit().await.unwrap();
            self.people.insert(role.code(), (member, session));
        }
    }

    pub(super) fn session_row(&self, member: MemberId, now: Timestamp) -> Session {
        Session {
            id: SessionId::new(now, &*self.entropy),
            member,
            token_hash: draw(&*self.entropy),
            opened_at: now,
            expires_at: now.plus_seconds(8 * 3600),
            idle_seconds: 1800,
            one_time: false,
            closed_at: None,
            assurance: Assurance::Password,
            proved_at: now,
            address: None,
            agent: None,
            till: None,
        }
    }

    pub(super) fn token_row(&self, member: MemberId, now: Timestamp) -> ApiToken {
        let codes = Catalogue::core().iter().map(|action| action.code.to_owned()).collect();
        ApiToken {
            id: ApiTokenId::new(now, &*self.entropy),
            member,
            name: Name::new("Tally bridge").unwrap(),
            token_hash: draw(&*self.entropy),
            permissions: codes,
            created_at: now,
            expires_at: now.plus_seconds(86_400),
            revoked_at: None,
            prefix: "aurex_QkJCQk".to_owned(),
        }
    }

    /// Moves the clock by a millisecond, as time passes between any two requests.
    pub fn tick(&self) {
        self.clock.advance_micros(1000);
    }

    /// The member who has `role`, as the shop opened.
    pub fn member(&self, role: Role) -> &Member {
        &self.people.get(role.code()).unwrap().0
    }

    /// Their session.
    pub fn session(&self, role: Role) -> &Session {
        &self.people.get(role.code()).unwrap().1
    }

    /// A scope of that session, as a new request would get it.
    pub async fn scope(&self, role: Role) -> Scope {
        self.session_scope(self.session(role)).await
    }

    /// A scope of any session, as a new request would get it.
    pub(super) async fn session_scope(&self, session: &Session) -> Scope {
        let known = self.road.store.known_session(self.tenant, &session.token_hash).await;
        let known = known.unwrap().unwrap();
        let proof = Proof { assurance: Assurance::Password, is_fresh: true };
        let who =
            Verified::just_now(self.tenant, &known.member, &known.rules, known.epoch, (proof, self.at()));
        self.entrances.sign_in.session(&who, Some(known.session.id), facts("request"))
    }

    /// Now, from where everybody here asks.
    pub(super) fn at(&self) -> At {
        At::new(self.clock.now(), &facts("request"))
    }

    /// A scope that a token carries, as a new request would get it.
    pub(super) async fn token_scope(&self, token: &ApiToken) -> Scope {
        let known = self.road.store.known_token(self.tenant, &token.token_hash).await.unwrap().unwrap();
        let proof = Proof { assurance: Assurance::Token, is_fresh: false };
        let who =
            Verified::just_now(self.tenant, &known.member, &known.rules, known.epoch, (proof, self.at()));
        self.entrances.sign_in.token(&who, known.token.id, known.token.permissions, facts("program"))
    }

    /// The owner's scope.
    pub async fn owner(&self) -> Scope {
        self.scope(Role::Owner).await
    }

    /// A scope that nobody's rows stand behind: it is admitted whatever changes.
    pub fn vouched(&self, member: MemberId, role: Role) -> Scope {
        self.entrances.trusted.vouch_for(self.tenant, member, role, facts("vouched"))
    }

    /// A writer on the shop's own clock.
    ///
    /// # Errors
    /// As [`Store::writer`](crate::store::Store::writer).
    pub async fn writer(&self, scope: &Scope) -> Result<Box<dyn Writer>, StoreError> {
        self.road.store.writer(scope, &*self.clock).await
    }

    /// A reader of the owner's.
    pub async fn reader(&self) -> Box<dyn Reader> {
        let scope = self.owner().await;
        self.road.store.reader(&scope).await.unwrap()
    }
}
