//! What is published of a log: never retracted, never anybody else's, and every proof holds.

use std::sync::Arc;

use super::admission::bare_lot;
use super::faulty::{Fault, FaultyStore};
use super::forge::insert;
use super::till::bill_of;
use super::{Shop, World};
use crate::audit::Entry;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::note::{SignedNote, VerifierKey};
use crate::audit::receipt::TlogProof;
use crate::audit::tile::{TileId, Tiler, entries_in, tile_in, tiles_of};
use crate::audit::tree::{Frontier, Hash, leaf_hash};
use crate::identity::keys::{KeyRing, Purpose};
use crate::rbac::Role;
use crate::service::transparency::{
    LogSigner, PublishError, Published, Publishing, RecordedLookup, confirm, entry_receipt, invoice_receipt,
    is_recorded, last_checkpoint, log_keys, publish, tile,
};
use crate::service::{Road, ServiceError, shop as service};
use crate::shop::actions::RecordLot;
use crate::store::{Advance, Cosignature, FullTile, LogEdge, NewCheckpoint, StoredCheckpoint, TileRoots};
use crate::time::Clock as _;

pub(super) fn ring() -> KeyRing {
    let mut next = 7_u8;
    KeyRing::generate(0, &mut |bytes| {
        for byte in bytes {
            *byte = next;
            next = next.wrapping_mul(5).wrapping_add(3);
        }
    })
}

fn signer() -> LogSigner {
    LogSigner::new(ring(), "shops.example").unwrap()
}

/// Takes steps until a checkpoint is published.
pub(super) async fn published(world: &World, road: &Road, shop: &Shop) -> StoredCheckpoint {
    let job = world.entrances.jobs.job::<Publishing>();
    for _ in 0..64 {
        match publish(road, &job, &signer(), shop.tenant).await.unwrap() {
            Published::Checkpoint(new) => return new,
            Published::Nothing => return road.store.last_checkpoint(shop.tenant).await.unwrap().unwrap(),
            Published::Tiles | Published::Overtaken => {}
        }
    }
    unreachable!("the head is never reached")
}

/// Has the last checkpoint confirmed.
pub(super) async fn beaten(world: &World, shop: &Shop) {
    let job = world.entrances.jobs.job::<Publishing>();
    shop.clock.advance(600);
    assert!(confirm(&shop.road, &job, &signer(), shop.tenant, 600).await.unwrap());
}

/// Appends `entries` entries in one turn.
async fn grow(shop: &Shop, entries: usize) {
    let scope = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    let mut turn = shop.writer(&scope).await.unwrap();
    for _ in 0..entries {
        let lot = bare_lot(shop).into();
        turn.apply(insert::<RecordLot>(&scope, &*shop.entropy, vec![lot])).await.unwrap();
    }
    turn.commit().await.unwrap();
}

async fn leaves(shop: &Shop) -> Vec<Hash> {
    shop.reader().await.leaves(0, 100_000).await.unwrap()
}

async fn keys(road: &Road, shop: &Shop) -> Vec<VerifierKey> {
    let keys = log_keys(road, &shop.owner().await).await.unwrap().keys;
    keys.iter().map(|key| key.parse().unwrap()).collect()
}

fn forged(frontier: &Frontier, note: &str, shop: &Shop) -> Advance {
    let checkpoint = Some(NewCheckpoint { note: note.to_owned(), at: shop.clock.now() });
    Advance { from: 0, frontier: frontier.clone(), tiles: Vec::new(), checkpoint }
}

/// A tenant whose turn has ended is told of once, and not while it holds the turn.
pub async fn a_turn_that_ended_is_told_of_once(world: &World) {
    let shop = world.shop("meena").await;
    assert!(world.store.grown().contains(&shop.tenant), "its workspace was opened");
    assert_eq!(world.store.grown(), []);
    let scope = shop.owner().await;
    let turn = shop.writer(&scope).await.unwrap();
    assert_eq!(world.store.grown(), []);
    turn.rollback().await;
    // The turn ends after the writer: whoever takes the next one has seen it end.
    shop.writer(&scope).await.unwrap().rollback().await;
    assert!(world.store.grown().contains(&shop.tenant));
}

