//! Names of workspaces in requests.

use aurex_core::tenancy::Slug;

/// The shortest and the longest.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=30;

/// Text is a slug exactly when a second reading of the rule, written as a machine over characters, says so, or it is
/// on the list of reserved words; and what is accepted prints as it was written.
pub fn slugs(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match text.parse::<Slug>() {
        Ok(slug) => {
            assert!(matches(text), "{text:?} was accepted");
            assert_eq!(slug.as_str(), text);
            assert_eq!(slug.to_string().parse(), Ok(slug));
        }
        Err(_) if !matches(text) => {}
        // A name that has the form is refused because it is kept back, and for no other reason.
        Err(error) => assert_eq!(error, aurex_core::tenancy::SlugError::Reserved, "{text:?}"),
    }
}

/// `^[a-z][a-z0-9-]{1,28}[a-z0-9]$` without `--`.
fn matches(text: &str) -> bool {
    let mut before = '-';
    for (place, character) in text.chars().enumerate() {
        match character {
            'a'..='z' => {}
            '0'..='9' if place > 0 => {}
            '-' if place > 0 && before != '-' => {}
            _ => return false,
        }
        before = character;
    }
    before != '-' && LENGTHS.contains(&text.len())
}
