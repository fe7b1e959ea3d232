//! Conditions made of other conditions.

use crate::automation::AutomationCondition;
use crate::ids::EntityKey;
use crate::record;
use crate::selection::AssetSelection;

record! {
    /// All of the operands.
    #[derive(Default)]
    pub struct AndAutomationCondition = "AndAssetCondition" {
        label: Option<String>,
        operands: Vec<AutomationCondition>,
    }
}

record! {
    /// Any of the operands.
    #[derive(Default)]
    pub struct OrAutomationCondition = "OrAssetCondition" {
        label: Option<String>,
        operands: Vec<AutomationCondition>,
    }
}

record! {
    /// Not the operand.
    pub struct NotAutomationCondition = "NotAssetCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// Any condition of a downstream asset.
    #[derive(Default)]
    pub struct AnyDownstreamConditionsCondition = "AnyDownstreamConditionsCondition" {
        label: Option<String>,
    }
}

record! {
    /// The operand, of another asset or check.
    pub struct EntityMatchesCondition = "EntityMatchesCondition" {
        label: Option<String>,
        key: EntityKey,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// The operand, for any dependency.
    pub struct AnyDepsCondition = "AnyDepsCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
        resolves_virtual_deps: bool,
    }
}

record! {
    /// The operand, for every dependency.
    pub struct AllDepsCondition = "AllDepsCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
        resolves_virtual_deps: bool,
    }
}

record! {
    /// The operand, for any check of the asset.
    pub struct AnyChecksCondition = "AnyChecksCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        blocking_only: bool,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
    }
}

record! {
    /// The operand, for every check of the asset.
    pub struct AllChecksCondition = "AllChecksCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
        blocking_only: bool,
        allow_selection: Option<AssetSelection>,
        ignore_selection: Option<AssetSelection>,
    }
}

record! {
    /// The operand, for any root asset of the job.
    pub struct AnyJobRootAssetsMatchCondition = "AnyJobRootAssetsMatchCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// The operand, for every root asset of the job.
    pub struct AllJobRootAssetsMatchCondition = "AllJobRootAssetsMatchCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// The operand has become true since the last tick.
    pub struct NewlyTrueCondition = "NewlyTrueCondition" {
        label: Option<String>,
        operand: Box<AutomationCondition>,
    }
}

record! {
    /// The trigger has been true since the reset was last.
    pub struct SinceCondition = "SinceCondition" {
        label: Option<String>,
        trigger_condition: Box<AutomationCondition>,
        reset_condition: Box<AutomationCondition>,
    }
}
