//! What does not apply, because it is not there. When one of these fails, requirements of the ASVS begin to apply:
//! `docs/asvs.toml` says which (the rows that name the test), and they get tests of their own.

use super::files::{lines_with, sources, web_files};
use super::graph::Graph;
use crate::operations::documented;

#[test]
fn na_no_xml_ldap_xpath_or_latex() {
    let graph = Graph::of_the_server();
    graph.assert_without(&[
        "roxmltree",
        "xml-rs",
        "xmltree",
        "serde-xml-rs",
        "libxml",
        "sxd-document",
        "sxd-xpath",
        "minidom",
        "xmlparser",
        "ldap3",
        "simple-ldap",
        "xee-xpath",
        "tectonic",
        "latex",
        "typst",
    ]);
    // The framework can answer in XML. Nothing of ours asks it to.
    let by = graph.needed_by("quick-xml");
    assert!(by.iter().all(|by| ["poem", "poem-openapi"].contains(by)), "{by:?}");
    assert_eq!(lines_with(&sources(), &["quick_xml", "payload::Xml", "Xml<"]), Vec::<String>::new());
}

#[test]
fn na_no_key_is_derived_from_a_password() {
    Graph::of_the_server().assert_without(&[
        "argon2",
        "balloon-hash",
        "bcrypt-pbkdf",
        "pbkdf2",
        "scrypt",
        "yescrypt",
    ]);
    // Passwords are hashed to be compared, in one room, and nothing else comes of the hash.
    let uses = lines_with(&sources(), &["bcrypt::", "use bcrypt"]);
    assert!(!uses.is_empty() && uses.iter().all(|line| line.contains("identity/password/")), "{uses:?}");
    // What is sealed to be taken along is sealed to public keys.
    assert_eq!(lines_with(&sources(), &["\"scrypt\"", "-> scrypt", "passphrase("]), Vec::<String>::new());
}

#[test]
fn na_no_single_sign_on() {
    Graph::of_the_server().assert_without(&[
        "oauth2",
        "openidconnect",
        "openid",
        "oxide-auth",
        "samael",
        "yup-oauth2",
        "axum-login",
        "biscuit-auth",
    ]);
    let federated = ["oauth", "oidc", "saml", "sso", "authorize", "callback"];
    for operation in documented() {
        let path = operation.path.to_lowercase();
        assert!(!federated.iter().any(|word| path.contains(word)), "{path}");
    }
}

#[test]
fn na_no_self_contained_token() {
    Graph::of_the_server().assert_without(&[
        "jsonwebtoken",
        "jwt",
        "jwt-simple",
        "josekit",
        "jose-jws",
        "jws",
        "rusty_paseto",
        "pasetors",
        "branca",
        "biscuit-auth",
        "macaroon",
        "coset",
    ]);
    assert_eq!(lines_with(&sources(), &["\"alg\"", "\"jku\"", "\"x5u\"", "\"aud\""]), Vec::<String>::new());
}

#[test]
fn na_no_webrtc() {
    Graph::of_the_server().assert_without(&[
        "webrtc",
        "str0m",
        "turn",
        "stun",
        "rtcp",
        "webrtc-dtls",
        "webrtc-srtp",
    ]);
}

#[test]
fn na_no_graphql() {
    Graph::of_the_server().assert_without(&[
        "async-graphql",
        "juniper",
        "graphql-parser",
        "async-graphql-poem",
    ]);
}

#[test]
fn na_no_websocket() {
    Graph::of_the_server().assert_without(&[
        "tungstenite",
        "tokio-tungstenite",
        "async-tungstenite",
        "fastwebsockets",
        "soketto",
        "ws",
        "websocket",
    ]);
}

#[test]
fn na_no_archive_image_or_binary_is_taken() {
    Graph::of_the_server().assert_without(&[
        "zip",
        "tar",
        "async_zip",
        "sevenz-rust",
        "unrar",
        "png",
        "jpeg-decoder",
        "zune-jpeg",
        "gif",
        "webp",
        "tiff",
        "resvg",
        "usvg",
        "kamadak-exif",
    ]);
    assert_eq!(lines_with(&sources(), &["Multipart", "multer::"]), Vec::<String>::new());
    let mut bodies = 0;
    for operation in documented() {
        let content = operation.value["requestBody"]["content"].as_object();
        let kinds: Vec<_> = content.into_iter().flat_map(|kinds| kinds.keys()).collect();
        assert!(kinds.iter().all(|kind| *kind == "application/json"), "{}: {kinds:?}", operation.id);
        bodies += kinds.len();
    }
    assert!(bodies > 10, "{bodies}");
}

