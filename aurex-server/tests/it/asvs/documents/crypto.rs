//! `docs/crypto.md`: algorithms, crates, keys.

use std::collections::BTreeSet;

use aurex_core::identity::keys::Purpose;
use aurex_core::identity::password::{Cost, Password, PasswordHash, Pepper};
use zeroize::Zeroizing;

use super::super::files::{CRATES, lines_with, read, root, sources};
use super::super::graph::{Graph, direct};
use super::{quoted, table};

#[test]
fn asvs_v11_1_1_v13_1_4_every_key_has_its_owner_its_limits_and_its_rotation() {
    let page = read("docs/crypto.md");
    let rows = table(&page, "Keys");
    let written: Vec<&str> = rows.iter().map(|row| row[0].as_str()).collect();
    let mut purposes: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.as_str()).collect();
    purposes.sort_unstable();
    let mut sorted = written.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, purposes);
    for row in &rows {
        assert!(row.len() == 6 && row.iter().all(|cell| !cell.is_empty()), "{row:?}");
        assert!(row[4].contains("once a year"), "{row:?}");
    }
    assert!(table(&read("docs/communication.md"), "Secrets").iter().all(|row| !row[2].is_empty()));
}

/// Crates of cryptography, by their well-known names.
const CRYPTOGRAPHY: &[&str] = &[
    "aead",
    "aegis",
    "aes",
    "aes-gcm",
    "aes-gcm-siv",
    "aes-kw",
    "aes-siv",
    "age",
    "age-core",
    "argon2",
    "ascon",
    "aws-lc-rs",
    "aws-lc-sys",
    "balloon-hash",
    "bcrypt",
    "bcrypt-pbkdf",
    "blake2",
    "blake2b_simd",
    "blake3",
    "blowfish",
    "boring",
    "camellia",
    "cast5",
    "cbc",
    "ccm",
    "cfb-mode",
    "chacha20",
    "chacha20poly1305",
    "cipher",
    "cmac",
    "crypto_box",
    "crypto_secretbox",
    "ctr",
    "curve25519-dalek",
    "des",
    "dh",
    "digest",
    "dsa",
    "ecb",
    "ecdsa",
    "ed25519",
    "ed25519-dalek",
    "elliptic-curve",
    "ghash",
    "gmac",
    "hkdf",
    "hmac",
    "hpke",
    "kuznyechik",
    "libsodium-sys",
    "md-5",
    "md2",
    "md4",
    "md5",
    "ml-dsa",
    "ml-kem",
    "native-tls",
    "ocb3",
    "openssl",
    "openssl-sys",
    "orion",
    "p256",
    "p384",
    "pbkdf2",
    "poly1305",
    "polyval",
    "rabbit",
    "rc4",
    "ring",
    "ripemd",
    "rsa",
    "rust-crypto",
    "rustls",
    "rustls-webpki",
    "salsa20",
    "scrypt",
    "secp256k1",
    "sequoia-openpgp",
    "serpent",
    "sha-crypt",
    "sha1",
    "sha1_smol",
    "sha2",
    "sha3",
    "signature",
    "skein",
    "snow",
    "sodiumoxide",
    "streebog",
    "subtle",
    "threefish",
    "tiger",
    "twofish",
    "universal-hash",
    "whirlpool",
    "x25519-dalek",
    "xsalsa20poly1305",
    "zeroize",
    "getrandom",
    "totp-rs",
];

/// Modes, ciphers and hashes that nothing new is built on.
const REFUSED: &[&str] = &[
    "ecb",
    "cbc",
    "cfb-mode",
    "des",
    "rc4",
    "rabbit",
    "md2",
    "md4",
    "md5",
    "ripemd",
    "rsa",
    "dsa",
    "blake2",
    "rust-crypto",
    "sodiumoxide",
    "openssl",
    "native-tls",
    "twofish",
    "serpent",
    "cast5",
];

