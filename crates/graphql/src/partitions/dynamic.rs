//! Keys of dynamic partitions definitions: adding and deleting them.

use async_graphql::{Context, Object, SimpleObject, Union};
use rondel_model::{ids::AssetKey, partition::PartitionsSnap};

use crate::{
    common::RepositorySelector,
    context::ContextExt,
    errors::{
        DuplicateDynamicPartitionError, PythonError, ResolverError, UnauthorizedError,
        UnsupportedOperationError, capture, or_error,
    },
    permissions::Permission,
    workspace::find_repository,
};

#[derive(SimpleObject)]
pub(crate) struct AddDynamicPartitionSuccess {
    partitions_def_name: String,
    partition_key: String,
}

#[derive(Union)]
pub(crate) enum AddDynamicPartitionResult {
    AddDynamicPartitionSuccess(AddDynamicPartitionSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    DuplicateDynamicPartitionError(DuplicateDynamicPartitionError),
}
or_error!(AddDynamicPartitionResult: UnauthorizedError, DuplicateDynamicPartitionError);

#[derive(SimpleObject)]
pub(crate) struct DeleteDynamicPartitionsSuccess {
    partitions_def_name: String,
}

#[derive(Union)]
pub(crate) enum DeleteDynamicPartitionsResult {
    DeleteDynamicPartitionsSuccess(DeleteDynamicPartitionsSuccess),
    UnauthorizedError(UnauthorizedError),
    PythonError(PythonError),
    UnsupportedOperationError(UnsupportedOperationError),
}
or_error!(DeleteDynamicPartitionsResult: UnauthorizedError, UnsupportedOperationError);

/// The assets partitioned by a dynamic definition.
#[derive(Default)]
struct Users {
    directly: Vec<AssetKey>,
    /// With the definition as one of two dimensions.
    by_dimension: Vec<AssetKey>,
}

/// The assets of the repository which use the definition; at least one, as Dagster wants it.
fn users(
    ctx: &Context<'_>,
    selector: &RepositorySelector,
    name: &str,
) -> Result<Users, ResolverError> {
    let (location, repository) = (&selector.repository_location_name, &selector.repository_name);
    let mut users = Users::default();
    let is_it =
        |snap: &PartitionsSnap| matches!(snap, PartitionsSnap::Dynamic(d) if d.name == name);
    if let Ok(repository) = find_repository(ctx, location, repository) {
        for node in &repository.snap.asset_nodes {
            match node.partitions.as_deref() {
                Some(PartitionsSnap::Multi(multi)) => {
                    let dimensions = &multi.partition_dimensions;
                    if dimensions.iter().any(|dimension| is_it(&dimension.partitions)) {
                        users.by_dimension.push(node.asset_key.clone());
                    }
                }
                Some(snap) if is_it(snap) => users.directly.push(node.asset_key.clone()),
                _ => {}
            }
        }
    }
    if users.directly.is_empty() && users.by_dimension.is_empty() {
        return Err(UnauthorizedError::new(
            "The repository does not contain a dynamic partitions definition with the given name.",
        )
        .into());
    }
    Ok(users)
}

/// Why single partitions of the assets are not wiped: no stock event log of Dagster can.
fn cannot_wipe(users: &Users, name: &str) -> String {
    if users.by_dimension.is_empty() {
        return "Partitioned asset wipe is not supported by this event log storage. The partitions were not deleted."
            .to_owned();
    }
    let keys: Vec<String> = users.by_dimension.iter().map(AssetKey::to_user_string).collect();
    format!(
        "Cannot wipe materializations when deleting partitions of '{name}': it is used as a dimension of multi-partitioned assets ({}), which is not enabled for this instance. The partitions were not deleted.",
        keys.join(", ")
    )
}

#[derive(Default)]
pub(crate) struct DynamicPartitionsMutation;

#[Object]
impl DynamicPartitionsMutation {
    /// Adds a partition to a dynamic partition set.
    async fn add_dynamic_partition(
        &self,
        ctx: &Context<'_>,
        partition_key: String,
        partitions_def_name: String,
        repository_selector: RepositorySelector,
    ) -> AddDynamicPartitionResult {
        capture(ctx, async {
            ctx.require(Permission::EditDynamicPartitions)?;
            users(ctx, &repository_selector, &partitions_def_name)?;
            let store = ctx.storage().dynamic_partitions();
            if store.has(&partitions_def_name, &partition_key).await? {
                return Err(DuplicateDynamicPartitionError::new(
                    &*partitions_def_name,
                    &*partition_key,
                )
                .into());
            }
            store.add(&partitions_def_name, std::slice::from_ref(&partition_key)).await?;
            Ok(AddDynamicPartitionSuccess { partitions_def_name, partition_key })
        })
        .await
    }

    /// Deletes partitions from a dynamic partition set, optionally wiping materialization
    /// events for the deleted partitions from the assets that use the partition set.
    async fn delete_dynamic_partitions(
        &self,
        ctx: &Context<'_>,
        partition_keys: Vec<String>,
        partitions_def_name: String,
        repository_selector: RepositorySelector,
        #[graphql(
            desc = "Whether to also wipe materialization events for the deleted partition keys from all assets in the repository that use the dynamic partitions definition. Requires permission to wipe the affected assets."
        )]
        wipe_materializations: Option<bool>,
    ) -> DeleteDynamicPartitionsResult {
        capture(ctx, async {
            ctx.require(Permission::EditDynamicPartitions)?;
            let users = users(ctx, &repository_selector, &partitions_def_name)?;
            if wipe_materializations == Some(true) {
                ctx.require(Permission::WipeAssets)?;
                return Err(UnsupportedOperationError::new(cannot_wipe(
                    &users,
                    &partitions_def_name,
                ))
                .into());
            }
            let store = ctx.storage().dynamic_partitions();
            store.delete(&partitions_def_name, &partition_keys).await?;

            Ok(DeleteDynamicPartitionsSuccess { partitions_def_name })
        })
        .await
    }
}
