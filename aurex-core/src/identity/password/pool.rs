//! A few threads for hashing, and a queue that ends.
//!
//! One hash occupies a core for a quarter of a second. Left alone, a flood of sign-ins takes every core and the till
//! with it, or, queued without limit, answers minutes later to people who are gone. So at most `workers` hashes run
//! and at most `waiting` wait; whoever comes then is told at once that it is [`HashPoolError::Busy`], which is a 503
//! and not a wrong password. The longest wait is `waiting / workers` hashes.
//!
//! Which threads hash is the process's to say ([`HashThreads`]): the kernel shares cores out by thread, so only a thread
//! that does nothing else can be told to give way to the till.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};

use super::cost::Cost;
use super::hash::{PasswordHash, UnknownPepper, dummy_verify};
use super::pepper::Peppers;
use super::typed::Password;

/// One hash, ready to run.
pub type HashJob = Box<dyn FnOnce() + Send>;

/// The threads on which a process hashes.
pub trait HashThreads: Send + Sync + std::fmt::Debug {
    /// Runs a job, soon, on one of them. It is never given more at a time than the pool has workers. A job that is
    /// dropped instead is answered as [`HashPoolError::Stopped`].
    fn run(&self, job: HashJob);
}

/// The threads that the executor has for whatever blocks.
#[derive(Debug)]
struct Blocking;

impl HashThreads for Blocking {
    fn run(&self, job: HashJob) {
        drop(tokio::task::spawn_blocking(job));
    }
}

/// Hashes and verifies passwords on a bounded number of threads. Share it behind an [`Arc`].
#[derive(Debug)]
pub struct HashPool {
    /// One for each hash that runs.
    workers: Arc<Semaphore>,
    /// One for each hash that runs or waits.
    places: Arc<Semaphore>,
    /// Those of them that strangers may have.
    strangers: Arc<Semaphore>,
    peppers: Arc<Peppers>,
    cost: AtomicU32,
    /// The highest cost of a hash that was verified: a hash that costs more than new ones do keeps its cost.
    dearest: AtomicU32,
    rounds: AtomicU64,
    threads: Arc<dyn HashThreads>,
}

impl HashPool {
    /// A pool for `workers` hashes at a time and `waiting` more in the queue.
    pub fn new(workers: NonZeroUsize, waiting: usize, peppers: Peppers, cost: Cost) -> Self {
        let running = workers.get().min(Semaphore::MAX_PERMITS);
        let places = running.saturating_add(waiting).min(Semaphore::MAX_PERMITS);
        Self {
            workers: Arc::new(Semaphore::new(running)),
            places: Arc::new(Semaphore::new(places)),
            strangers: Arc::new(Semaphore::new(places.saturating_sub(waiting / 4).max(1))),
            peppers: Arc::new(peppers),
            cost: AtomicU32::new(cost.get()),
            dearest: AtomicU32::new(cost.get()),
            rounds: AtomicU64::new(0),
            threads: Arc::new(Blocking),
        }
    }

    /// On these threads, instead of those that the executor has for whatever blocks.
    #[must_use]
    pub fn on_threads(self, threads: Arc<dyn HashThreads>) -> Self {
        Self { threads, ..self }
    }

    /// The cost of new hashes.
    pub fn cost(&self) -> Cost {
        Cost::of_stored(self.cost.load(Ordering::Relaxed)).unwrap_or(Cost::MINIMUM)
    }

    /// Adopts a calibrated cost.
    pub fn set_cost(&self, cost: Cost) {
        self.cost.store(cost.get(), Ordering::Relaxed);
    }

    /// The work of every check, whether there is such an account or not: that of new hashes, or of the dearest hash met
    /// since the start where the cost was lowered. The first check of such a hash after a start is the only one that
    /// takes longer than an unknown account's.
    fn work(&self) -> Cost {
        let dearest = Cost::of_stored(self.dearest.load(Ordering::Relaxed)).unwrap_or(Cost::MINIMUM);
        self.cost().max(dearest)
    }

    /// How many rounds all hashes and checks since the start have taken, `2^cost` each: what two ways of asking cost is
    /// compared by it, because time tells little on a busy machine.
    pub fn rounds(&self) -> u64 {
        self.rounds.load(Ordering::Relaxed)
    }

    /// Whether a hash should be made anew now that its password is at hand.
    pub fn needs_upgrade(&self, hash: &PasswordHash) -> bool {
        hash.needs_upgrade(self.cost(), self.peppers.active())
    }

    /// A place among those whom nobody knows, to be held while their password is checked. A quarter of the queue is not
    /// theirs: however many of them come, somebody at a device that is known still finds a place.
    ///
    /// # Errors
    ///
    /// [`HashPoolError::Busy`].
    pub fn among_strangers(&self) -> Result<OwnedSemaphorePermit, HashPoolError> {
        Arc::clone(&self.strangers).try_acquire_owned().map_err(|_| HashPoolError::Busy)
    }

