//! What was found: whose, where, which field, and a code that programs know it by.

use std::fmt;

use crate::tenancy::TenantId;

crate::codes! {
    /// The kinds of findings. Codes never change their meaning, and what the offline verifier finds too has its code.
    pub enum FindingCode {
        /// An entry that must be there is not.
        EntryMissing = "entry.missing",
        /// The log goes on behind where its head says that it ends.
        EntryBeyondHead = "entry.beyond_head",
        /// An entry's bytes are no entry.
        EntryUnreadable = "entry.malformed",
        /// An entry's bytes, leaf or a column that repeats them was altered.
        EntryAltered = "entry.altered",
        /// An entry that was written in another place of the log.
        EntryMisplaced = "entry.sequence",
        /// An entry that was written in another tenant's log.
        EntryForeign = "entry.tenant",
        /// An entry that is older than the one in front of it.
        EntryOutOfTime = "entry.time",
        /// What opens a commitment is not there.
        OpeningMissing = "field.missing",
        /// Something that opens no commitment.
        OpeningStray = "field.unknown",
        /// Salt, content or name do not open the commitment.
        OpeningAltered = "field.altered",
        /// A field was erased that may not be, or that no later entry lists as erased.
        OpeningErased = "field.erased",
        /// A field that a later entry lists as erased still opens.
        OpeningNotErased = "field.not_erased",
        /// The log has no head.
        HeadMissing = "head.missing",
        /// The head is not that of these entries.
        HeadAltered = "head.altered",
        /// These are not the entries over which a root was kept elsewhere.
        RootDisagrees = "checkpoint.root",
        /// The log is shorter than it was when a root was kept elsewhere.
        LogRolledBack = "log.cut_off",
        /// A stored checkpoint is not what was signed.
        CheckpointAltered = "checkpoint.altered",
        /// A checkpoint that somebody keeps is not stored any more.
        CheckpointMissing = "checkpoint.missing",
        /// A stored tile is not what the entries give.
        TileAltered = "tile.altered",
        /// A tile that was published is not there.
        TileMissing = "tile.missing",
        /// How far the log is published is not what its entries give, or what was signed of it.
        EdgeAltered = "edge.altered",
        /// What an entry says was written cannot be read.
        BodyUnreadable = "body.unreadable",
        /// The log tells of a row that is not in its table.
        RowMissing = "row.missing",
        /// A row of which the log tells nothing.
        RowExtra = "row.extra",
        /// A field of a row is not what the log tells.
        RowDiffers = "row.differs",
        /// A row that says it is another tenant's.
        RowForeign = "row.foreign",
        /// A field that the log has erased still stands in the row.
        RowNotErased = "row.not_erased",
    }
}

/// Where something was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In one entry.
    Entry(u64),
    /// In one or more of these entries, the last included.
    Entries(u64, u64),
    /// In the log's head.
    Head,
    /// In the stored checkpoint of this size.
    Checkpoint(u64),
    /// In the stored tile of this level and number.
    Tile(u8, u64),
    /// In how far the log is published.
    Edge,
    /// In one row of a table.
    Row {
        /// The table.
        table: &'static str,
        /// The row's key: ids and numbers, with a slash between.
        key: String,
    },
}

impl Place {
    /// Whether whoever is shown this place finds the other one there.
    pub fn covers(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Entries(from, to), Self::Entry(seq)) => (from..=to).contains(&seq),
            _ => self == other,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(seq) => write!(f, "entry {seq}"),
            Self::Entries(from, to) if from == to => write!(f, "entry {from}"),
            Self::Entries(from, to) => write!(f, "entries {from} to {to}"),
            Self::Head => f.write_str("the log's head"),
            Self::Checkpoint(size) => write!(f, "the checkpoint of {size} entries"),
            Self::Tile(level, number) => write!(f, "tile {number} of level {level}"),
            Self::Edge => f.write_str("the published edge"),
            Self::Row { table, key } if key.is_empty() => write!(f, "{table}"),
            Self::Row { table, key } => write!(f, "{table} {key}"),
        }
    }
}

