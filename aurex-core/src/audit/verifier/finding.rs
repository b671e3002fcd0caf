//! What can be wrong with a log. Codes are stable; a report names the first of them and the place.

use std::fmt;

/// How many findings are kept in full. One altered entry gives a few, a log that is somebody else's one an entry.
const KEPT: usize = 100;

/// One thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Finding {
    /// The bytes are no entry.
    #[error("entry {seq} is not written as entries are")]
    EntryMalformed {
        /// The place in the log.
        seq: u64,
    },
    /// It says to be another number than its place.
    #[error("entry {seq} says to be entry {found}: something was taken out, put in or moved")]
    EntrySequence {
        /// The place in the log.
        seq: u64,
        /// The number it says.
        found: u64,
    },
    /// It is of another workspace than the entries before it.
    #[error("entry {seq} is of another workspace")]
    EntryTenant {
        /// The place in the log.
        seq: u64,
    },
    /// It was made before the entry in front of it.
    #[error("entry {seq} is older than the entry before it")]
    EntryTime {
        /// The place in the log.
        seq: u64,
    },
    /// Its hash is not the leaf that was recorded for it.
    #[error("entry {seq} is not the one that was recorded: its bytes or its leaf were altered")]
    EntryLeaf {
        /// The place in the log.
        seq: u64,
    },
    /// A column that a store keeps beside the bytes says something else than they do.
    #[error("the column {column} beside entry {seq} is not what the entry says")]
    EntryColumn {
        /// The place in the log.
        seq: u64,
        /// The column.
        column: &'static str,
    },
    /// What stands for a field is not what the entry committed to.
    #[error("the field {name} of entry {seq} is not what was recorded")]
    FieldAltered {
        /// The place in the log.
        seq: u64,
        /// The commitment's name.
        name: String,
    },
    /// A field is neither there nor erased.
    #[error("the field {name} of entry {seq} is missing, and not as one that was erased")]
    FieldMissing {
        /// The place in the log.
        seq: u64,
        /// The commitment's name.
        name: String,
    },
    /// There is a field that the entry knows nothing of.
    #[error("entry {seq} has no field in slot {slot}")]
    FieldUnknown {
        /// The place in the log.
        seq: u64,
        /// The slot.
        slot: u16,
    },
    /// There is no checkpoint of this log that holds, so nothing was ever promised about it.
    #[error("no checkpoint of the log is there")]
    NoCheckpoint,
    /// A note is no checkpoint.
    #[error("checkpoint number {nth} is not written as checkpoints are")]
    CheckpointMalformed {
        /// Which, from 1 for the oldest.
        nth: usize,
    },
    /// A signature of a known key does not hold, or no key of the log signed it.
    #[error("checkpoint number {nth} is not signed by the log, or a signature on it does not hold")]
    CheckpointSignature {
        /// Which, from 1 for the oldest.
        nth: usize,
    },
    /// It is of another log than the first.
    #[error("checkpoint number {nth} is of another log")]
    CheckpointOtherLog {
        /// Which, from 1 for the oldest.
        nth: usize,
    },
    /// It has fewer entries than one published before.
    #[error("the checkpoint of {size} entries was published after a longer one")]
    CheckpointRetracted {
        /// Its size.
        size: u64,
    },
    /// Two checkpoints of one size have different roots: two histories were signed.
    #[error("two checkpoints of {size} entries have different roots: two histories were signed")]
    CheckpointForked {
        /// Their size.
        size: u64,
    },
    /// The entries do not have the root that was signed.
    #[error("the first {size} entries are not those that the checkpoint of {size} was signed for")]
    CheckpointRoot {
        /// Its size.
        size: u64,
    },
    /// There are fewer entries than were signed.
    #[error("a checkpoint of {size} entries was signed, and only {entries} are there")]
    CutOff {
        /// The checkpoint's size.
        size: u64,
        /// How many there are.
        entries: u64,
    },
    /// The log's name is not made from its first entry.
    #[error("the log's name does not belong to its first entry")]
    OriginUnbound,
    /// A file is missing.
    #[error("the file {path} is missing")]
    FileMissing {
        /// Which.
        path: String,
    },
    /// A file is not what such files are.
    #[error("the file {path} is not written as it should be")]
    FileMalformed {
        /// Which.
        path: String,
    },
    /// A tile does not follow from the leaves.
    #[error("the tile {path} does not follow from the leaves")]
    TileWrong {
        /// Which.
        path: String,
    },
}

impl Finding {
    /// The stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::EntryMalformed { .. } => "entry.malformed",
            Self::EntrySequence { .. } => "entry.sequence",
            Self::EntryTenant { .. } => "entry.tenant",
            Self::EntryTime { .. } => "entry.time",
            Self::EntryLeaf { .. } => "entry.leaf",
            Self::EntryColumn { .. } => "entry.column",
            Self::FieldAltered { .. } => "field.altered",
            Self::FieldMissing { .. } => "field.missing",
            Self::FieldUnknown { .. } => "field.unknown",
            Self::NoCheckpoint => "checkpoint.none",
            Self::CheckpointMalformed { .. } => "checkpoint.malformed",
            Self::CheckpointSignature { .. } => "checkpoint.signature",
            Self::CheckpointOtherLog { .. } => "checkpoint.other_log",
            Self::CheckpointRetracted { .. } => "checkpoint.retracted",
            Self::CheckpointForked { .. } => "checkpoint.forked",
            Self::CheckpointRoot { .. } => "checkpoint.root",
            Self::CutOff { .. } => "log.cut_off",
            Self::OriginUnbound => "log.origin",
            Self::FileMissing { .. } => "file.missing",
            Self::FileMalformed { .. } => "file.malformed",
            Self::TileWrong { .. } => "tile.wrong",
        }
    }

    /// Where, as a report has it after the code.
    pub fn place(&self) -> String {
        match self {
            Self::EntryMalformed { seq }
            | Self::EntrySequence { seq, .. }
            | Self::EntryTenant { seq }
            | Self::EntryTime { seq }
            | Self::EntryLeaf { seq } => format!("entry {seq}"),
            Self::FieldAltered { seq, name } | Self::FieldMissing { seq, name } => {
                format!("entry {seq} field {name}")
            }
            Self::EntryColumn { seq, column } => format!("entry {seq} column {column}"),
            Self::FieldUnknown { seq, slot } => format!("entry {seq} slot {slot}"),
            Self::NoCheckpoint => "log".to_owned(),
            Self::OriginUnbound => "entry 0".to_owned(),
            Self::CheckpointMalformed { nth }
            | Self::CheckpointSignature { nth }
            | Self::CheckpointOtherLog { nth } => format!("number {nth}"),
            Self::CheckpointRetracted { size }
            | Self::CheckpointForked { size }
            | Self::CheckpointRoot { size } => format!("size {size}"),
            Self::CutOff { entries, .. } => format!("entry {entries}"),
            Self::FileMissing { path } | Self::FileMalformed { path } | Self::TileWrong { path } => {
                path.clone()
            }
        }
    }
}

/// What was found, in order: the first hundred in full, the rest counted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    count: u64,
}

impl Findings {
    /// Adds one.
    pub fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.kept.len() < KEPT {
            self.kept.push(finding);
        }
    }

    /// Those that are kept, the first one first.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How many there were.
    pub const fn count(&self) -> u64 {
        self.count
    }
}

impl fmt::Display for Findings {
    /// A line each: `finding: <code> <place>`, then how many there were.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.kept {
            writeln!(f, "finding: {} {}", finding.code(), finding.place())?;
        }
        writeln!(f, "findings: {}", self.count)
    }
}
