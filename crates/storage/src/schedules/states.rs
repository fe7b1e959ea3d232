//! States of schedules and sensors.

use indexmap::IndexMap;
use rondel_model::ids::UnixTime;
use rondel_model::instigation::{InstigatorState, InstigatorStatus, InstigatorType};
use rondel_model::serdes::to_text;

use super::ScheduleStore;
use crate::body;
use crate::db::{Row, Tx, args};
use crate::error::{Result, StorageError};
use crate::timestamp::Timestamp;

impl ScheduleStore {
    /// All states, optionally of one repository, type or status.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn all_states(
        &self,
        repository_selector_id: Option<&str>,
        instigator_type: Option<InstigatorType>,
        statuses: &[InstigatorStatus],
    ) -> Result<Vec<InstigatorState>> {
        let mut sql =
            self.db.sql("SELECT instigator_body, selector_id FROM instigators WHERE 1 = 1", []);
        if let Some(id) = repository_selector_id {
            sql.add(" AND repository_selector_id = ?", args![id]);
        }
        if let Some(instigator_type) = instigator_type {
            sql.add(" AND instigator_type = ?", args![instigator_type.as_str()]);
        }
        if !statuses.is_empty() {
            let names: Vec<String> =
                statuses.iter().map(|status| status.as_str().to_owned()).collect();
            sql.add(" AND status IN ?", args![names]);
        }
        sql.push(" ORDER BY id");
        self.db.fetch_all(sql).await?.iter().map(state_from).collect()
    }

    /// The state of an instigator.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_state(&self, selector_id: &str) -> Result<Option<InstigatorState>> {
        let mut states = self.get_states(&[selector_id.to_owned()]).await?;
        Ok(states.swap_remove(selector_id))
    }

    /// States by selector id; absent ones are left out.
    ///
    /// # Errors
    /// An unreadable body, database errors.
    pub async fn get_states(
        &self,
        selector_ids: &[String],
    ) -> Result<IndexMap<String, InstigatorState>> {
        let sql = self.db.sql(
            "SELECT instigator_body, selector_id FROM instigators WHERE selector_id IN ?",
            args![selector_ids],
        );
        let rows = self.db.fetch_all(sql).await?;
        rows.iter().map(|row| Ok((row.text(1)?, state_from(row)?))).collect()
    }

    /// Adds a state.
    ///
    /// # Errors
    /// [`StorageError::AlreadyPresent`] when the instigator of this origin has one, database errors.
    pub async fn add_state(&self, state: &InstigatorState, now: UnixTime) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let origin_id = state.origin_id();
        let mut sql = tx.sql(
            "INSERT INTO jobs (job_origin_id, repository_origin_id, status, job_type, job_body)",
            [],
        );
        sql.values([args![
            origin_id.as_str(),
            state.origin.repository_origin.id(),
            state.status.as_str(),
            state.instigator_type.as_str(),
            to_text(state),
        ]]);
        match tx.execute(sql).await {
            Err(error) if error.is_unique_violation() => {
                return Err(StorageError::AlreadyPresent {
                    kind: "instigator state",
                    id: origin_id,
                });
            }
            other => other?,
        };
        put_by_selector(&mut tx, state, now).await?;
        tx.commit().await
    }

    /// Changes a state.
    ///
    /// # Errors
    /// [`StorageError::NotPresent`] when there is none, database errors.
    pub async fn update_state(&self, state: &InstigatorState, now: UnixTime) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let origin_id = state.origin_id();
        let selector_id = state.selector_id();
        let sql = tx.sql("SELECT 1 FROM instigators WHERE selector_id = ?", args![&selector_id]);
        if tx.fetch_optional(sql).await?.is_none() {
            return Err(StorageError::NotPresent { kind: "instigator state", id: origin_id });
        }
        let sql = tx.sql(
            "UPDATE jobs SET status = ?, job_body = ?, update_timestamp = ?, selector_id = ?
             WHERE job_origin_id = ?",
            args![
                state.status.as_str(),
                to_text(state),
                Timestamp::from_unix_seconds(now.seconds()),
                selector_id,
                origin_id,
            ],
        );
        tx.execute(sql).await?;
        put_by_selector(&mut tx, state, now).await?;
        tx.commit().await
    }

    /// Deletes a state.
    ///
    /// # Errors
    /// [`StorageError::NotPresent`] when there is none, database errors.
    pub async fn delete_state(&self, origin_id: &str, selector_id: &str) -> Result<()> {
        let mut tx = self.db.begin().await?;
        let sql = tx.sql("SELECT 1 FROM instigators WHERE selector_id = ?", args![selector_id]);
        if tx.fetch_optional(sql).await?.is_none() {
            return Err(StorageError::NotPresent {
                kind: "instigator state",
                id: origin_id.to_owned(),
            });
        }
        let sql = tx.sql("DELETE FROM jobs WHERE job_origin_id = ?", args![origin_id]);
        tx.execute(sql).await?;
        // Another origin with the same names may still stand behind the selector.
        let sql = tx.sql(
            "DELETE FROM instigators WHERE selector_id = ?
             AND NOT EXISTS (SELECT 1 FROM jobs WHERE selector_id = ?)",
            args![selector_id, selector_id],
        );
        tx.execute(sql).await?;
        tx.commit().await
    }
}

async fn put_by_selector(tx: &mut Tx, state: &InstigatorState, now: UnixTime) -> Result<()> {
    let mut sql = tx.sql(
        "INSERT INTO instigators (selector_id, repository_selector_id, status, instigator_type, instigator_body)",
        [],
    );
    sql.values([args![
        state.selector_id(),
        state.repository_selector_id(),
        state.status.as_str(),
        state.instigator_type.as_str(),
        to_text(state),
    ]])
    .add(
        " ON CONFLICT (selector_id) DO UPDATE SET status = excluded.status,
            instigator_type = excluded.instigator_type, instigator_body = excluded.instigator_body,
            update_timestamp = ?",
        args![Timestamp::from_unix_seconds(now.seconds())],
    );
    tx.execute(sql).await.map(drop)
}

fn state_from(row: &Row) -> Result<InstigatorState> {
    let selector_id = row.opt_text(1)?.unwrap_or_default();
    body::parse(&row.text(0)?, "instigators", "instigator_body", &selector_id)
}
