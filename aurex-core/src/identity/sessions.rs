//! Sessions: how long one lasts, what opening and closing one makes true.

use super::actions::{CloseSession, OpenSession};
use super::mails::Mail;
use super::member::{Credential, Session};
use super::second_factors::FactorUsed;
use crate::audit::{Change, Draft, Subject};
use crate::rbac::Role;
use crate::store::MemberRules;
use crate::tenancy::{Assurance, Errand, MemberId, Proof, SessionId, TillId};
use crate::time::Timestamp;

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// Without use, in seconds.
    pub idle_seconds: u32,
    /// Whatever happens, in seconds from sign-in.
    pub absolute_seconds: u32,
}

/// How long sessions last, and how many of them one member may have.
///
/// | session of | without use | whatever happens |
/// |---|---|---|
/// | a cashier: one shift at one till | 30 minutes | 12 hours |
/// | somebody with a number, at a shared till | 5 minutes | 12 hours |
/// | anybody else | 30 minutes | 8 hours |
/// | somebody with a password that another person set | 15 minutes | 1 hour |
///
/// The last use is noted at most once a minute, so a session may end up to a minute early. Past the greatest number
/// of open sessions, signing in closes the oldest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionPolicy {
    /// A cashier's.
    pub cashier: Lifetime,
    /// Anybody else's.
    pub others: Lifetime,
    /// One that can only set a password.
    pub one_time: Lifetime,
    /// One that a number opened at a shared till, where the next person stands a step away.
    pub till: Lifetime,
    /// The greatest number of one member's open sessions.
    pub most_open: usize,
    /// For how many seconds a password that somebody else set opens anything.
    pub one_time_secret_seconds: i64,
    /// For how many seconds a proof counts as fresh, for actions that ask for one.
    pub fresh_seconds: i64,
}

impl SessionPolicy {
    /// The table above, 100 open sessions, a week for a one-time secret, and a quarter of an hour for a fresh proof.
    pub const STANDARD: Self = Self {
        cashier: Lifetime { idle_seconds: 30 * 60, absolute_seconds: 12 * 3600 },
        others: Lifetime { idle_seconds: 30 * 60, absolute_seconds: 8 * 3600 },
        one_time: Lifetime { idle_seconds: 15 * 60, absolute_seconds: 3600 },
        till: Lifetime { idle_seconds: 5 * 60, absolute_seconds: 12 * 3600 },
        most_open: 100,
        one_time_secret_seconds: 7 * 24 * 3600,
        fresh_seconds: 15 * 60,
    };

    /// The lifetime of a session of somebody in `role`.
    pub const fn lifetime(&self, role: Role, one_time: bool) -> Lifetime {
        match role {
            _ if one_time => self.one_time,
            Role::Cashier => self.cashier,
            Role::Owner | Role::Admin | Role::Manager | Role::Accountant | Role::Auditor => self.others,
        }
    }

    /// What the holder of `session` has proved at `now`, and what they have to do before anything else.
    ///
    /// Where a member has a second factor, a proof is fresh when it was one of that; a session that was opened without
    /// it reaches nothing but the place to prove it. At a shared till a number is enough, unless the workspace asks a
    /// second factor of the role: then it never is.
    pub fn standing(
        &self,
        session: &Session,
        role: Role,
        rules: &MemberRules,
        now: Timestamp,
    ) -> (Proof, Option<Errand>) {
        let assurance = session.assurance;
        let is_recent = now.seconds_since(session.proved_at) < self.fresh_seconds;
        let is_strong = match assurance {
            Assurance::SecondFactor => true,
            Assurance::Password | Assurance::Link => !rules.has_second_factor,
            _ => false,
        };
        let is_required = rules.second_factor_for.contains(&role);
        let first = match assurance {
            Assurance::OneTimeSecret => Some(Errand::SetPassword),
            Assurance::SecondFactor => None,
            Assurance::Pin if !is_required => None,
            _ if rules.has_second_factor => Some(Errand::ProveSecondFactor),
            _ if is_required => Some(Errand::AddSecondFactor),
            _ => None,
        };
        (Proof { assurance, is_fresh: is_recent && is_strong }, first)
    }

