//! A workspace as the checks of people see it: read in one snapshot, judged elsewhere.

use aurex_core::identity::member::{ApiToken, Credential, Member, Pin, Session};
use aurex_core::identity::roles::CustomRole;
use aurex_core::service::{Retained, retained};
use aurex_core::store::{AuditFilter, PageRequest, Reader, Store, StoreError};
use aurex_core::tenancy::{Scope, Slug, Workspace};
use aurex_core::time::Timestamp;

const PAGE: u16 = 200;

/// What is looked at of one workspace.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(super) slug: Slug,
    pub(super) workspace: Workspace,
    pub(super) people: Vec<Person>,
    pub(super) tokens: Vec<(ApiToken, Option<Timestamp>)>,
    pub(super) roles: Vec<CustomRole>,
    /// The peppers that there are; none where that is not known.
    pub(super) peppers: Option<Vec<String>>,
    /// When the last entry of its log was made.
    pub(super) last_entry: Timestamp,
    /// When the last checkpoint of its log was published or confirmed.
    pub(super) published_at: Option<Timestamp>,
    /// When witnesses cosigned checkpoints of it; none where nobody is asked.
    pub(super) cosigned: Option<Option<Timestamp>>,
    /// How far what goes by itself has come.
    pub(super) retained: Vec<Retained>,
}

/// A member, and what decides how they get in.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) member: Member,
    pub(super) credential: Option<Credential>,
    pub(super) pin: Option<Pin>,
    pub(super) has_second_factor: bool,
    /// Sessions that are not closed.
    pub(super) sessions: Vec<Session>,
    /// When they last did something that is known of.
    pub(super) seen_at: Timestamp,
}

impl Picture {
    /// Reads it. `peppers` are the ids of those that are in the keys folder; `witnessed` says whether witnesses are asked.
    pub(crate) async fn take(
        store: &dyn Store,
        scope: &Scope,
        slug: Slug,
        peppers: Option<Vec<String>>,
        witnessed: bool,
        now: Timestamp,
    ) -> Result<Self, StoreError> {
        let mut reader = store.reader(scope).await?;
        let mut people = Vec::new();
        let mut page = PageRequest::first(PAGE);
        loop {
            let members = reader.members(page).await?;
            for member in members.items {
                people.push(person(store, &mut *reader, scope, member).await?);
            }
            match members.next {
                Some(after) => page = PageRequest { after: Some(after), limit: PAGE },
                None => break,
            }
        }
        let tokens = tokens(store, &mut *reader, scope).await?;
        let retained = retained(&mut *reader, now).await?;
        Ok(Self {
            slug,
            retained,
            workspace: reader.workspace().await?,
            people,
            tokens,
            roles: reader.custom_roles().await?,
            peppers,
            last_entry: reader.head().await?.last_at,
            published_at: store.edge(scope.tenant()).await?.at,
            cosigned: if witnessed { Some(cosigned(store, scope).await?) } else { None },
        })
    }
}

/// When a witness cosigned the last checkpoint.
async fn cosigned(store: &dyn Store, scope: &Scope) -> Result<Option<Timestamp>, StoreError> {
    let Some(last) = store.last_checkpoint(scope.tenant()).await? else { return Ok(None) };
    let given = store.cosignatures(scope.tenant(), last.size).await?;
    // A log that stands still is not cosigned anew: what was given for its last checkpoint still says all there is.
    Ok(if given.is_empty() { None } else { Some(last.at) })
}

async fn person(
    store: &dyn Store,
    reader: &mut dyn Reader,
    scope: &Scope,
    member: Member,
) -> Result<Person, StoreError> {
    let id = member.id;
    let by_them = AuditFilter { actor: Some(id.to_string()), ..AuditFilter::default() };
    let acted = reader.entries(&by_them, PageRequest::first(1)).await?;
    let acted = acted.items.first().map(|stored| stored.entry.at);
    let sessions = reader.open_sessions(id).await?;
    let ids: Vec<_> = sessions.iter().map(|session| session.id).collect();
    let used = store.session_uses(scope.tenant(), &ids).await?;
    let opened = sessions.iter().map(|session| session.opened_at);
    let seen_at =
        used.into_iter().flatten().chain(opened).chain(acted).fold(member.created_at, Timestamp::max);
    Ok(Person {
        credential: reader.credential(id).await?,
        pin: reader.pin(id).await?.filter(|pin| pin.removed_at.is_none()),
        has_second_factor: reader.second_factor(id).await?.is_some_and(|factor| factor.counts()),
        sessions,
        seen_at,
        member,
    })
}

