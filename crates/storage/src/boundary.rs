//! Write boundaries: the moments right before something is made to last.
//!
//! A process may be killed at any of them, and what is there then must be enough to go on from. Tests
//! count them and kill the process at each one; nobody has to pick the dangerous places by hand.

use std::fmt;
use std::sync::Arc;

/// Called right before every write (a statement on its own, or the commit of a transaction) and by
/// others before what they change outside of the databases. Does nothing unless a test wants to know.
#[derive(Clone, Default)]
pub struct Boundaries(Option<Arc<dyn Fn() + Send + Sync>>);

impl Boundaries {
    /// Calls `reached` at each boundary.
    pub fn told_to(reached: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(reached)))
    }

    /// Says that something is about to be changed for good.
    pub fn reach(&self) {
        if let Some(reached) = &self.0 {
            reached();
        }
    }

    /// Whether anybody is told.
    pub fn are_watched(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for Boundaries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.are_watched() { "Boundaries(watched)" } else { "Boundaries" })
    }
}
