//! Writing in groups: whoever comes while a group is being written joins the next one.
//!
//! One at a time writes, everything that has come until then in one transaction; nobody waits for company. An item
//! is as lasting when its writer returns as if it had been written alone. A group fails as a whole: each of its
//! writers gets the error. When the one that writes is cancelled, so is its group, unless it was committed already:
//! its writers cannot tell, as after a connection that broke at a commit.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::error::{Result, StorageError};

/// An item, and who waits for it.
type Waiting<T, R> = (T, oneshot::Sender<Result<R, Arc<StorageError>>>);

/// Items of one kind on their way into the database.
#[derive(Debug)]
pub(crate) struct Groups<T, R> {
    waiting: Mutex<Vec<Waiting<T, R>>>,
    turn: tokio::sync::Mutex<()>,
}

impl<T, R> Default for Groups<T, R> {
    fn default() -> Self {
        Self { waiting: Mutex::default(), turn: tokio::sync::Mutex::default() }
    }
}

impl<T, R> Groups<T, R> {
    /// Writes an item together with those of others; `write` gets a group and answers for each of its items, in
    /// their order.
    pub(crate) async fn join<F: Future<Output = Result<Vec<R>>>>(
        &self,
        item: T,
        write: impl FnOnce(Vec<T>) -> F,
    ) -> Result<R> {
        let (tell, mut told) = oneshot::channel();
        self.lock().push((item, tell));
        {
            let _turn = self.turn.lock().await;
            let group = mem::take(&mut *self.lock());
            if !group.is_empty() {
                let (items, writers): (Vec<T>, Vec<_>) = group.into_iter().unzip();
                match write(items).await {
                    Ok(answers) => {
                        for (writer, answer) in writers.into_iter().zip(answers) {
                            let _ = writer.send(Ok(answer));
                        }
                    }
                    Err(error) => {
                        let error = Arc::new(error);
                        for writer in writers {
                            let _ = writer.send(Err(Arc::clone(&error)));
                        }
                    }
                }
            }
        }
        match told.try_recv() {
            Ok(Ok(answer)) => Ok(answer),
            // Told once to each of the group; the last one gets the error itself.
            Ok(Err(error)) => Err(Arc::try_unwrap(error).unwrap_or_else(StorageError::Group)),
            Err(_) => Err(StorageError::GroupCancelled),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Waiting<T, R>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::task::JoinSet;

    use super::*;

    async fn slowly_times_ten(items: Vec<usize>) -> Result<Vec<usize>> {
        tokio::time::sleep(Duration::from_millis(20)).await;
        Ok(items.into_iter().map(|item| item * 10).collect())
    }

    #[tokio::test]
    async fn who_comes_while_a_group_is_written_joins_the_next() {
        let groups: Arc<Groups<usize, usize>> = Arc::default();
        let sizes: Arc<Mutex<Vec<usize>>> = Arc::default();
        let mut writers = JoinSet::new();
        for item in 0..100 {
            let (groups, sizes) = (Arc::clone(&groups), Arc::clone(&sizes));
            let write = move |items: Vec<usize>| {
                sizes.lock().unwrap().push(items.len());
                slowly_times_ten(items)
            };
            writers.spawn(async move { (item, groups.join(item, write).await.unwrap()) });
        }
        while let Some(written) = writers.join_next().await {
            let (item, answer) = written.unwrap();
            assert_eq!(answer, item * 10);
        }
        let sizes = sizes.lock().unwrap();
        assert!(sizes.len() <= 3 && sizes.iter().sum::<usize>() == 100, "{sizes:?}");
    }

    #[tokio::test]
    async fn each_of_a_group_that_fails_is_told_why() {
        let groups: Groups<usize, ()> = Groups::default();
        let write = async |_: Vec<usize>| Err(StorageError::Invalid("no".to_owned()));
        let answers =
            tokio::join!(groups.join(0, write), groups.join(1, write), groups.join(2, write));
        for answer in [answers.0, answers.1, answers.2] {
            assert_eq!(answer.unwrap_err().to_string(), "no");
        }
    }

    #[tokio::test]
    async fn a_group_whose_writer_is_cancelled_is_not_waited_for() {
        let groups: Groups<usize, usize> = Groups::default();
        let cancelled = async {
            let hangs = groups.join(0, |_| std::future::pending());
            tokio::time::timeout(Duration::from_millis(20), hangs).await.unwrap_err();
        };
        let ((), next) = tokio::join!(cancelled, groups.join(1, slowly_times_ten));
        assert!(matches!(next, Ok(10) | Err(StorageError::GroupCancelled)), "{next:?}");
        assert_eq!(groups.join(2, slowly_times_ten).await.unwrap(), 20);
    }
}
