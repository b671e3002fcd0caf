//! Who acts, and which operation comes next.

use aurex_core::{
    ledger::AccountId,
    rbac::Role,
    service::shop as service,
    shop::{
        identifiers::StateCode,
        invoices::InvoiceId,
        parties::{NewParty, PartyId},
        receipts::ReceiptId,
        stock::{ItemId, LotId},
    },
    store::{
        Housekeeping as _,
        conformance::{customer, gold_rate, grain, piece},
    },
    tenancy::{ApiTokenId, MemberId, Scope},
    time::{Clock as _, Timestamp},
};

use super::{
    deployment::{Deployment, SLUG, facts},
    heard::Heard,
    keys::Keys,
    laws::Follower,
    values::Draw,
};
use crate::bytes::Bytes;

/// A shop and everything in it that an operation can name.
pub(super) struct Play<'d> {
    pub(super) shop: Deployment,
    pub(super) draw: Draw<'d>,
    pub(super) follower: Follower,
    pub(super) keys: Keys,
    pub(super) parties: Vec<PartyId>,
    pub(super) items: Vec<ItemId>,
    pub(super) lots: Vec<LotId>,
    pub(super) bills: Vec<InvoiceId>,
    pub(super) receipts: Vec<ReceiptId>,
    pub(super) members: Vec<MemberId>,
    pub(super) tokens: Vec<ApiTokenId>,
    pub(super) accounts: Vec<AccountId>,
    /// What browsers carry.
    pub(super) cookies: Vec<String>,
    /// What programs carry.
    pub(super) secrets: Vec<String>,
    /// Scopes of requests that have not been answered yet.
    waiting: Vec<Scope>,
}

impl<'d> Play<'d> {
    /// Opens the shop.
    pub(super) async fn begin(data: &'d [u8]) -> Self {
        let shop = Deployment::open().await;
        let mut follower = Follower::new(shop.tenant);
        follower.look(&shop, None, Heard::Collected).await;
        let accounts = shop.reader().await.accounts_for(None).await.unwrap();
        let mut play = Self {
            draw: Draw(Bytes(data)),
            follower,
            keys: Keys::default(),
            parties: Vec::new(),
            items: Vec::new(),
            lots: Vec::new(),
            bills: Vec::new(),
            receipts: Vec::new(),
            members: vec![shop.owner],
            tokens: Vec::new(),
            accounts: accounts.into_iter().map(|account| account.id).collect(),
            cookies: Vec::new(),
            secrets: Vec::new(),
            waiting: Vec::new(),
            shop,
        };
        if !play.draw.one_in(4) {
            play.stock().await;
        }
        play
    }

    /// Puts something on the shelves and somebody before them, as no input would know to begin with.
    async fn stock(&mut self) {
        let (road, owner) = (self.shop.road.clone(), self.shop.vouched(Role::Owner));
        service::post_rate(&road, &owner, None, gold_rate(1_280_000)).await.unwrap();
        for tag in ["T-0", "T-1", "T-2"] {
            let state = Some(StateCode::parse("27").unwrap());
            let party =
                service::record_customer(&road, &owner, None, NewParty { state, ..customer(tag) }).await;
            self.parties.push(party.unwrap().value.id);
            let item = service::record_item(&road, &owner, None, piece(tag)).await;
            self.items.push(item.unwrap().value.item.id);
        }
        let lot = service::record_lot(&road, &owner, None, grain(100_000)).await;
        self.lots.push(lot.unwrap().value.lot.id);
        self.follower.look(&self.shop, None, Heard::Collected).await;
    }

    /// The time that a change made now would have.
    pub(super) fn now(&self) -> Timestamp {
        self.follower.head.moment(self.shop.clock.now())
    }

    /// Somebody: mostly the owner, often in a session, sometimes with a scope from before.
    async fn scope(&mut self) -> Scope {
        let choice = self.draw.byte();
        let place = usize::from(choice >> 4);
        let scope = match choice % 16 {
            0..=5 => self.entered(self.cookies.first()).await,
            6..=8 => self.entered(self.cookies.get(place)).await,
            9 | 10 => match self.secrets.get(place) {
                Some(secret) => self.shop.sign_in.api_token(SLUG, secret, facts()).await.ok(),
                None => None,
            },
            11 => self.waiting.get(place).cloned(),
            12 => {
                let role = self.draw.role();
                Some(self.shop.vouched(role))
            }
            _ => None,
        };
        scope.unwrap_or_else(|| self.shop.vouched(Role::Owner))
    }

    async fn entered(&self, cookie: Option<&String>) -> Option<Scope> {
        self.shop.sign_in.session(SLUG, cookie?, facts()).await.ok()
    }

    /// Does one thing, and looks whether the laws hold.
    pub(super) async fn step(&mut self) {
        self.pass_time();
        let scope = self.scope().await;
        let operation = self.draw.byte();
        let heard = match operation % 32 {
            30 => self.hold_a_turn(&scope).await,
            31 => {
                self.waiting.push(scope.clone());
                Heard::Nothing
            }
            _ => self.operation(operation, &scope).await,
        };
        self.follower.look(&self.shop, Some(&scope), heard).await;
    }

    pub(super) async fn operation(&mut self, operation: u8, scope: &Scope) -> Heard {
        match operation % 32 {
            0 | 1 => self.post_rate(scope).await,
            2 => self.record_customer(scope).await,
            3 => self.change_customer(scope).await,
            4 | 5 => self.record_item(scope).await,
            6 => self.record_lot(scope).await,
            7..=10 => self.issue(scope).await,
            11 => self.preview(scope).await,
            12 | 13 => self.cancel(scope).await,
            14..=16 => self.take(scope).await,
            17 | 18 => self.reverse(scope).await,
            19 => self.describe(scope).await,
            20 => self.add_member(scope).await,
            21 => self.change_member(scope).await,
            22 => self.enter().await,
            23 => self.sign_out(scope).await,
            24 => self.change_password(scope).await,
            25 => self.create_token(scope).await,
            26 => self.revoke_token(scope).await,
            27 => self.change_settings(scope).await,
            28 => self.tidy().await,
            _ => self.look(scope).await,
        }
    }

    /// Often a moment, now and then hours or days, and sometimes the machine's clock is set back.
    fn pass_time(&mut self) {
        const DAY: i64 = 86_400_000_000;
        let choice = self.draw.byte();
        let micros = match choice {
            0..=229 => i64::from(choice),
            230..=243 => 300_000_000 * i64::from(choice - 229),
            244..=249 => DAY * i64::from(choice - 243),
            250 | 251 => 30 * DAY,
            _ => -DAY / 12,
        };
        self.shop.clock.advance_micros(micros);
    }

    /// What happens in the background: dead keys go, the shell resets a password, observations go into the log.
    async fn tidy(&mut self) -> Heard {
        match self.draw.byte() % 3 {
            0 => {
                self.shop.store.sweep(self.now()).await.unwrap();
                Heard::Nothing
            }
            1 => self.reset_password().await,
            _ => self.collect().await,
        }
    }
}
