//! What decides who may do what beside members and their sessions: custom roles, second factors, numbers, tills, links,
//! approvals; and the mails about it.

use std::slice;

use super::forge::{forge, insert, replace};
use super::world::refusal;
use super::{Shop, World};
use crate::chance::draw;
use crate::identity::actions::{AddMember, ChangeCustomRoles};
use crate::identity::approvals::{Approval, ApprovalState};
use crate::identity::links::{Link, LinkPurpose};
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::{Member, Pin, RecoveryCode, SecondFactor, Session};
use crate::identity::roles::{CustomRole, RoleCap};
use crate::identity::tills::Till;
use crate::identity::vault::Ciphertext;
use crate::rbac::Role;
use crate::store::{Fact, MemberRules, PageRequest, StoreError};
use crate::tenancy::{
    AccessInForce, AccessRule, ApprovalId, Assurance, BillingDetails, Contact, ContactKind, CustomRoleId,
    LinkId, MailId, OpenHours, PayeeDetails, PlanState, SessionId, TillId, Weekday, WhenOutside, Workspace,
};
use crate::text::{Label, Name, Note};
use crate::time::{Clock as _, Timestamp};

/// A row of every table of access.
pub(super) struct AccessRows {
    pub(super) role: CustomRole,
    pub(super) factor: SecondFactor,
    pub(super) pin: Pin,
    pub(super) till: Till,
    pub(super) link: Link,
    pub(super) approval: Approval,
    pub(super) mail: Mail,
}

impl AccessRows {
    fn of(shop: &Shop) -> Self {
        let (now, entropy) = (shop.clock.now(), &*shop.entropy);
        let (cashier, manager) = (shop.member(Role::Cashier), shop.member(Role::Manager));
        Self {
            role: CustomRole {
                id: CustomRoleId::new(now, entropy),
                name: Name::new("Trainee").unwrap(),
                base: Role::Cashier,
                withheld: vec!["receipt.record".to_owned(), "customer.record".to_owned()],
                caps: vec![RoleCap { name: "discount_ppm".to_owned(), most: 20_000 }],
                retired: false,
                created_at: now,
                version: 1,
            },
            factor: SecondFactor {
                member: manager.id,
                seed: Some(Ciphertext::new(vec![1, 0, 255, 7])),
                added_at: now,
                confirmed_at: Some(now),
                last_step: Some(58_000_000),
                recovery: vec![
                    RecoveryCode { hash: [3; 32], used_at: None },
                    RecoveryCode { hash: [4; 32], used_at: Some(now) },
                ],
                removed_at: None,
            },
            pin: Pin { member: cashier.id, hash: "bcrypt$p1$…".to_owned(), set_at: now, removed_at: None },
            till: Till {
                id: TillId::new(now, entropy),
                name: Name::new("Front counter").unwrap(),
                token_hash: draw(entropy),
                enrolled_by: manager.id,
                enrolled_at: now,
                revoked_at: None,
            },
            link: Link {
                id: LinkId::new(now, entropy),
                member: cashier.id,
                purpose: LinkPurpose::Reset,
                token_hash: draw(entropy),
                code_hash: Some("bcrypt$p1$…".to_owned()),
                browser: Some(draw(entropy)),
                made_at: now,
                expires_at: now.plus_seconds(600),
                used_at: None,
            },
            approval: Approval {
                id: ApprovalId::new(now, entropy),
                action: "invoice.cancel".to_owned(),
                subject: "inv_1".to_owned(),
                command: r#"{"reason":"wrong गहना"}"#.to_owned(),
                digest: draw(entropy),
                asked_by: cashier.id,
                session: shop.session(Role::Cashier).id,
                asked_at: now,
                expires_at: now.plus_seconds(86_400),
                state: ApprovalState::Waiting,
                decided_by: None,
                decided_at: None,
                reason: None,
            },
            mail: Mail {
                id: MailId::new(now, entropy),
                kind: MailKind::PasswordReset,
                member: Some(cashier.id),
                recipient: Some(cashier.email.clone()),
                content: Ciphertext::new(vec![1; 40]),
                queued_at: now,
            },
        }
    }

    fn facts(&self) -> Vec<Fact> {
        vec![
            self.role.clone().into(),
            self.factor.clone().into(),
            self.pin.clone().into(),
            self.till.clone().into(),
            self.link.clone().into(),
            self.approval.clone().into(),
            self.mail.clone().into(),
        ]
    }
}