/// Leaves and bytes of a range of entries are those that the list shows, and end where the log ends.
pub async fn leaves_and_bytes_are_the_entries_own_in_order(world: &World) {
    let (shop, other) = (world.shop("meena").await, world.shop("rupa").await);
    grow(&shop, 5).await;
    grow(&other, 9).await;
    let mut reader = shop.reader().await;
    let size = reader.head().await.unwrap().frontier.size();
    let (leaves, bytes) =
        (reader.leaves(0, size + 5).await.unwrap(), reader.entry_bytes(0, size + 5).await.unwrap());
    assert_eq!((leaves.len(), bytes.len()), (usize::try_from(size).unwrap(), leaves.len()));
    for ((seq, leaf), bytes) in (0..).zip(&leaves).zip(&bytes) {
        assert_eq!(Entry::leaf(bytes), *leaf);
        let entry = Entry::from_bytes(bytes).unwrap();
        assert_eq!((entry.seq, entry.tenant), (seq, shop.tenant));
    }
    assert_eq!(Some(&*reader.leaves(2, 4).await.unwrap()), leaves.get(2..4));
    assert_eq!(reader.entry_bytes(size, size + 1).await.unwrap(), Vec::<Vec<u8>>::new());
    assert_eq!(reader.leaves(4, 4).await.unwrap(), []);
}

/// A step from an edge that has moved is not made, nor one whose checkpoint is no larger than the last; and nothing of it
/// stays.
pub async fn a_step_is_made_once_and_a_checkpoint_is_never_taken_back(world: &World) {
    let shop = world.shop("meena").await;
    let (store, tenant) = (&world.store, shop.tenant);
    assert_eq!(store.edge(tenant).await.unwrap(), LogEdge::default());
    assert_eq!(store.last_checkpoint(tenant).await.unwrap(), None);
    let mut frontier = Frontier::default();
    for n in 0..256_u32 {
        frontier.append(leaf_hash(&n.to_be_bytes()));
    }
    let (root, hashes) = (frontier.root(), vec![3; 8192]);
    let full = FullTile { level: 0, index: 0, root, hashes: hashes.clone() };
    let first = Advance { tiles: vec![full], ..forged(&frontier, "first", &shop) };
    assert!(store.advance(tenant, &first).await.unwrap());
    let kept = StoredCheckpoint { size: 256, root, note: "first".to_owned(), at: shop.clock.now() };
    let as_published = async || {
        assert_eq!(store.last_checkpoint(tenant).await.unwrap(), Some(kept.clone()));
        let edge = store.edge(tenant).await.unwrap();
        assert_eq!((edge.frontier, edge.at, edge.beat.as_str()), (frontier.clone(), Some(kept.at), ""));
        let tiles = store.tiles(tenant, &[(0, 1), (0, 0), (1, 0)]).await.unwrap();
        assert_eq!(tiles, [None, Some(hashes.clone()), None]);
        let range = |from, to| TileRoots { level: 0, from, to };
        let roots = store.tile_roots(tenant, &[range(0, 4), range(1, 3)]).await.unwrap();
        assert_eq!(roots, [vec![root], vec![]]);
    };
    as_published().await;
    assert!(!store.advance(tenant, &first).await.unwrap(), "the same step again");
    let mut shorter = Frontier::default();
    shorter.append(leaf_hash(b"other"));
    let back = Advance { from: 256, ..forged(&shorter, "back", &shop) };
    assert!(!store.advance(tenant, &back).await.unwrap(), "an edge that goes back");
    let same = Advance { from: 256, ..forged(&frontier, "again", &shop) };
    assert!(!store.advance(tenant, &same).await.unwrap(), "a checkpoint that is no larger");
    as_published().await;

    frontier.append(leaf_hash(b"one more"));
    shop.tick();
    let next = Advance { from: 256, ..forged(&frontier, "next", &shop) };
    assert!(store.advance(tenant, &next).await.unwrap());
    let sizes = async |from, limit| {
        let found = store.checkpoints(tenant, from, limit).await.unwrap();
        found.into_iter().map(|found| found.size).collect::<Vec<_>>()
    };
    assert_eq!(sizes(0, 9).await, [256, 257]);
    assert_eq!(sizes(0, 1).await, [256]);
    assert_eq!(sizes(257, 9).await, [257]);
    assert_eq!(sizes(258, 9).await, [0_u64; 0]);
}

