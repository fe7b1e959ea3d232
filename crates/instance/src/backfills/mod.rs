//! Backfills as they are recorded when somebody asks for them; working them off is the daemon's.
//!
//! Mirrors the constructors of `PartitionBackfill` and `create_and_launch_partition_backfill`. Making a
//! backfill reads and writes no store: ids and time come in, the caller stores what it gets. What the
//! daemon and a synchronous request share, making the runs of a job backfill, is in `submit`.

mod error;
mod submit;

use rondel_model::backfill::{AssetBackfillData, BulkActionStatus, PartitionBackfill};
use rondel_model::ids::{AssetKey, RunId};
use rondel_model::origin::RemotePartitionSetOrigin;
use rondel_model::partition::{AssetGraphSubset, PartitionsSubset, TimestampWithTimezone};
use rondel_model::run::tags;
use rondel_model::serdes::{Extra, Map, Value};

pub use error::BackfillError;
pub use submit::{BackfillRun, Piece, target_of};

/// Longer titles are refused.
const MAX_TITLE_LENGTH: usize = 100;
/// Titles with one of these are refused.
const NOT_IN_TITLES: [char; 3] = ['%', '*', '"'];

/// An id in Dagster's form: eight lowercase letters.
pub fn new_id() -> String {
    let random = RunId::random().to_string().replace('-', "");
    let bytes = random.as_bytes().chunks(4).map(|digits| {
        digits
            .iter()
            .fold(0_u32, |sum, digit| sum * 16 + (*digit as char).to_digit(16).unwrap_or(0))
    });
    bytes.take(8).map(|number| char::from(b'a' + (number % 26) as u8)).collect()
}

/// What is said about a backfill whatever it is of.
#[derive(Clone, Debug, Default)]
pub struct Details {
    /// Tags of the backfill and its runs.
    pub tags: Map<String>,
    /// A title to show.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Config of its runs.
    pub run_config: Map<Value>,
}

impl Details {
    /// Checks the title (`check_valid_title`).
    ///
    /// # Errors
    /// [`BackfillError::Title`].
    pub fn checked(self) -> Result<Self, BackfillError> {
        if let Some(title) = &self.title {
            let length = title.chars().count();
            if length > MAX_TITLE_LENGTH {
                let reason = format!(
                    "\"{title}\" ({length} characters) is not a valid title in Dagster. Titles must not be longer than {MAX_TITLE_LENGTH}."
                );
                return Err(BackfillError::Title(reason));
            }
            if title.contains(NOT_IN_TITLES) {
                let reason = format!(
                    "\"{title}\" is not a valid title in Dagster. Titles must not contain regex [\\%\\*\\\"]."
                );
                return Err(BackfillError::Title(reason));
            }
        }
        Ok(self)
    }
}

fn requested(backfill_id: String, now: f64, details: Details) -> PartitionBackfill {
    PartitionBackfill {
        backfill_id,
        status: BulkActionStatus::Requested,
        from_failure: false,
        tags: details.tags,
        backfill_timestamp: now,
        error: None,
        asset_selection: None,
        title: details.title,
        description: details.description,
        run_config: Some(details.run_config),
        partition_set_origin: None,
        partition_names: None,
        last_submitted_partition_name: None,
        reexecution_steps: None,
        serialized_asset_backfill_data: None,
        asset_backfill_data: None,
        failure_count: 0,
        submitting_run_requests: Vec::new(),
        reserved_run_ids: Vec::new(),
        backfill_end_timestamp: None,
        extra: Extra::default(),
    }
}

/// The partitions of a job to backfill.
#[derive(Clone, Debug)]
pub struct JobTarget {
    /// The job's partition set.
    pub partition_set: RemotePartitionSetOrigin,
    /// The partitions, in the order of submission.
    pub partition_names: Vec<String>,
    /// Only partitions whose last run failed, and of that run only what did not succeed.
    pub from_failure: bool,
    /// Only these steps.
    pub reexecution_steps: Option<Vec<String>>,
    /// Only these assets.
    pub asset_selection: Option<Vec<AssetKey>>,
}

