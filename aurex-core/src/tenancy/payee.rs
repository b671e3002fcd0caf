//! Where a workspace is paid: its UPI id and its bank account, as they stand on its bills.
//!
//! They are kept as text and checked when they are read from whoever types them. Nobody here can know whether an account is
//! the shop's: that is the owner's to look at twice.

use crate::text::{Label, Name};

crate::nested! {
    /// Where the workspace's own customers pay.
    pub struct PayeeDetails {
        /// Whose account it is, as a payer's app shows it.
        name: Name,
        /// The UPI id, `meena@okbank`.
        vpa: Option<Label>,
        /// The bank account's number.
        account: Option<Label>,
        /// The code of the bank's branch; there wherever an account is.
        ifsc: Option<Label>,
    }
}

/// A UPI id (virtual payment address): a name, an at sign, and the handle of whoever serves it.
///
/// The linking specification of the National Payments Corporation of India gives `pa` the form of a name of letters, figures,
/// dots, hyphens and underscores before the sign, and letters and figures behind it. Small letters and capitals are one.
///
/// ```
/// use aurex_core::tenancy::Vpa;
///
/// assert_eq!(Vpa::parse(" Meena.Jewellers@OkBank ").map(|vpa| vpa.to_string()).as_deref(), Some("meena.jewellers@okbank"));
/// assert!(Vpa::parse("meena@example.com").is_none(), "an email address is none");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vpa(Label);

impl Vpa {
    /// Reads a UPI id; `None` where it has another form, or more than 64 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let (name, handle) = text.split_once('@')?;
        let of_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
        let is_name = name.len() >= 2 && name.bytes().all(of_name);
        let is_handle = handle.len() >= 2
            && handle.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && handle.starts_with(|first: char| first.is_ascii_alphabetic());
        if is_name && is_handle { Label::new(text).ok().map(Self) } else { None }
    }
}

/// The number of a bank account: nine to eighteen digits, as banks in India give them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountNumber(Label);

impl AccountNumber {
    /// Reads the digits; spaces between them are how people group them.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|of| *of != ' ').collect();
        let is_one = (9..=18).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if is_one { Label::new(digits).ok().map(Self) } else { None }
    }
}

/// The Indian Financial System Code of a branch: four letters for the bank, a nought, six letters or figures for the branch
/// (Reserve Bank of India).
///
/// ```
/// use aurex_core::tenancy::Ifsc;
///
/// assert!(Ifsc::parse("sbin0000300").is_some());
/// assert!(Ifsc::parse("SBINO000300").is_none(), "the letter O is no nought");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ifsc(Label);

impl Ifsc {
    /// Reads a code; small letters are raised.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let &[ref bank @ .., nought, _, _, _, _, _, _] = text.as_bytes() else { return None };
        let is_one = bank.len() == 4
            && bank.iter().all(u8::is_ascii_uppercase)
            && nought == b'0'
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if is_one { Label::new(text).ok().map(Self) } else { None }
    }
}

macro_rules! is_a_label {
    ($($Name:ident),*) => {$(
        impl $Name {
            /// As it is kept.
            #[must_use]
            pub fn into_label(self) -> Label {
                self.0
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

is_a_label!(Vpa, AccountNumber, Ifsc);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_upi_id_has_a_name_and_a_handle_and_nothing_that_a_link_would_read() {
        for text in ["meena@upi", "9820012345@ybl", "meena.jewellers-dadar_1@okhdfcbank", "a1@x2"] {
            assert_eq!(Vpa::parse(text).unwrap().to_string(), text);
        }
        let long = format!("{}@upi", "m".repeat(61));
        for text in [
            "",
            "@",
            "meena",
            "m@upi",
            "meena@",
            "meena@u",
            "meena@1pi",
            "me na@upi",
            "meena@ok.bank",
            "a@b@upi",
            "meena@upi&am=1",
            "meena@upi?",
            "meena%40@upi",
            "मीना@upi",
            &long,
        ] {
            assert_eq!(Vpa::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn an_account_has_nine_to_eighteen_digits_and_a_branch_a_nought() {
        for text in ["123456789", "0012 3456 7890", "123456789012345678"] {
            assert_eq!(AccountNumber::parse(text).unwrap().to_string(), text.replace(' ', ""));
        }
        for text in ["", "12345678", "1234567890123456789", "12345678a", "१२३४५६७८९"] {
            assert_eq!(AccountNumber::parse(text), None, "{text:?}");
        }
        for text in ["HDFC0000001", "YESB0CMSNOC", "SBIN0000300"] {
            assert_eq!(Ifsc::parse(text).unwrap().to_string(), text);
        }
        for text in
            ["", "HDFC000001", "HDFC00000001", "HDF10000001", "HDFC1000001", "HDFC0 00001", "हDFC0000001"]
        {
            assert_eq!(Ifsc::parse(text), None, "{text:?}");
        }
    }
}
