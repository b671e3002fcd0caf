//! Tax by HSN and rate, with the amount of each head (Rule 46(l) and (m); Table 12 of GSTR-1 asks for the same sums).

use super::figures::{amount, percent, some};
use crate::measure::Ratio;
use crate::money::{Currency, Money, MoneyError};
use crate::shop::invoices::InvoiceLine;

/// What is due on the lines of one HSN code and rate. Amounts without a sign; heads that are not due are absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedTax {
    /// The HSN code.
    pub hsn: String,
    /// What tax is due on.
    pub taxable: String,
    /// The rate of each half within a state, the whole between states; nothing where no tax is due.
    pub rate: Option<String>,
    /// Central tax.
    pub cgst: Option<String>,
    /// State tax.
    pub sgst: Option<String>,
    /// Integrated tax.
    pub igst: Option<String>,
}

pub(super) fn taxes(lines: &[InvoiceLine], currency: Currency) -> Result<Vec<PrintedTax>, MoneyError> {
    let mut groups: Vec<(&str, Ratio)> = Vec::new();
    for line in lines {
        let group = (line.hsn.as_str(), line.tax_rate);
        if !groups.contains(&group) {
            groups.push(group);
        }
    }
    groups.into_iter().map(|(hsn, rate)| tax(lines, currency, hsn, rate)).collect()
}

fn tax(lines: &[InvoiceLine], currency: Currency, hsn: &str, rate: Ratio) -> Result<PrintedTax, MoneyError> {
    let sum = |part: fn(&InvoiceLine) -> Money| {
        let of = lines.iter().filter(|line| line.hsn.as_str() == hsn && line.tax_rate == rate);
        Money::try_sum(currency, of.map(part))
    };
    let igst = sum(|line| line.igst)?;
    let cgst = sum(|line| line.cgst)?;
    let halved = Ratio::from_ppm(rate.ppm() / 2);
    // A tax that comes to nothing is of the state's two heads: so it is where the shop is.
    let each = if igst.is_zero() { halved } else { rate };
    Ok(PrintedTax {
        hsn: hsn.to_owned(),
        taxable: amount(sum(|line| line.taxable)?),
        rate: (rate.ppm() != 0).then(|| percent(each)),
        cgst: some(cgst),
        sgst: some(sum(|line| line.sgst)?),
        igst: some(igst),
    })
}
