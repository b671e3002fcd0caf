//! A whole workspace leaves one store and arrives in another with nothing lost, or not at all.
//!
//! The other store is the reference one, so that what holds between it and every backend holds between any two.

use std::io::Write;

use super::inspection::is_as_its_log_tells;
use super::rebuild::log_and_tables_agree;
use super::scene::Scene;
use super::transparency::{published, ring};
use super::world::refusal;
use super::{Fixture, Shop, World};
use crate::audit::check::KnownRoot;
use crate::identity::actions::{ArriveWorkspace, LeaveWorkspace};
use crate::rbac::{Action as _, Role};
use crate::service::Road;
use crate::service::archive::{
    ArchiveError, Arrived, arrive, check_archive, leave_workspace, state_arrival, write_archive,
};
use crate::service::inspection::{ROWS_AT_ONCE, check_tiles};
use crate::store::{Cosignature, StoreError};
use crate::tenancy::{RequestFacts, Scope, TenantId};

const SHELL: &[&str] = &[LeaveWorkspace::CODE, ArriveWorkspace::CODE];

fn shell(world: &World, tenant: TenantId) -> Scope {
    world.entrances.cli.scope(tenant, SHELL, RequestFacts::default())
}

/// A shop with a row in every table, something erased, and a log that is published and was cosigned.
pub(super) async fn busy(world: &World, slug: &str) -> Shop {
    let scene = Scene::set(world, slug).await;
    let shop = scene.shop;
    shop.cancel(shop.sell(scene.party.id, "R-1").await.invoice.id).await;
    shop.pay_rent().await;
    published(world, &shop.road, &shop).await;
    let quetzal = shop.plant("Quetzal").await;
    shop.erase(quetzal.id, &[]).await.unwrap();
    let at = published(world, &shop.road, &shop).await;
    let line = "\u{2014} witness.example/1 AAAA".to_owned();
    let cosignature = Cosignature { size: at.size, signer: "witness.example/1".to_owned(), line, at: at.at };
    world.store.cosign(shop.tenant, &cosignature).await.unwrap();
    world.store.keep_link(shop.tenant, [7; 16], 3).await.unwrap();
    shop
}

pub(super) async fn archive_of(shop: &Shop) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut reader = shop.reader().await;
    let keys = ring().check_rows();
    write_archive(&mut *reader, &*shop.road.store, &keys, &mut bytes, &mut |_| {}).await.unwrap();
    bytes
}

async fn taken_in(
    road: &Road,
    world: &World,
    archive: &[u8],
    is_a_try: bool,
) -> Result<Arrived, ArchiveError> {
    let (contents, roots) = check_archive(&mut &*archive)?;
    let scope = shell(world, contents.header.tenant);
    arrive(road, &scope, (&contents, &roots), &mut &*archive, is_a_try, &mut |_| {}).await
}

/// Moves a shop's people, clock and chance along; their sessions hold there as they did here.
async fn moved(shop: &Shop, to: &World) -> Result<Shop, ArchiveError> {
    let archive = archive_of(shop).await;
    let there = shop.clone().leave().enter(to);
    taken_in(&there.road, to, &archive, false).await?;
    Ok(there)
}

