//! How checks stand.

use rondel_model::ids::AssetCheckKey;
use rondel_model::run::RunStatus;

use super::View;
use crate::error::Result;
use crate::key::Key;
use crate::observation::{CheckExecution, CheckOutcome};
use crate::subset::EntityPart;

/// Dagster's `AssetCheckExecutionResolvedStatus`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckStatus {
    InProgress,
    Succeeded,
    Failed,
    ExecutionFailed,
    Skipped,
}

impl View<'_> {
    /// Where a check has the status; with none, where it was never executed on what there is now
    /// (`compute_subset_with_status`).
    pub(crate) fn check_has_status(
        &self,
        check: &AssetCheckKey,
        status: Option<CheckStatus>,
        from: &EntityPart,
    ) -> Result<EntityPart> {
        let key = Key::Check(check.clone());
        if self.definition(&key)?.is_some() {
            return self.partitions_with_status(check, status, from);
        }
        let latest = self.observed.checks.get(check);
        let current = latest.and_then(|latest| {
            let status = self.status_of(latest);
            self.is_about_latest(check, latest, status).then_some(status)
        });
        if current == status { self.full(&key) } else { self.empty(&key) }
    }

    fn status_of(&self, execution: &CheckExecution) -> CheckStatus {
        match execution.outcome {
            CheckOutcome::Succeeded => CheckStatus::Succeeded,
            CheckOutcome::Failed => CheckStatus::Failed,
            // Planned until the evaluation arrives, which it never does when the run is over.
            CheckOutcome::Planned => match self.run(&execution.run_id).map(|run| run.status()) {
                None => CheckStatus::Skipped,
                Some(RunStatus::Failure) => CheckStatus::ExecutionFailed,
                Some(status) if status.is_finished() => CheckStatus::Skipped,
                Some(_) => CheckStatus::InProgress,
            },
        }
    }

    /// Whether an execution was about the latest materialization of its asset
    /// (`targets_latest_materialization`).
    fn is_about_latest(
        &self,
        check: &AssetCheckKey,
        execution: &CheckExecution,
        status: CheckStatus,
    ) -> bool {
        let made = self.facts(&check.asset_key).and_then(|facts| facts.materialization.as_ref());
        let Some(made) = made.filter(|_| status != CheckStatus::InProgress) else { return true };
        if made.run_id == execution.run_id {
            return true;
        }
        match status {
            CheckStatus::InProgress => true,
            CheckStatus::Succeeded | CheckStatus::Failed => match execution.target {
                Some(target) => target == made.storage_id,
                None => made.timestamp < execution.create_timestamp,
            },
            CheckStatus::ExecutionFailed | CheckStatus::Skipped => {
                let created = |run_id: &str| self.run(run_id).map(|run| run.create_timestamp);
                created(&execution.run_id)
                    .zip(created(&made.run_id))
                    .is_some_and(|(of_check, of_asset)| of_check > of_asset)
            }
        }
    }

    fn partitions_with_status(
        &self,
        check: &AssetCheckKey,
        status: Option<CheckStatus>,
        from: &EntityPart,
    ) -> Result<EntityPart> {
        let key = Key::Check(check.clone());
        let executed = self.observed.check_partitions.get(check);
        let standing = executed.into_iter().flatten().filter_map(|latest| {
            let standing = match latest.outcome {
                CheckOutcome::Planned => match self.run(&latest.run_id).map(|run| run.status()) {
                    Some(RunStatus::Failure) => CheckStatus::ExecutionFailed,
                    Some(status) if status.is_finished() => CheckStatus::Skipped,
                    _ => CheckStatus::InProgress,
                },
                _ if !latest.is_current => return None,
                CheckOutcome::Succeeded => CheckStatus::Succeeded,
                CheckOutcome::Failed => CheckStatus::Failed,
            };
            Some((latest.partition.as_ref()?, standing))
        });
        match status {
            None => {
                let known =
                    self.of_existing_keys(&key, standing.map(|(partition, _)| partition))?;
                from.difference(&known, self.context())
            }
            Some(status) => {
                let with = standing.filter(|(_, standing)| *standing == status);
                self.of_existing_keys(&key, with.map(|(partition, _)| partition))
            }
        }
    }

    /// Whether a check was evaluated at or after a time.
    pub(crate) fn check_updated_since(
        &self,
        check: &AssetCheckKey,
        time: f64,
    ) -> Result<EntityPart> {
        let key = Key::Check(check.clone());
        let evaluated = self.observed.checks.get(check).and_then(|latest| latest.evaluated_at);
        if evaluated.is_some_and(|at| at >= time) { self.full(&key) } else { self.empty(&key) }
    }
}
