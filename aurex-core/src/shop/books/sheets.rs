//! Each report's tables.

use super::sheet::{Cell, GRAMS_OF_MG, GRAMS_OF_NG, Sheet};
use super::{
    AgedParty, BalanceSheet, Gstr1, Gstr3b, HsnRow, InputTax, MetalBook, OutOfRange, ProfitAndLoss,
    ReturnDocument, StatementRow, TaxSums, TrialBalance, added, total,
};
use crate::ledger::{Account, Commodity};
use crate::money::Currency;
use crate::shop::identifiers::{Gstin, StateCode};
use crate::store::{DayEntry, PostingLine, TaxDocumentKind};
use crate::time::Date;

/// How many places stand behind the point: paise of a rupee, nanograms of a gram.
const fn places(commodity: Commodity) -> u32 {
    match commodity {
        Commodity::Currency(currency) => currency.exponent(),
        Commodity::Metal(_) => GRAMS_OF_NG,
    }
}

pub(super) fn sheet(
    name: &str,
    title: impl Into<String>,
    columns: &[&'static str],
    rows: Vec<Vec<Cell>>,
) -> Sheet {
    Sheet { name: name.to_owned(), title: title.into(), columns: columns.to_vec(), rows }
}

fn sides(amount: i64, decimals: u32) -> Result<[Cell; 2], OutOfRange> {
    if amount < 0 {
        let credit = amount.checked_neg().ok_or(OutOfRange)?;
        return Ok([Cell::Empty, Cell::number(credit, decimals)]);
    }
    Ok([Cell::side(amount, decimals), Cell::Empty])
}

/// The trial balance, by account and with the totals of each commodity.
pub fn trial_balance_sheets(trial: &TrialBalance, as_of: Option<Date>) -> Vec<Sheet> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for row in &trial.rows {
        let decimals = places(row.account.commodity);
        rows.push(vec![
            Cell::text(row.account.code.as_str()),
            Cell::text(row.account.name.as_str()),
            Cell::text(row.account.class.code()),
            Cell::text(row.account.commodity.code()),
            Cell::side(row.debit, decimals),
            Cell::side(row.credit, decimals),
        ]);
    }
    for sum in &trial.totals {
        let decimals = places(sum.commodity);
        rows.push(vec![
            Cell::Empty,
            Cell::text("Total"),
            Cell::Empty,
            Cell::text(sum.commodity.code()),
            Cell::number(sum.debit, decimals),
            Cell::number(sum.credit, decimals),
        ]);
    }
    let title = as_of.map_or_else(|| "Trial balance".to_owned(), |date| format!("Trial balance, {date}"));
    vec![sheet("Trial balance", title, &["Code", "Account", "Class", "Commodity", "Debit", "Credit"], rows)]
}

/// The day book: a row a posting.
///
/// # Errors
/// [`OutOfRange`].
pub fn day_book_sheets(entries: &[DayEntry], from: Date, to: Date) -> Result<Vec<Sheet>, OutOfRange> {
    let mut rows = Vec::new();
    for DayEntry { entry, lines } in entries {
        for line in lines {
            let [debit, credit] = sides(line.posting.amount, places(line.posting.commodity))?;
            rows.push(vec![
                Cell::Date(entry.effective),
                Cell::text(entry.narration.as_str()),
                Cell::text(entry.source_kind.as_str()),
                Cell::text(line.account.code.as_str()),
                Cell::text(line.party.as_ref().map_or(line.account.name.as_str(), |name| name.as_str())),
                Cell::text(line.posting.commodity.code()),
                debit,
                credit,
            ]);
        }
    }
    let columns = ["Date", "Document", "Kind", "Code", "Account", "Commodity", "Debit", "Credit"];
    Ok(vec![sheet("Day book", format!("Day book, {from} to {to}"), &columns, rows)])
}