    /// Hashes a password that passed its policy. `salt` is 16 fresh random bytes.
    ///
    /// # Errors
    ///
    /// [`HashPoolError::Busy`] or [`HashPoolError::Stopped`].
    pub async fn hash(&self, password: Password, salt: [u8; 16]) -> Result<PasswordHash, HashPoolError> {
        let (peppers, cost) = (Arc::clone(&self.peppers), self.cost());
        self.run(cost, move || PasswordHash::create(&password, peppers.active(), cost, salt)).await
    }

    /// Whether this is the password, at the work of every check.
    ///
    /// # Errors
    ///
    /// [`HashPoolError::Busy`], [`HashPoolError::Stopped`] or [`HashPoolError::Pepper`].
    pub async fn verify(&self, password: Password, hash: PasswordHash) -> Result<bool, HashPoolError> {
        self.dearest.fetch_max(hash.cost().get(), Ordering::Relaxed);
        let (peppers, work) = (Arc::clone(&self.peppers), self.work());
        Ok(self.run(work, move || hash.verify_at(&password, &peppers, work)).await??)
    }

    /// Does for an account that does not exist what [`HashPool::verify`] does for one that does.
    ///
    /// # Errors
    ///
    /// [`HashPoolError::Busy`] or [`HashPoolError::Stopped`].
    pub async fn verify_unknown(&self, password: Password) -> Result<(), HashPoolError> {
        let (peppers, work) = (Arc::clone(&self.peppers), self.work());
        self.run(work, move || dummy_verify(&password, peppers.active(), work)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        cost: Cost,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, HashPoolError> {
        let place = Arc::clone(&self.places).try_acquire_owned().map_err(|_| HashPoolError::Busy)?;
        let worker = Arc::clone(&self.workers).acquire_owned().await.map_err(|_| HashPoolError::Stopped)?;
        self.rounds.fetch_add(1 << cost.get(), Ordering::Relaxed);
        let (answer, answered) = oneshot::channel();
        self.threads.run(Box::new(move || {
            // Held by the thread, not by the request: a client that hangs up does not make the hash any shorter.
            let held = (worker, place);
            let done = work();
            drop(held);
            // Nobody listens any more where the client hung up.
            _ = answer.send(done);
        }));
        answered.await.map_err(|_| HashPoolError::Stopped)
    }
}

/// Why a password was neither hashed nor checked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HashPoolError {
    /// All workers and all places in the queue are taken: try again shortly.
    #[error("too many sign-ins at the moment")]
    Busy,
    /// The process is shutting down.
    #[error("password hashing has stopped")]
    Stopped,
    /// The hash needs a pepper that is not there.
    #[error(transparent)]
    Pepper(#[from] UnknownPepper),
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use zeroize::Zeroizing;

    use super::super::pepper::Pepper;
    use super::*;

    fn pool(workers: usize, waiting: usize) -> Arc<HashPool> {
        let pepper = Pepper::new("p1".parse().unwrap(), Zeroizing::new([1; 32]));
        let workers = NonZeroUsize::new(workers).unwrap();
        let peppers = Peppers::new(pepper, vec![]);
        Arc::new(HashPool::new(workers, waiting, peppers, Cost::weak_for_tests_only(4)))
    }

    /// Occupies a worker until the returned sender is dropped; has begun when this returns.
    async fn occupy(
        pool: &Arc<HashPool>,
    ) -> (mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), HashPoolError>>) {
        let (release, released) = mpsc::channel::<()>();
        let (begun, has_begun) = oneshot::channel();
        let task = tokio::spawn({
            let pool = Arc::clone(pool);
            async move {
                pool.run(Cost::weak_for_tests_only(4), move || {
                    _ = begun.send(());
                    _ = released.recv();
                })
                .await
            }
        });
        has_begun.await.unwrap();
        (release, task)
    }

    #[tokio::test]
    async fn hashes_verifies_and_reports_what_to_upgrade() {
        let pool = pool(2, 2);
        let hash = pool.hash(Password::new("correct horse"), [3; 16]).await.unwrap();
        assert_eq!(pool.verify(Password::new("correct horse"), hash.clone()).await, Ok(true));
        assert_eq!(pool.verify(Password::new("wrong horse"), hash.clone()).await, Ok(false));
        assert_eq!(pool.verify_unknown(Password::new("correct horse")).await, Ok(()));

        assert!(!pool.needs_upgrade(&hash));
        pool.set_cost(Cost::weak_for_tests_only(5));
        assert!(pool.needs_upgrade(&hash));
    }

    #[tokio::test]
    async fn asvs_v6_3_8_unknown_accounts_take_the_work_of_the_dearest_hash() {
        let cost = Cost::weak_for_tests_only;
        let pool = pool(1, 0);
        assert_eq!(pool.work(), cost(4));
        pool.set_cost(cost(6));
        assert_eq!(pool.work(), cost(6), "calibrated: at once for all, whatever their hashes cost");
        let dear = pool.hash(Password::new("x"), [0; 16]).await.unwrap();
        pool.set_cost(cost(5));
        let before = pool.rounds();
        assert_eq!(pool.verify(Password::new("y"), dear).await, Ok(false));
        assert_eq!(pool.rounds() - before, 1 << 6);
        pool.verify_unknown(Password::new("y")).await.unwrap();
        assert_eq!(pool.rounds() - before, 2 << 6, "as much again");
        assert_eq!(pool.work(), cost(6), "lowered: hashes made before keep their cost");
        assert_eq!(pool.cost(), cost(5));
    }

    #[tokio::test]
    async fn a_missing_pepper_is_reported_as_such() {
        let pepper = Pepper::new("lost".parse().unwrap(), Zeroizing::new([9; 32]));
        let hash = PasswordHash::create(&Password::new("x"), &pepper, Cost::weak_for_tests_only(4), [0; 16]);
        let refused = pool(1, 0).verify(Password::new("x"), hash).await;
        assert_eq!(refused, Err(HashPoolError::Pepper(UnknownPepper { id: "lost".parse().unwrap() })));
    }

    /// Threads that take nothing on, as while a process ends.
    #[derive(Debug)]
    struct Gone;

    impl HashThreads for Gone {
        fn run(&self, job: HashJob) {
            drop(job);
        }
    }

    #[tokio::test]
    async fn what_no_thread_takes_on_has_stopped_and_its_place_is_free() {
        let pool = Arc::into_inner(pool(1, 0)).unwrap().on_threads(Arc::new(Gone));
        for _ in 0..3 {
            assert_eq!(pool.verify_unknown(Password::new("x")).await, Err(HashPoolError::Stopped));
        }
    }

    #[tokio::test]
    async fn a_full_queue_is_busy_at_once_and_recovers() {
        let pool = pool(1, 1);
        let (release, running) = occupy(&pool).await;
        let mut queued = Box::pin(pool.verify_unknown(Password::new("waits")));
        assert!(ready_now(queued.as_mut()).await.is_none(), "the second must wait");
        assert_eq!(pool.verify_unknown(Password::new("third")).await, Err(HashPoolError::Busy));

        drop(release);
        assert_eq!(running.await.unwrap(), Ok(()));
        assert_eq!(queued.await, Ok(()));
        assert_eq!(pool.verify_unknown(Password::new("later")).await, Ok(()));
    }

    #[tokio::test]
    async fn strangers_leave_a_quarter_of_the_queue_to_those_who_are_known() {
        let pool = pool(1, 4);
        let (release, running) = occupy(&pool).await;
        let strangers: Vec<_> =
            std::iter::repeat_with(|| pool.among_strangers()).take_while(Result::is_ok).collect();
        assert_eq!(strangers.len(), 4, "one that runs and three that wait");
        let mut known = Box::pin(pool.verify_unknown(Password::new("of a device that is known")));
        assert!(ready_now(known.as_mut()).await.is_none(), "it waits, and is not turned away");
        drop((strangers, release));
        assert_eq!(running.await.unwrap(), Ok(()));
        assert_eq!(known.await, Ok(()));
        assert!(pool.among_strangers().is_ok());
    }

    #[tokio::test]
    async fn who_stops_waiting_gives_the_place_back() {
        let pool = pool(1, 1);
        let (_release, _running) = occupy(&pool).await;
        let mut queued = Box::pin(pool.verify_unknown(Password::new("waits")));
        assert!(ready_now(queued.as_mut()).await.is_none());
        drop(queued);
        let mut next = Box::pin(pool.verify_unknown(Password::new("waits too")));
        assert!(ready_now(next.as_mut()).await.is_none());
    }

    #[tokio::test]
    async fn hanging_up_does_not_free_a_worker_that_still_hashes() {
        let pool = pool(1, 0);
        let (release, running) = occupy(&pool).await;
        running.abort();
        assert!(running.await.unwrap_err().is_cancelled());
        assert_eq!(pool.verify_unknown(Password::new("x")).await, Err(HashPoolError::Busy));
        drop(release);
        // Taking every place waits until the thread has given its own back.
        drop(pool.places.acquire().await.unwrap());
        assert_eq!(pool.workers.available_permits(), 1);
    }

    /// The outcome if the future is ready now.
    async fn ready_now<F: Future + Unpin>(mut future: F) -> Option<F::Output> {
        use std::task::Poll;
        std::future::poll_fn(|context| match std::pin::Pin::new(&mut future).poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => Poll::Ready(None),
        })
        .await
    }
}
