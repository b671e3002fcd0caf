//! What idempotency keys promise: the same command once, another one never under the same key.

use std::collections::BTreeMap;

use aurex_core::{
    service::Presented,
    store::{KEY_LIFETIME_SECONDS, KeyHolder},
    tenancy::Scope,
    time::Timestamp,
};

use super::{heard::Heard, values::Draw};

/// A key with a content of one field.
pub(super) struct Key {
    key: String,
    content: String,
}

impl Key {
    pub(super) fn draw(draw: &mut Draw<'_>) -> Option<Self> {
        let choice = draw.byte();
        let (key, content) = ((choice >> 4).to_string(), (choice >> 2 & 1).to_string());
        (choice & 3 == 3).then_some(Self { key, content })
    }

    pub(super) fn presented(&self) -> Presented {
        Presented { key: self.key.clone(), content: vec![("/content".to_owned(), self.content.clone())] }
    }
}

struct Accepted {
    content: String,
    resource: String,
    at: Timestamp,
}

/// The keys that were accepted, as their holders remember them.
#[derive(Default)]
pub(super) struct Keys(BTreeMap<(KeyHolder, &'static str, String), Accepted>);

impl Keys {
    /// Compares an answer with what the key promises; `resource` is the id of what the answer shows.
    pub(super) fn check(
        &mut self,
        (scope, action): (&Scope, &'static str),
        key: Option<Key>,
        heard: Heard,
        resource: Option<String>,
        now: Timestamp,
    ) {
        let (Some(key), Some(holder)) = (key, KeyHolder::of(scope)) else {
            assert!(heard != Heard::Replayed && heard != Heard::Refused("idempotency.key_reused"));
            return;
        };
        let place = (holder, action, key.key);
        let live = self.0.get(&place).filter(|kept| now.seconds_since(kept.at) < KEY_LIFETIME_SECONDS);
        match (live, heard) {
            (Some(kept), Heard::Replayed) => {
                assert_eq!(kept.content, key.content, "another command was taken for the one before");
                assert_eq!(Some(&kept.resource), resource.as_ref());
            }
            (Some(kept), Heard::Refused("idempotency.key_reused")) => assert_ne!(kept.content, key.content),
            (Some(_), Heard::Refused(_)) => {}
            (None, Heard::Done(receipt)) => {
                let accepted = Accepted { content: key.content, resource: resource.unwrap(), at: receipt.at };
                self.0.insert(place, accepted);
            }
            (None, Heard::Refused(code)) => assert_ne!(code, "idempotency.key_reused"),
            (live, heard) => unreachable!("{action}: {heard:?} under a key that is live: {}", live.is_some()),
        }
    }
}
