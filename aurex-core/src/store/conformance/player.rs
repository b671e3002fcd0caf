//! Plays deeds in one shop, and keeps a transcript of every answer, to the letter: results, ids, receipts, refusals,
//! pages. Two stores that keep the ports' word answer the same script with the same transcript.

use std::fmt::Debug;

use super::deeds::{Act, Deed, Line, Pick, Who};
use super::till::*;
use super::{Shop, shop as scripted};
use crate::audit::{Observation, Observed, Outcome};
use crate::identity::member::{ApiToken, Session};
use crate::identity::members::MemberPatch;
use crate::identity::tokens::NewApiToken;
use crate::measure::{Metal, RateKind};
use crate::rbac::{Catalogue, Role};
use crate::service::{
    Collecting, Done, Presented, ServiceError, access, collect_observations, shop as service,
};
use crate::shop::bookings::{AdvanceId, BookingId};
use crate::shop::identifiers::Huid;
use crate::shop::invoices::{InvoiceId, NewBill};
use crate::shop::metal::{MetalVoucherId, MetalVoucherKind};
use crate::shop::notes::BillNoteId;
use crate::shop::parties::{PartyId, PartyPatch};
use crate::shop::payments::PaymentId;
use crate::shop::rates::NewRate;
use crate::shop::receipts::{NewReceipt, ReceiptId};
use crate::shop::refunds::RefundId;
use crate::shop::stock::{ItemId, ItemPatch, LotId, NewItem};
use crate::shop::vouchers::JournalVoucherId;
use crate::tenancy::{Id, MemberId, Scope};
use crate::text::{Label, Name, Note};
use crate::time::Clock as _;

/// A script being played in one shop.
pub(super) struct Player {
    pub(super) shop: Shop,
    pub(super) parties: Vec<PartyId>,
    pub(super) items: Vec<ItemId>,
    pub(super) lots: Vec<LotId>,
    pub(super) bills: Vec<InvoiceId>,
    pub(super) receipts: Vec<ReceiptId>,
    pub(super) credit_notes: Vec<BillNoteId>,
    pub(super) debit_notes: Vec<BillNoteId>,
    pub(super) refunds: Vec<RefundId>,
    /// The supplier and the goldsmith.
    pub(super) traders: [PartyId; 2],
    pub(super) vouchers: Vec<(MetalVoucherId, MetalVoucherKind)>,
    pub(super) payments: Vec<PaymentId>,
    pub(super) by_hand: Vec<JournalVoucherId>,
    pub(super) bookings: Vec<BookingId>,
    pub(super) advances: Vec<AdvanceId>,
    pub(super) members: Vec<MemberId>,
    pub(super) sessions: Vec<Session>,
    tokens: Vec<ApiToken>,
    held: Vec<Scope>,
    keyed: Option<Act>,
    transcript: Vec<String>,
    pub(super) done: usize,
}

/// The element at a place, counted round.
pub(super) fn at<T>(of: &[T], place: u8) -> Option<&T> {
    of.get(usize::from(place).checked_rem(of.len())?)
}

/// The id that is meant: one of those there, or one that never was.
pub(super) fn picked<I: Id>(of: &[I], pick: Pick) -> I {
    let nowhere = I::from_uuid(uuid::Uuid::from_u128(7));
    pick.0.and_then(|place| at(of, place)).copied().unwrap_or(nowhere)
}

fn refusal_of(error: &ServiceError) -> String {
    // A store that works refuses nothing that a decision let through.
    assert!(error.code().is_some(), "{error:?}");
    format!("{}: {error}", error.code().unwrap_or_default())
}

fn huid(n: u8) -> Huid {
    Huid::parse(&format!("HUID{n:02}")).unwrap()
}

