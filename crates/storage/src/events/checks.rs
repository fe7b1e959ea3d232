//! Rows of asset check executions.

use rondel_model::event::{
    AssetCheckEvaluation, AssetCheckEvaluationPlanned, DagsterEventType, EventSpecificData,
};
use rondel_model::partition::PartitionsSubset;

use super::rows::{BATCH, EventRow};
use crate::db::{Arg, Tx, args};
use crate::error::{Result, StorageError};

const COLUMNS: &str = "INSERT INTO asset_check_executions (asset_key, check_name, partition, run_id, execution_status, evaluation_event, evaluation_event_timestamp, evaluation_event_storage_id, materialization_event_storage_id)";

/// Stores what check events say: planned ones as new rows, evaluations into the planned row.
pub(super) async fn store(tx: &mut Tx, rows: &[&EventRow<'_>], ids: &[i64]) -> Result<()> {
    let mut planned: Vec<[Arg; 9]> = Vec::new();
    for (row, id) in rows.iter().zip(ids) {
        let data = row.entry.dagster_event.as_ref().and_then(|e| e.event_specific_data.as_ref());
        match (row.event_type, data) {
            (
                Some(DagsterEventType::AssetCheckEvaluationPlanned),
                Some(EventSpecificData::AssetCheckEvaluationPlanned(data)),
            ) => {
                for partition in planned_partitions(data)? {
                    planned.push(args![
                        data.asset_key.to_db_string(),
                        data.check_name.as_str(),
                        partition,
                        row.run_id(),
                        "PLANNED",
                        row.text.as_str(),
                        row.timestamp,
                        *id,
                        None::<i64>,
                    ]);
                }
            }
            (
                Some(DagsterEventType::AssetCheckEvaluation),
                Some(EventSpecificData::AssetCheckEvaluation(data)),
            ) => {
                insert_planned(tx, &mut planned).await?;
                store_evaluation(tx, row, *id, data).await?;
            }
            _ => {}
        }
    }
    insert_planned(tx, &mut planned).await
}

/// One row per partition planned; one without partition for an unpartitioned check.
fn planned_partitions(planned: &AssetCheckEvaluationPlanned) -> Result<Vec<Option<String>>> {
    match &planned.partitions_subset {
        None => Ok(vec![None]),
        Some(PartitionsSubset::Keys(keys)) => {
            Ok(keys.subset.as_slice().iter().cloned().map(Some).collect())
        }
        Some(other) => Err(StorageError::Invalid(format!(
            "the partitions of planned check {} are given as {}; give them as a set of keys",
            planned.check_name,
            other.class_name()
        ))),
    }
}

async fn insert_planned(tx: &mut Tx, planned: &mut Vec<[Arg; 9]>) -> Result<()> {
    let rows = std::mem::take(planned);
    for batch in rows.chunks(BATCH) {
        let mut sql = tx.sql(COLUMNS, []);
        sql.values(batch.iter().cloned());
        tx.execute(sql).await?;
    }
    Ok(())
}

async fn store_evaluation(
    tx: &mut Tx,
    row: &EventRow<'_>,
    id: i64,
    evaluation: &AssetCheckEvaluation,
) -> Result<()> {
    let asset_key = evaluation.asset_key.to_db_string();
    let status = if evaluation.passed { "SUCCEEDED" } else { "FAILED" };
    let target = evaluation.target_materialization_data.as_ref().map(|target| target.storage_id);
    let partition = evaluation.partition.as_deref();
    // Runless evaluations were never planned.
    if !row.run_id().is_empty() {
        let mut sql = tx.sql(
            "UPDATE asset_check_executions SET execution_status = ?, evaluation_event = ?,
                evaluation_event_timestamp = ?, evaluation_event_storage_id = ?, materialization_event_storage_id = ?
             WHERE asset_key = ? AND check_name = ? AND run_id = ?",
            args![
                status,
                row.text.as_str(),
                row.timestamp,
                id,
                target,
                asset_key.as_str(),
                evaluation.check_name.as_str(),
                row.run_id(),
            ],
        );
        match partition {
            Some(partition) => sql.add(" AND partition = ?", args![partition]),
            None => sql.push(" AND partition IS NULL"),
        };
        if tx.execute(sql).await? > 0 {
            return Ok(());
        }
    }
    let mut sql = tx.sql(COLUMNS, []);
    sql.values([args![
        asset_key,
        evaluation.check_name.as_str(),
        partition,
        row.run_id(),
        status,
        row.text.as_str(),
        row.timestamp,
        id,
        target,
    ]]);
    tx.execute(sql).await.map(drop)
}
