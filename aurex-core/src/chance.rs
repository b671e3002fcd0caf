//! Chance as an argument: ids, salts and tokens are drawn from an injected source, so that a test can script it.

/// A source of random bytes. In production it is the operating system's; it must be fit for secrets.
pub trait Entropy: Send + Sync {
    /// Fills `bytes` completely.
    fn fill(&self, bytes: &mut [u8]);
}

/// Draws `N` bytes.
pub fn draw<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut bytes = [0; N];
    entropy.fill(&mut bytes);
    bytes
}
