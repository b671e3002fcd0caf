//! An entry: the bytes that are hashed into the tree, and what they commit to.
//!
//! ```text
//! entry = header ‖ commitment(body) ‖ commitment(personal field) …
//! commitment(name, content) = SHA-256("aurex/audit/v1/commitment" ‖ salt ‖ u32 len(name) ‖ name ‖ content)
//! ```
//!
//! Who, when, what and the outcome stand in the header in clear. Everything the change writes is in the body, under one
//! salted commitment; each personal value, the client's address and its name among them, is under a commitment of its
//! own, so that value and salt can be erased later and every proof still holds. A body above 32 KiB enters as its
//! SHA-256, under the name `body/sha256`.

use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::draft::{FieldChange, Sealed};
use super::observation::{Observed, Outcome};
use super::record::{Class, Column as _, Image};
use super::tree::{Hash, leaf_hash};
use super::value::{Malformed, Value, encode_bytes};
use crate::tenancy::{Id as _, SessionId, TenantId};
use crate::time::Timestamp;

const FORM: &str = "aurex/audit/v1";
const BODY_IN_FULL: usize = 32 * 1024;

/// A change commits to more personal fields than an entry has room for.
///
/// An entry's length has to fit two bytes where logs are bundled ([`tile`](super::tile)). A commitment takes some 70 of
/// them, so that there is room for several hundred personal fields. A change with many subjects seals a change a subject
/// in one transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a change with so many personal fields is to be sealed as several, one a subject")]
pub struct EntryTooLong;

/// A commitment in an entry: its name and hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// `body`, `body/sha256`, or the personal field's name.
    pub name: String,
    /// The salted hash.
    pub hash: [u8; 32],
}

/// What opens a commitment. It lives beside the entry, and erasure empties it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// Slot 0 is the body, the personal fields follow.
    pub slot: u16,
    /// The commitment's name.
    pub name: String,
    /// The salt.
    pub salt: [u8; 32],
    /// The committed content: a value in its binary form.
    pub content: Vec<u8>,
}

impl Opening {
    /// The hash that salt and content open.
    pub fn hash(&self) -> [u8; 32] {
        committed(&self.name, &self.salt, &self.content)
    }

    fn commitment(&self) -> Commitment {
        Commitment { name: self.name.clone(), hash: self.hash() }
    }
}

/// The hash that commits to `content` under `name`.
pub(super) fn committed(name: &str, salt: &[u8; 32], content: &[u8]) -> [u8; 32] {
    let digest;
    let content = if name == "body/sha256" {
        digest = Sha256::digest(content);
        digest.as_slice()
    } else {
        content
    };
    let mut input = Vec::with_capacity(content.len() + 128);
    input.extend_from_slice(b"aurex/audit/v1/commitment");
    input.extend_from_slice(salt);
    encode_bytes(name.as_bytes(), &mut input);
    input.extend_from_slice(content);
    Sha256::digest(&input).into()
}

/// An entry, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The tenant whose log it is in.
    pub tenant: TenantId,
    /// Its place, from 0, without gaps.
    pub seq: u64,
    /// When, never before the entry in front of it.
    pub at: Timestamp,
    /// Who, and how they were signed in.
    pub actor: Observed,
    /// The session that carried it.
    pub session: Option<SessionId>,
    /// The action's or observation's code.
    pub action: String,
    /// The noun it is about.
    pub subject_kind: String,
    /// That noun's id.
    pub subject_id: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The request's id.
    pub request_id: String,
    /// The commitment to the body.
    pub body: Commitment,
    /// The commitments to personal fields, slot 1 first.
    pub personal: Vec<Commitment>,
}

impl Entry {
    /// The most bytes that an entry has.
    pub const LONGEST: usize = 65_535;

