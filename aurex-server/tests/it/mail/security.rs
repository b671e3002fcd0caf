//! Who can listen, and who can pass for the relay: nobody.

use std::path::Path;

use aurex_server::mail::{MailError, Transport};

use super::certificates::Authority;
use super::handing_over::message;
use super::relay::{Relay, Security};

const SECRETS: &str = "user%40relay.test:s3cret%3A";

/// Sends to the relay by this URL, `PORT` in it being the relay's.
async fn sent(relay: &Relay, url: &str, ca: Option<&Path>) -> Result<(), MailError> {
    let transport: Transport = url.replace("PORT", &relay.port().to_string()).parse().unwrap();
    let hello = message("Hello", "Hello.");
    transport.mailer(&hello.from, ca).unwrap().unwrap().send(&hello).await
}

#[tokio::test]
async fn inside_tls_a_mail_goes_out_and_we_sign_in() {
    let authority = Authority::new();
    let ca = authority.file();
    let config = authority.relay("localhost");
    for (security, url) in [
        (Security::Implicit(config.clone()), format!("smtps://{SECRETS}@localhost:PORT")),
        (Security::StartTls(config), format!("smtp://{SECRETS}@localhost:PORT?starttls=required")),
    ] {
        let relay = Relay::start(security).await;
        sent(&relay, &url, Some(ca.path())).await.unwrap();
        let mail = relay.mail();
        assert!(mail.tls);
        assert_eq!(mail.signed_in, Some(("user@relay.test".to_owned(), "s3cret:".to_owned())));
        assert_eq!(mail.words().0, "Hello.");
        let said = relay.overheard();
        assert!(said.iter().all(|line| line == "STARTTLS" || line == "EHLO shop.example"), "{said:?}");
    }
}

#[tokio::test]
async fn asvs_v12_3_1_a_relay_that_offers_no_tls_hears_neither_secret_nor_mail() {
    let ca = Authority::new().file();
    let url = format!("smtp://{SECRETS}@localhost:PORT?starttls=required");
    let offered_not_given = ("STARTTLS", "454 TLS is not available");
    for (security, answers) in [
        (Security::Plain, vec![]),
        (Security::Plain, vec![("EHLO", "250-relay.test\r\n250 STARTTLS"), offered_not_given]),
    ] {
        let relay = Relay::answering(security, &answers).await;
        let error = sent(&relay, &url, Some(ca.path())).await.unwrap_err();
        assert!(matches!(error, MailError::NoTls) && !error.is_permanent(), "{error}");
        assert!(relay.mails().is_empty());
        let said = relay.overheard();
        assert!(
            !said.is_empty()
                && said.iter().all(|line| !line.starts_with("AUTH") && !line.starts_with("MAIL"))
        );
    }
    // TLS from the start, to somebody who speaks plainly.
    let relay = Relay::start(Security::Plain).await;
    let error =
        sent(&relay, &format!("smtps://{SECRETS}@localhost:PORT"), Some(ca.path())).await.unwrap_err();
    assert!(matches!(error, MailError::Tls(_)), "{error}");
    assert!(relay.mails().is_empty());
}

#[tokio::test]
async fn asvs_v12_3_2_v12_3_4_a_relay_whose_certificate_is_not_its_own_gets_nothing() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let ca = ours.file();
    for (why, config) in [
        ("another authority", theirs.relay("localhost")),
        ("another name", ours.relay("relay.example")),
        ("an address for a name", ours.relay("127.0.0.1")),
        ("long over", ours.relay_until("localhost", (2021, 1, 1))),
    ] {
        for (security, url) in [
            (Security::Implicit(config.clone()), format!("smtps://{SECRETS}@localhost:PORT")),
            (
                Security::StartTls(config.clone()),
                format!("smtp://{SECRETS}@localhost:PORT?starttls=required"),
            ),
        ] {
            let relay = Relay::start(security).await;
            let error = sent(&relay, &url, Some(ca.path())).await.unwrap_err();
            assert!(matches!(error, MailError::Tls(_)) && !error.is_permanent(), "{why}: {error}");
            assert!(relay.mails().is_empty(), "{why}");
        }
    }
}

#[tokio::test]
async fn without_a_file_of_ours_the_machine_decides_whom_to_trust() {
    let authority = Authority::new();
    let relay = Relay::start(Security::Implicit(authority.relay("localhost"))).await;
    let transport: Transport = format!("smtps://localhost:{}", relay.port()).parse().unwrap();
    let hello = message("Hello", "Hello.");
    // A machine without any authority cannot even start to send; one with some does not know ours.
    if let Ok(mailer) = transport.mailer(&hello.from, None) {
        assert!(matches!(mailer.unwrap().send(&hello).await, Err(MailError::Tls(_))));
    }
    assert!(relay.mails().is_empty());
}

#[tokio::test]
async fn a_password_that_is_no_longer_right_keeps_mail_waiting() {
    let authority = Authority::new();
    let ca = authority.file();
    let config = authority.relay("localhost");
    let url = format!("smtps://{SECRETS}@localhost:PORT");
    for (command, answer, code) in [
        ("AUTH", "535 5.7.8 wrong", Some(535)),
        ("EHLO", "250-relay.test\r\n250 AUTH XOAUTH2", None),
        ("EHLO", "250 relay.test", None),
    ] {
        let relay = Relay::answering(Security::Implicit(config.clone()), &[(command, answer)]).await;
        let error = sent(&relay, &url, Some(ca.path())).await.unwrap_err();
        assert!(matches!(error, MailError::SignIn { code: said } if said == code), "{error}");
        assert!(!error.is_permanent());
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains("s3cret") && !shown.contains("user@"), "{shown}");
    }
}
