//! The document, section by section, in the order of the schema.

use super::place::place;
use super::write::{Fits, Object};
use crate::money::{Rounding, mul_div};
use crate::shop::identifiers::{Gstin, Phone, StateCode};
use crate::shop::invoices::{Bill, Invoice, InvoiceKind, InvoiceLine, InvoiceParties, InvoiceState};
use crate::shop::parties::Address;
use crate::text::Name;

/// The version of the schema.
pub const SCHEMA: &str = "1.1";

/// Round-off stays within 99.99 rupees either way, in paise.
const MOST_ROUND_OFF: i64 = 9_999;

crate::refusals! {
    /// Why a bill has no e-invoice.
    pub enum EInvoiceRefusal {
        /// It has no tax, or the shop no GSTIN.
        NotTaxed = Conflict, "e_invoice.not_taxed", "", "only a tax invoice of a registered shop is registered";
        /// It does not stand.
        Cancelled = Conflict, "e_invoice.cancelled", "", "the bill is cancelled";
        /// Sales to people who are not registered are not registered either.
        BuyerNotRegistered = Conflict, "e_invoice.buyer_not_registered", "", "the buyer had no GSTIN when the bill was issued";
        /// The schema wants a place and a PIN code.
        NoPlace {
            /// Whose address it is.
            of: &'static str
        } = Conflict, "e_invoice.no_place", "", "the {of}'s address on the bill does not end in a place and a PIN code, or is longer than 200 characters";
        /// A value outside the schema's limits.
        Field {
            /// The field, by its path in the schema.
            field: &'static str
        } = Conflict, "e_invoice.field", "", "{field} is not within the limits of the schema";
    }
}

/// An e-invoice, ready to be registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EInvoice {
    /// The bill's number.
    pub number: String,
    /// The document: one JSON object.
    pub json: String,
}

/// The e-invoice of a bill, for its parties as the bill says them.
///
/// # Errors
/// [`EInvoiceRefusal`].
///
/// # Source
/// Form GST INV-01 (CGST Rules 2017, r. 48(4); notification 60/2020-Central Tax), schema 1.1 and its JSON schema as the
/// registration portals publish it.
pub fn e_invoice(bill: &Bill, parties: &InvoiceParties) -> Result<EInvoice, EInvoiceRefusal> {
    let Bill { invoice, lines, .. } = bill;
    let seller_gstin = parties.seller_gstin.as_ref().ok_or(EInvoiceRefusal::NotTaxed)?;
    if invoice.kind != InvoiceKind::TaxInvoice {
        return Err(EInvoiceRefusal::NotTaxed);
    }
    if invoice.state == InvoiceState::Cancelled {
        return Err(EInvoiceRefusal::Cancelled);
    }
    let buyer_gstin = parties.buyer_gstin.as_ref().ok_or(EInvoiceRefusal::BuyerNotRegistered)?;
    let buyer_address = parties.buyer_address.as_ref().ok_or(EInvoiceRefusal::NoPlace { of: "buyer" })?;
    let seller = Side {
        of: "seller",
        paths: SELLER,
        longest_place: 50,
        gstin: seller_gstin,
        name: &parties.seller_name,
        address: &parties.seller_address,
        state: parties.seller_state,
        phone: None,
    };
    let buyer = Side {
        of: "buyer",
        paths: BUYER,
        longest_place: 100,
        gstin: buyer_gstin,
        name: &parties.buyer_name,
        address: buyer_address,
        state: buyer_gstin.state(),
        phone: parties.buyer_phone.as_ref(),
    };
    let json = Object::default()
        .text("Version", SCHEMA, 1, 6)?
        .object("TranDtls", transaction(invoice, parties)?)
        .object("DocDtls", document(invoice)?)
        .object("SellerDtls", seller.section()?)
        .object(
            "BuyerDtls",
            buyer.section()?.text("BuyerDtls.Pos", &invoice.place_of_supply.to_string(), 1, 2)?,
        )
        .list("ItemList", lines.iter().map(item).collect::<Fits<Vec<_>>>()?)
        .object("ValDtls", values(invoice)?)
        .done();
    Ok(EInvoice { number: invoice.number.as_str().to_owned(), json })
}

fn transaction(invoice: &Invoice, parties: &InvoiceParties) -> Fits<Object> {
    let is_within = parties.seller_state == invoice.place_of_supply;
    let igst_within = if is_within && invoice.igst.minor() != 0 { "Y" } else { "N" };
    Object::default()
        .text("TranDtls.TaxSch", "GST", 3, 10)?
        .text("TranDtls.SupTyp", "B2B", 3, 10)?
        .text("TranDtls.RegRev", "N", 1, 1)?
        .text("TranDtls.IgstOnIntra", igst_within, 1, 1)
}

fn document(invoice: &Invoice) -> Fits<Object> {
    Object::default()
        .text("DocDtls.Typ", "INV", 3, 3)?
        .text("DocDtls.No", invoice.number.as_str(), 1, 16)?
        .text("DocDtls.Dt", &invoice.business_date.format("%d/%m/%Y").to_string(), 10, 10)
}

/// One of the two parties, with the paths of its fields.
struct Side<'b> {
    of: &'static str,
    paths: [&'static str; 8],
    longest_place: usize,
    gstin: &'b Gstin,
    name: &'b Name,
    address: &'b Address,
    state: StateCode,
    phone: Option<&'b Phone>,
}

