//! Scripts of deeds, drawn and shrunk by proptest's state machine, played in the store under test and in the reference
//! store at once: the first answer that differs ends the play, and what is printed is the shortest script found that
//! still tells the stores apart.
//!
//! The cases follow from a fixed seed, so that a red test stays red. proptest's own variables overrule what is set here:
//! `PROPTEST_CASES=500` plays longer, `PROPTEST_RNG_SEED=7` plays another script. A script is played to its end on the
//! thread of the test, because proptest's runner knows no async.

use std::ops::RangeInclusive;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use proptest_state_machine::ReferenceStateMachine;

use super::deeds::{Act, Model, act};
use super::log::{log_is_sound, whole_log};
use super::player::Player;
use super::rebuild::{books_are_sound, log_and_tables_agree};
use super::{Fixture, Shop, World};

/// How long a script is; shrinking makes it as short as it goes.
const STEPS: RangeInclusive<usize> = 20..=30;

/// How often a script is played, unless proptest's variable says otherwise.
const CASES: u32 = 12;

/// One shop's script.
#[derive(Debug)]
pub(super) struct OneShop;

impl ReferenceStateMachine for OneShop {
    type State = Model;
    type Transition = Act;

    fn init_state() -> BoxedStrategy<Model> {
        Just(Model::default()).boxed()
    }

    fn transitions(_: &Model) -> BoxedStrategy<Act> {
        act()
    }

    fn apply(model: Model, act: &Act) -> Model {
        model.after(act)
    }

    fn preconditions(model: &Model, act: &Act) -> bool {
        model.allows(act)
    }
}

/// Plays scripts of `M` until one fails, then the shortest that still fails, and panics with it.
///
/// `play` is given the script and its number; it says no by panicking.
pub(super) fn play_all<M>(cases: u32, steps: RangeInclusive<usize>, play: impl Fn(u32, &[M::Transition]))
where
    M: ReferenceStateMachine,
{
    let asked = Config::default();
    let config = Config {
        // proptest's own default is taken for nobody having asked.
        cases: if asked.cases == 256 { cases } else { asked.cases },
        rng_seed: if asked.rng_seed == RngSeed::Random { RngSeed::Fixed(2026) } else { asked.rng_seed },
        // Each try opens shops of its own: shrinking has an end.
        max_shrink_iters: asked.max_shrink_iters.min(300),
        failure_persistence: None,
        ..asked
    };
    let number = std::cell::Cell::new(0);
    let script = M::sequential_strategy(steps);
    let failure = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&script, |(_, acts, seen)| {
            number.set(number.get() + 1);
            // Shrinking first cuts off what was not reached. How far a play came is not known here: all counts as reached.
            if let Some(seen) = seen {
                seen.store(acts.len(), std::sync::atomic::Ordering::SeqCst);
            }
            play(number.get(), &acts);
            Ok(())
        })
    });
    match failure {
        Ok(()) => {}
        Err(TestError::Fail(why, (_, acts, _))) => {
            let script: String = acts.iter().map(|act| format!("  {act:?}\n")).collect();
            unreachable!("{why}\nthe shortest script found:\n{script}")
        }
        Err(TestError::Abort(why)) => unreachable!("no scripts could be drawn: {why}"),
    }
}

/// Where two transcripts part.
pub(super) fn compare(reference: &[String], tested: &[String]) {
    for (number, (reference, tested)) in reference.iter().zip(tested).enumerate() {
        assert_eq!(reference, tested, "the answers part at number {number}");
    }
    assert_eq!(reference.len(), tested.len());
}

/// What every player's end is held against.
pub(super) async fn same_in_the_end(reference: &Shop, tested: &Shop) {
    assert_eq!(whole_log(tested).await, whole_log(reference).await, "the logs");
    let (mut tested, mut reference) = (tested.reader().await, reference.reader().await);
    let (tested_head, reference_head) = (tested.head().await.unwrap(), reference.head().await.unwrap());
    assert_eq!(tested_head.frontier, reference_head.frontier);
    assert_eq!((tested_head.last_at, tested_head.epoch), (reference_head.last_at, reference_head.epoch));
    assert_eq!(tested.all_balances().await.unwrap(), reference.all_balances().await.unwrap());
}

/// Every answer is the reference store's, to the letter, and after each step the books are sound.
pub async fn every_answer_is_the_reference_stores_and_the_books_are_sound_after_each_step(world: &World) {
    let runtime = tokio::runtime::Handle::current();
    let done = std::cell::Cell::new(0_usize);
    play_all::<OneShop>(CASES, STEPS, |number, acts| {
        runtime.block_on(async {
            let slug = format!("meena-{number}");
            let reference = World::of(Fixture::in_memory());
            let mut expected = Player::begin(reference.shop(&slug).await).await;
            let mut tested = Player::begin(world.shop(&slug).await).await;
            for act in acts {
                let before = tested.done();
                expected.play(act).await;
                tested.play(act).await;
                let fresh = |player: &Player| player.transcript().len();
                assert_eq!(fresh(&expected), fresh(&tested));
                assert_eq!(expected.transcript().last(), tested.transcript().last(), "{act:?}");
                if tested.done() > before {
                    books_are_sound(&tested.shop).await;
                }
            }
            compare(expected.transcript(), tested.transcript());
            same_in_the_end(&expected.shop, &tested.shop).await;
            log_is_sound(&tested.shop).await;
            log_and_tables_agree(&tested.shop).await;
            done.set(done.get() + tested.done());
        });
    });
    assert!(done.get() > 50, "scripts that are always refused prove nothing");
}
