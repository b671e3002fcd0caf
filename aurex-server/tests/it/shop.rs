//! A shop with one of everything, made over HTTP.

use serde_json::{Value, json};

use crate::client::{Call, Person, session_of, sign_in};
use crate::world::World;

/// The password of everybody who has set one.
pub const PASSWORD: &str = "blue parrot on a till";
/// The secret that everybody is added with.
pub const SECRET: &str = "hand this over once";

/// What is in the shop, by id.
#[derive(Debug, Clone)]
pub struct Shop {
    pub owner: Person,
    /// A cashier with a password of their own.
    pub member: String,
    /// Another session of the owner's.
    pub session_id: String,
    /// A role of the workspace's own.
    pub role: String,
    pub till_id: String,
    pub token_id: String,
    pub token: String,
    /// Something that the cashier asked for, and its digest.
    pub approval: String,
    pub approval_digest: String,
    /// Something that the cashier asked for and took back.
    pub withdrawn: String,
    pub customer: String,
    /// A piece in stock.
    pub item: String,
    pub lot: String,
    /// A bill with something settled.
    pub invoice: String,
    /// A bill that can be cancelled.
    pub open_invoice: String,
    /// A receipt that settles something.
    pub receipt: String,
    /// A receipt that can be reversed.
    pub loose_receipt: String,
    pub supplier: String,
    pub goldsmith: String,
    /// Old metal that pays nothing yet.
    pub old_metal: String,
    /// Old metal that can be cancelled.
    pub spare_old_metal: String,
    /// A purchase that can be cancelled.
    pub purchase: String,
    /// What the goldsmith was given.
    pub issue: String,
    /// A payment that can be reversed.
    pub payment: String,
    /// A journal voucher that can be reversed.
    pub by_hand: String,
    /// The accounts of rent and of the bank.
    pub rent: String,
    pub bank: String,
    /// The customer's account in rupees.
    pub account: String,
    /// A customer who paid ahead.
    pub payer: String,
    /// Their bill, with notes against it.
    pub noted_invoice: String,
    /// A credit note of which nothing was paid back, and another.
    pub credit_note: String,
    pub loose_credit_note: String,
    pub debit_note: String,
    /// Money that was paid back to them.
    pub refund: String,
    /// Of the payer, open, with an advance that is not used.
    pub booking: String,
    pub booked_advance: String,
    /// Of the payer, for no booking.
    pub loose_advance: String,
    /// An export of the log that is ready.
    pub export: String,
}

pub fn inr(minor: i64) -> Value {
    json!({"minor": minor, "currency": "INR"})
}

/// The body that opens a registered shop in Maharashtra.
pub fn workspace(slug: &str) -> Value {
    json!({
        "slug": slug, "name": "Zaveri and Sons", "currency": "INR", "time_zone": "Asia/Kolkata", "state_code": "27",
        "business": {
            "legal_name": "Zaveri and Sons LLP", "address": "12 Zaveri Bazaar, Mumbai 400002",
            "gstin": "27AAECG3736E1C2", "scheme": "regular",
        },
        "owner": {"name": "Meena Zaveri", "email": address(slug, "owner"), "password": PASSWORD},
    })
}

pub fn address(slug: &str, who: &str) -> String {
    format!("{who}@{slug}.example")
}

pub fn rate() -> Value {
    json!({"commodity": "gold", "fineness_ppm": 916_000, "kind": "sell", "amount": inr(1_280_000), "per_mg": 1000})
}

/// The chain of the published price card: 22 K, 3.39 g, making 16 %.
pub fn chain(tag: &str) -> Value {
    json!({
        "tag": tag, "description": "22K chain", "commodity": "gold", "fineness_ppm": 916_000, "gross_mg": 3390,
        "less_mg": 0, "stones": [], "making": {"kind": "percent_of_metal", "ratio_ppm": 160_000},
        "hsn": "71131911", "cost": inr(4_000_000),
    })
}

pub fn lot() -> Value {
    json!({
        "description": "Gold grains", "commodity": "gold", "fineness_ppm": 916_000, "mass_mg": 100_000,
        "cost": inr(90_000_000),
    })
}

