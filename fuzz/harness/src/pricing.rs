//! What a bill comes to.

use aurex_core::{
    money::Money,
    shop::pricing::{BillInput, Priced, PricedLine, TaxTreatment, faults, price, price_for_target},
};

use crate::bill;

/// The input is a bill, as [`bill::read`] reads it.
///
/// Every bill is priced or refused with a place. A priced one obeys the laws of the policy: the lines make up the
/// totals, central and state tax are equal, the payable is whole, no tax appears under a head that is not due. The
/// bargained bill is the bill that its own discount gives, and never further from the target than no discount.
pub fn pricing(data: &[u8]) {
    let (bill, target) = bill::read(data);
    let wrong = faults(&bill);
    match price(&bill) {
        Ok(priced) => {
            assert!(wrong.is_empty(), "priced, yet {wrong:?}");
            check(&bill, &priced);
        }
        Err(error) => {
            assert!(!wrong.is_empty());
            assert!(error.pointer().is_empty() || error.pointer().starts_with('/'));
            assert!(error.line.is_none_or(|line| line < bill.lines.len()));
        }
    }
    if let Ok(bargained) = price_for_target(&bill, target) {
        let agreed = BillInput { discount: Some(bargained.totals.bill_discount), ..bill.clone() };
        assert_eq!(price(&agreed), Ok(bargained.clone()));
        // Undiscounted it may be beyond the range of amounts; then there is nothing to compare with.
        if let Ok(full) = price(&BillInput { discount: None, ..bill }) {
            let off = |bill: &Priced| bill.totals.payable.minor().abs_diff(target.minor());
            assert!(off(&bargained) <= off(&full));
        }
    }
}

fn check(bill: &BillInput, priced: &Priced) {
    let totals = &priced.totals;
    let sum = |part: fn(&PricedLine) -> Money| {
        priced.lines.iter().map(|line| i128::from(part(line).minor())).sum::<i128>()
    };
    for (lines, total) in [
        (sum(|line| line.gross), totals.gross),
        (sum(|line| line.bill_discount), totals.bill_discount),
        (sum(|line| line.taxable), totals.taxable),
        (sum(|line| line.cgst), totals.cgst),
        (sum(|line| line.sgst), totals.sgst),
        (sum(|line| line.igst), totals.igst),
    ] {
        assert_eq!(lines, i128::from(total.minor()));
    }
    assert_eq!(totals.bill_discount.minor(), bill.discount.map_or(0, Money::minor));

    let minor = |money: Money| money.minor();
    let made_up = [totals.taxable, totals.cgst, totals.sgst, totals.igst].map(minor).iter().sum::<i64>();
    assert_eq!(made_up, totals.total.minor());
    assert_eq!(totals.total.minor() + totals.round_off.minor(), totals.payable.minor());
    let whole = bill.currency.minor_per_major();
    assert_eq!(totals.payable.minor() % whole, 0);
    assert!(2 * totals.round_off.minor().abs() <= whole);
    assert!(!totals.payable.is_negative());

    assert_eq!(totals.cgst, totals.sgst);
    for line in &priced.lines {
        assert_eq!(line.cgst, line.sgst);
        assert!(!line.taxable.is_negative() && !line.cgst.is_negative() && !line.igst.is_negative());
        match bill.treatment {
            TaxTreatment::IntraState => assert!(line.igst.is_zero()),
            TaxTreatment::InterState => assert!(line.cgst.is_zero()),
            TaxTreatment::Untaxed => assert!(line.igst.is_zero() && line.cgst.is_zero()),
        }
        let parts = [line.metal, line.wastage, line.making, line.stones, line.other].map(minor);
        assert_eq!(parts.iter().sum::<i64>(), line.gross.minor());
        assert_eq!(
            line.gross.minor() - line.discount.minor() - line.bill_discount.minor(),
            line.taxable.minor()
        );
    }
    // Wastage is price, never metal: the fine weight is that of the net weight, unrounded.
    for (line, written) in priced.lines.iter().zip(&bill.lines) {
        let net = written.gross.mg() - written.less.mg();
        assert_eq!(i128::from(line.fine.ng()), i128::from(net) * i128::from(written.fineness.ppm()));
    }
}
