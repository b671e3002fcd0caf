//! Connections, within bounds.
//!
//! poem accepts without a limit, spins when the process is out of file descriptors, leaves Nagle's delay on and sets no
//! timer for request heads. The acceptor here wraps its own: a bounded number of connections, back-off on errors, no
//! delay, and a stream that knows how far a request has come and how long that may take.

mod connection;
mod head;
mod listener;

pub use connection::{Connection, Deadlines};
pub use listener::BoundedAcceptor;
