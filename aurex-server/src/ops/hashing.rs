//! Threads for hashing passwords that give way to everything else.
//!
//! A hash is a quarter of a second of nothing but arithmetic. The kernel's scheduler takes a thread of that kind for as
//! worthy as one that answers a till and gives each its turn, so that under a flood of sign-ins a bill waits for turns of
//! the hashes again and again. These threads tell the kernel that they are in no hurry (`nice` 10: a ninth of the weight,
//! `sched(7)`); a core that nobody else wants is still theirs, and one that others want is not.
//!
//! On Linux a thread has a niceness of its own; elsewhere it is the whole process's, and stays as it is.

use std::io;
use std::num::NonZeroUsize;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use aurex_core::identity::password::{HashJob, HashThreads};

/// A tenth of the weight of others, about: `1024 / 110` in the kernel's table.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

/// Threads that hash, and end with the pool that they belong to.
#[derive(Debug)]
pub struct GivingWay(mpsc::Sender<HashJob>);

impl GivingWay {
    /// So many threads.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: NonZeroUsize) -> io::Result<Self> {
        let (give, jobs) = mpsc::channel::<HashJob>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..threads.get() {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new().name("hashing".to_owned()).spawn(move || {
                give_way();
                work(&jobs);
            })?;
        }
        Ok(Self(give))
    }
}

impl HashThreads for GivingWay {
    fn run(&self, job: HashJob) {
        // Threads that ended drop the job, which its pool answers as stopped.
        _ = self.0.send(job);
    }
}

/// Does one job after another until nobody can give any more.
fn work(jobs: &Mutex<mpsc::Receiver<HashJob>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A job that breaks has answered by being dropped, and takes no thread with it.
        _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(target_os = "linux")]
fn give_way() {
    // Whoever may not even be nice hashes all the same.
    if let Err(error) = rustix::process::setpriority_process(None, NICENESS) {
        tracing::debug!(%error, "hashing is as urgent as anything else");
    }
}

#[cfg(not(target_os = "linux"))]
fn give_way() {}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a thread says of itself from within a job.
    fn asked<T: Send + 'static>(threads: &GivingWay, question: impl FnOnce() -> T + Send + 'static) -> T {
        let (answer, answered) = mpsc::channel();
        threads.run(Box::new(move || answer.send(question()).unwrap()));
        answered.recv().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn hashing_gives_way_and_nothing_else_does() {
        let own = || rustix::process::getpriority_process(None).unwrap();
        let before = own();
        let threads = GivingWay::start(NonZeroUsize::MIN).unwrap();
        assert_eq!(asked(&threads, own), NICENESS.max(before));
        assert_eq!(own(), before);
    }

    #[test]
    fn a_job_that_breaks_takes_no_thread_with_it() {
        let threads = GivingWay::start(NonZeroUsize::MIN).unwrap();
        threads.run(Box::new(|| panic!("as a job never should")));
        assert_eq!(asked(&threads, || 7), 7);
    }
}
