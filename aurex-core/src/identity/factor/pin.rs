//! The PIN by which a cashier takes over a shared till.
//!
//! It never stands alone: the till was enrolled, the member picked, and five tries are all there are. So a PIN need not
//! resist a machine, only a colleague who knows its owner, and what colleagues try first is refused by rule: runs,
//! repeats, mirrors, what fingers draw on a keypad, dates, and the owner's own numbers. What remains of the six-digit
//! ones is nine in ten.

use std::fmt;

use zeroize::Zeroizing;

use crate::identity::password::Password;

/// What fingers draw on a keypad, forwards; backwards is refused as well.
const DRAWN: [&str; 8] = ["147258", "258369", "147369", "147852", "258963", "159357", "159753", "142536"];

/// A PIN of 6 to 12 digits that is worth having. Wiped on drop, never printed.
///
/// ```
/// use aurex_core::identity::factor::{Pin, PinRefused};
///
/// assert!(Pin::new("407192", &[]).is_ok());
/// assert_eq!(Pin::new("123456", &[]).unwrap_err(), PinRefused::Run);
/// assert_eq!(Pin::new("407192", &["+91 98407 19255"]).unwrap_err(), PinRefused::OwnNumber);
/// ```
#[derive(Clone)]
pub struct Pin(Zeroizing<String>);

impl Pin {
    /// Checks a PIN that somebody chose. `own_numbers` are numbers that colleagues know of its owner, a telephone
    /// number for example, in any notation: a PIN that stands in one of them is refused.
    ///
    /// # Errors
    /// [`PinRefused`].
    pub fn new(typed: &str, own_numbers: &[&str]) -> Result<Self, PinRefused> {
        let pin = Self::typed(typed).ok_or(PinRefused::NotDigits)?;
        let digits: Zeroizing<Vec<u8>> = Zeroizing::new(pin.0.bytes().map(|byte| byte - b'0').collect());
        let distinct = (0..10).filter(|digit| digits.contains(digit)).count();
        if distinct < 3 || has_period(&digits) {
            return Err(PinRefused::Repeats);
        }
        if is_run(&digits) {
            return Err(PinRefused::Run);
        }
        if digits.iter().eq(digits.iter().rev()) {
            return Err(PinRefused::Mirror);
        }
        let backwards: Zeroizing<String> = Zeroizing::new(pin.0.chars().rev().collect());
        if DRAWN.iter().any(|drawn| *drawn == pin.0.as_str() || *drawn == backwards.as_str()) {
            return Err(PinRefused::Drawn);
        }
        if is_date(&digits) {
            return Err(PinRefused::Date);
        }
        let stands_in = |number: &&str| {
            let number: String = number.chars().filter(char::is_ascii_digit).collect();
            number.contains(pin.0.as_str())
        };
        if own_numbers.iter().any(stands_in) { Err(PinRefused::OwnNumber) } else { Ok(pin) }
    }

    /// Takes a PIN that somebody types to be checked against a stored hash: its form alone counts. Nothing else can
    /// have been set.
    pub fn typed(typed: &str) -> Option<Self> {
        let is_pin = (6..=12).contains(&typed.len()) && typed.bytes().all(|byte| byte.is_ascii_digit());
        is_pin.then(|| Self(Zeroizing::new(typed.to_owned())))
    }

    /// What the [pool](crate::identity::password::HashPool) hashes and verifies. It is never the same as a password of
    /// the same digits: a PIN's hash that got into a password's place opens nothing, nor the other way round.
    pub fn for_hashing(&self) -> Password {
        Password::of_pin(&self.0)
    }
}

/// Whether it is some beginning again and again: 121212, 123123, 4074074.
fn has_period(digits: &[u8]) -> bool {
    (1..=digits.len() / 2).any(|period| digits.iter().zip(digits.iter().skip(period)).all(|(a, b)| a == b))
}

/// Whether each digit follows the one before at the same distance: 123456, 987654, 135791; also 112233.
fn is_run(digits: &[u8]) -> bool {
    let mut once = digits.to_vec();
    once.dedup();
    let mut distances = once.array_windows().map(|[a, b]| (10 + b - a) % 10);
    let first = distances.next();
    distances.all(|distance| Some(distance) == first)
}

