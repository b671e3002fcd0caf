//! Lists: in order, every row once, whatever is inserted while somebody turns the pages.

use super::scene::Scene;
use super::till::*;
use super::{Shop, World};
use crate::audit::Outcome;
use crate::measure::{Metal, RateKind};
use crate::rbac::Role;
use crate::service::shop as service;
use crate::shop::invoices::InvoiceState;
use crate::shop::parties::{NewParty, Party, PartyKind, PartyPatch, Suppliers};
use crate::shop::rates::NewRate;
use crate::shop::receipts::PaymentMode;
use crate::store::{AuditFilter, InvoiceFilter, Page, PageRequest, Payment, RateFilter, RateKey};
use crate::text::Name;
use crate::time::plus_days;

/// Turns the pages of a list, one reader a page, as a client would.
///
/// `$more` is done after the first page. A list of rising keys may show it at its end, one of falling keys never.
macro_rules! turn_the_pages {
    ($shop:expr, |$reader:ident, $page:ident| $read:expr, $key:expr, $more:expr) => {{
        let all = {
            let mut $reader = $shop.reader().await;
            let $page = PageRequest::first(1000);
            let whole = $read.await.unwrap();
            assert_eq!(whole.next, None);
            whole.items
        };
        assert!(all.len() > 3, "a list of one page proves nothing");
        let (mut seen, mut after, mut turned) = (Vec::new(), None, 0);
        loop {
            let mut $reader = $shop.reader().await;
            let $page = PageRequest { after, limit: 3 };
            let Page { items, next } = $read.await.unwrap();
            assert!(items.len() <= 3 && (next.is_none() || items.len() == 3));
            assert_eq!(next.is_some().then(|| items.last().map($key)).flatten(), next);
            seen.extend(items);
            drop($reader);
            if turned == 0 {
                $more.await;
            }
            turned += 1;
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let seen_of_all: Vec<_> = seen.iter().take(all.len()).cloned().collect();
        assert_eq!(seen_of_all, all, "every row once, in order");
        let keys: Vec<_> = seen.iter().map($key).collect();
        let rising = keys.is_sorted_by(|a, b| a < b);
        assert!(rising || keys.is_sorted_by(|a, b| a > b));
        if !rising {
            assert_eq!(seen.len(), all.len(), "what is newer than the first page is not on a later one");
        }
        let mut $reader = $shop.reader().await;
        let $page = PageRequest::first(1000);
        let now = $read.await.unwrap().items.len();
        let $page = PageRequest::first(u16::try_from(now).unwrap());
        assert_eq!($read.await.unwrap().next, None, "a page that is just full is the last one");
        let $page = PageRequest::first(u16::try_from(now - 1).unwrap());
        assert!($read.await.unwrap().next.is_some());
    }};
}

/// Members, tokens, customers, pieces, lots and accounts: oldest first.
pub async fn lists_of_what_there_is_run_oldest_first(world: &World) {
    let shop = world.shop("meena").await;
    for n in 0..7 {
        shop.customer(&format!("Customer {n}")).await;
        shop.item(&format!("R-{n}")).await;
        shop.lot(1000 + n).await;
        shop.token(Role::Manager).await;
    }
    turn_the_pages!(shop, |r, page| r.members(page), |m: &crate::identity::member::Member| m.id, async {});
    turn_the_pages!(
        shop,
        |r, page| r.api_tokens(None, page),
        |t: &crate::identity::member::ApiToken| t.id,
        shop.token(Role::Owner)
    );
    turn_the_pages!(
        shop,
        |r, page| r.parties(PartyKind::Customer, None, page),
        |p: &Party| p.id,
        shop.customer("Late")
    );
    turn_the_pages!(
        shop,
        |r, page| r.items(None, page),
        |i: &crate::shop::stock::Item| i.id,
        shop.item("LATE")
    );
    turn_the_pages!(
        shop,
        |r, page| r.items(Some(crate::shop::stock::ItemState::InStock), page),
        |i: &crate::shop::stock::Item| i.id,
        shop.item("LATER")
    );
    turn_the_pages!(
        shop,
        |r, page| r.lots(page),
        |(lot, _): &(crate::shop::stock::Lot, crate::shop::stock::OnHand)| lot.id,
        shop.lot(5)
    );
    turn_the_pages!(
        shop,
        |r, page| r.accounts(page),
        |a: &crate::ledger::Account| a.id,
        shop.customer("Later")
    );
}

/// Rates, bills, receipts and the log: newest first. A ledger: by date, then as recorded.
pub async fn lists_of_what_happened_run_newest_first(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let party = shop.customer("Asha").await;
    let lot = shop.lot(100_000).await;
    let bill = bill_of_lot(party.id, lot.id, 100);
    let cash = money(party.id, PaymentMode::Cash, 100, &[]);
    for n in 0..7 {
        shop.rate(1_280_000 + n).await;
        shop.issue(&bill).await;
        shop.take(&cash).await;
    }
    turn_the_pages!(
        shop,
        |r, page| r.rate_history(RateFilter::default(), page),
        |rate: &crate::shop::rates::PostedRate| rate.id,
        shop.rate(1_290_000)
    );
    turn_the_pages!(
        shop,
        |r, page| r.invoices(InvoiceFilter::default(), page),
        |(bill, _): &(crate::shop::invoices::Invoice, crate::money::Money)| bill.id,
        shop.issue(&bill)
    );
    turn_the_pages!(
        shop,
        |r, page| r.receipts(None, page),
        |receipt: &crate::shop::receipts::PaymentReceipt| receipt.id,
        shop.take(&cash)
    );
    turn_the_pages!(
        shop,
        |r, page| r.entries(&AuditFilter::default(), page),
        |stored: &crate::store::StoredEntry| stored.entry.seq,
        shop.take(&cash)
    );
    let account = shop.receivable(party.id).await;
    turn_the_pages!(
        shop,
        |r, page| r.postings(account, None, None, page),
        |line: &crate::store::PostingLine| (line.posting.effective, line.posting.entry, line.posting.line),
        shop.take(&cash)
    );
}

/// Customers are found by the beginnings of words of their name, telephone or GSTIN. What is typed is text, never a pattern.
pub async fn customers_are_found_by_beginnings_of_name_telephone_or_gstin(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let shop = &scene.shop;
    for name in ["Bela Rao", "100% Gold_Traders", "Émile"] {
        let owner = shop.owner().await;
        shop.tick();
        let new = NewParty { phone: None, ..customer(name) };
        service::record_customer(&shop.road, &owner, None, new).await.unwrap();
    }
    let names = async |words: &str| {
        let found = shop
            .reader()
            .await
            .parties(PartyKind::Customer, Some(words), PageRequest::first(9))
            .await
            .unwrap()
            .items;
        found.into_iter().map(|party| party.name.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(names("bela").await, ["Bela Rao"]);
    assert_eq!(names("be R").await, ["Bela Rao"]);
    assert_eq!(names("rao ash").await, [] as [&str; 0], "every word is looked for");
    assert_eq!(names("ela").await, [] as [&str; 0], "from its beginning");
    assert_eq!(names("98450").await, ["Asha of meena"], "by telephone");
    assert_eq!(names("+9198450").await, ["Asha of meena"], "with its country");
    assert_eq!(names("AABCF8078m").await, ["Asha of meena"], "by the PAN within the GSTIN");
    assert_eq!(names("29aabcf").await, ["Asha of meena"], "by GSTIN");
    assert_eq!(names("%").await, [] as [&str; 0]);
    assert_eq!(names("100%").await, ["100% Gold_Traders"]);
    assert_eq!(names("gold_").await, ["100% Gold_Traders"]);
    assert_eq!(names("'; --").await, [] as [&str; 0]);
    assert_eq!(names("\\").await, [] as [&str; 0]);
    assert_eq!(names("\"").await, [] as [&str; 0]);
    assert_eq!(names("Émi").await, ["Émile"]);
    assert_eq!(names("émi").await, [] as [&str; 0], "only ASCII letters are folded");
}

/// Who is found stands in the order of the words they are found by, once each, page for page; of a name that was changed
/// the old words find nobody.
pub async fn who_is_found_is_listed_by_their_words_page_for_page(world: &World) {
    let shop = world.shop("meena").await;
    let names = ["Ravi Shah", "Shaila Shah", "Zubin Shah-Patel", "Asha Rao", "Shalini", "Shah Shah"];
    let mut ids = Vec::new();
    for name in names {
        let owner = shop.owner().await;
        shop.tick();
        let new = NewParty { phone: None, gstin: None, ..customer(name) };
        ids.push(service::record_customer(&shop.road, &owner, None, new).await.unwrap().value.id);
    }
    for name in ["Sharda Bullion", "Shah Traders"] {
        let owner = shop.owner().await;
        shop.tick();
        let new = NewParty { phone: None, gstin: None, ..customer(name) };
        service::record_party::<Suppliers>(&shop.road, &owner, None, new).await.unwrap();
    }
    let all = async |words: &str, limit: u16| {
        let (mut reader, mut found, mut page) = (shop.reader().await, Vec::new(), PageRequest::first(limit));
        loop {
            let some = reader.parties(PartyKind::Customer, Some(words), page).await.unwrap();
            found.extend(some.items.into_iter().map(|party| party.name.to_string()));
            match some.next {
                Some(next) => page.after = Some(next),
                None => return found,
            }
        }
    };
    let by_words = ["Ravi Shah", "Shaila Shah", "Zubin Shah-Patel", "Shah Shah", "Shalini"];
    for limit in [1, 2, 3, 9] {
        assert_eq!(all("sha", limit).await, by_words, "{limit} a page");
        assert_eq!(all("s shah", limit).await, ["Ravi Shah", "Shaila Shah", "Zubin Shah-Patel", "Shah Shah"]);
        assert_eq!(all(" - ", limit).await, names, "no word at all");
    }
    let owner = shop.owner().await;
    shop.tick();
    let shalini = *ids.get(4).unwrap();
    let patch = PartyPatch { name: Some(Name::new("Meena Iyer").unwrap()), ..PartyPatch::default() };
    service::change_customer(&shop.road, &owner, shalini, 1, patch).await.unwrap();
    assert_eq!(all("shali", 9).await, [] as [&str; 0]);
    assert_eq!(all("iy", 9).await, ["Meena Iyer"]);
    // Behind somebody who is found no more, everybody is.
    let page = PageRequest { after: Some(shalini), limit: 9 };
    let found = shop.reader().await.parties(PartyKind::Customer, Some("sha"), page).await.unwrap().items;
    assert_eq!(found.len(), 4);
}

async fn numbers(shop: &Shop, filter: InvoiceFilter) -> Vec<String> {
    let bills = shop.reader().await.invoices(filter, PageRequest::first(100)).await.unwrap().items;
    bills
        .into_iter()
        .map(|(bill, _)| bill.number.as_str().trim_start_matches("INV/26-27/00000").to_owned())
        .collect()
}

/// Bills are found by state, by what is settled, by customer and by date, and all of that at once.
pub async fn bills_are_filtered_by_state_payment_customer_and_date(world: &World) {
    let shop = world.shop("meena").await;
    shop.rate(1_280_000).await;
    let (asha, bela) = (shop.customer("Asha").await, shop.customer("Bela").await);
    let mut bills = Vec::new();
    for (n, party) in [&asha, &asha, &asha, &bela].into_iter().enumerate() {
        bills.push(shop.sell(party.id, &format!("R-{n}")).await.invoice);
    }
    let [open, part, full, cancelled] = bills.as_slice() else { unreachable!("four bills") };
    let first_day = shop.today();
    shop.take(&money(asha.id, PaymentMode::Upi, 100, &[(part.id, 100)])).await;
    shop.take(&money(asha.id, PaymentMode::Upi, 5_184_500, &[(full.id, 5_184_500)])).await;
    shop.cancel(cancelled.id).await;
    shop.clock.advance(86_400);
    let trusted = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    service::post_rate(&shop.road, &trusted, None, gold_rate(1_280_000)).await.unwrap();
    let item = service::record_item(&shop.road, &trusted, None, piece("NEXT-DAY")).await.unwrap().value.item;
    service::issue_invoice(&shop.road, &trusted, None, &bill_of(bela.id, &[item.id])).await.unwrap();
    assert_eq!(open.state, InvoiceState::Issued);

    let any = InvoiceFilter::default;
    assert_eq!(numbers(&shop, any()).await, ["5", "4", "3", "2", "1"]);
    let state = |state| InvoiceFilter { state: Some(state), ..any() };
    assert_eq!(numbers(&shop, state(InvoiceState::Cancelled)).await, ["4"]);
    assert_eq!(numbers(&shop, state(InvoiceState::Issued)).await, ["5", "3", "2", "1"]);
    let payment = |payment| InvoiceFilter { payment: Some(payment), ..any() };
    assert_eq!(numbers(&shop, payment(Payment::Full)).await, ["3"]);
    assert_eq!(numbers(&shop, payment(Payment::Part)).await, ["2"]);
    assert_eq!(numbers(&shop, payment(Payment::Open)).await, ["5", "4", "1"]);
    let party = |party| InvoiceFilter { party: Some(party), ..any() };
    assert_eq!(numbers(&shop, party(bela.id)).await, ["5", "4"]);
    let next_day = plus_days(first_day, 1);
    assert_eq!(numbers(&shop, InvoiceFilter { from: Some(next_day), ..any() }).await, ["5"]);
    assert_eq!(numbers(&shop, InvoiceFilter { to: Some(first_day), ..any() }).await, ["4", "3", "2", "1"]);
    let all_at_once = InvoiceFilter {
        state: Some(InvoiceState::Issued),
        payment: Some(Payment::Open),
        party: Some(asha.id),
        from: Some(first_day),
        to: Some(first_day),
    };
    assert_eq!(numbers(&shop, all_at_once).await, ["1"]);

    // A filter goes on over pages as the whole list does.
    let mut reader = shop.reader().await;
    let first = reader.invoices(payment(Payment::Open), PageRequest::first(2)).await.unwrap();
    let rest = PageRequest { after: first.next, limit: 2 };
    let rest = reader.invoices(payment(Payment::Open), rest).await.unwrap();
    assert_eq!((first.items.len(), rest.items.len(), rest.next), (2, 1, None));
    let settled: Vec<i64> = reader
        .invoices(any(), PageRequest::first(9))
        .await
        .unwrap()
        .items
        .iter()
        .map(|(_, settled)| settled.minor())
        .collect();
    assert_eq!(settled, [0, 0, 5_184_500, 100, 0]);
    let of_bela = reader.receipts(Some(bela.id), PageRequest::first(9)).await.unwrap().items;
    assert_eq!(of_bela, []);
    assert_eq!(reader.receipts(Some(asha.id), PageRequest::first(9)).await.unwrap().items.len(), 2);
}

/// The board shows the last rate of each metal, fineness and kind for one day; history keeps all.
pub async fn the_board_shows_the_last_rate_of_each_kind_for_its_day(world: &World) {
    let shop = world.shop("meena").await;
    let trusted = shop.vouched(shop.member(Role::Owner).id, Role::Owner);
    let post = async |new: NewRate| {
        shop.tick();
        service::post_rate(&shop.road, &trusted, None, new).await.unwrap().value
    };
    let gold = gold_rate(1_280_000);
    let buying = NewRate { kind: RateKind::Buy, amount: paise(1_250_000), ..gold.clone() };
    let pure = NewRate { fineness: fineness(999_000), amount: paise(1_390_000), ..gold.clone() };
    let silver =
        NewRate { metal: Metal::Silver, fineness: fineness(925_000), amount: paise(15_000), ..gold.clone() };
    let superseded = post(gold_rate(1_270_000)).await;
    let posted = [post(silver).await, post(pure).await, post(buying).await, post(gold).await];
    let today = shop.today();
    let [silver, pure, buying, selling] = posted;
    let mut reader = shop.reader().await;
    let board = reader.rate_board(today).await.unwrap();
    assert_eq!(
        board,
        [buying.clone(), selling.clone(), pure.clone(), silver.clone()],
        "by metal, fineness and kind"
    );
    assert_eq!(selling.supersedes, Some(superseded.id));
    let key = |rate: &crate::shop::rates::PostedRate| RateKey {
        metal: rate.metal,
        fineness: rate.fineness,
        kind: rate.kind,
    };
    for rate in &board {
        assert_eq!(reader.current_rate(key(rate), today).await.unwrap().as_ref(), Some(rate));
    }
    let tomorrow = plus_days(today, 1);
    assert_eq!(reader.rate_board(tomorrow).await.unwrap(), [], "a rate is for its day");
    assert_eq!(reader.current_rate(key(&selling), tomorrow).await.unwrap(), None);

    drop(reader);
    shop.clock.advance(86_400);
    let next = post(gold_rate(1_300_000)).await;
    let mut reader = shop.reader().await;
    let count = async |reader: &mut Box<dyn crate::store::Reader>, filter: RateFilter| {
        reader.rate_history(filter, PageRequest::first(100)).await.unwrap().items.len()
    };
    let any = RateFilter::default;
    assert_eq!(count(&mut reader, any()).await, 6);
    assert_eq!(count(&mut reader, RateFilter { metal: Some(Metal::Silver), ..any() }).await, 1);
    assert_eq!(count(&mut reader, RateFilter { fineness: Some(pure.fineness), ..any() }).await, 1);
    assert_eq!(count(&mut reader, RateFilter { kind: Some(RateKind::Buy), ..any() }).await, 1);
    assert_eq!(count(&mut reader, RateFilter { from: Some(next.business_date), ..any() }).await, 1);
    assert_eq!(count(&mut reader, RateFilter { to: Some(today), ..any() }).await, 5);
}

/// The log is searched by who, what, about what, when and what came of it, alone and together; an end is not part of
/// its span.
pub async fn the_log_is_searched_by_actor_action_subject_and_time(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let mut reader = scene.shop.reader().await;
    let all = reader.entries(&AuditFilter::default(), PageRequest::first(1000)).await.unwrap().items;
    let mut search = async |filter: AuditFilter, expected: &dyn Fn(&crate::store::StoredEntry) -> bool| {
        let found = reader.entries(&filter, PageRequest::first(1000)).await.unwrap().items;
        let wanted: Vec<_> = all.iter().filter(|stored| expected(stored)).cloned().collect();
        assert!(!wanted.is_empty() && wanted.len() < all.len(), "{filter:?} proves nothing");
        assert_eq!(found, wanted, "{filter:?}");
    };
    let manager = scene.shop.member(Role::Manager).id.to_string();
    let invoice = scene.bill.invoice.id.to_string();
    let middle = all.get(all.len() / 2).unwrap().entry.at;
    let filter = AuditFilter { actor: Some(manager.clone()), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.actor.id == manager).await;
    let filter = AuditFilter { action: Some("item.record".to_owned()), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.action == "item.record").await;
    let filter = AuditFilter { subject: Some(invoice.clone()), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.subject_id == invoice).await;
    let filter = AuditFilter { from: Some(middle), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.at >= middle).await;
    let filter = AuditFilter { to: Some(middle), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.at < middle).await;
    let filter = AuditFilter { from: Some(middle.plus_micros(1)), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.at > middle).await;
    let filter = AuditFilter { group: Some("item".to_owned()), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.action.starts_with("item.")).await;
    let filter = AuditFilter { outcome: Some(Outcome::Done), to: Some(middle), ..AuditFilter::default() };
    search(filter, &|stored| stored.entry.at < middle && stored.entry.outcome == Outcome::Done).await;
    let theirs = &all.iter().find(|stored| stored.entry.actor.id == manager).unwrap().entry.action;
    let together = AuditFilter {
        actor: Some(manager.clone()),
        group: theirs.split('.').next().map(str::to_owned),
        from: Some(all.last().unwrap().entry.at),
        outcome: Some(Outcome::Done),
        ..AuditFilter::default()
    };
    let expected = together.clone();
    search(together, &|stored| expected.admits(&stored.entry)).await;
    let nobody = [
        AuditFilter { group: Some("ite".to_owned()), ..AuditFilter::default() },
        AuditFilter { group: Some("item.record".to_owned()), ..AuditFilter::default() },
        AuditFilter {
            group: Some("invoice".to_owned()),
            action: Some("item.record".to_owned()),
            ..AuditFilter::default()
        },
        AuditFilter {
            subject: Some(invoice),
            action: Some("item.record".to_owned()),
            ..AuditFilter::default()
        },
        AuditFilter { from: Some(middle), to: Some(middle), ..AuditFilter::default() },
    ];
    for filter in nobody {
        let found = reader.entries(&filter, PageRequest::first(1000)).await.unwrap();
        assert_eq!((found.items, found.next), (vec![], None), "{filter:?}");
    }
}

/// A search of several actions at once is paged through without a gap and without anything twice, on any size of page.
pub async fn a_searched_log_is_paged_through_without_a_gap(world: &World) {
    let scene = Scene::set(world, "meena").await;
    let mut reader = scene.shop.reader().await;
    for group in ["item", "member", "rate", "invoice"] {
        let filter = AuditFilter { group: Some(group.to_owned()), ..AuditFilter::default() };
        let all = reader.entries(&filter, PageRequest::first(1000)).await.unwrap().items;
        assert!(!all.is_empty(), "{group} proves nothing");
        for limit in [1, 2, 3] {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let page = reader.entries(&filter, PageRequest { after, limit }).await.unwrap();
                found.extend(page.items);
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
            assert_eq!(found, all, "{group} by {limit}");
        }
    }
}
