//! What a rate is for, and on which basis other finenesses follow from it.

use super::{Fineness, RateError};

/// What a rate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateKind {
    /// The shop sells at it.
    Sell,
    /// The shop buys at it, for money.
    Buy,
    /// The shop takes old metal in against a new bill at it.
    Exchange,
}

impl RateKind {
    /// Every kind, in the order they are listed.
    pub const ALL: [Self; 3] = [Self::Sell, Self::Buy, Self::Exchange];

    /// The code on the wire: `sell`, `buy`, `exchange`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sell => "sell",
            Self::Buy => "buy",
            Self::Exchange => "exchange",
        }
    }

    /// The kind of a code, if it names one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// How the rate of one fineness follows from another's. The bases differ by real rupees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RateBasis {
    /// By parts per thousand: 916/1000 of the fine rate.
    Millesimal,
    /// By karat: 22/24 of the fine rate.
    Karat,
    /// Not at all: every fineness is quoted by hand.
    Manual,
}

impl RateBasis {
    /// Every basis, in the order they are listed.
    pub const ALL: [Self; 3] = [Self::Millesimal, Self::Karat, Self::Manual];

    /// The code on the wire: `millesimal`, `karat`, `manual`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Millesimal => "millesimal",
            Self::Karat => "karat",
            Self::Manual => "manual",
        }
    }

    /// The basis of a code, if it names one.
    #[must_use]
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|basis| basis.code() == code)
    }

    /// The factor from one fineness to another, as parts: numerator and denominator.
    ///
    /// On the millesimal basis a rate of fine metal (995 ‰ and above) counts as that of the whole when an alloy is
    /// derived from it: trade tables derive 916 from 999 as 916/1000 and not 916/999.
    pub(super) fn factor(self, from: Fineness, to: Fineness) -> Result<(u32, u32), RateError> {
        const FINE: u32 = 995_000;
        match self {
            Self::Millesimal if from.ppm() >= FINE && to.ppm() < FINE => Ok((to.ppm(), Fineness::PURE.ppm())),
            Self::Millesimal => Ok((to.ppm(), from.ppm())),
            Self::Karat => {
                let karat = |fineness: Fineness| fineness.karat().ok_or(RateError::NoKarat { fineness });
                Ok((karat(to)?, karat(from)?))
            }
            Self::Manual => Err(RateError::QuotedByHand),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back() {
        for kind in RateKind::ALL {
            assert_eq!(RateKind::from_code(kind.code()), Some(kind));
        }
        for basis in RateBasis::ALL {
            assert_eq!(RateBasis::from_code(basis.code()), Some(basis));
        }
        assert_eq!(RateKind::from_code("Sell"), None);
    }
}
