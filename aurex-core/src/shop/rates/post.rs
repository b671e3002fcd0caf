//! Posting a rate: what it may be, how far from the last one, and that the shop does not buy above what it sells at.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{PostedRate, RateId, on_board};
use crate::audit::{Change, Draft, Subject};
use crate::measure::{Fineness, Mass, Metal, Rate, RateBasis, RateKind, Ratio};
use crate::money::{Currency, Money};
use crate::shop::actions::PostRate;
use crate::text::Note;
use crate::time::{Date, Timestamp};

/// What a role may post.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RateLimits {
    /// Whether it may, with a reason, let the shop buy for more than it sells for.
    pub may_cross: bool,
}

impl fmt::Debug for RateLimits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.may_cross {
            "buying above selling too, with a reason"
        } else {
            "not buying above selling"
        })
    }
}

/// A rate to be posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRate {
    /// The metal.
    pub metal: Metal,
    /// The fineness it is quoted for.
    pub fineness: Fineness,
    /// What it is for.
    pub kind: RateKind,
    /// The quoted amount.
    pub amount: Money,
    /// The quoted weight.
    pub per: Mass,
    /// How the rates of lower finenesses follow from it.
    pub basis: RateBasis,
    /// The multiple that what follows from it is rounded to, half away from zero, for the same weight.
    pub multiple: Option<Money>,
    /// Why the shop shall buy for more than it sells for.
    pub reason: Option<Note>,
}

impl NewRate {
    /// A rate from which nothing follows.
    pub const fn by_hand(metal: Metal, fineness: Fineness, kind: RateKind, amount: Money, per: Mass) -> Self {
        Self { metal, fineness, kind, amount, per, basis: RateBasis::Manual, multiple: None, reason: None }
    }
}

/// What is known when a rate is posted.
#[derive(Debug, Clone, Default)]
pub struct RatesKnown {
    /// The board of the day: the current rate of each metal, fineness and kind.
    pub board: Vec<PostedRate>,
    /// The last rate of the same metal, fineness and kind for an earlier day.
    pub before: Option<PostedRate>,
}

impl RatesKnown {
    /// What a new rate is compared with: the last of an earlier day, so that a day of small steps is one move; on the first
    /// day the one that it supersedes, or what the board has for the fineness.
    fn last(&self, new: &NewRate) -> Option<Rate> {
        let before = self.before.as_ref().and_then(|rate| rate.quote().ok());
        before.or_else(|| Some(on_board(&self.board, new.kind, new.metal, new.fineness)?.rate))
    }
}

/// How far whoever posts may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateChecks {
    /// How far from the last one; none where a second person has approved of it.
    pub most_move: Option<Ratio>,
    /// What the role may.
    pub limits: RateLimits,
}

crate::refusals! {
    /// Why a rate is not posted.
    pub enum RateRefusal {
        /// Nothing, or less, is no price.
        NotPositive = Invalid, "rate.not_positive", "/amount", "a rate is more than nothing";
        /// No weight, or less, is no quantity.
        NoWeight = Invalid, "rate.no_weight", "/per_mg", "a rate is for more than no weight";
        /// The books have one currency.
        OtherCurrency = Invalid, "rate.other_currency", "/amount/currency", "the books are kept in another currency";
        /// A multiple is an amount of the books.
        BadMultiple = Invalid, "rate.bad_multiple", "/multiple", "a multiple is more than nothing, in the currency of the books";
        /// A multiple rounds what follows, and nothing does.
        NothingFollows = Invalid, "rate.nothing_follows", "/multiple", "a multiple rounds what follows from a rate, and by hand nothing does: say a basis";
        /// On the karat basis a rate is of a grade that has a karat.
        NoKarat = Invalid, "rate.no_karat", "/basis", "this fineness has no karat to derive others by";
        /// Buying above selling loses money on every gram.
        BuyAboveSell = Conflict, "rate.buy_above_sell", "/amount", "the shop would buy for more than it sells for; an owner may decide so";
        /// A table says each rate once.
        Twice = Invalid, "rate.twice", "", "this metal, fineness and kind stand in the table before";
        /// An owner says why.
        NoReason = Invalid, "rate.no_reason", "/reason", "buying for more than selling takes a reason";
        /// Further from the last rate than one person decides.
        MoveBeyondLimit = Conflict, "rate.move_beyond_limit", "/amount", "this is further from the last rate than one person decides: ask for approval of it";
    }
}

/// A rate was posted.
#[derive(Debug, Clone)]
pub struct RatePosted {
    /// The rate.
    pub rate: PostedRate,
}

/// Decides about posting a rate for today.
///
/// # Errors
/// [`RateRefusal`].
pub fn decide_post(
    new: &NewRate,
    known: &RatesKnown,
    checks: RateChecks,
    currency: Currency,
    id: RateId,
    now: Timestamp,
    today: Date,
) -> Result<RatePosted, RateRefusal> {
    let rate = decide_alone(new, known, checks.most_move, currency, id, now, today)?;
    let after = replaced(&known.board, [rate.clone()]);
    check_crossing(new, rate, &after, checks.limits)
}

