//! Every operation of the contract with a request that it takes, and what the contract itself says of it.

use std::collections::BTreeMap;

use poem::http::Method;
use serde_json::{Value, json};

use crate::client::Call;
use crate::shop::{
    PASSWORD, Shop, advance, bill, booking, by_hand, chain, credit_note, customer, debit_note,
    goldsmith_issue, incoming, inr, lot, old_bangle, payment, purchase, rate, receipt, refund, supplier,
    workspace,
};

/// An operation as the document has it.
#[derive(Debug, Clone)]
pub struct Documented {
    pub id: String,
    pub method: Method,
    /// `/{w}/items/{id}`.
    pub path: String,
    pub value: Value,
}

/// The operations of the document.
pub fn documented() -> Vec<Documented> {
    let document = aurex_server::api::document().unwrap();
    let mut operations = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, value) in item.as_object().unwrap() {
            operations.push(Documented {
                id: value["operationId"].as_str().unwrap_or_default().to_owned(),
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                value: value.clone(),
            });
        }
    }
    operations
}

/// The operations that nobody needs to be signed in for.
pub const PUBLIC: [&str; 8] = [
    "openWorkspace",
    "signIn",
    "requestPasswordReset",
    "useLink",
    "requestSignInLink",
    "signInByLink",
    "showTill",
    "signInWithPin",
];

/// One operation: its action's code, and a request that it takes in a shop.
pub struct Case {
    pub id: &'static str,
    /// `None`: every signed-in member may, whatever the catalogue says.
    pub action: Option<&'static str>,
    pub call: fn(&Shop) -> Call,
}

const fn case(id: &'static str, action: &'static str, call: fn(&Shop) -> Call) -> Case {
    Case { id, action: Some(action), call }
}