/// A beat is kept for the last checkpoint, never an earlier one over a later, and ends with the next checkpoint.
pub async fn a_beat_confirms_the_last_checkpoint_and_no_other(world: &World) {
    let shop = world.shop("meena").await;
    let (store, tenant, at) = (&world.store, shop.tenant, shop.clock.now());
    assert!(!store.beat(tenant, 0, at, "line\n").await.unwrap(), "nothing is published");
    let mut frontier = Frontier::default();
    frontier.append(leaf_hash(b"one"));
    assert!(store.advance(tenant, &forged(&frontier, "note", &shop)).await.unwrap());
    let later = shop.clock.now().plus_seconds(60);
    assert!(!store.beat(tenant, 2, later, "line\n").await.unwrap(), "another size");
    assert!(store.beat(tenant, 1, later, "line\n").await.unwrap());
    assert!(!store.beat(tenant, 1, later.plus_seconds(-1), "earlier\n").await.unwrap());
    let edge = store.edge(tenant).await.unwrap();
    assert_eq!((edge.at, edge.beat.as_str()), (Some(later), "line\n"));
    frontier.append(leaf_hash(b"two"));
    assert!(store.advance(tenant, &Advance { from: 1, ..forged(&frontier, "next", &shop) }).await.unwrap());
    let edge = store.edge(tenant).await.unwrap();
    assert_eq!((edge.at, edge.beat.as_str()), (Some(later), ""), "time does not go back");
}

/// Publishing, cosigning and linking one shop's log leaves another's as it was: nothing of it can be seen.
pub async fn what_is_published_of_one_shop_is_nothing_of_anothers(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let looks = async |shop: &Shop| {
        let (store, tenant) = (&world.store, shop.tenant);
        let range = TileRoots { level: 0, from: 0, to: 9 };
        (
            store.edge(tenant).await.unwrap(),
            store.checkpoints(tenant, 0, 9).await.unwrap(),
            store.tiles(tenant, &[(0, 0)]).await.unwrap(),
            store.tile_roots(tenant, &[range]).await.unwrap(),
            store.cosignatures(tenant, 1).await.unwrap(),
            store.log_keys(tenant).await.unwrap(),
            store.linked(tenant, [1; 16]).await.unwrap(),
        )
    };
    let (before, nothing) = (looks(&meena).await, looks(&rupa).await);
    assert_eq!(before, nothing);
    grow(&rupa, 300).await;
    let new = published(world, &rupa.road, &rupa).await;
    let at = rupa.clock.now();
    for size in [1, new.size] {
        let cosignature = Cosignature { size, signer: "w".to_owned(), line: "— w x".to_owned(), at };
        world.store.cosign(rupa.tenant, &cosignature).await.unwrap();
        let other = Cosignature { line: "— w y".to_owned(), ..cosignature.clone() };
        world.store.cosign(rupa.tenant, &other).await.unwrap();
        assert_eq!(
            world.store.cosignatures(rupa.tenant, size).await.unwrap(),
            [cosignature],
            "the first stays"
        );
    }
    world.store.keep_link(rupa.tenant, [1; 16], 4).await.unwrap();
    world.store.keep_link(rupa.tenant, [1; 16], 5).await.unwrap();
    assert_eq!(world.store.linked(rupa.tenant, [1; 16]).await.unwrap(), Some(4), "the first stays");
    assert_ne!(looks(&rupa).await, nothing);
    assert_eq!(looks(&meena).await, before);
    let scope = meena.owner().await;
    assert!(matches!(last_checkpoint(&meena.road, &scope).await, Err(ServiceError::NotFound(_))));
}

