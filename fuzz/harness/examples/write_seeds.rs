//! Writes the seeds that are made and not typed: bills and entries of the log. The parsers' seeds are plain text.
//!
//! `cargo run -p aurex-fuzz-harness --example write_seeds`, then look at what changed and commit it.

use std::{error::Error, fs, path::Path};

use aurex_core::{
    audit::{
        Commitment, Entry, Observation, Observed, Outcome, Value,
        tree::{Frontier, leaf_hash},
    },
    measure::{Fineness, Mass, Rate, Ratio, StoneMass},
    money::{Currency, Money},
    shop::pricing::{BillInput, Charge, LineInput, Making, Stone, TaxTreatment, Wastage},
    tenancy::{RequestFacts, TenantId},
    time::Timestamp,
    uuid::Uuid,
};
use aurex_fuzz_harness::bill;

type Outcomes<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcomes<()> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../seeds");
    let write = |target: &str, name: &str, data: &[u8]| -> Outcomes<()> {
        let folder = folder.join(target);
        fs::create_dir_all(&folder)?;
        fs::write(folder.join(name), data)?;
        Ok(())
    };

    let target = inr(5_100_000)?;
    write("pricing", "worked_bill", &bill::write(&worked_bill()?, target))?;
    write("pricing", "studded_with_everything", &bill::write(&studded()?, target))?;
    write(
        "pricing",
        "between_states",
        &bill::write(&BillInput { treatment: TaxTreatment::InterState, ..studded()? }, target),
    )?;
    write(
        "pricing",
        "bill_of_supply",
        &bill::write(&BillInput { treatment: TaxTreatment::Untaxed, ..studded()? }, target),
    )?;

    for (name, total, weights) in [
        ("thirds", 100, vec![1, 1, 1]),
        ("negative_with_a_zero", -100, vec![1, 0, 1, 1]),
        ("extremes", i64::MIN, vec![i64::MAX, i64::MAX, 1]),
        ("nobody", 1, vec![0, 0]),
        ("tax_over_lines", 75_502, vec![4_339_200, 694_272, 5_300]),
    ] {
        let figures = std::iter::once(total).chain(weights);
        write("allocation", name, &figures.flat_map(i64::to_be_bytes).collect::<Vec<u8>>())?;
    }

    write("audit_bytes", "entry", &entry().to_bytes())?;
    write("audit_bytes", "observation", &observation().to_bytes())?;
    write("audit_bytes", "body", &body()?.to_bytes())?;
    write("audit_bytes", "nested_lists", &nested(15).to_bytes())?;
    let mut edge = Frontier::default();
    for leaf in 0_u8..11 {
        edge.append(leaf_hash(&[leaf]));
    }
    write("audit_bytes", "edge_of_eleven", &edge.to_bytes())?;

    for (name, steps) in days() {
        // The first byte: a shop with something on its shelves.
        write("shop_operations", name, &[&[0][..], &steps.concat()].concat())?;
    }
    Ok(())
}

/// One operation: a moment passes, and somebody acts.
fn by(who: u8, operation: u8, figures: &[u8]) -> Vec<u8> {
    [&[1, who, operation], figures].concat()
}

/// The same by the owner, in the first session if there is one.
fn step(operation: u8, figures: &[u8]) -> Vec<u8> {
    by(0, operation, figures)
}

/// No key, then the worked bill's rate: gold of 22 karat, ₹12,800 a gram.
const RATE: [u8; 15] = rate(0);

const fn rate(key: u8) -> [u8; 15] {
    [key, 0, 0, 0, 0, 0, 0, 0x13, 0x87, 0xff, 0, 0, 0, 3, 231]
}

