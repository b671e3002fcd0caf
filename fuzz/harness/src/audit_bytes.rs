//! Bytes out of the audit log, as a hostile or broken disk could hand them back.

use aurex_core::audit::{Body, Entry, Observation, Opening, Value, tree::Frontier};

/// The input as a value, an entry, an observation, a body and the growing edge of a tree.
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
