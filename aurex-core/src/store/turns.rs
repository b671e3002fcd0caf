//! The tenant's turn: a bounded, fair, in-process queue in front of every writer.
//!
//! Without it the waiters of one busy tenant hold every pooled connection, and all other tenants wait with them.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::StoreError;
use crate::tenancy::TenantId;

/// The queues of all tenants.
#[derive(Debug)]
pub struct Turns {
    queues: Mutex<HashMap<TenantId, Weak<Queue>>>,
    places: usize,
    patience: Duration,
    /// Whose turns have ended since somebody asked.
    ended: Arc<Mutex<BTreeSet<TenantId>>>,
}

#[derive(Debug)]
struct Queue {
    /// Held by the writer whose turn it is; tokio's semaphore hands it on in order of arrival.
    turn: Arc<Semaphore>,
    /// One a waiter, so that a full queue refuses at once.
    places: Arc<Semaphore>,
}

/// How busy the queues are, over all tenants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TurnFigures {
    /// Writers whose turn it is.
    pub held: usize,
    /// Writers that wait for theirs.
    pub waiting: usize,
}

/// A tenant's turn. Dropping it hands it on.
#[derive(Debug)]
pub struct Turn {
    _turn: OwnedSemaphorePermit,
    _place: OwnedSemaphorePermit,
    _queue: Arc<Queue>,
    tenant: TenantId,
    ended: Arc<Mutex<BTreeSet<TenantId>>>,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).insert(self.tenant);
    }
}

impl Default for Turns {
    /// 64 places a tenant, three seconds of patience.
    fn default() -> Self {
        Self::new(64, Duration::from_secs(3))
    }
}

impl Turns {
    /// Queues of `places` each, in which nobody waits longer than `patience`.
    pub fn new(places: usize, patience: Duration) -> Self {
        Self { queues: Mutex::default(), places, patience, ended: Arc::default() }
    }

    /// Waits for `tenant`'s turn.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when the queue is full or patience runs out.
    pub async fn take(&self, tenant: TenantId) -> Result<Turn, StoreError> {
        let queue = self.queue(tenant);
        let place =
            Arc::clone(&queue.places).try_acquire_owned().map_err(|_| StoreError::Unavailable(None))?;
        let turn = tokio::time::timeout(self.patience, Arc::clone(&queue.turn).acquire_owned())
            .await
            .map_err(|_| StoreError::Unavailable(None))?
            .map_err(|_| StoreError::Unavailable(None))?;
        Ok(Turn { _turn: turn, _place: place, _queue: queue, tenant, ended: Arc::clone(&self.ended) })
    }

    /// Notes that a tenant's log may have grown without a turn: its workspace was opened.
    pub fn note(&self, tenant: TenantId) {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).insert(tenant);
    }

    /// The tenants whose turns have ended since this was asked the last time, for
    /// [`Transparency::grown`](super::Transparency::grown). In memory: a turn costs nothing more for it.
    pub fn ended(&self) -> Vec<TenantId> {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut *ended).into_iter().collect()
    }

    /// How busy the queues are at this moment.
    pub fn figures(&self) -> TurnFigures {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let busy = queues.values().filter_map(Weak::upgrade);
        busy.fold(TurnFigures::default(), |sum, queue| {
            let held = 1 - queue.turn.available_permits().min(1);
            let taken = self.places.saturating_sub(queue.places.available_permits());
            TurnFigures { held: sum.held + held, waiting: sum.waiting + taken.saturating_sub(held) }
        })
    }

    fn queue(&self, tenant: TenantId) -> Arc<Queue> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = queues.get(&tenant).and_then(Weak::upgrade) {
            return queue;
        }
        let queue = Arc::new(Queue {
            turn: Arc::new(Semaphore::new(1)),
            places: Arc::new(Semaphore::new(self.places)),
        });
        // Idle tenants leave a dead entry behind; sweep them when the map has grown by them.
        if queues.len() >= 1024 && queues.len().is_power_of_two() {
            queues.retain(|_, queue| queue.strong_count() > 0);
        }
        queues.insert(tenant, Arc::downgrade(&queue));
        queue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant(n: u128) -> TenantId {
        TenantId::from_directory_row(uuid::Uuid::from_u128(n))
    }

    #[tokio::test(start_paused = true)]
    async fn a_tenant_has_one_turn_and_others_do_not_wait() {
        let turns = Turns::new(2, Duration::from_secs(3));
        let held = turns.take(tenant(1)).await.unwrap();
        assert!(turns.take(tenant(2)).await.is_ok());
        assert!(turns.take(tenant(1)).await.is_err(), "patience runs out");
        drop(held);
        assert!(turns.take(tenant(1)).await.is_ok());
    }

    #[tokio::test]
    async fn a_turn_is_told_of_once_and_when_it_has_ended() {
        let turns = Turns::default();
        let held = turns.take(tenant(1)).await.unwrap();
        assert_eq!(turns.ended(), [], "it may yet commit");
        drop(held);
        turns.note(tenant(2));
        assert_eq!(turns.ended(), [tenant(1), tenant(2)]);
        assert_eq!(turns.ended(), []);
    }

    #[tokio::test]
    async fn the_figures_count_who_holds_and_who_waits() {
        let turns = Arc::new(Turns::new(8, Duration::from_secs(30)));
        assert_eq!(turns.figures(), TurnFigures::default());
        let held = turns.take(tenant(1)).await.unwrap();
        let _other = turns.take(tenant(2)).await.unwrap();
        let waiter = Arc::clone(&turns);
        let waiter = tokio::spawn(async move { waiter.take(tenant(1)).await });
        tokio::task::yield_now().await;
        assert_eq!(turns.figures(), TurnFigures { held: 2, waiting: 1 });
        drop(held);
        let _held = waiter.await.unwrap().unwrap();
        assert_eq!(turns.figures(), TurnFigures { held: 2, waiting: 0 });
    }

    #[tokio::test(start_paused = true)]
    async fn a_full_queue_refuses_at_once() {
        let turns = Turns::new(1, Duration::from_secs(3));
        let _held = turns.take(tenant(1)).await.unwrap();
        let before = tokio::time::Instant::now();
        assert!(turns.take(tenant(1)).await.is_err());
        assert_eq!(before.elapsed(), Duration::ZERO);
    }

    #[tokio::test]
    async fn turns_are_handed_on_in_order_of_arrival() {
        let turns = Arc::new(Turns::new(64, Duration::from_secs(30)));
        let order = Arc::new(Mutex::new(Vec::new()));
        let held = turns.take(tenant(1)).await.unwrap();
        let mut waiters = Vec::new();
        for n in 0..20 {
            let (turns, order) = (Arc::clone(&turns), Arc::clone(&order));
            waiters.push(tokio::spawn(async move {
                let _turn = turns.take(tenant(1)).await.unwrap();
                order.lock().unwrap().push(n);
            }));
            tokio::task::yield_now().await;
        }
        drop(held);
        for waiter in waiters {
            waiter.await.unwrap();
        }
        assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
    }
}
