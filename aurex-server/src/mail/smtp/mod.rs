//! SMTP to a relay: one connection a mail, and nothing about it that anybody on the way can read or change.
//!
//! lettre speaks the protocol. The way to the first word inside TLS is ours (`dial.rs`, `starttls.rs`), because what
//! a relay said before the handshake must never be read as said after it.

mod dial;
mod mailer;
mod roots;
mod server;
mod starttls;

pub use self::mailer::{Patience, SmtpMailer};
pub use self::roots::{Roots, RootsError};
pub use self::server::{SmtpServer, SmtpServerError};
