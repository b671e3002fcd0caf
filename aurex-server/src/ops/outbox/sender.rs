//! The sender itself.

use std::sync::Arc;
use std::time::Duration;

use aurex_core::chance::draw;
use aurex_core::service::access::{SendingMail, mail_refused, note_mails_since, open_mail};
use aurex_core::service::{Road, ServiceError};
use aurex_core::store::{ClaimedMail, MailOutcome};
use aurex_core::tenancy::{Id as _, Job};
use aurex_core::time::Timestamp;
use tokio::sync::Notify;

use super::MailFigures;
use super::backoff::{PATIENCE_SECONDS, next_try};
use super::letters::letter;
use crate::http::origin::Origins;
use crate::mail::{Mailbox, Mailer, Message};
use crate::ops::background::chain;

/// How often it is looked for mails that are due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How many mails are taken at once, and for how long: enough for each to meet a relay that answers nothing.
const AT_ONCE: u16 = 8;
const TAKEN_SECONDS: i64 = 15 * 60;
/// How long it is remembered what came of a mail: longer than mails are looked through for.
const REMEMBERED_SECONDS: i64 = PATIENCE_SECONDS + 24 * 3600;

/// Sends what waits.
pub struct Outbox {
    /// Where the mails are.
    pub road: Road,
    /// The right to read them.
    pub job: Job<SendingMail>,
    /// The way out.
    pub mailer: Arc<dyn Mailer>,
    /// Whose mails they are.
    pub from: Mailbox,
    /// What links are made from.
    pub origins: Origins,
}

impl Outbox {
    /// Looks through the mails of the last two days once, then sends until `stop` is notified.
    pub async fn run(&self, figures: &MailFigures, stop: &Notify) {
        self.look_through().await;
        loop {
            while self.round(figures).await > 0 {}
            tokio::select! {
                () = stop.notified() => break,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
        }
    }

    /// Notes every mail that somebody put down and was killed before noting.
    pub async fn look_through(&self) {
        let since = self.road.clock.now().plus_seconds(-PATIENCE_SECONDS);
        let tenants = match self.road.store.tenants().await {
            Ok(tenants) => tenants,
            Err(error) => return tracing::warn!(error = %chain(&error), "mails could not be looked for"),
        };
        for (_, tenant) in tenants {
            if let Err(error) = note_mails_since(&self.road, &self.job, tenant, since).await {
                tracing::warn!(error = %chain(&error), %tenant, "mails could not be looked through");
            }
        }
    }

    /// Takes some mails that are due and sends them. Answers how many it took.
    pub async fn round(&self, figures: &MailFigures) -> usize {
        let now = self.road.clock.now();
        let until = now.plus_seconds(TAKEN_SECONDS);
        let taken = match self.road.store.claim_mails(now, until, AT_ONCE).await {
            Ok(taken) => taken,
            Err(error) => {
                tracing::warn!(error = %chain(&error), "mails wait");
                return 0;
            }
        };
        for mail in &taken {
            let outcome = self.send(mail, figures).await;
            if let Err(error) = self.road.store.settle_mail(mail.tenant, mail.mail, outcome).await {
                tracing::warn!(error = %chain(&error), mail = %mail.mail, "what came of a mail could not be kept");
            }
        }
        taken.len()
    }

    async fn send(&self, taken: &ClaimedMail, figures: &MailFigures) -> MailOutcome {
        let now = self.road.clock.now();
        let settled = MailOutcome::Settled(now.plus_seconds(REMEMBERED_SECONDS));
        let (message, queued_at) = match self.written(taken, now).await {
            Ok(Some(written)) => written,
            Ok(None) => {
                MailFigures::count(&figures.given_up);
                return settled;
            }
            // The store is away, or its content does not open: another look can help.
            Err(error) => {
                tracing::warn!(error = %chain(&error), mail = %taken.mail, "a mail could not be read");
                MailFigures::count(&figures.postponed);
                return self.again(now, now, taken.tries).unwrap_or(settled);
            }
        };
        let error = match self.mailer.send(&message).await {
            Ok(()) => {
                MailFigures::count(&figures.sent);
                tracing::debug!(mail = %taken.mail, tries = taken.tries, "mail handed over");
                return settled;
            }
            Err(error) => error,
        };
        let again = if error.is_permanent() { None } else { self.again(queued_at, now, taken.tries) };
        if let Some(again) = again {
            tracing::warn!(error = %chain(&error), mail = %taken.mail, tries = taken.tries, "mail postponed");
            MailFigures::count(&figures.postponed);
            return again;
        }
        tracing::error!(error = %chain(&error), mail = %taken.mail, tries = taken.tries, "mail given up");
        MailFigures::count(&figures.given_up);
        if error.is_permanent() {
            MailFigures::count(&figures.refused);
            if let Err(error) = mail_refused(&self.road, &self.job, taken.tenant, taken.mail).await {
                tracing::warn!(error = %chain(&error), mail = %taken.mail, "that a mail was refused could not be kept");
            }
        }
        settled
    }

    fn again(&self, queued_at: Timestamp, now: Timestamp, tries: u32) -> Option<MailOutcome> {
        let [chance] = draw(&*self.road.entropy);
        next_try(queued_at, now, tries, chance).map(MailOutcome::Again)
    }

    /// The message of a mail, and since when it waits; nothing where none can be written, or none helps any more.
    async fn written(
        &self,
        taken: &ClaimedMail,
        now: Timestamp,
    ) -> Result<Option<(Message, Timestamp)>, ServiceError> {
        let Some(opened) = open_mail(&self.road, &self.job, taken.tenant, taken.mail).await? else {
            tracing::error!(mail = %taken.mail, "a mail that was noted is not there");
            return Ok(None);
        };
        let queued_at = opened.mail.queued_at;
        let Some(home) = self.origins.home(opened.workspace.slug.as_str()) else {
            tracing::error!(mail = %taken.mail, "there is no origin to make links from");
            return Ok(None);
        };
        let letter = match letter(&opened, home, now) {
            Ok(letter) => letter,
            Err(why) => {
                tracing::warn!(error = %why, mail = %taken.mail, kind = %opened.mail.kind, "mail given up");
                return Ok(None);
            }
        };
        match letter.compose(taken.mail.uuid(), queued_at, &self.from) {
            Ok(message) => Ok(Some((message, queued_at))),
            Err(error) => {
                tracing::error!(error = %chain(&error), mail = %taken.mail, "mail given up");
                Ok(None)
            }
        }
    }
}
