//! Who did it, how they proved it, and from where.

use std::net::IpAddr;

use super::{ApiTokenId, MemberId};

/// Who acts. The audit log names it in every entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// A person with a login.
    Member(MemberId),
    /// A program, on behalf of the member who made its token.
    Token(ApiTokenId, MemberId),
    /// Work that nobody asked for at this moment, by its name.
    Job(&'static str),
    /// The operator at the shell.
    Operator,
    /// Somebody not signed in: a failed sign-in, a first visit.
    Anonymous,
}

impl Actor {
    /// The kind as the audit log writes it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Member(_) => "member",
            Self::Token(..) => "token",
            Self::Job(_) => "job",
            Self::Operator => "operator",
            Self::Anonymous => "anonymous",
        }
    }

    /// The member who answers for it, if one does.
    pub const fn member(&self) -> Option<MemberId> {
        match self {
            Self::Member(id) | Self::Token(_, id) => Some(*id),
            Self::Job(_) | Self::Operator | Self::Anonymous => None,
        }
    }

    /// The id or name as the audit log writes it.
    pub fn id(&self) -> String {
        match self {
            Self::Member(id) => id.to_string(),
            Self::Token(id, _) => id.to_string(),
            Self::Job(name) => (*name).to_owned(),
            Self::Operator => "operator".to_owned(),
            Self::Anonymous => "anonymous".to_owned(),
        }
    }
}

crate::codes! {
    /// How sure we are of the actor.
    pub enum Assurance {
        /// Not signed in.
        None = "none",
        /// A password that somebody else set: opens only “set your password”.
        OneTimeSecret = "one_time_secret",
        /// A cashier's own number at a shared till: below a password, and reaches only what is open to it.
        Pin = "pin",
        /// A program's token: never steps up.
        Token = "token",
        /// A link in a mail: worth a password, never a second factor.
        Link = "link",
        /// A password of one's own.
        Password = "password",
        /// A second factor on top.
        SecondFactor = "second_factor",
        /// Our own process: a job, or the operator's shell.
        Process = "process",
        /// An embedder's own sign-in vouches.
        Vouched = "vouched",
    }
}

/// How somebody proved who they are, and whether they did so a moment ago.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// How.
    pub assurance: Assurance,
    /// Whether it is fresh enough for an action that asks for it. What is fresh is for who makes the scope to say: where
    /// a member has a second factor, nothing but that one is.
    pub is_fresh: bool,
}

impl Proof {
    /// Of our own process, and of an embedder's own sign-in: nobody is there to be asked for a fresh one.
    pub const fn standing(assurance: Assurance) -> Self {
        Self { assurance, is_fresh: matches!(assurance, Assurance::Process | Assurance::Vouched) }
    }
}

/// The facts of the request that the audit log keeps. They are read from the connection, never from the body.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RequestFacts {
    /// The client's address by the trusted-proxy rule.
    pub ip: Option<IpAddr>,
    /// What the client calls itself, at most 256 characters.
    pub user_agent: Option<String>,
    /// The request's id, also in the response and the server's own log.
    pub request_id: String,
}