    /// The bytes that are hashed, and stored as they were hashed.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = |text: &str| Value::Text(text.to_owned());
        let commitment = |c: &Commitment| Value::List(vec![text(&c.name), Value::Bytes(c.hash.to_vec())]);
        Value::List(vec![
            text(FORM),
            Value::Id(self.tenant.uuid()),
            self.seq.to_value(),
            self.at.to_value(),
            self.actor.to_value(),
            self.session.map_or(Value::Null, |id| Value::Id(id.uuid())),
            text(&self.action),
            text(&self.subject_kind),
            text(&self.subject_id),
            self.outcome.to_value(),
            text(&self.request_id),
            commitment(&self.body),
            Value::List(self.personal.iter().map(commitment).collect()),
        ])
        .to_bytes()
    }

    /// Reads stored bytes.
    ///
    /// # Errors
    /// [`Malformed`] when they are no entry of this form.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Malformed> {
        let Value::List(values) = Value::from_bytes(bytes)? else { return Err(Malformed) };
        let values: [Value; 13] = values.try_into().map_err(|_| Malformed)?;
        let [
            form,
            tenant,
            seq,
            at,
            actor,
            session,
            action,
            subject_kind,
            subject_id,
            outcome,
            request_id,
            body,
            personal,
        ] = values;
        if form != Value::Text(FORM.to_owned()) {
            return Err(Malformed);
        }
        let commitment = |value: Value| {
            let Value::List(parts) = value else { return Err(Malformed) };
            let [name, hash]: [Value; 2] = parts.try_into().map_err(|_| Malformed)?;
            Ok(Commitment { name: String::from_value(name)?, hash: <[u8; 32]>::from_value(hash)? })
        };
        Ok(Self {
            tenant: TenantId::from_directory_row(Uuid::from_value(tenant)?),
            seq: u64::from_value(seq)?,
            at: Timestamp::from_value(at)?,
            actor: Observed::from_value(actor)?,
            session: Option::<SessionId>::from_value(session)?,
            action: String::from_value(action)?,
            subject_kind: String::from_value(subject_kind)?,
            subject_id: String::from_value(subject_id)?,
            outcome: Outcome::from_value(outcome)?,
            request_id: String::from_value(request_id)?,
            body: commitment(body)?,
            personal: <Vec<Value>>::from_value(personal)?
                .into_iter()
                .map(commitment)
                .collect::<Result<_, _>>()?,
        })
    }

    /// The leaf of the tree.
    pub fn leaf(bytes: &[u8]) -> Hash {
        leaf_hash(bytes)
    }

    /// Whether `opening` opens the commitment of its slot.
    pub fn is_opened_by(&self, opening: &Opening) -> bool {
        let commitment = match opening.slot.checked_sub(1) {
            None => Some(&self.body),
            Some(nth) => self.personal.get(usize::from(nth)),
        };
        commitment.is_some_and(|c| c.name == opening.name && c.hash == opening.hash())
    }
}

/// Everything a change writes, as committed: read back for showing, rebuilding and reconciling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// The rows, in the order they were put.
    pub puts: Vec<BodyPut>,
    /// Remarks that belong to no row.
    pub notes: Vec<(String, Value)>,
}

/// One row in a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyPut {
    /// The table.
    pub table: String,
    /// Whether the row was new.
    pub is_new: bool,
    /// Tag and value of each field that is not null.
    pub fields: Vec<(u8, Value)>,
    /// The changed fields as they were.
    pub before: Vec<(u8, Value)>,
}

impl Body {
    /// Reads the content of slot 0, taking personal values from `openings` where they have not been erased.
    ///
    /// # Errors
    /// [`Malformed`] when the content is no body.
    pub fn from_openings(openings: &[Opening]) -> Result<Self, Malformed> {
        let content = openings.iter().find(|o| o.slot == 0).ok_or(Malformed)?;
        let Value::List(parts) = Value::from_bytes(&content.content)? else { return Err(Malformed) };
        let [puts, notes]: [Value; 2] = parts.try_into().map_err(|_| Malformed)?;
        let puts = <Vec<Value>>::from_value(puts)?
            .into_iter()
            .map(|put| {
                let parts: [Value; 4] = <Vec<Value>>::from_value(put)?.try_into().map_err(|_| Malformed)?;
                let [table, is_new, fields, before] = parts;
                Ok(BodyPut {
                    table: String::from_value(table)?,
                    is_new: bool::from_value(is_new)?,
                    fields: tagged(fields, openings)?,
                    before: tagged(before, openings)?,
                })
            })
            .collect::<Result<_, Malformed>>()?;
        let notes = <Vec<Value>>::from_value(notes)?
            .into_iter()
            .map(|note| {
                let [name, value]: [Value; 2] =
                    <Vec<Value>>::from_value(note)?.try_into().map_err(|_| Malformed)?;
                Ok((String::from_value(name)?, value))
            })
            .collect::<Result<_, Malformed>>()?;
        Ok(Self { puts, notes })
    }

    /// Field by field, for showing. `name_of` turns a table and a tag into a field's name.
    pub fn changes(&self, name_of: impl Fn(&str, u8) -> Option<&'static str>) -> Vec<FieldChange> {
        let rows = self.puts.iter().flat_map(|put| {
            let name_of = &name_of;
            let gone = put.before.iter().filter(|(tag, _)| !put.fields.iter().any(|(of, _)| of == tag));
            put.fields
                .iter()
                .map(|(tag, value)| (*tag, Some(value)))
                .chain(gone.map(|(tag, _)| (*tag, None)))
                .filter(move |(tag, _)| put.is_new || put.before.iter().any(|(of, _)| of == tag))
                .map(move |(tag, after)| FieldChange {
                    field: format!("{}.{}", put.table, name_of(&put.table, tag).unwrap_or("?")),
                    before: put.before.iter().find(|(of, _)| *of == tag).map(|(_, value)| value.clone()),
                    after: after.cloned(),
                })
        });
        let notes = self.notes.iter().map(|(name, value)| FieldChange {
            field: name.clone(),
            before: None,
            after: Some(value.clone()),
        });
        rows.chain(notes).collect()
    }
}