#[test]
fn na_no_markup_of_users() {
    Graph::of_the_server().assert_without(&[
        "ammonia",
        "pulldown-cmark",
        "comrak",
        "markdown",
        "html5ever",
        "scraper",
        "kuchiki",
        "textile",
        "bbscope",
    ]);
}

#[test]
fn na_no_memcache_or_directory_service() {
    Graph::of_the_server().assert_without(&["memcache", "async-memcached", "bb8-memcached", "jni", "j4rs"]);
}

#[test]
fn na_modules_of_ours_without_messages_and_globals() {
    let mut modules = 0;
    for (path, text) in web_files() {
        if path.ends_with(".js") {
            let risky = [
                "postMessage",
                "\"message\"",
                "window",
                "globalThis",
                "__proto__",
                "eval",
                "innerHTML",
                "Function(",
            ];
            assert!(risky.iter().all(|word| !text.contains(word)), "{path}");
            // Each takes what it needs by name from another one of ours.
            let imported = text.lines().filter(|line| line.contains("import ") || line.contains("import("));
            assert!(
                imported.clone().all(|line| line.starts_with("import { ") && line.contains("\"/assets/")),
                "{path}"
            );
            modules += 1;
            continue;
        }
        assert!(!path.ends_with(".mjs"), "{path}");
        for word in ["<script", "javascript:", "postMessage", " on"] {
            // An attribute such as onclick stands in a tag.
            let in_tags = text.split('<').skip(1).filter_map(|rest| rest.split('>').next());
            let found = in_tags.filter(|tag| format!("<{}", tag.to_lowercase()).contains(word)).count();
            assert_eq!(found, 0, "{path}: {word}");
        }
    }
    assert_eq!(modules, 3);
}

#[test]
fn na_no_telephone_push_biometric_or_key_factor() {
    Graph::of_the_server().assert_without(&[
        "twilio",
        "webauthn-rs",
        "webauthn-rs-core",
        "fido2-rs",
        "passkey",
        "a2",
        "fcm",
        "web-push",
    ]);
    let contract = aurex_server::api::document().unwrap().to_string().to_lowercase();
    for word in ["webauthn", "passkey", "fingerprint_template", "/sms", "sms_code", "push_approval"] {
        assert!(!contract.contains(word), "{word}");
    }
}

#[test]
fn asvs_v5_4_1_only_exports_reports_and_bills_are_downloaded_under_a_name() {
    let named =
        lines_with(&sources(), &["CONTENT_DISPOSITION", "content-disposition", "Content-Disposition"]);
    let files: Vec<_> = named.iter().map(|line| line.split(": ").next().unwrap()).collect();
    // A word of ours for a report, a workspace's slug with the export's id, and a bill's number: nobody who asks gives any.
    let downloads = ["books", "exports", "printed"].map(|room| format!("aurex-server/src/api/{room}.rs"));
    assert_eq!(files, downloads, "{named:?}");
    // What else is no JSON belongs to the proofs of the log, and is shown, not saved.
    let others = documented().into_iter().filter(|operation| {
        !operation.id.contains("Log")
            && !operation.id.contains("Receipt")
            && !["fetchExport", "showExportNote"].contains(&operation.id.as_str())
    });
    // Neither is what is printed: a file under its number, and a page.
    let printed = ["printInvoice", "showInvoicePage", "downloadBooksReport"];
    let others = others.filter(|operation| !printed.contains(&&*operation.id));
    for operation in others {
        for (status, response) in operation.value["responses"].as_object().unwrap() {
            let kinds = response["content"].as_object().into_iter().flat_map(|kinds| kinds.keys());
            assert!(kinds.into_iter().all(|kind| kind.contains("json")), "{} {status}", operation.id);
        }
    }
}