/// Whether it reads as a date, in any of the orders in which people write one, or as a month of a year.
fn is_date(digits: &[u8]) -> bool {
    let two = |at: usize| match digits.get(at..) {
        Some([tens, ones, ..]) => u32::from(*tens) * 10 + u32::from(*ones),
        _ => 0,
    };
    let (day, month) = (|at| (1..=31).contains(&two(at)), |at| (1..=12).contains(&two(at)));
    let either = |one, other| (day(one) && month(other)) || (month(one) && day(other));
    let year = |at| (19..=20).contains(&two(at));
    match digits.len() {
        6 => either(0, 2) || (month(2) && day(4)) || (month(0) && year(2)) || (year(0) && month(4)),
        8 => (either(0, 2) && year(4)) || (year(0) && either(4, 6)),
        _ => false,
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(withheld)")
    }
}

/// Why a PIN is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PinRefused {
    /// Not 6 to 12 digits.
    #[error("a PIN has 6 to 12 digits")]
    NotDigits,
    /// Too few different digits, or the same ones again and again.
    #[error("a PIN must not repeat itself")]
    Repeats,
    /// Counting up or down.
    #[error("a PIN must not count up or down")]
    Run,
    /// The same backwards.
    #[error("a PIN must not be the same backwards")]
    Mirror,
    /// A figure on the keypad.
    #[error("a PIN must not be a figure drawn on the keypad")]
    Drawn,
    /// A date: most often a birthday that the whole shop knows.
    #[error("a PIN must not be a date")]
    Date,
    /// Part of a number that colleagues know.
    #[error("a PIN must not be part of the member's telephone number")]
    OwnNumber,
}

impl PinRefused {
    /// The stable code of the reason.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotDigits => "pin_form",
            Self::Repeats => "pin_repeats",
            Self::Run => "pin_run",
            Self::Mirror => "pin_mirror",
            Self::Drawn => "pin_drawn",
            Self::Date => "pin_date",
            Self::OwnNumber => "pin_own_number",
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;
    use crate::identity::password::{Cost, PasswordHash, Pepper, Peppers};

    fn refused(pin: &str) -> Option<PinRefused> {
        Pin::new(pin, &["+91 98407 19255"]).err()
    }

    #[test]
    fn what_a_colleague_would_try_first_is_refused() {
        let refusals = [
            (PinRefused::NotDigits, &["", "40719", "4071923840561", "40719a", " 407192", "४०७१९२"][..]),
            (PinRefused::Repeats, &["111111", "121212", "123123", "4074074", "100000", "112112", "566556"]),
            (PinRefused::Run, &["123456", "987654", "890123", "135791", "112233", "111222333", "2468024"]),
            (PinRefused::Mirror, &["123321", "407704", "4071704"]),
            (PinRefused::Drawn, &["147258", "852741", "159753"]),
            (PinRefused::Date, &["310787", "073187", "870731", "071987", "198707", "31071987", "19870731"]),
            (PinRefused::OwnNumber, &["984071", "719255", "9840719255"]),
        ];
        for (expected, pins) in refusals {
            for pin in pins {
                assert_eq!(refused(pin), Some(expected), "{pin}");
            }
        }
        for good in ["407193", "994173", "4071928356", "719256"] {
            assert_eq!(refused(good), None, "{good}");
        }
    }

    #[test]
    fn nine_in_ten_six_digit_pins_remain_more_than_nineteen_bits() {
        let remain = (0..1_000_000).filter(|n| refused(&format!("{n:06}")).is_none()).count();
        assert!(remain > 1 << 19, "{remain}");
        assert!((880_000..920_000).contains(&remain), "{remain}: the comment above says nine in ten");
    }

    #[test]
    fn a_pins_hash_is_no_passwords_hash() {
        let pepper = || Pepper::new("p1".parse().unwrap(), Zeroizing::new([1; 32]));
        let peppers = Peppers::new(pepper(), vec![]);
        let (pin, password) = (Pin::new("407192", &[]).unwrap().for_hashing(), Password::new("407192"));
        let hash = |of: &Password| PasswordHash::create(of, &pepper(), Cost::weak_for_tests_only(4), [5; 16]);
        assert_eq!(hash(&pin).verify(&Pin::typed("407192").unwrap().for_hashing(), &peppers), Ok(true));
        assert_eq!(hash(&pin).verify(&Pin::typed("407193").unwrap().for_hashing(), &peppers), Ok(false));
        assert_eq!(hash(&pin).verify(&password, &peppers), Ok(false));
        assert_eq!(hash(&password).verify(&pin, &peppers), Ok(false));
    }

    #[test]
    fn a_pin_never_prints_itself() {
        assert_eq!(format!("{:?}", Pin::new("407192", &[]).unwrap()), "Pin(withheld)");
    }
}