/// From the store under test into the reference one and from there into the store: archive for archive the same bytes, the
/// books balance, the log is one log, sales go on, and what is signed next continues what was signed before.
pub async fn a_workspace_arrives_with_nothing_lost_and_goes_on(world: &World) {
    let reference = World::of(Fixture::in_memory());
    for (from, to) in [(world, &reference), (&reference, world)] {
        // A name of its own each way: one that was used is never given again.
        let slug = if std::ptr::eq(from, world) { "meena" } else { "rupa" };
        let here = busy(from, slug).await;
        let before = from.store.last_checkpoint(here.tenant).await.unwrap().unwrap();
        let there = moved(&here, to).await.unwrap();

        let (ours, theirs) = (archive_of(&here).await, archive_of(&there).await);
        let parts = |archive: &Vec<u8>| {
            let parts = check_archive(&mut &**archive).unwrap().0.parts.into_iter();
            parts.map(|part| (part.name, part.rows, part.sha256)).collect::<Vec<_>>()
        };
        for (ours, theirs) in parts(&ours).into_iter().zip(parts(&theirs)) {
            assert_eq!(ours, theirs);
        }
        assert!(ours == theirs, "both ends write the same archive");
        log_and_tables_agree(&there).await;
        let trial = |shop: &Shop| {
            let shop = shop.clone();
            async move { shop.reader().await.trial_balance(None).await.unwrap() }
        };
        assert_eq!(trial(&here).await, trial(&there).await);
        let link = to.store.linked(there.tenant, [7; 16]).await.unwrap();
        assert_eq!(link, Some(3), "a printed link still finds its entry");
        assert_eq!(to.store.cosignatures(there.tenant, before.size).await.unwrap().len(), 1);
        let owner = there.owner().await;
        let tiles = check_tiles(&*to.store, &owner, &mut |_| {}).await.unwrap();
        assert_eq!(tiles.kept(), []);

        let scope = shell(to, there.tenant);
        let (contents, _) = check_archive(&mut &*archive_of(&there).await).unwrap();
        let arrived = state_arrival(&there.road, &scope, &contents).await.unwrap();
        assert_eq!(arrived.seq, contents.header.entries, "it goes on where it left off");
        there.rate(1_290_000).await;
        let customer = there.customer("Asha").await;
        there.sell(customer.id, "GOES-ON").await;
        let after = published(to, &there.road, &there).await;
        assert!(after.size > before.size);
        let mut reader = there.reader().await;
        let leaves = reader.leaves(0, before.size).await.unwrap();
        drop(reader);
        let mut tree = crate::audit::tree::Frontier::default();
        for leaf in leaves {
            tree.append(leaf);
        }
        assert_eq!(tree.root(), before.root, "the new log begins with the one that was signed");
        is_as_its_log_tells(&there, ROWS_AT_ONCE).await;
    }
    drop(reference.end().await);
}

/// A mail that left with its workspace is not sent again by the store that it came to.
pub async fn mails_that_arrive_are_not_sent_again(world: &World) {
    let reference = World::of(Fixture::in_memory());
    let here = busy(&reference, "meena").await;
    assert!(!here.reader().await.mails(crate::store::PageRequest::first(5)).await.unwrap().items.is_empty());
    let there = moved(&here, world).await.unwrap();
    there.clock.advance(40 * 86_400);
    let job = world.job::<crate::service::access::SendingMail>();
    let long_ago = crate::time::Timestamp::from_micros(0);
    crate::service::access::note_mails_since(&there.road, &job, there.tenant, long_ago).await.unwrap();
    let now = crate::time::Clock::now(&*there.clock);
    let due = world.store.claim_mails(now, now.plus_seconds(60), 100).await.unwrap();
    assert_eq!(due, []);
}

/// Whatever bit of an archive is another, it is refused, nothing of the workspace is left, and the true one arrives after.
pub async fn an_archive_that_was_altered_leaves_nothing_behind(world: &World) {
    let reference = World::of(Fixture::in_memory());
    let here = busy(&reference, "meena").await;
    let there = here.clone().leave().enter(world);
    let archive = archive_of(&here).await;
    let step = archive.len() / 40;
    for at in (0..archive.len()).step_by(step.max(1)) {
        let mut altered = archive.clone();
        *altered.get_mut(at).unwrap() ^= 4;
        assert!(taken_in(&there.road, world, &altered, false).await.is_err(), "byte {at}");
        let cut = archive.get(..at).unwrap();
        assert!(taken_in(&there.road, world, cut, false).await.is_err(), "cut at {at}");
    }
    let mut longer = archive.clone();
    longer.push(0);
    assert!(taken_in(&there.road, world, &longer, false).await.is_err());
    assert_eq!(world.store.tenants().await.unwrap(), []);
    assert!(taken_in(&there.road, world, &archive, true).await.is_ok(), "a try changes nothing");
    assert_eq!(world.store.tenants().await.unwrap(), []);
    assert!(!taken_in(&there.road, world, &archive, false).await.unwrap().was_there);
    assert_eq!(world.store.tenants().await.unwrap(), [(here.slug.clone(), here.tenant)]);
}

