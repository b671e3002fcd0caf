//! Former members, and what goes by itself: what was erased is in no table and no entry, what was not still proves itself.

use super::log::{log_is_sound, whole_log};
use super::rebuild::log_and_tables_agree;
use super::till::*;
use super::{Shop, World};
use crate::audit::{Change, Sealed, Value};
use crate::erasure::{ERASED, ErasureBasis, ExpiryClass, MemberField};
use crate::identity::actions::{AddMember, ChangeMember, ChangeTills, OpenSession};
use crate::identity::approvals::Approval;
use crate::identity::mails::{Mail, MailKind};
use crate::identity::member::{Credential, Member, Session};
use crate::identity::members::{MemberAdded, MemberChanged, MemberPatch};
use crate::identity::sessions::SessionOpened;
use crate::identity::tills::TillRevoked;
use crate::identity::vault::Ciphertext;
use crate::rbac::{Action, Role};
use crate::service::access::{approve, change_member};
use crate::service::shop as service;
use crate::service::{
    Expiring, Retained, ServiceError, ask_member_erasure, expire_personal, member_erasure, retained,
};
use crate::store::{Fact, MemberRules, StoreError, TABLES};
use crate::tenancy::{Assurance, At, Job, MailId, MemberId, Proof, RequestFacts, Scope, Verified};
use crate::text::{Email, Name};
use crate::time::{Clock as _, Timestamp};

const DAY: i64 = 24 * 3600;

/// From where a planted member works.
const ADDRESS: [u8; 4] = [198, 51, 100, 77];

impl Shop {
    async fn make<A: Action, C: Change<By = A> + Send>(&self, scope: &Scope, change: C) {
        let mut turn = self.writer(scope).await.unwrap();
        let sealed: Sealed = scope.permit::<A>().unwrap().seal(change, &*self.entropy);
        turn.apply(sealed).await.unwrap();
        turn.commit().await.unwrap();
    }

    fn mail_to(&self, member: &Member, now: Timestamp) -> Mail {
        Mail {
            id: MailId::new(now, &*self.entropy),
            kind: MailKind::RoleChanged,
            member: Some(member.id),
            recipient: Some(member.email.clone()),
            content: Ciphertext::new(b"sealed for Quetzal".to_vec()),
            queued_at: now,
        }
    }

    /// A cashier with `words` in every personal value of theirs, who was renamed, worked from an address of their own,
    /// got mails, and was signed out with everybody else at a till. They are still here.
    pub async fn plant_member(&self, words: &str) -> Member {
        let owner = self.owner().await;
        self.tick();
        let now = self.clock.now();
        let member = Member {
            id: MemberId::new(now, &*self.entropy),
            name: Name::new(format!("{words} Zaveri")).unwrap(),
            email: Email::new(&format!("{words}@staff.example")).unwrap(),
            role: Role::Cashier,
            disabled: false,
            created_at: now,
            version: 1,
            custom_role: None,
            leaves_at: None,
        };
        let credential =
            Credential { member: member.id, hash: "scripted".to_owned(), one_time: false, set_at: now };
        self.make::<AddMember, _>(&owner, MemberAdded { member: member.clone(), credential }).await;
        self.tick();
        let now = self.clock.now();
        let name = Name::new(format!("{words} Zaveri-Rao")).unwrap();
        let renamed = Member { name, version: 2, ..member.clone() };
        let mails = vec![self.mail_to(&renamed, now)];
        let change = MemberChanged { before: member, after: renamed, ended: Vec::new(), at: now, mails };
        let member = change.after.clone();
        self.make::<ChangeMember, _>(&owner, change).await;

        let rows = self.access_rows().await;
        self.tick();
        let now = self.clock.now();
        let facts = RequestFacts {
            ip: Some(ADDRESS.into()),
            user_agent: Some(format!("{words}/1.0")),
            request_id: "planted".to_owned(),
        };
        let epoch = self.reader().await.head().await.unwrap().epoch;
        let proof = Proof { assurance: Assurance::Password, is_fresh: true };
        let who = Verified::just_now(
            self.tenant,
            &member,
            &MemberRules::default(),
            epoch,
            (proof, At::new(now, &facts)),
        );
        let scope = self.entrances.sign_in.session(&who, None, facts.clone());
        let session = Session {
            address: Some("198.51.100.77".to_owned()),
            agent: Some(format!("{words}/1.0")),
            till: Some(rows.till.id),
            ..self.session_row(member.id, now)
        };
        let opened = SessionOpened {
            session: session.clone(),
            evicted: Vec::new(),
            upgrade: None,
            mails: vec![self.mail_to(&member, now)],
            factor: None,
        };
        self.make::<OpenSession, _>(&scope, opened).await;
        self.tick();
        let scope = self.entrances.sign_in.session(&who, Some(session.id), facts);
        service::record_customer(&self.road, &scope, None, customer("Asha")).await.unwrap();
        self.tick();
        let owner = self.owner().await;
        let at = self.clock.now();
        let revoked = TillRevoked { till: rows.till, sessions: vec![session], at };
        self.make::<ChangeTills, _>(&owner, revoked).await;
        member
    }

