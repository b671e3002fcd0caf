//! Twin worlds: a shop among others, in the store under test, and the same shop alone in the world.
//!
//! While its script plays, a neighbour plays theirs in the same store: in between, at the same moment, refused, failing,
//! or cut off at any wait. What the first shop is answered must be, to the letter, what it is answered alone: results,
//! ids, refusals, counts, cursors, receipts, the log.

use std::future::{Future, poll_fn};
use std::ops::RangeInclusive;
use std::pin::pin;
use std::task::Poll;

use proptest::option::weighted;
use proptest::prelude::*;
use proptest_state_machine::ReferenceStateMachine;

use super::deeds::{Act, Model, act};
use super::machine::{compare, play_all, same_in_the_end};
use super::player::Player;
use super::rebuild::log_and_tables_agree;
use super::writers::Cut;
use super::{Fixture, World};

const STEPS: RangeInclusive<usize> = 30..=60;
const CASES: u32 = 12;

/// One step: what we do, what the neighbour does beside it, and at which of its waits they are cut off.
#[derive(Debug, Clone)]
struct Step {
    ours: Option<Act>,
    theirs: Option<Act>,
    cut: Option<u32>,
}

#[derive(Debug)]
struct TwoShops;

impl ReferenceStateMachine for TwoShops {
    type State = (Model, Model);
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self::State> {
        Just((Model::default(), Model::default())).boxed()
    }

    fn transitions(_: &Self::State) -> BoxedStrategy<Step> {
        (weighted(0.7, act()), weighted(0.7, act()), weighted(0.3, 0_u32..12))
            .prop_map(|(ours, theirs, cut)| Step { ours, theirs, cut })
            .boxed()
    }

    fn apply((ours, theirs): Self::State, step: &Step) -> Self::State {
        let after = |model: Model, act: &Option<Act>| act.as_ref().map_or(model, |act| model.after(act));
        (after(ours, &step.ours), after(theirs, &step.theirs))
    }

    fn preconditions((ours, theirs): &Self::State, step: &Step) -> bool {
        let allows = |model: &Model, act: &Option<Act>| act.as_ref().is_none_or(|act| model.allows(act));
        allows(ours, &step.ours) && allows(theirs, &step.theirs)
    }
}

/// Drives both at once, to the end of both.
async fn beside<A: Future<Output = ()>, B: Future<Output = ()>>(ours: A, theirs: B) {
    let (mut ours, mut theirs) = (pin!(ours), pin!(theirs));
    let (mut ours_done, mut theirs_done) = (false, false);
    poll_fn(|context| {
        theirs_done = theirs_done || theirs.as_mut().poll(context).is_ready();
        ours_done = ours_done || ours.as_mut().poll(context).is_ready();
        if ours_done && theirs_done { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

async fn play_perhaps(player: &mut Player, act: Option<&Act>) {
    if let Some(act) = act {
        player.play(act).await;
    }
}

/// The neighbour's step, perhaps cut off: whatever a store leaves behind then is their trouble, not ours.
async fn play_or_cut(player: &mut Player, act: Option<&Act>, cut: Option<u32>) {
    match cut {
        None => play_perhaps(player, act).await,
        Some(waits) => drop(Cut::at(waits, play_perhaps(player, act)).await),
    }
}

/// A shop among others cannot tell that it is not alone, nor in which store it is.
pub async fn a_shop_is_answered_as_if_it_were_alone_in_the_reference_store(world: &World) {
    let runtime = tokio::runtime::Handle::current();
    let noise = std::cell::Cell::new(0_usize);
    play_all::<TwoShops>(CASES, STEPS, |number, steps| {
        runtime.block_on(async {
            let slug = format!("meena-{number}");
            let reference = World::of(Fixture::in_memory());
            let mut alone = Player::begin(reference.shop(&slug).await).await;
            for step in steps {
                play_perhaps(&mut alone, step.ours.as_ref()).await;
            }

            let mut neighbour = Player::begin(world.shop(&format!("noisy-{number}")).await).await;
            let mut ours = Player::begin(world.shop(&slug).await).await;
            for Step { ours: act, theirs, cut } in steps {
                let noise = play_or_cut(&mut neighbour, theirs.as_ref(), *cut);
                beside(play_perhaps(&mut ours, act.as_ref()), noise).await;
            }
            compare(alone.transcript(), ours.transcript());
            same_in_the_end(&alone.shop, &ours.shop).await;
            // What was cut off may still be ending: its turn is over when the next one begins.
            let theirs = neighbour.backstage();
            neighbour.shop.writer(&theirs).await.unwrap().rollback().await;
            log_and_tables_agree(&neighbour.shop).await;
            noise.set(noise.get() + neighbour.done());
        });
    });
    assert!(noise.get() > 10, "the neighbours kept quiet");
}
