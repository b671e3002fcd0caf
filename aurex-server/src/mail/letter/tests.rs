use aurex_core::money::{Currency, Money};
use aurex_core::tenancy::PlanState;
use aurex_core::text::Note;
use aurex_core::time::parse_date;
use proptest::prelude::*;

use super::*;
use crate::http::origin::Origins;

const AT: &str = "2026-11-23T04:30:00Z";
const SECRET: &str = "aB3-_x9";

fn name(text: &str) -> Name {
    Name::new(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

fn rupees(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

fn occasion(device: &str) -> Occasion {
    Occasion { at: at(AT), address: Some("203.0.113.9".parse().unwrap()), device: Some(name(device)) }
}

/// Every matter there is, with `typed` in each place that somebody else fills in.
fn matters(typed: &str) -> Vec<Matter> {
    let secret = || LinkSecret::new(SECRET).unwrap();
    let (by, occasion) = (|| name(typed), || occasion(typed));
    let why = || Note::new(typed).unwrap();
    let until = at("2026-11-23T04:40:00Z");
    vec![
        Matter::Invitation { by: by(), role: by(), secret: secret(), until },
        Matter::PasswordReset { occasion: occasion(), secret: secret(), until },
        Matter::PasswordChanged { occasion: occasion() },
        Matter::MagicLink {
            occasion: occasion(),
            secret: secret(),
            code: LinkCode::new("4F7KQ2MX").unwrap(),
            until,
        },
        Matter::SecondFactorEnrolled { occasion: occasion() },
        Matter::SecondFactorRemoved { by: Some(by()), occasion: occasion() },
        Matter::NewDevice { occasion: occasion() },
        Matter::SessionsRevoked { by: None, count: 3, occasion: occasion() },
        Matter::ApprovalAsked { by: by(), what: by(), until, occasion: occasion() },
        Matter::ApprovedAlone { by: by(), what: by(), why: why(), occasion: occasion() },
        Matter::RoleChanged { by: Some(by()), before: by(), after: by(), occasion: occasion() },
        Matter::FailedSignIns { count: 40, since: at(AT), occasion: occasion() },
        Matter::LastDay { by: Some(by()), last_day: parse_date("2026-12-31").ok(), occasion: occasion() },
        Matter::LastDay { by: Some(by()), last_day: None, occasion: occasion() },
        Matter::Disabled { by: Some(by()), occasion: occasion() },
        Matter::Enabled { by: Some(by()), occasion: occasion() },
        Matter::PinSet { occasion: occasion() },
        Matter::PinRemoved { occasion: occasion() },
        Matter::TillEnrolled { by: Some(by()), till: by(), occasion: occasion() },
        Matter::RecoveryCodeUsed { left: 3, occasion: occasion() },
        Matter::RecoveryCodesRenewed { occasion: occasion() },
        Matter::SecondFactorResetAsked { due: until, occasion: occasion() },
        Matter::SecondFactorResetNotice { of: by(), due: until, occasion: occasion() },
        Matter::ContactCode {
            what: name("notices"),
            code: LinkCode::new("4F7KQ2MX").unwrap(),
            until,
            occasion: occasion(),
        },
        Matter::ContactDue { what: name("notices"), email: Email::new("office@shop.example").unwrap() },
        Matter::ContactBounced { what: name("bills"), email: Email::new("office@shop.example").unwrap() },
        Matter::WorkspaceEnds { by: Some(by()), due: until, occasion: occasion() },
        Matter::WorkspaceKept { by: None, occasion: occasion() },
        Matter::PlanChanged { by: Some(by()), plan: PlanState::ReadOnly, occasion: occasion() },
        Matter::BillingChanged { by: None, occasion: occasion() },
        Matter::PayeeChanged { by: Some(by()), occasion: occasion() },
        Matter::TokenExpires { token: by(), due: until },
        Matter::Digest { week: parse_date("2026-11-16").unwrap(), entries: 0, unusual: Vec::new() },
        Matter::Digest {
            week: parse_date("2026-11-16").unwrap(),
            entries: 1_200,
            unusual: vec![
                (Some(by()), Seen::NewDevice { device: Some(by()), at: at(AT) }),
                (Some(by()), Seen::NightHours { count: 3, at: at(AT) }),
                (Some(by()), Seen::TakenBack { count: 5, usual: 2 }),
                (Some(by()), Seen::GivenAway { count: 4, given: rupees(90_000), usual: rupees(20_050) }),
                (Some(by()), Seen::TwoPlaces { count: 1 }),
                (None, Seen::FailedSignIns { count: 40, usual: 6 }),
            ],
        },
    ]
}

fn letter(typed: &str, matter: Matter) -> Letter {
    Letter {
        shop: name(typed),
        slug: "zaveri".parse().unwrap(),
        zone: Zone::INDIA,
        home: "https://shop.example".parse::<Origins>().unwrap().home("zaveri").unwrap(),
        to: Mailbox { name: Some(name(typed)), email: Email::new("asha@shop.example").unwrap() },
        matter,
    }
}

fn composed(typed: &str, matter: Matter) -> Message {
    let from = "Aurex <mail@shop.example>".parse().unwrap();
    letter(typed, matter).compose(Uuid::from_u128(7), at(AT), &from).unwrap()
}

fn all(typed: &str) -> Vec<Message> {
    matters(typed).into_iter().map(|matter| composed(typed, matter)).collect()
}

#[test]
fn a_letter_says_who_when_from_where_and_what_to_do() {
    let by = name("Meena Zaveri");
    let matter = Matter::SecondFactorRemoved { by: Some(by), occasion: occasion("Firefox on Linux") };
    let message = composed("Zaveri & Sons", matter);
    assert_eq!(message.subject.as_str(), "Your sign-in to Zaveri & Sons has no second factor any more");
    assert_eq!(
        message.text,
        "\
Hello Zaveri & Sons,

Your second factor was removed: your password alone opens your account.

Who: Meena Zaveri
When: 23 November 2026, 10:00 (Asia/Kolkata)
From: 203.0.113.9
Device: Firefox on Linux

If you did not expect this, ask them, and tell the owner of the shop.

-- 
This mail is from Zaveri & Sons, which uses Aurex at https://shop.example."
    );
}

#[test]
fn a_magic_link_comes_with_its_code() {
    let matter = matters("Asha").remove(3);
    let text = composed("Asha", matter).text;
    assert!(
        text.contains("\nSign in:\nhttps://shop.example/w/zaveri/link#aB3-_x9\n\nCode: 4F7K-Q2MX\n\n"),
        "{text}"
    );
}

#[test]
fn text_and_html_say_the_same() {
    for message in all("Asha") {
        let words = |text: &str| {
            text.split_whitespace().filter(|word| *word != "--").map(str::to_owned).collect::<Vec<_>>()
        };
        let html = message.html.split_once("<body").unwrap().1.split_once('>').unwrap().1;
        let html = html.replace("</th>", ": ");
        let html = html.replace("If the link does not open, copy it into your browser:", "");
        let mut plain = String::new();
        let mut tag = false;
        for c in html.chars() {
            match c {
                '<' => tag = true,
                '>' => {
                    tag = false;
                    plain.push(' ');
                }
                c if !tag => plain.push(c),
                _ => {}
            }
        }
        let plain = plain.replace(" : ", ": ");
        // Only the link's label ends without a colon where it is the link itself.
        let text = message.text.lines().map(|line| line.trim_end_matches(':')).collect::<Vec<_>>().join("\n");
        assert_eq!(words(&plain), words(&text), "{}", message.subject);
    }
}

#[test]
fn asvs_v1_2_1_what_people_typed_is_no_element_of_a_mail() {
    let hostile = r#""><svg onload=alert(1)><a href='https://evil.example'>&lt;x</a><!-- </title></body>"#;
    let marks = |html: &str| ['<', '>', '"', '\''].map(|mark| html.matches(mark).count());
    for (kind, attacked) in all("Asha").into_iter().zip(all(hostile)) {
        assert!(attacked.html.contains("&#60;svg onload=alert(1)&#62;"), "{}", kind.subject);
        assert_eq!(marks(&attacked.html), marks(&kind.html), "{}", kind.subject);
    }
}

#[test]
fn asvs_v1_3_7_a_name_that_looks_like_a_template_stays_a_name() {
    for typed in ["{{7*7}}", "{% for x in y %}", "${7*7}", "<%= 7*7 %>"] {
        for message in all(typed) {
            assert!(message.text.contains(typed), "{}", message.text);
            assert!(!message.text.contains("49") && !message.html.contains("49"));
        }
    }
    assert!(all("{{7*7}}").iter().all(|message| message.html.contains("{{7*7}}")));
}

#[test]
fn asvs_v14_2_1_a_secret_stands_in_a_links_fragment_only() {
    let mut links = 0;
    for message in all("Asha") {
        for word in message.text.split_whitespace().filter(|word| word.contains("://")) {
            let url = url::Url::parse(word.trim_end_matches('.')).unwrap();
            assert_eq!(url.origin().ascii_serialization(), "https://shop.example");
            assert!(!url.path().contains(SECRET) && url.query().is_none(), "{word}");
            links += usize::from(url.fragment() == Some(SECRET));
        }
        assert_eq!(message.text.matches(SECRET).count(), message.text.matches(&format!("#{SECRET}")).count());
        assert!(!message.subject.as_str().contains(SECRET));
    }
    assert_eq!(links, 3, "invitation, reset and sign-in have one each");
}

#[test]
fn nothing_in_a_mail_is_loaded_from_anywhere() {
    for message in all("Asha") {
        for loads in ["<img", "<link", "<script", "src=", "url(", "@import", "http://"] {
            assert!(!message.html.contains(loads), "{loads} in {}", message.subject);
        }
    }
}

#[test]
fn secrets_and_people_are_in_no_debug_text() {
    let letter = letter("Asha", matters("Asha").remove(3));
    let message = composed("Asha", letter.matter.clone());
    let printed = format!("{letter:?} {message:?}");
    for hidden in [SECRET, "4F7K", "asha@"] {
        assert!(!printed.contains(hidden), "{hidden}");
    }
}

#[test]
fn the_longest_names_fit() {
    assert_eq!(all(&"ॐ".repeat(200)).len(), matters("x").len());
}

proptest! {
    #[test]
    fn only_what_a_url_takes_as_it_is_makes_a_link(text in "\\PC{0,30}|[A-Za-z0-9_-]{1,30}[#?&/%=\" <]?") {
        let sound = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        prop_assert_eq!(LinkSecret::new(&text).is_ok(), sound);
    }
}