/// Every entry's receipt verifies with the log's keys alone, and every tile is the one that the entries make.
pub async fn every_proof_out_of_stored_tiles_holds(world: &World) {
    let shop = world.shop("meena").await;
    grow(&shop, 700).await;
    let scope = shop.owner().await;
    let refused = entry_receipt(&shop.road, &scope, 3).await;
    assert_eq!(refused.unwrap_err().code(), Some("audit.not_published"));
    let new = published(world, &shop.road, &shop).await;
    let (keys, leaves) = (keys(&shop.road, &shop).await, leaves(&shop).await);
    assert_eq!(u64::try_from(leaves.len()), Ok(new.size));
    for seq in [0, 1, 255, 256, 511, 512, 600, new.size - 1] {
        let receipt = entry_receipt(&shop.road, &scope, seq).await.unwrap();
        let proof: TlogProof = receipt.proof.unwrap().parse().unwrap();
        let opened = proof.verify(Entry::leaf(&receipt.bytes), &keys).unwrap();
        assert_eq!((opened.checkpoint.size, opened.checkpoint.root), (new.size, new.root));
        assert!(proof.verify(leaf_hash(b"another"), &keys).is_err());
    }
    assert!(matches!(entry_receipt(&shop.road, &scope, new.size).await, Err(ServiceError::NotFound(_))));

    let mut tiler = Tiler::default();
    let mut tiles: Vec<_> = leaves.iter().flat_map(|leaf| tiler.push(*leaf)).collect();
    tiles.extend(tiler.edge());
    assert_eq!(tiles.len(), tiles_of(new.size).count());
    for made in &tiles {
        assert_eq!(tile(&shop.road, &scope, made.id()).await.unwrap(), made.to_bytes(), "{}", made.id());
    }
    // A tile as it was when the log was shorter, one that is wider than the published tree, one beyond it.
    let narrow = tile(&shop.road, &scope, TileId::new(0, 0, 9).unwrap()).await.unwrap();
    assert_eq!(narrow, tiles.first().unwrap().narrowed(9).unwrap().to_bytes());
    let edge = tile_in(new.size, 0, 2).unwrap();
    for beyond in [TileId::new(0, 2, edge.width() + 1), TileId::new(0, 3, 1), TileId::new(1, 0, 3)] {
        let refused = tile(&shop.road, &scope, beyond.unwrap()).await;
        assert!(matches!(refused, Err(ServiceError::NotFound(_))), "{beyond:?}");
    }
    let id = crate::audit::tile::EntriesId::new(1, 256).unwrap();
    let bundle = crate::service::transparency::entries(&shop.road, &scope, id).await.unwrap();
    let hashed: Vec<_> = entries_in(&bundle).unwrap().into_iter().map(Entry::leaf).collect();
    assert_eq!(Some(&*hashed), leaves.get(256..512));
    for role in [Role::Manager, Role::Cashier, Role::Accountant] {
        let scope = shop.scope(role).await;
        assert!(
            matches!(last_checkpoint(&shop.road, &scope).await, Err(ServiceError::Denied(_))),
            "{role:?}"
        );
        assert!(
            matches!(entry_receipt(&shop.road, &scope, 0).await, Err(ServiceError::Denied(_))),
            "{role:?}"
        );
    }
}

/// Each checkpoint continues the one before; a log that stands still is confirmed at its time and not before.
pub async fn a_log_that_grows_is_published_on_and_one_that_stands_still_is_confirmed(world: &World) {
    let shop = world.shop("meena").await;
    let job = world.entrances.jobs.job::<Publishing>();
    let mut before = published(world, &shop.road, &shop).await;
    for entries in [1, 251, 3, 300] {
        grow(&shop, entries).await;
        let new = published(world, &shop.road, &shop).await;
        let opened = Checkpoint::from_text(new.note.parse::<SignedNote>().unwrap().text()).unwrap();
        assert_eq!((opened.size, opened.root), (new.size, new.root));
        assert!(opened.origin.is_of(leaves(&shop).await.first().unwrap()));
        let plan = crate::audit::tree::consistency_proof(before.size, new.size, &{
            let leaves = leaves(&shop).await;
            move |n| *leaves.get(usize::try_from(n).unwrap()).unwrap()
        });
        let grew = crate::audit::tree::verify_consistency;
        assert_eq!(grew(before.size, new.size, before.root, new.root, &plan.unwrap()), Ok(()));
        before = new;
    }
    let step = publish(&shop.road, &job, &signer(), shop.tenant).await.unwrap();
    assert_eq!(step, Published::Nothing);
    let every = 600;
    assert!(!confirm(&shop.road, &job, &signer(), shop.tenant, every).await.unwrap(), "not due");
    shop.clock.advance(600);
    assert!(confirm(&shop.road, &job, &signer(), shop.tenant, every).await.unwrap());
    assert!(!confirm(&shop.road, &job, &signer(), shop.tenant, every).await.unwrap(), "once");
    let keys = keys(&shop.road, &shop).await;
    let note: SignedNote = last_checkpoint(&shop.road, &shop.owner().await).await.unwrap().parse().unwrap();
    let opened = Checkpoint::open(&note, &keys).unwrap();
    assert_eq!(opened.checkpoint.size, before.size);
    let confirmed: Vec<_> = opened.cosignatures().filter_map(|by| by.at).collect();
    assert_eq!(confirmed, [u64::try_from(shop.clock.now().micros() / 1_000_000).unwrap()]);
}

