//! The pharmacy on its road, on a store of its own for every test.

mod log;
mod road;
mod walls;
mod world;
