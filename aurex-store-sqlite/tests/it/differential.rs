//! The same day on the reference store and on files: every read answers the same.

use aurex_core::measure::{Metal, RateKind};
use aurex_core::shop::parties::PartyKind;
use aurex_core::shop::receipts::PaymentMode;
use aurex_core::store::conformance::*;
use aurex_core::store::*;
use aurex_core::time::{Date, Timestamp};

async fn act(world: &World) -> Vec<String> {
    let mut said = Vec::new();
    let shop = world.shop("meena").await;
    shop.rate(1_270_000).await;
    shop.rate(1_280_000).await;
    let asha = shop.customer("Asha Devi").await;
    let bina = shop.customer("Bina").await;
    let lot = shop.lot(50_000).await;
    let mut bills = Vec::new();
    for n in 0..5 {
        bills.push(shop.sell(if n % 2 == 0 { asha.id } else { bina.id }, &format!("R-{n}")).await);
    }
    bills.push(shop.issue(&bill_of_lot(asha.id, lot.id, 1_000)).await);
    shop.cancel(bills[1].invoice.id).await;
    let payable = bills[0].invoice.payable.minor();
    shop.take(&money(asha.id, PaymentMode::Upi, payable, &[(bills[0].invoice.id, payable)])).await;
    let part = shop
        .take(&money(
            asha.id,
            PaymentMode::Cash,
            1000,
            &[(bills[2].invoice.id, 600), (bills[4].invoice.id, 400)],
        ))
        .await;
    let back = shop.take(&money(bina.id, PaymentMode::Cash, 1000, &[(bills[3].invoice.id, 1000)])).await;
    shop.reverse(back.receipt.id).await;
    macro_rules! say {
        ($e:expr) => {
            said.push(format!("{}: {:?}", stringify!($e), $e))
        };
    }
    let mut r = shop.reader().await;
    say!(r.workspace().await.unwrap());
    say!(r.business().await.unwrap());
    for table in TABLES {
        say!(r.facts(table.name).await.unwrap());
    }
    say!(r.all_balances().await.unwrap());
    let accounts = r.accounts(PageRequest::first(500)).await.unwrap();
    say!(accounts);
    let ids: Vec<_> = accounts.items.iter().rev().map(|a| a.id).collect();
    say!(r.balances(&ids).await.unwrap());
    say!(r.accounts_for(None).await.unwrap());
    say!(r.accounts_for(Some(aurex_core::tenancy::Id::uuid(asha.id))).await.unwrap());
    let today: Date = shop.today();
    let tomorrow = today.succ_opt().unwrap();
    for date in [None, Some(today), today.pred_opt()] {
        say!(r.trial_balance(date).await.unwrap());
    }
    for account in &accounts.items {
        say!(r.account(account.id).await.unwrap());
        say!(r.balance_before(account.id, tomorrow).await.unwrap());
        say!(r.balance_before(account.id, today).await.unwrap());
        for (from, to) in
            [(None, None), (Some(today), Some(today)), (Some(tomorrow), None), (None, today.pred_opt())]
        {
            let mut page = PageRequest::first(3);
            loop {
                let got = r.postings(account.id, from, to, page).await.unwrap();
                say!(got);
                match got.next {
                    Some(n) => page.after = Some(n),
                    None => break,
                }
            }
        }
    }
    for date in [today, tomorrow] {
        say!(r.rate_board(date).await.unwrap());
        for kind in [RateKind::Sell, RateKind::Buy] {
            say!(
                r.current_rate(RateKey { metal: Metal::Gold, fineness: fineness(916_000), kind }, date)
                    .await
                    .unwrap()
            );
        }
        for f in [
            RateFilter::default(),
            RateFilter { metal: Some(Metal::Gold), from: Some(date), ..Default::default() },
            RateFilter { to: Some(date), kind: Some(RateKind::Buy), ..Default::default() },
        ] {
            say!(r.rate_history(f, PageRequest::first(1)).await.unwrap());
        }
    }
    for words in [None, Some(""), Some("asha"), Some("DEVI"), Some("98"), Some("zzz"), Some("%")] {
        for limit in [0, 1, 10] {
            say!(r.parties(PartyKind::Customer, words, PageRequest::first(limit)).await.unwrap());
        }
    }
    say!(r.items(None, PageRequest::first(3)).await.unwrap());
    say!(r.lots(PageRequest::first(3)).await.unwrap());
    say!(r.lot(lot.id).await.unwrap());
    for payment in [None, Some(Payment::Open), Some(Payment::Part), Some(Payment::Full)] {
        for party in [None, Some(asha.id), Some(bina.id)] {
            for state in [
                None,
                Some(aurex_core::shop::invoices::InvoiceState::Issued),
                Some(aurex_core::shop::invoices::InvoiceState::Cancelled),
            ] {
                for (from, to) in [(None, None), (Some(tomorrow), None), (None, Some(today))] {
                    let mut page = PageRequest::first(2);
                    loop {
                        let got = r
                            .invoices(InvoiceFilter { state, payment, party, from, to }, page)
                            .await
                            .unwrap();
                        say!(got);
                        match got.next {
                            Some(n) => page.after = Some(n),
                            None => break,
                        }
                    }
                }
            }
        }
    }
    for bill in &bills {
        say!(r.invoice(bill.invoice.id).await.unwrap());
        say!(r.journal(bill.invoice.entry).await.unwrap());
        say!(r.movements(bill.invoice.entry).await.unwrap());
        for line in &bill.lines {
            if let Some(id) = line.item {
                let item = r.item(id).await.unwrap().unwrap();
                say!(r.item_by_tag(&item.tag).await.unwrap());
                if let Some(h) = &item.huid {
                    say!(r.item_by_huid(h.as_str()).await.unwrap());
                }
            }
        }
    }
    say!(r.receipt(part.receipt.id).await.unwrap());
    for of in [None, Some(asha.id)] {
        say!(r.receipts(of, PageRequest::first(1)).await.unwrap());
    }
    let members = r.members(PageRequest::first(4)).await.unwrap();
    say!(members);
    for m in &members.items {
        say!(r.member_by_email(&m.email).await.unwrap());
        say!(r.credential(m.id).await.unwrap());
        say!(r.open_sessions(m.id).await.unwrap());
        say!(r.api_tokens(Some(m.id), PageRequest::first(2)).await.unwrap());
    }
    say!(r.api_tokens(None, PageRequest::first(1)).await.unwrap());
    let needs = BillNeeds {
        party: asha.id,
        items: vec![
            bills[0].lines[0].item.unwrap(),
            bills[4].lines[0].item.unwrap(),
            bills[0].lines[0].item.unwrap(),
        ],
        lots: vec![lot.id, lot.id],
        date: today,
        prefixes: vec![
            aurex_core::text::Label::new("XX").unwrap(),
            aurex_core::text::Label::new("INV").unwrap(),
        ],
        key: None,
    };
    say!(r.known_for_bill(&needs).await.unwrap());
    let head = r.head().await.unwrap();
    say!(head);
    let mid = Timestamp::from_micros(head.last_at.micros() - 5_000_000);
    for filter in [
        AuditFilter::default(),
        AuditFilter { action: Some("invoice.issue".into()), ..Default::default() },
        AuditFilter { subject: Some(bills[1].invoice.id.to_string()), ..Default::default() },
        AuditFilter { actor: Some(members.items[0].id.to_string()), ..Default::default() },
        AuditFilter { from: Some(mid), ..Default::default() },
        AuditFilter { to: Some(mid), subject: Some(asha.id.to_string()), ..Default::default() },
    ] {
        let mut page = PageRequest::first(7);
        loop {
            let got = r.entries(&filter, page).await.unwrap();
            say!(got);
            match got.next {
                Some(n) => page.after = Some(n),
                None => break,
            }
        }
    }
    for m in &members.items {
        let k = world.store.known_member(shop.tenant, &m.email).await.unwrap();
        say!(k);
        for s in r.open_sessions(m.id).await.unwrap() {
            world.store.touch_session(shop.tenant, s.id, mid).await.unwrap();
            say!(world.store.known_session(shop.tenant, &s.token_hash).await.unwrap());
        }
    }
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn both_stores_say_the_same() {
    let memory = World::of(Fixture::in_memory());
    let files = World::of(crate::conformance::fresh().await);
    let a = act(&memory).await;
    let b = act(&files).await;
    for (reference, kept) in a.iter().zip(&b) {
        assert_eq!(reference, kept);
    }
    assert_eq!(a.len(), b.len());
    assert!(a.len() > 500, "every read was asked");
}
