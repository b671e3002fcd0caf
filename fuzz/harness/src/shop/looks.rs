//! Reading: pages of any size are the whole list, and sums over lists are the sums.

use std::collections::BTreeMap;

use aurex_core::{
    ledger::Account,
    service::{access, read_audit, shop as service},
    shop::{
        invoices::Invoice,
        parties::Party,
        rates::PostedRate,
        receipts::PaymentReceipt,
        stock::{Item, Lot},
    },
    store::{AuditFilter, InvoiceFilter, Page, PageRequest, RateFilter},
    tenancy::Scope,
    time::{Clock as _, Zone, plus_days},
};

use super::{
    heard::{Heard, looked},
    play::Play,
};

/// Walks a list to its end and returns how many elements it had.
macro_rules! walk {
    ($limit:expr, $page:ident => $read:expr) => {{
        let (limit, mut after, mut count) = ($limit, None, 0);
        loop {
            let $page = PageRequest { after, limit };
            let (page, heard) = looked($read.await);
            let Some(Page { items, next }) = page else { break (None, heard) };
            assert!(items.len() <= usize::from(limit));
            count += items.len();
            match next {
                Some(next) => after = Some(next),
                None => break (Some(count), Heard::Nothing),
            }
        }
    }};
}

impl Play<'_> {
    pub(super) async fn look(&mut self, scope: &Scope) -> Heard {
        let (road, tables) = (&self.shop.road, &self.follower.tables);
        let draw = &mut self.draw;
        let (what, limit) = (draw.byte(), u16::from(draw.byte() % 12) + 1);
        let (count, there, heard) = match what % 10 {
            0 => {
                let (count, heard) = walk!(limit, page => service::customers(road, scope, None, page));
                (count, tables.rows::<Party>().count(), heard)
            }
            1 => {
                let (count, heard) = walk!(limit, page => service::items(road, scope, None, page));
                (count, tables.rows::<Item>().count(), heard)
            }
            2 => {
                let (count, heard) = walk!(limit, page => service::lots(road, scope, page));
                (count, tables.rows::<Lot>().count(), heard)
            }
            3 => {
                let filter = InvoiceFilter::default();
                let (count, heard) = walk!(limit, page => service::invoices(road, scope, filter, page));
                (count, tables.rows::<Invoice>().count(), heard)
            }
            4 => {
                let (count, heard) = walk!(limit, page => service::receipts(road, scope, None, page));
                (count, tables.rows::<PaymentReceipt>().count(), heard)
            }
            5 => {
                let filter = RateFilter::default();
                let (count, heard) = walk!(limit, page => service::rate_history(road, scope, filter, page));
                (count, tables.rows::<PostedRate>().count(), heard)
            }
            6 => {
                let (count, heard) = walk!(limit, page => service::accounts(road, scope, page));
                (count, tables.rows::<Account>().count(), heard)
            }
            7 => {
                let filter = AuditFilter::default();
                let (count, heard) = walk!(limit, page => read_audit(road, scope, &filter, page));
                (count, usize::try_from(self.follower.head.frontier.size()).unwrap(), heard)
            }
            8 => return self.look_at_the_books(scope).await,
            _ => {
                let (count, heard) = walk!(limit, page => access::list_members(road, scope, page));
                (count, self.members.len(), heard)
            }
        };
        assert!(count.is_none_or(|count| count == there), "{count:?} of {there}");
        heard
    }

    async fn look_at_the_books(&mut self, scope: &Scope) -> Heard {
        let today = Zone::INDIA.date_of(self.shop.clock.now());
        let draw = &mut self.draw;
        let day = plus_days(today, i64::from(draw.byte() % 8) - 6);
        let road = &self.shop.road;
        match draw.byte() % 4 {
            0 => {
                let as_of = draw.option(|_| day);
                let (trial, heard) = looked(service::trial_balance(road, scope, as_of).await);
                let mut sums = BTreeMap::<_, i128>::new();
                for (account, balance) in trial.into_iter().flatten() {
                    *sums.entry(account.commodity.code()).or_default() +=
                        i128::from(balance.debit) - i128::from(balance.credit);
                }
                assert!(sums.values().all(|sum| *sum == 0), "{sums:?}");
                heard
            }
            1 => {
                let party = draw.pick(&self.parties);
                let (from, to) = (draw.option(|_| day), draw.option(|_| today));
                let (statement, heard) = looked(service::statement(road, scope, party, from, to).await);
                if let Some(statement) = statement {
                    for closing in &statement.closing {
                        let of = |balances: &[service::StatementBalance]| {
                            balances.iter().find(|b| b.commodity == closing.commodity).map_or(0, |b| b.amount)
                        };
                        let moved: i64 = statement
                            .entries
                            .iter()
                            .filter(|entry| entry.line.posting.commodity == closing.commodity)
                            .map(|entry| entry.line.posting.amount)
                            .sum();
                        assert_eq!(of(&statement.opening) + moved, closing.amount);
                    }
                }
                heard
            }
            2 => {
                let account = draw.pick(&self.accounts);
                let (from, limit) = (draw.option(|_| day), u16::from(draw.byte() % 4) + 1);
                walk!(limit, page => service::account_postings(road, scope, account, from, None, page)).1
            }
            _ => looked(service::rate_board(road, scope, Some(day)).await).1,
        }
    }
}
