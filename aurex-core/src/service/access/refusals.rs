//! Failed sign-ins on their way to the log: a bounded queue, so that an answer does not wait for the write.
//!
//! A workspace that does not exist has no log, so a write before the answer would tell by its time whether one does.
//! Nothing is dropped: when the queue is full, whoever fails next waits, and where the store takes nothing for
//! [`PATIENCE`], gets no answer but “try again”. What is in the queue when a process is killed is lost; one that ends in
//! order waits for [`SignIn::refusals_written`](super::SignIn::refusals_written).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{mpsc, oneshot};

use crate::audit::Observation;
use crate::store::{Store, StoreError};
use crate::tenancy::TenantId;

/// Some seconds of a flood, and some hundred kilobytes.
const PLACES: usize = 1024;
/// How long a place is waited for.
const PATIENCE: Duration = Duration::from_secs(3);
/// After what time a write that failed is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// Where refusals are written.
#[async_trait]
pub(super) trait Notebook: Clone + Send + Sync + 'static {
    async fn write(&self, tenant: TenantId, seen: &Observation) -> Result<(), StoreError>;
}

#[async_trait]
impl Notebook for Arc<dyn Store> {
    async fn write(&self, tenant: TenantId, seen: &Observation) -> Result<(), StoreError> {
        self.observe(tenant, seen).await
    }
}

enum Note {
    Seen(TenantId, Box<Observation>),
    /// Answered when all before it is written.
    Written(oneshot::Sender<()>),
}

/// The queue, and the task that writes what is in it, begun when first needed.
#[derive(Default)]
pub(super) struct Refusals(Mutex<Option<mpsc::Sender<Note>>>);

impl Refusals {
    /// Puts a refusal into the queue.
    pub(super) async fn put(
        &self,
        notebook: &impl Notebook,
        tenant: TenantId,
        seen: Observation,
    ) -> Result<(), StoreError> {
        let queue = self.queue(notebook);
        let sent = queue.send_timeout(Note::Seen(tenant, Box::new(seen)), PATIENCE).await;
        sent.map_err(|_| StoreError::Unavailable(None))
    }

    /// Waits until everything that was put so far is written.
    pub(super) async fn written(&self) {
        let queue = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let (done, is_done) = oneshot::channel();
        if let Some(queue) = queue
            && queue.send(Note::Written(done)).await.is_ok()
        {
            // A task that ended with its runtime writes nothing any more: no reason to wait either.
            let _ = is_done.await;
        }
    }

    /// The task ends with its runtime; whoever goes on with another gets another.
    fn queue(&self, notebook: &impl Notebook) -> mpsc::Sender<Note> {
        let mut queue = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*queue {
            Some(open) if !open.is_closed() => open.clone(),
            _ => {
                let (sender, notes) = mpsc::channel(PLACES);
                tokio::spawn(write_down(notebook.clone(), notes));
                queue.insert(sender).clone()
            }
        }
    }
}

/// Writes until nobody can put anything any more.
async fn write_down(notebook: impl Notebook, mut notes: mpsc::Receiver<Note>) {
    while let Some(note) = notes.recv().await {
        match note {
            Note::Seen(tenant, seen) => {
                while let Err(error) = notebook.write(tenant, &seen).await {
                    // A workspace that was closed meanwhile has no log to write to.
                    if matches!(error, StoreError::NoSuchTenant) {
                        break;
                    }
                    tokio::time::sleep(PAUSE).await;
                }
            }
            Note::Written(done) => drop(done.send(())),
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::Semaphore;

    use super::*;
    use crate::audit::{Observed, Outcome};
    use crate::tenancy::RequestFacts;
    use crate::time::Timestamp;

    /// Takes as many writes as it has permits; the first of each two fails.
    #[derive(Clone)]
    struct Slow {
        takes: Arc<Semaphore>,
        written: Arc<Mutex<Vec<String>>>,
        failed: Arc<Mutex<bool>>,
    }

    impl Slow {
        fn new(takes: usize) -> Self {
            Self { takes: Arc::new(Semaphore::new(takes)), written: Arc::default(), failed: Arc::default() }
        }
    }

    #[async_trait]
    impl Notebook for Slow {
        async fn write(&self, _: TenantId, seen: &Observation) -> Result<(), StoreError> {
            self.takes.acquire().await.unwrap().forget();
            let mut failed = self.failed.lock().unwrap();
            *failed = !*failed;
            if *failed {
                return Err(StoreError::Unavailable(None));
            }
            self.written.lock().unwrap().push(format!("{seen:?}"));
            Ok(())
        }
    }

    fn seen(n: i64) -> Observation {
        let (who, what) = (Observed::anonymous(), ("account", n.to_string()));
        let at = Timestamp::from_micros(n);
        Observation::new(at, who, &RequestFacts::default(), "session.refused", what, Outcome::Refused, "why")
    }

    fn tenant() -> TenantId {
        TenantId::from_directory_row(uuid::Uuid::from_u128(1))
    }

    #[tokio::test(start_paused = true)]
    async fn asvs_v6_3_8_an_answer_does_not_wait_for_the_log() {
        let (notebook, refusals) = (Slow::new(0), Refusals::default());
        for n in 0..10 {
            refusals.put(&notebook, tenant(), seen(n)).await.unwrap();
        }
        assert_eq!(*notebook.written.lock().unwrap(), [] as [String; 0], "nothing can be written yet");
        notebook.takes.add_permits(20);
        refusals.written().await;
        let expected: Vec<_> = (0..10).map(|n| format!("{:?}", seen(n))).collect();
        assert_eq!(*notebook.written.lock().unwrap(), expected, "in order, and again after a failure");
    }

    #[tokio::test(start_paused = true)]
    async fn asvs_v16_5_3_a_log_that_takes_nothing_is_no_log_and_nobody_is_answered() {
        let (notebook, refusals) = (Slow::new(0), Refusals::default());
        let mut put = 0;
        while refusals.put(&notebook, tenant(), seen(put)).await.is_ok() {
            put += 1;
            assert!(put < 10_000, "the queue is bounded");
        }
        assert!(put >= 1024);
        notebook.takes.add_permits(1_000_000);
        refusals.written().await;
        assert_eq!(
            notebook.written.lock().unwrap().len(),
            usize::try_from(put).unwrap(),
            "what was put is kept"
        );
    }

    #[tokio::test]
    async fn where_nothing_was_refused_there_is_nothing_to_wait_for() {
        Refusals::default().written().await;
    }

    #[test]
    fn whoever_goes_on_with_another_runtime_still_writes() {
        let (notebook, refusals) = (Slow::new(1000), Refusals::default());
        for n in 0..2 {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.unwrap().block_on(async {
                refusals.put(&notebook, tenant(), seen(n)).await.unwrap();
                refusals.written().await;
            });
        }
        assert_eq!(notebook.written.lock().unwrap().len(), 2);
    }
}
