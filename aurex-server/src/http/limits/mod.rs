//! How much one asks of us: by session or token, by workspace, by address, and by whoever is not signed in.
//!
//! A till that a person works at asks for a few things a second; a program in a loop asks for thousands. The limits stand
//! far above the first and stop the second before it costs anybody else the store. Two of them are charged before a
//! request is routed, by the client's address: one for requests that carry credentials, and a smaller one for those that
//! carry none, or turn out to carry none that are valid. The other two are charged once it is known who asks, by the session
//! or token and by its workspace: **never before**, or a stranger who floods a workspace's path would take away that
//! workspace's own budget.
//!
//! Costly calls (signing in, changing a password) have throttles of their own beneath these, which survive a restart.
//! These here are kept in memory, in tables of a fixed size that no flood can grow; a restart fills the buckets again.

mod form;
mod rates;
mod table;

use std::{
    net::IpAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use aurex_core::time::Clock;
use hmac::{Hmac, KeyInit as _, Mac as _};
use poem::http::{HeaderMap, header};
use sha2::Sha256;

pub use rates::{PerMinute, Rates};

use self::table::Table;
use super::{
    csrf::has_session_cookie,
    problem::{Code, Problem},
};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meter {
    /// Requests of one address without valid credentials.
    Stranger,
    /// Requests of one address that carry credentials.
    Address,
    /// Requests of one session or token.
    Session,
    /// Requests of everybody signed in to one workspace.
    Workspace,
    /// Reports of browsers.
    Report,
    /// Forms of our pages that came back sooner than a person could send them.
    Form,
}

impl Meter {
    /// Every meter.
    pub const ALL: [Self; 6] =
        [Self::Stranger, Self::Address, Self::Session, Self::Workspace, Self::Report, Self::Form];

    /// The name by which figures call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stranger => "stranger",
            Self::Address => "address",
            Self::Session => "session",
            Self::Workspace => "workspace",
            Self::Report => "report",
            Self::Form => "form",
        }
    }

    const fn index(self) -> usize {
        match self {
            Self::Stranger => 0,
            Self::Address => 1,
            Self::Session => 2,
            Self::Workspace => 3,
            Self::Report => 4,
            Self::Form => 5,
        }
    }
}

/// What has been refused since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitFigures {
    /// Requests refused, in the order of [`Meter::ALL`].
    pub refused: [u64; 6],
    /// Buckets that gave way to others before they were full again.
    pub forgotten: u64,
}

/// The limits of one server. Cheap to clone.
#[derive(Clone)]
pub struct Limits(Option<Arc<Inner>>);

struct Inner {
    rates: Rates,
    clock: Arc<dyn Clock>,
    key: Hmac<Sha256>,
    // Apart, because anybody can fill the first, and nobody who is not signed in the second.
    outside: Table,
    inside: Table,
    refused: [AtomicU64; 6],
}

impl Inner {
    fn now_us(&self) -> u64 {
        u64::try_from(self.clock.now().micros()).unwrap_or_default()
    }

    fn count(&self, meter: Meter) {
        if let Some(count) = self.refused.get(meter.index()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn form_mac(&self, workspace: &str, at: [u8; 8]) -> Hmac<Sha256> {
        let mut mac = self.key.clone();
        mac.update(b"form of a page\0");
        mac.update(&at);
        mac.update(workspace.as_bytes());
        mac
    }
}

impl Limits {
    /// Limits at these rates. The key is secret, so that nobody can choose whose bucket is theirs.
    #[must_use]
    pub fn new(rates: Rates, key: [u8; 32], clock: Arc<dyn Clock>) -> Self {
        // HMAC takes keys of every length.
        let Ok(key) = Hmac::<Sha256>::new_from_slice(&key) else { return Self::none() };
        Self(Some(Arc::new(Inner {
            rates,
            clock,
            key,
            outside: Table::default(),
            inside: Table::default(),
            refused: Default::default(),
        })))
    }

    /// No limits at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(None)
    }

    /// Charges a request by where it comes from, before anything is read. Probes are answered whatever else is asked:
    /// a flood must not look like an outage.
    ///
    /// # Errors
    /// [`Code::RateLimited`] with the time to wait.
    pub fn at_the_door(&self, path: &str, headers: &HeaderMap, ip: Option<IpAddr>) -> Result<(), Problem> {
        if matches!(path, "/healthz" | "/readyz") {
            return Ok(());
        }
        let shows_something = headers.contains_key(header::AUTHORIZATION) || has_session_cookie(headers);
        self.by_address(if shows_something { Meter::Address } else { Meter::Stranger }, ip)
    }

    /// Charges a request whose credentials are worth nothing.
    ///
    /// # Errors
    /// [`Code::RateLimited`] with the time to wait.
    pub fn stranger(&self, ip: Option<IpAddr>) -> Result<(), Problem> {
        self.by_address(Meter::Stranger, ip)
    }

    /// Charges a request of a valid session or token, named by what it presented, in a workspace.
    ///
    /// # Errors
    /// [`Code::RateLimited`] with the time to wait.
    pub fn signed(&self, presented: &str, workspace: &[u8]) -> Result<(), Problem> {
        // In this order: one greedy session meets its own limit before it takes from the others.
        self.charge(Meter::Session, presented.as_bytes())?;
        self.charge(Meter::Workspace, workspace)
    }

    /// Charges a report of a browser at `ip`: by its address, and all of them together, because they end in the log.
    ///
    /// # Errors
    /// [`Code::RateLimited`] with the time to wait.
    pub fn report(&self, ip: Option<IpAddr>) -> Result<(), Problem> {
        self.by_address(Meter::Report, ip)?;
        self.charge(Meter::Report, b"all")
    }

    /// What has been refused.
    #[must_use]
    pub fn figures(&self) -> LimitFigures {
        self.0.as_ref().map_or_else(LimitFigures::default, |inner| LimitFigures {
            refused: inner.refused.each_ref().map(|count| count.load(Ordering::Relaxed)),
            forgotten: inner.outside.forgotten().saturating_add(inner.inside.forgotten()),
        })
    }

    fn by_address(&self, meter: Meter, ip: Option<IpAddr>) -> Result<(), Problem> {
        match ip.map(|ip| ip.to_canonical()) {
            // Where there is no socket there is nobody to tell apart.
            None => Ok(()),
            Some(IpAddr::V4(ip)) => self.charge(meter, &ip.octets()),
            // A subscriber has a /64 at least, and may use all of it (RFC 6177).
            Some(IpAddr::V6(ip)) => self.charge(meter, ip.octets().get(..8).unwrap_or_default()),
        }
    }

    fn charge(&self, meter: Meter, whom: &[u8]) -> Result<(), Problem> {
        let Some(inner) = &self.0 else { return Ok(()) };
        let Some(rate) = inner.rates.of(meter, whom) else { return Ok(()) };
        let table = match meter {
            Meter::Session | Meter::Workspace => &inner.inside,
            Meter::Stranger | Meter::Address | Meter::Report | Meter::Form => &inner.outside,
        };
        let mut mac = inner.key.clone();
        mac.update(meter.name().as_bytes());
        mac.update(b"\0");
        mac.update(whom);
        table.charge(&mac.finalize().into_bytes(), rate, inner.now_us()).map_err(|wait_us| {
            inner.count(meter);
            Problem::new(Code::RateLimited).retry_after(Duration::from_secs(wait_us.div_ceil(1_000_000)))
        })
    }
}

impl std::fmt::Debug for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.0.is_some() { "Limits(withheld)" } else { "Limits(none)" })
    }
}

#[cfg(test)]
mod tests;