    /// Lets a member go.
    pub async fn let_go(&self, member: &Member) {
        self.tick();
        let owner = self.owner().await;
        let patch = MemberPatch { disabled: Some(true), ..MemberPatch::default() };
        change_member(&self.road, &owner, member.id, member.version, &patch).await.unwrap();
    }

    /// Erases fields of a former member: the owner asks, the admin approves.
    ///
    /// # Errors
    /// What either is refused.
    pub async fn erase_member(&self, id: MemberId, fields: &[MemberField]) -> Result<Approval, ServiceError> {
        self.tick();
        let (owner, basis) = (self.owner().await, ErasureBasis::PurposeEnded);
        let asked = ask_member_erasure(&self.road, &owner, None, id, basis, fields.to_vec(), None);
        let asked = asked.await?.value;
        self.tick();
        let admin = self.scope(Role::Admin).await;
        Ok(approve(&self.road, &admin, None, asked.id, &asked.digest, None).await?.value)
    }

    /// Lets what has passed its class go, as the hourly job does.
    pub async fn expire(&self) -> usize {
        self.tick();
        let job: Job<Expiring> = self.entrances.jobs.job();
        expire_personal(&self.road, &job, self.tenant).await.unwrap()
    }

    async fn retained(&self) -> Vec<Retained> {
        retained(&mut *self.reader().await, self.clock.now()).await.unwrap()
    }
}

/// Whether any value that the store answers with has these words in it: in a table, or in what opens the log.
async fn says(shop: &Shop, words: &str) -> Vec<String> {
    let has = |value: &Value| match value {
        Value::Bytes(bytes) => bytes.windows(words.len()).any(|part| part == words.as_bytes()),
        value => format!("{value:?}").to_lowercase().contains(&words.to_lowercase()),
    };
    let mut found = Vec::new();
    let mut reader = shop.reader().await;
    for table in TABLES.iter().filter(|table| !table.fields.is_empty()) {
        let facts = reader.facts(table.name).await.unwrap();
        if facts.iter().any(|fact: &Fact| fact.values().iter().any(has)) {
            found.push(table.name.to_owned());
        }
    }
    for stored in whole_log(shop).await {
        for opening in stored.openings {
            if has(&Value::from_bytes(&opening.content).unwrap()) {
                found.push(format!("{} of {}", opening.name, stored.entry.action));
            }
        }
    }
    found
}

/// Everything goes from the rows and from every entry, whoever made it, and not a byte of an entry changes.
pub async fn a_former_member_is_erased_from_rows_and_log_and_every_proof_still_holds(world: &World) {
    let shop = world.shop("meena").await;
    let member = shop.plant_member("Quetzal").await;
    assert_eq!(code(shop.erase_member(member.id, &[]).await), "erasure.still_a_member");
    shop.let_go(&member).await;
    let unknown = shop.erase_member(shop.member(Role::Cashier).id, &[MemberField::Name]).await;
    assert_eq!(code(unknown), "erasure.still_a_member");

    // The name stays as long as the books they made, the address as long as the law wants logs kept.
    let refused = shop.erase_member(member.id, &[MemberField::Name, MemberField::Whereabouts]).await;
    let ServiceError::Refused(refused) = refused.unwrap_err() else { unreachable!() };
    let faults: Vec<_> = refused.faults().into_iter().map(|fault| fault.pointer).collect();
    assert_eq!(
        (refused.code(), faults),
        ("erasure.held", vec!["/fields/0".to_owned(), "/fields/1".to_owned()])
    );
    assert!(
        refused.faults().iter().any(|of| of.message.contains("books.eight_years")),
        "{:?}",
        refused.faults()
    );
    let standing = member_erasure(&shop.road, &shop.owner().await, member.id).await.unwrap();
    assert!(standing.iter().all(|of| of.holds));

    let before = whole_log(&shop).await;
    assert!(says(&shop, "quetzal@staff").await.iter().any(|of| of == "mail"));
    shop.erase_member(member.id, &[MemberField::Email]).await.unwrap();
    assert_eq!(says(&shop, "quetzal@staff").await, Vec::<String>::new());
    assert_eq!(says(&shop, "sealed for Quetzal").await, Vec::<String>::new(), "what the mails said");
    let left = shop.reader().await.member(member.id).await.unwrap().unwrap();
    assert!(left.is_erased() && left.name == member.name, "the name is kept");
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
    // Nobody comes back as who was forgotten.
    let (owner, patch) =
        (shop.owner().await, MemberPatch { disabled: Some(false), ..MemberPatch::default() });
    let back = change_member(&shop.road, &owner, member.id, left.version, &patch).await;
    assert_eq!(code(back), "member.erased");

    shop.clock.advance(10 * 366 * DAY);
    shop.erase_member(member.id, &[]).await.unwrap();
    assert_eq!(says(&shop, "Quetzal").await, Vec::<String>::new());
    assert_eq!(says(&shop, "198.51.100.77").await, Vec::<String>::new());
    let left = shop.reader().await.member(member.id).await.unwrap().unwrap();
    assert_eq!((left.name.as_str(), left.role, left.created_at), (ERASED, member.role, member.created_at));
    for (before, after) in before.iter().zip(&whole_log(&shop).await) {
        assert_eq!((&before.bytes, before.leaf), (&after.bytes, after.leaf));
    }
    assert!(!says(&shop, "192.0.2.7").await.is_empty(), "other people's addresses stay");
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
    assert_eq!(code(shop.erase_member(member.id, &[]).await), "erasure.nothing_left");
}

