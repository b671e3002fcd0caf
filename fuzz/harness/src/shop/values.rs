//! Figures, texts and choices from a fuzzer's input: mostly what a shop would type, often the edges of what is counted.

use aurex_core::{
    measure::{Fineness, Mass, Metal, RateKind, Ratio, StoneMass},
    money::{Currency, LARGEST_EXACT, Money},
    rbac::Role,
    shop::{
        identifiers::{Gstin, Hsn, Huid, Pan, Phone, StateCode},
        pricing::{Making, MakingMassBase, MakingMetalBase, Stone, Wastage},
        stock::{ChargeLine, StoneLine},
    },
    tenancy::Id,
    text::Text,
    uuid::Uuid,
};

use crate::bytes::Bytes;

/// The greatest amount of one posting: where the ledger says no.
const MOST_POSTED: i64 = 1_000_000_000_000_000;

/// Where ranges end, and their neighbours.
const EDGES: [i64; 10] = [
    0,
    1,
    -1,
    MOST_POSTED,
    MOST_POSTED + 1,
    LARGEST_EXACT,
    -LARGEST_EXACT,
    LARGEST_EXACT - 1,
    MOST_POSTED / 1_000_000,
    i64::MAX,
];

/// What is left of the input, read as values.
pub(super) struct Draw<'d>(pub(super) Bytes<'d>);

