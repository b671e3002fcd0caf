use std::sync::atomic::{AtomicU8, Ordering};

use super::*;

/// The keys of this test and of nothing else, made by `age-keygen` 1.1.1 like the file below.
const ANNE: &str = concat!(
    "# created: 2026-11-23T00:00:00Z\n# public key: age1dfyqm47hv4728gwa9s272t5m7uaxfyhd0qkl9c50jnry278pa4es0q46uq\nAGE-SECRET",
    "-KEY-14Z0WFCQHSKPPGW8E7JWA28LR7EEDHG7Z2LC0KEXN2K8R3KZ3TD8S64QM6T\n"
);
const ANNES: &str = "age1dfyqm47hv4728gwa9s272t5m7uaxfyhd0qkl9c50jnry278pa4es0q46uq";
const BINA: &str = concat!("AGE-SECRET", "-KEY-1JMT6A274HFM0X399J2LWMJXYDDMACZSMURY5XPDT22TLK44ZHC6Q9THUZE");
const BINAS: &str = "age19veudye8s9czcnatffpwywy86csllvze4gnpaufztuglumzggdas9h2qda";
/// `age --armor --recipient … --recipient …`, version 1.1.1.
const BY_THE_REFERENCE: &str = "-----BEGIN AGE ENCRYPTED FILE-----\n\
    YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBGb0NRcnVVRUxTcitEVDdq\n\
    VHhxZ0oxSHRZYmlxMityQVZSQWRkQW1aVHowClF4UGRrcTI2VXIrRGJOZlVhRTNM\n\
    by9wKy9NYWpBeHNrdVZMY2dFSGE3TkkKLT4gWDI1NTE5IEtmTDUzS1VhMFUxamcx\n\
    R0szVXc3S0w1MTQ5dXVKOERUZFdtYUxwUVhaVU0KVnFqbmZUZmtxb2V4NWxMNk02\n\
    eWk2dFhUdUdQVHQyNWVZYUE2eTEzZmlhQQotLS0gaHA2bnRuZVcrUnlsM2ZwRWMw\n\
    WDZ4eWEvWm9VWFMzOWIxWlJWTWZqRkZ1VQrTrKhiGxgKplh9RR/OZjCHs4nXBByr\n\
    OJ2SxFcpqrVenTBEZtrj6YlrRVv5EZVoly4rbqwAPb4JSRsqrJ2H9K6SHL/nkF3X\n\
    ag==\n\
    -----END AGE ENCRYPTED FILE-----\n\
    ";

/// Chance that never repeats, as far as a test goes.
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let first = self.0.fetch_add(1, Ordering::Relaxed);
        bytes.iter_mut().zip(first..=u8::MAX).for_each(|(to, byte)| *to = byte);
    }
}

fn chance() -> Counting {
    Counting(AtomicU8::new(1))
}

fn identities(text: &str) -> Vec<Identity> {
    Identity::all_in(text).unwrap()
}

fn recipients() -> [Recipient; 2] {
    [ANNES.parse().unwrap(), BINAS.parse().unwrap()]
}

#[test]
fn recipients_and_identities_are_written_as_the_reference_writes_them() {
    assert_eq!(identities(ANNE)[0].recipient().to_string(), ANNES);
    assert_eq!(identities(BINA)[0].recipient(), BINAS.parse().unwrap());
    assert!(ANNE.ends_with(&format!("\n{}\n", *identities(ANNE)[0].to_text())));
    assert_eq!(ANNES.replace("age1", "age2").parse::<Recipient>(), Err(AgeError::Recipient));
    assert_eq!(BINA.parse::<Recipient>(), Err(AgeError::Recipient));
    for text in ["", "# only a comment", ANNES, "AGE-SECRET-KEY-1QQQ"] {
        assert_eq!(Identity::all_in(text).unwrap_err(), AgeError::Identity, "{text}");
    }
    assert_eq!(format!("{:?}", identities(ANNE)[0]), "Identity(withheld)");
}

#[test]
fn what_the_reference_sealed_opens_for_each_of_its_recipients() {
    for identity in [ANNE, BINA] {
        let content = open(BY_THE_REFERENCE.as_bytes(), &identities(identity)).unwrap();
        assert_eq!(*content, b"sealed by the reference implementation\n");
    }
}

#[test]
fn each_recipient_opens_it_alone_and_nobody_else() {
    let sealed = seal(b"the keys", &recipients(), &chance()).unwrap();
    for identity in [ANNE, BINA] {
        assert_eq!(*open(sealed.as_bytes(), &identities(identity)).unwrap(), b"the keys");
    }
    let stranger = [Identity::new(Zeroizing::new([9; 32]))];
    assert_eq!(open(sealed.as_bytes(), &stranger).unwrap_err(), AgeError::NotForUs);
}

#[test]
fn a_changed_byte_anywhere_keeps_it_shut() {
    let sealed = seal(b"the keys", &recipients(), &chance()).unwrap();
    let file = armor::take_off(sealed.as_bytes()).unwrap();
    let anne = identities(ANNE);
    assert!(open(&file, &anne).is_ok(), "without armor");
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1;
        assert!(open(&changed, &anne).is_err(), "byte {at}");
        assert!(open(&file[..at], &anne).is_err(), "cut at {at}");
    }
    assert!(open(&[&file[..], b"x"].concat(), &anne).is_err());
}

#[test]
fn content_has_one_chunk() {
    let whole = vec![7; LONGEST];
    let sealed = seal(&whole, &recipients(), &chance()).unwrap();
    assert_eq!(*open(sealed.as_bytes(), &identities(BINA)).unwrap(), whole);
    assert_eq!(seal(&vec![7; LONGEST + 1], &recipients(), &chance()).unwrap_err(), AgeError::TooLong);
}

/// Points of small order are whatever one multiplies them with: everybody would know the secret.
#[test]
fn a_recipient_without_a_secret_is_refused() {
    let nobody = Recipient([0; 32]);
    assert_eq!(seal(b"x", &[nobody], &chance()).unwrap_err(), AgeError::Recipient);
}