/// A backfill of a job's partitions.
///
/// # Errors
/// Assets and steps are selected at once.
pub fn of_job(
    backfill_id: String,
    now: f64,
    target: JobTarget,
    details: Details,
) -> Result<PartitionBackfill, BackfillError> {
    let selects_assets = target.asset_selection.as_ref().is_some_and(|keys| !keys.is_empty());
    let selects_steps = target.reexecution_steps.as_ref().is_some_and(|steps| !steps.is_empty());
    if selects_assets && selects_steps {
        return Err(BackfillError::AssetsAndSteps);
    }
    Ok(PartitionBackfill {
        partition_set_origin: Some(target.partition_set),
        partition_names: Some(target.partition_names),
        from_failure: target.from_failure,
        reexecution_steps: target.reexecution_steps,
        asset_selection: target.asset_selection,
        ..requested(backfill_id, now, details)
    })
}

/// A backfill of parts of assets. `selection` is what is shown as selected.
pub fn of_assets(
    backfill_id: String,
    now: f64,
    selection: Vec<AssetKey>,
    target: AssetGraphSubset,
    details: Details,
) -> PartitionBackfill {
    let start = TimestampWithTimezone {
        timestamp: now.into(),
        timezone: "UTC".to_owned(),
        ..TimestampWithTimezone::default()
    };
    PartitionBackfill {
        asset_selection: Some(selection),
        asset_backfill_data: Some(AssetBackfillData {
            target_subset: target,
            backfill_start_time: start,
            ..AssetBackfillData::default()
        }),
        ..requested(backfill_id, now, details)
    }
}

/// The assets of which there is something in the subset.
pub fn assets_in(subset: &AssetGraphSubset) -> Vec<AssetKey> {
    let is_empty = |subset: &PartitionsSubset| match subset {
        PartitionsSubset::TimeWindow(subset) => subset.included_time_windows.is_empty(),
        PartitionsSubset::Keys(subset) => subset.subset.is_empty(),
        PartitionsSubset::KeyRanges(subset) => subset.key_ranges.is_empty(),
        _ => false,
    };
    let partitioned = subset.partitions_subsets_by_asset_key.iter();
    let partitioned = partitioned.filter(|(_, subset)| !is_empty(subset)).map(|(key, _)| key);
    partitioned.chain(subset.non_partitioned_asset_keys.iter()).cloned().collect()
}

/// Whether a backfill is of assets.
pub fn is_of_assets(backfill: &PartitionBackfill) -> bool {
    backfill.serialized_asset_backfill_data.is_some() || backfill.asset_backfill_data.is_some()
}

/// Whether executing a backfill again takes all of it or what was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// All of it.
    Everything,
    /// What was not done.
    FromFailure,
}

/// The tags and texts of a backfill that executes another one again.
///
/// # Errors
/// The other one has not ended.
fn details_again(of: &PartitionBackfill) -> Result<Details, BackfillError> {
    if !of.status.is_finished() {
        return Err(BackfillError::InProgress(of.backfill_id.clone()));
    }
    let mut all_tags = of.tags.clone();
    let root = of.tags.get(tags::ROOT_BACKFILL_ID_TAG).unwrap_or(&of.backfill_id).clone();
    all_tags.insert(tags::PARENT_BACKFILL_ID_TAG.to_owned(), of.backfill_id.clone());
    all_tags.insert(tags::ROOT_BACKFILL_ID_TAG.to_owned(), root);
    let title = of.title.as_ref().filter(|title| !title.is_empty());
    Details {
        tags: all_tags,
        title: title.map(|title| format!("Re-execution of {title}")),
        description: of.description.clone(),
        run_config: of.run_config.clone().unwrap_or_default(),
    }
    .checked()
}