/// Decides about posting the rates of a table at once: each as by itself, but that the shop does not buy above what it sells
/// at is asked of the board as all of them leave it. `befores` has the last rate of an earlier day for each.
///
/// # Errors
/// Why not, by the place in `news`; nothing is posted then.
pub fn decide_table(
    news: &[(RateId, NewRate)],
    board: &[PostedRate],
    befores: &[Option<PostedRate>],
    checks: RateChecks,
    currency: Currency,
    now: Timestamp,
    today: Date,
) -> Result<Vec<RatePosted>, Vec<(usize, RateRefusal)>> {
    let mut known = RatesKnown { board: board.to_vec(), before: None };
    let mut keys = BTreeSet::new();
    let (mut alone, mut refused) = (Vec::new(), Vec::new());
    for (place, ((id, new), before)) in news.iter().zip(befores).enumerate() {
        known.before.clone_from(before);
        if !keys.insert((new.metal, new.fineness, new.kind)) {
            refused.push((place, RateRefusal::Twice));
            continue;
        }
        match decide_alone(new, &known, checks.most_move, currency, *id, now, today) {
            Ok(rate) => alone.push((place, new, rate)),
            Err(refusal) => refused.push((place, refusal)),
        }
    }
    let after = replaced(board, alone.iter().map(|(_, _, rate)| rate.clone()));
    let mut posted = Vec::new();
    for (place, new, rate) in alone {
        match check_crossing(new, rate, &after, checks.limits) {
            Ok(rate) => posted.push(rate),
            Err(refusal) => refused.push((place, refusal)),
        }
    }
    refused.sort_by_key(|(place, _)| *place);
    if refused.is_empty() { Ok(posted) } else { Err(refused) }
}

/// The board with some rates in the place of those that they supersede.
fn replaced(board: &[PostedRate], new: impl IntoIterator<Item = PostedRate>) -> Vec<PostedRate> {
    let key = |rate: &PostedRate| (rate.metal, rate.fineness, rate.kind);
    let mut after: BTreeMap<_, _> = board.iter().map(|rate| (key(rate), rate.clone())).collect();
    after.extend(new.into_iter().map(|rate| (key(&rate), rate)));
    after.into_values().collect()
}

fn decide_alone(
    new: &NewRate,
    known: &RatesKnown,
    most_move: Option<Ratio>,
    currency: Currency,
    id: RateId,
    now: Timestamp,
    today: Date,
) -> Result<PostedRate, RateRefusal> {
    check_form(new, currency)?;
    let is_same =
        |rate: &&PostedRate| (rate.metal, rate.fineness, rate.kind) == (new.metal, new.fineness, new.kind);
    let rate = PostedRate {
        id,
        metal: new.metal,
        fineness: new.fineness,
        kind: new.kind,
        amount: new.amount,
        per: new.per,
        business_date: today,
        effective_from: now,
        supersedes: known.board.iter().find(is_same).map(|rate| rate.id),
        basis: new.basis,
        multiple: new.multiple.map(Money::minor),
        reason: None,
    };
    if let (Some(most), Some(last)) = (most_move, known.last(new)) {
        let quote = rate.quote().map_err(|_| RateRefusal::NotPositive)?;
        if moves_beyond(&quote, &last, most) {
            return Err(RateRefusal::MoveBeyondLimit);
        }
    }
    Ok(rate)
}

fn check_crossing(
    new: &NewRate,
    mut rate: PostedRate,
    after: &[PostedRate],
    limits: RateLimits,
) -> Result<RatePosted, RateRefusal> {
    if new.kind != RateKind::Exchange && buys_above_selling(after, new.metal) {
        if !limits.may_cross {
            return Err(RateRefusal::BuyAboveSell);
        }
        rate.reason = Some(new.reason.clone().ok_or(RateRefusal::NoReason)?);
    }
    Ok(RatePosted { rate })
}

fn check_form(new: &NewRate, currency: Currency) -> Result<(), RateRefusal> {
    if new.amount.currency() != currency {
        return Err(RateRefusal::OtherCurrency);
    }
    if new.amount.minor() <= 0 {
        return Err(RateRefusal::NotPositive);
    }
    if new.per.mg() <= 0 {
        return Err(RateRefusal::NoWeight);
    }
    if new.multiple.is_some_and(|multiple| multiple.minor() <= 0 || multiple.currency() != currency) {
        return Err(RateRefusal::BadMultiple);
    }
    match new.basis {
        RateBasis::Manual if new.multiple.is_some() => Err(RateRefusal::NothingFollows),
        RateBasis::Karat if new.fineness.karat().is_none() => Err(RateRefusal::NoKarat),
        RateBasis::Manual | RateBasis::Karat | RateBasis::Millesimal => Ok(()),
    }
}

/// a/per_a and b/per_b, brought to the same denominator: quotes are never pre-divided.
fn side_by_side(a: &Rate, b: &Rate) -> (i128, i128) {
    let times = |rate: &Rate, other: &Rate| i128::from(rate.amount().minor()) * i128::from(other.per().mg());
    (times(a, b), times(b, a))
}

pub(in crate::shop) fn moves_beyond(new: &Rate, last: &Rate, most: Ratio) -> bool {
    let (new, last) = side_by_side(new, last);
    let moved = new.abs_diff(last).checked_mul(1_000_000);
    let allowed = last.unsigned_abs().checked_mul(u128::from(most.ppm().unsigned_abs()));
    moved.zip(allowed).is_none_or(|(moved, allowed)| moved > allowed)
}

/// Whether the shop would buy any fineness of the metal for more than it sells it for.
fn buys_above_selling(board: &[PostedRate], metal: Metal) -> bool {
    let finenesses: BTreeSet<Fineness> =
        board.iter().filter(|rate| rate.metal == metal).map(|rate| rate.fineness).collect();
    finenesses.into_iter().any(|fineness| {
        let at = |kind| on_board(board, kind, metal, fineness);
        at(RateKind::Buy).zip(at(RateKind::Sell)).is_some_and(|(buy, sell)| {
            let (buy, sell) = side_by_side(&buy.rate, &sell.rate);
            buy > sell
        })
    })
}

impl Change for RatePosted {
    type By = PostRate;

    fn subject(&self) -> Subject {
        Subject::new("rate", self.rate.id)
    }

    fn record(self, draft: &mut Draft) {
        draft.insert(self.rate);
    }
}

#[cfg(test)]
mod tests;
