//! Idempotency on the road: looked up under the turn, kept with the change, rendered afresh.

use crate::identity::keys::mac::hmac_sha256;
use crate::store::{KeptKey, KeyHolder, LookupKey, Writer};
use crate::tenancy::Scope;
use crate::time::Timestamp;

use super::{Road, ServiceError};

/// A key as a client presents it, with the content it stands for.
#[derive(Debug, Clone)]
pub struct Presented {
    /// The client's own text.
    pub key: String,
    /// Each leaf of the command: its JSON pointer and its canonical text.
    pub content: Vec<(String, String)>,
}

/// What the store knows of a presented key: what [`Road::known_key`] answers and a use case's last step uses up.
#[derive(Debug)]
#[must_use = "a key that is not kept with its change lets the change happen twice"]
pub enum Known {
    /// Nothing, or there is no key: go ahead, and keep this with the change.
    Fresh(Option<Fresh>),
    /// It was accepted before and made the resource of this id.
    Replayed(String),
}

/// A key to be kept with the change it came with.
#[derive(Debug)]
pub struct Fresh {
    lookup: LookupKey,
    fields: Vec<(String, [u8; 16])>,
}

/// A presented key as the store is asked for it, with the content that what was kept is compared with.
pub(super) struct Asked<'p> {
    pub(super) lookup: LookupKey,
    content: &'p [(String, String)],
}

impl<'p> Asked<'p> {
    /// None where no key was presented, and for whoever keeps none.
    pub(super) fn of(scope: &Scope, action: &'static str, presented: Option<&'p Presented>) -> Option<Self> {
        let (presented, holder) = (presented?, KeyHolder::of(scope)?);
        let lookup = LookupKey { holder, action, key: presented.key.clone() };
        Some(Self { lookup, content: &presented.content })
    }
}

impl Known {
    /// A change that was presented without a key.
    #[cfg(feature = "shop")]
    pub(super) const NONE: Self = Self::Fresh(None);

    /// The key to keep ([`Sealed::with_key`](crate::audit::Sealed::with_key)), now that the id of what was made is
    /// known.
    pub fn keep(self, resource: impl ToString, writer: &dyn Writer) -> Option<KeptKey> {
        let Self::Fresh(Some(Fresh { lookup, fields })) = self else { return None };
        Some(KeptKey { lookup, fields, resource: resource.to_string(), at: writer.now() })
    }
}

impl Road {
    /// Looks a presented key up, under the turn, for a use case of `action`.
    ///
    /// # Errors
    /// [`ServiceError::KeyReused`] when the key was accepted before with other content.
    pub async fn known_key(
        &self,
        writer: &mut dyn Writer,
        scope: &Scope,
        action: &'static str,
        presented: Option<&Presented>,
    ) -> Result<Known, ServiceError> {
        let Some(asked) = Asked::of(scope, action, presented) else { return Ok(Known::Fresh(None)) };
        let kept = writer.kept_key(&asked.lookup).await?;
        self.known_from(Some(asked), kept, writer.now())
    }

    /// The same where what was kept is read already, with what else the use case needs.
    pub(super) fn known_from(
        &self,
        asked: Option<Asked<'_>>,
        kept: Option<KeptKey>,
        now: Timestamp,
    ) -> Result<Known, ServiceError> {
        let Some(Asked { lookup, content }) = asked else { return Ok(Known::Fresh(None)) };
        match kept.filter(|kept| kept.is_alive(now)) {
            Some(kept) => match self.difference(&kept, content) {
                None => Ok(Known::Replayed(kept.resource)),
                Some(pointer) => Err(ServiceError::KeyReused { pointer }),
            },
            None => {
                let fields = self.secrets.idempotency.first().map(|key| macs(key, content));
                Ok(Known::Fresh(Some(Fresh { lookup, fields: fields.unwrap_or_default() })))
            }
        }
    }

    /// The first field in which what was kept differs from `content`. It was kept under one of the deployment's keys:
    /// the one under which most fields agree.
    fn difference(&self, kept: &KeptKey, content: &[(String, String)]) -> Option<String> {
        let under = self.secrets.idempotency.iter().map(|key| macs(key, content));
        let agree =
            |fields: &Vec<(String, [u8; 16])>| fields.iter().filter(|one| kept.fields.contains(one)).count();
        // Of equals `max_by_key` takes the last: the active key shall be it.
        let fields = under.rev().max_by_key(agree).unwrap_or_default();
        kept.first_difference(&fields).map(str::to_owned)
    }
}

/// An HMAC of each field: equal content is recognised, and nothing can be read back.
fn macs(key: &[u8; 32], content: &[(String, String)]) -> Vec<(String, [u8; 16])> {
    content
        .iter()
        .map(|(pointer, value)| {
            let mac = hmac_sha256(key, &[pointer.as_bytes(), b"\0", value.as_bytes()]);
            let mut short = [0; 16];
            short.iter_mut().zip(mac).for_each(|(to, from)| *to = from);
            (pointer.clone(), short)
        })
        .collect()
}
