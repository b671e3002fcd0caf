//! The pharmacy on its road, on a store of its own for every test.

// `cfg(test)` is always true here; the lints that spare tests look for it.
#[cfg(test)]
mod log;
#[cfg(test)]
mod morning;
#[cfg(test)]
mod road;
#[cfg(test)]
mod walls;
#[cfg(test)]
mod world;
