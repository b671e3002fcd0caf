//! The whole of it.

use super::figures::{amount, day, price};
use super::line::{PrintedLine, lines};
use super::pay::PrintedPay;
use super::tax::{PrintedTax, taxes};
use crate::money::MoneyError;
use crate::shop::business::Scheme;
use crate::shop::identifiers::{Gstin, StateCode};
use crate::shop::invoices::{Bill, InvoiceKind, InvoiceParties, InvoiceState};
use crate::tenancy::PayeeDetails;
use crate::time::Zone;

crate::codes! {
    /// Whose copy it is (Rule 48(1) of the CGST Rules: of goods there are three).
    pub enum BillCopy {
        /// The buyer's.
        Original = "original",
        /// Whoever carries the goods has it.
        Duplicate = "duplicate",
        /// The shop's own.
        Triplicate = "triplicate",
    }
}

impl BillCopy {
    /// The words that the rule has for it.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Original => "Original for recipient",
            Self::Duplicate => "Duplicate for transporter",
            Self::Triplicate => "Triplicate for supplier",
        }
    }
}

/// A bill as it is printed, from the top to the foot. Amounts without a sign are in the bill's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedBill {
    /// `Tax Invoice` or `Bill of Supply`.
    pub title: &'static str,
    /// Whose copy it is.
    pub copy: &'static str,
    /// What a composition shop has to write at the top.
    pub notice: Option<&'static str>,
    /// That it was cancelled.
    pub cancelled: Option<PrintedCancellation>,
    /// Who sold.
    pub seller: PrintedParty,
    /// Who bought.
    pub buyer: PrintedParty,
    /// Its number.
    pub number: String,
    /// Its date.
    pub date: String,
    /// Where the goods are supplied: the state's name and code.
    pub place_of_supply: String,
    /// Whether the buyer pays the tax to the state: `No`.
    pub reverse_charge: &'static str,
    /// The lines, in order.
    pub lines: Vec<PrintedLine>,
    /// Tax by HSN and rate.
    pub taxes: Vec<PrintedTax>,
    /// What tax is due on.
    pub taxable: String,
    /// The heads of tax that are due, with their sums.
    pub heads: Vec<(&'static str, String)>,
    /// Taxable value and tax.
    pub total: String,
    /// What makes the total whole; nothing where it is.
    pub round_off: Option<String>,
    /// What the customer owes for it, with the currency's sign.
    pub payable: String,
    /// That in words.
    pub amount_in_words: String,
    /// What was settled of it when it was printed.
    pub settled: String,
    /// What was open.
    pub due: String,
    /// How what is open is paid, where the shop has said where.
    pub pay: Option<PrintedPay>,
    /// That purity can be verified, where a line is hallmarked.
    pub hallmark_notice: Option<&'static str>,
    /// Whose signature it is.
    pub signed_for: String,
}

/// A cancellation, as it stands across the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedCancellation {
    /// When.
    pub on: String,
    /// Why.
    pub reason: String,
}

/// One of the two parties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedParty {
    /// The name.
    pub name: String,
    /// The address.
    pub address: Option<String>,
    /// The state's name and code.
    pub state: Option<String>,
    /// The GSTIN; whoever has none is unregistered.
    pub gstin: Option<String>,
    /// The telephone number.
    pub phone: Option<String>,
}

/// What composition shops write at the top of their bills: Rule 5(1)(f) of the CGST Rules.
const COMPOSITION: &str = "Composition taxable person, not eligible to collect tax on supplies";

/// BIS (Hallmarking) Regulations 2018, and the bureau's notice for bills of hallmarked articles; unconfirmed word by word.
const HALLMARK_NOTICE: &str = "The consumer can get the purity of hallmarked jewellery verified at any BIS recognised \
                               Assaying and Hallmarking Centre.";

fn state(code: StateCode) -> String {
    format!("{} ({code})", code.name())
}

/// What a bill says on paper.
///
/// # Errors
/// When the stored amounts do not add up to one that there is, which only a damaged store can cause.
pub fn print(
    bill: &Bill,
    parties: &InvoiceParties,
    copy: BillCopy,
    zone: Zone,
    payee: Option<&PayeeDetails>,
) -> Result<PrintedBill, MoneyError> {
    let Bill { invoice, lines: rows, settled } = bill;
    let currency = invoice.payable.currency();
    let is_cancelled = invoice.state == InvoiceState::Cancelled;
    let due = invoice.open(*settled)?;
    let heads = [("CGST", invoice.cgst), ("SGST", invoice.sgst), ("IGST", invoice.igst)];
    Ok(PrintedBill {
        title: match invoice.kind {
            InvoiceKind::TaxInvoice => "Tax Invoice",
            InvoiceKind::BillOfSupply => "Bill of Supply",
        },
        copy: copy.words(),
        notice: (parties.scheme == Scheme::Composition).then_some(COMPOSITION),
        cancelled: is_cancelled.then(|| PrintedCancellation {
            on: invoice.cancelled_at.map_or_else(String::new, |at| day(zone.date_of(at))),
            reason: invoice.cancel_reason.as_ref().map_or_else(String::new, ToString::to_string),
        }),
        seller: PrintedParty {
            name: parties.seller_name.to_string(),
            address: Some(parties.seller_address.to_string()),
            state: Some(state(parties.seller_state)),
            gstin: parties.seller_gstin.as_ref().map(gstin),
            phone: None,
        },
        buyer: PrintedParty {
            name: parties.buyer_name.to_string(),
            address: parties.buyer_address.as_ref().map(ToString::to_string),
            state: parties.buyer_state.map(state),
            gstin: parties.buyer_gstin.as_ref().map(gstin),
            phone: parties.buyer_phone.as_ref().map(|phone| phone.as_str().to_owned()),
        },
        number: invoice.number.to_string(),
        date: day(invoice.business_date),
        place_of_supply: state(invoice.place_of_supply),
        reverse_charge: "No",
        lines: lines(rows, currency)?,
        taxes: taxes(rows, currency)?,
        taxable: amount(invoice.taxable),
        heads: heads
            .into_iter()
            .filter(|(_, tax)| !tax.is_zero())
            .map(|(head, tax)| (head, amount(tax)))
            .collect(),
        total: amount(invoice.total),
        round_off: super::figures::some(invoice.round_off),
        payable: price(invoice.payable),
        amount_in_words: invoice.payable.in_words(),
        settled: amount(*settled),
        due: price(due),
        pay: PrintedPay::of(bill, payee),
        hallmark_notice: rows.iter().any(|line| line.huid.is_some()).then_some(HALLMARK_NOTICE),
        signed_for: format!("For {}", parties.seller_name),
    })
}

fn gstin(of: &Gstin) -> String {
    of.as_str().to_owned()
}