/// Digests that fit are not enough: rows that the log does not tell, and a log that was not signed, do not arrive.
pub async fn an_archive_that_was_forged_whole_leaves_nothing_behind(world: &World) {
    let reference = World::of(Fixture::in_memory());
    let here = busy(&reference, "meena").await;
    let there = here.clone().leave().enter(world);
    // A party's name, the same length, wherever it stands, and every digest made anew: what whoever writes archives can do.
    let forged = resealed(&archive_of(&here).await, b"Asha of meena", b"Usha of meena");
    let refused = taken_in(&there.road, world, &forged, false).await.unwrap_err();
    assert!(matches!(refused, ArchiveError::Unsound { .. }), "{refused}");
    let archive = archive_of(&here).await;
    let (contents, mut roots) = check_archive(&mut &*archive).unwrap();
    let root = crate::audit::tree::Hash::of_empty_tree();
    roots.push(KnownRoot { size: 2, root });
    let scope = shell(world, contents.header.tenant);
    let refused = arrive(&there.road, &scope, (&contents, &roots), &mut &*archive, false, &mut |_| {}).await;
    assert!(matches!(refused, Err(ArchiveError::Unsound { .. })));
    assert_eq!(world.store.tenants().await.unwrap(), []);
}

/// The archive with other bytes in its rows and with digests that fit them.
fn resealed(archive: &[u8], before: &[u8], after: &[u8]) -> Vec<u8> {
    let mut altered = archive.to_vec();
    // The last is in a table; the log's own come before all tables.
    let last = altered.windows(before.len()).rposition(|window| window == before).unwrap();
    altered.get_mut(last..last + after.len()).unwrap().copy_from_slice(after);
    crate::service::archive::with_fitting_digests(&altered)
}

/// A workspace is refused where its name or its tenant is another's, and only gone on with where it is there just so.
pub async fn a_workspace_arrives_once(world: &World) {
    let reference = World::of(Fixture::in_memory());
    let here = busy(&reference, "meena").await;
    let there = moved(&here, world).await.unwrap();
    let archive = archive_of(&here).await;
    assert!(taken_in(&there.road, world, &archive, false).await.unwrap().was_there);
    assert!(archive_of(&there).await == archive, "what is gone on with is not done twice");
    here.rate(1_300_000).await;
    let later = taken_in(&there.road, world, &archive_of(&here).await, false).await;
    assert!(matches!(later, Err(ArchiveError::Store(StoreError::SlugTaken))));

    let _rupa = world.shop("rupa").await;
    let elsewhere = World::of(Fixture::in_memory());
    // Chance follows from the name: another one of that name needs another beginning.
    let other = busy(&elsewhere, "tara").await;
    let scope = shell(world, other.tenant);
    let taken = world.store.arrival(&scope, &"rupa".parse().unwrap()).await;
    assert!(matches!(taken.err().unwrap(), StoreError::SlugTaken));
    let foreign = shell(&elsewhere, other.tenant);
    let refused = world.store.arrival(&foreign, &other.slug).await;
    assert!(matches!(refused.err().unwrap(), StoreError::ForeignScope));
}

