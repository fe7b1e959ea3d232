//! One asset of the merged graph and the definitions behind it.

use std::sync::Arc;

use rondel_model::{
    ids::{AssetCheckKey, AssetKey, RepositorySelector},
    partition::PartitionsSnap,
    plan::AssetExecutionType,
    snap::{AssetNodeSnap, RepositorySnap},
};

/// Prefix of the tags that say what technology computes an asset.
pub(super) const KIND_PREFIX: &str = "dagster/kind/";
/// Metadata that marks an asset made up for a dependency nobody defines.
const STUB_METADATA: &str = "dagster/auto_created_stub_asset";

/// How an asset is partitioned, as far as the selection language tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PartitionsKind {
    /// A fixed list of keys.
    Static,
    /// Keys added at run time.
    Dynamic,
    /// Windows of time.
    TimeWindow,
    /// Two dimensions.
    Multi,
}

impl PartitionsKind {
    /// The kind of a snapshot; none for a class this version does not know.
    #[must_use]
    pub fn of(snap: &PartitionsSnap) -> Option<Self> {
        match snap {
            PartitionsSnap::Static(_) => Some(Self::Static),
            PartitionsSnap::Dynamic(_) => Some(Self::Dynamic),
            PartitionsSnap::TimeWindow(_) => Some(Self::TimeWindow),
            PartitionsSnap::Multi(_) => Some(Self::Multi),
            _ => None,
        }
    }
}

/// Assets and checks that can only be executed together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExecutionSet {
    /// The assets, in definition order.
    pub assets: Vec<AssetKey>,
    /// The checks, in definition order.
    pub checks: Vec<AssetCheckKey>,
}

/// An asset as one repository describes it.
#[derive(Debug, Clone)]
pub struct Definition {
    /// The repository.
    pub repository: Arc<RepositorySelector>,
    pub(super) source: Arc<RepositorySnap>,
    /// Where the asset stands among the repository's assets.
    pub(super) position: usize,
    /// What must be executed together with the asset; the asset alone when it stands for itself.
    pub execution_set: Arc<ExecutionSet>,
    /// Names of the repository's sensors that target the asset, sorted.
    pub sensors: Arc<[String]>,
    /// Names of the repository's schedules that target the asset, sorted.
    pub schedules: Arc<[String]>,
}

impl Definition {
    /// The repository's description of the asset.
    #[must_use]
    pub fn snap(&self) -> &AssetNodeSnap {
        &self.source.asset_nodes[self.position]
    }

    /// Whether this definition has a materialization function.
    #[must_use]
    pub fn is_materializable(&self) -> bool {
        self.snap().execution_type == AssetExecutionType::Materialization
    }

    /// Whether this definition has an observation function.
    #[must_use]
    pub fn is_observable(&self) -> bool {
        self.snap().is_observable
    }

    /// Whether the asset is produced outside of Dagster according to this definition.
    #[must_use]
    pub fn is_external(&self) -> bool {
        !self.is_materializable()
    }

    /// Whether Dagster can run something for the asset.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.snap().execution_type != AssetExecutionType::Unexecutable
    }

    /// Whether the definition was made up for a dependency that nobody defines.
    #[must_use]
    pub fn is_stub(&self) -> bool {
        self.snap().metadata.contains_key(STUB_METADATA)
    }
}

/// One asset, merged over the repositories that mention it.
#[derive(Debug)]
pub struct AssetNode {
    /// The asset.
    pub key: AssetKey,
    pub(super) definitions: Box<[Definition]>,
    pub(super) preferred: usize,
    pub(super) parents: Box<[AssetKey]>,
    pub(super) children: Box<[AssetKey]>,
    pub(super) checks: Box<[AssetCheckKey]>,
}

impl AssetNode {
    /// All definitions, by location and repository name.
    #[must_use]
    pub fn definitions(&self) -> &[Definition] {
        &self.definitions
    }

    /// The definition that speaks for the asset (`resolve_to_singular_repo_scoped_node`).
    #[must_use]
    pub fn definition(&self) -> &Definition {
        &self.definitions[self.preferred]
    }

