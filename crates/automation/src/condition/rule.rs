//! The rules that preceded conditions, as nodes of a condition.

use rondel_model::automation::{AutoMaterializeAssetPartitionsFilter, AutoMaterializeRule};
use rondel_model::serdes::to_text;

/// What people are told when the rule holds; part of ids and hashes (`AutoMaterializeRule.description`).
pub(crate) fn description(rule: &AutoMaterializeRule) -> String {
    use AutoMaterializeRule as Rule;
    match rule {
        Rule::MaterializeOnRequiredForFreshness(_) => {
            "required to meet this or downstream asset's freshness policy".into()
        }
        Rule::MaterializeOnCron(rule) => format!(
            "not materialized since last cron schedule tick of '{}' (timezone: {})",
            rule.cron_schedule, rule.timezone
        ),
        Rule::MaterializeOnParentUpdated(rule) => {
            let base = "upstream data has changed since latest materialization";
            match &rule.updated_parent_filter {
                None => base.into(),
                Some(filter) => {
                    format!("{base} and matches filter '{}'", filter_description(filter))
                }
            }
        }
        Rule::MaterializeOnMissing(_) => "materialization is missing".into(),
        Rule::SkipOnParentOutdated(_) => "waiting on upstream data to be up to date".into(),
        Rule::SkipOnParentMissing(_) => "waiting on upstream data to be present".into(),
        Rule::SkipOnNotAllParentsUpdated(rule) if rule.require_update_for_all_parent_partitions => {
            "waiting until all upstream partitions are updated".into()
        }
        Rule::SkipOnNotAllParentsUpdated(_) => "waiting on upstream data to be updated".into(),
        Rule::SkipOnNotAllParentsUpdatedSinceCron(rule) => format!(
            "waiting until all upstream assets have updated since the last cron schedule tick of \
             '{}' (timezone: {})",
            rule.cron_schedule, rule.timezone
        ),
        Rule::SkipOnRequiredButNonexistentParents(_) => {
            "required parent partitions do not exist".into()
        }
        Rule::SkipOnBackfillInProgress(rule) if rule.all_partitions => {
            "part of an asset targeted by an in-progress backfill".into()
        }
        Rule::SkipOnBackfillInProgress(_) => "targeted by an in-progress backfill".into(),
        Rule::DiscardOnMaxMaterializationsExceeded(rule) => {
            format!("exceeds {} materialization(s) per minute", rule.limit)
        }
        Rule::SkipOnRunInProgress(_) => "in-progress run for asset".into(),
        Rule::Unknown(value) => to_text(value),
    }
}

fn filter_description(filter: &AutoMaterializeAssetPartitionsFilter) -> String {
    let tags = match &filter.latest_run_required_tags {
        None => "None".to_owned(),
        Some(tags) => {
            let tags: Vec<String> =
                tags.iter().map(|(key, value)| format!("'{key}': '{value}'")).collect();
            format!("{{{}}}", tags.join(", "))
        }
    };
    format!("latest run includes required tags: {tags}")
}
