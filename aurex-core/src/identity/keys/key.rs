//! One key: 32 secret bytes, a purpose and a name.

use std::fmt;
use std::str::FromStr;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::id::KeyId;
use super::mac::hmac_sha256;

/// What a key is for. No key serves two purposes, so that losing one does not lose the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Purpose {
    /// Keyed into every password before it is hashed: a stolen database alone cannot be guessed at.
    Pepper,
    /// Idempotency keys, throttle buckets, cursors: what only this deployment must be able to make.
    Deployment,
    /// Seals the columns that hold PAN, TOTP seeds, bank and mail secrets.
    Column,
    /// Signs the heads of the audit logs.
    Checkpoint,
}

impl Purpose {
    /// Every purpose, in the order in which keys are made and shown.
    pub const ALL: [Self; 4] = [Self::Pepper, Self::Deployment, Self::Column, Self::Checkpoint];

    /// The purpose as it is written in key files and stores.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pepper => "pepper",
            Self::Deployment => "deployment",
            Self::Column => "column",
            Self::Checkpoint => "checkpoint",
        }
    }

    /// After how many days a key of this purpose is due for rotation. NIST SP 800-57 part 1, revision 5, section 5.3.6
    /// recommends at most two years for keys that authenticate or encrypt, and one to three for private keys that sign.
    /// Pepper and column key last longer than the others, because what they made is only renewed when it is touched.
    pub const fn rotation_days(self) -> u16 {
        match self {
            Self::Pepper | Self::Column => 730,
            Self::Deployment | Self::Checkpoint => 365,
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// The text is not a purpose of keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's purpose is pepper, deployment, column or checkpoint")]
pub struct PurposeError;

impl FromStr for Purpose {
    type Err = PurposeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::from_text(text).ok_or(PurposeError)
    }
}

impl fmt::Display for Purpose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether a key still makes new things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Makes and reads. There is exactly one for each purpose.
    Active,
    /// Reads what it once made.
    Retired,
}

impl KeyState {
    /// The state as it is written in key files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }

    pub(super) fn from_text(text: &str) -> Option<Self> {
        [Self::Active, Self::Retired].into_iter().find(|state| state.as_str() == text)
    }
}

/// A key. Its secret is wiped from memory on drop and never printed.
#[derive(Clone)]
pub struct Key {
    id: KeyId,
    purpose: Purpose,
    state: KeyState,
    created_at_micros: i64,
    secret: Zeroizing<[u8; 32]>,
}

impl Key {
    /// A new, active key. The name is the purpose and eight random hexadecimal digits, drawn before the secret.
    ///
    /// `now_micros` is the time in microseconds since 1970, UTC; `entropy` fills a buffer with random bytes.
    pub fn generate(purpose: Purpose, now_micros: i64, entropy: &mut dyn FnMut(&mut [u8])) -> Self {
        let mut name = [0; 4];
        entropy(&mut name);
        let mut secret = Zeroizing::new([0; 32]);
        entropy(secret.as_mut_slice());
        let id = KeyId::generated(purpose, u32::from_be_bytes(name));
        Self { id, purpose, state: KeyState::Active, created_at_micros: now_micros, secret }
    }

    pub(super) fn from_parts(
        id: KeyId,
        purpose: Purpose,
        state: KeyState,
        created_at_micros: i64,
        secret: Zeroizing<[u8; 32]>,
    ) -> Self {
        Self { id, purpose, state, created_at_micros, secret }
    }

    /// The key's name.
    pub const fn id(&self) -> &KeyId {
        &self.id
    }

    /// What the key is for.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Whether the key still makes new things.
    pub const fn state(&self) -> KeyState {
        self.state
    }

    /// When the key was made, in microseconds since 1970, UTC.
    pub const fn created_at_micros(&self) -> i64 {
        self.created_at_micros
    }

    /// How old the key is at `now_micros`, in whole days.
    pub const fn age_days(&self, now_micros: i64) -> i64 {
        const MICROS_OF_A_DAY: i64 = 86_400_000_000;
        now_micros.saturating_sub(self.created_at_micros) / MICROS_OF_A_DAY
    }

    /// Whether an active key is older than its purpose allows. A retired one is not asked: it makes nothing new.
    pub fn is_due(&self, now_micros: i64) -> bool {
        self.state == KeyState::Active && self.age_days(now_micros) >= i64::from(self.purpose.rotation_days())
    }

