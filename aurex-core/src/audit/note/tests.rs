//! Notes against the examples of the specifications, and against whoever would forge one.

use proptest::prelude::*;

use super::signed::DASH;
use super::*;

/// <https://c2sp.org/signed-note>, section "Example".
const KEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
const NOTE: &str = "This is an example message.\n\n\u{2014} example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

fn key() -> VerifierKey {
    KEY.parse().unwrap()
}

fn note() -> SignedNote {
    NOTE.parse().unwrap()
}

fn signer(name: &str, kind: SignatureKind, seed: u8) -> NoteSigner {
    NoteSigner::new(name, kind, &[seed; 32]).unwrap()
}

#[test]
fn the_example_of_the_specification_verifies() {
    let (key, note) = (key(), note());
    assert_eq!(note.text(), "This is an example message.\n");
    let keys = [key.clone()];
    assert_eq!(note.verify(&keys), Ok(vec![Verified { key: &keys[0], at: None }]));
    assert_eq!(note.to_string(), NOTE);
    assert_eq!(key.to_string(), KEY);
    assert_eq!((key.name(), key.id(), key.kind()), ("example.com/foo", 0x530d_903a, SignatureKind::Log));
}

#[test]
fn every_changed_character_of_the_example_is_refused() {
    let keys = [key()];
    for (place, _) in NOTE.char_indices().filter(|(_, c)| c.is_ascii()) {
        let mut changed = NOTE.as_bytes().to_vec();
        changed[place] ^= 1;
        let believed =
            String::from_utf8(changed).unwrap().parse::<SignedNote>().map(|note| note.verify(&keys).is_ok());
        assert_ne!(believed, Ok(true), "character {place}");
    }
}

/// RFC 8032, section 7.1, tests 1 to 3: secret, public, message, signature.
#[test]
fn signs_as_rfc_8032_does() {
    let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
            "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
            "r",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        ),
    ];
    let bytes = |hex: &str| -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect()
    };
    for (secret, public, message, signature) in vectors {
        let signer = NoteSigner::new("x", SignatureKind::Log, &bytes(secret).try_into().unwrap()).unwrap();
        assert_eq!(signer.verifier().public().as_slice(), bytes(public));
        let made = signer.signature(message, 0).to_string();
        let made = from_base64(made.rsplit_once(' ').unwrap().1).unwrap();
        assert_eq!(made[4..], bytes(signature));
    }
}

#[test]
fn unknown_signatures_are_kept_and_ignored() {
    let log = signer("example.com/log", SignatureKind::Log, 1);
    let mut note = SignedNote::of("text\n").unwrap();
    log.sign(&mut note, 0);
    signer("stranger.example", SignatureKind::Log, 2).sign(&mut note, 0);
    // The right name with another key, and the right key under another name: both are somebody else.
    signer("example.com/log", SignatureKind::Log, 3).sign(&mut note, 0);
    signer("example.com/other", SignatureKind::Log, 1).sign(&mut note, 0);
    let read: SignedNote = note.to_string().parse().unwrap();
    assert_eq!(read, note);
    assert_eq!(read.signatures().len(), 4);
    let keys = [log.verifier().clone()];
    assert_eq!(read.verify(&keys).unwrap().len(), 1);
    assert_eq!(read.verify(&[key()]), Err(NoteError::Unsigned));
    assert_eq!(read.verify(&[]), Err(NoteError::Unsigned));
}

#[test]
fn a_forged_signature_of_a_known_key_spoils_the_note() {
    let (log, other) = (signer("a", SignatureKind::Log, 1), signer("b", SignatureKind::Log, 2));
    let mut note = SignedNote::of("text\n").unwrap();
    log.sign(&mut note, 0);
    note.add(other.signature("another text\n", 0));
    let keys = [log.verifier().clone(), other.verifier().clone()];
    assert_eq!(note.verify(&keys), Err(NoteError::Forged { name: "b".to_owned() }));
    assert_eq!(note.verify(&keys[..1]).map(|holding| holding.len()), Ok(1));
}

