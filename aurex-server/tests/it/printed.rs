//! A bill on paper, as a PDF and as a page, over HTTP.

use serde_json::{Value, json};

use crate::client::{Answer, Call, Person};
use crate::shop::{bill, chain, customer, id, open, rate, stocked};
use crate::world::World;

/// What the worked bill has to say, wherever it is printed.
const WORKED: &[&str] = &[
    "Tax Invoice",
    "Original for recipient",
    "Zaveri and Sons LLP",
    "12 Zaveri Bazaar, Mumbai 400002",
    "27AAECG3736E1C2",
    "Asha Rao",
    "4 Hill Road, Mumbai 400050",
    "INV/26-27/000001",
    "23 Nov 2026",
    "Maharashtra (27)",
    "Reverse charge",
    "22K chain",
    "Gold 22K 916‰",
    "71131911",
    "3.390 g",
    "₹12,800.00 / g",
    "43,392.00",
    "Making 16% of metal",
    "6,942.72",
    "50,334.72",
    "1.5%",
    "CGST",
    "SGST",
    "755.02",
    "51,844.76",
    "0.24",
    "₹51,845.00",
    "Rupees Fifty One Thousand Eight Hundred Forty Five Only",
    "For Zaveri and Sons LLP",
    "Authorised signatory",
];

async fn sold(world: &World, owner: &Person, buyer: Value) -> String {
    owner.make(world, "/rates", rate()).await;
    let customer = id(&owner.make(world, "/customers", buyer).await);
    let item = id(&owner.make(world, "/items", chain("G-1")).await);
    id(&owner.make(world, "/invoices", bill(&customer, &item)).await)
}

async fn printed(world: &World, person: &Person, id: &str, rest: &str) -> Answer {
    let answer = person.send(world, &Call::get(format!("/invoices/{id}/{rest}"))).await;
    answer.expect(200);
    answer
}

/// The text of a PDF by `pdftotext`, where the machine has it; what is read back without it stands beside the code.
fn text_of(file: &[u8]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bill.pdf");
    std::fs::write(&path, file).unwrap();
    let said = std::process::Command::new("pdftotext").args(["-layout"]).arg(&path).arg("-").output().ok()?;
    assert!(said.status.success());
    Some(String::from_utf8(said.stdout).unwrap())
}

fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn the_worked_bill_is_printed_to_the_paisa_on_every_paper() {
    for world in [World::on_memory().await, World::on_sqlite().await] {
        let owner = open(&world, "zaveri").await;
        let bill = sold(&world, &owner, customer("Asha Rao")).await;
        for paper in ["a4", "a5", "roll"] {
            let file = printed(&world, &owner, &bill, &format!("pdf?paper={paper}")).await;
            assert_eq!(file.header("content-type"), Some("application/pdf"));
            let offered = "attachment; filename=\"INV-26-27-000001.pdf\"";
            assert_eq!(file.header("content-disposition"), Some(offered));
            assert_eq!(file.header("cache-control"), Some("no-store"));
            let again = printed(&world, &owner, &bill, &format!("pdf?paper={paper}")).await;
            assert!(file.bytes == again.bytes && file.bytes.starts_with(b"%PDF-"), "{paper}");
            if let Some(text) = text_of(&file.bytes) {
                let text = plain(&text);
                for said in WORKED.iter().filter(|_| paper != "roll") {
                    assert!(text.contains(said), "{paper}: {said} in {text}");
                }
            }

            let page = printed(&world, &owner, &bill, &format!("page?paper={paper}")).await;
            assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
            assert!(page.text.contains(&format!("<body class=\"{paper}\">")));
            for said in WORKED {
                assert!(plain(&page.text).contains(said), "{paper}: {said}");
            }
            assert!(page.text.contains("<svg"), "the code that proves it");
        }
        world.close().await;
    }
}

#[tokio::test]
async fn a_bill_prints_as_it_was_whatever_became_of_its_parties() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let bill = sold(&world, &owner, customer("Asha Rao")).await;
    let before = printed(&world, &owner, &bill, "pdf").await.bytes;
    let settings = owner.send(&world, &Call::get("/settings")).await;
    let etag = settings.header("etag").unwrap().to_owned();
    let moved =
        json!({"business": {"legal_name": "Zaveri Brothers", "address": "1 New Street, Mumbai 400001"}});
    owner.send(&world, &Call::patch("/settings", &etag, &moved)).await.expect(200);
    let shown = owner.read(&world, &format!("/invoices/{bill}")).await;
    let party = format!("/customers/{}", shown["customer_id"].as_str().unwrap());
    let etag = owner.send(&world, &Call::get(&party)).await.header("etag").unwrap().to_owned();
    let married = json!({"name": "Asha Iyer"});
    owner.send(&world, &Call::patch(&party, &etag, &married)).await.expect(200);
    assert!(printed(&world, &owner, &bill, "pdf").await.bytes == before);
    let page = printed(&world, &owner, &bill, "page").await.text;
    assert!(page.contains("Asha Rao") && !page.contains("Iyer") && !page.contains("Brothers"));

    let reason = json!({"reason": "Billed twice"});
    owner.send(&world, &Call::post(format!("/invoices/{bill}/cancel"), &reason)).await.expect(200);
    let page = printed(&world, &owner, &bill, "page").await.text;
    assert!(page.contains("CANCELLED") && page.contains("Billed twice"));
    assert!(printed(&world, &owner, &bill, "pdf").await.bytes != before);
}

