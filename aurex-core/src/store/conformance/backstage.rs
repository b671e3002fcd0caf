//! What a player writes without a decision: turns that the shop drives itself, through the ports alone.

use super::admission::bare_lot;
use super::deeds::Ending;
use super::forge::{forge, insert};
use super::player::Player;
use crate::identity::actions::{AddMember, OpenSession};
use crate::identity::member::{Credential, Member};
use crate::rbac::Role;
use crate::shop::actions::RecordLot;
use crate::store::{StoreError, Writer};
use crate::tenancy::{MemberId, Scope};
use crate::text::Email;

impl Player {
    /// A scope that no change of access withdraws: what a deed writes without a decision is sealed in it.
    pub(super) fn backstage(&self) -> Scope {
        self.shop.vouched(self.shop.member(Role::Owner).id, Role::Owner)
    }

    /// Adds a member without asking whether the address is taken: the store answers that.
    pub(super) async fn add_member(&mut self, address: u8, role: Role) {
        let (scope, entropy) = (self.backstage(), self.shop.entropy.clone());
        let mut turn = self.shop.writer(&scope).await.unwrap();
        let member = Member {
            id: MemberId::new(turn.now(), &*entropy),
            email: Email::new(&format!("m{address}@shop.example")).unwrap(),
            role,
            created_at: turn.now(),
            ..self.shop.member(Role::Cashier).clone()
        };
        let hash = format!("scripted:{}", member.id);
        let credential = Credential { member: member.id, hash, one_time: false, set_at: turn.now() };
        let rows = vec![member.clone().into(), credential.into()];
        match turn.apply(insert::<AddMember>(&scope, &*entropy, rows)).await {
            Ok(receipt) => {
                turn.commit().await.unwrap();
                self.say("member.add", receipt);
                self.members.push(member.id);
                self.done += 1;
            }
            Err(error) => self.spoiled(turn, &error).await,
        }
    }

    async fn spoiled(&mut self, turn: Box<dyn Writer>, error: &StoreError) {
        let StoreError::Duplicate { table } = error else { unreachable!("{error:?}") };
        let ended = turn.commit().await.err().map(|error| error.to_string());
        self.say("collides in", (table, ended));
    }

    pub(super) async fn sign_in(&mut self, member: MemberId) {
        let (scope, entropy) = (self.backstage(), self.shop.entropy.clone());
        let mut turn = self.shop.writer(&scope).await.unwrap();
        let member = turn.member(member).await.unwrap().filter(|member| !member.disabled);
        let Some(member) = member else { return self.say("sign in", "nobody") };
        let session = self.shop.session_row(member.id, turn.now());
        let row = session.clone();
        let sealed = forge::<OpenSession>(&scope, &*entropy, move |draft| draft.insert(row));
        let receipt = turn.apply(sealed).await.unwrap();
        turn.commit().await.unwrap();
        self.say("sign in", receipt);
        self.sessions.push(session);
        self.done += 1;
    }

    /// Two changes of one turn, the second perhaps with an address that is taken, ended in one of three ways.
    pub(super) async fn two_changes(&mut self, collide: bool, ending: Ending) {
        let (scope, entropy) = (self.backstage(), self.shop.entropy.clone());
        let mut turn = self.shop.writer(&scope).await.unwrap();
        let twin =
            Member { id: MemberId::new(turn.now(), &*entropy), ..self.shop.member(Role::Owner).clone() };
        let second = if collide { twin.into() } else { bare_lot(&self.shop).into() };
        for row in [bare_lot(&self.shop).into(), second] {
            match turn.apply(insert::<RecordLot>(&scope, &*entropy, vec![row])).await {
                Ok(receipt) => self.say("backstage", receipt),
                Err(error) => return self.spoiled(turn, &error).await,
            }
        }
        let head = turn.head().await.unwrap();
        // Not `observed`: how a store numbers what waits for the collector is its own affair.
        self.say("under the turn", (head.frontier, head.last_at, head.epoch));
        match ending {
            Ending::Commit => {
                turn.commit().await.unwrap();
                self.done += 2;
            }
            Ending::Rollback => turn.rollback().await,
            Ending::Drop => drop(turn),
        }
    }
}