#[test]
fn a_cosignature_holds_for_its_time_and_its_text_alone() {
    let witness = signer("witness.example/w1", SignatureKind::Cosignature, 4);
    let keys = [witness.verifier().clone()];
    let mut note = SignedNote::of("example.com/log\n1\nroot\n").unwrap();
    witness.sign(&mut note, 1_679_315_147);
    assert_eq!(note.verify(&keys), Ok(vec![Verified { key: &keys[0], at: Some(1_679_315_147) }]));

    // Nobody can pass a cosignature off as a log's signature, or change its time.
    let as_log = VerifierKey::new("witness.example/w1", SignatureKind::Log, keys[0].public()).unwrap();
    assert_ne!(as_log.id(), keys[0].id());
    assert_eq!(note.verify(&[as_log]), Err(NoteError::Unsigned));
    let line = note.signatures()[0].to_string();
    let (name, bytes) = line.rsplit_once(' ').unwrap();
    let mut bytes = from_base64(bytes).unwrap();
    assert_eq!(bytes[4..12], 1_679_315_147_u64.to_be_bytes());
    for place in [4, 11] {
        bytes[place] ^= if place == 4 { 0x80 } else { 1 };
        let mut later = SignedNote::of(note.text()).unwrap();
        later.add(format!("{name} {}", to_base64(&bytes)).parse().unwrap());
        assert_eq!(later.verify(&keys), Err(NoteError::Forged { name: "witness.example/w1".to_owned() }));
    }
}

#[test]
fn a_text_may_have_empty_lines_and_the_last_one_parts_it_from_the_signatures() {
    let log = signer("a", SignatureKind::Log, 1);
    let mut note = SignedNote::of("one\n\n\u{2014} a looks+like a signature\n\ntwo\n").unwrap();
    log.sign(&mut note, 0);
    let read: SignedNote = note.to_string().parse().unwrap();
    assert_eq!(read, note);
    assert!(read.verify(&[log.verifier().clone()]).is_ok());
}

#[test]
fn what_is_no_note_is_refused() {
    let dash = DASH;
    for (bad, error) in [
        ("", NoteError::Form),
        ("text\n", NoteError::Form),
        ("text\n\n", NoteError::Form),
        ("te\u{7}xt\n\n\u{2014} a AAAAAAA=\n", NoteError::Form),
        ("text\r\n\n\u{2014} a AAAAAAA=\n", NoteError::Form),
        ("text\n\n- a AAAAAAA=\n", NoteError::Signature),
        ("text\n\n\u{2014}  AAAAAAA=\n", NoteError::Signature),
        ("text\n\n\u{2014} a+b AAAAAAA=\n", NoteError::Signature),
        ("text\n\n\u{2014} a AAAA\n", NoteError::Signature),
        ("text\n\n\u{2014} a AAAAAA=\n", NoteError::Signature),
        ("text\n\n\u{2014} a AAAAAAB=\n", NoteError::Signature),
        ("text\n\n\u{2014} a AAAAAAA=", NoteError::Form),
        ("text\n\n\u{2014} a AAAAAAA=\nmore\n", NoteError::Signature),
    ] {
        assert_eq!(bad.parse::<SignedNote>(), Err(error), "{bad:?}");
    }
    let many = |n: usize| format!("text\n\n{}", format!("{dash}a AAAAAAA=\n").repeat(n));
    assert!(many(64).parse::<SignedNote>().is_ok());
    assert_eq!(many(65).parse::<SignedNote>(), Err(NoteError::TooLong));
    assert_eq!(many(20_000).parse::<SignedNote>(), Err(NoteError::TooLong));
    assert_eq!(SignedNote::of("no line's end"), Err(NoteError::Form));
}

#[test]
fn what_is_no_key_is_refused() {
    for (bad, error) in [
        ("", KeyTextError::Form),
        ("example.com/foo", KeyTextError::Form),
        ("+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyTextError::Name),
        ("a b+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyTextError::Name),
        ("example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyTextError::Id),
        ("example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyTextError::Id),
        ("example.com/foo+530d903a+BukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k", KeyTextError::Kind),
        ("example.com/foo+530d903a+Aeky", KeyTextError::Key),
        ("example.com/foo+530d903a+!", KeyTextError::Form),
    ] {
        assert_eq!(bad.parse::<VerifierKey>(), Err(error), "{bad}");
    }
    // The neutral point: every signature would hold under it.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(VerifierKey::new("a", SignatureKind::Log, &neutral), Err(KeyTextError::Key));
    assert!(!format!("{:?}", signer("a", SignatureKind::Log, 9)).contains("090909"));
}

proptest! {
    #[test]
    fn any_text_is_a_note_only_if_it_is_written_back_alike(text in "(text\n|\u{2014} a AAAAAAA=\n|\n|x){0,8}") {
        if let Ok(note) = text.parse::<SignedNote>() {
            prop_assert_eq!(note.to_string(), text);
        }
    }
}