impl Shop {
    async fn put(&self, rows: Vec<Fact>, is_new: bool) {
        self.tick();
        let owner = self.owner().await;
        let mut turn = self.writer(&owner).await.unwrap();
        let seal = if is_new { insert::<AddMember> } else { replace::<AddMember> };
        turn.apply(seal(&owner, &*self.entropy, rows)).await.unwrap();
        turn.commit().await.unwrap();
    }

    /// Puts a row of every table of access.
    pub(super) async fn access_rows(&self) -> AccessRows {
        let rows = AccessRows::of(self);
        self.put(rows.facts(), true).await;
        rows
    }

    async fn rules_of(&self, role: Role) -> MemberRules {
        let email = &self.member(role).email;
        self.road.store.known_member(self.tenant, email).await.unwrap().unwrap().rules
    }
}

/// Every field of every row comes back as it was put, by key and in lists.
pub async fn every_row_of_access_is_read_as_it_was_put(world: &World) {
    let shop = world.shop("meena").await;
    let rows = shop.access_rows().await;
    let mut reader = shop.reader().await;
    let (cashier, manager) = (shop.member(Role::Cashier).id, shop.member(Role::Manager).id);
    assert_eq!(reader.custom_role(rows.role.id).await.unwrap().as_ref(), Some(&rows.role));
    assert_eq!(reader.custom_roles().await.unwrap(), slice::from_ref(&rows.role));
    assert_eq!(reader.second_factor(manager).await.unwrap().as_ref(), Some(&rows.factor));
    assert_eq!(reader.second_factor(cashier).await.unwrap(), None);
    assert_eq!(reader.pin(cashier).await.unwrap().as_ref(), Some(&rows.pin));
    assert_eq!(reader.till(rows.till.id).await.unwrap().as_ref(), Some(&rows.till));
    assert_eq!(reader.tills().await.unwrap(), slice::from_ref(&rows.till));
    assert_eq!(reader.link(rows.link.id).await.unwrap().as_ref(), Some(&rows.link));
    assert_eq!(reader.open_links(cashier).await.unwrap(), slice::from_ref(&rows.link));
    assert_eq!(reader.open_links(manager).await.unwrap(), []);
    assert_eq!(reader.approval(rows.approval.id).await.unwrap().as_ref(), Some(&rows.approval));
    let first = PageRequest { after: None, limit: 10 };
    assert_eq!(reader.mails(first).await.unwrap().items, slice::from_ref(&rows.mail));
    for (state, expected) in [
        (None, vec![rows.approval.clone()]),
        (Some(ApprovalState::Waiting), vec![rows.approval.clone()]),
        (Some(ApprovalState::Done), vec![]),
    ] {
        let first = PageRequest { after: None, limit: 10 };
        assert_eq!(reader.approvals(state, first).await.unwrap().items, expected, "{state:?}");
    }
    for fact in rows.facts() {
        let kept = reader.facts(fact.table()).await.unwrap();
        assert_eq!(kept, [fact]);
    }
}

/// Rows without their optional fields, and in the place of the ones before.
pub async fn rows_of_access_are_replaced_as_wholes(world: &World) {
    let shop = world.shop("meena").await;
    let rows = shop.access_rows().await;
    let at = shop.clock.now();
    let removed = SecondFactor {
        seed: None,
        confirmed_at: None,
        last_step: None,
        recovery: Vec::new(),
        removed_at: Some(at),
        ..rows.factor.clone()
    };
    let used = Link { code_hash: None, browser: None, used_at: Some(at), ..rows.link.clone() };
    let decided = Approval {
        state: ApprovalState::Done,
        decided_by: Some(shop.member(Role::Manager).id),
        decided_at: Some(at),
        reason: Some("seen".to_owned()),
        ..rows.approval.clone()
    };
    let after: Vec<Fact> = vec![removed.clone().into(), used.clone().into(), decided.clone().into()];
    shop.put(after, false).await;
    let mut reader = shop.reader().await;
    assert_eq!(reader.second_factor(removed.member).await.unwrap(), Some(removed));
    assert_eq!(reader.open_links(used.member).await.unwrap(), []);
    assert_eq!(reader.link(used.id).await.unwrap(), Some(used));
    let waiting = Some(ApprovalState::Waiting);
    assert_eq!(reader.approvals(waiting, PageRequest { after: None, limit: 5 }).await.unwrap().items, []);
    assert_eq!(reader.approval(decided.id).await.unwrap(), Some(decided));
}

