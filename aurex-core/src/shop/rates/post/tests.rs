use proptest::prelude::*;

use super::*;
use crate::tenancy::Id as _;
use crate::time::parse_date;

const OWNER: RateLimits = RateLimits { may_cross: true };
const MANAGER: RateLimits = RateLimits { may_cross: false };

fn ppm(ppm: u32) -> Fineness {
    Fineness::new(ppm).unwrap()
}

fn rate(kind: RateKind, rupees: i64) -> NewRate {
    let amount = Money::new(rupees * 100, Currency::INR).unwrap();
    NewRate::by_hand(Metal::Gold, ppm(916_000), kind, amount, Mass::new(1_000).unwrap())
}

fn decide(
    new: &NewRate,
    known: &RatesKnown,
    most: Option<i32>,
    limits: RateLimits,
) -> Result<PostedRate, RateRefusal> {
    let checks = RateChecks { most_move: most.map(Ratio::from_ppm), limits };
    let (id, now) = (RateId::from_uuid(uuid::Uuid::from_u128(7)), Timestamp::from_micros(1));
    let today = parse_date("2026-11-23").unwrap();
    decide_post(new, known, checks, Currency::INR, id, now, today).map(|posted| posted.rate)
}

fn posted(new: &NewRate) -> PostedRate {
    decide(new, &RatesKnown::default(), None, OWNER).unwrap()
}

fn board(rates: &[NewRate]) -> RatesKnown {
    RatesKnown { board: rates.iter().map(posted).collect(), before: None }
}

#[test]
fn a_move_beyond_the_limit_takes_a_second_person() {
    let known = RatesKnown { before: Some(posted(&rate(RateKind::Sell, 12_000))), ..RatesKnown::default() };
    for (rupees, refused) in [(12_600, false), (12_601, true), (11_400, false), (11_399, true)] {
        let alone = decide(&rate(RateKind::Sell, rupees), &known, Some(50_000), OWNER);
        assert_eq!(alone.err(), refused.then_some(RateRefusal::MoveBeyondLimit), "{rupees}");
        assert!(decide(&rate(RateKind::Sell, rupees), &known, None, MANAGER).is_ok(), "{rupees}, approved");
    }
}

/// Where the smallest step is allowed, many of them go no further than one: each is measured from the day before.
#[test]
fn a_day_of_small_steps_is_one_move() {
    let mut known = board(&[rate(RateKind::Sell, 12_500)]);
    known.before = Some(posted(&rate(RateKind::Sell, 12_000)));
    let next = decide(&rate(RateKind::Sell, 13_000), &known, Some(50_000), MANAGER);
    assert_eq!(next.err(), Some(RateRefusal::MoveBeyondLimit));
}

#[test]
fn on_the_first_day_what_the_board_says_is_what_a_rate_is_measured_from() {
    let known = board(&[rate(RateKind::Sell, 12_000)]);
    let typed_wrong = decide(&rate(RateKind::Sell, 1_200), &known, Some(250_000), MANAGER);
    assert_eq!(typed_wrong.err(), Some(RateRefusal::MoveBeyondLimit));

    let fine =
        NewRate { fineness: ppm(999_000), basis: RateBasis::Millesimal, ..rate(RateKind::Sell, 10_000) };
    let by_hand = decide(&rate(RateKind::Sell, 5_000), &board(&[fine]), Some(250_000), MANAGER);
    assert_eq!(by_hand.err(), Some(RateRefusal::MoveBeyondLimit), "9160 follows from fine gold");
}

#[test]
fn a_shop_does_not_buy_above_what_it_sells_at() {
    let (sell, buy) = (rate(RateKind::Sell, 12_000), rate(RateKind::Buy, 12_001));
    assert_eq!(
        decide(&buy, &board(std::slice::from_ref(&sell)), None, MANAGER).err(),
        Some(RateRefusal::BuyAboveSell)
    );
    assert_eq!(
        decide(&sell, &board(std::slice::from_ref(&buy)), None, MANAGER).err(),
        Some(RateRefusal::BuyAboveSell)
    );
    assert!(decide(&rate(RateKind::Buy, 12_000), &board(std::slice::from_ref(&sell)), None, MANAGER).is_ok());
    let silver = NewRate { metal: Metal::Silver, ..buy };
    assert!(decide(&silver, &board(&[sell]), None, MANAGER).is_ok());
}

/// Also where neither was posted for the same fineness.
#[test]
fn what_follows_from_a_rate_does_not_cross_either() {
    let fine =
        NewRate { fineness: ppm(999_000), basis: RateBasis::Millesimal, ..rate(RateKind::Sell, 10_000) };
    let known = board(&[fine]);
    assert_eq!(
        decide(&rate(RateKind::Buy, 9_161), &known, None, MANAGER).err(),
        Some(RateRefusal::BuyAboveSell)
    );
    assert!(decide(&rate(RateKind::Buy, 9_160), &known, None, MANAGER).is_ok());
}

#[test]
fn an_owner_may_cross_with_a_reason_that_is_kept() {
    let known = board(&[rate(RateKind::Sell, 12_000)]);
    let buy = rate(RateKind::Buy, 12_100);
    assert_eq!(decide(&buy, &known, None, OWNER).err(), Some(RateRefusal::NoReason));
    let reason = Note::new("festival exchange").unwrap();
    let said = NewRate { reason: Some(reason.clone()), ..buy };
    assert_eq!(decide(&said, &known, None, OWNER).unwrap().reason, Some(reason.clone()));
    assert_eq!(decide(&said, &known, None, MANAGER).err(), Some(RateRefusal::BuyAboveSell));
    let needless = NewRate { reason: Some(reason), ..rate(RateKind::Buy, 11_000) };
    assert_eq!(decide(&needless, &known, None, OWNER).unwrap().reason, None, "nothing was overridden");
}

#[test]
fn terms_that_derive_nothing_are_refused() {
    let none = RatesKnown::default();
    let rupee = Money::new(100, Currency::INR).unwrap();
    let nothing = Money::zero(Currency::INR);
    let sell = rate(RateKind::Sell, 12_000);
    let odd = NewRate { fineness: ppm(900_000), ..sell.clone() };
    for (new, why) in [
        (NewRate { multiple: Some(rupee), ..sell.clone() }, RateRefusal::NothingFollows),
        (NewRate { multiple: Some(nothing), basis: RateBasis::Karat, ..sell }, RateRefusal::BadMultiple),
        (NewRate { basis: RateBasis::Karat, ..odd }, RateRefusal::NoKarat),
    ] {
        assert_eq!(decide(&new, &none, None, OWNER).err(), Some(why));
    }
}

proptest! {
    #[test]
    fn no_rate_panics(minor: i64, per: i64, fine in 1_u32..=1_000_000, last: i64, most: i32, multiple: i64, basis in 0..3_usize) {
        let money = |minor| Money::new(minor, Currency::INR).ok();
        let (Some(amount), Ok(per)) = (money(minor), Mass::new(per)) else { return Ok(()) };
        let basis = RateBasis::ALL[basis];
        let mut new = NewRate::by_hand(Metal::Gold, ppm(fine), RateKind::Sell, amount, per);
        (new.basis, new.multiple) = (basis, money(multiple));
        let before = money(last).and_then(|amount| decide(&NewRate { amount, ..new.clone() }, &RatesKnown::default(), None, OWNER).ok());
        let known = RatesKnown { board: board(&[rate(RateKind::Buy, 1)]).board, before };
        if let Ok(rate) = decide(&new, &known, Some(most), MANAGER) {
            let _ = crate::shop::rates::whole_board(&[rate]);
        }
    }
}
