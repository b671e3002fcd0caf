//! Mails on their way out: taken by one sender at a time, until somebody says what came of them.

#![expect(clippy::indexing_slicing, reason = "a case that finds fewer mails than it put has failed")]

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Shop, World};
use crate::store::{ClaimedMail, MailOutcome};
use crate::tenancy::MailId;
use crate::time::{Clock as _, Timestamp};

fn mails(shop: &Shop, count: usize) -> Vec<MailId> {
    (0..count).map(|_| MailId::new(shop.clock.now(), &*shop.entropy)).collect()
}

async fn claimed(world: &World, now: Timestamp) -> Vec<ClaimedMail> {
    world.store.claim_mails(now, now.plus_seconds(60), 100).await.unwrap()
}

/// A noted mail is taken once, and again when whoever took it has not said in time what came of it.
pub async fn a_mail_is_taken_by_one_sender_at_a_time(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let now = meena.clock.now();
    let (of_meena, of_rupa) = (mails(&meena, 2), mails(&rupa, 1));
    world.store.note_mails(meena.tenant, &of_meena, now).await.unwrap();
    world.store.note_mails(rupa.tenant, &of_rupa, now.plus_seconds(5)).await.unwrap();
    let first = claimed(world, now).await;
    let taken: BTreeSet<_> = first.iter().map(|mail| (mail.tenant, mail.mail)).collect();
    assert_eq!(taken, of_meena.iter().map(|mail| (meena.tenant, *mail)).collect());
    assert!(first.iter().all(|mail| mail.tries == 1));
    // Noting it once more, as somebody does who looks through everything, does not give it to a second sender.
    world.store.note_mails(meena.tenant, &of_meena, now).await.unwrap();
    assert_eq!(claimed(world, now).await, []);

    let later = claimed(world, now.plus_seconds(5)).await;
    assert_eq!(later, [ClaimedMail { tenant: rupa.tenant, mail: of_rupa[0], tries: 1 }]);
    let again = claimed(world, now.plus_seconds(60)).await;
    assert_eq!(again.len(), 2);
    assert!(again.iter().all(|mail| mail.tenant == meena.tenant && mail.tries == 2));
}

/// At most as many as asked for, the longest waiting first.
pub async fn the_mail_that_waits_longest_is_taken_first(world: &World) {
    let shop = world.shop("meena").await;
    let now = shop.clock.now();
    let all = mails(&shop, 3);
    for (mail, age) in all.iter().zip([10, 30, 20]) {
        world.store.note_mails(shop.tenant, &[*mail], now.plus_seconds(-age)).await.unwrap();
    }
    for expected in [all[1], all[2], all[0]] {
        let taken = world.store.claim_mails(now, now.plus_seconds(60), 1).await.unwrap();
        assert_eq!(taken.iter().map(|mail| mail.mail).collect::<Vec<_>>(), [expected]);
    }
}

/// What is settled is never taken again, whatever a slow sender says later; what is to be tried again is, from then on.
pub async fn a_settled_mail_stays_settled_until_it_is_swept(world: &World) {
    let shop = world.shop("meena").await;
    let now = shop.clock.now();
    let all = mails(&shop, 2);
    world.store.note_mails(shop.tenant, &all, now).await.unwrap();
    assert_eq!(claimed(world, now).await.len(), 2);
    let (sent, failed) = (all[0], all[1]);
    let keep = now.plus_seconds(1000);
    world.store.settle_mail(shop.tenant, sent, MailOutcome::Settled(keep)).await.unwrap();
    world.store.settle_mail(shop.tenant, sent, MailOutcome::Again(now)).await.unwrap();
    world.store.settle_mail(shop.tenant, failed, MailOutcome::Again(now.plus_seconds(7))).await.unwrap();
    assert_eq!(claimed(world, now.plus_seconds(6)).await, []);
    let again = claimed(world, now.plus_seconds(7)).await;
    assert_eq!(again, [ClaimedMail { tenant: shop.tenant, mail: failed, tries: 2 }]);

    world.store.sweep(now.plus_seconds(999)).await.unwrap();
    world.store.note_mails(shop.tenant, &all, now).await.unwrap();
    assert!(claimed(world, now.plus_seconds(999)).await.iter().all(|mail| mail.mail == failed));
    world.store.sweep(now.plus_seconds(1000)).await.unwrap();
    world.store.note_mails(shop.tenant, &[sent], now).await.unwrap();
    let forgotten = claimed(world, now.plus_seconds(1000)).await;
    assert_eq!(forgotten, [ClaimedMail { tenant: shop.tenant, mail: sent, tries: 1 }]);
}

/// Senders that ask at the same moment share the mails; none goes to two.
pub async fn senders_that_ask_at_once_share_the_mails(world: &World) {
    let shop = world.shop("meena").await;
    let now = shop.clock.now();
    let all = mails(&shop, 40);
    world.store.note_mails(shop.tenant, &all, now).await.unwrap();
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&world.store);
            tokio::spawn(async move {
                let mut taken = Vec::new();
                loop {
                    let some = store.claim_mails(now, now.plus_seconds(60), 3).await.unwrap();
                    if some.is_empty() {
                        return taken;
                    }
                    taken.extend(some.into_iter().map(|mail| mail.mail));
                }
            })
        })
        .collect();
    let mut taken = Vec::new();
    for sender in senders {
        taken.extend(sender.await.unwrap());
    }
    // Some may have been passed over by everybody at once; they are there for the next who asks.
    taken.extend(claimed(world, now).await.into_iter().map(|mail| mail.mail));
    taken.sort();
    let mut expected = all;
    expected.sort();
    assert_eq!(taken, expected);
}