async fn tokens(
    store: &dyn Store,
    reader: &mut dyn Reader,
    scope: &Scope,
) -> Result<Vec<(ApiToken, Option<Timestamp>)>, StoreError> {
    let mut all = Vec::new();
    let mut page = PageRequest::first(PAGE);
    loop {
        let tokens = reader.api_tokens(None, page).await?;
        let ids: Vec<_> = tokens.items.iter().map(|token| token.id).collect();
        let uses = store.token_uses(scope.tenant(), &ids).await?;
        all.extend(tokens.items.into_iter().zip(uses));
        match tokens.next {
            Some(after) => page = PageRequest { after: Some(after), limit: PAGE },
            None => return Ok(all),
        }
    }
}

#[cfg(test)]
pub(super) mod made {
    //! Pictures for tests: a workspace that has nothing wrong with it, as of [`NOW`].

    use aurex_core::identity::password::{Cost, Password, PasswordHash, Pepper};
    use aurex_core::rbac::Role;
    use aurex_core::tenancy::{Contact, ContactKind, Id as _, MemberId, SessionId};
    use aurex_core::text::{Email, Name};
    use uuid::Uuid;
    use zeroize::Zeroizing;

    use super::*;

    pub(in super::super) const NOW: Timestamp = Timestamp::from_micros(1_800_000_000_000_000);
    pub(in super::super) const DAY: i64 = 86_400;

    pub(in super::super) fn days_ago(days: i64) -> Timestamp {
        NOW.plus_seconds(-days * DAY)
    }

    /// A password under the pepper `pepper-1`.
    fn hash() -> String {
        let pepper = Pepper::new("pepper-1".parse().unwrap(), Zeroizing::new([1; 32]));
        let cost = Cost::weak_for_tests_only(4);
        PasswordHash::create(&Password::new("blue parrot on a till"), &pepper, cost, [2; 16]).to_stored()
    }

    pub(in super::super) fn person(number: u128, role: Role) -> Person {
        let id = MemberId::from_uuid(Uuid::from_u128(number));
        let member = Member {
            id,
            name: Name::new("Meena").unwrap(),
            email: Email::new("meena@shop.example").unwrap(),
            role,
            disabled: false,
            created_at: days_ago(100),
            version: 1,
            custom_role: None,
            leaves_at: None,
        };
        let credential = Credential { member: id, hash: hash(), one_time: false, set_at: days_ago(90) };
        Person {
            member,
            credential: Some(credential),
            pin: None,
            has_second_factor: true,
            sessions: Vec::new(),
            seen_at: days_ago(1),
        }
    }

    pub(in super::super) fn session(of: &Person, hours: i64) -> Session {
        Session {
            id: SessionId::from_uuid(Uuid::from_u128(7)),
            member: of.member.id,
            token_hash: [0; 32],
            opened_at: days_ago(1),
            expires_at: days_ago(1).plus_seconds(hours * 3600),
            idle_seconds: 1800,
            one_time: false,
            closed_at: None,
            assurance: aurex_core::tenancy::Assurance::Password,
            proved_at: days_ago(1),
            address: None,
            agent: None,
            till: None,
        }
    }

    /// Two owners and a cashier.
    pub(in super::super) fn picture() -> Picture {
        Picture {
            slug: "acme".parse().unwrap(),
            workspace: Workspace {
                plan: aurex_core::tenancy::PlanState::Active,
                billing: None,
                slug: "acme".parse().unwrap(),
                name: Name::new("Acme").unwrap(),
                currency: "INR".parse().unwrap(),
                zone: "Asia/Kolkata".parse().unwrap(),
                created_at: days_ago(100),
                version: 1,
                magic_links: false,
                second_factor_for: Vec::new(),
                access_rules: Vec::new(),
                ends_at: None,
                contacts: vec![Contact {
                    kind: ContactKind::Notices,
                    email: Email::new("office@acme.example").unwrap(),
                    asked_at: days_ago(9),
                    verified_at: Some(days_ago(8)),
                    reminded_at: None,
                    bounced_at: None,
                    bounces: 0,
                }],
                books_locked_through: None,
                payee: None,
            },
            people: vec![person(1, Role::Owner), person(2, Role::Owner), person(3, Role::Cashier)],
            tokens: Vec::new(),
            roles: Vec::new(),
            peppers: Some(vec!["pepper-1".to_owned()]),
            last_entry: days_ago(1),
            published_at: Some(NOW),
            cosigned: None,
            retained: Vec::new(),
        }
    }
}