/// Sequences of operations, each with the figures that it reads; see `shop/play.rs` for the numbers of operations.
fn days() -> Vec<(&'static str, Vec<Vec<u8>>)> {
    // One line: the piece of that number, no key, nothing extraordinary.
    let sell = |item: u8| step(7, &[0, 0, 0, 0, item, 0, 0, 0, 0]);
    let sell_loose = step(7, &[0, 1, 0, 10, 0, 0, 0, 0, 3, 231, 1, 0, 0, 0, 0]);
    // All of the bill of that number, in cash.
    let pay = |bill: u8| step(14, &[0, 0, bill, 0, 1, 1, 0, 0]);
    let by_cookie = |cookie: u8, operation: u8, figures: &[u8]| by(cookie << 4 | 6, operation, figures);
    // An administrator, so that her request would pass but for its being too late.
    let add_asha = step(20, &[0, 3, 1, 1, 0]);
    let enter_asha = |password: u8| step(22, &[1, password]);
    vec![
        (
            "sold_paid_reversed_cancelled",
            vec![sell(0), pay(0), step(12, &[0, 0, 3]), step(17, &[0, 0, 3]), step(12, &[0, 0, 3]), sell(0)],
        ),
        ("loose_metal", vec![sell_loose.clone(), sell_loose, step(12, &[0, 1, 3]), step(29, &[2, 0])]),
        ("one_key_thrice", vec![step(0, &rate(3)), step(0, &rate(3)), step(0, &rate(7)), step(28, &[0])]),
        ("described", vec![step(19, &[0, 0, 1, 9, 1, 3, 1, 1, 0]), sell(0), step(19, &[0, 0, 1, 10, 0, 0])]),
        (
            "a_turn_is_held",
            vec![
                [
                    step(30, &[7, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
                    vec![1, 0, 0, 0, 0, 0, 19, 136, 0, 0, 0, 0, 3, 231],
                ]
                .concat(),
                step(0, &RATE),
            ],
        ),
        (
            "people",
            vec![
                step(22, &[0, 0]),
                add_asha,
                enter_asha(1),
                by_cookie(1, 24, &[1, 0]),
                enter_asha(0),
                by_cookie(3, 31, &[]),
                step(21, &[1, 0, 0, 0, 1, 1]),
                by(11, 0, &RATE),
                step(28, &[2, 200]),
            ],
        ),
        ("tokens", vec![step(25, &[0, 3, 0, 90]), by(9, 0, &RATE), step(26, &[0])]),
        (
            "settings_and_looks",
            vec![
                step(27, &[0, 1, 3, 0]),
                sell(1),
                step(29, &[3, 0]),
                step(29, &[7, 2]),
                step(29, &[8, 0, 3, 0, 0]),
                step(29, &[8, 0, 3, 1, 0, 1, 1]),
            ],
        ),
        (
            "greatest_lot",
            vec![step(6, &[0, 3, 0, 0, 205, 1, 205, 0]), step(6, &[0, 3, 0, 0, 203, 1, 203, 0])],
        ),
    ]
}

fn inr(minor: i64) -> Outcomes<Money> {
    Ok(Money::new(minor, Currency::INR)?)
}

/// 3.390 g of 22 karat at ₹12,800 a gram, making 16 %, GST 3 %: ₹51,845.
fn worked_bill() -> Outcomes<BillInput> {
    let rate = Rate::new(inr(1_280_000)?, Mass::new(1_000)?, Fineness::new(916_000)?)?;
    let mut line = LineInput::new(Mass::new(3_390)?, rate, Ratio::from_ppm(30_000));
    line.making = Some(Making::PercentOfMetal { ratio: Ratio::from_ppm(160_000), base: Default::default() });
    Ok(BillInput::new(Currency::INR, TaxTreatment::IntraState, vec![line]))
}

/// Three lines in two tax classes, with every kind of charge and discount.
fn studded() -> Outcomes<BillInput> {
    let rate = Rate::new(inr(5_200_000)?, Mass::new(10_000)?, Fineness::new(585_000)?)?;
    let mut ring = LineInput::new(Mass::new(3_020)?, rate, Ratio::from_ppm(30_000));
    ring.less = Mass::new(40)?;
    ring.wastage = Some(Wastage::OnMass(Ratio::from_ppm(30_000)));
    ring.making =
        Some(Making::PerMass { amount: inr(80_000)?, per: Mass::new(1_000)?, base: Default::default() });
    ring.stones = vec![
        Stone::PerCarat { mass: StoneMass::new(200)?, per_carat: inr(2_500_000)? },
        Stone::PerPiece { count: 3, per_piece: inr(12_345)? },
    ];
    ring.other_charges = vec![Charge { amount: inr(4_500)? }];
    ring.discount = Some(inr(10_001)?);
    let mut chain = ring.clone();
    chain.wastage = Some(Wastage::OnValue(Ratio::from_ppm(20_000)));
    chain.making = Some(Making::PerPiece { amount: inr(33_333)?, pieces: 2 });
    chain.tax_rate = Ratio::from_ppm(2_500);
    let mut plain = LineInput::new(Mass::new(1)?, rate, Ratio::from_ppm(30_000));
    plain.making = Some(Making::Fixed { amount: inr(1)? });
    let bill = BillInput::new(Currency::INR, TaxTreatment::IntraState, vec![ring, chain, plain]);
    Ok(BillInput { discount: Some(inr(123_457)?), ..bill })
}

fn actor() -> Observed {
    let text = str::to_owned;
    Observed {
        kind: text("member"),
        id: Uuid::from_u128(7).to_string(),
        role: text("owner"),
        assurance: text("password"),
    }
}

fn entry() -> Entry {
    Entry {
        tenant: TenantId::from_directory_row(Uuid::from_u128(1)),
        seq: 3,
        at: Timestamp::from_micros(1_795_000_000_000_000),
        actor: actor(),
        session: None,
        action: "rate.post".to_owned(),
        subject_kind: "rate".to_owned(),
        subject_id: Uuid::from_u128(9).to_string(),
        outcome: Outcome::Done,
        request_id: "r-1".to_owned(),
        body: Commitment { name: "body".to_owned(), hash: [1; 32] },
        personal: vec![Commitment { name: "request.ip".to_owned(), hash: [2; 32] }],
    }
}

fn observation() -> Observation {
    Observation::new(
        Timestamp::from_micros(1_795_000_000_000_000),
        actor(),
        &RequestFacts::default(),
        "session.refused",
        ("account", "k-1".to_owned()),
        Outcome::Refused,
        "wrong password",
    )
}

/// A body of one changed row with a personal field withheld, and a note.
fn body() -> Outcomes<Value> {
    let text = |text: &str| Value::Text(text.to_owned());
    let field = |tag, value| Value::List(vec![Value::Int(tag), value]);
    let fields = Value::List(vec![
        field(1, Value::Id(Uuid::from_u128(9))),
        field(2, Value::Money(inr(5_184_500)?)),
        field(3, Value::Withheld(1)),
    ]);
    let before = Value::List(vec![field(2, Value::Money(inr(5_184_400)?))]);
    let put = Value::List(vec![text("invoice"), Value::Bool(false), fields, before]);
    let note = Value::List(vec![text("reason"), text("customer asked")]);
    Ok(Value::List(vec![Value::List(vec![put]), Value::List(vec![note])]))
}

fn nested(depth: u8) -> Value {
    (0..depth).fold(Value::Null, |inner, _| Value::List(vec![inner, Value::Bytes(vec![0, 255])]))
}
