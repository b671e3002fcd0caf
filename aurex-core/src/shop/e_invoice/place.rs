//! An address in the parts that the schema wants: two lines, a place and a PIN code.
//!
//! A bill has its addresses as one text, as they are written on paper. The PIN code is the last group of six digits, the
//! place the part before or around it.

/// The parts of an address.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Building and road.
    pub(super) lines: [Option<String>; 2],
    /// City, town or village.
    pub(super) location: String,
    /// The PIN code, 100000 to 999999.
    pub(super) pin: i64,
}

/// The longest line.
const LINE: usize = 100;

/// The parts of an address; none where it has no PIN code or nothing else.
pub(super) fn place(address: &str, state: &str) -> Option<Place> {
    let digits = |text: &str| text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit());
    let mut words = address.split(|c: char| !c.is_ascii_alphanumeric());
    let pin = words.rfind(|word| digits(word) && !word.starts_with('0'))?;
    let at = address.rfind(pin)?;
    let (before, after) = (address.get(..at)?, address.get(at + pin.len()..)?);
    let without_pin = format!("{before},{after}");
    let parts =
        without_pin.split([',', '\n']).map(|part| part.trim_matches(|c: char| " -–.:\r\t".contains(c)));
    let is_place = |part: &&str| {
        !part.is_empty()
            && !part.eq_ignore_ascii_case(state)
            && !part.eq_ignore_ascii_case("India")
            && !part.eq_ignore_ascii_case("PIN")
    };
    let mut parts: Vec<&str> = parts.filter(is_place).collect();
    let location = (*parts.last()?).to_owned();
    if parts.len() > 1 {
        parts.pop();
    }
    let street = parts.join(", ");
    let lines = if street.chars().count() <= LINE { [Some(street), None] } else { broken(&street)? };
    Some(Place { lines, location, pin: pin.parse().ok()? })
}

/// A street over two lines, broken between words; none where it is longer.
fn broken(street: &str) -> Option<[Option<String>; 2]> {
    let (mut first, mut second) = (String::new(), String::new());
    for word in street.split_whitespace() {
        let line = if second.is_empty() && first.chars().count() + word.chars().count() < LINE {
            &mut first
        } else {
            &mut second
        };
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    (second.chars().count() <= LINE && !first.is_empty()).then_some([Some(first), Some(second)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_as_people_write_them_have_their_parts() {
        for (address, line, location, pin) in [
            ("12 Avenue Road, Bengaluru 560002", "12 Avenue Road", "Bengaluru", 560_002),
            ("12 Avenue Road\nBengaluru - 560002", "12 Avenue Road", "Bengaluru", 560_002),
            ("4 MG Road, Mysuru, Karnataka, 570001, India", "4 MG Road", "Mysuru", 570_001),
            ("4 MG Road, Mysuru, Karnataka PIN: 570001", "4 MG Road, Mysuru", "Karnataka PIN", 570_001),
            ("Kolar 563101", "Kolar", "Kolar", 563_101),
            ("Plot 123456, Phase 2, Surat 395007.", "Plot 123456, Phase 2", "Surat", 395_007),
        ] {
            let place = place(address, "Karnataka").unwrap();
            assert_eq!(place.lines, [Some(line.to_owned()), None], "{address}");
            assert_eq!((place.location.as_str(), place.pin), (location, pin), "{address}");
        }
    }

    #[test]
    fn without_a_pin_code_or_anything_else_there_is_no_place() {
        for address in ["12 Avenue Road, Bengaluru", "560002", "Bengaluru 012345", "Bengaluru 5600021", ""] {
            assert_eq!(place(address, "Karnataka"), None, "{address}");
        }
    }

    #[test]
    fn a_long_street_takes_two_lines_and_no_more() {
        let street = |words: usize| format!("{} Bengaluru, Bengaluru 560002", "Avenue ".repeat(words));
        let two = place(&street(20), "Karnataka").unwrap();
        let [Some(first), Some(second)] = two.lines else { panic!("two lines") };
        assert!(first.len() <= LINE && second.len() <= LINE && second.ends_with("Bengaluru"));
        assert_eq!(place(&street(40), "Karnataka"), None);
    }
}
