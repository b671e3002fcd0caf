//! The way out for mails: takes what waits, writes the letter, hands it over, says what came of it.
//!
//! A mail stands in the change that caused it, so none is lost; that it was handed over is kept after the fact, so a
//! process killed in between hands it over again, under the same `Message-ID`. Nothing here logs an address or what a
//! mail says.

mod backoff;
mod figures;
mod letters;
mod sender;

pub use figures::MailFigures;
pub use sender::Outbox;
