//! What the law wants on a bill, each with its source, and where a printed bill says it.
//!
//! Whatever prints a bill is held against this list: every text that an entry gives has to be found on the page.

use super::bill::PrintedBill;

/// Something that has to stand on a bill.
#[derive(Debug, Clone, Copy)]
pub struct Content {
    /// Where it is asked for. `unconfirmed` says that nobody has compared it with the text in force.
    pub source: &'static str,
    /// What it is.
    pub what: &'static str,
    /// The texts that say it on a bill; none where the bill has no occasion for it.
    pub texts: fn(&PrintedBill) -> Vec<&str>,
}

/// The list. Rule 46 of the CGST Rules is for tax invoices; Rule 49 wants of its bills of supply the same without tax. What
/// does not occur on a jeweller's bill at the counter is left out: export, reverse charge, an e-invoice's number.
pub const CONTENTS: &[Content] = &[
    Content {
        source: "CGST Rules 2017, r. 46(a); unconfirmed",
        what: "name, address and GSTIN of the supplier",
        texts: |bill| {
            let seller = &bill.seller;
            [Some(&seller.name), seller.address.as_ref(), seller.gstin.as_ref()]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect()
        },
    },
    Content {
        source: "CGST Rules 2017, r. 46(b); unconfirmed",
        what: "a consecutive number of at most sixteen characters",
        texts: |bill| vec![&bill.number],
    },
    Content {
        source: "CGST Rules 2017, r. 46(c); unconfirmed",
        what: "the date of issue",
        texts: |bill| vec![&bill.date],
    },
    Content {
        source: "CGST Rules 2017, r. 46(d) and (e); unconfirmed",
        what: "name, address, state and GSTIN of the recipient, as far as they are to be named",
        texts: |bill| {
            let buyer = &bill.buyer;
            [Some(&buyer.name), buyer.address.as_ref(), buyer.state.as_ref(), buyer.gstin.as_ref()]
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect()
        },
    },
    Content {
        source: "CGST Rules 2017, r. 46(g); unconfirmed",
        what: "the HSN code",
        texts: |bill| bill.lines.iter().map(|line| line.hsn.as_str()).collect(),
    },
    Content {
        source: "CGST Rules 2017, r. 46(h); unconfirmed",
        what: "the description of the goods",
        texts: |bill| bill.lines.iter().map(|line| line.description.as_str()).collect(),
    },
    Content {
        source: "CGST Rules 2017, r. 46(i); unconfirmed",
        what: "the quantity with its unit",
        texts: |bill| bill.lines.iter().flat_map(|line| [line.gross.as_str(), &line.net]).collect(),
    },
    Content {
        source: "CGST Rules 2017, r. 46(j); unconfirmed",
        what: "the total value of the supply",
        texts: |bill| vec![&bill.total, &bill.payable],
    },
    Content {
        source: "CGST Rules 2017, r. 46(k); unconfirmed",
        what: "the taxable value, discounts taken off",
        texts: |bill| {
            let lines = bill.lines.iter().flat_map(|line| {
                [Some(line.taxable.as_str()), line.discount.as_deref()].into_iter().flatten()
            });
            lines.chain([bill.taxable.as_str()]).collect()
        },
    },
    Content {
        source: "CGST Rules 2017, r. 46(l); unconfirmed",
        what: "the rate of tax of each head",
        texts: |bill| bill.taxes.iter().filter_map(|tax| tax.rate.as_deref()).collect(),
    },
    Content {
        source: "CGST Rules 2017, r. 46(m); unconfirmed",
        what: "the amount of tax of each head",
        texts: |bill| bill.heads.iter().flat_map(|(head, tax)| [*head, tax.as_str()]).collect(),
    },
    Content {
        source: "CGST Rules 2017, r. 46(n); unconfirmed",
        what: "the place of supply with the state's name",
        texts: |bill| vec![&bill.place_of_supply],
    },
    Content {
        source: "CGST Rules 2017, r. 46(p); unconfirmed",
        what: "whether tax is payable on reverse charge",
        texts: |bill| vec!["Reverse charge", bill.reverse_charge],
    },
    Content {
        source: "CGST Rules 2017, r. 46(q); unconfirmed",
        what: "room for the signature of the supplier or who acts for them",
        texts: |bill| vec![&bill.signed_for, "Authorised signatory"],
    },
    Content {
        source: "CGST Rules 2017, r. 48(1); unconfirmed",
        what: "whose copy it is",
        texts: |bill| vec![bill.copy],
    },
    Content {
        source: "CGST Rules 2017, r. 5(1)(f); unconfirmed",
        what: "that a composition shop collects no tax",
        texts: |bill| bill.notice.into_iter().collect(),
    },
    Content {
        source: "BIS (Hallmarking) Regulations 2018; unconfirmed",
        what: "of each article its purity in carat and fineness, its net weight and hallmark id",
        texts: |bill| {
            let texts = bill.lines.iter().flat_map(|line| {
                [Some(line.purity.as_str()), Some(&line.net), line.huid.as_deref()].into_iter().flatten()
            });
            texts.collect()
        },
    },
    Content {
        source: "BIS (Hallmarking) Regulations 2018; unconfirmed",
        what: "the hallmarking charge, stones' weight and price, each apart",
        texts: |bill| {
            let charges = bill.lines.iter().flat_map(|line| &line.charges);
            let stones = bill.lines.iter().flat_map(|line| &line.stones);
            let charges =
                charges.flat_map(|charge| [Some(charge.description.as_str()), charge.amount.as_deref()]);
            let stones = stones.flat_map(|stone| {
                [&stone.description, &stone.quantity, &stone.rate, &stone.value]
                    .map(|text| Some(text.as_str()))
            });
            charges.chain(stones).flatten().collect()
        },
    },
    Content {
        source: "BIS (Hallmarking) Regulations 2018; unconfirmed",
        what: "that purity can be verified",
        texts: |bill| bill.hallmark_notice.into_iter().collect(),
    },
];
