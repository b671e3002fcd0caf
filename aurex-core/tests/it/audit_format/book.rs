//! A guest book: a log whose every byte is the same each time.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU64, Ordering};

use aurex_core::audit::bundle::{BundleWriter, Field};
use aurex_core::audit::checkpoint::{Checkpoint, Origin};
use aurex_core::audit::note::{NoteSigner, SignatureKind, SignedNote};
use aurex_core::audit::{Appended, Change, Draft, EntryTooLong, Head, Subject};
use aurex_core::chance::Entropy;
use aurex_core::rbac::Role;
use aurex_core::tenancy::{Authority, Id as _, MemberId, RequestFacts, TenantId};
use aurex_core::time::Timestamp;
use aurex_core::uuid::Uuid;

aurex_core::record! {
    /// A guest.
    pub struct Guest in "guest" {
        /// The line in the book.
        line: u64 = 1 [key],
        /// The name.
        name: String = 2 [personal],
        /// What they wrote.
        words: String = 3,
    }
}

aurex_core::action! {
    /// Write into the book.
    pub struct WriteDown = "guest.write_down"; owner
}

struct WrittenDown(Vec<Guest>);

impl Change for WrittenDown {
    type By = WriteDown;

    fn subject(&self) -> Subject {
        Subject::new("guest", self.0[0].line)
    }

    fn record(self, draft: &mut Draft) {
        self.0.iter().for_each(|guest| draft.insert_own(guest));
    }
}

/// 00 01 02 …, then on: every draw is another.
#[derive(Default)]
struct Counting(AtomicU64);

impl Entropy for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes()[0]);
    }
}

/// The log while it is written.
pub struct Book {
    head: Head,
    entropy: Counting,
}

pub const TENANT: TenantId =
    TenantId::from_directory_row(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0001));
/// 2026-11-23, nine o'clock in Mumbai.
const OPENED: i64 = 1_795_404_600_000_000;

impl Book {
    pub fn new() -> Self {
        Self { head: Head::empty(), entropy: Counting::default() }
    }

    pub fn write(&mut self, guests: Vec<Guest>) -> Result<Appended, EntryTooLong> {
        let seq = self.head.frontier.size();
        let facts = RequestFacts {
            ip: Some(Ipv4Addr::new(203, 0, 113, 7).into()),
            user_agent: Some("till/1".to_owned()),
            request_id: format!("req-{seq}"),
        };
        let member = MemberId::from_uuid(Uuid::from_u128(2));
        let scope = Authority::establish().0.split().trusted.vouch_for(TENANT, member, Role::Owner, facts);
        let sealed = scope.permit::<WriteDown>().unwrap().seal(WrittenDown(guests), &self.entropy);
        let now = Timestamp::from_micros(OPENED).plus_seconds(60 * i64::try_from(seq).unwrap());
        self.head.append(TENANT, now, &sealed)
    }
}

pub fn guest(line: u64) -> Guest {
    Guest { line, name: format!("Asha {line}"), words: "a fine ring".to_owned() }
}

/// `size` entries; in every seventh the name was erased, and the fourth has a body above 32 KiB if `with_long`.
pub fn entries(size: u64, with_long: bool) -> Vec<Appended> {
    let mut book = Book::new();
    (0..size)
        .map(|line| {
            let words = if with_long && line == 3 { "long ".repeat(8_000) } else { "a fine ring".to_owned() };
            book.write(vec![Guest { words, ..guest(line) }]).unwrap()
        })
        .collect()
}

pub fn fields(entry: &Appended) -> Vec<Field<'_>> {
    let is_erased = |slot| slot == 3 && entry.entry.seq % 7 == 2;
    let field = |opening| -> Field<'_> {
        match Field::from(opening) {
            Field::Open { slot, .. } if is_erased(slot) => Field::Erased { slot },
            field => field,
        }
    };
    entry.openings.iter().map(field).collect()
}

pub fn origin(entries: &[Appended]) -> Origin {
    Origin::of_log("shops.example", &entries[0].leaf).unwrap()
}

pub fn log_signer(origin: &Origin) -> NoteSigner {
    NoteSigner::new(origin.as_str(), SignatureKind::Log, &[1; 32]).unwrap()
}

pub fn witness() -> NoteSigner {
    NoteSigner::new("witness.example/auditor", SignatureKind::Cosignature, &[2; 32]).unwrap()
}

pub fn policy() -> String {
    format!("witness auditor {}\nquorum auditor\n", witness().verifier())
}

/// What the log was at this size, signed and cosigned.
pub fn checkpoint(entries: &[Appended], size: u64, is_cosigned: bool) -> SignedNote {
    let mut tree = aurex_core::audit::tree::Frontier::default();
    entries.iter().take(usize::try_from(size).unwrap()).for_each(|entry| _ = tree.append(entry.leaf));
    let origin = origin(entries);
    let mut note = Checkpoint { origin: origin.clone(), size: tree.size(), root: tree.root() }
        .sign(&log_signer(&origin));
    if is_cosigned {
        witness().sign(&mut note, u64::try_from(OPENED).unwrap() / 1_000_000 + 60 * size);
    }
    note
}

pub type Files = BTreeMap<String, Vec<u8>>;

/// The bundle of these entries with checkpoints at `sizes`, all but the first cosigned.
pub fn bundle(entries: &[Appended], sizes: &[u64]) -> Files {
    let mut writer = BundleWriter::default();
    let mut files = Vec::new();
    for entry in entries {
        files.extend(writer.entry(&entry.bytes, &fields(entry)).unwrap());
    }
    let notes: Vec<_> = sizes.iter().map(|size| checkpoint(entries, *size, *size != sizes[0])).collect();
    let keys = [log_signer(&origin(entries)).verifier().clone()];
    files.extend(writer.finish(&notes, &keys, &policy()).unwrap());
    files.into_iter().map(|file| (file.path, file.bytes)).collect()
}

/// Five entries, as `examples/golden-log` has them.
pub fn golden() -> Files {
    bundle(&entries(5, false), &[2, 4, 5])
}
