//! The key that goes into every password hash.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use super::typed::Password;
use crate::identity::keys::mac::hmac_sha384;
use crate::identity::keys::{KeyId, KeyRing, KeyState, Purpose};

/// What bcrypt is given: base64 of 48 bytes, and the terminating NUL that `$2b$` hashes along.
pub(super) type Prehash = Zeroizing<[u8; 65]>;

/// A pepper: 32 secret bytes and the name under which hashes remember it. Wiped on drop, never printed.
#[derive(Clone)]
pub struct Pepper {
    id: KeyId,
    secret: Zeroizing<[u8; 32]>,
}

impl Pepper {
    /// A pepper of an embedder's own; a deployment's come from [`Peppers::from_ring`].
    pub const fn new(id: KeyId, secret: Zeroizing<[u8; 32]>) -> Self {
        Self { id, secret }
    }

    /// The name that is stored beside each hash.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    pub(super) fn prehash(&self, password: &Password) -> Prehash {
        let mac = hmac_sha384(&self.secret, &[password.label(), password.expose().as_bytes()]);
        let text = Zeroizing::new(STANDARD.encode(mac.as_slice()));
        let mut prehash = Zeroizing::new([0; 65]);
        prehash.iter_mut().zip(text.bytes()).for_each(|(to, from)| *to = from);
        prehash
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pepper({}, secret withheld)", self.id)
    }
}

/// The pepper for new hashes, and the earlier ones that stored hashes may still name.
#[derive(Debug, Clone)]
pub struct Peppers {
    active: Pepper,
    retired: Vec<Pepper>,
}

impl Peppers {
    /// Peppers of an embedder's own.
    pub const fn new(active: Pepper, retired: Vec<Pepper>) -> Self {
        Self { active, retired }
    }

    /// The deployment's peppers: sub-keys of its pepper keys.
    pub fn from_ring(ring: &KeyRing) -> Self {
        let pepper = |key: &crate::identity::keys::Key| Pepper {
            id: key.id().clone(),
            secret: key.derive("password prehash"),
        };
        let of_purpose = ring.keys().filter(|key| key.purpose() == Purpose::Pepper);
        let retired = of_purpose.filter(|key| key.state() == KeyState::Retired).map(pepper).collect();
        Self { active: pepper(ring.active(Purpose::Pepper)), retired }
    }

    /// The pepper for new hashes.
    pub const fn active(&self) -> &Pepper {
        &self.active
    }

    /// The pepper that a stored hash names.
    pub fn find(&self, id: &KeyId) -> Option<&Pepper> {
        std::iter::once(&self.active).chain(&self.retired).find(|pepper| pepper.id == *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::keys::test_support::counting_entropy;

    #[test]
    fn a_pepper_never_prints_its_secret() {
        let pepper = Pepper::new("p1".parse().unwrap(), Zeroizing::new([7; 32]));
        assert_eq!(format!("{pepper:?}"), "Pepper(p1, secret withheld)");
    }

    #[test]
    fn the_prehash_is_sixty_four_characters_and_one_nul_at_the_end() {
        let pepper = Pepper::new("p1".parse().unwrap(), Zeroizing::new([7; 32]));
        let prehash = pepper.prehash(&Password::new("a\0b"));
        assert_eq!(prehash.iter().position(|byte| *byte == 0), Some(64));
    }

    #[test]
    fn a_rotated_ring_still_finds_the_pepper_of_old_hashes() {
        let mut entropy = counting_entropy();
        let before = KeyRing::generate(0, &mut entropy);
        let after = before.rotated(Purpose::Pepper, 1, &mut entropy);
        let (old, new) = (Peppers::from_ring(&before), Peppers::from_ring(&after));
        assert_ne!(old.active().id(), new.active().id());
        let found = new.find(old.active().id()).unwrap();
        assert_eq!(found.secret, old.active().secret);
        assert!(old.find(new.active().id()).is_none());
    }
}