impl Draw<'_> {
    pub(super) fn is_over(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn byte(&mut self) -> u8 {
        self.0.u8()
    }

    pub(super) fn one_in(&mut self, n: u8) -> bool {
        self.byte() % n == n - 1
    }

    pub(super) fn any<T: Copy>(&mut self, of: &[T]) -> T {
        let place = usize::from(self.byte()) % of.len();
        of.get(place).copied().unwrap()
    }

    /// One of those that are there, or now and then one that is not.
    pub(super) fn pick<I: Id>(&mut self, of: &[I]) -> I {
        let place = match self.byte() {
            byte @ 0..248 => usize::from(byte) % of.len().max(1),
            _ => usize::MAX,
        };
        of.get(place).copied().unwrap_or_else(|| I::from_uuid(Uuid::from_u128(1)))
    }

    pub(super) fn option<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(2).then(|| read(self))
    }

    /// A figure around `typical`, or one at an edge.
    fn figure(&mut self, typical: u32) -> i64 {
        let kind = self.byte();
        match kind {
            0..=199 => i64::from(self.0.u32() % typical) + 1,
            200..=231 => EDGES.get(usize::from(kind) % EDGES.len()).copied().unwrap(),
            232..=239 => -i64::from(self.byte()),
            _ => self.0.i64(),
        }
    }

    /// The same within what is exact for every client.
    fn exact(&mut self, typical: u32) -> i64 {
        let figure = self.figure(typical);
        if figure.unsigned_abs() <= LARGEST_EXACT.unsigned_abs() { figure } else { figure % LARGEST_EXACT }
    }

    pub(super) fn money(&mut self, typical: u32) -> Money {
        let currency = if self.one_in(64) { Currency::JPY } else { Currency::INR };
        Money::new(self.exact(typical), currency).unwrap()
    }

    pub(super) fn mass(&mut self, typical: u32) -> Mass {
        Mass::new(self.exact(typical)).unwrap()
    }

    pub(super) fn fineness(&mut self) -> Fineness {
        let ppm = match self.byte() {
            0..=199 => 916_000,
            200..=219 => 750_000,
            220..=229 => 1_000_000,
            230..=239 => 1,
            _ => self.0.u32() % 1_000_000 + 1,
        };
        Fineness::new(ppm).unwrap()
    }

    fn ratio(&mut self) -> Ratio {
        let ppm = self.0.i32();
        Ratio::from_ppm(if self.one_in(4) { ppm } else { ppm % 300_000 })
    }

    pub(super) fn metal(&mut self) -> Metal {
        self.any(&[Metal::Gold, Metal::Gold, Metal::Gold, Metal::Silver, Metal::Platinum])
    }

    pub(super) fn rate_kind(&mut self) -> RateKind {
        self.any(&[RateKind::Sell, RateKind::Sell, RateKind::Buy, RateKind::Exchange])
    }

    pub(super) fn role(&mut self) -> Role {
        self.any(&Role::ALL)
    }

    /// A text: plain, or as long as the field holds, or of letters that do not stand alone.
    pub(super) fn text<const MAX: usize>(&mut self) -> Text<MAX> {
        let text = match self.byte() % 8 {
            0 => "ज".repeat(MAX),
            1 => "a\u{200d}\u{301}".to_owned(),
            2 => "\"/~\\'; --".to_owned(),
            n => format!("Text {n}"),
        };
        Text::new(text).unwrap()
    }

    /// One of a few, so that they meet.
    pub(super) fn tag(&mut self) -> Text<64> {
        Text::new(format!("T-{}", self.byte() % 24)).unwrap()
    }

    pub(super) fn huid(&mut self) -> Huid {
        Huid::parse(self.any(&["AB12CD", "AB12CE", "ZZZZZZ"])).unwrap()
    }

    pub(super) fn hsn(&mut self) -> Hsn {
        Hsn::parse(
            self.any(&[
                "71131911", "71081200", "71131911", "71081200", "71131911", "71081200", "7113", "9999",
            ]),
        )
        .unwrap()
    }

    pub(super) fn gstin(&mut self) -> Gstin {
        Gstin::parse(self.any(&["29AABCF8078M1C8", "05AAACG2115R1ZN", "27AAECG3736E1C2"])).unwrap()
    }

    pub(super) fn pan(&mut self) -> Pan {
        Pan::parse(self.any(&["AABCF8078M", "ABCPE1234F"])).unwrap()
    }

    pub(super) fn phone(&mut self) -> Phone {
        Phone::parse(self.any(&["+919845012345", "+12025550123"])).unwrap()
    }

    pub(super) fn state(&mut self) -> StateCode {
        StateCode::parse(self.any(&["27", "27", "29", "05", "97"])).unwrap()
    }

    pub(super) fn making(&mut self) -> Making {
        match self.byte() % 4 {
            0 => Making::PercentOfMetal {
                ratio: self.ratio(),
                base: self.any(&[MakingMetalBase::WithoutWastage, MakingMetalBase::WithWastage]),
            },
            1 => Making::PerMass {
                amount: self.money(100_000),
                per: self.mass(1000),
                base: self.any(&[MakingMassBase::Net, MakingMassBase::Chargeable, MakingMassBase::Gross]),
            },
            2 => Making::PerPiece { amount: self.money(100_000), pieces: self.0.u32() % 1000 },
            _ => Making::Fixed { amount: self.money(100_000) },
        }
    }

    pub(super) fn wastage(&mut self) -> Wastage {
        let ratio = self.ratio();
        if self.one_in(2) { Wastage::OnValue(ratio) } else { Wastage::OnMass(ratio) }
    }

    pub(super) fn stones(&mut self) -> Vec<StoneLine> {
        let count = self.byte() % 4;
        (0..count).map(|_| StoneLine { description: self.text(), stone: self.stone() }).collect()
    }

    fn stone(&mut self) -> Stone {
        if self.one_in(2) {
            Stone::PerPiece { count: self.0.u32() % 1000, per_piece: self.money(100_000) }
        } else {
            let mass = StoneMass::new(self.exact(2000)).unwrap();
            Stone::PerCarat { mass, per_carat: self.money(1_000_000) }
        }
    }

    pub(super) fn charges(&mut self) -> Vec<ChargeLine> {
        let count = self.byte() % 3;
        (0..count).map(|_| ChargeLine { description: self.text(), amount: self.money(10_000) }).collect()
    }
}
