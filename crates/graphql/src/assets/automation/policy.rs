//! Auto-materialize policies of earlier Dagster versions, and backfill policies.

use async_graphql::{Enum, SimpleObject};
use rondel_model::automation::{self as model, AutoMaterializeRule as Rule};

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
#[graphql(remote = "model::AutoMaterializeDecisionType")]
pub(crate) enum AutoMaterializeDecisionType {
    Materialize,
    Skip,
    Discard,
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum AutoMaterializePolicyType {
    Eager,
    Lazy,
}

#[derive(SimpleObject, Clone)]
pub(crate) struct AutoMaterializeRule {
    description: String,
    decision_type: AutoMaterializeDecisionType,
    pub(in crate::assets) class_name: String,
}

impl AutoMaterializeRule {
    pub(crate) fn new(description: String, decision_type: AutoMaterializeDecisionType) -> Self {
        // Clients need a name that tells rules apart; the description does.
        Self { class_name: description.clone(), description, decision_type }
    }

    fn of(rule: &Rule) -> Self {
        Self::new(describe_rule(rule), decision_of(rule))
    }
}

/// When Dagster materializes an asset by itself, as earlier versions wrote it.
#[derive(SimpleObject)]
pub(crate) struct AutoMaterializePolicy {
    policy_type: AutoMaterializePolicyType,
    max_materializations_per_minute: Option<i32>,
    rules: Vec<AutoMaterializeRule>,
}

impl From<&model::AutoMaterializePolicy> for AutoMaterializePolicy {
    fn from(policy: &model::AutoMaterializePolicy) -> Self {
        let mut rules: Vec<AutoMaterializeRule> =
            policy.rules.iter().map(AutoMaterializeRule::of).collect();
        let limit = policy.max_materializations_per_minute.filter(|limit| *limit != 0);
        rules.extend(limit.map(|limit| {
            let discard = AutoMaterializeDecisionType::Discard;
            AutoMaterializeRule::new(
                format!("exceeds {limit} materialization(s) per minute"),
                discard,
            )
        }));
        let eager =
            policy.rules.iter().any(|rule| matches!(rule, Rule::MaterializeOnParentUpdated(_)));
        Self {
            policy_type: if eager {
                AutoMaterializePolicyType::Eager
            } else {
                AutoMaterializePolicyType::Lazy
            },
            max_materializations_per_minute: policy
                .max_materializations_per_minute
                .and_then(|limit| i32::try_from(limit).ok()),
            rules,
        }
    }
}

pub(super) fn decision_of(rule: &Rule) -> AutoMaterializeDecisionType {
    match rule {
        Rule::MaterializeOnRequiredForFreshness(_)
        | Rule::MaterializeOnCron(_)
        | Rule::MaterializeOnParentUpdated(_)
        | Rule::MaterializeOnMissing(_) => AutoMaterializeDecisionType::Materialize,
        Rule::DiscardOnMaxMaterializationsExceeded(_) => AutoMaterializeDecisionType::Discard,
        _ => AutoMaterializeDecisionType::Skip,
    }
}

/// The rule in words (`AutoMaterializeRule.description`).
fn describe_rule(rule: &Rule) -> String {
    match rule {
        Rule::MaterializeOnRequiredForFreshness(_) => {
            "required to meet this or downstream asset's freshness policy".to_owned()
        }
        Rule::MaterializeOnCron(rule) => format!(
            "not materialized since last cron schedule tick of '{}' (timezone: {})",
            rule.cron_schedule, rule.timezone
        ),
        Rule::MaterializeOnParentUpdated(rule) => {
            let base = "upstream data has changed since latest materialization";
            match &rule.updated_parent_filter {
                None => base.to_owned(),
                Some(filter) => {
                    let tags = filter.latest_run_required_tags.iter().flatten();
                    let tags: Vec<String> =
                        tags.map(|(key, value)| format!("'{key}': '{value}'")).collect();
                    format!(
                        "{base} and matches filter 'latest run includes required tags: {{{}}}'",
                        tags.join(", ")
                    )
                }
            }
        }
        Rule::MaterializeOnMissing(_) => "materialization is missing".to_owned(),
        Rule::SkipOnParentOutdated(_) => "waiting on upstream data to be up to date".to_owned(),
        Rule::SkipOnParentMissing(_) => "waiting on upstream data to be present".to_owned(),
        Rule::SkipOnNotAllParentsUpdated(rule)
            if !rule.require_update_for_all_parent_partitions =>
        {
            "waiting on upstream data to be updated".to_owned()
        }
        Rule::SkipOnNotAllParentsUpdated(_) => {
            "waiting until all upstream partitions are updated".to_owned()
        }
        Rule::SkipOnNotAllParentsUpdatedSinceCron(rule) => format!(
            "waiting until all upstream assets have updated since the last cron schedule tick of '{}' (timezone: {})",
            rule.cron_schedule, rule.timezone
        ),
        Rule::SkipOnRequiredButNonexistentParents(_) => {
            "required parent partitions do not exist".to_owned()
        }
        Rule::SkipOnBackfillInProgress(rule) if rule.all_partitions => {
            "part of an asset targeted by an in-progress backfill".to_owned()
        }
        Rule::SkipOnBackfillInProgress(_) => "targeted by an in-progress backfill".to_owned(),
        Rule::DiscardOnMaxMaterializationsExceeded(rule) => {
            format!("exceeds {} materialization(s) per minute", rule.limit)
        }
        Rule::SkipOnRunInProgress(_) => "in-progress run for asset".to_owned(),
        Rule::Unknown(value) => value.class_name().unwrap_or_default().to_owned(),
    }
}

#[derive(Enum, Copy, Clone, Debug, PartialEq, Eq)]
pub(crate) enum BackfillPolicyType {
    SingleRun,
    MultiRun,
}

/// How many partitions a backfill puts into one run.
#[derive(SimpleObject)]
pub(crate) struct BackfillPolicy {
    max_partitions_per_run: Option<i32>,
    description: String,
    policy_type: BackfillPolicyType,
}

impl From<&model::BackfillPolicy> for BackfillPolicy {
    fn from(policy: &model::BackfillPolicy) -> Self {
        match policy.max_partitions_per_run {
            None => Self {
                max_partitions_per_run: None,
                description: "Backfills all partitions in a single run".to_owned(),
                policy_type: BackfillPolicyType::SingleRun,
            },
            Some(most) => Self {
                max_partitions_per_run: i32::try_from(most).ok(),
                description: format!(
                    "Backfills in multiple runs, with a maximum of {most} partitions per run"
                ),
                policy_type: BackfillPolicyType::MultiRun,
            },
        }
    }
}
