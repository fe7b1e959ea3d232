//! Backfills: Dagster's `bulk_actions` and `backfill_tags` tables.

use indexmap::IndexMap;
use rondel_model::backfill::{BulkActionStatus, PartitionBackfill};
use rondel_model::ids::UnixTime;
use rondel_model::run::TagValues;
use rondel_model::serdes::{Map, to_text};

use crate::body;
use crate::db::{Arg, Db, Row, Sql, args};
use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

/// How Dagster names the partition set of a job.
const PARTITION_SET_SUFFIX: &str = "_partition_set";

/// Which backfills (Dagster's `BulkActionsFilter`); every given part must match.
#[derive(Clone, Debug, Default)]
pub struct BackfillsFilter {
    /// In one of these statuses; empty means any.
    pub statuses: Vec<BulkActionStatus>,
    /// Created before.
    pub created_before: Option<UnixTime>,
    /// Created after.
    pub created_after: Option<UnixTime>,
    /// Having all these tags.
    pub tags: Map<TagValues>,
    /// Of this job.
    pub job_name: Option<String>,
    /// With one of these ids.
    pub backfill_ids: Option<Vec<String>>,
    /// Of the partition set with this selector id.
    pub selector_id: Option<String>,
}

/// The backfills of an instance.
#[derive(Clone)]
pub struct BackfillStore {
    db: Db,
}

impl BackfillStore {
    pub(crate) fn new(db: Db) -> Self {
        Self { db }
    }

    /// Backfills matching, newest first, after the backfill with id `cursor`.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_backfills(
        &self,
        filter: &BackfillsFilter,
        cursor: Option<&str>,
        limit: Option<usize>,
    ) -> Result<Vec<PartitionBackfill>> {
        let mut sql = self.db.sql(r#"SELECT b.body, b."key""#, []);
        append_filter(&mut sql, filter);
        if let Some(cursor) = cursor {
            sql.add(r#" AND b.id < (SELECT id FROM bulk_actions WHERE "key" = ?)"#, args![cursor]);
        }
        sql.push(" ORDER BY b.id DESC");
        if let Some(limit) = limit {
            sql.add(" LIMIT ?", args![limit as i64]);
        }
        self.db.fetch_all(sql).await?.iter().map(backfill_from).collect()
    }

    /// How many backfills match.
    ///
    /// # Errors
    /// Database errors.
    pub async fn count(&self, filter: &BackfillsFilter) -> Result<usize> {
        let mut sql = self.db.sql("SELECT COUNT(*)", []);
        append_filter(&mut sql, filter);
        let row = self.db.fetch_optional(sql).await?;
        Ok(row.map(|row| row.int(0)).transpose()?.unwrap_or(0) as usize)
    }

    /// The position of the newest backfill, if there is any: changes when one is added. A look at the
    /// primary key, for who waits for backfills.
    ///
    /// # Errors
    /// Database errors.
    pub async fn newest(&self) -> Result<Option<i64>> {
        let sql = self.db.sql("SELECT id FROM bulk_actions ORDER BY id DESC LIMIT 1", []);
        self.db.fetch_optional(sql).await?.map(|row| row.int(0)).transpose()
    }

    /// A backfill.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_backfill(&self, backfill_id: &str) -> Result<Option<PartitionBackfill>> {
        let mut backfills = self.get_backfills_by_id(&[backfill_id.to_owned()]).await?;
        Ok(backfills.swap_remove(backfill_id))
    }

    /// Backfills by id; absent ones are left out.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_backfills_by_id(
        &self,
        backfill_ids: &[String],
    ) -> Result<IndexMap<String, PartitionBackfill>> {
        let sql = self.db.sql(
            r#"SELECT body, "key" FROM bulk_actions WHERE "key" IN ? ORDER BY id"#,
            args![backfill_ids],
        );
        let rows = self.db.fetch_all(sql).await?;
        rows.iter().map(|row| Ok((row.text(1)?, backfill_from(row)?))).collect()
    }

    /// Adds a backfill.
    ///
    /// # Errors
    /// [`StorageError::AlreadyPresent`], database errors.
    pub async fn add_backfill(&self, backfill: &PartitionBackfill) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let is_asset_backfill = backfill.serialized_asset_backfill_data.is_some()
            || backfill.asset_backfill_data.is_some();
        let partition_set = backfill.partition_set_origin.as_ref();
        let job_name = partition_set
            .filter(|_| !is_asset_backfill)
            .and_then(|origin| origin.partition_set_name.strip_suffix(PARTITION_SET_SUFFIX));
        let action_type =
            if is_asset_backfill { "MULTI_RUN_ASSET_ACTION" } else { "PARTITION_BACKFILL" };
        let mut sql = tx.sql(
            r#"INSERT INTO bulk_actions ("key", status, "timestamp", body, action_type, selector_id, job_name)"#,
            [],
        );
        sql.values([args![
            backfill.backfill_id.as_str(),
            backfill.status.as_str(),
            Timestamp::from_unix_seconds(backfill.backfill_timestamp),
            to_text(backfill),
            action_type,
            partition_set.map(|origin| rondel_model::serdes::snapshot_id(&origin.selector())),
            job_name,
        ]]);
        match tx.execute(sql).await {
            Err(error) if error.is_unique_violation() => {
                let id = backfill.backfill_id.clone();
                return Err(StorageError::AlreadyPresent { kind: "backfill", id });
            }
            other => other?,
        };
        if !backfill.tags.is_empty() {
            let mut sql = tx.sql(r#"INSERT INTO backfill_tags (backfill_id, "key", value)"#, []);
            sql.values(
                backfill.tags.iter().map(|(key, value)| args![&backfill.backfill_id, key, value]),
            );
            tx.execute(sql).await?;
        }
        tx.commit().await
    }

    /// Replaces a backfill's body and status.
    ///
    /// # Errors
    /// [`StorageError::NotPresent`], database errors.
    pub async fn update_backfill(&self, backfill: &PartitionBackfill) -> Result<()> {
        let sql = self.db.sql(
            r#"UPDATE bulk_actions SET status = ?, body = ? WHERE "key" = ?"#,
            args![backfill.status.as_str(), to_text(backfill), backfill.backfill_id.as_str()],
        );
        match self.db.execute(sql).await? {
            0 => {
                Err(StorageError::NotPresent { kind: "backfill", id: backfill.backfill_id.clone() })
            }
            _ => Ok(()),
        }
    }
}

