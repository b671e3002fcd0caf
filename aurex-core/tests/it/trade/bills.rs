//! Published bills, priced by the policy to the paisa, beside what was published of them.

use std::collections::BTreeMap;

use aurex_core::measure::{Fineness, Mass, Rate, RateBasis, Ratio, StoneMass};
use aurex_core::money::{Currency, Money};
use aurex_core::shop::pricing::{BillInput, LineInput, Making, Stone, TaxTreatment, Wastage, price};
use serde::Deserialize;

use super::hand::computed;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bill {
    name: String,
    source: Source,
    line: Line,
    treatment: String,
    /// Name, expression and result of each step, weights in milligrams and money in paise.
    by_hand: Vec<(String, String, i64)>,
    /// What stands there, in paise.
    published: BTreeMap<String, i64>,
    /// To how many paise the publisher rounds.
    unit_minor: i64,
    method: String,
    published_wrong: Option<Wrong>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    title: String,
    publisher: String,
    address: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrong {
    figures: Vec<String>,
    why: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    gross_mg: i64,
    less_mg: i64,
    rate_minor: i64,
    per_mg: i64,
    fineness_ppm: u32,
    derive: Option<Derived>,
    making: Option<Charge>,
    #[serde(default)]
    stones: Vec<Carats>,
    wastage: Option<Share>,
}

#[derive(Deserialize)]
struct Derived {
    to_ppm: u32,
    basis: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Charge {
    PercentPpm(i32),
    PerGramMinor(i64),
    FixedMinor(i64),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Share {
    OnValuePpm(i32),
    OnMassPpm(i32),
}

#[derive(Deserialize)]
struct Carats {
    mct: i64,
    per_carat_minor: i64,
}

fn inr(minor: i64) -> Money {
    Money::new(minor, Currency::INR).unwrap()
}

fn mg(mg: i64) -> Mass {
    Mass::new(mg).unwrap()
}

impl Line {
    fn input(&self) -> LineInput {
        let quoted = Fineness::new(self.fineness_ppm).unwrap();
        let mut rate = Rate::new(inr(self.rate_minor), mg(self.per_mg), quoted).unwrap();
        if let Some(derived) = &self.derive {
            let basis = RateBasis::from_code(&derived.basis).unwrap();
            rate = rate.derive_exact(Fineness::new(derived.to_ppm).unwrap(), basis).unwrap();
        }
        let stone = |stone: &Carats| Stone::PerCarat {
            mass: StoneMass::new(stone.mct).unwrap(),
            per_carat: inr(stone.per_carat_minor),
        };
        LineInput {
            less: mg(self.less_mg),
            stones: self.stones.iter().map(stone).collect(),
            making: self.making.as_ref().map(|making| match *making {
                Charge::PercentPpm(ppm) => {
                    Making::PercentOfMetal { ratio: Ratio::from_ppm(ppm), base: Default::default() }
                }
                Charge::PerGramMinor(minor) => {
                    Making::PerMass { amount: inr(minor), per: mg(1_000), base: Default::default() }
                }
                Charge::FixedMinor(minor) => Making::Fixed { amount: inr(minor) },
            }),
            wastage: self.wastage.as_ref().map(|share| match *share {
                Share::OnValuePpm(ppm) => Wastage::OnValue(Ratio::from_ppm(ppm)),
                Share::OnMassPpm(ppm) => Wastage::OnMass(Ratio::from_ppm(ppm)),
            }),
            ..LineInput::new(mg(self.gross_mg), rate, Ratio::from_ppm(30_000))
        }
    }
}

impl Bill {
    /// What the policy makes of it, by the names of the steps.
    fn priced(&self) -> BTreeMap<&'static str, i64> {
        let treatment = match self.treatment.as_str() {
            "inter" => TaxTreatment::InterState,
            "untaxed" => TaxTreatment::Untaxed,
            other => panic!("{other}"),
        };
        let bill = price(&BillInput::new(Currency::INR, treatment, vec![self.line.input()])).unwrap();
        let [line] = bill.lines.as_slice() else { panic!("{}: one line went in", self.name) };
        BTreeMap::from([
            ("chargeable_mg", line.chargeable.mg()),
            ("metal", line.metal.minor()),
            ("wastage", line.wastage.minor()),
            ("making", line.making.minor()),
            ("stones", line.stones.minor()),
            ("taxable", bill.totals.taxable.minor()),
            ("tax", bill.totals.igst.minor()),
            ("total", bill.totals.total.minor()),
        ])
    }

    /// The figures whose published value is not ours rounded to the publisher's unit.
    fn misprinted(&self) -> Vec<&str> {
        let priced = self.priced();
        let differs = |(figure, published): &(&String, &i64)| {
            let ours = inr(priced[figure.as_str()]);
            let unit = aurex_core::money::Rounding::HalfAwayFromZero;
            ours.round_to_multiple(self.unit_minor, unit).unwrap() != inr(**published)
        };
        self.published.iter().filter(differs).map(|(figure, _)| figure.as_str()).collect()
    }
}

fn bills() -> Vec<Bill> {
    serde_json::from_str(include_str!("bills.json")).unwrap()
}

#[test]
fn every_published_bill_names_its_source_and_method() {
    let mut unknown = 0;
    for bill in bills() {
        let Source { title, publisher, address } = &bill.source;
        assert!(!title.is_empty() && !publisher.is_empty() && !bill.method.is_empty(), "{}", bill.name);
        assert!(address.starts_with("https://") || address == "unknown", "{}", bill.name);
        unknown += usize::from(address == "unknown");
    }
    assert_eq!(unknown, 2, "the pages of one calculation on two bases were not kept; this may only shrink");
}

#[test]
fn published_bills_come_out_by_hand_and_by_the_policy_to_the_paisa() {
    for bill in bills() {
        let priced = bill.priced();
        for (step, expression, result) in &bill.by_hand {
            assert_eq!(computed(expression), *result, "{}: {step} by hand", bill.name);
            assert_eq!(priced[step.as_str()], *result, "{}: {step} by the policy", bill.name);
        }
        let done: Vec<_> = bill.by_hand.iter().map(|(step, ..)| step.as_str()).collect();
        for step in ["metal", "making", "stones", "taxable", "tax", "total"] {
            assert!(done.contains(&step), "{}: {step} is not computed by hand", bill.name);
        }
    }
}

#[test]
fn published_bills_say_the_same_and_those_that_do_not_are_known_to_be_wrong() {
    let bills = bills();
    for bill in &bills {
        let mut wrong: Vec<&str> =
            bill.published_wrong.iter().flat_map(|wrong| &wrong.figures).map(String::as_str).collect();
        wrong.sort_unstable();
        assert_eq!(bill.misprinted(), wrong, "{}", bill.name);
        assert!(bill.published_wrong.as_ref().is_none_or(|wrong| !wrong.why.is_empty()), "{}", bill.name);
    }
    let wrong = bills.iter().filter(|bill| bill.published_wrong.is_some()).count();
    assert_eq!((bills.len(), wrong), (24, 6));
}

/// A shop that rounds each component to the rupee and adds these up comes to another total for some bills: that would be
/// another policy, under a name of its own.
#[test]
fn rounding_each_component_to_the_rupee_is_another_method() {
    let to_rupee = |minor: i64| (minor + 50) / 100 * 100;
    let by_components = |bill: &Bill| {
        let priced = bill.priced();
        let taxable: i64 =
            ["metal", "wastage", "making", "stones"].map(|part| to_rupee(priced[part])).iter().sum();
        (taxable + to_rupee(taxable * 3 / 100), to_rupee(priced["total"]))
    };
    let taxed = bills().into_iter().filter(|bill| bill.treatment == "inter");
    let differ: Vec<_> = taxed
        .filter(|bill| {
            let (components, at_the_foot) = by_components(bill);
            components != at_the_foot
        })
        .map(|bill| bill.name)
        .collect();
    assert_eq!(differ, ["diamond drops in 18 karat", "22 karat from the fine rate by karat"]);
}
