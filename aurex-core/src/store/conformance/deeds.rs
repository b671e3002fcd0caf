//! What may come to a shop's mind: deeds as data, so that a script of them can be drawn, shrunk, printed and played.
//!
//! A deed names what it is about by [`Pick`], a place in the list of what the shop has made so far. The same script
//! therefore means the same on every store, and still means something when shrinking has taken deeds out of it.

use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;

use super::closing_deeds::{ClosingDeed, closing};
use super::metal_deeds::{MetalDeed, metal};
use crate::measure::{Metal, RateKind};
use crate::rbac::Role;
use crate::shop::bookings::LockPolicy;
use crate::shop::receipts::PaymentMode;

/// One of those that are there, counted round; or one that never was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pick(pub(super) Option<u8>);

/// Who does it: a member by the last session they opened, a session, a token, or a scope made some time ago.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    Role(Role),
    Session(Pick),
    Token(Pick),
    Held(Pick),
}

/// A line of a bill.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line {
    Item(Pick),
    Lot(Pick, i64),
}

/// A line of a credit note: which, whether its goods come back and how much of them, and for what.
#[derive(Debug, Clone, Copy)]
pub(super) struct CreditLine {
    pub(super) line: u16,
    pub(super) back: bool,
    pub(super) mg: Option<i64>,
    pub(super) paise: Option<i64>,
}

/// How a turn that the shop drives itself ends.
#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    Commit,
    Rollback,
    Drop,
}

/// Something to read; the number says which of its filters and cursors.
#[derive(Debug, Clone, Copy)]
pub(super) enum Look {
    RateBoard,
    RateHistory,
    Customers,
    Items,
    Lots,
    Invoices,
    Receipts,
    Notes,
    Refunds,
    Bookings,
    Advances,
    Positions,
    TrialBalance,
    Statement(Pick),
    Audit,
    Members,
    Tokens,
    Settings,
}

/// Something that a shop does.
#[derive(Debug, Clone)]
pub(super) enum Deed {
    Look {
        what: Look,
        limit: u16,
        after: Option<u8>,
        filter: u8,
    },
    PostRate {
        metal: Metal,
        kind: RateKind,
        paise: i64,
    },
    RecordCustomer {
        name: u8,
        plain: bool,
    },
    ChangeCustomer {
        which: Pick,
        version: u32,
        with_address: bool,
    },
    RecordItem {
        tag: u8,
        gross: i64,
        cost: Option<i64>,
        huid: Option<u8>,
    },
    DescribeItem {
        which: Pick,
        version: u32,
        tag: Option<u8>,
        huid: Option<Option<u8>>,
    },
    RecordLot {
        mg: i64,
    },
    Issue {
        party: Pick,
        lines: Vec<Line>,
        discount: Option<i64>,
        days: i64,
        preview: bool,
        booking: Option<Pick>,
    },
    Book {
        party: Pick,
        mg: i64,
        policy: LockPolicy,
        days: i64,
        paid: Option<i64>,
    },
    CancelBooking {
        booking: Pick,
    },
    TakeAhead {
        party: Pick,
        booking: Option<Pick>,
        total: i64,
    },
    ReverseAhead {
        advance: Pick,
    },
    Settle {
        advance: Pick,
        bill: Pick,
        total: i64,
    },
    PayAhead {
        advance: Pick,
        total: i64,
    },
    Cancel {
        bill: Pick,
    },
    Take {
        party: Option<Pick>,
        mode: PaymentMode,
        total: i64,
        bill: Option<(Pick, i64)>,
    },
    Reverse {
        receipt: Pick,
    },
    Credit {
        bill: Pick,
        lines: Vec<CreditLine>,
        without_tax: bool,
        preview: bool,
    },
    Debit {
        bill: Pick,
        line: u16,
        paise: i64,
    },
    CancelNote {
        note: Pick,
        debit: bool,
    },
    PayBack {
        party: Pick,
        note: Option<Pick>,
        mode: PaymentMode,
        total: i64,
    },
    ReverseRefund {
        refund: Pick,
    },
    AddMember {
        address: u8,
        role: Role,
    },
    ChangeMember {
        which: Pick,
        version: u32,
        role: Option<Role>,
        disabled: Option<bool>,
    },
    SignIn {
        which: Pick,
    },
    SignOut,
    CreateToken,
    RevokeToken {
        which: Pick,
    },
    Hold,
    TwoChanges {
        collide: bool,
        ending: Ending,
    },
    Observe {
        account: u8,
    },
    Collect,
    Metal(MetalDeed),
    Closing(ClosingDeed),
    Again,
}

/// A deed, by whom, under which idempotency key, and how much time passes before.
#[derive(Debug, Clone)]
pub(super) struct Act {
    pub(super) who: Who,
    pub(super) key: Option<(u8, u8)>,
    pub(super) micros: i64,
    pub(super) deed: Deed,
}

/// What the script has made so far, as far as it can be known without playing it: what was tried.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Model {
    bills: u8,
    receipts: u8,
    notes: u8,
    refunds: u8,
    bookings: u8,
    advances: u8,
    tokens: u8,
    held: u8,
}

