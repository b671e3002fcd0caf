//! The store on real files: one binary, so that linking stays quick.

// `cfg(test)` is always true here; the lints that spare tests look for it.
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod differential;
#[cfg(test)]
mod erasure;
mod files;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod own;
#[cfg(test)]
mod search;
#[cfg(test)]
mod transactions;
#[cfg(test)]
mod world;