fn tagged(value: Value, openings: &[Opening]) -> Result<Vec<(u8, Value)>, Malformed> {
    <Vec<Value>>::from_value(value)?
        .into_iter()
        .map(|pair| {
            let [tag, value]: [Value; 2] =
                <Vec<Value>>::from_value(pair)?.try_into().map_err(|_| Malformed)?;
            let value = match value {
                Value::Withheld(slot) => match openings.iter().find(|o| o.slot == slot) {
                    Some(opening) => Value::from_bytes(&opening.content)?,
                    None => Value::Withheld(slot),
                },
                value => value,
            };
            Ok((u8::from_value(tag)?, value))
        })
        .collect()
}

/// Draws the openings of a sealed change: the body in slot 0, then address and client, then personal fields.
pub(super) fn openings(sealed: &Sealed) -> (Vec<Opening>, Commitment, Vec<Commitment>) {
    let mut openings = Vec::new();
    let facts = sealed.scope().facts();
    let (ip, user_agent) = match &sealed.draft.observed {
        Some(observed) => (observed.what.ip.clone(), observed.what.user_agent.clone()),
        None => (facts.ip.map(|ip| ip.to_string()), facts.user_agent.clone()),
    };
    let mut slots = Slots { seed: &sealed.seed, openings: &mut openings };
    if let Some(ip) = ip {
        slots.withhold("request.ip".to_owned(), &Value::Text(ip));
    }
    if let Some(user_agent) = user_agent {
        slots.withhold("request.user_agent".to_owned(), &Value::Text(user_agent));
    }
    let puts = sealed.draft.puts.iter().map(|put| {
        Value::List(vec![
            Value::Text(put.image.table.to_owned()),
            Value::Bool(put.is_new),
            slots.fields(&put.image, &put.image.fields, ""),
            slots.fields(&put.image, &put.before, ".before"),
        ])
    });
    let puts = Value::List(puts.collect());
    let mut notes: Vec<Value> = sealed
        .draft
        .notes
        .iter()
        .map(|(name, value)| Value::List(vec![Value::Text((*name).to_owned()), value.clone()]))
        .collect();
    if let Some(observed) = &sealed.draft.observed {
        let note = |name: &str, value| Value::List(vec![Value::Text(name.to_owned()), value]);
        notes.push(note("detail", observed.what.detail.to_value()));
        notes.push(note("observed_at", Value::Text(observed.what.at.to_string())));
        notes.push(note("count", observed.count.to_value()));
    }
    let content = Value::List(vec![puts, Value::List(notes)]).to_bytes();
    let name = if content.len() > BODY_IN_FULL { "body/sha256" } else { "body" };
    let body = Opening { slot: 0, name: name.to_owned(), salt: salt(&sealed.seed, 0), content };
    let commitments = openings.iter().map(Opening::commitment).collect();
    let commitment = body.commitment();
    openings.insert(0, body);
    (openings, commitment, commitments)
}

struct Slots<'a> {
    seed: &'a [u8; 32],
    openings: &'a mut Vec<Opening>,
}

impl Slots<'_> {
    fn withhold(&mut self, name: String, value: &Value) -> Value {
        // Slots are bounded by the rows of one change, far below u16; the last slot would refuse to open, not lie.
        let slot = u16::try_from(self.openings.len() + 1).unwrap_or(u16::MAX);
        self.openings.push(Opening { slot, name, salt: salt(self.seed, slot), content: value.to_bytes() });
        Value::Withheld(slot)
    }

    fn fields(&mut self, image: &Image, fields: &[(u8, Value)], suffix: &str) -> Value {
        let fields = fields.iter().map(|(tag, value)| {
            let spec = image.specs.iter().find(|spec| spec.tag == *tag);
            let value = match spec {
                Some(spec) if spec.class == Class::Personal && *value != Value::Null => {
                    self.withhold(format!("{}.{}{suffix}", image.table, spec.name), value)
                }
                _ => value.clone(),
            };
            Value::List(vec![tag.to_value(), value])
        });
        Value::List(fields.collect())
    }
}

/// Every salt comes from the change's seed, which is drawn for it alone and kept nowhere.
fn salt(seed: &[u8; 32], slot: u16) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(b"aurex/audit/v1/salt");
    hash.update(seed);
    hash.update(slot.to_be_bytes());
    hash.finalize().into()
}
