//! A piece as it stands in a list that people keep.

use super::NewItem;
use crate::measure::{Mass, Metal, Ratio};
use crate::money::Currency;
use crate::shop::identifiers::{Hsn, Huid};
use crate::shop::pricing::{Making, MakingMassBase, MakingMetalBase};
use crate::shop::tables::{Cells, Column, RowProblem, fineness_of, grams_of, money_of};
use crate::text::{Label, Name};

/// The columns of a table of pieces.
pub const ITEM_COLUMNS: &[Column] = &[
    Column { name: "tag", needed: true, says: "the tag, unique in the shop" },
    Column { name: "description", needed: true, says: "what it is" },
    Column { name: "huid", needed: false, says: "the hallmark id, six letters or digits" },
    Column { name: "commodity", needed: true, says: "gold, silver or platinum" },
    Column {
        name: "fineness",
        needed: true,
        says: "thousandths as they are stamped, 916 or 999.9; or a karat of gold, 22K",
    },
    Column { name: "gross_g", needed: true, says: "what the scale shows, in grams, 3.390" },
    Column { name: "less_g", needed: false, says: "what is not metal, in grams" },
    Column {
        name: "making_percent",
        needed: false,
        says: "the making charge as a share of the metal's value, 16 or 12.5",
    },
    Column { name: "making_per_gram", needed: false, says: "the making charge for a gram, 800" },
    Column { name: "making_fixed", needed: false, says: "the making charge of the piece, 2,500" },
    Column { name: "hsn", needed: true, says: "the HSN code, 71131911" },
    Column { name: "cost", needed: false, says: "what it cost, 43,500.00" },
];

/// The piece that a row of a table says. Stones are recorded by hand: a row has no room for them.
///
/// # Errors
/// Everything that is wrong with the row.
///
/// ```
/// use aurex_core::money::Currency;
/// use aurex_core::shop::stock::{ITEM_COLUMNS, item_of_row};
/// use aurex_core::shop::tables::Cells;
///
/// let row = [("tag", "R-1"), ("description", "Ring"), ("commodity", "gold"), ("fineness", "22K"), ("gross_g", "3.39"),
///     ("making_percent", "16"), ("hsn", "71131911")];
/// let item = item_of_row(&Cells::of(ITEM_COLUMNS, 2, row), Currency::INR).map_err(|wrong| format!("{wrong:?}"))?;
/// assert_eq!((item.gross.mg(), item.fineness.ppm()), (3_390, 916_000));
/// # Ok::<(), String>(())
/// ```
pub fn item_of_row(cells: &Cells, currency: Currency) -> Result<NewItem, Vec<RowProblem>> {
    let mut wrong = Vec::new();
    let money = |text: &str| money_of(text, currency);
    let tag = cells.needed("tag", &mut wrong, |text| Label::new(text).ok());
    let description = cells.needed("description", &mut wrong, |text| Name::new(text).ok());
    let huid = cells.optional("huid", &mut wrong, |text| Huid::parse(&text.to_uppercase()).ok());
    let metal = cells.needed("commodity", &mut wrong, |text| Metal::from_code(&text.to_lowercase()).ok());
    let fineness = cells.needed("fineness", &mut wrong, fineness_of);
    let gross = cells.needed("gross_g", &mut wrong, grams_of);
    let less = cells.optional("less_g", &mut wrong, grams_of);
    let percent = cells.optional("making_percent", &mut wrong, percent_of);
    let per_gram = cells.optional("making_per_gram", &mut wrong, money);
    let fixed = cells.optional("making_fixed", &mut wrong, money);
    let hsn = cells.needed("hsn", &mut wrong, |text| Hsn::parse(text).ok());
    let cost = cells.optional("cost", &mut wrong, money);
    let gram = Mass::new(1_000).ok();
    let charges = [
        percent.map(|ratio| Making::PercentOfMetal { ratio, base: MakingMetalBase::default() }),
        per_gram.zip(gram).map(|(amount, per)| Making::PerMass {
            amount,
            per,
            base: MakingMassBase::default(),
        }),
        fixed.map(|amount| Making::Fixed { amount }),
    ];
    let mut charges = charges.into_iter().flatten();
    let making = charges.next();
    if charges.next().is_some() {
        wrong.push(cells.problem_of("making_fixed", "row.two_makings", "a piece has one making charge"));
    }
    match (tag, description, metal, fineness, gross, hsn) {
        (Some(tag), Some(description), Some(metal), Some(fineness), Some(gross), Some(hsn))
            if wrong.is_empty() =>
        {
            let less = less.unwrap_or_default();
            Ok(NewItem {
                tag,
                description,
                huid,
                metal,
                fineness,
                gross,
                less,
                stones: Vec::new(),
                making,
                hsn,
                cost,
            })
        }
        _ => Err(wrong),
    }
}