    pub(super) fn with_state(mut self, state: KeyState) -> Self {
        self.state = state;
        self
    }

    pub(super) fn secret(&self) -> &[u8; 32] {
        &self.secret
    }

    /// What a store keeps to recognise this key: it depends on the secret, the purpose and the name, and betrays
    /// nothing of the secret.
    pub fn check_value(&self) -> CheckValue {
        let parts: [&[u8]; 5] = [
            b"aurex key check 1\0",
            self.purpose.as_str().as_bytes(),
            b"\0",
            self.id.as_str().as_bytes(),
            b"\0",
        ];
        let mac = hmac_sha256(&self.secret, &parts);
        let mut value = [0; 16];
        value.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
        CheckValue(value)
    }

    /// A sub-key for one use, named by `label`. Equal labels give equal sub-keys, and no sub-key tells anything about
    /// another or about the key.
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        let parts: [&[u8]; 4] =
            [b"aurex key derive 1\0", self.purpose.as_str().as_bytes(), b"\0", label.as_bytes()];
        Zeroizing::new(hmac_sha256(&self.secret, &parts))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}, {}, secret withheld)", self.id, self.state.as_str())
    }
}

/// What a store keeps to recognise a key: 16 bytes, shown as 32 lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy)]
pub struct CheckValue([u8; 16]);

impl PartialEq for CheckValue {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for CheckValue {}

impl fmt::Display for CheckValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is not a check value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a key's check value is written as 32 lower-case hexadecimal digits")]
pub struct CheckValueError;

impl FromStr for CheckValue {
    type Err = CheckValueError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        match u128::from_str_radix(text, 16) {
            Ok(number) if digits => Ok(Self(number.to_be_bytes())),
            _ => Err(CheckValueError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_support::counting_entropy;
    use super::*;

    #[test]
    fn a_key_prints_its_name_and_never_its_secret() {
        let key = Key::generate(Purpose::Pepper, 0, &mut counting_entropy());
        assert_eq!(format!("{key:?}"), "Key(pepper-00010203, active, secret withheld)");
    }

    #[test]
    fn asvs_v13_1_4_an_active_key_is_due_when_its_period_is_over() {
        const DAY: i64 = 86_400_000_000;
        for purpose in Purpose::ALL {
            let key = Key::generate(purpose, 5, &mut counting_entropy());
            let period = i64::from(purpose.rotation_days()) * DAY;
            assert!(!key.is_due(5 + period - 1), "{purpose}");
            assert!(key.is_due(5 + period), "{purpose}");
            assert!(!key.with_state(KeyState::Retired).is_due(5 + period), "{purpose}");
            assert_eq!(purpose.as_str().parse(), Ok(purpose));
        }
        assert_eq!("peppers".parse::<Purpose>(), Err(PurposeError));
    }

    #[test]
    fn sub_keys_differ_by_label_purpose_and_key() {
        let mut entropy = counting_entropy();
        let pepper = Key::generate(Purpose::Pepper, 0, &mut entropy);
        let other = Key::generate(Purpose::Pepper, 0, &mut entropy);
        let column =
            Key::from_parts(pepper.id.clone(), Purpose::Column, KeyState::Active, 0, pepper.secret.clone());
        assert_eq!(pepper.derive("a"), pepper.derive("a"));
        let all = [pepper.derive("a"), pepper.derive("b"), other.derive("a"), column.derive("a")];
        let distinct: std::collections::BTreeSet<_> = all.iter().map(|key| **key).collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn a_check_value_belongs_to_secret_name_and_purpose() {
        let key = Key::generate(Purpose::Pepper, 0, &mut counting_entropy());
        let text = key.check_value().to_string();
        assert_eq!(text.parse(), Ok(key.check_value()));
        assert_eq!(text.to_uppercase().parse::<CheckValue>(), Err(CheckValueError));
        assert_eq!(format!("+{}", text.split_at(1).1).parse::<CheckValue>(), Err(CheckValueError));

        let renamed = Key { id: "pepper-other".parse().unwrap(), ..key.clone() };
        let repurposed = Key { purpose: Purpose::Column, ..key.clone() };
        let changed = Key { secret: Zeroizing::new([7; 32]), ..key.clone() };
        for other in [renamed, repurposed, changed] {
            assert_ne!(other.check_value(), key.check_value());
        }
        assert_eq!(key.clone().with_state(KeyState::Retired).check_value(), key.check_value());
    }
}
