//! The workspace's own addresses: setting and proving them, and what a refused mail or a year makes of them.

use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::SignIn;
use super::audience::active_owners;
use super::letters::occasion;
use super::link_requests::refused;
use super::mails::mail_to;
use super::outbox::SendingMail;
use crate::audit::{Observation, Observed, Outcome};
use crate::identity::actions::{ChangeContacts, ReadContacts, TendContacts, VerifyContact};
use crate::identity::contacts::{
    ContactChanged, ContactRefusal, asked, decide_bounced, decide_remind, decide_set, decide_verify,
};
use crate::identity::factor::MailCode;
use crate::identity::mails::{Mail, MailKind};
use crate::identity::throttle::Decision;
use crate::rbac::Action as _;
use crate::service::idempotency::Known;
use crate::service::{Done, Road, ServiceError};
use crate::store::{PageRequest, StoreError, Writer};
use crate::tenancy::{Contact, ContactKind, Id as _, Job, MailId, Purpose, RequestFacts, Scope, TenantId};
use crate::text::Email;

/// The purpose of whoever asks about addresses after a year.
#[derive(Debug)]
pub struct TendingContacts;

impl Purpose for TendingContacts {
    const NAME: &'static str = "contacts";
    const ACTIONS: &'static [&'static str] = &[TendContacts::CODE];
}

/// The workspace's addresses, by kind.
///
/// # Errors
/// What every read can answer.
pub async fn contacts(road: &Road, scope: &Scope) -> Result<Vec<Contact>, ServiceError> {
    let _permit = scope.permit::<ReadContacts>()?;
    Ok(road.store.reader(scope).await?.workspace().await?.contacts)
}

/// Sets the address of a kind and sends it a code, by which somebody who is signed in proves within a day that it is read.
/// The same address again has another code sent; the one before is good no more.
///
/// # Errors
/// What every write can answer.
pub async fn set_contact(
    road: &Road,
    scope: &Scope,
    kind: ContactKind,
    email: Email,
) -> Result<Done<Contact>, ServiceError> {
    let permit = scope.permit::<ChangeContacts>()?;
    let mut turn = road.turn(scope).await?;
    let (now, before) = (turn.now(), turn.workspace().await?);
    let mut change = decide_set(before, kind, email, now);
    let contact = change.contact().cloned().ok_or_else(|| StoreError::corrupt("a contact was lost"))?;
    let code = code(road, scope.tenant(), &contact).text();
    let mut content = occasion(scope.facts(), now);
    content.insert("what".to_owned(), json!(kind.code()));
    content.insert("code".to_owned(), json!(*code));
    content.insert("until".to_owned(), json!(contact.code_until().to_string()));
    let content = Zeroizing::new(Value::from(content).to_string());
    change.mails.push(mail_to(
        road,
        scope.tenant(),
        MailKind::ContactCode,
        (None, &contact.email),
        &content,
        now,
    )?);
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(contact, receipt))
}

/// Proves an address by the code in the last mail to it. Five tries a code, counted before it is looked at.
///
/// # Errors
/// [`ContactRefusal`] and what every write can answer.
pub async fn verify_contact(
    sign_in: &SignIn,
    scope: &Scope,
    kind: ContactKind,
    typed: &str,
) -> Result<Done<Contact>, ServiceError> {
    let road = &sign_in.road;
    let permit = scope.permit::<VerifyContact>()?;
    let workspace = road.store.reader(scope).await?.workspace().await?;
    let contact = asked(&workspace, kind, road.clock.now())?;
    let (tenant, about) = (scope.tenant(), ("contact", kind.code().to_owned()));
    let tried = sign_in.codes.signed_in("code", "contact", &issued(tenant, contact));
    if sign_in.codes.charge(&*road.store, &tried, road.clock.now()).await? != Decision::Allow {
        refused(road, tenant, scope.facts(), about, "throttled").await?;
        return Err(ContactRefusal::WrongCode.into());
    }
    let keys = &road.secrets.mail_codes;
    if !MailCode::parse(typed).is_ok_and(|typed| keys.is_of(&typed, &issued(tenant, contact))) {
        refused(road, tenant, scope.facts(), about, "wrong_code").await?;
        return Err(ContactRefusal::WrongCode.into());
    }
    let mut turn = road.turn(scope).await?;
    let (now, before) = (turn.now(), turn.workspace().await?);
    // What was proved outside the turn still has to be what was asked.
    if asked(&before, kind, now)? != contact {
        return Err(ServiceError::Stale);
    }
    let change = decide_verify(before, kind, now)?;
    let contact = change.contact().cloned().ok_or_else(|| StoreError::corrupt("a contact was lost"))?;
    let receipt = road.finish(turn, permit.seal(change, &*road.entropy), Known::Fresh(None)).await?;
    Ok(Done::now(contact, receipt))
}

