//! What every backend promises.

mod assets;
mod concurrency;
mod events;
mod runs;
mod schedules;

use rondel_storage::Storage;

use crate::backend::{Backend, Place};

/// An open storage; the place is removed when this goes.
pub struct Opened {
    storage: Storage,
    _place: Place,
}

impl std::ops::Deref for Opened {
    type Target = Storage;

    fn deref(&self) -> &Storage {
        &self.storage
    }
}

async fn open(backend: Backend) -> Opened {
    let place = Place::ready(backend).await;
    Opened { storage: place.open().await, _place: place }
}
