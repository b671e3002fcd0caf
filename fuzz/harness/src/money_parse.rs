//! Amounts as people type them.

use aurex_core::money::{Currency, Grouping, Label, Money};

use crate::bytes::Bytes;

/// The first byte chooses currency and grouping, the rest is the text.
///
/// What is accepted means the number that its digits say (counted here a second way), and whatever is printed reads
/// back as the same amount.
pub fn money_parse(data: &[u8]) {
    let mut bytes = Bytes(data);
    let choice = bytes.u8();
    let Ok(text) = std::str::from_utf8(bytes.0) else { return };
    let grouping = if choice & 1 == 0 { Grouping::Indian } else { Grouping::International };
    let currency = [Currency::INR, Currency::JPY, Currency::KWD, Currency::EUR, Currency::CLF, Currency::USD]
        .get(usize::from(choice >> 1) % 6)
        .copied()
        .unwrap_or(Currency::INR);

    let Ok(amount) = Money::parse(text, currency, grouping) else { return };
    assert_eq!(
        Some(i128::from(amount.minor())),
        digits(text, currency),
        "{text:?} was read as {} of {currency}",
        amount.minor()
    );
    for grouping in [Grouping::Indian, Grouping::International] {
        for label in [Label::Symbol, Label::Code, Label::Bare] {
            let printed = amount.format(grouping, label);
            assert_eq!(Money::parse(&printed, currency, grouping), Ok(amount), "{printed:?}");
        }
    }
}

/// The minor units that the digits spell, by dropping everything that is no digit; `None` if that is too many.
fn digits(text: &str, currency: Currency) -> Option<i128> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let only = |part: &str| part.chars().filter(char::is_ascii_digit).collect::<String>();
    let padded =
        format!("{}{:0<width$}", only(whole), only(fraction), width = currency.exponent().try_into().ok()?);
    let magnitude: i128 = padded.parse().ok()?;
    Some(if text.starts_with('-') { -magnitude } else { magnitude })
}
