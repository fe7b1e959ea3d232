//! What questions about partitions depend on: the time and the keys of dynamic definitions.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, dataloader::Loader};
use rondel_model::partition::PartitionsSnap;
use rondel_partitions::{Context as PartitionsContext, PartitionsDefinition, PartitionsError};

use crate::{
    context::{ContextExt, StorageLoader},
    errors::ResolverError,
};

/// The keys of a dynamic definition, by its name.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct DynamicKeys(pub(crate) String);

impl Loader<DynamicKeys> for StorageLoader {
    type Value = Arc<Vec<String>>;
    type Error = ResolverError;

    async fn load(
        &self,
        names: &[DynamicKeys],
    ) -> Result<HashMap<DynamicKeys, Self::Value>, Self::Error> {
        let mut found = HashMap::new();
        for name in names {
            let keys = self.storage.dynamic_partitions().get(&name.0).await?;
            found.insert(name.clone(), Arc::new(keys));
        }
        Ok(found)
    }
}

impl From<PartitionsError> for ResolverError {
    fn from(error: PartitionsError) -> Self {
        ResolverError::invariant(error.to_string())
    }
}

/// A definition with what it needs to answer questions now.
pub(crate) struct Partitions {
    pub(crate) definition: PartitionsDefinition,
    pub(crate) context: PartitionsContext,
}

impl Partitions {
    /// Reads the keys of the dynamic definitions it is made of.
    pub(crate) async fn load(
        ctx: &Context<'_>,
        snap: &PartitionsSnap,
    ) -> Result<Self, ResolverError> {
        let definition = PartitionsDefinition::from_snap(snap)?;
        let mut context = PartitionsContext::at(ctx.now());
        let names: Vec<String> =
            definition.dynamic_names().into_iter().map(str::to_owned).collect();
        for name in names {
            let keys = ctx.loader().load_one(DynamicKeys(name.clone())).await?;
            context =
                context.with_dynamic_keys(name, keys.iter().flat_map(|keys| keys.iter().cloned()));
        }
        Ok(Self { definition, context })
    }

    /// Every key, in order.
    pub(crate) fn keys(&self) -> Result<Vec<String>, ResolverError> {
        Ok(self.definition.keys(&self.context)?)
    }

    /// How many partitions there are.
    pub(crate) fn count(&self) -> Result<i32, ResolverError> {
        Ok(i32::try_from(self.definition.count(&self.context)?).unwrap_or(i32::MAX))
    }
}