/// A percentage with up to four decimals.
fn percent_of(text: &str) -> Option<Ratio> {
    let text = text.trim_end_matches('%').trim_end();
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let is_digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || whole.len() > 3 || part.len() > 4 || !is_digits(whole) || !is_digits(part) {
        return None;
    }
    let (whole, part): (i32, i32) = (whole.parse().ok()?, format!("{part:0<4}").parse().ok()?);
    Some(Ratio::from_ppm(whole.checked_mul(10_000)?.checked_add(part)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn row(pairs: &[(&'static str, &str)]) -> Result<NewItem, Vec<&'static str>> {
        let cells = Cells::of(ITEM_COLUMNS, 7, pairs.iter().copied());
        item_of_row(&cells, Currency::INR)
            .map_err(|wrong| wrong.into_iter().map(|problem| problem.column).collect())
    }

    const RING: [(&str, &str); 6] = [
        ("tag", "R-1"),
        ("description", "Ring"),
        ("commodity", "Gold"),
        ("fineness", "916"),
        ("gross_g", "3.390"),
        ("hsn", "71131911"),
    ];

    fn with(more: &[(&'static str, &'static str)]) -> Result<NewItem, Vec<&'static str>> {
        row(&RING.iter().chain(more).copied().collect::<Vec<_>>())
    }

    #[test]
    fn making_is_read_in_each_of_its_ways_and_once() {
        let percent = with(&[("making_percent", "12.5%")]).unwrap().making;
        assert!(matches!(percent, Some(Making::PercentOfMetal { ratio, .. }) if ratio.ppm() == 125_000));
        let gram = with(&[("making_per_gram", "800")]).unwrap().making;
        assert!(
            matches!(gram, Some(Making::PerMass { amount, per, .. }) if (amount.minor(), per.mg()) == (80_000, 1_000))
        );
        let fixed = with(&[("making_fixed", "2,500")]).unwrap().making;
        assert!(matches!(fixed, Some(Making::Fixed { amount }) if amount.minor() == 250_000));
        assert_eq!(with(&[("making_fixed", "1"), ("making_percent", "1")]).unwrap_err(), ["making_fixed"]);
        assert_eq!(with(&[("making_percent", "1.23456")]).unwrap_err(), ["making_percent"]);
        assert_eq!(with(&[]).unwrap().less.mg(), 0);
    }

    #[test]
    fn everything_that_is_wrong_with_a_row_is_named() {
        let wrong = [
            ("huid", "?"),
            ("commodity", "brass"),
            ("fineness", "24K"),
            ("gross_g", "3 g"),
            ("hsn", "x"),
            ("cost", "1,28"),
        ];
        assert_eq!(
            row(&wrong).unwrap_err(),
            ["tag", "description", "huid", "commodity", "fineness", "gross_g", "hsn", "cost"]
        );
    }

    proptest! {
        #[test]
        fn no_row_panics(texts in proptest::collection::vec(".{0,12}", 12)) {
            let names = ITEM_COLUMNS.iter().map(|column| column.name);
            let _ = row(&names.zip(texts.iter().map(String::as_str)).collect::<Vec<_>>());
        }
    }
}
