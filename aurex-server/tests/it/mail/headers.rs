//! Nobody writes a header of ours.

use aurex_core::text::{Email, Name};
use aurex_server::mail::{Mailbox, Subject};
use proptest::prelude::*;

use super::captured::headers_of;
use super::handing_over::{message, plain};
use super::relay::{Relay, Security};

/// The headers that every mail has, and no other.
const OURS: [&str; 8] =
    ["Date", "Message-ID", "From", "To", "Subject", "Auto-Submitted", "MIME-Version", "Content-Type"];

/// What breaks lines, ends header blocks, opens encoded words and closes quotes, between other characters.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "\\PC{0,12}",
        "[ -~]{0,12}",
        prop::sample::select(vec![
            "\r\n",
            "\n",
            "\r",
            "\r\n\r\n",
            "\r\nBcc: evil@evil.example",
            "\u{85}",
            "\u{2028}",
            "\0",
            "=?utf-8?b?DQo=?=",
            "\"",
            "\\",
            "<",
            ">",
            ",",
            ";",
            ":",
            "@",
            "(",
            ")",
            "आशा",
            "\u{1F48D}",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn breaks(text: &str) -> bool {
    text.contains(['\r', '\n', '\0', '\u{85}'])
}

proptest! {
    #[test]
    fn asvs_v1_3_11_no_name_subject_or_address_adds_a_header(
        name in hostile(),
        subject in hostile(),
        address in hostile(),
        from in hostile(),
    ) {
        // Whatever holds a line break is refused by its type.
        for text in [&name, &subject, &address, &from].into_iter().filter(|text| breaks(text)) {
            prop_assert!(Name::new(text.as_str()).is_err() && Subject::new(text.as_str()).is_err());
            let address = format!("{text}@shop.example");
            prop_assert!(Email::new(text).is_err() && Email::new(&address).is_err());
        }
        // Whatever is taken stands in its own header.
        let mut mail = message("Hello", "Hello.");
        mail.to.name = Name::new(name).ok();
        mail.from.name = Name::new(from).ok();
        if let Ok(subject) = Subject::new(subject) {
            mail.subject = subject;
        }
        if let Ok(email) = Email::new(&format!("{address}@shop.example")) {
            let mailbox = Mailbox { email, ..mail.to.clone() };
            let tried = aurex_server::mail::Message { to: mailbox.clone(), ..mail.clone() };
            // An address may still be none that mail can go to; then there is no mail at all.
            if tried.to_bytes().is_ok() {
                mail.to = mailbox;
            }
        }
        let headers = headers_of(&mail);
        let names: Vec<&str> = headers.iter().map(|(name, _)| name.as_str()).collect();
        prop_assert_eq!(names, OURS);
    }
}

#[test]
fn asvs_v1_3_11_what_breaks_a_line_is_no_name_subject_or_address() {
    for text in ["a\r\nBcc: b", "a\nb", "a\rb", "a\u{85}b", "a\0b", "a\r\n\r\nb"] {
        assert!(Name::new(text).is_err() && Subject::new(text).is_err(), "{text:?}");
        assert!(Email::new(&format!("{text}@shop.example")).is_err(), "{text:?}");
        assert!(Email::new(&format!("a@shop.example{text}")).is_err(), "{text:?}");
        assert!(format!("{text} <a@shop.example>").parse::<Mailbox>().is_err(), "{text:?}");
    }
}

#[tokio::test]
async fn asvs_v1_3_11_a_relay_sees_one_header_block_and_one_recipient() {
    let relay = Relay::start(Security::Plain).await;
    let mut mail = message("=?utf-8?q?=0D=0ABcc:_evil@evil.example?= \u{2028}Bcc: evil", "Hello.");
    let name = "\"><evil@evil.example>, \"=?utf-8?b?DQpCY2M6IGV2aWw=?=\" \\";
    mail.to.name = Some(Name::new(name).unwrap());
    plain(&relay).send(&mail).await.unwrap();
    let mail = relay.mail();
    let names: Vec<String> = mail.headers().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, OURS);
    assert_eq!(mail.to, ["asha@customer.example"]);
    assert!(mail.header("To").ends_with(" <asha@customer.example>"), "{}", mail.header("To"));
    assert_eq!(mail.words().0, "Hello.");
}

#[tokio::test]
async fn a_name_in_another_script_is_encoded() {
    let relay = Relay::start(Security::Plain).await;
    plain(&relay).send(&message("नमस्ते", "Hello.")).await.unwrap();
    let mail = relay.mail();
    assert_eq!(mail.header("Subject"), "=?utf-8?b?4KSo4KSu4KS44KWN4KSk4KWH?=");
    assert!(mail.header("To").starts_with("=?utf-8?b?"), "{}", mail.header("To"));
}
