//! How often each may ask.

use std::{num::NonZeroU32, str::FromStr};

use super::Meter;

/// So many requests a minute, all at once or spread over it; none: as many as they like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PerMinute(Option<NonZeroU32>);

/// A browser's reports of one address.
const REPORTS: u32 = 30;
/// The reports of all browsers together.
const ALL_REPORTS: u32 = 300;

impl PerMinute {
    /// As many as they like.
    pub const UNLIMITED: Self = Self(None);

    /// This many; 0 is read as 1.
    #[must_use]
    pub const fn new(requests: u32) -> Self {
        Self(Some(match NonZeroU32::new(requests) {
            Some(requests) => requests,
            None => NonZeroU32::MIN,
        }))
    }
}

/// Why a text is no rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate is a number of requests a minute from 1, or `off`")]
pub struct NotARate;

impl FromStr for PerMinute {
    type Err = NotARate;

    fn from_str(text: &str) -> Result<Self, NotARate> {
        match text {
            "off" => Ok(Self::UNLIMITED),
            number => number.parse().map(|requests| Self(Some(requests))).map_err(|_| NotARate),
        }
    }
}

/// The rates of a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Of one session or token.
    pub session: PerMinute,
    /// Of everybody signed in to one workspace.
    pub workspace: PerMinute,
    /// Of one address, with credentials.
    pub address: PerMinute,
    /// Of one address, without valid credentials.
    pub stranger: PerMinute,
    /// How many milliseconds somebody has a page in front of them before they can have sent its form; 0: nobody looks.
    pub form_ms: u32,
}

impl Default for Rates {
    /// A till at its busiest asks for a few things a second: twenty a second are never a person. A shop's tills stand
    /// behind one address, and several shops may (a mall, a carrier's translation). A stranger sees a few pages and signs in.
    fn default() -> Self {
        Self {
            session: PerMinute::new(1_200),
            workspace: PerMinute::new(12_000),
            address: PerMinute::new(6_000),
            stranger: PerMinute::new(300),
            form_ms: 1_000,
        }
    }
}

impl Rates {
    /// No limits but that on reports, which end in the log.
    pub const UNLIMITED: Self = Self {
        session: PerMinute::UNLIMITED,
        workspace: PerMinute::UNLIMITED,
        address: PerMinute::UNLIMITED,
        stranger: PerMinute::UNLIMITED,
        form_ms: 0,
    };

    pub(super) fn of(&self, meter: Meter, whom: &[u8]) -> Option<NonZeroU32> {
        match meter {
            Meter::Session => self.session,
            Meter::Workspace => self.workspace,
            Meter::Address => self.address,
            Meter::Stranger => self.stranger,
            Meter::Report if whom == b"all" => PerMinute::new(ALL_REPORTS),
            Meter::Report => PerMinute::new(REPORTS),
            // Forms are timed, and not charged.
            Meter::Form => PerMinute::UNLIMITED,
        }
        .0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_a_number_from_1_or_off() {
        assert_eq!("600".parse(), Ok(PerMinute::new(600)));
        assert_eq!("off".parse(), Ok(PerMinute::UNLIMITED));
        for wrong in ["", "0", "-1", "1.5", "many", "4294967296"] {
            assert_eq!(wrong.parse::<PerMinute>(), Err(NotARate), "{wrong}");
        }
    }
}
