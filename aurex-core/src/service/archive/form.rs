//! The archive's form: records, each a length and a tagged value as the log has them.
//!
//! | record | value |
//! |---|---|
//! | header | `[0, "aurex/archive/v1", tenant, slug, entries, root, left, [[key, check value]]]` |
//! | part | `[1, name, [column]]` |
//! | row | `[2, cell, …]`, in the order of the part's columns |
//! | end of a part | `[3, rows, SHA-256 of its rows' records]` |
//! | end | `[4, [[name, rows, SHA-256]], SHA-256 of every record before]` |

use std::io::{Read, Write};

use sha2::{Digest as _, Sha256};

use super::ArchiveError;
use crate::audit::Value;
use crate::audit::tree::Hash;
use crate::store::Cell;
use crate::tenancy::{Slug, TenantId};

const VERSION: &str = "aurex/archive/v1";
/// No record is longer: a change of a hundred thousand rows is half of it.
const LONGEST: u32 = 1 << 26;

/// What an archive says of itself before anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name in paths.
    pub slug: Slug,
    /// How many entries its log has.
    pub entries: u64,
    /// The root over them.
    pub root: Hash,
    /// Whether the last entry says that the workspace leaves its store.
    pub left: bool,
    /// Names and check values of the keys that something in it was made with.
    pub keys: Vec<(String, Vec<u8>)>,
}

/// What a part came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartDigest {
    /// The part: a table's name, or what is published.
    pub name: String,
    /// How many rows.
    pub rows: u64,
    /// The SHA-256 of its rows' records.
    pub sha256: [u8; 32],
}

/// What a whole archive holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Its header.
    pub header: Header,
    /// Its parts, in order.
    pub parts: Vec<PartDigest>,
    /// The SHA-256 of all records but the last.
    pub sha256: [u8; 32],
    /// What was published of its log, for [`Contents::is_signed_by`].
    pub(super) published: Vouchers,
}

/// What of an archive only the keys of the deployment can have made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Vouchers {
    /// Each checkpoint as its row says it, and as it was signed.
    pub(super) checkpoints: Vec<(u64, Hash, String)>,
    /// The keys that the log was known by.
    pub(super) keys: Vec<String>,
}

/// One record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    Header(Header),
    Part { name: String, columns: Vec<String> },
    Row(Vec<Cell>),
    PartEnd { rows: u64, sha256: [u8; 32] },
    End { parts: Vec<PartDigest>, sha256: [u8; 32] },
}