/// A relay has refused a mail for good: that is observed as `mail.refused`, and where it was to an address of the
/// workspace's, that one is marked and every owner told, once until it is proved again.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn mail_refused(
    road: &Road,
    job: &Job<SendingMail>,
    tenant: TenantId,
    mail: MailId,
) -> Result<(), ServiceError> {
    let facts = RequestFacts { request_id: "mail".to_owned(), ..RequestFacts::default() };
    let scope = job.scope(tenant, facts);
    let mut reader = road.store.reader(&scope).await?;
    let before = MailId::from_uuid(uuid::Uuid::from_u128(mail.uuid().as_u128().saturating_sub(1)));
    let page = reader.mails(PageRequest { after: Some(before), limit: 1 }).await?;
    let row = page.items.into_iter().find(|row| row.id == mail);
    let workspace = reader.workspace().await?;
    drop(reader);
    let Some(recipient) = row.and_then(|row| row.recipient) else { return Ok(()) };
    let seen = Observation::new(
        road.clock.now(),
        Observed::of(&scope),
        scope.facts(),
        "mail.refused",
        ("mail", mail.to_string()),
        Outcome::Refused,
        "relay",
    );
    road.store.observe(tenant, &seen).await?;
    if workspace.contacts.iter().all(|contact| contact.email != recipient) {
        return Ok(());
    }
    let mut turn = road.turn(&scope).await?;
    let (now, workspace) = (turn.now(), turn.workspace().await?);
    let mut last = None;
    for (mut change, is_news) in decide_bounced(&workspace, &recipient, now) {
        if is_news {
            change.mails = to_owners(road, &scope, &mut *turn, MailKind::ContactBounced, &change).await?;
        }
        let sealed = scope.permit::<TendContacts>()?.seal(change, &*road.entropy);
        if let Some(before) = last.replace(sealed) {
            turn.apply(before).await?;
        }
    }
    match last {
        Some(sealed) => road.finish(turn, sealed, Known::Fresh(None)).await.map(drop),
        None => {
            turn.rollback().await;
            Ok(())
        }
    }
}

/// Asks one workspace's owners about addresses whose last proof is a year old, by mail, each month until somebody proves
/// them again. Returns of how many addresses it told.
///
/// # Errors
/// [`ServiceError::Store`].
pub async fn tend_contacts(
    road: &Road,
    job: &Job<TendingContacts>,
    tenant: TenantId,
) -> Result<usize, ServiceError> {
    let request_id = format!("contacts-{}", road.clock.now().micros());
    let scope = job.scope(tenant, RequestFacts { request_id, ..RequestFacts::default() });
    let mut told = 0_usize;
    for kind in ContactKind::ALL {
        let workspace = road.store.reader(&scope).await?.workspace().await?;
        if decide_remind(&workspace, *kind, road.clock.now()).is_none() {
            continue;
        }
        let mut turn = road.turn(&scope).await?;
        let (now, workspace) = (turn.now(), turn.workspace().await?);
        let Some(mut change) = decide_remind(&workspace, *kind, now) else { continue };
        change.mails = to_owners(road, &scope, &mut *turn, MailKind::ContactDue, &change).await?;
        let sealed = scope.permit::<TendContacts>()?.seal(change, &*road.entropy);
        road.finish(turn, sealed, Known::Fresh(None)).await?;
        told = told.saturating_add(1);
    }
    Ok(told)
}

/// A mail about an address to every owner but to the address itself, unless it is all that there is.
async fn to_owners(
    road: &Road,
    scope: &Scope,
    turn: &mut dyn Writer,
    kind: MailKind,
    change: &ContactChanged<TendContacts>,
) -> Result<Vec<Mail>, ServiceError> {
    let now = turn.now();
    let Some(contact) = change.contact() else { return Ok(Vec::new()) };
    let mut owners = active_owners(turn).await?;
    if owners.iter().any(|owner| owner.email != contact.email) {
        owners.retain(|owner| owner.email != contact.email);
    }
    let content =
        json!({"what": contact.kind.code(), "address_of": contact.email.as_str(), "count": contact.bounces});
    let content = content.to_string();
    let tenant = scope.tenant();
    let mail = |owner: &crate::identity::member::Member| {
        mail_to(road, tenant, kind, (Some(owner.id), &owner.email), &content, now)
    };
    Ok(owners.iter().map(mail).collect::<Result<_, _>>()?)
}

fn code(road: &Road, tenant: TenantId, contact: &Contact) -> MailCode {
    road.secrets.mail_codes.code_of(&issued(tenant, contact))
}

/// What a code is for: an address of a workspace, asked at a time.
fn issued(tenant: TenantId, contact: &Contact) -> Vec<u8> {
    let Contact { kind, email, asked_at, .. } = contact;
    [
        tenant.uuid().as_bytes(),
        kind.code().as_bytes(),
        b"\0",
        email.as_str().as_bytes(),
        b"\0",
        &asked_at.micros().to_be_bytes(),
    ]
    .concat()
}
