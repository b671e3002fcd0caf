//! How what is open on a bill is paid: into which account, and by which link.
//!
//! The link is that of the UPI Linking Specification of the National Payments Corporation of India: `pa` whom, `pn` their
//! name, `am` how much in rupees with two decimals, `cu` the currency, `tr` the reference that comes back with the money, `tn`
//! what the payer reads. A payer's app asks before it pays.

use crate::money::{Currency, Money};
use crate::shop::invoices::Bill;
use crate::tenancy::PayeeDetails;

use super::figures::amount;

/// How a bill is paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedPay {
    /// Whose account it is.
    pub name: String,
    /// How much is open.
    pub open: Money,
    /// The UPI id.
    pub vpa: Option<String>,
    /// The link that a payer's app opens, with the amount in it.
    pub link: Option<String>,
    /// The bank account's number and its branch's code.
    pub bank: Option<(String, String)>,
}

impl PrintedPay {
    /// How what is open of the bill is paid; nothing where nothing is, or the shop has not said where.
    #[must_use]
    pub fn of(bill: &Bill, payee: Option<&PayeeDetails>) -> Option<Self> {
        let open = bill.invoice.open(bill.settled).ok().filter(|open| open.minor() > 0)?;
        let payee = payee?;
        let text = ToString::to_string;
        let link = |vpa: &String| link(vpa, payee.name.as_str(), open, bill.invoice.number.as_str());
        let vpa = payee.vpa.as_ref().map(text);
        let bank = payee.account.as_ref().map(text).zip(payee.ifsc.as_ref().map(text));
        Some(Self {
            name: payee.name.to_string(),
            open,
            link: vpa.as_ref().filter(|_| open.currency() == Currency::INR).map(link),
            vpa,
            bank,
        })
    }
}

fn link(vpa: &str, name: &str, open: Money, number: &str) -> String {
    let rupees = amount(open).replace(',', "");
    let (name, number) = (escaped(name), escaped(number));
    // A UPI id has no letter that a link would read otherwise.
    format!("upi://pay?pa={vpa}&pn={name}&am={rupees}&cu=INR&tr={number}&tn=Bill%20{number}")
}

/// Everything but RFC 3986's unreserved characters as percent-encoded UTF-8; a space is `%20` and never a plus sign.
fn escaped(text: &str) -> String {
    const FIGURES: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    let figure = |half: u8| FIGURES.get(usize::from(half)).copied();
    let mut link = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            link.push(char::from(byte));
        } else {
            link.push('%');
            link.extend([byte >> 4, byte & 0xf].into_iter().filter_map(figure));
        }
    }
    link
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_names_whom_how_much_and_what_for() {
        let money = |paise| Money::new(paise, Currency::INR).unwrap();
        assert_eq!(
            link("meena@okbank", "Meena & Sons, मीना", money(5_184_500), "INV/26-27/000001"),
            "upi://pay?pa=meena@okbank&pn=Meena%20%26%20Sons%2C%20%E0%A4%AE%E0%A5%80%E0%A4%A8%E0%A4%BE&am=51845.00&cu=INR\
             &tr=INV%2F26-27%2F000001&tn=Bill%20INV%2F26-27%2F000001"
        );
        for (paise, text) in [(1, "0.01"), (100, "1.00"), (1_234_567_890, "12345678.90")] {
            assert!(
                link("a1@upi", "A", money(paise), "1").contains(&format!("&am={text}&cu=INR&")),
                "{paise}"
            );
        }
    }
}
