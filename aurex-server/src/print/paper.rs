//! The sizes of paper.

/// Hundredths of a point; 72 points are an inch.
pub(super) type Length = i32;

/// What a bill is printed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paper {
    /// 210 by 297 mm.
    A4,
    /// 148 by 210 mm.
    A5,
    /// A till's roll of 80 mm, as long as the bill is.
    Roll,
}

/// What a size of paper leaves room for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Room {
    pub(super) width: Length,
    /// None for a roll.
    pub(super) height: Option<Length>,
    pub(super) margin: Length,
    /// The size of plain text.
    pub(super) size: Length,
    /// The widths of the columns beside the particulars; none where the column has no room and its figures stand below
    /// the description.
    pub(super) columns: Columns,
    /// Whether seller and number, buyer and facts, sums and codes stand beside each other.
    pub(super) is_wide: bool,
}

/// The widths of columns.
#[derive(Debug, Clone, Copy)]
pub(super) struct Columns {
    pub(super) number: Length,
    pub(super) gross: Option<Length>,
    pub(super) less: Option<Length>,
    pub(super) net: Option<Length>,
    pub(super) rate: Option<Length>,
    pub(super) amount: Length,
}

impl Paper {
    pub(super) const fn room(self) -> Room {
        match self {
            Self::A4 => Room {
                width: 59_528,
                height: Some(84_189),
                margin: 40_00,
                size: 8_80,
                columns: Columns {
                    number: 20_00,
                    gross: Some(58_00),
                    less: Some(52_00),
                    net: Some(58_00),
                    rate: Some(92_00),
                    amount: 92_00,
                },
                is_wide: true,
            },
            Self::A5 => Room {
                width: 41_953,
                height: Some(59_528),
                margin: 28_00,
                size: 7_20,
                columns: Columns {
                    number: 15_00,
                    gross: None,
                    less: None,
                    net: Some(48_00),
                    rate: Some(74_00),
                    amount: 74_00,
                },
                is_wide: true,
            },
            Self::Roll => Room {
                width: 22_677,
                height: None,
                margin: 12_00,
                size: 7_60,
                columns: Columns {
                    number: 12_00,
                    gross: None,
                    less: None,
                    net: None,
                    rate: None,
                    amount: 74_00,
                },
                is_wide: false,
            },
        }
    }
}

impl Room {
    pub(super) const fn left(&self) -> Length {
        self.margin
    }

    pub(super) const fn right(&self) -> Length {
        self.width - self.margin
    }

    /// Between the margins.
    pub(super) const fn measure(&self) -> Length {
        self.width - 2 * self.margin
    }

    /// Small print.
    pub(super) const fn small(&self) -> Length {
        self.size * 82 / 100
    }
}