/// An account's book, with the balance after each posting.
///
/// # Errors
/// [`OutOfRange`].
pub fn account_book_sheets(
    account: &Account,
    (from, to): (Date, Date),
    opening: i64,
    lines: &[PostingLine],
) -> Result<Vec<Sheet>, OutOfRange> {
    let decimals = places(account.commodity);
    let (mut balance, mut rows) = (opening, Vec::new());
    let row = |date, document: &str, kind: &str, [debit, credit]: [Cell; 2], balance| {
        let (document, kind) = (Cell::text(document), Cell::text(kind));
        vec![Cell::Date(date), document, kind, debit, credit, Cell::number(balance, decimals)]
    };
    rows.push(row(from, "Opening balance", "", [Cell::Empty, Cell::Empty], opening));
    for line in lines {
        balance = added(balance, line.posting.amount)?;
        let (document, kind) = (line.entry.narration.as_str(), line.entry.source_kind.as_str());
        let sides = sides(line.posting.amount, decimals)?;
        rows.push(row(line.posting.effective, document, kind, sides, balance));
    }
    rows.push(row(to, "Closing balance", "", [Cell::Empty, Cell::Empty], balance));
    let title = format!("{} {} in {}, {from} to {to}", account.code, account.name, account.commodity);
    Ok(vec![sheet("Account book", title, &["Date", "Document", "Kind", "Debit", "Credit", "Balance"], rows)])
}

const STATEMENT: &[&str] = &["Part", "Code", "Account", "Amount"];

fn part(rows: &mut Vec<Vec<Cell>>, name: &str, lines: &[StatementRow], sum: i64, decimals: u32) {
    for line in lines {
        let (code, account) = (Cell::text(line.code.as_str()), Cell::text(line.name.as_str()));
        rows.push(vec![Cell::text(name), code, account, Cell::number(line.amount, decimals)]);
    }
    rows.push(vec![Cell::text(name), Cell::Empty, Cell::text("Total"), Cell::number(sum, decimals)]);
}

/// Profit and loss of a period.
pub fn profit_and_loss_sheets(report: &ProfitAndLoss) -> Vec<Sheet> {
    let decimals = report.currency.exponent();
    let mut rows = Vec::new();
    part(&mut rows, "Income", &report.income, report.total_income, decimals);
    part(&mut rows, "Expenses", &report.expenses, report.total_expenses, decimals);
    let profit = Cell::number(report.profit, decimals);
    rows.push(vec![Cell::text("Profit"), Cell::Empty, Cell::text("Income less expenses"), profit]);
    let title = format!("Profit and loss in {}, {} to {}", report.currency.code(), report.from, report.to);
    vec![sheet("Profit and loss", title, STATEMENT, rows)]
}

/// The balance sheet at a date.
pub fn balance_sheet_sheets(report: &BalanceSheet) -> Vec<Sheet> {
    let decimals = report.currency.exponent();
    let mut rows = Vec::new();
    part(&mut rows, "Assets", &report.assets, report.total_assets, decimals);
    part(&mut rows, "Liabilities", &report.liabilities, report.total_liabilities, decimals);
    part(&mut rows, "Equity", &report.equity, report.total_equity, decimals);
    let title = format!("Balance sheet in {}, {}", report.currency.code(), report.as_of);
    vec![sheet("Balance sheet", title, STATEMENT, rows)]
}

/// The metals' books, a table each, in grams of fine metal.
pub fn metal_book_sheets(books: &[MetalBook]) -> Vec<Sheet> {
    let columns = ["Code", "Account", "Opening (g fine)", "Came", "Went", "Closing"];
    let of = |book: &MetalBook| {
        let rows = book.rows.iter().map(|row| {
            let figures = [row.opening, row.came, row.went, row.closing];
            let names = [row.account.code.as_str(), row.account.name.as_str()].map(Cell::text);
            names.into_iter().chain(figures.map(|ng| Cell::number(ng, GRAMS_OF_NG))).collect()
        });
        let title = format!("{} by fine weight, {} to {}", book.metal.code(), book.from, book.to);
        sheet(book.metal.code(), title, &columns, rows.collect())
    };
    books.iter().map(of).collect()
}