pub fn customer(name: &str) -> Value {
    json!({"name": name, "phone": "+919820098200", "state_code": "27", "address": "4 Hill Road, Mumbai 400050"})
}

pub fn rate_of_old_metal() -> Value {
    let mut rate = rate();
    rate["kind"] = json!("buy");
    rate["amount"] = inr(1_300_000);
    rate["fineness_ppm"] = json!(999_000);
    rate["basis"] = json!("millesimal");
    rate
}

pub fn supplier() -> Value {
    let mut supplier = customer("Bullion House");
    supplier["gstin"] = json!("29AAGCQ4821K1Z2");
    supplier
}

/// A bangle of 10 g with half a gram of stones, tested at 900.
pub fn old_bangle(customer: &str) -> Value {
    let piece = json!({
        "description": "Old bangle", "commodity": "gold", "fineness_ppm": 900_000, "gross_mg": 10_000, "less_mg": 500,
    });
    json!({"customer_id": customer, "rate_kind": "buy", "declares_ownership": true, "lines": [piece]})
}

/// A piece as it comes from a supplier or a goldsmith.
pub fn incoming(tag: &str) -> Value {
    let mut piece = chain(tag);
    piece.as_object_mut().unwrap().remove("cost");
    piece
}

/// A supplier's bill of a piece and of loose gold.
pub fn purchase(supplier: &str, number: &str, tag: &str) -> Value {
    let loose = json!({
        "description": "Gold grain", "commodity": "gold", "fineness_ppm": 999_000, "mass_mg": 8000, "hsn": "71081200",
    });
    json!({
        "supplier_id": supplier, "bill_number": number, "bill_date": "2026-11-20", "round_off": inr(-4),
        "lines": [
            {"piece": incoming(tag), "amount": inr(4_000_000)},
            {"loose": loose, "amount": inr(10_000_000)},
        ],
    })
}

pub fn goldsmith_issue(goldsmith: &str, lot: &str) -> Value {
    json!({"goldsmith_id": goldsmith, "lines": [{"lot_id": lot, "mass_mg": 5000}]})
}

pub fn payment(party: &str) -> Value {
    json!({"party_id": party, "mode": "bank", "amount": inr(100_000), "reference": "UTR 43"})
}

/// A journal voucher: the rent by the bank, and as far as a customer pays it for the shop, by them.
pub fn by_hand(rent: &str, bank: &str, customer: Option<&str>) -> Value {
    let line = |name: &str, id: &str, side, minor| json!({name: id, "side": side, "amount": inr(minor)});
    let theirs = if customer.is_some() { 1_000 } else { 0 };
    let mut lines = vec![
        line("account_id", rent, "debit", 100_000),
        line("account_id", bank, "credit", 100_000 - theirs),
    ];
    lines.extend(customer.map(|customer| line("party_id", customer, "credit", theirs)));
    json!({"date": "2026-11-20", "remark": "Rent of November", "lines": lines})
}

/// A bill of one piece. What the piece knows is not said.
pub fn bill(customer: &str, item: &str) -> Value {
    json!({"customer_id": customer, "lines": [{"item_id": item}]})
}

pub fn receipt(customer: &str, minor: i64, invoice: Option<&str>) -> Value {
    let allocations: Vec<Value> =
        invoice.iter().map(|invoice| json!({"invoice_id": invoice, "amount": inr(minor)})).collect();
    json!({"customer_id": customer, "mode": "upi", "amount": inr(minor), "allocations": allocations})
}

/// An allowance on the first line of a bill.
pub fn credit_note(invoice: &str, minor: i64) -> Value {
    let line = json!({"line": 1, "goods": "kept", "taxable": inr(minor)});
    json!({"invoice_id": invoice, "reason_code": "post_sale_discount", "lines": [line]})
}

/// More making on the first line of a bill.
pub fn debit_note(invoice: &str, minor: i64) -> Value {
    let line = json!({"line": 1, "charge": "making", "taxable": inr(minor)});
    json!({"invoice_id": invoice, "reason_code": "correction", "lines": [line]})
}

