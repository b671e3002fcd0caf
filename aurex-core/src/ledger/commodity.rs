//! What the ledger counts: a currency in minor units, or a metal in fine nanograms.

use std::fmt;
use std::str::FromStr;

use crate::audit::Malformed;
use crate::measure::Metal;
use crate::money::Currency;

/// One thing that balances by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Commodity {
    /// A currency; amounts in its minor units.
    Currency(Currency),
    /// A metal; amounts in nanograms of fine weight.
    Metal(Metal),
}

impl Commodity {
    /// `INR`, `gold`: currencies are in upper case, metals in lower, so that they never meet.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Currency(currency) => currency.code(),
            Self::Metal(metal) => metal.code(),
        }
    }
}

impl fmt::Display for Commodity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Commodity {
    type Err = Malformed;

    fn from_str(code: &str) -> Result<Self, Malformed> {
        Currency::from_code(code)
            .map(Self::Currency)
            .or_else(|_| Metal::from_code(code).map(Self::Metal))
            .map_err(|_| Malformed)
    }
}

crate::text_columns!(Commodity);
