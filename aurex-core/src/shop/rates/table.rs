//! A rate as it stands in a table that people keep: words, karats and rupees with their separators.

use super::NewRate;
use crate::measure::{Metal, RateBasis, RateKind};
use crate::money::Currency;
use crate::shop::tables::{Cells, Column, RowProblem, fineness_of, money_of, weight_of};
use crate::text::Note;

/// The columns of a table of rates.
pub const COLUMNS: &[Column] = &[
    Column { name: "commodity", needed: true, says: "gold, silver or platinum" },
    Column {
        name: "fineness",
        needed: true,
        says: "thousandths as they are stamped, 916 or 999.9; or a karat of gold, 22K",
    },
    Column { name: "kind", needed: false, says: "sell, buy or exchange; sell, where nothing is said" },
    Column { name: "rate", needed: true, says: "the money, 1,28,000.00" },
    Column { name: "per", needed: true, says: "the weight that it is for: 10 g, 1 kg or 500 mg" },
    Column { name: "basis", needed: false, says: "how lower finenesses follow: millesimal, karat or manual" },
    Column {
        name: "multiple",
        needed: false,
        says: "the money to whose multiple that is rounded, 1 for whole rupees",
    },
    Column { name: "reason", needed: false, says: "why the shop buys for more than it sells for" },
];

/// The rate that a row of a table says.
///
/// # Errors
/// Everything that is wrong with the row.
///
/// ```
/// use aurex_core::money::Currency;
/// use aurex_core::shop::rates::{COLUMNS, rate_of_row};
/// use aurex_core::shop::tables::Cells;
///
/// let cells = Cells::of(COLUMNS, 2, [("commodity", "Gold"), ("fineness", "22K"), ("rate", "1,28,000"), ("per", "10 g")]);
/// let rate = rate_of_row(&cells, Currency::INR).map_err(|wrong| format!("{wrong:?}"))?;
/// assert_eq!((rate.fineness.ppm(), rate.amount.minor(), rate.per.mg()), (916_000, 12_800_000, 10_000));
/// # Ok::<(), String>(())
/// ```
pub fn rate_of_row(cells: &Cells, currency: Currency) -> Result<NewRate, Vec<RowProblem>> {
    let mut wrong = Vec::new();
    let money = |text: &str| money_of(text, currency);
    let metal = cells.needed("commodity", &mut wrong, |text| Metal::from_code(&text.to_lowercase()).ok());
    let fineness = cells.needed("fineness", &mut wrong, fineness_of);
    let kind = cells.optional("kind", &mut wrong, |text| RateKind::from_code(&text.to_lowercase()));
    let amount = cells.needed("rate", &mut wrong, money);
    let per = cells.needed("per", &mut wrong, weight_of);
    let basis = cells.optional("basis", &mut wrong, |text| RateBasis::from_code(&text.to_lowercase()));
    let multiple = cells.optional("multiple", &mut wrong, money);
    let reason = cells.optional("reason", &mut wrong, |text| Note::new(text).ok());
    match (metal, fineness, amount, per) {
        (Some(metal), Some(fineness), Some(amount), Some(per)) if wrong.is_empty() => Ok(NewRate {
            metal,
            fineness,
            kind: kind.unwrap_or(RateKind::Sell),
            amount,
            per,
            basis: basis.unwrap_or(RateBasis::Manual),
            multiple,
            reason,
        }),
        _ => Err(wrong),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(pairs: &[(&'static str, &str)]) -> Result<NewRate, Vec<&'static str>> {
        let cells = Cells::of(COLUMNS, 7, pairs.iter().copied());
        rate_of_row(&cells, Currency::INR).map_err(|wrong| {
            assert!(wrong.iter().all(|problem| problem.line == 7));
            wrong.into_iter().map(|problem| problem.column).collect()
        })
    }

    #[test]
    fn a_published_table_reads_as_it_is_written() {
        let fine = [
            ("commodity", "Gold"),
            ("fineness", "999"),
            ("rate", "59,583"),
            ("per", "10 gm"),
            ("basis", "Millesimal"),
            ("multiple", "1"),
        ];
        let rate = row(&fine).unwrap();
        assert_eq!((rate.amount.minor(), rate.per.mg(), rate.fineness.ppm()), (5_958_300, 10_000, 999_000));
        assert_eq!(
            (rate.kind, rate.basis, rate.multiple.unwrap().minor()),
            (RateKind::Sell, RateBasis::Millesimal, 100)
        );
        let silver = [
            ("commodity", "silver"),
            ("fineness", "999.9"),
            ("kind", "BUY"),
            ("rate", "₹1,52,300.50"),
            ("per", "kg"),
        ];
        let rate = row(&silver).unwrap();
        assert_eq!((rate.amount.minor(), rate.per.mg(), rate.kind), (15_230_050, 1_000_000, RateKind::Buy));
    }

    #[test]
    fn everything_that_is_wrong_with_a_row_is_named() {
        let wrong = [
            ("commodity", "brass"),
            ("fineness", "24K"),
            ("kind", "rent"),
            ("rate", "1,28,00"),
            ("per", "10"),
            ("basis", "?"),
            ("multiple", "x"),
        ];
        assert_eq!(
            row(&wrong),
            Err(vec!["commodity", "fineness", "kind", "rate", "per", "basis", "multiple"])
        );
        assert_eq!(row(&[]), Err(vec!["commodity", "fineness", "rate", "per"]));
    }

    proptest! {
        #[test]
        fn no_row_panics(texts in proptest::collection::vec(".{0,12}", 8)) {
            let names = COLUMNS.iter().map(|column| column.name);
            let _ = row(&names.zip(texts.iter().map(String::as_str)).collect::<Vec<_>>());
        }
    }
}
