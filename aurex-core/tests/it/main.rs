//! The use cases, walked from outside on the reference store: one binary, a module a topic.

// `cfg(test)` is always true here; the lints that spare tests look for it.
#[cfg(test)]
mod access;
#[cfg(test)]
mod audit_format;
#[cfg(test)]
mod digest;
#[cfg(test)]
mod outside;
#[cfg(test)]
mod own;
#[cfg(test)]
mod published;
#[cfg(test)]
mod support;
#[cfg(test)]
mod trade;