#[tokio::test]
async fn asvs_v1_2_1_a_hostile_name_is_a_name_on_the_page() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let mut buyer = customer("<script>alert(1)</script>\"'&");
    buyer["address"] = json!("</p><img src=x onerror=alert(1)>, Mumbai");
    let bill = sold(&world, &owner, buyer).await;
    let page = printed(&world, &owner, &bill, "page").await;
    assert!(!page.text.contains("<script") && !page.text.contains("<img"), "{}", page.text);
    assert!(page.text.contains("&#60;script&#62;alert(1)") || page.text.contains("&lt;script&gt;alert(1)"));
    let mut tags = page.text.split('<').skip(1).filter_map(|rest| rest.split('>').next());
    assert!(tags.all(|tag| !tag.contains("style=") && !tag.contains(" on")), "nothing inline");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    let style = world.page("/assets/bill.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, Some("text/css; charset=utf-8")));
    assert!(style.text.contains("@page") && style.text.contains("80mm"));
    printed(&world, &owner, &bill, "pdf").await;
}

#[tokio::test]
async fn letters_that_no_font_of_ours_has_are_printed_by_the_browser() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let bill = sold(&world, &owner, customer("मीना ज़वेरी")).await;
    let refused = owner.send(&world, &Call::get(format!("/invoices/{bill}/pdf"))).await;
    refused.expect_problem(409, "invoice.letters_not_in_pdf");
    assert!(printed(&world, &owner, &bill, "page").await.text.contains("मीना"));
}

#[tokio::test]
async fn a_paper_or_copy_that_is_none_is_refused() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    for query in ["paper=a3", "copy=fourth", "paper=", "paper=a4&paper=a5", "size=a4"] {
        for kind in ["pdf", "page"] {
            let call = Call::get(format!("/invoices/{}/{kind}?{query}", shop.invoice));
            shop.owner.send(&world, &call).await.expect_problem(422, "query.invalid");
        }
    }
    let copy = printed(&world, &shop.owner, &shop.invoice, "page?copy=duplicate").await;
    assert!(copy.text.contains("Duplicate for transporter"));
}

/// The code on the page leads to the page that says that the bill is recorded.
#[tokio::test]
async fn the_printed_link_leads_to_the_record() {
    let world = World::on_memory().await;
    let shop = stocked(&world, "zaveri").await;
    printed(&world, &shop.owner, &shop.invoice, "pdf").await;
    let receipt = shop.owner.read(&world, &format!("/invoices/{}/receipt", shop.invoice)).await;
    let link = receipt["link"].as_str().unwrap();
    let path = link.get(link.find("/w/").unwrap()..).unwrap();
    let page = world.page(path).await;
    assert!(page.status == 200 && page.text.contains("Recorded and unchanged"));
    let code = aurex_server::api::qr::svg(link).unwrap();
    let printed = printed(&world, &shop.owner, &shop.invoice, "page").await;
    assert!(printed.text.contains(code.as_str()), "the code says that link");
}

/// A bill to a registered buyer as the portals take it; a bill to a consumer says why it has none, and so does a stranger's.
#[tokio::test]
async fn a_bill_to_a_registered_buyer_has_an_e_invoice() {
    let world = World::on_memory().await;
    let owner = open(&world, "zaveri").await;
    let mut buyer = customer("Bullion House");
    buyer["gstin"] = json!("29AAGCQ4821K1Z2");
    buyer["state_code"] = json!("29");
    buyer["address"] = json!("12 Avenue Road, Bengaluru 560002");
    let bill = sold(&world, &owner, buyer).await;
    let answer = printed(&world, &owner, &bill, "e-invoice").await;
    assert_eq!(answer.header("content-type"), Some("application/json; charset=utf-8"));
    let made = answer.json();
    assert_eq!((&made["Version"], &made["TranDtls"]["SupTyp"]), (&json!("1.1"), &json!("B2B")));
    assert_eq!(
        (&made["DocDtls"]["No"], &made["DocDtls"]["Dt"]),
        (&json!("INV/26-27/000001"), &json!("23/11/2026"))
    );
    assert_eq!((&made["SellerDtls"]["Pin"], &made["BuyerDtls"]["Pos"]), (&json!(400_002), &json!("29")));
    for figure in ["\"Qty\":3.390,", "\"AssVal\":50334.72,", "\"IgstVal\":1510.04,", "\"TotInvVal\":51845.00"]
    {
        assert!(answer.text.contains(figure), "{figure}: {}", answer.text);
    }

    let shop = stocked(&world, "gems").await;
    let call = Call::get(format!("/invoices/{}/e-invoice", shop.invoice));
    shop.owner.send(&world, &call).await.expect_problem(409, "e_invoice.buyer_not_registered");
    let theirs = Call::get(format!("/invoices/{bill}/e-invoice"));
    shop.owner.send(&world, &theirs).await.expect_problem(404, "resource.unknown");
}
