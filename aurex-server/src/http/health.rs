//! Two questions a supervisor asks: does the process serve, and may it be sent work.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use poem::{Endpoint, Response, endpoint::make_sync, http::header};

use super::problem::{Code, Problem};

/// Whether work may be sent here: the store answers, and nobody has asked the process to stop.
#[derive(Clone, Debug, Default)]
pub struct Readiness(Arc<Flags>);

#[derive(Debug, Default)]
struct Flags {
    store: AtomicBool,
    draining: AtomicBool,
}

impl Readiness {
    /// Says whether the store answers.
    pub fn set_store(&self, answers: bool) {
        self.0.store.store(answers, Ordering::Release);
    }

    /// No more work, please; there is no way back.
    pub fn drain(&self) {
        self.0.draining.store(true, Ordering::Release);
    }

    /// Whether work may be sent.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.0.store.load(Ordering::Acquire) && !self.0.draining.load(Ordering::Acquire)
    }

    /// `GET /readyz`.
    pub fn endpoint(&self) -> impl Endpoint + 'static {
        let readiness = self.clone();
        make_sync(move |_| -> poem::Result<Response> {
            if readiness.is_ready() { Ok(said("ready")) } else { Err(Problem::new(Code::ServerBusy).into()) }
        })
    }
}

/// `GET /healthz`.
pub fn alive() -> impl Endpoint + 'static {
    make_sync(|_| said("alive"))
}

pub(crate) fn said(status: &str) -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .body(serde_json::json!({"status": status}).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_ready_between_its_store_and_its_end() {
        let readiness = Readiness::default();
        assert!(!readiness.is_ready());
        readiness.set_store(true);
        assert!(readiness.is_ready());
        readiness.drain();
        assert!(!readiness.is_ready());
        readiness.set_store(true);
        assert!(!readiness.is_ready());
    }
}
