//! The page that says every byte, and the log that goes with it. After a wanted change of the format:
//! `AUREX_BLESS=1 cargo nextest run -p aurex-core audit_format::page`, and commit the difference.

use std::path::{Path, PathBuf};

use aurex_core::audit::receipt::TlogProof;
use aurex_core::audit::tree::{Frontier, inclusion_proof};
use aurex_core::audit::verifier::verify_bundle;
use aurex_core::audit::{Entry, Value};
use aurex_core::money::{Currency, Money};
use aurex_core::uuid::Uuid;

use super::book::{Files, checkpoint, entries, golden, log_signer, origin, policy, witness};

const HEADING: &str = "All of it in small. The secrets are 32 bytes of `01` for the log's key and of `02` for the witness's.\n\n";

fn at(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

#[expect(clippy::disallowed_methods, reason = "whoever changes the format says so from outside")]
fn is_blessing() -> bool {
    std::env::var("AUREX_BLESS").is_ok_and(|wish| wish == "1")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn block(title: &str, text: &str) -> String {
    format!("{title}\n\n```text\n{}\n```\n\n", text.trim_end())
}

fn values() -> String {
    [
        ("null", Value::Null),
        ("true", Value::Bool(true)),
        ("the integer −2", Value::Int(-2)),
        ("the text `22K`", Value::Text("22K".to_owned())),
        ("the bytes `00ff`", Value::Bytes(vec![0, 255])),
        (
            "the identifier 01930000-0000-7000-8000-000000000001",
            Value::Id(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001)),
        ),
        ("the list of true and null", Value::List(vec![Value::Bool(true), Value::Null])),
        ("withheld in slot 3", Value::Withheld(3)),
        ("₹ 1 500.00", Value::Money(Money::new(150_000, Currency::INR).unwrap())),
    ]
    .iter()
    .fold("| value | bytes |\n|---|---|\n".to_owned(), |rows, (what, value)| {
        rows + &format!("| {what} | `{}` |\n", hex(&value.to_bytes()))
    })
}

/// The page's last section.
fn vectors() -> String {
    let entries = entries(5, false);
    let first = &entries[0];
    let read = Entry::from_bytes(&first.bytes).unwrap();
    let mut page = format!("{}\nEntry 0 of the golden log:\n\n", values());
    page += &block("Its bytes:", &hex(&first.bytes));
    page += &block("Its leaf:", &first.leaf.to_string());
    for opening in &first.openings {
        let parts = [
            format!("name     {}", opening.name),
            format!("salt     {}", hex(&opening.salt)),
            format!("content  {}", hex(&opening.content)),
            format!("hash     {}", hex(&opening.hash())),
        ];
        assert!(read.is_opened_by(opening));
        page += &block(&format!("Its commitment in slot {}:", opening.slot), &parts.join("\n"));
    }
    let mut tree = Frontier::default();
    let roots: Vec<String> = entries
        .iter()
        .map(|entry| {
            tree.append(entry.leaf);
            format!("{}  {}", tree.size(), tree.root())
        })
        .collect();
    page += &block("The roots of its first entries:", &roots.join("\n"));
    let origin = origin(&entries);
    page += &block("Its verifier key:", &log_signer(&origin).verifier().to_string());
    page += &block("The witness's:", &witness().verifier().to_string());
    page += &block("A policy:", &policy());
    let newest = checkpoint(&entries, 5, true);
    page += &block("Its checkpoint of five entries, cosigned:", &newest.to_string());
    let leaf = |index: u64| entries[usize::try_from(index).unwrap()].leaf;
    let proof = inclusion_proof(3, 5, &leaf).unwrap();
    let receipt = TlogProof { extra: None, index: 3, proof, checkpoint: newest };
    assert!(receipt.verify(leaf(3), &[log_signer(&origin).verifier().clone()]).is_ok());
    page += &block("The receipt of entry 3:", &receipt.to_string());
    page += &block(
        "What a verifier prints of the golden log:",
        &verify_bundle(&golden(), None).unwrap().to_string(),
    );
    format!("{}\n", page.trim_end())
}

#[test]
fn the_pages_vectors_are_what_the_code_makes() {
    let path = at("docs/audit-format.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let (text, kept) = page.split_once(HEADING).unwrap();
    if is_blessing() {
        std::fs::write(&path, format!("{text}{HEADING}{}", vectors())).unwrap();
    } else {
        assert!(kept == vectors(), "the vectors of docs/audit-format.md are of another format: see above");
    }
}

/// Every file below a folder, by its path with `/`.
fn files_below(root: &Path, folder: &Path, files: &mut Files) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_golden_log_is_what_the_code_makes() {
    let root = at("examples/golden-log");
    if is_blessing() {
        for (path, bytes) in golden() {
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }
    let mut kept = Files::new();
    files_below(&root, &root, &mut kept);
    assert!(kept == golden(), "examples/golden-log is of another format: see above");
}