    /// Whether a verified password opens anything at `now`: its holder's own always, somebody else's for a while.
    pub const fn still_opens(&self, credential: &Credential, now: Timestamp) -> bool {
        !credential.one_time || now.seconds_since(credential.set_at) < self.one_time_secret_seconds
    }
}

impl Default for SessionPolicy {
    fn default() -> Self {
        Self::STANDARD
    }
}

/// A session about to be opened.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Its id.
    pub id: SessionId,
    /// Whose.
    pub member: MemberId,
    /// Their role, which says how long it lasts.
    pub role: Role,
    /// SHA-256 of its token.
    pub token_hash: [u8; 32],
    /// How they proved who they are.
    pub assurance: Assurance,
    /// From which address.
    pub address: Option<String>,
    /// What their browser calls itself.
    pub agent: Option<String>,
    /// The shared till that it is on.
    pub till: Option<TillId>,
}

impl NewSession {
    /// Its row, opened at `now`.
    pub fn opened(self, policy: &SessionPolicy, now: Timestamp) -> Session {
        let one_time = self.assurance == Assurance::OneTimeSecret;
        let lifetime = if self.till.is_some() { policy.till } else { policy.lifetime(self.role, one_time) };
        Session {
            id: self.id,
            member: self.member,
            token_hash: self.token_hash,
            opened_at: now,
            expires_at: now.plus_seconds(i64::from(lifetime.absolute_seconds)),
            idle_seconds: lifetime.idle_seconds,
            one_time,
            closed_at: None,
            assurance: self.assurance,
            proved_at: now,
            address: self.address,
            agent: self.agent,
            till: self.till,
        }
    }
}

/// The same hash of a password in today's strength, made while the password was at hand.
#[derive(Debug, Clone)]
pub struct HashUpgrade {
    /// The credential as it is.
    pub before: Credential,
    /// The new hash in its stored form.
    pub hash: String,
}

/// A session was opened.
#[derive(Debug, Clone)]
pub struct SessionOpened {
    /// The session.
    pub session: Session,
    /// Older sessions that had to make room.
    pub evicted: Vec<Session>,
    /// A stronger hash of the same password.
    pub upgrade: Option<HashUpgrade>,
    /// What the member is told about it.
    pub mails: Vec<Mail>,
    /// The second factor that was proved with it.
    pub factor: Option<FactorUsed>,
}

/// Decides about opening a session beside the `open` ones of the same member.
pub fn decide_open(
    new: NewSession,
    mut open: Vec<Session>,
    upgrade: Option<HashUpgrade>,
    policy: &SessionPolicy,
    now: Timestamp,
) -> SessionOpened {
    open.sort_by_key(|session| (session.opened_at, session.id));
    let too_many = open.len().saturating_add(1).saturating_sub(policy.most_open);
    open.truncate(too_many);
    SessionOpened {
        session: new.opened(policy, now),
        evicted: open,
        upgrade,
        mails: Vec::new(),
        factor: None,
    }
}

impl Change for SessionOpened {
    type By = OpenSession;

    fn subject(&self) -> Subject {
        Subject::new("session", self.session.id)
    }

    fn record(self, draft: &mut Draft) {
        close_all(&self.evicted, self.session.opened_at, draft);
        if let Some(HashUpgrade { before, hash }) = self.upgrade {
            draft.update(&before, Credential { hash, ..before.clone() });
        }
        if let Some(FactorUsed { before, after }) = self.factor {
            draft.update(&before, after);
        }
        draft.insert(self.session);
        for mail in self.mails {
            draft.insert(mail);
        }
    }
}

/// Closes sessions at `now`, and has queued writers look again at who they are.
pub(super) fn close_all(sessions: &[Session], now: Timestamp, draft: &mut Draft) {
    for session in sessions {
        draft.update(session, Session { closed_at: Some(now), ..session.clone() });
        draft.raise_epoch();
    }
}

/// A session was closed by whom it belonged to.
#[derive(Debug, Clone)]
pub struct SessionClosed {
    /// The session as it was.
    pub session: Session,
    /// When it was closed.
    pub at: Timestamp,
}

impl Change for SessionClosed {
    type By = CloseSession;

    fn subject(&self) -> Subject {
        Subject::new("session", self.session.id)
    }

