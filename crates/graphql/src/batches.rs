//! When that which a request asks for item by item is read: as soon as its task has nothing else left to do.
//!
//! A loader that waits for a time reads too little at once where the machine is slow, and waits for nothing where it
//! is fast. Here a batch is held until the request's future has been polled to the end of what it can do without an
//! answer: all that is asked for up to then is in it. Polling may also pause without waiting for anything (joined
//! futures do so from time to time, and wake themselves): then more may be asked for, and the batches are held on.
//!
//! A batch that comes from elsewhere, such as a task that a resolver started, wakes the request, which then lets it
//! go; one that comes when nothing is polled yet goes at once. So none is ever forgotten.

use std::future::{Future, poll_fn};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

use futures::future::BoxFuture;
use futures::{Stream, StreamExt, stream};

/// A batch which takes along whatever is asked for until it is first polled.
type Batch = BoxFuture<'static, ()>;

/// The batches of one request.
#[derive(Default)]
pub(crate) struct Batches(Mutex<State>);

#[derive(Default)]
struct State {
    held: Vec<Batch>,
    /// Wakes the task that polls the request.
    task: Option<Waker>,
    is_polled: bool,
    /// Something happened while the request was polled: there may be more to do.
    was_woken: bool,
}

impl Batches {
    /// Lets this batch go when there is nothing else to do.
    pub(crate) fn hold(&self, batch: Batch) {
        let mut state = self.state();
        match &state.task {
            None => {
                tokio::spawn(batch);
                return;
            }
            Some(task) if !state.is_polled => task.wake_by_ref(),
            Some(_) => {}
        }
        state.held.push(batch);
    }

    /// Polls what makes the batches.
    pub(crate) async fn drive<F: Future + Unpin>(self: Arc<Self>, mut future: F) -> F::Output {
        let waker = Waker::from(Arc::clone(&self));
        poll_fn(|cx| self.poll(cx, &waker, |cx| std::pin::Pin::new(&mut future).poll(cx))).await
    }

    /// The same for a stream, for each of its items.
    pub(crate) fn drive_stream<S: Stream + Unpin>(
        self: Arc<Self>,
        mut items: S,
    ) -> impl Stream<Item = S::Item> {
        let waker = Waker::from(Arc::clone(&self));
        stream::poll_fn(move |cx| self.poll(cx, &waker, |cx| items.poll_next_unpin(cx)))
    }

    fn poll<T>(
        &self,
        cx: &Context<'_>,
        waker: &Waker,
        poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        {
            let mut state = self.state();
            state.task = Some(cx.waker().clone());
            state.is_polled = true;
            state.was_woken = false;
        }
        let polled = poll(&mut Context::from_waker(waker));
        let mut state = self.state();
        state.is_polled = false;
        if polled.is_pending() && state.was_woken {
            cx.waker().wake_by_ref();
        } else {
            for batch in std::mem::take(&mut state.held) {
                tokio::spawn(batch);
            }
        }
        polled
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // each change of the state is complete in itself
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Wake for Batches {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        let mut state = self.state();
        if state.is_polled {
            state.was_woken = true;
        } else if let Some(task) = &state.task {
            task.wake_by_ref();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use async_graphql::dataloader::{DataLoader, Loader};
    use futures::stream::FuturesUnordered;

    use super::*;

    struct Squares(Arc<AtomicUsize>);

    impl Loader<u64> for Squares {
        type Value = u64;
        type Error = ();

        async fn load(&self, keys: &[u64]) -> Result<HashMap<u64, u64>, ()> {
            self.0.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(Duration::from_millis(1)).await;
            Ok(keys.iter().map(|key| (*key, key * key)).collect())
        }
    }

    struct Fixture {
        batches: Arc<Batches>,
        loader: Arc<DataLoader<Squares>>,
        loads: Arc<AtomicUsize>,
    }

    fn fixture() -> Fixture {
        let (batches, loads) = (Arc::<Batches>::default(), Arc::<AtomicUsize>::default());
        let sink = Arc::clone(&batches);
        let loader = DataLoader::new(Squares(Arc::clone(&loads)), move |batch| sink.hold(batch));
        Fixture { batches, loader: Arc::new(loader.delay(Duration::ZERO)), loads }
    }

    /// As async-graphql resolves a list of objects: joined futures within joined futures, slowly.
    async fn nested(loader: &DataLoader<Squares>, depth: u32) -> u64 {
        if depth == 0 {
            std::thread::sleep(Duration::from_micros(20));
            static NEXT: AtomicUsize = AtomicUsize::new(0);
            let key = NEXT.fetch_add(1, Ordering::Relaxed) as u64;
            return u64::from(loader.load_one(key).await.unwrap() == Some(key * key));
        }
        let children: FuturesUnordered<_> =
            (0..7).map(|_| Box::pin(nested(loader, depth - 1))).collect();
        children.fold(0, |sum, one| async move { sum + one }).await
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_a_request_asks_for_before_it_waits_is_one_batch_however_long_it_takes() {
        let Fixture { batches, loader, loads } = fixture();
        let found = batches.drive(Box::pin(nested(&loader, 3))).await;
        assert_eq!((found, loads.load(Ordering::Relaxed)), (343, 1));
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn what_is_asked_for_after_an_answer_is_the_next_batch() {
        let Fixture { batches, loader, loads } = fixture();
        let both = async {
            let one = nested(&loader, 2).await;
            one + nested(&loader, 2).await
        };
        assert_eq!(batches.drive(Box::pin(both)).await, 98);
        assert_eq!(loads.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_batch_from_another_task_or_from_nowhere_is_read_too() {
        let Fixture { batches, loader, .. } = fixture();
        assert_eq!(loader.load_one(3).await, Ok(Some(9)));
        let other = Arc::clone(&loader);
        let asked = async move {
            let task = tokio::spawn(async move {
                tokio::time::sleep(Duration::from_millis(5)).await;
                other.load_one(4).await
            });
            task.await.unwrap()
        };
        assert_eq!(Arc::clone(&batches).drive(Box::pin(asked)).await, Ok(Some(16)));
        let each = stream::iter([5, 6]).then(|key| {
            let loader = Arc::clone(&loader);
            async move { loader.load_one(key).await.unwrap() }
        });
        let items: Vec<_> = batches.drive_stream(Box::pin(each)).collect().await;
        assert_eq!(items, [Some(25), Some(36)]);
    }
}
