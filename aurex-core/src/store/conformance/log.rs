//! The log: gapless, hashed as stored, opened by what lies beside it, one entry a change.

use std::collections::BTreeSet;

use super::forge::insert;
use super::scene::Scene;
use super::till::*;
use super::{Shop, World};
use crate::audit::tree::{Frontier, Hash, inclusion_proof, verify_inclusion};
use crate::audit::{Body, Entry, Erased, Value};
use crate::identity::actions::AddMember;
use crate::ledger::{Account, AccountId};
use crate::rbac::Role;
use crate::service::{read_audit, shop as service};
use crate::store::{AuditFilter, PageRequest, StoredEntry};
use crate::text::Label;

/// The whole log, oldest first.
pub(super) async fn whole_log(shop: &Shop) -> Vec<StoredEntry> {
    let mut reader = shop.reader().await;
    let (mut entries, mut page) = (Vec::new(), PageRequest::first(500));
    loop {
        let read = reader.entries(&AuditFilter::default(), page).await.unwrap();
        entries.extend(read.items);
        match read.next {
            Some(next) => page.after = Some(next),
            None => break,
        }
    }
    entries.reverse();
    entries
}

/// Everything that makes a log provable, checked from the stored bytes alone.
pub(super) async fn log_is_sound(shop: &Shop) {
    let head = shop.reader().await.head().await.unwrap();
    let entries = whole_log(shop).await;
    let (mut frontier, mut leaves) = (Frontier::default(), Vec::<Hash>::new());
    let mut erased = BTreeSet::new();
    for stored in &entries {
        erased.extend(Body::from_openings(&stored.openings).unwrap().erased().unwrap());
    }
    for (stored, seq) in entries.iter().zip(0..) {
        assert_eq!(stored.entry.seq, seq, "no gap, no reordering");
        assert_eq!(stored.entry.tenant, shop.tenant);
        assert_eq!(Entry::from_bytes(&stored.bytes).as_ref(), Ok(&stored.entry), "stored as it was hashed");
        assert_eq!(Entry::leaf(&stored.bytes), stored.leaf);
        // What does not open was erased, and a later entry says so; nothing else is missing.
        let slots = std::iter::once(&stored.entry.body).chain(&stored.entry.personal);
        for (commitment, slot) in slots.zip(0_u16..) {
            let place = Erased { entry: seq, slot, field: commitment.name.clone() };
            let is_open = stored.openings.iter().any(|opening| opening.slot == slot);
            assert_ne!(is_open, erased.remove(&place), "{} of entry {seq}", commitment.name);
        }
        for opening in &stored.openings {
            assert!(stored.entry.is_opened_by(opening), "{} of entry {seq}", opening.name);
        }
        frontier.append(stored.leaf);
        leaves.push(stored.leaf);
    }
    assert!(erased.is_empty(), "an entry lists what is nowhere: {erased:?}");
    assert!(entries.is_sorted_by_key(|stored| stored.entry.at));
    assert_eq!(head.frontier, frontier);
    // The root, recomputed from all leaves by the other algorithm: a proof of the last one spans all before it.
    let (size, last) = (head.frontier.size(), head.frontier.size() - 1);
    let leaf = |n| usize::try_from(n).ok().and_then(|n: usize| leaves.get(n)).copied().unwrap();
    let proof = inclusion_proof(last, size, &leaf).unwrap();
    verify_inclusion(leaf(last), last, size, &proof, head.frontier.root()).unwrap();
    assert_eq!(Some(head.last_at), entries.last().map(|stored| stored.entry.at));
}

/// After a day of everything the log proves itself.
pub async fn the_log_is_gapless_hashed_as_stored_and_opened_by_its_openings(world: &World) {
    let scene = Scene::set(world, "meena").await;
    scene.shop.cancel(scene.shop.sell(scene.party.id, "R-1").await.invoice.id).await;
    scene.shop.reverse(scene.receipt.receipt.id).await;
    log_is_sound(&scene.shop).await;
}

/// One change, one entry; what its receipt says is what the log holds.
pub async fn every_change_is_one_entry_and_its_receipt_finds_it(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let shop = &scene.shop;
    let item = shop.item("R-1").await;
    let size = shop.reader().await.head().await.unwrap().frontier.size();
    shop.tick();
    let cashier = shop.cashier().await;
    let bill = bill_of(scene.party.id, &[item.id]);
    let done = service::issue_invoice(&shop.road, &cashier, None, &bill).await.unwrap();
    let receipt = done.receipt.unwrap();
    assert_eq!(receipt.seq, size);
    assert_eq!(shop.reader().await.head().await.unwrap().frontier.size(), size + 1);
    let stored = whole_log(shop).await.into_iter().last().unwrap();
    assert_eq!((stored.entry.seq, stored.leaf, stored.entry.at), (receipt.seq, receipt.leaf, receipt.at));
}

