//! Rules that concern several fields together: each is broken over HTTP, is refused at its field, and stands in
//! `docs/rules.md`, which is printed from this table.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::client::Call;
use crate::documents::is_committed;
use crate::shop::{Shop, bill, chain, customer, inr, rate, receipt, stocked};
use crate::world::{World, on_every_store};

on_every_store!(asvs_v2_2_3_every_rule_over_several_fields_is_refused_at_its_field);

struct Rule {
    says: &'static str,
    status: u16,
    code: &'static str,
    pointer: &'static str,
    broken: fn(&Shop) -> Call,
}

fn with(mut body: Value, changes: &[(&str, Value)]) -> Value {
    for (field, value) in changes {
        body[*field] = value.clone();
    }
    body
}

fn of_two_lines(shop: &Shop) -> Value {
    json!({"customer_id": shop.customer, "lines": [{"item_id": shop.item}, {"item_id": shop.item}]})
}

const RULES: &[Rule] = &[
    Rule {
        says: "A shop's GSTIN begins with the code of the shop's state.",
        status: 422,
        code: "business.gstin_state",
        pointer: "/business/gstin",
        broken: |_| Call::patch("/settings", "\"1-1\"", &json!({"business": {"gstin": "29AAECG3736E1CY"}})),
    },
    Rule {
        says: "A customer's PAN is the one inside the GSTIN.",
        status: 422,
        code: "customer.pan_disagrees",
        pointer: "/pan",
        broken: |_| {
            let more = [("gstin", json!("27AAECG3736E1C2")), ("pan", json!("AAECG3737E"))];
            Call::post("/customers", &with(customer("Ravi Rao"), &more))
        },
    },
    Rule {
        says: "What is taken off a piece's gross weight leaves some metal.",
        status: 422,
        code: "item.less_out_of_range",
        pointer: "/less_mg",
        broken: |_| Call::post("/items", &with(chain("G-7"), &[("less_mg", json!(3390))])),
    },
    Rule {
        says: "A piece's stones weigh no more than what is taken off its gross weight.",
        status: 422,
        code: "item.stones_outweigh_less",
        pointer: "/less_mg",
        broken: |_| {
            let stones = json!([{"description": "Ruby", "mass_mct": 500, "per_carat": inr(100_000)}]);
            Call::post("/items", &with(chain("G-8"), &[("stones", stones), ("less_mg", json!(1))]))
        },
    },
    Rule {
        says: "A line of a bill names a piece or a lot, not both.",
        status: 422,
        code: "invoice.item_and_lot",
        pointer: "/lines/0/lot_id",
        broken: |s| {
            let mut body = bill(&s.customer, &s.item);
            body["lines"][0]["lot_id"] = json!(s.lot);
            Call::post("/invoices", &body)
        },
    },
    Rule {
        says: "A piece stands on a bill once.",
        status: 422,
        code: "invoice.item_twice",
        pointer: "/lines/1/item_id",
        broken: |s| Call::post("/invoices", &of_two_lines(s)),
    },
    Rule {
        says: "A line says of a piece what the stock says of it.",
        status: 422,
        code: "invoice.disagrees_with_stock",
        pointer: "/lines/0/hsn",
        broken: |s| {
            let mut body = bill(&s.customer, &s.item);
            body["lines"][0]["hsn"] = json!("9988");
            Call::post("/invoices", &body)
        },
    },
    Rule {
        says: "The place of supply is the one that follows from the customer.",
        status: 422,
        code: "invoice.place_of_supply_disagrees",
        pointer: "/place_of_supply",
        broken: |s| {
            Call::post("/invoices", &with(bill(&s.customer, &s.item), &[("place_of_supply", json!("29"))]))
        },
    },
    Rule {
        says: "A bill is not dated after the day on which it is issued.",
        status: 422,
        code: "invoice.future_date",
        pointer: "/business_date",
        broken: |s| {
            let tomorrow = [("business_date", json!("2026-11-24"))];
            Call::post("/invoices", &with(bill(&s.customer, &s.item), &tomorrow))
        },
    },
    Rule {
        says: "What a receipt settles is no more than its amount.",
        status: 422,
        code: "receipt.more_than_amount",
        pointer: "/allocations",
        broken: |s| {
            let mut body = receipt(&s.customer, 10_000, Some(&s.invoice));
            body["amount"] = inr(9_999);
            Call::post("/receipts", &body)
        },
    },
    Rule {
        says: "A receipt settles a bill by one allocation.",
        status: 422,
        code: "receipt.allocated_twice",
        pointer: "/allocations/1/invoice_id",
        broken: |s| {
            let mut body = receipt(&s.customer, 10_000, Some(&s.invoice));
            let again = body["allocations"][0].clone();
            body["allocations"].as_array_mut().unwrap().push(again);
            Call::post("/receipts", &body)
        },
    },
    Rule {
        says: "A metal is not bought for more than it is sold for, unless an owner says why.",
        status: 422,
        code: "rate.no_reason",
        pointer: "/reason",
        broken: |_| {
            Call::post("/rates", &with(rate(), &[("kind", json!("buy")), ("amount", inr(1_280_001))]))
        },
    },
    Rule {
        says: "Whatever is posted is in the currency of the books.",
        status: 422,
        code: "rate.other_currency",
        pointer: "/amount/currency",
        broken: |_| {
            Call::post("/rates", &with(rate(), &[("amount", json!({"minor": 1, "currency": "USD"}))]))
        },
    },
];

#[test]
fn asvs_v2_1_2_the_rules_over_several_fields_are_written_down() {
    let mut page = String::from(
        "# Rules over several fields\n\nEach field's own bounds are in [the contract](openapi.json); what concerns several \
         of them is here. This page is\nprinted from the table of a test that breaks each rule over HTTP and looks at the \
         answer\n(`AUREX_BLESS=1 cargo test -p aurex-server --test it rules`). How far a role may go is in [roles.md](roles.md).\n\n\
         | rule | answer | code | at |\n|---|---|---|---|\n",
    );
    for rule in RULES {
        let _ = writeln!(page, "| {} | {} | `{}` | `{}` |", rule.says, rule.status, rule.code, rule.pointer);
    }
    is_committed("rules.md", &page);
}

async fn asvs_v2_2_3_every_rule_over_several_fields_is_refused_at_its_field(world: World) {
    let shop = stocked(&world, "zaveri").await;
    let mut wrong = Vec::new();
    for rule in RULES {
        let answer = shop.owner.send(&world, &(rule.broken)(&shop)).await;
        let at = answer.fields().first().map(|(pointer, _)| pointer.clone()).unwrap_or_default();
        if (answer.status, answer.code().as_str(), at.as_str()) != (rule.status, rule.code, rule.pointer) {
            wrong.push(format!("{}: {}", rule.code, answer.text));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