/// Ten grams of 22 carat gold at the board's rate, with a tenth paid.
pub fn booking(customer: &str) -> Value {
    let advance = json!({"mode": "upi", "amount": inr(1_500_000)});
    json!({"customer_id": customer, "commodity": "gold", "fineness_ppm": 916_000, "weight_mg": 10_000,
        "policy": "locked", "expires": "2026-12-20", "advance": advance})
}

pub fn advance(customer: &str, minor: i64) -> Value {
    json!({"customer_id": customer, "mode": "upi", "amount": inr(minor)})
}

pub fn refund(customer: &str, minor: i64) -> Value {
    json!({"customer_id": customer, "mode": "upi", "amount": inr(minor)})
}

pub fn id(value: &Value) -> String {
    value["id"].as_str().expect("an id").to_owned()
}

/// Opens a workspace and signs its owner in.
pub async fn open(world: &World, slug: &str) -> Person {
    world.send(Call::post("/", &workspace(slug)).bare("")).await.expect(201);
    let answer = sign_in(world, slug, &address(slug, "owner"), PASSWORD).await;
    answer.expect(201);
    session_of(&answer, slug)
}

/// Adds somebody who has not set a password yet; their id.
pub async fn add(world: &World, owner: &Person, who: &str, role: &str) -> String {
    let email = address(&owner.slug, who);
    let body = json!({"name": format!("{who} Rao"), "email": email, "role": role, "password": SECRET});
    id(&owner.make(world, "/members", body).await)
}

/// The first session of somebody who was added: it opens only “set your password”.
pub async fn first_session(world: &World, slug: &str, who: &str) -> Person {
    let answer = sign_in(world, slug, &address(slug, who), SECRET).await;
    answer.expect(201);
    session_of(&answer, slug)
}

/// Adds somebody who sets a password at once; their id and session.
pub async fn join(world: &World, owner: &Person, who: &str, role: &str) -> (String, Person) {
    let id = add(world, owner, who, role).await;
    let first = first_session(world, &owner.slug, who).await;
    let body = json!({"current": SECRET, "new": PASSWORD});
    let answer = first.send(world, &Call::post("/password", &body)).await;
    answer.expect(204);
    (id, session_of(&answer, &owner.slug))
}