/// Custom role, second factor, what the workspace asks of a role and when and from where it lets it in are told with the member, at every door.
pub async fn the_door_says_what_the_workspace_says_of_a_member(world: &World) {
    let shop = world.shop("meena").await;
    let rows = shop.access_rows().await;
    assert_eq!(shop.rules_of(Role::Cashier).await, MemberRules::default());
    let manager = MemberRules { has_second_factor: true, ..MemberRules::default() };
    assert_eq!(shop.rules_of(Role::Manager).await, manager);

    let workspace = shop.reader().await.workspace().await.unwrap();
    let asked = vec![Role::Owner, Role::Manager];
    let of_cashiers = AccessRule {
        role: Role::Cashier,
        hours: vec![OpenHours {
            days: Weekday::ALL.to_vec(),
            from: "09:30".parse().unwrap(),
            until: "20:00".parse().unwrap(),
        }],
        networks: vec!["203.0.113.0/24".parse().unwrap(), "2001:db8::/48".parse().unwrap()],
        outside: WhenOutside::Ask,
    };
    let of_owners = AccessRule { role: Role::Owner, ..of_cashiers.clone() };
    let workspace = Workspace {
        magic_links: true,
        second_factor_for: asked.clone(),
        access_rules: vec![of_owners, of_cashiers.clone()],
        contacts: vec![Contact {
            kind: ContactKind::Billing,
            email: shop.member(Role::Accountant).email.clone(),
            asked_at: shop.clock.now(),
            verified_at: None,
            reminded_at: Some(shop.clock.now()),
            bounced_at: None,
            bounces: 7,
        }],
        plan: PlanState::PastDue,
        billing: Some(BillingDetails {
            name: Name::new("Meena Jewellers").unwrap(),
            address: Note::new("12 Avenue Road").unwrap(),
            tax_id: Some(Label::new("29AABCF8078M1C8").unwrap()),
        }),
        books_locked_through: Some("2026-03-31".parse().unwrap()),
        payee: Some(PayeeDetails {
            name: Name::new("Meena Jewellers").unwrap(),
            vpa: Some(Label::new("meena@okbank").unwrap()),
            account: None,
            ifsc: None,
        }),
        version: 2,
        ..workspace
    };
    let cashier = shop.member(Role::Cashier).clone();
    let cashier =
        Member { custom_role: Some(rows.role.id), leaves_at: Some(shop.clock.now()), version: 2, ..cashier };
    shop.put(vec![workspace.clone().into(), cashier.clone().into()], false).await;
    assert_eq!(shop.reader().await.workspace().await.unwrap(), workspace);
    assert_eq!(shop.reader().await.member(cashier.id).await.unwrap(), Some(cashier));
    let narrowed = MemberRules {
        custom_role: Some(rows.role.clone()),
        has_second_factor: false,
        second_factor_for: asked.clone(),
        access: Some(AccessInForce { rule: of_cashiers, zone: workspace.zone }),
    };
    assert_eq!(shop.rules_of(Role::Cashier).await, narrowed);
    assert_eq!(shop.rules_of(Role::Owner).await.access, None, "no rule keeps an owner out");

    let store = &shop.road.store;
    let session = store.known_session(shop.tenant, &shop.session(Role::Cashier).token_hash).await;
    assert_eq!(session.unwrap().unwrap().rules, narrowed);
    let token = shop.token(Role::Manager).await;
    let token = store.known_token(shop.tenant, &token.token_hash).await.unwrap().unwrap();
    assert_eq!(
        token.rules,
        MemberRules { has_second_factor: true, second_factor_for: asked, ..MemberRules::default() }
    );
    let link = store.known_link(shop.tenant, &rows.link.token_hash).await.unwrap().unwrap();
    assert_eq!((&link.link, &link.rules), (&rows.link, &narrowed));
    let (till, pins) = store.known_till(shop.tenant, &rows.till.token_hash).await.unwrap().unwrap();
    assert_eq!(till, rows.till);
    let pins: Vec<_> = pins.into_iter().map(|known| (known.pin, known.rules)).collect();
    assert_eq!(pins, [(rows.pin.clone(), narrowed)]);
}