/// One thing that is not as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whose.
    pub tenant: TenantId,
    /// What kind.
    pub code: FindingCode,
    /// Where.
    pub place: Place,
    /// Which field; empty where it is all of it.
    pub field: String,
}

impl fmt::Display for Finding {
    /// A sentence without any value that stands in the store.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, field, .. } = self;
        match self.code {
            FindingCode::EntryMissing => write!(f, "{place}: not there"),
            FindingCode::EntryBeyondHead => write!(f, "{place}: behind the end that the head knows"),
            FindingCode::EntryUnreadable => write!(f, "{place}: {field} is no entry"),
            FindingCode::EntryAltered => write!(f, "{place}: {field} was altered"),
            FindingCode::EntryMisplaced => write!(f, "{place}: it was written in another place"),
            FindingCode::EntryForeign => write!(f, "{place}: it was written in another workspace's log"),
            FindingCode::EntryOutOfTime => write!(f, "{place}: older than the one in front of it"),
            FindingCode::OpeningMissing => write!(f, "{place}: what opens {field} is not there"),
            FindingCode::OpeningStray => write!(f, "{place}: {field} opens nothing in it"),
            FindingCode::OpeningAltered => write!(f, "{place}: {field} was altered"),
            FindingCode::OpeningErased => {
                write!(f, "{place}: {field} was erased, and no later entry says so")
            }
            FindingCode::OpeningNotErased => write!(f, "{place}: {field} was to be erased and still opens"),
            FindingCode::HeadMissing => f.write_str("the log has no head"),
            FindingCode::HeadAltered => write!(f, "{place}: {field} is not that of these entries"),
            FindingCode::RootDisagrees => {
                write!(f, "{place}: not what the root kept elsewhere was made over")
            }
            FindingCode::LogRolledBack => {
                write!(f, "{place}: not there, and a root kept elsewhere says they were")
            }
            FindingCode::CheckpointAltered => write!(f, "{place}: {field} is not what was signed"),
            FindingCode::CheckpointMissing => write!(f, "{place}: not there, and somebody keeps it"),
            FindingCode::TileAltered => write!(f, "{place}: {field} is not what the entries give"),
            FindingCode::TileMissing => write!(f, "{place}: not there, and it was published"),
            FindingCode::EdgeAltered => write!(f, "{place}: {field} is not what was published"),
            FindingCode::BodyUnreadable => write!(f, "{place}: what it wrote cannot be read"),
            FindingCode::RowMissing => write!(f, "{place}: not there, and the log tells of it"),
            FindingCode::RowExtra => write!(f, "{place}: there, and the log tells nothing of it"),
            FindingCode::RowDiffers => write!(f, "{place}: {field} is not what the log tells"),
            FindingCode::RowForeign => write!(f, "{place}: it says that it is another workspace's"),
            FindingCode::RowNotErased => {
                write!(f, "{place}: {field} was erased in the log and still stands here")
            }
        }
    }
}

/// Findings of one tenant: the first ones in full, and how many there are.
#[derive(Debug, Clone)]
pub struct Findings {
    tenant: TenantId,
    kept: Vec<Finding>,
    count: u64,
}

impl Findings {
    /// So many are kept: a store that is wrong in more places needs no longer list.
    pub const KEPT: usize = 1_000;

    /// None yet.
    pub const fn of(tenant: TenantId) -> Self {
        Self { tenant, kept: Vec::new(), count: 0 }
    }

    /// Whose.
    pub const fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The first of them, in the order in which they were found.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How many there are.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Adds one.
    pub fn add(&mut self, code: FindingCode, place: Place, field: impl Into<String>) {
        self.count = self.count.saturating_add(1);
        if self.kept.len() < Self::KEPT {
            self.kept.push(Finding { tenant: self.tenant, code, place, field: field.into() });
        }
    }

    /// Adds all of another list.
    pub fn extend(&mut self, more: Self) {
        self.count = self.count.saturating_add(more.count);
        let room = Self::KEPT.saturating_sub(self.kept.len());
        self.kept.extend(more.kept.into_iter().take(room));
    }
}