/// Publishers that know nothing of each other, as of so many servers: every step is made by one of them.
pub async fn publishers_that_race_publish_every_checkpoint_once(world: &World) {
    let shop = world.shop("meena").await;
    for round in 0..4 {
        grow(&shop, 200).await;
        let size = u64::try_from(leaves(&shop).await.len()).unwrap();
        let racing: Vec<_> = (0..6)
            .map(|_| {
                let (road, tenant) = (shop.road.clone(), shop.tenant);
                let job = world.entrances.jobs.job::<Publishing>();
                tokio::spawn(async move { publish(&road, &job, &signer(), tenant).await.unwrap() })
            })
            .collect();
        let mut made = 0;
        for one in racing {
            made += usize::from(matches!(one.await.unwrap(), Published::Checkpoint(_)));
        }
        assert_eq!(made, 1, "round {round}");
        assert_eq!(world.store.last_checkpoint(shop.tenant).await.unwrap().unwrap().size, size);
    }
    assert_eq!(world.store.checkpoints(shop.tenant, 0, 99).await.unwrap().len(), 4);
}

/// Whatever a publisher dies of, and wherever: what is there is whole, the next one goes on from it, and every proof holds.
pub async fn a_publisher_that_fails_at_any_call_is_gone_on_from(world: &World) {
    let shop = world.shop("meena").await;
    let faulty = FaultyStore::around(Arc::clone(&world.store));
    let road = Road { store: Arc::new(faulty.clone()), ..shop.road.clone() };
    let job = world.entrances.jobs.job::<Publishing>();
    let mut last = 0;
    for fault in Fault::ALL {
        for calls in 0.. {
            grow(&shop, 40).await;
            faulty.arm(calls, fault);
            let signer = signer();
            let publishing = publish(&road, &job, &signer, shop.tenant);
            drop(faulty.until_it_hangs(publishing).await);
            let struck = faulty.disarm();
            let now = world.store.last_checkpoint(shop.tenant).await.unwrap().map_or(0, |kept| kept.size);
            assert!(now >= last, "{struck:?}, {fault:?}");
            last = published(world, &shop.road, &shop).await.size;
            assert_eq!(u64::try_from(leaves(&shop).await.len()), Ok(last), "{struck:?}, {fault:?}");
            if struck.is_none() {
                break;
            }
        }
    }
    let (keys, scope) = (keys(&shop.road, &shop).await, shop.owner().await);
    for seq in (0..last).step_by(97) {
        let receipt = entry_receipt(&shop.road, &scope, seq).await.unwrap();
        let proof: TlogProof = receipt.proof.unwrap().parse().unwrap();
        assert!(proof.verify(receipt.leaf, &keys).is_ok(), "{seq}");
    }
}

/// A log that is shorter than what was published, or another, is not signed and nothing of what was published changes.
pub async fn a_log_that_is_not_what_was_published_is_not_signed(world: &World) {
    let (cut, altered) = (world.shop("meena").await, world.shop("rupa").await);
    let job = world.entrances.jobs.job::<Publishing>();
    // As after a store was put back from a backup: more was published than there is.
    let mut longer = Frontier::default();
    (0..250_u32).for_each(|n| _ = longer.append(leaf_hash(&n.to_be_bytes())));
    assert!(world.store.advance(cut.tenant, &forged(&longer, "longer", &cut)).await.unwrap());
    let refused = publish(&cut.road, &job, &signer(), cut.tenant).await.unwrap_err();
    assert!(matches!(refused, PublishError::Shrunk { published: 250, now } if now < 250), "{refused}");

    // As after an entry was rewritten, with every hash up to the head: what was published is of other entries.
    let size = leaves(&altered).await.len();
    let mut other = Frontier::default();
    (0..size).for_each(|n| _ = other.append(leaf_hash(&n.to_be_bytes())));
    assert!(world.store.advance(altered.tenant, &forged(&other, "other", &altered)).await.unwrap());
    for entries in [0, 3] {
        grow(&altered, entries).await;
        let refused = publish(&altered.road, &job, &signer(), altered.tenant).await.unwrap_err();
        assert!(matches!(refused, PublishError::Altered { .. }), "{refused}");
        altered.clock.advance(3600);
        assert!(!confirm(&altered.road, &job, &signer(), altered.tenant, 600).await.unwrap());
    }
    let kept = world.store.checkpoints(altered.tenant, 0, 9).await.unwrap();
    assert_eq!(kept.into_iter().map(|kept| kept.note).collect::<Vec<_>>(), ["other"]);
}