fn int(n: u64) -> Value {
    Value::Int(i64::try_from(n).unwrap_or(i64::MAX))
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// A row's record, framed.
pub(super) fn row_record(cells: Vec<Cell>) -> Vec<u8> {
    framed(&Record::Row(cells))
}

/// A record with its length.
pub(super) fn framed(record: &Record) -> Vec<u8> {
    let value = record.to_value().to_bytes();
    let mut bytes = Vec::with_capacity(value.len() + 4);
    // A longer one is refused by whoever reads it, before anything is taken in.
    bytes.extend_from_slice(&u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes());
    bytes.extend(value);
    bytes
}

impl Record {
    fn to_value(&self) -> Value {
        Value::List(match self {
            Self::Header(header) => vec![
                Value::Int(0),
                text(VERSION),
                Value::Id(header.tenant.uuid()),
                text(header.slug.as_str()),
                int(header.entries),
                Value::Bytes(header.root.as_bytes().to_vec()),
                Value::Bool(header.left),
                Value::List(
                    header
                        .keys
                        .iter()
                        .map(|(id, check)| Value::List(vec![text(id), Value::Bytes(check.clone())]))
                        .collect(),
                ),
            ],
            Self::Part { name, columns } => {
                vec![Value::Int(1), text(name), Value::List(columns.iter().map(|name| text(name)).collect())]
            }
            Self::Row(cells) => {
                std::iter::once(Value::Int(2)).chain(cells.iter().map(Cell::to_plain)).collect()
            }
            Self::PartEnd { rows, sha256 } => vec![Value::Int(3), int(*rows), Value::Bytes(sha256.to_vec())],
            Self::End { parts, sha256 } => {
                let part = |part: &PartDigest| {
                    Value::List(vec![text(&part.name), int(part.rows), Value::Bytes(part.sha256.to_vec())])
                };
                vec![
                    Value::Int(4),
                    Value::List(parts.iter().map(part).collect()),
                    Value::Bytes(sha256.to_vec()),
                ]
            }
        })
    }

    fn from_value(value: Value) -> Result<Self, ArchiveError> {
        let mut fields = list(value)?.into_iter();
        let mut next = || fields.next().ok_or(ArchiveError::Damaged("a record is too short"));
        let record = match number(next()?)? {
            0 => {
                if words(next()?)? != VERSION {
                    return Err(ArchiveError::Unknown);
                }
                let (Value::Id(tenant), slug) = (next()?, words(next()?)?) else {
                    return Err(ArchiveError::Damaged("a header without a tenant"));
                };
                Self::Header(Header {
                    tenant: TenantId::from_directory_row(tenant),
                    slug: slug.parse().map_err(|_| ArchiveError::Damaged("a name that is none"))?,
                    entries: number(next()?)?,
                    root: Hash::from_bytes(bytes(next()?)?),
                    left: next()? == Value::Bool(true),
                    keys: list(next()?)?.into_iter().map(key).collect::<Result<_, _>>()?,
                })
            }
            1 => Self::Part {
                name: words(next()?)?,
                columns: list(next()?)?.into_iter().map(words).collect::<Result<_, _>>()?,
            },
            2 => Self::Row(fields.by_ref().map(cell).collect::<Result<_, _>>()?),
            3 => Self::PartEnd { rows: number(next()?)?, sha256: bytes(next()?)? },
            4 => Self::End {
                parts: list(next()?)?.into_iter().map(part).collect::<Result<_, _>>()?,
                sha256: bytes(next()?)?,
            },
            _ => return Err(ArchiveError::Damaged("a record of no kind")),
        };
        if fields.next().is_some() { Err(ArchiveError::Damaged("a record is too long")) } else { Ok(record) }
    }
}

impl Cell {
    fn to_plain(&self) -> Value {
        match self.clone().plain() {
            Self::Int(n) => Value::Int(n),
            Self::Text(text) => Value::Text(text),
            Self::Bytes(bytes) => Value::Bytes(bytes),
            _ => Value::Null,
        }
    }
}

fn cell(value: Value) -> Result<Cell, ArchiveError> {
    Ok(match value {
        Value::Null => Cell::Null,
        Value::Int(n) => Cell::Int(n),
        Value::Text(text) => Cell::Text(text),
        Value::Bytes(bytes) => Cell::Bytes(bytes),
        _ => return Err(ArchiveError::Damaged("a value of no plain type")),
    })
}

fn key(value: Value) -> Result<(String, Vec<u8>), ArchiveError> {
    match <[Value; 2]>::try_from(list(value)?) {
        Ok([Value::Text(id), Value::Bytes(check)]) => Ok((id, check)),
        _ => Err(ArchiveError::Damaged("a key without a check value")),
    }
}

fn part(value: Value) -> Result<PartDigest, ArchiveError> {
    match <[Value; 3]>::try_from(list(value)?) {
        Ok([name, rows, sha256]) => {
            Ok(PartDigest { name: words(name)?, rows: number(rows)?, sha256: bytes(sha256)? })
        }
        Err(_) => Err(ArchiveError::Damaged("a part without a digest")),
    }
}

fn list(value: Value) -> Result<Vec<Value>, ArchiveError> {
    if let Value::List(values) = value { Ok(values) } else { Err(ArchiveError::Damaged("no list")) }
}

fn words(value: Value) -> Result<String, ArchiveError> {
    if let Value::Text(text) = value { Ok(text) } else { Err(ArchiveError::Damaged("no text")) }
}

fn number(value: Value) -> Result<u64, ArchiveError> {
    let Value::Int(n) = value else { return Err(ArchiveError::Damaged("no number")) };
    u64::try_from(n).map_err(|_| ArchiveError::Damaged("a number below nothing"))
}

fn bytes(value: Value) -> Result<[u8; 32], ArchiveError> {
    let Value::Bytes(bytes) = value else { return Err(ArchiveError::Damaged("no bytes")) };
    bytes.try_into().map_err(|_| ArchiveError::Damaged("a digest of another length"))
}

/// Writes records, and keeps the digests.
pub(super) struct Records<'w> {
    out: &'w mut (dyn Write + Send),
    whole: Sha256,
    part: Sha256,
    rows: u64,
    name: String,
    parts: Vec<PartDigest>,
    pub(super) bytes: u64,
}

impl<'w> Records<'w> {
    pub(super) fn new(out: &'w mut (dyn Write + Send)) -> Self {
        Self {
            out,
            whole: Sha256::new(),
            part: Sha256::new(),
            rows: 0,
            name: String::new(),
            parts: Vec::new(),
            bytes: 0,
        }
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), ArchiveError> {
        self.whole.update(bytes);
        self.out.write_all(bytes)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(0));
        Ok(())
    }

    pub(super) fn header(&mut self, header: Header) -> Result<(), ArchiveError> {
        self.put(&framed(&Record::Header(header)))
    }

    pub(super) fn begin(&mut self, name: &str, columns: &[String]) -> Result<(), ArchiveError> {
        (self.part, self.rows, self.name) = (Sha256::new(), 0, name.to_owned());
        self.put(&framed(&Record::Part { name: name.to_owned(), columns: columns.to_vec() }))
    }

    pub(super) fn row(&mut self, cells: Vec<Cell>) -> Result<(), ArchiveError> {
        let record = row_record(cells);
        self.part.update(&record);
        self.rows = self.rows.saturating_add(1);
        self.put(&record)
    }

    pub(super) fn end(&mut self) -> Result<(), ArchiveError> {
        let sha256: [u8; 32] = std::mem::take(&mut self.part).finalize().into();
        let (name, rows) = (std::mem::take(&mut self.name), self.rows);
        self.put(&framed(&Record::PartEnd { rows, sha256 }))?;
        self.parts.push(PartDigest { name, rows, sha256 });
        Ok(())
    }

    /// The last record; answers the digest of all before it.
    pub(super) fn finish(mut self) -> Result<(Vec<PartDigest>, [u8; 32], u64), ArchiveError> {
        let sha256: [u8; 32] = std::mem::take(&mut self.whole).finalize().into();
        let parts = std::mem::take(&mut self.parts);
        self.put(&framed(&Record::End { parts: parts.clone(), sha256 }))?;
        self.out.flush()?;
        Ok((parts, sha256, self.bytes))
    }
}

