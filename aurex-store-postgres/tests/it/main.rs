//! The store on a real server: one binary, so that linking stays quick.
//!
//! `scripts/test` starts the server and names it in `AUREX_TEST_POSTGRES_URL`.

// `cfg(test)` is always true here; the lints that spare tests look for it.
#[cfg(test)]
mod conformance;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod ending;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod guards;
#[cfg(test)]
mod joining;
#[cfg(test)]
mod migrating;
#[cfg(test)]
mod outages;
#[cfg(test)]
mod own;
#[cfg(test)]
mod pharmacy;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod relay;
#[cfg(test)]
mod remembering;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod schema;
#[cfg(test)]
mod throwaway;
#[cfg(test)]
mod transactions;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod wire;
#[cfg(test)]
mod world;