const SELLER: [&str; 8] = [
    "SellerDtls.Gstin",
    "SellerDtls.LglNm",
    "SellerDtls.Addr1",
    "SellerDtls.Addr2",
    "SellerDtls.Loc",
    "SellerDtls.Pin",
    "SellerDtls.Stcd",
    "SellerDtls.Ph",
];
const BUYER: [&str; 8] = [
    "BuyerDtls.Gstin",
    "BuyerDtls.LglNm",
    "BuyerDtls.Addr1",
    "BuyerDtls.Addr2",
    "BuyerDtls.Loc",
    "BuyerDtls.Pin",
    "BuyerDtls.Stcd",
    "BuyerDtls.Ph",
];

impl Side<'_> {
    fn section(&self) -> Fits<Object> {
        let [gstin, name, first, second, location, pin, state, phone] = self.paths;
        let found = place(self.address.as_str(), self.state.name());
        let found = found.ok_or(EInvoiceRefusal::NoPlace { of: self.of })?;
        let mut section = Object::default().text(gstin, self.gstin.as_str(), 15, 15)?.text(
            name,
            self.name.as_str(),
            3,
            100,
        )?;
        let [line, rest] = &found.lines;
        section = section.text(first, line.as_deref().unwrap_or_default(), 1, 100)?;
        if let Some(rest) = rest {
            section = section.text(second, rest, 3, 100)?;
        }
        section = section
            .text(location, &found.location, 3, self.longest_place)?
            .between(pin, found.pin, 0, 100_000, 999_999)?
            .text(state, &self.state.to_string(), 1, 2)?;
        let digits = self.phone.map(|phone| phone.as_str().replace(|c: char| !c.is_ascii_digit(), ""));
        match digits {
            Some(digits) if (6..=12).contains(&digits.len()) => section.text(phone, &digits, 6, 12),
            _ => Ok(section),
        }
    }
}

/// Whatever keeps a value from being computed keeps its field from fitting.
fn no<E>(field: &'static str) -> impl Fn(E) -> EInvoiceRefusal {
    move |_| EInvoiceRefusal::Field { field }
}

/// A line: its net weight in grams, and a price a gram that gives its value before discounts. Services are counted as one.
fn item(line: &InvoiceLine) -> Fits<Object> {
    const HSN: &str = "ItemList.HsnCd";
    let hsn = line.hsn.as_str();
    if ![4, 6, 8].contains(&hsn.len()) {
        return Err(EInvoiceRefusal::Field { field: HSN });
    }
    let is_service = hsn.starts_with("99");
    let sum = |of: &[crate::money::Money]| {
        crate::money::Money::try_sum(line.taxable.currency(), of.iter().copied())
    };
    let discount = sum(&[line.discount, line.bill_discount]).map_err(no("ItemList.Discount"))?;
    let total = sum(&[line.taxable, line.cgst, line.sgst, line.igst]).map_err(no("ItemList.TotItemVal"))?;
    let mut item = Object::default()
        .text("ItemList.SlNo", &line.line.to_string(), 1, 6)?
        .text("ItemList.PrdDesc", line.description.as_str(), 3, 300)?
        .text("ItemList.IsServc", if is_service { "Y" } else { "N" }, 1, 1)?
        .text(HSN, hsn, 4, 8)?;
    // Thousandths of a rupee, for a gram or for the whole.
    let price = if is_service {
        mul_div(line.gross_value.minor(), 10, 1, Rounding::Exact)
    } else {
        item = item.between("ItemList.Qty", line.net.mg(), 3, 1, 9_999_999_999_999)?.text(
            "ItemList.Unit",
            "GMS",
            3,
            8,
        )?;
        mul_div(line.gross_value.minor(), 10_000, line.net.mg(), Rounding::HalfAwayFromZero)
    };
    // A rate in percent has three decimals there, in millionths four.
    let rate = mul_div(line.tax_rate.ppm().into(), 1, 10, Rounding::Exact);
    item.number("ItemList.UnitPrice", price.map_err(no("ItemList.UnitPrice"))?, 3, 999_999_999_999_999)?
        .amount("ItemList.TotAmt", line.gross_value)?
        .amount("ItemList.Discount", discount)?
        .amount("ItemList.AssAmt", line.taxable)?
        .number("ItemList.GstRt", rate.map_err(no("ItemList.GstRt"))?, 3, 999_999)?
        .amount("ItemList.IgstAmt", line.igst)?
        .amount("ItemList.CgstAmt", line.cgst)?
        .amount("ItemList.SgstAmt", line.sgst)?
        .amount("ItemList.TotItemVal", total)
}

fn values(invoice: &Invoice) -> Fits<Object> {
    Object::default()
        .amount("ValDtls.AssVal", invoice.taxable)?
        .amount("ValDtls.CgstVal", invoice.cgst)?
        .amount("ValDtls.SgstVal", invoice.sgst)?
        .amount("ValDtls.IgstVal", invoice.igst)?
        .between("ValDtls.RndOffAmt", invoice.round_off.minor(), 2, -MOST_ROUND_OFF, MOST_ROUND_OFF)?
        .amount("ValDtls.TotInvVal", invoice.payable)
}
