//! Chance for a drill: from a seed, so that a drill can be run again to the byte.

use crate::store::Cell;

/// Numbers that follow from a seed (`SplitMix64`: Steele, Lea, Flood, 2014).
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    pub(super) const fn of(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 for none.
    pub(super) fn below(&mut self, n: u64) -> u64 {
        self.next().checked_rem(n).unwrap_or(0)
    }

    /// A place in a list of `len`.
    pub(super) fn place(&mut self, len: usize) -> usize {
        usize::try_from(self.below(u64::try_from(len).unwrap_or(1))).unwrap_or(0)
    }

    /// One of a list.
    pub(super) fn one<'t, T>(&mut self, of: &'t [T]) -> Option<&'t T> {
        of.get(self.place(of.len()))
    }

    pub(super) fn bytes(&mut self) -> [u8; 32] {
        let mut bytes = [0; 32];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next().to_be_bytes());
        }
        bytes
    }

    /// The same bytes but for one bit of one of them.
    pub(super) fn flipped(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let (at, bit) = (self.place(bytes.len()), self.below(8));
        match bytes.get_mut(at) {
            Some(byte) => *byte ^= 1_u8 << bit,
            None => bytes.push(1),
        }
        bytes
    }

    /// Another cell of the same type. Of nothing nobody knows the type: `None`.
    pub(super) fn altered(&mut self, cell: &Cell) -> Option<Cell> {
        Some(match cell {
            Cell::Null => return None,
            Cell::Bool(yes) => Cell::Bool(!yes),
            Cell::Int(n) => {
                let by = i64::try_from(1 + self.below(1000)).unwrap_or(1);
                Cell::Int(n.checked_add(by).or_else(|| n.checked_sub(by))?)
            }
            Cell::Text(text) => {
                let mut letters: Vec<char> = text.chars().collect();
                let (at, letter) = (self.place(letters.len()), if self.below(2) == 0 { 'x' } else { 'y' });
                match letters.get_mut(at) {
                    Some(old) if *old != letter => *old = letter,
                    _ => letters.push(letter),
                }
                Cell::Text(letters.into_iter().collect())
            }
            Cell::Bytes(bytes) => Cell::Bytes(self.flipped(bytes)),
            Cell::Id(id) => {
                Cell::Id(uuid::Uuid::from_slice(&self.flipped(id.as_bytes())).unwrap_or_default())
            }
            Cell::Date(date) => {
                let date = crate::time::parse_date(date).ok()?;
                let by = i64::try_from(1 + self.below(300)).unwrap_or(1);
                Cell::Date(crate::time::plus_days(date, by).to_string())
            }
        })
    }
}