/// A backfill of a job, executed again. As in Dagster its run config is not taken over.
///
/// # Errors
/// It has not ended.
pub fn job_again(
    of: &PartitionBackfill,
    backfill_id: String,
    now: f64,
    again: Again,
) -> Result<PartitionBackfill, BackfillError> {
    let details = Details { run_config: Map::new(), ..details_again(of)? };
    Ok(PartitionBackfill {
        partition_set_origin: of.partition_set_origin.clone(),
        partition_names: of.partition_names.clone(),
        from_failure: again == Again::FromFailure,
        reexecution_steps: of.reexecution_steps.clone(),
        asset_selection: of.asset_selection.clone(),
        ..requested(backfill_id, now, details)
    })
}

/// A backfill of assets, executed again for a part of what it targeted.
///
/// # Errors
/// It has not ended, or the part is empty.
pub fn assets_again(
    of: &PartitionBackfill,
    part: AssetGraphSubset,
    backfill_id: String,
    now: f64,
) -> Result<PartitionBackfill, BackfillError> {
    let details = details_again(of)?;
    let selection = assets_in(&part);
    if selection.is_empty() {
        return Err(BackfillError::NothingMissing);
    }
    Ok(of_assets(backfill_id, now, selection, part, details))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARTITION_SET: &str = r#"{"__class__": "ExternalPartitionSetOrigin", "external_repository_origin": {"__class__": "ExternalRepositoryOrigin", "repository_location_origin": {"__class__": "GrpcServerRepositoryLocationOrigin", "host": "localhost", "port": 4000, "socket": null, "location_name": "here", "use_ssl": null}, "repository_name": "repo"}, "partition_set_name": "job_partition_set"}"#;

    fn ended(title: &str) -> PartitionBackfill {
        let details = Details { title: Some(title.to_owned()), ..Details::default() };
        let target = JobTarget {
            partition_set: rondel_model::serdes::from_text(PARTITION_SET).unwrap(),
            partition_names: vec!["a".to_owned(), "b".to_owned()],
            from_failure: false,
            reexecution_steps: None,
            asset_selection: None,
        };
        let backfill = of_job("first".to_owned(), 1.0, target, details).unwrap();
        PartitionBackfill { status: BulkActionStatus::CompletedFailed, ..backfill }
    }

    #[test]
    fn a_backfill_id_is_eight_lowercase_letters() {
        let id = new_id();
        assert!(id.len() == 8 && id.bytes().all(|b| b.is_ascii_lowercase()), "{id}");
        assert_ne!(id, new_id());
    }

    #[test]
    fn a_backfill_executed_again_names_its_parent_and_the_first_of_all() {
        let again =
            job_again(&ended("nightly"), "second".to_owned(), 2.0, Again::FromFailure).unwrap();
        assert_eq!(again.title.as_deref(), Some("Re-execution of nightly"));
        assert!(again.from_failure);
        let third = PartitionBackfill { status: BulkActionStatus::Canceled, ..again };
        let third = job_again(&third, "third".to_owned(), 3.0, Again::Everything).unwrap();
        assert_eq!(third.tags.get(tags::PARENT_BACKFILL_ID_TAG).unwrap(), "second");
        assert_eq!(third.tags.get(tags::ROOT_BACKFILL_ID_TAG).unwrap(), "first");
    }

    #[test]
    fn a_backfill_in_progress_is_not_executed_again() {
        let running = PartitionBackfill { status: BulkActionStatus::Requested, ..ended("x") };
        let refused = job_again(&running, "second".to_owned(), 2.0, Again::Everything);
        assert!(matches!(refused, Err(BackfillError::InProgress(_))));
    }

    #[test]
    fn a_title_is_short_and_plain() {
        let checked =
            |title: String| Details { title: Some(title), ..Details::default() }.checked();
        assert!(checked("x".repeat(100)).is_ok());
        assert!(checked("x".repeat(101)).is_err());
        assert!(checked("100 %".to_owned()).is_err());
    }
}
