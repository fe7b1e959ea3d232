//! `Repository.assetManifest`: everything that a page of assets needs, as one JSON value.
//!
//! By definition the manifest is what a fixed selection on the repository's asset nodes gives, so
//! that selection is executed; only long descriptions are cut.

use std::sync::OnceLock;

use async_graphql::{Context, Request, Variables};
use serde_json::{Value, json};

use super::PreparedRepository;
use crate::{context::ContextExt, errors::ResolverError, schema::execute_within};

/// Characters of a description (`DAGSTER_MANIFEST_DESCRIPTION_MAX_CHARS`).
const DESCRIPTION_LIMIT: i32 = 240;

const SELECTION: &str = "
query AssetManifest($selector: RepositorySelector!, $limit: Int!) {
  repositoryOrError(repositorySelector: $selector) {
    ... on Repository {
      assetNodes {
        __typename
        id
        graphName
        dependencyKeys { __typename path }
        changedReasons
        groupName
        opNames
        isMaterializable
        isObservable
        isExecutable
        isPartitioned
        isAutoCreatedStub
        hasAssetChecks
        computeKind
        hasMaterializePermission
        hasWipePermission
        hasReportRunlessAssetEventPermission
        assetKey { __typename path }
        internalFreshnessPolicy {
          __typename
          ... on TimeWindowFreshnessPolicy { failWindowSeconds warnWindowSeconds }
          ... on CronFreshnessPolicy { deadlineCron lowerBoundDeltaSeconds timezone }
        }
        partitionDefinition {
          __typename
          dimensionTypes { __typename type dynamicPartitionsDefinitionName }
        }
        automationCondition { __typename }
        description(characterLimit: $limit)
        owners {
          __typename
          ... on UserAssetOwner { email }
          ... on TeamAssetOwner { team }
        }
        tags { __typename key value }
        jobNames
        kinds
        storageAddress { __typename storageKind tableName }
      }
    }
  }
}";

fn description_limit() -> i32 {
    static LIMIT: OnceLock<i32> = OnceLock::new();
    *LIMIT.get_or_init(|| {
        let text = std::env::var("DAGSTER_MANIFEST_DESCRIPTION_MAX_CHARS").ok();
        text.and_then(|text| text.trim().parse().ok()).unwrap_or(DESCRIPTION_LIMIT)
    })
}

/// The manifest of a repository's assets.
pub(super) async fn manifest(
    ctx: &Context<'_>,
    repository: &PreparedRepository,
) -> Result<Value, ResolverError> {
    let variables = json!({
        "selector": {
            "repositoryLocationName": repository.location.name,
            "repositoryName": repository.name,
        },
        "limit": description_limit(),
    });
    let request = Request::new(SELECTION).variables(Variables::from_json(variables));
    let executed = execute_within(&ctx.beyond_workspace().schema, request).await;
    if let Some(error) = executed.response.errors.first() {
        return Err(ResolverError::raised("Exception", error.message.clone()));
    }
    let data = executed.response.data.into_json();
    let mut data = data.map_err(|error| ResolverError::raised("ValueError", error.to_string()))?;
    Ok(data["repositoryOrError"]["assetNodes"].take())
}