/// Reads records, and holds every digest against what was read.
pub(super) struct Reading<'r> {
    input: &'r mut (dyn Read + Send),
    whole: Sha256,
    part: Sha256,
    rows: u64,
    open: Option<String>,
    parts: Vec<PartDigest>,
    ended: bool,
}

impl<'r> Reading<'r> {
    pub(super) fn new(input: &'r mut (dyn Read + Send)) -> Self {
        Self {
            input,
            whole: Sha256::new(),
            part: Sha256::new(),
            rows: 0,
            open: None,
            parts: Vec::new(),
            ended: false,
        }
    }

    /// The header, which comes first.
    pub(super) fn header(&mut self) -> Result<Header, ArchiveError> {
        match self.next()? {
            Some(Record::Header(header)) => Ok(header),
            _ => Err(ArchiveError::Unknown),
        }
    }

    /// The next record; none after the end, behind which nothing may stand.
    pub(super) fn next(&mut self) -> Result<Option<Record>, ArchiveError> {
        let mut length = [0; 4];
        if self.ended {
            return match self.input.read(&mut length)? {
                0 => Ok(None),
                _ => Err(ArchiveError::Damaged("something stands behind its end")),
            };
        }
        let cut = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::UnexpectedEof => ArchiveError::Damaged("it is cut off"),
            _ => ArchiveError::Io(error),
        };
        self.input.read_exact(&mut length).map_err(cut)?;
        let long = u32::from_be_bytes(length);
        if long > LONGEST {
            return Err(ArchiveError::Damaged("a record is longer than any"));
        }
        // Memory grows with what is there, not with what a length says.
        let mut record = Vec::new();
        let mut rest = (&mut *self.input).take(long.into());
        rest.read_to_end(&mut record)?;
        if u32::try_from(record.len()) != Ok(long) {
            return Err(ArchiveError::Damaged("it is cut off"));
        }
        let whole = self.whole.clone();
        self.whole.update(length);
        self.whole.update(&record);
        let read = Record::from_value(Value::from_bytes(&record)?)?;
        match &read {
            Record::Header(_) => {}
            Record::Part { name, .. } => {
                if self.open.replace(name.clone()).is_some() {
                    return Err(ArchiveError::Damaged("a part in a part"));
                }
                (self.part, self.rows) = (Sha256::new(), 0);
            }
            Record::Row(_) => {
                if self.open.is_none() {
                    return Err(ArchiveError::Damaged("a row of no part"));
                }
                self.part.update(length);
                self.part.update(&record);
                self.rows = self.rows.saturating_add(1);
            }
            Record::PartEnd { rows, sha256 } => {
                let name = self.open.take().ok_or(ArchiveError::Damaged("an end of no part"))?;
                let digest: [u8; 32] = std::mem::take(&mut self.part).finalize().into();
                if (*rows, *sha256) != (self.rows, digest) {
                    return Err(ArchiveError::Digest { part: name });
                }
                self.parts.push(PartDigest { name, rows: *rows, sha256: digest });
            }
            Record::End { parts, sha256 } => {
                let digest: [u8; 32] = whole.finalize().into();
                if *parts != self.parts || *sha256 != digest {
                    return Err(ArchiveError::Digest { part: "list of parts".to_owned() });
                }
                self.ended = true;
            }
        }
        Ok(Some(read))
    }
}

/// The same rows with digests that fit them: what whoever writes archives can do, for tests that it does not help.
///
/// # Panics
/// Where the records are none.
#[cfg(feature = "conformance")]
#[doc(hidden)]
#[expect(clippy::unwrap_used, reason = "a test's forgery: it reports by panicking, like any test")]
pub fn with_fitting_digests(archive: &[u8]) -> Vec<u8> {
    let (mut rest, mut bytes) = (archive, Vec::new());
    let mut records = Records::new(&mut bytes);
    while let Some((length, behind)) = rest.split_first_chunk::<4>() {
        let long = usize::try_from(u32::from_be_bytes(*length)).unwrap();
        let (record, behind) = behind.split_at_checked(long).unwrap();
        match Record::from_value(Value::from_bytes(record).unwrap()).unwrap() {
            Record::Header(header) => records.header(header).unwrap(),
            Record::Part { name, columns } => records.begin(&name, &columns).unwrap(),
            Record::Row(cells) => records.row(cells).unwrap(),
            Record::PartEnd { .. } => records.end().unwrap(),
            Record::End { .. } => {}
        }
        rest = behind;
    }
    records.finish().unwrap();
    bytes
}
