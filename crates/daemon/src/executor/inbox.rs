//! News of one run's workers that its driver has not looked at.
//!
//! News is a hint, so that of each worker only the newest is kept: there is never more of it than the run has
//! workers, however long the driver is busy, and nobody waits for the driver. That a worker has ended is not
//! forgotten for something that was true before.

use std::sync::{Mutex, PoisonError};

use indexmap::IndexMap;
use rondel_launcher::{StepNotice, WorkerCondition};
use tokio::sync::Notify;

/// What has come and was not read. One reader at a time.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    news: Mutex<IndexMap<String, StepNotice>>,
    arrived: Notify,
}

impl Inbox {
    pub(super) fn put(&self, notice: StepNotice) {
        let mut news = self.news.lock().unwrap_or_else(PoisonError::into_inner);
        let known = news.get(&notice.worker);
        let is_outdated = known.is_some_and(|known| known.condition != WorkerCondition::Delayed)
            && notice.condition == WorkerCondition::Delayed;
        if !is_outdated {
            news.insert(notice.worker.clone(), notice);
        }
        drop(news);
        self.arrived.notify_one();
    }

    /// The oldest; waits until there is one.
    pub(super) async fn next(&self) -> StepNotice {
        loop {
            let oldest =
                self.news.lock().unwrap_or_else(PoisonError::into_inner).shift_remove_index(0);
            if let Some((_, notice)) = oldest {
                return notice;
            }
            self.arrived.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use rondel_model::ids::RunId;

    use super::*;

    fn notice(worker: &str, condition: WorkerCondition, reason: &str) -> StepNotice {
        let (worker, reason) = (worker.to_owned(), reason.to_owned());
        StepNotice { run_id: RunId::from("run"), worker, condition, reason }
    }

    #[tokio::test]
    async fn only_the_newest_of_each_worker_is_kept() {
        let inbox = Inbox::default();
        for number in 0..1_000 {
            inbox.put(notice("a", WorkerCondition::Delayed, &number.to_string()));
            inbox.put(notice("b", WorkerCondition::Ended, ""));
        }
        assert_eq!(inbox.news.lock().unwrap().len(), 2);
        assert_eq!(inbox.next().await.reason, "999");
        assert_eq!(inbox.next().await.worker, "b");
    }

    #[tokio::test]
    async fn an_end_is_not_forgotten_for_an_older_delay() {
        let inbox = Inbox::default();
        inbox.put(notice("a", WorkerCondition::Delayed, ""));
        inbox.put(notice("a", WorkerCondition::Ended, ""));
        inbox.put(notice("a", WorkerCondition::Delayed, ""));
        assert_eq!(inbox.next().await.condition, WorkerCondition::Ended);
    }

    #[tokio::test]
    async fn a_reader_is_woken() {
        let inbox = std::sync::Arc::new(Inbox::default());
        let reader = std::sync::Arc::clone(&inbox);
        let read = tokio::spawn(async move { reader.next().await });
        tokio::task::yield_now().await;
        inbox.put(notice("a", WorkerCondition::Stuck, ""));
        assert_eq!(read.await.unwrap().worker, "a");
    }
}