impl Model {
    /// Whether the act is about something that may be there.
    pub(super) fn allows(self, act: &Act) -> bool {
        let carried = match act.who {
            Who::Token(_) => self.tokens > 0,
            Who::Held(_) => self.held > 0,
            Who::Role(_) | Who::Session(_) => true,
        };
        carried
            && match act.deed {
                Deed::Cancel { .. } => self.bills > 0,
                Deed::Reverse { .. } => self.receipts > 0,
                Deed::Credit { .. } | Deed::Debit { .. } => self.bills > 0,
                Deed::CancelNote { .. } => self.notes > 0,
                Deed::PayBack { .. } => self.receipts > 0,
                Deed::ReverseRefund { .. } => self.refunds > 0,
                Deed::CancelBooking { .. } => self.bookings > 0,
                Deed::ReverseAhead { .. } | Deed::PayAhead { .. } => self.advances > 0,
                Deed::Settle { .. } => self.advances > 0 && self.bills > 0,
                Deed::RevokeToken { .. } => self.tokens > 0,
                _ => true,
            }
    }

    /// The script after the act.
    pub(super) fn after(mut self, act: &Act) -> Self {
        let made = match act.deed {
            Deed::Issue { .. } => &mut self.bills,
            Deed::Take { .. } => &mut self.receipts,
            Deed::Credit { .. } | Deed::Debit { .. } => &mut self.notes,
            Deed::PayBack { .. } => &mut self.refunds,
            Deed::Book { .. } => &mut self.bookings,
            Deed::TakeAhead { .. } => &mut self.advances,
            Deed::CreateToken => &mut self.tokens,
            Deed::Hold => &mut self.held,
            _ => return self,
        };
        *made = made.saturating_add(1);
        self
    }
}

pub(super) fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![14 => (0_u8..8).prop_map(|n| Pick(Some(n))), 1 => Just(Pick(None))]
}

fn role() -> impl Strategy<Value = Role> {
    select(Role::ALL.to_vec())
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        12 => Just(Who::Role(Role::Owner)),
        4 => role().prop_map(Who::Role),
        1 => pick().prop_map(Who::Session),
        1 => pick().prop_map(Who::Token),
        1 => pick().prop_map(Who::Held),
    ]
}

fn look() -> impl Strategy<Value = Deed> {
    use Look::*;
    let whole = [
        RateBoard,
        RateHistory,
        Customers,
        Items,
        Lots,
        Invoices,
        Receipts,
        Notes,
        Refunds,
        Bookings,
        Advances,
        Positions,
        TrialBalance,
        Audit,
        Members,
        Tokens,
        Settings,
    ];
    let what = prop_oneof![6 => select(whole.to_vec()), 1 => pick().prop_map(Statement)];
    (what, 1_u16..6, weighted(0.4, 0_u8..8), 0_u8..12).prop_map(|(what, limit, after, filter)| Deed::Look {
        what,
        limit,
        after,
        filter,
    })
}

fn version() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(1_u32), 1 => 2_u32..4]
}

/// What is on sale, and to whom.
fn stock() -> BoxedStrategy<Deed> {
    let metal = prop_oneof![3 => Just(Metal::Gold), 1 => Just(Metal::Silver)];
    let kind = prop_oneof![3 => Just(RateKind::Sell), 1 => Just(RateKind::Buy)];
    prop_oneof![
        3 => (metal, kind, 1_200_000_i64..1_300_000)
            .prop_map(|(metal, kind, paise)| Deed::PostRate { metal, kind, paise }),
        1 => (0_u8..40, any::<bool>()).prop_map(|(name, plain)| Deed::RecordCustomer { name, plain }),
        1 => (pick(), version(), any::<bool>())
            .prop_map(|(which, version, with_address)| Deed::ChangeCustomer { which, version, with_address }),
        3 => (0_u8..40, 1_i64..20_000, weighted(0.5, 0_i64..1_000_000), weighted(0.3, 0_u8..4))
            .prop_map(|(tag, gross, cost, huid)| Deed::RecordItem { tag, gross, cost, huid }),
        2 => (pick(), version(), weighted(0.5, 0_u8..40), weighted(0.5, weighted(0.5, 0_u8..4)))
            .prop_map(|(which, version, tag, huid)| Deed::DescribeItem { which, version, tag, huid }),
        1 => (1_i64..50_000).prop_map(|mg| Deed::RecordLot { mg }),
    ]
    .boxed()
}