/// An entry says who, in which role and session, from where, what and about what.
pub async fn an_entry_says_who_did_what_from_where(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let shop = &scene.shop;
    let item = shop.item("R-1").await;
    shop.tick();
    let cashier = shop.cashier().await;
    let bill = bill_of(scene.party.id, &[item.id]);
    let bill = service::issue_invoice(&shop.road, &cashier, None, &bill).await.unwrap().value;
    let stored = whole_log(shop).await.into_iter().last().unwrap();
    let entry = &stored.entry;
    let actor = shop.member(Role::Cashier).id.to_string();
    assert_eq!((entry.actor.kind.as_str(), &entry.actor.id), ("member", &actor));
    assert_eq!((entry.actor.role.as_str(), entry.actor.assurance.as_str()), ("cashier", "password"));
    assert_eq!(entry.session, Some(shop.session(Role::Cashier).id));
    assert_eq!((entry.action.as_str(), entry.subject_kind.as_str()), ("invoice.issue", "invoice"));
    assert_eq!((&entry.subject_id, entry.request_id.as_str()), (&bill.invoice.id.to_string(), "request"));
    let opened = |name: &str| {
        let opening = stored.openings.iter().find(|opening| opening.name == name)?;
        Value::from_bytes(&opening.content).ok()
    };
    assert_eq!(opened("request.ip"), Some(Value::Text("192.0.2.7".to_owned())));
    assert_eq!(opened("request.user_agent"), Some(Value::Text("till".to_owned())));

    let owner = shop.owner().await;
    let shown = read_audit(&shop.road, &owner, &AuditFilter::default(), PageRequest::first(1)).await.unwrap();
    let shown = shown.items.into_iter().next().unwrap();
    assert_eq!(shown.actor_name.as_deref(), Some("The cashier"));
    assert!(shown.changes.iter().any(|change| change.field == "invoice.number"));
}

/// A command that a rule refuses leaves nothing behind.
pub async fn a_refused_command_leaves_no_entry(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let before = scene.shop.reader().await.head().await.unwrap();
    let owner = scene.shop.owner().await;
    let too_much = money(
        scene.party.id,
        crate::shop::receipts::PaymentMode::Upi,
        5_000_000,
        &[(scene.bill.invoice.id, 5_000_000)],
    );
    let answer = service::record_receipt(&scene.shop.road, &owner, None, &too_much).await;
    assert_eq!(code(answer), "receipt.more_than_open");
    assert_eq!(scene.shop.reader().await.head().await.unwrap(), before);
}

/// A change of a thousand rows is one entry; its body, past 32 KiB, enters as a hash and opens all the same.
pub async fn a_change_of_a_thousand_rows_is_one_entry(world: &World) {
    let shop = world.shop("meena").await;
    let scope = shop.owner().await;
    let mut reader = shop.reader().await;
    let account = reader.accounts_for(None).await.unwrap().into_iter().next().unwrap();
    drop(reader);
    let mut turn = shop.writer(&scope).await.unwrap();
    let rows = (0..1000).map(|n| {
        let (id, code) = (AccountId::new(turn.now(), &*shop.entropy), Label::new(format!("X-{n}")).unwrap());
        Account { id, code, ..account.clone() }.into()
    });
    let sealed = insert::<AddMember>(&scope, &*shop.entropy, rows.collect());
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();
    let last = whole_log(&shop).await.into_iter().last().unwrap();
    assert_eq!(last.entry.body.name, "body/sha256");
    log_is_sound(&shop).await;
    super::rebuild::log_and_tables_agree(&shop).await;
}

/// Two shops' logs have nothing of each other.
pub async fn logs_are_kept_by_tenant(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    for n in 0..3 {
        meena.rate(1_280_000 + n).await;
        rupa.rate(1_280_000 + n).await;
    }
    for shop in [&meena, &rupa] {
        log_is_sound(shop).await;
        assert_eq!(whole_log(shop).await.len(), 15, "founding, five members, six sign-ins, three rates");
    }
}
