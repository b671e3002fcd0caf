//! Bech32 (BIP 173) of 32 bytes, the form in which age writes recipients and identities.

use zeroize::Zeroizing;

const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
/// 32 bytes in groups of five bits.
const GROUPS: usize = 52;
const CHECKSUM: usize = 6;

pub(super) fn encode(prefix: &str, bytes: &[u8; 32]) -> String {
    let mut groups = Zeroizing::new(Vec::with_capacity(GROUPS + CHECKSUM));
    let (mut held, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        held = (held << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            groups.push(low_five(held >> bits));
        }
    }
    groups.push(low_five(held << (5 - bits)));
    let checksum = polymod(prefix, groups.iter().copied().chain([0; CHECKSUM])) ^ 1;
    groups.extend((0..CHECKSUM).rev().map(|place| low_five(checksum >> (5 * place))));
    let letters =
        groups.iter().filter_map(|group| ALPHABET.get(usize::from(*group)).copied().map(char::from));
    format!("{prefix}1{}", letters.collect::<String>())
}

/// The bytes, if the text is one of this prefix (in lower case), all in one case, with the right checksum.
pub(super) fn decode(prefix: &str, text: &str) -> Option<Zeroizing<[u8; 32]>> {
    let lower = Zeroizing::new(text.to_ascii_lowercase());
    if *text != **lower && text != text.to_ascii_uppercase() {
        return None;
    }
    let letters = lower.strip_prefix(prefix)?.strip_prefix('1')?;
    let group =
        |letter: u8| ALPHABET.iter().position(|of| *of == letter).and_then(|at| u8::try_from(at).ok());
    let groups: Zeroizing<Vec<u8>> = Zeroizing::new(letters.bytes().map(group).collect::<Option<_>>()?);
    if groups.len() != GROUPS + CHECKSUM || polymod(prefix, groups.iter().copied()) != 1 {
        return None;
    }
    let mut bytes = Zeroizing::new([0; 32]);
    let mut places = bytes.iter_mut();
    let (mut held, mut bits) = (0_u32, 0_u32);
    for group in groups.iter().take(GROUPS) {
        held = (held << 5 | u32::from(*group)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            *places.next()? = u8::try_from(held >> bits & 0xff).ok()?;
        }
    }
    // What is left over of the last group is padding and zero.
    (held & ((1 << bits) - 1) == 0).then_some(bytes)
}

fn low_five(number: u32) -> u8 {
    u8::try_from(number & 31).unwrap_or_default()
}

fn polymod(prefix: &str, groups: impl Iterator<Item = u8>) -> u32 {
    let high = prefix.bytes().map(|byte| byte >> 5);
    let low = prefix.bytes().map(|byte| byte & 31);
    high.chain([0]).chain(low).chain(groups).fold(1, |sum, group| {
        let top = sum >> 25;
        let next = (sum & 0x1ff_ffff) << 5 ^ u32::from(group);
        let generator = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let chosen = (0_u32..).zip(generator).filter(|(bit, _)| top >> bit & 1 == 1);
        chosen.fold(next, |next, (_, term)| next ^ term)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_decodes_and_nothing_else_does() {
        let bytes = std::array::from_fn(|n| u8::try_from(n * 7 % 256).unwrap());
        let text = encode("age", &bytes);
        assert_eq!(decode("age", &text).map(|key| *key), Some(bytes));
        assert_eq!(decode("age", &text.to_uppercase()).map(|key| *key), Some(bytes));
        assert!(decode("age-secret-key-", &text).is_none());
        assert!(decode("age", &text.replacen('a', "A", 1)).is_none(), "mixed case");
        for at in 4..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'q' { b'p' } else { b'q' };
            assert!(decode("age", std::str::from_utf8(&changed).unwrap()).is_none(), "letter {at}");
            assert!(decode("age", text.split_at(at).0).is_none(), "cut at {at}");
        }
    }
}