/// A request for every operation that somebody must be signed in for. Signing out comes last.
pub const CASES: &[Case] = &[
    Case { id: "showSession", action: None, call: |_| Call::get("/session") },
    case("showSecondFactor", "second_factor.add", |_| Call::get("/second-factor")),
    case("beginSecondFactor", "second_factor.add", |_| Call::new(Method::POST, "/second-factor")),
    case("confirmSecondFactor", "second_factor.add", |_| {
        Call::post("/second-factor/confirm", &json!({"code": "12345", "end_other_sessions": false}))
    }),
    case("renewRecoveryCodes", "second_factor.change", |_| {
        Call::new(Method::POST, "/second-factor/recovery-codes")
    }),
    case("removeSecondFactor", "second_factor.change", |_| Call::new(Method::DELETE, "/second-factor")),
    case("resetSecondFactor", "second_factor.reset", |s| {
        Call::new(Method::POST, format!("/members/{}/second-factor/reset", s.member))
    }),
    case("stepUp", "session.step_up", |_| {
        Call::post("/session/step-up", &json!({"password": "not this one at all"}))
    }),
    case("listSessions", "session.read", |_| Call::get("/sessions")),
    case("endSession", "session.read", |s| Call::new(Method::DELETE, format!("/sessions/{}", s.session_id))),
    case("listMemberSessions", "member.sessions", |s| Call::get(format!("/members/{}/sessions", s.member))),
    case("listConcurrentUse", "member.sessions", |_| Call::get("/member-activity")),
    case("listRoles", "custom_role.read", |_| Call::get("/roles")),
    case("makeRole", "custom_role.change", |_| {
        let caps = [json!({"name": "discount_ppm", "most": 20_000})];
        let withheld = ["receipt.record"];
        Call::post(
            "/roles",
            &json!({"name": "Junior", "base": "cashier", "withheld": withheld, "caps": caps}),
        )
    }),
    case("showRole", "custom_role.read", |s| Call::get(format!("/roles/{}", s.role))),
    case("changeRole", "custom_role.change", |s| {
        let body = json!({"name": "Apprentice", "withheld": ["receipt.record"], "retired": true});
        Call::patch(format!("/roles/{}", s.role), "\"1\"", &body)
    }),
    case("listTills", "till.read", |_| Call::get("/tills")),
    case("enrolTill", "till.change", |_| Call::post("/tills", &json!({"name": "Back counter"}))),
    case("revokeTill", "till.change", |s| Call::new(Method::DELETE, format!("/tills/{}", s.till_id))),
    case("setPin", "pin.set", |_| Call::new(Method::PUT, "/pin").json(&json!({"pin": "407193"}))),
    case("removePin", "pin.set", |_| Call::new(Method::DELETE, "/pin")),
    case("listMembers", "member.read", |_| Call::get("/members")),
    case("addMember", "member.add", |_| {
        let email = "new@shop.example";
        Call::post(
            "/members",
            &json!({"name": "N Rao", "email": email, "role": "cashier", "password": PASSWORD}),
        )
    }),
    case("showMember", "member.read", |s| Call::get(format!("/members/{}", s.member))),
    case("changeMember", "member.change", |s| {
        Call::patch(
            format!("/members/{}", s.member),
            "\"1\"",
            &json!({"name": "Ravi Rao", "disabled": false}),
        )
    }),
    case("inviteAgain", "member.add", |s| {
        Call::new(Method::POST, format!("/members/{}/invitation", s.member))
    }),
    case("sendPasswordReset", "member.send_reset", |s| {
        Call::new(Method::POST, format!("/members/{}/password-reset", s.member))
    }),
    case("changePassword", "password.change", |_| {
        Call::post("/password", &json!({"current": "not this one at all", "new": "green parrot on a till"}))
    }),
    case("judgePassword", "password.change", |_| {
        Call::post("/password/strength", &json!({"password": "green parrot on a till"}))
    }),
    case("listApiTokens", "api_token.read", |_| Call::get("/api-tokens")),
    case("createApiToken", "api_token.create", |_| {
        let permissions = ["rate.read", "stock.read"];
        Call::post(
            "/api-tokens",
            &json!({"name": "scale", "permissions": permissions, "expires_in_days": 30}),
        )
    }),
    case("revokeApiToken", "api_token.revoke", |s| {
        Call::new(Method::DELETE, format!("/api-tokens/{}", s.token_id))
    }),
    case("askApproval", "approval.request", |s| {
        let command = json!({"invoice_id": s.open_invoice, "reason": "Wrong piece"});
        Call::post(
            "/approvals",
            &json!({"action": "invoice.cancel", "command": command, "note": "She is still here"}),
        )
    }),
    case("listApprovals", "approval.read", |_| Call::get("/approvals?state=withdrawn")),
    case("showApproval", "approval.read", |s| Call::get(format!("/approvals/{}", s.approval))),
    case("approve", "approval.decide", |s| {
        let body = json!({"digest": s.approval_digest, "reason": "Quoted this morning"});
        Call::post(format!("/approvals/{}/approve", s.approval), &body)
    }),
    case("refuseApproval", "approval.decide", |s| {
        Call::post(format!("/approvals/{}/refuse", s.approval), &json!({"reason": "Ask me first"}))
    }),
    case("withdrawApproval", "approval.request", |s| {
        Call::new(Method::POST, format!("/approvals/{}/withdraw", s.withdrawn))
    }),
    case("keepWorkspace", "workspace.keep", |_| Call::new(Method::POST, "/workspace/keep")),
    case("listRates", "rate.read", |_| Call::get("/rates?business_date=2026-11-23")),
    case("showRateBoard", "rate.read", |_| Call::get("/rates/board")),
    case("importRates", "rate.post", |_| {
        Call::post("/rates/import", &json!({"csv": "commodity,fineness,rate,per\ngold,22K,12800,1 g\n"}))
    }),
    case("postRate", "rate.post", |_| Call::post("/rates", &rate())),
    case("listRateHistory", "rate.read", |_| Call::get("/rates/history?commodity=gold&kind=sell")),
    case("listCustomers", "customer.read", |_| Call::get("/customers?q=asha")),
    case("recordCustomer", "customer.record", |_| {
        let mut body = customer("Ravi Rao");
        body["email"] = json!("ravi@customers.example");
        body["gstin"] = json!("27AAECG3736E1C2");
        body["pan"] = json!("AAECG3736E");
        body["identity"] = json!({"document": "pan", "last_four": "736E"});
        Call::post("/customers", &body)
    }),
    case("importCustomers", "customer.record", |_| {
        let csv = "name,phone,state\nBela Shah,98200 98300,27\n";
        Call::post("/customers/import", &json!({"csv": csv}))
    }),
    case("importSuppliers", "supplier.record", |_| {
        Call::post("/suppliers/import", &json!({"csv": "name\nBullion Bazaar\n"}))
    }),
    case("importGoldsmiths", "goldsmith.record", |_| {
        Call::post("/goldsmiths/import", &json!({"csv": "name\nMadan Soni\n"}))
    }),
    case("openCustomerBalance", "party.open_balance", |s| {
        let body = json!({"amount": inr(100_000), "side": "owed_to_shop", "reason": "From the old books"});
        Call::post(format!("/customers/{}/opening-balance", s.customer), &body)
    }),
    case("openSupplierBalance", "party.open_balance", |s| {
        let body = json!({"amount": inr(100_000), "side": "owed_by_shop"});
        Call::post(format!("/suppliers/{}/opening-balance", s.supplier), &body)
    }),
    case("openGoldsmithBalance", "party.open_balance", |s| {
        let body = json!({"amount": inr(100_000), "side": "owed_by_shop"});
        Call::post(format!("/goldsmiths/{}/opening-balance", s.goldsmith), &body)
    }),
    case("importItems", "item.record", |_| {
        let csv = "tag,description,commodity,fineness,gross_g,making_percent,hsn\nT-9,Ring,gold,22K,3.39,16,71131911\n";
        Call::post("/items/import", &json!({"csv": csv}))
    }),
    case("showCustomer", "customer.read", |s| Call::get(format!("/customers/{}", s.customer))),
    case("changeCustomer", "customer.change", |s| {
        Call::patch(
            format!("/customers/{}", s.customer),
            "\"1\"",
            &json!({"phone": "+919820098201", "email": null}),
        )
    }),
    case("showErasure", "customer.read", |s| Call::get(format!("/customers/{}/erasure", s.customer))),
    case("askErasure", "personal.erase", |s| {
        let body = json!({"basis": "consent_withdrawn", "fields": ["phone"], "note": "by letter"});
        Call::post(format!("/customers/{}/erasure", s.customer), &body)
    }),
    case("showMemberErasure", "member.read", |s| Call::get(format!("/members/{}/erasure", s.member))),
    case("askMemberErasure", "personal.erase", |s| {
        let body = json!({"basis": "purpose_ended", "fields": ["email"], "note": "left in March"});
        Call::post(format!("/members/{}/erasure", s.member), &body)
    }),
    case("showStatement", "customer.statement", |s| {
        Call::get(format!("/customers/{}/statement?from=2026-11-01&to=2026-11-30", s.customer))
    }),
    case("listItems", "stock.read", |_| Call::get("/items?state=in_stock")),
    case("countPieces", "stock.read", |_| Call::post("/stock/count", &json!({"tags": ["G-3", "X-1"]}))),
    case("valueStock", "ledger.read", |_| Call::get("/stock/valuation")),
    case("recordItem", "item.record", |_| {
        let mut body = chain("G-9");
        body["huid"] = json!("AB12CD");
        body["less_mg"] = json!(200);
        body["stones"] = json!([
            {"description": "Ruby", "mass_mct": 500, "per_carat": inr(100_000)},
            {"description": "Pearl", "count": 2, "per_piece": inr(5_000)},
        ]);
        Call::post("/items", &body)
    }),
    case("showItem", "stock.read", |s| Call::get(format!("/items/{}", s.item))),
    case("describeItem", "item.describe", |s| {
        Call::patch(
            format!("/items/{}", s.item),
            "\"1\"",
            &json!({"description": "Rope chain", "tag": "G-1A", "huid": "CD34EF"}),
        )
    }),
    case("listLots", "stock.read", |_| Call::get("/lots")),
    case("recordLot", "lot.record", |_| Call::post("/lots", &lot())),
    case("previewInvoice", "invoice.preview", |s| {
        let mut body = bill(&s.customer, &s.item);
        body["place_of_supply"] = json!("27");
        body["business_date"] = json!("2026-11-23");
        body["discount"] = inr(100);
        let line = &mut body["lines"][0];
        line["other_charges"] = json!([{"description": "Hallmarking", "amount": inr(4_500)}]);
        line["wastage"] = json!({"kind": "on_mass", "ratio_ppm": 20_000});
        line["making"] = json!({"kind": "per_mass", "amount": inr(250_000), "per_mg": 1000, "base": "net"});
        line["discount"] = inr(100);
        let mut loose = json!({"lot_id": s.lot, "gross_mg": 1000, "less_mg": 0, "hsn": "71131911"});
        loose["making"] = json!({"kind": "per_piece", "amount": inr(10_000), "pieces": 1});
        body["lines"].as_array_mut().unwrap().push(loose);
        Call::post("/invoices/preview", &body)
    }),
    case("issueInvoice", "invoice.issue", |s| Call::post("/invoices", &bill(&s.customer, &s.item))),
    case("listInvoices", "invoice.read", |s| {
        Call::get(format!(
            "/invoices?customer_id={}&state=part_paid&from=2026-11-01&to=2026-11-30",
            s.customer
        ))
    }),
    case("showInvoice", "invoice.read", |s| Call::get(format!("/invoices/{}", s.invoice))),
    case("cancelInvoice", "invoice.cancel", |s| {
        Call::post(format!("/invoices/{}/cancel", s.open_invoice), &json!({"reason": "Wrong piece"}))
    }),
    case("recordReceipt", "receipt.record", |s| {
        let mut body = receipt(&s.customer, 10_000, Some(&s.invoice));
        body["reference"] = json!("UTR 42");
        Call::post("/receipts", &body)
    }),
    case("listReceipts", "receipt.read", |s| Call::get(format!("/receipts?customer_id={}", s.customer))),
    case("showReceipt", "receipt.read", |s| Call::get(format!("/receipts/{}", s.receipt))),
    case("reverseReceipt", "receipt.reverse", |s| {
        Call::post(format!("/receipts/{}/reverse", s.loose_receipt), &json!({"reason": "Bounced"}))
    }),
    case("previewCreditNote", "credit_note.issue", |s| {
        Call::post("/credit-notes/preview", &credit_note(&s.noted_invoice, 100))
    }),
    case("issueCreditNote", "credit_note.issue", |s| {
        let mut body = credit_note(&s.noted_invoice, 100);
        body["reason"] = json!("Agreed by telephone");
        body["without_tax"] = json!(false);
        let back = json!({"line": 1, "goods": "returned", "returned_mg": 3390, "taxable": inr(100)});
        body["lines"] = json!([back]);
        Call::post("/credit-notes", &body)
    }),
    case("listCreditNotes", "invoice.read", |s| {
        Call::get(format!(
            "/credit-notes?invoice_id={}&customer_id={}&from=2026-11-01&to=2026-11-30",
            s.noted_invoice, s.payer
        ))
    }),
    case("showCreditNote", "invoice.read", |s| Call::get(format!("/credit-notes/{}", s.credit_note))),
    case("cancelCreditNote", "credit_note.cancel", |s| {
        Call::post(format!("/credit-notes/{}/cancel", s.loose_credit_note), &json!({"reason": "Wrong bill"}))
    }),
    case("previewDebitNote", "debit_note.issue", |s| {
        Call::post("/debit-notes/preview", &debit_note(&s.noted_invoice, 100))
    }),
    case("issueDebitNote", "debit_note.issue", |s| {
        let mut body = debit_note(&s.noted_invoice, 100);
        body["reason"] = json!("Agreed by telephone");
        Call::post("/debit-notes", &body)
    }),
    case("listDebitNotes", "invoice.read", |s| {
        Call::get(format!(
            "/debit-notes?invoice_id={}&customer_id={}&from=2026-11-01&to=2026-11-30",
            s.noted_invoice, s.payer
        ))
    }),
    case("showDebitNote", "invoice.read", |s| Call::get(format!("/debit-notes/{}", s.debit_note))),
    case("cancelDebitNote", "debit_note.cancel", |s| {
        Call::post(format!("/debit-notes/{}/cancel", s.debit_note), &json!({"reason": "Wrong bill"}))
    }),
    case("payRefund", "refund.pay", |s| {
        let mut body = refund(&s.payer, 1_000);
        body["reference"] = json!("UTR 43");
        body["credit_note_id"] = json!(s.credit_note);
        body["reason"] = json!("Came back");
        Call::post("/refunds", &body)
    }),
    case("listRefunds", "receipt.read", |s| Call::get(format!("/refunds?customer_id={}", s.payer))),
    case("showRefund", "receipt.read", |s| Call::get(format!("/refunds/{}", s.refund))),
    case("reverseRefund", "refund.reverse", |s| {
        Call::post(format!("/refunds/{}/reverse", s.refund), &json!({"reason": "Came back again"}))
    }),
    case("listSuppliers", "supplier.read", |_| Call::get("/suppliers?q=bullion")),
    case("recordSupplier", "supplier.record", |_| {
        let mut body = supplier();
        body["name"] = json!("Silver House");
        Call::post("/suppliers", &body)
    }),
    case("showSupplier", "supplier.read", |s| Call::get(format!("/suppliers/{}", s.supplier))),
    case("changeSupplier", "supplier.change", |s| {
        Call::patch(format!("/suppliers/{}", s.supplier), "\"1\"", &json!({"phone": "+919820098209"}))
    }),
    case("showSupplierStatement", "supplier.read", |s| {
        Call::get(format!("/suppliers/{}/statement?from=2026-11-01&to=2026-11-30", s.supplier))
    }),
    case("listGoldsmiths", "goldsmith.read", |_| Call::get("/goldsmiths?q=das")),
    case("recordGoldsmith", "goldsmith.record", |_| Call::post("/goldsmiths", &customer("Anil Karmakar"))),
    case("showGoldsmith", "goldsmith.read", |s| Call::get(format!("/goldsmiths/{}", s.goldsmith))),
    case("changeGoldsmith", "goldsmith.change", |s| {
        Call::patch(format!("/goldsmiths/{}", s.goldsmith), "\"1\"", &json!({"phone": "+919820098208"}))
    }),
    case("showGoldsmithStatement", "goldsmith.read", |s| {
        Call::get(format!("/goldsmiths/{}/statement?from=2026-11-01&to=2026-11-30", s.goldsmith))
    }),
    case("showHoldings", "goldsmith.read", |s| Call::get(format!("/goldsmiths/{}/holdings", s.goldsmith))),
    case("buyOldMetal", "old_metal.buy", |s| {
        let mut body = old_bangle(&s.customer);
        body["lines"][0]["rate"] = json!({"amount": inr(1_170_000), "per_mg": 1000});
        Call::post("/old-metal-purchases", &body)
    }),
    case("listOldMetalPurchases", "old_metal.read", |s| {
        let filter = "state=recorded&from=2026-11-01&to=2026-11-30";
        Call::get(format!("/old-metal-purchases?customer_id={}&{filter}", s.customer))
    }),
    case("showOldMetalPurchase", "old_metal.read", |s| {
        Call::get(format!("/old-metal-purchases/{}", s.old_metal))
    }),
    case("cancelOldMetalPurchase", "old_metal.cancel", |s| {
        let reason = json!({"reason": "She took it back"});
        Call::post(format!("/old-metal-purchases/{}/cancel", s.spare_old_metal), &reason)
    }),
    case("recordPurchase", "purchase.record", |s| {
        let mut body = purchase(&s.supplier, "BH/18", "S-2");
        body["lines"][0]["piece"]["huid"] = json!("EF56GH");
        Call::post("/purchases", &body)
    }),
    case("issueToGoldsmith", "goldsmith.issue", |s| {
        Call::post("/goldsmith-issues", &goldsmith_issue(&s.goldsmith, &s.lot))
    }),
    case("receiveFromGoldsmith", "goldsmith.receive", |s| {
        let line = json!({"piece": incoming("K-1"), "labour": inr(50_000)});
        let loss = json!({"commodity": "gold", "fine_ng": 20_000_000, "borne_by": "agreed"});
        let body = json!({"goldsmith_id": s.goldsmith, "lines": [line], "losses": [loss]});
        Call::post("/goldsmith-receipts", &body)
    }),
    case("meltMetal", "metal.melt", |s| {
        let lines = json!([{"lot_id": s.lot, "mass_mg": 1000}]);
        let body = json!({
            "lines": lines, "description": "Refined bar", "fineness_ppm": 999_000, "mass_mg": 910,
            "reason": "For the next chain",
        });
        Call::post("/melts", &body)
    }),
    case("writeOffStock", "stock.write_off", |s| {
        let lines = json!([{"lot_id": s.lot, "mass_mg": 10}]);
        Call::post("/write-offs", &json!({"lines": lines, "reason": "Swept away"}))
    }),
    case("listMetalVouchers", "metal.read", |s| {
        let filter = "kind=purchase&state=recorded&from=2026-11-01&to=2026-11-30";
        Call::get(format!("/metal-vouchers?party_id={}&{filter}", s.supplier))
    }),
    case("showMetalVoucher", "metal.read", |s| Call::get(format!("/metal-vouchers/{}", s.issue))),
    case("cancelMetalVoucher", "metal.cancel", |s| {
        Call::post(format!("/metal-vouchers/{}/cancel", s.purchase), &json!({"reason": "Typed twice"}))
    }),
    case("recordPayment", "payment.record", |s| {
        let mut body = payment(&s.customer);
        body["voucher_id"] = json!(s.old_metal);
        Call::post("/payments", &body)
    }),
    case("listPayments", "payment.read", |s| Call::get(format!("/payments?party_id={}", s.supplier))),
    case("showPayment", "payment.read", |s| Call::get(format!("/payments/{}", s.payment))),
    case("reversePayment", "payment.reverse", |s| {
        Call::post(format!("/payments/{}/reverse", s.payment), &json!({"reason": "Bounced"}))
    }),
    case("recordJournalVoucher", "journal_voucher.record", |s| {
        Call::post("/journal-vouchers", &by_hand(&s.rent, &s.bank, Some(&s.customer)))
    }),
    case("listJournalVouchers", "journal_voucher.read", |_| Call::get("/journal-vouchers?limit=1")),
    case("showJournalVoucher", "journal_voucher.read", |s| {
        Call::get(format!("/journal-vouchers/{}", s.by_hand))
    }),
    case("reverseJournalVoucher", "journal_voucher.reverse", |s| {
        Call::post(format!("/journal-vouchers/{}/reverse", s.by_hand), &json!({"reason": "Written twice"}))
    }),
    case("listItemMovements", "stock.read", |s| Call::get(format!("/items/{}/movements", s.item))),
    case("listLotMovements", "stock.read", |s| Call::get(format!("/lots/{}/movements", s.lot))),
    case("bookRate", "booking.make", |s| {
        let mut body = booking(&s.payer);
        body["rate"] = json!({"amount": inr(1_290_000), "per_mg": 1_000});
        body["least_advance"] = inr(1_400_000);
        body["advance"]["reference"] = json!("UTR 44");
        Call::post("/bookings", &body)
    }),
    case("listBookings", "booking.read", |s| {
        Call::get(format!("/bookings?state=open&customer_id={}", s.payer))
    }),
    case("showBookingPositions", "booking.read", |_| Call::get("/bookings/positions")),
    case("showBooking", "booking.read", |s| Call::get(format!("/bookings/{}", s.booking))),
    case("cancelBooking", "booking.cancel", |s| {
        Call::post(format!("/bookings/{}/cancel", s.booking), &json!({"reason": "Bought elsewhere"}))
    }),
    case("takeAdvance", "advance.take", |s| {
        let mut body = advance(&s.payer, 10_000);
        body["reference"] = json!("UTR 45");
        body["booking_id"] = json!(s.booking);
        Call::post("/advances", &body)
    }),
    case("listAdvances", "booking.read", |s| {
        Call::get(format!("/advances?customer_id={}&booking_id={}", s.payer, s.booking))
    }),
    case("showAdvance", "booking.read", |s| Call::get(format!("/advances/{}", s.booked_advance))),
    case("reverseAdvance", "advance.reverse", |s| {
        Call::post(format!("/advances/{}/reverse", s.loose_advance), &json!({"reason": "Cheque bounced"}))
    }),
    case("listAccounts", "ledger.read", |_| Call::get("/ledger/accounts?limit=200")),
    case("listPostings", "ledger.read", |s| {
        Call::get(format!("/ledger/accounts/{}/postings?from=2026-11-01&to=2026-11-30", s.account))
    }),
    case("showTrialBalance", "ledger.read", |_| Call::get("/ledger/trial-balance?as_of=2026-11-23")),
    case("listDayBook", "books.read", |_| Call::get("/books/day-book?from=2026-04-01&limit=3")),
    case("showAccountBook", "books.read", |s| {
        Call::get(format!("/ledger/accounts/{}/book?from=2026-04-01&limit=5", s.account))
    }),
    case("showProfitAndLoss", "books.read", |_| Call::get("/books/profit-and-loss?from=2026-04-01")),
    case("showBalanceSheet", "books.read", |_| Call::get("/books/balance-sheet?as_of=2026-11-23")),
    case("showMetalBooks", "books.read", |_| Call::get("/books/metal?from=2026-04-01&to=2026-11-23")),
    case("listAgeing", "books.read", |_| Call::get("/books/ageing?as_of=2026-11-23&limit=5")),
    case("showGstr1", "books.read", |_| Call::get("/books/gstr-1?from=2026-04-01")),
    case("showGstr3b", "books.read", |_| Call::get("/books/gstr-3b?from=2026-04-01")),
    case("downloadBooksReport", "books.read", |s| {
        Call::get(format!("/books/file?report=account-book&format=csv&account_id={}", s.account))
    }),
    case("showBooksLock", "ledger.read", |_| Call::get("/books/lock")),
    case("lockBooks", "books.lock", |_| Call::post("/books/lock", &json!({"through": "2026-10-31"}))),
    case("unlockBooks", "books.unlock", |_| {
        Call::post("/books/unlock", &json!({"reason": "A bill of the supplier came late"}))
    }),
    case("listDigests", "audit.read", |_| Call::get("/audit/digests")),
    case("showDigest", "audit.read", |_| Call::get("/audit/digests/2026-11-16")),
    case("reviewDigest", "audit.review", |_| {
        Call::new(Method::POST, "/audit/digests/2026-11-16/review".to_owned())
    }),
    case("showLogCheckpoint", "audit.prove", |_| Call::get("/log/checkpoint")),
    case("showLogKeys", "audit.prove", |_| Call::get("/log/keys")),
    case("showAuditEntry", "audit.read", |_| Call::get("/audit/0")),
    case("showAuditReceipt", "audit.prove", |_| Call::get("/audit/0/receipt")),
    case("showInvoiceReceipt", "invoice.read", |s| Call::get(format!("/invoices/{}/receipt", s.invoice))),
    case("printInvoice", "invoice.read", |s| {
        Call::get(format!("/invoices/{}/pdf?paper=a5&copy=triplicate", s.invoice))
    }),
    case("showInvoicePage", "invoice.read", |s| {
        Call::get(format!("/invoices/{}/page?paper=roll&copy=duplicate", s.invoice))
    }),
    case("showEInvoice", "invoice.read", |s| Call::get(format!("/invoices/{}/e-invoice", s.noted_invoice))),
    case("listAuditEntries", "audit.read", |s| {
        Call::get(format!("/audit?subject={}&action=invoice.issue", s.invoice))
    }),
    case("orderExport", "audit.export", |_| {
        Call::post(
            "/audit/exports",
            &json!({"format": "csv", "from": "2026-11-01T00:00:00Z", "to": "2026-12-01T00:00:00Z"}),
        )
    }),
    case("listExports", "audit.read", |_| Call::get("/audit/exports")),
    case("showExport", "audit.read", |s| Call::get(format!("/audit/exports/{}", s.export))),
    case("showExportNote", "audit.read", |s| Call::get(format!("/audit/exports/{}/note", s.export))),
    case("fetchExport", "audit.read", |s| Call::get(format!("/audit/exports/{}/file", s.export))),
    case("showSettings", "settings.read", |_| Call::get("/settings")),
    case("changeSettings", "settings.change", |_| {
        let business = json!({
            "legal_name": "Zaveri LLP", "address": "13 Zaveri Bazaar", "gstin": "27AAECG3736E1C2", "scheme": "regular",
        });
        Call::patch(
            "/settings",
            "\"1-1\"",
            &json!({"name": "Zaveri", "business": business, "second_factor_for": [], "access_rules": [
                {"role": "auditor", "hours": [{"from": "00:00", "until": "24:00", "days": [
                    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]}],
                 "outside": "ask"},
            ]}),
        )
    }),
    case("showBilling", "billing.read", |_| Call::get("/billing")),
    case("showPayee", "settings.read", |_| Call::get("/payee")),
    case("changePayee", "payee.change", |_| {
        Call::patch("/payee", "\"1\"", &json!({"name": "Zaveri LLP", "upi_id": "zaveri@okbank"}))
    }),
    case("changeBilling", "billing.change", |_| {
        let body =
            json!({"name": "Zaveri LLP", "address": "13 Zaveri Bazaar, Mumbai", "gstin": "27AAECG3736E1C2"});
        Call::patch("/billing", "\"1\"", &body)
    }),
    case("listContacts", "contact.read", |_| Call::get("/contacts")),
    case("setContact", "contact.change", |_| {
        Call::post("/contacts/notices", &json!({"email": "notices@zaveri.example"}))
    }),
    case("verifyContact", "contact.verify", |_| {
        Call::post("/contacts/billing/verify", &json!({"code": "7K3M-9QXD"}))
    }),
    case("signMemberOut", "member.sign_out", |s| {
        Call::new(Method::DELETE, format!("/members/{}/sessions", s.member))
    }),
    case("endOtherSessions", "session.read", |_| Call::new(Method::DELETE, "/sessions")),
    case("signEverybodyOut", "member.sign_out_everybody", |_| Call::new(Method::DELETE, "/member-sessions")),
    case("signOut", "session.close", |_| Call::new(Method::DELETE, "/session")),
];

