//! The programs here, run as they are.

// `cfg(test)` is always true here; the lints that spare tests look for it.
#[cfg(test)]
mod embedding;