/// What is printed on a bill finds that bill's entry, before and after it is published, and only with its own leaf and in
/// its own shop.
pub async fn a_printed_link_finds_its_entry_and_nothing_else(world: &World) {
    let (shop, other) = (world.shop("meena").await, world.shop("rupa").await);
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let item = shop.item("R-1").await;
    let scope = shop.scope(Role::Cashier).await;
    let bill =
        service::issue_invoice(&shop.road, &scope, None, &bill_of(party.id, &[item.id])).await.unwrap();
    let entry = bill.receipt.unwrap();
    let receipt = invoice_receipt(&shop.road, &scope, bill.value.invoice.id).await.unwrap();
    assert_eq!((receipt.seq, receipt.leaf, receipt.proof), (entry.seq, entry.leaf, None));
    let job = world.entrances.jobs.job::<RecordedLookup>();
    let ask = async |tenant, id, leaf| is_recorded(&shop.road, &job, tenant, id, leaf).await.unwrap();
    let told = ask(shop.tenant, receipt.id, entry.leaf).await.unwrap();
    assert_eq!((told.at, told.published), (entry.at, false));
    published(world, &shop.road, &shop).await;
    assert!(ask(shop.tenant, receipt.id, entry.leaf).await.unwrap().published);
    assert_eq!(ask(shop.tenant, receipt.id, leaf_hash(b"altered")).await, None);
    assert_eq!(ask(shop.tenant, [0; 16], entry.leaf).await, None);
    assert_eq!(ask(other.tenant, receipt.id, entry.leaf).await, None);
    let again = invoice_receipt(&shop.road, &scope, bill.value.invoice.id).await.unwrap();
    assert_eq!(again.id, receipt.id);
    let proof: TlogProof = again.proof.unwrap().parse().unwrap();
    assert!(proof.verify(entry.leaf, &keys(&shop.road, &shop).await).is_ok());
    let foreign = invoice_receipt(&other.road, &other.owner().await, bill.value.invoice.id).await;
    assert!(matches!(foreign, Err(ServiceError::NotFound(_))));
}

/// The first checkpoint of a new key is signed with the one before as well, and old ones are still checked by what is kept.
pub async fn after_a_rotation_whoever_knows_the_old_key_learns_the_new_one(world: &World) {
    let shop = world.shop("meena").await;
    let old = published(world, &shop.road, &shop).await;
    let known = keys(&shop.road, &shop).await;
    let mut fill = 100_u8;
    let rotated = ring().rotated(Purpose::Checkpoint, 5, &mut |bytes| {
        for byte in bytes {
            *byte = fill;
            fill = fill.wrapping_add(7);
        }
    });
    let signer = LogSigner::new(rotated, "shops.example").unwrap();
    let job = world.entrances.jobs.job::<Publishing>();
    let publish_on = async || {
        grow(&shop, 1).await;
        let Published::Checkpoint(new) = publish(&shop.road, &job, &signer, shop.tenant).await.unwrap()
        else {
            unreachable!("it grew")
        };
        new.note.parse::<SignedNote>().unwrap()
    };
    let (handed_over, of_the_new) = (publish_on().await, publish_on().await);
    let now = keys(&shop.road, &shop).await;
    assert!(now.len() > known.len() && known.iter().all(|key| now.contains(key)));
    assert!(Checkpoint::open(&handed_over, &known).is_ok(), "handed over");
    assert!(Checkpoint::open(&of_the_new, &known).is_err());
    for note in [old.note.parse().unwrap(), handed_over, of_the_new] {
        assert!(Checkpoint::open(&note, &now).is_ok());
    }
}
