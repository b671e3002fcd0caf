//! The server in process, walked from outside: one binary, a module a topic. Every walk is made on every store.

// `cfg(test)` is always true here; the lints that spare tests look for it.
#[cfg(test)]
mod addresses;
#[cfg(test)]
mod approvals;
#[cfg(test)]
mod archive;
#[cfg(test)]
mod asvs;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_parameters;
#[cfg(test)]
mod bookings;
#[cfg(test)]
mod books;
#[cfg(test)]
mod bundles;
#[cfg(test)]
mod cash;
#[cfg(test)]
mod client;
#[cfg(test)]
mod contacts;
#[cfg(test)]
mod cookies;
#[cfg(test)]
mod crawl;
#[cfg(test)]
mod database;
#[cfg(test)]
mod deletion;
#[cfg(test)]
mod doctor;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod erasure;
#[cfg(test)]
mod exports;
#[cfg(test)]
mod foreign;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod hours;
#[cfg(test)]
mod idempotency;
#[cfg(test)]
mod inspection;
#[cfg(test)]
mod keys;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod links;
#[cfg(test)]
mod log;
#[cfg(test)]
mod mail;
#[cfg(test)]
mod members;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod operations;
#[cfg(test)]
mod operator;
#[cfg(test)]
mod order;
#[cfg(test)]
mod outbox;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod passwords;
#[cfg(test)]
mod payee;
#[cfg(test)]
mod places;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod printed;
#[cfg(test)]
mod rates;
#[cfg(test)]
mod revisions;
#[cfg(test)]
mod rotation;
#[cfg(test)]
mod second_factor;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod shop;
#[cfg(test)]
mod sockets;
#[cfg(test)]
mod telling;
#[cfg(test)]
mod tills;
#[cfg(test)]
mod tour;
#[cfg(test)]
mod transparency;
#[cfg(test)]
mod walk;
#[cfg(test)]
mod whereabouts;
#[cfg(test)]
mod witnesses;
#[cfg(test)]
mod world;