fn append_filter(sql: &mut Sql, filter: &BackfillsFilter) {
    sql.push(" FROM bulk_actions b WHERE 1 = 1");
    if !filter.statuses.is_empty() {
        let names: Vec<String> =
            filter.statuses.iter().map(|status| status.as_str().to_owned()).collect();
        sql.add(" AND b.status IN ?", args![names]);
    }
    if let Some(time) = filter.created_before {
        let time = Timestamp::from_unix_seconds(time.seconds());
        sql.add(r#" AND b."timestamp" < ?"#, args![time]);
    }
    if let Some(time) = filter.created_after {
        let time = Timestamp::from_unix_seconds(time.seconds());
        sql.add(r#" AND b."timestamp" > ?"#, args![time]);
    }
    if let Some(job_name) = &filter.job_name {
        sql.add(" AND b.job_name = ?", args![job_name]);
    }
    if let Some(ids) = &filter.backfill_ids {
        sql.add(r#" AND b."key" IN ?"#, args![ids.clone()]);
    }
    if let Some(selector_id) = &filter.selector_id {
        sql.add(" AND b.selector_id = ?", args![selector_id]);
    }
    for (key, values) in &filter.tags {
        sql.add(
            r#" AND b."key" IN (SELECT t.backfill_id FROM backfill_tags t WHERE t."key" = ? AND t.value IN ?)"#,
            [Arg::from(key), Arg::Texts(values.as_slice().to_vec())],
        );
    }
}

fn backfill_from(row: &Row) -> Result<PartitionBackfill> {
    body::parse(&row.text(0)?, "bulk_actions", "body", &row.text(1)?)
}
