//! Checks of mail: whether it leaves, and as whose.

use super::catalogue::{MAIL_AUTHORITIES, MAIL_SENDER, MAIL_STAYS};
use super::edge::is_alone;
use super::finding::Finding;
use crate::config::Config;
use crate::mail::Transport;
use crate::ops::background::chain;

/// Domains that are nobody's (RFC 6761, RFC 6762, RFC 2606).
const NOBODYS: [&str; 5] = ["localhost", "local", "invalid", "test", "example"];

pub(super) fn check(config: &Config) -> Vec<Finding> {
    let mut found = Vec::new();
    let way = &config.mail.transport;
    match way {
        Transport::Smtp(_) => {
            let domain = config.mail.from.domain();
            let last = domain.rsplit('.').next().unwrap_or_default();
            if !domain.contains('.') || NOBODYS.contains(&last) {
                found.push(MAIL_SENDER.at(domain));
            }
            if let Err(error) = config.mail.mailer() {
                found.push(MAIL_AUTHORITIES.at(chain(&error)));
            }
        }
        Transport::Folder(_) | Transport::Console | Transport::Off if !is_alone(config) => {
            found.push(MAIL_STAYS.at(way));
        }
        Transport::Folder(_) | Transport::Console | Transport::Off => {}
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SOUND, config, ids};
    use super::*;

    fn of(more: &str) -> Vec<&'static str> {
        ids(&check(&config(&format!("{SOUND}{more}"))))
    }

    #[test]
    fn mail_that_stays_is_found_where_others_wait_for_it() {
        assert_eq!(of(""), ["mail.stays"], "off in production");
        assert_eq!(of("mail = \"file:mails\""), ["mail.stays"]);
        assert_eq!(of("profile = \"development\"\nmail = \"console\""), ["mail.stays"]);
        assert_eq!(check(&config("mail = \"off\"")), []);
    }

    #[test]
    fn a_sender_that_is_nobody_is_found() {
        let from = |domain: &str| of(&format!("mail = \"smtp://127.0.0.1\"\nmail_from = \"mail@{domain}\""));
        assert_eq!(from("shop.in"), [""; 0]);
        for nobody in ["a.localhost", "shop.local", "aurex.invalid", "shop.example"] {
            assert_eq!(from(nobody), ["mail.sender"], "{nobody}");
        }
    }

    #[test]
    fn authorities_that_cannot_be_read_are_found() {
        let smtp =
            "mail = \"smtps://relay.shop.in\"\nmail_from = \"mail@shop.in\"\nmail_ca = \"nowhere.pem\"";
        assert_eq!(of(smtp), ["mail.authorities"]);
    }
}