/// What is sold, and paid.
fn trade() -> BoxedStrategy<Deed> {
    let line = prop_oneof![
        2 => pick().prop_map(Line::Item),
        1 => (pick(), 1_i64..9000).prop_map(|(lot, mg)| Line::Lot(lot, mg)),
    ];
    let day = prop_oneof![6 => Just(0_i64), 1 => -3_i64..2];
    prop_oneof![
        4 => (
            pick(),
            vec(line, 1..4),
            weighted(0.2, 0_i64..10_000),
            day,
            any::<bool>(),
            weighted(0.4, pick()),
        )
            .prop_map(|(party, lines, discount, days, preview, booking)| Deed::Issue {
                party,
                lines,
                discount,
                days,
                preview,
                booking,
            }),
        1 => pick().prop_map(|bill| Deed::Cancel { bill }),
        2 => (
            weighted(0.3, pick()),
            select(PaymentMode::ALL.to_vec()),
            1_i64..4_000_000,
            weighted(0.7, (pick(), 1_i64..3_000_000)),
        )
            .prop_map(|(party, mode, total, bill)| Deed::Take { party, mode, total, bill }),
        1 => pick().prop_map(|receipt| Deed::Reverse { receipt }),
    ]
    .boxed()
}

/// What is agreed before there is a bill, and what uses it.
fn ahead() -> BoxedStrategy<Deed> {
    let days = prop_oneof![4 => 0_i64..20, 1 => -1_i64..40];
    prop_oneof![
        4 => (pick(), 1_i64..9000, select(LockPolicy::ALL.to_vec()), days, weighted(0.8, 1_i64..4_000_000))
            .prop_map(|(party, mg, policy, days, paid)| Deed::Book { party, mg, policy, days, paid }),
        1 => pick().prop_map(|booking| Deed::CancelBooking { booking }),
        2 => (pick(), weighted(0.5, pick()), 1_i64..2_000_000)
            .prop_map(|(party, booking, total)| Deed::TakeAhead { party, booking, total }),
        1 => pick().prop_map(|advance| Deed::ReverseAhead { advance }),
        3 => (pick(), pick(), 1_i64..2_000_000)
            .prop_map(|(advance, bill, total)| Deed::Settle { advance, bill, total }),
        1 => (pick(), 1_i64..2_000_000).prop_map(|(advance, total)| Deed::PayAhead { advance, total }),
    ]
    .boxed()
}

/// What is put right afterwards.
fn amends() -> BoxedStrategy<Deed> {
    let line = (1_u16..4, any::<bool>(), weighted(0.3, 1_i64..9000), weighted(0.4, 0_i64..3_000_000))
        .prop_map(|(line, back, mg, paise)| CreditLine { line, back, mg, paise });
    prop_oneof![
        6 => (pick(), vec(line, 0..3), weighted(0.1, Just(())), any::<bool>()).prop_map(
            |(bill, lines, without, preview)| Deed::Credit {
                bill,
                lines,
                without_tax: without.is_some(),
                preview
            }
        ),
        2 => (pick(), 1_u16..3, 1_i64..500_000).prop_map(|(bill, line, paise)| Deed::Debit { bill, line, paise }),
        2 => (pick(), weighted(0.3, Just(()))).prop_map(|(note, debit)| Deed::CancelNote {
            note,
            debit: debit.is_some()
        }),
        3 => (pick(), weighted(0.4, pick()), select(PaymentMode::ALL.to_vec()), 1_i64..2_000_000)
            .prop_map(|(party, note, mode, total)| Deed::PayBack { party, note, mode, total }),
        1 => pick().prop_map(|refund| Deed::ReverseRefund { refund }),
    ]
    .boxed()
}

/// Who may come in, and what is seen of those who may not.
fn access() -> BoxedStrategy<Deed> {
    let ending = select(vec![Ending::Commit, Ending::Rollback, Ending::Drop]);
    prop_oneof![
        1 => (0_u8..4, role()).prop_map(|(address, role)| Deed::AddMember { address, role }),
        2 => (pick(), version(), weighted(0.7, role()), weighted(0.4, any::<bool>())).prop_map(
            |(which, version, role, disabled)| Deed::ChangeMember { which, version, role, disabled }
        ),
        2 => pick().prop_map(|which| Deed::SignIn { which }),
        1 => Just(Deed::SignOut),
        1 => Just(Deed::CreateToken),
        1 => pick().prop_map(|which| Deed::RevokeToken { which }),
        1 => Just(Deed::Hold),
        5 => (any::<bool>(), ending).prop_map(|(collide, ending)| Deed::TwoChanges { collide, ending }),
        1 => (0_u8..2).prop_map(|account| Deed::Observe { account }),
        1 => Just(Deed::Collect),
        4 => Just(Deed::Again),
    ]
    .boxed()
}

/// Anything that a shop may do next.
pub(super) fn act() -> BoxedStrategy<Act> {
    // Mostly a moment passes, now and then none, a day, or the machine's clock is set back.
    let micros = prop_oneof![
        30 => Just(1000_i64),
        6 => Just(0_i64),
        1 => Just(86_400_000_000_i64),
        1 => Just(-7_200_000_000_i64),
    ];
    let deed = prop_oneof![
        3 => look(),
        5 => stock(),
        6 => trade(),
        4 => ahead(),
        4 => amends(),
        5 => metal().prop_map(Deed::Metal),
        3 => closing().prop_map(Deed::Closing),
        6 => access(),
    ];
    (who(), weighted(0.3, (0_u8..3, 0_u8..2)), micros, deed)
        .prop_map(|(who, key, micros, deed)| Act { who, key, micros, deed })
        .boxed()
}
