//! How an operation was answered.

use std::sync::OnceLock;

use aurex_core::{
    refusal::catalogue,
    service::{Done, ServiceError},
    store::{Receipt, StoreError},
};

/// An answer without its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Heard {
    /// A change was made.
    Done(Receipt),
    /// Somebody signed in: one entry, and the answer has no receipt.
    Entered,
    /// What was observed went into the log, an entry or more.
    Collected,
    /// The same had been done before.
    Replayed,
    /// There was nothing to do, or something was only looked at.
    Nothing,
    /// It was refused.
    Refused(&'static str),
}

/// Takes an answer apart. Every refusal has a stable code; a store that works fails at nothing but a turn that is taken.
pub(super) fn heard<T>(answer: Result<Done<T>, ServiceError>) -> (Option<T>, Heard) {
    match answer {
        Ok(Done { value, replayed: true, receipt: None }) => (Some(value), Heard::Replayed),
        Ok(Done { value, replayed: false, receipt }) => {
            (Some(value), receipt.map_or(Heard::Nothing, Heard::Done))
        }
        Ok(Done { .. }) => unreachable!("a replay makes no entry"),
        Err(error) => (None, refused(&error)),
    }
}

/// The same for what only looks.
pub(super) fn looked<T>(answer: Result<T, ServiceError>) -> (Option<T>, Heard) {
    match answer {
        Ok(value) => (Some(value), Heard::Nothing),
        Err(error) => (None, refused(&error)),
    }
}

pub(super) fn refused(error: &ServiceError) -> Heard {
    if let ServiceError::Refused(refusal) = error {
        static CODES: OnceLock<Vec<&'static str>> = OnceLock::new();
        let codes = CODES.get_or_init(|| catalogue().iter().map(|info| info.code).collect());
        for fault in refusal.faults() {
            assert!(fault.pointer.is_empty() || fault.pointer.starts_with('/'), "{fault:?}");
            assert!(codes.contains(&fault.code), "{fault:?} is in no catalogue");
        }
    }
    match (error.code(), error) {
        (Some(code), _) => Heard::Refused(code),
        (None, ServiceError::Store(StoreError::Unavailable(None))) => Heard::Refused("unavailable"),
        (None, _) => unreachable!("{error:?}"),
    }
}