/// What has passed its class goes by itself on the day that it may, not a day before; a legal minimum holds it up.
pub async fn what_has_passed_its_class_goes_by_itself_and_nothing_before(world: &World) {
    let shop = world.shop("meena").await;
    let member = shop.plant_member("Quetzal").await;
    assert_eq!(shop.expire().await, 0);
    assert!(shop.retained().await.iter().all(|of| of.last_run.is_none() && of.overdue_since.is_none()));
    let first_day = shop.reader().await.workspace().await.unwrap().zone.date_of(shop.clock.now());
    let head = shop.reader().await.head().await.unwrap();

    // The day before: the class, and whatever rule holds it up, keeps it whole.
    let today = |shop: &Shop| crate::time::Zone::INDIA.date_of(shop.clock.now());
    let mut goes_on = ExpiryClass::Traffic.goes_on(first_day, first_day).0;
    goes_on = goes_on.max(ExpiryClass::Traffic.goes_on(first_day, goes_on).0);
    while today(&shop) < crate::time::plus_days(goes_on, -1) {
        shop.clock.advance(DAY);
    }
    assert_eq!(shop.expire().await, 0);
    assert_eq!(
        shop.reader().await.head().await.unwrap(),
        head,
        "a run without anything to do leaves no entry"
    );
    assert!(says(&shop, "198.51.100.77").await.len() > 3);

    // The day itself.
    shop.clock.advance(DAY);
    assert!(shop.expire().await > 5);
    assert_eq!(says(&shop, "198.51.100.77").await, Vec::<String>::new());
    assert_eq!(says(&shop, "Quetzal/1.0").await, Vec::<String>::new());
    assert_eq!(says(&shop, "sealed for Quetzal").await, Vec::<String>::new());
    let mails = says(&shop, "quetzal@staff").await;
    assert!(mails.iter().all(|of| !of.contains("mail.recipient") && of != "mail"), "{mails:?}");
    let kept = shop.reader().await.member(member.id).await.unwrap().unwrap();
    assert_eq!(kept, member, "nobody is erased by the time that passes");
    let entries = whole_log(&shop).await;
    let runs: Vec<_> = entries.iter().filter(|of| of.entry.action == "personal.expire").collect();
    let about: Vec<_> = runs.iter().map(|of| of.entry.subject_id.as_str()).collect();
    assert_eq!(about, ["traffic", "mails"]);
    assert!(runs.iter().all(|of| of.entry.actor.kind == "job" && of.entry.actor.id == "retention"));
    log_is_sound(&shop).await;
    log_and_tables_agree(&shop).await;
    let retained = shop.retained().await;
    assert!(retained.iter().all(|of| of.last_run.is_some() && of.overdue_since.is_none()), "{retained:?}");

    // Another run goes on where this one ended, and finds nothing.
    assert_eq!(shop.expire().await, 0);
    assert_eq!(whole_log(&shop).await.len(), entries.len());
}

/// More than one batch, and a run that goes on where another was broken off.
pub async fn a_long_log_expires_in_batches_that_can_be_broken_off(world: &World) {
    let shop = world.shop("meena").await;
    for n in 0..520 {
        shop.customer(&format!("Asha {n}")).await;
    }
    shop.clock.advance(400 * DAY);
    assert!(shop.expire().await > 1_000);
    let runs = |entries: &[crate::store::StoredEntry]| {
        entries.iter().filter(|of| of.entry.action == "personal.expire").count()
    };
    let log = whole_log(&shop).await;
    assert!(runs(&log) >= 2, "{}", runs(&log));
    assert_eq!(says(&shop, "192.0.2.7").await, Vec::<String>::new());
    log_is_sound(&shop).await;
}

/// A mail changes by an erasure, which takes address and content, and by nothing else.
pub async fn a_mail_changes_by_erasure_alone(world: &World) {
    let shop = world.shop("meena").await;
    let mail = shop.access_rows().await.mail;
    let owner = shop.owner().await;
    let other = Mail { content: Ciphertext::new(vec![9; 40]), ..mail.clone() };
    for after in [mail.erased(), other] {
        let mut turn = shop.writer(&owner).await.unwrap();
        let row = vec![Fact::from(after)];
        let applied = turn.apply(super::forge::replace::<ChangeMember>(&owner, &*shop.entropy, row)).await;
        let committed = match applied {
            Err(refused) => Err(refused),
            Ok(_) => turn.commit().await,
        };
        assert!(
            matches!(committed, Err(StoreError::Duplicate { .. } | StoreError::Failed(_))),
            "{committed:?}"
        );
    }
    let mails = shop.reader().await.mails(crate::store::PageRequest::first(5)).await.unwrap().items;
    assert_eq!(mails, [mail]);
}
