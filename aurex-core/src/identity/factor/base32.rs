//! Five bits a character: what people can read aloud and type.

use zeroize::Zeroizing;

/// An alphabet of 32 characters. Which one each value has, and which typed ones are taken for it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Alphabet {
    /// RFC 4648, section 6, without padding: what authenticator apps read.
    Rfc4648,
    /// Digits and letters without I, L, O and U, as Douglas Crockford proposed. Somebody who reads a 1 as an I or a 0
    /// as an O is understood.
    Crockford,
}

impl Alphabet {
    const fn characters(self) -> &'static [u8; 32] {
        match self {
            Self::Rfc4648 => b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
            Self::Crockford => b"0123456789ABCDEFGHJKMNPQRSTVWXYZ",
        }
    }

    fn value(self, typed: char) -> Option<u32> {
        let upper = typed.to_ascii_uppercase();
        let meant = match (self, upper) {
            (Self::Crockford, 'I' | 'L') => '1',
            (Self::Crockford, 'O') => '0',
            (_, other) => other,
        };
        let place = self.characters().iter().position(|character| char::from(*character) == meant)?;
        u32::try_from(place).ok()
    }

    /// The text of `bytes`; of a last character that is not full, the low bits are 0.
    pub(super) fn encode(self, bytes: &[u8]) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(bytes.len().saturating_mul(8).div_ceil(5)));
        let (mut held, mut bits) = (0_u32, 0_u32);
        for byte in bytes {
            held = (held << 8) | u32::from(*byte);
            bits += 8;
            while bits >= 5 {
                bits -= 5;
                text.push(self.character(held >> bits));
            }
        }
        if bits > 0 {
            text.push(self.character(held << (5 - bits)));
        }
        text
    }

    fn character(self, value: u32) -> char {
        let place = usize::try_from(value & 31).unwrap_or_default();
        self.characters().get(place).copied().map_or('0', char::from)
    }

    /// The `N` bytes that `typed` stands for, in either case, with spaces and dashes anywhere.
    pub(super) fn decode<const N: usize>(self, typed: &str) -> Option<Zeroizing<[u8; N]>> {
        let mut bytes = Zeroizing::new([0; N]);
        let mut places = bytes.iter_mut();
        let (mut held, mut bits) = (0_u32, 0_u32);
        for character in typed.chars().filter(|c| !c.is_whitespace() && !is_dash(*c)) {
            held = (held << 5) | self.value(character)?;
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                let [.., byte] = (held >> bits).to_be_bytes();
                *places.next()? = byte;
            }
        }
        let rest = held & ((1 << bits) - 1);
        let is_whole = places.next().is_none() && bits < 5 && rest == 0;
        is_whole.then_some(bytes)
    }
}

/// A hyphen, and what word processors make of one.
const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

/// The text in groups of four, as it is printed.
pub(super) fn grouped(text: &str) -> Zeroizing<String> {
    let mut groups = Zeroizing::new(String::with_capacity(text.len().saturating_mul(2)));
    for (place, character) in text.chars().enumerate() {
        if place > 0 && place.is_multiple_of(4) {
            groups.push('-');
        }
        groups.push(character);
    }
    groups
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// RFC 4648, section 10, without its padding.
    #[test]
    fn agrees_with_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
        ];
        for (bytes, text) in vectors {
            assert_eq!(Alphabet::Rfc4648.encode(bytes.as_bytes()).as_str(), text);
        }
        assert_eq!(Alphabet::Rfc4648.encode(b"foobar").as_str(), "MZXW6YTBOI");
    }

    #[test]
    fn a_length_that_is_not_asked_for_is_refused() {
        let decode = |text| Alphabet::Rfc4648.decode::<5>(text).map(|bytes| *bytes);
        assert_eq!(decode("MZXW6YTB"), Some(*b"fooba"));
        for wrong in ["", "MZXW6YT", "MZXW6YTBA", "MZXW6YTBOI", "MZXW6YT1", "MZXW6YTé"] {
            assert_eq!(decode(wrong), None, "{wrong}");
        }
        let stray_bits = Alphabet::Rfc4648.decode::<1>("MZ");
        assert!(stray_bits.is_none(), "one value has one spelling");
    }

    #[test]
    fn what_looks_alike_is_read_alike() {
        let decode = |text| Alphabet::Crockford.decode::<5>(text).map(|bytes| *bytes);
        let meant = decode("0101-ABCD");
        assert!(meant.is_some());
        for typed in ["olOI ABCD", " o1oL abcd ", "O1\u{2013}O1\u{2011}ab cd", "0-1-0-1-A-B-C-D"] {
            assert_eq!(decode(typed), meant, "{typed}");
        }
        assert_eq!(decode("0101-ABCU"), None, "U is no character of it");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in any::<[u8; 15]>(), seed in any::<[u8; 20]>()) {
            let text = Alphabet::Crockford.encode(&bytes);
            prop_assert_eq!(*Alphabet::Crockford.decode::<15>(&grouped(&text).to_lowercase()).unwrap(), bytes);
            let text = Alphabet::Rfc4648.encode(&seed);
            prop_assert_eq!(*Alphabet::Rfc4648.decode::<20>(&text).unwrap(), seed);
        }
    }
}
