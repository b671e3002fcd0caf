//! The store on real files: one binary, so that linking stays quick.

mod files;
mod guards;
mod own;
mod transactions;
mod world;