/// Who owes for how long.
///
/// # Errors
/// [`OutOfRange`].
pub fn ageing_sheets(
    parties: &[AgedParty],
    currency: Currency,
    as_of: Date,
) -> Result<Vec<Sheet>, OutOfRange> {
    let decimals = currency.exponent();
    let figures = |party: &AgedParty| {
        let [first, second, third, rest] = party.owed;
        [first, second, third, rest, party.credit]
    };
    let mut rows: Vec<Vec<Cell>> = parties
        .iter()
        .map(|party| {
            let amounts = figures(party).map(|amount| Cell::side(amount, decimals));
            let balance = Cell::number(party.sums.balance, decimals);
            [Cell::text(party.sums.name.as_str()), balance].into_iter().chain(amounts).collect()
        })
        .collect();
    let mut sums = [0_i64; 5];
    for party in parties {
        for (sum, amount) in sums.iter_mut().zip(figures(party)) {
            *sum = added(*sum, amount)?;
        }
    }
    let balance = total(parties.iter().map(|party| party.sums.balance))?;
    let amounts = sums.map(|amount| Cell::number(amount, decimals));
    rows.push([Cell::text("Total"), Cell::number(balance, decimals)].into_iter().chain(amounts).collect());
    let columns =
        ["Party", "Balance", "0 to 30 days", "31 to 60 days", "61 to 90 days", "Over 90 days", "Owed by us"];
    let title = format!("Owed by age in {}, {as_of}", currency.code());
    Ok(vec![sheet("Ageing", title, &columns, rows)])
}

fn percent(rate_ppm: i32) -> Cell {
    Cell::number(i64::from(rate_ppm), 4)
}

fn place(state: StateCode) -> Cell {
    Cell::text(format!("{state}-{}", state.name()))
}

fn tax(sums: TaxSums, decimals: u32) -> [Cell; 4] {
    [sums.taxable, sums.igst, sums.cgst, sums.sgst].map(|amount| Cell::number(amount, decimals))
}

const fn kind_name(kind: TaxDocumentKind) -> &'static str {
    match kind {
        TaxDocumentKind::TaxInvoice => "Tax invoice",
        TaxDocumentKind::BillOfSupply => "Bill of supply",
        TaxDocumentKind::CreditNote => "Credit note",
        TaxDocumentKind::DebitNote => "Debit note",
    }
}

fn documents(documents: &[ReturnDocument], decimals: u32) -> Vec<Vec<Cell>> {
    let mut rows = Vec::new();
    for document in documents {
        for rate in &document.rates {
            let against = document.against.as_ref();
            let head = [
                Cell::text(document.gstin.as_ref().map_or("", Gstin::as_str)),
                Cell::text(document.buyer.as_str()),
                Cell::text(kind_name(document.kind)),
                Cell::text(document.number.as_str()),
                Cell::Date(document.date),
                Cell::text(against.map_or("", |bill| bill.number.as_str())),
                against.map_or(Cell::Empty, |bill| Cell::Date(bill.date)),
                Cell::number(document.value, decimals),
                place(document.place),
                percent(rate.rate_ppm),
            ];
            rows.push(head.into_iter().chain(tax(rate.sums, decimals)).collect());
        }
    }
    rows
}

const DOCUMENTS: &[&str] = &[
    "GSTIN",
    "Buyer",
    "Kind",
    "Number",
    "Date",
    "Against",
    "Of",
    "Value",
    "Place of supply",
    "Rate %",
    "Taxable value",
    "IGST",
    "CGST",
    "SGST",
];

fn hsn(rows: &[HsnRow], decimals: u32) -> Vec<Vec<Cell>> {
    let row = |row: &HsnRow| {
        let head = [
            Cell::text(row.hsn.as_str()),
            Cell::text("GMS"),
            Cell::number(row.net_mg, GRAMS_OF_MG),
            Cell::number(row.value, decimals),
            percent(row.rate_ppm),
        ];
        head.into_iter().chain(tax(row.sums, decimals)).collect()
    };
    rows.iter().map(row).collect()
}

const HSN: &[&str] =
    &["HSN", "UQC", "Quantity", "Total value", "Rate %", "Taxable value", "IGST", "CGST", "SGST"];