/// Links and tills are found in their own workspace only, and a number that was taken away is not offered.
pub async fn links_and_tills_are_found_in_their_own_workspace_only(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let rows = meena.access_rows().await;
    let store = &meena.road.store;
    assert!(store.known_link(rupa.tenant, &rows.link.token_hash).await.unwrap().is_none());
    assert!(store.known_till(rupa.tenant, &rows.till.token_hash).await.unwrap().is_none());
    assert!(store.known_link(meena.tenant, &rows.till.token_hash).await.unwrap().is_none());
    let mut reader = rupa.reader().await;
    assert_eq!(reader.custom_role(rows.role.id).await.unwrap(), None);
    assert_eq!(reader.link(rows.link.id).await.unwrap(), None);
    assert_eq!(reader.till(rows.till.id).await.unwrap(), None);
    assert_eq!(reader.approval(rows.approval.id).await.unwrap(), None);
    assert_eq!(reader.pin(rows.pin.member).await.unwrap(), None);
    assert_eq!(reader.second_factor(rows.factor.member).await.unwrap(), None);
    let gone = Pin { removed_at: Some(meena.clock.now()), ..rows.pin.clone() };
    meena.put(vec![gone.into()], false).await;
    let (_, pins) = store.known_till(meena.tenant, &rows.till.token_hash).await.unwrap().unwrap();
    assert!(pins.is_empty());
}

/// What a session was opened with comes back, and the till's sessions are listed.
pub async fn a_tills_open_sessions_are_listed(world: &World) {
    let shop = world.shop("meena").await;
    let rows = shop.access_rows().await;
    let now = shop.clock.now();
    let on_till = |closed_at: Option<Timestamp>| Session {
        id: SessionId::new(now, &*shop.entropy),
        token_hash: draw(&*shop.entropy),
        assurance: Assurance::Pin,
        address: Some("2001:db8::7".to_owned()),
        agent: Some("Till/1.0 (गहना)".to_owned()),
        till: Some(rows.till.id),
        closed_at,
        ..shop.session(Role::Cashier).clone()
    };
    let (open, closed) = (on_till(None), on_till(Some(now)));
    shop.put(vec![open.clone().into(), closed.clone().into()], true).await;
    let mut reader = shop.reader().await;
    assert_eq!(reader.sessions_on(rows.till.id).await.unwrap(), [open]);
    assert_eq!(reader.session(closed.id).await.unwrap(), Some(closed));
}

/// A custom role that changes withdraws what its holders have queued.
pub async fn a_scope_made_before_its_custom_role_changed_is_withdrawn(world: &World) {
    let shop = world.shop("meena").await;
    let rows = shop.access_rows().await;
    let cashier = shop.member(Role::Cashier).clone();
    let cashier = Member { custom_role: Some(rows.role.id), version: 2, ..cashier };
    shop.put(vec![cashier.into()], false).await;
    let scope = shop.cashier().await;
    assert_eq!(scope.custom_role(), Some((rows.role.id, 1)));
    assert!(shop.writer(&scope).await.is_ok());

    let owner = shop.owner().await;
    let mut turn = shop.writer(&owner).await.unwrap();
    let (before, after) = (rows.role.clone(), CustomRole { withheld: Vec::new(), version: 2, ..rows.role });
    let sealed = forge::<ChangeCustomRoles>(&owner, &*shop.entropy, move |draft| {
        draft.update(&before, after);
        draft.raise_epoch();
    });
    turn.apply(sealed).await.unwrap();
    turn.commit().await.unwrap();
    assert!(matches!(refusal(shop.writer(&scope).await), StoreError::Withdrawn));
    let again = shop.cashier().await;
    assert!(shop.writer(&again).await.is_ok());
}

/// The last use of tokens and sessions is told in the order asked for, of one workspace.
pub async fn last_uses_are_told_in_the_order_asked_for(world: &World) {
    let (meena, rupa) = (world.shop("meena").await, world.shop("rupa").await);
    let store = &meena.road.store;
    let (one, other) = (meena.token(Role::Manager).await.id, meena.token(Role::Owner).await.id);
    let at = meena.clock.now();
    store.touch_token(meena.tenant, other, at).await.unwrap();
    store.touch_token(meena.tenant, other, at.plus_seconds(90)).await.unwrap();
    let uses = store.token_uses(meena.tenant, &[one, other]).await.unwrap();
    assert_eq!(uses, [None, Some(at.plus_seconds(90))]);
    assert_eq!(store.token_uses(rupa.tenant, &[other]).await.unwrap(), [None]);
    assert_eq!(store.token_uses(meena.tenant, &[]).await.unwrap(), []);
    let (first, second) = (meena.session(Role::Owner).id, meena.session(Role::Cashier).id);
    store.touch_session(meena.tenant, first, at).await.unwrap();
    let uses = store.session_uses(meena.tenant, &[second, first, second]).await.unwrap();
    assert_eq!(uses, [None, Some(at), None]);
    assert_eq!(store.session_uses(rupa.tenant, &[first]).await.unwrap(), [None]);
}