impl Player {
    /// Stocks the shop, so that there is something to sell and somebody to sell it to.
    pub(super) async fn begin(shop: Shop) -> Self {
        let mut player = Self {
            parties: Vec::new(),
            items: Vec::new(),
            lots: Vec::new(),
            bills: Vec::new(),
            receipts: Vec::new(),
            credit_notes: Vec::new(),
            debit_notes: Vec::new(),
            refunds: Vec::new(),
            traders: [PartyId::from_uuid(uuid::Uuid::nil()); 2],
            vouchers: Vec::new(),
            payments: Vec::new(),
            by_hand: Vec::new(),
            bookings: Vec::new(),
            advances: Vec::new(),
            members: Role::ALL.iter().map(|role| shop.member(*role).id).collect(),
            sessions: Role::ALL.iter().map(|role| shop.session(*role).clone()).collect(),
            tokens: Vec::new(),
            held: Vec::new(),
            keyed: None,
            transcript: Vec::new(),
            done: 0,
            shop,
        };
        let shop = &player.shop;
        shop.rate(1_280_000).await;
        for n in 0..2 {
            player.parties.push(shop.customer(&format!("Customer {n}")).await.id);
            player.items.push(shop.item(&format!("BEGIN-{n}")).await.id);
        }
        player.lots.push(shop.lot(50_000).await.id);
        player.begin_metal().await;
        player
    }

    /// How many changes were made.
    pub(super) fn done(&self) -> usize {
        self.done
    }

    /// Everything that was answered so far.
    pub(super) fn transcript(&self) -> &[String] {
        &self.transcript
    }

    pub(super) fn say(&mut self, what: &str, answer: impl Debug) {
        self.transcript.push(format!("{what} → {answer:?}"));
    }

    pub(super) fn noted<T: Debug>(&mut self, what: &str, answer: Result<Done<T>, ServiceError>) -> Option<T> {
        match answer {
            Ok(done) => {
                self.say(what, &done);
                self.done += usize::from(done.receipt.is_some());
                (!done.replayed).then_some(done.value)
            }
            Err(error) => {
                self.transcript.push(format!("{what} → {}", refusal_of(&error)));
                None
            }
        }
    }

    pub(super) fn read<T: Debug>(&mut self, what: &str, answer: Result<T, ServiceError>) {
        match answer {
            Ok(value) => self.say(what, value),
            Err(error) => self.transcript.push(format!("{what} → {}", refusal_of(&error))),
        }
    }

    /// Who asks, as the door would have it at this moment. Sessions do not run out here, or nobody would be left.
    async fn scope(&self, who: Who) -> Option<Scope> {
        let session = match who {
            Who::Held(pick) => return at(&self.held, pick.0?).cloned(),
            Who::Token(pick) => {
                let token = at(&self.tokens, pick.0?)?;
                let known = self.shop.road.store.known_token(self.shop.tenant, &token.token_hash).await;
                let known = known.unwrap().filter(|known| known.token.revoked_at.is_none())?;
                if known.member.disabled {
                    return None;
                }
                return Some(self.shop.token_scope(token).await);
            }
            Who::Session(pick) => at(&self.sessions, pick.0?)?,
            Who::Role(role) => {
                let member = self.shop.member(role).id;
                self.sessions.iter().rev().find(|session| session.member == member)?
            }
        };
        let known =
            self.shop.road.store.known_session(self.shop.tenant, &session.token_hash).await.unwrap()?;
        if known.member.disabled || known.session.closed_at.is_some() {
            return None;
        }
        Some(self.shop.session_scope(session).await)
    }

    /// Does one thing.
    pub(super) async fn play(&mut self, act: &Act) {
        self.shop.clock.advance_micros(act.micros);
        let act = match act.deed {
            Deed::Again => match self.keyed.clone() {
                Some(keyed) => keyed,
                None => return self.say("nothing to send again", ()),
            },
            _ => act.clone(),
        };
        let Some(scope) = self.scope(act.who).await else {
            self.say("not signed in", act.who);
            // Whoever is still welcome signs in again, or the shop would empty within a few deeds.
            if let Who::Role(role) = act.who {
                self.sign_in(self.shop.member(role).id).await;
            }
            return;
        };
        let presented =
            act.key.map(|(text, content)| key(&text.to_string(), &[("/content", &content.to_string())]));
        if presented.is_some() {
            self.keyed = Some(act.clone());
        }
        self.deed(&scope, presented.as_ref(), act.deed).await;
    }