    /// The definition of one repository.
    #[must_use]
    pub fn definition_in(&self, repository: &RepositorySelector) -> Option<&Definition> {
        self.definitions.iter().find(|definition| *definition.repository == *repository)
    }

    /// The definition that materializes the asset.
    #[must_use]
    pub fn materializable_definition(&self) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.is_materializable())
    }

    /// The definition that observes the asset.
    #[must_use]
    pub fn observable_definition(&self) -> Option<&Definition> {
        self.definitions.iter().find(|definition| definition.is_observable())
    }

    /// The definitions from the most to the least telling: materializable, observable, not a stub, the rest.
    pub fn by_preference(&self) -> impl Iterator<Item = &Definition> + '_ {
        let rank = |definition: &Definition| {
            if definition.is_materializable() {
                0
            } else if definition.is_observable() {
                1
            } else {
                2 + u8::from(definition.is_stub())
            }
        };
        let mut order: Vec<&Definition> = self.definitions.iter().collect();
        order.sort_by_key(|definition| rank(definition));
        order.into_iter()
    }

    /// The preferred description.
    #[must_use]
    pub fn snap(&self) -> &AssetNodeSnap {
        self.definition().snap()
    }

    /// The repository of the preferred description.
    #[must_use]
    pub fn repository(&self) -> &RepositorySelector {
        &self.definition().repository
    }

    /// What the asset depends on, according to any definition, sorted.
    #[must_use]
    pub fn parents(&self) -> &[AssetKey] {
        &self.parents
    }

    /// What depends on the asset, according to any definition, sorted.
    #[must_use]
    pub fn children(&self) -> &[AssetKey] {
        &self.children
    }

    /// The checks on the asset, sorted.
    #[must_use]
    pub fn checks(&self) -> &[AssetCheckKey] {
        &self.checks
    }

    /// Whether some definition materializes the asset.
    #[must_use]
    pub fn is_materializable(&self) -> bool {
        self.definitions.iter().any(Definition::is_materializable)
    }

    /// Whether some definition observes the asset.
    #[must_use]
    pub fn is_observable(&self) -> bool {
        self.definitions.iter().any(Definition::is_observable)
    }

    /// Whether no definition materializes the asset.
    #[must_use]
    pub fn is_external(&self) -> bool {
        self.definitions.iter().all(Definition::is_external)
    }

    /// Whether some definition can be executed.
    #[must_use]
    pub fn is_executable(&self) -> bool {
        self.definitions.iter().any(Definition::is_executable)
    }

    /// Whether the asset depends on itself.
    #[must_use]
    pub fn has_self_dependency(&self) -> bool {
        self.parents.binary_search(&self.key).is_ok()
    }

    /// The group; `default` when none was given.
    #[must_use]
    pub fn group_name(&self) -> &str {
        &self.snap().group_name
    }

    /// The value of a tag.
    #[must_use]
    pub fn tag(&self, key: &str) -> Option<&String> {
        self.snap().tags.as_ref()?.get(key)
    }

    /// The kinds given by tags.
    pub fn kinds(&self) -> impl Iterator<Item = &str> + '_ {
        self.snap().tags.iter().flatten().filter_map(|(key, _)| key.strip_prefix(KIND_PREFIX))
    }

    /// The owners, as written.
    pub fn owners(&self) -> impl Iterator<Item = &String> + '_ {
        self.snap().owners.iter().flatten()
    }

    /// The jobs of the preferred definition's repository that execute the asset; none when nothing can.
    #[must_use]
    pub fn job_names(&self) -> &[String] {
        if self.is_executable() { &self.snap().job_names } else { &[] }
    }

    /// How the asset is partitioned, if it is.
    #[must_use]
    pub fn partitions_kind(&self) -> Option<PartitionsKind> {
        self.snap().partitions.as_deref().and_then(PartitionsKind::of)
    }

    /// Assets that must be executed together with this one, itself included.
    #[must_use]
    pub fn execution_set_assets(&self) -> &[AssetKey] {
        &self.definition().execution_set.assets
    }
}
