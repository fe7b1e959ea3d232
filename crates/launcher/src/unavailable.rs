//! A launcher of Dagster's that this version does not have: the instance opens, its history can be
//! read, and every attempt to start or stop a worker fails with the reason.

use async_trait::async_trait;
use rondel_model::ids::RunId;

use crate::error::LaunchError;
use crate::launcher::{LaunchContext, RunLauncher, RunReporter};

/// Stands for a launcher that is known but not available.
#[derive(Debug)]
pub struct UnavailableLauncher {
    class_name: &'static str,
}

impl UnavailableLauncher {
    /// Stands for this Python class.
    pub fn new(class_name: &'static str) -> Self {
        Self { class_name }
    }
}

#[async_trait]
impl RunLauncher for UnavailableLauncher {
    fn class_name(&self) -> &'static str {
        self.class_name
    }

    async fn launch(&self, _context: &LaunchContext<'_>) -> Result<(), LaunchError> {
        Err(LaunchError::NotAvailable { class_name: self.class_name })
    }

    async fn terminate(
        &self,
        _run_id: &RunId,
        _reporter: &dyn RunReporter,
    ) -> Result<bool, LaunchError> {
        Err(LaunchError::NotAvailable { class_name: self.class_name })
    }
}