#[test]
fn asvs_v11_1_2_v11_1_3_v11_2_1_the_inventory_of_cryptography_is_what_is_built_in() {
    let graph = Graph::of_the_server();
    let page = read("docs/crypto.md");
    let rows = table(&page, "Crates");
    let listed: BTreeSet<&str> = rows.iter().flat_map(|row| quoted(&row[0])).collect();
    let built_in: BTreeSet<&str> = CRYPTOGRAPHY.iter().copied().filter(|name| graph.has(name)).collect();
    let unlisted: Vec<_> = built_in.difference(&listed).collect();
    assert!(unlisted.is_empty(), "docs/crypto.md says nothing of {unlisted:?}");
    let gone: Vec<_> = listed.difference(&built_in).collect();
    assert!(gone.is_empty(), "docs/crypto.md lists {gone:?}, which the server is not built from");
    for algorithm in table(&page, "Algorithms") {
        for path in quoted(&algorithm[3]).filter(|path| path.contains('/')) {
            assert!(root().join(path).exists(), "{path}");
        }
    }
    // Ours name what they use, and use nothing from outside the inventory.
    for member in CRATES {
        for name in direct(member).iter().filter(|name| CRYPTOGRAPHY.contains(&name.as_str())) {
            assert!(listed.contains(name.as_str()), "{member}: {name}");
        }
    }
}

#[test]
fn asvs_v11_2_3_v11_3_1_v11_3_2_v11_3_5_only_authenticated_ciphers_of_full_strength_are_used() {
    Graph::of_the_server().assert_without(REFUSED);
    let ours: BTreeSet<String> = CRATES.iter().flat_map(|member| direct(member)).collect();
    let ciphers: Vec<&str> =
        ours.iter().map(String::as_str).filter(|name| name.contains("aes") || name.contains("cha")).collect();
    assert_eq!(ciphers, ["chacha20poly1305"]);
    // The cipher alone, or the stream beneath it, is never called by itself.
    let beneath =
        ["chacha20::", "poly1305::", "StreamCipher", "BlockEncrypt", "BlockCipher", "Pkcs7", "Pkcs1"];
    let found: Vec<_> = lines_with(&sources(), &beneath)
        .into_iter()
        .filter(|line| !line.contains("chacha20poly1305::"))
        .collect();
    assert_eq!(found, Vec::<String>::new());
    for row in table(&read("docs/crypto.md"), "Algorithms") {
        let bits = row[2].split(' ').next().and_then(|word| word.parse::<u32>().ok());
        assert!(bits.is_none_or(|bits| bits >= 128), "{row:?}");
    }
}

#[test]
fn asvs_v11_1_4_there_is_a_plan_for_the_day_an_algorithm_falls() {
    let page = read("docs/crypto.md");
    let (_, plan) = page.split_once("\n## When an algorithm falls\n").expect("the plan");
    for word in ["tag of its algorithm", "ML-KEM", "ML-DSA", "Grover"] {
        assert!(plan.contains(word), "{word}");
    }
    // Each of them has its own way out, in the order of the inventory.
    let names =
        |heading| -> Vec<String> { table(&page, heading).into_iter().map(|row| row[0].clone()).collect() };
    assert_eq!(names("When an algorithm falls"), names("Algorithms"));
    assert!(table(&page, "When an algorithm falls").iter().all(|row| row.len() == 2 && row[1].len() > 10));
    // What is kept for long says how it was made: a hash its tag, its pepper and its cost, a sealed value its key.
    let pepper = Pepper::new("pepper-1".parse().unwrap(), Zeroizing::new([1; 32]));
    let hash = PasswordHash::create(&Password::new("x"), &pepper, Cost::weak_for_tests_only(4), [2; 16]);
    let stored = hash.to_stored();
    assert!(stored.contains("pepper-1") && stored.contains("$2b$04$"), "{stored}");
    assert!(
        stored
            .replacen(stored.split('$').find(|part| !part.is_empty()).unwrap(), "other", 1)
            .parse::<PasswordHash>()
            .is_err()
    );
}
