//! Who a mail is from or for.

use std::fmt;
use std::str::FromStr;

use aurex_core::text::{Email, EmailError, Name, TextError};

use super::MailError;

/// An address, with the name of who reads there if it is known.
#[derive(Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// What people call them.
    pub name: Option<Name>,
    /// The address.
    pub email: Email,
}

/// Why a text is no mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MailboxError {
    /// The address is none.
    #[error(transparent)]
    Email(#[from] EmailError),
    /// The name is none.
    #[error(transparent)]
    Name(#[from] TextError),
}

impl Mailbox {
    /// An address without a name.
    #[must_use]
    pub const fn bare(email: Email) -> Self {
        Self { name: None, email }
    }

    /// The part after the `@`.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.email.as_str().rsplit_once('@').map_or("", |(_, domain)| domain)
    }

    /// As the message builder wants it. A domain in another script goes out in its ASCII form (RFC 5890), which every
    /// relay takes; only a local part in another script needs SMTPUTF8 (RFC 6531).
    pub(super) fn encoded(&self) -> Result<lettre::message::Mailbox, MailError> {
        let (local, domain) = self.email.as_str().rsplit_once('@').ok_or(MailError::Address)?;
        let domain = if domain.is_ascii() {
            domain.to_owned()
        } else {
            url::Host::parse(domain).map_err(|_| MailError::Address)?.to_string()
        };
        let address = lettre::Address::new(local, domain).map_err(|_| MailError::Address)?;
        Ok(lettre::message::Mailbox::new(self.name.as_ref().map(ToString::to_string), address))
    }
}

impl FromStr for Mailbox {
    type Err = MailboxError;

    /// `Aurex <mail@shop.example>`, or the address alone.
    fn from_str(text: &str) -> Result<Self, MailboxError> {
        let text = text.trim();
        match text.strip_suffix('>').and_then(|text| text.split_once('<')) {
            None => Ok(Self::bare(Email::new(text)?)),
            Some((name, email)) => {
                let name = name.trim().trim_matches('"');
                let name = if name.is_empty() { None } else { Some(Name::new(name)?) };
                Ok(Self { name, email: Email::new(email)? })
            }
        }
    }
}

impl fmt::Debug for Mailbox {
    /// Names and addresses are personal data and stay out of logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_an_address_with_or_without_a_name() {
        let named: Mailbox = "Aurex <Mail@shop.example>".parse().unwrap();
        assert_eq!(named.name.unwrap().as_str(), "Aurex");
        assert_eq!(named.email.as_str(), "mail@shop.example");
        let bare: Mailbox = "mail@shop.example".parse().unwrap();
        assert_eq!((bare.name.as_ref(), bare.domain()), (None, "shop.example"));
        for wrong in ["", "shop.example", "Aurex <mail>", "A <a@b.c> <d@e.f>", "A\r\nBcc: x@y.z <a@b.c>"] {
            assert!(wrong.parse::<Mailbox>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_domain_in_another_script_goes_out_in_ascii() {
        let mailbox = Mailbox::bare(Email::new("asha@दुकान.भारत").unwrap());
        assert_eq!(mailbox.encoded().unwrap().email.to_string(), "asha@xn--11b7ah1gn.xn--h2brj9c");
    }
}