/// The tables of GSTR-1, one sheet each.
pub fn gstr1_sheets(report: &Gstr1) -> Vec<Sheet> {
    let decimals = report.currency.exponent();
    let titled = |what: &str| format!("GSTR-1, {} to {}: {what}", report.from, report.to);
    let small = report.b2c_small.iter().map(|row| {
        let way = if row.inter_state { "Inter-state" } else { "Intra-state" };
        let head = [place(row.place), Cell::text(way), percent(row.rate_ppm)];
        head.into_iter().chain(tax(row.sums, decimals)).collect()
    });
    let untaxed = [
        ("Inter-state, registered", report.untaxed.inter_registered),
        ("Intra-state, registered", report.untaxed.intra_registered),
        ("Inter-state, unregistered", report.untaxed.inter_unregistered),
        ("Intra-state, unregistered", report.untaxed.intra_unregistered),
    ];
    let untaxed = untaxed.map(|(to, value)| vec![Cell::text(to), Cell::number(value, decimals)]);
    let issued = report.documents.iter().map(|series| {
        vec![
            Cell::text(kind_name(series.kind)),
            Cell::text(series.first.as_str()),
            Cell::text(series.last.as_str()),
            Cell::count(series.issued),
            Cell::count(series.cancelled),
            Cell::count(series.issued.saturating_sub(series.cancelled)),
            Cell::count(series.missing),
        ]
    });
    vec![
        sheet("b2b", titled("4A, to registered buyers"), DOCUMENTS, documents(&report.b2b, decimals)),
        sheet("b2cl", titled("5, large, other states"), DOCUMENTS, documents(&report.b2c_large, decimals)),
        sheet(
            "b2cs",
            titled("7, to unregistered buyers"),
            &["Place of supply", "Way", "Rate %", "Taxable value", "IGST", "CGST", "SGST"],
            small.collect(),
        ),
        sheet("exemp", titled("8, without tax"), &["To", "Value"], untaxed.into()),
        sheet(
            "cdnr",
            titled("9B, notes, registered"),
            DOCUMENTS,
            documents(&report.notes_registered, decimals),
        ),
        sheet(
            "cdnur",
            titled("9B, notes, unregistered"),
            DOCUMENTS,
            documents(&report.notes_unregistered, decimals),
        ),
        sheet("hsn b2b", titled("12, HSN, registered"), HSN, hsn(&report.hsn_b2b, decimals)),
        sheet("hsn b2c", titled("12, HSN, unregistered"), HSN, hsn(&report.hsn_b2c, decimals)),
        sheet(
            "docs",
            titled("13, documents issued"),
            &["Nature", "From", "To", "Total number", "Cancelled", "Net issued", "Missing"],
            issued.collect(),
        ),
    ]
}

/// The working for GSTR-3B.
///
/// # Errors
/// [`OutOfRange`].
pub fn gstr3b_sheets(
    report: &Gstr3b,
    currency: Currency,
    (from, to): (Date, Date),
) -> Result<Vec<Sheet>, OutOfRange> {
    let decimals = currency.exponent();
    let number = |amount| Cell::number(amount, decimals);
    let heads = |what: &str, taxable: Cell, [igst, cgst, sgst]: [i64; 3]| {
        vec![Cell::text(what), taxable, number(igst), number(cgst), number(sgst)]
    };
    let of = |tax: InputTax| [tax.igst, tax.cgst, tax.sgst];
    let outward = report.outward;
    let books = [report.books.igst, report.books.cgst, report.books.sgst];
    let other = [report.other_postings.igst, report.other_postings.cgst, report.other_postings.sgst];
    let mut rows = vec![
        heads(
            "3.1(a) Outward taxable supplies",
            number(outward.taxable),
            [outward.igst, outward.cgst, outward.sgst],
        ),
        heads("3.1(c) Outward supplies without tax", number(report.untaxed.total()?), [0; 3]),
        heads("4 Input tax", Cell::Empty, of(report.input)),
        heads("Outward tax less input tax", Cell::Empty, of(report.payable)),
        heads("The tax accounts of the same days", Cell::Empty, books),
        heads("Of these, other postings", Cell::Empty, other),
    ];
    for row in &report.inter_state_unregistered {
        let what = format!("3.2 Unregistered, {}-{}", row.place, row.place.name());
        rows.push(heads(&what, number(row.taxable), [row.igst, 0, 0]));
    }
    let title = format!("GSTR-3B working in {}, {from} to {to}", currency.code());
    Ok(vec![sheet("GSTR-3B", title, &["Line", "Taxable value", "IGST", "CGST", "SGST"], rows)])
}
