use zeroize::Zeroizing;

use super::*;

thread_local! {
    /// How many rounds of bcrypt this thread has done.
    pub(super) static ROUNDS: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// The rounds that `work` does.
fn rounds(work: impl FnOnce()) -> u64 {
    let before = ROUNDS.get();
    work();
    ROUNDS.get() - before
}

const WEAK: Cost = Cost::weak_for_tests_only(4);
const SALT: [u8; 16] = [0xa5; 16];

fn pepper(id: &str, byte: u8) -> Pepper {
    Pepper::new(id.parse().unwrap(), Zeroizing::new([byte; 32]))
}

fn peppers() -> Peppers {
    Peppers::new(pepper("p2", 2), vec![pepper("p1", 1)])
}

fn hash(password: &str) -> PasswordHash {
    PasswordHash::create(&Password::new(password), peppers().active(), WEAK, SALT)
}

fn opens(hash: &PasswordHash, password: &str) -> bool {
    hash.verify(&Password::new(password), &peppers()).unwrap()
}

#[test]
fn only_the_password_opens() {
    let hash = hash("correct horse battery");
    assert!(opens(&hash, "correct horse battery"));
    for other in ["correct horse batterz", "correct horse battery ", "Correct horse battery", ""] {
        assert!(!opens(&hash, other), "{other:?}");
    }
}

#[test]
fn every_byte_past_seventy_two_matters() {
    let long = "x".repeat(72);
    let hash = hash(&format!("{long}one"));
    assert!(opens(&hash, &format!("{long}one")));
    assert!(!opens(&hash, &format!("{long}two")));
    assert!(!opens(&hash, &long));
}

#[test]
fn sixty_four_characters_of_any_script_all_matter() {
    for (letter, bytes) in [('क', 3), ('🔑', 4)] {
        let password = letter.to_string().repeat(64);
        assert_eq!(password.len(), 64 * bytes);
        let hash = hash(&password);
        assert!(opens(&hash, &password));
        assert!(!opens(&hash, &letter.to_string().repeat(63)));
        assert!(!opens(&hash, &(letter.to_string().repeat(63) + "ख")));
    }
}

/// Issue point: 64 characters of four bytes each, 256 bytes, and none of them is idle.
#[test]
fn asvs_v6_2_8_v6_2_9_every_byte_of_sixty_four_four_byte_characters_matters() {
    // Characters that differ in all four bytes, so that each byte is changed to another valid character.
    let letters: Vec<char> = (0..64).map(|n| char::from_u32(0x1_0400 + n * 7).unwrap()).collect();
    let password: String = letters.iter().collect();
    assert_eq!((password.chars().count(), password.len()), (64, 256));
    let hash = hash(&password);
    assert!(opens(&hash, &password));
    let mut changed_bytes = 0;
    for at in 0..password.len() {
        for flip in 1..=0xff_u8 {
            let mut bytes = password.clone().into_bytes();
            bytes[at] ^= flip;
            let Ok(other) = String::from_utf8(bytes) else { continue };
            assert!(!opens(&hash, &other), "byte {at}");
            changed_bytes += 1;
            break;
        }
    }
    assert!(changed_bytes >= 192, "{changed_bytes} of 256 bytes have another that makes valid text");
    for at in 0..64 {
        let mut shorter = letters.clone();
        shorter.remove(at);
        assert!(!opens(&hash, &shorter.into_iter().collect::<String>()), "character {at}");
    }
}

/// What an answer's time can tell is the work done for it: counted, not timed.
#[test]
fn asvs_v6_3_8_an_older_hash_takes_the_work_of_todays_cost() {
    let password = Password::new("correct horse");
    let today = Cost::weak_for_tests_only(8);
    let unknown = rounds(|| dummy_verify(&password, peppers().active(), today));
    for cost in 4..=8 {
        let hash = PasswordHash::create(&password, peppers().active(), Cost::weak_for_tests_only(cost), SALT);
        for (typed, right) in [("correct horse", true), ("wrong", false)] {
            let known = rounds(|| {
                assert_eq!(hash.verify_at(&Password::new(typed), &peppers(), today), Ok(right));
            });
            assert_eq!(known, unknown, "cost {cost}");
        }
    }
}

#[test]
fn asvs_v11_2_2_a_hash_of_another_scheme_verifies_and_is_replaced_at_sign_in() {
    let password = Password::new("correct horse");
    let stored =
        PasswordHash::create_as(Scheme::Other, &password, peppers().active(), WEAK, SALT).to_stored();
    assert!(stored.starts_with("x0:p2:"));
    let other: PasswordHash = stored.parse().unwrap();
    assert!(opens(&other, "correct horse"));
    assert!(!opens(&other, "correct horsf"));
    assert!(other.needs_upgrade(WEAK, peppers().active()));
    let anew = PasswordHash::create(&password, peppers().active(), WEAK, SALT);
    assert!(anew.to_stored().starts_with("b1:p2:"));
    assert!(!anew.needs_upgrade(WEAK, peppers().active()));
    // The digest of one scheme is not taken for another's.
    let mislabelled: PasswordHash = stored.replace("x0:", "b1:").parse().unwrap();
    assert!(!opens(&mislabelled, "correct horse"));
}

#[test]
fn a_hash_of_an_unknown_scheme_says_so() {
    let newer = hash("correct horse").to_stored().replace("b1:", "b2:");
    let refused = newer.parse::<PasswordHash>().unwrap_err();
    assert_eq!(refused, PasswordHashError::UnknownScheme);
    assert!(refused.to_string().contains("a newer version wrote it"));
    assert!(!refused.to_string().contains("$2b$"));
}

#[test]
fn a_nul_ends_nothing() {
    let hash = hash("before\0after");
    assert!(opens(&hash, "before\0after"));
    assert!(!opens(&hash, "before\0other"));
    assert!(!opens(&hash, "before"));
}

#[test]
fn another_pepper_is_another_hash() {
    let password = Password::new("correct horse");
    let old = PasswordHash::create(&password, &pepper("p1", 1), WEAK, SALT);
    assert_ne!(old.digest, hash("correct horse").digest);
    assert_eq!(old.verify(&password, &peppers()), Ok(true));

    let foreign = PasswordHash::create(&password, &pepper("p9", 9), WEAK, SALT);
    let refused = foreign.verify(&password, &peppers()).unwrap_err();
    assert_eq!(refused, UnknownPepper { id: "p9".parse().unwrap() });
}

#[test]
fn weaker_and_older_hashes_are_upgraded_and_stronger_ones_kept() {
    let hash =
        PasswordHash::create(&Password::new("x"), &pepper("p2", 2), Cost::weak_for_tests_only(5), SALT);
    assert!(!hash.needs_upgrade(Cost::weak_for_tests_only(5), &pepper("p2", 2)));
    assert!(!hash.needs_upgrade(Cost::weak_for_tests_only(4), &pepper("p2", 2)));
    assert!(hash.needs_upgrade(Cost::weak_for_tests_only(6), &pepper("p2", 2)));
    assert!(hash.needs_upgrade(Cost::weak_for_tests_only(5), &pepper("p3", 2)));
}

/// The digest is ordinary bcrypt: any other implementation that is given the same prehash agrees.
#[test]
fn the_stored_bcrypt_string_is_ordinary() {
    let stored = hash("correct horse").to_stored();
    let bcrypt_string = stored.strip_prefix("b1:p2:").unwrap();
    assert!(bcrypt_string.starts_with("$2b$04$"));
    let prehash = peppers().active().prehash(&Password::new("correct horse"));
    assert!(bcrypt::verify(&prehash[..64], bcrypt_string).unwrap());
}

#[test]
fn a_stored_hash_is_read_strictly() {
    let good = hash("correct horse").to_stored();
    let read: PasswordHash = good.parse().unwrap();
    assert_eq!(read.to_stored(), good);
    assert!(opens(&read, "correct horse"));

    let bad = [
        String::new(),
        good.replace("b1:", "b2:"),
        good.replace("b1:", ""),
        good.replace("p2", "P2"),
        good.replace("p2", ""),
        good.replace("$2b$", "$2y$"),
        good.replace("$04$", "$4$"),
        good.replace("$04$", "$+4$"),
        good.replace("$04$", "$03$"),
        good.replace("$04$", "$31$"),
        format!("{good} "),
        format!("{good}A"),
        good.split_at(good.len() - 1).0.to_owned(),
        good.replace("$04$", "$04$é"),
    ];
    for text in bad {
        assert!(text.parse::<PasswordHash>().is_err(), "{text}");
    }
}

#[test]
fn a_hash_does_not_print_itself() {
    let hash = hash("correct horse");
    assert_eq!(format!("{hash:?}"), "PasswordHash(b1, pepper p2, cost 4, rest withheld)");
    assert_eq!("x".parse::<PasswordHash>().unwrap_err().to_string(), "the stored password hash is malformed");
}
