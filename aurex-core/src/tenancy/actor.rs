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

/// How sure we are of the actor, weakest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// Not signed in.
    None,
    /// A password that somebody else set: opens only “set your password”.
    OneTimeSecret,
    /// A program's token: never steps up.
    Token,
    /// A password of one's own.
    Password,
    /// A fresh second factor on top.
    SecondFactor,
    /// Our own process: a job, or the operator's shell.
    Process,
    /// An embedder's own sign-in vouches.
    Vouched,
}

impl Assurance {
    /// As the audit log writes it.
    pub const fn code(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::OneTimeSecret => "one_time_secret",
            Self::Token => "token",
            Self::Password => "password",
            Self::SecondFactor => "second_factor",
            Self::Process => "process",
            Self::Vouched => "vouched",
        }
    }

    /// Whether an action that asks for stepped-up assurance may go ahead.
    pub const fn is_stepped_up(self) -> bool {
        matches!(self, Self::SecondFactor | Self::Process | Self::Vouched)
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
