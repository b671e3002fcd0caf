//! The metals a shop keeps books in.

use std::fmt;

/// A precious metal. Each is a commodity of its own in the ledger, balanced in fine nanograms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Metal {
    /// Gold.
    Gold,
    /// Silver.
    Silver,
    /// Platinum.
    Platinum,
}

/// A code that names no metal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("metal must be gold, silver or platinum")]
pub struct UnknownMetal;

impl Metal {
    /// Every metal, in the order they are listed.
    pub const ALL: [Self; 3] = [Self::Gold, Self::Silver, Self::Platinum];

    /// The code on the wire and in the books: `gold`, `silver`, `platinum`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Gold => "gold",
            Self::Silver => "silver",
            Self::Platinum => "platinum",
        }
    }

    /// The metal of a code.
    ///
    /// # Errors
    /// [`UnknownMetal`]; other spellings are not guessed at.
    pub fn from_code(code: &str) -> Result<Self, UnknownMetal> {
        Self::ALL.into_iter().find(|metal| metal.code() == code).ok_or(UnknownMetal)
    }
}

impl fmt::Display for Metal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_read_back_and_other_spellings_are_refused() {
        for metal in Metal::ALL {
            assert_eq!(Metal::from_code(metal.code()), Ok(metal));
        }
        assert_eq!(Metal::from_code("Gold"), Err(UnknownMetal));
    }
}
