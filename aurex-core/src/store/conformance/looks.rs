//! Reading, as a player does it: lists with limits, filters and cursors of every kind, through the use cases.

use super::deeds::{Look, Pick};
use super::player::{Player, at};
use crate::measure::{Metal, RateKind};
use crate::service::shop::Days;
use crate::service::{access, read_audit, shop as service};
use crate::shop::bookings::BookingState;
use crate::shop::invoices::InvoiceState;
use crate::shop::notes::NoteKind;
use crate::shop::stock::ItemState;
use crate::store::{
    AdvanceFilter, AuditFilter, BookingFilter, InvoiceFilter, NoteFilter, PageRequest, Payment, RateFilter,
};
use crate::tenancy::Scope;

impl Player {
    /// Reads something. `after` begins a page behind something the shop has made, `filter` chooses among the filters.
    pub(super) async fn look(
        &mut self,
        scope: &Scope,
        what: Look,
        limit: u16,
        after: Option<u8>,
        filter: u8,
    ) {
        let road = self.shop.road.clone();
        let today = self.shop.today();
        match what {
            Look::RateBoard => {
                let date = filter.is_multiple_of(2).then_some(today);
                self.read("rate.board", service::rate_board(&road, scope, date).await);
            }
            Look::RateHistory => {
                let kind = *at(&[None, Some(RateKind::Sell), Some(RateKind::Buy)], filter).unwrap();
                let metal = (filter % 2 == 1).then_some(Metal::Silver);
                let filter = RateFilter { kind, metal, ..RateFilter::default() };
                let page = PageRequest::first(limit);
                self.read("rate.history", service::rate_history(&road, scope, filter, page).await);
            }
            Look::Customers => {
                let after = after.and_then(|place| at(&self.parties, place)).copied();
                let words = filter.to_string();
                let words = (filter < 6).then_some(words.as_str());
                let page = PageRequest { after, limit };
                self.read("customers", service::customers(&road, scope, words, page).await);
            }
            Look::Items => {
                let after = after.and_then(|place| at(&self.items, place)).copied();
                let state = at(ItemState::ALL, filter).copied().filter(|_| filter < 6);
                let page = PageRequest { after, limit };
                self.read("items", service::items(&road, scope, state, page).await);
            }
            Look::Lots => {
                let after = after.and_then(|place| at(&self.lots, place)).copied();
                self.read("lots", service::lots(&road, scope, PageRequest { after, limit }).await);
            }
            Look::Invoices => {
                let payments = [None, Some(Payment::Open), Some(Payment::Part), Some(Payment::Full)];
                let states =
                    [None].into_iter().chain(InvoiceState::ALL.iter().copied().map(Some)).collect::<Vec<_>>();
                let (payment, state) = (*at(&payments, filter).unwrap(), *at(&states, filter / 4).unwrap());
                let party =
                    after.filter(|n| n.is_multiple_of(3)).and_then(|place| at(&self.parties, place)).copied();
                let filter = InvoiceFilter { payment, state, party, ..InvoiceFilter::default() };
                let after = after.and_then(|place| at(&self.bills, place)).copied();
                let page = PageRequest { after, limit };
                self.read("invoices", service::invoices(&road, scope, filter, page).await);
            }
            Look::Receipts => {
                let of = after.and_then(|place| at(&self.parties, place)).copied();
                self.read("receipts", service::receipts(&road, scope, of, PageRequest::first(limit)).await);
            }
            Look::Notes => {
                let kind =
                    *at(&[None, Some(NoteKind::CreditNote), Some(NoteKind::DebitNote)], filter).unwrap();
                let party =
                    after.filter(|n| n.is_multiple_of(2)).and_then(|place| at(&self.parties, place)).copied();
                let invoice =
                    after.filter(|n| n.is_multiple_of(3)).and_then(|place| at(&self.bills, place)).copied();
                let filter = NoteFilter { kind, party, invoice, ..NoteFilter::default() };
                let after = after.and_then(|place| at(&self.credit_notes, place)).copied();
                let page = PageRequest { after, limit };
                self.read("notes", service::notes(&road, scope, filter, page).await);
            }
            Look::Refunds => {
                let of = after.and_then(|place| at(&self.parties, place)).copied();
                let after = after.and_then(|place| at(&self.refunds, place)).copied();
                let page = PageRequest { after, limit };
                self.read("refunds", service::refunds(&road, scope, of, page).await);
            }
            Look::Bookings => {
                let state =
                    *at(&[None, Some(BookingState::Open), Some(BookingState::Cancelled)], filter).unwrap();
                let party =
                    after.filter(|n| n.is_multiple_of(2)).and_then(|place| at(&self.parties, place)).copied();
                let after = after.and_then(|place| at(&self.bookings, place)).copied();
                let filter = BookingFilter { state, party };
                self.read(
                    "bookings",
                    service::bookings(&road, scope, filter, PageRequest { after, limit }).await,
                );
            }
            Look::Advances => {
                let party =
                    after.filter(|n| n.is_multiple_of(2)).and_then(|place| at(&self.parties, place)).copied();
                let booking = after
                    .filter(|n| n.is_multiple_of(3))
                    .and_then(|place| at(&self.bookings, place))
                    .copied();
                let after = after.and_then(|place| at(&self.advances, place)).copied();
                let filter = AdvanceFilter { party, booking };
                self.read(
                    "advances",
                    service::advances(&road, scope, filter, PageRequest { after, limit }).await,
                );
            }
            Look::Positions => self.read("positions", service::booking_positions(&road, scope).await),
            Look::TrialBalance => {
                let as_of = filter.is_multiple_of(2).then_some(today);
                self.read("trial balance", service::trial_balance(&road, scope, as_of).await);
                self.read_books(scope, limit, filter).await;
            }
            Look::Statement(Pick(party)) => {
                let Some(party) = party.and_then(|place| at(&self.parties, place)).copied() else { return };
                let from = filter.is_multiple_of(2).then_some(today);
                self.read("statement", service::statement(&road, scope, party, from, None).await);
            }
            Look::Audit => {
                let action = *at(&[None, Some("invoice.issue"), Some("member.change")], filter).unwrap();
                let filter = AuditFilter { action: action.map(str::to_owned), ..AuditFilter::default() };
                let page = PageRequest { after: after.map(u64::from), limit };
                self.read("audit", read_audit(&road, scope, &filter, page).await);
            }
            Look::Members => {
                self.read("members", access::list_members(&road, scope, PageRequest::first(limit)).await);
            }
            Look::Tokens => {
                self.read("tokens", access::list_api_tokens(&road, scope, PageRequest::first(limit)).await);
            }
            Look::Settings => self.read("settings", access::settings(&road, scope).await),
        }
    }

    /// Reads the books' reports, of a month and of a day.
    async fn read_books(&mut self, scope: &Scope, limit: u16, filter: u8) {
        let road = self.shop.road.clone();
        let to = Some(self.shop.today());
        let days = Days { from: if filter.is_multiple_of(3) { to } else { None }, to };
        self.read("balance sheet", service::balance_sheet(&road, scope, to).await);
        self.read("profit and loss", service::profit_and_loss(&road, scope, days).await);
        self.read("metal books", service::metal_books(&road, scope, days).await);
        self.read("GSTR-3B", service::gstr3b(&road, scope, days).await);
        self.read("GSTR-1", service::gstr1(&road, scope, days).await);
        let read = service::ageing(&road, scope, to, PageRequest::first(limit)).await;
        let next = read.as_ref().ok().and_then(|(.., page)| page.next);
        self.read("ageing", read);
        self.read("ageing on", service::ageing(&road, scope, to, PageRequest { after: next, limit }).await);
        let read = service::day_book(&road, scope, days, PageRequest::first(limit)).await;
        let next = read.as_ref().ok().and_then(|page| page.next);
        self.read("day book", read);
        self.read(
            "day book on",
            service::day_book(&road, scope, days, PageRequest { after: next, limit }).await,
        );
    }
}
