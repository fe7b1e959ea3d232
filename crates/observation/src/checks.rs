//! Executions of checks.

use rondel_automation::{CheckExecution, CheckOutcome, CheckPartition, Needs, Observation};
use rondel_model::event::{DagsterEventType, EventLogEntry, EventSpecificData};
use rondel_model::ids::AssetCheckKey;
use rondel_storage::{AssetCheckExecutionStatus, PartitionFilter, Storage};

use crate::error::Result;
use crate::runs::WantedRuns;

pub(crate) async fn observe(
    storage: &Storage,
    needs: &Needs,
    observed: &mut Observation,
    wanted: &mut WantedRuns,
) -> Result<()> {
    let keys: Vec<AssetCheckKey> = needs.checks.iter().cloned().collect();
    if !keys.is_empty() {
        let any = PartitionFilter::Any;
        for (key, record) in storage.assets().latest_check_executions(&keys, &[], &any).await? {
            wanted.add(&record.run_id);
            let event = record.event.as_ref();
            let execution = CheckExecution {
                outcome: outcome(record.status),
                create_timestamp: record.create_timestamp,
                evaluated_at: event.filter(|event| is_evaluation(event)).map(|it| it.timestamp),
                has_event: event.is_some(),
                target: event.and_then(target),
                run_id: record.run_id,
                partition: record.partition,
            };
            observed.checks.insert(key, execution);
        }
    }
    let keys: Vec<AssetCheckKey> = needs.check_partitions.iter().cloned().collect();
    if !keys.is_empty() {
        for info in storage.assets().check_partition_info(&keys, None, None).await? {
            let latest = CheckPartition {
                outcome: outcome(info.latest_execution_status),
                is_current: info.is_current(),
                run_id: info.latest_planned_run_id,
                partition: info.partition_key,
            };
            if latest.outcome == CheckOutcome::Planned {
                wanted.add(&latest.run_id);
            }
            observed.check_partitions.entry(info.check_key).or_default().push(latest);
        }
    }
    Ok(())
}

fn outcome(status: AssetCheckExecutionStatus) -> CheckOutcome {
    match status {
        AssetCheckExecutionStatus::Planned => CheckOutcome::Planned,
        AssetCheckExecutionStatus::Succeeded => CheckOutcome::Succeeded,
        AssetCheckExecutionStatus::Failed => CheckOutcome::Failed,
    }
}

fn is_evaluation(event: &EventLogEntry) -> bool {
    event.event_type() == Some(DagsterEventType::AssetCheckEvaluation)
}

/// Id of the materialization a check was about.
fn target(event: &EventLogEntry) -> Option<i64> {
    let data = event.dagster_event.as_ref()?.event_specific_data.as_ref()?;
    let EventSpecificData::AssetCheckEvaluation(evaluation) = data else { return None };
    Some(evaluation.target_materialization_data.as_ref()?.storage_id)
}
