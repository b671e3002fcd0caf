//! The secret that an authenticator app and the server share.

use std::fmt;

use zeroize::Zeroizing;

use super::base32::Alphabet;
use super::totp::STEP_SECONDS;
use crate::chance::{Entropy, draw};
use crate::text::Email;

/// A seed: 160 random bits, as many as RFC 4226 (section 4, R6) recommends. Wiped on drop, never printed.
#[derive(Clone)]
pub struct Seed(Zeroizing<[u8; 20]>);

impl Seed {
    /// A new seed.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(Zeroizing::new(draw(entropy)))
    }

    /// Reads what [`Seed::to_base32`] wrote, out of the vault.
    ///
    /// # Errors
    /// [`SeedError`].
    pub fn from_base32(text: &str) -> Result<Self, SeedError> {
        Alphabet::Rfc4648.decode(text).map(Self).ok_or(SeedError)
    }

    /// The seed as 32 characters of base32 without padding (RFC 4648, section 6): for the vault, and for whoever types
    /// it into an app that has no camera.
    pub fn to_base32(&self) -> Zeroizing<String> {
        Alphabet::Rfc4648.encode(self.0.as_slice())
    }

    pub(super) fn expose(&self) -> &[u8; 20] {
        &self.0
    }

    /// What an authenticator app reads from the QR code: `otpauth://totp/…`, with everything that could differ said
    /// aloud. It holds the seed: show it once, to the member, and write it nowhere.
    ///
    /// ```
    /// use aurex_core::identity::factor::{Enrolment, Seed};
    /// use aurex_core::text::Email;
    ///
    /// let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
    /// let asha = Email::new("asha@zaveri.example")?;
    /// let uri = seed.otpauth_uri(&Enrolment { product: "Aurex", workspace: "Zaveri & Sons", address: &asha });
    /// assert_eq!(
    ///     uri.as_str(),
    ///     "otpauth://totp/Aurex%20Zaveri%20%26%20Sons:asha%40zaveri.example\
    ///      ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Aurex%20Zaveri%20%26%20Sons\
    ///      &algorithm=SHA1&digits=6&period=30",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn otpauth_uri(&self, enrolment: &Enrolment<'_>) -> Zeroizing<String> {
        let Enrolment { product, workspace, address } = enrolment;
        // The app splits its label at the first colon; and a QR code of a very long name is too fine to scan.
        let short: String = workspace.chars().map(|c| if c == ':' { ' ' } else { c }).take(40).collect();
        let issuer = percent_encoded(format!("{product} {}", short.trim()).trim());
        let label = percent_encoded(address.as_str());
        let secret = self.to_base32();
        Zeroizing::new(format!(
            "otpauth://totp/{issuer}:{label}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_SECONDS}",
            secret.as_str(),
        ))
    }
}

/// Under which name an authenticator app keeps a seed.
#[derive(Debug, Clone, Copy)]
pub struct Enrolment<'a> {
    /// The product, without a colon.
    pub product: &'a str,
    /// The workspace's name, as people know it; its first 40 characters are used.
    pub workspace: &'a str,
    /// The member's address.
    pub address: &'a Email,
}

/// All but RFC 3986's unreserved characters as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(char::from(byte))
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(withheld)")
    }
}

/// The text is no seed. It says nothing more: the text may be somebody's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the seed is malformed")]
pub struct SeedError;

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting;
    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.iter_mut().zip(0..).for_each(|(byte, n)| *byte = n);
        }
    }

    #[test]
    fn asvs_v6_5_3_a_seed_is_twenty_bytes_of_the_given_entropy() {
        let seed = Seed::generate(&Counting);
        assert_eq!(seed.expose().as_slice(), (0..20).collect::<Vec<u8>>());
        let text = seed.to_base32();
        assert_eq!(text.as_str(), "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQT");
        assert_eq!(Seed::from_base32(&text).unwrap().expose(), seed.expose());
        for wrong in ["", "AAAQ", "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQ1", "AAAQEAYEAUDAOCAJBIFQYDIOB4IBCEQTAA"] {
            assert_eq!(Seed::from_base32(wrong).unwrap_err(), SeedError);
        }
    }

    #[test]
    fn a_seed_never_prints_itself() {
        assert_eq!(format!("{:?}", Seed::generate(&Counting)), "Seed(withheld)");
    }

    #[test]
    fn no_name_breaks_out_of_its_place_in_the_uri() {
        let seed = Seed::generate(&Counting);
        let address = Email::new("a+b&issuer=x@shop.example").unwrap();
        let workspace = format!("सोना: a/b?c#d%{}", "x".repeat(200));
        let uri = seed.otpauth_uri(&Enrolment { product: "Aurex", workspace: &workspace, address: &address });
        let (label, query) = uri.strip_prefix("otpauth://totp/").unwrap().split_once('?').unwrap();
        let (issuer, account) = label.split_once(':').unwrap();
        assert_eq!(account, "a%2Bb%26issuer%3Dx%40shop.example");
        assert!(
            issuer.starts_with("Aurex%20%E0%A4%B8%E0%A5%8B%E0%A4%A8%E0%A4%BE%20%20a%2Fb%3Fc%23d%25x"),
            "{issuer}"
        );
        let names: Vec<_> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        assert_eq!(
            names.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["secret", "issuer", "algorithm", "digits", "period"]
        );
        assert_eq!(names[1].1, issuer);
        assert!(uri.len() < 600, "{} bytes still make a code that a camera reads", uri.len());
    }
}
