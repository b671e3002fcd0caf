//! What comes of a mail, and that it arrives as it was written.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::text::Name;
use aurex_core::time::{Timestamp, Zone};
use aurex_server::http::origin::Origins;
use aurex_server::mail::letter::{Letter, LinkSecret, Matter};
use aurex_server::mail::smtp::{Patience, Roots, SmtpMailer};
use aurex_server::mail::{MailError, Mailer, MemoryMailer, Message, Subject, Transport};
use uuid::Uuid;

use super::captured::link_in;
use super::relay::{Relay, Security};

/// A mail with these words.
pub fn message(subject: &str, text: &str) -> Message {
    Message {
        id: Uuid::from_u128(7),
        at: Timestamp::parse("2026-11-23T04:30:00Z").unwrap(),
        from: "Our shops <mail@shop.example>".parse().unwrap(),
        to: "आशा राव <asha@customer.example>".parse().unwrap(),
        subject: Subject::new(subject).unwrap(),
        text: text.to_owned(),
        html: format!("<p>{text}</p>"),
    }
}

/// The mailer for a relay without TLS on this machine.
pub fn plain(relay: &Relay) -> Arc<dyn Mailer> {
    let transport: Transport = format!("smtp://127.0.0.1:{}", relay.port()).parse().unwrap();
    transport.mailer(&message("x", "x").from, None).unwrap().unwrap()
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written() {
    let relay = Relay::start(Security::Plain).await;
    // Lines of dots, a line that looks like a part's end, words of another script, a line longer than SMTP takes.
    let text = format!(
        ".\n..\n.one\n--=_aurex_{}--\nनमस्ते आशा\n{}\nFrom here on\n \ttabs and spaces \nend=3D\n",
        Uuid::from_u128(7).simple(),
        "long ".repeat(400)
    );
    let sent = message("नमस्ते: your bill from ज़वेरी & Sons", &text);
    plain(&relay).send(&sent).await.unwrap();

    let mail = relay.mail();
    assert_eq!(mail.words(), (text.clone(), format!("<p>{text}</p>")));
    assert_eq!(
        (mail.from.as_str(), mail.to),
        ("mail@shop.example", vec!["asha@customer.example".to_owned()])
    );
    assert_eq!(mail.hello, "shop.example");
    assert!(mail.data.is_ascii(), "no relay has to be asked for eight bits");
}

#[tokio::test]
async fn the_link_of_a_letter_arrives_whole() {
    let relay = Relay::start(Security::Plain).await;
    let secret = "aB3-_x9=".repeat(20).replace('=', "");
    let letter = Letter {
        shop: Name::new("ज़वेरी & Sons").unwrap(),
        slug: "zaveri".parse().unwrap(),
        zone: Zone::INDIA,
        home: "https://shop.example".parse::<Origins>().unwrap().home("zaveri").unwrap(),
        to: "asha@customer.example".parse().unwrap(),
        matter: Matter::Invitation {
            by: Name::new("Meena").unwrap(),
            role: Name::new("Cashier").unwrap(),
            secret: LinkSecret::new(&secret).unwrap(),
            until: Timestamp::parse("2026-11-30T04:30:00Z").unwrap(),
        },
    };
    let hello = message("x", "x");
    plain(&relay).send(&letter.compose(hello.id, hello.at, &hello.from).unwrap()).await.unwrap();
    let (text, html) = relay.mail().words();
    let link = format!("https://shop.example/w/zaveri/join#{secret}");
    assert_eq!(link_in(&text), Some(link.as_str()));
    assert!(html.contains(&format!("<a href=\"{link}\">Join</a>")), "{html}");
}

#[tokio::test]
async fn a_mail_says_whose_it_is_and_that_no_machine_need_answer() {
    let relay = Relay::start(Security::Plain).await;
    let mailer = plain(&relay);
    let sent = message("Hello", "Hello.");
    mailer.send(&sent).await.unwrap();
    mailer.send(&sent).await.unwrap();
    for mail in relay.mails() {
        assert_eq!(mail.header("Message-ID"), "<00000000000000000000000000000007@shop.example>");
        assert_eq!(mail.header("Date"), "Mon, 23 Nov 2026 04:30:00 +0000");
        assert_eq!(mail.header("From"), "\"Our shops\" <mail@shop.example>");
        assert_eq!(mail.header("Auto-Submitted"), "auto-generated");
        assert_eq!(mail.header("MIME-Version"), "1.0");
    }
    assert_eq!(relay.mails().len(), 2);
}

#[tokio::test]
async fn what_a_relay_says_of_a_mail_decides_whether_it_is_tried_again() {
    let cases: [(&str, &str, bool); 12] = [
        ("RCPT", "550 5.1.1 <asha@customer.example> unknown", true),
        ("RCPT", "450 4.2.1 busy", false),
        ("RCPT", "551 try <asha@elsewhere.example>", true),
        ("MAIL", "552 too big", true),
        ("MAIL", "421 going down", false),
        ("MAIL", "530 sign in first", false),
        (".", "554 5.7.1 no", true),
        (".", "451 later", false),
        ("", "554 not for you", false),
        ("EHLO", "500 who?", false),
        ("DATA", "", false),
        ("RCPT", "nonsense", false),
    ];
    for (command, answer, permanent) in cases {
        let relay = Relay::answering(Security::Plain, &[(command, answer)]).await;
        let error = plain(&relay).send(&message("Hello", "Hello.")).await.unwrap_err();
        assert_eq!(error.is_permanent(), permanent, "{command} {answer}: {error}");
        assert!(relay.mails().is_empty(), "{command} {answer}");
        let said = format!("{error} {error:?}");
        assert!(!said.contains("asha") && !said.contains("customer"), "{said}");
    }
}

#[tokio::test]
async fn a_relay_that_hangs_up_after_the_last_byte_is_asked_again_with_the_same_id() {
    let relay = Relay::answering(Security::Plain, &[(".", "")]).await;
    let error = plain(&relay).send(&message("Hello", "Hello.")).await.unwrap_err();
    assert!(!error.is_permanent());
    assert_eq!(relay.mails().len(), 1, "it may have been taken");
}

#[tokio::test]
async fn a_relay_that_does_not_say_goodbye_has_taken_the_mail() {
    let relay = Relay::answering(Security::Plain, &[("QUIT", "")]).await;
    plain(&relay).send(&message("Hello", "Hello.")).await.unwrap();
    assert_eq!(relay.mails().len(), 1);
}

#[tokio::test]
async fn a_relay_that_is_not_there_or_says_nothing_keeps_mail_waiting_and_nobody_else() {
    let gone = {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        listener.local_addr().unwrap().port()
    };
    let to = |port: u16, connect: Duration| {
        let server = format!("smtp://127.0.0.1:{port}").parse().unwrap();
        let patience = Patience { connect, mail: Duration::from_secs(60) };
        SmtpMailer::new(server, "shop.example".to_owned(), Roots::nobody(), patience)
    };
    let error = to(gone, Duration::from_secs(60)).send(&message("Hello", "Hello.")).await.unwrap_err();
    assert!(matches!(error, MailError::Unreachable(_)), "{error}");

    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = silent.local_addr().unwrap().port();
    let error = to(port, Duration::ZERO).send(&message("Hello", "Hello.")).await.unwrap_err();
    assert!(matches!(error, MailError::TimedOut) && !error.is_permanent(), "{error}");
}

#[tokio::test]
async fn an_address_that_no_mail_can_go_to_is_refused_before_anybody_is_asked() {
    let relay = Relay::start(Security::Plain).await;
    let mut to_nobody = message("Hello", "Hello.");
    to_nobody.to = "a..b@shop.example".parse().unwrap();
    assert!(plain(&relay).send(&to_nobody).await.unwrap_err().is_permanent());
    assert!(relay.overheard().is_empty());
    // This relay does not take other scripts before the `@` (RFC 6531); nobody but the address can help that.
    let mut in_hindi = message("Hello", "Hello.");
    in_hindi.to = "आशा@shop.example".parse().unwrap();
    assert!(plain(&relay).send(&in_hindi).await.unwrap_err().is_permanent());
    assert!(relay.mails().is_empty());
}

#[tokio::test]
async fn mails_in_memory_fail_as_they_are_told_to() {
    let mailer = MemoryMailer::default();
    mailer.fail_next(MailError::Refused { code: 550 });
    let sent = message("Hello", "Hello.");
    assert!(mailer.send(&sent).await.is_err());
    mailer.send(&sent).await.unwrap();
    assert_eq!(mailer.take(), [sent]);
    assert!(mailer.take().is_empty());
}
