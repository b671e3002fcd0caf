//! Requirements of the OWASP ASVS that concern the whole server, each test with the ids that it holds in its name.
//!
//! `scripts/asvs` makes the score sheet of them. A test of one room stands beside that room's code; here is what only the
//! composed server, its sources or its lock file can show.

mod absent;
mod answers;
mod browsers;
mod callers;
mod contract;
mod dependencies;
mod documents;
mod encoding;
mod files;
mod graph;
mod kept;
mod people;
mod rules;
mod sources;
mod strangers;