    fn record(self, draft: &mut Draft) {
        close_all(&[self.session], self.at, draft);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenancy::Id as _;
    use uuid::Uuid;

    fn new(n: u128, role: Role) -> NewSession {
        let (id, member) =
            (SessionId::from_uuid(Uuid::from_u128(n)), MemberId::from_uuid(Uuid::from_u128(9)));
        NewSession {
            id,
            member,
            role,
            token_hash: [7; 32],
            assurance: Assurance::Password,
            address: None,
            agent: None,
            till: None,
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(0).plus_seconds(seconds)
    }

    #[test]
    fn a_cashier_has_a_shift_and_a_strangers_password_an_hour() {
        let policy = SessionPolicy::STANDARD;
        assert_eq!(new(1, Role::Cashier).opened(&policy, at(0)).expires_at, at(12 * 3600));
        assert_eq!(new(1, Role::Owner).opened(&policy, at(0)).expires_at, at(8 * 3600));
        let one_time = NewSession { assurance: Assurance::OneTimeSecret, ..new(1, Role::Cashier) };
        assert_eq!(one_time.opened(&policy, at(0)).expires_at, at(3600));
    }

    #[test]
    fn asvs_v6_3_4_v6_4_3_every_way_in_meets_the_second_factor() {
        let policy = SessionPolicy::STANDARD;
        let standing = |assurance, has_second_factor, asked: &[Role], seconds| {
            let session = NewSession { assurance, ..new(1, Role::Owner) }.opened(&policy, at(0));
            let rules = MemberRules {
                has_second_factor,
                second_factor_for: asked.to_vec(),
                ..MemberRules::default()
            };
            let (proof, first) = policy.standing(&session, Role::Owner, &rules, at(seconds));
            assert_eq!(proof.assurance, assurance);
            (proof.is_fresh, first)
        };
        let (prove, add) = (Some(Errand::ProveSecondFactor), Some(Errand::AddSecondFactor));
        let (nobody, owners, others) = (&[][..], &[Role::Owner][..], &[Role::Cashier, Role::Admin][..]);
        for way in [Assurance::Password, Assurance::Link] {
            assert_eq!(standing(way, false, nobody, 0), (true, None), "{way}");
            assert_eq!(standing(way, false, others, 0), (true, None), "{way}");
            assert_eq!(standing(way, false, owners, 0), (true, add), "{way}");
            assert_eq!(standing(way, true, nobody, 0), (false, prove), "{way}");
            assert_eq!(standing(way, true, owners, 0), (false, prove), "{way}");
            assert_eq!(standing(way, false, nobody, policy.fresh_seconds), (false, None), "{way}");
        }
        for (has, asked) in [(false, owners), (true, owners), (true, nobody)] {
            let first = Some(Errand::SetPassword);
            assert_eq!(standing(Assurance::OneTimeSecret, has, asked, 0), (false, first));
        }
        assert_eq!(standing(Assurance::Pin, true, nobody, 0), (false, None));
        assert_eq!(standing(Assurance::Pin, true, owners, 0), (false, prove));
        assert_eq!(standing(Assurance::Pin, false, owners, 0), (false, add));
        assert_eq!(standing(Assurance::SecondFactor, true, owners, 0), (true, None));
        let last = policy.fresh_seconds - 1;
        assert_eq!(standing(Assurance::SecondFactor, true, owners, last), (true, None));
        assert_eq!(standing(Assurance::SecondFactor, true, owners, last + 1), (false, None));
    }

    #[test]
    fn asvs_v7_1_2_the_oldest_session_makes_room() {
        let policy = SessionPolicy { most_open: 2, ..SessionPolicy::STANDARD };
        let open: Vec<_> = [3, 1, 2]
            .map(|n| new(n, Role::Owner).opened(&policy, at(i64::try_from(n).unwrap())))
            .into_iter()
            .collect();
        let evicted = |open: &[Session]| {
            let opened = decide_open(new(9, Role::Owner), open.to_vec(), None, &policy, at(9));
            opened.evicted.iter().map(|session| session.opened_at).collect::<Vec<_>>()
        };
        assert_eq!(evicted(&open), [at(1), at(2)]);
        assert_eq!(evicted(&open[..1]), []);
    }
}