    async fn deed(&mut self, scope: &Scope, presented: Option<&Presented>, deed: Deed) {
        let road = self.shop.road.clone();
        match deed {
            Deed::Look { what, limit, after, filter } => self.look(scope, what, limit, after, filter).await,
            Deed::PostRate { metal, kind, paise } => {
                self.post_rate(scope, presented, metal, kind, paise).await
            }
            Deed::RecordCustomer { name, plain } => {
                let mut new = customer(&format!("Customer {name}"));
                if plain {
                    (new.address, new.state, new.phone) = (None, None, None);
                }
                let answer = service::record_customer(&road, scope, presented, new).await;
                let made = self.noted("customer.record", answer);
                self.parties.extend(made.map(|party| party.id));
            }
            Deed::ChangeCustomer { which, version, with_address } => {
                let address = customer("X").address.filter(|_| with_address);
                let patch = PartyPatch { address: Some(address), ..PartyPatch::default() };
                let id = picked(&self.parties, which);
                self.noted(
                    "customer.change",
                    service::change_customer(&road, scope, id, version, patch).await,
                );
            }
            Deed::RecordItem { tag, gross, cost, huid: id } => {
                let (gross, cost, huid) = (mg(gross), cost.map(paise), id.map(huid));
                let new = NewItem { gross, cost, huid, ..piece(&format!("T-{tag}")) };
                let answer = service::record_item(&road, scope, presented, new).await;
                let made = self.noted("item.record", answer);
                self.items.extend(made.map(|view| view.item.id));
            }
            Deed::DescribeItem { which, version, tag, huid: id } => {
                let tag = tag.map(|n| Label::new(format!("T-{n}")).unwrap());
                let patch = ItemPatch { tag, huid: id.map(|id| id.map(huid)), ..ItemPatch::default() };
                let id = picked(&self.items, which);
                self.noted("item.describe", service::describe_item(&road, scope, id, version, patch).await);
            }
            Deed::RecordLot { mg } => {
                let answer = service::record_lot(&road, scope, presented, grain(mg)).await;
                let made = self.noted("lot.record", answer);
                self.lots.extend(made.map(|view| view.lot.id));
            }
            Deed::Issue { party, lines, discount, days, preview, booking } => {
                let mut bill = self.bill(party, &lines, discount, days);
                // The customer who booked buys the first line at the booked rate.
                if let Some(id) = booking.map(|booking| picked(&self.bookings, booking)) {
                    let found = self.shop.reader().await.booking(id).await.unwrap();
                    bill.party = found.map_or(bill.party, |booking| booking.party);
                    bill.lines.iter_mut().take(1).for_each(|line| line.booking = Some(id));
                }
                if preview {
                    let answer = service::preview_invoice(&road, scope, &bill).await;
                    self.read("invoice.preview", answer.map(|preview| preview.priced));
                }
                let answer = service::issue_invoice(&road, scope, presented, &bill).await;
                let made = self.noted("invoice.issue", answer);
                self.bills.extend(made.map(|bill| bill.invoice.id));
            }
            Deed::Cancel { bill } => {
                let (id, reason) = (picked(&self.bills, bill), Note::new("Billed twice").unwrap());
                let answer = service::cancel_invoice(&road, scope, presented, id, reason).await;
                self.noted("invoice.cancel", answer);
            }
            Deed::Take { party, mode, total, bill } => {
                let bill = bill.map(|(bill, minor)| (picked(&self.bills, bill), minor));
                let party = self.payer(party, bill).await;
                let new: NewReceipt = money(party, mode, total, bill.as_slice());
                let answer = service::record_receipt(&road, scope, presented, &new).await;
                let made = self.noted("receipt.record", answer);
                self.receipts.extend(made.map(|taken| taken.receipt.id));
            }
            Deed::Reverse { receipt } => {
                let (id, reason) = (picked(&self.receipts, receipt), Note::new("Bounced").unwrap());
                let answer = service::reverse_receipt(&road, scope, presented, id, reason).await;
                self.noted("receipt.reverse", answer);
            }
            Deed::Book { .. }
            | Deed::CancelBooking { .. }
            | Deed::TakeAhead { .. }
            | Deed::ReverseAhead { .. }
            | Deed::Settle { .. }
            | Deed::PayAhead { .. } => self.agree(scope, presented, deed).await,
            Deed::Credit { .. }
            | Deed::Debit { .. }
            | Deed::CancelNote { .. }
            | Deed::PayBack { .. }
            | Deed::ReverseRefund { .. } => self.amend(scope, presented, deed).await,
            Deed::Metal(deed) => self.metal(scope, presented, deed).await,
            Deed::Closing(deed) => self.close(scope, presented, deed).await,
            other => self.admit(scope, presented, other).await,
        }
    }

