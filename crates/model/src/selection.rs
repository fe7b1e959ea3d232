//! Asset selections as they appear in schedules, sensors and conditions.

use crate::ids::{AssetCheckKey, AssetKey};
use crate::{record, union};

record! {
    /// All assets.
    #[derive(Default)]
    pub struct AllSelection = "AllSelection" {
        include_sources: Option<bool>,
    }
}

record! {
    /// All asset checks.
    #[derive(Default)]
    pub struct AllAssetCheckSelection = "AllAssetCheckSelection" {
    }
}

record! {
    /// All checks of the given assets.
    #[derive(Default)]
    pub struct AssetChecksForAssetKeysSelection = "AssetChecksForAssetKeysSelection" {
        selected_asset_keys: Vec<AssetKey>,
    }
}

record! {
    /// The given checks.
    #[derive(Default)]
    pub struct AssetCheckKeysSelection = "AssetCheckKeysSelection" {
        selected_asset_check_keys: Vec<AssetCheckKey>,
    }
}

record! {
    /// In all of the operands.
    #[derive(Default)]
    pub struct AndAssetSelection = "AndAssetSelection" {
        operands: Vec<AssetSelection>,
    }
}

record! {
    /// In any of the operands.
    #[derive(Default)]
    pub struct OrAssetSelection = "OrAssetSelection" {
        operands: Vec<AssetSelection>,
    }
}

record! {
    /// In the left but not in the right operand.
    pub struct SubtractAssetSelection = "SubtractAssetSelection" {
        left: Box<AssetSelection>,
        right: Box<AssetSelection>,
    }
}

record! {
    /// Those without downstream assets in the selection.
    pub struct SinksAssetSelection = "SinksAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// With whatever must be made along.
    pub struct RequiredNeighborsAssetSelection = "RequiredNeighborsAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// Those without upstream assets in the selection.
    pub struct RootsAssetSelection = "RootsAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// Those which can be materialized.
    pub struct MaterializableAssetSelection = "MaterializableAssetSelection" {
        child: Box<AssetSelection>,
    }
}

record! {
    /// With their downstream assets up to a depth.
    pub struct DownstreamAssetSelection = "DownstreamAssetSelection" {
        child: Box<AssetSelection>,
        depth: Option<i64>,
        include_self: bool,
    }
}

record! {
    /// In one of the groups.
    #[derive(Default)]
    pub struct GroupsAssetSelection = "GroupsAssetSelection" {
        selected_groups: Vec<String>,
        include_sources: bool,
    }
}

record! {
    /// In a group matching a pattern.
    #[derive(Default)]
    pub struct GroupWildCardAssetSelection = "GroupWildCardAssetSelection" {
        selected_group_wildcard: String,
        include_sources: bool,
    }
}

record! {
    /// Of a kind.
    #[derive(Default)]
    pub struct KindAssetSelection = "KindAssetSelection" {
        include_sources: bool,
        kind_str: Option<String>,
    }
}

record! {
    /// With an attribute.
    #[derive(Default)]
    pub struct IsAttributeAssetSelection = "IsAttributeAssetSelection" {
        attribute: String,
    }
}

record! {
    /// With a tag.
    #[derive(Default)]
    pub struct TagAssetSelection = "TagAssetSelection" {
        key: String,
        value: String,
        include_sources: bool,
    }
}

record! {
    /// Of an owner.
    #[derive(Default)]
    pub struct OwnerAssetSelection = "OwnerAssetSelection" {
        selected_owner: Option<String>,
    }
}

record! {
    /// In a code location.
    #[derive(Default)]
    pub struct CodeLocationAssetSelection = "CodeLocationAssetSelection" {
        selected_code_location: Option<String>,
    }
}

record! {
    /// With a column.
    #[derive(Default)]
    pub struct ColumnAssetSelection = "ColumnAssetSelection" {
        selected_column: Option<String>,
    }
}

record! {
    /// Of a table.
    #[derive(Default)]
    pub struct TableNameAssetSelection = "TableNameAssetSelection" {
        selected_table_name: Option<String>,
    }
}

record! {
    /// With a tagged column.
    #[derive(Default)]
    pub struct ColumnTagAssetSelection = "ColumnTagAssetSelection" {
        key: String,
        value: String,
    }
}

record! {
    /// Changed in a branch.
    #[derive(Default)]
    pub struct ChangedInBranchAssetSelection = "ChangedInBranchAssetSelection" {
        selected_changed_in_branch: Option<String>,
    }
}

record! {
    /// In a status.
    #[derive(Default)]
    pub struct StatusAssetSelection = "StatusAssetSelection" {
        selected_status: Option<String>,
    }
}

record! {
    /// Automated in some way.
    #[derive(Default)]
    pub struct AutomationTypeAssetSelection = "AutomationTypeAssetSelection" {
        selected_automation_type: Option<String>,
    }
}

record! {
    /// Targeted by a sensor.
    #[derive(Default)]
    pub struct SensorNameAssetSelection = "SensorNameAssetSelection" {
        selected_sensor: Option<String>,
    }
}

record! {
    /// Targeted by a schedule.
    #[derive(Default)]
    pub struct ScheduleNameAssetSelection = "ScheduleNameAssetSelection" {
        selected_schedule: Option<String>,
    }
}

record! {
    /// Part of a job.
    #[derive(Default)]
    pub struct JobAssetSelection = "JobAssetSelection" {
        selected_job: Option<String>,
    }
}

record! {
    /// The given assets.
    #[derive(Default)]
    pub struct KeysAssetSelection = "KeysAssetSelection" {
        selected_keys: Vec<AssetKey>,
    }
}

record! {
    /// With one of the key prefixes.
    #[derive(Default)]
    pub struct KeyPrefixesAssetSelection = "KeyPrefixesAssetSelection" {
        selected_key_prefixes: Vec<Vec<String>>,
        include_sources: bool,
    }
}

record! {
    /// With a text in their key.
    #[derive(Default)]
    pub struct KeySubstringAssetSelection = "KeySubstringAssetSelection" {
        selected_key_substring: String,
        include_sources: bool,
    }
}

record! {
    /// With certain partitions.
    #[derive(Default)]
    pub struct PartitionsAssetSelection = "PartitionsAssetSelection" {
        selected_partitions: Option<String>,
    }
}

record! {
    /// With a key matching a pattern.
    #[derive(Default)]
    pub struct KeyWildCardAssetSelection = "KeyWildCardAssetSelection" {
        selected_key_wildcard: String,
    }
}

record! {
    /// With their upstream assets up to a depth.
    pub struct UpstreamAssetSelection = "UpstreamAssetSelection" {
        child: Box<AssetSelection>,
        depth: Option<i64>,
        include_self: bool,
    }
}

record! {
    /// With those upstream which other code makes.
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
