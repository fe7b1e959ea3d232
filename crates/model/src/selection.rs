//! Asset selections as they appear in schedules, sensors and conditions.

use crate::ids::{AssetCheckKey, AssetKey};
use crate::{record, union};

record! {
    /// Dagster's `AllSelection`.
    #[derive(Default)]
    pub struct AllSelection = "AllSelection" {
        include_sources: Option<bool>,
    }
}

record! {
    /// Dagster's `AllAssetCheckSelection`.
    #[derive(Default)]
    pub struct AllAssetCheckSelection = "AllAssetCheckSelection" {
    }
}

record! {
    /// Dagster's `AssetChecksForAssetKeysSelection`.
    #[derive(Default)]
    pub struct AssetChecksForAssetKeysSelection = "AssetChecksForAssetKeysSelection" {
        selected_asset_keys: Vec<AssetKey>,
    }
}

record! {
    /// Dagster's `AssetCheckKeysSelection`.
    #[derive(Default)]
    pub struct AssetCheckKeysSelection = "AssetCheckKeysSelection" {
        selected_asset_check_keys: Vec<AssetCheckKey>,
    }
}

record! {
    /// Dagster's `AndAssetSelection`.
    #[derive(Default)]
    pub struct AndAssetSelection = "AndAssetSelection" {
        operands: Vec<AssetSelection>,
    }
}

record! {
    /// Dagster's `OrAssetSelection`.
    #[derive(Default)]
    pub struct OrAssetSelection = "OrAssetSelection" {
        operands: Vec<AssetSelection>,
    }
}

record! {
    /// Dagster's `SubtractAssetSelection`.
    pub struct SubtractAssetSelection = "SubtractAssetSelection" {
        left: Box<AssetSelection>,
        right: Box<AssetSelection>,
    }
}

record! {
    /// Dagster's `SinksAssetSelection`.
    pub struct SinksAssetSelection = "SinksAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// Dagster's `RequiredNeighborsAssetSelection`.
    pub struct RequiredNeighborsAssetSelection = "RequiredNeighborsAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// Dagster's `RootsAssetSelection`.
    pub struct RootsAssetSelection = "RootsAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// Dagster's `MaterializableAssetSelection`.
    pub struct MaterializableAssetSelection = "MaterializableAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// Dagster's `DownstreamAssetSelection`.
    pub struct DownstreamAssetSelection = "DownstreamAssetSelection" {
        child: Box<AssetSelection>,
        depth: Option<i64>,
        include_self: bool,
    }
}

record! {
    /// Dagster's `GroupsAssetSelection`.
    #[derive(Default)]
    pub struct GroupsAssetSelection = "GroupsAssetSelection" {
        selected_groups: Vec<String>,
        include_sources: bool,
    }
}

record! {
    /// Dagster's `GroupWildCardAssetSelection`.
    #[derive(Default)]
    pub struct GroupWildCardAssetSelection = "GroupWildCardAssetSelection" {
        selected_group_wildcard: String,
        include_sources: bool,
    }
}

record! {
    /// Dagster's `KindAssetSelection`.
    #[derive(Default)]
    pub struct KindAssetSelection = "KindAssetSelection" {
        include_sources: bool,
        kind_str: Option<String>,
    }
}

record! {
    /// Dagster's `IsAttributeAssetSelection`.
    #[derive(Default)]
    pub struct IsAttributeAssetSelection = "IsAttributeAssetSelection" {
        attribute: String,
    }
}

record! {
    /// Dagster's `TagAssetSelection`.
    #[derive(Default)]
    pub struct TagAssetSelection = "TagAssetSelection" {
        key: String,
        value: String,
        include_sources: bool,
    }
}

record! {
    /// Dagster's `OwnerAssetSelection`.
    #[derive(Default)]
    pub struct OwnerAssetSelection = "OwnerAssetSelection" {
        selected_owner: Option<String>,
    }
}

record! {
    /// Dagster's `CodeLocationAssetSelection`.
    #[derive(Default)]
    pub struct CodeLocationAssetSelection = "CodeLocationAssetSelection" {
        selected_code_location: Option<String>,
    }
}

record! {
    /// Dagster's `ColumnAssetSelection`.
    #[derive(Default)]
    pub struct ColumnAssetSelection = "ColumnAssetSelection" {
        selected_column: Option<String>,
    }
}

record! {
    /// Dagster's `TableNameAssetSelection`.
    #[derive(Default)]
    pub struct TableNameAssetSelection = "TableNameAssetSelection" {
        selected_table_name: Option<String>,
    }
}

record! {
    /// Dagster's `ColumnTagAssetSelection`.
    #[derive(Default)]
    pub struct ColumnTagAssetSelection = "ColumnTagAssetSelection" {
        key: String,
        value: String,
    }
}

record! {
    /// Dagster's `ChangedInBranchAssetSelection`.
    #[derive(Default)]
    pub struct ChangedInBranchAssetSelection = "ChangedInBranchAssetSelection" {
        selected_changed_in_branch: Option<String>,
    }
}

record! {
    /// Dagster's `StatusAssetSelection`.
    #[derive(Default)]
    pub struct StatusAssetSelection = "StatusAssetSelection" {
        selected_status: Option<String>,
    }
}

record! {
    /// Dagster's `AutomationTypeAssetSelection`.
    #[derive(Default)]
    pub struct AutomationTypeAssetSelection = "AutomationTypeAssetSelection" {
        selected_automation_type: Option<String>,
    }
}

