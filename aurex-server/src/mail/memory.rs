//! Mails that stay in memory, for tests.

use std::collections::VecDeque;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use super::{MailError, Mailer, Message};

/// Keeps every mail, or fails as it was told to.
#[derive(Default)]
pub struct MemoryMailer {
    sent: Mutex<Vec<Message>>,
    failures: Mutex<VecDeque<MailError>>,
}

impl MemoryMailer {
    /// What was sent since this was last asked, in order.
    pub fn take(&self) -> Vec<Message> {
        std::mem::take(&mut *held(&self.sent))
    }

    /// The next mail that is tried ends with `error`, once for each call.
    pub fn fail_next(&self, error: MailError) {
        held(&self.failures).push_back(error);
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[async_trait]
impl Mailer for MemoryMailer {
    async fn send(&self, message: &Message) -> Result<(), MailError> {
        if let Some(error) = held(&self.failures).pop_front() {
            return Err(error);
        }
        // What no relay could be given is refused here too.
        message.to_bytes()?;
        held(&self.sent).push(message.clone());
        Ok(())
    }
}

impl fmt::Debug for MemoryMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryMailer({} mails)", held(&self.sent).len())
    }
}
