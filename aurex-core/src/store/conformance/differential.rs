//! The same script on two stores: the reference store alone, and the store under test with neighbours.
//!
//! This is the twin-world test as well. While the script plays, other shops play theirs in between, in the same store;
//! what the first shop is answered must be, to the letter, what it is answered when it is alone in the world: results,
//! ids, refusals, pages, receipts, the log.

use super::log::whole_log;
use super::random::Script;
use super::{Fixture, World};

const STEPS: usize = 120;

/// Compares two transcripts, and says where they part.
fn compare(alone: &[String], together: &[String]) {
    for (step, (alone, together)) in alone.iter().zip(together).enumerate() {
        assert_eq!(alone, together, "the answers part at number {step}");
    }
    assert_eq!(alone.len(), together.len());
}

/// A shop among others cannot tell that it is not alone, nor in which store it is.
pub async fn a_shop_is_answered_as_if_it_were_alone_in_the_reference_store(world: &World) {
    for seed in 0..3 {
        let reference = World::of(Fixture::in_memory());
        let slug = format!("meena-{seed}");
        let alone = reference.shop(&slug).await;
        let mut script = Script::new(seed, alone.clone());
        script.begin().await;
        for _ in 0..STEPS {
            script.step().await;
        }
        let (alone_log, alone) = (whole_log(&alone).await, script.transcript());

        let noisy = world.shop(&format!("noisy-{seed}")).await;
        let shop = world.shop(&slug).await;
        let (mut script, mut noise) = (Script::new(seed, shop.clone()), Script::new(seed + 100, noisy));
        noise.begin().await;
        script.begin().await;
        for _ in 0..STEPS {
            noise.step().await;
            script.step().await;
        }
        compare(&alone, &script.transcript());
        let together_log = whole_log(&shop).await;
        assert_eq!(together_log, alone_log);
        assert!(noise.done() > STEPS / 4, "the neighbours kept quiet");
    }
}
