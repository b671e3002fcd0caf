//! Mail leaves the house: what a letter says, how it becomes a message, and by which way it goes.
//!
//! ```text
//! Letter ── compose ──► Message ── Mailer::send ──► a relay by SMTP, a folder, the console, a test's memory
//! ```
//!
//! | part | what it keeps |
//! |---|---|
//! | [`letter`] | the words. Links are made from the configured origin, and a secret stands in their fragment |
//! | [`Message`] | one sender, one recipient, one header block, whatever people are called |
//! | [`Mailer`] | hands over or says whether trying again makes sense; it never repeats an address or an answer's words |
//! | [`smtp`] | TLS with a verified certificate, or a loopback address; nothing in between |
//!
//! A mail may be sent twice: whoever hands it over can be killed before hearing the answer. Both carry the same
//! `Message-ID`, so that mailboxes can tell.

mod console;
mod folder;
pub mod letter;
mod mailbox;
mod mailer;
mod memory;
mod message;
pub mod smtp;
mod transport;

pub use self::console::ConsoleMailer;
pub use self::folder::FolderMailer;
pub use self::mailbox::{Mailbox, MailboxError};
pub use self::mailer::{MailError, Mailer};
pub use self::memory::MemoryMailer;
pub use self::message::{Message, Subject};
pub use self::smtp::{Roots, RootsError};
pub use self::transport::{SetUpError, Transport, TransportError};