record! {
    /// Dagster's `SensorNameAssetSelection`.
    #[derive(Default)]
    pub struct SensorNameAssetSelection = "SensorNameAssetSelection" {
        selected_sensor: Option<String>,
    }
}

record! {
    /// Dagster's `ScheduleNameAssetSelection`.
    #[derive(Default)]
    pub struct ScheduleNameAssetSelection = "ScheduleNameAssetSelection" {
        selected_schedule: Option<String>,
    }
}

record! {
    /// Dagster's `JobAssetSelection`.
    #[derive(Default)]
    pub struct JobAssetSelection = "JobAssetSelection" {
        selected_job: Option<String>,
    }
}

record! {
    /// Dagster's `KeysAssetSelection`.
    #[derive(Default)]
    pub struct KeysAssetSelection = "KeysAssetSelection" {
        selected_keys: Vec<AssetKey>,
    }
}

record! {
    /// Dagster's `KeyPrefixesAssetSelection`.
    #[derive(Default)]
    pub struct KeyPrefixesAssetSelection = "KeyPrefixesAssetSelection" {
        selected_key_prefixes: Vec<Vec<String>>,
        include_sources: bool,
    }
}

record! {
    /// Dagster's `KeySubstringAssetSelection`.
    #[derive(Default)]
    pub struct KeySubstringAssetSelection = "KeySubstringAssetSelection" {
        selected_key_substring: String,
        include_sources: bool,
    }
}

record! {
    /// Dagster's `PartitionsAssetSelection`.
    #[derive(Default)]
    pub struct PartitionsAssetSelection = "PartitionsAssetSelection" {
        selected_partitions: Option<String>,
    }
}

record! {
    /// Dagster's `KeyWildCardAssetSelection`.
    #[derive(Default)]
    pub struct KeyWildCardAssetSelection = "KeyWildCardAssetSelection" {
        selected_key_wildcard: String,
    }
}

record! {
    /// Dagster's `UpstreamAssetSelection`.
    pub struct UpstreamAssetSelection = "UpstreamAssetSelection" {
        child: Box<AssetSelection>,
        depth: Option<i64>,
        include_self: bool,
    }
}

record! {
    /// Dagster's `ParentSourcesAssetSelection`.
    pub struct ParentSourcesAssetSelection = "ParentSourcesAssetSelection" {
        child: Box<AssetSelection>,
    }
}

union! {
    /// An asset selection.
    pub enum AssetSelection {
        /// `AllSelection`
        All(AllSelection),
        /// `AllAssetCheckSelection`
        AllAssetChecks(AllAssetCheckSelection),
        /// `AssetChecksForAssetKeysSelection`
        AssetChecksForAssetKeys(AssetChecksForAssetKeysSelection),
        /// `AssetCheckKeysSelection`
        AssetCheckKeys(AssetCheckKeysSelection),
        /// `AndAssetSelection`
        And(AndAssetSelection),
        /// `OrAssetSelection`
        Or(OrAssetSelection),
        /// `SubtractAssetSelection`
        Subtract(SubtractAssetSelection),
        /// `SinksAssetSelection`
        Sinks(SinksAssetSelection),
        /// `RequiredNeighborsAssetSelection`
        RequiredNeighbors(RequiredNeighborsAssetSelection),
        /// `RootsAssetSelection`
        Roots(RootsAssetSelection),
        /// `MaterializableAssetSelection`
        Materializable(MaterializableAssetSelection),
        /// `DownstreamAssetSelection`
        Downstream(DownstreamAssetSelection),
        /// `GroupsAssetSelection`
        Groups(GroupsAssetSelection),
        /// `GroupWildCardAssetSelection`
        GroupWildCard(GroupWildCardAssetSelection),
        /// `KindAssetSelection`
        Kind(KindAssetSelection),
        /// `IsAttributeAssetSelection`
        IsAttribute(IsAttributeAssetSelection),
        /// `TagAssetSelection`
        Tag(TagAssetSelection),
        /// `OwnerAssetSelection`
        Owner(OwnerAssetSelection),
        /// `CodeLocationAssetSelection`
        CodeLocation(CodeLocationAssetSelection),
        /// `ColumnAssetSelection`
        Column(ColumnAssetSelection),
        /// `TableNameAssetSelection`
        TableName(TableNameAssetSelection),
        /// `ColumnTagAssetSelection`
        ColumnTag(ColumnTagAssetSelection),
        /// `ChangedInBranchAssetSelection`
        ChangedInBranch(ChangedInBranchAssetSelection),
        /// `StatusAssetSelection`
        Status(StatusAssetSelection),
        /// `AutomationTypeAssetSelection`
        AutomationType(AutomationTypeAssetSelection),
        /// `SensorNameAssetSelection`
        SensorName(SensorNameAssetSelection),
        /// `ScheduleNameAssetSelection`
        ScheduleName(ScheduleNameAssetSelection),
        /// `JobAssetSelection`
        Job(JobAssetSelection),
        /// `KeysAssetSelection`
        Keys(KeysAssetSelection),
        /// `KeyPrefixesAssetSelection`
        KeyPrefixes(KeyPrefixesAssetSelection),
        /// `KeySubstringAssetSelection`
        KeySubstring(KeySubstringAssetSelection),
        /// `PartitionsAssetSelection`
        Partitions(PartitionsAssetSelection),
        /// `KeyWildCardAssetSelection`
        KeyWildCard(KeyWildCardAssetSelection),
        /// `UpstreamAssetSelection`
        Upstream(UpstreamAssetSelection),
        /// `ParentSourcesAssetSelection`
        ParentSources(ParentSourcesAssetSelection),
    }
}