/// Opens a shop and makes one of everything in it.
pub async fn stocked(world: &World, slug: &str) -> Shop {
    let owner = open(world, slug).await;
    let (member, cashier) = join(world, &owner, "till", "cashier").await;
    let silver = json!({
        "commodity": "silver", "fineness_ppm": 999_000, "kind": "sell", "amount": inr(15_000), "per_mg": 1000,
    });
    let approval = cashier.make(world, "/approvals", json!({"action": "rate.post", "command": silver})).await;
    let gold = json!({"action": "rate.post", "command": rate()});
    let withdrawn = id(&cashier.make(world, "/approvals", gold).await);
    let withdraw = Call::new("POST".parse().unwrap(), format!("/approvals/{withdrawn}/withdraw"));
    cashier.send(world, &withdraw).await.expect(200);
    let token = owner.make(world, "/api-tokens", json!({"name": "till", "expires_in_days": 30})).await;
    sign_in(world, slug, &address(slug, "owner"), PASSWORD).await.expect(201);
    let sessions = owner.read(world, "/sessions").await;
    let mut sessions = sessions["items"].as_array().unwrap().iter();
    let session_id = id(sessions.find(|session| session["current"] == false).unwrap());
    let role = id(&owner.make(world, "/roles", json!({"name": "Trainee", "base": "cashier"})).await);
    let till_id = id(&owner.make(world, "/tills", json!({"name": "Front counter"})).await);
    owner.make(world, "/rates", rate()).await;
    let mut asha = customer("Asha Rao");
    asha["identity"] = json!({"document": "passport", "last_four": "4417"});
    let asha = id(&owner.make(world, "/customers", asha).await);
    let mut items = Vec::new();
    for tag in ["G-1", "G-2", "G-3"] {
        items.push(id(&owner.make(world, "/items", chain(tag)).await));
    }
    let lot = id(&owner.make(world, "/lots", lot()).await);
    let invoice = id(&owner.make(world, "/invoices", bill(&asha, &items[0])).await);
    let open_invoice = id(&owner.make(world, "/invoices", bill(&asha, &items[1])).await);
    let settling = receipt(&asha, 1_000_000, Some(&invoice));
    let settled = id(&owner.make(world, "/receipts", settling).await);
    let mut payer = customer("Payal Mehta");
    payer["gstin"] = json!("27AAECG3736E1C2");
    let payer = id(&owner.make(world, "/customers", payer).await);
    owner.make(world, "/receipts", receipt(&payer, 90_000_000, None)).await;
    let noted = id(&owner.make(world, "/items", chain("G-4")).await);
    let noted_invoice = id(&owner.make(world, "/invoices", bill(&payer, &noted)).await);
    let allowance = credit_note(&noted_invoice, 100_000);
    let kept_note = id(&owner.make(world, "/credit-notes", allowance.clone()).await);
    let loose_credit_note = id(&owner.make(world, "/credit-notes", allowance).await);
    let debit_note = id(&owner.make(world, "/debit-notes", debit_note(&noted_invoice, 10_000)).await);
    let refund = id(&owner.make(world, "/refunds", refund(&payer, 10_000)).await);
    let loose = id(&owner.make(world, "/receipts", receipt(&asha, 50_000, None)).await);
    owner.make(world, "/rates", rate_of_old_metal()).await;
    let bullion = id(&owner.make(world, "/suppliers", supplier()).await);
    let goldsmith = id(&owner.make(world, "/goldsmiths", customer("Bimal Das")).await);
    let old_metal = id(&owner.make(world, "/old-metal-purchases", old_bangle(&asha)).await);
    let spare_old_metal = id(&owner.make(world, "/old-metal-purchases", old_bangle(&asha)).await);
    let bought = id(&owner.make(world, "/purchases", purchase(&bullion, "BH/17", "S-1")).await);
    let issue = id(&owner.make(world, "/goldsmith-issues", goldsmith_issue(&goldsmith, &lot)).await);
    let paid = id(&owner.make(world, "/payments", payment(&bullion)).await);
    let booked = owner.make(world, "/bookings", booking(&payer)).await;
    let loose_advance = id(&owner.make(world, "/advances", advance(&payer, 50_000)).await);
    let accounts = owner.read(world, "/ledger/accounts?limit=200").await;
    let account_with = |field: &str, value: &str| {
        let mut accounts = accounts["items"].as_array().unwrap().iter();
        id(accounts.find(|account| account[field] == value).unwrap())
    };
    let account = account_with("customer_id", &asha);
    let (rent, bank) = (account_with("code", "5100"), account_with("code", "1010"));
    let written = id(&owner.make(world, "/journal-vouchers", by_hand(&rent, &bank, None)).await);
    owner.make(world, "/journal-vouchers", by_hand(&rent, &bank, Some(&asha))).await;
    let order = Call::post("/audit/exports", &json!({"format": "jsonl"}));
    let export = id(&owner.send(world, &order).await.expect(202));
    assert_eq!(world.export().await, 1);
    world.publish().await;
    Shop {
        owner,
        member,
        session_id,
        role,
        till_id,
        token_id: id(&token),
        token: token["token"].as_str().unwrap().to_owned(),
        approval: id(&approval),
        approval_digest: approval["digest"].as_str().unwrap().to_owned(),
        withdrawn,
        customer: asha,
        item: items.remove(2),
        lot,
        invoice,
        open_invoice,
        receipt: settled,
        loose_receipt: loose,
        supplier: bullion,
        goldsmith,
        old_metal,
        spare_old_metal,
        purchase: bought,
        issue,
        payment: paid,
        by_hand: written,
        rent,
        bank,
        account,
        payer,
        noted_invoice,
        credit_note: kept_note,
        loose_credit_note,
        debit_note,
        refund,
        booking: id(&booked),
        booked_advance: id(&booked["advances"][0]),
        loose_advance,
        export,
    }
}