    async fn post_rate(
        &mut self,
        scope: &Scope,
        presented: Option<&Presented>,
        metal: Metal,
        kind: RateKind,
        paise: i64,
    ) {
        let new = NewRate { metal, kind, ..gold_rate(paise) };
        self.noted("rate.post", service::post_rate(&self.shop.road, scope, presented, new).await);
    }

    fn bill(&self, party: Pick, lines: &[Line], discount: Option<i64>, days: i64) -> NewBill {
        let party = picked(&self.parties, party);
        let mut bill = bill_of(party, &[]);
        for line in lines {
            bill.lines.extend(match *line {
                Line::Item(item) => bill_of(party, &[picked(&self.items, item)]).lines,
                Line::Lot(lot, mg) => bill_of_lot(party, picked(&self.lots, lot), mg).lines,
            });
        }
        bill.discount = discount.map(paise);
        bill.date = (days != 0).then(|| crate::time::plus_days(self.shop.today(), days));
        bill
    }

    /// Mostly a bill's own customer pays it.
    pub(super) async fn payer(&self, party: Option<Pick>, bill: Option<(InvoiceId, i64)>) -> PartyId {
        match (party, bill) {
            (None, Some((bill, _))) => {
                let found = self.shop.reader().await.invoice(bill).await.unwrap();
                found.map_or(picked(&self.parties, Pick(Some(0))), |bill| bill.invoice.party)
            }
            (party, _) => picked(&self.parties, party.unwrap_or(Pick(Some(0)))),
        }
    }

    /// Deeds about who may come in, and turns that the shop drives itself.
    async fn admit(&mut self, scope: &Scope, presented: Option<&Presented>, deed: Deed) {
        let road = self.shop.road.clone();
        match deed {
            Deed::ChangeMember { which, version, role, disabled } => {
                let (id, patch) =
                    (picked(&self.members, which), MemberPatch { role, disabled, ..MemberPatch::default() });
                self.noted("member.change", access::change_member(&road, scope, id, version, &patch).await);
            }
            Deed::SignOut => {
                self.noted("session.close", access::close_session(&road, scope).await);
            }
            Deed::CreateToken => {
                let name = Name::new("Tally bridge").unwrap();
                let new = NewApiToken { name, permissions: None, expires_in_days: 30 };
                let catalogue = Catalogue::core();
                let answer = access::create_api_token(&road, &catalogue, scope, presented, new).await;
                let made = self.noted("token.create", answer);
                self.tokens.extend(made.map(|created| created.token));
            }
            Deed::RevokeToken { which } => {
                let tokens: Vec<_> = self.tokens.iter().map(|token| token.id).collect();
                let answer = access::revoke_api_token(&road, scope, picked(&tokens, which)).await;
                self.noted("token.revoke", answer);
            }
            Deed::Hold => {
                self.say("hold", scope.actor());
                self.held.push(scope.clone());
            }
            Deed::AddMember { address, role } => self.add_member(address, role).await,
            Deed::SignIn { which } => self.sign_in(picked(&self.members, which)).await,
            Deed::TwoChanges { collide, ending } => self.two_changes(collide, ending).await,
            Deed::Observe { account } => {
                let (who, what) = (Observed::anonymous(), ("account", format!("a{account}")));
                let (now, facts) = (self.shop.clock.now(), scripted::facts("sign-in"));
                let why = "wrong_password";
                let seen = Observation::new(now, who, &facts, "session.refused", what, Outcome::Refused, why);
                self.say("observe", road.store.observe(self.shop.tenant, &seen).await.is_ok());
            }
            Deed::Collect => {
                let job = self.shop.entrances.jobs.job::<Collecting>();
                let answer = collect_observations(&road, &job, self.shop.tenant, 100).await;
                self.read("collect", answer);
            }
            other => unreachable!("{other:?} is played elsewhere"),
        }
    }
}