/// A workspace that left is behind no door and on no list, its name is not given again, nobody who waited for its turn
/// writes, and its archive says all of its log.
pub async fn a_workspace_that_left_is_closed_where_it_was(world: &World) {
    let shop = busy(world, "meena").await;
    let waiting = shop.owner().await;
    let scope = shell(world, shop.tenant);
    let mut archive = Vec::new();
    let keys = ring().check_rows();
    let (to, out) = ("another store".to_owned(), &mut archive as &mut (dyn Write + Send));
    let left = leave_workspace(&shop.road, &scope, &keys, to, out, &mut |_| {}).await.unwrap();
    assert!(left.written.header.left);
    assert!(matches!(refusal(shop.writer(&waiting).await), StoreError::Unavailable(_)), "its turn is held");
    left.close(&shop.road, &scope).await.unwrap();

    assert!(world.store.door(&shop.slug).await.unwrap().is_none());
    assert_eq!(world.store.tenants().await.unwrap(), []);
    assert!(matches!(refusal(shop.writer(&waiting).await), StoreError::Withdrawn));
    let again = shop.road.store.close_workspace(&scope).await;
    assert!(again.is_err() || world.store.tenants().await.unwrap().is_empty());

    let reference = World::of(Fixture::in_memory());
    let there = shop.clone().leave().enter(&reference);
    let arrived = taken_in(&there.road, &reference, &archive, false).await.unwrap();
    assert_eq!(arrived.contents.header.entries, there.reader().await.head().await.unwrap().frontier.size());
    let sellers = there.scope(Role::Cashier).await;
    assert!(there.writer(&sellers).await.is_ok(), "its people go on where it is now");
    drop(reference.end().await);
}

/// One that is interrupted on its way leaves with the same entry, and writes the same archive.
pub async fn a_leaving_that_was_interrupted_is_gone_on_with(world: &World) {
    let shop = busy(world, "meena").await;
    let scope = shell(world, shop.tenant);
    let keys = ring().check_rows();
    let mut archives = Vec::new();
    for _ in 0..2 {
        let mut archive = Vec::new();
        let out: &mut (dyn Write + Send) = &mut archive;
        let left = leave_workspace(&shop.road, &scope, &keys, "there".to_owned(), out, &mut |_| {}).await;
        drop(left.unwrap());
        archives.push(archive);
    }
    assert!(archives.first() == archives.last());
    assert!(world.store.door(&shop.slug).await.unwrap().is_some(), "it is not closed before it has arrived");
}

/// Cut short between the arrival and the closing, both are open: called again, nothing is done twice where it is now, with what
/// has been written there since, and it is closed where it was.
pub async fn what_has_arrived_already_is_only_closed_where_it_was(world: &World) {
    let reference = World::of(Fixture::in_memory());
    let here = busy(world, "meena").await;
    let (scope, keys) = (shell(world, here.tenant), ring().check_rows());
    let there = here.clone().leave().enter(&reference);
    for is_again in [false, true] {
        let mut archive = Vec::new();
        let out: &mut (dyn Write + Send) = &mut archive;
        let left =
            leave_workspace(&here.road, &scope, &keys, "there".to_owned(), out, &mut |_| {}).await.unwrap();
        let before = archive_if(&there, is_again).await;
        let arrived = taken_in(&there.road, &reference, &archive, false).await.unwrap();
        assert_eq!((arrived.was_there, arrived.is_stated), (is_again, is_again));
        if is_again {
            assert!(archive_if(&there, true).await == before, "nothing is done twice");
            left.close(&here.road, &scope).await.unwrap();
        } else {
            drop(left);
            let arriving = shell(&reference, there.tenant);
            state_arrival(&there.road, &arriving, &arrived.contents).await.unwrap();
            there.rate(1_290_000).await;
        }
    }
    assert!(world.store.door(&here.slug).await.unwrap().is_none());
    assert!(reference.store.door(&there.slug).await.unwrap().is_some());
    drop(reference.end().await);
}

async fn archive_if(shop: &Shop, is_there: bool) -> Vec<u8> {
    if is_there { archive_of(shop).await } else { Vec::new() }
}

/// Who brings a workspace from an archive of its last month wants it: it arrives without an end, and the log says so.
pub async fn what_was_about_to_end_arrives_without_an_end(world: &World) {
    let reference = World::of(Fixture::in_memory());
    let here = busy(&reference, "meena").await;
    super::ending::end_is_set(&here).await;
    let there = moved(&here, world).await.unwrap();
    let (contents, _) = check_archive(&mut &*archive_of(&here).await).unwrap();
    state_arrival(&there.road, &shell(world, there.tenant), &contents).await.unwrap();
    assert_eq!(there.reader().await.workspace().await.unwrap().ends_at, None);
    there.rate(1_290_000).await;
    is_as_its_log_tells(&there, ROWS_AT_ONCE).await;
    drop(reference.end().await);
}