/// The operations on a workspace that are open to strangers. What is typed there is answered as anything wrong is.
pub const FOR_STRANGERS: &[&str] = &[
    "signIn",
    "requestPasswordReset",
    "useLink",
    "requestSignInLink",
    "signInByLink",
    "showTill",
    "signInWithPin",
];

/// The case of an operation. A new operation without one fails every walk.
#[track_caller]
pub fn case_of(id: &str) -> &'static Case {
    let found = CASES.iter().find(|case| case.id == id);
    found.unwrap_or_else(|| panic!("the operation {id:?} of the document has no case in the table"))
}

/// Every operation that takes a body, with one that it takes: those for the signed in, and the public ones.
pub fn with_bodies(shop: &Shop) -> Vec<(&'static str, Call, Value)> {
    let sign_in = json!({"email": "owner@zaveri.example", "password": PASSWORD, "code": "123456"});
    let pin = json!({"member_id": shop.member, "pin": "407193"});
    let public = [
        ("signInWithPin", Call::post("/sessions/pin", &pin)),
        ("openWorkspace", Call::post("/", &workspace("gems"))),
        ("signIn", Call::post("/sessions", &sign_in)),
        ("requestPasswordReset", Call::post("/password-resets", &json!({"email": "owner@zaveri.example"}))),
        ("useLink", Call::post("/links/use", &json!({"token": "l1_x", "new_password": PASSWORD}))),
        ("requestSignInLink", Call::post("/sign-in-links", &json!({"email": "owner@zaveri.example"}))),
        ("signInByLink", Call::post("/sessions/link", &json!({"code": "4N56-Z55S"}))),
    ];
    let signed = CASES.iter().map(|case| (case.id, (case.call)(shop)));
    public
        .into_iter()
        .chain(signed)
        .filter_map(|(id, call)| {
            let body = serde_json::from_slice(call.body.as_deref()?).unwrap();
            Some((id, call, body))
        })
        .collect()
}

/// Where the leaves and the branches of a body are, by JSON pointer.
pub fn pointers(body: &Value) -> BTreeMap<String, Value> {
    fn walk(at: String, value: &Value, found: &mut BTreeMap<String, Value>) {
        match value {
            Value::Object(members) => {
                for (key, member) in members {
                    walk(format!("{at}/{key}"), member, found);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    walk(format!("{at}/{index}"), item, found);
                }
            }
            _ => {}
        }
        found.insert(at, value.clone());
    }
    let mut found = BTreeMap::new();
    walk(String::new(), body, &mut found);
    found
}
