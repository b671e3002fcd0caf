//! What the server is built from, and what it must not be.

use std::collections::BTreeSet;

use super::files::{CRATES, manifest, read};
use super::graph::{Graph, direct, packages};

#[test]
fn asvs_v1_3_2_nothing_evaluates_text_as_code() {
    Graph::of_the_server().assert_without(&[
        "rhai",
        "mlua",
        "rlua",
        "hlua",
        "boa_engine",
        "rquickjs",
        "quick-js",
        "deno_core",
        "v8",
        "wasmtime",
        "wasmer",
        "wasmi",
        "pyo3",
        "starlark",
        "evalexpr",
        "meval",
        "fasteval",
        "cel-interpreter",
        "jexl-eval",
        "rune",
        "koto",
    ]);
}

#[test]
fn asvs_v1_3_7_no_template_is_read_at_run_time() {
    Graph::of_the_server().assert_without(&[
        "tera",
        "handlebars",
        "minijinja",
        "liquid",
        "ramhorns",
        "mustache",
        "rustache",
        "upon",
        "tinytemplate",
        "sailfish",
        "new_mime_template",
    ]);
}

#[test]
fn asvs_v1_3_10_no_format_string_is_read_at_run_time() {
    // The compiler takes literals only; these would take more.
    Graph::of_the_server().assert_without(&[
        "strfmt",
        "runtime-format",
        "dynfmt",
        "dynfmt2",
        "rt-format",
        "formatx",
        "sprintf",
        "interpolator",
        "leon",
    ]);
}

#[test]
fn asvs_v1_3_12_no_regular_expression_can_blow_up() {
    let graph = Graph::of_the_server();
    graph.assert_without(&["pcre2", "pcre2-sys", "onig", "onig_sys", "regress", "hyperscan", "oniguruma"]);
    // zxcvbn looks for repeated words by patterns of its own, with a back reference each: never more than a power of
    // the text's length, which is bounded before it is asked. No other crate may go back over a text.
    assert!(graph.needed_by("fancy-regex").iter().all(|by| *by == "zxcvbn"));
}

#[test]
fn asvs_v1_5_3_there_is_one_parser_a_format() {
    let graph = Graph::of_the_server();
    graph.assert_without(&[
        "simd-json",
        "sonic-rs",
        "json",
        "tinyjson",
        "jzon",
        "jsonic",
        "hifijson",
        "nanoserde",
        "miniserde",
        "jiter",
        "json5",
        "serde_json5",
        "serde_json_lenient",
    ]);
    graph.assert_without(&["iref", "fluent-uri", "uriparse", "urlparse", "ada-url", "servo-url"]);
    let ours: BTreeSet<String> = CRATES.iter().flat_map(|member| direct(member)).collect();
    assert!(ours.contains("serde_json") && !ours.contains("serde_urlencoded"));
}

#[test]
fn asvs_v11_4_1_old_hashes_serve_protocols_only() {
    let graph = Graph::of_the_server();
    // PostgreSQL's old way of signing in, unless the server asks for SCRAM; WebSocket's handshake, which nobody offers.
    // In core: one-time passwords (RFC 6238), and lists of breached passwords, which are published by this hash.
    assert!(graph.needed_by("md-5").iter().all(|by| *by == "sqlx-postgres"));
    assert!(graph.needed_by("sha1").iter().all(|by| ["headers", "sqlx-mysql", "aurex-core"].contains(by)));
    graph.assert_without(&["md5", "md4", "md2", "sha-1", "sha1_smol", "ripemd", "tiger", "fsb"]);
}

#[test]
fn asvs_v15_2_4_every_crate_is_from_the_registry_with_its_checksum() {
    let mut foreign = 0;
    for package in packages() {
        let (name, source) = (&package["name"], package.get("source").and_then(toml::Value::as_str));
        let Some(source) = source else {
            let ours = name.as_str().unwrap();
            assert!(ours.starts_with("aurex-"), "{ours} comes from nowhere");
            continue;
        };
        assert_eq!(source, "registry+https://github.com/rust-lang/crates.io-index", "{name}");
        assert_eq!(package.get("checksum").and_then(toml::Value::as_str).map(str::len), Some(64), "{name}");
        foreign += 1;
    }
    assert!(foreign > 200, "{foreign}");
    for member in CRATES {
        let text = read(&format!("{member}/Cargo.toml"));
        assert!(!text.contains("git = ") && !text.contains("registry = "), "{member}");
    }
}

#[test]
fn asvs_v15_2_3_what_tests_need_is_in_no_release() {
    for member in CRATES {
        let manifest = manifest(&format!("{member}/Cargo.toml"));
        let features = manifest.get("features").and_then(toml::Value::as_table);
        let default = features.and_then(|features| features.get("default")).and_then(toml::Value::as_array);
        let default: Vec<_> = default.into_iter().flatten().filter_map(toml::Value::as_str).collect();
        assert!(default.iter().all(|feature| *feature == "shop"), "{member}: {default:?}");
        // Neither does one of our crates switch such a feature on in another.
        for (name, wish) in manifest["dependencies"].as_table().unwrap() {
            let features = wish.get("features").and_then(toml::Value::as_array).into_iter().flatten();
            for feature in features.filter_map(toml::Value::as_str) {
                assert!(
                    !["testing", "fuzzing", "conformance"].contains(&feature),
                    "{member}: {name} {feature}"
                );
            }
        }
    }
}
