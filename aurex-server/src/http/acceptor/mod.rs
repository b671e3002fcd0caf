//! Connections, within bounds.
//!
//! poem accepts without a limit, spins when the process is out of file descriptors, leaves Nagle's delay on and sets no
//! timer for request heads. The acceptor here wraps its own: a bounded number of connections in all and by client,
//! back-off on errors, no delay, TLS where a certificate is given, and a stream that knows how far a request has come
//! and how long that may take.

mod clients;
mod connection;
mod handshake;
mod head;
mod listener;

pub use connection::{Connection, Deadlines, Place};
pub use handshake::Handshake;
pub use listener::{BoundedAcceptor, Certificate, Stream};
