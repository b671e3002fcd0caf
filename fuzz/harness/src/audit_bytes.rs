//! Bytes out of the audit log, as a hostile or broken disk could hand them back.

use aurex_core::audit::note::SignedNote;
use aurex_core::audit::policy::Policy;
use aurex_core::audit::receipt::TlogProof;
use aurex_core::audit::tile::{bundle_of, entries_in};
use aurex_core::audit::witness::AddCheckpoint;
use aurex_core::audit::{Body, Entry, Observation, Opening, Value, tree::Frontier};

/// The input as a value, an entry, an observation, a body and the growing edge of a tree; and as what others send of
/// logs: a bundle of entries, a note, a receipt, a request to a witness, a policy.
///
/// Nothing panics, and what decodes encodes to the very same bytes: two forms of one entry would be two hashes of one
/// truth.
pub fn audit_bytes(data: &[u8]) {
    if let Ok(value) = Value::from_bytes(data) {
        assert_eq!(value.to_bytes(), data, "value has two forms");
    }
    if let Ok(entry) = Entry::from_bytes(data) {
        assert_eq!(entry.to_bytes(), data, "entry has two forms");
    }
    if let Ok(observation) = Observation::from_bytes(data) {
        assert_eq!(observation.to_bytes(), data, "observation has two forms");
        assert!(observation.is_repeated_by(&observation));
    }
    if let Ok(edge) = Frontier::from_bytes(data) {
        assert_eq!(edge.to_bytes(), data, "edge of the tree has two forms");
        let _ = edge.root();
    }
    texts(data);
    let opening = |slot, content: &[u8]| Opening {
        slot,
        name: String::new(),
        salt: [0; 32],
        content: content.to_vec(),
    };
    // The body stands for a personal value as well: an opening may hold whatever an erased disk block holds.
    if let Ok(body) = Body::from_openings(&[opening(0, data), opening(1, data)]) {
        let shown = body.changes(|_, _| Some("field"));
        assert!(shown.len() >= body.notes.len());
    }
}

fn texts(data: &[u8]) {
    if let Ok(entries) = entries_in(data) {
        assert_eq!(bundle_of(entries).as_deref(), Ok(data), "bundle has two forms");
    }
    let Ok(text) = std::str::from_utf8(data) else { return };
    if let Ok(note) = text.parse::<SignedNote>() {
        assert_eq!(note.to_string(), text, "note has two forms");
    }
    if let Ok(receipt) = text.parse::<TlogProof>() {
        assert_eq!(receipt.to_string(), text, "receipt has two forms");
    }
    if let Ok(request) = text.parse::<AddCheckpoint>() {
        assert_eq!(request.to_string(), text, "request has two forms");
        let _ = request.origin();
    }
    if let Ok(policy) = text.parse::<Policy>() {
        assert!(!policy.is_met_by(&[]), "a policy is met by nobody");
    }
}
